using LedgerCredit.Testing;

namespace LedgerCredit.Cli.Tests;

/// <summary>Failures: the exit code, a message on standard error that says what was expected, and nothing on standard output.</summary>
[TestClass]
public sealed class ExitCodeTests : IDisposable
{
    private const string Hex32 = "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("nonsense", DisplayName = "unknown noun")]
    [DataRow("record nonsense", DisplayName = "unknown verb")]
    [DataRow("record show", DisplayName = "missing argument")]
    [DataRow("record show A B", DisplayName = "one argument too many")]
    [DataRow("log status --nonsense", DisplayName = "unknown option")]
    [DataRow("log status --issuer", DisplayName = "option without its value")]
    [DataRow("record digest F", DisplayName = "missing required option")]
    [DataRow("evidence create", DisplayName = "neither ids nor --all")]
    [DataRow("evidence create A --all", DisplayName = "ids and --all")]
    [DataRow("workspace init --chain-id x", DisplayName = "chain id that is no number")]
    [DataRow("workspace init --chain-id -1", DisplayName = "negative chain id")]
    [DataRow("workspace init --network UPPER", DisplayName = "bad network name")]
    [DataRow("workspace init --rpc ftp://x", DisplayName = "bad endpoint")]
    [DataRow("workspace init --rpc http://127.0.0.1:1", DisplayName = "endpoint without --consensus")]
    [DataRow("member add x", DisplayName = "slug too short")]
    [DataRow("member add UPPER", DisplayName = "bad slug")]
    [DataRow("member add good --role king", DisplayName = "unknown role")]
    [DataRow("key new a/b", DisplayName = "bad key name")]
    [DataRow("key import a F --type log", DisplayName = "unknown key type")]
    [DataRow("rating history 12345", DisplayName = "subject without scheme")]
    [DataRow("subject report uscc:91370100MA00000T45", DisplayName = "subject with wrong check digits")]
    [DataRow("evidence verify F --lang fr", DisplayName = "unknown language")]
    [DataRow("--data= log status", DisplayName = "empty --data")]
    public async Task Usage_Wrong_IsTwo(string arguments)
    {
        await ExpectAsync(ExitCode.BadInput, arguments.Split(' '), "");
    }

    [TestMethod]
    public async Task EveryCommand_InAFolderThatIsNoWorkspace_IsFourOrNeedsNone()
    {
        string[] needNone = ["workspace init", "workspace restore", "record digest", "record canonicalize", "evidence redact", "evidence verify", "evidence status", "repair plan", "repair open", "repair check", "repair material upload", "repair material list", "repair material download", "repair material delete", "access grant give", "access grant list", "access grant withdraw", "merkle verify-inclusion", "merkle verify-consistency", "witness init", "witness log add", "witness log list", "witness run", .. CommandTree.Leaves.Select(leaf => leaf.Path).Where(path => path.StartsWith("bench ", StringComparison.Ordinal))];
        string address = "0x0000000000000000000000000000000000000001";
        Dictionary<string, string[]> arguments = new(StringComparer.Ordinal)
        {
            ["devnet advance"] = ["10m"],
            ["member appoint"] = ["good-slug", "--subject", "x-example:a"],
            ["member dismiss"] = ["good-slug", "--subject", "x-example:a"],
            ["node endpoint add"] = ["good-name", "https://supervisor.example"],
            ["repair ask"] = ["1", "--material", "D06", "--notice", "x"],
            ["repair confirm"] = ["1", "--statement", "x"],
            ["repair refuse"] = ["1", "--reasons", "x"],
            ["repair approve"] = ["1", "--materials-hash", Hex32],
            ["repair object"] = ["1", "--grounds", "x"],
            ["repair resolve"] = ["1", "--objector", "good-slug", "--dismiss", "--reasons", "x"],
            ["repair revoke"] = ["1", "--findings", "x"],
            ["repair annul"] = ["good-slug", "--grounds", "x"],
            ["repair shield"] = ["good-slug", "--ruling", "x"],
            ["repair unshield"] = ["good-slug", "--ruling", "x"],
            ["repair supplement"] = ["1", "--material", "D01=" + _folder.Write("a.pdf", "x")],
            ["member add"] = ["good-slug"],
            ["key new"] = ["admin"],
            ["key import"] = ["admin", _folder.Write("key.txt", Hex32)],
            ["record import"] = [_folder.Write("records.ndjson", "{}")],
            ["record show"] = ["A"],
            ["record erase"] = ["A"],
            ["log export"] = [_folder.At("site")],
            ["evidence create"] = ["A"],
            ["rating history"] = ["cik:1"],
            ["subject report"] = ["cik:1"],
            ["member register"] = ["good-slug", "--account", address],
            ["contracts use"] = [address],
            ["witness add"] = ["http://127.0.0.1:1", "--key", "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"],
            ["access key new"] = ["--member", "good-slug", "--name", "x", "--scope", "audit"],
            ["access key revoke"] = ["1"],
        };
        foreach ((string path, System.CommandLine.Command command) in CommandTree.Leaves.Where(leaf => !needNone.Contains(leaf.Path)))
        {
            string[] given = arguments.GetValueOrDefault(path) ?? [.. command.Arguments.Select(argument => argument.Name == "CASE" ? "1" : "good-slug")];
            CommandRun run = await CommandRun.RunAsync([.. path.Split(' '), .. given, "--data", _folder.At("none")]);

            run.ExpectFailure(ExitCode.Configuration, "is not a workspace");
            Assert.IsFalse(Directory.Exists(_folder.At("none")), path);
        }
    }

