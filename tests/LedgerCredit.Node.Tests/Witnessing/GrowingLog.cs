using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Tests.Witnessing;

/// <summary>A log in memory whose operator signs whatever it likes: any size, and any of several histories.</summary>
internal sealed class GrowingLog : IDisposable
{
    private readonly NoteSigner _signer;

    internal GrowingLog(string origin = "log.example/a", byte seed = 1)
    {
        _signer = new NoteSigner(origin, Sha256.Hash([seed]).AsSpan());
    }

    internal string Origin => _signer.VerifierKey.Name;

    internal NoteVerifierKey Key => _signer.VerifierKey;

    /// <summary>The signed checkpoint of a size.</summary>
    /// <param name="size">The number of leaves.</param>
    /// <param name="history">Which history: leaves from 5 on differ between any two.</param>
    internal SignedNote Sign(ulong size, int history = 0) => _signer.Sign(Checkpoint(size, history).Format());

    internal Checkpoint Checkpoint(ulong size, int history = 0) => new(Origin, size, Tree(size, history).Root);

    /// <summary>The request that an honest log makes.</summary>
    internal AddCheckpointRequest Request(ulong oldSize, ulong size, int history = 0) => new(oldSize, Proof(oldSize, size, history), Sign(size, history));

    internal static IReadOnlyList<Bytes32> Proof(ulong oldSize, ulong size, int history = 0) =>
        oldSize == 0 || oldSize > size ? [] : Tree(size, history).Proofs.Consistency(oldSize, size).Path;

    public void Dispose() => _signer.Dispose();

    private static (Bytes32 Root, TreeProofs Proofs) Tree(ulong size, int history)
    {
        TreeAppender appender = TreeAppender.CreateEmpty();
        for (ulong i = 0; i < size; i++)
        {
            appender.Append(Sha256.Hash([(byte)i, i < 5 ? (byte)0 : (byte)history]));
        }

        Bytes32 root = appender.RootHash();
        return (root, new TreeProofs(new Tiles(appender.TakeChangedTiles()), size));
    }

    private sealed class Tiles(IReadOnlyList<Tile> tiles) : ITileReader
    {
        public ReadOnlyMemory<byte> ReadTile(TileId tile) => tiles.Single(t => t.Id == tile).Hashes;
    }
}
