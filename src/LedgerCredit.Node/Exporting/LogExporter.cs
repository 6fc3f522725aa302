using LedgerCredit.Log;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Exporting;

/// <summary>What an export wrote.</summary>
/// <param name="Issuer">The log.</param>
/// <param name="TreeSize">The size of the exported checkpoint; 0 for a log without entries, of which nothing is written.</param>
/// <param name="Folder">Where it is.</param>
/// <param name="FilesWritten">Files written; full tiles that were there already are not written again.</param>
public sealed record LogExport(string Issuer, ulong TreeSize, string Folder, int FilesWritten);

/// <summary>Writes a log as the static files of C2SP tlog-tiles, which any transparency-log client reads.</summary>
/// <remarks>
/// Below the folder, <c>log/&lt;issuer&gt;/</c> holds <c>checkpoint</c>, <c>tile/&lt;L&gt;/&lt;N&gt;[.p/&lt;W&gt;]</c> and
/// <c>tile/entries/&lt;N&gt;[.p/&lt;W&gt;]</c>. The checkpoint is replaced last, so that a reader never sees a checkpoint
/// whose tiles are missing, whenever the export is killed; running it again completes it.
/// </remarks>
public sealed class LogExporter(Store store)
{
    /// <summary>Exports a log, adding to an earlier export of the same log.</summary>
    /// <param name="log">The log.</param>
    /// <param name="folder">The folder that holds <c>log/</c>.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="LogIntegrityException">The store, or the export that is there, is damaged or another log's.</exception>
    public LogExport Export(StoredLog log, string folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        string root = Path.Combine(folder, "log", log.Issuer);

        // One read transaction: checkpoint, tiles and entries of one moment, while others append.
        using StoreTransaction snapshot = store.BeginRead();
        if (store.Checkpoints.FindLatest(log.Number) is not (ulong treeSize, byte[] note))
        {
            return new LogExport(log.Issuer, 0, root, 0);
        }

        ITileReader tiles = store.Tiles.ReaderOf(log.Number);
        TreeProofs proofs = new(tiles, treeSize);
        RequireCheckpoint(log, note, new Checkpoint(log.Origin, treeSize, proofs.RootHash(treeSize)));
        RequireExtends(log, root, proofs);
        byte[] published = CosignedCheckpoints.Publish(store, log, treeSize, note);
        int written = 0;
        foreach (TileId tile in TileLayout.Tiles(treeSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            written += Write(root, TileLayout.Path(tile), tiles.ReadTile(tile).Span, tile.IsFull);
        }

        foreach ((ulong index, byte[] bundle, int width) in Bundles(log, tiles, treeSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            written += Write(root, TileLayout.EntriesPath(index, width), bundle, width == TileLayout.FullWidth);
        }

        string checkpoint = Path.Combine(root, "checkpoint");
        string next = checkpoint + ".new";
        File.WriteAllBytes(next, published);
        File.Move(next, checkpoint, overwrite: true);
        return new LogExport(log.Issuer, treeSize, root, written + 1);
    }

    private static void RequireCheckpoint(StoredLog log, byte[] note, Checkpoint expected)
    {
        if (!NoteVerifierKey.TryParse(log.VerifierKey, out NoteVerifierKey? key, out _)
            || !SignedNote.TryParse(note, out SignedNote? signed, out _)
            || signed.VerifyOnly(key) != NoteFailure.None
            || signed.Text != expected.Format())
        {
            throw new LogIntegrityException($"The newest checkpoint of log '{log.Origin}' is not one over the stored tiles. Nothing was written: run 'ledgercredit log audit'.");
        }
    }

    // An export is only ever added to: its readers have seen the checkpoint that is there.
    private static void RequireExtends(StoredLog log, string root, TreeProofs proofs)
    {
        FileInfo published = new(Path.Combine(root, "checkpoint"));
        if (!published.Exists)
        {
            return;
        }

        if (published.Length > SignedNote.MaxBytes
            || !SignedNote.TryParse(File.ReadAllBytes(published.FullName), out SignedNote? note, out _)
            || !NoteVerifierKey.TryParse(log.VerifierKey, out NoteVerifierKey? key, out _)
            || note.Verify(key) != NoteFailure.None
            || !Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out _)
            || checkpoint.Origin != log.Origin)
        {
            throw new LogIntegrityException($"'{published.FullName}' is not a checkpoint of log '{log.Origin}'. Nothing was written: export to an empty folder.");
        }

        if (checkpoint.Size > proofs.Size)
        {
            throw new LogIntegrityException($"'{published.FullName}' covers {checkpoint.Size} entries, but the store's newest checkpoint covers {proofs.Size}. Nothing was written: part of the log is missing in the store, so restore its newest backup.");
        }

        Bytes32 stored = proofs.RootHash(checkpoint.Size);
        if (checkpoint.RootHash != stored)
        {
            throw new LogIntegrityException($"'{published.FullName}' has root {checkpoint.RootHash} for {checkpoint.Size} entries, but the store's entries lead to {stored}. Nothing was written: run 'ledgercredit log audit'.");
        }
    }

    private IEnumerable<(ulong Index, byte[] Bundle, int Width)> Bundles(StoredLog log, ITileReader tiles, ulong treeSize)
    {
        List<ReadOnlyMemory<byte>> entries = new(TileLayout.FullWidth);
        ulong count = 0;
        foreach (StoredEntry entry in store.Entries.ReadAll(log.Number))
        {
            if (entry.Position.LeafIndex != count)
            {
                throw new LogIntegrityException($"Entry {count} of log '{log.Origin}' is missing. Run 'ledgercredit log audit'.");
            }

            entries.Add(entry.Entry);
            count++;
            if (entries.Count == TileLayout.FullWidth || count == treeSize)
            {
                TileId tile = new(0, (count - 1) / TileLayout.FullWidth, entries.Count);
                RequireLeaves(log, entries, tiles.ReadTile(tile).Span, count - (ulong)entries.Count);
                yield return (tile.Index, EntryBundle.Encode(entries), entries.Count);
                entries.Clear();
            }

            if (count == treeSize)
            {
                yield break;
            }
        }

        throw new LogIntegrityException($"The store of log '{log.Origin}' holds {count} entries, but its checkpoint covers {treeSize}. Run 'ledgercredit log audit'.");
    }

    private static void RequireLeaves(StoredLog log, List<ReadOnlyMemory<byte>> entries, ReadOnlySpan<byte> hashes, ulong first)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            if (!MerkleHash.Leaf(entries[i].Span).AsSpan().SequenceEqual(hashes.Slice(i * Bytes32.Length, Bytes32.Length)))
            {
                throw new LogIntegrityException($"Entry {first + (ulong)i} of log '{log.Origin}' is not the one in its hash tile. The checkpoint was not written: run 'ledgercredit log audit'.");
            }
        }
    }

    private static int Write(string root, string relativePath, ReadOnlySpan<byte> content, bool isFull)
    {
        string path = Path.Combine(root, relativePath);
        if (isFull && File.Exists(path))
        {
            // Full tiles never change. A different one means that this folder holds another log, or a damaged one.
            return File.ReadAllBytes(path).AsSpan().SequenceEqual(content)
                ? 0
                : throw new LogIntegrityException($"'{path}' differs from the store. Export to an empty folder, and run 'ledgercredit log audit' if that was an export of this log.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string next = path + ".new";
        File.WriteAllBytes(next, content);
        File.Move(next, path, overwrite: true);
        return 1;
    }
}
