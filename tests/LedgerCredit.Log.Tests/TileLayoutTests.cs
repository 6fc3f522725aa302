namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class TileLayoutTests
{
    [TestMethod]
    [DataRow(0, 0UL, 256, "tile/0/000")]
    [DataRow(0, 0UL, 1, "tile/0/000.p/1")]
    [DataRow(2, 999UL, 255, "tile/2/999.p/255")]
    [DataRow(0, 1000UL, 256, "tile/0/x001/000")]
    [DataRow(1, 1067UL, 256, "tile/1/x001/067")]
    [DataRow(0, 1234067UL, 256, "tile/0/x001/x234/067")]
    [DataRow(7, 1234067UL, 9, "tile/7/x001/x234/067.p/9")]
    [DataRow(0, ulong.MaxValue, 256, "tile/0/x018/x446/x744/x073/x709/x551/615")]
    public void Path_OfATile_IsThatOfTheSpecification(int level, ulong index, int width, string expected)
    {
        Assert.AreEqual(expected, TileLayout.Path(new TileId(level, index, width)));
    }

    [TestMethod]
    public void EntriesPath_OfABundle_IsThatOfTheSpecification()
    {
        Assert.AreEqual("tile/entries/x001/x234/067", TileLayout.EntriesPath(1234067, 256));
        Assert.AreEqual("tile/entries/273.p/112", TileLayout.EntriesPath(273, 112));
    }

    [TestMethod]
    [DataRow(-1, 0UL, 1)]
    [DataRow(8, 0UL, 1)]
    [DataRow(0, 0UL, 0)]
    [DataRow(0, 0UL, 257)]
    public void Path_OfNoTile_IsTheCallersFault(int level, ulong index, int width)
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TileLayout.Path(new TileId(level, index, width)));
    }

    [TestMethod]
    public void Tiles_PublishedExample_AreThoseOfTheSpecification()
    {
        // C2SP tlog-tiles, section Partial Tiles: a tree of size 70,000, and one of size 256.
        TileId[] tiles = [.. TileLayout.Tiles(70_000)];

        Assert.AreEqual(273, tiles.Count(t => t.Level == 0 && t.IsFull));
        Assert.AreSequenceEqual(
            new TileId[] { new(0, 273, 112), new(1, 0, 256), new(1, 1, 17), new(2, 0, 1) }, tiles[273..]);
        Assert.AreSequenceEqual(new TileId[] { new(0, 0, 256), new(1, 0, 1) }, [.. TileLayout.Tiles(256)]);
        Assert.IsEmpty(TileLayout.Tiles(0));
    }

    [TestMethod]
    public void Width_LargestTree_HasEightLevels()
    {
        Assert.AreEqual(255, TileLayout.Width(7, 0, ulong.MaxValue));
        Assert.AreEqual(0, TileLayout.Width(7, 1, ulong.MaxValue));
        Assert.AreEqual(255, TileLayout.Width(0, ulong.MaxValue >> 8, ulong.MaxValue));
        Assert.AreEqual(256, TileLayout.Width(0, (ulong.MaxValue >> 8) - 1, ulong.MaxValue));
    }
}
