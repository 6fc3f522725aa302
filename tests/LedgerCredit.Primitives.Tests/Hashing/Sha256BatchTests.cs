using System.Runtime.InteropServices;
using System.Text;
using LedgerCredit.Primitives.Hashing;

namespace LedgerCredit.Primitives.Tests.Hashing;

/// <summary>All paths against the framework's functions, which stay the reference, and against published values.</summary>
[TestClass]
public sealed class Sha256BatchTests
{
    private static readonly int[] Lengths = [.. Enumerable.Range(0, 301)];
    private static readonly int[] Counts = [.. Enumerable.Range(0, 71)];

    [TestMethod]
    [DataRow(HashPath.Framework)]
    [DataRow(HashPath.EightLanes)]
    [DataRow(HashPath.SixteenLanes)]
    public void HashFixed_EveryLengthAndCount_EqualsTheFramework(HashPath path)
    {
        RequirePath(path);
        byte[] bytes = RandomBytes(1, Lengths[^1] * Counts[^1]);
        Bytes32[] hashes = new Bytes32[Counts[^1]];
        foreach (int length in Lengths)
        {
            byte prefix = (byte)(length % 3);
            Bytes32[] expected = [.. Enumerable.Range(0, Counts[^1]).Select(i => Sha256.Hash((byte[])[prefix, .. bytes.AsSpan(i * length, length)]))];
            foreach (int count in Counts)
            {
                Array.Clear(hashes);
                Sha256Batch.HashFixed(path, prefix, bytes.AsSpan(0, count * length), length, hashes.AsSpan(0, count));

                AssertHashes(expected.AsSpan(0, count), hashes.AsSpan(0, count), $"{count} messages of {length} bytes");
                Assert.AreEqual(-1, hashes.AsSpan(count).IndexOfAnyExcept(Bytes32.Zero), "Only the given hashes are written.");
            }
        }
    }

    [TestMethod]
    [DataRow(HashPath.Framework)]
    [DataRow(HashPath.EightLanes)]
    [DataRow(HashPath.SixteenLanes)]
    public void Hash_EveryLengthAndCount_EqualsTheFramework(HashPath path)
    {
        RequirePath(path);
        byte[] bytes = RandomBytes(2, Lengths.Sum() + (Counts[^1] * Lengths[^1]));
        foreach (int length in Lengths)
        {
            foreach (int count in Counts)
            {
                // Neighbours of other lengths share the lanes.
                int[] lengths = [.. Enumerable.Range(0, count).Select(i => i % 3 == 0 ? length : (length + (i * 37)) % Lengths.Length)];
                AssertBatch(path, bytes, lengths);
            }
        }
    }

    [TestMethod]
    [DataRow(HashPath.Framework)]
    [DataRow(HashPath.EightLanes)]
    [DataRow(HashPath.SixteenLanes)]
    public void HashAndHmac_RandomBatchesWithLongMessages_EqualTheFramework(HashPath path)
    {
        RequirePath(path);
        Random random = new(3);
        byte[] bytes = RandomBytes(4, 700 * 6000);
        for (int round = 0; round < 200; round++)
        {
            int[] lengths = [.. Enumerable.Range(0, random.Next(700)).Select(_ => random.Next(random.Next(8) == 0 ? 6000 : 300))];
            Bytes32[] keys = new Bytes32[random.Next(1, 40)];
            random.NextBytes(MemoryMarshal.AsBytes(keys.AsSpan()));
            int[] keyOf = [.. lengths.Select(_ => random.Next(keys.Length))];
            Bytes32[] macs = new Bytes32[lengths.Length];

            AssertBatch(path, bytes, lengths);
            Sha256Batch.Hmac(path, keys, keyOf, bytes.AsSpan(0, lengths.Sum()), lengths, macs);

            int start = 0;
            for (int i = 0; i < lengths.Length; i++)
            {
                Assert.AreEqual(Sha256.Hmac(keys[keyOf[i]].AsSpan(), bytes.AsSpan(start, lengths[i])), macs[i], $"message {i} of {lengths[i]} bytes in round {round}");
                start += lengths[i];
            }
        }
    }

