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
    [DataRow("cn-ndrc-36-2025", "0x887d65aff2c996ba7b65b5ff3dcd565e0cef4d150fd74449044d69d01a2be429")]
    [DataRow("cn-samr-107-2025", "0xab910b11bbbdbc2c257803090351afa8c31ae1c4a7575f0a2542f0bdbd912912")]
    [DataRow("demo", "0x8c690a4a0980a0a12caab86100ac0bb633d16865773786bc93facc64f43a5714")]
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
    public void Shipped_DefaultPack_HasTheRulesOfRepair()
    {
        RepairRules rules = RulePackCatalog.Shipped.Find("cn-ndrc-36-2025")!.Repair;

        Assert.AreEqual("cn", rules.Calendar);
        Assert.AreEqual(RuleAuthorities.Any, rules.Authorities);
        Assert.AreEqual((RuleLimitUnit.WorkingDays, 3), (rules.Intake.Unit, rules.Intake.Count));
        Assert.AreEqual((RuleLimitUnit.WorkingDays, 5), (rules.Supplement.Unit, rules.Supplement.Count));
        Assert.AreEqual((RuleLimitUnit.WorkingDays, 7), (rules.Review.Unit, rules.Review.Count));
        Assert.AreEqual((RuleLimitUnit.WorkingDays, 10), (rules.Answer.Unit, rules.Answer.Count));
        Assert.AreEqual((RuleLimitUnit.WorkingDays, 10), (rules.Extension.Unit, rules.Extension.Count));
        Assert.AreEqual((RuleLimitUnit.Hours, 168, 604_800u), (rules.ObjectionWindow.Unit, rules.ObjectionWindow.Count, rules.ObjectionWindow.LedgerSeconds));
        Assert.IsNull(rules.Answer.LedgerSeconds);
        Assert.AreEqual((RulePeriodUnit.Months, 36), Figure(rules.FalseMaterialBar));
        Assert.AreEqual((2, 0, 1), (rules.Approvals.Value, rules.LeastInspectionScore.Value, rules.SupplementRequests.Value));
        Assert.AreEqual(10, rules.CommitmentKind);
        Assert.AreEqual("V", rules.Intake.Origin.Certainty);
        Assert.AreEqual("S", rules.Approvals.Origin.Certainty);
        Assert.AreSequenceEqual([1, 5, 10], rules.Materials.Where(m => m.Need == MaterialNeed.Always).Select(m => m.Kind));
        Assert.AreEqual(MaterialNeed.IfFined, rules.FindMaterial(6)!.Need);
        Assert.AreEqual(MaterialNeed.IfCorrected, rules.FindMaterial(7)!.Need);
        Assert.AreEqual("D05", rules.FindMaterial(5)!.Code);
        Assert.IsNull(rules.FindMaterial(63));
    }

    [TestMethod]
    public void Shipped_MarketRegulationPack_IsChosenByName()
    {
        RepairRules rules = RulePackCatalog.Shipped.Find("cn-samr-107-2025")!.Repair;

        Assert.AreEqual(RuleAuthorities.ByName, rules.Authorities);
        Assert.AreSequenceEqual(["市场监督管理", "市场监管"], rules.AuthorityNames);
        Assert.AreEqual((RuleLimitUnit.WorkingDays, 2), (rules.Intake.Unit, rules.Intake.Count));
        Assert.AreEqual((RuleLimitUnit.WorkingDays, 7, "V"), (rules.Review.Unit, rules.Review.Count, rules.Review.Origin.Certainty));
        Assert.AreEqual(RuleAuthorities.WhenNamed, RulePackCatalog.Shipped.Find("demo")!.Repair.Authorities);
    }

    [TestMethod]
    public void Shipped_Figures_OfTheDemonstrationAreMarked()
    {
        string demo = Encoding.UTF8.GetString(CanonicalJson.Write(RulePackCatalog.Shipped.Find("demo")!.Document));

        Assert.DoesNotContain("\"certainty\":\"V", demo);
        Assert.DoesNotContain("\"certainty\":\"M", demo);
    }

    [TestMethod]
    [DataRow("\"leastScore\": 60", 60)]
    [DataRow("\"none\": true", 0)]
    public void TryParse_Inspection_IsAScoreOrNone(string text, int expected)
    {
        RulePack pack = Parse(Demo.With("\"inspection\": {\n    \"none\": true", "\"inspection\": {\n    " + text));

        Assert.AreEqual(expected, pack.Repair.LeastInspectionScore.Value);
    }

    [TestMethod]
    public void TryParse_NoObjectionWindow_IsNoTime()
    {
        RulePack pack = Parse(Demo.With("\"minutes\": 10,\n      \"ledgerSeconds\": 600", "\"none\": true"));

        Assert.AreEqual((RuleLimitUnit.None, 0u), (pack.Repair.ObjectionWindow.Unit, pack.Repair.ObjectionWindow.LedgerSeconds));
    }

    [TestMethod]
    public void Dates_FirstAndLastDay_AreContained()
    {
        RulePack pack = Parse(Demo.With("\"decisions\": {", "\"decisions\": { \"until\": \"2020-12-31\","));
        bool[] contained = [.. new[] { "2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01" }
            .Select(text => CivilDate.TryParse(text, out CivilDate day) && pack.Repair.Decisions.Contains(day))];

        Assert.AreSequenceEqual([false, true, true, false], contained);
    }

    [TestMethod]
    public void CodeOf_EveryKind_IsReadBack()
    {
        for (int kind = 1; kind <= RuleMaterial.MaxKind; kind++)
        {
            Assert.IsTrue(RuleMaterial.TryParseCode(RuleMaterial.CodeOf(kind), out int read));
            Assert.AreEqual(kind, read);
        }

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => RuleMaterial.CodeOf(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => RuleMaterial.CodeOf(64));
        Assert.IsFalse(RuleMaterial.TryParseCode(null, out _));
        Assert.IsFalse(RuleMaterial.TryParseCode("E01", out _));
        Assert.IsFalse(RuleMaterial.TryParseCode("D001", out _));
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
    [DataRow("\"en\": \"Demonstration rules", "\"de\": \"Demonstration rules", "$.title.en")]
    [DataRow("\"demonstration\"", "\"law\"", "$.status")]
    [DataRow("+08:00", "+8", "$.utcOffset")]
    [DataRow("+08:00", "08:00", "$.utcOffset")]
    [DataRow("+08:00", "+24:00", "$.utcOffset")]
    [DataRow("2020-01-01", "2020-02-30", "$.inForce.from")]
    [DataRow("\"inForce\": {", "\"inForce\": { \"until\": \"2019-12-31\",", "$.inForce.until")]
    [DataRow("\"minor\"", "\"minors\"", "$.grades.minor")]
    [DataRow("\"days\": 30", "\"days\": 0", "$.grades.general.longest.days")]
    [DataRow("\"days\": 30", "\"days\": 36501", "$.grades.general.longest.days")]
    [DataRow("\"days\": 30", "\"months\": 1201", "$.grades.general.longest.months")]
    [DataRow("\"days\": 30", "\"days\": 30, \"months\": 1", "$.grades.general.longest.days")]
    [DataRow("\"days\": 30", "\"weeks\": 30", "$.grades.general.longest.none")]
    [DataRow("\"shortest\": {\n        \"none\": true", "\"shortest\": {\n        \"none\": false", "$.grades.minor.shortest.none")]
    [DataRow("\"calendar\": \"cn\"", "\"calendar\": \"\"", "$.calendar")]
    [DataRow("when-named", "some", "$.appliesTo.authorities")]
    [DataRow("when-named", "by-name", "$.appliesTo.authorityNames")]
    [DataRow("\"when-named\",", "\"any\", \"authorityNames\": [\"x\"],", "$.appliesTo.authorityNames")]
    [DataRow("\"when-named\",", "\"by-name\", \"authorityNames\": [],", "$.appliesTo.authorityNames")]
    [DataRow("\"when-named\",", "\"by-name\", \"authorityNames\": [\"x\", \"x\"],", "$.appliesTo.authorityNames")]
    [DataRow("\"when-named\",", "\"by-name\", \"authorityNames\": [\"\"],", "$.appliesTo.authorityNames[0]")]
    [DataRow("\"decisions\": {\n      \"from\": \"2020-01-01\"", "\"decisions\": {\n      \"from\": \"1970-01-01\"", "$.appliesTo.decisions.from")]
    [DataRow("\"count\": 2", "\"count\": 0", "$.approvals.count")]
    [DataRow("\"count\": 2", "\"count\": 17", "$.approvals.count")]
    [DataRow("\"count\": 2", "\"count\": 2, \"of\": 3", "$.approvals.of")]
    [DataRow("\"inspection\": {\n    \"none\": true", "\"inspection\": {\n    \"leastScore\": 0", "$.inspection.leastScore")]
    [DataRow("\"inspection\": {\n    \"none\": true", "\"inspection\": {\n    \"leastScore\": 101", "$.inspection.leastScore")]
    [DataRow("\"inspection\": {\n    \"none\": true", "\"inspection\": {\n    \"none\": false", "$.inspection.none")]
    [DataRow("\"count\": 3", "\"count\": 17", "$.supplementRequests.count")]
    [DataRow("\"falseMaterialBar\": {\n    \"days\"", "\"falseMaterialBar\": {\n    \"weeks\"", "$.falseMaterialBar.none")]
    [DataRow("\"intake\"", "\"intakes\"", "$.timeLimits.intake")]
    [DataRow("\"intake\": {\n      \"days\": 1,", "\"intake\": {\n", "$.timeLimits.intake")]
    [DataRow("\"intake\": {\n      \"days\": 1,", "\"intake\": {\n      \"days\": 366,", "$.timeLimits.intake.days")]
    [DataRow("\"intake\": {\n      \"days\": 1,", "\"intake\": {\n      \"days\": 2,", "$.timeLimits.intake.ledgerSeconds", DisplayName = "the contract would end the step too early")]
    [DataRow("\"intake\": {\n      \"days\": 1,", "\"intake\": {\n      \"hours\": 24,", "$.timeLimits.intake.ledgerSeconds", DisplayName = "hours are to the second")]
    [DataRow("\"intake\": {\n      \"days\": 1,\n      \"ledgerSeconds\": 172800", "\"intake\": {\n      \"days\": 1,\n      \"ledgerSeconds\": 31622401", "$.timeLimits.intake.ledgerSeconds")]
    [DataRow("\"ledgerSeconds\": 600", "\"ledgerSeconds\": 601", "$.timeLimits.objectionWindow.ledgerSeconds")]
    [DataRow("\"minutes\": 10,\n      \"ledgerSeconds\": 600", "\"days\": 1,\n      \"ledgerSeconds\": 172800", "$.timeLimits.objectionWindow")]
    [DataRow("\"answer\": {", "\"answer\": { \"ledgerSeconds\": 259200,", "$.timeLimits.answer.ledgerSeconds")]
    [DataRow("\"commitment\": \"D10\"", "\"commitment\": \"D06\"", "$.materials.commitment")]
    [DataRow("\"commitment\": \"D10\"", "\"commitment\": \"D64\"", "$.materials.commitment")]
    [DataRow("10485760", "16777217", "$.materials.files.maxBytes")]
    [DataRow("\"jpeg\"", "\"gif\"", "$.materials.files.types")]
    [DataRow("\"jpeg\"", "\"pdf\"", "$.materials.files.types")]
    [DataRow("\"code\": \"D02\"", "\"code\": \"D01\"", "$.materials.list[1].code")]
    [DataRow("\"code\": \"D02\"", "\"code\": \"D00\"", "$.materials.list[1].code")]
    [DataRow("\"code\": \"D02\"", "\"code\": \"D2\"", "$.materials.list[1].code")]
    [DataRow("\"if-fined\"", "\"if-rich\"", "$.materials.list[4].needed")]
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
