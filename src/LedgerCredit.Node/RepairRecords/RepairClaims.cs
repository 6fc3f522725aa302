using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Evidence;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.RepairRecords;

/// <summary>The claims of repair records beyond those that all have: the facts of each event.</summary>
/// <remarks>docs/spec/repair-records.md section 3.</remarks>
/// <param name="nameOf">An organisation as records name it.</param>
/// <param name="findStatement">What a digest stands for, where the writer of the record knows it.</param>
internal sealed class RepairClaims(Func<Bytes32, string> nameOf, Func<Bytes32, Statement?> findStatement)
{
    // A record has at most 64 KiB, and a material some 100 bytes.
    private const int MaxMaterials = 256;

    /// <summary>The facts of a step.</summary>
    public IEnumerable<JsonMember> Of(RepairStep step) => step.Event switch
    {
        CaseOpenedEvent e => [Hash("recordDigest", e.RecordDigest), Time("dueAt", e.DueAt)],
        MaterialsSubmittedEvent e => Materials(e),
        SupplementAskedEvent e => [Codes("materialsAsked", e.Kinds), .. Statement(e.Notice), Time("dueAt", e.DueAt)],
        ReviewBegunEvent e => [Time("dueAt", e.DueAt), Time("objectionsUntil", e.ObjectionsUntil)],
        PerformanceConfirmedEvent e => Statement(e.Statement),
        ConfirmationWithdrawnEvent e => Statement(e.Statement),
        CaseApprovedEvent e => [Hash("materialsHash", e.MaterialsHash), new("score", new JsonNumber(e.Score))],
        CaseEscalatedEvent e => [new("stage", new JsonString(NameOf(e.State))), Time("dueAt", e.DueAt)],
        CaseRepairedEvent or CaseWithdrawnEvent or CaseLapsedEvent => [],
        CaseRefusedEvent e => Statement(e.Reasons),
        RevocationProposedEvent e => Statement(e.Findings),
        CaseRevokedEvent e =>
        [
            Account("proposedBy", e.ProposedBy),
            .. Statement(e.Findings),
            .. step.BarredUntil is ulong until ? [Time("barredUntil", until)] : (JsonMember[])[],
        ],
        ObjectionRaisedEvent e => [Organisation("objector", e.Objector), .. Statement(e.Grounds), Time("dueAt", e.DueAt)],
        ObjectionEscalatedEvent e => [Organisation("objector", e.Objector), Time("dueAt", e.DueAt)],
        ObjectionUpheldEvent e => [Organisation("objector", e.Objector), Organisation("arbiter", e.Arbiter), .. Statement(e.Reasons)],
        ObjectionDismissedEvent e => [Organisation("objector", e.Objector), Organisation("arbiter", e.Arbiter), .. Statement(e.Reasons)],
        SanctionAnnulledEvent e => Statement(e.Grounds),
        SanctionShieldedEvent e => Statement(e.Ruling),
        SanctionUnshieldedEvent e => Statement(e.Ruling),
        _ => throw new System.Diagnostics.UnreachableException($"{step.Event.GetType().Name} is no step."),
    };

    /// <summary>A hash as records write it.</summary>
    public static JsonMember Hash(string name, Bytes32 hash) => new(name, new JsonString(hash.ToString()));

    /// <summary>An account as records write it.</summary>
    public static JsonMember Account(string name, Address account) => new(name, new JsonString(account.ToLowerHex()));

    /// <summary>A moment as records write it: RFC 3339 in UTC.</summary>
    public static string TimeText(ulong unixSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds((long)unixSeconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // The index has no event with a time after the year 9999.
    private static JsonMember Time(string name, ulong unixSeconds) => new(name, new JsonString(TimeText(unixSeconds)));

    private static JsonMember Codes(string name, ulong kinds) => new(
        name,
        new JsonArray([.. Enumerable.Range(1, RuleMaterial.MaxKind)
            .Where(kind => (kinds & (1UL << kind)) != 0)
            .Select(kind => new JsonString(RuleMaterial.CodeOf(kind)))]));

    private static IEnumerable<JsonMember> Materials(MaterialsSubmittedEvent e)
    {
        yield return new("materials", new JsonArray([.. e.Materials.Take(MaxMaterials).Select(material => new JsonObject(
            new JsonMember("code", new JsonString(RuleMaterial.CodeOf(material.Kind))),
            Hash("digest", material.Digest)))]));
        yield return new("materialsCount", new JsonNumber(e.Materials.Count));
        yield return Hash("materialsHash", e.MaterialsHash);
        yield return Time("dueAt", e.DueAt);
    }

    private static string NameOf(RepairCaseState state) => state switch
    {
        RepairCaseState.Open => "open",
        RepairCaseState.UnderReview => "under-review",
        _ => throw new System.Diagnostics.UnreachableException($"A case at {state} is never escalated."),
    };

    private JsonMember Organisation(string name, Bytes32 organisationId) => new(name, new JsonString(nameOf(organisationId)));

    private IEnumerable<JsonMember> Statement(Bytes32 digest)
    {
        yield return Hash("statement", digest);
        if (findStatement(digest) is Statement known)
        {
            yield return Hash("statementSalt", known.Salt);
            yield return known.Text is null ? Hash("statementSha256", known.ContentHash) : new("statementText", new JsonString(known.Text));
        }
    }
}
