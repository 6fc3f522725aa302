using System.Numerics;
using System.Text;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Tests;

[TestClass]
public sealed class RlpTests
{
    [TestMethod]
    public void EncodeAndDecode_PublishedVectors_GiveEachOther()
    {
        JsonObject vectors = (JsonObject)TestJson.ReadShared("vectors", "ethereum-rlptest.json");

        foreach (JsonMember vector in vectors.Members)
        {
            RlpItem item = ToItem(vector.Value.Member("in"));
            byte[] expected = TestJson.Bytes(vector.Value.Text("out"));

            Assert.AreSequenceEqual(expected, Rlp.Encode(item), vector.Name);
            Assert.IsTrue(Rlp.TryDecode(expected, out RlpItem? decoded, out _), vector.Name);
            Assert.AreSequenceEqual(expected, Rlp.Encode(decoded), vector.Name);
        }

        Assert.HasCount(28, vectors.Members);
    }

    [TestMethod]
    public void TryDecode_PublishedInvalidVectors_AreRefused()
    {
        JsonObject vectors = (JsonObject)TestJson.ReadShared("vectors", "ethereum-invalidRLPTest.json");

        foreach (JsonMember vector in vectors.Members)
        {
            Assert.IsFalse(Rlp.TryDecode(TestJson.Bytes(vector.Value.Text("out")), out _, out _), vector.Name);
        }

        Assert.IsGreaterThan(20, vectors.Members.Count);
    }

    [TestMethod]
    [DataRow("", "rlp-truncated", DisplayName = "nothing")]
    [DataRow("8100", "rlp-not-canonical", DisplayName = "zero byte with a prefix")]
    [DataRow("817f", "rlp-not-canonical", DisplayName = "small byte with a prefix")]
    [DataRow("b80100", "rlp-not-canonical", DisplayName = "short string in the long form")]
    [DataRow("b90001", "rlp-not-canonical", DisplayName = "length with a leading zero")]
    [DataRow("f800", "rlp-not-canonical", DisplayName = "empty list in the long form")]
    [DataRow("0000", "rlp-trailing", DisplayName = "two items")]
    [DataRow("83646f", "rlp-truncated", DisplayName = "string cut")]
    [DataRow("c3646f", "rlp-truncated", DisplayName = "list cut")]
    [DataRow("c2836465", "rlp-truncated", DisplayName = "item longer than its list")]
    [DataRow("bfffffffffffffffff", "rlp-truncated", DisplayName = "length of 2^64 - 1")]
    [DataRow("bf8000000000000000", "rlp-truncated", DisplayName = "length of 2^63")]
    [DataRow("bf7fffffffffffffff", "rlp-truncated", DisplayName = "length of 2^63 - 1")]
    [DataRow("b9", "rlp-truncated", DisplayName = "no length")]
    public void TryDecode_MalformedBytes_AreRefusedWithTheReason(string hex, string code)
    {
        Assert.IsFalse(Rlp.TryDecode(Convert.FromHexString(hex), out RlpItem? item, out ParseProblem? problem));
        Assert.IsNull(item);
        Assert.AreEqual(code, problem.Code);
    }

    [TestMethod]
    public void TryDecode_DeepNesting_IsReadToTheBoundAndRefusedBeyond()
    {
        Assert.IsTrue(Rlp.TryDecode(Nested(Rlp.MaxDepth), out _, out _));
        Assert.IsFalse(Rlp.TryDecode(Nested(Rlp.MaxDepth + 1), out _, out ParseProblem? problem));
        Assert.AreEqual("rlp-depth", problem.Code);
    }

    [TestMethod]
    public void TryDecode_ManyItems_AreReadToTheBoundAndRefusedBeyond()
    {
        Assert.IsTrue(Rlp.TryDecode(Rlp.Encode(Many(Rlp.MaxItems - 1)), out _, out _));
        Assert.IsFalse(Rlp.TryDecode(Rlp.Encode(Many(Rlp.MaxItems)), out _, out ParseProblem? problem));
        Assert.AreEqual("rlp-items", problem.Code);
    }

    [TestMethod]
    public void TryDecode_RandomBytes_EncodeToThemselvesWhenAccepted()
    {
        Random random = new(7);
        int accepted = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = new byte[random.Next(1, 12)];
            random.NextBytes(bytes);
            if (i % 2 == 0)
            {
                bytes[0] = (byte)((random.Next(2) == 0 ? 0x80 : 0xc0) + bytes.Length - 1);
            }

            if (Rlp.TryDecode(bytes, out RlpItem? item, out ParseProblem? problem))
            {
                accepted++;
                Assert.AreSequenceEqual(bytes, Rlp.Encode(item));
            }
            else
            {
                Assert.IsNotNull(problem);
            }
        }

        Assert.IsGreaterThan(10_000, accepted);
    }

    [TestMethod]
    [DataRow("80", 0UL)]
    [DataRow("01", 1UL)]
    [DataRow("8180", 128UL)]
    [DataRow("820400", 1024UL)]
    [DataRow("88ffffffffffffffff", ulong.MaxValue)]
    public void TryGetNumber_CanonicalNumber_IsRead(string hex, ulong expected)
    {
        Assert.IsTrue(Rlp.TryDecode(Convert.FromHexString(hex), out RlpItem? item, out _));
        Assert.IsTrue(((RlpBytes)item).TryGetNumber(out ulong number));
        Assert.AreEqual(expected, number);
        Assert.AreSequenceEqual(Convert.FromHexString(hex), Rlp.Encode(RlpBytes.FromNumber(expected)));
    }

    [TestMethod]
    [DataRow("00", DisplayName = "zero as a byte")]
    [DataRow("820001", DisplayName = "leading zero")]
    [DataRow("89010000000000000000", DisplayName = "65 bits")]
    public void TryGetNumber_OtherBytes_AreRefused(string hex)
    {
        Assert.IsTrue(Rlp.TryDecode(Convert.FromHexString(hex), out RlpItem? item, out _));
        Assert.IsFalse(((RlpBytes)item).TryGetNumber(out ulong _));
    }

    private static byte[] Nested(int depth)
    {
        RlpItem item = new RlpList();
        for (int i = 1; i < depth; i++)
        {
            item = new RlpList(item);
        }

        return Rlp.Encode(item);
    }

    private static RlpList Many(int count) => new([.. Enumerable.Repeat<RlpItem>(RlpBytes.Empty, count)]);

    // Vectors: a text, a number, a big number after '#', or a list. Texts are the bytes of their characters.
    private static RlpItem ToItem(JsonValue json) => json switch
    {
        JsonArray array => new RlpList([.. array.Items.Select(ToItem)]),
        JsonNumber number => ToItem(BigInteger.Parse(number.Text, System.Globalization.CultureInfo.InvariantCulture)),
        JsonString { Value: ['#', .. string digits] } =>
            ToItem(BigInteger.Parse(digits, System.Globalization.CultureInfo.InvariantCulture)),
        JsonString text => new RlpBytes(Encoding.Latin1.GetBytes(text.Value)),
        _ => throw new InvalidDataException(json.TypeName),
    };

    private static RlpBytes ToItem(BigInteger number) =>
        new(number.IsZero ? [] : number.ToByteArray(isUnsigned: true, isBigEndian: true));
}
