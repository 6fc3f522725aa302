using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>The hashes of a tile that was read and has the size it should have.</summary>
internal readonly struct TileHashes
{
    private TileHashes(ReadOnlyMemory<byte> bytes)
    {
        Bytes = bytes;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public int Count => Bytes.Length / Bytes32.Length;

    /// <exception cref="LogIntegrityException">The tile has another width than it should.</exception>
    public static TileHashes Read(ITileReader tiles, TileId id)
    {
        ReadOnlyMemory<byte> bytes = tiles.ReadTile(id);
        return bytes.Length == id.Width * Bytes32.Length
            ? new TileHashes(bytes)
            : throw new LogIntegrityException(
                $"Tile '{TileLayout.Path(id)}' should have {id.Width * Bytes32.Length} bytes, but has {bytes.Length}.");
    }

    /// <summary>The root hash of a complete subtree.</summary>
    /// <param name="start">The first hash; a multiple of <paramref name="count"/>.</param>
    /// <param name="count">A power of two.</param>
    public Bytes32 SubtreeRoot(int start, int count)
    {
        ReadOnlySpan<byte> bytes = Bytes.Span;
        Span<Bytes32> row = count <= 32 ? stackalloc Bytes32[count] : new Bytes32[count];
        for (int i = 0; i < count; i++)
        {
            row[i] = Bytes32.FromBytes(bytes.Slice((start + i) * Bytes32.Length, Bytes32.Length));
        }

        for (int width = count / 2; width > 0; width /= 2)
        {
            for (int i = 0; i < width; i++)
            {
                row[i] = MerkleHash.Node(row[2 * i], row[(2 * i) + 1]);
            }
        }

        return row[0];
    }
}
