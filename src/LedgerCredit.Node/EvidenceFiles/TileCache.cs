using LedgerCredit.Log;

namespace LedgerCredit.Node.EvidenceFiles;

/// <summary>Keeps the tiles that proofs of one tree read again and again: the upper levels, and the last few leaf tiles.</summary>
internal sealed class TileCache(ITileReader inner) : ITileReader
{
    // A tile has 8 KiB at most, so this is at most 2 MiB.
    private const int Capacity = 256;
    private readonly Dictionary<TileId, ReadOnlyMemory<byte>> _tiles = [];

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ReadTile(TileId tile)
    {
        if (_tiles.TryGetValue(tile, out ReadOnlyMemory<byte> cached))
        {
            return cached;
        }

        if (_tiles.Count == Capacity)
        {
            // Simplest eviction that keeps the bound: proofs are asked for in leaf order, so old leaf tiles are done with.
            _tiles.Clear();
        }

        ReadOnlyMemory<byte> read = inner.ReadTile(tile);
        _tiles.Add(tile, read);
        return read;
    }
}
