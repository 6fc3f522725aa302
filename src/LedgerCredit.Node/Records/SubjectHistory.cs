using LedgerCredit.Evidence;
using LedgerCredit.Log;
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
    private static readonly RecordRules AnyRecord = new() { AllowNaturalPersons = true };

    /// <summary>All records about a subject, by time of issue and then by log and index.</summary>
    /// <exception cref="LogIntegrityException">A record cannot be read.</exception>
    public static IReadOnlyList<SubjectRecord> Read(Store store, SubjectId subject)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(subject);
        Dictionary<int, StoredLog> logs = store.Logs.ReadAll().ToDictionary(log => log.Number);
        List<(StoredLog Log, LogPosition Position, Bytes32 LeafHash, CreditRecord Record)> found = [];
        foreach (LogPosition position in store.Index.FindBySubject(subject.ToString()))
        {
            StoredEntry? entry = store.Entries.Find(position);
            if (!logs.TryGetValue(position.Log, out StoredLog? log)
                || entry?.Record is null
                || !CreditRecord.TryParse(entry.Record, AnyRecord, out CreditRecord? record, out _))
            {
                throw new LogIntegrityException($"A record about this subject, entry {position.LeafIndex} of log number {position.Log}, cannot be read. Run 'ledgercredit log audit'.");
            }

            found.Add((log, position, MerkleHash.Leaf(entry.Entry), record));
        }

        // The records of a subject are few, so who replaces whom is found among them.
        Dictionary<(int, RecordKind, string), string> successors = [];
        foreach ((StoredLog log, LogPosition _, Bytes32 _, CreditRecord record) in found.Where(f => f.Record.Supersedes is not null))
        {
            successors[(log.Number, record.Kind, record.Supersedes!)] = record.Id;
        }

        return
        [
            .. found
                .OrderBy(f => IssuedAt(f.Record))
                .ThenBy(f => f.Position.Log)
                .ThenBy(f => f.Position.LeafIndex)
                .Select(f => new SubjectRecord(
                    f.Log,
                    f.Position.LeafIndex,
                    f.LeafHash,
                    f.Record,
                    store.Anchors.FindCovering(f.Position.Log, f.Position.LeafIndex) is not null,
                    successors.GetValueOrDefault((f.Log.Number, f.Record.Kind, f.Record.Id)))),
        ];
    }

    private static long IssuedAt(CreditRecord record) =>
        IssueTime.TryReadUnixSeconds(record.IssuedAt, out long seconds)
            ? seconds
            : throw new System.Diagnostics.UnreachableException("A valid record has a valid time of issue.");
}
