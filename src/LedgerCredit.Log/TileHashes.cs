using System.Runtime.InteropServices;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>The hashes of a tile that was read and has the size it should have, and the nodes between them and the tile above.</summary>
/// <remarks>
/// The nodes are computed when the first of them is asked for, row by row and each row at once, and kept: at most 254 for a tile. Not thread-safe.
/// </remarks>
internal sealed class TileHashes
{
    // Behind one another the rows of complete subtrees of 2, 4, ... hashes. That of 256 is a hash of the tile above.
    private Bytes32[]? _nodes;

    private TileHashes(ReadOnlyMemory<byte> bytes)
    {
        Bytes = bytes;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public int Count => Bytes.Length / Bytes32.Length;

    /// <summary>How many nodes were computed so far.</summary>
    public int ComputedNodes => _nodes?.Length ?? 0;

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
    /// <param name="start">The first hash; a multiple of <paramref name="height"/>'s power of two.</param>
    /// <param name="height">Of 2^height hashes, 0 to 7.</param>
    public Bytes32 SubtreeRoot(int start, int height)
    {
        if (height == 0)
        {
            return Bytes32.FromBytes(Bytes.Span.Slice(start * Bytes32.Length, Bytes32.Length));
        }

        _nodes ??= ComputeNodes();
        int row = 0;
        for (int below = 1; below < height; below++)
        {
            row += Count >> below;
        }

        return _nodes[row + (start >> height)];
    }

    private Bytes32[] ComputeNodes()
    {
        int total = 0;
        for (int height = 1; height < TileLayout.Height; height++)
        {
            total += Count >> height;
        }

        Bytes32[] nodes = new Bytes32[total];
        ReadOnlySpan<Bytes32> below = MemoryMarshal.Cast<byte, Bytes32>(Bytes.Span);
        Span<Bytes32> free = nodes;
        while (!free.IsEmpty)
        {
            // A last one without a partner is in no complete subtree of this height.
            Span<Bytes32> row = free[..(below.Length / 2)];
            MerkleHash.Nodes(below[..(2 * row.Length)], row);
            below = row;
            free = free[row.Length..];
        }

        return nodes;
    }
}
