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
public sealed record SubjectRecord(StoredLog Log, ulong LeafIndex, Bytes32 LeafHash, CreditRecord Record, bool IsAnchored, string? SupersededBy);

/// <summary>What this workspace holds about a subject.</summary>
public static class SubjectHistory
{
    /// <summary>All records about a subject, by time of issue and then by log and index.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="store">Its store.</param>
    /// <param name="subject">The subject.</param>
    /// <exception cref="LogIntegrityException">A record is not what was committed (<see cref="RecordReader"/>), or about another subject.</exception>
    public static IReadOnlyList<SubjectRecord> Read(Workspace workspace, Store store, SubjectId subject)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(subject);
        Dictionary<int, StoredLog> logs = store.Logs.ReadAll().ToDictionary(log => log.Number);
        RecordReader reader = new(workspace, store);
        List<(StoredLog Log, LogPosition Position, CommittedRecord Committed)> found = [];
        foreach (LogPosition position in store.Index.FindBySubject(subject.ToString(), number => !IsAccessLog(logs, number)))
        {
            if (!logs.TryGetValue(position.Log, out StoredLog? log)
                || reader.Read(log, position) is not { } committed
                || committed.Record.Subject != subject)
            {
                throw new LogIntegrityException($"Entry {position.LeafIndex} of log number {position.Log} is no record about this subject, as the index says. Run 'ledgercredit log audit'.");
            }

            found.Add((log, position, committed));
        }

        // The records of a subject are few, so who replaces whom is found among them.
        Dictionary<(int, RecordKind, string), string> successors = [];
        foreach ((StoredLog log, LogPosition _, CommittedRecord committed) in found.Where(f => f.Committed.Record.Supersedes is not null))
        {
            successors[(log.Number, committed.Record.Kind, committed.Record.Supersedes!)] = committed.Record.Id;
        }

        return
        [
            .. found
                .OrderBy(f => IssuedAt(f.Committed.Record))
                .ThenBy(f => f.Position.Log)
                .ThenBy(f => f.Position.LeafIndex)
                .Select(f => new SubjectRecord(
                    f.Log,
                    f.Position.LeafIndex,
                    f.Committed.LeafHash,
                    f.Committed.Record,
                    f.Committed.AnchoredTreeSize is not null,
                    successors.GetValueOrDefault((f.Log.Number, f.Committed.Record.Kind, f.Committed.Record.Id)))),
        ];
    }

    // Who read the records is no record about the subject.
    private static bool IsAccessLog(Dictionary<int, StoredLog> logs, int number) =>
        logs.TryGetValue(number, out StoredLog? log) && log.Issuer == RecordKinds.AccessIssuer;

    private static long IssuedAt(CreditRecord record) =>
        IssueTime.TryReadUnixSeconds(record.IssuedAt, out long seconds)
            ? seconds
            : throw new System.Diagnostics.UnreachableException("A valid record has a valid time of issue.");
}
