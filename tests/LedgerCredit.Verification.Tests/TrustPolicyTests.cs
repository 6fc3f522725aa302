using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification.Tests;

[TestClass]
public sealed class TrustPolicyTests
{
    [TestMethod]
    [DataRow(ConsensusType.Pinned)]
    [DataRow(ConsensusType.Qbft)]
    [DataRow(ConsensusType.Clique)]
    public void TryParse_WrittenPolicy_GivesItBack(ConsensusType type)
    {
        EvidenceBuilder built = new EvidenceBuilder { Consensus = type }.Build();
        byte[] written = built.Policy.ToUtf8();

        Assert.IsTrue(TrustPolicy.TryParse(written, out TrustPolicy? policy, out ParseProblem? problem), problem?.ToString());

        Assert.AreSequenceEqual(written, policy.ToUtf8());
        Assert.AreEqual(Verdict.Valid, EvidenceVerifier.Verify(built.File, policy, EvidenceBuilder.Options).Verdict);
    }

    [TestMethod]
    [DataRow("\"ledgercredit-trust/1\"", "\"ledgercredit-trust/3\"", "wrong-format", DisplayName = "other version")]
    [DataRow("\"ledgercredit-trust/1\"", "\"ledgercredit-trust/2\"", "missing-member", DisplayName = "second version without witnesses")]
    [DataRow("\"network\": \"test.ledgercredit\"", "\"network\": \"other\"", "bad-origin", DisplayName = "origin of another network")]
    [DataRow("\"demo-authority\": {", "\"other\": {", "bad-origin", DisplayName = "origin of another issuer")]
    [DataRow("\"demo-authority\": {", "\"Demo\": {", "bad-issuer", DisplayName = "no slug")]
    [DataRow("\"chainId\": 31700", "\"chainId\": \"31700\"", "wrong-type", DisplayName = "chain id as text")]
    [DataRow("\"chainId\": 31700", "\"chainId\": 31700.0", "bad-integer", DisplayName = "chain id with fraction")]
    [DataRow("\"type\": \"qbft\"", "\"type\": \"ibft\"", "bad-consensus-type", DisplayName = "other consensus")]
    [DataRow("\"hash\": \"qbft\"", "\"hash\": \"keccak\"", "bad-hash-rule", DisplayName = "hash rule that does not fit")]
    [DataRow("\"hash\": \"qbft\"", "\"hash\": \"sha256\"", "bad-hash-rule", DisplayName = "other hash rule")]
    [DataRow("\"to\": null", "\"to\": 5, \"x\": 1", "unknown-member", DisplayName = "unknown member")]
    [DataRow("\"from\": 0", "\"from\": 6", null, DisplayName = "other range")]
    [DataRow("\"to\": null", "\"to\": -1", "bad-integer", DisplayName = "negative block")]
    [DataRow("\"blocks\": {}", "\"blocks\": {\"01\": \"0x00\"}", "bad-integer", DisplayName = "leading zero")]
    [DataRow("\"blocks\": {}", "\"blocks\": {\"\": \"0x00\"}", "bad-integer", DisplayName = "empty number")]
    [DataRow("\"blocks\": {}", "\"blocks\": {\"1\": \"0x00\"}", "bad-hex", DisplayName = "short hash")]
    [DataRow("\"statusMaxAge\": 86400", "\"statusMaxAge\": -1", "bad-integer", DisplayName = "negative age")]
    [DataRow("\"format\",", "", "step-not-required", DisplayName = "a step not required")]
    [DataRow("\"consensus\"\n", "\"consensus\", \"status\"\n", null, DisplayName = "status required too")]
    [DataRow("\"consensus\"\n", "\"consensus\", \"consensus\"\n", "duplicate-step", DisplayName = "a step twice")]
    [DataRow("\"consensus\"\n", "\"consensus\", \"other\"\n", "unknown-step", DisplayName = "unknown step")]
    [DataRow("\"id\": \"demo\"", "\"id\": \"demo2\"", "rule-pack-id", DisplayName = "rule pack under another id")]
    [DataRow("\"version\": 1", "\"version\": 2", "rule-pack-hash", DisplayName = "changed rule pack")]
    public void TryParse_ChangedPolicy_IsRefusedUnlessItMakesSense(string from, string to, string? code)
    {
        string written = Encoding.UTF8.GetString(new EvidenceBuilder { Consensus = ConsensusType.Qbft }.Build().Policy.ToUtf8());
        int at = written.LastIndexOf(from, StringComparison.Ordinal);
        Assert.IsGreaterThanOrEqualTo(0, at, from);
        string changed = written[..at] + to + written[(at + from.Length)..];

        bool accepted = TrustPolicy.TryParse(Encoding.UTF8.GetBytes(changed), out _, out ParseProblem? problem);

        Assert.AreEqual(code, problem?.Code, problem?.ToString());
        Assert.AreEqual(code is null, accepted);
    }

