using System.Net;
using System.Text;
using System.Text.Json;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Tests;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Tests;

/// <summary>Writing records over HTTP: one by one and in streams, once each, whatever callers do.</summary>
[TestClass]
public sealed class RecordEndpointTests
{
    private const string Lines = "application/x-ndjson";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Post_NewThenTheSameThenAnother_IsAddedThenThereThenAConflict()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        string record = ServiceScene.SanctionOf(1);

        using HttpResponseMessage first = await ServiceScene.PostRecordAsync(client, record, Token);
        using HttpResponseMessage second = await ServiceScene.PostRecordAsync(client, record, Token);
        using HttpResponseMessage other = await ServiceScene.PostRecordAsync(client, record.Replace("\"violation\":\"V\"", "\"violation\":\"W\"", StringComparison.Ordinal), Token);

        Assert.AreEqual(HttpStatusCode.Created, first.StatusCode);
        Assert.AreEqual($"/v1/records/{ServiceScene.Authority}/0", first.Headers.Location!.OriginalString);
        Assert.AreEqual(HttpStatusCode.OK, second.StatusCode);
        JsonElement receipt = await ServiceScene.ReadAsync(first, Token);
        JsonElement again = await ServiceScene.ReadAsync(second, Token);
        foreach (string member in (string[])["leafIndex", "leafHash", "checkpoint", "origin", "issuer"])
        {
            Assert.AreEqual(receipt.GetProperty(member).ToString(), again.GetProperty(member).ToString());
        }

