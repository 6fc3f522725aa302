using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>Names a tile: up to 256 consecutive hashes of one level of a log's tree.</summary>
/// <remarks>
/// C2SP tlog-tiles. A hash at level <c>L</c> is the root hash of <c>256^L</c> leaves; level 0 holds the leaf hashes.
/// <c>default</c> names no tile: a width of 0 is refused wherever a tile is expected.
/// </remarks>
/// <param name="Level">0 to <see cref="TileLayout.MaxLevel"/>.</param>
/// <param name="Index">Zero-based position of the tile in its level.</param>
/// <param name="Width">Number of hashes: <see cref="TileLayout.FullWidth"/>, or 1 to 255 for a partial tile.</param>
public readonly record struct TileId(int Level, ulong Index, int Width)
{
    /// <summary>Whether all 256 hashes are there, so that the tile never changes again.</summary>
    public bool IsFull => Width == TileLayout.FullWidth;
}

/// <summary>A tile with its hashes.</summary>
/// <remarks>A narrower tile of the same level and index is a prefix of a wider one.</remarks>
public sealed class Tile
{
    /// <summary>Makes a tile of hashes, which are not copied.</summary>
    /// <param name="id">Which tile this is.</param>
    /// <param name="hashes">The concatenated hashes: 32 bytes times the width.</param>
    /// <exception cref="ArgumentException">The hashes do not have the size that the width demands.</exception>
    public Tile(TileId id, ReadOnlyMemory<byte> hashes)
    {
        if (id.Width is < 1 or > TileLayout.FullWidth || hashes.Length != id.Width * Bytes32.Length)
        {
            throw new ArgumentException(
                $"Expected {id.Width} hashes of {Bytes32.Length} bytes, found {hashes.Length} bytes.", nameof(hashes));
        }

        Id = id;
        Hashes = hashes;
    }

    /// <summary>Which tile this is.</summary>
    public TileId Id { get; }

    /// <summary>The concatenated hashes.</summary>
    public ReadOnlyMemory<byte> Hashes { get; }
}

/// <summary>Gives the stored tiles of one log.</summary>
public interface ITileReader
{
    /// <summary>Reads a tile.</summary>
    /// <remarks>
    /// Asked for are only tiles of the size that the caller was told is stored, each with its width at that size: an
    /// implementation need not keep narrower tiles once a wider one is there. It may answer from a cache.
    /// </remarks>
    /// <returns>The concatenated hashes of the tile: 32 bytes times its width.</returns>
    /// <exception cref="LogIntegrityException">The tile is missing or has another width.</exception>
    ReadOnlyMemory<byte> ReadTile(TileId tile);
}
