using System.Text;
using System.Text.Json;
using LedgerCredit.Cli.Tests.Remote;

namespace LedgerCredit.Cli.Tests;

/// <summary><c>--json</c>: one document and nothing else on standard output, of a shape that does not change unnoticed.</summary>
/// <remarks>Not beside others: two commands that send transactions of one account at once would take the same nonce.</remarks>
[TestClass]
[DoNotParallelize]
public sealed class JsonOutputTests : IDisposable
{
    private const string Representative = "0x0000000000000000000000000000000000000abd";
    private const string Hex32 = "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    // These print what they are for, with or without --json: verdicts line by line, canonical bytes, what is done as it is done.
    private static readonly string[] OwnForm = ["merkle verify-inclusion", "merkle verify-consistency", "node run", "record canonicalize", "witness run"];

    // They take their time, and print the same report as the two that are run.
    private static readonly string[] Benches = ["bench anchor", "bench audit", "bench grow", "bench post", "bench prove", "bench repair", "bench verify"];

    private readonly TestFolder _folder = new();
    private readonly SortedDictionary<string, List<JsonElement>> _documents = new(StringComparer.Ordinal);

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Json_OfEveryCommand_HasTheShapeOfTheGoldenFile()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();
        string copy = _folder.At("copy");
        shared.CopyTo(copy);
        foreach (CommandRun run in shared.Runs.Where(run => run.CommandLine.Contains("--json", StringComparison.Ordinal)))
        {
            Add(run);
        }

        await RunBeginningAsync(_folder.At("fresh"));
        await RunMembersAsync(shared, _folder.At("external"));
        await RunRecordsAsync(shared, copy);
        await RunEvidenceAsync(shared, copy);
        await RunLogsAsync(shared, copy);
        await RunNodeAsync(shared, _folder.At("node"));
        foreach (CommandRun run in (CommandRun[])[.. await RepairJsonRuns.RunAsync(_folder), .. await NodeJsonRuns.RunAsync(_folder)])
        {
            Add(run);
        }

        await RunAsync(ExitCode.Done, shared.Data, "devnet", "status");
        await RunAsync(ExitCode.Done, shared.Data, "devnet", "advance", "1s");

        // The devnet is everybody's, so it is stopped in a workspace that has none running.
        await RunAsync(ExitCode.Undecided, copy, "devnet", "status");
        await RunAsync(ExitCode.Done, copy, "devnet", "down");

        Assert.AreEqual(
            string.Join('\n', CommandTree.Leaves.Select(leaf => leaf.Path).Except(OwnForm).Except(Benches).Order(StringComparer.Ordinal)),
            string.Join('\n', _documents.Keys));
        StringBuilder text = new();
        foreach ((string command, List<JsonElement> documents) in _documents)
        {
            text.Append("ledgercredit ").Append(command).Append(" --json\n");
            text.Append(JsonShape.Describe(documents, IsOfTheRecord)).Append('\n');
        }

