using LedgerCredit.Primitives;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class DigestSorterTests
{
    [TestMethod]
    [DataRow(32, DisplayName = "random digests")]
    [DataRow(28, DisplayName = "the first characters are the same")]
    [DataRow(1, DisplayName = "all but the last byte is the same, some are equal")]
    public void Sort_AnyNumber_IsTheOrderOfTheTexts(int randomBytes)
    {
        Random random = new(20260311);
        DigestSorter sorter = new();
        for (int count = 0; count < 200; count++)
        {
            DigestText[] texts = new DigestText[count];
            string[] expected = new string[count];
            byte[] digest = new byte[Bytes32.Length];
            for (int i = 0; i < count; i++)
            {
                random.NextBytes(digest.AsSpan(Bytes32.Length - randomBytes));
                texts[i] = new DigestText(Bytes32.FromBytes(digest));
                expected[i] = Base64Text.EncodeUrl(digest);
            }

            Array.Sort(expected, StringComparer.Ordinal);
            string[] sorted = [.. sorter.Sort(texts).ToArray().Select(i => System.Text.Encoding.ASCII.GetString(texts[i].AsSpan()))];

            Assert.AreSequenceEqual(expected, sorted);
        }
    }

    [TestMethod]
    public void Sort_EachPosition_IsThereOnce()
    {
        DigestText[] equal = new DigestText[70];
        Array.Fill(equal, new DigestText(Bytes32.FromUInt64(1)));

        Assert.AreSequenceEqual(Enumerable.Range(0, equal.Length).ToArray(), new DigestSorter().Sort(equal).ToArray().Order().ToArray());
    }
}
