using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Storage;

/// <summary>Derived: finds records by id and by subject, entries by leaf hash, and what replaces a record.</summary>
/// <remarks>
/// Sets of pairs of a key and a position (<see cref="IndexKeys"/>), in sorted runs. What a key leads to may be
/// another record of the same key, so that it is compared with the stored record before it is told. A record without its secrets is
/// in the index of leaves alone.
/// After an exception while the index is changed the transaction must be undone.
/// </remarks>
public sealed class RecordIndex
{
    // So many pairs of a key are looked up at once.
    private const int LookupPairs = 128;

    private readonly PairIndexSet _indexes;
    private readonly EntryTable _entries;
    private IndexPair[] _pairs = [];
    private ulong[] _keys = [];

    internal RecordIndex(PairIndexSet indexes, EntryTable entries)
    {
        _indexes = indexes;
        _entries = entries;
    }

    /// <summary>Notes where new entries are. One call for each transaction is best.</summary>
    /// <param name="rows">
    /// Of entries that are not in the index. That no id is among them twice, or there already, is for the caller to see to: a look-up finds what
    /// earlier calls added, not what else is in this one.
    /// </param>
    /// <exception cref="InvalidOperationException">There is no transaction.</exception>
    public void Add(ReadOnlySpan<NewIndexRow> rows)
    {
        BeginChange();
        Grow(ref _pairs, rows.Length);
        Span<IndexPair> pairs = _pairs.AsSpan(0, rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            pairs[i] = new IndexPair(rows[i].IdKey, rows[i].Position.Key);
        }

        _indexes[IndexKind.Id].Add(pairs);
        for (int i = 0; i < rows.Length; i++)
        {
            pairs[i] = new IndexPair(rows[i].SubjectKey, rows[i].Position.Key);
        }

        _indexes[IndexKind.Subject].Add(pairs);
        for (int i = 0; i < rows.Length; i++)
        {
            pairs[i] = new IndexPair(rows[i].LeafKey, rows[i].Position.Key);
        }

        _indexes[IndexKind.Leaf].Add(pairs);
        int superseding = 0;
        foreach (NewIndexRow row in rows)
        {
            if (row.SupersededKey is ulong key)
            {
                pairs[superseding++] = new IndexPair(key, row.Position.Key);
            }
        }

        _indexes[IndexKind.Superseded].Add(pairs[..superseding]);
    }

    /// <summary>Forgets id and subject of a record that is being erased.</summary>
    /// <exception cref="InvalidOperationException">There is no transaction.</exception>
    public void Remove(LogPosition position, CreditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        ulong? superseded = record.Supersedes is string id ? IndexKeys.OfId(position.Log, record.Kind, id) : null;
        Remove(position, IndexKeys.OfId(position.Log, record.Kind, record.Id), IndexKeys.OfSubject(record.Subject.ToString()), superseded);
    }

    /// <summary>Forgets the keys of id and subject of a record that is being erased; nothing of them stays in the file when the write-ahead log is emptied.</summary>
    /// <exception cref="InvalidOperationException">There is no transaction.</exception>
    public void Remove(LogPosition position, ulong idKey, ulong subjectKey, ulong? supersededKey)
    {
        BeginChange();
        _indexes[IndexKind.Id].Remove(new IndexPair(idKey, position.Key));
        _indexes[IndexKind.Subject].Remove(new IndexPair(subjectKey, position.Key));
        if (supersededKey is ulong key)
        {
            _indexes[IndexKind.Superseded].Remove(new IndexPair(key, position.Key));
        }
    }

    /// <summary>Where the record of this log, kind and id is, or null.</summary>
    /// <exception cref="LogIntegrityException">The index leads to an entry that is missing, erased or unreadable.</exception>
    public LogPosition? Find(int log, RecordKind kind, string id)
    {
        byte[] text = Encoding.UTF8.GetBytes(id);
        LogPosition?[] positions = new LogPosition?[1];
        Find([new RecordQuestion(log, kind, text, IndexKeys.OfId(log, kind, text))], positions);
        return positions[0];
    }

    /// <summary>Finds many records by their ids.</summary>
    /// <param name="questions">What is asked for. An id may be asked for twice.</param>
    /// <param name="positions">Gets for each question where the record is, or null.</param>
    /// <exception cref="ArgumentException">There are not as many positions as questions.</exception>
    /// <exception cref="LogIntegrityException">The index leads to an entry that is missing, erased or unreadable.</exception>
    public void Find(ReadOnlySpan<RecordQuestion> questions, Span<LogPosition?> positions)
    {
        if (questions.Length != positions.Length)
        {
            throw new ArgumentException("Expected as many positions as questions.", nameof(positions));
        }

        using IDisposable? use = _indexes.BeginUse();
        Grow(ref _keys, questions.Length);
        for (int i = 0; i < questions.Length; i++)
        {
            _keys[i] = questions[i].IdKey;
        }

        positions.Clear();
        List<(int Number, long Position)> found = [];
        _indexes[IndexKind.Id].Find(_keys.AsSpan(0, questions.Length), found);
        foreach ((int number, long key) in found)
        {
            RecordQuestion question = questions[number];
            LogPosition position = LogPosition.FromKey(key);
            StoredEntry stored = ReadRecord(position);
            if (position.Log == question.Log
                && stored.Entry.Length == LogEntry.Length
                && stored.Entry[1] == (byte)question.Kind
                && Is(stored, "id"u8, question.Id.Span))
            {
                positions[number] = position;
            }
        }
    }

