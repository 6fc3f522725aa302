using System.Diagnostics;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Workspaces;
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
