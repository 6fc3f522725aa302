using System.Net.Http.Json;
using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Tests;

/// <summary>What is not there and what may not be seen are answered at the same time, by a clock that the test moves: not a matter of luck.</summary>
[TestClass]
public sealed class AnswerPaceTests
{
    private const string Hidden = "x-test:subject-1";
    private const string Nobody = "x-test:nobody";
    private const string Material = "0123456789abcdef0123456789abcdef";

    // The same to every caller: what is public, what is the caller's own, and what says nothing of subjects.
    private static readonly string[] Unpaced =
    [
        "getLive", "getReady", "getCheckpoint", "getTile", "createChallenge", "signIn", "signOut", "getCaller", "postRecords", "verifyEvidence", "getTrustPolicy",
        "getLedger", "getAnchors", "createApiKey", "listApiKeys", "revokeApiKey", "startAudit", "listAudits", "getAudit", "cancelAudit",
    ];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    // However long it took: 1 ms, or more than one step.
    [TestMethod]
    [DataRow(1, 49)]
    [DataRow(49, 1)]
    [DataRow(50, 50)]
    [DataRow(170, 30)]
    public async Task Answers_OfWhatIsHiddenAndWhatIsNotThere_LeaveAtTheSameStepsAndAlike(int work, int expected)
    {
        SteppedTimeProvider clock = new(TimeSpan.FromMilliseconds(work));
        await using ServiceScene scene = await ServiceScene.StartAsync(Token, clock);
        string leafHash = await EnterHiddenAsync(scene);
        using HttpClient agency = scene.WithKey(ServiceScene.Agency, AccessScopes.RecordsRead, AccessScopes.RepairWrite);
        ulong reads = CountReads(scene);
        HashSet<string> tried = [];

        foreach ((string operation, Func<HttpRequestMessage> hidden, Func<HttpRequestMessage> missing) in Questions(leafHash))
        {
            tried.Add(operation);
            string first = await AskAsync(agency, clock, hidden(), expected);
            string second = await AskAsync(agency, clock, missing(), expected);
            Assert.AreEqual(second, first, operation);
        }

        Assert.IsEmpty((await OperationsAsync(scene)).Except(tried).Except(Unpaced));

        // Nothing was read, and so nothing was written down: neither line tells that somebody asked.
        Assert.AreEqual(reads, CountReads(scene));
    }

    // Its caller learns that it is there anyway, and may read many of them.
    [TestMethod]
    public async Task Answer_OfARecordThatIsShown_LeavesAtOnce()
    {
        SteppedTimeProvider clock = new(TimeSpan.FromMilliseconds(1));
        await using ServiceScene scene = await ServiceScene.StartAsync(Token, clock);
        await EnterHiddenAsync(scene);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);

        using HttpResponseMessage record = await authority.GetAsync($"/v1/records/{ServiceScene.Authority}/0", Token);
        using HttpResponseMessage evidence = await authority.GetAsync($"/v1/records/{ServiceScene.Authority}/0/evidence", Token);

