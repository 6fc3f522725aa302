namespace LedgerCredit.Primitives.Tests;

[TestClass]
public sealed class Bytes32Tests
{
    [TestMethod]
    [DataRow("", DisplayName = "empty")]
    [DataRow("0x", DisplayName = "prefix only")]
    [DataRow("000000000000000000000000000000000000000000000000000000000000000000", DisplayName = "no prefix")]
    [DataRow("0x000000000000000000000000000000000000000000000000000000000000000A", DisplayName = "upper case")]
    [DataRow("0x00000000000000000000000000000000000000000000000000000000000000000", DisplayName = "odd length")]
    [DataRow("0x00000000000000000000000000000000000000000000000000000000000000", DisplayName = "31 bytes")]
    public void TryParseHex_OtherText_IsRefused(string text)
    {
        Assert.IsFalse(Bytes32.TryParseHex(text, out _));
    }

    [TestMethod]
    public void TryParseHex_FormattedValue_GivesItBack()
    {
        Random random = new(1);
        byte[] bytes = new byte[Bytes32.Length];
        for (int i = 0; i < 100; i++)
        {
            random.NextBytes(bytes);
            Bytes32 value = Bytes32.FromBytes(bytes);

            Assert.IsTrue(Bytes32.TryParseHex(value.ToString(), out Bytes32 parsed));
            Assert.AreEqual(value, parsed);
            Assert.AreSequenceEqual(bytes, parsed.ToArray());
        }
    }

    [TestMethod]
    public void FromBytes_WrongLength_IsTheCallersFault()
    {
        Assert.ThrowsExactly<ArgumentException>(() => Bytes32.FromBytes(new byte[31]));
    }

    [TestMethod]
    public void CompareTo_IsBytewiseFromTheMostSignificantByte()
    {
        Bytes32 small = Bytes32.FromUInt64(255);
        Bytes32 large = Bytes32.FromUInt64(256);

        Assert.IsTrue(small < large);
        Assert.IsTrue(large > small);
        Assert.IsTrue(small != large);
    }
}
