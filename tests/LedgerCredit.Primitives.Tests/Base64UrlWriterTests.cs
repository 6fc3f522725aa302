using System.Text;

namespace LedgerCredit.Primitives.Tests;

[TestClass]
public sealed class Base64UrlWriterTests
{
    private const byte Untouched = 0xA5;

    // With room for whole vectors, for some of them, and for none.
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(16)]
    [DataRow(31)]
    [DataRow(Base64UrlWriter.Room)]
    public void Write_EveryLength_IsTheFrameworksTextAndNothingFurtherOff(int room)
    {
        Random random = new(20260312);
        for (int length = 0; length <= 300; length++)
        {
            // What is behind the input must not get into the text.
            byte[] input = new byte[length + room];
            random.NextBytes(input);
            string expected = Base64Text.EncodeUrl(input.AsSpan(0, length));
            byte[] output = new byte[expected.Length + room + 100];
            Array.Fill(output, Untouched);

            Base64UrlWriter.Write(input, length, output.AsSpan(0, expected.Length + room));

            Assert.AreEqual(expected.Length, Base64UrlWriter.LengthOf(length));
            Assert.AreEqual(expected, Encoding.ASCII.GetString(output, 0, expected.Length), $"{length} bytes");
            Assert.IsFalse(output.AsSpan(expected.Length + room).ContainsAnyExcept(Untouched), $"{length} bytes: written behind the room");
        }
    }

    [TestMethod]
    public void Write_EveryPairOfBytesAtEveryPlace_IsTheFrameworksText()
    {
        byte[] input = new byte[48 + Base64UrlWriter.Room];
        byte[] output = new byte[64 + Base64UrlWriter.Room];
        for (int pair = 0; pair < 65536; pair++)
        {
            int place = pair % 47;
            input[place] = (byte)(pair >> 8);
            input[place + 1] = (byte)(pair & 0xFF);

            Base64UrlWriter.Write(input, 48, output);

            Assert.AreEqual(Base64Text.EncodeUrl(input.AsSpan(0, 48)), Encoding.ASCII.GetString(output, 0, 64));
        }
    }

    [TestMethod]
    public void Write_LessThanNeeded_IsRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Base64UrlWriter.Write(new byte[3], 4, new byte[100]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Base64UrlWriter.Write(new byte[3], -1, new byte[100]));
        Assert.ThrowsExactly<ArgumentException>(() => Base64UrlWriter.Write(new byte[3], 3, new byte[3]));
        Assert.ThrowsExactly<ArgumentException>(() => Base64UrlWriter.Write(new byte[100], 100, new byte[100]));
    }
}
