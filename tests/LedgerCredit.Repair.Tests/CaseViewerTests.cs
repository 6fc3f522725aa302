using LedgerCredit.Repair.Calendars;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Packs;
using LedgerCredit.Testing;

namespace LedgerCredit.Repair.Tests;

[TestClass]
public sealed class CaseViewerTests
{
    private static readonly CaseViewer Viewer = new(TestPacks.Default, WorkingDayCalendar.China);
    private static readonly ulong Opened = TestPacks.Instant("2026-09-24T09:00:00+08:00");
    private static readonly ulong Begun = TestPacks.Instant("2026-09-28T15:00:00+08:00");

    [TestMethod]
    public void View_FreshCase_SaysWhatTheApplicantAndTheAuthorityOwe()
    {
        CaseView view = Viewer.View(Open(asOf: Opened + 60, materials: 1 << 1));

        Assert.AreSequenceEqual(
            ["C1 Waiting Time", "C2 Missing Authority", "C3 Missing Applicant", "C4 Missing Applicant", "C5 Missing Reviewers", "C6 Waiting Time",
                "C7 Met None", "C8 Met Time", "C9 Met Time", "C10 Met None", "C11 Met Admin"],
            view.Conditions.Select(c => $"{c.Code} {c.State} {c.Owner}"));
        Assert.AreEqual("Missing: D05 Decision on the penalty, D10 Letter of commitment to credit repair.", view.Conditions[3].Missing!.English);
        Assert.Contains("信用修复承诺书", view.Conditions[2].Missing!.Chinese);
        Assert.AreEqual("It holds from 2026-10-30 on.", view.Conditions[0].Missing!.English);
        Assert.AreEqual(TestPacks.Instant("2026-10-30T00:00:00+08:00"), view.Conditions[0].HoldsFrom);
        Assert.IsNull(view.Conditions[6].Missing);
        Assert.IsNull(view.Conditions[1].Due);

        Assert.AreSequenceEqual([CaseParty.Applicant, CaseParty.Authority], view.Steps.Select(step => step.Party));
        Assert.AreSequenceEqual([CaseAct.Supplement, CaseAct.TakeIn], view.Steps.Select(step => step.Act));
        CaseDue due = view.Steps[1].Due!;
        Assert.AreEqual(TestPacks.Default.Repair.Intake, due.Limit);
        Assert.AreEqual((new DateOnly(2026, 9, 30), false, false), (due.ByRule!.Day, due.IsLate, due.IsOverdue));
        Assert.AreEqual(new Deadline(new DateOnly(2026, 10, 15), TestPacks.Instant("2026-10-16T00:00:00+08:00"), false), view.Answer);
    }

    [TestMethod]
    public void View_CompleteOpenCase_AsksTheAuthorityAlone()
    {
        CaseView view = Viewer.View(Open(Opened + 60, (1 << 1) | (1 << 5) | (1 << 10)) with { Conditions = Holding(3, 4, 7, 8, 9, 10, 11) });

        Assert.AreSequenceEqual([CaseParty.Authority], view.Steps.Select(step => step.Party));
    }

    [TestMethod]
    public void View_SupplementAsked_IsDueFromTheApplicant()
    {
        CaseSnapshot snapshot = Open(Opened + 60, 1 << 1) with { Stage = CaseStage.SupplementAsked };

        CaseView view = Viewer.View(snapshot);

        Assert.AreSequenceEqual([CaseParty.Applicant], view.Steps.Select(step => step.Party));
        Assert.AreEqual(new DateOnly(2026, 10, 9), view.Steps[0].Due!.ByRule!.Day);
        Assert.AreEqual(view.Steps[0].Due, view.Conditions[3].Due);
        Assert.IsNull(view.Conditions[4].Due);
    }

    [TestMethod]
    public void View_Review_SaysWhoseFactsAreMissing()
    {
        CaseView view = Viewer.View(Review(Begun + 60, 1, 3, 4, 7, 8, 9, 10, 11) with { Approvals = 1 });

        Assert.AreSequenceEqual([CaseParty.Authority, CaseParty.Reviewers], view.Steps.Select(step => step.Party));
        Assert.AreSequenceEqual([CaseAct.Confirm, CaseAct.Approve], view.Steps.Select(step => step.Act));
        Assert.StartsWith("Approvals that count: 1 of 2", view.Conditions[4].Missing!.English);
        Assert.AreEqual(new DateOnly(2026, 10, 13), view.Conditions[1].Due!.ByRule!.Day);
        Assert.AreEqual("It holds from 2026-10-05 15:00:00 (UTC+8) on.", view.Conditions[5].Missing!.English);
    }