    [TestMethod]
    [DataRow("format")]
    [DataRow("network")]
    [DataRow("chainId")]
    [DataRow("evidenceLog")]
    [DataRow("logs")]
    [DataRow("consensus")]
    [DataRow("require")]
    public void TryParse_MissingMember_IsRefused(string name)
    {
        string written = Encoding.UTF8.GetString(new EvidenceBuilder().Build().Policy.ToUtf8());
        string changed = written.Replace($"\n  \"{name}\":", $"\n  \"x{name}\":", StringComparison.Ordinal);

        Assert.IsFalse(TrustPolicy.TryParse(Encoding.UTF8.GetBytes(changed), out _, out ParseProblem? problem));
        Assert.AreEqual("missing-member", problem.Code);
        Assert.AreEqual("$." + name, problem.Path);
    }

    [TestMethod]
    public void TryParse_RangesThatOverlap_AreRefused()
    {
        const string Address = "\"0x000000000000000000000000000000000000000a\"";
        foreach ((string ranges, string code) in new[]
        {
            ($$"""[{"from":0,"to":5,"addresses":[{{Address}}]},{"from":5,"to":null,"addresses":[{{Address}}]}]""", "range-order"),
            ($$"""[{"from":0,"to":null,"addresses":[{{Address}}]},{"from":5,"to":null,"addresses":[{{Address}}]}]""", "range-order"),
            ($$"""[{"from":6,"to":null,"addresses":[{{Address}}]},{"from":0,"to":5,"addresses":[{{Address}}]}]""", "range-order"),
            ($$"""[{"from":6,"to":5,"addresses":[{{Address}}]}]""", "bad-range"),
            ($$"""[{"from":0,"to":5,"addresses":[{{Address}},{{Address}}]}]""", "duplicate-address"),
            ("""[{"from":0,"to":5,"addresses":[]}]""", "no-validators"),
            ("""[{"from":0,"to":5,"addresses":["0x"]}]""", "bad-address"),
            ("[]", "no-validators"),
        })
        {
            string json = "{\"type\":\"clique\",\"hash\":\"keccak\",\"validators\":" + ranges + ",\"blocks\":{}}";
            Assert.IsTrue(LedgerCredit.Primitives.Json.StrictJson.TryParse(
                Encoding.UTF8.GetBytes(json), LedgerCredit.Primitives.Json.JsonLimits.Document, out LedgerCredit.Primitives.Json.JsonValue? value, out _));

            Assert.IsFalse(TrustPolicy.TryParseConsensus(value, out _, out ParseProblem? problem), ranges);
            Assert.AreEqual(code, problem.Code, ranges);
        }
    }

    [TestMethod]
    public void TryParse_KeyOfAnotherName_IsRefused()
    {
        EvidenceBuilder built = new EvidenceBuilder().Build();
        using Log.NoteSigner other = new("test.ledgercredit/other", new byte[32]);
        string key = built.Policy.Logs[EvidenceBuilder.Issuer].Key.ToString();
        string changed = Encoding.UTF8.GetString(built.Policy.ToUtf8()).Replace(key, other.VerifierKey.ToString(), StringComparison.Ordinal);

        Assert.IsFalse(TrustPolicy.TryParse(Encoding.UTF8.GetBytes(changed), out _, out ParseProblem? problem));
        Assert.AreEqual("note-key-name", problem.Code);
    }

    [TestMethod]
    public void TryParse_ArbitraryBytes_NeverThrows()
    {
        byte[] written = new EvidenceBuilder { Consensus = ConsensusType.Clique }.Build().Policy.ToUtf8();
        Random random = new(3);
        for (int i = 0; i < 2000; i++)
        {
            byte[] changed = [.. written];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            bool accepted = TrustPolicy.TryParse(changed, out _, out ParseProblem? problem);
            Assert.AreEqual(accepted, problem is null);
        }
    }
}
