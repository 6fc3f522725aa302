using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Sequencing;

/// <summary>Gives records of one log their places: the only code that appends to a log.</summary>
/// <remarks>
/// Not thread-safe. Several processes may hold a sequencer of the same log: each batch takes SQLite's write lock first
/// and reads the log's head under it, so that they take turns and never fork.
/// </remarks>
public sealed class Sequencer
{
    private readonly Store _store;
    private readonly StoredLog _log;
    private readonly LogKey _key;

    // The tree as of the last commit of this object; null when it must be loaded from the tiles.
    private TreeAppender? _tree;

    // Tags of erased records, and how many erasures they stand for.
    private HashSet<Bytes32> _erasedTags = [];
    private int _erasuresSeen;

    /// <summary>Makes the sequencer of a log.</summary>
    /// <param name="store">Open for writing.</param>
    /// <param name="log">The log.</param>
    /// <param name="key">The key that signs its checkpoints.</param>
    public Sequencer(Store store, StoredLog log, LogKey key)
    {
        _store = store;
        _log = log;
        _key = key;
    }

    /// <summary>Appends records to the log, each once, and acknowledges them.</summary>
    /// <param name="batch">Records of this log's issuer, in order.</param>
    /// <returns>An outcome for each record, in the same order. When this returns, what was added survives power loss.</returns>
    /// <exception cref="LogIntegrityException">The store's head does not fit its tiles. Fatal: run an audit.</exception>
    public IReadOnlyList<AppendOutcome> Append(IReadOnlyList<PreparedRecord> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        try
        {
            // 1. Take the write lock. Whoever had it before has committed or left nothing. A crash from here to step 5
            //    leaves the store as it was: SQLite undoes the transaction, and nobody was told anything yet.
            using StoreTransaction transaction = _store.BeginWrite();
            TreeAppender tree = LoadTree();
            LoadErasedTags();

            // 2. Find each record's place, or why it gets none. Rows of earlier records of this batch are seen here too.
            List<Placement> placements = new(batch.Count);
            ulong sizeBefore = tree.Size;
            foreach (PreparedRecord prepared in batch)
            {
                placements.Add(Place(prepared, tree));
            }

            if (tree.Size > sizeBefore)
            {
                // 3. Write the tiles that changed. Derived data: in the same transaction so that it never lags.
                foreach (Tile tile in tree.TakeChangedTiles())
                {
                    _store.Tiles.Put(_log.Number, tile);
                }

                // 4. Sign the new head. The signature leaves this process only with the acknowledgements, after step 5:
                //    a signed head that is lost in a crash was never seen, so signing another one for this size is no fork.
                Checkpoint checkpoint = new(_log.Origin, tree.Size, tree.RootHash());
                string note = _key.Signer.Sign(checkpoint.Format()).Format();
                _store.Checkpoints.Add(_log.Number, tree.Size, Encoding.UTF8.GetBytes(note));
            }

            // 5. Commit. From here the batch is part of the log for ever, whether or not the caller hears of it: after a
            //    crash the caller offers the same records again and gets AlreadyThere with the same acknowledgements.
            transaction.Commit();
            _tree = tree;
            return [.. placements.Select(Acknowledge)];
        }
        catch
        {
            // The tree in memory may be ahead of the store now. Load it anew next time, as after a restart.
            _tree = null;
            throw;
        }
    }

    private TreeAppender LoadTree()
    {
        ulong stored = _store.Checkpoints.FindLatest(_log.Number)?.TreeSize ?? 0;
        if (_tree is not null && _tree.Size == stored)
        {
            return _tree;
        }

        ulong entries = _store.Entries.Count(_log.Number);
        if (entries != stored)
        {
            throw new LogIntegrityException(
                $"The store of log '{_log.Origin}' is damaged: its newest checkpoint covers {stored} entries, but {entries} are stored. Run 'ledgercredit log audit'; nothing was appended.");
        }

        if (stored == 0)
        {
            return TreeAppender.CreateEmpty();
        }

        // Never continue on top of a broken log: the tiles must lead to the root that was signed.
        TreeAppender tree = TreeAppender.Load(stored, _store.Tiles.ReaderOf(_log.Number));
        string expected = _key.Signer.Sign(new Checkpoint(_log.Origin, stored, tree.RootHash()).Format()).Format();
        return Encoding.UTF8.GetBytes(expected).AsSpan().SequenceEqual(_store.Checkpoints.Find(_log.Number, stored))
            ? tree
            : throw new LogIntegrityException(
                $"The store of log '{_log.Origin}' is damaged: its tiles do not lead to the newest signed checkpoint. Run 'ledgercredit log audit'; nothing was appended.");
    }

