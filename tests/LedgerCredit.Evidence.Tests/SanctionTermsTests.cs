using System.Globalization;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class SanctionTermsTests
{
    private static readonly Bytes32 SubjectKey = Bytes32.FromUInt64(7);
    private static readonly Bytes32 Secret = Bytes32.FromUInt64(8);

    [TestMethod]
    public void TryCreate_RandomSanctions_EqualTheReference()
    {
        RandomRecords random = new(71);
        int sanctions = 0;
        while (sanctions < 300)
        {
            byte[] text = JsonText.WriteLine(random.NextRecord());
            CreditRecord record = TestRecords.Parse(text);
            if (record.Kind != RecordKind.Sanction)
            {
                continue;
            }

            sanctions++;
            SanctionTerms terms = Create(record);

            Assert.AreEqual(ReferenceCommitment.Terms(text, Secret.ToArray(), SubjectKey.ToArray()), Hex.Encode(terms.Encode()));
            Assert.IsTrue(SanctionTerms.TryDecode(terms.Encode(), out SanctionTerms? decoded, out ParseProblem? problem), problem?.ToString());
            Assert.AreEqual(terms, decoded);
            Assert.AreEqual(Sha256.Hash(terms.Encode()), terms.Digest());
        }
    }

    [TestMethod]
    public void TryCreate_SharedVectors_GiveTheirDays()
    {
        string[] lines = File.ReadAllLines(SharedFiles.Require("vectors", "publicity_vectors.csv"));
        foreach (string[] fields in lines.Skip(1).Select(line => line.Split(',')))
        {
            SanctionTerms terms = Create(TestRecords.Parse(TestRecords.SanctionText
                .With("2026-04-30", fields[0]).With("\"general\"", $"\"{fields[1].ToLowerInvariant()}\"")));

            // Where no shortest period is named, repair is open from the day of the decision on.
            string earliest = fields[4].Length > 0 ? fields[4] : fields[0];
            Assert.AreEqual(Midnight(earliest), terms.EarliestRepairAt);
            Assert.AreEqual(Midnight(fields[6]) + 86_400, terms.PublicUntil);
            Assert.AreEqual(Midnight(fields[0]), terms.DecidedAt);
        }

        Assert.HasCount(7, lines);
    }

    [TestMethod]
    [DataRow("2026-01-31", "general", "2026-05-01", "2027-02-01")]
    [DataRow("2025-11-30", "general", "2026-03-01", "2026-12-01")]
    [DataRow("2024-02-29", "serious", "2025-03-01", "2027-03-01")]
    [DataRow("2026-03-10", "minor", "2026-03-10", "2026-06-11")]
    [DataRow("1970-01-02", "general", "1970-04-03", "1971-01-03")]
    public void TryCreate_PeriodsOfMonths_EndWithTheMonth(string decidedOn, string grade, string earliest, string publicUntil)
    {
        SanctionTerms terms = Create(TestRecords.Parse(TestRecords.SanctionText.With("2026-04-30", decidedOn).With("\"general\"", $"\"{grade}\"")));

        Assert.AreEqual(Midnight(earliest), terms.EarliestRepairAt);
        Assert.AreEqual(Midnight(publicUntil), terms.PublicUntil);
    }

    [TestMethod]
    public void TryCreate_StatedDays_CountToTheirEnd()
    {
        SanctionTerms terms = Create(TestRecords.Parse(TestRecords.SanctionText.With(
            "\"fineYuan\"", "\"publicUntil\": \"2026-06-30\", \"attachedTermUntil\": \"9999-12-31\", \"repairable\": false, \"fineYuan\"")));

        Assert.AreEqual(Midnight("2026-07-01"), terms.PublicUntil);
        Assert.AreEqual(Midnight("9999-12-31") + 86_400, terms.AttachedTermUntil);
        Assert.IsFalse(terms.Repairable);
    }

    [TestMethod]
    public void TryCreate_WithoutGrade_HasNoPackAndNoRepair()
    {
        SanctionTerms terms = Create(TestRecords.Parse("""
            {"kind":"sanction","id":"1","issuer":"wb","subject":"x-worldbank:a","issuedAt":"2026-01-01T00:00:00Z",
             "claims":{"authorityName":"World Bank","grade":"none","decidedOn":"2020-01-01","publicUntil":"2030-01-01","repairable":true}}
            """));

        Assert.AreEqual(Bytes32.Zero, terms.RulePack);
        Assert.AreEqual(SanctionGrade.None, terms.Grade);
        Assert.IsFalse(terms.Repairable);
        Assert.AreEqual(1577836800UL, terms.DecidedAt);
        Assert.AreEqual(0UL, terms.EarliestRepairAt);
        Assert.AreEqual(1893542400UL, terms.PublicUntil);
        Assert.AreEqual(0UL, terms.AttachedTermUntil);
    }

    [TestMethod]
    public void TryCreate_Identities_AreKeyedHashes()
    {
        CreditRecord record = TestRecords.Sanction();
        SanctionTerms terms = Create(record);

        Assert.AreEqual(Keccak256.Hash("sd-market"), terms.Authority);
        Assert.AreEqual(SanctionTerms.TagOf(SubjectKey, record.Subject), terms.SubjectTag);
        Assert.AreNotEqual(SanctionTerms.TagOf(Secret, record.Subject), terms.SubjectTag);
        Assert.AreEqual(RulePackCatalog.Shipped.Find("cn-ndrc-36-2025")!.Hash, terms.RulePack);
    }

    [TestMethod]
    [DataRow("\"decidedOn\": \"2026-04-30\"", "\"decidedOn\": \"1970-01-01\"", "date-too-early", "/claims/decidedOn")]
    [DataRow("\"decidedOn\": \"2026-04-30\"", "\"decidedOn\": \"0001-01-01\"", "date-too-early", "/claims/decidedOn")]
    [DataRow("\"fineYuan\": \"2000.00\"", "\"publicUntil\": \"1970-01-01\"", "date-too-early", "/claims/publicUntil")]
    [DataRow("\"fineYuan\": \"2000.00\"", "\"attachedTermUntil\": \"1969-12-31\"", "date-too-early", "/claims/attachedTermUntil")]
    [DataRow("cn-ndrc-36-2025", "cn-ndrc-58-2023", "unknown-rule-pack", "/claims/rulePack")]
    public void TryCreate_NoTerms_SaysWhy(string from, string to, string code, string path)
    {
        CreditRecord record = TestRecords.Parse(TestRecords.SanctionText.With(from, to));

        Assert.IsFalse(SanctionTerms.TryCreate(record, RulePackCatalog.Shipped, SubjectKey, Secret, out SanctionTerms? terms, out RecordProblem? problem));

        Assert.IsNull(terms);
        Assert.AreEqual(code, problem.Code);
        Assert.AreEqual(path, problem.Path);
        if (code == "unknown-rule-pack")
        {
            Assert.Contains("cn-ndrc-36-2025, cn-samr-107-2025, demo", problem.Message);
        }
    }

    [TestMethod]
    public void TryCreate_OtherKind_HasNoTerms()
    {
        CreditRecord record = TestRecords.Parse(TestRecords.RatingText);

        Assert.IsFalse(SanctionTerms.TryCreate(record, RulePackCatalog.Shipped, SubjectKey, Secret, out _, out RecordProblem? problem));

        Assert.AreEqual("not-a-sanction", problem.Code);
    }

    [TestMethod]
    public void TryDecode_EveryOtherPadding_IsRefused()
    {
        byte[] encoded = Create(TestRecords.Sanction()).Encode();
        for (int word = 3; word <= 8; word++)
        {
            for (int i = 0; i < 24; i++)
            {
                AssertRefused(encoded, (word * 32) + i, 1, "terms-range");
            }
        }

        AssertRefused(encoded, (3 * 32) + 31, 4, "terms-range");
        AssertRefused(encoded, (4 * 32) + 31, 2, "terms-range");
        AssertRefused(encoded, (3 * 32) + 31, 0, "terms-grade");
    }

    [TestMethod]
    public void TryDecode_WrongLength_IsRefused()
    {
        byte[] encoded = Create(TestRecords.Sanction()).Encode();

        foreach (byte[] bytes in new byte[][] { [], encoded[..^1], [.. encoded, 0], [.. encoded, .. new byte[32]] })
        {
            Assert.IsFalse(SanctionTerms.TryDecode(bytes, out _, out ParseProblem? problem));
            Assert.AreEqual("terms-length", problem.Code);
        }
    }

    [TestMethod]
    public void TryDecode_GradeAndPackAndRepairThatDisagree_AreRefused()
    {
        byte[] none = (Create(TestRecords.Sanction()) with
        {
            RulePack = Bytes32.Zero,
            Grade = SanctionGrade.None,
            Repairable = false,
            EarliestRepairAt = 0,
        }).Encode();

        Assert.IsTrue(SanctionTerms.TryDecode(none, out _, out _));
        AssertRefused(none, 2 * 32, 1, "terms-grade");
        AssertRefused(none, (3 * 32) + 31, 1, "terms-grade");
        AssertRefused(none, (4 * 32) + 31, 1, "terms-grade");
        AssertRefused(none, (6 * 32) + 31, 1, "terms-grade");
    }

    [TestMethod]
    public void Encode_LargestNumbers_AreReadBack()
    {
        SanctionTerms terms = Create(TestRecords.Sanction()) with
        {
            DecidedAt = ulong.MaxValue,
            EarliestRepairAt = ulong.MaxValue - 1,
            PublicUntil = 1UL << 63,
            AttachedTermUntil = 1,
        };

        Assert.IsTrue(SanctionTerms.TryDecode(terms.Encode(), out SanctionTerms? decoded, out _));
        Assert.AreEqual(terms, decoded);
    }

    private static void AssertRefused(byte[] encoded, int index, byte value, string code)
    {
        byte[] changed = [.. encoded];
        changed[index] = value;
        Assert.IsFalse(SanctionTerms.TryDecode(changed, out SanctionTerms? terms, out ParseProblem? problem));
        Assert.IsNull(terms);
        Assert.AreEqual(code, problem.Code);
    }

    private static SanctionTerms Create(CreditRecord record)
    {
        Assert.IsTrue(
            SanctionTerms.TryCreate(record, RulePackCatalog.Shipped, SubjectKey, Secret, out SanctionTerms? terms, out RecordProblem? problem),
            problem?.ToString());
        return terms;
    }

    private static ulong Midnight(string date) => (ulong)new DateTimeOffset(
        DateTime.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture), TimeSpan.FromHours(8)).ToUnixTimeSeconds();
}
