using System.Text.Json;

namespace LedgerCredit.Cli.Tests;

/// <summary>Accounts of members, representatives of subjects, and rule packs, on the ledger.</summary>
/// <remarks>Not beside others: two commands that send transactions of one account at once would take the same nonce.</remarks>
[TestClass]
[DoNotParallelize]
public sealed class MemberTests : IDisposable
{
    private const string Subject = "x-example:represented";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Account_OfAMember_IsRegisteredOnceAndListed()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();

        JsonElement added = (await shared.RunAsync("member", "account", SharedWorkspace.Authority, "deputy", "--json")).Expect(ExitCode.Done).Json;
        JsonElement again = (await shared.RunAsync("member", "account", SharedWorkspace.Authority, "deputy", "--json")).Expect(ExitCode.Done).Json;
        CommandRun list = (await shared.RunAsync("member", "list")).Expect(ExitCode.Done);

        Assert.IsTrue(added.GetProperty("new").GetBoolean());
        Assert.IsFalse(again.GetProperty("new").GetBoolean());
        Assert.AreEqual(added.GetProperty("account").GetString(), again.GetProperty("account").GetString());
        Assert.AreEqual("authority", string.Join(' ', added.GetProperty("roles").EnumerateArray().Select(role => role.GetString())));
        Assert.Contains(added.GetProperty("account").GetString()!, list.Out);
        Assert.Contains("example-authority.deputy", list.Out);
    }

    [TestMethod]
    [DataRow("Deputy", ExitCode.BadInput, "is not a name for an account")]
    [DataRow("", ExitCode.BadInput, "An argument is empty")]
    public async Task Account_OfABadName_IsRefused(string name, int exitCode, string message)
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();

        (await shared.RunAsync("member", "account", SharedWorkspace.Authority, name)).ExpectFailure(exitCode, message);
    }

    [TestMethod]
    public async Task Account_OfAStrangerOrBeyondTheMembersRoles_IsRefused()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();

        (await shared.RunAsync("member", "account", "nobody-here", "second", "--role", "authority")).ExpectFailure(ExitCode.Configuration, "is no member of this workspace");
        (await shared.RunAsync("member", "account", SharedWorkspace.Authority, "judge", "--role", "arbiter")).ExpectFailure(ExitCode.Configuration, "has no role 'arbiter'");
    }

    [TestMethod]
    public async Task Appoint_EnterpriseThenDismiss_IsSaidOnceEach()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();
        (await shared.RunAsync("member", "add", "represented-enterprise", "--role", "enterprise")).Expect(ExitCode.Done);

        bool[] changes =
        [
            await ChangeAsync("appoint"),
            await ChangeAsync("appoint"),
            await ChangeAsync("dismiss"),
            await ChangeAsync("dismiss"),
        ];

        Assert.AreSequenceEqual((bool[])[true, false, true, false], changes);

        async Task<bool> ChangeAsync(string verb) =>
            (await shared.RunAsync("member", verb, "represented-enterprise", "--subject", Subject, "--as", SharedWorkspace.Authority, "--json")).Expect(ExitCode.Done).Json.GetProperty("changed").GetBoolean();
    }

    [TestMethod]
    public async Task Appoint_AccountThatIsNoEnterprise_IsRefusedByTheLedger()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();

        CommandRun run = await shared.RunAsync("member", "appoint", SharedWorkspace.Authority, "--subject", Subject);

        run.ExpectFailure(ExitCode.BadInput, "ConsortiumNotInRole");
    }

    [TestMethod]
    [DataRow("uscc:not-a-code", "The subject is not valid")]
    [DataRow("nothing", "The subject is not valid")]
    public async Task Appoint_SubjectThatIsNone_IsRefused(string subject, string message)
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();

        (await shared.RunAsync("member", "appoint", SharedWorkspace.Authority, "--subject", subject)).ExpectFailure(ExitCode.BadInput, message);
    }

    [TestMethod]
    public async Task Suspend_MemberThenResume_KeepsItFromActingMeanwhile()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();
        (await shared.RunAsync("member", "add", "suspended-authority")).Expect(ExitCode.Done);

        Assert.IsTrue(await ChangeAsync("suspend"));
        Assert.IsFalse(await ChangeAsync("suspend"));
        CommandRun refused = await shared.RunAsync("member", "appoint", "suspended-authority", "--subject", Subject, "--as", "suspended-authority");
        Assert.IsTrue(await ChangeAsync("resume"));

        refused.ExpectFailure(ExitCode.BadInput, "ConsortiumNotInRole");
        (await shared.RunAsync("member", "suspend", "nobody-here")).ExpectFailure(ExitCode.BadInput, "has no member 'nobody-here'");

        async Task<bool> ChangeAsync(string verb) =>
            (await shared.RunAsync("member", verb, "suspended-authority", "--json")).Expect(ExitCode.Done).Json.GetProperty("changed").GetBoolean();
    }

    [TestMethod]
    public async Task Suspend_MemberWithRecords_KeepsOnlyItsLogFromBeingAnchored()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();
        (await shared.RunAsync("member", "add", "suspended-agency", "--role", "agency")).Expect(ExitCode.Done);
        string record = _folder.Write(
            "record.ndjson",
            """{"kind":"rating","id":"R-1","issuer":"suspended-agency","subject":"cik:1","issuedAt":"2026-01-02T00:00:00Z","claims":{"agency":"suspended-agency","scale":"long-term","symbol":"AA","action":"initial","actedOn":"2026-01-02"}}""");
        (await shared.RunAsync("record", "import", record)).Expect(ExitCode.Done);
        (await shared.RunAsync("member", "suspend", "suspended-agency")).Expect(ExitCode.Done);

        CommandRun anchored = (await shared.RunAsync("log", "anchor", "--wait")).Expect(ExitCode.Undecided);
        (await shared.RunAsync("member", "resume", "suspended-agency")).Expect(ExitCode.Done);
        (await shared.RunAsync("log", "anchor", "--wait")).Expect(ExitCode.Done);

        Assert.Contains("suspended-agency: not anchored. The member is suspended", anchored.Error);
        Assert.Contains(SharedWorkspace.Authority, anchored.Out);
    }

    [TestMethod]
    public async Task Retire_Account_IsForGood()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();
        (await shared.RunAsync("member", "account", SharedWorkspace.Authority, "retired")).Expect(ExitCode.Done);
        string name = SharedWorkspace.Authority + ".retired";

        Assert.IsTrue((await shared.RunAsync("member", "retire", name, "--json")).Expect(ExitCode.Done).Json.GetProperty("changed").GetBoolean());
        Assert.IsFalse((await shared.RunAsync("member", "retire", name, "--json")).Expect(ExitCode.Done).Json.GetProperty("changed").GetBoolean());
        (await shared.RunAsync("member", "add", "retired-enterprise", "--role", "enterprise")).Expect(ExitCode.Done);

        CommandRun run = await shared.RunAsync("member", "appoint", "retired-enterprise", "--subject", Subject, "--as", name);

        run.ExpectFailure(ExitCode.BadInput, "lacks the role");
    }

    [TestMethod]
    public async Task AddPack_NewDocument_IsDataAlone()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();
        string document = RulePackDocument.Write(_folder, "example-new-pack");

        JsonElement added = (await shared.RunAsync("contracts", "add-pack", document, "--json")).Expect(ExitCode.Done).Json;
        CommandRun again = (await shared.RunAsync("contracts", "add-pack", "example-new-pack")).Expect(ExitCode.Done);
        (await shared.RunAsync("contracts", "close-pack", "example-new-pack")).Expect(ExitCode.Done);
        JsonElement packs = (await shared.RunAsync("contracts", "packs", "--json")).Expect(ExitCode.Done).Json;

        Assert.IsGreaterThan(0, added.GetProperty("number").GetInt32());
        Assert.Contains("nothing was sent", again.Out);
        JsonElement listed = packs.EnumerateArray().Single(pack => pack.GetProperty("id").GetString() == "example-new-pack");
        Assert.IsTrue(listed.GetProperty("closed").GetBoolean());
    }

    [TestMethod]
    public async Task AddPack_OtherContentUnderTheSameId_IsRefused()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();
        string text = File.ReadAllText(RulePackDocument.Write(_folder, "example-changed-pack"));
        (await shared.RunAsync("contracts", "add-pack", _folder.Write("first.json", text))).Expect(ExitCode.Done);
        string changed = text.Replace("\"count\": 2", "\"count\": 1", StringComparison.Ordinal);
        Assert.AreNotEqual(text, changed);

        CommandRun run = await shared.RunAsync("contracts", "add-pack", _folder.Write("second.json", changed));

        run.ExpectFailure(ExitCode.Configuration, "A published pack never changes");
    }

    [TestMethod]
    public async Task AddPack_WhatIsNoRulePack_IsRefused()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();

        (await shared.RunAsync("contracts", "add-pack", "no-such-pack")).ExpectFailure(ExitCode.BadInput, "neither a file nor the id of a rule pack");
        (await shared.RunAsync("contracts", "add-pack", _folder.Write("empty.json", "{}"))).ExpectFailure(ExitCode.Configuration, "is not a rule pack");
    }

    [TestMethod]
    public async Task Status_OfASanctionWithoutCase_VerifiesAsInForce()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();
        string file = Directory.GetFiles(shared.Evidence, "*-sanction-0.evidence.json").Single();
        string shown = _folder.At("status.evidence.json");
        string trust = _folder.At("trust.json");

        (await shared.RunAsync("evidence", "status", file, "-o", shown)).Expect(ExitCode.Done);
        (await shared.RunAsync("evidence", "trust", "-o", trust)).Expect(ExitCode.Done);
        JsonElement report = (await shared.RunAsync("evidence", "verify", shown, "--trust", trust, "--json")).Expect(ExitCode.Done).Json;
        CommandRun before = await shared.RunAsync("evidence", "verify", shown, "--trust", shared.Trust);

        Assert.AreEqual("none", report.GetProperty("status").GetProperty("state").GetString());
        Assert.AreEqual(ExitCode.Undecided, before.ExitCode, "A status that is shown must be proven, and the older policy does not pin its block.");
        Assert.Contains("status        skipped", before.Out);
    }

    [TestMethod]
    public async Task Status_OfARating_IsRefused()
    {
        SharedWorkspace shared = await SharedWorkspace.GetAsync();
        string file = Directory.GetFiles(shared.Evidence, "*-rating-*.evidence.json").First();

        (await shared.RunAsync("evidence", "status", file)).ExpectFailure(ExitCode.BadInput, "only sanctions have a repair status");
    }
}
