using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Plans;

namespace LedgerCredit.Repair.Tests;

[TestClass]
public sealed class RepairPlannerTests
{
    private const string Now = "2026-08-03T12:00:00+08:00";

    [TestMethod]
    public void Plan_GeneralSanction_NamesEachDayAndHowFarItIs()
    {
        RepairPlan plan = Plan(TestPacks.Default, """{"grade":"general","decidedOn":"2026-05-31"}""");

        Assert.AreEqual(PlanObstacle.None, plan.Obstacle);
        Assert.AreEqual(new DateOnly(2026, 8, 3), plan.Today);
        Assert.AreEqual(new PlannedDay(new DateOnly(2026, 5, 31), -64), plan.Decided);
        Assert.AreEqual(new PlannedDay(new DateOnly(2026, 8, 31), 28), plan.ShortestPeriodEnds);
        Assert.AreEqual(new PlannedDay(new DateOnly(2026, 9, 1), 29), plan.Earliest);
        Assert.AreEqual(new PlannedDay(new DateOnly(2027, 5, 31), 301), plan.PublicationEnds);
        Assert.IsNull(plan.AttachedTermEnds);
    }

    [TestMethod]
    public void Plan_MinorSanction_HasNoShortestPeriod()
    {
        RepairPlan plan = Plan(TestPacks.Default, """{"grade":"minor","decidedOn":"2026-08-01"}""");

        Assert.IsNull(plan.ShortestPeriodEnds);
        Assert.AreEqual(new DateOnly(2026, 8, 1), plan.Earliest!.Day);
    }

    [TestMethod]
    public void Plan_AttachedTerm_PutsTheEarliestDayBehindIt()
    {
        RepairPlan plan = Plan(TestPacks.Default, """{"grade":"minor","decidedOn":"2026-08-01","attachedTermUntil":"2026-12-31"}""");

        Assert.AreEqual(new DateOnly(2026, 12, 31), plan.AttachedTermEnds!.Day);
        Assert.AreEqual(new DateOnly(2027, 1, 1), plan.Earliest!.Day);
    }

    [TestMethod]
    [DataRow("2026-08-31T23:59:59+08:00", 1)]
    [DataRow("2026-09-01T00:00:00+08:00", 0)]
    [DataRow("2026-09-01T23:59:59+08:00", 0)]
    [DataRow("2026-09-02T00:00:00+08:00", -1)]
    public void Plan_AroundMidnight_CountsDaysInThePacksZone(string now, int daysAway)
    {
        Assert.AreEqual(daysAway, Plan(TestPacks.Default, """{"grade":"general","decidedOn":"2026-05-31"}""", now: now).Earliest!.DaysAway);
    }

    [TestMethod]
    public void Plan_SaysNotRepairable_HasThatObstacleWhateverTheLedgerSays()
    {
        RepairPlan plan = Plan(TestPacks.Default, """{"grade":"general","decidedOn":"2026-05-31","repairable":false}""", proven: PlanObstacle.UnderRepair);

        Assert.AreEqual(PlanObstacle.NotRepairable, plan.Obstacle);
        Assert.IsNull(plan.Earliest);
    }

    [TestMethod]
    public void Plan_NoGrade_HasNoRules()
    {
        RepairPlan plan = Plan(null, """{"grade":"none","publicUntil":"2030-01-01"}""");

        Assert.AreEqual(PlanObstacle.NoRules, plan.Obstacle);
        Assert.IsEmpty(plan.Materials);
        Assert.IsNull(plan.Earliest);
        Assert.AreEqual(new DateOnly(2030, 1, 1), plan.PublicationEnds!.Day);
    }

    [TestMethod]
    [DataRow(PlanObstacle.Repaired)]
    [DataRow(PlanObstacle.UnderRepair)]
    [DataRow(PlanObstacle.Annulled)]
    public void Plan_LedgerSaysOtherwise_IsTold(PlanObstacle proven)
    {
        Assert.AreEqual(proven, Plan(TestPacks.Default, """{"grade":"minor","decidedOn":"2026-08-01"}""", proven: proven).Obstacle);
    }

