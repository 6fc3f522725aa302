using System.Numerics;
using LedgerCredit.Ethereum.AbiCoding;

namespace LedgerCredit.Ethereum.Tests;

[TestClass]
public sealed class AbiTests
{
    // The examples of the Solidity ABI specification, section "Examples".
    [TestMethod]
    public void ToCallData_BazOfTheSpecification_GivesThePublishedBytes()
    {
        byte[] data = new AbiWriter().WriteUInt64(69).WriteBool(true).ToCallData(AbiSelector.FromSignature("baz(uint32,bool)"));

        Assert.AreEqual(
            "cdcd77c000000000000000000000000000000000000000000000000000000000000000450000000000000000000000000000000000000000000000000000000000000001",
            Convert.ToHexStringLower(data));
    }

    [TestMethod]
    public void ToCallData_SamOfTheSpecification_GivesThePublishedBytes()
    {
        AbiWriter numbers = new AbiWriter().WriteUInt64(1).WriteUInt64(2).WriteUInt64(3);
        byte[] data = new AbiWriter()
            .WriteBytes("dave"u8)
            .WriteBool(true)
            .WriteArray(3, numbers)
            .ToCallData(AbiSelector.FromSignature("sam(bytes,bool,uint256[])"));

        Assert.AreEqual(
            "a5643bf2"
            + "0000000000000000000000000000000000000000000000000000000000000060"
            + "0000000000000000000000000000000000000000000000000000000000000001"
            + "00000000000000000000000000000000000000000000000000000000000000a0"
            + "0000000000000000000000000000000000000000000000000000000000000004"
            + "6461766500000000000000000000000000000000000000000000000000000000"
            + "0000000000000000000000000000000000000000000000000000000000000003"
            + "0000000000000000000000000000000000000000000000000000000000000001"
            + "0000000000000000000000000000000000000000000000000000000000000002"
            + "0000000000000000000000000000000000000000000000000000000000000003",
            Convert.ToHexStringLower(data));
    }

    [TestMethod]
    public void Read_AllTypesOfOurContracts_GivesWhatWasWritten()
    {
        Address[] addresses = [Address.Zero, Address.FromBytes(Sha256.Hash([1]).AsSpan()[12..])];
        Bytes32[] words = [Sha256.Hash([2]), Bytes32.Zero, Sha256.Hash([3])];
        byte[] data = new AbiWriter()
            .WriteString("信用")
            .WriteUInt64(255)
            .WriteBytes32Array(words)
            .WriteUInt64(65_535)
            .WriteAddressArray(addresses)
            .WriteUInt64(uint.MaxValue)
            .WriteBytes32Array([])
            .WriteBytes([1, 2, 3])
            .WriteInt(-5, 64)
            .ToArray();

        AbiReader reader = new(data);
        Assert.AreEqual("信用", reader.ReadString(6));
        Assert.AreEqual((byte)255, reader.ReadUInt8());
        Assert.AreSequenceEqual(words, reader.ReadBytes32Array(3));
        Assert.AreEqual((ushort)65_535, reader.ReadUInt16());
        Assert.AreSequenceEqual(addresses, reader.ReadAddressArray(2));
        Assert.AreEqual(uint.MaxValue, reader.ReadUInt32());
        Assert.IsEmpty(reader.ReadBytes32Array(0));
        Assert.AreSequenceEqual(new byte[] { 1, 2, 3 }, reader.ReadBytes(3));
        Assert.AreEqual(new BigInteger(-5), reader.ReadInt(64));
        Assert.IsTrue(reader.TryEnd(out ParseProblem? problem), problem?.ToString());
    }

    [TestMethod]
    public void Read_NumbersBeyondTheirType_AreRefused()
    {
        Refused(w => w.WriteUInt64(256), r => r.ReadUInt8());
        Refused(w => w.WriteUInt64(65_536), r => r.ReadUInt16());
        Refused(w => w.WriteUInt64(1UL << 32), r => r.ReadUInt32());
        Refused(w => w.WriteUInt(BigInteger.One << 64, 256), r => r.ReadUInt64());
        Refused(w => w.WriteUInt(BigInteger.One << 128, 256), r => r.ReadUInt(128));
        Refused(w => w.WriteInt(128, 256), r => r.ReadInt(8));
        Refused(w => w.WriteInt(-129, 256), r => r.ReadInt(8));
        Refused(w => w.WriteUInt64(2), r => r.ReadBool());
        Refused(w => w.WriteUInt(BigInteger.One << 160, 256), r => r.ReadAddress());
        Refused(w => w.WriteBytes32(Bytes32.FromUInt64(1)), r => r.ReadFixedBytes(31));
    }

