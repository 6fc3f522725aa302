using System.Diagnostics;
using System.Text.Json;

namespace LedgerCredit.Cli.Tests;

/// <summary>The password of protected keys: where it comes from, and what is said when it is wrong.</summary>
[TestClass]
public sealed class PasswordTests : IDisposable
{
    private const string Password = "正确的密码 7";
    private static readonly Dictionary<string, string> NoVariable = new(StringComparer.Ordinal) { ["LEDGERCREDIT_PASSWORD"] = "" };

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task ProtectedKeys_WithEveryPassword_OpenOnlyWithTheirs()
    {
        string consensus = _folder.Write("consensus.json", """{"type": "pinned", "hash": "keccak", "blocks": {}}""");
        string right = _folder.Write("right.txt", Password + "\n");
        string wrong = _folder.Write("wrong.txt", Password + " ");
        string[] data = ["--data", _folder.At("workspace")];
        List<CommandRun> runs = [];

        runs.Add((await CommandRun.RunAsync(["workspace", "init", "--rpc", "http://127.0.0.1:1", "--consensus", consensus, .. data, "--password-file", right])).Expect(ExitCode.Done));
        runs.Add((await CommandRun.RunAsync(["key", "list", .. data])).Expect(ExitCode.Done));
        Assert.Contains("yes", runs[^1].Out);

        string keyFile = Path.Combine(_folder.At("workspace"), "keys", "subject-network.json");
        runs.Add(await CommandRun.RunAsync(["log", "audit", .. data, "--password-file", wrong]));
        runs[^1].ExpectFailure(ExitCode.Configuration, $"The password does not open '{keyFile}'.");

        runs.Add((await RunProcessAsync(new Dictionary<string, string> { ["LEDGERCREDIT_PASSWORD"] = Password }, ["log", "audit", .. data])).Expect(ExitCode.Undecided));
        Assert.Contains("Internally consistent", runs[^1].Out);

        runs.Add(await RunProcessAsync(NoVariable, ["log", "audit", .. data]));
        runs[^1].ExpectFailure(ExitCode.Configuration, "Give the password with --password-file or in LEDGERCREDIT_PASSWORD.");

        foreach (CommandRun run in runs)
        {
            Assert.DoesNotContain(Password, run.Out + run.Error);
        }
    }

    [TestMethod]
    public async Task ProtectedNode_OnALedgerOfOthers_DoesTheWholeJob()
    {
        SharedWorkspace admin = await SharedWorkspace.GetAsync();
        JsonElement contracts = admin.Runs.First(run => run.CommandLine.StartsWith("contracts deploy", StringComparison.Ordinal)).Json;
        string consensus = _folder.Write("consensus.json", """{"type": "pinned", "hash": "keccak", "blocks": {}}""");
        string[] common = ["--json", "--data", _folder.At("workspace"), "--password-file", _folder.Write("password.txt", Password)];
        string record = _folder.Write(
            "record.ndjson",
            """{"kind":"rating","id":"R-1","issuer":"second-agency","subject":"cik:1","issuedAt":"2026-01-02T00:00:00Z","claims":{"agency":"second-agency","scale":"long-term","symbol":"AA","action":"initial","actedOn":"2026-01-02"}}""");

        await RunAsync(ExitCode.Done, "workspace", "init", "--rpc", admin.Rpc, "--consensus", consensus);
        string account = (await RunAsync(ExitCode.Done, "member", "add", "second-agency", "--role", "agency"))[0].GetProperty("account").GetString()!;
        await RunAsync(ExitCode.Done, "contracts", "use", contracts.GetProperty("repairDesk").GetString()!);
        (await admin.RunAsync("member", "register", "second-agency", "--role", "agency", "--account", account)).Expect(ExitCode.Done);
        await RunAsync(ExitCode.Done, "record", "import", record);
        await RunAsync(ExitCode.Done, "log", "anchor", "--wait");
        JsonElement audit = await RunAsync(ExitCode.Done, "log", "audit");

        Assert.AreEqual("sound", audit.GetProperty("verdict").GetString());
        foreach (string key in Directory.GetFiles(Path.Combine(_folder.At("workspace"), "keys")))
        {
            Assert.Contains("\"crypto\"", File.ReadAllText(key), key);
        }

        async Task<JsonElement> RunAsync(int exitCode, params string[] arguments) =>
            (await CommandRun.RunAsync([.. arguments, .. common])).Expect(exitCode).Json;
    }

    [TestMethod]
    public async Task PasswordFile_EmptyMissingOrNotText_IsRefused()
    {
        string consensus = _folder.Write("consensus.json", """{"type": "pinned", "hash": "keccak", "blocks": {}}""");
        string binary = _folder.At("binary.txt");
        await File.WriteAllBytesAsync(binary, [0xc3, 0x28], TestContext.CancellationToken);
        (string File, string Message)[] cases =
        [
            (_folder.Write("empty.txt", "\n"), "The password is empty"),
            (_folder.At("none.txt"), "does not exist"),
            (binary, "is not UTF-8 text"),
            (_folder.Write("long.txt", new string('x', 5000)), "is too large"),
        ];

        foreach ((string file, string message) in cases)
        {
            string workspace = _folder.At(Path.GetFileNameWithoutExtension(file));
            CommandRun run = await CommandRun.RunAsync("workspace", "init", "--rpc", "http://127.0.0.1:1", "--consensus", consensus, "--data", workspace, "--password-file", file);

            run.ExpectFailure(ExitCode.BadInput, message);
        }
    }

    private async Task<CommandRun> RunProcessAsync(Dictionary<string, string> environment, string[] arguments)
    {
        using Process process = CommandRun.Start(environment, arguments);
        return await CommandRun.FinishAsync(process, "", TestContext.CancellationToken);
    }
}
