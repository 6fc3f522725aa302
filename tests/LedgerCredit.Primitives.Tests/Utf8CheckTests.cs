using System.Text;
using System.Text.Unicode;

namespace LedgerCredit.Primitives.Tests;

/// <summary>Compared with the framework, which is the reference and what is used without vectors.</summary>
[TestClass]
public sealed class Utf8CheckTests
{
    // One of each length, and those at which a range of characters begins or ends.
    private static readonly string[] Pieces =
    [
        "a", "\0", "\u007F", "\u0080", "\u07FF", "\u0800", "\u0FFF", "\u1000", "\u884C\u653F", "\uD7FF", "\uE000", "\uFFFF", "\U00010000", "\U0003FFFF", "\U00040000", "\U0010FFFF",
    ];

    [TestMethod]
    public void IsValid_ValidTexts_IsTrue()
    {
        Random random = new(7);
        for (int i = 0; i < 5_000; i++)
        {
            Assert.IsTrue(Utf8Check.IsValid(NextText(random, random.Next(0, 120))), $"text {i}");
        }
    }

    [TestMethod]
    public void IsValid_AnyTwoBytesAnywhere_AgreesWithTheFramework()
    {
        // At the ends, around the border of two blocks, and in the midst of one.
        foreach (int place in (int[])[0, 20, 62, 63, 64, 126, 127, 128, 148, 198])
        {
            byte[] text = new byte[200];
            text.AsSpan().Fill((byte)'x');
            for (int pair = 0; pair <= ushort.MaxValue; pair++)
            {
                text[place] = (byte)(pair >> 8);
                text[place + 1] = (byte)(pair & 0xFF);
                if (Utf8.IsValid(text) != Utf8Check.IsValid(text))
                {
                    Assert.Fail($"{pair:x4} at {place}");
                }
            }
        }
    }

    [TestMethod]
    public void IsValid_AnySequenceOfEdgeBytes_AgreesWithTheFramework()
    {
        byte[] edges = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF];
        byte[] text = new byte[130];
        for (int number = 0; number < edges.Length * edges.Length * edges.Length * edges.Length; number++)
        {
            int rest = number;
            for (int i = 0; i < 4; i++)
            {
                text[62 + i] = edges[rest % edges.Length];
                rest /= edges.Length;
            }

            if (Utf8.IsValid(text) != Utf8Check.IsValid(text))
            {
                Assert.Fail(Convert.ToHexString(text, 62, 4));
            }
        }
    }

    [TestMethod]
    public void IsValid_ChangedAndCutTexts_AgreesWithTheFramework()
    {
        Random random = new(11);
        int wrong = 0;
        for (int i = 0; i < 50_000; i++)
        {
            byte[] text = NextText(random, random.Next(20, 120));
            for (int change = random.Next(0, 3); change > 0; change--)
            {
                text[random.Next(text.Length)] = (byte)random.Next(256);
            }

            ReadOnlySpan<byte> part = text.AsSpan(random.Next(0, 4), text.Length - 4 - random.Next(0, 4));
            Assert.AreEqual(Utf8.IsValid(part), Utf8Check.IsValid(part), $"text {i}");
            wrong += Utf8.IsValid(part) ? 0 : 1;
        }

        Assert.IsInRange(10_000, 49_000, wrong);
    }

    private static byte[] NextText(Random random, int pieces)
    {
        StringBuilder text = new();
        for (int i = 0; i < pieces; i++)
        {
            text.Append(Pieces[random.Next(Pieces.Length)]);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
