using LedgerCredit.Contracts;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Tests.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>What the node says beforehand is what the contract would say.</summary>
[TestClass]
public sealed class DutyFactsReaderTests : IDisposable
{
    private static readonly Bytes32 Statement = Sha256.Hash("statement"u8);

    private readonly TestWorkspace _workspace = TestWorkspace.Create();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Find_AlongACase_AgreesWithTheContract()
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        await ActAsync("enterprise.one", scene.Open(0, 1, 2));
        await ActAsync("auditor.one", RepairDeskContract.EncodeObject(1, Statement));
        await ActAsync("reviewer-c.one", await scene.ApproveAsync(1, Token));
        await ActAsync("reviewer-a.one", await scene.ApproveAsync(1, Token));
        Assert.IsNull(Find(99, "reviewer-a.one", null));

        // The first reviewer again, the second reviewer's organisation as an arbiter, and those that may.
        await ExpectAsync(DutyConflict.ApprovedBefore, DutyStep.Approve, "reviewer-a.one", await scene.ApproveAsync(1, Token));
        await ExpectAsync(DutyConflict.ReviewedTheCase, DutyStep.ResolveObjection, "reviewer-c.one", Resolve());
        await ExpectAsync(DutyConflict.None, DutyStep.ResolveObjection, "arbiter-a.one", Resolve());
        await ExpectAsync(DutyConflict.None, DutyStep.Approve, "reviewer-b.one", await scene.ApproveAsync(1, Token));

        // A supplement voids the approvals: the same organisation may approve again, but still not arbitrate.
        await ActAsync("enterprise.one", RepairDeskContract.EncodeSupplement(1, RepairScene.Materials([9], 4)));
        await ExpectAsync(DutyConflict.None, DutyStep.Approve, "reviewer-a.one", await scene.ApproveAsync(1, Token));
        await ExpectAsync(DutyConflict.ReviewedTheCase, DutyStep.ResolveObjection, "reviewer-c.one", Resolve());

        // An arbiter that decided reviews no more.
        await ActAsync("auditor.one", RepairDeskContract.EncodeTrigger(1), mustPass: false);
        await ActAsync("arbiter-a.one", Resolve());
        DutyFacts facts = Find(1, "arbiter-a.one", null)!;
        Assert.IsTrue(facts.Arbiters.SetEquals([RepairScene.OrgOf("arbiter-a")]));
        Assert.AreEqual(DutyConflict.ArbitratedInTheCase, SeparationOfDuties.Check(DutyStep.Approve, CallerOf("arbiter-a.one"), facts));
        Assert.AreEqual(RepairScene.OrgOf("authority"), facts.Authority);
        Assert.IsFalse(facts.ActsForSubject);
        Assert.IsTrue(Find(1, "enterprise.two", null)!.ActsForSubject);

        // Two keys revoke.
        await ActAsync("reviewer-a.one", await scene.ApproveAsync(1, Token));
        await ActAsync("reviewer-b.one", await scene.ApproveAsync(1, Token));
        await ActAsync("authority.one", RepairDeskContract.EncodeConfirm(1, true, Statement));
        await scene.PassAsync(RepairScene.Window, Token);
        await ActAsync("reviewer-b.one", RepairDeskContract.EncodeTrigger(1));
        await ActAsync("authority.one", RepairDeskContract.EncodeRevoke(1, Statement));
        await ExpectAsync(DutyConflict.ProposedTheRevocation, DutyStep.SecondRevocation, "authority.one", RepairDeskContract.EncodeRevoke(1, Statement));
        await ExpectAsync(DutyConflict.None, DutyStep.SecondRevocation, "authority.two", RepairDeskContract.EncodeRevoke(1, Statement));

        byte[] Resolve() => RepairDeskContract.EncodeResolve(1, RepairScene.OrgOf("auditor"), false, Statement);

        Caller CallerOf(string party) => new CallerResolver(store, _workspace.Workspace).OfAccount(scene.AccountOf(party));

        DutyFacts? Find(ulong caseId, string party, Bytes32? objector) =>
            new DutyFactsReader(store, _workspace.Workspace).Find(caseId, CallerOf(party), objector);

        async Task ActAsync(string party, byte[] call, bool mustPass = true)
        {
            if (mustPass)
            {
                await scene.ActAsync(party, call, Token);
            }
            else
            {
                await scene.TryActAsync(party, call, Token);
            }

            await scene.IndexerOf(store).CatchUpAsync(Token);
        }

        async Task ExpectAsync(DutyConflict expected, DutyStep step, string party, byte[] call)
        {
            DutyFacts found = Find(1, party, step == DutyStep.ResolveObjection ? RepairScene.OrgOf("auditor") : null)!;
            Assert.AreEqual(expected, SeparationOfDuties.Check(step, CallerOf(party), found), $"{step} {party}");
            bool isRefused = false;
            try
            {
                await scene.Desk.TryCallAsync(scene.AccountOf(party), call, Token);
            }
            catch (ContractRevertException)
            {
                isRefused = true;
            }

            Assert.AreEqual(expected != DutyConflict.None, isRefused, $"{step} {party}");
        }
    }
}
