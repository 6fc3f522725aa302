using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Outbox;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Tests.Keeping;
using LedgerCredit.Node.Tests.Outbox;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Running;

/// <summary>The node as a whole, on a real ledger with the real contracts.</summary>
[TestClass]
public sealed class NodeServiceTests : IDisposable
{
    private const string Endpoint = "province";
    private static readonly Bytes32 Statement = Sha256.Hash("statement"u8);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentQueue<NodeNote> _notes = [];
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _random.Dispose();

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_OnlyTimeIsMissing_RepairsInTheNextBlockAndTellsTheSupervisor()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        await using WebhookReceiver receiver = WebhookReceiver.Answering("202 Accepted");
        Bytes32 publicKey = Supervise(keeping, receiver);
        ulong until = await keeping.PutFactsAsync(sanction: 0, caseId: 1, Token);
        using NodeService node = Open(keeping.Workspace, keeping.Scene.Ledger.Url);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task running = node.RunAsync(stop.Token);
        await WaitAsync(() => keeping.Index.FindCase(1) is not null);
        Assert.AreEqual(SanctionState.UnderRepair, (await keeping.Scene.Desk.FetchStatusAsync(keeping.Scene.Leaves[0], Token)).State);

        await keeping.Scene.PassToAsync(until, Token);
        ulong block = await keeping.Scene.Client.FetchBlockNumberAsync(Token);
        await WaitAsync(() => receiver.Requests.Count == 1 && _notes.Any(note => note.Kind == "delivered"));
        await stop.CancelAsync();
        await running;

        ReceivedRequest request = receiver.Requests.Single();
        Assert.IsNull(MessageSignatureVerifier.FindProblem(request, receiver.Address.AbsoluteUri, publicKey));
        using JsonDocument told = JsonDocument.Parse(request.Body);
        Assert.AreEqual("org.ledgercredit.repair.repaired.v1", told.RootElement.GetProperty("type").GetString());
        Assert.AreEqual(keeping.Scene.Leaves[0].ToString(), told.RootElement.GetProperty("subject").GetString());
        Assert.AreEqual(block + 1, told.RootElement.GetProperty("data").GetProperty("block").GetProperty("number").GetUInt64());
        Assert.AreSequenceEqual((string[])["started", "triggered", "delivered", "stopped"], _notes.Select(note => note.Kind));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task RunOnce_ObjectionOverdueTwice_SaysWhoseAndWhatToDo()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        await keeping.PutFactsAsync(sanction: 0, caseId: 1, Token);
        await keeping.Scene.ActAsync("auditor.one", RepairDeskContract.EncodeObject(1, Statement), Token);
        using NodeService node = Open(keeping.Workspace, keeping.Scene.Ledger.Url);
        for (int period = 1; period <= 2; period++)
        {
            await node.RunOnceAsync(Token);
            await keeping.Scene.PassToAsync(keeping.Index.FindCase(1)!.ObjectionDueAt, Token);
        }

        await node.RunOnceAsync(Token);

        Assert.AreSequenceEqual((string[])["escalated", "overdue"], _notes.Select(note => note.Kind));
        Assert.StartsWith("Escalated the objection of auditor in case 1 in block", _notes.First().Text);
        Assert.Contains("the objection of auditor in case 1. The next escalation would let the case lapse: somebody must decide ('repair escalate 1 --objector auditor').", _notes.Last().Text);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_LedgerGoesAwayAndComesBack_SaysEachOnceAndGoesOn()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        await using WebhookReceiver receiver = WebhookReceiver.Answering("200 OK");
        Supervise(keeping, receiver);
        await using LedgerProxy proxy = new(new Uri(keeping.Scene.Ledger.Url));
        using NodeService node = Open(keeping.Workspace, proxy.Url);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task running = node.RunAsync(stop.Token);
        await WaitAsync(() => keeping.Index.Position is not null);

        await proxy.CloseAsync();
        await keeping.Scene.ActAsync("authority.one", RepairDeskContract.EncodeAnnul(keeping.Scene.Sanctions[0], keeping.Scene.Entries[0], 0, Statement), Token);
        await WaitAsync(() => _notes.Any(note => note.Kind == "ledger-lost"));
        proxy.Open();
        await WaitAsync(() => receiver.Requests.Count == 1);
        await stop.CancelAsync();
        await running;

        Assert.AreSequenceEqual(
            (string[])["started", "ledger-lost", "ledger-back", "stopped"],
            _notes.Select(note => note.Kind).Where(kind => kind != "delivered"));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Run_LedgerWithoutTheContracts_EndsAndSaysWhatToDo()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(Token);
        using TestWorkspace workspace = TestWorkspace.Create();
        Configure(workspace, Nowhere);
        using NodeService node = Open(workspace, ledger.Url);

        WorkspaceException e = await Assert.ThrowsExactlyAsync<WorkspaceException>(() => node.RunAsync(Token));

        Assert.Contains("has no contract at", e.Message);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task RunOnce_LogThatHasGrown_AnchorsIt()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(Token);
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(ledger, [TestWorkspace.Authority, TestWorkspace.Agency], Token);
        workspace.Append(TestWorkspace.Authority, SampleRecords.Sanction(TestWorkspace.Authority, 1));
        workspace.Append(TestWorkspace.Agency, SampleRecords.Rating(TestWorkspace.Agency, 1));

