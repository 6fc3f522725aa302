using LedgerCredit.Primitives;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class LogEntryTests
{
    private static readonly Bytes32 RecordDigest = Bytes32.FromBytes([.. Enumerable.Repeat((byte)0xAA, 32)]);
    private static readonly Bytes32 TermsDigest = Bytes32.FromBytes([.. Enumerable.Repeat((byte)0xBB, 32)]);

    [TestMethod]
    public void Encode_Entry_HasTheBytesOfTheSpecification()
    {
        byte[] bytes = new LogEntry(RecordKind.Sanction, RecordDigest, TermsDigest).Encode();

        Assert.AreEqual("0x0101" + new string('a', 64) + new string('b', 64), Hex.Encode(bytes));
    }

    [TestMethod]
    [DataRow(RecordKind.Sanction)]
    [DataRow(RecordKind.Repair)]
    [DataRow(RecordKind.Rating)]
    public void TryDecode_EncodedEntry_GivesItBack(RecordKind kind)
    {
        LogEntry entry = new(kind, RecordDigest, kind == RecordKind.Sanction ? TermsDigest : Bytes32.Zero);

        Assert.IsTrue(LogEntry.TryDecode(entry.Encode(), out LogEntry? decoded, out _));

        Assert.AreEqual(entry, decoded);
    }

    [TestMethod]
    public void TryDecode_OtherBytes_AreRefusedWithTheirCode()
    {
        byte[] bytes = new LogEntry(RecordKind.Rating, RecordDigest, Bytes32.Zero).Encode();

        AssertRefused(bytes[..^1], "entry-length");
        AssertRefused([.. bytes, 0], "entry-length");
        AssertRefused([], "entry-length");
        AssertRefused([0, .. bytes[1..]], "entry-version");
        AssertRefused([2, .. bytes[1..]], "entry-version");
        AssertRefused([1, 0, .. bytes[2..]], "entry-kind");
        AssertRefused([1, 4, .. bytes[2..]], "entry-kind");
        AssertRefused([.. bytes[..^1], 1], "entry-terms");
        AssertRefused([.. bytes[..34], 1, .. bytes[35..]], "entry-terms");
    }

    [TestMethod]
    public void Constructor_WrongArguments_AreTheCallersFault()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new LogEntry(default, RecordDigest, Bytes32.Zero));
        Assert.ThrowsExactly<ArgumentException>(() => new LogEntry(RecordKind.Repair, RecordDigest, TermsDigest));
    }

    private static void AssertRefused(byte[] bytes, string code)
    {
        Assert.IsFalse(LogEntry.TryDecode(bytes, out LogEntry? entry, out ParseProblem? problem));
        Assert.IsNull(entry);
        Assert.AreEqual(code, problem.Code);
    }
}
