using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Tests;

namespace LedgerCredit.Service.Tests.Repair;

/// <summary>Each address of the API × each role, with requests that are as they should be: who gets what, as one table. Each answer is compared with its description.</summary>
/// <remarks>
/// Two sanctions of one company are published; the second has a claim of the authorised class and one of the confidential. There is a case of
/// repair of the first, to which a reviewer who is none of the columns has objected, and the company gave one grant. A cell is the status, and behind a slash how much is shown: of a record the members that
/// are withheld, of an evidence file those that are disclosed, of a list its lines.
/// </remarks>
[TestClass]
public sealed class EndpointRoleTests
{
    private const string Nobody = "nobody";

    // A key of the authority that may read.
    private const string Program = "program";
    private const string Sanction = $"/v1/records/{RepairParties.Authority}/0";
    private const string Detailed = $"/v1/records/{RepairParties.Authority}/1";

    private static readonly (string Heading, string Party)[] Parties =
    [
        (Nobody, Nobody), ("authority", RepairParties.Authority), ("subject", RepairParties.Applicant), ("enterprise", RepairParties.Stranger),
        ("grantee", RepairParties.Consumer), ("agency", RepairParties.Agency), ("reviewer", RepairParties.ReviewerA), ("arbiter", RepairParties.Arbiter),
        ("auditor", RepairParties.Auditor), ("operator", RepairParties.Operator), (Program, Program),
    ];

    private const string Expected = """
                                  nobody      authority   subject     enterprise  grantee     agency      reviewer    arbiter     auditor     operator    program
        getCaller                 200         200         200         200         200         200         200         200         200         200         200
        getRecord                 200/3       200/0       200/0       200/0       200/0       200/0       200/0       200/0       200/0       200/0       200/0
        getRecord                 200/5       200/0       200/0       200/2       200/1       200/2       200/2       200/2       200/0       200/2       200/0
        getEvidence               200/9       200/12      200/12      200/12      200/12      200/12      200/12      200/12      200/12      200/12      200/12
        searchRecords             200/5       200/5       200/5       200/5       200/5       200/5       200/5       200/5       200/5       200/5       200/5
        getSubjectReport          200/2       200/2       200/2       200/2       200/2       200/2       200/2       200/2       200/2       200/2       200/2
        getRatingHistory          200/0       200/0       200/0       200/0       200/0       200/0       200/0       200/0       200/0       200/0       200/0
        verifyEvidence            200/valid   200/valid   200/valid   200/valid   200/valid   200/valid   200/valid   200/valid   200/valid   200/valid   200/valid
        getTrustPolicy            200         200         200         200         200         200         200         200         200         200         200
        getLedger                 200         200         200         200         200         200         200         200         200         200         200
        getAnchors                200         200         200         200         200         200         200         200         200         200         200
        getRepairPlan             401         200         200         200         200         200         200         200         200         200         200
        getRepairCase             401         200         200         404         404         404         200         200         200         404         200
        searchRepairCases         401         200/1       200/1       200/0       200/0       200/0       200/1       200/1       200/1       200/0       200/1
        getOverdueRepairSteps     401         200/0       200/0       200/0       200/0       200/0       200/0       200/0       200/0       200/0       200/0
        prepareRepairTransaction  401         200         409         404         404         403         409         409         403         403         403
        sendRepairTransaction     401         422         422         422         422         403         422         422         403         403         403
        getRepairTransaction      401         404         404         404         404         403         404         404         403         403         403
        listMaterials             401         200/1       200/1       200/0       200/0       200/0       200/1       200/1       200/0       200/0       200/1
        getMaterial               401         200         200         404         404         404         200         200         404         404         200
        uploadMaterial            401         404         201         404         404         403         404         404         403         403         403
        deleteMaterial            401         403         204         404         404         403         404         404         403         403         403
        searchAccessLog           401         200/some    200/some    200/some    200/some    200/some    200/some    200/some    200/some    200/some    200/some
        searchGrants              401         200/0       200/1       200/0       200/1       200/0       200/0       200/0       200/1       200/0       200/0
        giveGrant                 401         403         201         403         403         403         403         403         403         403         403
        postRecords               401         201         403         403         403         201         403         403         403         403         403
        createApiKey              401         201         201         201         201         201         201         201         201         201         403
        listApiKeys               401         200/2       200/1       200/1       200/1       200/1       200/1       200/1       200/1       200/1       403
        revokeApiKey              401         404         204         404         404         404         404         404         404         404         403
        startAudit                401         403         403         403         403         403         403         403         202         403         403
        getAudit                  401         403         403         403         403         403         403         403         200         403         403
        listAudits                401         403         403         403         403         403         403         403         200/1       403         403
        cancelAudit               401         403         403         403         403         403         403         403         202         403         403
        withdrawGrant             401         404         204         404         404         404         404         404         404         404         404
        """;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task EachAddress_ByEachRole_AnswersAsTheTableSays()
    {
        await using RepairParties parties = await RepairParties.StartAsync(Token);
        await parties.EnterSanctionAsync(RepairParties.Authority, Token);
        string sanction = (await parties.GetAsync(RepairParties.Authority, Sanction, Token)).GetProperty("leafHash").GetString()!;
        using HttpResponseMessage uploaded = await (await parties.AsAsync(RepairParties.Applicant, Token)).PostAsync(UploadTo(sanction), Pdf("of the case"), Token);
        JsonElement material = await ServiceScene.ReadAsync(uploaded, Token);
        object[] materials = [.. RepairParties.Materials, new { code = "D06", digest = material.GetProperty("digest").GetString() }];
        await parties.TakeAsync(RepairParties.Applicant, new { step = "open", issuer = RepairParties.Authority, leafIndex = 0, materials }, Token);
        await parties.TakeAsync(RepairParties.ReviewerB, new { step = "object", @case = 1, statement = RepairParties.Digest("grounds") }, Token);
        using HttpResponseMessage granted = await parties.PostAsync(RepairParties.Applicant, "/v1/grants", Grant(RepairParties.Consumer), Token);
        long grant = (await ServiceScene.ReadAsync(granted, Token)).GetProperty("number").GetInt64();
        using HttpResponseMessage detailed = await ServiceScene.PostRecordAsync(await parties.AsAsync(RepairParties.Authority, Token), DetailedSanction(), Token);
        Assert.AreEqual(HttpStatusCode.Created, detailed.StatusCode);
        string evidence = await (await parties.AsAsync(RepairParties.Authority, Token)).GetStringAsync($"{Sanction}/evidence", Token);

        ApiSchema described = await ApiSchema.ReadAsync(parties.Scene, Token);
        using HttpClient program = parties.Scene.WithKey(RepairParties.Authority, AccessScopes.RecordsRead);

        StringBuilder table = new();
        Append(table, "", Parties.Select(column => column.Heading));
        HashSet<string> tried = [];
        foreach (Trial trial in Trials(evidence, grant, sanction, material.GetProperty("id").GetString()!))
        {
            tried.Add(trial.Operation);
            List<string> cells = [];
            foreach ((string _, string party) in Parties)
            {
                HttpClient client = party == Nobody ? parties.Scene.Http : party == Program ? program : await parties.AsAsync(party, Token);
                cells.Add(await CellAsync(client, trial, party, described));
            }

            Append(table, trial.Operation, cells);
        }

        Assert.AreEqual(Expected.ReplaceLineEndings("\n").TrimEnd(), table.ToString().TrimEnd());
        Assert.IsEmpty((await OperationsAsync(parties.Scene)).Except(tried).Except(["getLive", "getReady", "getCheckpoint", "getTile", "createChallenge", "signIn", "signOut"]));
    }

