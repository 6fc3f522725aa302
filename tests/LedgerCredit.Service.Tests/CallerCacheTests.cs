using System.Net;
using LedgerCredit.Node.Access;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Service.Tests;

/// <summary>Who a caller is may be remembered, but never for longer than it is so.</summary>
[TestClass]
public sealed class CallerCacheTests
{
    private const string Who = "/v1/me";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Key_RevokedByAnotherProcess_IsRefusedFromTheNextRequestOn()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient first = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);
        using HttpClient second = scene.WithKey(ServiceScene.Agency, AccessScopes.RecordsRead);
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(HttpStatusCode.OK, await AskAsync(first));
            Assert.AreEqual(HttpStatusCode.OK, await AskAsync(second));
        }

        using (Store other = scene.Workspace.Workspace.OpenStore(StoreAccess.Write))
        using (System.Security.Cryptography.RandomNumberGenerator random = System.Security.Cryptography.RandomNumberGenerator.Create())
        {
            Assert.IsNotNull(new ApiKeys(TimeProvider.System, random).Revoke(other, 1));
        }

        Assert.AreEqual(HttpStatusCode.Unauthorized, await AskAsync(first));
        Assert.AreEqual(HttpStatusCode.OK, await AskAsync(second));
        Assert.AreEqual(HttpStatusCode.Unauthorized, await AskAsync(first));
    }

    [TestMethod]
    public async Task Key_WhoseTimeEnds_IsRefusedThoughNothingWasWritten()
    {
        ManualTimeProvider clock = new(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));
        await using ServiceScene scene = await ServiceScene.StartAsync(Token, clock);
        string key;
        using (Store store = scene.Workspace.Workspace.OpenStore(StoreAccess.Write))
        using (System.Security.Cryptography.RandomNumberGenerator random = System.Security.Cryptography.RandomNumberGenerator.Create())
        {
            key = new ApiKeys(clock, random).Create(store, ServiceScene.Authority, "short", new HashSet<string> { AccessScopes.RecordsRead }, clock.GetUtcNow().AddSeconds(10));
        }

        using HttpClient client = scene.WithToken(key);
        Assert.AreEqual(HttpStatusCode.OK, await AskAsync(client));
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.AreEqual(HttpStatusCode.OK, await AskAsync(client));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.AreEqual(HttpStatusCode.Unauthorized, await AskAsync(client));
    }

    private async Task<HttpStatusCode> AskAsync(HttpClient client)
    {
        using HttpResponseMessage response = await client.GetAsync(Who, Token);
        return response.StatusCode;
    }
}
