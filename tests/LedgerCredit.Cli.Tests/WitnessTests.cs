using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using LedgerCredit.Log;

namespace LedgerCredit.Cli.Tests;

/// <summary>Witnesses as their users have them: processes of their own, asked over HTTP, killed and started again.</summary>
[TestClass]
[DoNotParallelize]
public sealed class WitnessTests : IDisposable
{
    private const string Password = "one two three";
    private static readonly Dictionary<string, string> Variables = new() { ["LEDGERCREDIT_PASSWORD"] = Password };

    private readonly TestFolder _folder = new();
    private readonly List<Process> _processes = [];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    private string Data => _folder.At("workspace");

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
        }

        _folder.Dispose();
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task TwoProcesses_ALogThatGrows_EvidenceHoldsForAsManyAsCosigned()
    {
        SharedWorkspace.RequireAnvil();
        (await RunAsync("workspace", "init")).Expect(ExitCode.Done);
        (await RunAsync("devnet", "up")).Expect(ExitCode.Done);
        try
        {
            await WalkAsync();
        }
        finally
        {
            await RunAsync("devnet", "down");
        }
    }

    private async Task WalkAsync()
    {
        (await RunAsync("contracts", "deploy")).Expect(ExitCode.Done);
        (await RunAsync("member", "add", "example-agency", "--role", "agency")).Expect(ExitCode.Done);
        JsonElement member = (await RunAsync("member", "list", "--json")).Expect(ExitCode.Done).Json[0];
        string origin = member.GetProperty("origin").GetString()!;
        string logKey = member.GetProperty("verifierKey").GetString()!;
        string[] keys = [await InitAsync("w1"), await InitAsync("w2")];
        (Process first, string firstUrl) = await StartAsync("w1");
        (_, string secondUrl) = await StartAsync("w2");
        foreach (string name in (string[])["w1", "w2"])
        {
            // Taken up by the process that runs.
            (await CommandRun.RunAsync("witness", "log", "add", origin, "--key", logKey, "--data", _folder.At(name))).Expect(ExitCode.Done);
        }

        (await RunAsync("witness", "add", firstUrl, "--key", keys[0])).Expect(ExitCode.Done);
        (await RunAsync("witness", "add", secondUrl, "--key", keys[1])).Expect(ExitCode.Done);
        await AnchorAsync(1);
        string one = await VerifyAsync("R-1", required: 2, ExitCode.Done);
        await ExpectPolicyAsync(one, witnesses: null, ExitCode.VerificationFailed);

        // One is killed: anchoring goes on, and new evidence is for one of two.
        first.Kill();
        await first.WaitForExitAsync(Token);
        CommandRun anchored = await AnchorAsync(2);
        Assert.Contains("not cosigned by w1: nothing listens at the address", anchored.Error);
        await VerifyAsync("R-2", required: 1, ExitCode.Done);
        await VerifyAsync("R-2", required: 2, ExitCode.VerificationFailed);
        await VerifyAsync("R-1", required: 2, ExitCode.Done);

        // It is started again somewhere else, and catches up from where it was.
        (Process again, string againUrl) = await StartAsync("w1");
        (await RunAsync("witness", "add", againUrl, "--key", keys[0])).Expect(ExitCode.Done);
        await AnchorAsync(3);
        await VerifyAsync("R-2", required: 2, ExitCode.Done);
        await VerifyAsync("R-3", required: 2, ExitCode.Done);
        (await RunAsync("log", "audit")).Expect(ExitCode.Done);
        JsonElement listed = (await RunAsync("witness", "list", "--json")).Expect(ExitCode.Done).Json;
        Assert.IsTrue(listed.EnumerateArray().All(witness => witness.GetProperty("logs")[0].GetProperty("cosigned").GetInt32() == 3));

        await AskAsync(againUrl, origin);

        // A second process on its folder is refused.
        CommandRun second = await FinishAsync("witness", "run", "--listen", "http://127.0.0.1:0", "--data", _folder.At("w1"));
        second.ExpectFailure(ExitCode.Configuration, "Another 'witness run'");
        using (Process kill = Process.Start("kill", ["-TERM", again.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(Token);
        }

        await again.WaitForExitAsync(Token);
        Assert.AreEqual(ExitCode.Done, again.ExitCode);
    }

    // What a log that forks, replays or talks nonsense is answered by the process.
    private async Task AskAsync(string url, string origin)
    {
        (await RunAsync("log", "export", _folder.At("site"))).Expect(ExitCode.Done);
        string checkpoint = File.ReadAllText(_folder.At("site/log/example-agency/checkpoint"));
        Assert.StartsWith($"{origin}\n3\n", checkpoint);
        using HttpClient http = new();
        (HttpStatusCode, string?, string) replayed = await PostAsync(http, url, $"old 0\n\n{checkpoint}");
        Assert.AreEqual((HttpStatusCode.Conflict, "text/x.tlog.size", "3\n"), replayed);
        (HttpStatusCode status, _, string line) = await PostAsync(http, url, $"old 3\n\n{checkpoint}");
        Assert.AreEqual(HttpStatusCode.OK, status);
        Assert.StartsWith("\u2014 w1 ", line);
        Assert.AreEqual(HttpStatusCode.NotFound, (await PostAsync(http, url, $"old 0\n\nother{checkpoint}")).Status);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await PostAsync(http, url, $"old 3\n\n{checkpoint.Replace("\n3\n", "\n4\n", StringComparison.Ordinal)}")).Status);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await PostAsync(http, url, "nonsense")).Status);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await PostAsync(http, url, "")).Status);
        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(http, url, new string('a', AddCheckpointRequest.MaxBytes + 1))).Status);
        using HttpResponseMessage get = await http.GetAsync(new Uri(url + "/add-checkpoint"), Token);
        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        using HttpResponseMessage other = await http.GetAsync(new Uri(url + "/"), Token);
        Assert.AreEqual(HttpStatusCode.NotFound, other.StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, (await PostAsync(http, url, $"old 3\n\n{checkpoint}")).Status);
    }

    [TestMethod]
    public async Task Commands_UsedWrongly_SayWhatWasExpected()
    {
        string password = _folder.Write("password.txt", Password);
        string witness = _folder.At("w");
        (await CommandRun.RunAsync("witness", "init", "--name", "two words", "--data", witness, "--password-file", password)).ExpectFailure(ExitCode.BadInput, "is not a name of a witness");
        string key = (await CommandRun.RunAsync("witness", "init", "--name", "w", "--json", "--data", witness, "--password-file", password)).Expect(ExitCode.Done).Json.GetProperty("key").GetString()!;
        (await CommandRun.RunAsync("witness", "init", "--name", "w", "--data", witness, "--password-file", password)).ExpectFailure(ExitCode.Configuration, "is not empty");
        (await CommandRun.RunAsync("witness", "log", "add", "origin", "--key", key, "--data", witness)).ExpectFailure(ExitCode.BadInput, "is not the verifier key of a log");
        (await CommandRun.RunAsync("witness", "log", "list", "--data", _folder.At("none"))).ExpectFailure(ExitCode.Configuration, "is not the folder of a witness");
        (await CommandRun.RunAsync("witness", "log", "add", "o", "--key", key, "--data", _folder.At("none"))).ExpectFailure(ExitCode.BadInput, "is not the verifier key of a log");
        (await CommandRun.RunAsync("witness", "run", "--data", _folder.At("none"), "--password-file", password)).ExpectFailure(ExitCode.Configuration, "is not the folder of a witness");
        (await CommandRun.RunAsync("witness", "run", "--listen", "127.0.0.1", "--data", witness, "--password-file", password)).ExpectFailure(ExitCode.BadInput, "--listen takes an address");
        (await CommandRun.RunAsync("witness", "run", "--data", witness, "--password-file", _folder.Write("other.txt", "x"))).ExpectFailure(ExitCode.Configuration, "The password does not open");

        (await RunAsync("workspace", "init")).Expect(ExitCode.Done);
        (await RunAsync("member", "add", "example-agency", "--role", "agency")).Expect(ExitCode.Done);
        string logKey = (await RunAsync("member", "list", "--json")).Expect(ExitCode.Done).Json[0].GetProperty("verifierKey").GetString()!;
        (await RunAsync("witness", "add", "http://127.0.0.1:1", "--key", logKey)).ExpectFailure(ExitCode.BadInput, "is not the verifier key of a witness");
        (await RunAsync("witness", "add", "ftp://127.0.0.1", "--key", key)).ExpectFailure(ExitCode.BadInput, "is not a witness's address");
        Assert.IsTrue(NoteVerifierKey.TryParse(logKey, out NoteVerifierKey? own, out _));
        (await RunAsync("witness", "add", "http://127.0.0.1:1", "--key", new WitnessKey("self", own.PublicKey).ToString())).ExpectFailure(ExitCode.BadInput, "public key of a log");
        (await RunAsync("witness", "remove", "w")).ExpectFailure(ExitCode.BadInput, "There is no witness 'w'");
        (await RunAsync("evidence", "create", "--all", "--witnessed")).ExpectFailure(ExitCode.Configuration, "has no witnesses");
        (await RunAsync("witness", "add", "http://127.0.0.1:1", "--key", key)).Expect(ExitCode.Done);
        Assert.IsTrue(WitnessKey.TryParse(key, out WitnessKey? known, out _));
        (await RunAsync("witness", "add", "http://127.0.0.1:1", "--key", new WitnessKey("w", own.PublicKey).ToString())).ExpectFailure(ExitCode.BadInput, "another witness with the name");
        (await RunAsync("witness", "add", "http://127.0.0.1:1", "--key", new WitnessKey("v", known.PublicKey).ToString())).ExpectFailure(ExitCode.BadInput, "with this public key");
        (await RunAsync("witness", "remove", "w")).Expect(ExitCode.Done);
    }

    private async Task<string> InitAsync(string name) =>
        (await CommandRun.RunAsync("witness", "init", "--name", name, "--json", "--data", _folder.At(name), "--password-file", _folder.Write("password.txt", Password)))
            .Expect(ExitCode.Done).Json.GetProperty("key").GetString()!;

    private async Task<(Process Process, string Url)> StartAsync(string name)
    {
        Process process = CommandRun.Start(Variables, "witness", "run", "--listen", "http://127.0.0.1:0", "--json", "--data", _folder.At(name));
        _processes.Add(process);
        string line = await process.StandardOutput.ReadLineAsync(Token) ?? throw new AssertFailedException(await process.StandardError.ReadToEndAsync(Token));
        using JsonDocument listening = JsonDocument.Parse(line);
        Assert.AreEqual("listening", listening.RootElement.GetProperty("kind").GetString());
        return (process, listening.RootElement.GetProperty("addresses")[0].GetString()!);
    }

    private async Task<CommandRun> AnchorAsync(int number)
    {
        string record = _folder.Write($"{number}.ndjson", $$$"""
            {"kind":"rating","id":"R-{{{number}}}","issuer":"example-agency","subject":"cik:{{{number}}}","issuedAt":"2026-01-02T00:00:00Z","claims":{"agency":"example-agency","scale":"long-term","symbol":"AA","action":"initial","actedOn":"2026-01-02"}}
            """);
        (await RunAsync("record", "import", record)).Expect(ExitCode.Done);
        return (await RunAsync("log", "anchor", "--wait")).Expect(ExitCode.Done);
    }

    private async Task<string> VerifyAsync(string id, int required, int exitCode)
    {
        string file = _folder.At($"{id}.evidence.json");
        (await RunAsync("evidence", "create", id, "--witnessed", "-o", file)).Expect(ExitCode.Done);
        await ExpectPolicyAsync(file, required, exitCode);
        return file;
    }

    private async Task ExpectPolicyAsync(string file, int? witnesses, int exitCode)
    {
        string trust = _folder.At("trust.json");
        string[] asked = witnesses is int required ? ["--witnesses", required.ToString(CultureInfo.InvariantCulture)] : [];
        (await RunAsync(["evidence", "trust", "-o", trust, .. asked])).Expect(ExitCode.Done);
        (await RunAsync("evidence", "verify", file, "--trust", trust)).Expect(exitCode);
    }

    private async Task<(HttpStatusCode Status, string? Type, string Body)> PostAsync(HttpClient http, string url, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "text/plain");
        using HttpResponseMessage response = await http.PostAsync(new Uri(url + "/add-checkpoint"), content, Token);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(Token));
    }

    private async Task<CommandRun> FinishAsync(params string[] arguments)
    {
        using Process process = CommandRun.Start(Variables, arguments);
        return await CommandRun.FinishAsync(process, "", Token);
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync([.. arguments, "--data", Data]);
}
