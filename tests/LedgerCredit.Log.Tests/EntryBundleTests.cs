using LedgerCredit.Primitives;

namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class EntryBundleTests
{
    [TestMethod]
    public void Encode_TwoEntries_HaveTheirLengthsInFront()
    {
        byte[] bundle = EntryBundle.Encode([new byte[] { 0xAA, 0xBB }, ReadOnlyMemory<byte>.Empty]);

        Assert.AreEqual("0x0002aabb0000", Hex.Encode(bundle));
    }

    [TestMethod]
    public void TryDecode_EncodedBundle_GivesTheEntriesBack()
    {
        Random random = new(7);
        for (int width = 1; width <= 256; width += 15)
        {
            ReadOnlyMemory<byte>[] entries = [.. Enumerable.Range(0, width).Select(_ => RandomBytes(random))];

            Assert.IsTrue(EntryBundle.TryDecode(EntryBundle.Encode(entries), width, out IReadOnlyList<ReadOnlyMemory<byte>>? decoded, out _));

            Assert.HasCount(width, decoded);
            for (int i = 0; i < width; i++)
            {
                Assert.AreSequenceEqual(entries[i].ToArray(), decoded[i].ToArray());
            }
        }
    }

    [TestMethod]
    public void TryDecode_AnyPrefixAndAnyMore_IsRefused()
    {
        byte[] bundle = EntryBundle.Encode([new byte[66], new byte[3]]);
        for (int length = 0; length < bundle.Length; length++)
        {
            Assert.IsFalse(EntryBundle.TryDecode(bundle.AsMemory(0, length), 2, out _, out ParseProblem? cut));
            Assert.AreEqual("bundle-truncated", cut.Code);
        }

        Assert.IsFalse(EntryBundle.TryDecode(bundle, 1, out _, out ParseProblem? fewer));
        Assert.AreEqual("bundle-trailing", fewer.Code);
        Assert.IsFalse(EntryBundle.TryDecode((byte[])[.. bundle, 0], 2, out _, out ParseProblem? more));
        Assert.AreEqual("bundle-trailing", more.Code);
    }

    [TestMethod]
    public void Encode_TooManyOrTooLong_IsTheCallersFault()
    {
        Assert.ThrowsExactly<ArgumentException>(() => EntryBundle.Encode([]));
        Assert.ThrowsExactly<ArgumentException>(() => EntryBundle.Encode(new ReadOnlyMemory<byte>[257]));
        Assert.ThrowsExactly<ArgumentException>(() => EntryBundle.Encode([new byte[65_536]]));
    }

    private static ReadOnlyMemory<byte> RandomBytes(Random random)
    {
        byte[] bytes = new byte[random.Next(0, 300)];
        random.NextBytes(bytes);
        return bytes;
    }
}
