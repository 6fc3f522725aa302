namespace LedgerCredit.Log;

/// <summary>Keeps the tiles of a log that proofs need again and again, with the nodes that were computed from them.</summary>
/// <remarks>
/// <para>
/// A tile of the leaves serves 256 leaves, one above them 65,536: kept apart, so that leaves asked for at random do not push out what
/// every proof needs. A partial tile is another tile for each width, so one cache serves trees of all sizes of a log.
/// </para>
/// <para>Not thread-safe.</para>
/// </remarks>
/// <param name="inner">The tiles of one log.</param>
public sealed class TileCache(ITileReader inner)
{
    // A tile has 8 KiB at most and its nodes as much: 16 MiB for the leaves of a quarter of a million entries, 8 MiB for those above
    // 33 million.
    private const int LeafCapacity = 1024;
    private const int UpperCapacity = 512;
    private readonly Dictionary<TileId, TileHashes> _leaves = [];
    private readonly Dictionary<TileId, TileHashes> _upper = [];

    /// <summary>How many nodes were computed from the tiles that are kept.</summary>
    internal int ComputedNodes => _leaves.Values.Concat(_upper.Values).Sum(tile => tile.ComputedNodes);

    /// <exception cref="LogIntegrityException">The tile is missing or has another width.</exception>
    internal TileHashes Read(TileId tile)
    {
        (Dictionary<TileId, TileHashes> tiles, int capacity) = tile.Level == 0 ? (_leaves, LeafCapacity) : (_upper, UpperCapacity);
        if (tiles.TryGetValue(tile, out TileHashes? kept))
        {
            return kept;
        }

        // The simplest eviction that keeps the bound.
        if (tiles.Count == capacity)
        {
            tiles.Clear();
        }

        TileHashes read = TileHashes.Read(inner, tile);
        tiles.Add(tile, read);
        return read;
    }
}
