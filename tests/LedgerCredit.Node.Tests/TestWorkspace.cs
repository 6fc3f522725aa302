using System.Text;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;
using LedgerCredit.Testing;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Tests;

/// <summary>A workspace in a temporary folder, driven through the product's own classes, and re-verified as a whole by <see cref="CheckAsync"/>.</summary>
internal sealed class TestWorkspace : IDisposable
{
    internal const string Authority = "test-authority";
    internal const string Agency = "test-agency";

    private readonly TestFolder? _owned;

    private TestWorkspace(TestFolder? owned, Workspace workspace, TestLedger? ledger)
    {
        _owned = owned;
        Workspace = workspace;
        Ledger = ledger;
        Keys = new KeyRing(workspace, new NoPassword());
        SubjectKey = Keys.Has(Ethereum.Keys.KeystoreKeyType.Subject, "network") ? Keys.OpenSubjectKey() : default;
    }

    internal Workspace Workspace { get; }

    internal TestLedger? Ledger { get; private set; }

    internal KeyRing Keys { get; }

    internal Bytes32 SubjectKey { get; }

    internal LedgerFinality Finality => LedgerFinality.Of(Workspace.Config, TimeProvider.System);

    /// <summary>Makes a workspace without ledger, with the named members.</summary>
    internal static TestWorkspace Create(params ReadOnlySpan<string> members)
    {
        TestFolder folder = new();
        LedgerConfig ledger = new(LedgerKind.Devnet, RpcUrl: null, AnvilProcess.ChainId, Contracts: null, Consensus: null);
        Workspace workspace = Workspace.Create(
            folder.File("workspace"),
            new WorkspaceConfig("test.ledgercredit", ledger, []),
            fresh => new KeyRing(fresh, new NoPassword()).CreateSubjectKey());
        TestWorkspace made = new(folder, workspace, ledger: null);
        foreach (string member in members)
        {
            new MemberRegistry(workspace, made.Keys).AddLocal(member, [ConsortiumRole.Authority]);
        }

        return made;
    }

    /// <summary>Makes a workspace with contracts on a ledger and its members registered there.</summary>
    internal static async Task<TestWorkspace> CreateAsync(TestLedger ledger, string[] members, CancellationToken cancellationToken)
    {
        return await Create(members).OnAsync(ledger, cancellationToken);
    }

    /// <summary>Puts the contracts on a ledger and registers the members there.</summary>
    internal async Task<TestWorkspace> OnAsync(TestLedger ledger, CancellationToken cancellationToken)
    {
        Ledger = ledger;
        await DeployAsync(cancellationToken);
        return this;
    }

    /// <summary>A copy with the same keys and, if there is one, the same ledger: what is altered in it leaves this one alone.</summary>
    internal TestWorkspace Copy()
    {
        TestFolder folder = new();
        TestFolder.Copy(Workspace.Folder, folder.File("workspace"));
        return new TestWorkspace(folder, Workspace.Open(folder.File("workspace")), Ledger);
    }

    /// <summary>The same folder, opened anew, as another process would.</summary>
    internal TestWorkspace Reopen() => new(owned: null, Workspace.Open(Workspace.Folder), Ledger);

    /// <summary>A workspace that is somewhere already, without ledger.</summary>
    internal static TestWorkspace OpenAt(string folder) => new(owned: null, Workspace.Open(folder), ledger: null);

    internal Store OpenStore() => Workspace.OpenStore(StoreAccess.Write);

    internal StoredLog LogOf(string issuer)
    {
        using Store store = Workspace.OpenStore(StoreAccess.Read);
        return store.Logs.Find(issuer)!;
    }

    internal LogKey OpenLogKey(string issuer) => Keys.OpenLogKey(Workspace.Config.FindMember(issuer)!);

    internal PreparedRecord Prepare(CreditRecord record) =>
        PreparedRecord.TryPrepare(record, RulePackCatalog.Shipped, SubjectKey, out RecordProblem? problem)
        ?? throw new AssertFailedException(problem!.ToString());

    /// <summary>Appends records of one issuer as one batch.</summary>
    internal IReadOnlyList<AppendOutcome> Append(string issuer, params IReadOnlyList<CreditRecord> records)
    {
        using Store store = OpenStore();
        using LogKey key = OpenLogKey(issuer);
        return new Sequencer(store, store.Logs.Find(issuer)!, key).Append([.. records.Select(Prepare)]);
    }

    internal void Erase(string issuer, RecordKind kind, string id)
    {
        using Store store = OpenStore();
        using LogKey key = OpenLogKey(issuer);
        FoundRecord found = RecordFinder.Find(store, id, issuer, kind).Single();
        new RecordEraser(store, TimeProvider.System).Erase(found, key, SampleRecords.Rules, "test");
    }

    // Without a ledger of the test's: the workspace's own devnet.
    internal Task<LedgerSession> ConnectAsync(CancellationToken cancellationToken) =>
        LedgerSession.ConnectAsync(Workspace, Ledger?.Url, TimeProvider.System, cancellationToken);

