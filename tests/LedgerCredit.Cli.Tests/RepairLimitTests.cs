using System.Text.Json;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Cli.Tests;

/// <summary>Every limit of time, one second before it and at it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RepairLimitTests
{
    private const ulong ThirtyDays = 30 * 86_400;

    [TestMethod]
    public async Task Escalate_Intake_TwiceThenTheCaseLapses()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        IndexedCase opened = await desk.ReadAsync(id);
        Assert.AreEqual(opened.OpenedAt + RepairWorkspace.Period, opened.DueAt);

        (await desk.StepAtAsync(opened.DueAt - 1, RepairWorkspace.Auditor, "escalate", id)).ExpectFailure(ExitCode.BadInput, "Nothing is overdue: the ledger waits until");
        CommandRun first = (await desk.StepAtAsync(opened.DueAt, RepairWorkspace.Auditor, "escalate", id)).Expect(ExitCode.Done);
        IndexedCase escalated = await desk.ReadAsync(id);
        (await desk.StepAtAsync(escalated.DueAt - 1, RepairWorkspace.Auditor, "escalate", id)).Expect(ExitCode.BadInput);
        CommandRun second = (await desk.StepAtAsync(escalated.DueAt, RepairWorkspace.Auditor, "escalate", id)).Expect(ExitCode.Done);

        Assert.Contains("it has a second period", first.Out);
        Assert.IsTrue(escalated.IsEscalated);
        Assert.AreEqual(opened.DueAt + RepairWorkspace.Period, escalated.DueAt);
        Assert.Contains("it lapsed", second.Out);
        Assert.AreEqual(CaseStage.Lapsed, (await desk.ReadAsync(id)).Stage);
    }

    [TestMethod]
    public async Task Accept_AfterTheIntakePeriod_IsLateButCounts()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();

        (await desk.StepAtAsync((await desk.ReadAsync(id)).DueAt, RepairWorkspace.Authority, "accept", id)).Expect(ExitCode.Done);
    }

    [TestMethod]
    public async Task Ask_AtTheEndOfIntake_IsTooLate()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        ulong due = (await desk.ReadAsync(id)).DueAt;
        string[] ask = ["ask", id, "--material", "D06", "--notice", "x"];

        (await desk.StepAtAsync(due - 1, RepairWorkspace.Authority, ask)).Expect(ExitCode.Done);
        await desk.SupplementAsync(id, 6);
        ulong next = (await desk.ReadAsync(id)).DueAt;
        (await desk.StepAtAsync(next, RepairWorkspace.Authority, ask)).ExpectFailure(ExitCode.BadInput, "It is too late for this");
    }

    [TestMethod]
    public async Task Escalate_Supplement_LapsesAtOnce()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        await desk.StepAsync(RepairWorkspace.Authority, "ask", id, "--material", "D06", "--notice", "x");
        ulong due = (await desk.ReadAsync(id)).DueAt;

        (await desk.StepAtAsync(due - 1, RepairWorkspace.Auditor, "escalate", id)).Expect(ExitCode.BadInput);
        (await desk.StepAtAsync(due, RepairWorkspace.Auditor, "escalate", id)).Expect(ExitCode.Done);

        Assert.AreEqual(CaseStage.Lapsed, (await desk.ReadAsync(id)).Stage);
    }

    [TestMethod]
    public async Task Escalate_Review_GivesASecondPeriodThenLapses()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenReviewedAsync();
        ulong due = (await desk.ReadAsync(id)).DueAt;

        (await desk.StepAtAsync(due - 1, RepairWorkspace.Auditor, "escalate", id)).Expect(ExitCode.BadInput);
        (await desk.StepAtAsync(due, RepairWorkspace.Auditor, "escalate", id)).Expect(ExitCode.Done);
        ulong second = (await desk.ReadAsync(id)).DueAt;
        (await desk.StepAtAsync(second - 1, RepairWorkspace.Auditor, "escalate", id)).Expect(ExitCode.BadInput);
        (await desk.StepAtAsync(second, RepairWorkspace.Auditor, "escalate", id)).Expect(ExitCode.Done);

        Assert.AreEqual(CaseStage.Lapsed, (await desk.ReadAsync(id)).Stage);
    }

    [TestMethod]
    [DataRow("refuse", "--reasons")]
    [DataRow("confirm", "--statement")]
    public async Task TakingBack_InReview_MustBeInTime(string verb, string option)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string inTime = await desk.OpenReviewedAsync();
        string late = await desk.OpenReviewedAsync();
        string[] more = verb == "confirm" ? [option, "x", "--take-back"] : [option, "x"];

        (await desk.StepAtAsync((await desk.ReadAsync(inTime)).DueAt - 1, RepairWorkspace.Authority, [verb, inTime, .. more])).Expect(ExitCode.Done);
        (await desk.StepAtAsync((await desk.ReadAsync(late)).DueAt, RepairWorkspace.Authority, [verb, late, .. more]))
            .ExpectFailure(ExitCode.BadInput, "It is too late for this");
    }

    [TestMethod]
    public async Task Approve_AfterTheReviewPeriod_IsLateButCounts()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenReviewedAsync();
        IndexedCase indexed = await desk.ReadAsync(id);

        CommandRun approve = (await desk.StepAtAsync(
            indexed.DueAt, RepairWorkspace.ReviewerTwo, "approve", id, "--materials-hash", indexed.MaterialsHash.ToString())).Expect(ExitCode.Done);

        Assert.Contains("the sanction is repaired", approve.Out);
    }

    [TestMethod]
    public async Task Object_AtTheEndOfTheWindow_IsTooLate()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenReviewedAsync();
        IndexedCase indexed = await desk.ReadAsync(id);
        Assert.AreEqual(indexed.StepBegunAt + RepairWorkspace.Window, indexed.ObjectionsUntil);

        (await desk.StepAtAsync(indexed.ObjectionsUntil - 1, RepairWorkspace.Auditor, "object", id, "--grounds", "x")).Expect(ExitCode.Done);
        (await desk.StepAtAsync(indexed.ObjectionsUntil, RepairWorkspace.OtherAuthority, "object", id, "--grounds", "x"))
            .ExpectFailure(ExitCode.BadInput, "It is too late for this");
    }

    [TestMethod]
    public async Task Trigger_OneSecondEarly_SaysWhatIsMissing()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenApprovedAsync();
        ulong window = (await desk.ReadAsync(id)).ObjectionsUntil;

        (await desk.StepAtAsync(window - 1, RepairWorkspace.Auditor, "trigger", id)).ExpectFailure(ExitCode.BadInput, "Not all conditions hold: C6");
        (await desk.StepAtAsync(window, RepairWorkspace.Auditor, "trigger", id)).Expect(ExitCode.Done);

        Assert.AreEqual(CaseStage.Repaired, (await desk.ReadAsync(id)).Stage);
    }

    [TestMethod]
    public async Task Escalate_Objection_GivesASecondPeriodThenLapses()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenApprovedAsync();
        await desk.StepAsync(RepairWorkspace.Auditor, "object", id, "--grounds", "x");
        ulong due = (await desk.ReadAsync(id)).Objections[0].DueAt;
        string[] escalate = ["escalate", id, "--objector", RepairWorkspace.Auditor];

        (await desk.StepAtAsync(due - 1, RepairWorkspace.Enterprise, escalate)).Expect(ExitCode.BadInput);
        CommandRun first = (await desk.StepAtAsync(due, RepairWorkspace.Enterprise, escalate)).Expect(ExitCode.Done);
        ulong second = (await desk.ReadAsync(id)).Objections[0].DueAt;
        (await desk.StepAtAsync(second - 1, RepairWorkspace.Enterprise, escalate)).Expect(ExitCode.BadInput);
        (await desk.StepAtAsync(second, RepairWorkspace.Enterprise, escalate)).Expect(ExitCode.Done);

        Assert.Contains($"Escalated the overdue objection of {RepairWorkspace.Auditor}", first.Out);
        Assert.AreEqual(CaseStage.Lapsed, (await desk.ReadAsync(id)).Stage);
        (await desk.RunAsync("repair", "escalate", id, "--objector", RepairWorkspace.ReviewerOne, "--as", RepairWorkspace.Enterprise)).Expect(ExitCode.BadInput);
    }

    [TestMethod]
    public async Task Resume_FromTheThirtiethDayOn_IsForAnyone()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        (await desk.RunAsync("repair", "pause")).Expect(ExitCode.Done);
        ulong pausedAt = await desk.NowAsync();

        (await desk.StepAtAsync(pausedAt + ThirtyDays - 1, RepairWorkspace.Enterprise, "resume")).ExpectFailure(ExitCode.BadInput, "from");
        CommandRun resumed = (await desk.StepAtAsync(pausedAt + ThirtyDays, RepairWorkspace.Enterprise, "resume")).Expect(ExitCode.Done);

        Assert.Contains("all due dates moved by 30 d 00:00:00", resumed.Out);
    }

    [TestMethod]
    public async Task Bar_UntilItsLastSecond_KeepsTheSubjectOut()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        int sanction = desk.NextSanction();
        string id = await desk.OpenAsync(sanction);
        await desk.StepAsync(RepairWorkspace.Authority, "accept", id);
        await desk.StepAsync(RepairWorkspace.Authority, "confirm", id, "--statement", "paid");
        await desk.ApproveAsync(RepairWorkspace.ReviewerOne, id);
        await desk.MoveToAsync((await desk.ReadAsync(id)).ObjectionsUntil);
        await desk.ApproveAsync(RepairWorkspace.ReviewerTwo, id);
        await desk.StepAsync(RepairWorkspace.Authority, "revoke", id, "--findings", "forged");
        await desk.StepAsync(RepairWorkspace.SecondKey, "revoke", id);
        JsonElement bar = (await desk.ShowAsync(id)).GetProperty("conditions")[8];
        ulong until = (ulong)bar.GetProperty("holdsFrom").GetDateTimeOffset().ToUnixTimeSeconds();

        await desk.SetNextAsync(until - 1);
        await Assert.ThrowsExactlyAsync<LedgerCredit.Contracts.ContractRevertException>(() => desk.OpenAsync(sanction));
        await desk.SetNextAsync(until);
        await desk.OpenAsync(sanction);
    }

    [TestMethod]
    public async Task Overdue_ByTheRulesAndOnTheLedger_IsListedFromTheSecondOn()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        JsonElement due = (await desk.ShowAsync(id)).GetProperty("steps")[0].GetProperty("due");
        ulong day = (ulong)due.GetProperty("byRule").GetProperty("until").GetDateTimeOffset().ToUnixTimeSeconds();
        ulong ledger = (await desk.ReadAsync(id)).DueAt;
        Assert.IsLessThan(ledger, day);

        await desk.MoveToAsync(day - 1);
        Assert.IsNull(await FindOverdueAsync(desk, id));
        await desk.MoveToAsync(day);
        Assert.AreEqual((true, false), await FindOverdueAsync(desk, id));
        await desk.MoveToAsync(ledger - 1);
        Assert.AreEqual((true, false), await FindOverdueAsync(desk, id));
        Assert.Contains("LATE", LineOf(await desk.RunAsync("repair", "list", "--overdue"), id));
        await desk.MoveToAsync(ledger);
        Assert.AreEqual((true, true), await FindOverdueAsync(desk, id));
        Assert.Contains("OVERDUE", LineOf(await desk.RunAsync("repair", "list", "--overdue"), id));
        Assert.Contains("已逾期", LineOf(await desk.RunAsync("repair", "list", "--overdue", "--lang", "zh"), id));
        Assert.Contains("ledgercredit repair escalate", (await desk.RunAsync("repair", "show", id)).Out);
    }

    private static async Task<(bool IsLate, bool IsOverdue)?> FindOverdueAsync(RepairWorkspace desk, string id)
    {
        JsonElement list = (await desk.RunAsync("repair", "list", "--overdue", "--json")).Expect(ExitCode.Done).Json;
        foreach (JsonElement line in list.EnumerateArray().Where(line => line.GetProperty("case").GetRawText() == id))
        {
            JsonElement due = line.GetProperty("steps")[0].GetProperty("due");
            return (due.GetProperty("late").GetBoolean(), due.GetProperty("overdue").GetBoolean());
        }

        return null;
    }

    private static string LineOf(CommandRun list, string id) =>
        list.Expect(ExitCode.Done).Out.Split('\n').Single(line => line.TrimStart().StartsWith(id + " ", StringComparison.Ordinal));
}
