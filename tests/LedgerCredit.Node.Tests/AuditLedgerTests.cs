using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;

namespace LedgerCredit.Node.Tests;

/// <summary>What only the ledger can tell: the whole store was rewritten, or its end is missing.</summary>
[TestClass]
public sealed class AuditLedgerTests
{
    private static AuditFixture _fixture = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _fixture = await AuditFixture.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _fixture.DisposeAsync();

    [TestMethod]
    [DataRow(0, 0, 3, DisplayName = "first record of the first anchor")]
    [DataRow(3, 0, 3, DisplayName = "last record of the first anchor")]
    [DataRow(4, 4, 8, DisplayName = "first record of the second anchor")]
    [DataRow(8, 4, 8, DisplayName = "last record of the second anchor")]
    public async Task Audit_StoreRewrittenWithTheSameKeys_NamesTheRange(int changed, int from, int to)
    {
        using TestWorkspace rewritten = Rewrite(12, changed);

        AuditReport alone = await rewritten.AuditAsync(session: null, TestContext.CancellationToken);
        AuditReport compared = await rewritten.AuditAsync(_fixture.Session, TestContext.CancellationToken);

        Assert.AreEqual(AuditVerdict.NotCompared, alone.Verdict, TestWorkspace.Describe(alone));
        Assert.AreEqual(AuditVerdict.Diverges, compared.Verdict);
        AuditFinding finding = compared.Findings.First(f => f.Issuer == TestWorkspace.Authority && f.Code != "anchor-missing");
        Assert.AreEqual("history-rewritten", finding.Code, TestWorkspace.Describe(compared));
        Assert.AreEqual((ulong)from, finding.LeafIndex);
        Assert.Contains($"Entries {from} to {to} ", finding.Message);
    }

    [TestMethod]
    public async Task Audit_StoreRewrittenBehindTheLastAnchor_IsNotSeenByTheLedger()
    {
        // The limit of what an audit can see, and the reason for acknowledgements: index 9 was never anchored.
        using TestWorkspace rewritten = Rewrite(12, changed: 9);

        AuditReport report = await rewritten.AuditAsync(_fixture.Session, TestContext.CancellationToken);

        Assert.DoesNotContain("history-rewritten", report.Findings.Select(f => f.Code), TestWorkspace.Describe(report));
    }

    [TestMethod]
    [DataRow(8, "log-truncated")]
    [DataRow(3, "log-truncated")]
    public async Task Audit_TailMissing_NamesTheFirstMissingEntry(int kept, string code)
    {
        using TestWorkspace truncated = Rewrite(kept, changed: -1);

        AuditReport report = await truncated.AuditAsync(_fixture.Session, TestContext.CancellationToken);

        AuditFinding finding = report.Findings.First(f => f.Issuer == TestWorkspace.Authority && f.Code != "anchor-missing");
        Assert.AreEqual(AuditVerdict.Diverges, report.Verdict);
        Assert.AreEqual(code, finding.Code, TestWorkspace.Describe(report));
        Assert.AreEqual((ulong)kept, finding.LeafIndex);
    }

    // A node goes on while its store is audited: the ledger soon has more than the state of the store that the audit reads.
    [TestMethod]
    public async Task Audit_LogThatGrowsAndIsAnchoredMeanwhile_IsSound()
    {
        CancellationToken token = TestContext.CancellationToken;
        await using TestLedger ledger = await TestLedger.StartAsync(token);
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(ledger, [TestWorkspace.Authority, TestWorkspace.Agency], token);
        workspace.Append(TestWorkspace.Authority, SampleRecords.Sanction(TestWorkspace.Authority, 1));
        workspace.Append(TestWorkspace.Agency, SampleRecords.Sanction(TestWorkspace.Agency, 1));
        await workspace.AnchorAsync(TestWorkspace.Agency, token);
        using LedgerSession session = await workspace.ConnectAsync(token);
        Once meanwhile = new(() =>
        {
            workspace.Append(TestWorkspace.Agency, SampleRecords.Sanction(TestWorkspace.Agency, 2));
            workspace.AnchorAsync(TestWorkspace.Agency, token).GetAwaiter().GetResult();
        });

        AuditReport report = await LogAudit.RunAsync(workspace.Workspace, RulePackCatalog.Shipped, AuditKeys.Open(workspace.Keys), session, null, meanwhile, token);

        Assert.IsTrue(meanwhile.IsDone);
        Assert.AreEqual(AuditVerdict.Sound, report.Verdict, TestWorkspace.Describe(report));
        Assert.AreEqual(AuditVerdict.Sound, (await workspace.AuditAsync(token)).Verdict);
    }

