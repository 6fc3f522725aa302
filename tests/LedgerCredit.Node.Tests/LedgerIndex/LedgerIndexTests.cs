using LedgerCredit.Contracts;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.LedgerIndex;

/// <summary>The index against the real contracts: every path of a case, pauses, shields and lists.</summary>
[TestClass]
public sealed class LedgerIndexTests
{
    private static readonly Bytes32 Statement = Sha256.Hash("statement"u8);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task CatchUp_CasesInOddOrders_AreWhatTheContractSays()
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        await IndexChecks.CheckAsync(scene, store, Token);

        // 1: a supplement voids an approval; an objection is escalated and dismissed; time completes it under a shield.
        await StepAsync("enterprise.one", scene.Open(0, 1));
        await StepAsync("enterprise.two", RepairDeskContract.EncodeSupplement(1, RepairScene.Materials([2, 2, 7], 3)));
        await StepAsync("reviewer-a.one", await scene.ApproveAsync(1, Token));
        await StepAsync("enterprise.one", RepairDeskContract.EncodeSupplement(1, RepairScene.Materials([9], 4)));
        Assert.IsEmpty(new LedgerIndexReader(store).FindCase(1)!.Approvals);
        await StepAsync("auditor.one", RepairDeskContract.EncodeObject(1, Statement));
        await StepAsync("admin", RepairDeskContract.EncodePause());
        await scene.PassAsync(777, Token);
        await IndexChecks.CheckAsync(scene, store, Token);
        await StepAsync("admin", RepairDeskContract.EncodeResume());
        await scene.PassAsync(RepairScene.Arbitration, Token);
        await StepAsync("arbiter-b.one", RepairDeskContract.EncodeEscalateObjection(1, RepairScene.OrgOf("auditor")));
        await StepAsync("authority.one", ShieldOf(scene, 0));
        await StepAsync("reviewer-a.one", await scene.ApproveAsync(1, Token));
        await StepAsync("reviewer-b.one", await scene.ApproveAsync(1, Token));
        await StepAsync("authority.one", RepairDeskContract.EncodeConfirm(1, true, Statement));
        await StepAsync("arbiter-a.one", RepairDeskContract.EncodeResolve(1, RepairScene.OrgOf("auditor"), false, Statement));
        IndexedCase repaired = new LedgerIndexReader(store).FindCase(1)!;
        Assert.AreEqual(CaseStage.Repaired, repaired.Stage);
        Assert.AreEqual(SanctionState.Repaired, new LedgerIndexReader(store).StatusOf(scene.Leaves[0]).State);
        CheckHistory(new LedgerIndexReader(store).ReadHistory(1));

        // 2: opened, withdrawn, opened again (3), annulled.
        await StepAsync("enterprise.one", scene.Open(2, 1, 2));
        await StepAsync("enterprise.one", RepairDeskContract.EncodeWithdraw(2));
        await StepAsync("enterprise.one", scene.Open(2, 1, 2));
        await StepAsync("authority.two", RepairDeskContract.EncodeAnnul(scene.Sanctions[2], scene.Entries[2], 3, Statement));
        Assert.AreEqual(CaseStage.Annulled, new LedgerIndexReader(store).FindCase(3)!.Stage);

        // 4: asked for a supplement, which does not come.
        await StepAsync("enterprise.one", scene.Open(4, 1));
        await StepAsync("authority.one", RepairDeskContract.EncodeAskSupplement(4, 4, Statement));
        await scene.PassAsync(RepairScene.Supplement, Token);
        await StepAsync("reviewer-a.one", RepairDeskContract.EncodeEscalate(4));
        Assert.AreEqual(CaseStage.Lapsed, new LedgerIndexReader(store).FindCase(4)!.Stage);

        // 1 is revoked by two keys; a proposal is replaced before. The subject is barred then.
        await StepAsync("authority.one", RepairDeskContract.EncodeRevoke(1, Statement));
        await StepAsync("authority.two", RepairDeskContract.EncodeRevoke(1, Sha256.Hash("others"u8)));
        await StepAsync("authority.one", RepairDeskContract.EncodeRevoke(1, Sha256.Hash("others"u8)));
        Assert.AreEqual(CaseStage.Revoked, new LedgerIndexReader(store).FindCase(1)!.Stage);

