using System.Text.Json;
using System.Text.Json.Nodes;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Cli.Tests.Remote;

/// <summary>Steps of a repair through a node: signed at home, and only what was asked for.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RemoteRepairTests : IDisposable
{
    private const string Transactions = "/v1/repair/transactions";
    private const string Send = Transactions + "/send";

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Steps_ThroughANode_AreThoseOfTheLocalCommandsAndALyingNodeGetsNoSignature()
    {
        using RepairWorkspace desk = await RepairWorkspace.CreateAsync();
        await using LyingProxy proxy = new();
        try
        {
            string caseId = await desk.OpenAsync();
            await using RunningNode node = await RunningNode.StartAsync(desk.Data, Token, "--public-url", proxy.Url);
            proxy.Node = node.Url;
            Task<CommandRun> AsAsync(string actor, params string[] step) =>
                desk.RunAsync(["repair", .. step, "--as", actor, "--node", proxy.Url, "--purpose", "supervision"]);

            // Until the node has read who is a member, nobody can sign in as one.
            CommandRun accepted = await AsAsync(RepairWorkspace.Authority, "accept", caseId, "--json");
            while (accepted.ExitCode != ExitCode.Done && accepted.Error.Contains("belongs to no organisation", StringComparison.Ordinal))
            {
                accepted = await AsAsync(RepairWorkspace.Authority, "accept", caseId, "--json");
            }

            Assert.AreEqual("under-review", accepted.Expect(ExitCode.Done).Json.GetProperty("stage").GetString(), accepted.ToString());
            Assert.AreEqual(RepairWorkspace.Authority, accepted.Json.GetProperty("as").GetString());
            (await AsAsync(RepairWorkspace.Authority, "accept", caseId)).ExpectFailure(ExitCode.BadInput, "");

            await RefuseLiesAsync(proxy, () => AsAsync(RepairWorkspace.Authority, "confirm", caseId, "--statement", "paid"), caseId);
            Assert.AreEqual(CaseStage.UnderReview, (await desk.ReadAsync(caseId)).Stage);

            CommandRun confirmed = (await AsAsync(RepairWorkspace.Authority, "confirm", caseId, "--statement", "paid")).Expect(ExitCode.Done);
            Assert.Contains("Statement 0x", confirmed.Out);
            string hash = (await desk.ReadAsync(caseId)).MaterialsHash.ToString();
            (await AsAsync(RepairWorkspace.ReviewerOne, "approve", caseId, "--materials-hash", hash)).Expect(ExitCode.Done);
            Assert.HasCount(1, (await desk.ReadAsync(caseId)).Approvals);

            // What the node shows of a case is what the workspace shows; the local screen asks the ledger's newest block.
            JsonElement local = await desk.ShowAsync(caseId);
            CommandRun shown = (await AskAsync(desk, node, "repair", "show", caseId, "--json")).Expect(ExitCode.Done);
            foreach (string name in (string[])["case", "sanction", "stage", "conditions", "approvals", "materials", "materialsHash", "history"])
            {
                Assert.IsTrue(JsonElement.DeepEquals(local.GetProperty(name), shown.Json.GetProperty(name)), $"{name}: {shown}");
            }

            string screen = (await AskAsync(desk, node, "repair", "show", (await desk.ReadAsync(caseId)).LeafHash.ToString())).Expect(ExitCode.Done).Out;
            Assert.Contains($"Case {caseId}", screen);
            Assert.MatchesRegex(@"\d\d:\d\d:\d\d \(UTC\)  The review began; objections may be raised until .* \d\d:\d\d:\d\d \(UTC\+8\)\.", screen);
            Assert.DoesNotMatchRegex(@"\d\d:\d\d:\d\d(?! \(UTC)", screen);
            JsonElement list = (await AskAsync(desk, node, "repair", "list", "--under-way", "--json")).Expect(ExitCode.Done).Json;
            Assert.AreEqual(long.Parse(caseId, System.Globalization.CultureInfo.InvariantCulture), list.EnumerateArray().Single().GetProperty("case").GetInt64());
            await MakeKeyAsync(desk, proxy.Url);
            string auditor = await RunningNode.MakeKeyAsync(_folder, desk.Data, RepairWorkspace.Auditor, "audit");
            JsonElement audit = (await node.RunAsync("log", "audit", "--json", "--api-key-file", auditor)).Expect(ExitCode.Done).Json;
            Assert.AreEqual("sound", audit.GetProperty("verdict").GetString());
        }
        finally
        {
            await desk.RunAsync("devnet", "down");
        }
    }

    // Keys are made by people with an account: signed in to with its key, which stays here.
    private static async Task MakeKeyAsync(RepairWorkspace desk, string url)
    {
        string[] signedIn = ["--sign-in", RepairWorkspace.Authority, "--node", url, "--json"];
        JsonElement made = (await desk.RunAsync(["access", "key", "new", "--member", RepairWorkspace.Authority, "--name", "intake", "--scope", "records:write", "--expires", "3", .. signedIn])).Expect(ExitCode.Done).Json;
        string number = made.GetProperty("number").GetRawText();
        Assert.StartsWith($"lcr_{number}_", made.GetProperty("key").GetString()!);
        JsonElement remote = (await desk.RunAsync(["access", "key", "list", .. signedIn])).Expect(ExitCode.Done).Json.GetProperty("keys").EnumerateArray().Single(key => key.GetProperty("number").GetRawText() == number);
        JsonElement local = (await desk.RunAsync("access", "key", "list", "--json")).Expect(ExitCode.Done).Json.GetProperty("keys").EnumerateArray().Single(key => key.GetProperty("number").GetRawText() == number);
        Assert.IsTrue(JsonElement.DeepEquals(local, remote), $"{local} {remote}");
        (await desk.RunAsync(["access", "key", "new", "--member", RepairWorkspace.OtherAuthority, "--name", "x", "--scope", "records:write", .. signedIn])).ExpectFailure(ExitCode.BadInput, RepairWorkspace.Authority);
        (await desk.RunAsync(["access", "key", "revoke", "700", .. signedIn])).ExpectFailure(ExitCode.BadInput, "");
        JsonElement revoked = (await desk.RunAsync(["access", "key", "revoke", number, .. signedIn])).Expect(ExitCode.Done).Json;
        Assert.AreNotEqual(JsonValueKind.Null, revoked.GetProperty("revokedAt").ValueKind);
    }

    private async Task<CommandRun> AskAsync(RepairWorkspace desk, RunningNode node, params string[] command)
    {
        string key = await RunningNode.MakeKeyAsync(_folder, desk.Data, RepairWorkspace.Authority, "records:read");
        return await node.RunAsync([.. command, "--api-key-file", key, "--purpose", "supervision"]);
    }

    private static async Task RefuseLiesAsync(LyingProxy proxy, Func<Task<CommandRun>> stepAsync, string caseId)
    {
        (string What, string Path, Action<JsonNode> Alter)[] lies =
        [
            ("another case", Transactions, made => Replace(made, "data", data => data[..10] + (data[10] == '1' ? '2' : '1') + data[11..])),
            ("another statement", Transactions, made => Replace(made, "data", data => data[..^1] + (data[^1] == '0' ? '1' : '0'))),
            ("another function", Transactions, made => Replace(made, "data", data => "0x00000000" + data[10..])),
            ("another contract", Transactions, made => made["to"] = "0x0000000000000000000000000000000000000001"),
            ("another ledger", Transactions, made => made["chainId"] = "0x1"),
            ("a transfer", Transactions, made => made["value"] = "0x1"),
            ("all of the gas", Transactions, made => made["gas"] = "0xffffffff"),
            ("a price", Transactions, made => made["maxFeePerGas"] = "0xffffffffffffffffffff"),
            ("another type", Transactions, made => made["type"] = "0x1"),
            ("other bytes", Transactions, made => Replace(made, "payload", payload => payload[..^2] + "c1")),
            ("other materials", $"/v1/repair/cases/{caseId}", view => view["materialsHash"] = "0x" + new string('1', 64)),
            ("a sign-in elsewhere", "/v1/sign-in/challenge", challenge => Replace(challenge, "message", text => text.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal))),
            ("a text that is no sign-in", "/v1/sign-in/challenge", challenge => challenge["message"] = "I owe you everything."),
        ];
        foreach ((string what, string path, Action<JsonNode> alter) in lies)
        {
            proxy.Lie = (path, alter);
            CommandRun run = await stepAsync();
            Assert.AreEqual(ExitCode.VerificationFailed, run.ExitCode, $"{what}: {run}");
            Assert.Contains("Nothing was signed", run.Error, what);
        }

        proxy.Lie = null;
        Assert.ContainsSingle(request => request == Send, proxy.Requests, "Only the step before the lies was sent.");
    }

    private static void Replace(JsonNode json, string name, Func<string, string> change) => json[name] = change(json[name]!.GetValue<string>());
}
