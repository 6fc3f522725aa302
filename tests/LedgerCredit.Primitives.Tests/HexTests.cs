namespace LedgerCredit.Primitives.Tests;

[TestClass]
public sealed class HexTests
{
    [TestMethod]
    public void TryDecode_EncodedBytes_GivesThemBack()
    {
        Random random = new(2);
        for (int length = 0; length < 100; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            string text = Hex.Encode(bytes);

            Assert.AreEqual("0x" + Convert.ToHexString(bytes).ToLowerInvariant(), text);
            Assert.IsTrue(Hex.TryDecode(text, out byte[]? decoded));
            Assert.AreSequenceEqual(bytes, decoded);
        }
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("0")]
    [DataRow("00")]
    [DataRow("0X00")]
    [DataRow("x000")]
    [DataRow("0x0")]
    [DataRow("0x0A")]
    [DataRow("0x0g")]
    [DataRow("0x0 ")]
    [DataRow(" 0x00")]
    [DataRow("0x00 0")]
    [DataRow("0x０1")]
    public void TryDecode_OtherText_IsRefused(string? text)
    {
        Assert.IsFalse(Hex.TryDecode(text, out byte[]? bytes));
        Assert.IsNull(bytes);
    }

    [TestMethod]
    public void TryDecode_IntoSpanOfOtherLength_IsRefused()
    {
        Assert.IsFalse(Hex.TryDecode("0x0001", new byte[1]));
        Assert.IsFalse(Hex.TryDecode("0x0001", new byte[3]));
        Assert.IsTrue(Hex.TryDecode("0x0001", new byte[2]));
    }
}
