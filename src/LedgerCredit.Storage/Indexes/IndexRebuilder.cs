using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;

namespace LedgerCredit.Storage.Indexes;

/// <summary>Adds the pairs of all entries of a log to empty indexes, many at a time.</summary>
internal sealed class IndexRebuilder(PairIndexSet indexes, EntryTable entries)
{
    private const int BatchEntries = 65_536;

    private readonly List<IndexPair> _ids = [];
    private readonly List<IndexPair> _subjects = [];
    private readonly List<IndexPair> _leaves = [];
    private readonly List<IndexPair> _superseded = [];

    /// <summary>Adds a log's to all indexes.</summary>
    public void Add(int log)
    {
        using EntryScan scan = entries.Scan(log, first: 0);
        EntryBatch batch = new();
        IndexKeyBatch keys = new();
        while (scan.Read(batch))
        {
            AddBatch(log, batch, keys);
            if (_leaves.Count >= BatchEntries)
            {
                Flush();
            }
        }

        Flush();
    }

    /// <summary>Adds a log's to the index of what is superseded alone.</summary>
    public void AddSuperseded(int log)
    {
        using EntryScan scan = entries.Scan(log, first: 0);
        EntryBatch batch = new();
        while (scan.Read(batch))
        {
            for (int i = 0; i < batch.Count; i++)
            {
                if (!batch.IsErased(i) && batch.Entry(i).Length == LogEntry.Length)
                {
                    AddSuperseded(log, batch, i);
                }
            }

            if (_superseded.Count >= BatchEntries)
            {
                Flush(IndexKind.Superseded, _superseded);
            }
        }

        Flush(IndexKind.Superseded, _superseded);
    }

    private void AddSuperseded(int log, EntryBatch batch, int i)
    {
        if (StoredRecord.TryReadSuperseded(batch.Record(i), out string? superseded))
        {
            _superseded.Add(new IndexPair(IndexKeys.OfId(log, (RecordKind)batch.Entry(i)[1], superseded), batch.Position(i).Key));
        }
    }

    private void AddBatch(int log, EntryBatch batch, IndexKeyBatch keys)
    {
        keys.Clear();
        List<long> positions = [];
        for (int i = 0; i < batch.Count; i++)
        {
            LogPosition position = batch.Position(i);
            _leaves.Add(new IndexPair(IndexKeys.OfLeaf(MerkleHash.Leaf(batch.Entry(i))), position.Key));
            if (!batch.IsErased(i)
                && batch.Entry(i).Length == LogEntry.Length
                && StoredRecord.TryRead(batch.Record(i), out string? id, out string? subject))
            {
                keys.AddId(log, (RecordKind)batch.Entry(i)[1], Encoding.UTF8.GetBytes(id));
                keys.AddSubject(Encoding.UTF8.GetBytes(subject));
                positions.Add(position.Key);
                AddSuperseded(log, batch, i);
            }
        }

        keys.Compute();
        for (int i = 0; i < positions.Count; i++)
        {
            _ids.Add(new IndexPair(keys.Key(2 * i), positions[i]));
            _subjects.Add(new IndexPair(keys.Key((2 * i) + 1), positions[i]));
        }
    }

    private void Flush()
    {
        Flush(IndexKind.Id, _ids);
        Flush(IndexKind.Subject, _subjects);
        Flush(IndexKind.Leaf, _leaves);
        Flush(IndexKind.Superseded, _superseded);
    }

    private void Flush(IndexKind kind, List<IndexPair> pairs)
    {
        indexes[kind].Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pairs));
        pairs.Clear();
    }
}
