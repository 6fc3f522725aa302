using System.Collections.Frozen;
using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Access;

/// <summary>The class of each member of a record (docs/spec/access.md section 5).</summary>
public static class DataClasses
{
    private static readonly FrozenDictionary<string, DataClass> Sanction = Table(
        (DataClass.Open,
        [
            "id", "subject", "issuedAt", "supersedes", "claims.authorityName", "claims.subjectName", "claims.subjectType", "claims.decisionNo",
            "claims.decidedOn", "claims.grade", "claims.violation", "claims.penalties", "claims.publicUntil",
        ]),
        (DataClass.Registered,
        [
            "claims.basis", "claims.rulePack", "claims.fineYuan", "claims.confiscatedYuan", "claims.attachedTermUntil", "claims.repairable",
        ]),
        (DataClass.Authorised, ["claims.facts"]));

    private static readonly FrozenDictionary<string, DataClass> Rating = Table(
        (DataClass.Open,
        [
            "id", "subject", "issuedAt", "supersedes", "claims.agency", "claims.scale", "claims.symbol", "claims.action", "claims.actedOn",
            "claims.outlook", "claims.watch", "claims.ratingType", "claims.term", "claims.instrument", "claims.subjectName", "claims.subjectType",
        ]));

    // The id and most claims lead to the case on the ledger, where the subject has a pseudonym only. Texts of statements are nobody's
    // but the parties'.
    private static readonly FrozenDictionary<string, DataClass> Repair = Table(
        (DataClass.Open, ["subject", "issuedAt", "claims.sanction", "claims.event", "claims.occurredOn"]),
        (DataClass.Authorised,
        [
            "id", "supersedes", "claims.chainId", "claims.repairDesk", "claims.caseId", "claims.account", "claims.organisation", "claims.block",
            "claims.blockHash", "claims.transaction", "claims.recordDigest", "claims.dueAt", "claims.materials", "claims.materialsCount",
            "claims.materialsHash", "claims.materialsAsked", "claims.objectionsUntil", "claims.score", "claims.stage", "claims.proposedBy",
            "claims.barredUntil", "claims.objector", "claims.arbiter", "claims.statement",
        ]));

    /// <summary>The class of a member.</summary>
    /// <param name="kind">The record's kind.</param>
    /// <param name="memberName">The name as disclosures have it: <c>id</c>, <c>subject</c>, … or <c>claims.</c> and the claim's name.</param>
    /// <returns><see cref="DataClass.Confidential"/> for each that is not in the table, whatever it is called.</returns>
    public static DataClass Of(RecordKind kind, string memberName)
    {
        ArgumentNullException.ThrowIfNull(memberName);
        return TableOf(kind).GetValueOrDefault(memberName, DataClass.Confidential);
    }

    /// <summary>The members of a kind that have a class of their own; all others are confidential.</summary>
    public static IReadOnlyDictionary<string, DataClass> TableOf(RecordKind kind) => kind switch
    {
        RecordKind.Sanction => Sanction,
        RecordKind.Repair => Repair,
        RecordKind.Rating => Rating,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Expected a kind of record that can be shown."),
    };

    /// <summary>The name of a class as it stands in answers.</summary>
    public static string NameOf(DataClass dataClass) => dataClass switch
    {
        DataClass.None => "none",
        DataClass.Open => "open",
        DataClass.Registered => "registered",
        DataClass.Authorised => "authorised",
        DataClass.Confidential => "confidential",
        _ => throw new ArgumentOutOfRangeException(nameof(dataClass), dataClass, "Expected a data class."),
    };

    private static FrozenDictionary<string, DataClass> Table(params ReadOnlySpan<(DataClass Class, string[] Names)> rows)
    {
        Dictionary<string, DataClass> table = new(StringComparer.Ordinal);
        foreach ((DataClass dataClass, string[] names) in rows)
        {
            foreach (string name in names)
            {
                table.Add(name, dataClass);
            }
        }

        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
