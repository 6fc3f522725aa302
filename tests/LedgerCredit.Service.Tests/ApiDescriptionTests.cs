using System.Net;
using System.Text.Json;
using LedgerCredit.Node.Access;
using LedgerCredit.Testing;

namespace LedgerCredit.Service.Tests;

/// <summary>The description of the API is what developers build against: it changes only on purpose, and each address in it asks who calls.</summary>
[TestClass]
public sealed class ApiDescriptionTests
{
    private const string Golden = "openapi.json";
    private const string UpdateVariable = "LEDGERCREDIT_UPDATE_GOLDEN";

    // The addresses that answer to anybody; all others want a sign-in. What they show depends on the caller.
    private static readonly HashSet<string> Open =
    [
        "getLive", "getReady", "getCheckpoint", "getTile", "createChallenge", "signIn", "getCaller", "getRecord", "getEvidence", "searchRecords",
        "getSubjectReport", "getRatingHistory", "verifyEvidence", "getTrustPolicy", "getLedger", "getAnchors",
    ];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task OpenApi_OfTheService_IsThatOfTheGoldenFile()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        string path = RepositoryFiles.Path("tests", "LedgerCredit.Service.Tests", "golden", Golden);
        string actual = (await scene.Http.GetStringAsync("/openapi/v1.json", Token)).ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable(UpdateVariable) is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, actual, Token);
        }

        Assert.AreEqual(await File.ReadAllTextAsync(path, Token), actual, $"The API's description changed. Where that is meant, run the tests with {UpdateVariable}=1 and look at the difference.");
    }

    [TestMethod]
    public async Task OpenApi_EachOperation_HasNameSummaryTagAndAnswers()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);

        HashSet<string> names = [];
        foreach ((string _, string _, JsonElement operation) in await OperationsAsync(scene))
        {
            string name = operation.GetProperty("operationId").GetString()!;
            Assert.IsTrue(names.Add(name), name);
            Assert.IsGreaterThan(10, operation.GetProperty("summary").GetString()!.Length, name);
            Assert.AreEqual(1, operation.GetProperty("tags").GetArrayLength(), name);
            Assert.IsNotEmpty(operation.GetProperty("responses").EnumerateObject(), name);
            Assert.IsTrue(operation.TryGetProperty("security", out _), name);
            if (operation.TryGetProperty("parameters", out JsonElement parameters))
            {
                Assert.IsTrue(parameters.EnumerateArray().All(parameter => parameter.TryGetProperty("description", out _)), name);
            }
        }

        Assert.IsEmpty(Open.Except(names));
    }

    // Every address × nobody, a forged token, a forged key, and a key without scopes for it: none of them gets further than it may.
    [TestMethod]
    public async Task EachAddress_WithoutSignInOrWithAForgedOne_IsClosedUnlessItIsOpen()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient forgedToken = scene.WithToken("lct_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        using HttpClient forgedKey = scene.WithToken("lcr_1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        foreach ((string method, string path, JsonElement operation) in await OperationsAsync(scene))
        {
            string name = operation.GetProperty("operationId").GetString()!;
            HttpStatusCode nobody = await StatusAsync(scene.Http, method, path);
            if (Open.Contains(name))
            {
                Assert.AreNotEqual(HttpStatusCode.Unauthorized, nobody, name);
            }
            else
            {
                Assert.AreEqual(HttpStatusCode.Unauthorized, nobody, name);
            }

            if (path.StartsWith("/v1", StringComparison.Ordinal))
            {
                Assert.AreEqual(HttpStatusCode.Unauthorized, await StatusAsync(forgedToken, method, path), name);
                Assert.AreEqual(HttpStatusCode.Unauthorized, await StatusAsync(forgedKey, method, path), name);
            }
        }
    }

    [TestMethod]
    [DataRow(AccessScopes.RecordsRead, "postRecords startAudit listAudits getAudit cancelAudit uploadMaterial deleteMaterial listApiKeys revokeApiKey signOut")]
    [DataRow(AccessScopes.RecordsWrite, "startAudit listAudits getAudit cancelAudit giveGrant searchGrants withdrawGrant searchAccessLog uploadMaterial listMaterials getMaterial deleteMaterial listApiKeys revokeApiKey signOut")]
    [DataRow(AccessScopes.Audit, "postRecords giveGrant searchGrants withdrawGrant searchAccessLog uploadMaterial listMaterials getMaterial deleteMaterial listApiKeys revokeApiKey signOut")]
    [DataRow(AccessScopes.RepairWrite, "postRecords startAudit listAudits getAudit cancelAudit giveGrant searchGrants withdrawGrant searchAccessLog listMaterials getMaterial listApiKeys revokeApiKey signOut")]
    public async Task EachScope_AtAddressesOfOthers_IsForbidden(string scope, string forbidden)
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, scope);
        HashSet<string> expected = [.. forbidden.Split(' ')];

        foreach ((string method, string path, JsonElement operation) in await OperationsAsync(scene))
        {
            string name = operation.GetProperty("operationId").GetString()!;
            if (expected.Contains(name))
            {
                Assert.AreEqual(HttpStatusCode.Forbidden, await StatusAsync(client, method, path), name);
            }
        }
    }

    private async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string path)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path.Replace("{issuer}", "nobody", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal));
        if (request.Method == HttpMethod.Post)
        {
            request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await client.SendAsync(request, Token);
        return response.StatusCode;
    }

    private async Task<IReadOnlyList<(string Method, string Path, JsonElement Operation)>> OperationsAsync(ServiceScene scene)
    {
        using HttpResponseMessage response = await scene.Http.GetAsync("/openapi/v1.json", Token);
        JsonElement document = await ServiceScene.ReadAsync(response, Token);
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString()!);
        return
        [
            .. document.GetProperty("paths").EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject().Select(operation => (operation.Name.ToUpperInvariant(), path.Name, operation.Value))),
        ];
    }
}