    [TestMethod]
    [DataRow("""{"penalties":["警告"]}""", false, false, "D01 D05 D10")]
    [DataRow("""{"penalties":["罚款"]}""", false, false, "D01 D05 D06 D10")]
    [DataRow("""{"penalties":["没收违法所得"]}""", false, false, "D01 D05 D06 D10")]
    [DataRow("""{"penalties":["警告"],"fineYuan":"100.00"}""", false, false, "D01 D05 D06 D10")]
    [DataRow("""{"penalties":["警告"],"confiscatedYuan":"0.01"}""", false, false, "D01 D05 D06 D10")]
    [DataRow("""{"penalties":["警告"],"fineYuan":"0.00"}""", false, false, "D01 D05 D10")]
    [DataRow("""{"penalties":["警告","其他-责令改正"]}""", false, false, "D01 D05 D07 D10")]
    [DataRow("""{"penalties":["责令限期整改"]}""", false, false, "D01 D05 D07 D10")]
    [DataRow("""{"penalties":["责令停产停业"]}""", false, false, "D01 D05 D10")]
    [DataRow("""{"penalties":["警告"]}""", true, false, "D01 D05 D07 D10")]
    [DataRow("""{"penalties":["警告"]}""", false, true, "D01 D02 D03 D05 D10")]
    public void Plan_CompleteRecord_NamesTheMaterialsThatChecksWillAskFor(string claims, bool corrected, bool agent, string expected)
    {
        string all = claims.Replace("{", """{"grade":"general","decidedOn":"2026-05-31",""", StringComparison.Ordinal);
        RepairPlan plan = Plan(TestPacks.Default, all, corrected: corrected, agent: agent);

        Assert.AreEqual(expected, CodesOf(plan, PlannedNeed.Needed));
        Assert.AreEqual("", CodesOf(plan, PlannedNeed.Unknown));
        Assert.IsEmpty(plan.Withheld);

        // The plan and the checks before an application must never disagree.
        Assert.IsTrue(SanctionFacts.TryCreate(RecordOf(all), corrected, agent, out SanctionFacts? facts, out RecordProblem? problem), problem?.ToString());
        Assert.AreEqual(expected, string.Join(' ', MaterialChecks.Needed(TestPacks.Default.Repair, facts).Select(material => material.Code)));
        Assert.AreEqual(facts.DueYuan, plan.DueYuan ?? 0);
    }

    [TestMethod]
    [DataRow("{}", "D06 D07", "fineYuan confiscatedYuan penalties")]
    [DataRow("""{"penalties":["警告"]}""", "D06", "fineYuan confiscatedYuan")]
    [DataRow("""{"penalties":["责令改正"]}""", "D06", "fineYuan confiscatedYuan")]
    [DataRow("""{"fineYuan":"5.00","confiscatedYuan":"1.00"}""", "D07", "penalties")]
    [DataRow("""{"penalties":["罚款"],"fineYuan":"5.00","confiscatedYuan":"1.00"}""", "", "")]
    public void Plan_WithheldClaims_AreUnknownAndNeverGuessed(string claims, string unknown, string withheld)
    {
        RepairPlan plan = Plan(TestPacks.Default, """{"grade":"general","decidedOn":"2026-05-31"}""", disclosed: claims);

        Assert.AreEqual(unknown, CodesOf(plan, PlannedNeed.Unknown));
        Assert.AreEqual(withheld, string.Join(' ', plan.Withheld));
    }

    [TestMethod]
    public void Plan_OneAmountWithheld_SaysThatMoreMayBeDue()
    {
        RepairPlan plan = Plan(TestPacks.Default, """{"grade":"general","decidedOn":"2026-05-31"}""", disclosed: """{"penalties":["罚款"],"fineYuan":"5.00"}""");

        Assert.AreEqual(5.00m, plan.DueYuan);
        Assert.IsTrue(plan.IsDueUncertain);
        Assert.AreEqual("confiscatedYuan", string.Join(' ', plan.Withheld));
    }

