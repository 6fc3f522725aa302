using System.Numerics;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>Makes root hashes, inclusion proofs and consistency proofs for any tree size up to the stored one, from tiles.</summary>
/// <remarks>
/// RFC 9162 sections 2.1.1, 2.1.3.1 and 2.1.4.1. Tiles are asked for with their width at the stored size: a smaller tree's
/// tiles are prefixes of them. A call reads at most two tiles of each level and computes at most 254 nodes from each tile.
/// The tiles are taken as they are: check a proof against a signed root hash before passing it on.
/// </remarks>
public sealed class TreeProofs
{
    private readonly ITileReader? _reader;
    private readonly TileCache? _cache;

    /// <summary>Reads the tiles anew for each call. Thread-safe when the reader is.</summary>
    /// <param name="tiles">The stored tiles.</param>
    /// <param name="size">Number of stored leaves.</param>
    public TreeProofs(ITileReader tiles, ulong size)
    {
        ArgumentNullException.ThrowIfNull(tiles);
        _reader = tiles;
        Size = size;
    }

    /// <summary>Keeps tiles and nodes from one call to the next, for whoever makes many proofs. Not thread-safe, as the cache is not.</summary>
    /// <param name="tiles">The stored tiles; may be used for trees of other sizes of the same log as well.</param>
    /// <param name="size">Number of stored leaves.</param>
    public TreeProofs(TileCache tiles, ulong size)
    {
        ArgumentNullException.ThrowIfNull(tiles);
        _cache = tiles;
        Size = size;
    }

    /// <summary>Number of stored leaves.</summary>
    public ulong Size { get; }

    /// <summary>The root hash of the tree of the first leaves.</summary>
    /// <param name="treeSize">Number of leaves, at most <see cref="Size"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tree is larger than what is stored.</exception>
    /// <exception cref="LogIntegrityException">A tile is missing or has another width.</exception>
    public Bytes32 RootHash(ulong treeSize)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(treeSize, Size);
        return treeSize == 0 ? MerkleHash.EmptyRoot : NewReader().Root(0, treeSize);
    }

    /// <summary>Proves that a leaf is in the tree of the first leaves.</summary>
    /// <param name="leafIndex">Zero-based position of the leaf, below <paramref name="treeSize"/>.</param>
    /// <param name="treeSize">Number of leaves, at most <see cref="Size"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf or no such tree.</exception>
    /// <exception cref="LogIntegrityException">A tile is missing or has another width.</exception>
    public InclusionProof Inclusion(ulong leafIndex, ulong treeSize)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(treeSize, Size);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leafIndex, treeSize);

        // From the root down: at each split the sibling is the root hash of the half without the leaf.
        Reader reader = NewReader();
        List<Bytes32> path = [];
        ulong start = 0;
        ulong end = treeSize;
        while (end - start > 1)
        {
            ulong split = start + LargestPowerOfTwoBelow(end - start);
            if (leafIndex < split)
            {
                path.Add(reader.Root(split, end));
                end = split;
            }
            else
            {
                path.Add(reader.Root(start, split));
                start = split;
            }
        }

        path.Reverse();
        return new InclusionProof(leafIndex, treeSize, path);
    }

    /// <summary>Proves that a tree extends an older one.</summary>
    /// <param name="oldSize">Number of leaves of the old tree, at least 1: there is no proof from an empty tree.</param>
    /// <param name="newSize">Number of leaves of the new tree, from <paramref name="oldSize"/> to <see cref="Size"/>.</param>
    /// <returns>The proof, with an empty path where the sizes are equal.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no such trees.</exception>
    /// <exception cref="LogIntegrityException">A tile is missing or has another width.</exception>
    public ConsistencyProof Consistency(ulong oldSize, ulong newSize)
    {
        ArgumentOutOfRangeException.ThrowIfZero(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(newSize, Size);

        Reader reader = NewReader();
        List<Bytes32> path = [];
        ulong start = 0;
        ulong end = newSize;
        while (oldSize != end)
        {
            ulong split = start + LargestPowerOfTwoBelow(end - start);
            if (oldSize <= split)
            {
                path.Add(reader.Root(split, end));
                end = split;
            }
            else
            {
                path.Add(reader.Root(start, split));
                start = split;
            }
        }

        // Where the old tree's border is a part of it only, the verifier does not know this subtree's hash yet.
        if (start != 0)
        {
            path.Add(reader.Root(start, end));
        }

        path.Reverse();
        return new ConsistencyProof(oldSize, newSize, path);
    }

    private static ulong LargestPowerOfTwoBelow(ulong n) => 1UL << BitOperations.Log2(n - 1);

    // Without a cache that is kept each tile is read once in the course of one call.
    private Reader NewReader() => new(_cache ?? new TileCache(_reader!), Size);

    private readonly struct Reader(TileCache tiles, ulong size)
    {
        /// <summary>The root hash of the leaves from start to end, as RFC 9162 splits them; start is a multiple of the
        /// smallest power of two that covers them.</summary>
        public Bytes32 Root(ulong start, ulong end)
        {
            // The rightmost complete subtree is the smallest; the others are joined to it from the left.
            int height = BitOperations.TrailingZeroCount(end - start);
            ulong at = end - (1UL << height);
            Bytes32 root = Subtree(height, at);
            while (at != start)
            {
                height = BitOperations.TrailingZeroCount(at - start);
                at -= 1UL << height;
                root = MerkleHash.Node(Subtree(height, at), root);
            }

            return root;
        }

        private Bytes32 Subtree(int height, ulong start)
        {
            int level = height / TileLayout.Height;
            ulong hashIndex = start >> (TileLayout.Height * level);
            ulong tileIndex = hashIndex >> TileLayout.Height;
            TileHashes hashes = tiles.Read(new TileId(level, tileIndex, TileLayout.Width(level, tileIndex, size)));
            return hashes.SubtreeRoot((int)(hashIndex & (TileLayout.FullWidth - 1)), height % TileLayout.Height);
        }
    }
}
