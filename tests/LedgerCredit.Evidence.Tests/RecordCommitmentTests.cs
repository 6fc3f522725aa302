using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class RecordCommitmentTests
{
    [TestMethod]
    public void Create_RandomRecords_EqualTheReference()
    {
        RandomRecords random = new(31);
        for (int i = 0; i < 300; i++)
        {
            JsonObject json = random.NextRecord();
            byte[] text = JsonText.WriteLine(json);
            Bytes32 secret = random.NextBytes32();
            CreditRecord record = TestRecords.Parse(text);

            RecordCommitment commitment = RecordCommitment.Create(record, secret);

            (Dictionary<string, string> disclosures, string payload) = ReferenceCommitment.Commit(text, secret.ToArray());
            Assert.AreEqual(payload, Encoding.UTF8.GetString(commitment.PayloadBytes.Span));
            Assert.AreEqual(Sha256.Hash(Encoding.UTF8.GetBytes(payload)), commitment.RecordDigest);
            Assert.HasCount(disclosures.Count, commitment.Disclosures);
            foreach (Disclosure disclosure in commitment.Disclosures)
            {
                Assert.AreEqual(disclosures[disclosure.Name], disclosure.Encoded);
            }
        }
    }

    [TestMethod]
    public void Create_MembersInAnotherOrderOrForm_GiveTheSameDigest()
    {
        RandomRecords random = new(32);
        for (int i = 0; i < 100; i++)
        {
            JsonObject json = random.NextRecord();
            Bytes32 secret = random.NextBytes32();
            CreditRecord record = TestRecords.Parse(JsonText.WriteLine(json));
            CreditRecord shuffled = TestRecords.Parse(JsonText.WriteIndented(random.Shuffle(json)));
            CreditRecord canonical = TestRecords.Parse(record.ToCanonicalBytes());

            Bytes32 digest = RecordCommitment.Create(record, secret).RecordDigest;

            Assert.AreEqual(digest, RecordCommitment.Create(shuffled, secret).RecordDigest);
            Assert.AreEqual(digest, RecordCommitment.Create(canonical, secret).RecordDigest);
            Assert.AreSequenceEqual(record.ToCanonicalBytes(), shuffled.ToCanonicalBytes());
        }
    }

    [TestMethod]
    public void Create_AnyChange_GivesAnotherDigest()
    {
        Bytes32 secret = Bytes32.FromUInt64(1);
        HashSet<Bytes32> digests = [RecordCommitment.Create(TestRecords.Sanction(), secret).RecordDigest];
        string text = TestRecords.SanctionText;
        (string From, string To)[] changes =
        [
            ("〔2026〕7号\",\n", "〔2026〕8号\",\n"),
            ("sd-market", "sd-markets"),
            ("91350200776049653A", "91350500798359476R"),
            ("09:30:00+08:00", "01:30:00Z"),
            ("\"general\"", "\"serious\""),
            ("\"罚款\"", "\"罚款\", \"警告\""),
            ("\"2000.00\"", "\"2000.0\""),
            ("\"facts\": \"", "\"facts\": \" "),
            ("\"facts\"", "\"factz\""),
        ];
        foreach ((string from, string to) in changes)
        {
            Assert.Contains(from, text);
            CreditRecord record = TestRecords.Parse(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)));
            Assert.IsTrue(digests.Add(RecordCommitment.Create(record, secret).RecordDigest), from);
        }

        Assert.IsTrue(digests.Add(RecordCommitment.Create(TestRecords.Sanction(), Bytes32.FromUInt64(2)).RecordDigest));
    }

    [TestMethod]
    public void Disclosures_AllOfThem_GiveTheRecordBack()
    {
        RandomRecords random = new(33);
        for (int i = 0; i < 100; i++)
        {
            CreditRecord record = TestRecords.Parse(JsonText.WriteLine(random.NextRecord()));
            RecordCommitment commitment = RecordCommitment.Create(record, random.NextBytes32());
            List<Disclosure> read = [];
            foreach (Disclosure disclosure in commitment.Disclosures)
            {
                Assert.IsTrue(Disclosure.TryParse(disclosure.Encoded, out Disclosure? again, out ParseProblem? problem), problem?.ToString());
                Assert.AreEqual(disclosure.Digest, again.Digest);
                Assert.IsTrue(RecordMembers.IsAllowedName(again.Name));
                read.Add(again);
            }

            JsonObject json = RecordMembers.ToRecordJson(record.Kind, record.Issuer, read);

            Assert.AreSequenceEqual(record.ToCanonicalBytes(), CanonicalJson.Write(json));
        }
    }

    [TestMethod]
    public void ToRecordJson_WrongNames_AreTheCallersFault()
    {
        Disclosure wrong = TestRecords.Disclose("""["AAAAAAAAAAAAAAAAAAAAAA","issuer","a"]""");
        Disclosure claim = TestRecords.Disclose("""["AAAAAAAAAAAAAAAAAAAAAA","claims.a","a"]""");

        Assert.ThrowsExactly<ArgumentException>(() => RecordMembers.ToRecordJson(RecordKind.Rating, "aa", [wrong]));
        Assert.ThrowsExactly<ArgumentException>(() => RecordMembers.ToRecordJson(RecordKind.Rating, "aa", [claim, claim]));
    }

    [TestMethod]
    [DataRow("id", true)]
    [DataRow("subject", true)]
    [DataRow("issuedAt", true)]
    [DataRow("supersedes", true)]
    [DataRow("claims.grade", true)]
    [DataRow("claims.a.b", true)]
    [DataRow("claims.", true)]
    [DataRow("claims", false)]
    [DataRow("kind", false)]
    [DataRow("issuer", false)]
    [DataRow("Claims.grade", false)]
    [DataRow("", false)]
    [DataRow(null, false)]
    public void IsAllowedName_Name_IsKnown(string? name, bool expected)
    {
        Assert.AreEqual(expected, RecordMembers.IsAllowedName(name));
    }
}