        // This member's key is elsewhere, so that its log is left to another node.
        File.Delete(Path.Combine(workspace.Workspace.KeysFolder, $"account-{TestWorkspace.Agency}.json"));
        using NodeService node = Open(workspace, ledger.Url);

        await node.RunOnceAsync(Token);
        await node.RunOnceAsync(Token);

        Assert.AreEqual("anchored", _notes.Single().Kind);
        Assert.IsFalse(workspace.Anchors(TestWorkspace.Authority).Single().IsInFlight);
        Assert.IsEmpty(workspace.Anchors(TestWorkspace.Agency));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task RunOnce_MemberIsSuspended_TellsAndAnchorsTheOthers()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(Token);
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(ledger, [TestWorkspace.Agency, TestWorkspace.Authority], Token);
        workspace.Append(TestWorkspace.Authority, SampleRecords.Sanction(TestWorkspace.Authority, 1));
        workspace.Append(TestWorkspace.Agency, SampleRecords.Rating(TestWorkspace.Agency, 1));
        using (Ledgers.LedgerSession session = await workspace.ConnectAsync(Token))
        using (LedgerCredit.Primitives.Cryptography.Secp256k1Key admin = workspace.Keys.OpenAccount(KeyRing.AdminName))
        {
            await new Ledgers.LedgerTransactions(session, TimeProvider.System).RunAsync(
                admin, session.Contracts.Consortium, ConsortiumContract.EncodeSuspendOrganisation(ConsortiumContract.OrganisationId(TestWorkspace.Agency)), Token);
        }

        using NodeService node = Open(workspace, ledger.Url);
        await node.RunOnceAsync(Token);

        Assert.AreSequenceEqual((string[])["anchor-refused", "anchored"], _notes.Select(note => note.Kind));
        Assert.HasCount(1, workspace.Anchors(TestWorkspace.Authority));
    }

    [TestMethod]
    public void Open_SecondNodeOfOneWorkspace_IsRefusedUntilTheFirstHasEnded()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        Configure(workspace, Nowhere);
        using (Open(workspace, "http://127.0.0.1:1"))
        {
            WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => Open(workspace, "http://127.0.0.1:1").Dispose());
            Assert.Contains("Another 'node run' works on", e.Message);
        }

        Open(workspace, "http://127.0.0.1:1").Dispose();
    }

    [TestMethod]
    public void Open_WithoutContracts_SaysHowToGetThem()
    {
        using TestWorkspace workspace = TestWorkspace.Create();

        Assert.Contains("contracts deploy", Assert.ThrowsExactly<WorkspaceException>(() => Open(workspace, "http://127.0.0.1:1").Dispose()).Message);
    }

    [TestMethod]
    public void AddLocal_NameOfTheKeeper_IsRefused()
    {
        using TestWorkspace workspace = TestWorkspace.Create();

        Assert.ThrowsExactly<WorkspaceException>(() => new Members.MemberRegistry(workspace.Workspace, workspace.Keys).AddLocal(KeyRing.KeeperName, []));
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Run_LedgerIsAway_DeliversAllTheSame()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        Configure(workspace, Nowhere);
        await using WebhookReceiver receiver = WebhookReceiver.Answering("200 OK");
        using (Store store = workspace.OpenStore())
        {
            store.Outbox.Add("e1", Endpoint, "body"u8.ToArray(), 1);
        }

        // Written by hand: so there is no key yet.
        workspace.Workspace.EditConfig(config => config with { Supervisors = [new SupervisorConfig(Endpoint, receiver.Address)] });
        using NodeService node = Open(workspace, "http://127.0.0.1:1");
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task running = node.RunAsync(stop.Token);
        await WaitAsync(() => _notes.Any(note => note.Kind == "delivered") && _notes.Any(note => note.Kind == "ledger-lost"));
        await stop.CancelAsync();
        await running;

        Assert.IsNull(MessageSignatureVerifier.FindProblem(receiver.Requests.Single(), receiver.Address.AbsoluteUri, workspace.Keys.FindWebhookPublicKey()!.Value));
    }

    private static ContractAddresses Nowhere => new(At(1), At(2), At(3), At(4), 0);

    private static Address At(byte number) => Address.FromBytes([.. new byte[19], number]);

    private static void Configure(TestWorkspace workspace, ContractAddresses contracts) =>
        workspace.Workspace.EditConfig(config => config with { Ledger = config.Ledger with { Contracts = contracts } });

    private static Bytes32 Supervise(KeeperScene keeping, WebhookReceiver receiver)
    {
        OutboxFiller.Begin(keeping.Store, Endpoint);
        Workspace workspace = keeping.Workspace.Workspace;
        workspace.EditConfig(config => config with { Supervisors = [new SupervisorConfig(Endpoint, receiver.Address)] });
        return keeping.Workspace.Keys.EnsureWebhookKey();
    }

    private NodeService Open(TestWorkspace workspace, string url) => NodeService.Open(
        workspace.Workspace,
        workspace.Keys,
        new NodeOptions { RpcUrl = url, PollEvery = PollEvery, LongestLedgerPause = PollEvery },
        _notes.Enqueue,
        TimeProvider.System,
        _random);

    private async Task WaitAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Delay(PollEvery, Token);
        }
    }
}