    [TestMethod]
    public async Task Init_OfAFolderInUse_IsFour()
    {
        await ExpectAsync(ExitCode.Done, ["workspace", "init", "--data", _folder.At("ws")], null);
        await ExpectAsync(ExitCode.Configuration, ["workspace", "init", "--data", _folder.At("ws")], "is a workspace already");

        Directory.CreateDirectory(_folder.At("full"));
        _folder.Write("full/file", "");
        await ExpectAsync(ExitCode.Configuration, ["workspace", "init", "--data", _folder.At("full")], "is not empty");
    }

    [TestMethod]
    public async Task Files_MissingFoldersOrMalformed_AreTwo()
    {
        string missing = _folder.At("missing.json");
        string text = _folder.Write("text.json", "not json");
        string trust = _folder.Write("trust.json", "{}");
        await ExpectAsync(ExitCode.BadInput, ["record", "canonicalize", missing], "does not exist");
        await ExpectAsync(ExitCode.BadInput, ["record", "canonicalize", _folder.FullPath], "is a folder");
        await ExpectAsync(ExitCode.BadInput, ["record", "digest", missing, "--secret", Hex32], "does not exist");
        await ExpectAsync(ExitCode.BadInput, ["record", "digest", text, "--secret", Hex32], "is not a valid record");
        await ExpectAsync(ExitCode.BadInput, ["record", "digest", text, "--secret", "0x00"], "--secret must be 64 hex digits");
        await ExpectAsync(ExitCode.BadInput, ["record", "digest", text, "--secret", Hex32, "--subject-key", "zz"], "--subject-key must be 64 hex digits");
        await ExpectAsync(ExitCode.BadInput, ["evidence", "verify", missing, "--trust", trust], "does not exist");
        await ExpectAsync(ExitCode.BadInput, ["evidence", "verify", text, "--trust", missing], "does not exist");
        await ExpectAsync(ExitCode.BadInput, ["evidence", "verify", text, "--trust", trust], "is not a trust policy");
        await ExpectAsync(ExitCode.BadInput, ["evidence", "redact", text, "--disclose", "id"], "is not an evidence file");
        await ExpectAsync(ExitCode.BadInput, ["evidence", "redact", missing, "--disclose", "id"], "does not exist");
        await ExpectAsync(ExitCode.BadInput, ["workspace", "init", "--rpc", "http://127.0.0.1:1", "--consensus", text, "--data", _folder.At("a")], "is not JSON");
        await ExpectAsync(ExitCode.BadInput, ["workspace", "init", "--rpc", "http://127.0.0.1:1", "--consensus", missing, "--data", _folder.At("b")], "does not exist");
    }

