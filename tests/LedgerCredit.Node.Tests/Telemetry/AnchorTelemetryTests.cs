using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Telemetry;

namespace LedgerCredit.Node.Tests.Telemetry;

/// <summary>What a round of a real node measures.</summary>
[TestClass]
public sealed class AnchorTelemetryTests
{
    private const string Member = "measured-authority";

    private static TestLedger _ledger = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _ledger = await TestLedger.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _ledger.DisposeAsync();

    [TestMethod]
    public void Look_RecordsThatWait_AreCounted()
    {
        const string Waiting = "waiting-authority";
        using MeasurementRecorder recorder = new(Waiting);
        using TestWorkspace workspace = TestWorkspace.Create(Waiting);
        using StoreWatch watch = new(TimeProvider.System);
        watch.Look(workspace.Workspace);
        Assert.AreSequenceEqual([0], recorder.Read("ledgercredit.records.unanchored"));

        workspace.Append(Waiting, SampleRecords.Stated(Waiting, 0, 5));
        watch.Look(workspace.Workspace);

        Assert.AreEqual(5, recorder.Read("ledgercredit.records.unanchored")[^1]);
        Assert.IsGreaterThan(0, recorder.Read("ledgercredit.records.unanchored.age")[^1]);
        Assert.IsEmpty(recorder.Read("ledgercredit.anchor.age"));
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Run_RecordsOfAnotherProcess_AreMeasuredFromSequencedToFinal()
    {
        using MeasurementRecorder recorder = new(Member);
        ConcurrentQueue<string> spans = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == NodeTraces.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => spans.Enqueue($"{activity.OperationName} {activity.GetTagItem(NodeMetrics.Issuer)}".TrimEnd()),
        };
        ActivitySource.AddActivityListener(listener);
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(_ledger, [Member], Token);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using NodeService node = NodeService.Open(workspace.Workspace, workspace.Keys, new NodeOptions { RpcUrl = _ledger.Url }, _ => { }, TimeProvider.System, random);
        await node.RunOnceAsync(Token);
        workspace.Append(Member, SampleRecords.Stated(Member, 0, 5));
        workspace.Append(Member, SampleRecords.Stated(Member, 5, 2));

        // Seen in this round, and anchored by it: so both checkpoints have the time of the round before.
        await node.RunOnceAsync(Token);

        Assert.AreSequenceEqual([5, 2], recorder.Read("ledgercredit.records.sequenced"));
        Assert.HasCount(2, recorder.Read("ledgercredit.record.checkpointed.duration"));
        Assert.AreSequenceEqual([1], recorder.Read("ledgercredit.anchors.sent"));
        Assert.HasCount(1, recorder.Read("ledgercredit.anchor.mined.duration"));
        Assert.HasCount(1, recorder.Read("ledgercredit.anchor.final.duration"));
        double anchored = recorder.Read("ledgercredit.checkpoint.anchored.duration").Single();
        double final = recorder.Read("ledgercredit.checkpoint.final.duration").Single();
        Assert.IsGreaterThan(0, anchored);
        Assert.IsGreaterThanOrEqualTo(anchored, final);
        Assert.AreEqual(0, recorder.Read("ledgercredit.records.unanchored")[^1]);
        Assert.AreEqual(0, recorder.Read("ledgercredit.records.unanchored.age")[^1]);
        Assert.IsLessThan(600, recorder.Read("ledgercredit.anchor.age")[^1]);
        Assert.Contains(NodeTraces.AnchorRound, spans);
        Assert.Contains(NodeTraces.IndexRound, spans);
        Assert.Contains($"{NodeTraces.AnchorTransaction} {Member}", spans);
    }
}