    /// <summary>Whether a record is found under its subject.</summary>
    public bool HasSubject(string subject, LogPosition position) => Has(IndexKind.Subject, IndexKeys.OfSubject(subject), position);

    /// <summary>Whether an index has a pair.</summary>
    public bool Has(IndexKind kind, ulong key, LogPosition position)
    {
        using IDisposable? use = _indexes.BeginUse();
        return _indexes[kind].Has(new IndexPair(key, position.Key));
    }

    /// <summary>All records about a subject, by log and leaf index.</summary>
    /// <exception cref="LogIntegrityException">The index leads to an entry that is missing, erased or unreadable.</exception>
    public IReadOnlyList<LogPosition> FindBySubject(string subject) => FindBySubject(subject, exceptLog: null, after: null, int.MaxValue);

    /// <summary>Some of the records about a subject, by log and leaf index: no more is read than is given.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="exceptLog">A log whose records are left out, by its number, or null.</param>
    /// <param name="after">Only records behind this place, or null.</param>
    /// <param name="limit">At most so many.</param>
    /// <exception cref="LogIntegrityException">The index leads to an entry that is missing, erased or unreadable.</exception>
    public IReadOnlyList<LogPosition> FindBySubject(string subject, int? exceptLog, LogPosition? after, int limit)
    {
        using IDisposable? use = _indexes.BeginUse();
        ulong key = IndexKeys.OfSubject(subject);
        byte[] text = Encoding.UTF8.GetBytes(subject);
        List<LogPosition> positions = [];
        PositionRange range = PositionRange.All with { First = after is LogPosition place ? place.Key + 1 : long.MinValue };
        while (positions.Count < limit)
        {
            int asked = Math.Min(limit - positions.Count, LookupPairs);
            List<long> found = _indexes[IndexKind.Subject].Find(key, WithoutLog(range, exceptLog), asked, isDescending: false);
            positions.AddRange(found.Select(LogPosition.FromKey).Where(position => Is(ReadRecord(position), "subject"u8, text)));
            if (found.Count == asked)
            {
                range = range with { First = found[^1] + 1 };
            }
            else if (exceptLog is int log && range.First <= LogPosition.KeysOf(log).Last)
            {
                // On the other side of the log that is left out.
                range = range with { First = LogPosition.KeysOf(log).Last + 1 };
            }
            else
            {
                break;
            }
        }

        return positions;
    }

    /// <summary>Where the newest record is that replaces a record, or null.</summary>
    /// <param name="log">The log of both.</param>
    /// <param name="kind">The kind of both.</param>
    /// <param name="id">The id of the record that is replaced.</param>
    /// <exception cref="LogIntegrityException">The index leads to an entry that is missing, erased or unreadable.</exception>
    public LogPosition? FindSuperseding(int log, RecordKind kind, string id)
    {
        using IDisposable? use = _indexes.BeginUse();
        byte[] text = Encoding.UTF8.GetBytes(id);
        (long first, long last) = LogPosition.KeysOf(log);
        return Descending(IndexKind.Superseded, IndexKeys.OfId(log, kind, text), new PositionRange(first, last + 1))
            .Select(ReadRecord)
            .Where(stored => stored.Entry.Length == LogEntry.Length && stored.Entry[1] == (byte)kind && Is(stored, "supersedes"u8, text))
            .Select(stored => (LogPosition?)stored.Position)
            .FirstOrDefault();
    }

    /// <summary>The newest records about a subject in a log, the newest first.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="log">The log.</param>
    /// <param name="before">Only records of leaf indexes below this one.</param>
    /// <param name="limit">At most so many: no others are read.</param>
    /// <exception cref="LogIntegrityException">The index leads to an entry that is missing, erased or unreadable.</exception>
    public IReadOnlyList<LogPosition> FindLatestBySubject(string subject, int log, ulong before, int limit)
    {
        using IDisposable? use = _indexes.BeginUse();
        return [.. LatestBySubject(subject, log, before).Take(limit).Select(stored => stored.Position)];
    }

    /// <summary>The newest records about a subject in a log whose claim is a text, the newest first.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="claim">The name of the claim.</param>
    /// <param name="text">The text.</param>
    /// <param name="log">The log.</param>
    /// <param name="before">Only records of leaf indexes below this one.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="most">At most so many records about the subject are read.</param>
    /// <exception cref="LogIntegrityException">The index leads to an entry that is missing, erased or unreadable.</exception>
    public IReadOnlyList<LogPosition> FindLatestBySubjectAndClaim(string subject, string claim, string text, int log, ulong before, int limit, int most)
    {
        using IDisposable? use = _indexes.BeginUse();
        byte[] name = Encoding.UTF8.GetBytes(claim);
        byte[] wanted = Encoding.UTF8.GetBytes(text);
        return
        [
            .. LatestBySubject(subject, log, before)
                .Take(most)
                .Where(stored => StoredRecord.HasClaim(stored.Record, name, wanted))
                .Take(limit)
                .Select(stored => stored.Position),
        ];
    }

