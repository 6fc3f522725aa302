using System.Text;
using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary>A record of a history, as it is shown: of the workspace here, or of a node as far as the caller may see it.</summary>
internal sealed record HistoryLine
{
    private const string Claims = "claims";
    private const string ClaimPrefix = "claims.";

    private readonly JsonObject _record;
    private readonly JsonObject? _claims;

    private HistoryLine(string kind, string issuer, JsonObject record)
    {
        Kind = kind;
        Issuer = issuer;
        _record = record;
        _claims = record.Find(Claims) as JsonObject;
    }

    /// <summary>Its kind.</summary>
    public string Kind { get; }

    /// <summary>Its issuer.</summary>
    public string Issuer { get; }

    /// <summary>Its id, or nothing where that is withheld.</summary>
    public string Id => CaseScreen.Printable(Raw(_record, "id"));

    /// <summary>When it was issued.</summary>
    public string IssuedAt => CaseScreen.Printable(Raw(_record, "issuedAt"));

    /// <summary>How many members are withheld; null of the workspace here, which shows all.</summary>
    public int? Withheld { get; private init; }

    /// <summary>Whether an anchor covers it, and what replaces it.</summary>
    public string State => SupersededBy is null ? Standing : $"{Standing}, superseded by {JsonNames.Show(SupersededBy)}";

    /// <summary>A sanction's repair state in words; nothing where it is not known.</summary>
    public string RepairText => Repair is SanctionState state ? CaseTexts.Of(state).English : "";

    /// <summary>The same for machines.</summary>
    public JsonMember RepairMember => new("repair", Repair is SanctionState state ? new JsonString(CaseTexts.NameOf(state)) : new JsonNull());

    /// <summary>The log's origin.</summary>
    public required string Origin { get; init; }

    /// <summary>Its index in the log.</summary>
    public required long LeafIndex { get; init; }

    /// <summary><c>final</c> where an anchor covers it, else <c>checkpointed</c>.</summary>
    public required string Standing { get; init; }

    private string? SupersededBy { get; init; }

    private SanctionState? Repair { get; init; }

    private string? Basis { get; init; }

    /// <summary>A record of the workspace here.</summary>
    /// <param name="record">The record.</param>
    /// <param name="state">The state of a sanction, where it is known.</param>
    public static HistoryLine Of(SubjectRecord record, SanctionState? state) => new(record.Record.Kind.ToName(), record.Record.Issuer, record.Record.ToJson())
    {
        Origin = record.Log.Origin,
        LeafIndex = checked((long)record.LeafIndex),
        Standing = record.IsAnchored ? "final" : "checkpointed",
        SupersededBy = record.SupersededBy,
        Repair = state,
    };

    /// <summary>Records of a node, in their order.</summary>
    /// <exception cref="NodeAnswerException">One is none.</exception>
    public static IReadOnlyList<HistoryLine> Of(IReadOnlyList<RecordView> views)
    {
        // Who replaces whom is found among those that the caller sees; of several the newest counts.
        List<HistoryLine> lines = [.. views.Select(Of)];
        Dictionary<(string Origin, string Kind, string Id), HistoryLine> successors = [];
        foreach (HistoryLine line in lines.OrderBy(line => line.LeafIndex))
        {
            successors[(line.Origin, line.Kind, Raw(line._record, "supersedes"))] = line;
        }

        return
        [
            .. lines.Select(line => line with
            {
                SupersededBy = line.Id.Length == 0 ? null : successors.GetValueOrDefault((line.Origin, line.Kind, Raw(line._record, "id")))?.Id,
            }),
        ];
    }

    /// <summary>Lines by time of issue, and then by log and index.</summary>
    public static IReadOnlyList<HistoryLine> InOrder(IEnumerable<HistoryLine> lines) =>
    [
        .. lines
            .OrderBy(line => IssueTime.TryReadUnixSeconds(line.IssuedAt, out long time) ? time : 0)
            .ThenBy(line => line.Origin, StringComparer.Ordinal)
            .ThenBy(line => line.LeafIndex),
    ];

    /// <summary>A claim that is a text; nothing where it is missing or withheld.</summary>
    public string Claim(string name) => _claims is null ? "" : Text(_claims, name);

    /// <summary>The line for machines.</summary>
    public JsonObject ToJson(params JsonMember[] more) => new([
        new JsonMember("record", _record),
        new JsonMember("origin", new JsonString(Origin)),
        new JsonMember("leafIndex", new JsonNumber(LeafIndex)),
        new JsonMember("state", new JsonString(Standing)),
        new JsonMember("supersededBy", SupersededBy is null ? new JsonNull() : new JsonString(SupersededBy)),
        .. more,
        .. Withheld is int withheld ? (JsonMember[])[new JsonMember("withheld", new JsonNumber(withheld)), new JsonMember("basis", new JsonString(Basis ?? ""))] : [],
    ]);

    private static HistoryLine Of(RecordView view)
    {
        if (!StrictJson.TryParse(Encoding.UTF8.GetBytes(view.Members.ToJsonString()), JsonLimits.Record, out JsonValue? value, out ParseProblem? problem) || value is not JsonObject members)
        {
            throw new NodeAnswerException($"The node's record at index {view.LeafIndex} of {JsonNames.Show(view.Issuer)} is none. {problem}");
        }

        List<JsonMember> claims = [.. members.Members.Where(IsClaim).Select(member => new JsonMember(member.Name[ClaimPrefix.Length..], member.Value))];
        JsonObject record = new(
            [
                new JsonMember("kind", new JsonString(view.Kind)),
                new JsonMember("issuer", new JsonString(view.Issuer)),
                .. members.Members.Where(member => !IsClaim(member) && member.Name is not ("kind" or "issuer" or Claims)),
                new JsonMember(Claims, new JsonObject(claims)),
            ]);
        return new HistoryLine(JsonNames.Show(view.Kind), JsonNames.Show(view.Issuer), record)
        {
            Origin = view.Origin,
            LeafIndex = view.LeafIndex,
            Standing = JsonNames.Show(view.State),
            Repair = Enum.GetValues<SanctionState>().Cast<SanctionState?>().FirstOrDefault(state => CaseTexts.NameOf(state!.Value) == view.RepairState),
            Withheld = view.Withheld,
            Basis = view.Basis,
        };
    }

    private static bool IsClaim(JsonMember member) => member.Name.StartsWith(ClaimPrefix, StringComparison.Ordinal);

    private static string Raw(JsonObject json, string name) => json.TryFindString(name, out string? value) ? value : "";

    private static string Text(JsonObject json, string name) => json.TryFindString(name, out string? value) ? JsonNames.Show(value) : "";
}
