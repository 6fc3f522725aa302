using System.Text.Json;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Cli.Tests;

/// <summary>Cases from the opening to their ends, by the commands of the parties.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RepairLifeTests
{
    [TestMethod]
    public async Task Life_LastFactIsAnApproval_RepairsInItsTransaction()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenReviewedAsync();
        await desk.MoveToAsync((await desk.ReadAsync(id)).ObjectionsUntil);

        CommandRun last = await desk.ApproveAsync(RepairWorkspace.ReviewerTwo, id);

        Assert.Contains("That was the last missing fact: the sanction is repaired.", last.Out);
        Assert.DoesNotContain("Next:", last.Out);
        JsonElement shown = await desk.ShowAsync(id);
        Assert.AreEqual("repaired", shown.GetProperty("stage").GetString());
        Assert.AreEqual("repaired", shown.GetProperty("sanctionStatus").GetProperty("state").GetString());
        Assert.AreEqual(
            "opened status-changed materials-submitted review-begun performance-confirmed approved approved repaired status-changed",
            string.Join(' ', EventsOf(shown)));
    }

    [TestMethod]
    public async Task Life_OnlyTimeMissing_IsTriggeredByAnyone()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenApprovedAsync();
        Assert.Contains("Only time is missing", (await desk.RunAsync("repair", "show", id)).Out);

        CommandRun trigger = (await desk.StepAtAsync((await desk.ReadAsync(id)).ObjectionsUntil, RepairWorkspace.Auditor, "trigger", id)).Expect(ExitCode.Done);

        Assert.Contains("All conditions hold: the sanction is repaired.", trigger.Out);
        Assert.AreEqual(CaseStage.Repaired, (await desk.ReadAsync(id)).Stage);
    }

    [TestMethod]
    public async Task Life_ReviewBegunByConfirmation_NeedsNoAcceptance()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();

        CommandRun confirm = await desk.StepAsync(RepairWorkspace.Authority, "confirm", id, "--statement", "paid");

        Assert.Contains("Confirmed that the obligations are performed.", confirm.Out);
        Assert.Contains("The review began", confirm.Out);
        (await desk.RunAsync("repair", "accept", id)).ExpectFailure(ExitCode.BadInput, "under review");
    }

    [TestMethod]
    public async Task Objection_DismissedLast_RepairsInItsTransaction()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenApprovedAsync();
        await desk.StepAsync(RepairWorkspace.Auditor, "object", id, "--grounds", "the receipt is of another company");
        await desk.MoveToAsync((await desk.ReadAsync(id)).ObjectionsUntil);
        (await desk.RunAsync("repair", "trigger", id, "--as", RepairWorkspace.Auditor)).ExpectFailure(ExitCode.BadInput, "C6");

        CommandRun resolve = await desk.StepAsync(
            RepairWorkspace.Arbiter, "resolve", id, "--objector", RepairWorkspace.Auditor, "--dismiss", "--reasons", "it is the parent company's");

        Assert.Contains($"Dismissed the objection of {RepairWorkspace.Auditor}. That was the last missing fact: the sanction is repaired.", resolve.Out);
        JsonElement objection = (await desk.ShowAsync(id)).GetProperty("objections")[0];
        Assert.AreEqual("dismissed", objection.GetProperty("state").GetString());
        Assert.AreEqual(RepairWorkspace.Arbiter, objection.GetProperty("arbiter").GetString());
    }

    [TestMethod]
    public async Task Objection_Upheld_EndsTheCaseAndAnotherCanBeOpened()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenReviewedAsync();
        await desk.StepAsync(RepairWorkspace.OtherAuthority, "object", id, "--grounds", "the fine is open");

        CommandRun resolve = await desk.StepAsync(
            RepairWorkspace.Arbiter, "resolve", id, "--objector", RepairWorkspace.OtherAuthority, "--uphold", "--reasons", "it is");

        Assert.Contains("Upheld the objection", resolve.Out);
        Assert.Contains("another case may be opened", resolve.Out);
        JsonElement shown = await desk.ShowAsync(id);
        Assert.AreEqual("refused", shown.GetProperty("stage").GetString());
        Assert.AreEqual("none", shown.GetProperty("sanctionStatus").GetProperty("state").GetString());
    }

    [TestMethod]
    public async Task Ask_ThenSupplement_StartsTheIntakeAnew()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();

        CommandRun ask = await desk.StepAsync(
            RepairWorkspace.Authority, "ask", id, "--material", "D06", "--material", "D07", "--notice", "the receipt is missing");

        Assert.Contains("D06 Proof of payment of the fine, D07", ask.Out);
        Assert.Contains($"{RepairWorkspace.Enterprise} (applicant): Submit the supplement: D06 ", ask.Out);
        await desk.SupplementAsync(id, 6);
        JsonElement shown = await desk.ShowAsync(id);
        Assert.AreEqual("open", shown.GetProperty("stage").GetString());
        Assert.AreEqual(4, shown.GetProperty("materials").GetArrayLength());
        Assert.AreEqual(1, shown.GetProperty("supplementRequests").GetInt32());
    }

    [TestMethod]
    [DataRow("D00", "is no code of a material")]
    [DataRow("receipt", "is no code of a material")]
    [DataRow("D63", "knows no material D63")]
    public async Task Ask_MaterialThatIsNone_IsRefusedBeforeAnythingIsSent(string code, string message)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();

        (await desk.RunAsync("repair", "ask", id, "--material", code, "--notice", "x")).ExpectFailure(ExitCode.BadInput, message);
    }

    [TestMethod]
    public async Task TakeBack_OfAConfirmation_VoidsTheApprovals()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenApprovedAsync();

        CommandRun taken = await desk.StepAsync(RepairWorkspace.Authority, "confirm", id, "--take-back", "--statement", "the payment bounced");

        Assert.Contains("Approvals so far are void: 2.", taken.Out);
        JsonElement shown = await desk.ShowAsync(id);
        Assert.AreEqual(0, shown.GetProperty("approvals").GetArrayLength());
        Assert.AreEqual("missing", shown.GetProperty("conditions")[1].GetProperty("state").GetString());
    }

    [TestMethod]
    public async Task Refuse_ACase_EndsItAndTheReasonsAreKept()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();

        CommandRun refuse = await desk.StepAsync(RepairWorkspace.Authority, "refuse", id, "--reasons", "nothing was paid");

        Assert.Contains("Refused the repair.", refuse.Out);
        CommandRun show = await desk.RunAsync("repair", "show", id);
        Assert.Contains("“nothing was paid”", show.Out);
        Assert.Contains("The case has ended", show.Out);
        (await desk.RunAsync("repair", "accept", id)).ExpectFailure(ExitCode.BadInput, "refused");
    }

    [TestMethod]
    public async Task Approve_MaterialsThatWereSupplemented_IsRefused()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        await desk.StepAsync(RepairWorkspace.Authority, "accept", id);
        string seen = (await desk.ReadAsync(id)).MaterialsHash.ToString();
        await desk.SupplementAsync(id, 6);

        (await desk.RunAsync("repair", "approve", id, "--materials-hash", seen, "--as", RepairWorkspace.ReviewerOne))
            .ExpectFailure(ExitCode.BadInput, "they were supplemented since");
        await desk.ApproveAsync(RepairWorkspace.ReviewerOne, id);
        (await desk.RunAsync("repair", "approve", id, "--materials-hash", (await desk.ReadAsync(id)).MaterialsHash.ToString(), "--as", RepairWorkspace.ReviewerOne))
            .ExpectFailure(ExitCode.BadInput, "stands already");
    }

    [TestMethod]
    public async Task Revoke_WithTwoKeys_PutsTheSanctionInForceAndBarsTheSubject()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenRepairedAsync();
        (await desk.RunAsync("repair", "revoke", id)).ExpectFailure(ExitCode.BadInput, "Nobody has proposed");

        CommandRun proposed = await desk.StepAsync(RepairWorkspace.Authority, "revoke", id, "--findings", "the receipt is forged");
        CommandRun sameKey = await desk.RunAsync("repair", "revoke", id, "--as", RepairWorkspace.Authority);
        CommandRun revoked = await desk.StepAsync(RepairWorkspace.SecondKey, "revoke", id);

        Assert.Contains("First key", proposed.Out);
        Assert.Contains($"Another account of {RepairWorkspace.Authority} can revoke", proposed.Out);
        sameKey.Expect(ExitCode.BadInput);
        Assert.Contains("A second account of the authority must confirm it", sameKey.Error);
        Assert.Contains("the receipt is forged", revoked.Error);
        Assert.Contains("The sanction is in force again.", revoked.Out);
        Assert.Contains("may not apply for repair until", revoked.Out);
        JsonElement shown = await desk.ShowAsync(id);
        Assert.AreEqual("revoked", shown.GetProperty("stage").GetString());
        Assert.AreEqual("revoked", shown.GetProperty("sanctionStatus").GetProperty("state").GetString());
        Assert.AreEqual("waiting", shown.GetProperty("conditions")[8].GetProperty("state").GetString());
    }

    [TestMethod]
    public async Task Revoke_OtherFindingsBySecondKey_ReplaceTheProposal()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenRepairedAsync();
        await desk.StepAsync(RepairWorkspace.Authority, "revoke", id, "--findings", "the receipt is forged");

        await desk.StepAsync(RepairWorkspace.SecondKey, "revoke", id, "--findings", "the licence is forged");

        Assert.AreEqual("repaired", (await desk.ShowAsync(id)).GetProperty("stage").GetString());
        await desk.StepAsync(RepairWorkspace.Authority, "revoke", id);
        Assert.AreEqual("revoked", (await desk.ShowAsync(id)).GetProperty("stage").GetString());
    }

    [TestMethod]
    public async Task Annul_UnderACase_EndsIt()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        int sanction = desk.NextSanction();
        string id = await desk.OpenAsync(sanction);

        CommandRun annul = await desk.StepAsync(RepairWorkspace.Authority, "annul", RepairWorkspace.IdOf(sanction), "--grounds", "judgment 12/2026");

        Assert.Contains("Annulled the sanction", annul.Out);
        JsonElement shown = await desk.ShowAsync(id);
        Assert.AreEqual("annulled", shown.GetProperty("stage").GetString());
        (await desk.RunAsync("repair", "annul", desk.EvidenceOf(sanction), "--grounds", "again")).ExpectFailure(ExitCode.BadInput, "annulled");
    }

    [TestMethod]
    public async Task Annul_SanctionWithoutACase_NeedsNone()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        int sanction = desk.NextSanction();

        CommandRun annul = await desk.StepAsync(RepairWorkspace.Authority, "annul", desk.EvidenceOf(sanction), "--grounds", "judgment 13/2026", "--json");

        Assert.Contains("annulled", annul.Json.GetProperty("events").EnumerateArray().Select(name => name.GetString()));
        Assert.IsFalse(annul.Json.TryGetProperty("case", out _));
    }

    [TestMethod]
    public async Task Shield_DuringACase_LetsItGoOnAndEndsAgain()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        int sanction = desk.NextSanction();
        string id = await desk.OpenAsync(sanction);

        await desk.StepAsync(RepairWorkspace.Authority, "shield", desk.EvidenceOf(sanction), "--ruling", "plan approved");
        JsonElement shielded = (await desk.ShowAsync(id)).GetProperty("sanctionStatus");
        await desk.StepAsync(RepairWorkspace.Authority, "accept", id);
        await desk.StepAsync(RepairWorkspace.Authority, "unshield", RepairWorkspace.IdOf(sanction), "--ruling", "plan failed");

        Assert.AreEqual("shielded under-repair", $"{shielded.GetProperty("state").GetString()} {shielded.GetProperty("returnTo").GetString()}");
        JsonElement shown = await desk.ShowAsync(desk.EvidenceOf(sanction));
        Assert.AreEqual(id, shown.GetProperty("case").GetRawText());
        Assert.AreEqual("under-repair", shown.GetProperty("sanctionStatus").GetProperty("state").GetString());
        Assert.Contains("shielded", EventsOf(shown));
        Assert.Contains("unshielded", EventsOf(shown));
    }

    [TestMethod]
    public async Task Pause_InTheMiddle_MovesTheDueDates()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        ulong due = (await desk.ReadAsync(id)).DueAt;

        (await desk.RunAsync("repair", "pause")).Expect(ExitCode.Done);
        try
        {
            (await desk.RunAsync("repair", "accept", id)).ExpectFailure(ExitCode.BadInput, "The repair desk is paused");
            await desk.MoveToAsync(due + 1000);
            JsonElement paused = await desk.ShowAsync(id);
            Assert.AreEqual("missing", paused.GetProperty("conditions")[10].GetProperty("state").GetString());
            Assert.AreEqual("admin resume", $"{paused.GetProperty("steps")[0].GetProperty("party").GetString()} {paused.GetProperty("steps")[0].GetProperty("act").GetString()}");
            Assert.AreEqual(0, (await desk.RunAsync("repair", "list", "--overdue", "--json")).Expect(ExitCode.Done).Json.GetArrayLength());
        }
        finally
        {
            (await desk.RunAsync("repair", "resume")).Expect(ExitCode.Done);
        }

        Assert.IsGreaterThan(due + 1000, (await desk.ReadAsync(id)).DueAt);
        Assert.Contains("all due dates moved by", (await desk.RunAsync("repair", "show", id)).Out);
        (await desk.RunAsync("repair", "escalate", id, "--as", RepairWorkspace.Auditor)).ExpectFailure(ExitCode.BadInput, "Nothing is overdue");
    }

    [TestMethod]
    public async Task Step_OfEveryParty_IsARecordInItsLog()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenReviewedAsync();

        JsonElement step = (await desk.StepAsync(RepairWorkspace.Auditor, "object", id, "--grounds", "too early", "--json")).Json;

        JsonElement recorded = step.GetProperty("records").EnumerateArray().Single(record => record.GetProperty("issuer").GetString() == RepairWorkspace.Auditor);
        JsonElement record = (await desk.RunAsync("record", "show", recorded.GetProperty("id").GetString()!, "--json")).Expect(ExitCode.Done).Json.GetProperty("record");
        Assert.AreEqual("repair", record.GetProperty("kind").GetString());
        Assert.AreEqual("objection-raised", record.GetProperty("claims").GetProperty("event").GetString());
        Assert.AreEqual(step.GetProperty("statement").GetString(), record.GetProperty("claims").GetProperty("statement").GetString());
        Assert.AreEqual("too early", record.GetProperty("claims").GetProperty("statementText").GetString());
    }

    private static IEnumerable<string> EventsOf(JsonElement shown) =>
        shown.GetProperty("history").EnumerateArray().Select(line => line.GetProperty("event").GetString()!);
}