        // 5: of the revoked sanction, shielded while it is under review, refused by an objection, unshielded.
        await scene.PassAsync(RepairScene.Bar, Token);
        await StepAsync("enterprise.one", scene.Open(0, 1, 2));
        await StepAsync("authority.one", RepairDeskContract.EncodeAccept(5));
        await scene.PassAsync(RepairScene.Window - 50, Token);
        await StepAsync("enterprise.one", RepairDeskContract.EncodeObject(5, Statement));
        await StepAsync("authority.one", ShieldOf(scene, 0));
        await scene.PassAsync(RepairScene.Review, Token);
        await StepAsync("auditor.one", RepairDeskContract.EncodeEscalate(5));
        await StepAsync("arbiter-a.one", RepairDeskContract.EncodeResolve(5, RepairScene.OrgOf("enterprise"), true, Statement));
        await StepAsync("authority.one", RepairDeskContract.EncodeUnshield(scene.Sanctions[0], Statement));
        Assert.AreEqual(SanctionState.Revoked, new LedgerIndexReader(store).StatusOf(scene.Leaves[0]).State);
        Assert.AreSequenceEqual((ulong[])[1, 5], new LedgerIndexReader(store).FindCases(scene.Leaves[0]));

        CheckNames(scene, store);
        Store rebuilt = scene.NewStore();
        await scene.IndexerOf(rebuilt).CatchUpAsync(Token);
        Assert.AreEqual(IndexChecks.Dump(rebuilt), IndexChecks.Dump(store));
        await scene.IndexerOf(store).RebuildAsync(progress: null, Token);
        Assert.AreEqual(IndexChecks.Dump(rebuilt), IndexChecks.Dump(store));

        async Task StepAsync(string party, byte[] callData)
        {
            await scene.ActAsync(party, callData, Token);
            await IndexChecks.CheckAsync(scene, store, Token);
        }
    }

    private static byte[] ShieldOf(RepairScene scene, int sanction) =>
        RepairDeskContract.EncodeShield(scene.Sanctions[sanction], scene.Entries[sanction], Statement);

    private static void CheckHistory(IReadOnlyList<IndexedEvent> history)
    {
        string[] expected =
        [
            "CaseOpened enterprise", "StatusChanged", "MaterialsSubmitted enterprise",
            "MaterialsSubmitted enterprise",
            "ReviewBegun reviewer-a", "CaseApproved reviewer-a",
            "ApprovalsVoided", "MaterialsSubmitted enterprise",
            "ObjectionRaised auditor",
            "Paused", "Resumed",
            "ObjectionEscalated arbiter-b",
            "StatusChanged", "SanctionShielded authority",
            "CaseApproved reviewer-a", "CaseApproved reviewer-b", "PerformanceConfirmed authority",
            "ObjectionDismissed arbiter-a", "CaseRepaired arbiter-a", "StatusChanged",
        ];
        string[] slugs = [.. RepairScene.Parties.Select(party => party.Name.Split('.')[0])];
        Assert.AreSequenceEqual(
            expected,
            history.Select(line => $"{line.Event.GetType().Name[..^"Event".Length]} {slugs.FirstOrDefault(slug => RepairScene.OrgOf(slug) == line.OrganisationId)}".TrimEnd()));
    }

    private static void CheckNames(RepairScene scene, Store store)
    {
        LedgerIndexReader reader = new(store);
        Assert.AreEqual("enterprise", reader.NameOf(RepairScene.OrgOf("enterprise")));
        Assert.AreEqual("0x01010101…", reader.NameOf(Bytes32.FromBytes([.. Enumerable.Repeat((byte)1, 32)])));
        Assert.AreEqual(RepairScene.OrgOf("authority"), reader.OrganisationOf(scene.AccountOf("authority.two")));
        Assert.AreEqual(Bytes32.Zero, reader.OrganisationOf(scene.AccountOf("nobody")));
    }
}