    internal async Task DeployAsync(CancellationToken cancellationToken)
    {
        using (LedgerSession session = await ConnectAsync(cancellationToken))
        {
            await new ContractDeployment(Workspace, Keys).DeployAsync(session, TimeProvider.System, cancellationToken);
        }

        using LedgerSession connected = await ConnectAsync(cancellationToken);
        foreach (MemberConfig member in Workspace.Config.Members)
        {
            await new MemberRegistry(Workspace, Keys).RegisterAsync(connected, MemberIdentity.Of(member), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Anchors as a new process would: new connection, new store, new keys.</summary>
    internal Task<AnchorOutcome> AnchorAsync(string issuer, CancellationToken cancellationToken) => AnchorAsync(issuer, wait: true, cancellationToken);

    internal async Task<AnchorOutcome> AnchorAsync(string issuer, bool wait, CancellationToken cancellationToken)
    {
        using Store store = OpenStore();
        using Secp256k1Key key = Keys.OpenAccount(issuer);
        using LedgerSession session = await ConnectAsync(cancellationToken);
        return await new Anchorer(session, store, Finality, TimeProvider.System).AnchorAsync(store.Logs.Find(issuer)!, key, wait, cancellationToken);
    }

    internal IReadOnlyList<StoredAnchor> Anchors(string issuer)
    {
        using Store store = Workspace.OpenStore(StoreAccess.Read);
        return store.Anchors.ReadAll(store.Logs.Find(issuer)!.Number);
    }

    /// <summary>Audits, with the ledger where there is one.</summary>
    internal async Task<AuditReport> AuditAsync(CancellationToken cancellationToken)
    {
        using LedgerSession? session = Ledger is null ? null : await ConnectAsync(cancellationToken);
        return await AuditAsync(session, cancellationToken);
    }

    internal Task<AuditReport> AuditAsync(LedgerSession? session, CancellationToken cancellationToken) =>
        LogAudit.RunAsync(Workspace, RulePackCatalog.Shipped, AuditKeys.Open(Keys), session, session is null ? "no ledger" : null, progress: null, cancellationToken);

    internal EvidenceFile? BuildEvidence(string issuer, ulong leafIndex)
    {
        using Store store = Workspace.OpenStore(StoreAccess.Read);
        StoredLog log = store.Logs.Find(issuer)!;
        return new EvidenceBuilder(Workspace, store, RulePackCatalog.Shipped, SubjectKey).TryBuild(log, new LogPosition(log.Number, leafIndex));
    }

    internal TrustPolicy BuildTrust()
    {
        using Store store = Workspace.OpenStore(StoreAccess.Read);
        return TrustBuilder.Build(Workspace, store, RulePackCatalog.Shipped);
    }

    /// <summary>Re-verifies everything: the audit, each checkpoint against an own recomputation, each evidence file of an anchored record.</summary>
    /// <param name="expectedEntries">Entries that each log must have.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    internal async Task CheckAsync(IReadOnlyDictionary<string, ulong> expectedEntries, CancellationToken cancellationToken)
    {
        Check(await AuditAsync(cancellationToken), expectedEntries);
    }

    /// <summary>Re-verifies everything against the workspace's own devnet.</summary>
    internal async Task CheckOnDevnetAsync(IReadOnlyDictionary<string, ulong> expectedEntries, CancellationToken cancellationToken)
    {
        using LedgerSession session = await ConnectAsync(cancellationToken);
        AuditReport report = await AuditAsync(session, cancellationToken);
        Assert.AreEqual(AuditVerdict.Sound, report.Verdict, Describe(report));
        Check(report, expectedEntries);
    }

    private void Check(AuditReport report, IReadOnlyDictionary<string, ulong> expectedEntries)
    {
        Assert.IsEmpty(report.Findings, Describe(report));
        Assert.AreEqual(report.NotComparedBecause is not null ? AuditVerdict.NotCompared : AuditVerdict.Sound, report.Verdict);
        using Store store = Workspace.OpenStore(StoreAccess.Read);
        foreach (AuditedLog audited in report.Logs)
        {
            StoredLog log = store.Logs.Find(audited.Issuer)!;
            Assert.AreEqual(expectedEntries.GetValueOrDefault(audited.Issuer), audited.Entries, audited.Issuer);
            Assert.AreEqual(audited.Entries, store.Entries.Count(log.Number));
            Bytes32[] leaves = [.. store.Entries.ReadAll(log.Number).Select(entry => MerkleHash.Leaf(entry.Entry))];
            NoteVerifierKey key = VerifierKey(log);
            foreach ((long size, byte[] note) in store.Checkpoints.ReadAll(log.Number))
            {
                Checkpoint checkpoint = VerifyCheckpoint(Encoding.UTF8.GetString(note), key);
                Assert.AreEqual((ulong)size, checkpoint.Size);
                Assert.AreEqual(NaiveTree.Root(leaves.AsSpan(0, (int)size)), checkpoint.RootHash);
            }
        }
    }

    /// <summary>Checks a note by a log's key and reads the checkpoint in it.</summary>
    internal static Checkpoint VerifyCheckpoint(string text, NoteVerifierKey key)
    {
        Assert.IsTrue(SignedNote.TryParse(text, out SignedNote? note, out ParseProblem? problem), problem?.Message);
        Assert.AreEqual(NoteFailure.None, note.VerifyOnly(key));
        Assert.IsTrue(Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out problem), problem?.Message);
        return checkpoint;
    }

    internal static NoteVerifierKey VerifierKey(StoredLog log)
    {
        Assert.IsTrue(NoteVerifierKey.TryParse(log.VerifierKey, out NoteVerifierKey? key, out _));
        return key;
    }

    internal static string Describe(AuditReport report) =>
        $"{report.Verdict}: {string.Join(" | ", report.Findings.Select(f => $"{f.Code} {f.Issuer} {f.LeafIndex}: {f.Message}"))}";

    public void Dispose() => _owned?.Dispose();

    private sealed class NoPassword : IPasswordSource
    {
        public string GetPassword(bool isNew) => throw new AssertFailedException("A devnet workspace asks for no password.");
    }
}
