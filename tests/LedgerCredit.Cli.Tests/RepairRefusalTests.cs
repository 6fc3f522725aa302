using System.Globalization;

namespace LedgerCredit.Cli.Tests;

/// <summary>What people and machines are told when the contracts refuse a step.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RepairRefusalTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Withdraw_ByNoEnterprise_NamesTheEnterprisesHere()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string caseId = await desk.OpenAsync();

        CommandRun english = await desk.RunAsync("repair", "withdraw", caseId, "--as", RepairWorkspace.ReviewerOne);
        CommandRun chinese = await desk.RunAsync("repair", "withdraw", caseId, "--as", RepairWorkspace.ReviewerOne, "--lang", "zh");

        english.ExpectFailure(ExitCode.BadInput, $"{RepairWorkspace.ReviewerOne} may not act for the sanctioned subject: it is no enterprise.");
        Assert.Contains($"This workspace has with the role enterprise: {RepairWorkspace.Enterprise}.", english.Error);
        Assert.DoesNotContain("member appoint", english.Error);
        chinese.ExpectFailure(ExitCode.BadInput, $"本工作区中具有角色 enterprise 的账户：{RepairWorkspace.Enterprise}。");
    }

    [TestMethod]
    public async Task Open_BySuspendedApplicant_SaysThatItIsSuspended()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        ApplicantFiles files = new(_folder, "suspended");
        string evidence = await files.ImposeAsync(desk);
        string[] open = ["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials()];
        (await desk.RunAsync("member", "suspend", RepairWorkspace.Enterprise)).Expect(ExitCode.Done);
        try
        {
            (await desk.RunAsync(open)).ExpectFailure(ExitCode.BadInput, $"{RepairWorkspace.Enterprise} is suspended");
            (await desk.RunAsync([.. open, "--dry-run"])).ExpectFailure(ExitCode.BadInput, "The consortium's admin can resume it.");
        }
        finally
        {
            (await desk.RunAsync("member", "resume", RepairWorkspace.Enterprise)).Expect(ExitCode.Done);
        }
    }

    [TestMethod]
    public async Task Refusal_WithJson_IsOneDocument()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string caseId = await desk.OpenAsync();

        CommandRun withdraw = (await desk.RunAsync("repair", "withdraw", caseId, "--as", RepairWorkspace.Auditor, "--json")).Expect(ExitCode.BadInput);
        CommandRun trigger = (await desk.RunAsync("repair", "trigger", caseId, "--as", RepairWorkspace.Auditor, "--json")).Expect(ExitCode.BadInput);
        CommandRun resume = (await desk.RunAsync("repair", "resume", "--json", "--lang", "zh")).Expect(ExitCode.BadInput);

        Assert.AreEqual("repair-desk-not-applicant", CodeOf(withdraw));
        Assert.AreEqual("repair-desk-wrong-state", CodeOf(trigger));
        Assert.AreEqual("repair-desk-not-paused", CodeOf(resume));
        Assert.AreEqual("修复合约未暂停。", resume.Json.GetProperty("error").GetProperty("message").GetString());
    }

    [TestMethod]
    public async Task RefusedApplication_WithJson_IsOneDocument()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        ApplicantFiles files = new(_folder, "refused");
        string evidence = await files.ImposeAsync(desk, isAppointed: false);
        string[] open = ["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials(), "--json"];

        Assert.AreEqual("repair-desk-not-applicant", CodeOf((await desk.RunAsync(open)).Expect(ExitCode.BadInput)));
        Assert.AreEqual("repair-desk-not-applicant", CodeOf((await desk.RunAsync([.. open, "--dry-run"])).Expect(ExitCode.BadInput)));
    }

    [TestMethod]
    public async Task Supplement_OfAnApprovedCase_SaysWhatItVoids()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        ApplicantFiles files = new(_folder, "voided");
        string evidence = await files.ImposeAsync(desk);
        CommandRun open = await desk.StepAsync(RepairWorkspace.Enterprise, ["open", evidence, .. files.Materials(), "--json"]);
        string caseId = open.Json.GetProperty("case").GetInt64().ToString(CultureInfo.InvariantCulture);
        await desk.StepAsync(RepairWorkspace.Authority, "accept", caseId);
        await desk.ApproveAsync(RepairWorkspace.ReviewerOne, caseId);

        CommandRun supplement = await desk.StepAsync(RepairWorkspace.Enterprise, "supplement", caseId, "--material", $"D08={files.Jpeg("before.jpg")}");
        CommandRun second = await desk.StepAsync(
            RepairWorkspace.Enterprise, "supplement", caseId, "--material", $"D09={files.Pdf("report.pdf")}", "--package", _folder.At("case.zip"), "--json");

        Assert.Contains("It voided 1 approval:", supplement.Out);
        Assert.Contains("A copy of the package that was handed out before is no longer the newest.", supplement.Out);
        Assert.AreEqual(0, second.Json.GetProperty("approvalsVoided").GetInt32());
    }

    [TestMethod]
    public async Task Check_OfAnotherFile_SaysWhatWasExpected()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();

        (await desk.RunAsync("repair", "check", desk.EvidenceOf(0)))
            .ExpectFailure(ExitCode.BadInput, "Expected a repair package (a ZIP archive written by 'repair open'), found something else.");
    }

    private static string? CodeOf(CommandRun run) => run.Json.GetProperty("error").GetProperty("code").GetString();
}
