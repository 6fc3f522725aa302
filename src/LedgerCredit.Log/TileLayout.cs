using System.Globalization;

namespace LedgerCredit.Log;

/// <summary>Which tiles and entry bundles a log of some size has, and under which paths they are published.</summary>
/// <remarks>
/// C2SP tlog-tiles: <c>tile/&lt;L&gt;/&lt;N&gt;[.p/&lt;W&gt;]</c> and <c>tile/entries/&lt;N&gt;[.p/&lt;W&gt;]</c>, below the
/// log's prefix. <c>N</c> is written in groups of three digits, all but the last with an <c>x</c> in front: 1234067 becomes
/// <c>x001/x234/067</c>. The suffix is there for partial tiles only.
/// </remarks>
public static class TileLayout
{
    /// <summary>The number of hashes in a full tile, and of entries in a full bundle.</summary>
    public const int FullWidth = 256;

    /// <summary>The number of tree levels that one tile spans: 256 = 2^8.</summary>
    public const int Height = 8;

    /// <summary>The highest level: a tree of 2^64 - 1 leaves needs 64 bits, 8 for each level.</summary>
    public const int MaxLevel = 7;

    /// <summary>The path of a tile, for example <c>tile/0/x001/234.p/17</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such tile.</exception>
    public static string Path(TileId tile)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tile.Level, nameof(tile));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tile.Level, MaxLevel, nameof(tile));
        return string.Create(CultureInfo.InvariantCulture, $"tile/{tile.Level}/{Number(tile.Index, tile.Width)}");
    }

    /// <summary>The path of an entry bundle, for example <c>tile/entries/000</c>.</summary>
    /// <param name="index">Zero-based position of the bundle.</param>
    /// <param name="width">Number of entries in it, 1 to 256.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such bundle.</exception>
    public static string EntriesPath(ulong index, int width) => "tile/entries/" + Number(index, width);

    /// <summary>The width of a tile in a tree of some size; 0 where that tree has no such tile.</summary>
    /// <param name="level">0 to <see cref="MaxLevel"/>.</param>
    /// <param name="index">Zero-based position of the tile in its level.</param>
    /// <param name="treeSize">Number of leaves.</param>
    public static int Width(int level, ulong index, ulong treeSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);

        ulong hashes = treeSize >> (Height * level);
        ulong fullTiles = hashes >> Height;
        return index < fullTiles ? FullWidth
            : index == fullTiles ? (int)(hashes & (FullWidth - 1))
            : 0;
    }

    /// <summary>All tiles of a tree of some size: level by level, left to right.</summary>
    /// <param name="treeSize">Number of leaves.</param>
    public static IEnumerable<TileId> Tiles(ulong treeSize)
    {
        for (int level = 0; level <= MaxLevel; level++)
        {
            int width;
            for (ulong index = 0; (width = Width(level, index, treeSize)) != 0; index++)
            {
                yield return new TileId(level, index, width);
            }
        }
    }

    private static string Number(ulong index, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, FullWidth);

        string path = (index % 1000).ToString("000", CultureInfo.InvariantCulture);
        for (ulong rest = index / 1000; rest != 0; rest /= 1000)
        {
            path = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:000}/{path}");
        }

        return width == FullWidth ? path : string.Create(CultureInfo.InvariantCulture, $"{path}.p/{width}");
    }
}
