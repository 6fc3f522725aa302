using System.Net;
using System.Text;
using System.Text.Json;
using LedgerCredit.Node.Access;
using LedgerCredit.Service.Problems;

namespace LedgerCredit.Service.Tests;

/// <summary>Requests that cannot be fulfilled are told what of them is wrong.</summary>
[TestClass]
public sealed class RequestProblemTests
{
    // The last character should be another one.
    private const string WrongUscc = "uscc:91110000100000000X";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("/v1/subjects/report")]
    [DataRow("/v1/ratings/history")]
    [DataRow("/v1/records/search")]
    [DataRow("/v1/grants/search")]
    [DataRow("/v1/access-log/search")]
    [DataRow("/v1/repair/cases/search")]
    public async Task Subject_WithAWrongCheckDigit_IsToldSo(string path)
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);

        JsonElement problem = await RefusedAsync(client, path, $$"""{"subject":"{{WrongUscc}}"}""");

        Assert.AreEqual("malformed-request", problem.GetProperty("code").GetString());
        Assert.AreEqual("bad-uscc", problem.GetProperty("reason").GetString());
        JsonElement issue = problem.GetProperty("issues").EnumerateArray().Single();
        Assert.AreEqual("bad-uscc", issue.GetProperty("code").GetString());
        Assert.AreEqual("/subject", issue.GetProperty("path").GetString());
        Assert.DoesNotContain(WrongUscc[5..], problem.ToString());
    }

    [TestMethod]
    [DataRow("/v1/subjects/report", """{"subject":"x-test:a","extra":"Zq9"}""", "/extra")]
    [DataRow("/v1/subjects/report", """{"subject":{"Zq9":1}}""", "/subject")]
    [DataRow("/v1/records/search", """{"subject":"x-test:a","limit":"Zq9"}""", "/limit")]
    [DataRow("/v1/records/search", """{"subject":"x-test:a","a/b":"Zq9"}""", "/a~1b")]
    public async Task Member_ThatIsUnknownOrCannotBeRead_IsNamedWithoutItsValue(string path, string body, string expected)
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);

        JsonElement problem = await RefusedAsync(scene.Http, path, body);

        Assert.AreEqual("malformed-request", problem.GetProperty("code").GetString());
        Assert.Contains($"'{expected}'", problem.GetProperty("detail").GetString()!);
        Assert.DoesNotContain("Zq9", problem.ToString());
    }

    [TestMethod]
    [DataRow("/v1/subjects/report", "{}", "/subject")]
    [DataRow("/v1/ratings/history", """{"limit":3}""", "/subject")]
    [DataRow("/v1/grants", """{"subject":"Zq9"}""", "/consumer /purpose /expiresAt")]
    [DataRow("/v1/api-keys", """{"scopes":["Zq9"]}""", "/name")]
    [DataRow("/v1/sign-in", "{}", "/message /signature")]
    [DataRow("/v1/access-log/search", "{}", "/subject")]
    public async Task Member_ThatIsMissing_IsNamed(string path, string body, string expected)
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);

        JsonElement problem = await RefusedAsync(client, path, body);

        Assert.AreEqual("malformed-request", problem.GetProperty("code").GetString());
        Assert.AreSequenceEqual(expected.Split(' '), problem.GetProperty("issues").EnumerateArray().Select(issue => issue.GetProperty("path").GetString()));
        Assert.AreEqual("missing-member", problem.GetProperty("issues")[0].GetProperty("code").GetString());
        Assert.IsTrue(expected.Split(' ').All(pointer => problem.GetProperty("detail").GetString()!.Contains($"'{pointer}'", StringComparison.Ordinal)));
        Assert.DoesNotContain("Zq9", problem.ToString());
    }

    [TestMethod]
    public async Task Evidence_ThatIsNoneAtAll_IsNoVerdict()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using MultipartFormDataContent form = new() { { new ByteArrayContent([]), "evidence", "e.json" } };

        JsonElement problem = await RefusedAsync(scene.Http, "/v1/verify", "");
        using HttpResponseMessage inAForm = await scene.Http.PostAsync("/v1/verify", form, Token);

        Assert.AreEqual("malformed-request", problem.GetProperty("code").GetString());
        Assert.Contains("Expected an evidence file, found nothing.", problem.GetProperty("detail").GetString()!);
        Assert.AreEqual("malformed-request", await ServiceScene.CodeOfAsync(inAForm, 400, Token));
    }

    // Whoever mistypes 'trust' must not take a verdict by the node's policy for one by their own.
    [TestMethod]
    public async Task Verify_WithAPartOfAnotherName_IsRefused()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        foreach (bool isFile in (bool[])[true, false])
        {
            using MultipartFormDataContent form = new() { { new StringContent("{}"), "evidence", "e.json" } };
            using StringContent part = new("{}");
            if (isFile)
            {
                form.Add(part, "policy", "p.json");
            }
            else
            {
                form.Add(part, "policy");
            }

            using HttpResponseMessage response = await scene.Http.PostAsync("/v1/verify", form, Token);
            Assert.AreEqual("malformed-request", await ServiceScene.CodeOfAsync(response, 400, Token));
            Assert.Contains("found another one", await response.Content.ReadAsStringAsync(Token));
        }
    }

    [TestMethod]
    public async Task Body_WithAContentEncoding_IsRefusedAsOne()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        foreach ((string encoding, int status) in new (string, int)[] { ("gzip", 415), ("identity, gzip", 415), ("identity", 201) })
        {
            using StringContent body = new(ServiceScene.SanctionOf(1), Encoding.UTF8, "application/json");
            foreach (string one in encoding.Split(", "))
            {
                body.Headers.ContentEncoding.Add(one);
            }

            using HttpResponseMessage response = await client.PostAsync("/v1/records", body, Token);

            Assert.AreEqual(status, (int)response.StatusCode, encoding);
        }
    }

    [TestMethod]
    public async Task SignIn_ThatIsRefused_SaysHowOneSignsIn()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using StringContent body = new($$"""{"message":"none","signature":"0x{{new string('0', 130)}}"}""", Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await scene.Http.PostAsync("/v1/sign-in", body, Token);

        Assert.AreEqual(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.AreEqual("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [TestMethod]
    [DataRow("$", "")]
    [DataRow("", "")]
    [DataRow("$.a", "/a")]
    [DataRow("$.a[12].b", "/a/12/b")]
    [DataRow("$['a.b'].c", "/a.b/c")]
    [DataRow("$.a['~/']", "/a/~0~1")]
    [DataRow("$['a", "/a")]
    [DataRow("$[", "/")]
    [DataRow("$..", "//")]
    public void OfPath_OfTheFramework_IsAJsonPointer(string path, string expected) => Assert.AreEqual(expected, JsonPointers.OfPath(path));

    [TestMethod]
    public void OfPath_VeryLong_IsCut() => Assert.AreEqual(200, JsonPointers.OfPath("$." + new string('a', 100_000)).Length);

    [TestMethod]
    public async Task SignOut_WithAnApiKey_IsRefusedAndTheKeyGoesOn()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient program = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);

        using HttpResponseMessage refused = await program.PostAsync("/v1/sign-out", content: null, Token);
        using HttpResponseMessage after = await program.GetAsync("/v1/me", Token);

        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(refused, 403, Token));
        Assert.Contains("/v1/api-keys/", await refused.Content.ReadAsStringAsync(Token));
        Assert.AreEqual(HttpStatusCode.OK, after.StatusCode);
    }

    [TestMethod]
    public async Task Keys_OfTheOrganisation_AreListedAndRevokedByAdminAndNotByOtherKeys()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient victim = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        using HttpClient thief = scene.WithKey(ServiceScene.Authority, [.. AccessScopes.All.Where(scope => scope != AccessScopes.Admin)]);
        using HttpClient admin = scene.WithKey(ServiceScene.Authority, AccessScopes.Admin);

        using HttpResponseMessage listed = await thief.GetAsync("/v1/api-keys", Token);
        using HttpResponseMessage revoked = await thief.DeleteAsync("/v1/api-keys/1", Token);
        using HttpResponseMessage unknown = await thief.DeleteAsync("/v1/api-keys/700", Token);
        using HttpResponseMessage goesOn = await victim.GetAsync("/v1/me", Token);

        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(listed, 403, Token));
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(revoked, 403, Token));
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(unknown, 403, Token));
        Assert.AreEqual(HttpStatusCode.OK, goesOn.StatusCode);

        using HttpResponseMessage keys = await admin.GetAsync("/v1/api-keys", Token);
        using HttpResponseMessage done = await admin.DeleteAsync("/v1/api-keys/1", Token);
        using HttpResponseMessage over = await victim.GetAsync("/v1/me", Token);
        Assert.AreEqual(3, (await ServiceScene.ReadAsync(keys, Token)).GetArrayLength());
        Assert.AreEqual(HttpStatusCode.NoContent, done.StatusCode);
        Assert.AreEqual("not-signed-in", await ServiceScene.CodeOfAsync(over, 401, Token));
    }

    private async Task<JsonElement> RefusedAsync(HttpClient client, string path, string body)
    {
        using HttpResponseMessage response = await client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Token);
        string text = await response.Content.ReadAsStringAsync(Token);
        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
