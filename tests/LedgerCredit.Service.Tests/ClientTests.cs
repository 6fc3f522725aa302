using System.Text;
using System.Text.Json;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.Access;

namespace LedgerCredit.Service.Tests;

/// <summary>The typed client against the real service: it reads each answer, and tells problems apart.</summary>
[TestClass]
public sealed class ClientTests
{
    private const string Subject = "x-test:subject-1";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Records_WrittenReadAndLookedFor_AreTheSame()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        LedgerCreditClient client = ClientOf(scene, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);

        RecordReceipt receipt = await client.PostRecordAsync(Encoding.UTF8.GetBytes(ServiceScene.SanctionOf(1)), Token);
        RecordReceipt again = await client.PostRecordAsync(Encoding.UTF8.GetBytes(ServiceScene.SanctionOf(1)), Token);
        RecordView view = await client.GetRecordAsync(receipt.Issuer, receipt.LeafIndex, Token);
        RecordPage byId = await client.SearchRecordsAsync(new RecordSearch(Issuer: receipt.Issuer, Kind: "sanction", Id: "S-1"), Token);
        RecordPage bySubject = await client.SearchRecordsAsync(new RecordSearch(Subject: Subject), Token);
        SubjectReport report = await client.GetSubjectReportAsync(new SubjectRequest(Subject), Token);

        Assert.AreEqual("added", receipt.Result);
        Assert.AreEqual("already-there", again.Result);
        Assert.AreEqual(receipt.LeafHash, view.LeafHash);
        Assert.AreEqual("S-1", view.Members["id"]!.GetValue<string>());
        Assert.AreEqual(0, view.Withheld);
        foreach (RecordView found in (RecordView[])[byId.Records.Single(), bySubject.Records.Single(), report.Sanctions.Single()])
        {
            Assert.AreEqual(view.LeafHash, found.LeafHash);
        }

        Assert.IsNull(byId.Next);
        Assert.IsEmpty(report.Ratings);
        Assert.IsNull(await client.FindEvidenceAsync(receipt.Issuer, receipt.LeafIndex, Token));
        Assert.Contains(receipt.Origin, await client.GetCheckpointAsync(receipt.Issuer, Token));
        LedgerView ledger = await client.GetLedgerAsync(Token);
        Assert.AreEqual(1, ledger.Logs.Single(log => log.Issuer == receipt.Issuer).Entries);
        Assert.IsEmpty((await client.GetAnchorsAsync(receipt.Issuer, cancellationToken: Token)).Anchors);
        AccessPage reads = await client.SearchAccessLogAsync(new SubjectRequest(Subject), Token);
        Assert.HasCount(4, reads.Lines);
        Assert.AreEqual(Purposes.Supervision, reads.Lines[0].Purpose);
    }

    [TestMethod]
    public async Task Search_OverSeveralPages_GivesEachRecordOnce()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        LedgerCreditClient client = ClientOf(scene, AccessScopes.RecordsWrite, AccessScopes.RecordsRead);
        using MemoryStream lines = new(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 70).Select(i => ServiceScene.SanctionOf(i) + "\n"))));
        List<RecordLineAnswer> answers = [];
        await foreach (RecordLineAnswer answer in client.PostRecordsAsync(lines, Token))
        {
            answers.Add(answer);
        }

        List<long> found = [];
        string? cursor = null;
        do
        {
            RecordPage page = await client.SearchRecordsAsync(new RecordSearch(Subject: Subject, Cursor: cursor, Limit: 3), Token);
            found.AddRange(page.Records.Select(record => record.LeafIndex));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.AreSequenceEqual(Enumerable.Range(1, 70).Select(i => (long)i), answers.Select(answer => answer.Line));
        Assert.IsTrue(answers.TrueForAll(answer => answer.Result == "added"));
        Assert.AreSequenceEqual(Enumerable.Range(0, 70).Where(i => i % 7 == 1).Select(i => (long)i), found);
    }

    [TestMethod]
    public async Task PostRecords_BlankLines_CountAndHaveNoAnswer()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        LedgerCreditClient client = ClientOf(scene, AccessScopes.RecordsWrite);
        string blank = string.Concat(Enumerable.Repeat("\n \r\n", LedgerCreditClient.MaxLinesOfRequest));
        using MemoryStream lines = new(Encoding.UTF8.GetBytes($"\n{ServiceScene.SanctionOf(0)}\n{blank}{ServiceScene.SanctionOf(1)}\n\n"));
        List<string> answers = [];
        await foreach (RecordLineAnswer answer in client.PostRecordsAsync(lines, Token))
        {
            answers.Add($"{answer.Line} {answer.Result}");
        }

        Assert.AreSequenceEqual(["2 added", $"{3 + (2 * LedgerCreditClient.MaxLinesOfRequest)} added"], answers);
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => client.PostRecordLinesAsync("\n\n"u8.ToArray(), Token));
    }

    [TestMethod]
    public async Task Problems_OfEachKind_AreToldApart()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        LedgerCreditClient client = ClientOf(scene, AccessScopes.RecordsWrite);
        LedgerCreditClient nobody = new(scene.Http);

        LedgerCreditException invalid = await Assert.ThrowsExactlyAsync<LedgerCreditException>(() => client.PostRecordAsync("{}"u8.ToArray(), Token));
        LedgerCreditException notSignedIn = await Assert.ThrowsExactlyAsync<LedgerCreditException>(() => nobody.PostRecordAsync("{}"u8.ToArray(), Token));
        LedgerCreditException notThere = await Assert.ThrowsExactlyAsync<LedgerCreditException>(() => nobody.GetRecordAsync("nobody", 0, Token));
        LedgerCreditException notAllowed = await Assert.ThrowsExactlyAsync<LedgerCreditException>(() => client.StartAuditAsync(Token));

        Assert.AreEqual((422, "invalid-record", 6), (invalid.Status, invalid.Code, invalid.Issues.Count));
        Assert.AreEqual((401, "not-signed-in"), (notSignedIn.Status, notSignedIn.Code));
        Assert.AreEqual((404, "not-found"), (notThere.Status, notThere.Code));
        Assert.AreEqual((403, "not-allowed"), (notAllowed.Status, notAllowed.Code));
        Assert.IsNotNull(invalid.TraceId);
        Assert.IsFalse(invalid.IsTransient);
    }

    // Every model that the client reads is one that the service writes strictly: a member that one of them lacks shows here.
    [TestMethod]
    public async Task Caller_OfAKey_IsReadWhole()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        LedgerCreditClient client = ClientOf(scene, AccessScopes.RecordsRead);

        CallerView caller = await client.GetCallerAsync(Token);
        string raw = await scene.Http.GetStringAsync("/v1/me", Token);

        Assert.AreEqual(("api-key", ServiceScene.Authority, true), (caller.Kind, caller.Organisation, caller.Active));
        Assert.AreSequenceEqual([AccessScopes.RecordsRead], caller.Scopes);
        Assert.AreEqual("anonymous", JsonDocument.Parse(raw).RootElement.GetProperty("kind").GetString());
    }

    private static LedgerCreditClient ClientOf(ServiceScene scene, params string[] scopes) =>
        new(scene.Http, new LedgerCreditClientOptions { Token = scene.MakeKey(ServiceScene.Authority, scopes), Purpose = Purposes.Supervision });
}
