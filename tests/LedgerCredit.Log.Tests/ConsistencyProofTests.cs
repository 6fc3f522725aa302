using LedgerCredit.Primitives;

namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class ConsistencyProofTests
{
    [TestMethod]
    public void Verify_ProofsOfTheReference_AreAccepted()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(130);
        for (int newSize = 1; newSize <= 130; newSize++)
        {
            for (int oldSize = 1; oldSize <= newSize; oldSize++)
            {
                Assert.AreEqual(
                    ConsistencyFailure.None,
                    Verify(oldSize, newSize, tree.Proof(oldSize, newSize), tree.Root(0, oldSize), tree.Root(0, newSize)),
                    $"{oldSize} to {newSize}");
            }
        }
    }

    [TestMethod]
    public void Verify_FromTheEmptyTree_IsRefused()
    {
        Bytes32 root = MerkleHash.Leaf([]);

        Assert.AreEqual(ConsistencyFailure.OldTreeEmpty, Verify(0, 0, [], MerkleHash.EmptyRoot, MerkleHash.EmptyRoot));
        Assert.AreEqual(ConsistencyFailure.OldTreeEmpty, Verify(0, 1, [], MerkleHash.EmptyRoot, root));
        Assert.AreEqual(ConsistencyFailure.OldTreeEmpty, Verify(0, 1, [root], MerkleHash.EmptyRoot, root));
    }

    [TestMethod]
    public void Verify_EqualSizes_NeedEqualRootsAndNoPath()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(5);
        Bytes32 root = tree.Root(0, 5);

        Assert.AreEqual(ConsistencyFailure.None, Verify(5, 5, [], root, root));
        Assert.AreEqual(ConsistencyFailure.NewRootMismatch, Verify(5, 5, [], root, tree.Root(0, 4)));
        Assert.AreEqual(ConsistencyFailure.WrongLength, Verify(5, 5, [root], root, root));
    }

    [TestMethod]
    public void Verify_Shrunk_IsRefused()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(8);

        Assert.AreEqual(
            ConsistencyFailure.SizesOutOfOrder, Verify(8, 4, tree.Proof(4, 8), tree.Root(0, 8), tree.Root(0, 4)));
    }

    [TestMethod]
    public void Verify_AnyBitChanged_IsRefused()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(8);
        for (int oldSize = 1; oldSize < 8; oldSize++)
        {
            Bytes32 oldRoot = tree.Root(0, oldSize);
            Bytes32 newRoot = tree.Root(0, 8);
            List<Bytes32> path = tree.Proof(oldSize, 8);
            for (int bit = 0; bit < 256; bit++)
            {
                // Where the old root is the proof's first hash, a changed one shows in the new root too.
                Assert.AreNotEqual(ConsistencyFailure.None, Verify(oldSize, 8, path, Bits.Flip(oldRoot, bit), newRoot));
                Assert.AreEqual(ConsistencyFailure.NewRootMismatch, Verify(oldSize, 8, path, oldRoot, Bits.Flip(newRoot, bit)));
                for (int at = 0; at < path.Count; at++)
                {
                    List<Bytes32> changed = [.. path];
                    changed[at] = Bits.Flip(changed[at], bit);
                    Assert.AreNotEqual(ConsistencyFailure.None, Verify(oldSize, 8, changed, oldRoot, newRoot));
                }
            }
        }
    }

    [TestMethod]
    public void Verify_OtherShape_IsRefused()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(40);
        for (int newSize = 2; newSize <= 40; newSize++)
        {
            for (int oldSize = 1; oldSize < newSize; oldSize++)
            {
                Bytes32 oldRoot = tree.Root(0, oldSize);
                Bytes32 newRoot = tree.Root(0, newSize);
                List<Bytes32> path = tree.Proof(oldSize, newSize);

                Assert.AreEqual(ConsistencyFailure.WrongLength, Verify(oldSize, newSize, [.. path, oldRoot], oldRoot, newRoot));
                Assert.AreNotEqual(ConsistencyFailure.None, Verify(oldSize, newSize, [oldRoot, .. path], oldRoot, newRoot));
                Assert.AreNotEqual(ConsistencyFailure.None, Verify(oldSize, newSize, path, newRoot, oldRoot));
                Assert.AreEqual(ConsistencyFailure.WrongLength, Verify(oldSize, newSize, [], oldRoot, newRoot));
                for (int at = 0; at < path.Count; at++)
                {
                    List<Bytes32> shorter = [.. path];
                    shorter.RemoveAt(at);
                    Assert.AreNotEqual(ConsistencyFailure.None, Verify(oldSize, newSize, shorter, oldRoot, newRoot));
                }
            }
        }
    }

    [TestMethod]
    public void Verify_RewrittenLeaf_IsRefusedWithTheProofOfTheRewrittenTree()
    {
        ReferenceTree honest = ReferenceTree.OfNumbers(50);
        ReferenceTree rewritten = new();
        for (int i = 0; i < 100; i++)
        {
            rewritten.Add(MerkleHash.Leaf(Bytes32.FromUInt64(i == 20 ? 999UL : (ulong)i).AsSpan()));
        }

        Assert.AreEqual(
            ConsistencyFailure.OldRootMismatch,
            Verify(50, 100, rewritten.Proof(50, 100), honest.Root(0, 50), rewritten.Root(0, 100)));
    }

    [TestMethod]
    public void Verify_EndlessPath_StopsAtTheHeightOfTheTree()
    {
        Bytes32[] path = new Bytes32[1_000_000];
        ConsistencyProof proof = new(1, ulong.MaxValue, path);

        Assert.AreEqual(ConsistencyFailure.WrongLength, proof.Verify(Bytes32.Zero, Bytes32.Zero));
    }

    private static ConsistencyFailure Verify(
        int oldSize, int newSize, IReadOnlyList<Bytes32> path, Bytes32 oldRoot, Bytes32 newRoot) =>
        new ConsistencyProof((ulong)oldSize, (ulong)newSize, path).Verify(oldRoot, newRoot);
}
