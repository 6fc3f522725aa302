using System.Security.Cryptography;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class TreeProofsTests
{
    // SHA-256 over all root hashes and proofs of all trees up to 130 leaves, in the order in which the test makes them.
    private const string AllSmallTrees = "0x788d4cc4b9a3b9133901327e96fdfe027dccb85c64ac205a7b09fe6add5517a5";

    private static readonly int[] Boundaries = [1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_000];

    [TestMethod]
    public void Proofs_AllTreesUpTo130_EqualTheReference()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(130);
        TreeProofs proofs = new(MemoryTiles.Of(tree), 130);
        using IncrementalHash all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int size = 1; size <= 130; size++)
        {
            Bytes32 root = proofs.RootHash((ulong)size);
            Assert.AreEqual(tree.Root(0, size), root);
            all.AppendData(root.AsSpan());
            for (int i = 0; i < size; i++)
            {
                InclusionProof inclusion = proofs.Inclusion((ulong)i, (ulong)size);
                ConsistencyProof consistency = proofs.Consistency((ulong)i + 1, (ulong)size);
                Assert.AreSequenceEqual(tree.Path(i, 0, size), inclusion.Path);
                Assert.AreSequenceEqual(tree.Proof(i + 1, size), consistency.Path);
                foreach (Bytes32 hash in inclusion.Path.Concat(consistency.Path))
                {
                    all.AppendData(hash.AsSpan());
                }
            }
        }

        Assert.AreEqual(AllSmallTrees, Hex.Encode(all.GetHashAndReset()));
    }

    [TestMethod]
    public void Proofs_AroundTileBoundaries_EqualTheReference()
    {
        const int Stored = 66_000;
        ReferenceTree tree = ReferenceTree.OfNumbers(Stored);
        TreeProofs proofs = new(MemoryTiles.Of(tree), Stored);
        Random random = new(20261121);
        IEnumerable<int> sizes = Boundaries.Concat(Enumerable.Range(0, 60).Select(_ => random.Next(1, Stored + 1)));
        foreach (int size in sizes)
        {
            Assert.AreEqual(tree.Root(0, size), proofs.RootHash((ulong)size), $"size {size}");
            foreach (int index in new[] { 0, size - 1, size / 2, random.Next(size), random.Next(size) })
            {
                InclusionProof inclusion = proofs.Inclusion((ulong)index, (ulong)size);
                Assert.AreSequenceEqual(tree.Path(index, 0, size), inclusion.Path, $"{index} of {size}");
                Assert.AreEqual(InclusionFailure.None, inclusion.Verify(tree.LeafHashes[index], tree.Root(0, size)));

                ConsistencyProof consistency = proofs.Consistency((ulong)index + 1, (ulong)size);
                Assert.AreSequenceEqual(tree.Proof(index + 1, size), consistency.Path, $"{index + 1} to {size}");
                Assert.AreEqual(ConsistencyFailure.None, consistency.Verify(tree.Root(0, index + 1), tree.Root(0, size)));
            }
        }
    }

    [TestMethod]
    public void Inclusion_LargeTree_ReadsFewTiles()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(66_000);
        MemoryTiles tiles = MemoryTiles.Of(tree);

        new TreeProofs(tiles, 66_000).Inclusion(12_345, 65_999);

        Assert.IsLessThanOrEqualTo(2 * 3, tiles.Reads);
    }

    [TestMethod]
    public void Proofs_WithKeptNodes_EqualTheReferenceForAllSizesOfOneLog()
    {
        const int Stored = 66_000;
        ReferenceTree tree = ReferenceTree.OfNumbers(Stored);
        TileCache cache = new(new PrefixTiles(MemoryTiles.Of(tree)));
        Random random = new(20261122);
        foreach (int size in Boundaries.Concat(Enumerable.Range(0, 60).Select(_ => random.Next(1, Stored + 1))))
        {
            // Anchored sizes of a log that grows: each has its own partial tiles.
            TreeProofs proofs = new(cache, (ulong)size);
            Assert.AreEqual(tree.Root(0, size), proofs.RootHash((ulong)size), $"size {size}");
            foreach (int index in new[] { 0, size - 1, size / 2, random.Next(size), random.Next(size) })
            {
                Assert.AreSequenceEqual(tree.Path(index, 0, size), proofs.Inclusion((ulong)index, (ulong)size).Path, $"{index} of {size}");
                Assert.AreSequenceEqual(tree.Proof(index + 1, size), proofs.Consistency((ulong)index + 1, (ulong)size).Path, $"{index + 1} to {size}");
            }
        }
    }

    [TestMethod]
    public void Inclusion_WithKeptNodes_ComputesEachNodeOnceAndReadsEachTileOnce()
    {
        const int Stored = 66_000;
        MemoryTiles tiles = MemoryTiles.Of(ReferenceTree.OfNumbers(Stored));
        TileCache cache = new(tiles);
        TreeProofs proofs = new(cache, Stored);

        for (ulong index = 0; index < Stored; index += 11)
        {
            proofs.Inclusion(index, Stored);
        }

        // Of each tile of n hashes fewer than n nodes, however many proofs there are.
        Assert.IsLessThanOrEqualTo(TileLayout.Tiles(Stored).Count(), tiles.Reads);
        Assert.IsLessThanOrEqualTo(TileLayout.Tiles(Stored).Sum(tile => tile.Width - 1), cache.ComputedNodes);
    }

    [TestMethod]
    public void Inclusion_OfMoreTilesThanAreKept_EqualsTheReference()
    {
        // 1,172 tiles of leaves.
        const int Stored = 300_000;
        ReferenceTree tree = ReferenceTree.OfNumbers(Stored);
        MemoryTiles tiles = MemoryTiles.Of(tree);
        TreeProofs proofs = new(new TileCache(tiles), Stored);
        for (int round = 0; round < 2; round++)
        {
            for (int index = round; index < Stored; index += TileLayout.FullWidth)
            {
                Assert.AreSequenceEqual(tree.Path(index, 0, Stored), proofs.Inclusion((ulong)index, Stored).Path);
            }
        }

        Assert.IsGreaterThan(TileLayout.Tiles(Stored).Count(), tiles.Reads);
    }

    [TestMethod]
    public void RootHash_OfNothing_IsThatOfTheEmptyTree()
    {
        Assert.AreEqual(MerkleHash.EmptyRoot, new TreeProofs(new MemoryTiles(), 0).RootHash(0));
    }

    [TestMethod]
    public void Proofs_BeyondTheStoredTree_AreTheCallersFault()
    {
        TreeProofs proofs = new(MemoryTiles.Of(ReferenceTree.OfNumbers(5)), 5);

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => proofs.RootHash(6));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => proofs.Inclusion(5, 5));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => proofs.Inclusion(0, 6));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => proofs.Consistency(0, 5));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => proofs.Consistency(4, 3));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => proofs.Consistency(4, 6));
    }

    [TestMethod]
    public void Proofs_MissingOrShortTile_BreakTheLog()
    {
        MemoryTiles tiles = MemoryTiles.Of(ReferenceTree.OfNumbers(300));
        TreeProofs proofs = new(tiles, 300);

        tiles.Replace(new TileId(0, 1, 44), new byte[43 * Bytes32.Length]);
        Assert.ThrowsExactly<LogIntegrityException>(() => proofs.RootHash(300));
        tiles.Remove(new TileId(0, 1, 44));
        Assert.ThrowsExactly<LogIntegrityException>(() => proofs.RootHash(300));
    }

    /// <summary>Gives of each stored tile as much as a smaller tree has of it, as a store does.</summary>
    private sealed class PrefixTiles(MemoryTiles tiles) : ITileReader
    {
        public ReadOnlyMemory<byte> ReadTile(TileId tile) => tiles.ReadTile(tile)[..(tile.Width * Bytes32.Length)];
    }
}
