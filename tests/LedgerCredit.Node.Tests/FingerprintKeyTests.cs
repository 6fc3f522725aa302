using System.Numerics;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Node.Tests;

/// <summary>Sets of pairs have one fingerprint in whatever order they are read, and other sets have another one.</summary>
[TestClass]
public sealed class FingerprintKeyTests
{
    private const int Seed = 20261122;
    private static readonly BigInteger Prime = (BigInteger.One << 61) - 1;

    [TestMethod]
    public void Of_AnyPairs_IsTheProductThatItsDefinitionSays()
    {
        Random random = new(Seed);
        ulong[] numbers = [.. Enumerable.Range(0, 10).Select(_ => (ulong)random.NextInt64() & FingerprintKey.Prime)];
        Queue<ulong> next = new(numbers);
        FingerprintKey key = FingerprintKey.Draw(next.Dequeue);
        IndexPair[] pairs = [.. Pairs(random, 200), new(0, 0), new(ulong.MaxValue, long.MinValue), new(0, -1), new(ulong.MaxValue, long.MaxValue)];

        PairFingerprint found = key.Of(pairs);

        Assert.AreEqual(Naive(pairs, numbers.AsSpan(0, 5)), found.First);
        Assert.AreEqual(Naive(pairs, numbers.AsSpan(5)), found.Second);
    }

    [TestMethod]
    public void Of_OtherOrderOrInParts_IsTheSame()
    {
        Random random = new(Seed);
        FingerprintKey key = Draw(random);
        IndexPair[] pairs = [.. Pairs(random, 500)];
        PairFingerprint whole = key.Of(pairs);
        for (int round = 0; round < 50; round++)
        {
            random.Shuffle(pairs);
            int split = random.Next(pairs.Length);
            Assert.AreEqual(whole, key.Of(pairs));
            Assert.AreEqual(whole, key.Of(pairs.AsSpan(0, split)).With(key.Of(pairs.AsSpan(split))));
        }
    }

    [TestMethod]
    public void Of_AnyOneBitFlippedOrPairAddedRemovedOrDoubled_IsAnother()
    {
        Random random = new(Seed);
        IndexPair[] pairs = [.. Pairs(random, 40)];
        for (int bit = 0; bit < 128; bit++)
        {
            FingerprintKey key = Draw(random);
            PairFingerprint whole = key.Of(pairs);
            int at = random.Next(pairs.Length);
            IndexPair[] altered = [.. pairs];
            altered[at] = bit < 64
                ? altered[at] with { Key = altered[at].Key ^ (1UL << bit) }
                : altered[at] with { Position = altered[at].Position ^ (1L << (bit - 64)) };
            Assert.AreNotEqual(whole, key.Of(altered), $"bit {bit}");
            Assert.AreNotEqual(whole, key.Of([.. pairs, pairs[at]]));
            Assert.AreNotEqual(whole, key.Of([.. pairs.AsSpan(0, at), .. pairs.AsSpan(at + 1)]));

            // The same positions and the same keys, but two of them exchanged.
            int other = (at + 1) % pairs.Length;
            altered = [.. pairs];
            (altered[at], altered[other]) = (altered[at] with { Key = pairs[other].Key }, altered[other] with { Key = pairs[at].Key });
            Assert.AreNotEqual(whole, key.Of(altered));
        }
    }

    [TestMethod]
    public void Draw_TheNumberThatIsNotBelowThePrime_IsDrawnAgain()
    {
        Queue<ulong> next = new([ulong.MaxValue, FingerprintKey.Prime, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        FingerprintKey key = FingerprintKey.Draw(next.Dequeue);

        Assert.IsEmpty(next);
        Assert.AreEqual(Naive([new IndexPair(7, 8)], [1, 2, 3, 4, 5]), key.Of([new IndexPair(7, 8)]).First);
    }

    private static FingerprintKey Draw(Random random) => FingerprintKey.Draw(() => unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue)));

    private static IEnumerable<IndexPair> Pairs(Random random, int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return new IndexPair(unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue)), (1L << 40) + i);
        }
    }

    private static ulong Naive(IEnumerable<IndexPair> pairs, ReadOnlySpan<ulong> key)
    {
        BigInteger product = 1;
        foreach (IndexPair pair in pairs)
        {
            ulong position = unchecked((ulong)pair.Position);
            BigInteger form = (key[1] * (BigInteger)(pair.Key >> 32))
                + (key[2] * (BigInteger)(pair.Key & uint.MaxValue))
                + (key[3] * (BigInteger)(position >> 32))
                + (key[4] * (BigInteger)(position & uint.MaxValue));
            BigInteger factor = (key[0] - form) % Prime;
            product = product * (factor.Sign < 0 ? factor + Prime : factor) % Prime;
        }

        return (ulong)product;
    }
}
