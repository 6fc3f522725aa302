using LedgerCredit.Primitives;

namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class MerkleHashTests
{
    // The eight leaves and the nine root hashes that certificate-transparency implementations share for RFC 6962.
    private static readonly string[] Leaves =
        ["0x", "0x00", "0x10", "0x2021", "0x3031", "0x40414243", "0x5051525354555657", "0x606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] Roots =
    [
        "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "0xfac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "0xaeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "0xd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "0x4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "0x76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "0xddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "0x5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [TestMethod]
    public void RootHash_PublishedLeaves_GivePublishedRoots()
    {
        TreeAppender appender = TreeAppender.CreateEmpty();
        Assert.AreEqual(Roots[0], appender.RootHash().ToString());
        Assert.AreEqual(Roots[0], MerkleHash.EmptyRoot.ToString());

        for (int i = 0; i < Leaves.Length; i++)
        {
            Assert.IsTrue(Hex.TryDecode(Leaves[i], out byte[]? leaf));
            appender.Append(MerkleHash.Leaf(leaf));

            Assert.AreEqual(Roots[i + 1], appender.RootHash().ToString(), $"size {i + 1}");
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(66)]
    [DataRow(511)]
    [DataRow(512)]
    [DataRow(70_000)]
    public void Leaf_AnyLength_IsTheHashWithThePrefix(int length)
    {
        byte[] leaf = new byte[length];
        new Random(length).NextBytes(leaf);

        Assert.AreEqual(Sha256.Hash([0, .. leaf]), MerkleHash.Leaf(leaf));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(66)]
    [DataRow(300)]
    public void Leaves_ManyOfOneLength_AreHashedAsEachAlone(int length)
    {
        byte[] leaves = new byte[40 * length];
        new Random(length).NextBytes(leaves);
        Bytes32[] hashes = new Bytes32[40];

        MerkleHash.Leaves(leaves, length, hashes);

        for (int i = 0; i < hashes.Length; i++)
        {
            Assert.AreEqual(MerkleHash.Leaf(leaves.AsSpan(i * length, length)), hashes[i], $"leaf {i}");
        }
    }

    [TestMethod]
    public void Nodes_RowOverItself_IsHashedAsEachPairAlone()
    {
        for (int pairs = 0; pairs < 70; pairs++)
        {
            Bytes32[] row = [.. ReferenceTree.OfNumbers(2 * pairs).LeafHashes];
            Bytes32[] expected = [.. Enumerable.Range(0, pairs).Select(i => MerkleHash.Node(row[2 * i], row[(2 * i) + 1]))];

            MerkleHash.Nodes(row, row.AsSpan(0, pairs));

            Assert.AreSequenceEqual(expected, row[..pairs], $"{pairs} pairs");
        }
    }
}