    [TestMethod]
    public void View_Objections_AreOwedByArbiters()
    {
        ulong raised = TestPacks.Instant("2026-09-29T10:00:00+08:00");
        CaseSnapshot snapshot = Review(raised + 60, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11) with
        {
            Objections = [new OpenObjection(raised + 50, raised + 2_160_050), new OpenObjection(raised, raised + 2_160_000)],
        };

        CaseView view = Viewer.View(snapshot);

        Assert.AreEqual((CaseParty.Arbiters, ConditionState.Missing), (view.Conditions[5].Owner, view.Conditions[5].State));
        Assert.AreEqual("Open objections: 2.", view.Conditions[5].Missing!.English);
        Assert.AreEqual(raised + 2_160_000, view.Conditions[5].Due!.OnLedger);
        Assert.AreSequenceEqual([CaseParty.Arbiters, CaseParty.Arbiters], view.Steps.Select(step => step.Party));
    }

    [TestMethod]
    public void View_TimesBeyondTheCalendar_AreShownAsItsEnd()
    {
        CaseSnapshot snapshot = Open(Opened + 60, 1 << 1) with { EarliestRepairAt = (1UL << 40) - 1, AttachedTermUntil = (1UL << 40) - 1, Conditions = Holding(7, 9, 10, 11) };

        CaseView view = Viewer.View(snapshot);

        Assert.StartsWith("It holds from 9999-12-31", view.Conditions[0].Missing!.English);
        Assert.AreEqual((1UL << 40) - 1, view.Conditions[7].HoldsFrom);
    }

    [TestMethod]
    public void View_OnlyTimeMissing_LeavesNobodyToAct()
    {
        Assert.IsEmpty(Viewer.View(Review(Begun + 60, 2, 3, 4, 5, 7, 8, 9, 10, 11)).Steps);
    }

    [TestMethod]
    public void View_EverythingThere_CanBeTriggeredByAnyone()
    {
        CaseView view = Viewer.View(Review(Begun + 10_000_000, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));

        Assert.AreSequenceEqual([CaseParty.Anyone], view.Steps.Select(step => step.Party));
        Assert.Contains("Trigger", view.Steps[0].What.English);
    }

    [TestMethod]
    [DataRow(-1, false)]
    [DataRow(0, true)]
    public void View_RuleDayOver_IsLateToTheSecond(int second, bool isLate)
    {
        ulong end = TestPacks.Instant("2026-10-14T00:00:00+08:00");

        CaseDue due = Viewer.View(Review((ulong)((long)end + second), 1, 3, 4, 7, 8, 9, 10, 11)).Conditions[1].Due!;

        Assert.AreEqual((isLate, false), (due.IsLate, due.IsOverdue));
    }

    [TestMethod]
    [DataRow(-1, false, false, "")]
    [DataRow(0, true, false, "Escalate the overdue step.")]
    [DataRow(0, true, true, "End the overdue case: it lapses.")]
    public void View_LedgerTimeOver_LetsAnyoneMoveTheCaseOn(int second, bool isOverdue, bool isEscalated, string what)
    {
        CaseSnapshot snapshot = Review(0, 1, 3, 4, 7, 8, 9, 10, 11) with { IsEscalated = isEscalated };

        CaseView view = Viewer.View(snapshot with { AsOf = (ulong)((long)snapshot.DueAt + second) });

        Assert.AreEqual(isOverdue, view.Conditions[1].Due!.IsOverdue);
        Assert.AreEqual(what, view.Steps.FirstOrDefault(step => step.Party == CaseParty.Anyone)?.What.English ?? "");
    }

    [TestMethod]
    public void View_SupplementOverdue_LapsesAtOnce()
    {
        CaseSnapshot snapshot = Open(0, 1 << 1) with { Stage = CaseStage.SupplementAsked };

        Assert.Contains("lapses", Viewer.View(snapshot with { AsOf = snapshot.DueAt }).Steps[^1].What.English);
    }

