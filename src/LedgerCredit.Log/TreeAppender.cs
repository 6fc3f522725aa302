using System.Numerics;
using System.Runtime.InteropServices;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>Appends leaf hashes to a tree and yields its changed tiles, without holding the tree.</summary>
/// <remarks>
/// Keeps the compact range of the tree (the root hash of one complete subtree for each bit that is set in the size) and the
/// hashes of the partial tiles on its right border: at most 64 and 8 × 255 hashes. Appending costs one node hash on average.
/// Not thread-safe: one writer owns it.
/// </remarks>
public sealed class TreeAppender
{
    // Bounds the rows that are held while a batch is appended.
    private const int LeavesAtOnce = 8 * TileLayout.FullWidth;

    private readonly Bytes32[] _peaks = new Bytes32[64];
    private readonly BorderTile[] _border = new BorderTile[TileLayout.MaxLevel + 1];
    private readonly List<Tile> _completed = [];

    private TreeAppender(ulong size)
    {
        Size = size;
        for (int level = 0; level < _border.Length; level++)
        {
            _border[level] = new BorderTile();
        }
    }

    /// <summary>Number of leaves.</summary>
    public ulong Size { get; private set; }

    /// <summary>Begins an empty tree.</summary>
    public static TreeAppender CreateEmpty() => new(0);

    /// <summary>Continues a stored tree.</summary>
    /// <remarks>
    /// Reads the partial tiles on the right border, at most eight. Does not show that they belong to a particular root hash:
    /// compare <see cref="RootHash"/> with the stored checkpoint before appending.
    /// </remarks>
    /// <param name="size">Number of stored leaves.</param>
    /// <param name="tiles">The stored tiles of that size.</param>
    /// <exception cref="LogIntegrityException">A tile is missing or has another width.</exception>
    public static TreeAppender Load(ulong size, ITileReader tiles)
    {
        ArgumentNullException.ThrowIfNull(tiles);

        TreeAppender appender = new(size);
        for (int level = 0; level <= TileLayout.MaxLevel; level++)
        {
            ulong index = size >> (TileLayout.Height * level) >> TileLayout.Height;
            int width = TileLayout.Width(level, index, size);
            if (width != 0)
            {
                TileHashes hashes = TileHashes.Read(tiles, new TileId(level, index, width));
                appender._border[level].Fill(hashes);
                appender.FillPeaks(level, hashes);
            }
        }

        return appender;
    }

    /// <summary>Appends one leaf. Many are appended faster at once.</summary>
    /// <param name="leafHash">The result of <see cref="MerkleHash.Leaf"/>.</param>
    /// <exception cref="InvalidOperationException">The tree has 2^64 - 1 leaves.</exception>
    public void Append(Bytes32 leafHash) => Append([leafHash]);

    /// <summary>Appends leaves in order, with the same result as one by one.</summary>
    /// <param name="leafHashes">Results of <see cref="MerkleHash.Leaf"/>.</param>
    /// <exception cref="InvalidOperationException">The tree would have more than 2^64 - 1 leaves; it is as before.</exception>
    public void Append(ReadOnlySpan<Bytes32> leafHashes)
    {
        if ((ulong)leafHashes.Length > ulong.MaxValue - Size)
        {
            throw new InvalidOperationException("Expected a tree of at most 2^64 - 1 leaves.");
        }

        int rowLength = 1 + Math.Min(leafHashes.Length, LeavesAtOnce);
        Bytes32[] row = new Bytes32[rowLength];
        Bytes32[] above = new Bytes32[rowLength];
        for (int first = 0; first < leafHashes.Length; first += LeavesAtOnce)
        {
            AppendRows(leafHashes[first..Math.Min(first + LeavesAtOnce, leafHashes.Length)], row, above);
        }
    }

    /// <summary>The root hash of the tree as it is now; that of the empty tree where it has no leaves.</summary>
    /// <remarks>RFC 9162 section 2.1.1. At most 63 hashes.</remarks>
    public Bytes32 RootHash()
    {
        if (Size == 0)
        {
            return MerkleHash.EmptyRoot;
        }

        int height = BitOperations.TrailingZeroCount(Size);
        Bytes32 root = _peaks[height];
        for (height++; height < _peaks.Length; height++)
        {
            if (((Size >> height) & 1) == 1)
            {
                root = MerkleHash.Node(_peaks[height], root);
            }
        }

        return root;
    }

