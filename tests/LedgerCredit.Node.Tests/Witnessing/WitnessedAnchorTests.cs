using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Tests.Witnessing;

/// <summary>A node with witnesses on a real ledger: what it anchors is cosigned, and evidence of it holds under a policy of k of n.</summary>
[TestClass]
public sealed class WitnessedAnchorTests
{
    private const string Authority = TestWorkspace.Authority;
    private static TestLedger _ledger = null!;

    private readonly ConcurrentQueue<NodeNote> _notes = [];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _ledger = await TestLedger.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _ledger.DisposeAsync();

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task RunOnce_RecordsArriveWhileAWitnessIsAsked_AnchorsWhatWasCosigned()
    {
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(_ledger, [Authority], Token);
        await using WitnessScene witness = Witness(workspace, "w1");
        workspace.Workspace.EditConfig(config => config with { Witnesses = [witness.Config] });
        workspace.Append(Authority, SampleRecords.Stated(Authority, 0, 3));
        int next = 3;
        witness.OnRequest = () => workspace.Append(Authority, SampleRecords.Stated(Authority, next++, 1));

        await RunOnceAsync(workspace);
        Assert.AreSequenceEqual((ulong[])[3], workspace.Anchors(Authority).Select(anchor => anchor.TreeSize));
        await RunOnceAsync(workspace);
        Assert.AreSequenceEqual((ulong[])[3, 4], workspace.Anchors(Authority).Select(anchor => anchor.TreeSize));

        Assert.AreSequenceEqual((string[])["anchored", "anchored", "cosigned", "cosigned"], _notes.Select(note => note.Kind).Order(StringComparer.Ordinal));
        Assert.AreEqual(Verdict.Valid, Verify(workspace, Build(workspace, 3)!, required: 1).Verdict);
        await workspace.CheckAsync(new Dictionary<string, ulong> { [Authority] = 5 }, Token);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task RunOnce_TwoOfThreeWithOneDown_IsAnchoredAndValidForTwo()
    {
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(_ledger, [Authority], Token);
        await using WitnessScene one = Witness(workspace, "w1");
        await using WitnessScene two = Witness(workspace, "w2");
        await using WitnessScene three = Witness(workspace, "w3");
        WitnessConfig down = new(three.Key, new Uri("http://127.0.0.1:9/"));
        workspace.Workspace.EditConfig(config => config with { Witnesses = [one.Config, down, two.Config] });
        workspace.Append(Authority, SampleRecords.Stated(Authority, 0, 3));

        await RunOnceAsync(workspace);

        Assert.AreSequenceEqual((string[])["anchored", "cosigned", "cosigned", "witness-failed"], _notes.Select(note => note.Kind).Order(StringComparer.Ordinal));
        EvidenceFile file = Build(workspace, 1)!;
        Assert.AreEqual(Verdict.Valid, Verify(workspace, file, required: 2).Verdict);
        VerificationReport three3 = Verify(workspace, file, required: 3);
        Assert.AreEqual(ReasonCodes.TooFewCosignatures, three3.Steps[(int)StepCode.Checkpoint].Reason);
        Assert.AreEqual(Verdict.Invalid, EvidenceVerifier.Verify(file, workspace.BuildTrust(), Options).Verdict);
        Assert.AreEqual(Verdict.Valid, EvidenceVerifier.Verify(workspace.BuildEvidence(Authority, 1)!, workspace.BuildTrust(), Options).Verdict);

        // It is back: the same checkpoint is cosigned without being anchored again, and then the file is one for three.
        workspace.Workspace.EditConfig(config => config with { Witnesses = [one.Config, three.Config, two.Config] });
        await RunOnceAsync(workspace);
        Assert.HasCount(1, workspace.Anchors(Authority));
        Assert.AreEqual(Verdict.Valid, Verify(workspace, Build(workspace, 1)!, required: 3).Verdict);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Evidence_AnchorThatNobodyCosigned_ShowsALaterOne()
    {
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(_ledger, [Authority], Token);
        workspace.Append(Authority, SampleRecords.Stated(Authority, 0, 3));
        await workspace.AnchorAsync(Authority, Token);
        await using WitnessScene one = Witness(workspace, "w1");
        await using WitnessScene two = Witness(workspace, "w2");
        workspace.Workspace.EditConfig(config => config with { Witnesses = [one.Config, new WitnessConfig(two.Key, new Uri("http://127.0.0.1:9/"))] });
        Assert.IsNull(Build(workspace, 0));

        workspace.Append(Authority, SampleRecords.Stated(Authority, 3, 2));
        await RunOnceAsync(workspace);
        Assert.AreEqual(5UL, Build(workspace, 0)!.Inclusion.TreeSize);

        // All of them cosigned the third anchor, which weighs more than that the second is older.
        workspace.Workspace.EditConfig(config => config with { Witnesses = [one.Config, two.Config] });
        workspace.Append(Authority, SampleRecords.Stated(Authority, 5, 2));
        await RunOnceAsync(workspace);
        Assert.AreEqual(7UL, Build(workspace, 0)!.Inclusion.TreeSize);
        Assert.AreEqual(3UL, workspace.BuildEvidence(Authority, 0)!.Inclusion.TreeSize);
        Assert.AreEqual(Verdict.Valid, Verify(workspace, Build(workspace, 0)!, required: 2).Verdict);

        // An altered cosignature is found by the audit, and makes no evidence.
        Assert.IsEmpty((await workspace.AuditAsync(Token)).Findings);
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            Assert.AreEqual(1, file.Execute("UPDATE cosignature SET line = (SELECT line FROM cosignature WHERE tree_size = 5) WHERE tree_size = 7 AND witness LIKE 'w1+%'"));
        }

        AuditReport report = await workspace.AuditAsync(Token);
        Assert.AreEqual("cosignature-altered", report.Findings.Single().Code, TestWorkspace.Describe(report));
        Assert.ThrowsExactly<Log.LogIntegrityException>(() => Build(workspace, 0));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_WitnessThatHasNotAnsweredYet_HoldsUpNeitherReadinessNorAnchors()
    {
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(_ledger, [Authority, TestWorkspace.Agency], Token);
        await using WitnessScene witness = Witness(workspace, "w1");
        witness.Folder.AddLog(workspace.LogOf(TestWorkspace.Agency).Origin, TestWorkspace.VerifierKey(workspace.LogOf(TestWorkspace.Agency)));
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        witness.Released = release.Task;
        workspace.Workspace.EditConfig(config => config with { Witnesses = [witness.Config] });
        workspace.Append(Authority, SampleRecords.Stated(Authority, 0, 3));
        workspace.Append(TestWorkspace.Agency, SampleRecords.Stated(TestWorkspace.Agency, 0, 2));

        await RunUntilAsync(workspace, async (node, said) =>
        {
            await said("anchored", 2);
            Assert.IsTrue(node.HasComparedLogs);
            Assert.AreEqual(0, _notes.Count(note => note.Kind is "cosigned" or "witness-failed"), "The witness has ten seconds.");
            release.SetResult();
            await said("cosigned", 2);
        });

        Assert.AreEqual(2, witness.Requests);
        Assert.AreEqual(Verdict.Valid, Verify(workspace, Build(workspace, 1)!, required: 1).Verdict);
    }

    // Round after round it says the same.
    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_WitnessThatDoesNotKnowALog_IsToldOnceAndWhenItDoes()
    {
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(_ledger, [Authority], Token);
        await using WitnessScene witness = new("w1");
        StoredLog log = workspace.LogOf(Authority);
        int requests = 0;
        witness.OnRequest = () =>
        {
            if (++requests == 4)
            {
                witness.Folder.AddLog(log.Origin, TestWorkspace.VerifierKey(log));
            }
            else if (requests < 3)
            {
                // The log may have grown since it was asked before, or not.
                workspace.Append(Authority, SampleRecords.Stated(Authority, requests, 1));
            }
        };
        workspace.Workspace.EditConfig(config => config with { Witnesses = [witness.Config] });
        workspace.Append(Authority, SampleRecords.Stated(Authority, 0, 1));

        await RunUntilAsync(workspace, async (_, said) => await said("cosigned", 1));

        Assert.AreSequenceEqual((string[])["witness-failed", "cosigned"], _notes.Select(note => note.Kind).Where(kind => kind is "witness-failed" or "cosigned"));
        Assert.IsGreaterThanOrEqualTo(4, witness.Requests);
    }

    private static VerificationOptions Options { get; } = new() { Clock = TimeProvider.System };

    private static WitnessScene Witness(TestWorkspace workspace, string name)
    {
        WitnessScene scene = new(name);
        StoredLog log = workspace.LogOf(Authority);
        scene.Folder.AddLog(log.Origin, TestWorkspace.VerifierKey(log));
        return scene;
    }

    private static EvidenceFile? Build(TestWorkspace workspace, ulong leafIndex)
    {
        using Store store = workspace.Workspace.OpenStore(StoreAccess.Read);
        StoredLog log = store.Logs.Find(Authority)!;
        return new EvidenceBuilder(workspace.Workspace, store, RulePackCatalog.Shipped, workspace.SubjectKey, witnessed: true).TryBuild(log, new LogPosition(log.Number, leafIndex));
    }

    private static VerificationReport Verify(TestWorkspace workspace, EvidenceFile file, int required)
    {
        using Store store = workspace.Workspace.OpenStore(StoreAccess.Read);
        TrustPolicy policy = TrustBuilder.Build(workspace.Workspace, store, RulePackCatalog.Shipped, required);
        Assert.IsTrue(TrustPolicy.TryParse(policy.ToUtf8(), out TrustPolicy? read, out _));
        return EvidenceVerifier.Verify(file.ToUtf8(), read, Options);
    }

    // Runs a node with short intervals until the test has what it waits for: a note of a kind, so many times.
    private async Task RunUntilAsync(TestWorkspace workspace, Func<NodeService, Func<string, int, Task>, Task> test)
    {
        Channel<NodeNote> notes = Channel.CreateUnbounded<NodeNote>();
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using NodeService node = NodeService.Open(
            workspace.Workspace,
            workspace.Keys,
            new NodeOptions { RpcUrl = _ledger.Url, AnchorEvery = TimeSpan.FromMilliseconds(100) },
            note =>
            {
                _notes.Enqueue(note);
                notes.Writer.TryWrite(note);
            },
            TimeProvider.System,
            random);
        Task running = node.RunAsync(stop.Token);
        try
        {
            await test(node, async (kind, count) =>
            {
                while (_notes.Count(note => note.Kind == kind) < count)
                {
                    await notes.Reader.ReadAsync(Token);
                }
            });
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    private async Task RunOnceAsync(TestWorkspace workspace)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using NodeService node = NodeService.Open(
            workspace.Workspace, workspace.Keys, new NodeOptions { RpcUrl = _ledger.Url }, _notes.Enqueue, TimeProvider.System, random);
        await node.RunOnceAsync(Token);
    }
}
