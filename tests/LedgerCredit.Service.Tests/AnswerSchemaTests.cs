using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LedgerCredit.Node.Access;

namespace LedgerCredit.Service.Tests;

/// <summary>What the description says of answers is true of those that the service gives; <see cref="Repair.EndpointRoleTests"/> compares those that take a ledger.</summary>
[TestClass]
public sealed class AnswerSchemaTests
{
    private const string First = $"/v1/records/{ServiceScene.Authority}/0";
    private const string Log = $"/log/{ServiceScene.Authority}";

    private static readonly object Subject = new { subject = "x-test:subject-1" };

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Answers_OfAServiceWithoutALedger_AreAsDescribed()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        ApiSchema described = await ApiSchema.ReadAsync(scene, Token);
        using HttpClient key = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead, AccessScopes.Audit, AccessScopes.Admin);
        using HttpClient nobody = scene.NewClient();
        using HttpClient forged = scene.WithToken("lcr_1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

        async Task<HttpResponseMessage> CheckAsync(string operation, int status, HttpClient client, HttpMethod method, string path, HttpContent? content = null, string? tag = null)
        {
            using HttpRequestMessage request = new(method, path) { Content = content };
            if (tag is not null)
            {
                request.Headers.TryAddWithoutValidation("If-None-Match", tag);
            }

            HttpResponseMessage response = await client.SendAsync(request, Token);
            Assert.AreEqual(status, (int)response.StatusCode, operation);
            await described.CheckAsync(operation, response, Token);
            return response;
        }

        async Task GetAsync(string operation, int status, HttpClient client, string path) => (await CheckAsync(operation, status, client, HttpMethod.Get, path)).Dispose();

        async Task PostAsync(string operation, int status, HttpClient client, string path, HttpContent? content) =>
            (await CheckAsync(operation, status, client, HttpMethod.Post, path, content)).Dispose();

        await GetAsync("getLive", 200, nobody, "/healthz/live");
        await GetAsync("getReady", 503, nobody, "/healthz/ready");
        await PostAsync("postRecords", 201, key, "/v1/records", Json(ServiceScene.SanctionOf(1)));
        await PostAsync("postRecords", 200, key, "/v1/records", Json(ServiceScene.SanctionOf(1)));
        await PostAsync("postRecords", 200, key, "/v1/records", new StringContent(ServiceScene.SanctionOf(1) + "\n{}\n" + ServiceScene.SanctionOf(8), Encoding.UTF8, "application/x-ndjson"));
        await PostAsync("postRecords", 422, key, "/v1/records", Json("{}"));
        await PostAsync("postRecords", 401, forged, "/v1/records", Json("{}"));
        foreach (HttpClient client in (HttpClient[])[nobody, key])
        {
            await GetAsync("getCaller", 200, client, "/v1/me");
            await GetAsync("getRecord", 200, client, First);
            await GetAsync("getEvidence", 202, client, First + "/evidence");
            await PostAsync("searchRecords", 200, client, "/v1/records/search", JsonContent.Create(new { subject = "x-test:subject-1", limit = 1 }));
            await PostAsync("searchRecords", 200, client, "/v1/records/search", JsonContent.Create(Subject));
            await PostAsync("getSubjectReport", 200, client, "/v1/subjects/report", JsonContent.Create(Subject));
            await PostAsync("getRatingHistory", 200, client, "/v1/ratings/history", JsonContent.Create(Subject));
        }

        await GetAsync("getRecord", 404, nobody, $"/v1/records/{ServiceScene.Authority}/7");
        await GetAsync("getLedger", 200, nobody, "/v1/ledger");
        await GetAsync("getAnchors", 200, nobody, $"/v1/ledger/anchors/{ServiceScene.Authority}");
        await GetAsync("getTrustPolicy", 404, nobody, "/v1/trust");
        await PostAsync("verifyEvidence", 400, nobody, "/v1/verify", Json("{}"));
        await PostAsync("verifyEvidence", 415, nobody, "/v1/verify", new StringContent("x"));
        await PostAsync("searchAccessLog", 200, key, "/v1/access-log/search", JsonContent.Create(Subject));
        await PostAsync("searchGrants", 200, key, "/v1/grants/search", JsonContent.Create(Subject));
        await PostAsync("giveGrant", 400, key, "/v1/grants", Json("{}"));
        await PostAsync("createApiKey", 403, key, "/v1/api-keys", JsonContent.Create(new { name = "x", scopes = new[] { AccessScopes.RecordsRead } }));
        await GetAsync("listApiKeys", 200, key, "/v1/api-keys");
        await GetAsync("listApiKeys", 401, nobody, "/v1/api-keys");
        await PostAsync("createChallenge", 200, nobody, "/v1/sign-in/challenge", JsonContent.Create(new { address = "0x" + new string('0', 40) }));
        await PostAsync("signIn", 401, nobody, "/v1/sign-in", JsonContent.Create(new { message = "x", signature = "0x" + new string('0', 130) }));
        await PostAsync("signOut", 403, key, "/v1/sign-out", null);
        await PostAsync("startAudit", 202, key, "/v1/audits", null);
        await GetAsync("getAudit", 200, key, "/v1/audits/1");
        await GetAsync("listAudits", 200, key, "/v1/audits");
        await GetAsync("listAudits", 400, key, "/v1/audits?limit=0");
        await GetAsync("getCheckpoint", 404, nobody, "/log/nobody/checkpoint");
        foreach ((string operation, string path) in ((string, string)[])[("getCheckpoint", Log + "/checkpoint"), ("getTile", Log + "/tile/0/000.p/2")])
        {
            using HttpResponseMessage whole = await CheckAsync(operation, 200, nobody, HttpMethod.Get, path);
            (await CheckAsync(operation, 304, nobody, HttpMethod.Get, path, tag: whole.Headers.ETag!.Tag)).Dispose();
        }
    }

    // Members that a body must have are those that the description says: without one of them it cannot be read, with all of them and no others it can.
    [TestMethod]
    [DataRow("/v1/sign-in/challenge", "ChallengeRequest")]
    [DataRow("/v1/sign-in", "SignInRequest")]
    [DataRow("/v1/grants", "NewGrant")]
    [DataRow("/v1/grants/search", "SubjectQuery")]
    [DataRow("/v1/records/search", "RecordSearch")]
    [DataRow("/v1/subjects/report", "SubjectRequest")]
    [DataRow("/v1/api-keys", "NewApiKey")]
    public async Task RequiredMembers_OfRequests_AreThoseThatReadingWants(string path, string type)
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient key = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);
        using HttpResponseMessage served = await scene.Http.GetAsync("/openapi/v1.json", Token);
        JsonElement schema = (await ServiceScene.ReadAsync(served, Token)).GetProperty("components").GetProperty("schemas").GetProperty(type);
        string[] required = schema.TryGetProperty("required", out JsonElement names) ? [.. names.EnumerateArray().Select(name => name.GetString()!)] : [];

        Dictionary<string, object> whole = required.ToDictionary(name => name, name => name == "scopes" ? (object)Array.Empty<string>() : "x");
        Assert.DoesNotContain("The body lacks", await DetailAsync(key, path, whole));
        foreach (string name in required)
        {
            Assert.Contains($"The body lacks '/{name}'.", await DetailAsync(key, path, whole.Where(member => member.Key != name).ToDictionary()), name);
        }
    }

    private async Task<string> DetailAsync(HttpClient client, string path, Dictionary<string, object> body)
    {
        using HttpResponseMessage response = await client.PostAsJsonAsync(path, body, Token);
        Assert.AreNotEqual(HttpStatusCode.NotFound, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
