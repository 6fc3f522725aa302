using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class RulePackTests
{
    private static readonly string Demo = File.ReadAllText(RepositoryFiles.Path("src", "LedgerCredit.Evidence", "RulePacks", "demo.json"));

    // A pack's hash stands in anchored terms: where one of these changes, a new version of the pack is due instead.
    [TestMethod]
    [DataRow("cn-ndrc-36-2025", "0xb2f31290885ca77ff51088ea69e3f243db66090c59cf60b9513a016f1945894a")]
    [DataRow("cn-samr-107-2025", "0xa3d339bdb6a7e8ce9f842ea2d4d4587f23c2c12cdb589eef46186b2a1b901f3f")]
    [DataRow("demo", "0x13acfa98ddf229b2f12252888ea94d149293b719665e3e1905cb21a5bd97bc27")]
    public void Shipped_Pack_KeepsItsHash(string id, string hash)
    {
        RulePack? pack = RulePackCatalog.Shipped.Find(id);

        Assert.IsNotNull(pack);
        Assert.AreEqual(hash, pack.Hash.ToString());
        Assert.AreEqual(1UL, pack.Version);
        Assert.AreEqual(TimeSpan.FromHours(8), pack.UtcOffset);
        Assert.AreSame(pack, RulePackCatalog.Shipped.FindByHash(pack.Hash));
    }

    [TestMethod]
    public void Shipped_Packs_AreTheFilesAndNoOthers()
    {
        string[] files = [.. Directory.GetFiles(RepositoryFiles.Path("src", "LedgerCredit.Evidence", "RulePacks"))
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

        Assert.AreSequenceEqual(files, RulePackCatalog.Shipped.Ids);
        Assert.HasCount(files.Length, RulePackCatalog.Shipped.Packs);
        Assert.IsNull(RulePackCatalog.Shipped.Find("other"));
        Assert.IsNull(RulePackCatalog.Shipped.FindByHash(Bytes32.Zero));
    }

    [TestMethod]
    public void Shipped_LegalPacks_HaveThePeriodsOfTheRules()
    {
        foreach (string id in new[] { "cn-ndrc-36-2025", "cn-samr-107-2025" })
        {
            RulePack pack = RulePackCatalog.Shipped.Find(id)!;
            Assert.AreEqual("in-force", pack.Status);
            Assert.AreEqual((RulePeriodUnit.None, 0), Figure(pack.For(SanctionGrade.Minor).Shortest));
            Assert.AreEqual((RulePeriodUnit.Months, 3), Figure(pack.For(SanctionGrade.Minor).Longest));
            Assert.AreEqual((RulePeriodUnit.Months, 3), Figure(pack.For(SanctionGrade.General).Shortest));
            Assert.AreEqual((RulePeriodUnit.Months, 12), Figure(pack.For(SanctionGrade.General).Longest));
            Assert.AreEqual((RulePeriodUnit.Months, 12), Figure(pack.For(SanctionGrade.Serious).Shortest));
            Assert.AreEqual((RulePeriodUnit.Months, 36), Figure(pack.For(SanctionGrade.Serious).Longest));
            Assert.ThrowsExactly<ArgumentException>(() => pack.For(SanctionGrade.None));
        }

        Assert.AreEqual("demonstration", RulePackCatalog.Shipped.Find("demo")!.Status);
    }

    [TestMethod]
    public void TryParse_Pack_HashesItsCanonicalForm()
    {
        RulePack pack = Parse(Demo);
        RulePack reordered = Parse(Encoding.UTF8.GetString(CanonicalJson.Write(pack.Document)));

        Assert.AreEqual(Keccak256.Hash(ReferenceCommitment.Canonical(Encoding.UTF8.GetBytes(Demo))), pack.Hash);
        Assert.AreEqual(pack.Hash, reordered.Hash);
        Assert.AreNotEqual(pack.Hash, Parse(Demo.With("\"version\": 1", "\"version\": 2")).Hash);
    }

    [TestMethod]
    [DataRow("rulepack/1", "rulepack/2", "$.format")]
    [DataRow("\"id\": \"demo\"", "\"id\": \"Demo\"", "$.id")]
    [DataRow("\"version\": 1", "\"version\": 0", "$.version")]
    [DataRow("\"version\": 1", "\"version\": 1.0", "$.version")]
    [DataRow("\"version\": 1", "\"version\": 1, \"more\": 1", "$.more")]
    [DataRow("\"en\": ", "\"de\": ", "$.title.en")]
    [DataRow("\"demonstration\"", "\"law\"", "$.status")]
    [DataRow("+08:00", "+8", "$.utcOffset")]
    [DataRow("+08:00", "08:00", "$.utcOffset")]
    [DataRow("+08:00", "+24:00", "$.utcOffset")]
    [DataRow("2020-01-01", "2020-02-30", "$.inForce.from")]
    [DataRow("\"minor\"", "\"minors\"", "$.grades.minor")]
    [DataRow("\"days\": 30", "\"days\": 0", "$.grades.general.longest.days")]
    [DataRow("\"days\": 30", "\"days\": 36501", "$.grades.general.longest.days")]
    [DataRow("\"days\": 30", "\"months\": 1201", "$.grades.general.longest.months")]
    [DataRow("\"days\": 30", "\"days\": 30, \"months\": 1", "$.grades.general.longest.days")]
    [DataRow("\"days\": 30", "\"weeks\": 30", "$.grades.general.longest.none")]
    [DataRow("\"none\": true", "\"none\": false", "$.grades.minor.shortest.none")]
    public void TryParse_OtherDocument_IsRefusedWithThePlace(string from, string to, string path)
    {
        Assert.IsFalse(RulePack.TryParse(Encoding.UTF8.GetBytes(Demo.With(from, to)), out RulePack? pack, out ParseProblem? problem));

        Assert.IsNull(pack);
        Assert.AreEqual(path, problem.Path);
    }

    [TestMethod]
    [DataRow("\"certainty\": \"S\"", "\"certainty\": \"X\"")]
    [DataRow("\"source\": \"Short figure for demonstrations, without legal basis\"", "\"source\": \"\"")]
    public void TryParse_FigureWithoutOrigin_IsRefused(string from, string to)
    {
        Assert.IsFalse(RulePack.TryParse(Encoding.UTF8.GetBytes(Demo.With(from, to)), out _, out ParseProblem? problem));

        Assert.AreEqual("bad-value", problem.Code);
    }

    [TestMethod]
    public void TryCreate_NoObject_IsRefused()
    {
        Assert.IsFalse(RulePack.TryCreate(new JsonArray(), out _, out ParseProblem? problem));

        Assert.AreEqual("wrong-type", problem.Code);
    }

    [TestMethod]
    public void Catalog_TwoPacksOfOneId_AreTheCallersFault()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new RulePackCatalog(Parse(Demo), Parse(Demo)));
    }

    private static (RulePeriodUnit Unit, int Count) Figure(RulePeriod period) => (period.Unit, period.Count);

    private static RulePack Parse(string text)
    {
        Assert.IsTrue(RulePack.TryParse(Encoding.UTF8.GetBytes(text), out RulePack? pack, out ParseProblem? problem), problem?.ToString());
        return pack;
    }
}
