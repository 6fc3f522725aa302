using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Node.Tests;

/// <summary>A replay as one would write it first: entry by entry on one thread, every tree from its first leaf.</summary>
internal static class NaiveReplay
{
    /// <summary>What the plain way finds, in its order, and what it comes to.</summary>
    internal static (List<AuditFinding> Findings, ReplayResult Result) Run(
        Store store, StoredLog log, NoteVerifierKey key, EntryAudit entries, FingerprintKey fingerprints, IReadOnlySet<ulong> rootsAt)
    {
        List<AuditFinding> findings = [];
        List<Bytes32> leaves = [];
        List<ErasedEntry> erased = [];
        Dictionary<ulong, Bytes32> roots = [];
        HashSet<ulong> checkpointSizes = [];
        IndexFingerprints pairs = IndexFingerprints.Empty;
        bool isWhole = true;
        long records = 0;
        long tiles = 0;
        ulong lastCheckpoint = 0;
        Dictionary<ulong, byte[]> erasures = store.Entries.ReadErasures(log.Number).ToDictionary(e => e.Position.LeafIndex, e => e.Statement);
        Queue<(long TreeSize, byte[] Note)> checkpoints = new(store.Checkpoints.ReadAll(log.Number));
        int checkpointCount = checkpoints.Count;
        foreach (StoredEntry stored in store.Entries.ReadAll(log.Number))
        {
            ulong index = (ulong)leaves.Count;
            if (stored.Position.LeafIndex != index)
            {
                findings.Add(new AuditFinding("entry-missing", log.Issuer, index, $"Entry {index} is missing; the next one in the store is {stored.Position.LeafIndex}."));
                isWhole = false;
                break;
            }

            byte[] tile = store.Tiles.Find(log.Number, 0, index / 256) ?? [];
            int start = (int)(index % 256) * Bytes32.Length;
            Bytes32? inTile = tile.Length >= start + Bytes32.Length ? Bytes32.FromBytes(tile.AsSpan(start, Bytes32.Length)) : null;
            EntryAudit.Outcome outcome = entries.Check(stored, erasures.GetValueOrDefault(index), inTile);
            Add(findings, outcome.Finding);
            if (outcome.Erased is not null)
            {
                erased.Add(outcome.Erased);
            }

            records += stored.Record is null ? 0 : 1;
            isWhole &= stored.Record is null || outcome.Record is not null;
            pairs = pairs.With(PairsOf(outcome, stored, log, fingerprints));
            leaves.Add(outcome.LeafHash);
            while (checkpoints.TryPeek(out (long TreeSize, byte[] Note) next) && next.TreeSize <= leaves.Count)
            {
                checkpoints.Dequeue();
                Add(findings, CheckNote(next.TreeSize, next.Note, log, key, leaves));
                lastCheckpoint = (ulong)Math.Max(0, next.TreeSize);
                if (rootsAt.Contains(lastCheckpoint))
                {
                    checkpointSizes.Add(lastCheckpoint);
                }
            }

            if (rootsAt.Contains((ulong)leaves.Count))
            {
                roots[(ulong)leaves.Count] = Root(leaves);
            }

            for (int level = 0, width = 256; leaves.Count % width == 0; level++, width *= 256)
            {
                tiles++;
                Add(findings, CheckTile(store, log, Tiles(leaves).Single(t => t.Id == new TileId(level, (ulong)((leaves.Count / width) - 1), 256))));
            }
        }

        foreach (Tile partial in Tiles(leaves).Where(tile => !tile.Id.IsFull))
        {
            tiles++;
            Add(findings, CheckTile(store, log, partial));
        }

        if (checkpoints.TryPeek(out (long TreeSize, byte[] Note) beyond))
        {
            findings.Add(new AuditFinding("entry-missing", log.Issuer, (ulong)leaves.Count, $"A checkpoint of size {beyond.TreeSize} was signed, but only {leaves.Count} entries could be replayed: entries from {leaves.Count} on are missing."));
        }
        else if (lastCheckpoint != (ulong)leaves.Count)
        {
            findings.Add(new AuditFinding("checkpoint-missing", log.Issuer, null, $"The log has {leaves.Count} entries, but its newest checkpoint covers {lastCheckpoint}."));
        }

        findings.AddRange(erasures.Keys.Where(index => index >= (ulong)leaves.Count).Select(index =>
            new AuditFinding("erasure-altered", log.Issuer, index, "There is an erasure statement for an entry that the log does not have.")));
        return (findings, new ReplayResult(
            (ulong)leaves.Count, Root(leaves), checkpointCount - checkpoints.Count, records, erasures.Count, tiles, erased, roots, checkpointSizes, pairs, isWhole));
    }

