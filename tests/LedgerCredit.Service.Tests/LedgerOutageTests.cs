using System.Net;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Tests;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Service.Tests;

/// <summary>What the service says when its ledger is gone, to callers and to whoever reads its lines; and when to ask again for what waits for it.</summary>
[TestClass]
public sealed class LedgerOutageTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Request_WhileTheLedgerIsGone_IsRefusedAndToldInOneLineAsAWarning()
    {
        TestLedger ledger = await TestLedger.StartAsync(Token);
        await using ServiceScene scene = await ServiceScene.StartAsync(ledger, Token);
        await WaitReadyAsync(scene);
        using Secp256k1Key account = scene.Workspace.Keys.OpenAccount(ServiceScene.Authority);
        using HttpClient client = await scene.SignInAsync(account, Purposes.Supervision, Token);
        await ledger.DisposeAsync();

        using HttpResponseMessage refused = await client.GetAsync($"/v1/repair/transactions/0x{new string('1', 64)}", Token);

        Assert.AreEqual("ledger-unavailable", await ServiceScene.CodeOfAsync(refused, 503, Token));
        NodeNote line = scene.Notes.ToArray().Single(note => note.Kind == "http");
        Assert.AreEqual("warning", line.Facts.Single(fact => fact.Name == "level").Value is JsonString level ? level.Value : null);
        Assert.DoesNotContain("exception", line.Facts.Select(fact => fact.Name));
        Assert.Contains("ledger could not be asked", line.Text);
    }

    // A devnet that was begun anew under a running node: it answers, under the same chain id, and knows nothing.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Request_AfterTheLedgerWasReset_IsAnsweredFromTheStoreOrAsWhereItDoesNotAnswer()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(Token);
        await using ServiceScene scene = await ServiceScene.StartAsync(ledger, Token);
        await WaitReadyAsync(scene);
        using Secp256k1Key account = scene.Workspace.Keys.OpenAccount(ServiceScene.Authority);
        using HttpClient client = await scene.SignInAsync(account, Purposes.Supervision, Token);
        using HttpClient writer = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        string evidence;
        using (HttpResponseMessage posted = await ServiceScene.PostRecordAsync(writer, ServiceScene.SanctionOf(1), Token))
        {
            evidence = posted.Headers.Location!.OriginalString + "/evidence";
        }

        while (await StatusOfAsync(client, evidence + "?status=true") != HttpStatusCode.OK)
        {
        }

        await ledger.AnvilAsync("anvil_reset", [], Token);

        foreach (string path in (string[])[evidence + "?status=true", $"/v1/repair/transactions/0x{new string('1', 64)}"])
        {
            using HttpResponseMessage refused = await client.GetAsync(path, Token);
            Assert.AreEqual("ledger-unavailable", await ServiceScene.CodeOfAsync(refused, 503, Token));
            Assert.IsNotNull(refused.Headers.RetryAfter);
        }

        foreach (string path in (string[])["/v1/ledger", $"/v1/ledger/anchors/{ServiceScene.Authority}", evidence])
        {
            Assert.AreEqual(HttpStatusCode.OK, await StatusOfAsync(client, path), path);
        }

        NodeNote line = scene.Notes.ToArray().Single(note => note.Kind == "http");
        Assert.AreEqual("warning", line.Facts.Single(fact => fact.Name == "level").Value is JsonString level ? level.Value : null);
        Assert.Contains("It was reset", line.Text);
    }

    // The scene anchors every second, and a service without a ledger would every minute.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Evidence_NotAnchoredYet_IsToBeAskedForAfterHalfTheIntervalOfAnchors()
    {
        TestLedger ledger = await TestLedger.StartAsync(Token);
        await using ServiceScene anchoring = await ServiceScene.StartAsync(ledger, Token);
        await using ServiceScene alone = await ServiceScene.StartAsync(Token);
        await WaitReadyAsync(anchoring);
        await ledger.DisposeAsync();

        Assert.AreEqual(TimeSpan.FromSeconds(1), await RetryAfterAsync(anchoring));
        Assert.AreEqual(TimeSpan.FromSeconds(30), await RetryAfterAsync(alone));
    }

    private async Task<TimeSpan?> RetryAfterAsync(ServiceScene scene)
    {
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        using HttpResponseMessage posted = await ServiceScene.PostRecordAsync(client, ServiceScene.SanctionOf(1), Token);
        using HttpResponseMessage evidence = await client.GetAsync(posted.Headers.Location!.OriginalString + "/evidence", Token);
        Assert.AreEqual(HttpStatusCode.Accepted, evidence.StatusCode);
        int seconds = (await ServiceScene.ReadAsync(evidence, Token)).GetProperty("retryAfterSeconds").GetInt32();
        Assert.AreEqual(TimeSpan.FromSeconds(seconds), evidence.Headers.RetryAfter?.Delta);
        return evidence.Headers.RetryAfter?.Delta;
    }

    private async Task<HttpStatusCode> StatusOfAsync(HttpClient client, string path)
    {
        using HttpResponseMessage response = await client.GetAsync(path, Token);
        return response.StatusCode;
    }

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
}
