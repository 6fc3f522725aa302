using System.Globalization;
using System.Text.Json;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Cli.Tests;

/// <summary><c>repair open | supplement | withdraw</c>: the applicant's side of a case.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RepairApplyTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Open_Complete_OpensACaseWithAPackageThatChecks()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("complete");

        CommandRun open = (await OpenAsync(desk, evidence, [.. files.Materials(), "--package", _folder.At("case.zip"), "--json"])).Expect(ExitCode.Done);

        string caseId = CaseOf(open);
        Assert.IsTrue(open.Json.GetProperty("sent").GetBoolean());
        Assert.AreEqual(_folder.At("case.zip"), open.Json.GetProperty("package").GetString());
        Assert.AreEqual("open", open.Json.GetProperty("stage").GetString());
        Assert.AreEqual("take-in", open.Json.GetProperty("steps")[0].GetProperty("act").GetString());
        IndexedCase indexed = await desk.ReadAsync(caseId);
        Assert.AreEqual("D01 D05 D06 D07 D10", string.Join(' ', open.Json.GetProperty("materials").EnumerateArray().Select(material => material.GetProperty("material").GetString())));
        Assert.AreEqual(indexed.MaterialsHash.ToString(), open.Json.GetProperty("materialsHash").GetString());
        (await desk.RunAsync("repair", "check", _folder.At("case.zip"))).Expect(ExitCode.Done);
    }

    [TestMethod]
    public async Task Open_Again_SendsNothingAndSaysSo()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("again");
        CommandRun first = (await OpenAsync(desk, evidence, [.. files.Materials(), "--json"])).Expect(ExitCode.Done);

        CommandRun second = (await OpenAsync(desk, evidence, [.. files.Materials(), "--json"])).Expect(ExitCode.Done);

        Assert.AreEqual(CaseOf(first), CaseOf(second));
        Assert.IsFalse(second.Json.GetProperty("sent").GetBoolean());
        Assert.AreEqual(first.Json.GetProperty("materialsHash").GetString(), second.Json.GetProperty("materialsHash").GetString());
        Assert.Contains("nothing was sent again", (await OpenAsync(desk, evidence, files.Materials())).Out);
    }

    [TestMethod]
    public async Task Open_OtherFilesThanTheCaseUnderWay_NamesTheCase()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("others");
        string caseId = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--json"])).Expect(ExitCode.Done));

        CommandRun other = await OpenAsync(desk, evidence, [.. files.Materials("D01"), "--material", $"D01={files.Pdf("other.pdf")}"]);

        other.ExpectFailure(ExitCode.BadInput, $"Case {caseId} is under way for this sanction, with other materials");
    }

    [TestMethod]
    public async Task Open_MuchWrong_SaysAllAtOnceAndSendsNothing()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("wrong");
        string[] materials =
        [
            "--material", $"D01={files.Write("licence.pdf", "no pdf"u8.ToArray())}",
            "--material", $"D05={files.Pdf("decision.pdf")},date=2024-05-11",
            "--material", $"D06={files.Write("receipt.pdf", [])},date=2024-05-09,amount=19999.99",
            "--material", $"D06={files.Jpeg("second.jpg")},date=2999-01-01,amount=0.00",
            "--material", $"D20={files.Pdf("tax.pdf")}",
        ];

        CommandRun open = (await OpenAsync(desk, evidence, [.. materials, "--json"])).Expect(ExitCode.BadInput);

        string[] codes = [.. open.Json.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("code").GetString()!)];
        Assert.AreEqual(
            "file-type-unknown date-of-other-decision file-empty date-before-decision date-in-future material-unknown payment-too-small material-missing material-missing",
            string.Join(' ', codes));
        CommandRun shown = await OpenAsync(desk, evidence, [.. materials, "--lang", "zh"]);
        shown.ExpectFailure(ExitCode.BadInput, "发现 9 个问题，未发送任何内容");
        Assert.Contains("缺少材料：D10 信用修复承诺书", shown.Error);
        (await desk.RunAsync("repair", "show", evidence)).ExpectFailure(ExitCode.BadInput, "No repair case was opened");
        Assert.IsEmpty(Directory.GetFiles(Path.Combine(desk.Data, "repair"), "*", SearchOption.AllDirectories)
            .Where(path => path.Contains(open.Json.GetProperty("sanction").GetString()![2..], StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Open_NotAppointed_NamesTheCommandForTheAuthority()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        ApplicantFiles files = new(_folder, "stranger");
        string evidence = await files.ImposeAsync(desk, isAppointed: false);

        (await OpenAsync(desk, evidence, [.. files.Materials(), "--dry-run"])).ExpectFailure(ExitCode.BadInput, "ledgercredit member appoint 0x");
        (await OpenAsync(desk, evidence, files.Materials())).ExpectFailure(ExitCode.BadInput, "ledgercredit member appoint 0x");
        (await OpenAsync(desk, evidence, [.. files.Materials(), "--lang", "zh"])).ExpectFailure(ExitCode.BadInput, "无权代表被处罚主体");
    }

    [TestMethod]
    public async Task Open_DryRun_ChecksEverythingAndSendsNothing()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("dry");

        CommandRun dry = (await OpenAsync(desk, evidence, [.. files.Materials(), "--dry-run"])).Expect(ExitCode.Done);

        Assert.Contains("All 5 files are in order", dry.Out);
        (await desk.RunAsync("repair", "show", evidence)).ExpectFailure(ExitCode.BadInput, "No repair case was opened");
        (await OpenAsync(desk, evidence, [.. files.Materials("D10"), "--dry-run"])).ExpectFailure(ExitCode.BadInput, "D10");
    }

    [TestMethod]
    public async Task Open_RedactedEvidence_AsksForTheWholeFile()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("redacted");
        string redacted = _folder.At("redacted.json");
        (await CommandRun.RunAsync("evidence", "redact", evidence, "--disclose", "decisionNo", "--keep-terms", "-o", redacted)).Expect(ExitCode.Done);

        (await OpenAsync(desk, redacted, files.Materials())).ExpectFailure(ExitCode.BadInput, "needs the whole evidence file");
    }

    [TestMethod]
    public async Task Open_AlteredEvidence_FailsVerification()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("forged");
        string text = File.ReadAllText(evidence);
        int at = text.IndexOf("\"disclosures\": [", StringComparison.Ordinal);
        int quote = text.IndexOf('"', at + "\"disclosures\": [".Length) + 10;
        string forged = _folder.Write("forged.json", text[..quote] + (text[quote] == 'A' ? 'B' : 'A') + text[(quote + 1)..]);

        CommandRun open = await OpenAsync(desk, forged, files.Materials());

        open.ExpectFailure(ExitCode.VerificationFailed, "record");
    }

    [TestMethod]
    [DataRow("D6=x.pdf", "expected CODE=FILE with a code from D01 to D63")]
    [DataRow("x.pdf", "expected CODE=FILE with a code from D01 to D63")]
    [DataRow("D64=x.pdf", "expected CODE=FILE with a code from D01 to D63")]
    [DataRow("D01=", "expected CODE=FILE with a code from D01 to D63")]
    [DataRow("D01=missing.pdf,date=2024-05-20", "the file 'missing.pdf' does not exist")]
    [DataRow("D01=missing.pdf,date=20.05.2024", "'20.05.2024' is no date: expected YYYY-MM-DD")]
    [DataRow("D01=missing.pdf,date=2024-05-20,date=2024-05-21", "'date' is there twice")]
    [DataRow("D01=/", "is a folder")]
    public async Task Open_MalformedMaterial_IsExplained(string material, string message)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string evidence = await new ApplicantFiles(_folder, "malformed").ImposeAsync(desk, isAppointed: false);

        (await OpenAsync(desk, evidence, ["--material", material])).ExpectFailure(ExitCode.BadInput, message);
    }

    [TestMethod]
    public async Task Open_NamesWithCommasAndEquals_AreTakenAsTheyStand()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("commas");
        string[] materials =
        [
            .. files.Materials("D01", "D10"),
            "--material", $"D01={files.Pdf("a,number=7.pdf")},number=L 1,2",
            "--material", $"D10={files.Pdf("b=c, d.pdf")},date={ApplicantFiles.PaidOn}",
            "--material", $"D08={files.Jpeg("e,date=2024.jpg")}",
        ];

        (await OpenAsync(desk, evidence, [.. materials, "--package", _folder.At("case.zip")])).Expect(ExitCode.Done);

        JsonElement check = (await desk.RunAsync("repair", "check", _folder.At("case.zip"), "--json")).Expect(ExitCode.Done).Json;
        JsonElement[] found = [.. check.GetProperty("files").EnumerateArray()];
        Assert.AreEqual("a,number=7.pdf", found[3].GetProperty("file").GetString());
        Assert.AreEqual("L 1,2", found[3].GetProperty("reference").GetString());
        Assert.AreEqual("b=c, d.pdf", found[4].GetProperty("file").GetString());
        Assert.AreEqual("e,date=2024.jpg", found[5].GetProperty("file").GetString());
        Assert.IsFalse(found[5].TryGetProperty("issuedOn", out _));
    }

    [TestMethod]
    public async Task Open_FilesAndVoucherOfAnotherCase_AreRefused()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("reuse");
        string caseId = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--json"])).Expect(ExitCode.Done));
        string other = await files.ImposeAsync(desk);

        CommandRun reuse = await OpenAsync(desk, other, [.. files.Materials("D06"), "--material", $"D06={files.Jpeg("copy.jpg")},date={ApplicantFiles.PaidOn},amount=20000.00,number=V-reuse"]);

        reuse.ExpectFailure(ExitCode.BadInput, $"The same file was used in another case: {caseId} (D10 commitment.pdf)");
        Assert.Contains($"The same voucher was used in another case: {caseId} (D06 receipt, scanned.jpg)", reuse.Error);
    }

    [TestMethod]
    public async Task Withdraw_ThenOpenAgain_TakesTheSameDocuments()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("return");
        string first = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--json"])).Expect(ExitCode.Done));

        CommandRun withdraw = await desk.StepAsync(RepairWorkspace.Enterprise, "withdraw", first);
        string second = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--package", _folder.At("second.zip"), "--json"])).Expect(ExitCode.Done));

        Assert.Contains("another case may be opened", withdraw.Out);
        Assert.AreNotEqual(first, second);
        Assert.AreEqual(CaseStage.Withdrawn, (await desk.ReadAsync(first)).Stage);
        Assert.AreNotEqual((await desk.ReadAsync(first)).MaterialsHash, (await desk.ReadAsync(second)).MaterialsHash);
        (await desk.RunAsync("repair", "check", _folder.At("second.zip"))).Expect(ExitCode.Done);
        (await desk.RunAsync("repair", "check", _folder.At("second.zip"), "--case", first)).Expect(ExitCode.VerificationFailed);
    }

    [TestMethod]
    public async Task Withdraw_ByAnother_IsRefused()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("keep");
        string caseId = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--json"])).Expect(ExitCode.Done));

        foreach (string other in RepairWorkspace.Everyone.Where(name => name != RepairWorkspace.Enterprise))
        {
            (await desk.RunAsync("repair", "withdraw", caseId, "--as", other)).ExpectFailure(ExitCode.BadInput, "may not act for the sanctioned subject");
        }

        Assert.AreEqual(CaseStage.Open, (await desk.ReadAsync(caseId)).Stage);
    }

    [TestMethod]
    public async Task Supplement_AskedForOrNot_MakesAPackageOfAll()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("more");
        string caseId = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--package", _folder.At("first.zip"), "--json"])).Expect(ExitCode.Done));

        // Not asked for.
        (await SupplementAsync(desk, caseId, "--material", $"D08={files.Jpeg("before.jpg")}")).Expect(ExitCode.Done);
        await desk.StepAsync(RepairWorkspace.Authority, "ask", caseId, "--material", "D09", "--notice", "a test report, please");
        Assert.AreEqual(CaseStage.SupplementAsked, (await desk.ReadAsync(caseId)).Stage);

        CommandRun asked = (await SupplementAsync(desk, caseId, "--material", $"D09={files.Pdf("report.pdf")}", "--package", _folder.At("last.zip"), "--json")).Expect(ExitCode.Done);

        Assert.AreEqual("open", asked.Json.GetProperty("stage").GetString());
        Assert.AreEqual(
            "D01 D05 D06 D07 D10 D08 D09",
            string.Join(' ', asked.Json.GetProperty("materials").EnumerateArray().Select(material => material.GetProperty("material").GetString())));
        (await desk.RunAsync("repair", "check", _folder.At("first.zip"))).Expect(ExitCode.VerificationFailed);
        (await desk.RunAsync("repair", "check", _folder.At("last.zip"))).Expect(ExitCode.Done);
    }

    [TestMethod]
    public async Task Supplement_SameTwice_SendsNothingAgain()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("twice");
        string caseId = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--json"])).Expect(ExitCode.Done));
        string[] more = ["--material", $"D08={files.Jpeg("before.jpg")}", "--json"];
        (await SupplementAsync(desk, caseId, more)).Expect(ExitCode.Done);

        CommandRun again = (await SupplementAsync(desk, caseId, more)).Expect(ExitCode.Done);

        Assert.IsFalse(again.Json.GetProperty("sent").GetBoolean());
        Assert.HasCount(6, (await desk.ReadAsync(caseId)).Materials);
    }

    [TestMethod]
    public async Task Supplement_OnAnotherMachine_TakesThePackageThatIsNamed()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("machine");
        CommandRun open = (await OpenAsync(desk, evidence, [.. files.Materials(), "--package", _folder.At("case.zip"), "--json"])).Expect(ExitCode.Done);
        string caseId = CaseOf(open);
        Directory.Delete(Path.Combine(desk.Data, "repair", open.Json.GetProperty("sanction").GetString()![2..]), recursive: true);
        string[] more = ["--material", $"D08={files.Jpeg("before.jpg")}"];

        (await SupplementAsync(desk, caseId, more)).ExpectFailure(ExitCode.BadInput, "--evidence FILE");
        (await SupplementAsync(desk, caseId, [.. more, "--evidence", evidence])).ExpectFailure(ExitCode.BadInput, "--from PACKAGE");
        (await SupplementAsync(desk, caseId, [.. more, "--evidence", evidence, "--from", evidence])).ExpectFailure(ExitCode.BadInput, "is not a repair package");
        (await SupplementAsync(desk, caseId, [.. more, "--evidence", evidence, "--from", _folder.At("case.zip"), "--package", _folder.At("more.zip")])).Expect(ExitCode.Done);

        (await desk.RunAsync("repair", "check", _folder.At("more.zip"))).Expect(ExitCode.Done);
        (await SupplementAsync(desk, caseId, "--material", $"D09={files.Pdf("report.pdf")}", "--from", _folder.At("case.zip")))
            .ExpectFailure(ExitCode.BadInput, "does not hold the materials of case");
    }

    [TestMethod]
    public async Task Supplement_OfAFileThatIsThere_IsRefused()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("double");
        string caseId = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--json"])).Expect(ExitCode.Done));

        (await SupplementAsync(desk, caseId, "--material", $"D08={files.Pdf("licence.pdf")}")).ExpectFailure(ExitCode.BadInput, "file-twice");
        (await SupplementAsync(desk, caseId, "--material", $"D08={files.Jpeg("x.jpg")}", "--evidence", await files.ImposeAsync(desk)))
            .ExpectFailure(ExitCode.BadInput, "another sanction");
        (await SupplementAsync(desk, "999999", "--material", $"D08={files.Jpeg("x.jpg")}")).ExpectFailure(ExitCode.BadInput, "no repair case 999999");
    }

    [TestMethod]
    public async Task Package_ThatCannotBeWritten_IsRefusedBeforeAnythingIsSent()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("nowhere");

        (await OpenAsync(desk, evidence, [.. files.Materials(), "--package", _folder.At("none/case.zip")])).ExpectFailure(ExitCode.BadInput, "in a folder that exists");

        (await desk.RunAsync("repair", "show", evidence)).ExpectFailure(ExitCode.BadInput, "No repair case was opened");
    }

    private async Task<(RepairWorkspace Desk, ApplicantFiles Files, string Evidence)> BeginAsync(string mark)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        ApplicantFiles files = new(_folder, mark);
        return (desk, files, await files.ImposeAsync(desk));
    }

    private static Task<CommandRun> OpenAsync(RepairWorkspace desk, string evidence, string[] options) =>
        desk.RunAsync(["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. options]);

    private static Task<CommandRun> SupplementAsync(RepairWorkspace desk, string caseId, params string[] options) =>
        desk.RunAsync(["repair", "supplement", caseId, "--as", RepairWorkspace.Enterprise, .. options]);

    private static string CaseOf(CommandRun run) => run.Json.GetProperty("case").GetInt64().ToString(CultureInfo.InvariantCulture);
}
