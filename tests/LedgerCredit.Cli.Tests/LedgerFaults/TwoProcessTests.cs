using System.Diagnostics;
using System.Globalization;

namespace LedgerCredit.Cli.Tests.LedgerFaults;

/// <summary>Several processes of the built tool on one workspace, and two nodes with one log: none of them harms the other.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TwoProcessTests
{
    private const int Rows = 3_000;
    private static readonly Dictionary<string, string> NoVariables = [];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task DevnetUp_SeveralAtOnce_OneStartsItAndAllFindIt()
    {
        SharedWorkspace.RequireAnvil();
        using TestFolder folder = new();
        string[] data = ["--data", folder.At("workspace")];
        (await CommandRun.RunAsync(["workspace", "init", .. data])).Expect(ExitCode.Done);
        try
        {
            CommandRun[] runs = await RunAtOnceAsync([.. Enumerable.Repeat((string[])["devnet", "up", "--json", .. data], 4)]);

            Assert.HasCount(1, runs.Select(run => run.Expect(ExitCode.Done).Out).Distinct());
            Assert.AreEqual(1, CountAnvils(folder));
        }
        finally
        {
            await CommandRun.RunAsync(["devnet", "down", .. data]);
        }

        Assert.AreEqual(0, CountAnvils(folder));
    }

    // Whenever it is killed: the next one leaves one devnet, which makes blocks, and whose clock never went back.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task DevnetUp_Killed_IsCompletedByTheNextOne()
    {
        SharedWorkspace.RequireAnvil();
        using TestFolder folder = new();
        string[] data = ["--data", folder.At("workspace")];
        (await CommandRun.RunAsync(["workspace", "init", .. data])).Expect(ExitCode.Done);
        Random random = new(20261122);
        DateTimeOffset latest = default;
        int killed = 0;
        for (int round = 0; round < 10; round++)
        {
            try
            {
                using (Process up = CommandRun.Start(NoVariables, ["devnet", "up", .. data]))
                {
                    // At a moment between two writes of the start: when the file says where it runs, or shortly after.
                    string state = Path.Combine(folder.At("workspace"), "devnet", "devnet.json");
                    while (!File.Exists(state) && !up.HasExited)
                    {
                        await Task.Yield();
                    }

                    for (int i = random.Next(4) * 10_000; i > 0 && !up.HasExited; i--)
                    {
                        await Task.Yield();
                    }

                    up.Kill();
                    await up.WaitForExitAsync(Token);
                    killed += up.ExitCode == ExitCode.Done ? 0 : 1;
                }

                (await CommandRun.RunAsync(["devnet", "up", .. data])).Expect(ExitCode.Done);
                Assert.AreEqual(1, CountAnvils(folder));
                CommandRun moved = (await CommandRun.RunAsync(["devnet", "advance", "1d", "--json", .. data])).Expect(ExitCode.Done);
                DateTimeOffset time = moved.Json.GetProperty("blockTime").GetDateTimeOffset();
                Assert.IsInRange(latest.AddDays(1), latest == default ? DateTimeOffset.MaxValue : latest.AddDays(1).AddMinutes(5), time);
                latest = time;
            }
            finally
            {
                await CommandRun.RunAsync(["devnet", "down", .. data]);
            }
        }

        Assert.IsGreaterThan(0, killed, "Every start was done before it was killed.");
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task ImportAnchorAndNode_AtOnce_KeepEveryRecordOnceAndAnchorEachTreeOnce()
    {
        await using FaultyWorkspace workspace = await FaultyWorkspace.StartAsync();
        string[] data = ["--data", workspace.Data];
        string first = workspace.WriteRatings(0, Rows);
        string second = workspace.WriteRatings(Rows / 2, Rows);
        using Process node = CommandRun.Start(NoVariables, ["node", "run", "--listen", "http://127.0.0.1:0", "--anchor-every", "1", "--json", .. data]);
        try
        {
            string listening = (await node.StandardOutput.ReadLineAsync(Token))!;
            Assert.Contains("\"kind\":\"listening\"", listening);

            // A second node is refused, with words and without touching anything.
            (await workspace.RunAsync("node", "run", "--once")).ExpectFailure(ExitCode.Configuration, "Another 'node run' works on");

            // The two files share half of their records.
            CommandRun[] runs = await RunAtOnceAsync(
                ["record", "import", first, "--json", .. data],
                ["record", "import", second, "--json", .. data],
                ["log", "anchor", "--wait", .. data],
                ["log", "anchor", "--wait", .. data]);
            long imported = runs.Take(2).Sum(run => run.Expect(ExitCode.Done).Json.GetProperty("imported").GetInt64());
            long alreadyThere = runs.Take(2).Sum(run => run.Json.GetProperty("alreadyThere").GetInt64());
            Assert.AreEqual(Rows + (Rows / 2), imported);
            Assert.AreEqual(Rows / 2, alreadyThere);
            foreach (CommandRun anchoring in runs.Skip(2))
            {
                Assert.IsTrue(anchoring.ExitCode is ExitCode.Done || (anchoring.ExitCode == ExitCode.Undecided && anchoring.Error.Contains("run the command again", StringComparison.OrdinalIgnoreCase)), anchoring.ToString());
            }
        }
        finally
        {
            await InterruptAsync(node);
        }

        (await workspace.RunAsync("log", "anchor", "--wait")).Expect(ExitCode.Done);
        await workspace.CheckAsync(Rows + (Rows / 2));
    }

    // Each has read the workspace before the others have changed it. Nothing of it needs a ledger.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Workspace_ManyCommandsChangeItAtOnce_KeepsWhatEachAdded()
    {
        using TestFolder folder = new();
        string[] data = ["--data", folder.At("workspace")];
        (await CommandRun.RunAsync(["workspace", "init", .. data])).Expect(ExitCode.Done);

        CommandRun[] runs = await RunAtOnceAsync(
            ["member", "add", "member-1", "member-2", "member-3", .. data],
            ["member", "add", "member-3", "member-4", "member-1", .. data],
            ["member", "add", "member-5", "member-6", "member-7", .. data],
            ["node", "endpoint", "add", "province", "https://province.example/", .. data],
            ["node", "endpoint", "add", "city", "https://city.example/", .. data],
            ["key", "new", "other", .. data]);

        foreach (CommandRun run in runs)
        {
            run.Expect(ExitCode.Done);
        }

        CommandRun members = (await CommandRun.RunAsync(["member", "list", "--json", .. data])).Expect(ExitCode.Done);
        Assert.AreSequenceEqual(
            ["member-1", "member-2", "member-3", "member-4", "member-5", "member-6", "member-7"],
            members.Json.EnumerateArray().Select(member => member.GetProperty("slug").GetString()!).Order(StringComparer.Ordinal));
        CommandRun endpoints = (await CommandRun.RunAsync(["node", "endpoint", "list", "--json", .. data])).Expect(ExitCode.Done);
        Assert.AreEqual(2, endpoints.Json.GetProperty("endpoints").GetArrayLength());

        // Configuration, keys and logs go together.
        (await CommandRun.RunAsync(["workspace", "backup", folder.At("backup.tar"), .. data])).Expect(ExitCode.Done);
    }

    // Two workspaces restored from one backup have the same keys and the same log.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task TwoNodesWithOneLog_AnchorDifferentRecords_OneIsRefusedAndSaysWhatToDo()
    {
        await using FaultyWorkspace workspace = await FaultyWorkspace.StartAsync();
        (await workspace.RunAsync("record", "import", workspace.WriteRatings(0, 5))).Expect(ExitCode.Done);
        (await workspace.RunAsync("log", "anchor", "--wait")).Expect(ExitCode.Done);
        string backup = workspace.At("backup.tar");
        (await workspace.RunAsync("workspace", "backup", backup)).Expect(ExitCode.Done);
        string[] nodes = [workspace.At("one"), workspace.At("two")];
        for (int i = 0; i < nodes.Length; i++)
        {
            (await CommandRun.RunAsync("workspace", "restore", backup, "--data", nodes[i])).Expect(ExitCode.Done);
            (await CommandRun.RunAsync("record", "import", workspace.WriteRatings(100 * (i + 1), 3), "--data", nodes[i])).Expect(ExitCode.Done);
        }

        await RunAtOnceAsync([.. nodes.Select(node => (string[])["node", "run", "--once", "--rpc", workspace.Rpc, "--data", node])]);

        // Whoever came first goes on; the other one never does.
        List<CommandRun> later = [];
        foreach (string node in nodes)
        {
            later.Add(await CommandRun.RunAsync("node", "run", "--once", "--rpc", workspace.Rpc, "--data", node));
        }

        int winner = later.FindIndex(run => run.ExitCode == ExitCode.Done);
        Assert.IsGreaterThanOrEqualTo(0, winner, string.Join('\n', later));
        later[1 - winner].ExpectFailure(ExitCode.VerificationFailed, "another node went on with the log from a copy of this store");
        Assert.Contains("let one node alone work on the log", later[1 - winner].Error);
        (await CommandRun.RunAsync("log", "audit", "--rpc", workspace.Rpc, "--data", nodes[winner])).Expect(ExitCode.Done);
        CommandRun lost = await CommandRun.RunAsync("log", "audit", "--rpc", workspace.Rpc, "--json", "--data", nodes[1 - winner]);
        Assert.AreEqual(ExitCode.VerificationFailed, lost.ExitCode, lost.ToString());

        // The workspace that both came from has less than the ledger: it is refused as well.
        (await workspace.RunAsync("log", "anchor")).ExpectFailure(ExitCode.VerificationFailed, "The ledger has anchored 8 entries");
    }

    private async Task<CommandRun[]> RunAtOnceAsync(params string[][] commands)
    {
        Process[] processes = [.. commands.Select(command => CommandRun.Start(NoVariables, command))];
        try
        {
            return await Task.WhenAll(processes.Select(process => CommandRun.FinishAsync(process, "", Token)));
        }
        finally
        {
            foreach (Process process in processes)
            {
                process.Dispose();
            }
        }
    }

    private async Task InterruptAsync(Process process)
    {
        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(Token);
        }

        await process.WaitForExitAsync(Token);
    }

    // Those that work on this workspace's state file.
    private static int CountAnvils(TestFolder folder)
    {
        int count = 0;
        foreach (string process in Directory.GetDirectories("/proc").Where(path => Path.GetFileName(path).All(char.IsAsciiDigit)))
        {
            try
            {
                string[] arguments = File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0');
                count += arguments[0].Contains("anvil", StringComparison.Ordinal) && arguments.Any(argument => argument.StartsWith(folder.FullPath, StringComparison.Ordinal)) ? 1 : 0;
            }
            catch (IOException)
            {
                // It ended while it was looked at.
            }
        }

        return count;
    }
}
