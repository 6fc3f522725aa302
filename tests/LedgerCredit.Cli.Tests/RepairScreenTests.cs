using System.Text.Json;
using System.Text.RegularExpressions;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Primitives;

namespace LedgerCredit.Cli.Tests;

/// <summary>The screens of cases as people read them, in both languages.</summary>
[TestClass]
[DoNotParallelize]
public sealed partial class RepairScreenTests
{
    [TestMethod]
    [DataRow("en")]
    [DataRow("zh")]
    public async Task Show_CaseUnderReviewWithAnObjection_MatchesTheGoldenFile(string language)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        await desk.StepAsync(RepairWorkspace.Authority, "ask", id, "--material", "D06", "--notice", "请补交罚款缴纳凭证");
        await desk.SupplementAsync(id, 6);
        await desk.StepAsync(RepairWorkspace.Authority, "accept", id);
        await desk.ApproveAsync(RepairWorkspace.ReviewerOne, id);
        await desk.StepAsync(RepairWorkspace.Auditor, "object", id, "--grounds", "the receipt is of another company");

        CommandRun show = (await desk.RunAsync("repair", "show", id, "--lang", language)).Expect(ExitCode.Done);

        Golden.AssertMatches($"repair-show-review-{language}.txt", Mask(show.Out, id));
    }

    [TestMethod]
    [DataRow("en")]
    [DataRow("zh")]
    public async Task Show_OverdueCase_MatchesTheGoldenFile(string language)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        await desk.MoveToAsync((await desk.ReadAsync(id)).DueAt);

        CommandRun show = (await desk.RunAsync("repair", "show", id, "--lang", language)).Expect(ExitCode.Done);

        Golden.AssertMatches($"repair-show-overdue-{language}.txt", Mask(show.Out, id));
    }

    [TestMethod]
    [DataRow("en")]
    [DataRow("zh")]
    public async Task Show_RevokedCase_MatchesTheGoldenFile(string language)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenRepairedAsync();
        await desk.StepAsync(RepairWorkspace.Authority, "revoke", id, "--findings", "forged receipt");
        await desk.StepAsync(RepairWorkspace.SecondKey, "revoke", id);

        CommandRun show = (await desk.RunAsync("repair", "show", id, "--lang", language)).Expect(ExitCode.Done);

        Golden.AssertMatches($"repair-show-revoked-{language}.txt", Mask(show.Out, id));
    }

    [TestMethod]
    [DataRow("en")]
    [DataRow("zh")]
    public async Task Step_Report_MatchesTheGoldenFile(string language)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();

        CommandRun step = await desk.StepAsync(RepairWorkspace.Authority, "confirm", id, "--statement", "paid", "--lang", language);

        Golden.AssertMatches($"repair-step-{language}.txt", Mask(step.Out, id));
    }

    [TestMethod]
    [DataRow("en")]
    [DataRow("zh")]
    public async Task List_OfASanction_MatchesTheGoldenFile(string language)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        int sanction = desk.NextSanction();
        await desk.StepAsync(RepairWorkspace.Authority, "refuse", await desk.OpenAsync(sanction), "--reasons", "x");
        await desk.OpenAsync(sanction);

        CommandRun list = (await desk.RunAsync("repair", "list", "--sanction", desk.EvidenceOf(sanction), "--lang", language)).Expect(ExitCode.Done);

        // The numbers have more digits the more tests ran before, and columns are as wide as they.
        string lines = Rule().Replace(Mask(CaseNumber().Replace(list.Out, "  N      "), "N"), "─");
        Golden.AssertMatches($"repair-list-{language}.txt", Gap().Replace(lines, "  "));
    }

    [TestMethod]
    public async Task List_Filters_SelectWhatTheySay()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        int sanction = desk.NextSanction();
        string ended = await desk.OpenAsync(sanction);
        await desk.StepAsync(RepairWorkspace.Authority, "refuse", ended, "--reasons", "x");
        string open = await desk.OpenAsync(sanction);

        Assert.AreSequenceEqual([ended, open], await ListAsync(desk, "--sanction", desk.EvidenceOf(sanction)));
        Assert.AreSequenceEqual([open], await ListAsync(desk, "--sanction", desk.EvidenceOf(sanction), "--under-way"));
        Assert.Contains(open, await ListAsync(desk, "--mine"));
        Assert.Contains(ended, await ListAsync(desk));
        Assert.DoesNotContain(open, await ListAsync(desk, "--overdue"));
        Assert.Contains("No such cases.", (await desk.RunAsync("repair", "list", "--sanction", $"0x{new string('7', 64)}")).Expect(ExitCode.Done).Out);
    }

    [TestMethod]
    public async Task List_ConditionsFromTheIndex_AreThoseOfTheContract()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        await desk.OpenAsync();
        await desk.OpenReviewedAsync();
        string objected = await desk.OpenApprovedAsync();
        await desk.StepAsync(RepairWorkspace.Auditor, "object", objected, "--grounds", "x");
        await desk.OpenRepairedAsync();
        string over = await desk.OpenReviewedAsync();
        await desk.MoveToAsync((await desk.ReadAsync(over)).ObjectionsUntil);

        foreach (JsonElement line in (await desk.RunAsync("repair", "list", "--under-way", "--json")).Expect(ExitCode.Done).Json.EnumerateArray())
        {
            JsonElement shown = await desk.ShowAsync(line.GetProperty("case").GetRawText());
            Assert.IsTrue(JsonElement.DeepEquals(shown.GetProperty("steps"), line.GetProperty("steps")), line.GetRawText());
        }

        Assert.IsEmpty(await desk.FindDifferentConditionsAsync());
    }

    [TestMethod]
    public async Task Show_ReviewerSuspendedOrOfTheSubject_SaysWhichApprovalsCountAsTheContractDoes()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenApprovedAsync();
        Bytes32 reviewer = ConsortiumContract.OrganisationId(RepairWorkspace.ReviewerTwo);
        Bytes32 authority = ConsortiumContract.OrganisationId(RepairWorkspace.Authority);
        await AssertApprovalsAsync(desk, id, 2, "Approvals: 2 of 2\n");

        await desk.GovernAsync(ConsortiumContract.EncodeSuspendOrganisation(reviewer));
        await desk.GovernAsync(ConsortiumContract.EncodeSuspendOrganisation(authority));
        await AssertApprovalsAsync(desk, id, 1, "Approvals: 1 of 2 count; 2 were given", "does not count: its organisation is suspended", "reviewers: Check the materials");
        string open = await desk.RunAsync("repair", "list", "--under-way", "--json") is { ExitCode: ExitCode.Done } list ? list.Out : "";
        await desk.GovernAsync(ConsortiumContract.EncodeResumeOrganisation(reviewer));
        await desk.GovernAsync(ConsortiumContract.EncodeResumeOrganisation(authority));
        Assert.Contains("\"record\"", open);
        await AssertApprovalsAsync(desk, id, 2, "Approvals: 2 of 2\n");

        ushort both = ConsortiumRoles.ToBitmap([ConsortiumRole.Reviewer, ConsortiumRole.Enterprise]);
        Bytes32 subject = (await desk.ReadAsync(id)).Terms.SubjectTag;
        Address account = desk.AddressOf(RepairWorkspace.ReviewerTwo);
        await desk.GovernAsync(ConsortiumContract.EncodeSetOrganisationRoles(reviewer, both));
        await desk.GovernAsync(ConsortiumContract.EncodeSetAccountRoles(account, both));
        await desk.GovernAsync(ConsortiumContract.EncodeAppointRepresentative(subject, account), RepairWorkspace.Authority);
        await AssertApprovalsAsync(desk, id, 1, "does not count: its organisation may act for the subject");
        await desk.GovernAsync(ConsortiumContract.EncodeDismissRepresentative(subject, account), RepairWorkspace.Authority);
        await AssertApprovalsAsync(desk, id, 2, "Approvals: 2 of 2\n");
        ushort reviewing = ConsortiumRoles.ToBitmap([ConsortiumRole.Reviewer]);
        await desk.GovernAsync(ConsortiumContract.EncodeSetAccountRoles(account, reviewing));
        await desk.GovernAsync(ConsortiumContract.EncodeSetOrganisationRoles(reviewer, reviewing));
    }

    [TestMethod]
    public async Task Show_AuthoritySuspended_SaysWhoCanResumeIt()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        Bytes32 authority = ConsortiumContract.OrganisationId(RepairWorkspace.Authority);

        await desk.GovernAsync(ConsortiumContract.EncodeSuspendOrganisation(authority));
        string english = (await desk.RunAsync("repair", "show", id)).Expect(ExitCode.Done).Out;
        string chinese = (await desk.RunAsync("repair", "show", id, "--lang", "zh")).Expect(ExitCode.Done).Out;
        bool isSuspended = (await desk.ShowAsync(id)).GetProperty("steps")[0].GetProperty("suspended").GetBoolean();
        await desk.GovernAsync(ConsortiumContract.EncodeResumeOrganisation(authority));

        Assert.Contains("city-regulator (authority) is suspended: the consortium's admin can resume it.", english);
        Assert.Contains("city-regulator（认定单位）已被暂停", chinese);
        Assert.IsTrue(isSuspended);
        Assert.DoesNotContain("is suspended", (await desk.RunAsync("repair", "show", id)).Expect(ExitCode.Done).Out);
    }

    [TestMethod]
    public async Task Escalate_OnlyAnObjectionIsOverdue_NamesTheCommand()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenApprovedAsync();
        await desk.StepAsync(RepairWorkspace.Auditor, "object", id, "--grounds", "x");
        await desk.MoveToAsync((await desk.ReadAsync(id)).ObjectionDueAt);

        (await desk.RunAsync("repair", "escalate", id, "--as", RepairWorkspace.Auditor))
            .ExpectFailure(ExitCode.BadInput, $"ledgercredit repair escalate {id} --objector {RepairWorkspace.Auditor}");
        (await desk.RunAsync("repair", "escalate", id, "--objector", "nobody", "--as", RepairWorkspace.Auditor))
            .ExpectFailure(ExitCode.BadInput, "The consortium has no member 'nobody'");
    }

    [TestMethod]
    public async Task Show_WhileASupplementIsAwaited_NamesTheMaterials()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        await desk.StepAsync(RepairWorkspace.Authority, "ask", id, "--material", "D06", "--notice", "x");

        string show = (await desk.RunAsync("repair", "show", id)).Expect(ExitCode.Done).Out;
        Assert.Contains("Submit the supplement: D06 ", show);
        Assert.Contains($"ledgercredit repair supplement {id} --material D06=FILE", show);
    }

    [TestMethod]
    [DataRow("4711", "The ledger has no repair case 4711")]
    [DataRow("0", "The ledger has no repair case 0")]
    [DataRow("first", "'first' is no case")]
    [DataRow("0x7777777777777777777777777777777777777777777777777777777777777777", "No repair case was opened for the sanction")]
    [DataRow("99999999999999999999", "is no case")]
    public async Task Show_CaseThatIsNotThere_IsRefused(string which, string message)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();

        (await desk.RunAsync("repair", "show", which)).ExpectFailure(ExitCode.BadInput, message);
        (await desk.RunAsync("repair", "accept", which)).ExpectFailure(ExitCode.BadInput, message);
        (await desk.RunAsync("repair", "show", "4711", "--lang", "zh")).ExpectFailure(ExitCode.BadInput, "链上没有编号为 4711 的修复申请");
    }

    [TestMethod]
    [DataRow(new[] { "refuse", "1" }, "Give --reasons TEXT or --reasons-file FILE.")]
    [DataRow(new[] { "refuse", "1", "--reasons", "x", "--reasons-file", "y" }, "not both")]
    [DataRow(new[] { "approve", "1" }, "nobody approves what they did not see")]
    [DataRow(new[] { "approve", "1", "--materials-hash", "0x12" }, "--materials-hash needs 0x and 64 hex digits")]
    [DataRow(new[] { "approve", "1", "--materials-hash", "0x12", "--score", "101" }, "--score is 0 to 100")]
    [DataRow(new[] { "resolve", "1", "--objector", "auditor-one", "--reasons", "x" }, "Give --dismiss or --uphold.")]
    [DataRow(new[] { "resolve", "1", "--objector", "Auditor!", "--dismiss", "--reasons", "x" }, "is not a member's slug")]
    [DataRow(new[] { "show", "1", "--lang", "fr" }, "expected en or zh")]
    [DataRow(new[] { "annul", "no-such-sanction", "--grounds", "x" }, "neither a file nor the id of a sanction")]
    [DataRow(new[] { "refuse", "1", "--reasons-file", "no-such-file" }, "does not exist")]
    public async Task Command_WithWrongInput_SaysWhatWasExpected(string[] arguments, string message)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        await desk.OpenAsync();

        (await desk.RunAsync(["repair", .. arguments])).ExpectFailure(ExitCode.BadInput, message);
    }

    [TestMethod]
    public async Task Statement_TooLongOrEmptyFile_IsRefused()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        using TestFolder folder = new();

        (await desk.RunAsync("repair", "refuse", id, "--reasons", new string('x', 4001))).ExpectFailure(ExitCode.BadInput, "expected at most 4000");
        (await desk.RunAsync("repair", "refuse", id, "--reasons-file", folder.Write("empty.txt", ""))).ExpectFailure(ExitCode.BadInput, "is empty");
        (await desk.RunAsync("repair", "refuse", id, "--reasons-file", folder.Write("reasons.txt", "because"))).Expect(ExitCode.Done);
    }

    private static async Task AssertApprovalsAsync(RepairWorkspace desk, string id, int counting, params string[] words)
    {
        Assert.IsEmpty(await desk.FindDifferentConditionsAsync());
        JsonElement json = await desk.ShowAsync(id);
        Assert.AreEqual(counting, json.GetProperty("approvalsCounting").GetInt32());
        Assert.AreEqual(counting, json.GetProperty("approvals").EnumerateArray().Count(approval => approval.GetProperty("counts").GetBoolean()));
        Assert.AreEqual(counting == 2 ? "met" : "missing", json.GetProperty("conditions")[4].GetProperty("state").GetString());
        string show = (await desk.RunAsync("repair", "show", id)).Expect(ExitCode.Done).Out.ReplaceLineEndings("\n");
        foreach (string expected in words)
        {
            Assert.Contains(expected, show);
        }
    }

    private static async Task<IEnumerable<string>> ListAsync(RepairWorkspace desk, params string[] options) =>
        (await desk.RunAsync(["repair", "list", "--json", .. options])).Expect(ExitCode.Done).Json.EnumerateArray().Select(line => line.GetProperty("case").GetRawText());

    // Hashes, accounts, days and moments differ in every run; their places and lengths do not.
    private static string Mask(string text, string id)
    {
        string masked = Hash().Replace(text, "HASH");
        masked = Abbreviation().Replace(masked, "0x....…....");
        masked = Decision().Replace(masked, "S-#");
        masked = Moment().Replace(masked, "[time]");
        masked = Day().Replace(masked, "[day]");
        masked = Count().Replace(masked, "$1#");
        return Regex.Replace(masked, $@"(?<=[Cc]ase |申请 |repair \w+ |^  ){id}(?=\D)", "N", RegexOptions.Multiline);
    }

    [GeneratedRegex("^  [0-9]+ +(?=0x)", RegexOptions.Multiline)]
    private static partial Regex CaseNumber();

    [GeneratedRegex(" {3,}")]
    private static partial Regex Gap();

    [GeneratedRegex("─+")]
    private static partial Regex Rule();

    [GeneratedRegex(@"\bS-\d+")]
    private static partial Regex Decision();

    [GeneratedRegex("0x[0-9a-f]{64}")]
    private static partial Regex Hash();

    [GeneratedRegex("0x[0-9a-fA-F]{4}…[0-9a-fA-F]{4}")]
    private static partial Regex Abbreviation();

    [GeneratedRegex(@"((Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\d{4}-\d\d-\d\d(（周.）)? ?\d\d:\d\d:\d\d( \(UTC\+8\)|（UTC\+8）)")]
    private static partial Regex Moment();

    [GeneratedRegex(@"((Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\d{4}-\d\d-\d\d(（周.）)?")]
    private static partial Regex Day();

    [GeneratedRegex(@"(block |区块 |index |序号 |besides: |步骤 )\d+")]
    private static partial Regex Count();
}
