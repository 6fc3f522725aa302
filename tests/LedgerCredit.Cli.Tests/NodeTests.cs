using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Testing;

namespace LedgerCredit.Cli.Tests;

/// <summary><c>node run | endpoint | outbox</c>, and the node as a process that is stopped, killed and started again.</summary>
[TestClass]
public sealed class NodeTests : IDisposable
{
    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    private string Data => _folder.At("workspace");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Endpoint_FromAddingToRemoving_ShowsWhatItIsAndWhatWaits()
    {
        await InitAsync();
        CommandRun added = (await RunAsync("node", "endpoint", "add", "province", "https://supervisor.example/hooks", "--json")).Expect(ExitCode.Done);
        Assert.IsTrue(added.Json.GetProperty("new").GetBoolean());
        OutboxMessages.Add(Data, "province", 3);

        // The address changes, and what waits is kept.
        CommandRun moved = (await RunAsync("node", "endpoint", "add", "province", "https://elsewhere.example", "--json")).Expect(ExitCode.Done);
        Assert.IsFalse(moved.Json.GetProperty("new").GetBoolean());
        JsonElement list = (await RunAsync("node", "endpoint", "list", "--json")).Expect(ExitCode.Done).Json;
        JsonElement endpoint = list.GetProperty("endpoints").EnumerateArray().Single();
        Assert.AreEqual("https://elsewhere.example/", endpoint.GetProperty("url").GetString());
        Assert.AreEqual(3, endpoint.GetProperty("waiting").GetInt32());
        Assert.AreEqual(0, endpoint.GetProperty("taken").GetInt32());
        Assert.AreEqual(added.Json.GetProperty("key").GetRawText(), list.GetProperty("key").GetRawText());

        Assert.AreEqual(3, (await RunAsync("node", "endpoint", "remove", "province", "--json")).Expect(ExitCode.Done).Json.GetProperty("forgotten").GetInt32());
        Assert.IsEmpty(OutboxMessages.Read(Data));
        (await RunAsync("node", "endpoint", "remove", "province")).ExpectFailure(ExitCode.BadInput, "There is no endpoint 'province'");
    }

    [TestMethod]
    [DataRow("Province", "https://supervisor.example/", "is not a name of an endpoint")]
    [DataRow("province", "http://supervisor.example/", "http is for this machine only")]
    [DataRow("province", "supervisor.example", "Expected an https address")]
    public async Task EndpointAdd_NotAllowed_IsRefusedAndChangesNothing(string name, string url, string reason)
    {
        await InitAsync();

        (await RunAsync("node", "endpoint", "add", name, url)).ExpectFailure(ExitCode.BadInput, reason);

        Assert.IsEmpty((await RunAsync("node", "endpoint", "list", "--json")).Expect(ExitCode.Done).Json.GetProperty("endpoints").EnumerateArray());
    }