    [TestMethod]
    public async Task Verify_WithAnEndpointOfNoHelp_ShowsTheReportAllTheSame()
    {
        string evidence = RepositoryFiles.Path("docs", "spec", "examples", "sanction.evidence.json");
        string text = await File.ReadAllTextAsync(evidence, TestContext.CancellationToken);
        string policy = await File.ReadAllTextAsync(RepositoryFiles.Path("docs", "spec", "examples", "trust.json"), TestContext.CancellationToken);
        string later = _folder.Write(
            "later.json",
            policy
                .Replace("\"statusMaxAge\": 86400,", "", StringComparison.Ordinal)
                .Replace("\"type\": \"qbft\"", "\"type\": \"pinned\"", StringComparison.Ordinal)
                .Replace("\"blocks\": {}", $"\"blocks\": {{ \"205\": \"{Hex32}\" }}", StringComparison.Ordinal));
        string forged = _folder.Write("forged.evidence.json", text.Replace("\"leafIndex\": ", "\"leafIndex\": 1", StringComparison.Ordinal));

        // Its block is not pinned, and the endpoint that could link it to the one that is does not answer.
        CommandRun undecided = await CommandRun.RunAsync(["evidence", "verify", evidence, "--trust", later, "--rpc", "http://127.0.0.1:1"]);
        Assert.AreEqual(ExitCode.Undecided, undecided.ExitCode);
        Assert.Contains("consensus", undecided.Out);
        Assert.Contains("127.0.0.1:1", undecided.Error);

        // A failed step stays one.
        CommandRun invalid = await CommandRun.RunAsync(["evidence", "verify", forged, "--trust", later, "--rpc", "http://127.0.0.1:1"]);
        Assert.AreEqual(ExitCode.VerificationFailed, invalid.ExitCode);
        Assert.Contains("! inclusion", invalid.Out);
    }

    [TestMethod]
    public async Task Verify_AFolder_SaysOfEachOfItsFilesInOrderWhatItSaysOfItAlone()
    {
        const int Files = 300;
        const int Forged = 7;
        string text = await File.ReadAllTextAsync(RepositoryFiles.Path("docs", "spec", "examples", "sanction.evidence.json"), TestContext.CancellationToken);
        string trust = RepositoryFiles.Path("docs", "spec", "examples", "trust.json");
        string forged = text.Replace("\"leafIndex\": ", "\"leafIndex\": 1", StringComparison.Ordinal);
        string many = Directory.CreateDirectory(_folder.At("many")).FullName;
        for (int i = Files - 1; i >= 0; i--)
        {
            await File.WriteAllTextAsync(Path.Combine(many, $"{i:d3}.evidence.json"), i % Forged == 0 ? forged : text, TestContext.CancellationToken);
        }

        await File.WriteAllTextAsync(Path.Combine(many, "notes.txt"), "no evidence", TestContext.CancellationToken);
        string whole = StepsOf((await CommandRun.RunAsync("evidence", "verify", Path.Combine(many, "001.evidence.json"), "--trust", trust, "--json")).Json);
        string broken = StepsOf((await CommandRun.RunAsync("evidence", "verify", Path.Combine(many, "000.evidence.json"), "--trust", trust, "--json")).Json);
        Assert.AreNotEqual(whole, broken);

        CommandRun run = await CommandRun.RunAsync("evidence", "verify", many, "--trust", trust, "--json");

        Assert.AreEqual(ExitCode.VerificationFailed, run.ExitCode);
        Assert.AreEqual(Files, run.Json.GetArrayLength());
        for (int i = 0; i < Files; i++)
        {
            Assert.AreEqual(Path.Combine(many, $"{i:d3}.evidence.json"), run.Json[i].GetProperty("file").GetString());
            Assert.AreEqual(i % Forged == 0 ? broken : whole, StepsOf(run.Json[i]), $"file {i}");
        }

        await ExpectAsync(ExitCode.BadInput, ["evidence", "verify", Directory.CreateDirectory(_folder.At("empty")).FullName, "--trust", trust], "has no evidence files");

        // The age of the status is told in seconds.
        static string StepsOf(System.Text.Json.JsonElement report) =>
            string.Join('\n', report.GetProperty("steps").EnumerateArray().Select(step => $"{step.GetProperty("code")} {step.GetProperty("outcome")} {step.GetProperty("reason")}"));
    }

    [TestMethod]
    public async Task Import_OfWhatCannotBe_IsRefusedBeforeTheFirstRow()
    {
        string[] data = ["--data", _folder.At("ws")];
        await ExpectAsync(ExitCode.Done, ["workspace", "init", .. data], null);
        string ratings = RepositoryFiles.Path("scripts", "samples", "ratings.ndjson");
        string penalties = RepositoryFiles.Path("scripts", "samples", "penalties-2018.csv");
        await ExpectAsync(ExitCode.BadInput, ["record", "import", _folder.At("missing.csv"), .. data], "does not exist");
        await ExpectAsync(ExitCode.BadInput, ["record", "import", _folder.FullPath, .. data], "is a folder");
        await ExpectAsync(ExitCode.BadInput, ["record", "import", _folder.Write("x.txt", "what is this\n"), .. data], "Say it with --format");
        await ExpectAsync(ExitCode.BadInput, ["record", "import", ratings, "--format", "xml", .. data], "is not a format");
        await ExpectAsync(ExitCode.BadInput, ["record", "import", penalties, .. data], "issuer");
        await ExpectAsync(ExitCode.Configuration, ["record", "import", penalties, "--issuer", "nobody-here", .. data], "member add nobody-here");
        await ExpectAsync(ExitCode.Configuration, ["record", "import", ratings, .. data], "member add northlight-ratings");
        await ExpectAsync(ExitCode.BadInput, ["record", "import", ratings, "--issued-at", "yesterday", "--format", "ofac", .. data], null);
    }