    [TestMethod]
    public void Plan_EveryMaterialOfAPack_HasAReasonInBothLanguages()
    {
        foreach (RulePack pack in RulePackCatalog.Shipped.Packs)
        {
            RepairPlan plan = Plan(pack, """{"grade":"serious","decidedOn":"2026-05-31"}""", disclosed: "{}");
            Assert.HasCount(pack.Repair.Materials.Count, plan.Materials);
            foreach (PlannedMaterial material in plan.Materials)
            {
                Assert.AreNotEqual("", material.Why.English, material.Material.Code);
                Assert.AreNotEqual("", material.Why.Chinese, material.Material.Code);
                Assert.IsNotNull(material.IssuedBy, material.Material.Code);
            }
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Plan_TimesBeyondTheCalendar_AreRefusedAndNeverThrow(int which)
    {
        foreach (ulong moment in (ulong[])[253_402_300_800, ulong.MaxValue / 2, ulong.MaxValue])
        {
            SanctionTerms terms = TermsOf(TestPacks.Default, """{"grade":"minor","decidedOn":"2026-08-01"}""");
            terms = which switch
            {
                0 => terms with { DecidedAt = moment },
                1 => terms with { EarliestRepairAt = moment },
                2 => terms with { PublicUntil = moment == 253_402_300_800 ? moment + 1 : moment },
                _ => terms with { AttachedTermUntil = moment },
            };

            Assert.IsFalse(RepairPlanner.TryCreate(Input(terms, "{}", isComplete: false), TestPacks.Default, out _, out ParseProblem? problem));
            Assert.AreEqual("terms-range", problem.Code);
        }
    }

    [TestMethod]
    public void Plan_PublicToTheEndOfTheCalendar_IsShown()
    {
        Assert.AreEqual(
            new DateOnly(9999, 12, 31),
            Plan(TestPacks.Default, """{"grade":"minor","decidedOn":"2026-08-01","publicUntil":"9999-12-31"}""").PublicationEnds!.Day);
    }

    [TestMethod]
    public void Plan_AnotherPackThanThatOfTheTerms_IsTheCallersBug()
    {
        SanctionTerms terms = TermsOf(TestPacks.Default, """{"grade":"minor","decidedOn":"2026-08-01"}""");

        Assert.ThrowsExactly<ArgumentException>(() => RepairPlanner.TryCreate(Input(terms, "{}", isComplete: true), TestPacks.Demo, out _, out _));
    }

    [TestMethod]
    [DataRow(SanctionGrade.Minor)]
    [DataRow(SanctionGrade.General)]
    [DataRow(SanctionGrade.Serious)]
    public void Figures_OfEachGrade_HaveSourceAndCertainty(SanctionGrade grade)
    {
        foreach (RulePack pack in RulePackCatalog.Shipped.Packs)
        {
            IReadOnlyList<PackFigure> figures = PackFigures.Of(pack, grade);

            Assert.HasCount(14 + pack.Repair.Materials.Count, figures);
            Assert.IsTrue(figures.All(figure => figure.Source.Length > 0 && figure.Certainty is "V" or "V~" or "M" or "S"));
        }

        Assert.AreEqual("7 working days", Figure("Review").Value.English);
        Assert.AreEqual("7 个工作日", Figure("Review").Value.Chinese);
        Assert.AreEqual("36 months", Figure("Bar after false material").Value.English);
        Assert.AreEqual("none", Figure("Least inspection score").Value.English);

        PackFigure Figure(string what) => PackFigures.Of(TestPacks.Default, grade).Single(figure => figure.What.English == what);
    }

    private static string CodesOf(RepairPlan plan, PlannedNeed need) =>
        string.Join(' ', plan.Materials.Where(material => material.Need == need).Select(material => material.Material.Code));

    [TestMethod]
    [DataRow("2026-05-31", "2026-09-01")]
    [DataRow("2026-01-31", "2026-08-10")]
    public void Plan_AppliedToday_WaitsForTheObjectionWindow(string decidedOn, string soonest)
    {
        RepairPlan plan = Plan(TestPacks.Default, $$"""{"grade":"general","decidedOn":"{{decidedOn}}"}""");

        Assert.AreEqual(DateOnly.ParseExact(soonest, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), plan.IfAppliedNow!.Day);
        Assert.AreEqual("7 days", LimitTexts.Of(TestPacks.Default.Repair.ObjectionWindow).English);
        Assert.AreEqual("7 日", LimitTexts.Of(TestPacks.Default.Repair.ObjectionWindow).Chinese);
        Assert.IsNull(plan.RevokedOn);
        Assert.IsNull(plan.BarredUntil);
    }

    [TestMethod]
    public void Plan_RevokedRepair_WaitsForTheBar()
    {
        const string revoked = "2026-08-01T09:00:00+08:00";
        ulong until = TestPacks.Instant(revoked) + LedgerCredit.Repair.Packs.PackParameters.Of(TestPacks.Default).FalseMaterialBar;

        RepairPlan plan = Plan(TestPacks.Default, """{"grade":"general","decidedOn":"2026-01-31"}""", revoked: revoked);

        Assert.AreEqual(PlanObstacle.None, plan.Obstacle);
        Assert.AreEqual(new PlannedDay(new DateOnly(2026, 8, 1), -2), plan.RevokedOn);
        Assert.AreEqual(LedgerCredit.Repair.Packs.PackDays.DayOf(TestPacks.Default, until), plan.BarredUntil!.Day);
        Assert.AreEqual(plan.BarredUntil, plan.Earliest);
        Assert.AreEqual(plan.BarredUntil.Day.AddDays(7), plan.IfAppliedNow!.Day);
    }

    private static RepairPlan Plan(
        RulePack? pack,
        string claims,
        string? disclosed = null,
        bool corrected = false,
        bool agent = false,
        PlanObstacle proven = PlanObstacle.None,
        string now = Now,
        string? revoked = null)
    {
        PlanInput input = Input(TermsOf(pack, claims), disclosed ?? claims, disclosed is null) with
        {
            OrdersCorrection = corrected,
            HasAgent = agent,
            Proven = proven,
            Now = TestPacks.Instant(now),
            RevokedAt = revoked is null ? 0 : TestPacks.Instant(revoked),
        };
        Assert.IsTrue(RepairPlanner.TryCreate(input, pack, out RepairPlan? plan, out ParseProblem? problem), problem?.ToString());
        return plan;
    }

    private static PlanInput Input(SanctionTerms terms, string claims, bool isComplete) =>
        new(terms, Json(claims), isComplete, OrdersCorrection: false, HasAgent: false, PlanObstacle.None, TestPacks.Instant(Now));

    private static SanctionTerms TermsOf(RulePack? pack, string claims)
    {
        string withPack = pack is null ? claims : claims.Replace("{", $$"""{"rulePack":"{{pack.Id}}",""", StringComparison.Ordinal);
        Assert.IsTrue(SanctionTerms.TryCreate(RecordOf(withPack), RulePackCatalog.Shipped, Bytes32.Zero, Bytes32.Zero, out SanctionTerms? terms, out RecordProblem? problem), problem?.ToString());
        return terms;
    }

    private static CreditRecord RecordOf(string claims)
    {
        string common = claims.Contains("\"grade\":\"none\"", StringComparison.Ordinal)
            ? """{"authorityName":"Example Bureau",""" + claims[1..]
            : """{"authorityName":"Example Bureau","decisionNo":"1","violation":"v","basis":"b",""" + Missing(claims, "penalties", "[\"警告\"]") + Missing(claims, "rulePack", "\"demo\"") + claims[1..];
        string json = $$"""{"kind":"sanction","id":"1","issuer":"example-authority","subject":"x-example:1","issuedAt":"2026-05-31T00:00:00Z","claims":{{common}}}""";
        Assert.IsTrue(CreditRecord.TryParse(Encoding.UTF8.GetBytes(json), new RecordRules(), out CreditRecord? record, out IReadOnlyList<RecordProblem> problems), problems.Count > 0 ? problems[0].ToString() : "");
        return record;
    }

    private static string Missing(string claims, string name, string value) =>
        claims.Contains($"\"{name}\"", StringComparison.Ordinal) ? "" : $"\"{name}\":{value},";

    private static JsonObject Json(string text)
    {
        Assert.IsTrue(StrictJson.TryParse(Encoding.UTF8.GetBytes(text), JsonLimits.Record, out JsonValue? value, out ParseProblem? problem), problem?.ToString());
        return (JsonObject)value;
    }
}