    /// <summary>Takes the tiles that are new or wider since the last call, or since the tree was loaded.</summary>
    /// <returns>
    /// Full tiles, each once, and the partial tiles on the right border with their present width. A tile replaces a narrower
    /// one of the same level and index.
    /// </returns>
    public IReadOnlyList<Tile> TakeChangedTiles()
    {
        List<Tile> changed = [.. _completed];
        _completed.Clear();
        for (int level = 0; level < _border.Length; level++)
        {
            ulong index = Size >> (TileLayout.Height * level) >> TileLayout.Height;
            if (_border[level].TakeChanged(level, index) is Tile tile)
            {
                changed.Add(tile);
            }
        }

        return changed;
    }

    // Level by level, so that a whole row is hashed at once. The first place of a row is kept for the peak to its left, with
    // which the new nodes of an odd position are joined.
    private void AppendRows(ReadOnlySpan<Bytes32> leafHashes, Span<Bytes32> row, Span<Bytes32> above)
    {
        leafHashes.CopyTo(row[1..]);
        int count = leafHashes.Length;
        for (int height = 0; count > 0; height++)
        {
            ulong position = Size >> height;
            if (height % TileLayout.Height == 0)
            {
                AddToTiles(height / TileLayout.Height, position, row.Slice(1, count));
            }

            bool isPeakJoined = (position & 1) == 1;
            if (isPeakJoined)
            {
                row[0] = _peaks[height];
            }

            Span<Bytes32> nodes = isPeakJoined ? row[..(1 + count)] : row.Slice(1, count);
            int pairs = nodes.Length / 2;
            MerkleHash.Nodes(nodes[..(2 * pairs)], above.Slice(1, pairs));
            if (nodes.Length % 2 == 1)
            {
                _peaks[height] = nodes[^1];
            }

            Span<Bytes32> done = row;
            row = above;
            above = done;
            count = pairs;
        }

        Size += (ulong)leafHashes.Length;
    }

    private void AddToTiles(int level, ulong position, ReadOnlySpan<Bytes32> hashes)
    {
        while (!hashes.IsEmpty)
        {
            int taken = Math.Min(hashes.Length, TileLayout.FullWidth - (int)(position % TileLayout.FullWidth));
            if (_border[level].Add(hashes[..taken], level, position >> TileLayout.Height) is Tile full)
            {
                _completed.Add(full);
            }

            position += (ulong)taken;
            hashes = hashes[taken..];
        }
    }

    // The peaks of heights 8·level to 8·level + 7 are the complete subtrees that the partial tile is made of.
    private void FillPeaks(int level, TileHashes hashes)
    {
        int start = 0;
        for (int height = TileLayout.Height - 1; height >= 0; height--)
        {
            int count = 1 << height;
            if ((hashes.Count & count) != 0)
            {
                _peaks[(TileLayout.Height * level) + height] = hashes.SubtreeRoot(start, height);
                start += count;
            }
        }
    }

    /// <summary>The partial tile on the right border of one level.</summary>
    private sealed class BorderTile
    {
        private readonly byte[] _hashes = new byte[TileLayout.FullWidth * Bytes32.Length];
        private int _width;
        private bool _changed;

        public void Fill(TileHashes hashes)
        {
            hashes.Bytes.Span.CopyTo(_hashes);
            _width = hashes.Count;
        }

        /// <summary>Adds hashes for which there is room; gives the tile when they make it full, and begins the next one.</summary>
        public Tile? Add(ReadOnlySpan<Bytes32> hashes, int level, ulong index)
        {
            MemoryMarshal.AsBytes(hashes).CopyTo(_hashes.AsSpan(_width * Bytes32.Length));
            _width += hashes.Length;
            _changed = true;
            if (_width < TileLayout.FullWidth)
            {
                return null;
            }

            Tile full = new(new TileId(level, index, TileLayout.FullWidth), _hashes.ToArray());
            _width = 0;
            _changed = false;
            return full;
        }

        public Tile? TakeChanged(int level, ulong index)
        {
            if (!_changed)
            {
                return null;
            }

            _changed = false;
            return new Tile(new TileId(level, index, _width), _hashes.AsSpan(0, _width * Bytes32.Length).ToArray());
        }
    }
}
