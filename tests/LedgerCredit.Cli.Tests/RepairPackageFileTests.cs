using System.Globalization;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Cli.Tests;

/// <summary>The files of an application that were there before: what <c>--package</c> may overwrite, and what may be used again.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RepairPackageFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Package_NameOfAnotherFile_IsRefusedBeforeAnythingIsSent()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("taken");
        string workspace = Path.Combine(desk.Data, "workspace.json");
        string empty = _folder.Write("empty.zip", "");

        foreach (string taken in (string[])[workspace, evidence, empty])
        {
            byte[] before = File.ReadAllBytes(taken);
            CommandRun open = await OpenAsync(desk, evidence, [.. files.Materials(), "--package", taken]);

            open.ExpectFailure(ExitCode.BadInput, $"'{taken}' is there already and is no older package of this case");
            Assert.AreSequenceEqual(before, File.ReadAllBytes(taken));
        }

        (await desk.RunAsync("repair", "show", evidence)).ExpectFailure(ExitCode.BadInput, "No repair case was opened");
    }

    [TestMethod]
    public async Task Package_OfTheSameCase_IsOverwrittenByWhatContinuesIt()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("continued");
        string target = _folder.At("case.zip");
        string caseId = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--package", target, "--json"])).Expect(ExitCode.Done));
        byte[] first = File.ReadAllBytes(target);

        // The same once more, and then with a supplement.
        (await OpenAsync(desk, evidence, [.. files.Materials(), "--package", target])).Expect(ExitCode.Done);
        Assert.AreSequenceEqual(first, File.ReadAllBytes(target));
        (await SupplementAsync(desk, caseId, "--material", $"D08={files.Jpeg("before.jpg")}", "--package", target)).Expect(ExitCode.Done);

        (await desk.RunAsync("repair", "check", target)).Expect(ExitCode.Done);
        File.WriteAllBytes(target, [.. first, 0]);
        (await SupplementAsync(desk, caseId, "--material", $"D09={files.Pdf("report.pdf")}", "--package", target))
            .ExpectFailure(ExitCode.BadInput, "is not overwritten");
        Assert.HasCount(6, (await desk.ReadAsync(caseId)).Materials);
    }

    [TestMethod]
    public async Task Package_OfAnotherCase_IsNeverOverwritten()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("another");
        string target = _folder.At("case.zip");
        string first = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--package", target, "--json"])).Expect(ExitCode.Done));
        byte[] before = File.ReadAllBytes(target);
        await desk.StepAsync(RepairWorkspace.Enterprise, "withdraw", first);

        // The same sanction and files, but salts of another case.
        (await OpenAsync(desk, evidence, [.. files.Materials(), "--package", target])).ExpectFailure(ExitCode.BadInput, "is not overwritten");
        string second = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--json"])).Expect(ExitCode.Done));
        (await OpenAsync(desk, evidence, [.. files.Materials(), "--package", target])).ExpectFailure(ExitCode.BadInput, "is not overwritten");
        (await SupplementAsync(desk, second, "--material", $"D08={files.Jpeg("before.jpg")}", "--package", target)).ExpectFailure(ExitCode.BadInput, "is not overwritten");

        Assert.AreSequenceEqual(before, File.ReadAllBytes(target));
        Assert.HasCount(5, (await desk.ReadAsync(second)).Materials);
    }

    [TestMethod]
    public async Task Open_FilesOfARevokedCaseOfTheSanction_AreRefused()
    {
        (RepairWorkspace desk, ApplicantFiles files, string evidence) = await BeginAsync("false");
        string caseId = CaseOf((await OpenAsync(desk, evidence, [.. files.Materials(), "--json"])).Expect(ExitCode.Done));
        await desk.StepAsync(RepairWorkspace.Authority, "accept", caseId);
        await desk.StepAsync(RepairWorkspace.Authority, "confirm", caseId, "--statement", "paid and rectified");
        await desk.ApproveAsync(RepairWorkspace.ReviewerOne, caseId);
        await desk.ApproveAsync(RepairWorkspace.ReviewerTwo, caseId);
        IndexedCase reviewed = await desk.ReadAsync(caseId);
        (await desk.StepAtAsync(reviewed.ObjectionsUntil, RepairWorkspace.Auditor, "trigger", caseId)).Expect(ExitCode.Done);
        await desk.StepAsync(RepairWorkspace.Authority, "revoke", caseId, "--findings", "the receipt is forged");
        await desk.StepAsync(RepairWorkspace.SecondKey, "revoke", caseId);
        Assert.AreEqual(CaseStage.Revoked, (await desk.ReadAsync(caseId)).Stage);

        CommandRun again = await OpenAsync(desk, evidence, files.Materials());
        CommandRun chinese = await OpenAsync(desk, evidence, [.. files.Materials(), "--lang", "zh"]);
        CommandRun otherReceipt = await OpenAsync(
            desk, evidence, [.. files.Materials("D06"), "--material", $"D06={files.Jpeg("copy.jpg")},date={ApplicantFiles.PaidOn},amount=20000.00,number=V-false"]);

        again.ExpectFailure(ExitCode.BadInput, $"was used in a case whose repair was revoked for false material: {caseId} (D10 commitment.pdf)");
        Assert.Contains($"因虚假材料被撤销的修复申请：{caseId} (D10 commitment.pdf)", chinese.Error);
        otherReceipt.ExpectFailure(ExitCode.BadInput, $"The same voucher was used in a case whose repair was revoked for false material: {caseId} (D06 receipt, scanned.jpg)");
    }

    [TestMethod]
    [DataRow("9223372036854775807")]
    [DataRow("9223372036854775808")]
    [DataRow("18446744073709551615")]
    public async Task Case_NumberBeyondAllCases_IsUnknown(string number)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();

        (await desk.RunAsync("repair", "show", number)).ExpectFailure(ExitCode.BadInput, $"The ledger has no repair case {number}.");
        (await desk.RunAsync("repair", "withdraw", number, "--as", RepairWorkspace.Enterprise)).ExpectFailure(ExitCode.BadInput, $"no repair case {number}.");
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
