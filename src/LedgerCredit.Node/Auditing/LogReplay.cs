using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

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
/// <param name="Pairs">The pairs that the indexes should have of these entries.</param>
/// <param name="IsWhole">Whether no entry is missing in between and each record was readable, so that there are no other pairs.</param>
internal sealed record ReplayResult(
    ulong Entries,
    Bytes32 RootHash,
    long Checkpoints,
    long Records,
    long Erasures,
    long Tiles,
    IReadOnlyList<ErasedEntry> Erased,
    IReadOnlyDictionary<ulong, Bytes32> Roots,
    IReadOnlySet<ulong> CheckpointSizes,
    IndexFingerprints Pairs,
    bool IsWhole);

/// <summary>Rebuilds a log from its records and compares every entry, tile and checkpoint on the way.</summary>
/// <remarks>
/// One pass in leaf order; memory does not grow with the log. One thread owns the store and the tree: it reads batches ahead, hands each
/// out to be computed on the other threads, and takes them back in order. So findings come in the order of the log.
/// </remarks>
internal sealed class LogReplay(
    Store store, StoredLog log, NoteVerifierKey key, Func<ReplayBatch> makeBatch, AuditFindings findings, IProgress<ulong>? progress)
{
    private const ulong ProgressInterval = 1024;

    // Enough that no thread waits while batches are read and consumed.
    private static readonly int BatchesAhead = (2 * Environment.ProcessorCount) + 1;

    private readonly TreeAppender _tree = TreeAppender.CreateEmpty();
    private readonly List<ErasedEntry> _erased = [];
    private readonly Dictionary<ulong, Bytes32> _roots = [];
    private readonly HashSet<ulong> _checkpointSizes = [];

    // The newest partial tile of each level, which is what the store must hold there at the end.
    private readonly SortedDictionary<int, Tile> _edge = [];
    private long _tiles;
    private long _checkpoints;
    private ulong _lastCheckpoint;

    /// <summary>Replays the log. Once.</summary>
    /// <param name="rootsAt">Sizes at which the caller wants the root, for example of anchors.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="LogIntegrityException">An entry cannot be read. Those before it were compared.</exception>
    /// <exception cref="System.Data.Common.DbException">The same.</exception>
    public async Task<ReplayResult> RunAsync(IReadOnlySet<ulong> rootsAt, CancellationToken cancellationToken)
    {
        Dictionary<ulong, byte[]> erasures = store.Entries.ReadErasures(log.Number).ToDictionary(e => e.Position.LeafIndex, e => e.Statement);
        using CheckpointFeed checkpoints = new(store.Checkpoints.ReadAll(log.Number), key);
        long records = 0;
        bool isWhole = true;
        IndexFingerprints pairs = IndexFingerprints.Empty;
        await foreach (ReplayBatch batch in ReadAsync(erasures, cancellationToken))
        {
            await ConsumeAsync(batch, rootsAt, checkpoints);
            records += batch.Records;
            pairs = pairs.With(batch.Pairs);
            isWhole &= batch.Unreadable == 0 && batch.BehindGap is null;
            if (batch.BehindGap is ulong behind)
            {
                findings.Add(new AuditFinding("entry-missing", log.Issuer, _tree.Size, $"Entry {_tree.Size} is missing; the next one in the store is {behind}."));
            }
        }

        CheckFullTiles();
        _tiles += _edge.Count;
        foreach (Tile tile in _edge.Values)
        {
            CheckTile(tile);
        }

        CheckEnd(checkpoints.NextSize);
        foreach (ulong outside in erasures.Keys.Where(index => index >= _tree.Size))
        {
            findings.Add(new AuditFinding("erasure-altered", log.Issuer, outside, "There is an erasure statement for an entry that the log does not have."));
        }

        progress?.Report(_tree.Size);
        return new ReplayResult(
            _tree.Size, _tree.RootHash(), _checkpoints, records, erasures.Count, _tiles, _erased, _roots, _checkpointSizes, pairs, isWhole);
    }

    // Batches in log order, each computed; the last one is that before a gap. A batch is read again when the next one is asked for.
    private async IAsyncEnumerable<ReplayBatch> ReadAsync(
        Dictionary<ulong, byte[]> erasures,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using EntryScan scan = store.Entries.Scan(log.Number, first: 0);
        Queue<(ReplayBatch Batch, Task Computing)> ahead = [];
        Stack<ReplayBatch> idle = new(Enumerable.Range(0, BatchesAhead).Select(_ => makeBatch()));
        ulong next = 0;
        bool isAtEnd = false;
        Exception? damage = null;
        try
        {
            while (true)
            {
                while (!isAtEnd && idle.TryPop(out ReplayBatch? batch))
                {
                    isAtEnd = !batch.Read(scan, store.Tiles, next, out damage) || damage is not null || batch.BehindGap is not null;
                    next += (ulong)batch.Count;
                    ahead.Enqueue((batch, Task.Run(() => batch.Compute(erasures, cancellationToken), cancellationToken)));
                }

                if (!ahead.TryDequeue(out (ReplayBatch Batch, Task Computing) first))
                {
                    break;
                }

                await first.Computing;
                yield return first.Batch;
                idle.Push(first.Batch);
            }
        }
        finally
        {
            // Nobody looks at these any more, but they must have ended before their buffers and the store go away.
            foreach ((ReplayBatch _, Task computing) in ahead)
            {
                await computing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        if (damage is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(damage);
        }
    }

    // Leaves go into the tree many at a time, up to each size at which something is to be compared.
    private async Task ConsumeAsync(ReplayBatch batch, IReadOnlySet<ulong> rootsAt, CheckpointFeed checkpoints)
    {
        int appended = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.Outcome(i) is EntryAudit.Outcome outcome)
            {
                findings.Add(outcome.Finding);
                if (outcome.Erased is not null)
                {
                    _erased.Add(outcome.Erased);
                }
            }

            ulong size = batch.First + (ulong)i + 1;
            if (size % TileLayout.FullWidth == 0 || checkpoints.NextSize <= (long)size || rootsAt.Contains(size))
            {
                _tree.Append(batch.Leaves[appended..(i + 1)]);
                appended = i + 1;
                await CompareAsync(rootsAt, checkpoints);
            }
        }

        _tree.Append(batch.Leaves[appended..]);
    }

    private async Task CompareAsync(IReadOnlySet<ulong> rootsAt, CheckpointFeed checkpoints)
    {
        while (checkpoints.NextSize <= (long)_tree.Size)
        {
            CheckedNote note = await checkpoints.TakeAsync();
            CheckCheckpoint(note);
            _lastCheckpoint = (ulong)Math.Max(0, note.TreeSize);
            if (rootsAt.Contains(_lastCheckpoint))
            {
                _checkpointSizes.Add(_lastCheckpoint);
            }

            _checkpoints++;
        }

        if (rootsAt.Contains(_tree.Size))
        {
            _roots[_tree.Size] = _tree.RootHash();
        }

        if (_tree.Size % TileLayout.FullWidth == 0)
        {
            CheckFullTiles();
            if (_tree.Size % ProgressInterval == 0)
            {
                progress?.Report(_tree.Size);
            }
        }
    }

    private void CheckCheckpoint(CheckedNote stored)
    {
        string place = FormattableString.Invariant($"The checkpoint stored for size {stored.TreeSize}");
        if (stored.Checkpoint is not Checkpoint checkpoint)
        {
            findings.Add(new AuditFinding("checkpoint-altered", log.Issuer, null, $"{place} is not a checkpoint. {stored.Problem!.Message}"));
        }
        else if (stored.Signature != NoteFailure.None)
        {
            findings.Add(new AuditFinding("checkpoint-altered", log.Issuer, null, $"{place} is not signed by the log's key, and by it alone."));
        }
        else if (checkpoint.Origin != log.Origin || checkpoint.Size != (ulong)Math.Max(0, stored.TreeSize))
        {
            findings.Add(new AuditFinding("checkpoint-altered", log.Issuer, null, $"{place} is one of origin '{checkpoint.Origin}', size {checkpoint.Size}."));
        }
        else if (checkpoint.Size == _tree.Size && checkpoint.RootHash != _tree.RootHash())
        {
            findings.Add(new AuditFinding(
                "root-mismatch",
                log.Issuer,
                null,
                $"{place} was signed over root {checkpoint.RootHash}, but the stored entries lead to {_tree.RootHash()}: entries below that size were altered together with their tiles."));
        }
    }

    private void CheckFullTiles()
    {
        foreach (Tile tile in _tree.TakeChangedTiles())
        {
            if (tile.Id.IsFull)
            {
                CheckTile(tile);
                _edge.Remove(tile.Id.Level);
                _tiles++;
            }
            else
            {
                _edge[tile.Id.Level] = tile;
            }
        }
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

    private void CheckEnd(long? nextCheckpoint)
    {
        if (nextCheckpoint is long beyond)
        {
            findings.Add(new AuditFinding(
                "entry-missing",
                log.Issuer,
                _tree.Size,
                $"A checkpoint of size {beyond} was signed, but only {_tree.Size} entries could be replayed: entries from {_tree.Size} on are missing."));
        }
        else if (_lastCheckpoint != _tree.Size)
        {
            findings.Add(new AuditFinding("checkpoint-missing", log.Issuer, null, $"The log has {_tree.Size} entries, but its newest checkpoint covers {_lastCheckpoint}."));
        }
    }
}