    // What is done last takes away what those before it need.
    private static IEnumerable<Trial> Trials(string evidence, long grant, string sanction, string material)
    {
        object subject = new { subject = RepairParties.Subject };
        yield return Get("getCaller", "/v1/me", null);
        yield return Get("getRecord", Sanction, json => json.GetProperty("withheld").GetRawText());
        yield return Get("getRecord", Detailed, json => json.GetProperty("withheld").GetRawText());
        yield return Get("getEvidence", $"{Sanction}/evidence", Disclosed);
        yield return Post("searchRecords", "/v1/records/search", subject, Count("records"));
        yield return Post("getSubjectReport", "/v1/subjects/report", subject, Count("sanctions"));
        yield return Post("getRatingHistory", "/v1/ratings/history", subject, Count("ratings"));
        yield return new Trial("verifyEvidence", HttpMethod.Post, _ => "/v1/verify", _ => new StringContent(evidence, Encoding.UTF8, "application/json"), json => json.GetProperty("verdict").GetString()!);
        yield return Get("getTrustPolicy", "/v1/trust", null);
        yield return Get("getLedger", "/v1/ledger", null);
        yield return Get("getAnchors", $"/v1/ledger/anchors/{RepairParties.Authority}", null);
        yield return Get("getRepairPlan", $"/v1/repair/plans/{RepairParties.Authority}/0", null);
        yield return Get("getRepairCase", "/v1/repair/cases/1", null);
        yield return Post("searchRepairCases", "/v1/repair/cases/search", subject, Count("cases"));
        yield return Get("getOverdueRepairSteps", "/v1/repair/overdue", Count("steps"));
        yield return Post("prepareRepairTransaction", "/v1/repair/transactions", new { step = "accept", @case = 1 }, null);
        yield return Post("sendRepairTransaction", "/v1/repair/transactions/send", new { transaction = "0xc0" }, null);
        yield return Get("getRepairTransaction", $"/v1/repair/transactions/{RepairParties.Digest("none")}", null);
        yield return Get("listMaterials", $"/v1/repair/materials?sanction={sanction}", Count("materials"));
        yield return Get("getMaterial", $"/v1/repair/materials/{material}", null);
        yield return new Trial("uploadMaterial", HttpMethod.Post, _ => UploadTo(sanction), _ => Pdf("of nobody"), null);
        yield return Delete("deleteMaterial", $"/v1/repair/materials/{material}");
        yield return Post("searchAccessLog", "/v1/access-log/search", subject, json => json.GetProperty("lines").GetArrayLength() > 0 ? "some" : "none");
        yield return Post("searchGrants", "/v1/grants/search", subject, Count("grants"));
        yield return Post("giveGrant", "/v1/grants", Grant(RepairParties.Stranger), null);
        yield return new Trial("postRecords", HttpMethod.Post, _ => "/v1/records", party => Json(RecordOf(party)), null);
        yield return Post("createApiKey", "/v1/api-keys", new { name = "a program", scopes = new[] { AccessScopes.RecordsRead } }, null);
        yield return Get("listApiKeys", "/v1/api-keys", Count("keys"));
        yield return Delete("revokeApiKey", "/v1/api-keys/3");
        yield return Post("startAudit", "/v1/audits", null, null);
        yield return Get("getAudit", "/v1/audits/1", null);
        yield return Get("listAudits", "/v1/audits", Count("audits"));
        yield return Delete("cancelAudit", "/v1/audits/1");
        yield return Delete("withdrawGrant", FormattableString.Invariant($"/v1/grants/{grant}"));
    }

