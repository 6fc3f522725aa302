using System.Text.Json;
using LedgerCredit.Cli.Tests.LedgerFaults;
using LedgerCredit.Testing;

namespace LedgerCredit.Cli.Tests.Remote;

/// <summary>What commands show of a node is what they show of its workspace; what a node gives is checked.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RemoteReadTests : IDisposable
{
    private const string Agency = FaultyWorkspace.Agency;
    private const int ManyRatings = 230;

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Reads_OfANode_AreThoseOfItsWorkspaceAndItsEvidenceVerifiesOffline()
    {
        await using FaultyWorkspace workspace = await FaultyWorkspace.StartAsync();
        string file = workspace.WriteRatings(0, 3);
        (await workspace.RunAsync("record", "import", file)).Expect(ExitCode.Done);
        (await workspace.RunAsync("record", "import", _folder.Write("many.ndjson", string.Concat(Enumerable.Range(0, ManyRatings).Select(ManyOf))))).Expect(ExitCode.Done);
        (await workspace.RunAsync("log", "anchor", "--wait")).Expect(ExitCode.Done);
        string key = await RunningNode.MakeKeyAsync(_folder, workspace.Data, Agency, "records:write,records:read,audit");
        string[] caller = ["--api-key-file", key];
        string[] reader = [.. caller, "--purpose", "supervision"];
        string evidence = _folder.At("r0.evidence.json");
        await using (RunningNode node = await RunningNode.StartAsync(workspace.Data, Token))
        {
            // Until it has compared its logs, a node says so, and takes nothing.
            CommandRun status = await node.RunAsync("log", "status", "--issuer", Agency, "--json");
            while (status.ExitCode == ExitCode.Undecided)
            {
                Assert.Contains("Ask again", status.Error, status.ToString());
                status = await node.RunAsync("log", "status", "--issuer", Agency, "--json");
            }

            Assert.AreEqual((await workspace.RunAsync("log", "status", "--issuer", Agency, "--json")).Expect(ExitCode.Done).Out, status.Expect(ExitCode.Done).Out);
            await SameAsync(node, workspace, reader, "rating", "history", "cik:1");
            await SameAsync(node, workspace, reader, "subject", "report", "cik:2");

            // More than one page of them, many of the same day, some replaced.
            await SameAsync(node, workspace, reader, "rating", "history", "cik:77");
            await SameAsync(node, workspace, reader, "subject", "report", "cik:77");
            Assert.AreEqual(ManyRatings, (await node.RunAsync(["rating", "history", "cik:77", "--json", .. reader])).Expect(ExitCode.Done).Json.GetProperty("ratings").GetArrayLength());
            (await node.RunAsync(["subject", "report", "cik:2", .. caller])).ExpectFailure(ExitCode.BadInput, "--purpose");

            (await node.RunAsync(["evidence", "create", "R-0", "-o", evidence, .. reader])).Expect(ExitCode.Done);
            (await node.RunAsync(["evidence", "create", "R-none", .. reader])).ExpectFailure(ExitCode.BadInput, "R-none");
            Assert.AreEqual(3 + ManyRatings, (await node.RunAsync(["evidence", "create", "--all", "--issuer", Agency, "-o", _folder.At("all"), "--json", .. reader])).Expect(ExitCode.Done).Json.GetProperty("written").GetInt32());

            // A new record is anchored by the node, which is waited for as it says.
            (await node.RunAsync(["record", "import", workspace.WriteRatings(3, 1), .. caller])).Expect(ExitCode.Done);
            (await node.RunAsync(["evidence", "create", "R-3", "-o", _folder.At("all/r3.evidence.json"), "--wait", .. reader])).Expect(ExitCode.Done);
            CommandRun verified = (await node.RunAsync("evidence", "verify", evidence)).Expect(ExitCode.Done);
            Assert.Contains("inclusion", verified.Out);
            string altered = _folder.Write("altered.evidence.json", File.ReadAllText(evidence).Replace("\"leafIndex\": 0", "\"leafIndex\": 1", StringComparison.Ordinal));
            (await node.RunAsync("evidence", "verify", altered)).Expect(ExitCode.VerificationFailed);
        }

        string trust = _folder.At("trust.json");
        (await workspace.RunAsync("evidence", "trust", "-o", trust)).Expect(ExitCode.Done);
        (await CommandRun.RunAsync("evidence", "verify", evidence, _folder.At("all"), "--trust", trust)).Expect(ExitCode.Done);
    }

    [TestMethod]
    [DataRow("record show A", DisplayName = "a command with arguments")]
    [DataRow("log anchor", DisplayName = "a command without")]
    [DataRow("evidence create --all --kind rating", DisplayName = "an option")]
    [DataRow("evidence verify FILE --trust T", DisplayName = "a policy")]
    [DataRow("record import FILE --purpose supervision", DisplayName = "an option of other commands")]
    [DataRow("subject report cik:1 --purpose curiosity", DisplayName = "no purpose")]
    public async Task Command_ThatCannotAskANode_IsTwo(string command)
    {
        string file = _folder.Write("file.ndjson", "{}");

        CommandRun run = await CommandRun.RunAsync([.. command.Split(' ').Select(word => word == "FILE" ? file : word), "--node", "http://127.0.0.1:1"]);

        run.ExpectFailure(ExitCode.BadInput, "");
    }

    [TestMethod]
    [DataRow("--node", "ftp://127.0.0.1/")]
    [DataRow("--node", "http://127.0.0.1:8420/v1")]
    [DataRow("--purpose", "supervision")]
    [DataRow("--sign-in", "somebody")]
    public async Task Options_WithoutANode_AreTwo(string option, string value) =>
        (await CommandRun.RunAsync("subject", "report", "cik:1", option, value)).ExpectFailure(ExitCode.BadInput, "--node");

    [TestMethod]
    public async Task Node_ThatIsNotThereOrIsNone_IsThree()
    {
        (await CommandRun.RunAsync("log", "status", "--node", "http://127.0.0.1:1")).ExpectFailure(ExitCode.Undecided, "The node does not answer");
        await using WebhookReceiver other = WebhookReceiver.Answering("200 OK", "Content-Type: text/html");
        string file = _folder.Write("some.evidence.json", "{}");
        (await CommandRun.RunAsync("evidence", "verify", file, "--node", other.Address.GetLeftPart(UriPartial.Authority))).ExpectFailure(ExitCode.Undecided, "Is this the node's address?");
    }

    private static string ManyOf(int number)
    {
        string supersedes = number % 7 == 3 ? $",\"supersedes\":\"M-{number - 1 - (number % 3)}\"" : "";
        return $$"""
            {"kind":"rating","id":"M-{{number}}","issuer":"{{Agency}}","subject":"cik:77","issuedAt":"2026-03-0{{9 - (number % 9)}}T00:00:00Z"{{supersedes}},"claims":{"agency":"A","scale":"s","symbol":"AA","action":"affirm","actedOn":"2026-02-0{{1 + (number % 5)}}"} }

            """;
    }

    // With the same exit code; a node tells beside it how much it shows, and why.
    private static async Task SameAsync(RunningNode node, FaultyWorkspace workspace, string[] reader, params string[] command)
    {
        CommandRun remote = (await node.RunAsync([.. command, .. reader])).Expect(ExitCode.Done);
        Assert.AreEqual((await workspace.RunAsync(command)).Expect(ExitCode.Done).Out, remote.Out);
        JsonElement local = (await workspace.RunAsync([.. command, "--json"])).Expect(ExitCode.Done).Json;
        foreach (JsonProperty property in (await node.RunAsync([.. command, "--json", .. reader])).Expect(ExitCode.Done).Json.EnumerateObject().Where(property => property.Name != "asOfBlock"))
        {
            if (property.Value.ValueKind != JsonValueKind.Array)
            {
                Assert.AreEqual(local.GetProperty(property.Name).GetRawText(), property.Value.GetRawText());
                continue;
            }

            JsonElement[] expected = [.. local.GetProperty(property.Name).EnumerateArray()];
            JsonElement[] actual = [.. property.Value.EnumerateArray()];
            Assert.HasCount(expected.Length, actual);
            for (int i = 0; i < expected.Length; i++)
            {
                foreach (JsonProperty member in expected[i].EnumerateObject())
                {
                    Assert.IsTrue(JsonElement.DeepEquals(member.Value, actual[i].GetProperty(member.Name)), $"{member.Name}: {actual[i]}");
                }

                Assert.AreEqual(0, actual[i].GetProperty("withheld").GetInt32());
            }
        }
    }
}
