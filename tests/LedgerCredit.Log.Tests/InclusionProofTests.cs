using System.Globalization;
using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class InclusionProofTests
{
    [TestMethod]
    public void Verify_PublishedVectors_AreAcceptedAndRefusedAsPublished()
    {
        string[] lines = File.ReadAllLines(SharedFiles.Require("vectors", "rfc6962-inclusion.ndjson"));
        Assert.HasCount(98, lines);

        foreach (string line in lines)
        {
            Assert.IsTrue(StrictJson.TryParse(Encoding.UTF8.GetBytes(line), JsonLimits.Document, out JsonValue? value, out _));
            JsonObject vector = (JsonObject)value;

            bool accepted = TryRead(vector, out InclusionProof? proof, out Bytes32 leafHash, out Bytes32 root)
                && proof!.Verify(leafHash, root) == InclusionFailure.None;

            Assert.AreNotEqual(((JsonBoolean)vector.Find("wantErr")!).Value, accepted, ((JsonString)vector.Find("case")!).Value);
        }
    }

    [TestMethod]
    public void Verify_ProofsOfTheReference_AreAccepted()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(130);
        for (int size = 1; size <= 130; size++)
        {
            Bytes32 root = tree.Root(0, size);
            for (int index = 0; index < size; index++)
            {
                InclusionProof proof = new((ulong)index, (ulong)size, tree.Path(index, 0, size));

                Assert.AreEqual(InclusionFailure.None, proof.Verify(tree.LeafHashes[index], root), $"{index} of {size}");
                Assert.AreEqual(InclusionFailure.None, proof.ComputeRoot(tree.LeafHashes[index], out Bytes32 computed));
                Assert.AreEqual(root, computed);
            }
        }
    }

    [TestMethod]
    public void Verify_AnyBitChanged_IsARootMismatch()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(7);
        for (int index = 0; index < 7; index++)
        {
            Bytes32 leafHash = tree.LeafHashes[index];
            Bytes32 root = tree.Root(0, 7);
            List<Bytes32> path = tree.Path(index, 0, 7);
            for (int bit = 0; bit < 256; bit++)
            {
                Assert.AreEqual(InclusionFailure.RootMismatch, Verify(index, 7, path, Bits.Flip(leafHash, bit), root));
                Assert.AreEqual(InclusionFailure.RootMismatch, Verify(index, 7, path, leafHash, Bits.Flip(root, bit)));
                for (int at = 0; at < path.Count; at++)
                {
                    List<Bytes32> changed = [.. path];
                    changed[at] = Bits.Flip(changed[at], bit);
                    Assert.AreEqual(InclusionFailure.RootMismatch, Verify(index, 7, changed, leafHash, root));
                }
            }
        }
    }

    [TestMethod]
    public void Verify_OtherShape_IsRefused()
    {
        ReferenceTree tree = ReferenceTree.OfNumbers(40);
        for (int size = 1; size <= 40; size++)
        {
            Bytes32 root = tree.Root(0, size);
            for (int index = 0; index < size; index++)
            {
                Bytes32 leaf = tree.LeafHashes[index];
                List<Bytes32> path = tree.Path(index, 0, size);

                Assert.AreEqual(InclusionFailure.WrongLength, Verify(index, size, [.. path, leaf], leaf, root));
                Assert.AreEqual(InclusionFailure.IndexOutOfRange, Verify(size + index, size, path, leaf, root));
                for (int at = 0; at < path.Count; at++)
                {
                    List<Bytes32> shorter = [.. path];
                    shorter.RemoveAt(at);
                    Assert.AreNotEqual(InclusionFailure.None, Verify(index, size, shorter, leaf, root));

                    List<Bytes32> longer = [.. path];
                    longer.Insert(at, path[at]);
                    Assert.AreNotEqual(InclusionFailure.None, Verify(index, size, longer, leaf, root));
                }

                for (int other = 0; other < size; other++)
                {
                    Assert.AreEqual(other == index, Verify(other, size, path, leaf, root) == InclusionFailure.None);
                }
            }
        }
    }

    [TestMethod]
    public void Verify_EndlessPath_StopsAtTheHeightOfTheTree()
    {
        Bytes32[] path = new Bytes32[1_000_000];
        InclusionProof proof = new(ulong.MaxValue - 1, ulong.MaxValue, path);

        Assert.AreEqual(InclusionFailure.WrongLength, proof.Verify(Bytes32.Zero, Bytes32.Zero));
    }

    [TestMethod]
    public void Verify_EmptyTree_HasNoLeaf()
    {
        Assert.AreEqual(
            InclusionFailure.IndexOutOfRange, new InclusionProof(0, 0, []).Verify(MerkleHash.EmptyRoot, MerkleHash.EmptyRoot));
    }

    private static InclusionFailure Verify(int index, int size, IReadOnlyList<Bytes32> path, Bytes32 leafHash, Bytes32 root) =>
        new InclusionProof((ulong)index, (ulong)size, path).Verify(leafHash, root);

    private static bool TryRead(JsonObject vector, out InclusionProof? proof, out Bytes32 leafHash, out Bytes32 root)
    {
        proof = null;
        root = default;
        if (!TryHash(vector.Find("leafHash"), out leafHash) || !TryHash(vector.Find("root"), out root))
        {
            return false;
        }

        List<Bytes32> path = [];
        foreach (JsonValue item in (vector.Find("proof") as JsonArray)?.Items ?? [])
        {
            if (!TryHash(item, out Bytes32 hash))
            {
                return false;
            }

            path.Add(hash);
        }

        proof = new InclusionProof(Number(vector, "leafIdx"), Number(vector, "treeSize"), path);
        return true;
    }

    private static ulong Number(JsonObject vector, string name) =>
        ulong.Parse(((JsonNumber)vector.Find(name)!).Text, CultureInfo.InvariantCulture);

    private static bool TryHash(JsonValue? value, out Bytes32 hash)
    {
        hash = default;
        if (!Base64Text.TryDecode((value as JsonString)?.Value, out byte[]? bytes) || bytes.Length != Bytes32.Length)
        {
            return false;
        }

        hash = Bytes32.FromBytes(bytes);
        return true;
    }
}
