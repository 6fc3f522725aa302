using System.Globalization;
using System.Text;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Ethereum.Tests;

[TestClass]
public sealed class BlockHeaderTests
{
    [TestMethod]
    public void TryDecode_PublishedChainOfAllForks_IsLinkedByTheHashes()
    {
        List<BlockHeader> headers = ReadChain();
        Dictionary<int, int> fieldCounts = [];

        for (int i = 0; i < headers.Count; i++)
        {
            Assert.AreEqual((ulong)i + 1, headers[i].Number);
            if (i > 0)
            {
                Assert.AreEqual(headers[i - 1].KeccakHash(), headers[i].ParentHash, $"block {i + 1}");
            }

            Assert.IsTrue(Rlp.TryDecode(headers[i].Encode(), out RlpItem? item, out _));
            int count = ((RlpList)item).Items.Count;
            fieldCounts[count] = fieldCounts.GetValueOrDefault(count) + 1;
        }

        Assert.HasCount(54, headers);
        Assert.AreSequenceEqual(
            new[] { (15, 26), (16, 12), (17, 3), (20, 3), (21, 10) },
            fieldCounts.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));
    }

    // The genesis block of Ethereum and its hash, as every client has it.
    [TestMethod]
    public void KeccakHash_GenesisOfEthereum_IsTheKnownHash()
    {
        BlockHeader genesis = Header(1) with
        {
            ParentHash = Bytes32.Zero,
            OmmersHash = TestJson.Word("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"),
            Beneficiary = Address.Zero,
            StateRoot = TestJson.Word("d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544"),
            TransactionsRoot = TestJson.Word("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"),
            ReceiptsRoot = TestJson.Word("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"),
            LogsBloom = new byte[256],
            Difficulty = 17_179_869_184,
            Number = 0,
            GasLimit = 5000,
            GasUsed = 0,
            Timestamp = 0,
            ExtraData = TestJson.Bytes("11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa"),
            MixHash = Bytes32.Zero,
            Nonce = TestJson.Bytes("0000000000000042"),
        };

        Assert.AreEqual("0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3", genesis.KeccakHash().ToString());
    }

    [TestMethod]
    [DataRow(15)]
    [DataRow(16)]
    [DataRow(17)]
    [DataRow(20)]
    [DataRow(21)]
    [DataRow(22)]
    [DataRow(23)]
    public void TryDecode_EachFieldCount_GivesTheSameBytes(int count)
    {
        byte[] encoded = Header(count).Encode();

        Assert.IsTrue(BlockHeader.TryDecode(encoded, out BlockHeader? header, out ParseProblem? problem), problem?.ToString());
        Assert.AreSequenceEqual(encoded, header.Encode());
        Assert.AreEqual(count >= 23 ? 17UL : null, header.SlotNumber);
    }

    [TestMethod]
    [DataRow(14)]
    [DataRow(18)]
    [DataRow(19)]
    [DataRow(24)]
    public void TryDecode_OtherFieldCount_IsRefused(int count)
    {
        Assert.IsTrue(Rlp.TryDecode(Header(23).Encode(), out RlpItem? item, out _));
        List<RlpItem> fields = [.. ((RlpList)item).Items, RlpBytes.Empty];

        Assert.IsFalse(BlockHeader.TryDecode(Rlp.Encode(new RlpList(fields[..count])), out _, out ParseProblem? problem));
        Assert.AreEqual("header-fields", problem.Code);
    }

    [TestMethod]
    public void TryDecode_EachByteChanged_IsRefusedOrAnotherHeader()
    {
        byte[] encoded = Header(21).Encode();
        for (int i = 0; i < encoded.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = [.. encoded];
                changed[i] ^= (byte)(1 << bit);
                if (BlockHeader.TryDecode(changed, out BlockHeader? header, out ParseProblem? problem))
                {
                    Assert.AreSequenceEqual(changed, header.Encode());
                }
                else
                {
                    Assert.IsNotNull(problem);
                }
            }

            Assert.IsFalse(BlockHeader.TryDecode(encoded.AsSpan(0, i), out _, out _));
        }
    }

    [TestMethod]
    public void TryDecode_HugeExtraData_IsRefused()
    {
        byte[] encoded = (Header(15) with { ExtraData = new byte[70_000] }).Encode();

        Assert.IsFalse(BlockHeader.TryDecode(encoded, out _, out ParseProblem? problem));
        Assert.AreEqual("too-large", problem.Code);
    }

    [TestMethod]
    public void TryFromRpc_EachMemberOfTheHeaderChanged_IsNoticed()
    {
        JsonObject block = ToRpc(Header(21));
        Assert.IsTrue(LedgerBlock.TryFromRpc(block, BlockHashRule.Keccak, out LedgerBlock? read, out ParseProblem? problem), problem?.ToString());
        Assert.AreEqual(Header(21).KeccakHash(), read.Hash);

        foreach (JsonMember member in block.Members)
        {
            string text = ((JsonString)member.Value).Value;
            string changed = text[..^1] + (text[^1] == '1' ? '2' : '1');
            JsonObject altered = new(block.Members.Select(m => m.Name == member.Name ? new JsonMember(m.Name, new JsonString(changed)) : m));
            Assert.IsFalse(LedgerBlock.TryFromRpc(altered, BlockHashRule.Keccak, out _, out problem), member.Name);
            Assert.AreEqual("block-hash", problem.Code, member.Name);

            JsonObject without = new(block.Members.Where(m => m.Name != member.Name));
            Assert.IsFalse(LedgerBlock.TryFromRpc(without, BlockHashRule.Keccak, out _, out _), member.Name);
        }
    }

    [TestMethod]
    [DataRow("number", "0x01", "bad-quantity", DisplayName = "leading zero")]
    [DataRow("number", "0x", "bad-quantity", DisplayName = "no digits")]
    [DataRow("number", "1", "bad-quantity", DisplayName = "no prefix")]
    [DataRow("number", "0xA", "bad-quantity", DisplayName = "upper case")]
    [DataRow("number", "0x10000000000000000", "bad-quantity", DisplayName = "65 bits")]
    [DataRow("stateRoot", "0x00", "bad-hex", DisplayName = "short hash")]
    [DataRow("extraData", "0x0", "bad-hex", DisplayName = "odd digits")]
    [DataRow("miner", "0x00", "bad-address", DisplayName = "short address")]
    public void TryFromRpc_MalformedMember_IsNamed(string name, string text, string code)
    {
        JsonObject block = ToRpc(Header(21));
        JsonObject altered = new(block.Members.Select(m => m.Name == name ? new JsonMember(m.Name, new JsonString(text)) : m));

        Assert.IsFalse(LedgerBlock.TryFromRpc(altered, BlockHashRule.Keccak, out _, out ParseProblem? problem));
        Assert.AreEqual(code, problem.Code);
        Assert.AreEqual("$." + name, problem.Path);
    }

    internal static List<BlockHeader> ReadChain()
    {
        byte[] chain = File.ReadAllBytes(SharedFiles.Require("vectors", "eth_getProof", "chain.rlp"));
        List<BlockHeader> headers = [];
        int position = 0;
        while (position < chain.Length)
        {
            // Blocks of 256 bytes and more: a list with two or three bytes of length.
            int lengthBytes = chain[position] - 0xf7;
            int length = Convert.ToInt32(Convert.ToHexString(chain, position + 1, lengthBytes), 16);
            int end = position + 1 + lengthBytes + length;
            Assert.IsTrue(Rlp.TryDecode(chain.AsMemory(position..end), out RlpItem? block, out ParseProblem? problem), problem?.ToString());
            byte[] header = Rlp.Encode(((RlpList)block).Items[0]);
            Assert.IsTrue(BlockHeader.TryDecode(header, out BlockHeader? decoded, out problem), problem?.ToString());
            Assert.AreSequenceEqual(header, decoded.Encode());
            headers.Add(decoded);
            position = end;
        }

        return headers;
    }

    // A header whose fields are all different, with as many fields as asked for.
    internal static BlockHeader Header(int fieldCount) => new()
    {
        ParentHash = Sha256.Hash([1]),
        OmmersHash = Sha256.Hash([2]),
        Beneficiary = Address.FromBytes(Sha256.Hash([3]).AsSpan()[12..]),
        StateRoot = Sha256.Hash([4]),
        TransactionsRoot = Sha256.Hash([5]),
        ReceiptsRoot = Sha256.Hash([6]),
        LogsBloom = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray(),
        Difficulty = 1,
        Number = 8,
        GasLimit = 30_000_000,
        GasUsed = 10,
        Timestamp = 1_800_000_000,
        ExtraData = Encoding.ASCII.GetBytes("extra"),
        MixHash = Sha256.Hash([13]),
        Nonce = new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 },
        BaseFeePerGasWei = fieldCount >= 16 ? 15 : null,
        WithdrawalsRoot = fieldCount >= 17 ? Sha256.Hash([16]) : null,
        BlobGasUsed = fieldCount >= 20 ? 17 : null,
        ExcessBlobGas = fieldCount >= 20 ? 18 : null,
        ParentBeaconBlockRoot = fieldCount >= 20 ? Sha256.Hash([19]) : null,
        RequestsHash = fieldCount >= 21 ? Sha256.Hash([20]) : null,
        BlockAccessListHash = fieldCount >= 22 ? Sha256.Hash([21]) : null,
        SlotNumber = fieldCount >= 23 ? 17 : null,
    };

    private static JsonObject ToRpc(BlockHeader header) => new(
        Data("hash", header.KeccakHash().AsSpan()),
        Data("parentHash", header.ParentHash.AsSpan()),
        Data("sha3Uncles", header.OmmersHash.AsSpan()),
        Data("miner", header.Beneficiary.ToArray()),
        Data("stateRoot", header.StateRoot.AsSpan()),
        Data("transactionsRoot", header.TransactionsRoot.AsSpan()),
        Data("receiptsRoot", header.ReceiptsRoot.AsSpan()),
        Data("logsBloom", header.LogsBloom.Span),
        Quantity("difficulty", header.Difficulty),
        Quantity("number", header.Number),
        Quantity("gasLimit", header.GasLimit),
        Quantity("gasUsed", header.GasUsed),
        Quantity("timestamp", header.Timestamp),
        Data("extraData", header.ExtraData.Span),
        Data("mixHash", header.MixHash.AsSpan()),
        Data("nonce", header.Nonce.Span),
        Quantity("baseFeePerGas", header.BaseFeePerGasWei!.Value),
        Data("withdrawalsRoot", header.WithdrawalsRoot!.Value.AsSpan()),
        Quantity("blobGasUsed", header.BlobGasUsed!.Value),
        Quantity("excessBlobGas", header.ExcessBlobGas!.Value),
        Data("parentBeaconBlockRoot", header.ParentBeaconBlockRoot!.Value.AsSpan()),
        Data("requestsHash", header.RequestsHash!.Value.AsSpan()));

    private static JsonMember Data(string name, ReadOnlySpan<byte> bytes) => new(name, new JsonString(Hex.Encode(bytes)));

    private static JsonMember Quantity(string name, UInt128 value) =>
        new(name, new JsonString("0x" + value.ToString("x", CultureInfo.InvariantCulture)));
}
