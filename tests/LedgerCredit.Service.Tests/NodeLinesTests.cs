using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Tests;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Service.Tests.Staff;
using LedgerCredit.Storage;
using JsonObject = LedgerCredit.Primitives.Json.JsonObject;

namespace LedgerCredit.Service.Tests;

/// <summary>What <c>node run</c> prints, in text and as JSON, is made of its notes alone; they hold nothing that is not for whoever reads logs.</summary>
[TestClass]
public sealed class NodeLinesTests
{
    // In records that are taken, refused, looked for and damaged.
    private const string Content = "Zq9-content";
    private const string Supervisor = "supervisor";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Lines_OfARunWithRecordsFailuresAndProblems_HoldNoRecordTokenOrKey()
    {
        await using OidcIssuer issuer = await OidcIssuer.StartAsync(Token);
        using RSA issuerKey = RSA.Create(2048);
        issuer.Show(issuerKey, "k1");
        List<string> secrets = [Content, "x-test:", "D-2026-0042"];
        TestLedger? ledger = await TestLedger.StartAsync(Token);
        TestWorkspace workspace = await MakeAsync(issuer, ledger);
        ServiceScene scene = await ServiceScene.StartAsync(workspace, TimeProvider.System, Token);
        try
        {
            await WaitAsync(scene.Http, "/healthz/ready", text => text.Contains("\"ready\"", StringComparison.Ordinal));
            string key = scene.MakeKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
            using HttpClient authority = scene.WithToken(key);
            secrets.Add(key);
            secrets.AddRange(await SignInAsync(scene, issuer, issuerKey));
            await SendRecordsAsync(authority);
            await SendRubbishAsync(scene);
            string path = $"/v1/records/{ServiceScene.Authority}/0";
            await WaitAsync(authority, path + "/evidence", text => text.Contains("ledgercredit-evidence/1", StringComparison.Ordinal));
            secrets.AddRange(ReadSecrets(workspace));

            Damage(workspace);
            using HttpResponseMessage damaged = await authority.GetAsync(path, Token);
            Assert.AreEqual("store-damaged", await ServiceScene.CodeOfAsync(damaged, 500, Token));
            await ledger.DisposeAsync();
            ledger = null;
            await WaitAsync(scene.Http, "/healthz/ready", text => text.Contains("\"ledger\"", StringComparison.Ordinal));
            await WaitForFailedDeliveryAsync(workspace);
        }
        finally
        {
            await scene.DisposeAsync();
            await (ledger?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        // What was provoked was told, so that there is something to look through.
        string[] kinds = [.. scene.Notes.Select(note => note.Kind).Distinct()];
        foreach (string kind in (string[])["started", "anchored", "http", "delivery-failed", "ledger-lost"])
        {
            Assert.Contains(kind, kinds, string.Join(' ', kinds));
        }

        string lines = string.Join('\n', scene.Notes.Select(LineOf));
        foreach (string secret in secrets)
        {
            Assert.IsGreaterThanOrEqualTo(5, secret.Length);
            Assert.DoesNotContain(secret, lines);
        }
    }

    // As NodeCommands.Write of the command prints it.
    private static string LineOf(NodeNote note) => Encoding.UTF8.GetString(JsonText.WriteLine(new JsonObject(
    [
        new JsonMember("kind", new JsonString(note.Kind)),
        .. note.Facts,
        new JsonMember("text", new JsonString(note.Text)),
    ])));

    private async Task<TestWorkspace> MakeAsync(OidcIssuer issuer, TestLedger ledger)
    {
        TestWorkspace workspace = ServiceScene.Make();
        AccessLog.Ensure(workspace.Workspace, workspace.Keys);
        await workspace.OnAsync(ledger, Token);
        workspace.Workspace.EditConfig(config => config with
        {
            Supervisors = [new SupervisorConfig(Supervisor, new Uri("http://127.0.0.1:1/hook"))],
            Staff = new StaffConfig(
                issuer.Issuer,
                "ledgercredit",
                StaffConfig.DefaultNameClaim,
                [new StaffMapping("groups", "clerks", ServiceScene.Authority, new HashSet<Contracts.ConsortiumRole>(), new HashSet<string> { AccessScopes.RecordsRead })]),
        });
        workspace.Keys.EnsureWebhookKey();
        using Store store = workspace.OpenStore();
        store.Outbox.Add("e1", Supervisor, Encoding.UTF8.GetBytes(Content), 1);
        return workspace;
    }

    // Each way to sign in, rightly and wrongly.
    private async Task<List<string>> SignInAsync(ServiceScene scene, OidcIssuer issuer, RSA issuerKey)
    {
        using Secp256k1Key account = scene.Workspace.Keys.OpenAccount(ServiceScene.Authority);
        using HttpClient signedIn = await scene.SignInAsync(account, Purposes.Supervision, Token);
        List<string> tokens =
        [
            signedIn.DefaultRequestHeaders.Authorization!.Parameter!,
            OidcIssuer.SignRs256(issuerKey, "k1", issuer.Claims("ann", TimeProvider.System.GetUtcNow(), "clerks")),
            OidcIssuer.SignRs256(issuerKey, "k1", issuer.Claims("ann", TimeProvider.System.GetUtcNow(), "others")),
            OidcIssuer.SignRs256(issuerKey, "k2", issuer.Claims("ann", TimeProvider.System.GetUtcNow(), "clerks")),
            "lct_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)),
            "lcr_1_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)),
        ];
        foreach (string token in tokens)
        {
            using HttpClient client = scene.WithToken(token);
            using HttpResponseMessage response = await client.GetAsync("/v1/me", Token);
            Assert.AreNotEqual(HttpStatusCode.InternalServerError, response.StatusCode);
        }

        return tokens;
    }

    // New, there already, in conflict, no record, no JSON; in a stream as well. And looked for.
    private async Task SendRecordsAsync(HttpClient authority)
    {
        string record = ServiceScene.SanctionOf(1)
            .Replace("\"V\"", $"\"{Content}\"", StringComparison.Ordinal)
            .Replace("\"decisionNo\":\"S-1\"", "\"decisionNo\":\"D-2026-0042\"", StringComparison.Ordinal);
        Assert.Contains(Content, record);
        Assert.Contains("D-2026-0042", record);
        string[] all =
        [
            record,
            record,
            record.Replace("\"B\"", $"\"{Content}\"", StringComparison.Ordinal),
            record.Replace("general", Content, StringComparison.Ordinal),
            record.Replace(ServiceScene.Authority, "nobody-here", StringComparison.Ordinal),
            record[..^5],
            Content,
        ];
        foreach (string text in all)
        {
            using HttpResponseMessage response = await ServiceScene.PostRecordAsync(authority, text, Token);
            Assert.IsLessThan(500, (int)response.StatusCode);
        }

        string lines = string.Join('\n', [.. all, Content + new string('x', 70_000)]);
        using HttpResponseMessage stream = await authority.PostAsync("/v1/records", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"), Token);
        Assert.AreEqual(HttpStatusCode.OK, stream.StatusCode);
        foreach (string query in (string[])["""{"subject":"x-test:subject-1"}""", """{"id":"D-2026-0042"}""", $$"""{"subject":"{{Content}}"}"""])
        {
            using HttpResponseMessage found = await authority.PostAsync("/v1/records/search", new StringContent(query, Encoding.UTF8, "application/json"), Token);
            Assert.IsLessThan(500, (int)found.StatusCode);
        }
    }

    private async Task SendRubbishAsync(ServiceScene scene)
    {
        foreach (string path in (string[])["/v1/verify", "/v1/sign-in", "/v1/sign-in/challenge", "/v1/grants", "/v1/records/search", $"/v1/{Content}"])
        {
            foreach (string body in (string[])[Content, $$"""{"message":"{{Content}}","signature":"0x00"}""", $$"""{"{{Content}}":1}"""])
            {
                using HttpResponseMessage response = await scene.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Token);
                Assert.IsLessThan(500, (int)response.StatusCode);
            }
        }
    }

    // The private keys of the workspace, which are plain on a devnet, and the secrets of its records; each in the ways in which it might be written.
    private static List<string> ReadSecrets(TestWorkspace workspace)
    {
        List<string> secrets = [];
        foreach (string file in Directory.EnumerateFiles(workspace.Workspace.KeysFolder))
        {
            string hex = JsonNode.Parse(File.ReadAllText(file))!["secret"]!.GetValue<string>()[2..];
            secrets.AddRange([hex, Convert.ToBase64String(Convert.FromHexString(hex))]);
        }

        Assert.IsGreaterThan(5, secrets.Count);
        using StoreFile store = new(workspace.Workspace.StorePath);
        foreach (object?[] row in store.Query("SELECT secret FROM entry WHERE secret IS NOT NULL"))
        {
            byte[] secret = (byte[])row[0]!;
            secrets.AddRange([Convert.ToHexStringLower(secret), Base64Url.EncodeToString(secret)]);
        }

        return secrets;
    }

    private static void Damage(TestWorkspace workspace)
    {
        using StoreFile file = new(workspace.Workspace.StorePath);
        byte[] record = file.Scalar<byte[]>("SELECT record FROM entry ORDER BY position LIMIT 1");
        byte[] altered = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(record).Replace(Content, "Another" + Content, StringComparison.Ordinal));
        Assert.AreEqual(1, file.Execute("UPDATE entry SET record = @0 WHERE position = (SELECT min(position) FROM entry)", altered));
    }

    private async Task WaitAsync(HttpClient client, string path, Func<string, bool> isSo)
    {
        string text;
        do
        {
            using HttpResponseMessage response = await client.GetAsync(path, Token);
            text = await response.Content.ReadAsStringAsync(Token);
        }
        while (!isSo(text));
    }

    private async Task WaitForFailedDeliveryAsync(TestWorkspace workspace)
    {
        using Store store = workspace.Workspace.OpenStore(StoreAccess.Read);
        while (store.Outbox.ReadPending().Single().Attempts == 0)
        {
            await Task.Yield();
            Token.ThrowIfCancellationRequested();
        }
    }
}
