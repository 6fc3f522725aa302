using System.Net;
using System.Text;
using System.Text.Json;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.Access;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Tests;

/// <summary>Lists of what is recorded about a subject come in pages that tell nothing of what they do not show.</summary>
[TestClass]
public sealed class SubjectPageTests
{
    private const string Subject = "x-test:many";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Pages_OfReportHistoryAndSearch_GiveEachRecordOnceAndLogWhatTheyShow()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        await WriteAsync(scene, ServiceScene.Authority, [.. Enumerable.Range(0, 25).Select(i => SanctionOf(i, "general"))]);
        await WriteAsync(scene, ServiceScene.Agency, [.. Enumerable.Range(0, 33).Select(i => RatingOf(i))]);
        LedgerCreditClient client = new(scene.Http);
        List<RecordView> report = [];
        List<RecordView> history = [];
        List<RecordView> search = [];

        foreach (int limit in (int[])[1, 7, 100])
        {
            report.Clear();
            history.Clear();
            search.Clear();
            long before = CountLog(scene);
            int shown = 0;
            for (string? cursor = ""; cursor is not null;)
            {
                SubjectReport page = await client.GetSubjectReportAsync(new SubjectRequest(Subject, cursor.Length == 0 ? null : cursor, limit), Token);
                RecordView[] records = [.. page.Sanctions, .. page.Repairs, .. page.Ratings];
                Assert.IsLessThanOrEqualTo(limit, records.Length);
                shown += records.Length;
                Assert.AreEqual(before + shown, CountLog(scene));
                report.AddRange(records);
                cursor = page.Next;
            }

            for (string? cursor = ""; cursor is not null;)
            {
                RatingHistory page = await client.GetRatingHistoryAsync(new SubjectRequest(Subject, cursor.Length == 0 ? null : cursor, limit), Token);
                Assert.IsLessThanOrEqualTo(limit, page.Ratings.Count);
                history.AddRange(page.Ratings);
                cursor = page.Next;
            }

            for (string? cursor = ""; cursor is not null;)
            {
                RecordPage page = await client.SearchRecordsAsync(new RecordSearch(Subject: Subject, Cursor: cursor.Length == 0 ? null : cursor, Limit: limit), Token);
                Assert.IsLessThanOrEqualTo(limit, page.Records.Count);
                search.AddRange(page.Records);
                cursor = page.Next;
            }

            string[] all = [.. Enumerable.Range(0, 25).Select(i => $"{ServiceScene.Authority}/{i}"), .. Enumerable.Range(0, 33).Select(i => $"{ServiceScene.Agency}/{i}")];
            Assert.AreSequenceEqual(all, search.Select(PlaceOf));
            Assert.AreSequenceEqual(all.Order(), report.Select(PlaceOf).Order());
            Assert.AreSequenceEqual(all[25..].Order(), history.Select(PlaceOf).Order());
            Assert.AreEqual(before + 58 + 33 + 58, CountLog(scene));
        }

