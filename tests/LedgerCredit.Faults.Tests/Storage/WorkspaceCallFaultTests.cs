using System.Text.Json;

namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>Each flush and each new name of a command that makes keys and changes <c>workspace.json</c> fails, or is where it is killed.</summary>
[TestClass]
public sealed class WorkspaceCallFaultTests
{
    private static readonly string[] Naming = ["fsync", "rename"];

    private readonly string _folder = Directory.CreateTempSubdirectory("ledgercredit-workspace-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("error=EIO")]
    [DataRow("signal=SIGKILL")]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task MemberAdd_FailsOrIsKilledAtACall_IsCompletedByTheNextRun(string fault)
    {
        SystemCalls.Require();
        string[] add = ["member", "add", "member-1", "--role", "agency"];
        string record = Path.Combine(_folder, "calls");
        Tool plain = await MakeAsync("plain");
        (await plain.RunUnderAsync(SystemCalls.Wrapper(record, Naming, [], injection: null), add)).Expect(FaultedCommand.Done);
        int met = 0;
        foreach (string call in Naming)
        {
            int count = SystemCalls.Most(record, call);
            Assert.IsGreaterThan(2, count, call);
            foreach (int at in SystemCalls.Some(count, Math.Max(4, SystemCalls.MostOfEach)))
            {
                string injection = FormattableString.Invariant($"{call}:{fault}:when={at}");
                Tool tool = await MakeAsync(FormattableString.Invariant($"{call}-{at}"));
                string faulted = Path.Combine(_folder, "faulted");
                ToolRun run = await tool.RunUnderAsync(SystemCalls.Wrapper(faulted, Naming, [], injection), add);
                bool isMet = run.ExitCode == FaultedCommand.Killed || SystemCalls.WasInjected(faulted);
                met += isMet ? 1 : 0;
                Assert.IsTrue(run.ExitCode is FaultedCommand.Done or FaultedCommand.Trouble or FaultedCommand.Killed, $"{injection}: {run}");

                // Whatever is there: the same command completes it, with the keys that are there, and everything goes together.
                (await FaultScene.RunAsync(tool.Data, add)).Expect(FaultedCommand.Done);
                JsonElement member = (await FaultScene.RunAsync(tool.Data, "member", "list", "--json")).Expect(FaultedCommand.Done).Json.EnumerateArray().Single();
                string[] keys = [.. (await FaultScene.RunAsync(tool.Data, "key", "list", "--json")).Expect(FaultedCommand.Done).Json.EnumerateArray().Select(key => key.GetProperty("public").GetString()!)];
                Assert.HasCount(3, keys, injection);
                Assert.Contains(member.GetProperty("account").GetString()!, keys, injection);
                Assert.Contains(member.GetProperty("verifierKey").GetString()!, keys, injection);
                (await FaultScene.RunAsync(tool.Data, "workspace", "backup", tool.Data + ".tar")).Expect(FaultedCommand.Done);
            }
        }

        TestContext.WriteLine($"{met} met.");
        Assert.IsGreaterThan(4, met);
    }

    private async Task<Tool> MakeAsync(string name)
    {
        Tool tool = new(Tool.Built, Path.Combine(_folder, name));
        (await FaultScene.RunAsync(tool.Data, "workspace", "init")).Expect(FaultedCommand.Done);
        return tool;
    }
}
