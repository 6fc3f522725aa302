using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;

namespace LedgerCredit.Cli.Tests.Remote;

/// <summary>Applications through a node: checked, packed and signed at home.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RemoteApplyTests : IDisposable
{
    private const string Transactions = "/v1/repair/transactions";
    private const string Send = Transactions + "/send";
    private const string Materials = "/v1/repair/materials";

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Apply_ThroughANode_IsTheLocalApplicationAndALyingNodeGetsNoSignature()
    {
        using RepairWorkspace desk = await RepairWorkspace.CreateAsync();
        await using LyingProxy proxy = new();
        try
        {
            ApplicantFiles files = new(_folder, "remote");
            string evidence = await files.ImposeAsync(desk);
            string foreign = await files.ImposeAsync(desk, isAppointed: false);
            await using RunningNode node = await RunningNode.StartAsync(desk.Data, Token, "--public-url", proxy.Url);
            await node.WaitReadyAsync(Token);
            proxy.Node = node.Url;
            Task<CommandRun> AsApplicantAsync(params string[] command) =>
                desk.RunAsync(["repair", .. command, "--as", RepairWorkspace.Enterprise, "--node", proxy.Url, "--purpose", "own-records"]);
            string[] open = ["open", evidence, .. files.Materials(), "--package", _folder.At("remote.zip")];

            // Nothing that is wrong at home comes to the node.
            (await AsApplicantAsync(["open", evidence, .. files.Materials("D10"), "--json"])).Expect(ExitCode.BadInput);
            Assert.DoesNotContain(Transactions, proxy.Requests);
            JsonElement dry = (await AsApplicantAsync(["open", evidence, .. files.Materials(), "--dry-run", "--json"])).Expect(ExitCode.Done).Json;
            Assert.IsFalse(dry.GetProperty("sent").GetBoolean());
            Assert.Contains("not", (await AsApplicantAsync(["open", foreign, .. files.Materials()])).Expect(ExitCode.BadInput).Error);
            Assert.IsEmpty(PackagesOf(desk, foreign), "What was refused was never sent.");

            await RefuseLiesAsync(proxy, () => AsApplicantAsync(open));
            JsonElement opened = (await AsApplicantAsync([.. open, "--json"])).Expect(ExitCode.Done).Json;
            Assert.IsTrue(opened.GetProperty("sent").GetBoolean());
            Assert.AreEqual("open", opened.GetProperty("stage").GetString());
            string caseId = opened.GetProperty("case").GetInt64().ToString(CultureInfo.InvariantCulture);
            await AssertPackageAsync(desk, evidence, caseId);
            (await desk.RunAsync("repair", "check", _folder.At("remote.zip"))).Expect(ExitCode.Done);

            // Again: nothing is sent, and what was not asked for before is done now.
            Assert.DoesNotContain(Materials, proxy.Requests, "Files stay at home.");
            JsonElement again = (await AsApplicantAsync([.. open, "--upload", "--json"])).Expect(ExitCode.Done).Json;
            Assert.IsFalse(again.GetProperty("sent").GetBoolean());
            Assert.AreEqual(5, again.GetProperty("uploaded").GetInt32());
            Assert.ContainsSingle(request => request == Send, proxy.Requests);

            string[] supplement = ["supplement", caseId, "--material", $"D08={files.Jpeg("photo.jpg")}"];
            JsonElement supplemented = (await AsApplicantAsync([.. supplement, "--upload", "--json"])).Expect(ExitCode.Done).Json;
            Assert.AreEqual(6, supplemented.GetProperty("uploaded").GetInt32());
            Assert.Contains("nothing was sent again", (await AsApplicantAsync(supplement)).Expect(ExitCode.Done).Out);
            IndexedCase indexed = await desk.ReadAsync(caseId);
            Assert.HasCount(6, indexed.Materials);
            await AssertPackageAsync(desk, evidence, caseId);

            await BreakOffAsync(desk, proxy, caseId, file => AsApplicantAsync("supplement", caseId, "--material", $"D08={files.Jpeg(file)}"));

            // The local command goes on with what the remote one left.
            (await desk.RunAsync("repair", "supplement", caseId, "--as", RepairWorkspace.Enterprise, "--material", $"D09={files.Pdf("more.pdf")}")).Expect(ExitCode.Done);
            Assert.HasCount(10, (await desk.ReadAsync(caseId)).Materials);
        }
        finally
        {
            await desk.RunAsync("devnet", "down");
        }
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Open_ByTheIdOfTheSanction_TakesTheEvidenceFromTheNodeAndVerifiesIt()
    {
        using RepairWorkspace desk = await RepairWorkspace.CreateAsync();
        await using LyingProxy proxy = new();
        try
        {
            ApplicantFiles files = new(_folder, "by-id");
            string evidence = await files.ImposeAsync(desk);
            string id = Path.GetFileName(evidence).Split('.')[0];
            await using RunningNode node = await RunningNode.StartAsync(desk.Data, Token, "--public-url", proxy.Url);
            await node.WaitReadyAsync(Token);
            proxy.Node = node.Url;
            string[] open = ["repair", "open", id, .. files.Materials(), "--as", RepairWorkspace.Enterprise, "--node", proxy.Url];

            (await desk.RunAsync(open)).ExpectFailure(ExitCode.BadInput, "--purpose");
            JsonElement record = (await desk.RunAsync("record", "show", id, "--json")).Expect(ExitCode.Done).Json;
            string path = $"/v1/records/{RepairWorkspace.Authority}/{record.GetProperty("leafIndex").GetRawText()}/evidence";
            proxy.Lie = (path, file => file["record"]!["disclosures"]!.AsArray().Clear());
            (await desk.RunAsync([.. open, "--purpose", "own-records"])).ExpectFailure(ExitCode.VerificationFailed, "does not show it");
            proxy.Lie = null;
            Assert.DoesNotContain(Transactions, proxy.Requests);

            JsonElement opened = (await desk.RunAsync([.. open, "--purpose", "own-records", "--json"])).Expect(ExitCode.Done).Json;

            // What has become of it, in one file that verifies without the node.
            await ProveStatusAsync(desk, proxy, id, path);
            Assert.AreEqual(record.GetProperty("leafHash").GetString(), opened.GetProperty("sanction").GetString());
            (await desk.RunAsync("repair", "open", evidence, "--upload", "--material", "D01=x")).ExpectFailure(ExitCode.BadInput, "--upload is for a node");
        }
        finally
        {
            await desk.RunAsync("devnet", "down");
        }
    }

    // The desk takes the same digests twice, and then no package holds what is on the ledger: a node that denies a step gets no second signature for it.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Supplement_NodeThatDeniesWhatItSent_GetsNoSecondSignature()
    {
        using RepairWorkspace desk = await RepairWorkspace.CreateAsync();
        await using LyingProxy proxy = new();
        try
        {
            ApplicantFiles files = new(_folder, "denied");
            string[] sanctions = [await files.ImposeAsync(desk), await files.ImposeAsync(desk), await files.ImposeAsync(desk)];
            await using RunningNode node = await RunningNode.StartAsync(desk.Data, Token, "--public-url", proxy.Url);
            await node.WaitReadyAsync(Token);
            proxy.Node = node.Url;
            string alone = desk.Data;
            Task<CommandRun> RunAsync(params string[] command) =>
                CommandRun.RunAsync(["repair", .. command, "--as", RepairWorkspace.Enterprise, "--node", proxy.Url, "--purpose", "own-records", "--data", alone]);
            async Task<string> OpenAsync(string sanction, string mark) => (await RunAsync(["open", sanction, .. new ApplicantFiles(_folder, mark).Materials(), "--json"]))
                .Expect(ExitCode.Done).Json.GetProperty("case").GetInt64().ToString(CultureInfo.InvariantCulture);
            string caseId = await OpenAsync(sanctions[0], "first");
            string[] supplement = ["supplement", caseId, "--material", $"D08={files.Jpeg("photo.jpg")}"];

            // The ledger, which the workspace knows, has it.
            proxy.Denied = Send;
            (await RunAsync(supplement)).ExpectFailure(ExitCode.VerificationFailed, "The ledger has them");
            (await RunAsync(supplement)).Expect(ExitCode.Done);
            Assert.HasCount(6, (await desk.ReadAsync(caseId)).Materials);

            // Of two with one nonce the first, which is kept no more, is on the ledger: it brings the same.
            supplement[^1] = $"D08={files.Jpeg("resigned.jpg")}";
            OfferNonceTwice(proxy);
            int asked = proxy.Requests.Count(request => request == Transactions);
            (await RunAsync(supplement)).ExpectFailure(ExitCode.VerificationFailed, "The ledger has them");
            Assert.AreEqual(asked + 3, proxy.Requests.Count(request => request == Transactions));
            proxy.Lie = null;
            (await RunAsync(supplement)).Expect(ExitCode.Done);
            Assert.HasCount(7, (await desk.ReadAsync(caseId)).Materials);

            // Nothing came to the ledger, and another step of the account has its nonce since: that is told from there as well, and it is signed anew.
            proxy.Denied = null;
            supplement[^1] = $"D08={files.Jpeg("second.jpg")}";
            await SignUnsentAsync(proxy, () => RunAsync(supplement));
            await OpenAsync(sanctions[1], "second");
            (await RunAsync(supplement)).Expect(ExitCode.Done);
            Assert.HasCount(8, (await desk.ReadAsync(caseId)).Materials);

            // Where the ledger cannot be asked, nothing is signed on the node's word, unless that is said.
            alone = CopyAway(desk.Data);
            supplement[^1] = $"D08={files.Jpeg("third.jpg")}";
            await SignUnsentAsync(proxy, () => RunAsync(supplement));
            await OpenAsync(sanctions[2], "third");
            (await RunAsync(supplement)).ExpectFailure(ExitCode.Undecided, "--sign-again");
            Assert.HasCount(8, (await desk.ReadAsync(caseId)).Materials);
            (await RunAsync([.. supplement, "--sign-again"])).Expect(ExitCode.Done);
            Assert.HasCount(9, (await desk.ReadAsync(caseId)).Materials);
            (await desk.RunAsync([.. supplement.Prepend("repair"), "--as", RepairWorkspace.Enterprise, "--sign-again"])).ExpectFailure(ExitCode.BadInput, "--node");
        }
        finally
        {
            await desk.RunAsync("devnet", "down");
        }
    }

    // The second transaction that the node makes has the nonce of the first, and more gas.
    private static void OfferNonceTwice(LyingProxy proxy)
    {
        int made = 0;
        string nonce = "";
        proxy.Lie = (Transactions, Alter);

        void Alter(JsonNode transaction)
        {
            made++;
            nonce = made == 1 ? transaction["nonce"]!.GetValue<string>() : nonce;
            if (made != 2)
            {
                return;
            }

            Eip1559Transaction other = new()
            {
                ChainId = (ulong)Quantity(transaction["chainId"]!),
                Nonce = (ulong)Quantity(JsonValue.Create(nonce)),
                MaxPriorityFeePerGasWei = Quantity(transaction["maxPriorityFeePerGas"]!),
                MaxFeePerGasWei = Quantity(transaction["maxFeePerGas"]!),
                GasLimit = (ulong)Quantity(transaction["gas"]!) + 1,
                To = Address.TryParse(transaction["to"]!.GetValue<string>(), out Address to) ? to : null,
                ValueWei = 0,
                Data = Convert.FromHexString(transaction["data"]!.GetValue<string>().AsSpan(2)),
            };
            transaction["nonce"] = nonce;
            transaction["gas"] = string.Create(CultureInfo.InvariantCulture, $"0x{other.GasLimit:x}");
            transaction["payload"] = Hex.Encode(other.EncodeUnsigned());
        }
    }

    private static UInt128 Quantity(JsonNode quantity) => UInt128.Parse(quantity.GetValue<string>().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static async Task SignUnsentAsync(LyingProxy proxy, Func<Task<CommandRun>> runAsync)
    {
        proxy.Broken = Send;
        (await runAsync()).Expect(ExitCode.Undecided);
        proxy.Broken = null;
    }

    // The applicant's workspace on a machine that reaches the node and not the ledger.
    private string CopyAway(string data)
    {
        string copy = _folder.At("away");
        foreach (string file in Directory.GetFiles(data, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("lock", StringComparison.Ordinal)))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        string path = Path.Combine(copy, "workspace.json");
        JsonNode config = JsonNode.Parse(File.ReadAllText(path))!;
        config["ledger"]!["rpcUrl"] = "http://127.0.0.1:1";
        File.WriteAllText(path, config.ToJsonString());
        return copy;
    }

    // Broken off where it matters: signed and not sent, sent and not answered. What is signed is kept, and goes out once.
    private static async Task BreakOffAsync(RepairWorkspace desk, LyingProxy proxy, string caseId, Func<string, Task<CommandRun>> supplementAsync)
    {
        string[] Signed() => Directory.GetFiles(Path.Combine(desk.Data, "repair"), "*.transaction", SearchOption.AllDirectories);
        proxy.Broken = Send;
        (await supplementAsync("unsent.jpg")).Expect(ExitCode.Undecided);
        byte[] signed = await File.ReadAllBytesAsync(Signed().Single());
        (await supplementAsync("unsent.jpg")).Expect(ExitCode.Undecided);
        Assert.AreSequenceEqual(signed, await File.ReadAllBytesAsync(Signed().Single()), "It was signed anew.");
        proxy.Broken = null;
        Assert.HasCount(6, (await desk.ReadAsync(caseId)).Materials);
        (await supplementAsync("unsent.jpg")).Expect(ExitCode.Done);
        Assert.HasCount(7, (await desk.ReadAsync(caseId)).Materials);

        proxy.Lie = (Send, sent => sent["hash"] = "0x" + new string('1', 64));
        (await supplementAsync("unanswered.jpg")).Expect(ExitCode.VerificationFailed);
        proxy.Lie = null;
        Assert.Contains("nothing was sent again", (await supplementAsync("unanswered.jpg")).Expect(ExitCode.Done).Out);
        Assert.HasCount(8, (await desk.ReadAsync(caseId)).Materials);

        // Given up for another file: the same nonce, so that only one of the two can come; and its salts are not thrown away on a node's word.
        proxy.Broken = Send;
        (await supplementAsync("given-up.jpg")).Expect(ExitCode.Undecided);
        proxy.Broken = null;
        (await supplementAsync("instead.jpg")).Expect(ExitCode.Done);
        Assert.HasCount(9, (await desk.ReadAsync(caseId)).Materials);
        Assert.HasCount(1, Signed());
    }

    private async Task ProveStatusAsync(RepairWorkspace desk, LyingProxy proxy, string id, string path)
    {
        string file = _folder.At("status.evidence.json");
        string[] create = ["evidence", "create", id, "--status", "-o", file, "--sign-in", RepairWorkspace.Enterprise, "--node", proxy.Url, "--purpose", "own-records"];
        proxy.Lie = (path, given => given.AsObject().Remove("status"));
        (await desk.RunAsync(create)).ExpectFailure(ExitCode.VerificationFailed, "proves no repair status");
        Assert.IsFalse(File.Exists(file));
        proxy.Lie = null;
        (await desk.RunAsync([.. create, "--witnessed"])).ExpectFailure(ExitCode.BadInput, "no witnesses");

        (await desk.RunAsync(create)).Expect(ExitCode.Done);
        string trust = _folder.At("status.trust.json");
        (await desk.RunAsync("evidence", "trust", "-o", trust)).Expect(ExitCode.Done);
        JsonElement report = (await CommandRun.RunAsync("evidence", "verify", file, "--trust", trust, "--json")).Expect(ExitCode.Done).Json;
        Assert.AreEqual("valid", report.GetProperty("verdict").GetString());
        Assert.AreEqual("under-repair", report.GetProperty("status").GetProperty("state").GetString());
    }

    private async Task RefuseLiesAsync(LyingProxy proxy, Func<Task<CommandRun>> openAsync)
    {
        (string What, Action<JsonNode> Alter)[] lies =
        [
            ("another material", made => made["data"] = Flip(made["data"]!.GetValue<string>())),
            ("another contract", made => made["to"] = "0x0000000000000000000000000000000000000001"),
            ("a transfer", made => made["value"] = "0x1"),
        ];
        foreach ((string what, Action<JsonNode> alter) in lies)
        {
            proxy.Lie = (Transactions, alter);
            CommandRun run = await openAsync();
            Assert.AreEqual(ExitCode.VerificationFailed, run.ExitCode, $"{what}: {run}");
            Assert.Contains("Nothing was signed", run.Error, what);
        }

        proxy.Lie = null;
        Assert.DoesNotContain(Send, proxy.Requests);
        Assert.IsFalse(File.Exists(_folder.At("remote.zip")));
    }

    // The last digit of the call is of the last material's digest.
    private static string Flip(string data) => data[..^1] + (data[^1] == '0' ? '1' : '0');

    private static string[] PackagesOf(RepairWorkspace desk, string evidence) =>
        [.. Directory.GetFiles(Path.Combine(desk.Data, "repair"), "*.zip", SearchOption.AllDirectories).Where(path => IsOf(path, evidence))];

    private static bool IsOf(string package, string evidence)
    {
        string kept = Path.Combine(Path.GetDirectoryName(package)!, "evidence.json");
        return File.ReadAllBytes(kept).SequenceEqual(File.ReadAllBytes(evidence));
    }

    // One package, of the case, with whose salts the ledger's digests are shown; nothing that is still to be sent.
    private static async Task AssertPackageAsync(RepairWorkspace desk, string evidence, string caseId)
    {
        string package = PackagesOf(desk, evidence).Single();
        Assert.AreEqual($"case-{caseId}.repair.zip", Path.GetFileName(package));
        Assert.IsEmpty(Directory.GetFiles(Path.GetDirectoryName(package)!, "*.transaction"));
        (await desk.RunAsync("repair", "check", package)).Expect(ExitCode.Done);
    }
}
