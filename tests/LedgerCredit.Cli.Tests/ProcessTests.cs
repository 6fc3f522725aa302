using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LedgerCredit.Cli.Tests;

/// <summary>The built tool as a process of its own: what in-process tests cannot show.</summary>
[TestClass]
public sealed class ProcessTests : IDisposable
{
    private const int Rows = 300_000;
    private const string Leaf = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
    private static readonly Dictionary<string, string> NoVariables = [];
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(180);

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Version_OfTheBuiltTool_IsPrinted()
    {
        using Process process = CommandRun.Start(NoVariables, "--version");

        CommandRun run = (await CommandRun.FinishAsync(process, "", TestContext.CancellationToken)).Expect(ExitCode.Done);

        Assert.AreEqual(CommandLine.Version + "\n", run.Out);
        Assert.AreEqual("", run.Error);
    }

    [TestMethod]
    [DataRow("http://127.0.0.1:1", "record show A", "'ledgercredit record show' works here only.", DisplayName = "not here")]
    [DataRow("http://127.0.0.1:1", "record show A --data none", "'ledgercredit record show' works here only.", DisplayName = "no workspace")]
    [DataRow("off", "record show A", null, DisplayName = "no node")]
    [DataRow("http://127.0.0.1:1", "log status", null, DisplayName = "a command that asks it")]
    public async Task Variable_ThatNamesANode_IsNamedWhereACommandFailsThatDoesNotAskIt(string url, string command, string? expected)
    {
        string data = _folder.At("workspace");
        (await CommandRun.RunAsync("workspace", "init", "--data", data)).Expect(ExitCode.Done);
        Dictionary<string, string> variables = new() { ["LEDGERCREDIT_NODE"] = url, ["LEDGERCREDIT_DATA"] = data };
        using Process process = CommandRun.Start(variables, command.Split(' '));

        CommandRun run = await CommandRun.FinishAsync(process, "", TestContext.CancellationToken);

        Assert.AreNotEqual(ExitCode.Done, run.ExitCode);
        Assert.AreEqual(expected is not null, run.Error.Contains("was not asked", StringComparison.Ordinal), run.ToString());
        Assert.Contains(expected ?? "", run.Error);
    }

    [TestMethod]
    public async Task Merkle_ProofsOnStandardInput_AreJudgedLineByLine()
    {
        using Process process = CommandRun.Start(NoVariables, "merkle", "verify-inclusion");
        string line = $$"""{"leafIdx":0,"treeSize":1,"root":"{{Leaf}}","leafHash":"{{Leaf}}","proof":[]}""";

        CommandRun run = (await CommandRun.FinishAsync(process, $"{line}\n\n{line.Replace("\"leafIdx\":0", "\"leafIdx\":1", StringComparison.Ordinal)}\n", TestContext.CancellationToken))
            .Expect(ExitCode.VerificationFailed);

        string[] verdicts = run.Out.TrimEnd().Split('\n');
        Assert.HasCount(2, verdicts);
        Assert.AreEqual("""{"valid":true,"reason":""}""", verdicts[0]);
        Assert.StartsWith("""{"valid":false,"reason":"the leaf index 1""", verdicts[1]);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Import_Interrupted_KeepsWhatItAcknowledgedAndIsCompletedByAnother()
    {
        string[] data = ["--data", _folder.At("workspace")];
        (await CommandRun.RunAsync(["workspace", "init", .. data])).Expect(ExitCode.Done);
        (await CommandRun.RunAsync(["member", "add", "example-agency", "--role", "agency", .. data])).Expect(ExitCode.Done);
        string file = WriteRatings(Rows);
        string receipts = _folder.At("receipts.ndjson");

        using Process import = CommandRun.Start(NoVariables, ["record", "import", file, "--receipts", receipts, .. data]);
        Task<CommandRun> finished = CommandRun.FinishAsync(import, "", TestContext.CancellationToken);
        await WaitForContentAsync(receipts, import);
        using (Process kill = Process.Start("kill", ["-TERM", import.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.CancellationToken);
        }

        CommandRun stopped = await finished;
        stopped.ExpectFailure(ExitCode.Undecided, "Stopped. What was acknowledged is kept");
        int acknowledged = (await File.ReadAllLinesAsync(receipts, TestContext.CancellationToken)).Length;
        Assert.IsInRange(1, Rows - 1, acknowledged);

        CommandRun completed = (await CommandRun.RunAsync(["record", "import", file, "--json", .. data])).Expect(ExitCode.Done);
        Assert.AreEqual(acknowledged, completed.Json.GetProperty("alreadyThere").GetInt64());
        Assert.AreEqual(Rows - acknowledged, completed.Json.GetProperty("imported").GetInt64());
        CommandRun status = await CommandRun.RunAsync(["log", "status", "--json", .. data]);
        Assert.AreEqual(Rows, status.Json.GetProperty("logs")[0].GetProperty("entries").GetInt64());
    }

    private string WriteRatings(int count)
    {
        StringBuilder text = new();
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$$"""{"kind":"rating","id":"R-{{{i}}}","issuer":"example-agency","subject":"cik:{{{i}}}","issuedAt":"2026-01-02T00:00:00Z","claims":{"agency":"example-agency","scale":"long-term","symbol":"AA","action":"initial","actedOn":"2026-01-02"}}""").Append('\n');
        }

        return _folder.Write("ratings.ndjson", text.ToString());
    }

    private async Task WaitForContentAsync(string path, Process writer)
    {
        long started = Stopwatch.GetTimestamp();
        while (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            Assert.IsFalse(writer.HasExited, "The import ended before it acknowledged anything.");
            Assert.IsLessThan(StartTimeout, Stopwatch.GetElapsedTime(started), "The import acknowledged nothing.");
            await Task.Delay(PollInterval, TestContext.CancellationToken);
        }
    }
}
