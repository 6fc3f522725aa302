using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests;

/// <summary>Deploying takes four blocks: what others change meanwhile stays, and so do the addresses.</summary>
[TestClass]
public sealed class ContractDeploymentTests
{
    private const string Send = "eth_sendRawTransaction";

    private static TestLedger _ledger = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _ledger = await TestLedger.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (_ledger is not null)
        {
            await _ledger.DisposeAsync();
        }
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Deploy_OthersChangeTheWorkspaceMeanwhile_KeepsBothAndRegistersAll()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        await using RpcFaultProxy proxy = new(new Uri(_ledger.Url));
        proxy.On(Send, async exchange =>
        {
            using TestWorkspace other = workspace.Reopen();
            new MemberRegistry(other.Workspace, other.Keys).AddLocal(FormattableString.Invariant($"member-{exchange.Nth}"), [ConsortiumRole.Agency]);
            await exchange.AnswerAsync(await exchange.ForwardAsync());
        });

        ContractAddresses contracts = await DeployAsync(workspace, proxy, Token);

        string[] members = [TestWorkspace.Authority, "member-1", "member-2", "member-3", "member-4"];
        using TestWorkspace after = workspace.Reopen();
        foreach (WorkspaceConfig config in (WorkspaceConfig[])[workspace.Workspace.Config, after.Workspace.Config])
        {
            Assert.AreSequenceEqual(members, config.Members.Select(member => member.Slug));
            Assert.AreEqual(contracts, config.Ledger.Contracts);
        }

        // What follows in the same command goes over those that came meanwhile, too.
        proxy.Heal();
        using LedgerSession session = await LedgerSession.ConnectAsync(workspace.Workspace, proxy.Url, TimeProvider.System, Token);
        MemberRegistry registry = new(workspace.Workspace, workspace.Keys);
        foreach (MemberConfig member in workspace.Workspace.Config.Members)
        {
            Assert.IsTrue(await registry.RegisterAsync(session, MemberIdentity.Of(member), TimeProvider.System, Token));
        }
    }

    // The first ones stay: whoever deployed them may have given their addresses away already.
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Deploy_OthersKeptTheirsMeanwhile_IsRefusedAndLeavesThem()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        await using RpcFaultProxy proxy = new(new Uri(_ledger.Url));
        ContractAddresses first = new(At(1), At(2), At(3), At(4), 5);
        proxy.When(exchange => exchange.Method == Send && exchange.Nth == 4, async exchange =>
        {
            using TestWorkspace other = workspace.Reopen();
            other.Workspace.EditConfig(config => config with { Ledger = config.Ledger with { Contracts = first } });
            await exchange.AnswerAsync(await exchange.ForwardAsync());
        });

        WorkspaceException e = await Assert.ThrowsExactlyAsync<WorkspaceException>(() => DeployAsync(workspace, proxy, Token));

        Assert.Contains("has its contracts already", e.Message);
        Assert.AreEqual(1, proxy.Struck);
        Assert.AreEqual(first, Workspace.Open(workspace.Workspace.Folder).Config.Ledger.Contracts);
    }

    // Ended at each transaction, before it is sent and right behind it. What is left: contracts on the ledger that nothing refers to,
    // and a workspace that knows none; members of which a part is registered.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task DeployAndRegister_EndedAtEachTransaction_AreCompletedByTheNextRun(bool isSent)
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        await using RpcFaultProxy proxy = new(new Uri(_ledger.Url));
        for (int at = 1; at <= 4; at++)
        {
            await EndAtAsync(proxy, at, isSent, token => DeployAsync(workspace, proxy, token));
            Assert.IsNull(Workspace.Open(workspace.Workspace.Folder).Config.Ledger.Contracts);
        }

        ContractAddresses contracts = await DeployAsync(workspace, proxy, Token);
        Assert.AreEqual(contracts, Workspace.Open(workspace.Workspace.Folder).Config.Ledger.Contracts);

        // Organisation, account and log: each next run sends what is missing, and not what is there.
        MemberRegistry registry = new(workspace.Workspace, workspace.Keys);
        MemberIdentity member = MemberIdentity.Of(workspace.Workspace.Config.Members.Single());
        using LedgerSession session = await LedgerSession.ConnectAsync(workspace.Workspace, proxy.Url, TimeProvider.System, Token);
        int rounds = isSent ? 3 : 1;
        for (int round = 0; round < rounds; round++)
        {
            await EndAtAsync(proxy, 1, isSent, token => registry.RegisterAsync(session, member, TimeProvider.System, token));
        }

        Assert.AreEqual(!isSent, await registry.RegisterAsync(session, member, TimeProvider.System, Token));
        Assert.IsFalse(await registry.RegisterAsync(session, member, TimeProvider.System, Token));
    }

    private async Task EndAtAsync(RpcFaultProxy proxy, int at, bool isSent, Func<CancellationToken, Task> work)
    {
        int before = proxy.SentTransactions.Count;
        ulong block = await _ledger.Client.FetchBlockNumberAsync(Token);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(Token);
        proxy.When(exchange => exchange.Method == Send && exchange.Nth == at, async exchange =>
        {
            if (isSent)
            {
                await exchange.ForwardAsync();
            }

            await ended.CancelAsync();
        });

        await Assert.ThrowsAsync<OperationCanceledException>(() => work(ended.Token));

        Assert.AreEqual(1, proxy.Struck);
        Assert.HasCount(before + (isSent ? at : at - 1), proxy.SentTransactions);
        proxy.Heal();
        await _ledger.MineAsync(Token);
        Assert.IsGreaterThan(block, await _ledger.Client.FetchBlockNumberAsync(Token));
    }

    private static async Task<ContractAddresses> DeployAsync(TestWorkspace workspace, RpcFaultProxy proxy, CancellationToken cancellationToken)
    {
        using LedgerSession session = await LedgerSession.ConnectAsync(workspace.Workspace, proxy.Url, TimeProvider.System, cancellationToken);
        return await new ContractDeployment(workspace.Workspace, workspace.Keys).DeployAsync(session, TimeProvider.System, cancellationToken);
    }

    private static Address At(byte number) => Address.FromBytes([.. new byte[Address.Length - 1], number]);
}
