using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Node.Auditing;

/// <summary>What a replay of a log gives beside findings.</summary>
/// <param name="Entries">Entries replayed.</param>
/// <param name="RootHash">The root over them.</param>
/// <param name="Checkpoints">Checkpoints verified.</param>
/// <param name="Records">Records that are there, erased ones not counted.</param>
/// <param name="Erasures">Erasure statements of the log, sound or not.</param>
/// <param name="Tiles">Tiles that the tree has.</param>
/// <param name="Erased">Erased entries.</param>
/// <param name="Roots">The recomputed roots at the sizes that were asked for.</param>
/// <param name="CheckpointSizes">Those of these sizes that have a checkpoint.</param>
internal sealed record ReplayResult(
    ulong Entries,
    Bytes32 RootHash,
    long Checkpoints,
    long Records,
    long Erasures,
    long Tiles,
    IReadOnlyList<ErasedEntry> Erased,
    IReadOnlyDictionary<ulong, Bytes32> Roots,
    IReadOnlySet<ulong> CheckpointSizes);

/// <summary>Rebuilds a log from its records and compares every entry, tile, checkpoint and index row on the way.</summary>
/// <remarks>One pass in leaf order; memory does not grow with the log.</remarks>
internal sealed class LogReplay(Store store, StoredLog log, NoteVerifierKey key, EntryAudit entries, AuditFindings findings, IProgress<ulong>? progress)
{
    private const ulong ProgressInterval = 1024;

    /// <summary>Replays the log.</summary>
    /// <param name="rootsAt">Sizes at which the caller wants the root, for example of anchors.</param>
    /// <param name="cancellationToken">Stops between entries.</param>
    public ReplayResult Run(IReadOnlySet<ulong> rootsAt, CancellationToken cancellationToken)
    {
        TreeAppender tree = TreeAppender.CreateEmpty();
        List<ErasedEntry> erased = [];
        Dictionary<ulong, Bytes32> roots = [];
        HashSet<ulong> checkpointSizes = [];
        long records = 0;
        long tiles = 0;
        Dictionary<ulong, byte[]> erasures = store.Entries.ReadErasures(log.Number).ToDictionary(e => e.Position.LeafIndex, e => e.Statement);
        using IEnumerator<(long TreeSize, byte[] Note)> checkpoints = store.Checkpoints.ReadAll(log.Number).GetEnumerator();
        bool hasCheckpoint = checkpoints.MoveNext();
        long checkpointCount = 0;
        ulong lastCheckpoint = 0;
        byte[]? leafTile = null;

        // The newest partial tile of each level, which is what the store must hold there at the end.
        Dictionary<int, Tile> edge = [];

        foreach (StoredEntry stored in store.Entries.ReadAll(log.Number))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ulong index = tree.Size;
            if (stored.Position.LeafIndex != index)
            {
                findings.Add(new AuditFinding("entry-missing", log.Issuer, index, $"Entry {index} is missing; the next one in the store is {stored.Position.LeafIndex}."));
                break;
            }

            if (index % TileLayout.FullWidth == 0)
            {
                leafTile = store.Tiles.Find(log.Number, level: 0, index / TileLayout.FullWidth);
            }

            EntryAudit.Outcome outcome = entries.Check(stored, erasures.GetValueOrDefault(index), HashInTile(leafTile, (int)(index % TileLayout.FullWidth)));
            findings.Add(outcome.Finding);
            if (outcome.Erased is not null)
            {
                erased.Add(outcome.Erased);
            }

            if (stored.Record is not null)
            {
                records++;
            }

            CheckIndex(stored, outcome.Record);

            tree.Append(outcome.LeafHash);
            while (hasCheckpoint && checkpoints.Current.TreeSize <= (long)tree.Size)
            {
                CheckCheckpoint(checkpoints.Current, tree);
                lastCheckpoint = (ulong)Math.Max(0, checkpoints.Current.TreeSize);
                if (rootsAt.Contains(lastCheckpoint))
                {
                    checkpointSizes.Add(lastCheckpoint);
                }

                checkpointCount++;
                hasCheckpoint = checkpoints.MoveNext();
            }

            if (rootsAt.Contains(tree.Size))
            {
                roots[tree.Size] = tree.RootHash();
            }

            if (tree.Size % TileLayout.FullWidth == 0)
            {
                tiles += CheckFullTiles(tree.TakeChangedTiles(), edge);
                if (tree.Size % ProgressInterval == 0)
                {
                    progress?.Report(tree.Size);
                }
            }
        }

        tiles += CheckFullTiles(tree.TakeChangedTiles(), edge);
        tiles += edge.Count;
        foreach (Tile tile in edge.Values)
        {
            CheckTile(tile);
        }

