using LedgerCredit.Contracts;
using LedgerCredit.Node.Keeping;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Tests.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Node.Tests.Keeping;

/// <summary>The keeper against the real contracts, to the second.</summary>
[TestClass]
public sealed class KeeperTests
{
    private static readonly Bytes32 Statement = Sha256.Hash("statement"u8);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_OnlyTimeIsMissing_TriggersWhenItHasComeAndNotBefore()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        await keeping.PutFactsAsync(sanction: 0, caseId: 1, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        ulong until = keeping.Index.FindCase(1)!.ObjectionsUntil;

        await scene.PassToAsync(until - 1, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        Assert.AreEqual(0UL, await keeping.CountSentAsync(Token));

        await scene.PassToAsync(until, Token);
        KeeperAct act = (await keeping.RunAsync(Token)).Single();

        Assert.AreEqual(new KeeperTask(KeeperTaskKind.Trigger, until, Bytes32.Zero), act.Task);
        Assert.AreEqual(KeeperResult.Done, act.Result);
        Assert.AreEqual(await scene.Client.FetchBlockNumberAsync(Token), act.Block);
        Assert.AreEqual(SanctionState.Repaired, (await scene.Desk.FetchStatusAsync(scene.Leaves[0], Token)).State);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        Assert.AreEqual(1UL, await keeping.CountSentAsync(Token));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_PeriodOfTheSanctionIsTheLast_WaitsForIt()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        await keeping.PutFactsAsync(sanction: 1, caseId: 1, Token);
        await keeping.RunAsync(Token);
        IndexedCase indexed = keeping.Index.FindCase(1)!;
        Assert.IsGreaterThan(indexed.ObjectionsUntil, indexed.Terms.EarliestRepairAt);

        await scene.PassToAsync(indexed.Terms.EarliestRepairAt - 1, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        await scene.PassToAsync(indexed.Terms.EarliestRepairAt, Token);

        Assert.AreEqual(KeeperResult.Done, (await keeping.RunAsync(Token)).Single().Result);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_IntakeIsOverdue_EscalatesOnceAndNeverLetsTheCaseLapse()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        await scene.ActAsync("enterprise.one", scene.Open(0, 1, 2), Token);
        await keeping.RunAsync(Token);
        ulong dueAt = keeping.Index.FindCase(1)!.DueAt;

        await scene.PassToAsync(dueAt - 1, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        await scene.PassToAsync(dueAt, Token);
        KeeperAct act = (await keeping.RunAsync(Token)).Single();
        Assert.AreEqual((KeeperTaskKind.Escalate, KeeperResult.Done), (act.Task.Kind, act.Result));
        Assert.IsEmpty(await keeping.RunAsync(Token));
        ulong secondDueAt = keeping.Index.FindCase(1)!.DueAt;
        Assert.IsGreaterThan(dueAt, secondDueAt);

        // The second period: told once, when it is over, and never ended.
        await scene.PassToAsync(secondDueAt - 1, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        await scene.PassToAsync(secondDueAt, Token);
        KeeperAct notice = (await keeping.RunAsync(Token)).Single();
        Assert.AreEqual((KeeperTaskKind.StepOverdue, KeeperResult.Overdue), (notice.Task.Kind, notice.Result));
        await scene.PassAsync(100_000, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        Assert.AreEqual(CaseStage.Open, keeping.Index.FindCase(1)!.Stage);
        Assert.AreEqual(1UL, await keeping.CountSentAsync(Token));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_SupplementIsOverdue_IsToldAndLeftToPeople()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        await scene.ActAsync("enterprise.one", scene.Open(0, 1), Token);
        await scene.ActAsync("authority.one", RepairDeskContract.EncodeAskSupplement(1, 0b100, Statement), Token);
        await keeping.RunAsync(Token);

        await scene.PassToAsync(keeping.Index.FindCase(1)!.DueAt, Token);

        Assert.AreEqual(KeeperTaskKind.StepOverdue, (await keeping.RunAsync(Token)).Single().Task.Kind);
        Assert.AreEqual(CaseStage.SupplementAsked, keeping.Index.FindCase(1)!.Stage);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_ReviewIsOverdueWithoutApprovals_Escalates()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        await scene.ActAsync("enterprise.one", scene.Open(0, 1, 2), Token);
        await scene.ActAsync("authority.one", RepairDeskContract.EncodeConfirm(1, true, Statement), Token);
        await scene.ActAsync("reviewer-a.one", await scene.ApproveAsync(1, Token), Token);
        await keeping.RunAsync(Token);
        ulong dueAt = keeping.Index.FindCase(1)!.DueAt;

        await scene.PassToAsync(dueAt - 1, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        await scene.PassToAsync(dueAt, Token);
        Assert.AreEqual(KeeperTaskKind.Escalate, (await keeping.RunAsync(Token)).Single().Task.Kind);

        // In its second period the missing approval comes, late and welcome, and completes the case by itself.
        await scene.ActAsync("reviewer-b.one", await scene.ApproveAsync(1, Token), Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        Assert.AreEqual(CaseStage.Repaired, keeping.Index.FindCase(1)!.Stage);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_ObjectionIsOverdue_EscalatesItOnceAndTellsOfTheSecondTime()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        await keeping.PutFactsAsync(sanction: 0, caseId: 1, Token);
        await scene.ActAsync("auditor.one", RepairDeskContract.EncodeObject(1, Statement), Token);
        await keeping.RunAsync(Token);
        ulong dueAt = keeping.Index.FindCase(1)!.ObjectionDueAt;

        await scene.PassToAsync(dueAt - 1, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        await scene.PassToAsync(dueAt, Token);
        KeeperAct act = (await keeping.RunAsync(Token)).Single();
        Assert.AreEqual(new KeeperTask(KeeperTaskKind.EscalateObjection, dueAt, RepairScene.OrgOf("auditor.one")), act.Task);
        Assert.AreEqual(KeeperResult.Done, act.Result);

        Assert.IsEmpty(await keeping.RunAsync(Token));
        ulong second = keeping.Index.FindCase(1)!.ObjectionDueAt;
        Assert.IsGreaterThan(dueAt, second);
        await scene.PassToAsync(second, Token);
        IReadOnlyList<KeeperAct> acts = await keeping.RunAsync(Token);
        Assert.Contains(KeeperTaskKind.ObjectionOverdue, acts.Select(a => a.Task.Kind));
        Assert.IsTrue(keeping.Index.FindCase(1)!.IsUnderWay);

        // An arbiter comes late, dismisses it, and so completes the case.
        await scene.ActAsync("arbiter-a.one", RepairDeskContract.EncodeResolve(1, RepairScene.OrgOf("auditor.one"), false, Statement), Token);
        await keeping.RunAsync(Token);
        Assert.AreEqual(CaseStage.Repaired, keeping.Index.FindCase(1)!.Stage);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_ReviewerIsSuspended_WaitsAndTriggersWhenItIsReinstated()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        await keeping.PutFactsAsync(sanction: 0, caseId: 1, Token);
        await scene.MustSendAsync("admin", scene.Contracts.Consortium, ConsortiumContract.EncodeSuspendOrganisation(RepairScene.OrgOf("reviewer-a.one")), Token);
        await keeping.RunAsync(Token);

        await scene.PassToAsync(keeping.Index.FindCase(1)!.ObjectionsUntil, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));

        // All approvals are there as far as events tell, but the contract counts one of them no more: so the step is late.
        await scene.PassToAsync(keeping.Index.FindCase(1)!.DueAt, Token);
        Assert.AreEqual((KeeperTaskKind.Escalate, KeeperResult.Done), Shape(await keeping.RunAsync(Token)));

        await scene.MustSendAsync("admin", scene.Contracts.Consortium, ConsortiumContract.EncodeResumeOrganisation(RepairScene.OrgOf("reviewer-a.one")), Token);
        Assert.AreEqual((KeeperTaskKind.Trigger, KeeperResult.Done), Shape(await keeping.RunAsync(Token)));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_DeskIsPaused_WaitsAndMovesWithTheDueDates()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        await scene.ActAsync("enterprise.one", scene.Open(0, 1, 2), Token);
        await keeping.RunAsync(Token);
        ulong dueAt = keeping.Index.FindCase(1)!.DueAt;
        await scene.ActAsync("admin", RepairDeskContract.EncodePause(), Token);

        await scene.PassToAsync(dueAt + 50, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        await scene.ActAsync("admin", RepairDeskContract.EncodeResume(), Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        ulong moved = keeping.Index.FindCase(1)!.DueAt;
        Assert.IsGreaterThan(dueAt, moved);

        await scene.PassToAsync(moved - 1, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        await scene.PassToAsync(moved, Token);
        Assert.AreEqual((KeeperTaskKind.Escalate, KeeperResult.Done), Shape(await keeping.RunAsync(Token)));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_SomebodyWasFaster_IsNoError()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        await scene.ActAsync("enterprise.one", scene.Open(0, 1, 2), Token);
        await keeping.RunAsync(Token);
        await scene.PassToAsync(keeping.Index.FindCase(1)!.DueAt, Token);
        await scene.IndexerOf(keeping.Store).CatchUpAsync(Token);
        await scene.ActAsync("auditor.one", RepairDeskContract.EncodeEscalate(1), Token);

        // The index does not know of it yet.
        List<KeeperAct> acts = [];
        int done = await keeping.Keeper.RunAsync(acts.Add, Token);

        Assert.AreEqual(0, done);
        Assert.AreEqual(KeeperResult.Refused, acts.Single().Result);
        Assert.Contains("RepairDeskNotOverdue", acts.Single().Problem!);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        Assert.AreEqual(CaseStage.Open, keeping.Index.FindCase(1)!.Stage);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_AfterACrash_GoesOnFromTheStore()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        await keeping.PutFactsAsync(sanction: 0, caseId: 1, Token);
        await keeping.RunAsync(Token);
        await scene.PassToAsync(keeping.Index.FindCase(1)!.ObjectionsUntil, Token);

        keeping.RestartKeeper();
        Assert.AreEqual(KeeperResult.Done, (await keeping.RunAsync(Token)).Single().Result);
        keeping.RestartKeeper();
        Assert.IsEmpty(await keeping.RunAsync(Token));

        Assert.AreEqual(1UL, await keeping.CountSentAsync(Token));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_LedgerForgetsTheTrigger_TriggersAgain()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        await keeping.PutFactsAsync(sanction: 0, caseId: 1, Token);
        await keeping.RunAsync(Token);
        ulong until = keeping.Index.FindCase(1)!.ObjectionsUntil;
        string snapshot = await scene.SnapshotAsync(Token);
        await scene.PassToAsync(until, Token);
        await keeping.RunAsync(Token);
        await keeping.RunAsync(Token);
        Assert.AreEqual(CaseStage.Repaired, keeping.Index.FindCase(1)!.Stage);

        await scene.RevertAsync(snapshot, Token);
        Assert.IsEmpty(await keeping.RunAsync(Token));
        Assert.AreEqual(CaseStage.UnderReview, keeping.Index.FindCase(1)!.Stage);
        await scene.PassToAsync(until + 3, Token);

        Assert.AreEqual((KeeperTaskKind.Trigger, KeeperResult.Done), Shape(await keeping.RunAsync(Token)));
    }

    private static (KeeperTaskKind Kind, KeeperResult Result) Shape(IReadOnlyList<KeeperAct> acts) => (acts.Single().Task.Kind, acts.Single().Result);
}
