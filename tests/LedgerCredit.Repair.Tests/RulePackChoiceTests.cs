using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Packs;

namespace LedgerCredit.Repair.Tests;

[TestClass]
public sealed class RulePackChoiceTests
{
    private const string MarketRegulator = "示例市市场监督管理局";
    private const string OtherAuthority = "示例市应急管理局";

    [TestMethod]
    [DataRow(OtherAuthority, "2026-04-01", "cn-ndrc-36-2025", RulePackReason.Default)]
    [DataRow(OtherAuthority, "2026-03-31", "cn-ndrc-36-2025", RulePackReason.Transitional)]
    [DataRow(OtherAuthority, "2019-10-10", "cn-ndrc-36-2025", RulePackReason.Transitional)]
    [DataRow(MarketRegulator, "2025-12-25", "cn-samr-107-2025", RulePackReason.AuthorityName)]
    [DataRow(MarketRegulator, "2026-05-01", "cn-samr-107-2025", RulePackReason.AuthorityName)]
    [DataRow(MarketRegulator, "2025-12-24", "cn-ndrc-36-2025", RulePackReason.Transitional)]
    [DataRow("示例县市场监管综合行政执法大队", "2026-05-01", "cn-samr-107-2025", RulePackReason.AuthorityName)]
    [DataRow("", "2026-05-01", "cn-ndrc-36-2025", RulePackReason.Default)]
    public void Find_AuthorityAndDate_ChooseThePack(string authority, string decidedOn, string id, RulePackReason reason)
    {
        RulePackChoice? choice = RulePackChoice.Find(RulePackCatalog.Shipped, authority, TestPacks.Date(decidedOn));

        Assert.IsNotNull(choice);
        Assert.AreEqual((id, reason), (choice.Pack.Id, choice.Reason));
    }

    [TestMethod]
    public void Find_TransitionalDecision_OffersTheOtherLegalPack()
    {
        RulePackChoice? choice = RulePackChoice.Find(RulePackCatalog.Shipped, OtherAuthority, TestPacks.Date("2026-01-15"));

        Assert.AreSequenceEqual(["cn-samr-107-2025"], choice!.Alternatives.Select(pack => pack.Id));
        Assert.AreEqual("transitional", choice.Reason.ToName());
    }

    [TestMethod]
    public void Find_OnlyPacksThatMustBeNamed_FindsNone()
    {
        Assert.IsNull(RulePackChoice.Find(new RulePackCatalog(TestPacks.Demo), OtherAuthority, TestPacks.Date("2026-05-01")));
    }

    [TestMethod]
    public void Find_DecisionOutsideAllPacks_FindsNone()
    {
        Assert.IsNull(RulePackChoice.Find(RulePackCatalog.Shipped, OtherAuthority, TestPacks.Date("1970-01-01")));
    }

    // A pack is data: these come from text alone, with ids that no code knows.
    [TestMethod]
    [DataRow("2026-12-31", "cn-ndrc-36-2025", RulePackReason.Default)]
    [DataRow("2027-01-01", "xx-new-2027", RulePackReason.Default)]
    [DataRow("2022-06-01", "xx-old-2022", RulePackReason.Default)]
    [DataRow("2023-01-01", "cn-ndrc-36-2025", RulePackReason.Transitional)]
    public void Find_PacksFromFiles_AreChosenLikeShippedOnes(string decidedOn, string id, RulePackReason reason)
    {
        RulePack next = TestPacks.With("\"demo\"", "\"xx-new-2027\"", "demonstration", "in-force", "when-named", "any", "2020-01-01", "2027-01-01");
        RulePack old = TestPacks.With(
            "\"demo\"", "\"xx-old-2022\"",
            "demonstration", "historic",
            "when-named", "any",
            "\"inForce\": {", "\"inForce\": { \"until\": \"2022-12-31\",",
            "\"decisions\": {", "\"decisions\": { \"until\": \"2022-12-31\",");
        RulePackCatalog packs = new([.. RulePackCatalog.Shipped.Packs, next, old]);

        RulePackChoice? choice = RulePackChoice.Find(packs, OtherAuthority, TestPacks.Date(decidedOn));

        Assert.AreEqual((id, reason), (choice!.Pack.Id, choice.Reason));
        Assert.AreEqual(600u, PackParameters.Of(next).ObjectionWindow);
    }

    [TestMethod]
    public void TryName_PackOfTheDay_IsTaken()
    {
        Assert.IsTrue(RulePackChoice.TryName(RulePackCatalog.Shipped, "demo", TestPacks.Date("2020-01-01"), out RulePack? pack, out _));

        Assert.AreSame(TestPacks.Demo, pack);
    }

    [TestMethod]
    [DataRow("demo", "2019-12-31", "rule-pack-dates")]
    [DataRow("other", "2026-05-01", "unknown-rule-pack")]
    public void TryName_OtherPackOrDay_IsRefused(string id, string decidedOn, string code)
    {
        Assert.IsFalse(RulePackChoice.TryName(RulePackCatalog.Shipped, id, TestPacks.Date(decidedOn), out RulePack? pack, out ParseProblem? problem));

        Assert.IsNull(pack);
        Assert.AreEqual(code, problem.Code);
    }

    [TestMethod]
    public void ToName_EveryReason_IsStable()
    {
        Assert.AreSequenceEqual(
            ["none", "authority-name", "default", "transitional"],
            Enum.GetValues<RulePackReason>().Select(reason => reason.ToName()));
    }
}