    [TestMethod]
    [DataRow(HashPath.Framework)]
    [DataRow(HashPath.EightLanes)]
    [DataRow(HashPath.SixteenLanes)]
    public void HashBase64Url_EveryLengthAndCount_EqualsTheHashesOfTheTexts(HashPath path)
    {
        RequirePath(path);
        byte[] bytes = RandomBytes(7, (Counts[^1] * 2000) + Base64UrlWriter.Room);
        foreach (int length in Lengths)
        {
            int count = Counts[length % Counts.Length];
            int[] lengths = [.. Enumerable.Range(0, count).Select(i => i % 3 == 0 ? length : i % 29 == 1 ? 1500 + length : (length + (i * 37)) % Lengths.Length)];
            List<Bytes32> expected = [];
            int start = 0;
            foreach (int each in lengths)
            {
                expected.Add(Sha256.Hash(Encoding.ASCII.GetBytes(Base64Text.EncodeUrl(bytes.AsSpan(start, each)))));
                start += each;
            }

            Bytes32[] hashes = new Bytes32[count];
            foreach (int room in (int[])[0, 1, Base64UrlWriter.Room])
            {
                Array.Clear(hashes);
                Sha256Batch.HashBase64Url(path, bytes.AsSpan(0, start + room), lengths, hashes);

                AssertHashes(expected.ToArray(), hashes, $"{count} texts of about {length} bytes, {room} behind them");
            }
        }
    }

    [TestMethod]
    public void HashBase64Url_FewerBytesThanLengths_Throws() =>
        Assert.ThrowsExactly<ArgumentException>(() => Sha256Batch.HashBase64Url(new byte[9], [4, 6], new Bytes32[2]));

    [TestMethod]
    [DataRow(HashPath.Framework)]
    [DataRow(HashPath.EightLanes)]
    [DataRow(HashPath.SixteenLanes)]
    public void HashFixed_HashesOverTheMessages_AreTheSame(HashPath path)
    {
        RequirePath(path);
        foreach (int count in Counts)
        {
            Bytes32[] row = new Bytes32[2 * count];
            RandomBytes(count, row.Length * Bytes32.Length).CopyTo(MemoryMarshal.AsBytes(row.AsSpan()));
            Bytes32[] expected = [.. Enumerable.Range(0, count).Select(i => Sha256.Hash((byte[])[1, .. row[2 * i].AsSpan(), .. row[(2 * i) + 1].AsSpan()]))];

            Sha256Batch.HashFixed(path, 1, MemoryMarshal.AsBytes<Bytes32>(row), 2 * Bytes32.Length, row.AsSpan(0, count));

            AssertHashes(expected, row.AsSpan(0, count), $"{count} nodes");
        }
    }

