using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class EntryCalculatorTests
{
    private static readonly Bytes32 SubjectKey = Bytes32.FromUInt64(77);

    private static readonly byte[][] Samples =
        [.. new[] { TestRecords.SanctionText, TestRecords.RatingText, TestRecords.RepairText, Odd() }.Select(text => TestRecords.Parse(text).ToCanonicalBytes())];

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(63)]
    [DataRow(64)]
    [DataRow(65)]
    [DataRow(200)]
    public void Compute_RandomRecords_EqualsTheSlowWayForEach(int count)
    {
        RandomRecords random = new(count);
        EntryCalculator calculator = new(RulePackCatalog.Shipped, SubjectKey);
        List<(CreditRecord Record, Bytes32 Secret)> records = [];
        for (int i = 0; i < count; i++)
        {
            records.Add((NextPlain(random), random.NextBytes32()));
        }

        // Twice: what is left of the first time must not count in the second.
        for (int round = 0; round < 2; round++)
        {
            calculator.Clear();
            foreach ((CreditRecord record, Bytes32 secret) in records)
            {
                Assert.IsTrue(calculator.TryAdd(record.ToCanonicalBytes(), secret), Encoding.UTF8.GetString(record.ToCanonicalBytes()));
            }

            calculator.Compute();

            Assert.AreEqual(count, calculator.Count);
            for (int i = 0; i < count; i++)
            {
                (CreditRecord record, Bytes32 secret) = records[i];
                Assert.AreSequenceEqual(SlowEntry(record, secret), EntryOf(calculator, i), $"record {i}");
                Assert.AreEqual(record.Kind, calculator.Kind(i));
                Assert.AreEqual(record.Id, Encoding.UTF8.GetString(calculator.Id(i)));
                Assert.AreEqual(record.Issuer, Encoding.UTF8.GetString(calculator.Issuer(i)));
                Assert.AreEqual(record.Subject.ToString(), Encoding.UTF8.GetString(calculator.Subject(i)));
                Assert.AreEqual(record.Supersedes ?? "", Encoding.UTF8.GetString(calculator.Supersedes(i)));
            }
        }
    }

    [TestMethod]
    public void Compute_RandomRecords_EqualsTheReference()
    {
        RandomRecords random = new(34);
        EntryCalculator calculator = new(RulePackCatalog.Shipped, SubjectKey);
        for (int i = 0; i < 200; i++)
        {
            byte[] canonical = NextPlain(random).ToCanonicalBytes();
            Bytes32 secret = random.NextBytes32();
            calculator.Clear();
            Assert.IsTrue(calculator.TryAdd(canonical, secret));
            calculator.Compute();

            (_, string payload) = ReferenceCommitment.Commit(canonical, secret.ToArray());
            byte[] terms = calculator.Kind(0) == RecordKind.Sanction
                ? Convert.FromHexString(ReferenceCommitment.Terms(canonical, secret.ToArray(), SubjectKey.ToArray())[2..])
                : [];
            Bytes32 termsDigest = terms.Length > 0 ? Sha256.Hash(terms) : Bytes32.Zero;
            Assert.AreSequenceEqual(
                new LogEntry(calculator.Kind(0), Sha256.Hash(Encoding.UTF8.GetBytes(payload)), termsDigest).Encode(), EntryOf(calculator, 0));
        }
    }

    [TestMethod]
    public void Compute_BetweenRecords_ChangesNoEntry()
    {
        RandomRecords random = new(35);
        EntryCalculator together = new(RulePackCatalog.Shipped, SubjectKey);
        EntryCalculator between = new(RulePackCatalog.Shipped, SubjectKey);
        for (int i = 0; i < 150; i++)
        {
            byte[] canonical = NextPlain(random).ToCanonicalBytes();
            Bytes32 secret = random.NextBytes32();
            Assert.IsTrue(together.TryAdd(canonical, secret));
            Assert.IsTrue(between.TryAdd(canonical, secret));
            if (i % 7 == 0)
            {
                between.Compute();
                between.Compute();
            }
        }

        together.Compute();
        between.Compute();
        Assert.AreSequenceEqual(together.Entries.ToArray(), between.Entries.ToArray());
    }

    [TestMethod]
    public void TryAdd_ManyClaims_EqualsTheSlowWay()
    {
        string claims = string.Join(',', Enumerable.Range(0, 4000).Select(i => $"\"x{i}\":{i}"));
        CreditRecord record = TestRecords.Parse(TestRecords.RatingText.With("\"agency\"", claims + ",\"agency\""));

        Assert.AreSequenceEqual(SlowEntry(record, Bytes32.FromUInt64(1)), FastEntry(record.ToCanonicalBytes(), Bytes32.FromUInt64(1)));
    }

    [TestMethod]
    public void TryAdd_EveryByteChangedDroppedDoubledOrSwapped_IsRefusedOrSaysWhatTheSlowWaySays()
    {
        foreach (byte[] sample in Samples)
        {
            int accepted = 0;
            int refused = 0;
            for (int at = 0; at < sample.Length; at++)
            {
                byte[][] changes =
                [
                    .. "\"\\,:{}[]0- a\u0001\u007f"u8.ToArray().Append((byte)(sample[at] ^ 1)).Append((byte)(sample[at] ^ 0x20)).Append((byte)0x80).Append((byte)0xEE)
                        .Select(value => (byte[])[.. sample[..at], value, .. sample[(at + 1)..]]),
                    [.. sample[..at], .. sample[(at + 1)..]],
                    [.. sample[..at], sample[at], .. sample[at..]],
                    [.. sample[..at], (byte)' ', .. sample[at..]],
                    at + 1 < sample.Length ? [.. sample[..at], sample[at + 1], sample[at], .. sample[(at + 2)..]] : sample,
                ];
                foreach (byte[] changed in changes)
                {
                    bool isAccepted = CheckAgainstTheSlowWay(changed);
                    accepted += isAccepted ? 1 : 0;
                    refused += isAccepted ? 0 : 1;
                }
            }

            // Both happen: text may be another, structure may not.
            Assert.IsGreaterThan(100, accepted);
            Assert.IsGreaterThan(1000, refused);
        }
    }

    // Canonical JSON but for one thing, each in a claim that no rule knows.
    [TestMethod]
    [DataRow("{\"b\":1,\"a\":2}")]
    [DataRow("{\"a\":1,\"a\":2}")]
    [DataRow("{\"a\":1,}")]
    [DataRow("{\"\uE000\":1,\"\U00010000\":2}")]
    [DataRow("{\"\\u0061\":1}")]
    [DataRow("{\"a\\\\\":1,\"a\\\"\":2}")]
    [DataRow("[1,]")]
    [DataRow("[1 ]")]
    [DataRow("01")]
    [DataRow("-0")]
    [DataRow("1.0")]
    [DataRow("1e2")]
    [DataRow("1E400")]
    [DataRow("9007199254740993")]
    [DataRow("+1")]
    [DataRow(".5")]
    [DataRow("\"\\u0041\"")]
    [DataRow("\"\\u000A\"")]
    [DataRow("\"\\u000a\"")]
    [DataRow("\"\\u001F\"")]
    [DataRow("\"\\u007f\"")]
    [DataRow("\"\\u0020\"")]
    [DataRow("\"\\/\"")]
    [DataRow("\"\\ud800\"")]
    [DataRow("\"\t\"")]
    [DataRow("nul")]
    [DataRow("True")]
    [DataRow("")]
    [DataRow("[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]")]
    public void TryAdd_ClaimNotInCanonicalForm_IsRefused(string value)
    {
        Assert.IsFalse(IsTaken(value), value);
    }

    [TestMethod]
    [DataRow("{}")]
    [DataRow("[]")]
    [DataRow("{\"\":1}")]
    [DataRow("{\"a\":{\"a\":null},\"aa\":[true,false,null,\"\"]}")]
    [DataRow("{\"\U00010000\":1,\"\uE000\":2}")]
    [DataRow("{\"a\\\"\":1,\"a\\\\\":2}")]
    [DataRow("{\"\\u0001\":1,\"\\b\":2,\"\\t\":3,\"\\n\":4}")]
    [DataRow("\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\u007f\u2028😀\"")]
    [DataRow("1e+21")]
    [DataRow("5e-324")]
    [DataRow("-1.5e-7")]
    [DataRow("9007199254740992")]
    [DataRow("0")]
    [DataRow("[[[[[[[[[[[[[[]]]]]]]]]]]]]]")]
    public void TryAdd_ClaimInCanonicalForm_EqualsTheSlowWay(string value)
    {
        Assert.IsTrue(IsTaken(value), value);
    }

    [TestMethod]
    public void TryAdd_PersonsWarningsAndUnknownPacks_AreLeftToTheSlowWay()
    {
        RecordRules withPersons = new() { AllowNaturalPersons = true };
        foreach (string text in new[]
        {
            TestRecords.RatingText.With("lei:HWUPKR0MPOU8FGXBT394", "x-person:1"),
            TestRecords.RatingText.With("\"agency\"", "\"subjectType\": \"natural-person\", \"agency\""),
            TestRecords.RatingText.With("\"agency\"", "\"subjectType\": \"Natural_Person\", \"agency\""),
            TestRecords.RatingText.With("\"agency\"", "\"subjectType\": 1, \"agency\""),
            TestRecords.RatingText.With("lei:HWUPKR0MPOU8FGXBT394", "uscc:91350203M0001QAY9B"),
            TestRecords.SanctionText.With("cn-ndrc-36-2025", "no-such-pack"),
            TestRecords.SanctionText.With("2026-04-30", "1970-01-01"),
        })
        {
            Assert.IsTrue(CreditRecord.TryParse(Encoding.UTF8.GetBytes(text), withPersons, out CreditRecord? record, out _), text);
            Assert.IsNull(FastEntry(record.ToCanonicalBytes(), Bytes32.Zero), text);
        }

        string organisation = TestRecords.RatingText.With("\"agency\"", "\"subjectType\": \"legal-person\", \"agency\"");
        Assert.IsNotNull(FastEntry(TestRecords.Parse(organisation).ToCanonicalBytes(), Bytes32.Zero));
    }

    [TestMethod]
    public void TryAdd_Refused_LeavesTheOthersAsTheyAre()
    {
        EntryCalculator calculator = new(RulePackCatalog.Shipped, SubjectKey);
        Assert.IsTrue(calculator.TryAdd(Samples[0], Bytes32.FromUInt64(1)));
        Assert.IsFalse(calculator.TryAdd("{\"claims\":{\"a\":1},\"id\":"u8, Bytes32.FromUInt64(2)));
        Assert.IsFalse(calculator.TryAdd([], Bytes32.FromUInt64(2)));
        Assert.IsFalse(calculator.TryAdd(new byte[JsonLimits.Record.MaxBytes + 1], Bytes32.FromUInt64(2)));
        Assert.IsTrue(calculator.TryAdd(Samples[1], Bytes32.FromUInt64(3)));
        calculator.Compute();

        Assert.AreEqual(2, calculator.Count);
        Assert.AreSequenceEqual(FastEntry(Samples[0], Bytes32.FromUInt64(1))!, EntryOf(calculator, 0));
        Assert.AreSequenceEqual(FastEntry(Samples[1], Bytes32.FromUInt64(3))!, EntryOf(calculator, 1));
    }

    // Only those that are accepted without a warning are for the fast way.
    private static CreditRecord NextPlain(RandomRecords random)
    {
        while (true)
        {
            CreditRecord record = TestRecords.Parse(JsonText.WriteLine(random.NextRecord()));
            if (record.Warnings.Count == 0)
            {
                return record;
            }
        }
    }

    // Escapes in every place that may have them.
    private static string Odd() => TestRecords.RatingText
        .With("R-1", "\\\"R\\\\\\n😀")
        .With("lei:HWUPKR0MPOU8FGXBT394", "x-list:\\\"中\\\"")
        .With("\"claims\"", "\"supersedes\": \"\\u0001\", \"claims\"")
        .With("\"agency\"", "\"\\\"\": [1.5, -7, {\"b\\n\": null, \"ﬀ\": 1e21}], \"agency\"");

    private static bool IsTaken(string value)
    {
        string text = Encoding.UTF8.GetString(Samples[1]).With("\"actedOn\"", "\"a\":" + value + ",\"actedOn\"");
        return CheckAgainstTheSlowWay(Encoding.UTF8.GetBytes(text));
    }

    private static bool CheckAgainstTheSlowWay(byte[] text)
    {
        Bytes32 secret = Bytes32.FromUInt64(5);
        byte[]? entry = FastEntry(text, secret);
        if (entry is null)
        {
            return false;
        }

        string shown = Encoding.UTF8.GetString(text);
        Assert.IsTrue(CreditRecord.TryParse(text, RecordRules.Default, out CreditRecord? record, out _), shown);
        Assert.AreSequenceEqual(text, record.ToCanonicalBytes(), shown);
        Assert.AreSequenceEqual(SlowEntry(record, secret), entry, shown);
        return true;
    }

    private static byte[]? FastEntry(byte[] canonical, Bytes32 secret)
    {
        EntryCalculator calculator = new(RulePackCatalog.Shipped, SubjectKey);
        if (!calculator.TryAdd(canonical, secret))
        {
            Assert.AreEqual(0, calculator.Count);
            return null;
        }

        calculator.Compute();
        return EntryOf(calculator, 0);
    }

    private static byte[] EntryOf(EntryCalculator calculator, int record) =>
        calculator.Entries.Slice(record * LogEntry.Length, LogEntry.Length).ToArray();

    private static byte[] SlowEntry(CreditRecord record, Bytes32 secret)
    {
        Bytes32 termsDigest = Bytes32.Zero;
        if (record.Kind == RecordKind.Sanction)
        {
            Assert.IsTrue(
                SanctionTerms.TryCreate(record, RulePackCatalog.Shipped, SubjectKey, secret, out SanctionTerms? terms, out RecordProblem? problem), problem?.ToString());
            termsDigest = terms.Digest();
        }

        return new LogEntry(record.Kind, RecordCommitment.Create(record, secret).RecordDigest, termsDigest).Encode();
    }
}
