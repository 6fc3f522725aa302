using System.Net;
using System.Text.Json;
using LedgerCredit.Node.Access;

namespace LedgerCredit.Service.Tests;

/// <summary>HEAD is answered as GET is, without a body (RFC 9110 section 9.3.2): for the same callers, and logged like it.</summary>
[TestClass]
public sealed class HeadRequestTests
{
    private const string First = $"/v1/records/{ServiceScene.Authority}/0";

    // The time, and how the body is framed, which shows only when one is sent.
    private static readonly string[] Varying = ["Date", "Transfer-Encoding", "Content-Length"];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("/healthz/live", 200)]
    [DataRow("/healthz/ready", 503)]
    [DataRow($"/log/{ServiceScene.Authority}/checkpoint", 200)]
    [DataRow($"/log/{ServiceScene.Authority}/tile/0/000.p/1", 200)]
    [DataRow("/log/nobody/checkpoint", 404)]
    [DataRow("/openapi/v1.json", 200)]
    [DataRow("/v1/me", 200)]
    [DataRow(First, 200)]
    [DataRow(First + "/evidence", 202)]
    [DataRow("/v1/api-keys", 401)]
    [DataRow("/v1/audits/1", 401)]
    [DataRow("/v1/nothing", 404)]
    public async Task Head_WhereGetIs_HasItsStatusAndHeadersAndNoBody(string path, int status)
    {
        await using ServiceScene scene = await FillAsync();

        using HttpResponseMessage get = await scene.Http.GetAsync(path, Token);
        using HttpRequestMessage request = new(HttpMethod.Head, path);
        using HttpResponseMessage head = await scene.Http.SendAsync(request, Token);

        Assert.AreEqual(status, (int)get.StatusCode);
        Assert.AreEqual(get.StatusCode, head.StatusCode);
        Assert.IsEmpty(await head.Content.ReadAsByteArrayAsync(Token));
        Assert.AreSequenceEqual(HeadersOf(get), HeadersOf(head));
    }

    [TestMethod]
    public async Task Head_OfARecord_IsLoggedAsARead()
    {
        await using ServiceScene scene = await FillAsync();
        using HttpClient reader = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);

        using HttpRequestMessage request = new(HttpMethod.Head, First);
        using HttpResponseMessage head = await reader.SendAsync(request, Token);

        Assert.AreEqual(HttpStatusCode.OK, head.StatusCode);
        JsonElement log = await ServiceScene.PostAsync(reader, "/v1/access-log/search", new { subject = "x-test:subject-1" }, Token);
        Assert.AreEqual("read", log.GetProperty("lines").EnumerateArray().Single().GetProperty("action").GetString());
    }

    [TestMethod]
    public async Task Head_WhereGetIsNot_IsRefusedAndNotDone()
    {
        await using ServiceScene scene = await FillAsync();
        using HttpClient auditor = scene.WithKey(ServiceScene.Authority, AccessScopes.Audit);

        using HttpRequestMessage request = new(HttpMethod.Head, "/v1/records/search");
        using HttpResponseMessage head = await auditor.SendAsync(request, Token);
        using HttpResponseMessage audit = await auditor.GetAsync("/v1/audits/1", Token);
        using HttpResponseMessage allowed = await auditor.DeleteAsync("/v1/ledger", Token);

        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, head.StatusCode);
        Assert.AreSequenceEqual(["POST"], head.Content.Headers.Allow);
        Assert.AreEqual(HttpStatusCode.NotFound, audit.StatusCode);
        Assert.AreSequenceEqual(["GET", "HEAD"], allowed.Content.Headers.Allow.Order());
    }

    private static string[] HeadersOf(HttpResponseMessage response) =>
    [
        .. response.Headers.Concat(response.Content.Headers)
            .Where(header => !Varying.Contains(header.Key))
            .Select(header => $"{header.Key}: {string.Join(',', header.Value)}")
            .Order(StringComparer.Ordinal),
    ];

    private async Task<ServiceScene> FillAsync()
    {
        ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        (await ServiceScene.PostRecordAsync(authority, ServiceScene.SanctionOf(1), Token)).EnsureSuccessStatusCode().Dispose();
        return scene;
    }
}
