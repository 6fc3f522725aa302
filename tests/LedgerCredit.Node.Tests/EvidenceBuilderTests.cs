using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Tests;

/// <summary>What is handed out verifies without the node and without the ledger; what would not is not handed out.</summary>
[TestClass]
public sealed class EvidenceBuilderTests
{
    private const string Authority = TestWorkspace.Authority;
    private static AuditFixture _fixture = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _fixture = await AuditFixture.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _fixture.DisposeAsync();

    [TestMethod]
    [DataRow(Authority, 9)]
    [DataRow(TestWorkspace.Agency, 5)]
    public void Build_EveryAnchoredRecord_VerifiesOffline(string issuer, int anchored)
    {
        TrustPolicy trust = ReadBack(_fixture.Workspace.BuildTrust());
        for (int i = 0; i < anchored; i++)
        {
            if (issuer == Authority && i == AuditFixture.ErasedIndex)
            {
                continue;
            }

            byte[] text = _fixture.Workspace.BuildEvidence(issuer, (ulong)i)!.ToUtf8();
            VerificationReport report = EvidenceVerifier.Verify(text, trust, new VerificationOptions { Clock = TimeProvider.System, SubjectKey = _fixture.Workspace.SubjectKey });

            Assert.AreEqual(Verdict.Valid, report.Verdict, string.Join(" ", report.Steps));
            Assert.IsTrue(report.Record!.IsComplete);
            Assert.AreEqual((ulong)i, report.LeafIndex);
        }
    }

    [TestMethod]
    public void Build_Redacted_VerifiesAndSaysWhatIsWithheld()
    {
        TrustPolicy trust = _fixture.Workspace.BuildTrust();
        EvidenceFile whole = _fixture.Workspace.BuildEvidence(Authority, 0)!;

        Assert.IsTrue(EvidenceRedaction.TryRedact(whole, ["id", "claims.grade"], keepTerms: false, keepStatus: false, out EvidenceFile? redacted, out ParseProblem? problem), problem?.Message);
        VerificationReport report = EvidenceVerifier.Verify(redacted.ToUtf8(), trust, new VerificationOptions { Clock = TimeProvider.System });

        Assert.AreEqual(Verdict.Valid, report.Verdict);
        Assert.AreEqual(whole.Record.Disclosures.Count - 2, report.Record!.WithheldCount);
    }

    [TestMethod]
    public void Build_NotAnchoredYet_IsNull()
    {
        Assert.IsNull(_fixture.Workspace.BuildEvidence(Authority, 9));
        Assert.IsNull(_fixture.Workspace.BuildEvidence(Authority, 11));
    }

    // One builder for all, made on several threads and in an order that goes to and fro between logs and anchors.
    [TestMethod]
    public void Build_ManyByOneBuilder_AreEachAsByOneOfItsOwn()
    {
        using Store store = _fixture.Workspace.Workspace.OpenStore(StoreAccess.Read);
        EvidenceBuilder builder = new(_fixture.Workspace.Workspace, store, RulePackCatalog.Shipped, _fixture.Workspace.SubjectKey);
        (string Issuer, ulong Index)[] entries =
        [
            .. Enumerable.Range(0, 9).Where(i => i != AuditFixture.ErasedIndex).Select(i => (Authority, (ulong)i)),
            .. Enumerable.Range(0, 5).Select(i => (TestWorkspace.Agency, (ulong)i)),
        ];
        new Random(20261122).Shuffle(entries);
        EvidenceMaterial[] read = [.. entries.Select(entry =>
        {
            StoredLog log = store.Logs.Find(entry.Issuer)!;
            return builder.TryRead(log, new LogPosition(log.Number, entry.Index))!;
        })];
        EvidenceFile[] made = new EvidenceFile[read.Length];

        Parallel.For(0, read.Length, i => made[i] = builder.Build(read[i]));

        for (int i = 0; i < made.Length; i++)
        {
            Assert.AreSequenceEqual(_fixture.Workspace.BuildEvidence(entries[i].Issuer, entries[i].Index)!.ToUtf8(), made[i].ToUtf8());
        }
    }

    [TestMethod]
    public void Build_Erased_IsRefused() =>
        Assert.ThrowsExactly<WorkspaceException>(() => _fixture.Workspace.BuildEvidence(Authority, AuditFixture.ErasedIndex));

    [TestMethod]
    public void Build_NoSuchEntry_IsRefused() =>
        Assert.ThrowsExactly<LogIntegrityException>(() => _fixture.Workspace.BuildEvidence(Authority, 12));

    // Any byte of what a file is made of: it is refused, or the altered byte did not go into this file.
    [TestMethod]
    [DataRow("entry", "entry", "position & 255 = 2 AND position < 2199023255552")]
    [DataRow("entry", "secret", "position & 255 = 2 AND position < 2199023255552")]
    [DataRow("entry", "record", "position & 255 = 2 AND position < 2199023255552")]
    [DataRow("tile", "hashes", "log = 1")]
    [DataRow("checkpoint", "note", "log = 1 AND tree_size = 4")]
    [DataRow("anchor", "ledger_proof", "log = 1 AND tree_size = 4")]
    public void Build_FromAnAlteredStore_IsRefusedOrStillRight(string table, string column, string where)
    {
        TrustPolicy trust = _fixture.Workspace.BuildTrust();
        using TestWorkspace copy = _fixture.Workspace.Copy();
        using StoreFile file = new(copy.Workspace.StorePath);
        byte[] original = file.Scalar<byte[]>($"SELECT {column} FROM {table} WHERE {where}");
        Random random = new(20261121);
        int refused = 0;
        for (int i = 0; i < 60; i++)
        {
            byte[] altered = [.. original];
            altered[random.Next(altered.Length)] ^= (byte)random.Next(1, 256);
            file.Execute($"UPDATE {table} SET {column} = @0 WHERE {where}", altered);
            try
            {
                EvidenceFile built = copy.BuildEvidence(Authority, 2)!;
                VerificationReport report = EvidenceVerifier.Verify(built.ToUtf8(), trust, new VerificationOptions { Clock = TimeProvider.System, SubjectKey = copy.SubjectKey });
                Assert.AreEqual(Verdict.Valid, report.Verdict);
                Assert.AreEqual("tile", table, "Only a tile has bytes that this file does not need.");
            }
            catch (LogIntegrityException)
            {
                refused++;
            }
        }

        Assert.IsGreaterThan(table == "tile" ? 10 : 59, refused);
    }

    [TestMethod]
    public void BuildTrust_FromAnAlteredProof_IsRefused()
    {
        using TestWorkspace copy = _fixture.Workspace.Copy();
        using StoreFile file = new(copy.Workspace.StorePath);

        // A byte in the header, behind the block hash at the front.
        file.Execute("UPDATE anchor SET ledger_proof = CAST(substr(ledger_proof, 1, 200) || x'a5' || substr(ledger_proof, 202) AS BLOB)");

        Assert.ThrowsExactly<LogIntegrityException>(copy.BuildTrust);
    }

    [TestMethod]
    public void BuildTrust_WithoutContracts_IsRefused()
    {
        using TestWorkspace workspace = TestWorkspace.Create(Authority);

        Assert.ThrowsExactly<WorkspaceException>(workspace.BuildTrust);
    }

    private static TrustPolicy ReadBack(TrustPolicy policy)
    {
        Assert.IsTrue(TrustPolicy.TryParse(policy.ToUtf8(), out TrustPolicy? read, out ParseProblem? problem), problem?.Message);
        return read;
    }
}
