using LedgerCredit.Ethereum;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>
/// Where validators sign, a made-up ledger has right headers and right state proofs, and lacks their seals: its anchor is not kept,
/// stays in flight, and is proven by the same transaction as soon as the ledger itself is asked.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class AnchorSealTests
{
    private static TestLedger _ledger = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _ledger = await TestLedger.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _ledger.DisposeAsync();

    [TestMethod]
    [DataRow(ConsensusType.Qbft, new[] { 0, 1 }, "sealed by 3 of the 4 validators that the 'consensus' of workspace.json names", "too-few-seals", DisplayName = "QBFT, too few")]
    [DataRow(ConsensusType.Qbft, new int[0], "sealed by 3 of the 4 validators", "too-few-seals", DisplayName = "QBFT, none")]
    [DataRow(ConsensusType.Qbft, new[] { 0, 1, 1 }, "sealed by 3 of the 4 validators", "bad-seal", DisplayName = "QBFT, one twice")]
    [DataRow(ConsensusType.Clique, new[] { 0 }, "and the 2 behind it sealed by different ones of the 4 signers", "bad-seal", DisplayName = "Clique, always the same one")]
    [DataRow(ConsensusType.Clique, new[] { 0, 1 }, "and the 2 behind it sealed by different ones of the 4 signers", "bad-seal", DisplayName = "Clique, two by turns")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_LedgerWithoutTheSeals_IsNotKeptAndCompletedByTheLedger(ConsensusType type, int[] sealers, string expected, string found)
    {
        await using FaultScene scene = await CreateAsync(type);
        SealedView.Show(scene, type, sealers);

        LedgerStalledException e = await Assert.ThrowsExactlyAsync<LedgerStalledException>(() => scene.AnchorAsync(TimeProvider.System, Token));

        Assert.Contains("is not sealed as it must be", e.Message);
        Assert.Contains(expected, e.Message);
        Assert.Contains(found, e.Message);
        Assert.Contains("name one that is trusted", e.Message);
        Assert.IsTrue(scene.Workspace.Anchors(FaultScene.Authority).Single().IsInFlight);
        await CompleteAsync(scene, type);
    }

    // They agree among themselves, and the policy names others.
    [TestMethod]
    [DataRow(ConsensusType.Qbft, "validators-mismatch")]
    [DataRow(ConsensusType.Clique, "bad-seal")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_LedgerOfOtherValidators_IsNotKept(ConsensusType type, string reason)
    {
        await using FaultScene scene = await CreateAsync(type);
        SetConsensus(scene, type, new JsonArray(Validator(0), Validator(1), new JsonString(Other.ToLowerHex())));

        // On Clique one signer seals a block: none of those whom the policy names, whatever the block's number is.
        SealedView.Show(scene, type, type == ConsensusType.Qbft ? [0, 1, 2, 3] : [2, 3]);

        LedgerStalledException e = await Assert.ThrowsExactlyAsync<LedgerStalledException>(() => scene.AnchorAsync(TimeProvider.System, Token));

        // QBFT headers list their validators, so that both lists can be told.
        Assert.Contains(type == ConsensusType.Qbft ? Other.ToLowerHex() : reason, e.Message);
        Assert.IsTrue(scene.Workspace.Anchors(FaultScene.Authority).Single().IsInFlight);
        SetConsensus(scene, type, All());
        await CompleteAsync(scene, type);
    }

    [TestMethod]
    [DataRow(ConsensusType.Qbft)]
    [DataRow(ConsensusType.Clique)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_BlockOfNoKnownValidators_SaysWhatToDo(ConsensusType type)
    {
        await using FaultScene scene = await CreateAsync(type);
        SetConsensus(scene, type, All(), from: 1_000_000);
        SealedView.Show(scene, type, [0, 1, 2, 3]);

        LedgerStalledException e = await Assert.ThrowsExactlyAsync<LedgerStalledException>(() => scene.AnchorAsync(TimeProvider.System, Token));

        Assert.Contains("Expected validators of block", e.Message);
        Assert.Contains("bring that 'consensus' up to date", e.Message);
        SetConsensus(scene, type, All());
        await CompleteAsync(scene, type);
    }

    // Seals are in no hash on QBFT, and the last header's own are in none on Clique.
    [TestMethod]
    [DataRow(ConsensusType.Qbft)]
    [DataRow(ConsensusType.Clique)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Audit_SealOfAStoredProofAltered_IsFound(ConsensusType type)
    {
        await using FaultScene scene = await CreateAsync(type);
        await CompleteAsync(scene, type);
        StoredAnchor anchor = scene.Workspace.Anchors(FaultScene.Authority).Single();
        Assert.IsTrue(LedgerProof.TryDecode(anchor.LedgerProof, out LedgerProof? proof));
        ReadOnlyMemory<byte> last = proof.Descendants.Count == 0 ? proof.Header : proof.Descendants[^1];
        Assert.IsTrue(BlockHeader.TryDecode(last.Span, out BlockHeader? header, out _));
        byte[] extraData = header.ExtraData.ToArray();
        extraData[^30] ^= 1;
        byte[] altered = (header with { ExtraData = extraData }).Encode();
        LedgerProof other = proof.Descendants.Count == 0
            ? proof with { Header = altered }
            : proof with { Descendants = [.. proof.Descendants.SkipLast(1), altered] };
        using (Store store = scene.Workspace.OpenStore())
        using (StoreTransaction transaction = store.BeginWrite())
        {
            store.Anchors.Complete(store.Logs.Find(FaultScene.Authority)!.Number, anchor.TreeSize, anchor.TransactionRaw!, other.Encode());
            transaction.Commit();
        }

        AuditReport report = await scene.Workspace.AuditAsync(session: null, Token);

        AuditFinding finding = report.Findings.Single();
        Assert.AreEqual("anchor-altered", finding.Code, TestWorkspace.Describe(report));
        Assert.Contains("is not sealed as it must be", finding.Message);
    }

    private static Address Other => Address.FromBytes([.. Enumerable.Repeat((byte)7, Address.Length)]);

    private async Task<FaultScene> CreateAsync(ConsensusType type)
    {
        FaultScene scene = await FaultScene.OnAsync(_ledger, Token);
        scene.Append(3);
        SetConsensus(scene, type, All());
        return scene;
    }

    // With all seals, the same bytes are proven, the audit finds nothing, and a verifier finds the block final.
    private async Task CompleteAsync(FaultScene scene, ConsensusType type)
    {
        scene.Proxy.Heal();
        SealedView.Show(scene, type, type == ConsensusType.Qbft ? [0, 2, 3] : [0, 1, 2, 3]);

        await scene.AnchorAsync(TimeProvider.System, Token);

        Assert.HasCount(1, scene.Proxy.SentTransactions.Distinct());
        using LedgerSession session = await LedgerSession.ConnectAsync(scene.Workspace.Workspace, scene.Proxy.Url, TimeProvider.System, Token);
        AuditReport report = await scene.Workspace.AuditAsync(session, Token);
        Assert.AreEqual(AuditVerdict.Sound, report.Verdict, TestWorkspace.Describe(report));
        EvidenceFile file = scene.Workspace.BuildEvidence(FaultScene.Authority, 0)!;
        VerificationReport verified = EvidenceVerifier.Verify(file, scene.Workspace.BuildTrust(), new VerificationOptions { Clock = TimeProvider.System });
        Assert.AreEqual(StepOutcome.Pass, verified.Step(StepCode.Consensus).Outcome, verified.Step(StepCode.Consensus).Reason);
    }

    private static JsonString Validator(int index) => new(SealedView.Validators[index].Address.ToLowerHex());

    private static JsonArray All() => new(Validator(0), Validator(1), Validator(2), Validator(3));

    private static void SetConsensus(FaultScene scene, ConsensusType type, JsonArray validators, long from = 0)
    {
        bool isQbft = type == ConsensusType.Qbft;
        JsonObject consensus = new(
            new JsonMember("type", new JsonString(isQbft ? "qbft" : "clique")),
            new JsonMember("hash", new JsonString(isQbft ? "qbft" : "keccak")),
            new JsonMember("validators", new JsonArray(new JsonObject(
                new JsonMember("from", new JsonNumber(from)),
                new JsonMember("to", new JsonNull()),
                new JsonMember("addresses", validators)))));
        scene.Workspace.Workspace.EditConfig(config => config with { Ledger = config.Ledger with { Consensus = consensus } });
    }
}
