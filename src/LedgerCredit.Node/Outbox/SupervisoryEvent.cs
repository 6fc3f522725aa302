using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Outbox;

/// <summary>What supervisory platforms are told: a CloudEvent in structured mode (CloudEvents 1.0, JSON format).</summary>
/// <remarks>
/// docs/spec/webhooks.md section 2 has the form. It says that something about a sanction changed, and nothing about its
/// subject, not even the pseudonym.
/// </remarks>
/// <param name="Id">The event's id: the same whenever and by whomever it is made of the same event of the ledger.</param>
/// <param name="Body">The UTF-8 text.</param>
public sealed record SupervisoryEvent(string Id, byte[] Body)
{
    private const string TypePrefix = "org.ledgercredit.repair.";
    private const string TypeSuffix = ".v1";

    // 9999-12-31T23:59:59Z: later times have no form in RFC 3339.
    private const ulong LastTime = 253_402_300_799;

    /// <summary>The events of the repair desk that supervisors are told of, by their topics.</summary>
    public static bool IsTold(RepairDeskEvent happened) => happened is CaseRepairedEvent or CaseRevokedEvent or SanctionAnnulledEvent;

    /// <summary>Makes the message about an event.</summary>
    /// <param name="origin">Which desk on which ledger.</param>
    /// <param name="happened">One for which <see cref="IsTold"/> holds.</param>
    /// <param name="blockTime">The time of its block, in Unix seconds.</param>
    /// <param name="authority">The organisation whose sanction it is.</param>
    /// <param name="authoritySlug">Its slug, or null where it is not known.</param>
    public static SupervisoryEvent Make(DeskOrigin origin, RepairDeskEvent happened, ulong blockTime, Bytes32 authority, string? authoritySlug)
    {
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(happened);

        // A case is repaired once and revoked once; a sanction is annulled once, with or without a case.
        (string status, string of, Bytes32 leafHash, ulong caseId) = happened switch
        {
            CaseRepairedEvent repaired => ("repaired", $"case/{repaired.CaseId}", repaired.LeafHash, repaired.CaseId),
            CaseRevokedEvent revoked => ("revoked", $"case/{revoked.CaseId}", revoked.LeafHash, revoked.CaseId),
            SanctionAnnulledEvent annulled => ("annulled", $"sanction/{annulled.LeafHash}", annulled.LeafHash, annulled.CaseId),
            _ => throw new ArgumentException("Supervisors are not told of this event.", nameof(happened)),
        };
        string id = string.Create(CultureInfo.InvariantCulture, $"{origin.ChainId}/{origin.DeskText}/{of}/{status}");
        JsonObject json = new(
            new JsonMember("specversion", new JsonString("1.0")),
            new JsonMember("id", new JsonString(id)),
            new JsonMember("source", new JsonString(origin.Source)),
            new JsonMember("type", new JsonString(TypePrefix + status + TypeSuffix)),
            new JsonMember("subject", new JsonString(leafHash.ToString())),
            new JsonMember("time", new JsonString(FormatTime(blockTime))),
            new JsonMember("datacontenttype", new JsonString("application/json")),
            new JsonMember("data", new JsonObject(
                new JsonMember("leafHash", new JsonString(leafHash.ToString())),
                new JsonMember("status", new JsonString(status)),
                new JsonMember("caseId", caseId == 0 ? new JsonNull() : new JsonNumber(checked((long)caseId))),
                new JsonMember("authority", new JsonObject(
                    new JsonMember("slug", authoritySlug is null ? new JsonNull() : new JsonString(authoritySlug)),
                    new JsonMember("orgId", new JsonString(authority.ToString())))),
                new JsonMember("block", new JsonObject(
                    new JsonMember("number", new JsonNumber(checked((long)happened.Position.BlockNumber))),
                    new JsonMember("hash", new JsonString(happened.Position.BlockHash.ToString())))),
                new JsonMember("transaction", new JsonString(happened.Position.TransactionHash.ToString())))));
        return new SupervisoryEvent(id, JsonText.WriteLine(json));
    }

    private static string FormatTime(ulong unixSeconds) => unixSeconds <= LastTime
        ? UtcTime.Format(DateTimeOffset.FromUnixTimeSeconds((long)unixSeconds))
        : throw new LedgerAnswerException($"A block of the ledger has the time {unixSeconds}, which is after the year 9999. The endpoint is at fault.");
}

/// <summary>Which repair desk an event is of.</summary>
/// <param name="Network">The network's name.</param>
/// <param name="ChainId">The chain id of its ledger.</param>
/// <param name="RepairDesk">The contract.</param>
public sealed record DeskOrigin(string Network, ulong ChainId, Address RepairDesk)
{
    /// <summary>The event's <c>source</c>: a URI for each desk of each ledger of each network.</summary>
    public string Source => string.Create(CultureInfo.InvariantCulture, $"ledgercredit://{Network}/{ChainId}/{DeskText}");

    /// <summary>The desk's address in lower case, as ids and sources have it.</summary>
    internal string DeskText => RepairDesk.ToLowerHex();
}
