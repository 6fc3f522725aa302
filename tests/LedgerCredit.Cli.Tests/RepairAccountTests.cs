namespace LedgerCredit.Cli.Tests;

/// <summary>Every step by every account that may not take it: the ledger refuses, in words, and nothing changes.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RepairAccountTests
{
    private const string AnyHash = "0x0101010101010101010101010101010101010101010101010101010101010101";

    private static readonly string[] AuthorityKeys = [RepairWorkspace.Authority, RepairWorkspace.SecondKey];
    private static readonly string[] Reviewers = [RepairWorkspace.ReviewerOne, RepairWorkspace.ReviewerTwo];

    public static IEnumerable<TestDataRow<PartyStep>> OpenSteps() =>
    [
        Row("accept", AuthorityKeys, "Only the authority that decided", "认定单位", "accept", "CASE"),
        Row("ask", AuthorityKeys, "Only the authority that decided", "认定单位", "ask", "CASE", "--material", "D06", "--notice", "x"),
        Row("confirm", AuthorityKeys, "Only the authority that decided", "认定单位", "confirm", "CASE", "--statement", "x"),
        Row("take back", AuthorityKeys, "Only the authority that decided", "认定单位", "confirm", "CASE", "--take-back", "--statement", "x"),
        Row("refuse", AuthorityKeys, "Only the authority that decided", "认定单位", "refuse", "CASE", "--reasons", "x"),
        Row("approve", Reviewers, "is no reviewer", "不是评审机构账户", "approve", "CASE", "--materials-hash", AnyHash),
        Row("resolve", [RepairWorkspace.Arbiter], "is no arbiter", "不是裁决机构账户", "resolve", "CASE", "--objector", "auditor-one", "--dismiss", "--reasons", "x"),
        Row("withdraw", [RepairWorkspace.Enterprise], "may not act for the sanctioned subject", "无权代表被处罚主体", "withdraw", "CASE"),
        Row("annul", AuthorityKeys, "Only the authority that decided", "认定单位", "annul", "SANCTION", "--grounds", "x"),
        Row("shield", AuthorityKeys, "Only the authority that decided", "认定单位", "shield", "SANCTION", "--ruling", "x"),
    ];

    [TestMethod]
    [DynamicData(nameof(OpenSteps))]
    public async Task Step_InACaseByEveryWrongAccount_IsRefused(PartyStep step)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        int sanction = desk.NextSanction();
        string id = await desk.OpenAsync(sanction);

        await ExpectRefusalsAsync(desk, id, desk.EvidenceOf(sanction), step);
    }

    [TestMethod]
    public async Task Revoke_ByEveryWrongAccount_IsRefused()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenRepairedAsync();

        await ExpectRefusalsAsync(desk, id, "", new PartyStep(AuthorityKeys, "Only the authority that decided", "认定单位", ["revoke", "CASE", "--findings", "x"]));

        // The second key, too: whoever is not of the authority cannot turn it.
        await desk.StepAsync(RepairWorkspace.Authority, "revoke", id, "--findings", "forged");
        await ExpectRefusalsAsync(desk, id, "", new PartyStep(AuthorityKeys, "Only the authority that decided", "认定单位", ["revoke", "CASE"]));
    }

    [TestMethod]
    public async Task Unshield_ByEveryWrongAccount_IsRefused()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        int sanction = desk.NextSanction();
        string id = await desk.OpenAsync(sanction);
        await desk.StepAsync(RepairWorkspace.Authority, "shield", desk.EvidenceOf(sanction), "--ruling", "plan approved");

        await ExpectRefusalsAsync(desk, id, desk.EvidenceOf(sanction), new PartyStep(AuthorityKeys, "Only the authority that decided", "认定单位", ["unshield", "SANCTION", "--ruling", "x"]));
    }

    [TestMethod]
    public async Task Pause_ByEveryoneButTheAdmin_IsRefused()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();

        foreach (string actor in RepairWorkspace.Everyone)
        {
            (await desk.RunAsync("repair", "pause", "--as", actor)).ExpectFailure(ExitCode.BadInput, "Only the consortium's admin");
        }

        (await desk.RunAsync("repair", "resume")).ExpectFailure(ExitCode.BadInput, "The repair desk is not paused");
    }

    [TestMethod]
    public async Task Resolve_ByAnArbiterWhoObjectedOrReviewed_IsRefused()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenReviewedAsync();
        await desk.StepAsync(RepairWorkspace.Arbiter, "object", id, "--grounds", "too early");

        (await desk.RunAsync("repair", "resolve", id, "--objector", RepairWorkspace.Arbiter, "--dismiss", "--reasons", "x"))
            .ExpectFailure(ExitCode.BadInput, "is not independent");
    }

    [TestMethod]
    public async Task Object_Twice_IsRefused()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();
        await desk.StepAsync(RepairWorkspace.Auditor, "object", id, "--grounds", "once");

        (await desk.RunAsync("repair", "object", id, "--grounds", "twice", "--as", RepairWorkspace.Auditor)).ExpectFailure(ExitCode.BadInput, "possible once");
    }

    [TestMethod]
    public async Task Step_OfAnAccountThatIsNotHere_IsAConfigurationError()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();

        (await desk.RunAsync("repair", "accept", id, "--as", "nobody")).ExpectFailure(ExitCode.Configuration, "is no account of this workspace");
        (await desk.RunAsync("repair", "object", id, "--grounds", "x")).ExpectFailure(ExitCode.Configuration, "Say who acts with --as NAME");
    }

    [TestMethod]
    public async Task Authority_WithoutName_IsTheOneOfTheCase()
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        string id = await desk.OpenAsync();

        Assert.AreEqual(RepairWorkspace.Authority, (await desk.RunAsync("repair", "accept", id, "--json")).Expect(ExitCode.Done).Json.GetProperty("as").GetString());
    }

    private static async Task ExpectRefusalsAsync(RepairWorkspace desk, string id, string evidence, PartyStep step)
    {
        string before = (await desk.RunAsync("repair", "show", id, "--json")).Out;
        string[] arguments = [.. step.Arguments.Select(argument => argument == "CASE" ? id : argument == "SANCTION" ? evidence : argument)];
        foreach (string actor in RepairWorkspace.Everyone.Except(step.Allowed))
        {
            (await desk.RunAsync(["repair", .. arguments, "--as", actor])).ExpectFailure(ExitCode.BadInput, step.English);
            CommandRun refused = (await desk.RunAsync(["repair", .. arguments, "--as", actor, "--lang", "zh", "--json"])).Expect(ExitCode.BadInput);
            Assert.Contains(step.Chinese, refused.Error);
            Assert.Contains(step.Chinese, refused.Json.GetProperty("error").GetProperty("message").GetString()!);
        }

        // Nothing was sent, so that there is not even a newer block.
        Assert.AreEqual(before, (await desk.RunAsync("repair", "show", id, "--json")).Out);
    }

    private static TestDataRow<PartyStep> Row(string name, string[] allowed, string english, string chinese, params string[] arguments) =>
        new(new PartyStep(allowed, english, chinese, arguments)) { DisplayName = name };

    /// <summary>A step and who may take it.</summary>
    /// <param name="Allowed">Who may.</param>
    /// <param name="English">What the others are told.</param>
    /// <param name="Chinese">The same in Chinese.</param>
    /// <param name="Arguments">The command, with CASE and SANCTION in the places of these.</param>
    public sealed record PartyStep(string[] Allowed, string English, string Chinese, string[] Arguments);
}
