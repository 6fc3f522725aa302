using LedgerCredit.Cli.Tests;
using LedgerCredit.Faults.Tests.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Faults.Tests.Matrix;

/// <summary>A node reads events and tells a supervisor, and meets a fault or is killed at its writes, requests and answers.</summary>
[TestClass]
public sealed class NodeCallFaultTests
{
    private const int Messages = 3;
    private static readonly string[] Once = ["node", "run", "--once"];

    private static FaultScene _scene = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        SystemCalls.Require();
        _scene = await FaultScene.StartAsync(40);

        // Wholly anchored, so that copies have nothing to anchor; and the events of its members were never read.
        (await FaultScene.RunAsync(_scene.Data, "log", "anchor", "--wait")).Expect(0);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (_scene is not null)
        {
            await _scene.DisposeAsync();
        }
    }

    [TestMethod]
    [DataRow("pwrite64")]
    [DataRow("fsync")]
    [DataRow("sendto")]
    [DataRow("recvfrom")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Events_ReadWithAFaultAtTheCall_AreInTheIndexOnce(string call)
    {
        bool isStore = FaultedCommand.Writing.Contains(call);
        Func<string, string[]> paths = isStore ? FaultedCommand.StoreFiles : _ => [];
        FaultedCommand command = new(_scene, Once, 0, () => Task.FromResult(new Prepared(_scene.Copy(), _scene.Entries)));
        int count = (await command.CountAsync([call], paths)).GetValueOrDefault(call);
        int met = 0;
        foreach (int at in SystemCalls.Some(count, SystemCalls.MostOfEach))
        {
            // The audit that follows reads the ledger's events anew and compares.
            string what = at % 2 == 0 ? "signal=SIGKILL" : isStore ? "error=EIO" : "error=ECONNRESET";
            (ToolRun _, bool isMet) = await command.MeetAsync([call], paths, FormattableString.Invariant($"{call}:{what}:when={at}"));
            met += isMet ? 1 : 0;
        }

        TestContext.WriteLine($"{count} {call}, {met} faults met.");

        // The first call. Which thread makes the later ones differs from run to run, and so whether one of them comes that far.
        Assert.IsGreaterThan(0, met);
    }

    [TestMethod]
    [DataRow("pwrite64")]
    [DataRow("fsync")]
    [DataRow("sendto")]
    [DataRow("recvfrom")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Messages_ToldWithAFaultAtTheCall_ArriveAndAreNeverOthers(string call)
    {
        await using WebhookReceiver receiver = WebhookReceiver.Answering("200 OK");
        bool isStore = FaultedCommand.Writing.Contains(call);
        string look = _scene.Fresh("calls");
        string first = await PrepareAsync(receiver);
        (await new Tool(Tool.Built, first).RunUnderAsync(SystemCalls.Wrapper(look, [call], isStore ? FaultedCommand.StoreFiles(first) : [], injection: null), Once)).Expect(0);
        int met = 0;
        foreach (int at in SystemCalls.Some(SystemCalls.Most(look, call), SystemCalls.MostOfEach))
        {
            string what = at % 2 == 0 ? "signal=SIGKILL" : isStore ? "error=EIO" : "error=ECONNRESET";
            string data = await PrepareAsync(receiver);
            int before = receiver.Requests.Count;
            string record = _scene.Fresh("calls");
            ToolRun run = await new Tool(Tool.Built, data).RunUnderAsync(
                SystemCalls.Wrapper(record, [call], isStore ? FaultedCommand.StoreFiles(data) : [], FormattableString.Invariant($"{call}:{what}:when={at}")), Once);
            met += run.ExitCode == FaultedCommand.Killed || SystemCalls.WasInjected(record) ? 1 : 0;

            // A failed attempt is due again after a pause; an operator makes it due at once.
            Assert.IsTrue(run.ExitCode is FaultedCommand.Done or FaultedCommand.Trouble or FaultedCommand.Killed, run.ToString());
            while (OutboxMessages.Read(data).Count > 0)
            {
                TestContext.CancellationToken.ThrowIfCancellationRequested();
                (await FaultScene.RunAsync(data, "node", "outbox", "retry")).Expect(0);
                (await FaultScene.RunAsync(data, Once)).Expect(0);
            }

            (await FaultScene.RunAsync(data, "log", "audit")).Expect(0);
            string[] told = [.. receiver.Requests.Skip(before).Select(request => request.Text).Distinct()];
            Assert.HasCount(Messages, told, $"{what} at {call} {at}: {run}");
        }

        TestContext.WriteLine($"{met} faults met.");

        // The first call. Which thread makes the later ones differs from run to run, and so whether one of them comes that far.
        Assert.IsGreaterThan(0, met);
    }

    private static async Task<string> PrepareAsync(WebhookReceiver receiver)
    {
        string data = _scene.Copy();
        (await FaultScene.RunAsync(data, "node", "endpoint", "add", "province", receiver.Address.AbsoluteUri)).Expect(0);
        OutboxMessages.Add(data, "province", Messages);
        return data;
    }
}