    // FIPS 180-4's examples, and the empty message.
    [TestMethod]
    [DataRow("", "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [DataRow("abc", "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [DataRow("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "0x248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Hash_PublishedExample_HasItsDigest(string message, string digest)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(message);
        foreach (HashPath path in SupportedPaths())
        {
            Bytes32[] hashes = new Bytes32[3];
            Sha256Batch.Hash(path, [.. bytes, .. bytes, .. bytes], [bytes.Length, bytes.Length, bytes.Length], hashes);

            Assert.AreSequenceEqual(new[] { digest, digest, digest }, hashes.Select(h => h.ToString()), path.ToString());
        }
    }

    // RFC 4231 sections 4.2 to 4.5; a shorter key is the same as one that zeros make longer.
    [TestMethod]
    [DataRow("0x0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b000000000000000000000000", "Hi There", "0xb0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [DataRow("0x4a65666500000000000000000000000000000000000000000000000000000000", "what do ya want for nothing?", "0x5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    public void Hmac_PublishedExample_HasItsMac(string key, string message, string mac)
    {
        Assert.IsTrue(Bytes32.TryParseHex(key, out Bytes32 secret));
        byte[] bytes = Encoding.ASCII.GetBytes(message);
        foreach (HashPath path in SupportedPaths())
        {
            Bytes32[] macs = new Bytes32[2];
            Sha256Batch.Hmac(path, [Bytes32.Zero, secret], [1, 1], [.. bytes, .. bytes], [bytes.Length, bytes.Length], macs);

            Assert.AreSequenceEqual(new[] { mac, mac }, macs.Select(m => m.ToString()), path.ToString());
        }
    }

    [TestMethod]
    public void BestPath_Machine_SupportsIt()
    {
        Bytes32[] hashes = new Bytes32[1];
        Sha256Batch.Hash([1, 2, 3], [3], hashes);
        Assert.AreEqual(Sha256.Hash([1, 2, 3]), hashes[0]);
        Sha256Batch.HashFixed(1, [2, 3], 2, hashes);
        Assert.AreEqual(Sha256.Hash([1, 2, 3]), hashes[0]);
        Sha256Batch.Hmac([Bytes32.Zero], [0], [1, 2, 3], [3], hashes);
        Assert.AreEqual(Sha256.Hmac(Bytes32.Zero.AsSpan(), [1, 2, 3]), hashes[0]);
    }

    [TestMethod]
    public void AnyMethod_SizesThatDoNotFit_AreTheCallersFault()
    {
        byte[] six = new byte[6];
        Bytes32[] two = new Bytes32[2];
        Bytes32[] key = new Bytes32[1];

        Assert.ThrowsExactly<ArgumentException>(() => Sha256Batch.HashFixed(0, six, 4, two));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Sha256Batch.HashFixed(0, [], -1, two));
        Assert.ThrowsExactly<ArgumentException>(() => Sha256Batch.Hash(six, [3, 2], two));
        Assert.ThrowsExactly<ArgumentException>(() => Sha256Batch.Hash(six, [3, 3, 0], two));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Sha256Batch.Hash(six, [7, -1], two));
        Assert.ThrowsExactly<ArgumentException>(() => Sha256Batch.Hash(six, [int.MaxValue, int.MaxValue], two));
        Assert.ThrowsExactly<ArgumentException>(() => Sha256Batch.Hmac(key, [0, 0], six, [3, 2], two));
        Assert.ThrowsExactly<ArgumentException>(() => Sha256Batch.Hmac(key, [0], six, [3, 3], two));
        Assert.ThrowsExactly<ArgumentException>(() => Sha256Batch.Hmac(key, [0, 0], six, [3, 3], key));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Sha256Batch.Hmac(key, [0, 1], six, [3, 3], two));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Sha256Batch.Hmac(key, [-1, 0], six, [3, 3], two));
    }

    private static IEnumerable<HashPath> SupportedPaths() => Enum.GetValues<HashPath>().Where(IsSupported);

    private static bool IsSupported(HashPath path) => path switch
    {
        HashPath.SixteenLanes => SixteenLanes.IsSupported,
        HashPath.EightLanes => EightLanes.IsSupported,
        _ => true,
    };

    private static void RequirePath(HashPath path)
    {
        if (!IsSupported(path))
        {
            Assert.Inconclusive($"This processor has no vectors for {path}.");
        }
    }

    private static void AssertBatch(HashPath path, byte[] bytes, int[] lengths)
    {
        Bytes32[] hashes = new Bytes32[lengths.Length];
        Sha256Batch.Hash(path, bytes.AsSpan(0, lengths.Sum()), lengths, hashes);

        int start = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            if (Sha256.Hash(bytes.AsSpan(start, lengths[i])) != hashes[i])
            {
                Assert.Fail($"Message {i} of {lengths.Length}, {lengths[i]} bytes, has another hash.");
            }

            start += lengths[i];
        }
    }

    private static void AssertHashes(ReadOnlySpan<Bytes32> expected, ReadOnlySpan<Bytes32> actual, string what)
    {
        if (!expected.SequenceEqual(actual))
        {
            Assert.Fail($"Another hash among {what}.");
        }
    }

    private static byte[] RandomBytes(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
