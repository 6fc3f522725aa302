using System.Buffers.Binary;
using System.Text;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.State;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Verification;

namespace LedgerCredit.Contracts.Tests;

/// <summary>A repair case on a real ledger, from the record to the proof of its status.</summary>
[TestClass]
[TestCategory("integration")]
[DoNotParallelize]
public sealed class RepairDeskLedgerTests
{
    // Kind 1 is the commitment letter, kind 2 required, kind 3 neither.
    private static readonly RulePackParameters Parameters = new(
        RequiredMaterials: 0b110,
        CommitmentMaterial: 1,
        Approvals: 2,
        LeastInspectionScore: 0,
        SupplementRequests: 3,
        IntakePeriod: 1_001,
        SupplementPeriod: 1_002,
        ReviewPeriod: 1_003,
        ObjectionWindow: 1_004,
        ArbitrationPeriod: 1_005,
        FalseMaterialBar: 1_006,
        DecidedFrom: 1_577_836_800,
        DecidedUntil: 0,
        LeastForMinor: 0,
        LeastForGeneral: 86_400,
        LeastForSerious: 604_800);

    private static readonly RepairMaterial Commitment = new(1, Sha256.Hash([1]));
    private static readonly RepairMaterial Receipt = new(2, Sha256.Hash([2]));

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Open_SanctionInAnAnchoredLog_IsACaseWhoseStatusIsProvenFromTheHeader()
    {
        await using TestNetwork network = await TestNetwork.StartWithContractsAsync(Token);
        RulePacksContract packs = await DeployRulePacksAsync(network);
        RepairDeskContract desk = await DeployRepairDeskAsync(network, packs);
        using Secp256k1Key applicant = await RegisterEnterpriseAsync(network);
        Address applicantAccount = Address.FromPublicKey(applicant.PublicKey);

        (RepairSanction sanction, LogEntry entry) = CreateSanction();
        Bytes32 leafHash = MerkleHash.Leaf(entry.Encode());
        AnchoredEntry anchored = await AnchorAsync(network, leafHash);
        byte[] open = RepairDeskContract.EncodeOpen(sanction, anchored, [Commitment, Receipt]);
        Assert.AreEqual(leafHash, await desk.FetchLeafHashAsync(sanction, Token));
        Assert.AreEqual(new SanctionStatus(SanctionState.None, 0, SanctionState.None), await desk.FetchStatusAsync(leafHash, Token));

        // Nobody may act for the subject yet, then the rule pack of the terms is missing.
        await ExpectAsync(
            $"RepairDeskNotApplicant(subjectTag: {sanction.Terms.SubjectTag}, account: {applicantAccount})",
            () => desk.TryCallAsync(applicantAccount, open, Token));
        await network.MustSendAsync(
            network.Operator,
            network.Consortium.Address,
            ConsortiumContract.EncodeAppointRepresentative(sanction.Terms.SubjectTag, applicantAccount),
            Token);
        Assert.IsTrue(await network.Consortium.MayActForAsync(sanction.Terms.SubjectTag, applicantAccount, Token));
        await ExpectAsync(
            $"RulePacksUnknown(rulePack: {sanction.Terms.RulePack})", () => desk.TryCallAsync(applicantAccount, open, Token));
        await RegisterRulePackAsync(network, packs, sanction.Terms);

        TransactionReceipt opened = await network.MustSendAsync(applicant, desk.Address, open, Token);

        LedgerBlock block = (await network.Client.FindBlockAsync(opened.BlockNumber, Token))!;
        ulong now = block.Header.Timestamp;
        RepairCase expected = new(
            leafHash,
            sanction.Terms.SubjectTag,
            network.OrganisationId,
            sanction.Terms.RulePack,
            RepairCaseState.Open,
            IsEscalated: false,
            SupplementRequests: 0,
            IsPerformed: false,
            Approvals: 0,
            OpenObjections: 0,
            Materials: 0b110,
            (await desk.FetchCaseAsync(1, Token)).MaterialsHash,
            sanction.Terms.EarliestRepairAt,
            AttachedTermUntil: 0,
            DueAt: now + Parameters.IntakePeriod,
            ObjectionsUntil: 0);
        Assert.AreEqual(expected, await desk.FetchCaseAsync(1, Token));
        Assert.AreEqual(1UL, await desk.FetchCaseCountAsync(Token));
        RepairConditions conditions = new(true, false, true, true, false, false, true, true, true, true, true);
        Assert.AreEqual(conditions, await desk.FetchConditionsAsync(1, Token));
        Assert.IsEmpty(await desk.FetchApprovalsAsync(1, Token));
        Assert.AreEqual(
            new RepairPart(ObjectionState.None, false, 0, false), await desk.FetchPartAsync(1, network.OrganisationId, Token));
        Assert.AreEqual(new RevocationProposal(Address.Zero, Bytes32.Zero), await desk.FetchRevocationAsync(1, Token));
        Assert.AreEqual(0UL, await desk.FetchBarredUntilAsync(sanction.Terms.SubjectTag, Token));
        Assert.AreEqual(0UL, await desk.FetchPausedAtAsync(Token));

        SanctionStatus status = new(SanctionState.UnderRepair, now, SanctionState.None);
        Assert.AreEqual(status, await desk.FetchStatusAsync(leafHash, Token));
        await CheckStatusProofAsync(network, desk.Address, block, leafHash, status);
        await CheckEventsAsync(desk, block, opened, expected, sanction, applicantAccount);
        await CheckReviewAsync(network, desk, applicantAccount);
    }

