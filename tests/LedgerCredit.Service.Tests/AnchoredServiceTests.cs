using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Tests;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Testing;
using LedgerCredit.Verification;

namespace LedgerCredit.Service.Tests;

/// <summary>The service with a ledger: evidence, verification, audits, sign-in with accounts.</summary>
[TestClass]
public sealed class AnchoredServiceTests
{
    private static TestLedger _ledger = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _ledger = await TestLedger.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _ledger.DisposeAsync();

    // A workspace that nobody prepared for reads: the node makes the log of them, says what is to be done, and does the rest when it is.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task AccessLog_ThatNobodyRegistered_IsToldOfAndAnchoredOnceItIs()
    {
        TestWorkspace workspace = await ServiceScene.Make().OnAsync(_ledger, Token);
        await using ServiceScene scene = await ServiceScene.StartAsync(workspace, TimeProvider.System, Token);
        await WaitReadyAsync(scene);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        using HttpResponseMessage posted = await ServiceScene.PostRecordAsync(authority, ServiceScene.SanctionOf(1), Token);
        await ServiceScene.ReadAsync(await authority.GetAsync(posted.Headers.Location!.OriginalString, Token), Token);

        const string Command = "ledgercredit member add access-log --role operator";
        Assert.Contains(Command, (await WaitForNoteAsync(scene, "access-log-made", "")).Text);
        Assert.Contains(Command, (await WaitForNoteAsync(scene, "anchor-refused", AccessLog.Member)).Text);
        Workspace now = Workspace.Open(workspace.Workspace.Folder);
        using (LedgerSession session = await workspace.ConnectAsync(Token))
        {
            // What the command does.
            MemberRegistry members = new(now, workspace.Keys);
            await members.RegisterAllAsync(session, members.AddLocal(AccessLog.Member, [ConsortiumRole.Operator]).Member, TimeProvider.System, Token);
        }

        await WaitForNoteAsync(scene, "anchored", AccessLog.Member);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Record_FromPostToVerifiedEvidence_ByTheIssuerAndRedactedForThePublic()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(_ledger, Token);
        await WaitReadyAsync(scene);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        using HttpResponseMessage posted = await ServiceScene.PostRecordAsync(authority, ServiceScene.SanctionOf(1), Token);
        string path = posted.Headers.Location!.OriginalString;

        string whole = await WaitForEvidenceAsync(authority, path);
        string redacted = await WaitForEvidenceAsync(scene.Http, path);

        Assert.IsTrue(EvidenceFile.TryParse(Encoding.UTF8.GetBytes(redacted), out EvidenceFile? shown, out _));
        Assert.IsTrue(shown.Record.Terms.IsEmpty);
        foreach ((string file, int withheld) in ((string, int)[])[(whole, 0), (redacted, 4)])
        {
            JsonElement report = await VerifyAsync(scene.Http, file);
            Assert.AreEqual("valid", report.GetProperty("verdict").GetString(), report.ToString());
            Assert.AreEqual(withheld == 0, report.GetProperty("record").GetProperty("complete").GetBoolean());
        }

        // With a policy sent along: the node's own, then one of which the file knows nothing.
        string trust = await scene.Http.GetStringAsync("/v1/trust", Token);
        using MultipartFormDataContent form = new() { { new StringContent(whole), "evidence", "e.json" }, { new StringContent(trust), "trust", "t.json" } };
        using HttpResponseMessage verified = await scene.Http.PostAsync("/v1/verify", form, Token);
        Assert.AreEqual("valid", (await ServiceScene.ReadAsync(verified, Token)).GetProperty("verdict").GetString());
        JsonElement altered = await VerifyAsync(scene.Http, whole.Replace(ServiceScene.Authority, "best-authority", StringComparison.Ordinal));
        Assert.AreEqual("invalid", altered.GetProperty("verdict").GetString());
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Audit_ByWhoMay_EndsSoundAndOthersMayNot()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(_ledger, Token);
        await WaitReadyAsync(scene);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.Audit);
        using HttpClient other = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);
        (await ServiceScene.PostRecordAsync(authority, ServiceScene.SanctionOf(1), Token)).EnsureSuccessStatusCode().Dispose();

        using HttpResponseMessage refused = await other.PostAsync("/v1/audits", content: null, Token);
        using HttpResponseMessage started = await authority.PostAsync("/v1/audits", content: null, Token);
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(refused, 403, Token));
        Assert.AreEqual(HttpStatusCode.Accepted, started.StatusCode);
        JsonElement audit;
        do
        {
            audit = await ServiceScene.ReadAsync(await authority.GetAsync(started.Headers.Location!.OriginalString, Token), Token);
        }
        while (audit.GetProperty("state").GetString() == "running");

        Assert.AreEqual("sound", audit.GetProperty("report").GetProperty("verdict").GetString(), audit.ToString());

        // All entries are done, also those of the log of reads; the list has it, and a second one before it.
        long entries = audit.GetProperty("report").GetProperty("logs").EnumerateArray().Sum(log => log.GetProperty("entries").GetInt64());
        Assert.AreEqual((entries, entries), (audit.GetProperty("entriesDone").GetInt64(), audit.GetProperty("entriesTotal").GetInt64()));
        using HttpResponseMessage next = await authority.PostAsync("/v1/audits", content: null, Token);
        Assert.AreEqual("/v1/audits/2", next.Headers.Location!.OriginalString);
        JsonElement page = await ServiceScene.ReadAsync(await authority.GetAsync("/v1/audits?limit=1", Token), Token);
        Assert.AreEqual(2, page.GetProperty("audits").EnumerateArray().Single().GetProperty("id").GetInt64());
        JsonElement last = await ServiceScene.ReadAsync(await authority.GetAsync($"/v1/audits?limit=1&cursor={page.GetProperty("next").GetString()}", Token), Token);
        JsonElement listed = last.GetProperty("audits").EnumerateArray().Single();
        Assert.AreEqual((1L, "done", "sound"), (listed.GetProperty("id").GetInt64(), listed.GetProperty("state").GetString(), listed.GetProperty("verdict").GetString()));
        Assert.IsFalse(last.TryGetProperty("next", out _));
        using HttpResponseMessage wrong = await authority.GetAsync("/v1/audits?cursor=x", Token);
        Assert.AreEqual("invalid-cursor", await ServiceScene.CodeOfAsync(wrong, 400, Token));
        using HttpResponseMessage hidden = await other.GetAsync("/v1/audits", Token);
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(hidden, 403, Token));
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task SignIn_WithTheAccountOfAMember_GivesItsRolesAndAKeyOfItsOwn()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(_ledger, Token);
        await WaitReadyAsync(scene);
        using Secp256k1Key key = scene.Workspace.Keys.OpenAccount(ServiceScene.Authority);
        using HttpClient authority = await scene.SignInAsync(key, Purposes.Supervision, Token);

        JsonElement me = await ServiceScene.ReadAsync(await authority.GetAsync("/v1/me", Token), Token);
        JsonElement made = await ServiceScene.PostAsync(authority, "/v1/api-keys", new { name = "import", scopes = new[] { AccessScopes.RecordsWrite } }, Token);
        using HttpClient program = scene.WithToken(made.GetProperty("key").GetString()!);
        using HttpResponseMessage posted = await ServiceScene.PostRecordAsync(program, ServiceScene.SanctionOf(1), Token);
        using HttpResponseMessage tooMuch = await authority.PostAsync("/v1/api-keys", new StringContent("""{"name":"x","scopes":["admin"]}""", Encoding.UTF8, "application/json"), Token);
        using HttpResponseMessage byKey = await program.PostAsync("/v1/api-keys", new StringContent("""{"name":"x","scopes":["records:write"]}""", Encoding.UTF8, "application/json"), Token);
        using HttpResponseMessage revoked = await authority.DeleteAsync($"/v1/api-keys/{made.GetProperty("details").GetProperty("number")}", Token);
        using HttpResponseMessage after = await ServiceScene.PostRecordAsync(program, ServiceScene.SanctionOf(2), Token);
        using HttpResponseMessage signedOut = await authority.PostAsync("/v1/sign-out", content: null, Token);
        using HttpResponseMessage gone = await authority.GetAsync("/v1/me", Token);

        Assert.AreEqual(ServiceScene.Authority, me.GetProperty("organisation").GetString());
        Assert.Contains("authority", me.GetProperty("roles").ToString());
        Assert.AreEqual(HttpStatusCode.Created, posted.StatusCode);
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(tooMuch, 403, Token));
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(byKey, 403, Token));
        Assert.AreEqual(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.AreEqual("not-signed-in", await ServiceScene.CodeOfAsync(after, 401, Token));
        Assert.AreEqual(HttpStatusCode.NoContent, signedOut.StatusCode);
        Assert.AreEqual("not-signed-in", await ServiceScene.CodeOfAsync(gone, 401, Token));
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task SignIn_ReplayedOrByAStranger_IsRefused()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(_ledger, Token);
        await WaitReadyAsync(scene);
        using Secp256k1Key key = scene.Workspace.Keys.OpenAccount(ServiceScene.Authority);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using Secp256k1Key stranger = Secp256k1Key.Generate(random);
        JsonElement challenge = await ServiceScene.PostAsync(scene.Http, "/v1/sign-in/challenge", new { address = Address.FromPublicKey(key.PublicKey).ToString() }, Token);
        string message = challenge.GetProperty("message").GetString()!;

        using HttpResponseMessage otherKey = await PostSignInAsync(scene, message, ServiceScene.SignPersonal(stranger, message));
        using HttpResponseMessage first = await PostSignInAsync(scene, message, ServiceScene.SignPersonal(key, message));
        using HttpResponseMessage replayed = await PostSignInAsync(scene, message, ServiceScene.SignPersonal(key, message));
        string otherDomain = message.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal);
        using HttpResponseMessage elsewhere = await PostSignInAsync(scene, otherDomain, ServiceScene.SignPersonal(key, otherDomain));

        Assert.AreEqual("sign-in-refused", await ServiceScene.CodeOfAsync(otherKey, 401, Token));
        Assert.AreEqual(HttpStatusCode.OK, first.StatusCode);
        Assert.AreEqual("sign-in-refused", await ServiceScene.CodeOfAsync(replayed, 401, Token));
        Assert.AreEqual("sign-in-refused", await ServiceScene.CodeOfAsync(elsewhere, 401, Token));
    }

    // A store that is an older copy: the ledger knows entries that it has not. Nothing may be taken, and what is there is shown.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    [DataRow(0, false, DisplayName = "an empty one")]
    [DataRow(1, false, DisplayName = "one with some of them")]
    [DataRow(1, true, DisplayName = "one whose log is anchored from elsewhere")]
    public async Task OlderStore_AfterARestore_TakesNothingAndSaysWhy(int before, bool isAnchoredElsewhere)
    {
        TestWorkspace older = await MakeOlderAsync(before);
        if (isAnchoredElsewhere)
        {
            File.Delete(Path.Combine(older.Workspace.KeysFolder, $"account-{ServiceScene.Authority}.json"));
        }

        await using ServiceScene restored = await ServiceScene.StartAsync(older, TimeProvider.System, Token);
        using HttpClient client = restored.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        string report;
        do
        {
            report = await ExpectNothingTakenAsync(restored, client);
        }
        while (!report.Contains("\"history\"", StringComparison.Ordinal));

        Assert.Contains("restore the newest backup", (await WaitForNoteAsync(restored, "history-differs", "")).Text.ToLowerInvariant());
        Assert.DoesNotContain(_ledger.Url.TrimEnd('/'), report);
        using HttpResponseMessage log = await restored.Http.GetAsync($"/log/{ServiceScene.Authority}/checkpoint", Token);
        Assert.AreEqual(before == 0 ? HttpStatusCode.NotFound : HttpStatusCode.OK, log.StatusCode);
    }

    // The ledger answers, but with nothing that logs could be compared with.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task OlderStore_LedgerAnswersWithErrors_TakesNothing()
    {
        TestWorkspace older = await MakeOlderAsync(1);
        await using RpcFaultProxy proxy = new(new Uri(_ledger.Url));
        proxy.On("eth_call", RpcFaults.Error(-32000, "not now"));
        await using ServiceScene restored = await ServiceScene.StartAsync(older, TimeProvider.System, Token, rpcUrl: proxy.Url);
        using HttpClient client = restored.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);

        // There are three logs: so these are several rounds.
        while (proxy.Struck < 9)
        {
            await ExpectNothingTakenAsync(restored, client);
        }

        Assert.Contains("could not be compared with the ledger", (await WaitForNoteAsync(restored, "anchor-refused", ServiceScene.Authority)).Text);
        proxy.Heal();
        await WaitForNoteAsync(restored, "history-differs", "");
        await ExpectNothingTakenAsync(restored, client);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task OlderStore_AnotherLedger_TakesNothing()
    {
        TestWorkspace older = await MakeOlderAsync(1);
        await using RpcFaultProxy proxy = new(new Uri(_ledger.Url));
        proxy.On("eth_chainId", RpcFaults.Lie(_ => "0x1"));
        await using ServiceScene restored = await ServiceScene.StartAsync(older, TimeProvider.System, Token, rpcUrl: proxy.Url);
        using HttpClient client = restored.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);

        await WaitForNoteAsync(restored, "node-stopped", "");

        Assert.Contains("\"node\"", await ExpectNothingTakenAsync(restored, client));
    }

    [TestMethod]
    public async Task Ready_NoContracts_SaysWhyAndLiveIsLive()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);

        using HttpResponseMessage ready = await scene.Http.GetAsync("/healthz/ready", Token);
        using HttpResponseMessage live = await scene.Http.GetAsync("/healthz/live", Token);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("contracts deploy", await ready.Content.ReadAsStringAsync(Token));
        Assert.AreEqual(HttpStatusCode.OK, live.StatusCode);
    }

    // A copy of a store that went on with its logs, and anchored them.
    private async Task<TestWorkspace> MakeOlderAsync(int before)
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(_ledger, Token);
        await WaitReadyAsync(scene);
        string key = scene.MakeKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        using (HttpClient first = scene.WithToken(key))
        {
            for (int i = 0; i < before; i++)
            {
                (await ServiceScene.PostRecordAsync(first, ServiceScene.SanctionOf(i), Token)).EnsureSuccessStatusCode().Dispose();
            }
        }

        TestWorkspace older = await scene.CopyAsync(Token);
        await WaitReadyAsync(scene);
        using HttpClient authority = scene.WithToken(key);
        using HttpResponseMessage posted = await ServiceScene.PostRecordAsync(authority, ServiceScene.SanctionOf(before), Token);
        await WaitForEvidenceAsync(authority, posted.Headers.Location!.OriginalString);
        return older;
    }

    // Returns why the node is not ready.
    private async Task<string> ExpectNothingTakenAsync(ServiceScene scene, HttpClient client)
    {
        using HttpResponseMessage refused = await ServiceScene.PostRecordAsync(client, ServiceScene.SanctionOf(99), Token);
        Assert.AreEqual("ledger-unavailable", await ServiceScene.CodeOfAsync(refused, 503, Token));
        using HttpResponseMessage ready = await scene.Http.GetAsync("/healthz/ready", Token);
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        return await ready.Content.ReadAsStringAsync(Token);
    }

    private async Task<HttpResponseMessage> PostSignInAsync(ServiceScene scene, string message, string signature) =>
        await scene.Http.PostAsync("/v1/sign-in", new StringContent(JsonSerializer.Serialize(new { message, signature }), Encoding.UTF8, "application/json"), Token);

    private async Task WaitReadyAsync(ServiceScene scene)
    {
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage response = await scene.Http.GetAsync("/healthz/ready", Token);
            status = response.StatusCode;
        }
        while (status != HttpStatusCode.OK);
    }

    // The issuer is among the facts of a line about a log.
    private async Task<NodeNote> WaitForNoteAsync(ServiceScene scene, string kind, string issuer)
    {
        while (true)
        {
            NodeNote? found = scene.Notes.ToArray().FirstOrDefault(note =>
                note.Kind == kind && (issuer.Length == 0 || note.Facts.Any(fact => fact.Value is LedgerCredit.Primitives.Json.JsonString { Value: string value } && value == issuer)));
            if (found is not null)
            {
                return found;
            }

            (await scene.Http.GetAsync("/healthz/live", Token)).Dispose();
        }
    }

    private async Task<string> WaitForEvidenceAsync(HttpClient client, string path)
    {
        while (true)
        {
            using HttpResponseMessage response = await client.GetAsync(path + "/evidence", Token);
            string text = await response.Content.ReadAsStringAsync(Token);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return text;
            }

            Assert.AreEqual(HttpStatusCode.Accepted, response.StatusCode, text);
            Assert.IsNotNull(response.Headers.RetryAfter);
        }
    }

    private async Task<JsonElement> VerifyAsync(HttpClient client, string file)
    {
        using HttpResponseMessage response = await client.PostAsync("/v1/verify", new StringContent(file, Encoding.UTF8, "application/json"), Token);
        return await ServiceScene.ReadAsync(response, Token);
    }
}