    /// <summary>How many pairs an index has: by id and subject one for each record that is not erased, by what is superseded one for each of these that replaces another, by leaf one for each entry.</summary>
    public long Count(IndexKind kind)
    {
        using IDisposable? use = _indexes.BeginUse();
        return _indexes[kind].Count;
    }

    /// <summary>How many chunks there are that no run accounts for, and runs of no index: 0 in a sound store.</summary>
    public long CountStray()
    {
        using IDisposable? use = _indexes.BeginUse();
        long expected = Enum.GetValues<IndexKind>().Sum(kind => _indexes[kind].AllRuns.Sum(run => (long)run.Chunks));
        return Math.Abs(_indexes.Table.CountChunks() - expected) + _indexes.Table.CountOtherRuns();
    }

    /// <summary>Reads all pairs of an index.</summary>
    /// <exception cref="InvalidOperationException">There is no transaction, of whose state of the store the pairs would be.</exception>
    public IndexScan ReadPairs(IndexKind kind)
    {
        BeginChange();
        return new IndexScan(_indexes.Table, _indexes[kind].AllRuns);
    }

    /// <summary>Makes all indexes anew from the entries. A record that cannot be read is in the index of leaves alone.</summary>
    /// <param name="logs">The logs of the store.</param>
    /// <exception cref="InvalidOperationException">There is no transaction.</exception>
    public void Rebuild(IReadOnlyList<StoredLog> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        BeginChange();
        _indexes.Table.Clear();
        _indexes.Forget();
        foreach (StoredLog log in logs)
        {
            new IndexRebuilder(_indexes, _entries).Add(log.Number);
        }
    }

    /// <summary>Adds what is superseded, of a store whose other indexes are there already.</summary>
    /// <param name="logs">The logs of the store.</param>
    /// <exception cref="InvalidOperationException">There is no transaction.</exception>
    internal void AddSuperseded(IReadOnlyList<StoredLog> logs)
    {
        BeginChange();
        foreach (StoredLog log in logs)
        {
            new IndexRebuilder(_indexes, _entries).AddSuperseded(log.Number);
        }
    }

    private void BeginChange()
    {
        if (!_indexes.IsInTransaction)
        {
            throw new InvalidOperationException("The index is changed, and read as a whole, in a transaction.");
        }

        _indexes.Refresh();
    }

    // Lazy: whoever calls is using the indexes, and nothing is read behind what is taken.
    private IEnumerable<StoredEntry> LatestBySubject(string subject, int log, ulong before)
    {
        (long first, long last) = LogPosition.KeysOf(log);
        long end = before <= LogPosition.FromKey(last).LeafIndex ? new LogPosition(log, before).Key : last + 1;
        byte[] text = Encoding.UTF8.GetBytes(subject);
        return Descending(IndexKind.Subject, IndexKeys.OfSubject(subject), new PositionRange(first, end))
            .Select(ReadRecord)
            .Where(stored => Is(stored, "subject"u8, text));
    }

    private IEnumerable<LogPosition> Descending(IndexKind kind, ulong key, PositionRange range)
    {
        while (true)
        {
            List<long> found = _indexes[kind].Find(key, range, LookupPairs, isDescending: true);
            foreach (long position in found)
            {
                yield return LogPosition.FromKey(position);
            }

            if (found.Count < LookupPairs)
            {
                yield break;
            }

            range = range with { End = found[^1] };
        }
    }

    // What of a range comes before a log, or all of it where it begins behind that.
    private static PositionRange WithoutLog(PositionRange range, int? log)
    {
        if (log is not int number)
        {
            return range;
        }

        (long first, long last) = LogPosition.KeysOf(number);
        return range.First > last ? range : range with { End = first };
    }

    private StoredEntry ReadRecord(LogPosition position) =>
        _entries.Find(position) is { IsErased: false } stored
            ? stored
            : throw new LogIntegrityException(
                $"The index leads to entry {position.LeafIndex} of log number {position.Log}, where no record is. Run 'ledgercredit log audit' and restore a backup.");

    private static bool Is(StoredEntry stored, ReadOnlySpan<byte> member, ReadOnlySpan<byte> text) =>
        StoredRecord.TryCompare(stored.Record, member, text, out bool isEqual)
            ? isEqual
            : throw new LogIntegrityException(
                $"The record of entry {stored.Position.LeafIndex} of log number {stored.Position.Log} cannot be read. Run 'ledgercredit log audit' and restore a backup.");

    private static void Grow<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new T[Math.Max(length, 2 * buffer.Length)];
        }
    }
}