    private static (RepairSanction Sanction, LogEntry Entry) CreateSanction()
    {
        const string json = $$"""
            {"kind":"sanction","id":"2026-17","issuer":"{{TestNetwork.Slug}}","subject":"x-test:17","issuedAt":"2026-01-06T09:00:00+08:00",
             "claims":{"authorityName":"Test Authority","grade":"general","decisionNo":"2026-17","violation":"v","basis":"b",
             "penalties":["fine"],"decidedOn":"2026-01-05","rulePack":"demo"}
            }
            """;
        Assert.IsTrue(CreditRecord.TryParse(
            Encoding.UTF8.GetBytes(json), RecordRules.Default, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems),
            string.Join(' ', problems));
        Bytes32 secret = Sha256.Hash([9]);
        Assert.IsTrue(SanctionTerms.TryCreate(
            record, RulePackCatalog.Shipped, Sha256.Hash([8]), secret, out SanctionTerms? terms, out RecordProblem? problem), problem?.ToString());
        Assert.IsTrue(RepairTerms.TryDecode(terms.Encode(), out RepairTerms? presented));
        Assert.IsFalse(RepairTerms.TryDecode((byte[])[.. terms.Encode(), 0], out _));
        Assert.AreEqual(terms.EarliestRepairAt, presented.EarliestRepairAt);
        Bytes32 recordDigest = RecordCommitment.Create(record, secret).RecordDigest;
        return (new RepairSanction(recordDigest, presented), new LogEntry(RecordKind.Sanction, recordDigest, terms.Digest()));
    }

    private static async Task ExpectAsync(string error, Func<Task> call)
    {
        ContractRevertException exception = await Assert.ThrowsExactlyAsync<ContractRevertException>(call);
        Assert.AreEqual(error, exception.Error?.ToString());
    }

    private async Task<RulePacksContract> DeployRulePacksAsync(TestNetwork network)
    {
        TransactionReceipt deployed = await network.MustSendAsync(
            network.Admin, null, RulePacksContract.EncodeDeployment(network.Consortium.Address), Token);
        RulePacksContract packs = new(network.Client, deployed.ContractAddress!.Value);
        Assert.AreEqual("1", await packs.FetchVersionAsync(Token));
        Assert.AreEqual(network.Consortium.Address, await packs.FetchConsortiumAsync(Token));
        Assert.AreEqual(0U, await packs.FetchCountAsync(Token));
        return packs;
    }

    private async Task<RepairDeskContract> DeployRepairDeskAsync(TestNetwork network, RulePacksContract packs)
    {
        byte[] deployment = RepairDeskContract.EncodeDeployment(network.Consortium.Address, network.EvidenceLog.Address, packs.Address);
        TransactionReceipt deployed = await network.MustSendAsync(network.Admin, null, deployment, Token);
        RepairDeskContract desk = new(network.Client, deployed.ContractAddress!.Value);
        Assert.AreEqual("1", await desk.FetchVersionAsync(Token));
        Assert.AreEqual(network.Consortium.Address, await desk.FetchConsortiumAsync(Token));
        Assert.AreEqual(network.EvidenceLog.Address, await desk.FetchEvidenceLogAsync(Token));
        Assert.AreEqual(packs.Address, await desk.FetchRulePacksAsync(Token));
        return desk;
    }

