using LedgerCredit.Evidence;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Import;

/// <summary>A record in the making, from one row of a CSV file.</summary>
internal sealed class RecordDraft(RecordKind kind)
{
    private readonly List<JsonMember> _claims = [];
    private readonly List<string> _warnings = [];

    /// <summary>The record's id.</summary>
    public string Id { get; set; } = "";

    /// <summary>The slug of the issuing member.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The subject as <c>scheme:value</c>.</summary>
    public string Subject { get; set; } = "";

    /// <summary>The time of issue.</summary>
    public string IssuedAt { get; set; } = "";

    /// <summary>The first reason why the row is no record, or null.</summary>
    public RejectReason? Rejection { get; private set; }

    /// <summary>What should be looked at.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Rejects the row, unless it was rejected before.</summary>
    public void Reject(string code, string message, string? column) => Rejection ??= new RejectReason(code, message, column);

    /// <summary>Notes what should be looked at.</summary>
    public void Warn(string message) => _warnings.Add(message);

    /// <summary>Adds a claim, unless its text is empty: what a source leaves out is left out here.</summary>
    public void Claim(string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _claims.Add(new JsonMember(name, new JsonString(text)));
        }
    }

    /// <summary>Adds a claim that is a list of texts, unless it is empty.</summary>
    public void Claim(string name, IReadOnlyList<string> texts)
    {
        if (texts.Count > 0)
        {
            _claims.Add(new JsonMember(name, new JsonArray([.. texts.Select(text => new JsonString(text))])));
        }
    }

    /// <summary>Adds a claim that is true.</summary>
    public void ClaimTrue(string name) => _claims.Add(new JsonMember(name, new JsonBoolean(true)));

    /// <summary>Keeps the cells that no claim carries, under the names of their columns, in the claim <c>source</c>.</summary>
    public void KeepSource(CsvRow row)
    {
        JsonMember[] members = [.. row.RestCells().Select(cell => new JsonMember(cell.Column, new JsonString(cell.Text)))];
        if (members.Length > 0)
        {
            _claims.Add(new JsonMember("source", new JsonObject(members)));
        }
    }

    /// <summary>The record's JSON.</summary>
    public JsonObject ToJson() => new(
        new JsonMember("kind", new JsonString(kind.ToName())),
        new JsonMember("id", new JsonString(Id)),
        new JsonMember("issuer", new JsonString(Issuer)),
        new JsonMember("subject", new JsonString(Subject)),
        new JsonMember("issuedAt", new JsonString(IssuedAt)),
        new JsonMember("claims", new JsonObject(_claims)));
}
