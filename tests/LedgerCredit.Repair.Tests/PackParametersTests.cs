using LedgerCredit.Evidence;
using LedgerCredit.Repair.Calendars;
using LedgerCredit.Repair.Packs;
using LedgerCredit.Testing;

namespace LedgerCredit.Repair.Tests;

[TestClass]
public sealed class PackParametersTests
{
    private const uint Day = 86_400;

    [TestMethod]
    public void Of_DefaultPack_IsWhatTheSpecificationSays()
    {
        PackParameters expected = new(
            RequiredMaterials: (1 << 1) | (1 << 5) | (1 << 10),
            CommitmentMaterial: 10,
            Approvals: 2,
            LeastInspectionScore: 0,
            SupplementRequests: 1,
            IntakePeriod: 15 * Day,
            SupplementPeriod: 18 * Day,
            ReviewPeriod: 21 * Day,
            ObjectionWindow: 7 * Day,
            ArbitrationPeriod: 25 * Day,
            FalseMaterialBar: 1097 * Day,
            DecidedFrom: TestPacks.Instant("1970-01-02T00:00:00+08:00"),
            DecidedUntil: 0,
            LeastForMinor: 0,
            LeastForGeneral: 90 * Day,
            LeastForSerious: 366 * Day);

        Assert.AreEqual(expected, PackParameters.Of(TestPacks.Default));
    }

    [TestMethod]
    public void Of_DemoPack_IsShort()
    {
        PackParameters demo = PackParameters.Of(TestPacks.Demo);

        Assert.AreEqual((600u, 2 * Day, 8 * Day), (demo.ObjectionWindow, demo.IntakePeriod, demo.FalseMaterialBar));
        Assert.AreEqual((0u, 2 * Day, 8 * Day), (demo.LeastForMinor, demo.LeastForGeneral, demo.LeastForSerious));
        Assert.AreEqual(TestPacks.Instant("2020-01-01T00:00:00+08:00"), demo.DecidedFrom);
    }

    [TestMethod]
    public void Of_PackWithALastDayOfDecision_EndsTheDayAfter()
    {
        RulePack pack = TestPacks.With(
            "\"decisions\": {", "\"decisions\": { \"until\": \"2020-12-31\",",
            "\"inspection\": {\n    \"none\": true", "\"inspection\": {\n    \"leastScore\": 60",
            "\"minutes\": 10,\n      \"ledgerSeconds\": 600", "\"none\": true",
            "+08:00", "-05:30");

        PackParameters parameters = PackParameters.Of(pack);

        Assert.AreEqual(TestPacks.Instant("2020-01-01T00:00:00-05:30"), parameters.DecidedFrom);
        Assert.AreEqual(TestPacks.Instant("2021-01-01T00:00:00-05:30"), parameters.DecidedUntil);
        Assert.AreEqual((60, 0u), (parameters.LeastInspectionScore, parameters.ObjectionWindow));
    }

    [TestMethod]
    [DataRow(1, 29, 32)]
    [DataRow(3, 90, 93)]
    [DataRow(12, 366, 367)]
    [DataRow(36, 1096, 1097)]
    [DataRow(48, 1461, 1462, DisplayName = "four years over 2100, which is no leap year")]
    public void Of_PeriodOfMonths_HasTheLeastAndTheMostDays(int months, int least, int most)
    {
        RulePack pack = TestPacks.With(
            "\"days\": 1,\n        \"source\"", $"\"months\": {months},\n        \"source\"",
            "\"falseMaterialBar\": {\n    \"days\": 7", $"\"falseMaterialBar\": {{\n    \"months\": {months}");

        PackParameters parameters = PackParameters.Of(pack);

        Assert.AreEqual(((uint)least * Day, (uint)most * Day), (parameters.LeastForGeneral, parameters.FalseMaterialBar));
    }

    [TestMethod]
    public void Of_EveryDecisionOfSomeYears_KeepsTheLeastOfItsGrade()
    {
        // What terms say must pass the contract's check, which knows only the least seconds.
        foreach (RulePack pack in RulePackCatalog.Shipped.Packs)
        {
            PackParameters parameters = PackParameters.Of(pack);
            for (DateOnly day = new(2024, 1, 1); day.Year < 2029; day = day.AddDays(1))
            {
                long general = pack.General.Shortest.LastDay(CivilDate.FromDateOnly(day))!.Value + 1 - CivilDate.FromDateOnly(day).DaysSinceEpoch;
                Assert.IsGreaterThanOrEqualTo(parameters.LeastForGeneral, (uint)general * Day, $"{pack.Id} {day:O}");
            }
        }
    }

    [TestMethod]
    public void Shipped_WorkingDays_EndOnTheLedgerAfterTheirDay()
    {
        // The contract must not end a step before its last day is over, wherever in the published years it begins.
        foreach (RulePack pack in RulePackCatalog.Shipped.Packs)
        {
            RepairRules rules = pack.Repair;
            PackDeadlines deadlines = new(pack, WorkingDayCalendar.China);
            foreach (RuleLimit limit in new[] { rules.Intake, rules.Supplement, rules.Review, rules.ObjectionWindow, rules.Arbitration })
            {
                for (DateOnly day = new(2018, 12, 20); day < new DateOnly(2026, 11, 20); day = day.AddDays(1))
                {
                    ulong begin = PackDays.StartOf(pack, day);
                    Assert.IsLessThanOrEqualTo(begin + limit.LedgerSeconds!.Value, deadlines.Of(limit, begin)!.Until, $"{pack.Id} {day:O}");
                }
            }
        }
    }

    [TestMethod]
    public void Fields_OfTheParameters_AreThoseOfTheContract()
    {
        string contract = File.ReadAllText(RepositoryFiles.Path("contracts", "src", "interfaces", "IRulePacks.sol"));
        string body = contract[(contract.IndexOf("struct Pack {", StringComparison.Ordinal) + 13)..];
        string[] expected = [.. body[..body.IndexOf('}', StringComparison.Ordinal)]
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(field => field.Split(' ')).Select(words => $"{words[0]} {words[1]}")];
        Dictionary<Type, string> types = new()
        {
            [typeof(ulong)] = "uint64",
            [typeof(uint)] = "uint32",
            [typeof(byte)] = "uint8",
        };

        string[] fields = [.. typeof(PackParameters).GetConstructors().Single(c => c.GetParameters().Length > 1).GetParameters()
            .Select(p => $"{types[p.ParameterType]} {char.ToLowerInvariant(p.Name![0])}{p.Name[1..]}")];

        Assert.AreSequenceEqual(expected, fields);
    }
}