    [TestMethod]
    public async Task Records_NotThere_AreTwo()
    {
        string[] data = ["--data", _folder.At("ws")];
        await ExpectAsync(ExitCode.Done, ["workspace", "init", .. data], null);
        await ExpectAsync(ExitCode.BadInput, ["record", "show", "A", .. data], "No record has the id 'A' here.");
        await ExpectAsync(ExitCode.BadInput, ["record", "show", "@A", .. data], "No record has the id '@A' here.");
        await ExpectAsync(ExitCode.BadInput, ["record", "erase", "A", .. data], "No record has the id 'A' here.");
        await ExpectAsync(ExitCode.BadInput, ["record", "show", "A", "--kind", "fine", .. data], "expected sanction, repair or rating");
        await ExpectAsync(ExitCode.Configuration, ["log", "status", .. data], "member add");
        await ExpectAsync(ExitCode.Configuration, ["log", "anchor", .. data], "member add");
        await ExpectAsync(ExitCode.Configuration, ["evidence", "trust", .. data], "contracts deploy");
        await ExpectAsync(ExitCode.Undecided, ["contracts", "deploy", .. data], "devnet up");
    }

    [TestMethod]
    public async Task Workspace_Damaged_IsFour()
    {
        string[] data = ["--data", _folder.At("ws")];
        await ExpectAsync(ExitCode.Done, ["workspace", "init", .. data], null);
        string config = Path.Combine(_folder.At("ws"), "workspace.json");
        string original = File.ReadAllText(config);

        File.WriteAllText(config, original.Replace("workspace/1", "workspace/9", StringComparison.Ordinal));
        await ExpectAsync(ExitCode.Configuration, ["member", "list", .. data], "is not a workspace configuration");
        File.WriteAllText(config, "{");
        await ExpectAsync(ExitCode.Configuration, ["member", "list", .. data], "is not a workspace configuration");
        File.WriteAllText(config, original);
        File.WriteAllText(Path.Combine(_folder.At("ws"), "ledgercredit.db"), "this is not a database, and long enough to be looked at");
        await ExpectAsync(ExitCode.Undecided, ["record", "show", "A", .. data], "Restore a backup");
        CommandRun audit = await CommandRun.RunAsync(["log", "audit", .. data]);
        Assert.AreNotEqual(ExitCode.Done, audit.ExitCode);
        Assert.AreNotEqual(ExitCode.Bug, audit.ExitCode, audit.ToString());
        File.Delete(Path.Combine(_folder.At("ws"), "ledgercredit.db"));
        await ExpectAsync(ExitCode.Configuration, ["record", "show", "A", .. data], null);
    }

    [TestMethod]
    public async Task Cancellation_BeforeTheWork_IsThree()
    {
        string[] data = ["--data", _folder.At("ws")];
        await ExpectAsync(ExitCode.Done, ["workspace", "init", .. data], null);
        using CancellationTokenSource stopped = new();
        await stopped.CancelAsync();

        CommandRun run = await CommandRun.RunAsync(["merkle", "verify-inclusion"], "{}"u8.ToArray(), stopped.Token);

        run.ExpectFailure(ExitCode.Undecided, "Stopped.");
    }

    private async Task ExpectAsync(int exitCode, string[] arguments, string? message)
    {
        CommandRun run = await CommandRun.RunAsync([.. arguments.Contains("--data") || arguments[0] == "--data=" ? arguments : [.. arguments, "--data", _folder.At("unused")]]);

        if (exitCode == ExitCode.Done)
        {
            run.Expect(exitCode);
            return;
        }

        run.ExpectFailure(exitCode, message ?? "");
        Assert.IsFalse(string.IsNullOrWhiteSpace(run.Error), run.ToString());
        Assert.DoesNotContain("   at ", run.Error, run.ToString());
        Assert.DoesNotContain("Exception", run.Error, run.ToString());
    }
}
