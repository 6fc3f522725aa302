using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LedgerCredit.Cli.Tests;

/// <summary><c>repair check</c>: what a reviewer learns of a package.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RepairCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Check_PackageOfTheCase_SaysWhatToApprove()
    {
        (RepairWorkspace desk, ApplicantFiles files, string caseId) = await OpenAsync("right");

        CommandRun check = (await CheckAsync(desk, "--files", _folder.At("out"))).Expect(ExitCode.Done);

        string hash = (await desk.ReadAsync(caseId)).MaterialsHash.ToString();
        Assert.Contains("Every file is the one whose digest the ledger has.", check.Out);
        Assert.Contains($"Hash of the materials: {hash}", check.Out);
        Assert.Contains($"ledgercredit repair approve {caseId} --package {_folder.At("case.zip")}", check.Out);
        Assert.Contains("V-right", check.Out);
        Assert.AreSequenceEqual(
            new[] { "01-D01.pdf", "02-D05.pdf", "03-D06.jpeg", "04-D07.pdf", "05-D10.pdf" },
            Directory.GetFiles(_folder.At("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray());
        Assert.AreSequenceEqual(File.ReadAllBytes(files.Jpeg("receipt, scanned.jpg")), File.ReadAllBytes(_folder.At("out/03-D06.jpeg")));
        Assert.Contains("每份文件均与账本摘要一致", (await CheckAsync(desk, "--lang", "zh")).Out);
    }

    [TestMethod]
    public async Task Check_FilesThatAreThere_AreNeverOverwritten()
    {
        (RepairWorkspace desk, _, _) = await OpenAsync("there");
        Directory.CreateDirectory(_folder.At("out"));
        string mine = _folder.Write("out/04-D07.pdf", "mine");

        (await CheckAsync(desk, "--files", _folder.At("out"))).ExpectFailure(ExitCode.BadInput, "is there already");

        Assert.AreEqual("mine", File.ReadAllText(mine));
        Assert.HasCount(1, Directory.GetFiles(_folder.At("out")));
    }

    [TestMethod]
    public async Task Check_CaseSupplementedSince_NamesWhatIsMissing()
    {
        (RepairWorkspace desk, ApplicantFiles files, string caseId) = await OpenAsync("older");
        (await desk.RunAsync("repair", "supplement", caseId, "--as", RepairWorkspace.Enterprise, "--material", $"D08={files.Jpeg("x.jpg")}")).Expect(ExitCode.Done);

        CommandRun check = (await CheckAsync(desk, "--json")).Expect(ExitCode.VerificationFailed);

        Assert.IsFalse(check.Json.GetProperty("valid").GetBoolean());
        JsonElement last = check.Json.GetProperty("files")[5];
        Assert.AreEqual("not-in-package", last.GetProperty("outcome").GetString());
        Assert.AreEqual("D08", last.GetProperty("onLedger").GetProperty("material").GetString());
        Assert.Contains("DIFFER: do not approve", (await CheckAsync(desk)).Out);
    }

    [TestMethod]
    public async Task Check_PackageThatWasNeverSent_IsNamedFileByFile()
    {
        (RepairWorkspace desk, ApplicantFiles files, string caseId) = await OpenAsync("first");
        string first = _folder.At("case.zip");
        File.Move(first, _folder.At("first.zip"));
        (await desk.RunAsync("repair", "withdraw", caseId, "--as", RepairWorkspace.Enterprise)).Expect(ExitCode.Done);
        string second = await OpenAsync(desk, files, _folder.At("sanction.json"));

        // The same files under other salts: what they are is right, what the ledger has of them is not.
        CommandRun check = (await desk.RunAsync("repair", "check", _folder.At("first.zip"), "--case", second, "--json")).Expect(ExitCode.VerificationFailed);

        Assert.IsTrue(check.Json.GetProperty("files").EnumerateArray().All(file => file.GetProperty("outcome").GetString() == "ledger-differs"));
        (await desk.RunAsync("repair", "check", _folder.At("first.zip"), "--case", caseId)).Expect(ExitCode.Done);
    }

    [TestMethod]
    public async Task Check_PackageOfAnotherSanction_SaysSo()
    {
        (RepairWorkspace desk, _, _) = await OpenAsync("mine");
        string other = await desk.OpenAsync();

        CommandRun check = (await desk.RunAsync("repair", "check", _folder.At("case.zip"), "--case", other, "--json")).Expect(ExitCode.VerificationFailed);

        Assert.IsFalse(check.Json.GetProperty("sanctionMatches").GetBoolean());
        Assert.Contains("for another sanction", (await desk.RunAsync("repair", "check", _folder.At("case.zip"), "--case", other)).Out);
    }

    [TestMethod]
    public async Task Check_AlteredPackage_IsRefusedByName()
    {
        (RepairWorkspace desk, _, _) = await OpenAsync("altered");
        byte[] package = File.ReadAllBytes(_folder.At("case.zip"));
        int at = package.AsSpan().IndexOf("altered commitment.pdf"u8);
        package[at] ^= 1;
        File.WriteAllBytes(_folder.At("case.zip"), package);

        (await CheckAsync(desk)).ExpectFailure(ExitCode.BadInput, "files/05-D10.pdf: Expected the content that the checksum in the package is of");
    }

    [TestMethod]
    [DataRow("", "Expected this file whole")]
    [DataRow("PK and so on, for longer than a header is", "is not a repair package")]
    public async Task Check_NoPackage_IsRefused(string text, string message)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        File.WriteAllBytes(_folder.At("case.zip"), Encoding.UTF8.GetBytes(text));

        (await CheckAsync(desk, "--files", _folder.At("out"))).ExpectFailure(ExitCode.BadInput, message);

        Assert.IsFalse(Directory.Exists(_folder.At("out")));
    }

    [TestMethod]
    public async Task Check_LedgerAway_IsUndecided()
    {
        (RepairWorkspace desk, _, _) = await OpenAsync("away");
        string copy = _folder.At("copy");
        Directory.CreateDirectory(copy);
        foreach (string name in (string[])["workspace.json", "ledgercredit.db"])
        {
            File.Copy(Path.Combine(desk.Data, name), Path.Combine(copy, name));
        }

        // The copy has no devnet of its own.
        CommandRun check = await CommandRun.RunAsync("repair", "check", _folder.At("case.zip"), "--data", copy);

        check.ExpectFailure(ExitCode.Undecided, "devnet");
    }

    [TestMethod]
    public async Task Check_ThenApprove_SendsTheHashOfTheLedger()
    {
        (RepairWorkspace desk, _, string caseId) = await OpenAsync("approve");

        CommandRun approve = await desk.StepAsync(RepairWorkspace.ReviewerOne, "approve", caseId, "--package", _folder.At("case.zip"));

        Assert.Contains("Approved", approve.Out);
        Assert.HasCount(1, (await desk.ReadAsync(caseId)).Approvals);
    }

    [TestMethod]
    public async Task Approve_PackageFromBeforeASupplement_SendsNothing()
    {
        (RepairWorkspace desk, _, string caseId) = await OpenAsync("stale");
        await desk.SupplementAsync(caseId, 8);

        CommandRun approve = await desk.RunAsync("repair", "approve", caseId, "--package", _folder.At("case.zip"), "--as", RepairWorkspace.ReviewerOne);

        approve.ExpectFailure(ExitCode.VerificationFailed, "Nothing was sent");
        Assert.Contains($"--case {caseId}", approve.Error);
        Assert.IsEmpty((await desk.ReadAsync(caseId)).Approvals);
        (await desk.RunAsync("repair", "approve", caseId, "--package", _folder.At("sanction.json"), "--as", RepairWorkspace.ReviewerOne))
            .ExpectFailure(ExitCode.BadInput, "is not a repair package");
    }

    private async Task<(RepairWorkspace Desk, ApplicantFiles Files, string CaseId)> OpenAsync(string mark)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        ApplicantFiles files = new(_folder, mark);
        File.Move(await files.ImposeAsync(desk), _folder.At("sanction.json"));
        return (desk, files, await OpenAsync(desk, files, _folder.At("sanction.json")));
    }

    private async Task<string> OpenAsync(RepairWorkspace desk, ApplicantFiles files, string evidence) =>
        (await desk.RunAsync(["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials(), "--package", _folder.At("case.zip"), "--json"]))
            .Expect(ExitCode.Done).Json.GetProperty("case").GetInt64().ToString(CultureInfo.InvariantCulture);

    private Task<CommandRun> CheckAsync(RepairWorkspace desk, params string[] options) =>
        desk.RunAsync(["repair", "check", _folder.At("case.zip"), .. options]);
}
