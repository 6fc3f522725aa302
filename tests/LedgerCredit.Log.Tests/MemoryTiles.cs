namespace LedgerCredit.Log.Tests;

/// <summary>Keeps of each tile the widest version, as a store does.</summary>
internal sealed class MemoryTiles : ITileReader
{
    private readonly Dictionary<(int Level, ulong Index), ReadOnlyMemory<byte>> _tiles = [];

    public int Reads { get; private set; }

    public int Count => _tiles.Count;

    public static MemoryTiles Of(ReferenceTree tree) => Of(tree, out _);

    public static MemoryTiles Of(ReferenceTree tree, out TreeAppender appender)
    {
        MemoryTiles tiles = new();
        appender = TreeAppender.CreateEmpty();
        foreach (Primitives.Bytes32 leafHash in tree.LeafHashes)
        {
            appender.Append(leafHash);
        }

        tiles.Store(appender.TakeChangedTiles());
        return tiles;
    }

    public void Store(IEnumerable<Tile> tiles)
    {
        foreach (Tile tile in tiles)
        {
            _tiles[(tile.Id.Level, tile.Id.Index)] = tile.Hashes;
        }
    }

    public void Replace(TileId tile, ReadOnlyMemory<byte> hashes) => _tiles[(tile.Level, tile.Index)] = hashes;

    public void Remove(TileId tile) => _tiles.Remove((tile.Level, tile.Index));

    public ReadOnlyMemory<byte> ReadTile(TileId tile)
    {
        Reads++;
        return _tiles.TryGetValue((tile.Level, tile.Index), out ReadOnlyMemory<byte> hashes)
            ? hashes
            : throw new LogIntegrityException($"Tile '{TileLayout.Path(tile)}' is missing.");
    }
}
