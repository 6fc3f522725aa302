using System.Security.Cryptography;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Log;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Running;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>Trouble of one log is not that of another; and two stores with one log cannot both anchor it.</summary>
[TestClass]
public sealed class SeveralLogsTests
{
    private const string Authority = TestWorkspace.Authority;
    private const string Agency = TestWorkspace.Agency;

    private readonly List<NodeNote> _notes = [];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task RunOnce_OneLogsTransactionIsSwallowed_AnchorsTheOtherAndSaysSo()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(Token);
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(ledger, [Authority, Agency], Token);
        await using RpcFaultProxy proxy = new(new Uri(ledger.Url));
        workspace.Append(Authority, SampleRecords.Stated(Authority, 0, 3));
        workspace.Append(Agency, SampleRecords.Stated(Agency, 0, 2));
        string? swallowed = null;
        proxy.On("eth_sendRawTransaction", async exchange =>
        {
            // Whichever log is first: the endpoint says that it has its transaction, and never passes it on.
            string raw = (string)exchange.Parameters[0]!;
            swallowed ??= raw;
            if (raw == swallowed)
            {
                // The hash of the bytes is the answer of sending them.
                exchange.Request["method"] = "web3_sha3";
            }

            await exchange.AnswerAsync(await exchange.ForwardAsync());
        });

        Exception end = await Assert.ThrowsAsync<Exception>(() => RunOnceAsync(workspace, proxy.Url, new HurriedTimeProvider(4 * FaultScene.Hurry)));

        Assert.IsTrue(end is LedgerStalledException or LedgerUnavailableException, end.ToString());
        if (end is LedgerStalledException)
        {
            Assert.Contains("It is kept; run the command again to go on with the same bytes.", end.Message);
            Assert.AreSequenceEqual((string[])["anchor-refused", "anchored"], _notes.Select(note => note.Kind).Order());
            Assert.ContainsSingle(workspace.Anchors(Authority).Concat(workspace.Anchors(Agency)).Where(anchor => !anchor.IsInFlight));
        }

        proxy.Heal();
        await RunOnceAsync(workspace, proxy.Url, TimeProvider.System);
        await workspace.CheckAsync(new Dictionary<string, ulong> { [Authority] = 3, [Agency] = 2 }, Token);
        Assert.IsTrue(workspace.Anchors(Authority).Concat(workspace.Anchors(Agency)).All(anchor => !anchor.IsInFlight));
    }

    // The second store anchors when the first has compared and signed, but not sent.
    [TestMethod]
    [DataRow(false, DisplayName = "with one account")]
    [DataRow(true, DisplayName = "with another account of the organisation")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_AnotherStoreWasFasterWithAnotherTree_IsRefusedByTheContractAndSaysWhatToDo(bool hasOwnAccount)
    {
        await using FaultScene scene = await FaultScene.StartAsync(Token);
        scene.Append(3);
        await scene.AnchorAsync(TimeProvider.System, Token);
        using TestWorkspace other = scene.Workspace.Copy();
        scene.Append(2);
        other.Append(Authority, SampleRecords.Stated(Authority, 100, 4));
        string account = hasOwnAccount ? await AddAccountAsync(other) : Authority;
        bool isFirst = true;
        scene.Proxy.On("eth_sendRawTransaction", async exchange =>
        {
            if (isFirst)
            {
                isFirst = false;
                await AnchorAsync(other, account);
            }

            await exchange.AnswerAsync(await exchange.ForwardAsync());
        });

        Exception? end = await scene.TryAnchorAsync(TimeProvider.System, Token);

        Assert.IsInstanceOfType<LogIntegrityException>(end);
        LogIntegrityException e = await Assert.ThrowsExactlyAsync<LogIntegrityException>(() => scene.AnchorAsync(TimeProvider.System, Token));
        Assert.Contains("another node went on with the log from a copy of it", e.Message);
        Assert.Contains("let one node alone work on the log", e.Message);
        Assert.AreSequenceEqual((ulong[])[3, 7], await scene.FetchAnchoredAsync(Token));
        Assert.DoesNotContain(7UL, scene.Workspace.Anchors(Authority).Select(anchor => anchor.TreeSize));
        Assert.IsFalse(other.Anchors(Authority)[^1].IsInFlight);
        if (!hasOwnAccount)
        {
            await other.CheckAsync(new Dictionary<string, ulong> { [Authority] = 7 }, Token);
        }
    }

    private async Task AnchorAsync(TestWorkspace workspace, string account)
    {
        using Store store = workspace.OpenStore();
        using Secp256k1Key key = workspace.Keys.OpenAccount(account);
        using LedgerSession session = await workspace.ConnectAsync(Token);
        await new Anchoring.Anchorer(session, store, workspace.Finality, TimeProvider.System).AnchorAsync(store.Logs.Find(Authority)!, key, wait: true, Token);
    }

    private async Task<string> AddAccountAsync(TestWorkspace workspace)
    {
        const string Name = "second-operator";
        workspace.Keys.CreateAccount(Name);
        using LedgerSession session = await workspace.ConnectAsync(Token);
        using Secp256k1Key admin = workspace.Keys.OpenAccount(Workspaces.KeyRing.AdminName);
        using Secp256k1Key key = workspace.Keys.OpenAccount(Name);
        await new LedgerTransactions(session, TimeProvider.System).RunAsync(
            admin,
            session.Contracts.Consortium,
            ConsortiumContract.EncodeRegisterAccount(Address.FromPublicKey(key.PublicKey), ConsortiumContract.OrganisationId(Authority), ConsortiumRoles.ToBitmap([ConsortiumRole.Operator])),
            Token);
        return Name;
    }

    private async Task RunOnceAsync(TestWorkspace workspace, string url, TimeProvider timeProvider)
    {
        using RandomNumberGenerator chance = RandomNumberGenerator.Create();
        using NodeService node = NodeService.Open(workspace.Workspace, workspace.Keys, new NodeOptions { RpcUrl = url }, _notes.Add, timeProvider, chance);
        await node.RunOnceAsync(Token);
    }
}
