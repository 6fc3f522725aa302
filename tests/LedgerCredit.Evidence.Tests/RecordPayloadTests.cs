using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class RecordPayloadTests
{
    [TestMethod]
    public void TryParse_PayloadOfARecord_GivesItsDigest()
    {
        RandomRecords random = new(61);
        for (int i = 0; i < 50; i++)
        {
            CreditRecord record = TestRecords.Parse(JsonText.WriteLine(random.NextRecord()));
            RecordCommitment commitment = RecordCommitment.Create(record, random.NextBytes32());

            Assert.IsTrue(RecordPayload.TryParse(commitment.Payload, out RecordPayload? payload, out _));

            Assert.AreEqual(commitment.RecordDigest, payload.Digest());
            Assert.AreEqual(record.Kind, payload.Kind);
            Assert.AreEqual(record.Issuer, payload.Issuer);
            Assert.AreSequenceEqual(commitment.Disclosures.Select(d => d.Digest).Order(StringComparer.Ordinal), payload.Digests);
        }
    }

    [TestMethod]
    public void TryParse_PayloadOfARecordWithAsManyMembersAsFit_IsAccepted()
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'()*+,-./:;<=>?@[]^_`{|}~";
        IEnumerable<string> names = Letters.Select(c => c.ToString()).Concat(Letters.SelectMany(a => Letters.Select(b => $"{a}{b}")));
        string claims = string.Concat(names.Select(name => $"\"{name}\":0,"));
        CreditRecord record = TestRecords.Parse(TestRecords.RatingText.With("\"agency\":", claims + "\"agency\":"));

        Assert.IsTrue(RecordPayload.TryParse(RecordCommitment.Create(record, default).Payload, out RecordPayload? payload, out _));

        Assert.HasCount(8564, payload.Digests);
    }

    [TestMethod]
    [DataRow("\"_sd_alg\":\"sha-256\",", "", "missing-member")]
    [DataRow("\"iss\":", "\"x\":1,\"iss\":", "unknown-member")]
    [DataRow("sha-256", "sha-512", "bad-digest-algorithm")]
    [DataRow("\"sd-market\"", "\"SD\"", "bad-issuer")]
    [DataRow("sanction:1", "sanction:2", "bad-payload-type")]
    [DataRow("ledgercredit:sanction", "ledgercredit:Sanction", "bad-payload-type")]
    [DataRow("\"vct\":\"ledgercredit:sanction:1\"", "\"vct\":1", "wrong-type")]
    public void TryParse_OtherPayload_IsRefusedWithItsCode(string from, string to, string code)
    {
        string text = Encoding.UTF8.GetString(RecordCommitment.Create(TestRecords.Sanction(), default).PayloadBytes.Span);

        Assert.AreEqual(code, Refuse(text.With(from, to)).Code);
    }

    [TestMethod]
    [DataRow(1, 0, "digest-order", DisplayName = "descending")]
    [DataRow(0, 0, "digest-order", DisplayName = "twice the same")]
    public void TryParse_DigestsNotStrictlyAscending_AreRefused(int first, int second, string code)
    {
        RecordCommitment commitment = RecordCommitment.Create(TestRecords.Sanction(), default);
        string[] digests = [.. commitment.Disclosures.Select(d => d.Digest).Order(StringComparer.Ordinal)];

        ParseProblem problem = Refuse(
            $$"""{"_sd":["{{digests[first]}}","{{digests[second]}}"],"_sd_alg":"sha-256","iss":"aa","vct":"ledgercredit:rating:1"}""");

        Assert.AreEqual(code, problem.Code);
        Assert.AreEqual("$._sd[1]", problem.Path);
    }

    [TestMethod]
    [DataRow("AAAA")]
    [DataRow("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", DisplayName = "unused bits set")]
    [DataRow("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void TryParse_NoDigest_IsRefused(string digest)
    {
        ParseProblem problem = Refuse($$"""{"_sd":["{{digest}}"],"_sd_alg":"sha-256","iss":"aa","vct":"ledgercredit:rating:1"}""");

        Assert.AreEqual("bad-digest", problem.Code);
    }

    private static ParseProblem Refuse(string text)
    {
        Assert.IsTrue(StrictJson.TryParse(Encoding.UTF8.GetBytes(text), JsonLimits.Document, out JsonValue? json, out _));
        Assert.IsFalse(RecordPayload.TryParse(json, out RecordPayload? payload, out ParseProblem? problem));
        Assert.IsNull(payload);
        return problem;
    }
}