    [TestMethod]
    public void Read_MoreThanTheCallerAllows_IsRefused()
    {
        Refused(w => w.WriteBytes([1, 2, 3, 4]), r => r.ReadBytes(3));
        Refused(w => w.WriteString("four"), r => r.ReadString(3));
        Refused(w => w.WriteBytes32Array([Bytes32.Zero, Bytes32.Zero]), r => r.ReadBytes32Array(1));
        Refused(w => w.WriteAddressArray([Address.Zero]), r => r.ReadAddressArray(0));
        Refused(w => w.WriteBytes([0xff, 0xfe]), r => r.ReadString(10));
    }

    [TestMethod]
    [DataRow("0000000000000000000000000000000000000000000000000000000000000040", DisplayName = "offset with a gap")]
    [DataRow("0000000000000000000000000000000000000000000000000000000000000000", DisplayName = "offset into the head")]
    [DataRow("0000000000000000000000000000000000000000000000000000000000000021", DisplayName = "offset beside a word")]
    [DataRow("00000000000000000000000000000000000000000000000000000000ffffffff", DisplayName = "offset of 2^32 - 1")]
    [DataRow("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0", DisplayName = "offset of 2^256 - 32")]
    public void Read_OtherOffset_IsRefused(string offset)
    {
        byte[] data = [.. Convert.FromHexString(offset), .. new byte[32], .. new byte[32]];

        AbiReader reader = new(data);
        Assert.IsEmpty(reader.ReadBytes(10));
        Assert.IsFalse(reader.TryEnd(out _));
    }

    [TestMethod]
    public void Read_TwoOffsetsToOnePlace_AreRefused()
    {
        byte[] data = new AbiWriter().WriteBytes([1]).WriteBytes([1]).ToArray();
        byte[] shared = [.. data.AsSpan(0, 32), .. data.AsSpan(0, 32), .. data.AsSpan(64, 64)];

        AbiReader reader = new(shared);
        reader.ReadBytes(10);
        reader.ReadBytes(10);
        Assert.IsFalse(reader.TryEnd(out _));
    }

    [TestMethod]
    public void Read_HugeLength_IsRefusedWithoutAllocatingIt()
    {
        byte[] data = [.. Bytes32.FromUInt64(32).ToArray(), .. Bytes32.FromUInt64(int.MaxValue).ToArray()];

        AbiReader reader = new(data);
        Assert.IsEmpty(reader.ReadBytes32Array(int.MaxValue));
        Assert.IsFalse(reader.TryEnd(out ParseProblem? problem));
        Assert.AreEqual("abi", problem.Code);
    }

    [TestMethod]
    public void Read_RandomBytes_NeverThrows()
    {
        Random random = new(3);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] data = new byte[random.Next(0, 300)];
            for (int k = 0; k < data.Length; k += random.Next(1, 40))
            {
                data[k] = (byte)(random.Next(4) == 0 ? random.Next(256) : 32 * random.Next(1, 6));
            }

            AbiReader reader = new(data);
            reader.ReadString(100);
            AbiReader items = reader.ReadArray(10, out int count);
            for (int k = 0; k < count; k++)
            {
                items.ReadBytes(100);
            }

            items.EndMembers();
            reader.ReadAddress();
            Assert.AreEqual(reader.TryEnd(out ParseProblem? problem), problem is null);
        }
    }

    [TestMethod]
    public void Use_WrongOrder_IsTheCallersFault()
    {
        AbiReader reader = new(new AbiWriter().WriteBytes32Array([Bytes32.Zero]).WriteUInt64(1).ToArray());
        AbiReader items = reader.ReadArray(1, out _);

        Assert.ThrowsExactly<InvalidOperationException>(() => reader.ReadUInt64());
        Assert.ThrowsExactly<InvalidOperationException>(() => reader.TryEnd(out _));
        Assert.ThrowsExactly<InvalidOperationException>(() => items.TryEnd(out _));
        Assert.ThrowsExactly<InvalidOperationException>(reader.EndMembers);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new AbiWriter().WriteUInt(256, 8));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new AbiWriter().WriteUInt(-1, 8));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new AbiWriter().WriteInt(128, 8));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new AbiWriter().WriteUInt(1, 7));
        Assert.ThrowsExactly<ArgumentException>(() => new AbiWriter().WriteFixedBytes(new byte[33]));
    }

    private static void Refused(Action<AbiWriter> write, Action<AbiReader> read)
    {
        AbiWriter writer = new();
        write(writer);
        AbiReader reader = new(writer.ToArray());
        read(reader);
        Assert.IsFalse(reader.TryEnd(out ParseProblem? problem));
        Assert.AreEqual("abi", problem.Code);
    }
}