        // Within a page, by what the lists are for.
        Assert.AreSequenceEqual(history.Select(DateOf).Order(StringComparer.Ordinal), history.Select(DateOf));
        Assert.AreSequenceEqual(
            report.Where(record => record.Kind == "rating").Select(IssuedAt).Order(StringComparer.Ordinal), report.Where(record => record.Kind == "rating").Select(IssuedAt));
    }

    [TestMethod]
    public async Task Next_WhereTheRestIsHidden_IsNotThere()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        await WriteAsync(scene, ServiceScene.Authority, [SanctionOf(0, "general"), .. Enumerable.Range(1, 40).Select(i => SanctionOf(i, "minor"))]);
        LedgerCreditClient anybody = new(scene.Http);

        // As with a subject of one record.
        RecordPage page = await anybody.SearchRecordsAsync(new RecordSearch(Subject: Subject, Limit: 1), Token);
        SubjectReport report = await anybody.GetSubjectReportAsync(new SubjectRequest(Subject, Limit: 1), Token);

        Assert.AreEqual($"{ServiceScene.Authority}/0", PlaceOf(page.Records.Single()));
        Assert.IsNull(page.Next);
        Assert.HasCount(1, report.Sanctions);
        Assert.IsNull(report.Next);
    }

    [TestMethod]
    public async Task Pages_WhereVeryManyAreHidden_AreShortAndLeadOnWithoutTellingWhere()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        await WriteAsync(scene, ServiceScene.Authority, [.. Enumerable.Range(0, 700).Select(i => SanctionOf(i, "minor")), SanctionOf(700, "general")]);
        LedgerCreditClient anybody = new(scene.Http);

        SubjectReport first = await anybody.GetSubjectReportAsync(new SubjectRequest(Subject), Token);
        SubjectReport again = await anybody.GetSubjectReportAsync(new SubjectRequest(Subject), Token);
        SubjectReport second = await anybody.GetSubjectReportAsync(new SubjectRequest(Subject, first.Next), Token);

        Assert.IsEmpty(first.Sanctions);
        Assert.AreEqual(first.Next, again.Next);
        Assert.AreEqual($"{ServiceScene.Authority}/700", PlaceOf(second.Sanctions.Single()));
        Assert.IsNull(second.Next);
        Assert.IsFalse(first.Next!.Contains("499", StringComparison.Ordinal) || first.Next.Contains("500", StringComparison.Ordinal));

        // Good for this subject, and as it was given.
        string altered = (first.Next[0] == 'A' ? 'B' : 'A') + first.Next[1..];
        foreach ((string subject, string cursor) in ((string, string)[])[("x-test:other", first.Next), (Subject, altered), (Subject, "500"), (Subject, ""), (Subject, first.Next + "A")])
        {
            foreach (string path in (string[])["/v1/subjects/report", "/v1/ratings/history", "/v1/records/search"])
            {
                using HttpResponseMessage refused = await scene.Http.PostAsync(path, new StringContent(JsonSerializer.Serialize(new { subject, cursor }), Encoding.UTF8, "application/json"), Token);
                Assert.AreEqual("invalid-cursor", await ServiceScene.CodeOfAsync(refused, 400, Token), cursor);
            }
        }
    }

    [TestMethod]
    public async Task Get_SupersededRecord_IsNotPublishedAlsoWhereTheCorrectionIsAboutAnother()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        await WriteAsync(
            scene,
            ServiceScene.Agency,
            [RatingOf(0), RatingOf(1), RatingOf(2, supersedes: "R-0"), RatingOf(3, supersedes: "R-1").Replace(Subject, "x-test:whom-it-is-about", StringComparison.Ordinal), RatingOf(4)]);
        using HttpClient agency = scene.WithKey(ServiceScene.Agency, AccessScopes.RecordsRead);

        List<bool> isShown = [];
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage own = await agency.GetAsync($"/v1/records/{ServiceScene.Agency}/{i}", Token);
            using HttpResponseMessage anybody = await scene.Http.GetAsync($"/v1/records/{ServiceScene.Agency}/{i}", Token);
            Assert.AreEqual(HttpStatusCode.OK, own.StatusCode);
            isShown.Add(anybody.StatusCode == HttpStatusCode.OK);
        }

        Assert.AreSequenceEqual([false, false, true, true, true], isShown);
        RecordPage page = await new LedgerCreditClient(scene.Http).SearchRecordsAsync(new RecordSearch(Subject: Subject), Token);
        Assert.AreSequenceEqual([2L, 4L], page.Records.Select(record => record.LeafIndex));
    }

    [TestMethod]
    public async Task Grants_InPages_AreEachThereOnce()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using (Store store = scene.Workspace.Workspace.OpenStore(StoreAccess.Write))
        {
            for (int i = 0; i < 7; i++)
            {
                store.AccessGrants.Add(i % 2 == 0 ? Subject : "x-test:other", i == 3 ? "bank" : ServiceScene.Agency, Purposes.CreditReview, "0x01", 10, 20);
            }
        }

        LedgerCreditClient client = new(scene.Http, new LedgerCreditClientOptions { Token = scene.MakeKey(ServiceScene.Agency, AccessScopes.RecordsRead) });

        Assert.AreSequenceEqual([1L, 2L, 3L, 5L, 6L, 7L], await ListAsync(null, 2));
        Assert.AreSequenceEqual([1L, 3L, 5L, 7L], await ListAsync(Subject, 2));
        Assert.AreSequenceEqual([2L, 6L], await ListAsync("x-test:other", 2));
        Assert.AreSequenceEqual([2L, 6L], await ListAsync("x-test:other", null));
        LedgerCreditException wrong = await Assert.ThrowsExactlyAsync<LedgerCreditException>(() => client.SearchGrantsAsync(new SubjectQuery(Subject, Cursor: "x"), Token));
        LedgerCreditException tooMany = await Assert.ThrowsExactlyAsync<LedgerCreditException>(() => client.SearchGrantsAsync(new SubjectQuery(Subject, Limit: 101), Token));
        Assert.AreEqual(("invalid-cursor", "malformed-request"), (wrong.Code, tooMany.Code));

        async Task<List<long>> ListAsync(string? subject, int? limit)
        {
            List<long> found = [];
            string? cursor = null;
            do
            {
                GrantPage page = await client.SearchGrantsAsync(new SubjectQuery(subject, cursor, limit), Token);
                Assert.IsTrue(page.Grants.Count > 0 && page.Grants.Count <= (limit ?? 100));
                found.AddRange(page.Grants.Select(grant => grant.Number));
                cursor = page.Next;
            }
            while (cursor is not null);
            return found;
        }
    }

    private async Task WriteAsync(ServiceScene scene, string member, IReadOnlyList<string> records)
    {
        using HttpClient writer = scene.WithKey(member, AccessScopes.RecordsWrite);
        using HttpResponseMessage response = await writer.PostAsync(
            "/v1/records", new StringContent(string.Concat(records.Select(record => record + "\n")), Encoding.UTF8, "application/x-ndjson"), Token);
        string answers = await response.Content.ReadAsStringAsync(Token);
        Assert.AreEqual(records.Count, answers.Split('\n').Count(line => line.Contains("\"receipt\":", StringComparison.Ordinal)), answers);
    }

    private static long CountLog(ServiceScene scene)
    {
        using Store store = scene.Workspace.Workspace.OpenStore(StoreAccess.Read);
        return checked((long)store.Entries.Count(store.Logs.Find(AccessLog.Member)!.Number));
    }

    private static string SanctionOf(int number, string grade) => $$"""
        {"kind":"sanction","id":"S-{{number}}","issuer":"{{ServiceScene.Authority}}","subject":"{{Subject}}","issuedAt":"2026-03-{{1 + (number % 28):00}}T00:00:00Z","claims":{"authorityName":"A","grade":"{{grade}}","decisionNo":"S-{{number}}","violation":"V","basis":"B","penalties":["fine"],"decidedOn":"2026-02-03","rulePack":"cn-ndrc-36-2025"} }
        """;

    private static string RatingOf(int number, string? supersedes = null) => $$"""
        {"kind":"rating","id":"R-{{number}}","issuer":"{{ServiceScene.Agency}}","subject":"{{Subject}}","issuedAt":"2026-03-{{28 - (number % 28):00}}T00:00:00Z"{{(supersedes is null ? "" : $",\"supersedes\":\"{supersedes}\"")}},"claims":{"agency":"A","scale":"s","symbol":"AA","action":"affirm","actedOn":"2026-02-{{1 + (number * 5 % 28):00}}"} }
        """;

    private static string PlaceOf(RecordView view) => $"{view.Issuer}/{view.LeafIndex}";

    private static string DateOf(RecordView view) => view.Members["claims.actedOn"]!.GetValue<string>();

    private static string IssuedAt(RecordView view) => view.Members["issuedAt"]!.GetValue<string>();
}
