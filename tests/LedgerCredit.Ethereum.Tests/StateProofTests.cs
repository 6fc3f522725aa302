using System.Text;
using LedgerCredit.Ethereum.State;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Ethereum.Tests;

[TestClass]
public sealed class StateProofTests
{
    [TestMethod]
    [DataRow("get-account-proof-blockhash.io")]
    [DataRow("get-account-proof-default-block.io")]
    [DataRow("get-account-proof-latest.io")]
    [DataRow("get-account-proof-with-storage.io")]
    public void Verify_PublishedAnswers_HoldAgainstTheChainTheyBelongTo(string file)
    {
        JsonValue result = ReadAnswer(file);
        Assert.IsTrue(Address.TryParse(result.Text("address"), out Address address));
        List<ReadOnlyMemory<byte>> accountProof = Nodes(result.Member("accountProof"));

        // The questions are about several blocks; exactly those with this state must accept the proof.
        Bytes32 root = Keccak256.Hash(accountProof[0].Span);
        Assert.IsTrue(BlockHeaderTests.ReadChain().Exists(header => header.StateRoot == root), "No block of the chain has this state.");

        AccountProofResult account = StateProof.VerifyAccount(root, address, accountProof);
        Assert.AreEqual(StateProofFailure.None, account.Failure);
        Assert.AreEqual(result.Text("storageHash"), account.Account!.StorageRoot.ToString());
        Assert.AreEqual(result.Text("codeHash"), account.Account.CodeHash.ToString());
        Assert.AreEqual(result.Text("nonce"), "0x" + account.Account.Nonce.ToString("x", System.Globalization.CultureInfo.InvariantCulture));
        Assert.AreEqual(result.Text("balance"), "0x" + account.Account.BalanceWei.ToString("x", System.Globalization.CultureInfo.InvariantCulture));

        foreach (JsonValue slot in ((JsonArray)result.Member("storageProof")).Items)
        {
            Bytes32 key = TestJson.Word(slot.Text("key")[2..].PadLeft(64, '0'));
            StorageProofResult value = StateProof.VerifyStorage(account.Account.StorageRoot, key, Nodes(slot.Member("proof")));
            Assert.AreEqual(new StorageProofResult(StateProofFailure.None, TestJson.Word(slot.Text("value")[2..].PadLeft(64, '0'))), value);
            CheckMutations(account.Account.StorageRoot, key, Nodes(slot.Member("proof")));
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(16)]
    [DataRow(100)]
    [DataRow(1000)]
    public void VerifyStorage_TriesOfTheNaiveBuilder_ShowPresenceAndAbsence(int count)
    {
        NaiveTrie trie = new();
        for (int i = 0; i < count; i++)
        {
            trie.Set(Keccak256.Hash(Slot(i).AsSpan()), Rlp.Encode(RlpBytes.FromWord(Value(i))));
        }

        Bytes32 root = trie.Root();
        int step = Math.Max(count / 20, 1);
        for (int i = 0; i < count; i += step)
        {
            List<ReadOnlyMemory<byte>> proof = trie.Prove(Keccak256.Hash(Slot(i).AsSpan()));
            Assert.AreEqual(new StorageProofResult(StateProofFailure.None, Value(i)), StateProof.VerifyStorage(root, Slot(i), proof));

            Bytes32 absent = Slot(i + 1_000_000);
            List<ReadOnlyMemory<byte>> absence = trie.Prove(Keccak256.Hash(absent.AsSpan()));
            Assert.AreEqual(new StorageProofResult(StateProofFailure.None, Bytes32.Zero), StateProof.VerifyStorage(root, absent, absence));

            CheckSurplusAndMissing(root, Slot(i), proof);
            CheckSurplusAndMissing(root, absent, absence);
        }

        CheckMutations(root, Slot(0), trie.Prove(Keccak256.Hash(Slot(0).AsSpan())));
        CheckMutations(root, Slot(1_000_000), trie.Prove(Keccak256.Hash(Slot(1_000_000).AsSpan())));
    }

    [TestMethod]
    public void VerifyStorage_EmptyTrie_ShowsAbsenceByAnEmptyProof()
    {
        Bytes32 root = new NaiveTrie().Root();

        Assert.AreEqual(new StorageProofResult(StateProofFailure.None, Bytes32.Zero), StateProof.VerifyStorage(root, Slot(1), []));
        Assert.AreEqual(StateProofFailure.SurplusNode, StateProof.VerifyStorage(root, Slot(1), [new byte[] { 0x80 }]).Failure);
        Assert.AreEqual(StateProofFailure.MissingNode, StateProof.VerifyStorage(Bytes32.Zero, Slot(1), []).Failure);
    }

    // Hashed keys that share all but their last nibbles give extensions, and leaves so short that they stand inside their branch.
    [TestMethod]
    [DataRow(63, DisplayName = "last nibble")]
    [DataRow(62, DisplayName = "last two nibbles")]
    [DataRow(40, DisplayName = "middle")]
    [DataRow(1, DisplayName = "second nibble")]
    public void Follow_KeysThatShareALongPrefix_AreFoundInEmbeddedNodes(int differingNibble)
    {
        NaiveTrie trie = new();
        for (int i = 0; i < 4; i++)
        {
            trie.Set(KeyWithNibble(differingNibble, i), [(byte)(i + 1)]);
        }

        for (int i = 0; i < 16; i++)
        {
            Bytes32 key = KeyWithNibble(differingNibble, i);
            List<ReadOnlyMemory<byte>> proof = trie.Prove(key);
            Assert.AreEqual(StateProofFailure.None, MerklePatriciaPath.Follow(trie.Root(), key, proof, out byte[]? value));
            Assert.AreEqual(i < 4 ? i + 1 : 0, value?.Single() ?? 0);
            Assert.AreEqual(i < 4, value is not null);
            if (differingNibble >= 62)
            {
                Assert.IsLessThanOrEqualTo(2, proof.Count, "The leaves are embedded.");
            }
        }

        Bytes32 elsewhere = Bytes32.FromBytes(Enumerable.Repeat((byte)0xee, 32).ToArray());
        Assert.AreEqual(StateProofFailure.None, MerklePatriciaPath.Follow(trie.Root(), elsewhere, trie.Prove(elsewhere), out byte[]? none));
        Assert.IsNull(none);
    }

    [TestMethod]
    [DataRow("c0", DisplayName = "empty list")]
    [DataRow("83646f67", DisplayName = "string")]
    [DataRow("c3010203", DisplayName = "three items")]
    [DataRow("c24001", DisplayName = "path flag 4")]
    [DataRow("c22101", DisplayName = "leaf that ends too early")]
    [DataRow("c20001", DisplayName = "extension without nibbles")]
    [DataRow("c21101", DisplayName = "extension to a byte")]
    [DataRow("c21180", DisplayName = "extension to nothing")]
    [DataRow("c22180", DisplayName = "odd leaf without value")]
    [DataRow("c20501", DisplayName = "even flag with a nibble")]
    [DataRow("d1808080808080808080808080808080800180", DisplayName = "bad length")]
    [DataRow("d18080808080808080808080808080808001", DisplayName = "branch with a value")]
    [DataRow("d10101010101010101010101010101010180", DisplayName = "branch with children of one byte")]
    public void Follow_MalformedRoot_IsRefused(string hex)
    {
        byte[] node = Convert.FromHexString(hex);

        StateProofFailure failure = MerklePatriciaPath.Follow(Keccak256.Hash(node), Slot(1), [node], out byte[]? value);

        Assert.AreEqual(StateProofFailure.MalformedNode, failure);
        Assert.IsNull(value);
    }

    [TestMethod]
    public void Follow_PathThatGoesOnForEver_EndsAtTheBound()
    {
        // Embedded nodes cannot nest deeper than their 31 bytes; a chain of hashed ones has at most 65.
        List<ReadOnlyMemory<byte>> proof = [.. Enumerable.Repeat((ReadOnlyMemory<byte>)new byte[32], 66)];

        Assert.AreEqual(StateProofFailure.SurplusNode, MerklePatriciaPath.Follow(Bytes32.Zero, Slot(1), proof, out _));
    }

    [TestMethod]
    [DataRow("80", DisplayName = "empty")]
    [DataRow("00", DisplayName = "zero")]
    [DataRow("820001", DisplayName = "leading zero")]
    [DataRow("a1010000000000000000000000000000000000000000000000000000000000000000", DisplayName = "33 bytes")]
    [DataRow("c101", DisplayName = "list")]
    [DataRow("0101", DisplayName = "two items")]
    public void VerifyStorage_ValueOfAnotherForm_IsRefused(string hex)
    {
        NaiveTrie trie = new();
        trie.Set(Keccak256.Hash(Slot(1).AsSpan()), Convert.FromHexString(hex));

        StorageProofResult result = StateProof.VerifyStorage(trie.Root(), Slot(1), trie.Prove(Keccak256.Hash(Slot(1).AsSpan())));

        Assert.AreEqual(new StorageProofResult(StateProofFailure.MalformedValue, Bytes32.Zero), result);
    }

    [TestMethod]
    [DataRow(3, DisplayName = "three fields")]
    [DataRow(5, DisplayName = "five fields")]
    public void VerifyAccount_ValueOfAnotherForm_IsRefused(int fields)
    {
        RlpItem[] account = [RlpBytes.Empty, RlpBytes.Empty, new RlpBytes(new byte[32]), new RlpBytes(new byte[32]), RlpBytes.Empty];
        NaiveTrie trie = new();
        trie.Set(Keccak256.Hash(Address.Zero.ToArray()), Rlp.Encode(new RlpList(account[..fields])));

        AccountProofResult result = StateProof.VerifyAccount(trie.Root(), Address.Zero, trie.Prove(Keccak256.Hash(Address.Zero.ToArray())));

        Assert.AreEqual(new AccountProofResult(StateProofFailure.MalformedValue, null), result);
    }

    private static void CheckSurplusAndMissing(Bytes32 root, Bytes32 slot, List<ReadOnlyMemory<byte>> proof)
    {
        Assert.AreEqual(StateProofFailure.MissingNode, StateProof.VerifyStorage(root, slot, proof[..^1]).Failure);
        Assert.AreEqual(StateProofFailure.SurplusNode, StateProof.VerifyStorage(root, slot, [.. proof, proof[^1]]).Failure);
        Assert.AreEqual(StateProofFailure.SurplusNode, StateProof.VerifyStorage(root, slot, [.. proof, new byte[] { 0x80 }]).Failure);
        if (proof.Count > 1)
        {
            Assert.AreEqual(StateProofFailure.HashMismatch, StateProof.VerifyStorage(root, slot, [proof[1], proof[0], .. proof[2..]]).Failure);
            Assert.AreEqual(StateProofFailure.HashMismatch, StateProof.VerifyStorage(root, slot, proof[1..]).Failure);
        }
    }

    // Every byte of every node, the root, and the lengths of the nodes.
    private static void CheckMutations(Bytes32 root, Bytes32 slot, List<ReadOnlyMemory<byte>> proof)
    {
        for (int n = 0; n < proof.Count; n++)
        {
            for (int i = 0; i < proof[n].Length; i++)
            {
                byte[] changed = proof[n].ToArray();
                changed[i] ^= 1;
                List<ReadOnlyMemory<byte>> altered = [.. proof];
                altered[n] = changed;
                Assert.AreEqual(StateProofFailure.HashMismatch, StateProof.VerifyStorage(root, slot, altered).Failure);
            }

            List<ReadOnlyMemory<byte>> cut = [.. proof];
            cut[n] = proof[n][..^1];
            Assert.AreEqual(StateProofFailure.HashMismatch, StateProof.VerifyStorage(root, slot, cut).Failure);
        }

        for (int i = 0; i < 256; i++)
        {
            Bytes32 otherRoot = root;
            otherRoot[i / 8] ^= (byte)(1 << (i % 8));
            Assert.AreEqual(StateProofFailure.HashMismatch, StateProof.VerifyStorage(otherRoot, slot, proof).Failure);
        }
    }

    private static Bytes32 Slot(int i) => Bytes32.FromUInt64((ulong)i);

    // Values of all lengths from 1 to 32 bytes.
    private static Bytes32 Value(int i)
    {
        byte[] hash = Sha256.Hash(BitConverter.GetBytes(i)).ToArray();
        int length = (i % 32) + 1;
        byte[] value = new byte[32];
        hash.AsSpan(0, length).CopyTo(value.AsSpan(32 - length));
        value[32 - length] |= 1;
        return Bytes32.FromBytes(value);
    }

    private static Bytes32 KeyWithNibble(int index, int nibble)
    {
        char[] digits = new string('7', 64).ToCharArray();
        digits[index] = "0123456789abcdef"[nibble];
        return TestJson.Word(new string(digits));
    }

    private static List<ReadOnlyMemory<byte>> Nodes(JsonValue json) =>
        [.. ((JsonArray)json).Items.Select(node => (ReadOnlyMemory<byte>)TestJson.Bytes(((JsonString)node).Value))];

    private static JsonValue ReadAnswer(string file)
    {
        string line = File.ReadLines(SharedFiles.Require("vectors", "eth_getProof", file)).Single(l => l.StartsWith("<< ", StringComparison.Ordinal));
        return TestJson.Parse(Encoding.UTF8.GetBytes(line[3..])).Member("result");
    }
}
