using System.CommandLine;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Records;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary>Options that say which record an id means, where several logs or kinds have it.</summary>
internal sealed class RecordSelector
{
    /// <summary>The log.</summary>
    public Option<string?> Issuer { get; } = new("--issuer") { Description = "Only this member's records.", HelpName = "S" };

    /// <summary>The kind.</summary>
    public Option<string?> Kind { get; } = new("--kind") { Description = "Only this kind: sanction, repair or rating.", HelpName = "K" };

    /// <summary>Finds the one record that is meant.</summary>
    /// <exception cref="InputException">There is none, or more than one.</exception>
    public FoundRecord Find(ParseResult result, Store store, string id) => RequireOne(id, FindAll(result, store, id));

    /// <summary>The one of those that were found.</summary>
    /// <exception cref="InputException">There is none, or more than one.</exception>
    public static FoundRecord RequireOne(string id, IReadOnlyList<FoundRecord> found) => found.Count switch
    {
        1 => found[0],
        0 => throw new InputException($"No record has the id '{id}' here. An erased record has no id any more: 'ledgercredit log audit' lists erasures by index."),
        _ => throw Ambiguous(id, found.Select(f => (f.Log.Issuer, f.Kind.ToName()))),
    };

    /// <summary>The error where several records have an id.</summary>
    public static InputException Ambiguous(string id, IEnumerable<(string Issuer, string Kind)> found) =>
        new($"The id '{id}' is ambiguous: {string.Join(", ", found.Select(f => $"{f.Issuer} ({f.Kind})"))}. Choose with --issuer and --kind.");

    /// <summary>Finds all records that are meant.</summary>
    public IReadOnlyList<FoundRecord> FindAll(ParseResult result, Store store, string id) =>
        RecordFinder.Find(store, id, result.GetValue(Issuer), ReadKind(result));

    /// <summary>The logs that are meant.</summary>
    /// <exception cref="InputException">The issuer has none.</exception>
    public IReadOnlyList<StoredLog> FindLogs(ParseResult result, Store store)
    {
        if (result.GetValue(Issuer) is not string issuer)
        {
            return store.Logs.ReadAll();
        }

        return [store.Logs.Find(issuer) ?? throw new InputException($"'{issuer}' has no log in this workspace.")];
    }

    /// <summary>Whether an entry is of the kind that is meant.</summary>
    public bool Matches(ParseResult result, Store store, LogPosition position) =>
        ReadKind(result) is not RecordKind kind
        || (store.Entries.Find(position) is StoredEntry stored && LogEntry.TryDecode(stored.Entry, out LogEntry? entry, out _) && entry.Kind == kind);

    /// <summary>The member that is meant, or null for all.</summary>
    public string? IssuerOf(ParseResult result) => result.GetValue(Issuer);

    /// <summary>Whether a kind is named.</summary>
    public bool IsKindGiven(ParseResult result) => result.GetValue(Kind) is not null;

    /// <summary>The kind that is meant, or null for all.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public RecordKind? ReadKind(ParseResult result) => result.GetValue(Kind) switch
    {
        null => null,
        string name => RecordKinds.TryParse(name, out RecordKind kind) ? kind : throw new InputException($"'{name}' is not a kind: expected sanction, repair or rating."),
    };
}
