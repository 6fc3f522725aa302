using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Records;

/// <summary>A record about a subject, with where it stands.</summary>
/// <param name="Log">Its log.</param>
/// <param name="LeafIndex">Its index.</param>
/// <param name="LeafHash">The leaf hash of its entry, by which the repair desk knows a sanction.</param>
/// <param name="Record">The record.</param>
/// <param name="IsAnchored">Whether an anchor on the ledger covers it.</param>
/// <param name="SupersededBy">The id of the later record that replaces it, or null.</param>
public sealed record SubjectRecord(StoredLog Log, ulong LeafIndex, Bytes32 LeafHash, CreditRecord Record, bool IsAnchored, string? SupersededBy)
{
    /// <summary>Where it is.</summary>
    public LogPosition Position => new(Log.Number, LeafIndex);
}

/// <summary>What this workspace holds about subjects.</summary>
/// <remarks>
/// Each record is what its log committed to (<see cref="RecordReader"/>), and so is what replaces it; reading one costs the same however many there are
/// of its subject. Not thread-safe.
/// </remarks>
/// <param name="workspace">The workspace.</param>
/// <param name="store">Its store; in a read transaction, where others write.</param>
public sealed class SubjectHistory(Workspace workspace, Store store)
{
    /// <summary>The order of records by time of issue and then by log and index.</summary>
    public static IComparer<SubjectRecord> Order { get; } = Comparer<SubjectRecord>.Create((left, right) =>
        (IssuedAt(left.Record), left.Position.Key).CompareTo((IssuedAt(right.Record), right.Position.Key)));

    private readonly RecordReader _reader = new(workspace, store);
    private readonly Dictionary<int, StoredLog> _logs = store.Logs.ReadAll().ToDictionary(log => log.Number);
    private readonly Dictionary<LogPosition, CommittedRecord> _read = [];

    /// <summary>All records about a subject, by time of issue and then by log and index.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="store">Its store; in a read transaction, where others write.</param>
    /// <param name="subject">The subject.</param>
    /// <exception cref="LogIntegrityException">A record is not what was committed, or about another subject.</exception>
    public static IReadOnlyList<SubjectRecord> Read(Workspace workspace, Store store, SubjectId subject)
    {
        ArgumentNullException.ThrowIfNull(store);
        SubjectHistory history = new(workspace, store);
        IReadOnlyList<LogPosition> positions = history.FindPositions(subject, after: null, int.MaxValue);

        // Most of what replaces one of them is one of them, and is not read twice.
        foreach (LogPosition position in positions)
        {
            if (history._logs.TryGetValue(position.Log, out StoredLog? log))
            {
                history._read.Add(position, history._reader.Read(log, position));
            }
        }

        return [.. positions.Select(position => history.Read(subject, position)).Order(Order)];
    }

    /// <summary>Where records about a subject are, by log and index; nothing of them is compared yet.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="after">Only behind this place, or null.</param>
    /// <param name="limit">At most so many: no others are read.</param>
    /// <exception cref="LogIntegrityException">The index of records is damaged.</exception>
    public IReadOnlyList<LogPosition> FindPositions(SubjectId subject, LogPosition? after, int limit)
    {
        ArgumentNullException.ThrowIfNull(subject);

        // Who read the records is no record about the subject.
        int? accessLog = _logs.Values.FirstOrDefault(log => log.Issuer == RecordKinds.AccessIssuer)?.Number;
        return store.Index.FindBySubject(subject.ToString(), accessLog, after, limit);
    }

    /// <summary>Reads the record about a subject that the index says to be at a place.</summary>
    /// <exception cref="LogIntegrityException">It is not what was committed, or about another subject.</exception>
    public SubjectRecord Read(SubjectId subject, LogPosition position) =>
        _logs.TryGetValue(position.Log, out StoredLog? log) && Read(log, position) is { } found && found.Record.Subject == subject
            ? found
            : throw new LogIntegrityException($"Entry {position.LeafIndex} of log number {position.Log} is no record about this subject, as the index says. Run 'ledgercredit log audit'.");

    /// <summary>Reads a record.</summary>
    /// <param name="log">Its log.</param>
    /// <param name="position">Where it is.</param>
    /// <exception cref="LogIntegrityException">It, or what replaces it, is not what was committed.</exception>
    public SubjectRecord Read(StoredLog log, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(log);
        CommittedRecord committed = ReadOnce(log, position);
        return new SubjectRecord(
            log, position.LeafIndex, committed.LeafHash, committed.Record, committed.AnchoredTreeSize is not null, FindSuccessor(log, committed.Record));
    }

    private string? FindSuccessor(StoredLog log, CreditRecord record)
    {
        if (store.Index.FindSuperseding(log.Number, record.Kind, record.Id) is not LogPosition position)
        {
            return null;
        }

        CreditRecord successor = ReadOnce(log, position).Record;
        return successor.Kind == record.Kind && successor.Supersedes == record.Id
            ? successor.Id
            : throw new LogIntegrityException($"Entry {position.LeafIndex} of log number {position.Log} replaces no such record, as the index says. Run 'ledgercredit log audit'.");
    }

    private CommittedRecord ReadOnce(StoredLog log, LogPosition position) =>
        _read.TryGetValue(position, out CommittedRecord? committed) ? committed : _reader.Read(log, position);

    private static long IssuedAt(CreditRecord record) =>
        IssueTime.TryReadUnixSeconds(record.IssuedAt, out long seconds)
            ? seconds
            : throw new System.Diagnostics.UnreachableException("A valid record has a valid time of issue.");
}
