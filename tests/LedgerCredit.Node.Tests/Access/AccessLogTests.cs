using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Ingest;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>Reads are kept in a log of their own, and none of it can be removed or altered unnoticed.</summary>
[TestClass]
public sealed class AccessLogTests : IDisposable
{
    private static readonly SubjectId Subject = SubjectOf("x-test:subject-1");

    private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero));
    private readonly CountingRandom _random = new();
    private readonly TestWorkspace _workspace = TestWorkspace.Create(TestWorkspace.Authority);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose()
    {
        _workspace.Dispose();
        _random.Dispose();
    }

    [TestMethod]
    public async Task RecordAsync_Reads_AreTheLinesOfTheirSubjects()
    {
        AccessLog.Ensure(_workspace.Workspace, _workspace.Keys);
        await RecordAsync(
            Read(Callers.Of("bank"), Purposes.CreditReview, AccessAction.Read, "x-test:subject-1", 1, "grant:7"),
            Read(Caller.Anonymous, Purposes.Public, AccessAction.Evidence, "x-test:subject-1", 2, "public"),
            Read(Callers.Of("bank"), Purposes.CreditReview, AccessAction.Read, "x-test:subject-2", 3, "registered"),
            Read(Callers.Of("bank"), Purposes.CreditReview, AccessAction.Read, "x-person:4", 4, "registered"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        await RecordAsync(Read(Callers.Of("court"), Purposes.Judicial, AccessAction.Report, "x-test:subject-1", 1, "auditor"));

        using Store store = _workspace.Workspace.OpenStore(StoreAccess.Read);
        IReadOnlyList<AccessLine> lines = AccessLog.ReadBySubject(_workspace.Workspace, store, Subject, ulong.MaxValue, 100);

        Assert.HasCount(3, lines);
        Assert.AreEqual(new AccessLine(4, "2026-05-06T07:09:09Z", "court/0x00", "court", "judicial", "report", Leaf(1), "auditor", IsAnchored: false), lines[0]);
        AccessLine bank = lines.Single(line => line.Accessor == "bank/0x00");
        Assert.AreEqual(new AccessLine(bank.LeafIndex, "2026-05-06T07:08:09Z", "bank/0x00", "bank", "credit-review", "read", Leaf(1), "grant:7", IsAnchored: false), bank);
        AccessLine anybody = lines.Single(line => line.Accessor == "public");
        Assert.AreEqual(new AccessLine(anybody.LeafIndex, "2026-05-06T07:08:09Z", "public", null, "public", "evidence", Leaf(2), "public", IsAnchored: false), anybody);

        // By pages.
        Assert.AreSequenceEqual(lines.Take(2), AccessLog.ReadBySubject(_workspace.Workspace, store, Subject, ulong.MaxValue, 2));
        Assert.AreSequenceEqual(lines.Skip(1), AccessLog.ReadBySubject(_workspace.Workspace, store, Subject, 4, 100));
        Assert.IsEmpty(AccessLog.ReadBySubject(_workspace.Workspace, store, Subject, 0, 100));
        Assert.HasCount(1, AccessLog.ReadBySubject(_workspace.Workspace, store, SubjectOf("x-person:4"), ulong.MaxValue, 100));
        Assert.IsEmpty(AccessLog.ReadBySubject(_workspace.Workspace, store, SubjectOf("x-test:nobody"), ulong.MaxValue, 100));

        // Those of one organisation alone, among so many of all.
        Assert.AreSequenceEqual([bank], ReadBy("bank", ulong.MaxValue, 100, 100));
        Assert.AreSequenceEqual([lines[0]], ReadBy("court", ulong.MaxValue, 100, 1));
        Assert.IsEmpty(ReadBy("court", 4, 100, 100));
        Assert.IsEmpty(ReadBy("bank", ulong.MaxValue, 100, 1));
        Assert.IsEmpty(ReadBy("public", ulong.MaxValue, 100, 100));
        await _workspace.CheckAsync(new Dictionary<string, ulong> { [AccessLog.Member] = 5 }, Token);

        IReadOnlyList<AccessLine> ReadBy(string organisation, ulong before, int limit, int most) =>
            AccessLog.ReadBySubjectAndReader(_workspace.Workspace, store, Subject, organisation, before, limit, most);
    }

    [TestMethod]
    public async Task RecordAsync_ManyReadsAtOnce_AreAllThere()
    {
        AccessLog.Ensure(_workspace.Workspace, _workspace.Keys);
        await RecordAsync([.. Enumerable.Range(0, 500).Select(i => Read(Callers.Of("bank"), Purposes.CreditReview, AccessAction.Read, "x-test:subject-1", (byte)(i % 256), "registered"))]);

        using Store store = _workspace.Workspace.OpenStore(StoreAccess.Read);
        Assert.HasCount(500, AccessLog.ReadBySubject(_workspace.Workspace, store, Subject, ulong.MaxValue, 1000).Select(line => line.LeafIndex).Distinct());
        await _workspace.CheckAsync(new Dictionary<string, ulong> { [AccessLog.Member] = 500 }, Token);
    }

    [TestMethod]
    public async Task RecordAsync_BesideRecords_LeavesHistoriesAndFindersAsTheyWere()
    {
        AccessLog.Ensure(_workspace.Workspace, _workspace.Keys);
        _workspace.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, 0, 21));
        string before = HistoryOf(Subject);
        Assert.IsNotEmpty(before);

        await RecordAsync([.. Enumerable.Range(0, 50).Select(i => Read(Callers.Of("bank"), Purposes.CreditReview, AccessAction.Read, "x-test:subject-1", (byte)i, "registered"))]);

        Assert.AreEqual(before, HistoryOf(Subject));
        using Store store = _workspace.Workspace.OpenStore(StoreAccess.Read);
        StoredLog log = store.Logs.Find(AccessLog.Member)!;
        foreach (StoredEntry entry in store.Entries.ReadAll(log.Number))
        {
            // Not by its id, and not as an evidence file.
            string id = System.Text.Json.JsonDocument.Parse(entry.Record).RootElement.GetProperty("id").GetString()!;
            Assert.IsEmpty(RecordFinder.Find(store, id, issuer: null, kind: null));
            Assert.AreEqual(4, entry.Entry[1]);
            Assert.IsFalse(LogEntry.TryDecode(entry.Entry, out _, out _));
        }
    }

    [TestMethod]
    [DataRow("DELETE FROM entry WHERE position = (SELECT max(position) FROM entry WHERE {line})", "entry-missing", DisplayName = "the last line deleted")]
    [DataRow("DELETE FROM entry WHERE position = (SELECT min(position) FROM entry WHERE {line})", "entry-missing", DisplayName = "the first line deleted")]
    [DataRow("UPDATE entry SET record = CAST(replace(CAST(record AS TEXT), 'bank', 'kank') AS BLOB) WHERE {line}", "record-altered", DisplayName = "another reader")]
    [DataRow("UPDATE entry SET record = CAST(replace(CAST(record AS TEXT), 'credit-review', 'supervision') AS BLOB) WHERE {line}", "record-altered", DisplayName = "another purpose")]
    [DataRow("UPDATE entry SET record = CAST(replace(CAST(record AS TEXT), 'T07:08', 'T07:07') AS BLOB) WHERE {line}", "record-altered", DisplayName = "another time")]
    [DataRow("UPDATE entry SET record = NULL, secret = NULL WHERE {line}", "record-missing", DisplayName = "emptied")]
    [DataRow("UPDATE entry SET entry = CAST(x'0101' || substr(entry, 3) AS BLOB) WHERE {line}", "entry-altered", DisplayName = "another kind in the entry")]
    [DataRow("UPDATE entry SET record = (SELECT record FROM entry WHERE position >> 40 = 1), secret = (SELECT secret FROM entry WHERE position >> 40 = 1) WHERE {line}", "record-altered", DisplayName = "another log's record")]
    public async Task Audit_OfAnAlteredLine_NamesIt(string sql, string code)
    {
        AccessLog.Ensure(_workspace.Workspace, _workspace.Keys);
        _workspace.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, 0, 5));
        await RecordAsync([.. Enumerable.Range(0, 7).Select(i => Read(Callers.Of("bank"), Purposes.CreditReview, AccessAction.Read, "x-test:subject-1", (byte)i, "registered"))]);
        await _workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 5, [AccessLog.Member] = 7 }, Token);

        using (StoreFile file = new(_workspace.Workspace.StorePath))
        {
            const string Line = "position >> 40 = (SELECT number FROM log WHERE issuer = 'access-log')";
            Assert.IsGreaterThan(0, file.Execute(sql.Replace("{line}", Line, StringComparison.Ordinal)));
        }

        AuditReport report = await _workspace.AuditAsync(Token);
        Assert.AreEqual(AuditVerdict.Diverges, report.Verdict);
        Assert.AreEqual(AccessLog.Member, report.Findings[0].Issuer);
        Assert.Contains(finding => finding.Code == code && finding.Issuer == AccessLog.Member, report.Findings, TestWorkspace.Describe(report));
        if (sql.Contains("SELECT record", StringComparison.Ordinal))
        {
            // A line that names another subject is no line of this one.
            return;
        }

        // What was altered is not shown either.
        using Store store = _workspace.Workspace.OpenStore(StoreAccess.Read);
        Assert.ThrowsExactly<LogIntegrityException>(() => AccessLog.ReadBySubject(_workspace.Workspace, store, Subject, ulong.MaxValue, 100));
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Audit_OfALogOfReadsThatItsOperatorWroteAnew_ContradictsTheLedger()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(Token);
        AccessLog.Ensure(_workspace.Workspace, _workspace.Keys);
        await _workspace.OnAsync(ledger, Token);
        await RecordAsync([.. Enumerable.Range(0, 7).Select(i => Read(Callers.Of("bank"), Purposes.CreditReview, AccessAction.Read, "x-test:subject-1", (byte)i, "registered"))]);
        await _workspace.AnchorAsync(AccessLog.Member, Token);
        await _workspace.CheckAsync(new Dictionary<string, ulong> { [AccessLog.Member] = 7 }, Token);
        using (Store store = _workspace.Workspace.OpenStore(StoreAccess.Read))
        {
            Assert.IsTrue(AccessLog.ReadBySubject(_workspace.Workspace, store, Subject, ulong.MaxValue, 100).All(line => line.IsAnchored));
        }

        // Who has all keys takes the last three lines away and signs what is left.
        StoreRewriter.Resign(_workspace, AccessLog.Member, 4, replacement: null, 0);
        using (StoreFile file = new(_workspace.Workspace.StorePath))
        {
            file.Execute("DELETE FROM checkpoint WHERE tree_size > 4");
            file.Execute("DELETE FROM anchor");
        }

        AuditReport report = await _workspace.AuditAsync(Token);
        Assert.AreEqual(AuditVerdict.Diverges, report.Verdict, TestWorkspace.Describe(report));
        Assert.IsTrue(report.Findings.All(finding => finding.Issuer is null or AccessLog.Member), TestWorkspace.Describe(report));
    }

    [TestMethod]
    public async Task WriteAsync_OtherRecordsOfItsIssuer_AreRefused()
    {
        AccessLog.Ensure(_workspace.Workspace, _workspace.Keys);
        using Store store = _workspace.OpenStore();
        await using RecordWriter writer = Open(store);

        RecordRefusedException refused = await Assert.ThrowsExactlyAsync<RecordRefusedException>(() => writer.WriteAsync(SampleRecords.Rating(AccessLog.Member, 1), Token));

        Assert.Contains("found 'access-log'", refused.Message);
    }

    [TestMethod]
    public void Import_OfRecordsOfTheKind_RejectsThem()
    {
        AccessLog.Ensure(_workspace.Workspace, _workspace.Keys);
        string line = """
            {"kind":"access","id":"a","issuer":"access-log","subject":"x-test:a","issuedAt":"2026-05-06T07:08:09Z","claims":{"accessor":"a","purpose":"public","action":"read","record":"0x0000000000000000000000000000000000000000000000000000000000000000","basis":"public"}}
            """;

        Assert.IsFalse(CreditRecord.TryParse(Encoding.UTF8.GetBytes(line), _workspace.Workspace.Config.Rules, out _, out IReadOnlyList<RecordProblem> problems));
        Assert.AreEqual("unknown-kind", problems[0].Code);
        Assert.IsTrue(CreditRecord.TryParse(Encoding.UTF8.GetBytes(line), new RecordRules { AllowAccess = true }, out CreditRecord? record, out _));

        // Not even beside a record that was read by the rules of the store is there a fast way in.
        RecordPreparer preparer = new(RulePackCatalog.Shipped, _workspace.SubjectKey);
        Assert.IsFalse(preparer.TryAdd(record.ToCanonicalBytes(), issuer: null));
    }

    [TestMethod]
    public void Ensure_AgainAndAgain_IsTheSameMember()
    {
        MemberConfig first = AccessLog.Ensure(_workspace.Workspace, _workspace.Keys);
        MemberConfig again = AccessLog.Ensure(_workspace.Reopen().Workspace, _workspace.Keys);

        Assert.AreEqual("access-log", first.Slug);
        Assert.AreSequenceEqual(["operator"], first.Roles);
        Assert.AreEqual((first.Account, first.VerifierKey), (again.Account, again.VerifierKey));
    }

    [TestMethod]
    public void AddLocal_TheSlugForAParty_IsRefused()
    {
        MemberRegistry registry = new(_workspace.Workspace, _workspace.Keys);

        Assert.ThrowsExactly<WorkspaceException>(() => registry.AddLocal(AccessLog.Member, [Contracts.ConsortiumRole.Authority]));

        Assert.IsNull(_workspace.Workspace.Config.FindMember(AccessLog.Member));
    }

    [TestMethod]
    public void Ensure_WhereThePartyHasTheSlug_IsRefused()
    {
        MemberConfig member = AccessLog.Ensure(_workspace.Workspace, _workspace.Keys);
        _workspace.Workspace.EditConfig(config => config with { Members = [.. config.Members.Select(m => m.Slug == member.Slug ? m with { Roles = ["authority", "operator"] } : m)] });

        Assert.ThrowsExactly<WorkspaceException>(() => AccessLog.Ensure(_workspace.Workspace, _workspace.Keys));
    }

    [TestMethod]
    public async Task RecordAsync_WhatIsNoRead_IsACallersMistake()
    {
        AccessLog.Ensure(_workspace.Workspace, _workspace.Keys);

        await Assert.ThrowsExactlyAsync<ArgumentException>(() => RecordAsync(Read(Callers.Of("bank"), "curiosity", AccessAction.Read, "x-test:a", 1, "public")));
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => RecordAsync(Read(Callers.Of("bank"), Purposes.Public, AccessAction.Read, "x-test:a", 1, "")));

        await _workspace.CheckAsync(new Dictionary<string, ulong> { [AccessLog.Member] = 0 }, Token);
    }

    [TestMethod]
    public void ReadBySubject_WithoutAnAccessLog_IsEmpty()
    {
        using Store store = _workspace.Workspace.OpenStore(StoreAccess.Read);

        Assert.IsEmpty(AccessLog.ReadBySubject(_workspace.Workspace, store, Subject, ulong.MaxValue, 1));
    }

    [TestMethod]
    public async Task WriteAsync_WithWhoEntersIt_KeepsTheFirst()
    {
        using (Store store = _workspace.OpenStore())
        {
            await using RecordWriter writer = Open(store);
            await writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, 0), "first", Token);
            await writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, 0), "second", Token);
            await writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, 1), Token);
            await writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, 1), "later", Token);
        }

        using Store after = _workspace.Workspace.OpenStore(StoreAccess.Read);
        Assert.AreEqual("first", after.EnteredBy.Find(new LogPosition(1, 0)));
        Assert.IsNull(after.EnteredBy.Find(new LogPosition(1, 1)));
        await _workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 2 }, Token);
    }

    private async Task RecordAsync(params AccessEvent[] reads)
    {
        using Store store = _workspace.OpenStore();
        await using RecordWriter writer = Open(store);
        await new AccessLog(_clock, _random).RecordAsync(writer, reads, Token);
    }

    private RecordWriter Open(Store store) => new(_workspace.Workspace, store, _workspace.Keys, RulePackCatalog.Shipped);

    private string HistoryOf(SubjectId subject)
    {
        using Store store = _workspace.Workspace.OpenStore(StoreAccess.Read);
        return string.Join('\n', SubjectHistory.Read(_workspace.Workspace, store, subject).Select(record => $"{record.Log.Issuer} {record.LeafIndex} {record.Record.Id} {record.SupersededBy}"));
    }

    private static AccessEvent Read(Caller caller, string purpose, AccessAction action, string subject, byte record, string basis) =>
        new(caller, purpose, action, SubjectOf(subject), Leaf(record), basis);

    private static Bytes32 Leaf(byte number) => Sha256.Hash([number]);

    private static SubjectId SubjectOf(string text) => SubjectId.TryParse(text, out SubjectId? subject, out _) ? subject : throw new AssertFailedException(text);
}
