using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Cli.Tests.Remote;

/// <summary>Plans, materials, grants and steps about sanctions, through a node that runs beside.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RemoteDeskTests : IDisposable
{
    private const string Transactions = "/v1/repair/transactions";

    private static readonly TestFolder Evidence = new();
    private static RepairWorkspace _desk = null!;
    private static LyingProxy _proxy = null!;
    private static RunningNode _node = null!;
    private static ApplicantFiles _files = null!;
    private static string _planned = "";
    private static string _kept = "";
    private static string _shielded = "";

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    // Of sanctions that are imposed before the node runs, which anchors by itself.
    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _desk = await RepairWorkspace.CreateAsync();
        _files = new ApplicantFiles(Evidence, "desk");
        _planned = await _files.ImposeAsync(_desk);
        _kept = await _files.ImposeAsync(_desk);
        _shielded = await _files.ImposeAsync(_desk);
        _proxy = new LyingProxy();
        _node = await RunningNode.StartAsync(_desk.Data, context.CancellationToken, "--public-url", _proxy.Url);
        await _node.WaitReadyAsync(context.CancellationToken);
        _proxy.Node = _node.Url;
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await _node.DisposeAsync();
        await _proxy.DisposeAsync();
        await _desk.RunAsync("devnet", "down");
        _desk.Dispose();
        Evidence.Dispose();
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Plan_ByIdOrFile_IsTheLocalOneAndOfThatSanctionAlone()
    {
        string id = Path.GetFileName(_planned).Split('.')[0];
        string[] asked = ["--node", _proxy.Url, "--sign-in", RepairWorkspace.Enterprise, "--purpose", "own-records"];
        JsonElement local = (await _desk.RunAsync("repair", "plan", _planned, "--json")).Expect(ExitCode.Done).Json;
        foreach (string sanction in (string[])[id, _planned])
        {
            JsonElement remote = (await _desk.RunAsync(["repair", "plan", sanction, "--json", .. asked])).Expect(ExitCode.Done).Json;
            foreach (string name in (string[])["sanction", "repairable", "earliestRepairOn", "materials", "rules", "figures", "dueYuan"])
            {
                Assert.IsTrue(JsonElement.DeepEquals(local.GetProperty(name), remote.GetProperty(name)), $"{name}: {remote}");
            }
        }

        CommandRun text = (await _desk.RunAsync(["repair", "plan", id, "--sources", .. asked])).Expect(ExitCode.Done);
        Assert.Contains("D06", text.Out);
        Assert.Contains("can be repaired", text.Out);
        Assert.Contains("能修复", (await _desk.RunAsync(["repair", "plan", id, "--lang", "zh", .. asked])).Expect(ExitCode.Done).Out);
        string index = (await _desk.RunAsync("record", "show", id, "--json")).Expect(ExitCode.Done).Json.GetProperty("leafIndex").GetRawText();
        _proxy.Lie = ($"/v1/repair/plans/{RepairWorkspace.Authority}/{index}", plan => plan["sanction"]!["leafHash"] = "0x" + new string('1', 64));
        (await _desk.RunAsync(["repair", "plan", id, .. asked])).ExpectFailure(ExitCode.VerificationFailed, "another sanction");
        _proxy.Lie = null;
        (await _desk.RunAsync(["repair", "plan", "none", .. asked])).ExpectFailure(ExitCode.BadInput, "no record");
        (await _desk.RunAsync(["repair", "plan", id, "--trust", "x", .. asked])).ExpectFailure(ExitCode.BadInput, "--trust");
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Materials_OfACase_AreReadByItsPartiesAndWrittenWholeOrNotAtAll()
    {
        string[] open = ["repair", "open", _kept, .. _files.Materials(), "--as", RepairWorkspace.Enterprise, "--node", _proxy.Url, "--purpose", "own-records", "--json"];
        JsonElement opened = (await _desk.RunAsync(open)).Expect(ExitCode.Done).Json;
        string caseId = opened.GetProperty("case").GetRawText();

        // What a lying node says of what it keeps is compared with the package.
        _proxy.Lie = ("/v1/repair/materials", kept => kept["salt"] = "0x" + new string('2', 64));
        (await AsAsync(RepairWorkspace.Enterprise, "upload", "--from", opened.GetProperty("package").GetString()!)).ExpectFailure(ExitCode.VerificationFailed, "another file");
        _proxy.Lie = null;
        JsonElement uploaded = (await AsAsync(RepairWorkspace.Enterprise, "upload", "--from", opened.GetProperty("package").GetString()!, "--json")).Expect(ExitCode.Done).Json;
        Assert.AreEqual(5, uploaded.GetProperty("materials").GetArrayLength());

        JsonElement materials = (await AsAsync(RepairWorkspace.Authority, "list", caseId, "--json", "--purpose", "supervision")).Expect(ExitCode.Done).Json.GetProperty("materials");
        IndexedCase indexed = await _desk.ReadAsync(caseId);
        Assert.AreEqual(
            string.Join(' ', indexed.Materials.Select(material => material.Digest).Order()),
            string.Join(' ', materials.EnumerateArray().Select(material => material.GetProperty("digest").GetString()).Order(StringComparer.Ordinal)));
        string id = materials.EnumerateArray().First(material => material.GetProperty("code").GetString() == "D05").GetProperty("id").GetString()!;
        Assert.Contains(id, (await AsAsync(RepairWorkspace.ReviewerOne, "list", _kept, "--purpose", "supervision")).Expect(ExitCode.Done).Out);
        Assert.Contains("No such", (await AsAsync(RepairWorkspace.OtherAuthority, "list", caseId, "--purpose", "supervision")).Expect(ExitCode.Done).Out);

        string target = _folder.At("decision.pdf");
        string[] download = ["download", id, "-o", target, "--purpose", "supervision"];
        Assert.Contains("SHA-256", (await DirectlyAsync(download)).Expect(ExitCode.Done).Out);
        Assert.AreSequenceEqual(await File.ReadAllBytesAsync(Evidence.At("decision.pdf"), TestContext.CancellationToken), await File.ReadAllBytesAsync(target, TestContext.CancellationToken));
        (await DirectlyAsync(download)).ExpectFailure(ExitCode.BadInput, "nothing is overwritten");

        // The proxy drops the header that says what the file is.
        (await AsAsync(RepairWorkspace.Authority, "download", id, "-o", _folder.At("other.pdf"), "--purpose", "supervision")).Expect(ExitCode.Undecided);
        (await AsAsync(RepairWorkspace.Authority, "download", new string('0', 32), "-o", _folder.At("other.pdf"), "--purpose", "supervision")).Expect(ExitCode.BadInput);
        (await AsAsync(RepairWorkspace.Authority, "download", "../1", "-o", _folder.At("other.pdf"), "--purpose", "supervision")).ExpectFailure(ExitCode.BadInput, "hex digits");
        Assert.HasCount(1, Directory.GetFiles(_folder.FullPath), "Nothing is left of what failed.");

        (await AsAsync(RepairWorkspace.Authority, "delete", id)).Expect(ExitCode.BadInput);
        (await AsAsync(RepairWorkspace.Enterprise, "delete", id)).Expect(ExitCode.Done);
        (await AsAsync(RepairWorkspace.Enterprise, "delete", id)).Expect(ExitCode.BadInput);
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Upload_OfSingleFiles_IsOnceAndOfTheTypesThatAreTaken()
    {
        string photo = _files.Jpeg("single.jpg");
        string[] upload = ["upload", _planned, "--material", $"D08={photo}", "--json"];
        string first = (await AsAsync(RepairWorkspace.Enterprise, upload)).Expect(ExitCode.Done).Json.GetProperty("materials")[0].GetProperty("id").GetString()!;
        Assert.AreEqual(first, (await AsAsync(RepairWorkspace.Enterprise, upload)).Expect(ExitCode.Done).Json.GetProperty("materials")[0].GetProperty("id").GetString());
        (await AsAsync(RepairWorkspace.Enterprise, "upload", _planned, "--material", $"D08={_files.Write("a.txt", [65, 66])}")).ExpectFailure(ExitCode.BadInput, "first bytes");
        (await AsAsync(RepairWorkspace.Enterprise, "upload", _planned, "--material", $"D08={photo},date=2026-01-01")).ExpectFailure(ExitCode.BadInput, "alone");
        (await AsAsync(RepairWorkspace.Enterprise, "upload", _planned)).ExpectFailure(ExitCode.BadInput, "--from");
        (await AsAsync(RepairWorkspace.Enterprise, "upload", "--from", photo)).ExpectFailure(ExitCode.BadInput, "not a repair package");
        (await AsAsync(RepairWorkspace.ReviewerOne, upload)).Expect(ExitCode.BadInput);
        (await _desk.RunAsync("repair", "material", "list", "1")).ExpectFailure(ExitCode.BadInput, "--node URL");
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Grant_OfASubject_IsGivenAndWithdrawnByWhoActsForIt()
    {
        string subject = ApplicantFiles.SubjectOf(_planned);
        string[] give = ["give", subject, "--consumer", RepairWorkspace.OtherAuthority, "--purpose", "credit-review", "--expires", "10", "--json"];
        (await GrantAsync(RepairWorkspace.ReviewerOne, give)).Expect(ExitCode.BadInput);
        JsonElement given = (await GrantAsync(RepairWorkspace.Enterprise, give)).Expect(ExitCode.Done).Json;
        string number = given.GetProperty("number").GetRawText();
        Assert.IsTrue(given.GetProperty("inForce").GetBoolean());
        JsonElement received = (await GrantAsync(RepairWorkspace.OtherAuthority, "list", "--json")).Expect(ExitCode.Done).Json.GetProperty("grants");
        Assert.AreEqual(number, received.EnumerateArray().Single().GetProperty("number").GetRawText());
        Assert.IsEmpty((await GrantAsync(RepairWorkspace.ReviewerOne, "list", subject, "--json")).Expect(ExitCode.Done).Json.GetProperty("grants").EnumerateArray());
        (await GrantAsync(RepairWorkspace.OtherAuthority, "withdraw", number)).Expect(ExitCode.BadInput);
        (await GrantAsync(RepairWorkspace.Enterprise, "withdraw", number)).Expect(ExitCode.Done);
        Assert.Contains("withdrawn", (await GrantAsync(RepairWorkspace.Enterprise, "list", subject)).Expect(ExitCode.Done).Out);
        (await GrantAsync(RepairWorkspace.Enterprise, "give", subject, "--consumer", "x-y", "--purpose", "credit-review", "--expires", "367")).ExpectFailure(ExitCode.BadInput, "366 days");
        (await GrantAsync(RepairWorkspace.Enterprise, "give", subject, "--consumer", "x-y", "--purpose", "public", "--expires", "1")).ExpectFailure(ExitCode.BadInput, "is not a purpose that is granted");
        (await _desk.RunAsync("access", "grant", "list")).ExpectFailure(ExitCode.BadInput, "--node URL");
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task SignIn_OfAnAccountThatTheLedgerDoesNotKnow_IsTwoWithoutAdviceToSignIn()
    {
        string[] data = ["--data", _folder.At("newcomer")];
        (await CommandRun.RunAsync(["workspace", "init", .. data])).Expect(ExitCode.Done);
        (await CommandRun.RunAsync(["member", "add", "newcomer", "--role", "enterprise", .. data])).Expect(ExitCode.Done);

        CommandRun refused = await CommandRun.RunAsync(["access", "grant", "list", "--sign-in", "newcomer", "--node", _proxy.Url, .. data]);

        refused.ExpectFailure(ExitCode.BadInput, "belongs to no organisation");
        Assert.DoesNotContain("--api-key-file", refused.Error);
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Sanction_ShieldedUnshieldedAnnulled_ByItsAuthorityAloneAndOnlyAsAskedFor()
    {
        string id = Path.GetFileName(_shielded).Split('.')[0];
        _proxy.Lie = (Transactions, made => made["data"] = made["data"]!.GetValue<string>()[..^2] + "ff");
        (await StepAsync(RepairWorkspace.Authority, "shield", _shielded, "--ruling", "reorganised")).ExpectFailure(ExitCode.VerificationFailed, "Nothing was signed");
        _proxy.Lie = null;
        (await StepAsync(RepairWorkspace.OtherAuthority, "shield", _shielded, "--ruling", "reorganised")).Expect(ExitCode.BadInput);
        JsonElement shielded = (await StepAsync(RepairWorkspace.Authority, "shield", _shielded, "--ruling", "reorganised", "--json")).Expect(ExitCode.Done).Json;
        Assert.AreEqual("[\"shielded\"]", shielded.GetProperty("events").GetRawText().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
        await OfferAnotherAsync(() => StepAsync(RepairWorkspace.Authority, "unshield", id, "--ruling", "failed"));
        Assert.Contains("unshielded", (await StepAsync(RepairWorkspace.Authority, "unshield", id, "--ruling", "failed")).Expect(ExitCode.Done).Out);

        // A case that is under way ends with the sanction.
        string[] open = ["repair", "open", _shielded, .. new ApplicantFiles(_folder, "annulled").Materials(), "--as", RepairWorkspace.Enterprise, "--json"];
        string caseId = (await _desk.RunAsync(open)).Expect(ExitCode.Done).Json.GetProperty("case").GetInt64().ToString(CultureInfo.InvariantCulture);
        JsonElement annulled;
        do
        {
            // Until the node has read of the case, the contract refuses an annulment that leaves it out.
            annulled = (await StepAsync(RepairWorkspace.Authority, "annul", _shielded, "--grounds", "overturned", "--json")).Json;
        }
        while (annulled.TryGetProperty("error", out _));

        Assert.AreEqual(caseId, annulled.GetProperty("case").GetRawText());
        Assert.AreEqual("annulled", annulled.GetProperty("stage").GetString());
        Assert.AreEqual(CaseStage.Annulled, (await _desk.ReadAsync(caseId)).Stage);
    }

    // Its evidence verifies; only the id tells that nobody asked for it.
    private static async Task OfferAnotherAsync(Func<Task<CommandRun>> stepAsync)
    {
        JsonElement other = (await _desk.RunAsync("record", "show", Path.GetFileName(_planned).Split('.')[0], "--json")).Expect(ExitCode.Done).Json;
        _proxy.Lie = ("/v1/records/search", page => Point(page, other));
        (await stepAsync()).ExpectFailure(ExitCode.VerificationFailed, "not the evidence of a record of that id");
        _proxy.Lie = null;
    }

    // Pages of the logs that have no such record are empty.
    private static void Point(JsonNode page, JsonElement other)
    {
        foreach (JsonNode? record in page["records"]!.AsArray())
        {
            record!["leafIndex"] = other.GetProperty("leafIndex").GetInt64();
            record["leafHash"] = other.GetProperty("leafHash").GetString();
        }
    }

    private static Task<CommandRun> AsAsync(string account, params string[] command) => _desk.RunAsync(["repair", "material", .. command, "--node", _proxy.Url, "--sign-in", account]);

    private static Task<CommandRun> GrantAsync(string account, params string[] command) => _desk.RunAsync(["access", "grant", .. command, "--node", _proxy.Url, "--sign-in", account]);

    private static Task<CommandRun> StepAsync(string account, params string[] step) =>
        _desk.RunAsync(["repair", .. step, "--as", account, "--node", _proxy.Url, "--purpose", "supervision"]);

    // Not through the proxy; the node knows itself by the proxy's address, so that a key calls it.
    private static async Task<CommandRun> DirectlyAsync(string[] command)
    {
        using TestFolder keys = new();
        string key = await RunningNode.MakeKeyAsync(keys, _desk.Data, RepairWorkspace.Authority, "records:read");
        return await _desk.RunAsync(["repair", "material", .. command, "--node", _node.Url, "--api-key-file", key]);
    }
}
