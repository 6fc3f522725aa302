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

    // They cannot be written through any door; who holds the store and the log's key can.
    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Audit_RecordsThatWereMadeUp_AreNamedWhateverTheirIds()
    {
        await using RecorderScene scene = await RecorderScene.StartAsync(Token);
        await scene.CatchUpAsync(Token);
        scene.Test.Append("arbiter", SampleRecords.Repair("arbiter", 1));
        AuditFinding alone = (await scene.Test.AuditAsync(Token)).Findings.Single();
        Assert.AreEqual(("repair-record-undone", "arbiter", (ulong?)0), (alone.Code, alone.Issuer, alone.LeafIndex), "no case was ever opened");

        await scene.ActAsync("enterprise", scene.Open(0, RecorderScene.RequiredKinds), Token);
        await scene.CatchUpAsync(Token);
        Assert.HasCount(2, scene.Record(Token));
        string told = System.Text.Encoding.UTF8.GetString(scene.Records("enterprise")[0].ToCanonicalBytes()).Replace("\"issuer\":\"enterprise\"", "\"issuer\":\"reviewer-a\"", StringComparison.Ordinal);
        string far = told.Replace("/opened\"", "/opened/2\"", StringComparison.Ordinal);
        string[] madeUp =
        [
            told.Replace("x-test:applicant", "x-test:somebody", StringComparison.Ordinal),
            far.Replace("\"opened\"", "\"refused\"", StringComparison.Ordinal),
            System.Text.RegularExpressions.Regex.Replace(far.Replace("/opened/2\"", "/opened/3\"", StringComparison.Ordinal), "\"block\":[0-9]+", "\"block\":99999999"),
            far.Replace("\"repair/", "\"repair/9", StringComparison.Ordinal),
        ];
        Assert.IsTrue(scene.Test.Append("reviewer-a", [.. madeUp.Select(SampleRecords.Parse)]).All(outcome => outcome.Result == Sequencing.AppendResult.Added));

        AuditReport report = await scene.Test.AuditAsync(Token);

        Assert.AreEqual(AuditVerdict.Diverges, report.Verdict);
        Assert.IsTrue(report.Findings.All(finding => finding.Code == "repair-record-undone"), TestWorkspace.Describe(report));
        Assert.AreSequenceEqual(
            (string[])["arbiter 0", "reviewer-a 0", "reviewer-a 1", "reviewer-a 2", "reviewer-a 3"],
            report.Findings.Select(finding => $"{finding.Issuer} {finding.LeafIndex}").Order(StringComparer.Ordinal));
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
            await new LedgerIndexer(scene.Session.Client, scene.Session.Contracts, store, scene.Test.Finality).RebuildAsync(progress: null, Token);
        }

        Assert.HasCount(2, scene.Record(Token));
        Assert.AreEqual(AuditVerdict.Sound, (await scene.Test.AuditAsync(Token)).Verdict);
    }
}