    private static void Add(List<AuditFinding> findings, AuditFinding? finding)
    {
        if (finding is not null)
        {
            findings.Add(finding);
        }
    }

    private static IndexFingerprints PairsOf(EntryAudit.Outcome outcome, StoredEntry stored, StoredLog log, FingerprintKey key)
    {
        long position = stored.Position.Key;
        PairFingerprint leaf = key.Of([new IndexPair(IndexKeys.OfLeaf(outcome.LeafHash), position)]);
        return outcome.Record is CreditRecord record
            ? new IndexFingerprints(
                key.Of([new IndexPair(IndexKeys.OfId(log.Number, record.Kind, record.Id), position)]),
                key.Of([new IndexPair(IndexKeys.OfSubject(record.Subject.ToString()), position)]),
                leaf,
                record.Supersedes is string superseded ? key.Of([new IndexPair(IndexKeys.OfId(log.Number, record.Kind, superseded), position)]) : PairFingerprint.Empty)
            : IndexFingerprints.Empty with { Leaves = leaf };
    }

    private static Bytes32 Root(List<Bytes32> leaves)
    {
        TreeAppender tree = TreeAppender.CreateEmpty();
        foreach (Bytes32 leaf in leaves)
        {
            tree.Append(leaf);
        }

        return tree.RootHash();
    }

    private static IReadOnlyList<Tile> Tiles(List<Bytes32> leaves)
    {
        TreeAppender tree = TreeAppender.CreateEmpty();
        foreach (Bytes32 leaf in leaves)
        {
            tree.Append(leaf);
        }

        return tree.TakeChangedTiles();
    }

    private static AuditFinding? CheckTile(Store store, StoredLog log, Tile expected)
    {
        byte[]? stored = store.Tiles.Find(log.Number, expected.Id.Level, expected.Id.Index);
        string path = TileLayout.Path(expected.Id);
        return stored is null ? new AuditFinding("tile-altered", log.Issuer, null, $"The hash tile {path} is missing.")
            : stored.AsSpan().SequenceEqual(expected.Hashes.Span) ? null
            : new AuditFinding("tile-altered", log.Issuer, null, $"The hash tile {path} does not hold the hashes that the entries lead to: it was altered.");
    }

    private static AuditFinding? CheckNote(long treeSize, byte[] bytes, StoredLog log, NoteVerifierKey key, List<Bytes32> leaves)
    {
        string place = FormattableString.Invariant($"The checkpoint stored for size {treeSize}");
        if (!SignedNote.TryParse(bytes, out SignedNote? note, out ParseProblem? problem) || !Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out problem))
        {
            return new AuditFinding("checkpoint-altered", log.Issuer, null, $"{place} is not a checkpoint. {problem.Message}");
        }

        if (note.VerifyOnly(key) != NoteFailure.None)
        {
            return new AuditFinding("checkpoint-altered", log.Issuer, null, $"{place} is not signed by the log's key, and by it alone.");
        }

        if (checkpoint.Origin != log.Origin || checkpoint.Size != (ulong)Math.Max(0, treeSize))
        {
            return new AuditFinding("checkpoint-altered", log.Issuer, null, $"{place} is one of origin '{checkpoint.Origin}', size {checkpoint.Size}.");
        }

        return checkpoint.Size == (ulong)leaves.Count && checkpoint.RootHash != Root(leaves)
            ? new AuditFinding("root-mismatch", log.Issuer, null, $"{place} was signed over root {checkpoint.RootHash}, but the stored entries lead to {Root(leaves)}: entries below that size were altered together with their tiles.")
            : null;
    }
}
