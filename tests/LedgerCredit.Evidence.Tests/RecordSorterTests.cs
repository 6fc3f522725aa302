using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence.Tests;

/// <summary>Where the sorter and the calculator take a text, the slow way takes it too and comes to the same canonical form.</summary>
[TestClass]
public sealed class RecordSorterTests
{
    [TestMethod]
    public void TrySort_CanonicalRecordsShuffledAndSpaced_GivesCanonicalForm()
    {
        RandomRecords random = new(41);
        RecordSorter sorter = new();
        for (int i = 0; i < 400; i++)
        {
            CreditRecord record = TestRecords.Parse(JsonText.WriteLine(random.NextRecord()));
            JsonObject json = Parse(record.ToCanonicalBytes());
            JsonMember[] members = [.. json.Members.Select(m => m.Value is JsonObject claims ? new JsonMember(m.Name, Shuffle(random, claims)) : m)];
            byte[] text = Write(Shuffle(random, new JsonObject(members)), i % 2 == 0 ? "" : " \t\r\n");

            Assert.IsTrue(sorter.TrySort(text, out ReadOnlySpan<byte> sorted), Encoding.UTF8.GetString(text));
            Assert.AreSequenceEqual(record.ToCanonicalBytes(), sorted.ToArray());
            Assert.AreEqual($"\"{record.Issuer}\"", Encoding.UTF8.GetString(sorter.QuotedIssuer));
        }
    }

    [TestMethod]
    public void TrySort_EveryByteChangedOrDropped_TakesOnlyWhatTheSlowWayTakes()
    {
        RecordSorter sorter = new();
        EntryCalculator calculator = new(RulePackCatalog.Shipped, Bytes32.Zero);
        int taken = 0;
        foreach (string sample in new[] { TestRecords.RatingText, TestRecords.RepairText, TestRecords.RatingText.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal) })
        {
            byte[] bytes = Encoding.UTF8.GetBytes(sample);
            for (int at = 0; at < bytes.Length; at++)
            {
                IEnumerable<byte[]> changes = "\"\\,:{}[]0- a\u0001"u8.ToArray().Append((byte)0x80).Append((byte)0xEF)
                    .Select(value => (byte[])[.. bytes[..at], value, .. bytes[(at + 1)..]])
                    .Append([.. bytes[..at], .. bytes[(at + 1)..]])
                    .Append([.. bytes[..at], bytes[at], .. bytes[at..]]);
                foreach (byte[] changed in changes)
                {
                    if (!sorter.TrySort(changed, out ReadOnlySpan<byte> sorted))
                    {
                        continue;
                    }

                    calculator.Clear();
                    if (calculator.TryAdd(sorted, Bytes32.Zero))
                    {
                        taken++;
                        Assert.IsTrue(CreditRecord.TryParse(changed, RecordRules.Default, out CreditRecord? record, out _), Encoding.UTF8.GetString(changed));
                        Assert.AreSequenceEqual(record.ToCanonicalBytes(), sorted.ToArray());
                        Assert.IsEmpty(record.Warnings);
                    }
                }
            }
        }

        Assert.IsGreaterThan(1000, taken);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("[]")]
    [DataRow("{")]
    [DataRow("{}")]
    [DataRow("{\"claims\":{}}")]
    [DataRow("{\"id\":\"a\",\"id\":\"a\"}")]
    [DataRow("{\"other\":\"a\"}")]
    [DataRow("{\"id\":1}")]
    [DataRow("{\"id\":\"a\"}}")]
    [DataRow("{\"id\":\"a\",}")]
    [DataRow("{\"claims\":{\"a\":[1, 2]}}")]
    [DataRow("{\"claims\":{\"a\":{\"c\":1,\"b\":2}}}")]
    [DataRow("{\"claims\":{\"a\":\"\\u0041\"}}")]
    [DataRow("{\"claims\":{\"a\":1.0}}")]
    public void TrySort_OtherText_IsLeftToTheSlowWay(string text)
    {
        Assert.IsFalse(new RecordSorter().TrySort(Encoding.UTF8.GetBytes(text), out _));
    }

    [TestMethod]
    public void TrySort_TextOverTheLimit_IsLeftToTheSlowWay()
    {
        string text = "{\"id\":\"" + new string('a', JsonLimits.Record.MaxBytes) + "\"}";

        Assert.IsFalse(new RecordSorter().TrySort(Encoding.UTF8.GetBytes(text), out _));
    }

    [TestMethod]
    public void TrySort_ManyClaims_TakesTimeInProportion()
    {
        // 7,000 claims in falling order: sorted by insertion they would take 25 million comparisons.
        string claims = string.Join(',', Enumerable.Range(0, 7000).Reverse().Select(i => $"\"{i:x4}\":1"));
        RecordSorter sorter = new();

        Assert.IsTrue(sorter.TrySort(Encoding.UTF8.GetBytes($"{{\"claims\":{{{claims}}},\"id\":\"a\"}}"), out ReadOnlySpan<byte> sorted));
        Assert.IsTrue(sorted.StartsWith("{\"claims\":{\"0000\":1,\"0001\":1,"u8));
    }

    private static JsonObject Parse(byte[] text) =>
        StrictJson.TryParse(text, JsonLimits.Record, out JsonValue? json, out _) ? (JsonObject)json : throw new AssertFailedException();

    // The members alone: values keep their canonical form.
    private static JsonObject Shuffle(RandomRecords random, JsonObject json) =>
        new(json.Members.OrderBy(_ => random.NextBytes32()));

    private static byte[] Write(JsonObject json, string blank)
    {
        StringBuilder text = new();
        Write(json, blank, depth: 0, text);
        return Encoding.UTF8.GetBytes(blank + text + blank);
    }

    private static void Write(JsonObject json, string blank, int depth, StringBuilder text)
    {
        text.Append('{');
        for (int i = 0; i < json.Members.Count; i++)
        {
            text.Append(i > 0 ? blank + "," : "").Append(blank).Append(Encoding.UTF8.GetString(CanonicalJson.Write(new JsonString(json.Members[i].Name)))).Append(blank).Append(':').Append(blank);
            if (json.Members[i].Value is JsonObject inner && depth == 0)
            {
                Write(inner, blank, depth + 1, text);
            }
            else
            {
                text.Append(Encoding.UTF8.GetString(CanonicalJson.Write(json.Members[i].Value)));
            }
        }

        text.Append(blank).Append('}');
    }
}
