using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Node.Auditing;

/// <summary>Some entries that lie one behind the other, and what their records lead to. Reused from one reading to the next.</summary>
/// <remarks>
/// Read on the thread that owns the store, computed on any other, then consumed in log order. Entries that follow from their record and
/// agree with the tile are found so by <see cref="EntryCalculator"/>, many at once; for every other one <see cref="EntryAudit"/> says why.
/// </remarks>
internal sealed class ReplayBatch
{
    private const int MaxEntries = 1024;

    private readonly StoredLog _log;
    private readonly EntryAudit _audit;
    private readonly EntryCalculator _calculator;
    private readonly FingerprintKey _fingerprintKey;
    private readonly byte[] _issuer;
    private readonly EntryBatch _entries = new(MaxEntries);
    private readonly List<byte[]?> _tiles = [];
    private readonly IndexKeyBatch _keys = new();
    private readonly List<int> _added = [];
    private readonly List<LogPosition> _keyed = [];
    private readonly IndexKeyBatch _supersededKeys = new();
    private readonly List<LogPosition> _superseding = [];
    private readonly byte[] _encoded = new byte[MaxEntries * LogEntry.Length];
    private readonly Bytes32[] _leaves = new Bytes32[MaxEntries];
    private readonly bool[] _isSound = new bool[MaxEntries];
    private readonly EntryAudit.Outcome?[] _outcomes = new EntryAudit.Outcome?[MaxEntries];
    private readonly IndexPair[] _pairs = new IndexPair[MaxEntries];

    public ReplayBatch(StoredLog log, EntryAudit audit, EntryCalculator calculator, FingerprintKey fingerprintKey)
    {
        _log = log;
        _audit = audit;
        _calculator = calculator;
        _fingerprintKey = fingerprintKey;
        _issuer = Encoding.ASCII.GetBytes(log.Issuer);
    }

    /// <summary>The index of the first entry.</summary>
    public ulong First { get; private set; }

    /// <summary>The number of entries in log order without a gap.</summary>
    public int Count { get; private set; }

    /// <summary>The index of the entry behind these where there is a gap between; null otherwise.</summary>
    public ulong? BehindGap { get; private set; }

    /// <summary>Records that are there, readable or not.</summary>
    public int Records { get; private set; }

    /// <summary>Records that are there and cannot be read.</summary>
    public int Unreadable { get; private set; }

    /// <summary>The pairs that each index should have of these entries.</summary>
    public IndexFingerprints Pairs { get; private set; }

    /// <summary>The leaf hashes to go on with: for each entry the one that most of the evidence speaks for.</summary>
    public ReadOnlySpan<Bytes32> Leaves => _leaves.AsSpan(0, Count);

    /// <summary>What there is to say about an entry; null where it is as it was committed.</summary>
    public EntryAudit.Outcome? Outcome(int number) => _outcomes[number];

    /// <summary>Reads the next entries and the tiles above them.</summary>
    /// <param name="scan">The entries.</param>
    /// <param name="tiles">The tiles.</param>
    /// <param name="first">The index that comes next.</param>
    /// <param name="damage">Why no more can be read, or null. What was read before is there.</param>
    /// <returns>False where there are none any more.</returns>
    public bool Read(EntryScan scan, TileTable tiles, ulong first, out Exception? damage)
    {
        damage = null;
        Count = 0;
        BehindGap = null;
        First = first;
        try
        {
            scan.Read(_entries);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or LogIntegrityException)
        {
            damage = e;
        }

        while (Count < _entries.Count && BehindGap is null)
        {
            ulong index = _entries.Position(Count).LeafIndex;
            if (index == first + (ulong)Count)
            {
                Count++;
            }
            else
            {
                BehindGap = index;
            }
        }

        _tiles.Clear();
        for (ulong tile = first / TileLayout.FullWidth; tile * TileLayout.FullWidth < first + (ulong)Count; tile++)
        {
            _tiles.Add(tiles.Find(_log.Number, level: 0, tile));
        }

        return _entries.Count > 0;
    }

    /// <summary>Computes what the records lead to.</summary>
    /// <param name="erasures">The log's erasure statements by index.</param>
    /// <param name="cancellationToken">Stops before it.</param>
    public void Compute(IReadOnlyDictionary<ulong, byte[]> erasures, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        HashLeaves();
        FindSound();
        _keys.Clear();
        _keyed.Clear();
        _supersededKeys.Clear();
        _superseding.Clear();
        Records = 0;
        Unreadable = 0;
        for (int added = 0; added < _added.Count; added++)
        {
            int i = _added[added];
            if (_isSound[i] && !erasures.ContainsKey(First + (ulong)i) && HashInTile(i) == _leaves[i])
            {
                Records++;
                AddKeys(i, _calculator.Kind(added), _calculator.Id(added), _calculator.Subject(added), _calculator.Supersedes(added));
            }
            else
            {
                _isSound[i] = false;
            }
        }

        for (int i = 0; i < Count; i++)
        {
            _outcomes[i] = _isSound[i] ? null : Explain(i, erasures.GetValueOrDefault(First + (ulong)i));
        }

        _keys.Compute();
        _supersededKeys.Compute();
        MakeFingerprints();
    }

