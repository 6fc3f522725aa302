using System.Diagnostics;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests;

/// <summary>The embedded ledger: one process of a workspace, whose state outlives it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DevnetTests
{
    private const string Authority = TestWorkspace.Authority;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task FindAnvilAsync(TestContext context)
    {
        // Inconclusive where there is no anvil at all.
        await using (await AnvilProcess.StartAsync("prague", hasFees: false, context.CancellationToken))
        {
        }

        if (Environment.GetEnvironmentVariable("LEDGERCREDIT_ANVIL") is null)
        {
            Environment.SetEnvironmentVariable("LEDGERCREDIT_HOME", RepositoryFiles.Root);
        }
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task UpAndDown_Repeated_KeepsOneProcessAndTheState()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        Devnet devnet = new(workspace.Workspace);
        Assert.IsNull(devnet.FindRunning());
        Assert.ThrowsExactly<DevnetException>(devnet.GetRunning);
        Assert.IsFalse(await devnet.StopAsync(Token));
        try
        {
            DevnetState first = await devnet.StartAsync(Token);
            Assert.AreEqual(first, await devnet.StartAsync(Token));
            Assert.AreEqual(first, new Devnet(Workspace.Open(workspace.Workspace.Folder)).GetRunning());
            await workspace.DeployAsync(Token);
            workspace.Append(Authority, SampleRecords.Mixed(Authority, 0, 4));
            AnchorOutcome anchored = await workspace.AnchorAsync(Authority, Token);

            Assert.IsTrue(await devnet.StopAsync(Token));
            Assert.IsFalse(await devnet.StopAsync(Token));
            Assert.IsNull(devnet.FindRunning());
            await Assert.ThrowsExactlyAsync<DevnetException>(() => workspace.AnchorAsync(Authority, Token));
            await devnet.StartAsync(Token);
            AnchorOutcome again = await workspace.AnchorAsync(Authority, Token);

            Assert.IsNotNull(anchored.TransactionHash);
            Assert.IsNull(again.TransactionHash);
            await workspace.CheckOnDevnetAsync(new Dictionary<string, ulong> { [Authority] = 4 }, Token);

            // Killed, not stopped: nothing pretends that it still runs.
            using (Process anvil = Process.GetProcessById(devnet.GetRunning().ProcessId))
            {
                anvil.Kill();
                while (devnet.FindRunning() is not null)
                {
                    Token.ThrowIfCancellationRequested();
                    await Task.Yield();
                }
            }
        }
        finally
        {
            await devnet.StopAsync(CancellationToken.None);
        }
    }

    // What a kill of 'devnet up' leaves behind its second step: a devnet that runs and makes no blocks. The clock is a day ahead,
    // and stays so: set twice, it does not move twice.
    [TestMethod]
    [DataRow(false, DisplayName = "killed before the clock was set")]
    [DataRow(true, DisplayName = "killed when the clock was set")]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Start_DevnetWithoutBlocks_SetsItsClockOnceAndMakesThem(bool isClockSet)
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        Devnet devnet = new(workspace.Workspace);
        try
        {
            await devnet.StartAsync(Token);
            ulong advanced = await devnet.AdvanceAsync(86_400, Token);
            await devnet.StopAsync(Token);
            DevnetState state = await devnet.StartAsync(Token);
            using HttpClient http = JsonRpcClient.CreateHttpClient();
            JsonRpcClient rpc = new(http, new Uri(state.RpcUrl), new JsonRpcOptions(), TimeProvider.System);
            EthereumClient client = new(rpc, BlockHashRule.Keccak);
            await rpc.SendAsync("evm_setIntervalMining", [new JsonNumber(0)], Token);
            if (!isClockSet)
            {
                // anvil's own clock, as it is when it starts: that of the machine.
                await rpc.SendAsync("evm_setTime", [new JsonNumber(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds())], Token);
            }

            ulong before = await client.FetchBlockNumberAsync(Token);
            Assert.AreEqual(state, await devnet.StartAsync(Token));

            while (await client.FetchBlockNumberAsync(Token) == before)
            {
                Token.ThrowIfCancellationRequested();
            }

            ulong time = (await client.FetchLatestBlockAsync(Token)).Header.Timestamp;
            Assert.IsGreaterThanOrEqualTo(advanced, time);
            Assert.IsLessThan(advanced + 3_600, time);
        }
        finally
        {
            await devnet.StopAsync(CancellationToken.None);
        }
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Start_SeveralAtOnce_StartOne()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);
        try
        {
            DevnetState[] states = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new Devnet(Workspace.Open(workspace.Workspace.Folder)).StartAsync(Token)));

            Assert.HasCount(1, states.Distinct());
        }
        finally
        {
            await new Devnet(workspace.Workspace).StopAsync(CancellationToken.None);
        }
    }

    [TestMethod]
    public void FindRunning_ProcessIdOfAnotherProgram_IsNotOurs()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        Directory.CreateDirectory(workspace.Workspace.DevnetFolder);
        File.WriteAllText(
            Path.Combine(workspace.Workspace.DevnetFolder, "devnet.json"),
            FormattableString.Invariant($"{{\"processId\":{Environment.ProcessId},\"port\":8545}}"));

        Assert.IsNull(new Devnet(workspace.Workspace).FindRunning());
    }

    [TestMethod]
    [DataRow("", DisplayName = "empty")]
    [DataRow("{}", DisplayName = "members missing")]
    [DataRow("{\"processId\":99999999999,\"port\":8545}", DisplayName = "no process id")]
    [DataRow("{\"processId\":1,\"port\":99999}", DisplayName = "no port")]
    public void FindRunning_DamagedState_SaysWhatToDo(string text)
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        Directory.CreateDirectory(workspace.Workspace.DevnetFolder);
        File.WriteAllText(Path.Combine(workspace.Workspace.DevnetFolder, "devnet.json"), text);

        WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => new Devnet(workspace.Workspace).FindRunning());

        Assert.Contains("Delete it if no anvil is running", e.Message);
    }

    [TestMethod]
    public async Task Start_OfAnExternalLedger_IsRefused()
    {
        using TestFolder folder = new();
        Workspace external = Workspace.Create(
            folder.File("workspace"),
            new WorkspaceConfig("net", new LedgerConfig(LedgerKind.External, "http://127.0.0.1:1", 1, null, null), []),
            _ => { });

        await Assert.ThrowsExactlyAsync<WorkspaceException>(() => new Devnet(external).StartAsync(Token));
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Start_TruncatedState_SaysWhereToLook()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        Directory.CreateDirectory(workspace.Workspace.DevnetFolder);
        File.WriteAllText(Path.Combine(workspace.Workspace.DevnetFolder, "anvil.json"), "{\"block\":");
        Devnet devnet = new(workspace.Workspace);

        WorkspaceException e = await Assert.ThrowsExactlyAsync<WorkspaceException>(() => devnet.StartAsync(Token));

        Assert.Contains("anvil.log", e.Message);
        Assert.IsNull(devnet.FindRunning());
    }
}