    [TestMethod]
    public void View_ReviewOverdueWithAllFacts_CannotBeEscalated()
    {
        CaseSnapshot snapshot = Review(0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

        Assert.IsEmpty(Viewer.View(snapshot with { AsOf = snapshot.DueAt }).Steps);
    }

    [TestMethod]
    public void View_ObjectionOverdue_CanBeEscalated()
    {
        CaseSnapshot snapshot = Review(Begun + 500, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11) with { Objections = [new OpenObjection(Begun, Begun + 500)] };

        Assert.AreSequenceEqual([CaseParty.Arbiters, CaseParty.Anyone], Viewer.View(snapshot).Steps.Select(step => step.Party));
    }

    [TestMethod]
    [DataRow(2_591_999, CaseParty.Admin)]
    [DataRow(2_592_000, CaseParty.Anyone)]
    public void View_Pause_IsEndedByTheAdminAndLaterByAnyone(int pausedFor, CaseParty party)
    {
        CaseView view = Viewer.View(Review(Begun + (ulong)pausedFor, 1, 3, 4, 7, 8, 9, 10) with { PausedAt = Begun });

        Assert.AreSequenceEqual([party], view.Steps.Select(step => step.Party));
        Assert.AreEqual((CaseParty.Admin, ConditionState.Missing), (view.Conditions[10].Owner, view.Conditions[10].State));
    }

    [TestMethod]
    [DataRow(CaseStage.Repaired)]
    [DataRow(CaseStage.Refused)]
    [DataRow(CaseStage.Withdrawn)]
    [DataRow(CaseStage.Lapsed)]
    [DataRow(CaseStage.Revoked)]
    [DataRow(CaseStage.Annulled)]
    public void View_EndedCase_OwesNothing(CaseStage stage)
    {
        CaseView view = Viewer.View(Review(Begun + 60, 1, 3, 4, 7, 8, 9, 10, 11) with { Stage = stage, DueAt = 0 });

        Assert.IsEmpty(view.Steps);
        Assert.IsNull(view.Answer);
        Assert.IsTrue(view.Conditions.All(condition => condition.Due is null));
    }

    [TestMethod]
    public void View_EveryCombination_HasTwoLanguagesAndAMissingTextExactlyWhereMissing()
    {
        for (int bits = 0; bits < 1 << CaseSnapshot.ConditionCount; bits++)
        {
            bool[] holding = [.. Enumerable.Range(0, CaseSnapshot.ConditionCount).Select(i => (bits & (1 << i)) != 0)];
            CaseView view = Viewer.View(Review(Begun + 60) with { Conditions = holding, BarredUntil = Begun, AttachedTermUntil = Begun });

            for (int i = 0; i < holding.Length; i++)
            {
                ConditionView condition = view.Conditions[i];
                Assert.AreEqual($"C{i + 1}", condition.Code);
                Assert.AreEqual(holding[i], condition.State == ConditionState.Met);
                Assert.AreEqual(holding[i], condition.Missing is null);
                Assert.IsTrue(condition.Title.Chinese.Length > 0 && (condition.Missing is null || condition.Missing.Chinese.Length > 0));
            }

            // There is a party who can act, or time that runs, or something is missing that is settled before a review begins.
            Assert.IsTrue(view.Steps.Count > 0 || view.Conditions.Any(c => c.State == ConditionState.Waiting
                || (c.State == ConditionState.Missing && c.Code is ("C3" or "C4" or "C7" or "C10" or "C11"))));
        }
    }

    [TestMethod]
    public void View_OtherNumberOfConditions_IsTheCallersFault()
    {
        Assert.ThrowsExactly<ArgumentException>(() => Viewer.View(Review(Begun) with { Conditions = new bool[10] }));
    }

    [TestMethod]
    public void Stages_OfTheCase_AreThoseOfTheContract()
    {
        string contract = File.ReadAllText(RepositoryFiles.Path("contracts", "src", "interfaces", "IRepairDesk.sol"));
        string body = contract[(contract.IndexOf("enum CaseState {", StringComparison.Ordinal) + 16)..];

        Assert.AreSequenceEqual(
            body[..body.IndexOf('}', StringComparison.Ordinal)].Split(',', StringSplitOptions.TrimEntries), Enum.GetNames<CaseStage>());
    }

    private static CaseSnapshot Open(ulong asOf, ulong materials) => new()
    {
        AsOf = asOf,
        Stage = CaseStage.Open,
        IsEscalated = false,
        OpenedAt = Opened,
        StepBegunAt = Opened,
        DueAt = Opened + 1_296_000,
        Conditions = Holding(7, 8, 9, 10, 11),
        Materials = materials,
        AskedMaterials = 0,
        SupplementRequests = 0,
        Approvals = 0,
        Objections = [],
        ObjectionsUntil = 0,
        EarliestRepairAt = TestPacks.Instant("2026-10-30T00:00:00+08:00"),
        AttachedTermUntil = 0,
        BarredUntil = 0,
        PausedAt = 0,
    };

    private static CaseSnapshot Review(ulong asOf, params int[] holding) => Open(asOf, (1 << 1) | (1 << 5) | (1 << 10)) with
    {
        Stage = CaseStage.UnderReview,
        StepBegunAt = Begun,
        DueAt = Begun + 1_814_400,
        ObjectionsUntil = Begun + 604_800,
        Conditions = Holding(holding),
    };

    private static bool[] Holding(params int[] numbers) => [.. Enumerable.Range(1, CaseSnapshot.ConditionCount).Select(numbers.Contains)];
}