    [TestMethod]
    public async Task Outbox_WithAFailedMessage_ShowsWhyAndMakesItDue()
    {
        await InitAsync();
        Assert.AreEqual("Nothing is waiting.\n", (await RunAsync("node", "outbox")).Expect(ExitCode.Done).Out);
        OutboxMessages.Add(Data, "province", 2);
        OutboxMessages.Fail(Data, "HTTP status 500: no such table");

        CommandRun shown = (await RunAsync("node", "outbox")).Expect(ExitCode.Done);
        Assert.Contains("HTTP status 500: no such table", shown.Out);
        Assert.Contains("31700/0x00/case/1/repaired", shown.Out);
        Assert.AreEqual(2, (await RunAsync("node", "outbox", "retry", "--json")).Expect(ExitCode.Done).Json.GetProperty("due").GetInt32());

        Assert.IsTrue(OutboxMessages.Read(Data).All(message => message.NextAttemptAt <= TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    [TestMethod]
    [DataRow("0")]
    [DataRow("86401")]
    public async Task Run_PauseOutOfBounds_IsRefused(string seconds)
    {
        await InitAsync();

        (await RunAsync("node", "run", "--anchor-every", seconds)).ExpectFailure(ExitCode.BadInput, "--anchor-every takes 1 to 86400 seconds");
    }

    [TestMethod]
    public async Task RunOnce_LedgerIsAway_IsUndecided()
    {
        await InitAsync();

        (await RunAsync("node", "run", "--once")).ExpectFailure(ExitCode.Undecided, "devnet up");
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Run_SecondNode_IsRefusedAndTheFirstEndsCleanlyWhenAsked()
    {
        await InitAsync();
        using Process first = CommandRun.Start(NoVariables, ["node", "run", "--listen", "http://127.0.0.1:0", "--json", "--data", Data]);
        try
        {
            // The first line comes when the node has the workspace.
            Assert.AreEqual("listening", KindOf((await first.StandardOutput.ReadLineAsync(Token))!));
            Assert.AreEqual("access-log-made", KindOf((await first.StandardOutput.ReadLineAsync(Token))!));
            Assert.AreEqual("started", KindOf((await first.StandardOutput.ReadLineAsync(Token))!));
            (await RunAsync("node", "run", "--listen", "http://127.0.0.1:0")).ExpectFailure(ExitCode.Configuration, "Another 'node run' works on");
            Assert.AreEqual("ledger-lost", KindOf((await first.StandardOutput.ReadLineAsync(Token))!));

            using (Process kill = Process.Start("kill", ["-TERM", first.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync(Token);
            }

            await first.WaitForExitAsync(Token);
            Assert.AreEqual(ExitCode.Done, first.ExitCode);
            Assert.AreEqual("stopped", KindOf((await first.StandardOutput.ReadToEndAsync(Token)).TrimEnd().Split('\n')[^1]));
        }
        finally
        {
            if (!first.HasExited)
            {
                first.Kill();
            }
        }
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Run_KilledAgainAndAgain_LosesNoMessageAndChangesNone()
    {
        const int Messages = 250;
        Random random = new(20261122);
        await InitAsync();
        int answers = 0;
        await using WebhookReceiver receiver = new(async (_, stream, token) =>
        {
            // A kill hits before, while and after the answer; and one answer in sixteen is a refusal.
            await Task.Delay(2, token);
            await WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head(Interlocked.Increment(ref answers) % 16 == 0 ? "503 Busy" : "200 OK"), token);
        });
        (await RunAsync("node", "endpoint", "add", "province", receiver.Address.AbsoluteUri)).Expect(ExitCode.Done);
        OutboxMessages.Add(Data, "province", Messages);

        int kills = 0;
        while (OutboxMessages.Read(Data).Count > 0)
        {
            int before = receiver.Requests.Count;
            using Process node = CommandRun.Start(NoVariables, ["node", "run", "--listen", "http://127.0.0.1:0", "--data", Data]);
            while (receiver.Requests.Count == before && !node.HasExited)
            {
                await Task.Delay(1, Token);
            }

            await Task.Delay(random.Next(120), Token);
            node.Kill();
            await node.WaitForExitAsync(Token);
            kills++;
        }

        string[] expected = [.. Enumerable.Range(0, Messages).Select(i => $"31700/0x00/case/{i}/repaired")];
        List<string> arrived = [.. receiver.Requests.Select(request => request.Text)];
        TestContext.WriteLine($"{kills} kills, {arrived.Count} deliveries of {Messages} messages.");
        Assert.IsGreaterThan(3, kills);
        Assert.IsEmpty(expected.Except(arrived));
        Assert.IsEmpty(arrived.Except(expected));
    }

    private static string KindOf(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("kind").GetString()!;
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync([.. arguments, "--data", Data]);

    // A workspace whose ledger does not run: the outbox needs none.
    private async Task InitAsync()
    {
        (await RunAsync("workspace", "init")).Expect(ExitCode.Done);
        Workspace workspace = Workspace.Open(Data);
        ContractAddresses contracts = new(At(1), At(2), At(3), At(4), DeploymentBlock: 0);
        workspace.EditConfig(config => config with { Ledger = config.Ledger with { Contracts = contracts } });

        static Address At(byte number) => Address.FromBytes([.. new byte[Address.Length - 1], number]);
    }
}