    private async Task<Secp256k1Key> RegisterEnterpriseAsync(TestNetwork network)
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(Sha256.Hash([3]).ToArray(), out Secp256k1Key? key));
        ushort roles = ConsortiumRoles.ToBitmap([ConsortiumRole.Enterprise]);
        Address consortium = network.Consortium.Address;
        await network.MustSendAsync(network.Admin, consortium, ConsortiumContract.EncodeRegisterOrganisation("test-enterprise", roles), Token);
        byte[] account = ConsortiumContract.EncodeRegisterAccount(
            Address.FromPublicKey(key.PublicKey), ConsortiumContract.OrganisationId("test-enterprise"), roles);
        await network.MustSendAsync(network.Admin, consortium, account, Token);
        return key;
    }

    private async Task RegisterRulePackAsync(TestNetwork network, RulePacksContract packs, RepairTerms terms)
    {
        byte[] add = RulePacksContract.EncodeAdd(terms.RulePack, Parameters, [network.OrganisationId]);
        Address stranger = Address.FromPublicKey(network.Operator.PublicKey);
        await ExpectAsync($"RulePacksNotAdmin(account: {stranger})", () => packs.TryCallAsync(stranger, add, Token));
        await ExpectAsync("RulePacksUnknownNumber(number: 1)", () => packs.FetchPackAsync(1, Token));

        TransactionReceipt added = await network.MustSendAsync(network.Admin, packs.Address, add, Token);

        Assert.AreEqual(1U, await packs.FetchCountAsync(Token));
        Assert.AreEqual(1U, await packs.FetchNumberAsync(terms.RulePack, Token));
        Assert.AreEqual(terms.RulePack, await packs.FetchRulePackAsync(1, Token));
        Assert.AreEqual(Parameters, await packs.FetchPackAsync(1, Token));
        Assert.AreEqual(
            new RulePackRules(0b110, 1, 2, 0, 3, 1_001, 1_002, 1_003, 1_004, 1_005), await packs.FetchRulesAsync(1, Token));
        Assert.AreEqual(new CheckedTerms(1, 1_001), await packs.FetchCheckedTermsAsync(terms, Token));
        Assert.IsFalse(await packs.IsClosedAsync(terms.RulePack, Token));
        Assert.IsTrue(await packs.IsOpenToAsync(terms.RulePack, network.OrganisationId, Token));
        Assert.IsFalse(await packs.IsOpenToAsync(terms.RulePack, Bytes32.FromUInt64(1), Token));

        IReadOnlyList<RulePackEvent> events = await packs.FetchEventsAsync(0, added.BlockNumber, Token);
        Assert.HasCount(1, events);
        RulePackAddedEvent @event = Assert.IsInstanceOfType<RulePackAddedEvent>(events[0]);
        Assert.AreEqual(Parameters, @event.Pack);
        Assert.AreSequenceEqual(new[] { network.OrganisationId }, @event.Authorities);
        Assert.AreEqual(added.TransactionHash, @event.Position.TransactionHash);
    }

    // The sanction is the second of three entries.
    private async Task<AnchoredEntry> AnchorAsync(TestNetwork network, Bytes32 leafHash)
    {
        TreeAppender tree = TreeAppender.CreateEmpty();
        tree.Append([MerkleHash.Leaf([1]), leafHash, MerkleHash.Leaf([2])]);
        TreeProofs proofs = new(new Tiles(tree.TakeChangedTiles()), tree.Size);
        InclusionProof proof = proofs.Inclusion(1, tree.Size);
        Assert.AreEqual(InclusionFailure.None, proof.Verify(leafHash, tree.RootHash()));

        byte[] anchor = EvidenceLogContract.EncodeAnchor(network.LogId, tree.Size, tree.RootHash(), []);
        await network.MustSendAsync(network.Operator, network.EvidenceLog.Address, anchor, Token);
        return new AnchoredEntry(network.LogId, tree.RootHash(), proof.LeafIndex, proof.Path);
    }

    private async Task CheckStatusProofAsync(
        TestNetwork network, Address desk, LedgerBlock block, Bytes32 leafHash, SanctionStatus status)
    {
        await network.WaitUntilOvertakenAsync(block, Token);
        Bytes32 slot = LedgerSlots.OfStatus(leafHash);
        Bytes32 other = LedgerSlots.OfStatus(MerkleHash.Leaf([1]));
        StateProofAnswer answer = await network.Client.FetchStateProofAsync(
            desk, [slot, other], BlockReference.AtNumber(block.Header.Number), Token);

        AccountProofResult account = StateProof.VerifyAccount(block.Header.StateRoot, desk, answer.AccountNodes);
        Assert.IsTrue(account.IsValid);
        StorageProofResult present = StateProof.VerifyStorage(account.Account!.StorageRoot, slot, answer.Storage[0].Nodes);
        StorageProofResult absent = StateProof.VerifyStorage(account.Account.StorageRoot, other, answer.Storage[1].Nodes);

        Assert.AreEqual(StateProofFailure.None, present.Failure);
        ReadOnlySpan<byte> word = present.Value.AsSpan();
        Assert.AreEqual((byte)status.State, word[31]);
        Assert.AreEqual(status.ChangedAt, BinaryPrimitives.ReadUInt64BigEndian(word[23..31]));
        Assert.AreEqual((byte)status.ReturnTo, word[22]);
        Assert.IsFalse(word[..22].ContainsAnyExcept((byte)0));
        Assert.AreEqual(new StorageProofResult(StateProofFailure.None, Bytes32.Zero), absent);
    }

    private async Task CheckEventsAsync(
        RepairDeskContract desk,
        LedgerBlock block,
        TransactionReceipt opened,
        RepairCase @case,
        RepairSanction sanction,
        Address applicant)
    {
        IReadOnlyList<RepairDeskEvent> events = await desk.FetchEventsAsync(0, block.Header.Number, Token);

        Assert.HasCount(3, events);
        Assert.IsTrue(events.All(e => e.Position.BlockHash == block.Hash && e.Position.TransactionHash == opened.TransactionHash));
        StatusChangedEvent changed = events.OfType<StatusChangedEvent>().Single();
        Assert.AreEqual(
            new StatusChangedEvent(@case.LeafHash, SanctionState.UnderRepair, SanctionState.None, changed.Position), changed);
        CaseOpenedEvent openedEvent = events.OfType<CaseOpenedEvent>().Single();
        Assert.AreEqual(
            new CaseOpenedEvent(
                1, @case.LeafHash, applicant, sanction.RecordDigest, sanction.Terms, @case.DueAt, openedEvent.Position),
            openedEvent);
        MaterialsSubmittedEvent submitted = events.OfType<MaterialsSubmittedEvent>().Single();
        Assert.AreEqual(1UL, submitted.CaseId);
        Assert.AreEqual(applicant, submitted.Account);
        Assert.AreEqual(@case.MaterialsHash, submitted.MaterialsHash);
        Assert.AreSequenceEqual(new[] { Commitment, Receipt }, submitted.Materials);
    }

    private async Task CheckReviewAsync(TestNetwork network, RepairDeskContract desk, Address applicant)
    {
        await ExpectAsync("RepairDeskUnknownCase(caseId: 2)", () => desk.FetchCaseAsync(2, Token));
        await ExpectAsync(
            "RepairDeskWrongState(caseId: 1, state: 1)", () => desk.TryCallAsync(applicant, RepairDeskContract.EncodeTrigger(1), Token));

        await network.MustSendAsync(network.Operator, desk.Address, RepairDeskContract.EncodeAccept(1), Token);

        Assert.AreEqual(RepairCaseState.UnderReview, (await desk.FetchCaseAsync(1, Token)).State);
        await ExpectAsync(
            "RepairDeskConditionsNotMet(caseId: 1, conditions: (periodOver: true, performed: false, committed: true, "
            + "materialsComplete: true, approved: false, unopposed: false, repairable: true, attachedTermOver: true, notBarred: true, "
            + "packKept: true, notPaused: true))",
            () => desk.TryCallAsync(applicant, RepairDeskContract.EncodeTrigger(1), Token));
    }

    private sealed class Tiles(IReadOnlyList<Tile> tiles) : ITileReader
    {
        public ReadOnlyMemory<byte> ReadTile(TileId tile) => tiles.Single(candidate => candidate.Id == tile).Hashes;
    }
}
