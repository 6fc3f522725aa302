using System.Text.Json;
using System.Text.RegularExpressions;

namespace LedgerCredit.Cli.Tests;

/// <summary><c>repair plan</c>: what somebody reads who has never seen the product.</summary>
[TestClass]
[DoNotParallelize]
public sealed partial class RepairPlanTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Plan_InBothLanguages_MatchesTheGoldenFile()
    {
        string evidence = await ImposeAsync("golden");

        CommandRun english = (await PlanAsync(evidence, "--sources")).Expect(ExitCode.Done);
        CommandRun chinese = (await PlanAsync(evidence, "--lang", "zh", "--agent")).Expect(ExitCode.Done);

        Golden.AssertMatches("repair-plan.txt", Mask(english.Out, evidence) + "\n" + Mask(chinese.Out, evidence));
        Assert.AreEqual("", english.Error);
    }

    [TestMethod]
    public async Task Plan_WithTrustPolicy_SaysThatTheEvidenceIsValid()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string evidence = await ImposeAsync("trusted");
        string trust = _folder.At("trust.json");
        (await desk.RunAsync("evidence", "trust", "-o", trust)).Expect(ExitCode.Done);

        CommandRun plan = (await PlanAsync(evidence, "--trust", trust)).Expect(ExitCode.Done);

        Assert.Contains($"Verified: the evidence is valid under the trust policy {trust}.", plan.Out);
    }

    [TestMethod]
    public async Task Plan_WithoutTrustPolicy_SaysPlainlyThatNothingWasVerified()
    {
        CommandRun plan = (await PlanAsync(await ImposeAsync("untrusted"), "--json")).Expect(ExitCode.Done);

        Assert.AreEqual("not-verified", plan.Json.GetProperty("verification").GetProperty("verdict").GetString());
        Assert.IsTrue(plan.Json.GetProperty("repairable").GetBoolean());
    }

    [TestMethod]
    public async Task Plan_AlteredEvidence_FailsWithoutAPlan()
    {
        string evidence = await ImposeAsync("altered");
        string text = File.ReadAllText(evidence);
        int at = text.IndexOf("\"path\"", StringComparison.Ordinal);
        int leaf = text.IndexOf("\"leafIndex\": ", StringComparison.Ordinal) + "\"leafIndex\": ".Length;
        Assert.IsGreaterThan(leaf, at);

        CommandRun plan = await PlanAsync(_folder.Write("altered.json", text[..leaf] + "1" + text[leaf..]));

        plan.ExpectFailure(ExitCode.VerificationFailed, "inclusion");
        Assert.DoesNotContain("repair plan", plan.Out);
    }

    [TestMethod]
    public async Task Plan_TermsWithheld_AsksForTheWholeFile()
    {
        string evidence = await ImposeAsync("withheld");
        (await CommandRun.RunAsync("evidence", "redact", evidence, "--disclose", "decisionNo", "-o", _folder.At("redacted.json"))).Expect(ExitCode.Done);

        (await PlanAsync(_folder.At("redacted.json"))).ExpectFailure(ExitCode.BadInput, "withholds the repair terms");
    }

    [TestMethod]
    public async Task Plan_MembersWithheld_MarksWhatCannotBeTold()
    {
        string evidence = await ImposeAsync("partly");
        (await CommandRun.RunAsync("evidence", "redact", evidence, "--disclose", "decisionNo", "--keep-terms", "-o", _folder.At("redacted.json"))).Expect(ExitCode.Done);

        CommandRun plan = (await PlanAsync(_folder.At("redacted.json"))).Expect(ExitCode.Done);

        Assert.Contains("? D06", plan.Out);
        Assert.Contains("? D07", plan.Out);
        Assert.Contains("does not show: fineYuan, confiscatedYuan, penalties", plan.Out);
        Assert.DoesNotContain("20000", plan.Out);
    }

    [TestMethod]
    public async Task Plan_EvidenceOfARating_IsRefused()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();
        string rating = Directory.GetFiles(shared.Evidence, "northlight-ratings-rating-0.*").Single();

        (await PlanAsync(rating)).ExpectFailure(ExitCode.BadInput, "only sanctions can be repaired");
    }

    [TestMethod]
    [DataRow("{}", "is not an evidence file")]
    [DataRow("", "is not an evidence file")]
    public async Task Plan_AnotherFile_IsRefused(string text, string message)
    {
        (await PlanAsync(_folder.Write("other.json", text))).ExpectFailure(ExitCode.BadInput, message);
        (await PlanAsync(_folder.At("none.json"))).ExpectFailure(ExitCode.BadInput, "does not exist");
    }

    [TestMethod]
    public async Task Plan_LedgerProvesACaseUnderWay_SaysSo()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        ApplicantFiles files = new(_folder, "proven");
        string evidence = await files.ImposeAsync(desk);
        (await desk.RunAsync(["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials()])).Expect(ExitCode.Done);
        (await desk.RunAsync("evidence", "status", evidence, "-o", _folder.At("status.json"))).Expect(ExitCode.Done);
        (await desk.RunAsync("evidence", "trust", "-o", _folder.At("trust.json"))).Expect(ExitCode.Done);

        CommandRun plan = (await PlanAsync(_folder.At("status.json"), "--trust", _folder.At("trust.json"), "--json")).Expect(ExitCode.Done);

        Assert.AreEqual("under-repair", plan.Json.GetProperty("obstacle").GetString());
        Assert.IsFalse(plan.Json.TryGetProperty("next", out _));
    }

    [TestMethod]
    public async Task Plan_ItsNextCommand_OpensTheCase()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        ApplicantFiles files = new(_folder, "next");
        string evidence = await files.ImposeAsync(desk);
        JsonElement plan = (await PlanAsync(evidence, "--json")).Expect(ExitCode.Done).Json;

        int count = 0;
        string[] words =
        [
            .. plan.GetProperty("next").GetString()!.Split(' ').Skip(1).Select(word => word
                .Replace("NAME", RepairWorkspace.Enterprise, StringComparison.Ordinal)
                .Replace("=FILE", "=" + (word.Contains("=FILE", StringComparison.Ordinal) ? files.Pdf($"next-{count++}.pdf") : ""), StringComparison.Ordinal)
                .Replace("YYYY-MM-DD", ApplicantFiles.PaidOn, StringComparison.Ordinal)
                .Replace("VOUCHER", "V-next", StringComparison.Ordinal)),
        ];

        (await desk.RunAsync(words)).Expect(ExitCode.Done);
        Assert.AreEqual(5, count);
    }

    private async Task<string> ImposeAsync(string mark) => await new ApplicantFiles(_folder, mark).ImposeAsync(await RepairWorkspace.GetAsync(), isAppointed: false);

    // Without workspace and network: the folder that is named has neither.
    private Task<CommandRun> PlanAsync(string evidence, params string[] options) =>
        CommandRun.RunAsync(["repair", "plan", evidence, .. options, "--data", _folder.At("none")]);

    private static string Mask(string text, string evidence)
    {
        string masked = text.Replace(evidence, "sanction.evidence.json", StringComparison.Ordinal);
        masked = Hashes().Replace(masked, "0x…");
        masked = DaysAway().Replace(masked, "N days ago");
        masked = DaysAwayChinese().Replace(masked, "N 天前");
        return Today().Replace(masked, "$1YYYY-MM-DD");
    }

    [GeneratedRegex("0x[0-9a-f]{64}")]
    private static partial Regex Hashes();

    [GeneratedRegex("[0-9]+ days ago")]
    private static partial Regex DaysAway();

    [GeneratedRegex("[0-9]+ 天前")]
    private static partial Regex DaysAwayChinese();

    [GeneratedRegex("(today is |今日为 |not before |最早 )[0-9-]{10}")]
    private static partial Regex Today();
}
