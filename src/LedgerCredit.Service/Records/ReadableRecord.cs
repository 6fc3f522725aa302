using System.Text;
using System.Text.Json.Nodes;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Records;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Records;

/// <summary>A record that a caller sees, with how much of it.</summary>
/// <param name="found">The record, as its log committed to it.</param>
/// <param name="state">The sanction's state; null for other kinds, and where it is not known.</param>
/// <param name="decision">How much, and why.</param>
internal sealed class ReadableRecord(SubjectRecord found, SanctionState? state, AccessDecision decision)
{
    private const string ClaimPrefix = "claims.";

    internal StoredLog Log => found.Log;

    internal LogPosition Position => found.Position;

    internal Bytes32 LeafHash => found.LeafHash;

    internal CreditRecord Record => found.Record;

    internal AccessDecision Decision => decision;

    /// <summary>All members with the names that disclosures have.</summary>
    private IEnumerable<JsonMember> Members =>
        Record.ToJson().Members.SelectMany(member => member.Name switch
        {
            "kind" or "issuer" => [],
            "claims" => ((LedgerCredit.Primitives.Json.JsonObject)member.Value).Members.Select(claim => new JsonMember(ClaimPrefix + claim.Name, claim.Value)),
            _ => [member],
        });

    /// <summary>Records by time of issue and then by log and index.</summary>
    internal static IReadOnlyList<ReadableRecord> InOrder(IReadOnlyList<ReadableRecord> records) =>
        [.. records.OrderBy(record => record.Found, SubjectHistory.Order)];

    private SubjectRecord Found => found;

    /// <summary>The names of the members that the caller sees.</summary>
    internal IReadOnlyList<string> ShownNames => [.. Members.Where(IsShown).Select(member => member.Name)];

    /// <summary>The record as it is answered.</summary>
    internal RecordView ToView()
    {
        List<JsonMember> members = [.. Members];
        List<JsonMember> shown = [.. members.Where(IsShown)];
        return new RecordView(
            Record.Kind.ToName(),
            Log.Issuer,
            checked((long)found.LeafIndex),
            LeafHash.ToString(),
            Log.Origin,
            found.IsAnchored ? "final" : "checkpointed",
            state is SanctionState known ? NameOf(known) : null,
            JsonNode.Parse(Encoding.UTF8.GetString(JsonText.WriteLine(new LedgerCredit.Primitives.Json.JsonObject([.. shown]))))!.AsObject(),
            members.Count - shown.Count,
            Decision.Basis);
    }

    private bool IsShown(JsonMember member) => Decision.Shows(Record.Kind, member.Name);

    private static string NameOf(SanctionState state) => state switch
    {
        SanctionState.None => "none",
        SanctionState.UnderRepair => "under-repair",
        SanctionState.Repaired => "repaired",
        SanctionState.Shielded => "shielded",
        SanctionState.Annulled => "annulled",
        SanctionState.Revoked => "revoked",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Expected the state of a sanction."),
    };
}