    private void LoadErasedTags()
    {
        IReadOnlyList<(LogPosition Position, byte[] Statement)> erasures = _store.Entries.ReadErasures(_log.Number);
        if (erasures.Count == _erasuresSeen)
        {
            return;
        }

        HashSet<Bytes32> tags = [];
        foreach ((LogPosition position, byte[] note) in erasures)
        {
            if (!ErasureStatement.TryVerify(note, _key.Signer.VerifierKey, out ErasureStatement? statement))
            {
                throw new LogIntegrityException(
                    $"The erasure statement of entry {position.LeafIndex} of log '{_log.Origin}' is damaged. Run 'ledgercredit log audit'; nothing was appended.");
            }

            tags.Add(statement.IdTag);
        }

        _erasedTags = tags;
        _erasuresSeen = erasures.Count;
    }

    private Placement Place(PreparedRecord prepared, TreeAppender tree)
    {
        CreditRecord record = prepared.Record;
        if (record.Issuer != _log.Issuer)
        {
            throw new ArgumentException("A record belongs to another log.", nameof(prepared));
        }

        if (_store.Index.Find(_log.Number, record.Kind, record.Id) is LogPosition existing)
        {
            StoredEntry stored = _store.Entries.Find(existing)
                ?? throw new LogIntegrityException($"Entry {existing.LeafIndex} of log '{_log.Origin}' is missing. Run 'ledgercredit log audit'; nothing was appended.");
            bool same = stored.Record.AsSpan().SequenceEqual(prepared.Canonical);
            return same
                ? new Placement(AppendResult.AlreadyThere, existing.LeafIndex, MerkleHash.Leaf(stored.Entry), SupersededMissing: false)
                : new Placement(AppendResult.Conflict, 0, default, SupersededMissing: false);
        }

        if (_erasedTags.Count > 0 && _erasedTags.Contains(ErasureStatement.ComputeIdTag(_key.ErasureKey, record.Kind, record.Id)))
        {
            return new Placement(AppendResult.Erased, 0, default, SupersededMissing: false);
        }

        bool supersededMissing = record.Supersedes is not null && _store.Index.Find(_log.Number, record.Kind, record.Supersedes) is null;
        LogPosition position = new(_log.Number, tree.Size);
        _store.Entries.Add(position, prepared.Entry, prepared.Secret, prepared.Canonical);
        _store.Index.Add(position, record);
        tree.Append(prepared.LeafHash);
        return new Placement(AppendResult.Added, position.LeafIndex, prepared.LeafHash, supersededMissing);
    }

    private AppendOutcome Acknowledge(Placement placement)
    {
        if (placement.Result is AppendResult.Conflict or AppendResult.Erased)
        {
            return new AppendOutcome(placement.Result, null, placement.SupersededMissing);
        }

        byte[] checkpoint = _store.Checkpoints.FindCovering(_log.Number, placement.LeafIndex)
            ?? throw new LogIntegrityException($"No checkpoint of log '{_log.Origin}' covers entry {placement.LeafIndex}. Run 'ledgercredit log audit'.");
        RecordAcknowledgement acknowledgement = new(_log.Origin, placement.LeafIndex, placement.LeafHash, Encoding.UTF8.GetString(checkpoint));
        return new AppendOutcome(placement.Result, acknowledgement, placement.SupersededMissing);
    }

    private readonly record struct Placement(AppendResult Result, ulong LeafIndex, Bytes32 LeafHash, bool SupersededMissing);
}
