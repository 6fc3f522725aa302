using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Sequencing;

/// <summary>The end of one log, where <see cref="Sequencer"/> appends: its tree and what it must know to refuse a record.</summary>
/// <remarks>What is in memory is used only while it agrees with the store, which is looked at under the write lock.</remarks>
internal sealed class LogTail(Store store, SequencedLog sequenced)
{
    private readonly StoredLog _log = sequenced.Log;

    // The tree as of the last commit; null when it must be loaded from the tiles.
    private TreeAppender? _tree;

    // Tags of erased records, and how many erasures of all logs there were when they were read. An erasure is for ever.
    private HashSet<Bytes32> _erasedTags = [];
    private long _erasuresSeen;

    // The checkpoint that was looked up last, and the leaves that it is the first to cover.
    private (ulong First, ulong End, string Note) _covering;

    /// <summary>The log.</summary>
    public StoredLog Log => _log;

    /// <summary>How many entries the log has, after <see cref="Load"/>.</summary>
    public ulong Size => _tree?.Size ?? throw new InvalidOperationException("The log was not loaded.");

    /// <summary>Brings this object up to date with the store. To be called under the write lock.</summary>
    /// <param name="erasures">How many erasures of all logs there are.</param>
    /// <exception cref="LogIntegrityException">The store's head does not fit its tiles, or an erasure statement is damaged.</exception>
    public void Load(long erasures)
    {
        _tree = LoadTree();
        if (erasures != _erasuresSeen)
        {
            _erasedTags = ReadErasedTags();
            _erasuresSeen = erasures;
        }
    }

    /// <summary>Forgets what may be ahead of the store after a transaction that was undone: it is read anew next time, as after a restart.</summary>
    public void Forget()
    {
        _tree = null;
        _covering = default;
    }

    /// <summary>Whether a record of this kind and id was erased.</summary>
    public bool IsErased(RecordKind kind, string id) =>
        _erasedTags.Count > 0 && _erasedTags.Contains(ErasureStatement.ComputeIdTag(sequenced.Key.ErasureKey, kind, id));

    /// <summary>Appends entries that were stored behind the last one: the tiles that change, and a new signed head.</summary>
    public void Append(ReadOnlySpan<Bytes32> leafHashes)
    {
        ulong before = Size;
        _tree!.Append(leafHashes);
        foreach (Tile tile in _tree.TakeChangedTiles())
        {
            store.Tiles.Put(_log.Number, tile);
        }

        string note = Sign(_tree);
        store.Checkpoints.Add(_log.Number, _tree.Size, Encoding.UTF8.GetBytes(note));
        _covering = (before, _tree.Size, note);
    }

    /// <summary>The first checkpoint that covers an entry, as a note. One text for all entries of a group.</summary>
    public string CheckpointCovering(ulong leafIndex)
    {
        if (leafIndex < _covering.First || leafIndex >= _covering.End)
        {
            (ulong treeSize, byte[] note) = store.Checkpoints.FindCovering(_log.Number, leafIndex)
                ?? throw new LogIntegrityException($"No checkpoint of log '{_log.Origin}' covers entry {leafIndex}. Run 'ledgercredit log audit'.");
            _covering = (leafIndex, treeSize, Encoding.UTF8.GetString(note));
        }

        return _covering.Note;
    }

    private TreeAppender LoadTree()
    {
        ulong stored = store.Checkpoints.FindLatest(_log.Number)?.TreeSize ?? 0;
        if (_tree is not null && _tree.Size == stored)
        {
            return _tree;
        }

        ulong entries = store.Entries.Count(_log.Number);
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
        TreeAppender tree = TreeAppender.Load(stored, store.Tiles.ReaderOf(_log.Number));
        return Encoding.UTF8.GetBytes(Sign(tree)).AsSpan().SequenceEqual(store.Checkpoints.Find(_log.Number, stored))
            ? tree
            : throw new LogIntegrityException(
                $"The store of log '{_log.Origin}' is damaged: its tiles do not lead to the newest signed checkpoint. Run 'ledgercredit log audit'; nothing was appended.");
    }

    private HashSet<Bytes32> ReadErasedTags()
    {
        HashSet<Bytes32> tags = [];
        foreach ((LogPosition position, byte[] note) in store.Entries.ReadErasures(_log.Number))
        {
            if (!ErasureStatement.TryVerify(note, sequenced.Key.Signer.VerifierKey, out ErasureStatement? statement))
            {
                throw new LogIntegrityException(
                    $"The erasure statement of entry {position.LeafIndex} of log '{_log.Origin}' is damaged. Run 'ledgercredit log audit'; nothing was appended.");
            }

            tags.Add(statement.IdTag);
        }

        return tags;
    }

    private string Sign(TreeAppender tree) =>
        sequenced.Key.Signer.Sign(new Checkpoint(_log.Origin, tree.Size, tree.RootHash()).Format()).Format();
}
