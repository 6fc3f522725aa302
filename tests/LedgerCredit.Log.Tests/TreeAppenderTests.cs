using LedgerCredit.Primitives;

namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class TreeAppenderTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(255)]
    [DataRow(256)]
    [DataRow(257)]
    [DataRow(65_536)]
    [DataRow(66_000)]
    public void TakeChangedTiles_AnyBatchingAndReloading_GiveTheTilesOfTheReference(int size)
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(size);
        Random random = new(size);
        MemoryTiles tiles = new();
        TreeAppender appender = TreeAppender.CreateEmpty();
        while (appender.Size < (ulong)size)
        {
            int from = (int)appender.Size;
            int to = Math.Min(size, from + random.Next(1, size > 1000 ? 3000 : 60));
            appender.Append([.. tree.LeafHashes.Skip(from).Take(to - from)]);
            if (random.Next(3) != 0)
            {
                tiles.Store(appender.TakeChangedTiles());
                Assert.AreEqual(tree.Root(0, to), appender.RootHash());
                Assert.IsEmpty(appender.TakeChangedTiles());
                appender = TreeAppender.Load((ulong)to, tiles);
                Assert.IsEmpty(appender.TakeChangedTiles());
            }

            Assert.AreEqual(tree.Root(0, to), appender.RootHash());
        }

        tiles.Store(appender.TakeChangedTiles());
        TileId[] expected = [.. TileLayout.Tiles((ulong)size)];
        Assert.AreEqual(expected.Length, tiles.Count);
        foreach (TileId tile in expected)
        {
            Assert.AreSequenceEqual(Naive(tree, tile), tiles.ReadTile(tile).ToArray(), tile.ToString());
        }
    }

    [TestMethod]
    public void Append_EveryBatchToEverySize_GivesTheReferencesRootAndTiles()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(600);
        Bytes32[] leaves = [.. tree.LeafHashes];
        int[] sizes = [.. Enumerable.Range(0, 40), 63, 64, 65, 127, 128, 255, 256, 257, 300];
        foreach (int from in sizes)
        {
            foreach (int count in sizes)
            {
                MemoryTiles tiles = new();
                TreeAppender appender = TreeAppender.CreateEmpty();
                foreach (Bytes32 leaf in leaves.AsSpan(0, from))
                {
                    appender.Append(leaf);
                }

                appender.Append(leaves.AsSpan(from, count));

                Assert.AreEqual(tree.Root(0, from + count), appender.RootHash(), $"{count} after {from}");
                tiles.Store(appender.TakeChangedTiles());
                Assert.AreEqual(tree.Root(0, from + count), new TreeProofs(tiles, (ulong)(from + count)).RootHash((ulong)(from + count)), $"{count} after {from}");
            }
        }
    }

    [TestMethod]
    public void Append_MoreThanFitIntoTheLargestTree_ChangesNothing()
    {
        TreeAppender appender = TreeAppender.Load(ulong.MaxValue - 1, new AnyTiles());
        Bytes32 root = appender.RootHash();

        Assert.ThrowsExactly<InvalidOperationException>(() => appender.Append([Bytes32.Zero, Bytes32.Zero]));
        Assert.AreEqual(root, appender.RootHash());
        Assert.AreEqual(ulong.MaxValue - 1, appender.Size);

        appender.Append(Bytes32.Zero);
        Assert.AreEqual(ulong.MaxValue, appender.Size);
        Assert.ThrowsExactly<InvalidOperationException>(() => appender.Append(Bytes32.Zero));
    }

    [TestMethod]
    public void TakeChangedTiles_FullTile_ComesOnceAndTheNextIsPartial()
    {
        TreeAppender appender = TreeAppender.CreateEmpty();
        Bytes32[] leaves = [.. ReferenceTree.OfNumbers(600).LeafHashes];
        appender.Append(leaves.AsSpan(0, 300));
        TileId[] first = [.. appender.TakeChangedTiles().Select(t => t.Id)];
        appender.Append(leaves.AsSpan(300, 300));
        TileId[] second = [.. appender.TakeChangedTiles().Select(t => t.Id)];

        Assert.AreSequenceEqual(new TileId[] { new(0, 0, 256), new(0, 1, 44), new(1, 0, 1) }, first);
        Assert.AreSequenceEqual(new TileId[] { new(0, 1, 256), new(0, 2, 88), new(1, 0, 2) }, second);
    }

    [TestMethod]
    public void TakeChangedTiles_TakenTiles_DoNotChangeLater()
    {
        TreeAppender appender = TreeAppender.CreateEmpty();
        appender.Append(MerkleHash.Leaf([1]));
        Tile tile = appender.TakeChangedTiles()[0];
        byte[] before = tile.Hashes.ToArray();
        for (int i = 0; i < 600; i++)
        {
            appender.Append(MerkleHash.Leaf([2]));
        }

        Assert.AreSequenceEqual(before, tile.Hashes.ToArray());
    }

    [TestMethod]
    public void Load_MissingTile_BreaksTheLog()
    {
        MemoryTiles tiles = MemoryTiles.Of(ReferenceTree.OfNumbers(300));
        tiles.Remove(new TileId(1, 0, 1));

        Assert.ThrowsExactly<LogIntegrityException>(() => TreeAppender.Load(300, tiles));
    }

    [TestMethod]
    public void Load_ChangedTile_GivesAnotherRoot()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(300);
        foreach (TileId tile in new TileId[] { new(0, 1, 44), new(1, 0, 1) })
        {
            MemoryTiles tiles = MemoryTiles.Of(tree);
            for (int at = 0; at < tile.Width * Bytes32.Length; at++)
            {
                byte[] changed = tiles.ReadTile(tile).ToArray();
                changed[at] ^= 1;
                MemoryTiles broken = MemoryTiles.Of(tree);
                broken.Replace(tile, changed);

                Assert.AreNotEqual(tree.Root(0, 300), TreeAppender.Load(300, broken).RootHash(), $"{tile} at {at}");
            }
        }
    }

    [TestMethod]
    public void Append_VeryLargeTree_WorksUpToTheLastLevel()
    {
        // A tree that nobody can build: its right border is all that is needed to go on.
        ulong size = (1UL << 63) - 1;
        AnyTiles tiles = new();
        TreeAppender appender = TreeAppender.Load(size, tiles);

        appender.Append(MerkleHash.Leaf([]));

        Assert.AreEqual(1UL << 63, appender.Size);
        IReadOnlyList<Tile> changed = appender.TakeChangedTiles();
        Assert.HasCount(8, changed);
        Assert.AreEqual(new TileId(7, 0, 128), changed[^1].Id);
    }

    private static byte[] Naive(ReferenceTree tree, TileId tile)
    {
        int leaves = 1 << (8 * tile.Level);
        return
        [
            .. Enumerable.Range(0, tile.Width).SelectMany(i =>
            {
                int start = (((int)tile.Index * 256) + i) * leaves;
                return tree.Root(start, start + leaves).ToArray();
            }),
        ];
    }

    private sealed class AnyTiles : ITileReader
    {
        public ReadOnlyMemory<byte> ReadTile(TileId tile) => new byte[tile.Width * Bytes32.Length];
    }
}