        TestWorkspace.VerifyCheckpoint(receipt.GetProperty("checkpoint").GetString()!, TestWorkspace.VerifierKey(scene.Workspace.LogOf(ServiceScene.Authority)));
        Assert.AreEqual("record-conflict", await ServiceScene.CodeOfAsync(other, 409, Token));
    }

    // The canonical text goes the fast way, the other texts need JSON objects: they are one record all the same.
    [TestMethod]
    public async Task Post_TheSameRecordInAnyForm_IsOneRecord()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        using HttpClient otherClient = scene.WithKey(ServiceScene.Agency, AccessScopes.RecordsWrite);
        string[] records = [ServiceScene.SanctionOf(1), ServiceScene.SanctionOf(2)];
        Func<string, string>[] forms =
        [
            text => text,
            text => $" {text}\r\n",
            text => text.Replace("\"violation\":\"V\"", "\"violation\" : \"\\u0056\"", StringComparison.Ordinal),
        ];

        for (int first = 0; first < records.Length; first++)
        {
            string[] hashes = new string[forms.Length];
            for (int i = 0; i < forms.Length; i++)
            {
                string body = forms[((2 * first) + i) % forms.Length](records[first]);
                using HttpResponseMessage notItsOwn = await ServiceScene.PostRecordAsync(otherClient, body, Token);
                using HttpResponseMessage response = await ServiceScene.PostRecordAsync(client, body, Token);
                Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(notItsOwn, 403, Token));
                Assert.AreEqual(i == 0 ? HttpStatusCode.Created : HttpStatusCode.OK, response.StatusCode, body);
                JsonElement receipt = await ServiceScene.ReadAsync(response, Token);
                Assert.AreEqual((first, 0), (receipt.GetProperty("leafIndex").GetInt32(), receipt.GetProperty("warnings").GetArrayLength()));
                hashes[i] = receipt.GetProperty("leafHash").GetString()!;
            }

            Assert.HasCount(1, hashes.Distinct());
        }
    }

    [TestMethod]
    [DataRow("{}", 422, "invalid-record")]
    [DataRow("", 422, "invalid-record")]
    [DataRow("[]", 422, "invalid-record")]
    [DataRow("{\"kind\":\"sanction\",\"kind\":\"rating\"}", 422, "invalid-record")]
    [DataRow("{\"kind\":\"access\"}", 422, "invalid-record")]
    public async Task Post_NoRecord_SaysWhatIsWrong(string body, int status, string code)
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);

        using HttpResponseMessage response = await ServiceScene.PostRecordAsync(client, body, Token);

        Assert.AreEqual(code, await ServiceScene.CodeOfAsync(response, status, Token));
    }

    [TestMethod]
    public async Task Post_OtherContentTypeOrTooLarge_IsRefused()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);

        using HttpResponseMessage text = await client.PostAsync("/v1/records", new StringContent("x", Encoding.UTF8, "text/plain"), Token);

        Assert.AreEqual("wrong-content-type", await ServiceScene.CodeOfAsync(text, 415, Token));
        foreach (bool isChunked in (bool[])[false, true])
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/v1/records") { Content = new StringContent(new string(' ', 1_000_000), Encoding.UTF8, "application/json") };
            request.Headers.TransferEncodingChunked = isChunked;
            using HttpResponseMessage large = await client.SendAsync(request, Token);
            Assert.AreEqual("too-large", await ServiceScene.CodeOfAsync(large, 413, Token));
        }
    }

    [TestMethod]
    public async Task PostStream_RecordsAndRubbish_AnswersEachLineInOrder()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        StringBuilder body = new();
        for (int i = 0; i < 3_000; i++)
        {
            body.Append(i % 100 == 7 ? "{" : i % 100 == 8 ? new string('x', 70_000) : ServiceScene.SanctionOf(i)).Append(i % 2 == 0 ? "\n" : "\r\n");
        }

        body.Append(ServiceScene.SanctionOf(0));
        using HttpResponseMessage response = await client.PostAsync("/v1/records", new StringContent(body.ToString(), Encoding.UTF8, Lines), Token);
        string[] answers = (await response.Content.ReadAsStringAsync(Token)).TrimEnd('\n').Split('\n');

        Assert.HasCount(3_001, answers);
        long next = 0;
        for (int i = 0; i < answers.Length; i++)
        {
            JsonElement answer = JsonDocument.Parse(answers[i]).RootElement;
            Assert.AreEqual(i + 1, answer.GetProperty("line").GetInt32());
            string expected = i == 3_000 ? "already-there" : i % 100 is 7 or 8 ? "refused" : "added";
            Assert.AreEqual(expected, answer.GetProperty("result").GetString(), answers[i]);
            if (expected == "added")
            {
                // Into the log in the order of the lines.
                Assert.AreEqual(next++, answer.GetProperty("receipt").GetProperty("leafIndex").GetInt64());
            }
        }

        Assert.AreEqual("line-too-long", JsonDocument.Parse(answers[8]).RootElement.GetProperty("issues")[0].GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task PostStream_BlankLines_ArePassedOverAndCounted()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        string body = $"\n \t\r\n{ServiceScene.SanctionOf(1)}\n\n{new string(' ', 70_000)}\n{ServiceScene.SanctionOf(2)}\r\n\n \n\t";

        using HttpResponseMessage response = await client.PostAsync("/v1/records", new StringContent(body, Encoding.UTF8, Lines), Token);
        string[] answers = (await response.Content.ReadAsStringAsync(Token)).TrimEnd('\n').Split('\n');

        Assert.AreSequenceEqual(
            ["3 added", "5 refused", "6 added"],
            answers.Select(answer => JsonDocument.Parse(answer).RootElement).Select(answer => $"{answer.GetProperty("line")} {answer.GetProperty("result")}"));
        using HttpResponseMessage nothing = await client.PostAsync("/v1/records", new StringContent("\n\n", Encoding.UTF8, Lines), Token);
        Assert.AreEqual("", await nothing.Content.ReadAsStringAsync(Token));
        Assert.AreEqual(HttpStatusCode.OK, nothing.StatusCode);
    }

    // A record waits for the store; the lines before it are answered all the same.
    [TestMethod]
    public async Task PostStream_ARecordThatWaits_DoesNotKeepEarlierAnswersBack()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        string body = string.Concat(Enumerable.Repeat("{\n", 500)) + ServiceScene.SanctionOf(1) + "\n" + ServiceScene.SanctionOf(2) + "\n";
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/records") { Content = new StringContent(body, Encoding.UTF8, Lines) };

        using Store store = scene.Workspace.Workspace.OpenStore(StoreAccess.Write);
        List<string> early = [];
        List<string> late = [];
        using (StoreTransaction busy = store.BeginWrite())
        using (HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token))
        using (StreamReader reader = new(await response.Content.ReadAsStreamAsync(Token)))
        {
            while (early.Count < 500)
            {
                early.Add(await reader.ReadLineAsync(Token) ?? throw new AssertFailedException("The service ended the answer."));
            }

            busy.Dispose();
            late.AddRange((await reader.ReadToEndAsync(Token)).TrimEnd('\n').Split('\n'));
        }

        Assert.IsTrue(early.All(line => line.Contains("\"refused\"", StringComparison.Ordinal)));
        Assert.HasCount(2, late);
        Assert.IsTrue(late.All(line => line.Contains("\"added\"", StringComparison.Ordinal)));
    }

    // The connection breaks in the middle of a line: what was answered is there, the half line is not, and all can be sent again.
    [TestMethod]
    public async Task PostStream_CutInTheMiddle_KeepsWhatWasAnsweredAndTakesTheRestAgain()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        string key = scene.MakeKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        Uri address = new(scene.Host.Addresses[0]);
        List<string> answered = [];
        using (System.Net.Sockets.TcpClient tcp = new())
        {
            await tcp.ConnectAsync(address.Host, address.Port, Token);
            System.Net.Sockets.NetworkStream stream = tcp.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/records HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {key}\r\nContent-Type: {Lines}\r\nTransfer-Encoding: chunked\r\n\r\n"), Token);
            string part = string.Concat(Enumerable.Range(0, 10).Select(i => ServiceScene.SanctionOf(i) + "\n")) + ServiceScene.SanctionOf(10)[..50];
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), Token);
            await stream.WriteAsync(bytes, Token);
            await stream.WriteAsync("\r\n"u8.ToArray(), Token);
            using StreamReader reader = new(stream);
            while (answered.Count < 10)
            {
                string line = await reader.ReadLineAsync(Token) ?? throw new AssertFailedException("The service ended the answer.");
                if (line.StartsWith('{'))
                {
                    answered.Add(line);
                }
            }
        }

        using HttpClient client = scene.WithToken(key);
        string whole = string.Concat(Enumerable.Range(0, 12).Select(i => ServiceScene.SanctionOf(i) + "\n"));
        using HttpResponseMessage response = await client.PostAsync("/v1/records", new StringContent(whole, Encoding.UTF8, Lines), Token);
        string[] results = [.. (await response.Content.ReadAsStringAsync(Token)).TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("result").GetString()!)];

        Assert.AreSequenceEqual([.. Enumerable.Repeat("already-there", 10), "added", "added"], results);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Post_TenThousandRetriesAtOnce_GiveOneEntry()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        string record = ServiceScene.SanctionOf(1);
        int added = 0;
        HashSet<string> receipts = [];

        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 256, CancellationToken = Token }, async (_, token) =>
        {
            using HttpResponseMessage response = await ServiceScene.PostRecordAsync(client, record, token);
            JsonElement receipt = await ServiceScene.ReadAsync(response, token);
            lock (receipts)
            {
                added += response.StatusCode == HttpStatusCode.Created ? 1 : 0;
                receipts.Add($"{receipt.GetProperty("leafIndex")} {receipt.GetProperty("leafHash")} {receipt.GetProperty("checkpoint")}");
            }
        });

        Assert.AreEqual(1, added);
        Assert.HasCount(1, receipts);
        using Store store = scene.Workspace.Workspace.OpenStore(StoreAccess.Read);
        Assert.AreEqual(1UL, store.Entries.Count(store.Logs.Find(ServiceScene.Authority)!.Number));
    }

    [TestMethod]
    public async Task Post_ByOthers_IsRefused()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient other = scene.WithKey(ServiceScene.Agency, AccessScopes.RecordsWrite);
        using HttpClient reader = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsRead);
        using HttpClient forged = scene.WithToken("lcr_1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

        using HttpResponseMessage anonymous = await ServiceScene.PostRecordAsync(scene.Http, ServiceScene.SanctionOf(1), Token);
        using HttpResponseMessage notTheIssuer = await ServiceScene.PostRecordAsync(other, ServiceScene.SanctionOf(1), Token);
        using HttpResponseMessage wrongRole = await ServiceScene.PostRecordAsync(other, ServiceScene.SanctionOf(1, ServiceScene.Agency), Token);
        using HttpResponseMessage noScope = await ServiceScene.PostRecordAsync(reader, ServiceScene.SanctionOf(1), Token);
        using HttpResponseMessage unknown = await ServiceScene.PostRecordAsync(forged, ServiceScene.SanctionOf(1), Token);

        Assert.AreEqual("not-signed-in", await ServiceScene.CodeOfAsync(anonymous, 401, Token));
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(notTheIssuer, 403, Token));
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(wrongRole, 403, Token));
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(noScope, 403, Token));
        Assert.AreEqual("not-signed-in", await ServiceScene.CodeOfAsync(unknown, 401, Token));
    }

    // Whatever its id and form: the steps of a repair are told by the ledger alone.
    [TestMethod]
    public async Task Post_RepairRecord_IsRefusedAloneAndInAStream()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        string record = Encoding.UTF8.GetString(SampleRecords.Repair(ServiceScene.Authority, 1).ToCanonicalBytes());
        string told = record.Replace("\"P-1\"", $"\"repair/31337/0x{new string('1', 40)}/1/0x{new string('2', 64)}/opened\"", StringComparison.Ordinal);

        foreach (string text in (string[])[record, told, $" {told}"])
        {
            using HttpResponseMessage response = await ServiceScene.PostRecordAsync(client, text, Token);
            Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(response, 403, Token));
            using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
            Assert.AreEqual("made-by-the-node", problem.RootElement.GetProperty("issues")[0].GetProperty("code").GetString());
        }

        string body = string.Join('\n', ServiceScene.SanctionOf(1), told, record, ServiceScene.SanctionOf(2));
        using HttpResponseMessage stream = await client.PostAsync("/v1/records", new StringContent(body, Encoding.UTF8, Lines), Token);
        JsonElement[] answers = [.. (await stream.Content.ReadAsStringAsync(Token)).TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.AreSequenceEqual((string[])["added", "refused", "refused", "added"], answers.Select(answer => answer.GetProperty("result").GetString()!));
        Assert.AreEqual("made-by-the-node", answers[1].GetProperty("issues")[0].GetProperty("code").GetString());
        using Store store = scene.Workspace.Workspace.OpenStore(StoreAccess.Read);
        Assert.AreEqual(2UL, store.Entries.Count(store.Logs.Find(ServiceScene.Authority)!.Number));
    }

    [TestMethod]
    public async Task Post_ByAMemberThatWasAddedWhileTheNodeRuns_IsTaken()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        new MemberRegistry(scene.Workspace.Workspace, scene.Workspace.Keys).AddLocal("newcomer", [ConsortiumRole.Authority]);
        using HttpClient client = scene.WithKey("newcomer", AccessScopes.RecordsWrite);

        using HttpResponseMessage response = await ServiceScene.PostRecordAsync(client, ServiceScene.SanctionOf(1, "newcomer"), Token);

        Assert.AreEqual(HttpStatusCode.Created, response.StatusCode);
        TestWorkspace.VerifyCheckpoint(
            (await ServiceScene.ReadAsync(response, Token)).GetProperty("checkpoint").GetString()!, TestWorkspace.VerifierKey(scene.Workspace.LogOf("newcomer")));
    }

    // What a crash of 'member add' leaves: a member without a log. Its records alone are refused, until it is run again.
    [TestMethod]
    public async Task Post_ByAMemberWithoutALog_IsRefusedAloneAndInAStream()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        MemberConfig half = scene.Workspace.Workspace.Config.FindMember(ServiceScene.Authority)! with { Slug = "half", Origin = "test/half" };
        scene.Workspace.Workspace.EditConfig(config => config with { Members = [.. config.Members, half] });
        using HttpClient client = scene.WithKey("half", AccessScopes.RecordsWrite);
        using HttpClient whole = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);

        using HttpResponseMessage response = await ServiceScene.PostRecordAsync(client, ServiceScene.SanctionOf(1, "half"), Token);
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(response, 403, Token));
        Assert.Contains("no-log-here", await response.Content.ReadAsStringAsync(Token));
        string body = string.Join('\n', ServiceScene.SanctionOf(1, "half"), ServiceScene.SanctionOf(2, "half"));
        using HttpResponseMessage stream = await client.PostAsync("/v1/records", new StringContent(body, Encoding.UTF8, Lines), Token);
        string[] answers = (await stream.Content.ReadAsStringAsync(Token)).TrimEnd('\n').Split('\n');
        Assert.HasCount(2, answers);
        foreach (string answer in answers)
        {
            Assert.Contains("no-log-here", answer);
        }

        (await ServiceScene.PostRecordAsync(whole, ServiceScene.SanctionOf(1), Token)).EnsureSuccessStatusCode().Dispose();
    }

    [TestMethod]
    public async Task Get_ByEachCaller_ShowsWhatItMaySeeAndIsLogged()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        using HttpClient agency = scene.WithKey(ServiceScene.Agency, AccessScopes.RecordsRead);
        string record = ServiceScene.SanctionOf(1).Replace("\"violation\"", "\"facts\":\"F\",\"officer\":\"O\",\"violation\"", StringComparison.Ordinal);
        (await ServiceScene.PostRecordAsync(authority, record, Token)).Dispose();
        string path = $"/v1/records/{ServiceScene.Authority}/0";

        JsonElement own = await ServiceScene.ReadAsync(await authority.GetAsync(path, Token), Token);
        JsonElement registered = await ServiceScene.ReadAsync(await agency.GetAsync(path, Token), Token);
        JsonElement open = await ServiceScene.ReadAsync(await scene.Http.GetAsync(path, Token), Token);

        Assert.AreEqual(0, own.GetProperty("withheld").GetInt32());
        Assert.AreEqual("issuer", own.GetProperty("basis").GetString());
        Assert.IsTrue(own.GetProperty("members").TryGetProperty("claims.officer", out _));
        Assert.IsTrue(registered.GetProperty("members").TryGetProperty("claims.fineYuan", out _));
        Assert.IsFalse(registered.GetProperty("members").TryGetProperty("claims.facts", out _));
        Assert.AreEqual(2, registered.GetProperty("withheld").GetInt32());
        Assert.IsTrue(open.GetProperty("members").TryGetProperty("claims.grade", out _));
        Assert.IsFalse(open.GetProperty("members").TryGetProperty("claims.fineYuan", out _));
        Assert.AreEqual("public", open.GetProperty("basis").GetString());

        JsonElement log = await ServiceScene.PostAsync(agency, "/v1/access-log/search", new { subject = "x-test:subject-1" }, Token);
        Assert.AreEqual(1, log.GetProperty("lines").GetArrayLength());
        Assert.AreEqual("supervision", log.GetProperty("lines")[0].GetProperty("purpose").GetString());
        using Store store = scene.Workspace.Workspace.OpenStore(StoreAccess.Read);
        Assert.AreEqual(3UL, store.Entries.Count(store.Logs.Find(AccessLog.Member)!.Number));
    }

    [TestMethod]
    public async Task Get_LineThatCannotBeKept_IsNotAnswered()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        (await ServiceScene.PostRecordAsync(authority, ServiceScene.SanctionOf(1), Token)).Dispose();
        string path = $"/v1/records/{ServiceScene.Authority}/0";
        using (StoreFile file = new(scene.Workspace.Workspace.StorePath))
        {
            file.Execute("CREATE TRIGGER refuse BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'disk'); END");
            using HttpResponseMessage refused = await authority.GetAsync(path, Token);
            Assert.IsGreaterThanOrEqualTo(500, (int)refused.StatusCode);
            Assert.DoesNotContain("claims", await refused.Content.ReadAsStringAsync(Token));
            file.Execute("DROP TRIGGER refuse");
        }

        using Store store = scene.Workspace.Workspace.OpenStore(StoreAccess.Read);
        Assert.AreEqual(0UL, store.Entries.Count(store.Logs.Find(AccessLog.Member)!.Number));
    }

    [TestMethod]
    public async Task Get_NotThereAndNotVisible_AreAnsweredAlike()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient authority = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        string minor = ServiceScene.SanctionOf(1).Replace("\"general\"", "\"minor\"", StringComparison.Ordinal);
        (await ServiceScene.PostRecordAsync(authority, minor, Token)).EnsureSuccessStatusCode().Dispose();

        string[] answers =
        [
            .. await Task.WhenAll(((string[])[$"{ServiceScene.Authority}/0", $"{ServiceScene.Authority}/1", "nobody/0", $"{ServiceScene.Authority}/x", $"{ServiceScene.Authority}/99999999999999999999", $"{AccessLog.Member}/0"])
                .SelectMany(path => (string[])[path, path + "/evidence"])
                .Select(async path =>
                {
                    using HttpResponseMessage response = await scene.Http.GetAsync("/v1/records/" + path, Token);
                    string text = await response.Content.ReadAsStringAsync(Token);
                    return $"{(int)response.StatusCode} {text[..text.IndexOf("\"traceId\"", StringComparison.Ordinal)]} {string.Join(',', response.Headers.Select(header => header.Key))}";
                })),
        ];

        Assert.HasCount(1, answers.Distinct());
        Assert.StartsWith("404 ", answers[0]);
        JsonElement own = await ServiceScene.ReadAsync(await authority.GetAsync($"/v1/records/{ServiceScene.Authority}/0", Token), Token);
        Assert.AreEqual("minor", own.GetProperty("members").GetProperty("claims.grade").GetString());
        JsonElement found = await ServiceScene.PostAsync(scene.Http, "/v1/records/search", new { subject = "x-test:subject-1" }, Token);
        Assert.AreEqual(0, found.GetProperty("records").GetArrayLength());
    }
}