        Golden.AssertMatches("json-shapes.txt", text.ToString());
    }

    private static bool IsOfTheRecord(string path) => path.EndsWith("/record/claims", StringComparison.Ordinal)
        || path.EndsWith("/record/disclosed", StringComparison.Ordinal)
        || path.EndsWith("/sanction/disclosed", StringComparison.Ordinal);

    private async Task RunBeginningAsync(string fresh)
    {
        await RunAsync(ExitCode.Done, fresh, "workspace", "init");
        await RunAsync(ExitCode.Done, fresh, "member", "add", "example-authority");
        await RunAsync(ExitCode.Done, fresh, "member", "list");
        await RunAsync(ExitCode.Done, fresh, "key", "new", "spare");
        await RunAsync(ExitCode.Done, fresh, "key", "import", "other", _folder.Write("key.txt", Hex32));
        await RunAsync(ExitCode.Done, fresh, "key", "list");
        await RunAsync(ExitCode.Done, fresh, "access", "key", "new", "--member", "example-authority", "--name", "a", "--scope", "records:write");
        await RunAsync(ExitCode.Done, fresh, "access", "key", "new", "--member", "example-authority", "--name", "b", "--scope", "audit", "--expires", "1");
        await RunAsync(ExitCode.Done, fresh, "access", "key", "revoke", "1");
        await RunAsync(ExitCode.Done, fresh, "access", "key", "list");
        await RunWitnessAsync(fresh);
        await RunAsync(ExitCode.Undecided, fresh, "log", "status");
        await RunAsync(ExitCode.Done, fresh, "workspace", "backup", _folder.At("fresh.tar"));
        await RunAsync(ExitCode.Done, _folder.At("restored"), "workspace", "restore", _folder.At("fresh.tar"));
        await RunAsync(ExitCode.Done, _folder.At("not-audited"), "workspace", "restore", _folder.At("fresh.tar"), "--no-audit");
        await RunAsync(ExitCode.Done, fresh, "bench", "hash", "--records", "300", "--rounds", "1");
        await RunAsync(ExitCode.Done, fresh, "bench", "ingest", "--records", "100", "--rounds", "1");
    }

    private async Task RunWitnessAsync(string fresh)
    {
        string witness = _folder.At("witness");
        string log = (await CommandRun.RunAsync("member", "list", "--json", "--data", fresh)).Json[0].GetProperty("verifierKey").GetString()!;
        await RunAsync(ExitCode.Done, witness, "witness", "init", "--name", "w1", "--password-file", _folder.Write("witness-password.txt", "one two three"));
        string key = _documents["witness init"][0].GetProperty("key").GetString()!;
        await RunAsync(ExitCode.Done, witness, "witness", "log", "add", "example", "--key", log);
        await RunAsync(ExitCode.Done, witness, "witness", "log", "list");
        await RunAsync(ExitCode.Done, fresh, "witness", "add", "http://127.0.0.1:1/", "--key", key);
        await RunAsync(ExitCode.Done, fresh, "witness", "list");
        await RunAsync(ExitCode.Done, fresh, "witness", "remove", "w1");
    }

    private async Task RunMembersAsync(SharedWorkspace shared, string external)
    {
        JsonElement contracts = shared.Runs.First(run => run.CommandLine.StartsWith("contracts deploy", StringComparison.Ordinal)).Json;
        string consensus = _folder.Write("consensus.json", """{"type": "pinned", "hash": "keccak", "blocks": {}}""");
        await RunAsync(ExitCode.Done, external, "workspace", "init", "--rpc", shared.Rpc, "--consensus", consensus, "--password-file", _folder.Write("password.txt", "one two three"));
        await RunAsync(ExitCode.Done, external, "contracts", "use", contracts.GetProperty("repairDesk").GetString()!);
        await RunAsync(ExitCode.Done, shared.Data, "member", "register", "third-agency", "--role", "agency", "--account", "0x0000000000000000000000000000000000000abc");
        await RunAsync(ExitCode.Done, shared.Data, "member", "account", SharedWorkspace.Authority, "second");
        await RunAsync(ExitCode.Done, shared.Data, "member", "list");
        await RunAsync(ExitCode.Done, shared.Data, "member", "register", "third-enterprise", "--role", "enterprise", "--account", Representative);
        await RunAsync(ExitCode.Done, shared.Data, "member", "appoint", Representative, "--subject", "x-example:third");
        await RunAsync(ExitCode.Done, shared.Data, "member", "dismiss", Representative, "--subject", "x-example:third");
        await RunAsync(ExitCode.Done, shared.Data, "member", "suspend", "third-enterprise");
        await RunAsync(ExitCode.Done, shared.Data, "member", "resume", "third-enterprise");
        await RunAsync(ExitCode.Done, shared.Data, "member", "retire", Representative);
        await RunAsync(ExitCode.Done, shared.Data, "contracts", "packs");
        await RunAsync(ExitCode.Done, shared.Data, "contracts", "add-pack", RulePackDocument.Write(_folder, "example-json-shapes"), "--authority", SharedWorkspace.Authority);
        await RunAsync(ExitCode.Done, shared.Data, "contracts", "close-pack", "example-json-shapes");
    }

    private async Task RunRecordsAsync(SharedWorkspace shared, string copy)
    {
        string more = _folder.Write("more.ndjson", """
            {"kind":"rating","id":"R-1","issuer":"northlight-ratings","subject":"cik:1","issuedAt":"2026-01-02T00:00:00Z","claims":{"agency":"northlight-ratings","scale":"long-term","symbol":"AA","action":"initial","actedOn":"2026-01-02"}}
            {"kind":"rating","id":"R-2","issuer":"northlight-ratings","subject":"cik:1","issuedAt":"2026-02-02T00:00:00Z","supersedes":"R-1","claims":{"agency":"northlight-ratings","scale":"long-term","symbol":"A","action":"correct","actedOn":"2026-01-02"}}
            {"kind":"rating"}
            """);
        await RunAsync(ExitCode.Done, copy, "record", "import", more, "--reject", _folder.At("reject.ndjson"));
        await RunAsync(ExitCode.Done, copy, "record", "show", "R-2");
        await RunAsync(ExitCode.Done, copy, "record", "show", await FirstIdAsync(shared));
        await RunAsync(ExitCode.Done, copy, "rating", "history", "cik:1");
        await RunAsync(ExitCode.Done, copy, "subject", "report", "cik:1");
        await RunAsync(ExitCode.Done, copy, "subject", "report", (await ShowAsync(shared, await FirstIdAsync(shared))).GetProperty("subject").GetString()!);
        string record = _folder.Write("record.json", (await ShowAsync(shared, await FirstIdAsync(shared))).GetRawText());
        await RunAsync(ExitCode.Done, copy, "record", "digest", record, "--secret", Hex32, "--subject-key", Hex32);
        await RunAsync(ExitCode.Undecided, copy, "evidence", "create", "R-1", "-o", _folder.At("r1.evidence.json"));
        await RunAsync(ExitCode.Done, copy, "record", "erase", "R-1");
    }

    private async Task RunEvidenceAsync(SharedWorkspace shared, string copy)
    {
        string file = _folder.At("one.evidence.json");
        string trust = _folder.At("trust.json");
        await RunAsync(ExitCode.Done, copy, "evidence", "create", await FirstIdAsync(shared), "-o", file);
        await RunAsync(ExitCode.Done, copy, "evidence", "redact", file, "--disclose", "id");
        await RunAsync(ExitCode.Done, shared.Data, "evidence", "status", file, "-o", _folder.At("status.evidence.json"));
        await RunAsync(ExitCode.Done, copy, "evidence", "trust", "-o", trust);
        await RunAsync(ExitCode.Done, copy, "evidence", "verify", file, "--trust", trust);
        await RunAsync(ExitCode.Done, copy, "evidence", "verify", _folder.At("one.redacted.evidence.json"), "--trust", trust);
        string altered = _folder.Write("altered.evidence.json", File.ReadAllText(file).Replace("\"leafIndex\": 0", "\"leafIndex\": 1", StringComparison.Ordinal).Replace("\"leafIndex\":0", "\"leafIndex\":1", StringComparison.Ordinal));
        await RunAsync(ExitCode.VerificationFailed, copy, "evidence", "verify", altered, "--trust", trust);
    }

    private async Task RunLogsAsync(SharedWorkspace shared, string copy)
    {
        await RunAsync(ExitCode.Done, shared.Data, "log", "status");
        await RunAsync(ExitCode.Undecided, copy, "log", "audit");
        await RunAsync(ExitCode.Done, copy, "log", "audit", "--rpc", shared.Rpc);
        await RunAsync(ExitCode.Done, copy, "log", "export", _folder.At("site"));
        StoreFile.AlterRecord(copy, SharedWorkspace.Authority, 7, "示例", "例示");
        await RunAsync(ExitCode.VerificationFailed, copy, "log", "audit");
        await RunAsync(ExitCode.Done, shared.Data, "log", "anchor");
    }

    private async Task RunNodeAsync(SharedWorkspace shared, string node)
    {
        shared.CopyTo(node);
        await RunAsync(ExitCode.Done, node, "node", "reindex", "--rpc", shared.Rpc);
        await RunAsync(ExitCode.Done, node, "node", "endpoint", "list");
        await RunAsync(ExitCode.Done, node, "node", "endpoint", "add", "province", "http://127.0.0.1:1/");
        OutboxMessages.Add(node, "province", 2);
        OutboxMessages.Fail(node, "HTTP status 500");
        await RunAsync(ExitCode.Done, node, "node", "endpoint", "list");
        await RunAsync(ExitCode.Done, node, "node", "outbox");
        await RunAsync(ExitCode.Done, node, "node", "outbox", "retry");
        await RunAsync(ExitCode.Done, node, "node", "endpoint", "remove", "province");
    }

    private static async Task<string> FirstIdAsync(SharedWorkspace shared)
    {
        string first = File.ReadLines(SharedWorkspace.Sample("penalties.ndjson")).First();
        string id = JsonDocument.Parse(first).RootElement.GetProperty("id").GetString()!;
        await ShowAsync(shared, id);
        return id;
    }

    private static async Task<JsonElement> ShowAsync(SharedWorkspace shared, string id) =>
        (await shared.RunAsync("record", "show", id, "--json")).Expect(ExitCode.Done).Json.GetProperty("record");

    private async Task RunAsync(int exitCode, string data, params string[] arguments) =>
        Add((await CommandRun.RunAsync([.. arguments, "--json", "--data", data])).Expect(exitCode));

    private void Add(CommandRun run)
    {
        string command = CommandTree.NameOf(run.CommandLine);
        if (!_documents.TryGetValue(command, out List<JsonElement>? documents))
        {
            documents = [];
            _documents.Add(command, documents);
        }

        documents.Add(run.Json);
        Assert.EndsWith("\n", run.Out, run.ToString());
    }
}