    private void HashLeaves()
    {
        bool areAllWhole = true;
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> entry = _entries.Entry(i);
            if (entry.Length == LogEntry.Length)
            {
                entry.CopyTo(_encoded.AsSpan(i * LogEntry.Length));
            }
            else
            {
                areAllWhole = false;
            }
        }

        MerkleHash.Leaves(_encoded.AsSpan(0, Count * LogEntry.Length), LogEntry.Length, _leaves.AsSpan(0, Count));
        for (int i = 0; i < Count && !areAllWhole; i++)
        {
            _leaves[i] = MerkleHash.Leaf(_entries.Entry(i));
        }
    }

    // Records whose entry is what they commit to. Of the others nothing is known yet.
    private void FindSound()
    {
        _calculator.Clear();
        _added.Clear();
        for (int i = 0; i < Count; i++)
        {
            _isSound[i] = false;
            if (!_entries.IsErased(i)
                && _entries.Secret(i).Length == Bytes32.Length
                && _calculator.TryAdd(_entries.Record(i), Bytes32.FromBytes(_entries.Secret(i))))
            {
                _added.Add(i);
            }
        }

        _calculator.Compute();
        for (int added = 0; added < _added.Count; added++)
        {
            int i = _added[added];
            _isSound[i] = _calculator.Entries.Slice(added * LogEntry.Length, LogEntry.Length).SequenceEqual(_entries.Entry(i))
                && _calculator.Issuer(added).SequenceEqual(_issuer);
        }
    }

    private EntryAudit.Outcome Explain(int i, byte[]? erasure)
    {
        bool isErased = _entries.IsErased(i);
        StoredEntry stored = new(
            _entries.Position(i),
            _entries.Entry(i).ToArray(),
            !_entries.HasSecret(i) ? null : _entries.Secret(i).ToArray(),
            isErased ? null : _entries.Record(i).ToArray());
        EntryAudit.Outcome outcome = _audit.Check(stored, erasure, HashInTile(i));
        _leaves[i] = outcome.LeafHash;
        if (!isErased)
        {
            Records++;
            if (outcome.Record is CreditRecord record)
            {
                AddKeys(i, record.Kind, Encoding.UTF8.GetBytes(record.Id), Encoding.UTF8.GetBytes(record.Subject.ToString()), Encoding.UTF8.GetBytes(record.Supersedes ?? ""));
            }
            else
            {
                Unreadable++;
            }
        }

        return outcome;
    }

    private Bytes32? HashInTile(int i)
    {
        ulong index = First + (ulong)i;
        byte[]? tile = _tiles[(int)((index / TileLayout.FullWidth) - (First / TileLayout.FullWidth))];
        int start = (int)(index % TileLayout.FullWidth) * Bytes32.Length;
        return tile is not null && tile.Length >= start + Bytes32.Length ? Bytes32.FromBytes(tile.AsSpan(start, Bytes32.Length)) : null;
    }

    // Where a record replaces none, what it replaces is empty.
    private void AddKeys(int i, RecordKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> superseded)
    {
        _keys.AddId(_log.Number, kind, id);
        _keys.AddSubject(subject);
        _keyed.Add(_entries.Position(i));
        if (!superseded.IsEmpty)
        {
            _supersededKeys.AddId(_log.Number, kind, superseded);
            _superseding.Add(_entries.Position(i));
        }
    }

    private void MakeFingerprints()
    {
        for (int i = 0; i < _keyed.Count; i++)
        {
            _pairs[i] = new IndexPair(_keys.Key(2 * i), _keyed[i].Key);
        }

        PairFingerprint ids = _fingerprintKey.Of(_pairs.AsSpan(0, _keyed.Count));
        for (int i = 0; i < _keyed.Count; i++)
        {
            _pairs[i] = new IndexPair(_keys.Key((2 * i) + 1), _keyed[i].Key);
        }

        PairFingerprint subjects = _fingerprintKey.Of(_pairs.AsSpan(0, _keyed.Count));
        for (int i = 0; i < _superseding.Count; i++)
        {
            _pairs[i] = new IndexPair(_supersededKeys.Key(i), _superseding[i].Key);
        }

        PairFingerprint superseded = _fingerprintKey.Of(_pairs.AsSpan(0, _superseding.Count));
        for (int i = 0; i < Count; i++)
        {
            _pairs[i] = new IndexPair(IndexKeys.OfLeaf(_leaves[i]), _entries.Position(i).Key);
        }

        Pairs = new IndexFingerprints(ids, subjects, _fingerprintKey.Of(_pairs.AsSpan(0, Count)), superseded);
    }
}
