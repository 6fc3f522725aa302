using LedgerCredit.Log;

namespace LedgerCredit.Node.EvidenceFiles;

/// <summary>Keeps the tiles of a log that proofs read again and again, in whatever order the proofs are asked for.</summary>
/// <remarks>
/// A tile of the leaves serves 256 leaves, one above them 65,536: kept apart, so that leaves asked for at random do not push out what
/// every proof needs. A partial tile is another tile for each width, so one cache serves trees of all sizes of a log.
/// </remarks>
internal sealed class TileCache(ITileReader inner) : ITileReader
{
    // A tile has 8 KiB at most: 16 MiB for the leaves of half a million entries, 8 MiB for those above 67 million.
    private const int LeafCapacity = 2048;
    private const int UpperCapacity = 1024;
    private readonly Dictionary<TileId, ReadOnlyMemory<byte>> _leaves = [];
    private readonly Dictionary<TileId, ReadOnlyMemory<byte>> _upper = [];

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ReadTile(TileId tile)
    {
        (Dictionary<TileId, ReadOnlyMemory<byte>> tiles, int capacity) = tile.Level == 0 ? (_leaves, LeafCapacity) : (_upper, UpperCapacity);
        if (tiles.TryGetValue(tile, out ReadOnlyMemory<byte> cached))
        {
            return cached;
        }

        // The simplest eviction that keeps the bound.
        if (tiles.Count == capacity)
        {
            tiles.Clear();
        }

        ReadOnlyMemory<byte> read = inner.ReadTile(tile);
        tiles.Add(tile, read);
        return read;
    }
}
