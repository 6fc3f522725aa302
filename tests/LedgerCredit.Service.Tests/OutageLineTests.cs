using System.Text;
using System.Text.Json;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Tests;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LedgerCredit.Service.Tests;

/// <summary>A store that cannot be used now: callers are told to ask again, and the node's log has one line about it and not one for each request.</summary>
[TestClass]
public sealed class OutageLineTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Store_HeldByAnotherProcess_IsToldOfOnceAsAWarning()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        using (StoreFile other = new(scene.Workspace.Workspace.StorePath))
        {
            other.Execute("BEGIN IMMEDIATE");
            HttpResponseMessage[] refused = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => ServiceScene.PostRecordAsync(authority, ServiceScene.SanctionOf(i), Token)));
            foreach (HttpResponseMessage response in refused)
            {
                using (response)
                {
                    Assert.AreEqual("store-unavailable", await ServiceScene.CodeOfAsync(response, 503, Token));
                    Assert.IsGreaterThan(TimeSpan.Zero, response.Headers.RetryAfter!.Delta!.Value);
                }
            }

            other.Execute("ROLLBACK");
        }

        NodeNote line = scene.Notes.ToArray().Single(note => note.Kind == "http");
        Assert.AreEqual("warning", line.Facts.Single(fact => fact.Name == "level").Value is JsonString level ? level.Value : null);
        Assert.DoesNotContain("exception", line.Facts.Select(fact => fact.Name));
        (await ServiceScene.PostRecordAsync(authority, ServiceScene.SanctionOf(1), Token)).EnsureSuccessStatusCode().Dispose();
    }

    // Result codes of SQLite: full, failing, read-only, busy; the first again within the time, and after it.
    [TestMethod]
    public async Task Store_OneTroubleAfterAnother_EachIsToldOfOnceForItsTime()
    {
        List<NodeNote> notes = [];
        Clock clock = new();
        ServiceProvider services = new ServiceCollection().AddProblemDetails().AddLogging().BuildServiceProvider();
        await using (services)
        {
            using LoggerFactory loggers = new([new NoteLoggerProvider(notes.Add)]);
            int code = 13;
            Exception? other = null;
            ProblemMiddleware middleware = new(
                _ => throw other ?? new SqliteException("it does not work", code), services.GetRequiredService<IProblemDetailsService>(), clock, loggers.CreateLogger<ProblemMiddleware>());
            foreach ((int next, int after, int lines) in ((int, int, int)[])[(13, 0, 1), (13, 50, 1), (10, 0, 2), (8, 0, 3), (5, 0, 4), (13, 50, 4), (13, 61, 5), (10, 0, 6)])
            {
                code = next;
                clock.Now += TimeSpan.FromSeconds(after);
                Assert.AreEqual((503, "5", "store-unavailable"), await AskAsync(middleware, services));
                Assert.HasCount(lines, notes);
            }

            // Files beside the store are told of by themselves, and what one of them is missing for is no outage.
            other = new IOException("No space left on device");
            Assert.AreEqual((503, "5", "store-unavailable"), await AskAsync(middleware, services));
            other = new UnauthorizedAccessException("Access is denied");
            Assert.AreEqual((503, "5", "store-unavailable"), await AskAsync(middleware, services));
            Assert.HasCount(7, notes);
            other = null;

            Assert.IsTrue(notes.All(note => note.Facts.All(fact => fact.Name != "exception")));

            // Damage, and what this program did wrong, are no outages: each has its line with what happened.
            foreach ((int wrong, string problem) in ((int, string)[])[(11, "store-damaged"), (19, "internal"), (0, "internal")])
            {
                code = wrong;
                other = wrong == 0 ? new FileNotFoundException("There is no such file") : null;
                notes.Clear();
                Assert.AreEqual((500, "", problem), await AskAsync(middleware, services));
                Assert.AreEqual((500, "", problem), await AskAsync(middleware, services));
                Assert.HasCount(2, notes.Where(note => note.Facts.Any(fact => fact.Name == "exception")));
            }
        }
    }

    private static async Task<(int Status, string RetryAfter, string Code)> AskAsync(ProblemMiddleware middleware, IServiceProvider services)
    {
        using MemoryStream body = new();
        DefaultHttpContext context = new() { RequestServices = services };
        context.Response.Body = body;
        await middleware.InvokeAsync(context);
        JsonElement problem = JsonDocument.Parse(Encoding.UTF8.GetString(body.ToArray())).RootElement;
        return (context.Response.StatusCode, context.Response.Headers.RetryAfter.ToString(), problem.GetProperty("code").GetString()!);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