    private async Task<string> CellAsync(HttpClient client, Trial trial, string party, ApiSchema described)
    {
        using HttpRequestMessage request = new(trial.Method, trial.Path(party)) { Content = trial.Content(party) };
        using HttpResponseMessage response = await client.SendAsync(request, Token);
        await described.CheckAsync(trial.Operation, response, Token);
        string status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (response.StatusCode != HttpStatusCode.OK || trial.Detail is null)
        {
            return status;
        }

        return $"{status}/{trial.Detail(await ServiceScene.ReadAsync(response, Token))}";
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

    private static string Disclosed(JsonElement file) =>
        file.GetProperty("record").GetProperty("disclosures").GetArrayLength().ToString(CultureInfo.InvariantCulture);

    private static string DetailedSanction() => ServiceScene.SanctionOf(RepairParties.Sanction)
        .Replace("\"id\":\"S-1\"", "\"id\":\"S-detailed\"", StringComparison.Ordinal)
        .Replace("\"claims\":{", "\"claims\":{\"facts\":\"What happened.\",\"inspectorsNote\":\"A word among colleagues.\",", StringComparison.Ordinal);

    private static object Grant(string consumer) => new
    {
        subject = RepairParties.Subject,
        consumer,
        purpose = Purposes.Supervision,
        expiresAt = TimeProvider.System.GetUtcNow().AddDays(30).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    // The authority and the agency state what is theirs to state; all others try to in the authority's name.
    private static string RecordOf(string party) => party == RepairParties.Agency
        ? Encoding.UTF8.GetString(SampleRecords.Rating(RepairParties.Agency, 7).ToCanonicalBytes())
        : ServiceScene.SanctionOf(2, RepairParties.Authority);

    private static Func<JsonElement, string> Count(string list) =>
        json => (json.ValueKind == JsonValueKind.Array ? json : json.GetProperty(list)).GetArrayLength().ToString(CultureInfo.InvariantCulture);

    private static string UploadTo(string sanction) => $"/v1/repair/materials?sanction={sanction}&code=D06";

    private static StringContent Pdf(string content) => new("%PDF-" + content, new System.Net.Http.Headers.MediaTypeHeaderValue("application/pdf"));

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static Trial Get(string operation, string path, Func<JsonElement, string>? detail) => new(operation, HttpMethod.Get, _ => path, _ => null, detail);

    private static Trial Post(string operation, string path, object? body, Func<JsonElement, string>? detail) =>
        new(operation, HttpMethod.Post, _ => path, _ => body is null ? null : JsonContent.Create(body), detail);

    private static Trial Delete(string operation, string path) => new(operation, HttpMethod.Delete, _ => path, _ => null, Detail: null);

    private static void Append(StringBuilder table, string name, IEnumerable<string> cells) =>
        table.Append((name.PadRight(26) + string.Concat(cells.Select(cell => cell.PadRight(12)))).TrimEnd()).Append('\n');

    /// <summary>One request.</summary>
    private sealed record Trial(string Operation, HttpMethod Method, Func<string, string> Path, Func<string, HttpContent?> Content, Func<JsonElement, string>? Detail);
}
