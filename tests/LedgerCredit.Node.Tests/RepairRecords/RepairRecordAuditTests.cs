using LedgerCredit.Contracts;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.RepairRecords;

/// <summary>What the audit says of repair records that the ledger does not bear out, and of those that lack.</summary>
[TestClass]
public sealed class RepairRecordAuditTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Audit_StepThatTheLedgerTookBack_IsNamed()
    {
        await using RecorderScene scene = await RecorderScene.StartAsync(Token);
        await scene.ActAsync("enterprise", scene.Open(0, RecorderScene.RequiredKinds), Token);
        await scene.CatchUpAsync(Token);
        Assert.HasCount(2, scene.Record(Token));
        JsonValue snapshot = await scene.Test.Ledger!.AnvilAsync("evm_snapshot", [], Token);
        await scene.ActAsync("enterprise", RepairDeskContract.EncodeWithdraw(1), Token);
        await scene.CatchUpAsync(Token);
        Assert.HasCount(1, scene.Record(Token));
        Assert.AreEqual(AuditVerdict.Sound, (await scene.Test.AuditAsync(Token)).Verdict);

        await scene.Test.Ledger!.AnvilAsync("evm_revert", [snapshot], Token);
        await scene.PassAsync(5, Token);
        await scene.CatchUpAsync(Token);
        scene.Record(Token);
        AuditReport report = await scene.Test.AuditAsync(Token);

        Assert.AreEqual(AuditVerdict.Diverges, report.Verdict);
        AuditFinding finding = report.Findings.Single();
        Assert.AreEqual("repair-record-undone", finding.Code);
        Assert.AreEqual("enterprise", finding.Issuer);
        Assert.AreEqual(2UL, finding.LeafIndex);
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Audit_StepThatAProgressSkipped_IsMissedUntilTheIndexIsReadAnew()
    {
        await using RecorderScene scene = await RecorderScene.StartAsync(Token);
        await scene.ActAsync("enterprise", scene.Open(0, RecorderScene.RequiredKinds), Token);
        await scene.CatchUpAsync(Token);
        using (Store store = scene.Test.OpenStore())
        {
            EventPosition last = new LedgerIndexReader(store).ReadHistory(1)[^1].Event.Position;
            store.RepairProgress.Put(store.Logs.Find("enterprise")!.Number, new RepairProgress(last.BlockNumber, last.BlockHash));
        }

        Assert.IsEmpty(scene.Record(Token));
        Assert.AreEqual("repair-record-missing", (await scene.Test.AuditAsync(Token)).Findings.Single().Code);

        using (Store store = scene.Test.OpenStore())
        {
            await new LedgerIndexer(scene.Session.Client, scene.Session.Contracts, store).RebuildAsync(progress: null, Token);
        }

        Assert.HasCount(2, scene.Record(Token));
        Assert.AreEqual(AuditVerdict.Sound, (await scene.Test.AuditAsync(Token)).Verdict);
    }
}