    // The configuration names a member before its log is in the store: an audit may begin in between.
    [TestMethod]
    public async Task Audit_LogThatComesAfterItsMember_IsMissingOnlyWhileItIs()
    {
        using TestWorkspace copy = _fixture.Workspace.Copy();
        new MemberRegistry(copy.Workspace, copy.Keys).AddLocal("added-meanwhile", [ConsortiumRole.Agency]);
        using (StoreFile file = new(copy.Workspace.StorePath))
        {
            file.Execute("DELETE FROM log WHERE issuer = 'added-meanwhile'");
        }

        AuditReport missing = await copy.AuditAsync(session: null, TestContext.CancellationToken);
        using TestWorkspace other = copy.Reopen();
        Once meanwhile = new(() => new MemberRegistry(other.Workspace, other.Keys).AddLocal("added-meanwhile", [ConsortiumRole.Agency]));
        AuditReport there = await LogAudit.RunAsync(
            copy.Workspace, RulePackCatalog.Shipped, AuditKeys.Open(copy.Keys), session: null, "no ledger", meanwhile, TestContext.CancellationToken);

        Assert.AreEqual("log-missing", missing.Findings.Single().Code);
        Assert.IsTrue(meanwhile.IsDone);
        Assert.IsEmpty(there.Findings, TestWorkspace.Describe(there));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(6)]
    public async Task Anchor_RewrittenStore_IsRefusedBeforeAnythingIsSent(int changed)
    {
        using TestWorkspace rewritten = Rewrite(12, changed);

        LogIntegrityException e = await Assert.ThrowsExactlyAsync<LogIntegrityException>(() => rewritten.AnchorAsync(TestWorkspace.Authority, TestContext.CancellationToken));

        Assert.Contains("this store's entries lead to", e.Message);
        Assert.IsEmpty(rewritten.Anchors(TestWorkspace.Authority));
    }

    [TestMethod]
    public async Task Anchor_TruncatedStore_IsRefused()
    {
        using TestWorkspace truncated = Rewrite(6, changed: -1);

        LogIntegrityException e = await Assert.ThrowsExactlyAsync<LogIntegrityException>(() => truncated.AnchorAsync(TestWorkspace.Authority, TestContext.CancellationToken));

        Assert.Contains("The ledger has anchored 9 entries", e.Message);
    }

    [TestMethod]
    public async Task Anchor_StoreRestoredFromBackup_AdoptsTheLedgersAnchor()
    {
        using TestWorkspace copy = _fixture.Workspace.Copy();
        using (StoreFile file = new(copy.Workspace.StorePath))
        {
            file.Execute("DELETE FROM anchor WHERE tree_size = 5");
        }

        AnchorOutcome outcome = await copy.AnchorAsync(TestWorkspace.Agency, TestContext.CancellationToken);

        Assert.IsNull(outcome.TransactionHash);
        Assert.AreEqual(5UL, outcome.TreeSize);
        Assert.IsNull(copy.Anchors(TestWorkspace.Agency).Single().TransactionRaw);
        await copy.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 12, [TestWorkspace.Agency] = 5 }, TestContext.CancellationToken);
        Assert.IsNotNull(copy.BuildEvidence(TestWorkspace.Agency, 4));
    }

    // The operator's own attack: the same keys sign another history, and the rows of the anchors are left out.
    private static TestWorkspace Rewrite(int entries, int changed)
    {
        TestWorkspace copy = _fixture.Workspace.Copy();
        using (StoreFile file = new(copy.Workspace.StorePath))
        {
            foreach (string table in (string[])["erasure", "entry", "tile", "checkpoint", "anchor"])
            {
                file.Execute($"DELETE FROM {table}");
            }

            // Unchanged records keep their entries, or the first anchor would already differ at index 0.
            using StoreFile source = new(_fixture.Workspace.Workspace.StorePath);
            foreach (object?[] row in source.Query("SELECT position, entry, secret, record FROM entry"))
            {
                file.Execute("INSERT INTO entry VALUES (@0, @1, @2, @3)", row);
            }

            foreach (object?[] row in source.Query("SELECT position, statement FROM erasure WHERE position & 255 < @0", (long)entries))
            {
                file.Execute("INSERT INTO erasure VALUES (@0, @1)", row);
            }
        }

        StoreRewriter.Resign(copy, TestWorkspace.Authority, entries, changed is >= 0 and < 12 ? SampleRecords.Rating(TestWorkspace.Authority, 5000 + changed) : null, changed);
        StoreRewriter.Resign(copy, TestWorkspace.Agency, 5, replacement: null, index: -1);
        return copy;
    }

    // At the first report of an audit, on its thread.
    private sealed class Once(Action action) : IProgress<AuditProgress>
    {
        public bool IsDone { get; private set; }

        public void Report(AuditProgress value)
        {
            if (!IsDone)
            {
                IsDone = true;
                action();
            }
        }
    }
}