        Assert.AreEqual((200, 202), ((int)record.StatusCode, (int)evidence.StatusCode));
        Assert.IsFalse(clock.Waits.TryRead(out _));
    }

    private static IEnumerable<(string Operation, Func<HttpRequestMessage> Hidden, Func<HttpRequestMessage> Missing)> Questions(string leafHash)
    {
        string none = Bytes32.FromUInt64(7).ToString();
        yield return ("getRecord", Get($"/v1/records/{ServiceScene.Authority}/0"), Get($"/v1/records/{ServiceScene.Authority}/9"));
        yield return ("getRecord", Get($"/v1/records/{ServiceScene.Authority}/0"), Get("/v1/records/nobody/0"));
        yield return ("getEvidence", Get($"/v1/records/{ServiceScene.Authority}/0/evidence"), Get($"/v1/records/{ServiceScene.Authority}/9/evidence"));
        yield return ("searchRecords", Post("/v1/records/search", new { subject = Hidden }), Post("/v1/records/search", new { subject = Nobody }));
        yield return ("searchRecords", Post("/v1/records/search", ById("S-1")), Post("/v1/records/search", ById("S-9")));
        yield return ("getSubjectReport", Post("/v1/subjects/report", new { subject = Hidden }), Post("/v1/subjects/report", new { subject = Nobody }));
        yield return ("getRatingHistory", Post("/v1/ratings/history", new { subject = Hidden }), Post("/v1/ratings/history", new { subject = Nobody }));
        yield return ("getRepairPlan", Get($"/v1/repair/plans/{ServiceScene.Authority}/0"), Get($"/v1/repair/plans/{ServiceScene.Authority}/9"));
        yield return ("getRepairCase", Get("/v1/repair/cases/1"), Get("/v1/repair/cases/9"));
        yield return ("searchRepairCases", Post("/v1/repair/cases/search", new { subject = Hidden }), Post("/v1/repair/cases/search", new { subject = Nobody }));
        yield return ("getOverdueRepairSteps", Get("/v1/repair/overdue"), Get("/v1/repair/overdue"));
        yield return ("prepareRepairTransaction", Post("/v1/repair/transactions", new { step = "accept", @case = 1 }), Post("/v1/repair/transactions", new { step = "accept", @case = 9 }));
        yield return ("sendRepairTransaction", Post("/v1/repair/transactions/send", new { transaction = "0x" }), Post("/v1/repair/transactions/send", new { transaction = "0x" }));
        yield return ("getRepairTransaction", Get($"/v1/repair/transactions/{leafHash}"), Get($"/v1/repair/transactions/{none}"));
        yield return ("listMaterials", Get($"/v1/repair/materials?sanction={leafHash}"), Get($"/v1/repair/materials?sanction={none}"));
        yield return ("getMaterial", Get($"/v1/repair/materials/{Material}"), Get($"/v1/repair/materials/{new string('0', 32)}"));
        yield return ("uploadMaterial", Upload(leafHash), Upload(none));
        yield return ("deleteMaterial", Delete($"/v1/repair/materials/{Material}"), Delete($"/v1/repair/materials/{new string('0', 32)}"));
        yield return ("searchAccessLog", Post("/v1/access-log/search", new { subject = Hidden }), Post("/v1/access-log/search", new { subject = Nobody }));
        yield return ("searchGrants", Post("/v1/grants/search", new { subject = Hidden }), Post("/v1/grants/search", new { subject = Nobody }));
        yield return ("giveGrant", Post("/v1/grants", Grant(Hidden)), Post("/v1/grants", Grant(Nobody)));
        yield return ("withdrawGrant", Delete("/v1/grants/1"), Delete("/v1/grants/9"));
    }

    // A minor sanction, which is not published; a read of it, a grant and a material of its subject.
    private async Task<string> EnterHiddenAsync(ServiceScene scene)
    {
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        string minor = ServiceScene.SanctionOf(1).Replace("\"general\"", "\"minor\"", StringComparison.Ordinal);
        using HttpResponseMessage posted = await ServiceScene.PostRecordAsync(authority, minor, Token);
        string leafHash = (await ServiceScene.ReadAsync(posted, Token)).GetProperty("leafHash").GetString()!;
        Assert.IsTrue(Bytes32.TryParseHex(leafHash, out Bytes32 leaf));
        using Store store = scene.Workspace.Workspace.OpenStore(StoreAccess.Write);
        store.AccessGrants.Add(Hidden, ServiceScene.Authority, Purposes.Supervision, "0x" + new string('1', 40), 1, 2);
        store.Materials.Add(new StoredMaterial(
            Material, leaf, Hidden, Bytes32.FromUInt64(1), "somebody", 6, "application/pdf", 10, Bytes32.FromUInt64(2), Bytes32.FromUInt64(3), 1, new byte[60]));
        return leafHash;
    }

    private async Task<string> AskAsync(HttpClient client, SteppedTimeProvider clock, HttpRequestMessage request, int expected)
    {
        using HttpRequestMessage asked = request;
        Task<HttpResponseMessage> answer = client.SendAsync(asked, Token);
        SteppedTimeProvider.Wait wait = await clock.Waits.ReadAsync(Token);

        // All is done that is done for it, and nothing has left. Less than a millisecond comes by chance.
        Assert.AreEqual(expected, Math.Floor(wait.Time.TotalMilliseconds), asked.RequestUri!.OriginalString);
        Assert.IsFalse(answer.IsCompleted, asked.RequestUri.OriginalString);
        wait.End();
        using HttpResponseMessage response = await answer;
        string text = await response.Content.ReadAsStringAsync(Token);
        int trace = text.IndexOf("\"traceId\"", StringComparison.Ordinal);
        string told = (trace < 0 ? text : text[..trace]).Replace(Hidden, "", StringComparison.Ordinal).Replace(Nobody, "", StringComparison.Ordinal);
        return $"{(int)response.StatusCode} {told} {string.Join(',', response.Headers.Select(header => header.Key).Order(StringComparer.Ordinal))}";
    }

    private async Task<IReadOnlyList<string>> OperationsAsync(ServiceScene scene)
    {
        using HttpResponseMessage response = await scene.Http.GetAsync("/openapi/v1.json", Token);
        return
        [
            .. (await ServiceScene.ReadAsync(response, Token)).GetProperty("paths").EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject().Select(operation => operation.Value.GetProperty("operationId").GetString()!)),
        ];
    }

    private static ulong CountReads(ServiceScene scene)
    {
        using Store store = scene.Workspace.Workspace.OpenStore(StoreAccess.Read);
        return store.Entries.Count(store.Logs.Find(AccessLog.Member)!.Number);
    }

    private static object ById(string id) => new { issuer = ServiceScene.Authority, kind = RecordKind.Sanction.ToName(), id };

    private static object Grant(string subject) => new { subject, consumer = ServiceScene.Agency, purpose = Purposes.Supervision, expiresAt = "2030-01-01T00:00:00Z" };

    private static Func<HttpRequestMessage> Get(string path) => () => new HttpRequestMessage(HttpMethod.Get, path);

    private static Func<HttpRequestMessage> Delete(string path) => () => new HttpRequestMessage(HttpMethod.Delete, path);

    private static Func<HttpRequestMessage> Post(string path, object body) => () => new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };

    private static Func<HttpRequestMessage> Upload(string sanction) => () => new HttpRequestMessage(HttpMethod.Post, $"/v1/repair/materials?sanction={sanction}&code=D06")
    {
        Content = new StringContent("%PDF-", Encoding.ASCII, "application/pdf"),
    };
}