        CheckEnd(tree, lastCheckpoint, hasCheckpoint ? checkpoints.Current.TreeSize : null);
        foreach (ulong outside in erasures.Keys.Where(index => index >= tree.Size))
        {
            findings.Add(new AuditFinding("erasure-altered", log.Issuer, outside, "There is an erasure statement for an entry that the log does not have."));
        }

        progress?.Report(tree.Size);
        return new ReplayResult(tree.Size, tree.RootHash(), checkpointCount, records, erasures.Count, tiles, erased, roots, checkpointSizes);
    }

    private static Bytes32? HashInTile(byte[]? tile, int offset)
    {
        int start = offset * Bytes32.Length;
        return tile is not null && tile.Length >= start + Bytes32.Length ? Bytes32.FromBytes(tile.AsSpan(start, Bytes32.Length)) : null;
    }

    private void CheckIndex(StoredEntry stored, CreditRecord? record)
    {
        // A record that cannot be read has its finding already.
        LogPosition position = stored.Position;
        bool isFound = store.Index.Has(IndexKind.Leaf, IndexKeys.OfLeaf(MerkleHash.Leaf(stored.Entry)), position)
            && (record is null
                || (store.Index.Has(IndexKind.Id, IndexKeys.OfId(log.Number, record.Kind, record.Id), position) && store.Index.HasSubject(record.Subject.ToString(), position)));
        if (!isFound)
        {
            findings.Add(new AuditFinding("index-altered", log.Issuer, position.LeafIndex, "The record is not found by its id, its subject and its leaf hash: the derived index was altered."));
        }
    }

    private void CheckCheckpoint((long TreeSize, byte[] Note) stored, TreeAppender tree)
    {
        string place = FormattableString.Invariant($"The checkpoint stored for size {stored.TreeSize}");
        if (!SignedNote.TryParse(stored.Note, out SignedNote? note, out ParseProblem? problem)
            || !Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out problem))
        {
            findings.Add(new AuditFinding("checkpoint-altered", log.Issuer, null, $"{place} is not a checkpoint. {problem.Message}"));
            return;
        }

        if (note.VerifyOnly(key) != NoteFailure.None)
        {
            findings.Add(new AuditFinding("checkpoint-altered", log.Issuer, null, $"{place} is not signed by the log's key, and by it alone."));
        }
        else if (checkpoint.Origin != log.Origin || checkpoint.Size != (ulong)Math.Max(0, stored.TreeSize))
        {
            findings.Add(new AuditFinding("checkpoint-altered", log.Issuer, null, $"{place} is one of origin '{checkpoint.Origin}', size {checkpoint.Size}."));
        }
        else if (checkpoint.Size == tree.Size && checkpoint.RootHash != tree.RootHash())
        {
            findings.Add(new AuditFinding(
                "root-mismatch",
                log.Issuer,
                null,
                $"{place} was signed over root {checkpoint.RootHash}, but the stored entries lead to {tree.RootHash()}: entries below that size were altered together with their tiles."));
        }
    }

    private long CheckFullTiles(IReadOnlyList<Tile> changed, Dictionary<int, Tile> edge)
    {
        long count = 0;
        foreach (Tile tile in changed)
        {
            if (tile.Id.IsFull)
            {
                CheckTile(tile);
                edge.Remove(tile.Id.Level);
                count++;
            }
            else
            {
                edge[tile.Id.Level] = tile;
            }
        }

        return count;
    }

    private void CheckTile(Tile expected)
    {
        byte[]? stored = store.Tiles.Find(log.Number, expected.Id.Level, expected.Id.Index);
        if (stored is null || !stored.AsSpan().SequenceEqual(expected.Hashes.Span))
        {
            findings.Add(new AuditFinding(
                "tile-altered",
                log.Issuer,
                null,
                stored is null
                    ? $"The hash tile {TileLayout.Path(expected.Id)} is missing."
                    : $"The hash tile {TileLayout.Path(expected.Id)} does not hold the hashes that the entries lead to: it was altered."));
        }
    }

    private void CheckEnd(TreeAppender tree, ulong lastCheckpoint, long? nextCheckpoint)
    {
        if (nextCheckpoint is long beyond)
        {
            findings.Add(new AuditFinding(
                "entry-missing",
                log.Issuer,
                tree.Size,
                $"A checkpoint of size {beyond} was signed, but only {tree.Size} entries could be replayed: entries from {tree.Size} on are missing."));
        }
        else if (lastCheckpoint != tree.Size)
        {
            findings.Add(new AuditFinding("checkpoint-missing", log.Issuer, null, $"The log has {tree.Size} entries, but its newest checkpoint covers {lastCheckpoint}."));
        }
    }
}
