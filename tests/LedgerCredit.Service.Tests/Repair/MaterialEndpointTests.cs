using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using LedgerCredit.Node.Materials;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Service.Tests.Repair;

/// <summary>Materials over HTTP: who reads and deletes them when, and what is answered of those that were altered.</summary>
[TestClass]
public sealed class MaterialEndpointTests
{
    private static readonly string[] Everybody =
    [
        RepairParties.Authority, RepairParties.Second, RepairParties.Applicant, RepairParties.Stranger, RepairParties.ReviewerA, RepairParties.Arbiter,
        RepairParties.Auditor, RepairParties.Agency, RepairParties.Operator,
    ];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task Material_FromUploadToItsEnd_IsReadByThePartiesOfItsCaseAlone()
    {
        await using MaterialScene scene = await MaterialScene.StartAsync(Token);
        RepairParties parties = scene.Parties;
        string[] codes = [.. RepairParties.Materials.Select(material => (string)material.GetType().GetProperty("code")!.GetValue(material)!)];
        byte[][] contents = [.. codes.Select((_, i) => MaterialScene.Pdf(150_000 + i, i))];
        List<JsonElement> materials = [];
        for (int i = 0; i < codes.Length; i++)
        {
            materials.Add(await scene.UploadAsync(codes[i], contents[i], Token));
        }

        // The same again is the same; what it says follows from the file.
        using HttpResponseMessage again = await scene.PostAsync(RepairParties.Applicant, scene.UploadTo(codes[0]), MaterialScene.OfPdf(contents[0]), Token);
        Assert.AreEqual(HttpStatusCode.OK, again.StatusCode);
        Assert.AreEqual(materials[0].GetRawText(), (await ServiceScene.ReadAsync(again, Token)).GetRawText());
        string salt = RepairParties.Digest("salt");
        JsonElement draft = await scene.UploadAsync(codes[0], contents[0], Token, salt);
        Assert.AreEqual(salt, draft.GetProperty("salt").GetString());
        Assert.AreEqual(MaterialScene.HashOf(contents[0]), draft.GetProperty("sha256").GetString());
        Assert.AreEqual(DigestOf(draft), draft.GetProperty("digest").GetString());

        // A draft is the applicant's alone.
        await CheckReadersAsync(scene, materials[0], [RepairParties.Applicant]);
        Assert.AreEqual(0, materials[0].GetProperty("cases").GetArrayLength());

        // Submitted, it is there for the authority and for who may have to review it.
        await scene.OpenCaseAsync(materials, Token);
        await CheckReadersAsync(scene, materials[0], [RepairParties.Authority, RepairParties.Second, RepairParties.Applicant, RepairParties.ReviewerA]);
        await CheckReadersAsync(scene, draft, [RepairParties.Applicant]);
        await CheckFileAsync(scene, materials[1], codes[1], contents[1]);
        JsonElement list = await ListAsync(scene, RepairParties.ReviewerA, "case=1");
        Assert.AreSequenceEqual(codes, list.GetProperty("materials").EnumerateArray().Select(material => material.GetProperty("code").GetString()!));
        foreach (JsonElement material in list.GetProperty("materials").EnumerateArray())
        {
            Assert.AreEqual("[1]", material.GetProperty("cases").GetRawText());
            Assert.AreEqual(DigestOf(material), material.GetProperty("digest").GetString());
        }

        await CheckPagesAsync(scene, codes.Length);
        await CheckPurposeAsync(scene, materials[0]);

        // Each read is in the log that the subject sees, with who and why.
        JsonElement reads = await ServiceScene.PostAsync(await scene.AsAsync(RepairParties.Applicant, Token), "/v1/access-log/search", new { subject = RepairParties.Subject }, Token);
        JsonElement[] lines = [.. reads.GetProperty("lines").EnumerateArray().Where(line => line.GetProperty("action").GetString() == "material")];
        foreach ((string organisation, string basis) in new[] { (RepairParties.ReviewerA, "reviewer"), (RepairParties.Authority, "authority"), (RepairParties.Applicant, "subject") })
        {
            Assert.Contains(line => line.GetProperty("organisation").GetString() == organisation && line.GetProperty("basis").GetString() == basis, lines, organisation);
        }

        Assert.DoesNotContain(line => line.GetProperty("organisation").GetString() is RepairParties.Stranger or RepairParties.Arbiter or RepairParties.Auditor, lines);

        // Who decides an objection sees what it is about, as long as it is open; who objects does not.
        await parties.TakeAsync(RepairParties.Stranger, new { step = "object", @case = 1, statement = RepairParties.Digest("grounds") }, Token);
        await CheckReadersAsync(scene, materials[0], [RepairParties.Authority, RepairParties.Second, RepairParties.Applicant, RepairParties.ReviewerA, RepairParties.Arbiter]);
        await CheckReadersAsync(scene, draft, [RepairParties.Applicant]);
        object dismiss = new { step = "resolve", @case = 1, objector = RepairParties.Stranger, uphold = false, statement = RepairParties.Digest("reasons") };
        await parties.TakeAsync(RepairParties.Arbiter, dismiss, Token);
        await CheckReadersAsync(scene, materials[0], [RepairParties.Authority, RepairParties.Second, RepairParties.Applicant, RepairParties.ReviewerA]);

        // Deleted by nobody else, and by the applicant until it is decided.
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(await scene.DeleteAsync(RepairParties.Authority, materials[0], Token), 403, Token));
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(await scene.DeleteAsync(RepairParties.ReviewerA, materials[0], Token), 403, Token));
        Assert.AreEqual("not-found", await ServiceScene.CodeOfAsync(await scene.DeleteAsync(RepairParties.Stranger, materials[0], Token), 404, Token));
        Assert.AreEqual("not-found", await ServiceScene.CodeOfAsync(await scene.DeleteAsync(RepairParties.ReviewerA, draft, Token), 404, Token));
        Assert.AreEqual(HttpStatusCode.NoContent, (await scene.DeleteAsync(RepairParties.Applicant, materials[1], Token)).StatusCode);
        Assert.IsFalse(File.Exists(scene.PathOf(materials[1])));
        await CheckReadersAsync(scene, materials[1], []);

        await DecideAsync(parties);
        await CheckReadersAsync(scene, materials[0], [RepairParties.Authority, RepairParties.Second, RepairParties.Applicant]);
        Assert.AreEqual("material-decided-on", await ServiceScene.CodeOfAsync(await scene.DeleteAsync(RepairParties.Applicant, materials[0], Token), 409, Token));
        Assert.AreEqual(HttpStatusCode.NoContent, (await scene.DeleteAsync(RepairParties.Applicant, draft, Token)).StatusCode);

        await CheckRetentionAsync(scene, materials);
    }

    [TestMethod]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task File_AlteredCutOrExchangedOnTheDisk_IsNeverServedAsGood()
    {
        await using MaterialScene scene = await MaterialScene.StartAsync(Token);
        byte[] content = MaterialScene.Pdf(300_000);
        JsonElement material = await scene.UploadAsync("D06", content, Token);
        JsonElement other = await scene.UploadAsync("D07", MaterialScene.Pdf(300_000, 1), Token);
        string path = scene.PathOf(material);
        byte[] file = await File.ReadAllBytesAsync(path, Token);

        foreach (byte[] altered in (byte[][])[[.. file.Select((b, i) => i == 20 ? (byte)(b ^ 1) : b)], file[..^1], [.. file, 0], await File.ReadAllBytesAsync(scene.PathOf(other), Token), []])
        {
            await File.WriteAllBytesAsync(path, altered, Token);
            Assert.AreEqual("store-damaged", await ServiceScene.CodeOfAsync(await scene.GetAsync(RepairParties.Applicant, material, Token), 500, Token));
        }

        // What the caller is told leads to what the node's log says of it.
        using (HttpResponseMessage damaged = await scene.GetAsync(RepairParties.Applicant, material, Token))
        {
            using JsonDocument problem = JsonDocument.Parse(await damaged.Content.ReadAsStringAsync(Token));
            string trace = problem.RootElement.GetProperty("traceId").GetString()!;
            Assert.Contains(note => note.Kind == "http" && note.Text.Contains(trace, StringComparison.Ordinal), scene.Parties.Scene.Notes.ToArray());
        }

        // Behind the first chunk the answer has begun: it breaks off, and no client takes it for the file.
        await File.WriteAllBytesAsync(path, [.. file.Select((b, i) => i == 200_000 ? (byte)(b ^ 1) : b)], Token);
        using (HttpResponseMessage broken = await scene.GetAsync(RepairParties.Applicant, material, Token))
        {
            Assert.AreEqual(HttpStatusCode.OK, broken.StatusCode);
            await Assert.ThrowsAsync<Exception>(() => broken.Content.ReadAsByteArrayAsync(Token));
        }

        File.Delete(path);
        Assert.AreEqual("store-damaged", await ServiceScene.CodeOfAsync(await scene.GetAsync(RepairParties.Applicant, material, Token), 500, Token));

        // The audit over HTTP names it, and sending the file again heals it.
        HttpClient auditor = await scene.AsAsync(RepairParties.Auditor, Token);
        JsonElement audit = await ServiceScene.ReadAsync(await auditor.PostAsync("/v1/audits", content: null, Token), Token);
        while (audit.GetProperty("state").GetString() == "running")
        {
            audit = await ServiceScene.ReadAsync(await auditor.GetAsync($"/v1/audits/{audit.GetProperty("id").GetInt64()}", Token), Token);
        }

        Assert.Contains("material-missing", audit.GetProperty("report").GetRawText());
        JsonElement anew = await scene.UploadAsync("D06", content, Token);
        Assert.AreEqual(material.GetProperty("digest").GetString(), anew.GetProperty("digest").GetString());
        Assert.AreSequenceEqual(content, await (await scene.GetAsync(RepairParties.Applicant, anew, Token)).Content.ReadAsByteArrayAsync(Token));

        // A row that was altered shows nothing to who may read it, and is not there for others.
        using (Store store = scene.Parties.Scene.Workspace.OpenStore())
        {
            StoredMaterial row = store.Materials.Find(anew.GetProperty("id").GetString()!)!;
            store.Materials.Remove(row.Id);
            store.Materials.Add(row with { Kind = 7 });
        }

        Assert.AreEqual("store-damaged", await ServiceScene.CodeOfAsync(await scene.GetAsync(RepairParties.Applicant, anew, Token), 500, Token));
        Assert.AreEqual("not-found", await ServiceScene.CodeOfAsync(await scene.GetAsync(RepairParties.Stranger, anew, Token), 404, Token));
    }

    private async Task CheckFileAsync(MaterialScene scene, JsonElement material, string code, byte[] content)
    {
        using HttpResponseMessage response = await scene.GetAsync(RepairParties.ReviewerA, material, Token);
        Assert.AreSequenceEqual(content, await response.Content.ReadAsByteArrayAsync(Token));
        Assert.AreEqual("application/pdf", response.Content.Headers.ContentType!.ToString());
        Assert.AreEqual(content.Length, response.Content.Headers.ContentLength);
        Assert.AreEqual($"attachment; filename=\"{code}-{material.GetProperty("id").GetString()![..8]}.pdf\"", response.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.AreEqual("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.AreEqual("no-store", response.Headers.CacheControl!.ToString());
        Assert.AreEqual($"\"{MaterialScene.HashOf(content)}\"", response.Headers.ETag!.ToString());
        Assert.AreEqual($"sha-256=:{Convert.ToBase64String(SHA256.HashData(content))}:", response.Headers.GetValues("Repr-Digest").Single());

        using HttpRequestMessage request = new(HttpMethod.Get, $"{MaterialScene.Path}/{material.GetProperty("id").GetString()}");
        request.Headers.IfNoneMatch.Add(response.Headers.ETag);
        using HttpResponseMessage known = await (await scene.AsAsync(RepairParties.ReviewerA, Token)).SendAsync(request, Token);
        Assert.AreEqual(HttpStatusCode.NotModified, known.StatusCode);
        Assert.IsEmpty(await known.Content.ReadAsByteArrayAsync(Token));
    }

    // Who reads the file also finds it in lists; to all others it is as one that was never there, byte for byte but for the trace.
    private async Task CheckReadersAsync(MaterialScene scene, JsonElement material, IReadOnlyList<string> expected)
    {
        string id = material.GetProperty("id").GetString()!;
        foreach (string party in Everybody)
        {
            using HttpResponseMessage response = await scene.GetAsync(party, material, Token);
            Assert.AreEqual(expected.Contains(party) ? HttpStatusCode.OK : HttpStatusCode.NotFound, response.StatusCode, party);
            JsonElement list = await ListAsync(scene, party, $"sanction={scene.Sanction}&limit=100");
            Assert.AreEqual(expected.Contains(party), list.GetProperty("materials").EnumerateArray().Any(listed => listed.GetProperty("id").GetString() == id), party);
            if (!expected.Contains(party))
            {
                using HttpResponseMessage nothing = await (await scene.AsAsync(party, Token)).GetAsync($"{MaterialScene.Path}/{new string('0', 32)}", Token);
                Assert.AreEqual(await WithoutTraceAsync(nothing), await WithoutTraceAsync(response), party);
            }
        }

        using HttpResponseMessage anonymous = await scene.Parties.Scene.Http.GetAsync($"{MaterialScene.Path}/{id}", Token);
        Assert.AreEqual("not-signed-in", await ServiceScene.CodeOfAsync(anonymous, 401, Token));
    }

    private async Task CheckPagesAsync(MaterialScene scene, int count)
    {
        List<string> found = [];
        string? cursor = null;
        do
        {
            JsonElement page = await ListAsync(scene, RepairParties.Authority, $"case=1&limit=1{(cursor is null ? "" : $"&cursor={cursor}")}");
            found.AddRange(page.GetProperty("materials").EnumerateArray().Select(material => material.GetProperty("id").GetString()!));
            cursor = page.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.HasCount(count, found);
        Assert.HasCount(count, found.Distinct());
        HttpClient client = await scene.AsAsync(RepairParties.Authority, Token);
        foreach ((string query, string code) in new[]
        {
            ("", "malformed-request"), ("case=1&sanction=" + scene.Sanction, "malformed-request"), ("case=x", "malformed-request"), ("case=0", "malformed-request"),
            ("sanction=0x12", "malformed-request"), ("case=1&limit=0", "malformed-request"), ("case=1&limit=101", "malformed-request"), ("case=1&cursor=x", "invalid-cursor"),
        })
        {
            Assert.AreEqual(code, await ServiceScene.CodeOfAsync(await client.GetAsync($"{MaterialScene.Path}?{query}", Token), 400, Token), query);
        }

        Assert.AreEqual(0, (await ListAsync(scene, RepairParties.Authority, "case=99")).GetProperty("materials").GetArrayLength());
    }

    private async Task CheckPurposeAsync(MaterialScene scene, JsonElement material)
    {
        using HttpClient client = scene.Parties.Scene.NewClient();
        client.DefaultRequestHeaders.Authorization = (await scene.AsAsync(RepairParties.Authority, Token)).DefaultRequestHeaders.Authorization;
        foreach (string path in (string[])[$"{MaterialScene.Path}/{material.GetProperty("id").GetString()}", $"{MaterialScene.Path}?case=1"])
        {
            using HttpResponseMessage response = await client.GetAsync(path, Token);
            Assert.AreEqual("purpose-missing", await ServiceScene.CodeOfAsync(response, 400, Token));
        }
    }

    private async Task DecideAsync(RepairParties parties)
    {
        await parties.TakeAsync(RepairParties.Second, new { step = "accept", @case = 1 }, Token);
        string materialsHash = (await parties.GetAsync(RepairParties.Authority, "/v1/repair/cases/1", Token)).GetProperty("materialsHash").GetString()!;
        foreach (string reviewer in (string[])[RepairParties.ReviewerA, RepairParties.ReviewerB])
        {
            await parties.TakeAsync(reviewer, new { step = "approve", @case = 1, materialsHash, score = 80 }, Token);
        }

        await parties.PassAsync(TimeSpan.FromDays(8), 1, Token);
        await parties.TakeAsync(RepairParties.Second, new { step = "confirm", @case = 1, statement = RepairParties.Digest("statement") }, Token);
        Assert.AreEqual("repaired", (await parties.GetAsync(RepairParties.Authority, "/v1/repair/cases/1", Token)).GetProperty("stage").GetString());
    }

    // What was decided on stays for its time from the end of the case, by a ledger that is read up to now, and no longer.
    private async Task CheckRetentionAsync(MaterialScene scene, List<JsonElement> materials)
    {
        await scene.Parties.PassAsync(TimeSpan.FromDays(1094), 1, Token);
        Workspace workspace = Workspace.Open(scene.Parties.Scene.Workspace.Workspace.Folder);
        DateTimeOffset ledgerTime;
        using (Store store = workspace.OpenStore(StoreAccess.Read))
        {
            ledgerTime = DateTimeOffset.FromUnixTimeSeconds((long)store.LedgerPositions.FindLatest()!.BlockTime);
        }

        ManualTimeProvider clock = new(ledgerTime);
        MaterialStore kept = new(workspace, new MaterialKey(MaterialKey.Ensure(workspace, scene.Parties.Scene.Workspace.Keys)), new MaterialLimits(), clock);
        Assert.IsEmpty(kept.Sweep(new MaterialRetention(), Token));

        await scene.Parties.PassAsync(TimeSpan.FromDays(2), 1, Token);
        clock.Advance(TimeSpan.FromDays(2));

        string[] expected = [.. materials.Select(material => material.GetProperty("id").GetString()!).Where((_, i) => i != 1).Order(StringComparer.Ordinal)];
        Assert.AreSequenceEqual(expected, kept.Sweep(new MaterialRetention(), Token).Order(StringComparer.Ordinal));
        Assert.IsEmpty(scene.Files);
        await CheckReadersAsync(scene, materials[0], []);
    }

    private async Task<JsonElement> ListAsync(MaterialScene scene, string party, string query) => await scene.Parties.GetAsync(party, $"{MaterialScene.Path}?{query}", Token);

    private async Task<string> WithoutTraceAsync(HttpResponseMessage response)
    {
        Assert.AreEqual("not-found", await ServiceScene.CodeOfAsync(response, 404, Token));
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        string headers = string.Join(',', response.Headers.Concat(response.Content.Headers).Select(header => header.Key).Where(name => name != "Date").Order(StringComparer.Ordinal));
        return headers + string.Join('\n', problem.RootElement.EnumerateObject().Where(member => member.Name != "traceId").Select(member => $"{member.Name}={member.Value}"));
    }

    // SHA-256(salt ‖ sha256), written here by itself.
    private static string DigestOf(JsonElement material)
    {
        Assert.IsTrue(Hex.TryDecode(material.GetProperty("salt").GetString(), out byte[]? salt));
        Assert.IsTrue(Hex.TryDecode(material.GetProperty("sha256").GetString(), out byte[]? hash));
        return "0x" + Convert.ToHexStringLower(SHA256.HashData([.. salt, .. hash]));
    }
}
