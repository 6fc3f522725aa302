namespace LedgerCredit.Primitives.Tests;

[TestClass]
public sealed class Base64TextTests
{
    // RFC 4648 section 10, and the two characters in which the alphabets differ.
    [TestMethod]
    [DataRow(new byte[] { }, "", "")]
    [DataRow(new byte[] { 0x66 }, "Zg==", "Zg")]
    [DataRow(new byte[] { 0x66, 0x6F }, "Zm8=", "Zm8")]
    [DataRow(new byte[] { 0x66, 0x6F, 0x6F }, "Zm9v", "Zm9v")]
    [DataRow(new byte[] { 0x66, 0x6F, 0x6F, 0x62, 0x61, 0x72 }, "Zm9vYmFy", "Zm9vYmFy")]
    [DataRow(new byte[] { 0xFB, 0xFF }, "+/8=", "-_8")]
    public void Encode_PublishedVector_GivesItsText(byte[] bytes, string text, string urlText)
    {
        Assert.AreEqual(text, Base64Text.Encode(bytes));
        Assert.AreEqual(urlText, Base64Text.EncodeUrl(bytes));
        Assert.IsTrue(Base64Text.TryDecode(text, out byte[]? decoded));
        Assert.AreSequenceEqual(bytes, decoded);
        Assert.IsTrue(Base64Text.TryDecodeUrl(urlText, out decoded));
        Assert.AreSequenceEqual(bytes, decoded);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("Zg")]
    [DataRow("Zg=")]
    [DataRow("Zh==", DisplayName = "unused bits set")]
    [DataRow("Zm9=", DisplayName = "unused bits set, two bytes")]
    [DataRow("Zg==\n")]
    [DataRow(" Zg==")]
    [DataRow("Z g==")]
    [DataRow("Zm9vZg==Zg==")]
    [DataRow("-_8=")]
    [DataRow("====")]
    [DataRow("Ｚg==")]
    public void TryDecode_OtherText_IsRefused(string? text)
    {
        Assert.IsFalse(Base64Text.TryDecode(text, out byte[]? bytes));
        Assert.IsNull(bytes);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("Z")]
    [DataRow("Zg==")]
    [DataRow("Zh", DisplayName = "unused bits set")]
    [DataRow("Zm9", DisplayName = "unused bits set, two bytes")]
    [DataRow("+/8")]
    [DataRow("Zm 9")]
    [DataRow("Zg\n")]
    [DataRow("Ｚg")]
    public void TryDecodeUrl_OtherText_IsRefused(string? text)
    {
        Assert.IsFalse(Base64Text.TryDecodeUrl(text, out byte[]? bytes));
        Assert.IsNull(bytes);
    }

    [TestMethod]
    public void TryDecode_AnyText_IsAcceptedOnlyInItsOneForm()
    {
        Random random = new(3);
        const string Characters = "ABCDwxyz0189+/-_= ";
        int accepted = 0;
        for (int i = 0; i < 50_000; i++)
        {
            char[] text = new char[random.Next(1, 9)];
            for (int k = 0; k < text.Length; k++)
            {
                text[k] = Characters[random.Next(Characters.Length)];
            }

            string candidate = new(text);
            if (Base64Text.TryDecode(candidate, out byte[]? bytes))
            {
                accepted++;
                Assert.AreEqual(candidate, Base64Text.Encode(bytes));
            }

            if (Base64Text.TryDecodeUrl(candidate, out bytes))
            {
                accepted++;
                Assert.AreEqual(candidate, Base64Text.EncodeUrl(bytes));
            }
        }

        Assert.IsGreaterThan(1000, accepted);
    }
}
