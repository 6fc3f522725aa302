using System.Runtime.InteropServices;
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
        Span<Bytes32> row = count <= 32 ? stackalloc Bytes32[count] : new Bytes32[count];
        Bytes.Span.Slice(start * Bytes32.Length, count * Bytes32.Length).CopyTo(MemoryMarshal.AsBytes(row));
        for (; row.Length > 1; row = row[..(row.Length / 2)])
        {
            MerkleHash.Nodes(row, row[..(row.Length / 2)]);
        }

        return row[0];
    }
}
