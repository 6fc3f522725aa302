using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Verification.Tests;

/// <summary>The reasons of the steps, each shown by a file in which just that is wrong.</summary>
[TestClass]
public sealed class StepTests
{
    private static readonly EvidenceBuilder Built = new EvidenceBuilder().Build();

    [TestMethod]
    public void Record_OfARating_HasNoTerms()
    {
        EvidenceBuilder rating = new EvidenceBuilder { RecordJson = EvidenceBuilder.Rating }.Build();
        Assert.AreEqual(Verdict.Valid, rating.Verify().Verdict);
        Assert.IsEmpty(rating.Verify().Record!.NotCompared);

        EvidenceFile withTerms = rating.File with { Record = rating.File.Record with { Terms = Built.File.Record.Terms } };
        AssertFails(withTerms, StepCode.Record, ReasonCodes.TermsWithoutSanction);
        EvidenceFile withStatus = rating.File with { Status = Built.File.Status };
        AssertFails(withStatus, StepCode.Status, ReasonCodes.StatusWithoutSanction);
    }

    [TestMethod]
    public void Record_DisclosureOfAnotherRecord_Fails()
    {
        CreditRecord other = Parse(EvidenceBuilder.Sanction.Replace("20000.00", "20.00", StringComparison.Ordinal));
        Disclosure foreign = RecordCommitment.Create(other, EvidenceBuilder.Secret).Disclosures.Single(d => d.Name == "claims.fineYuan");

        AssertFails(WithDisclosures(d => [.. d.Where(x => !IsNamed(x, "claims.fineYuan")), foreign.Encoded]), StepCode.Record, ReasonCodes.DisclosureForeign);
    }

    [TestMethod]
    public void Record_TwiceForbiddenOrMalformedDisclosure_Fails()
    {
        AssertFails(WithDisclosures(d => [.. d, d[0]]), StepCode.Record, ReasonCodes.DisclosureTwice);
        AssertFails(WithDisclosures(d => [.. d, Encode("""["AAAAAAAAAAAAAAAAAAAAAA","kind","sanction"]""")]), StepCode.Record, ReasonCodes.DisclosureName);
        AssertFails(WithDisclosures(d => [.. d, Encode("""["AAAAAAAAAAAAAAAAAAAAAA", "id","x"]""")]), StepCode.Record, ReasonCodes.MalformedDisclosure);
        AssertFails(WithDisclosures(d => [.. d, "!"]), StepCode.Record, ReasonCodes.MalformedDisclosure);
    }

    [TestMethod]
    public void Record_CompleteButInvalid_Fails()
    {
        // A payload over too few members, all of them disclosed.
        string disclosure = Encode("""["AAAAAAAAAAAAAAAAAAAAAA","id","x"]""");
        Assert.IsTrue(Disclosure.TryParse(disclosure, out Disclosure? parsed, out _));
        JsonObject payload = new(Built.File.Record.Payload.Members.Select(m =>
            m.Name == "_sd" ? new JsonMember("_sd", new JsonArray(new JsonString(parsed.Digest))) : m));
        EvidenceFile file = Built.File with { Record = Built.File.Record with { Payload = payload, Disclosures = [disclosure] } };

        AssertFails(file, StepCode.Record, ReasonCodes.InvalidRecord);
        Assert.AreEqual("record-digest-mismatch", Verify(file).Step(StepCode.Entry).Reason);
    }

    [TestMethod]
    public void Record_GivenRecord_IsCompared()
    {
        VerificationOptions same = Given(EvidenceBuilder.Sanction);
        VerificationOptions reordered = Given(EvidenceBuilder.Sanction.Replace(
            "\"kind\":\"sanction\",\"id\":\"S-2026-001\"", "\"id\":\"S-2026-001\",\"kind\":\"sanction\"", StringComparison.Ordinal));
        VerificationOptions other = Given(EvidenceBuilder.Sanction.Replace("20000.00", "20000.01", StringComparison.Ordinal));
        VerificationOptions less = Given(EvidenceBuilder.Sanction.Replace("\"fineYuan\":\"20000.00\",", "", StringComparison.Ordinal));

        Assert.AreEqual(Verdict.Valid, EvidenceVerifier.Verify(Built.File, Built.Policy, same).Verdict);
        Assert.AreEqual(Verdict.Valid, EvidenceVerifier.Verify(Built.File, Built.Policy, reordered).Verdict);
        Assert.AreEqual(ReasonCodes.GivenRecordDiffers, EvidenceVerifier.Verify(Built.File, Built.Policy, other).Step(StepCode.Record).Reason);
        Assert.AreEqual("member-count-mismatch", EvidenceVerifier.Verify(Built.File, Built.Policy, less).Step(StepCode.Record).Reason);
    }

    [TestMethod]
    public void Record_TermsThatSayOtherThanTheClaims_Fail()
    {
        Assert.IsTrue(SanctionTerms.TryDecode(Built.File.Record.Terms.Span, out SanctionTerms? terms, out _));
        foreach ((SanctionTerms changed, string name) in new[]
        {
            (terms with { Authority = Bytes32.Zero }, ValueNames.TermsAuthority),
            (terms with { SubjectTag = Bytes32.Zero }, ValueNames.TermsSubject),
            (terms with { Grade = SanctionGrade.Minor }, ValueNames.TermsGrade),
            (terms with { Repairable = false }, ValueNames.TermsRepairable),
            (terms with { RulePack = Sha256.Hash([]) }, ValueNames.TermsRulePack),
            (terms with { DecidedAt = terms.DecidedAt + 1 }, ValueNames.TermsDecidedAt),
            (terms with { EarliestRepairAt = 1 }, ValueNames.TermsEarliestRepair),
            (terms with { PublicUntil = 1 }, ValueNames.TermsPublicUntil),
            (terms with { AttachedTermUntil = 0 }, ValueNames.TermsAttachedTerm),
        })
        {
            EvidenceFile file = Built.File with { Record = Built.File.Record with { Terms = changed.Encode() } };
            AssertFails(file, StepCode.Record, ReasonCodes.Mismatch(name));
            Assert.AreEqual("terms-digest-mismatch", Verify(file).Step(StepCode.Entry).Reason);
        }
    }

    [TestMethod]
    public void Record_NeitherPackNorSubjectKey_ReportsWhatIsNotCompared()
    {
        TrustPolicy bare = Built.Policy with { RulePacks = new RulePackCatalog() };
        VerificationReport report = EvidenceVerifier.Verify(Built.File, bare, EvidenceBuilder.Options with { SubjectKey = null });

        Assert.AreEqual(Verdict.Valid, report.Verdict);
        Assert.AreSequenceEqual(
            new[]
            {
                ValueNames.TermsSubject, ValueNames.TermsDecidedAt, ValueNames.TermsRulePack, ValueNames.TermsEarliestRepair,
                ValueNames.TermsPublicUntil, ValueNames.TermsAttachedTerm,
            },
            report.Record!.NotCompared);

        // Grade, repairability and the day are compared all the same; the day to within the time zones of the world.
        Assert.IsTrue(SanctionTerms.TryDecode(Built.File.Record.Terms.Span, out SanctionTerms? terms, out _));
        foreach ((SanctionTerms changed, string name) in new[]
        {
            (terms with { Grade = SanctionGrade.Minor }, ValueNames.TermsGrade),
            (terms with { Repairable = false }, ValueNames.TermsRepairable),
            (terms with { DecidedAt = terms.DecidedAt + 86_400 }, ValueNames.TermsDecidedAt),
            (terms with { DecidedAt = terms.DecidedAt + 1 }, ValueNames.TermsDecidedAt),
            (terms with { DecidedAt = ulong.MaxValue }, ValueNames.TermsDecidedAt),
        })
        {
            EvidenceFile file = Built.File with { Record = Built.File.Record with { Terms = changed.Encode() } };
            Assert.AreEqual(
                ReasonCodes.Mismatch(name), EvidenceVerifier.Verify(file, bare, EvidenceBuilder.Options).Step(StepCode.Record).Reason);
        }
    }

    [TestMethod]
    public void Record_PartlyDisclosed_ComparesWhatIsThere()
    {
        EvidenceFile file = WithDisclosures(d => [.. d.Where(x => IsNamed(x, "claims.grade") || IsNamed(x, "claims.decidedOn") || IsNamed(x, "claims.rulePack"))]);

        VerificationReport report = Verify(file);

        Assert.AreEqual(Verdict.Valid, report.Verdict);
        Assert.AreEqual(10, report.Record!.WithheldCount);
        Assert.Contains(ValueNames.TermsDecidedAt, report.Step(StepCode.Record).Comparisons.Select(c => c.Name));
        Assert.AreSequenceEqual(
            new[]
            {
                ValueNames.TermsSubject, ValueNames.TermsRepairable, ValueNames.TermsEarliestRepair, ValueNames.TermsPublicUntil,
                ValueNames.TermsAttachedTerm,
            },
            report.Record.NotCompared);
    }

    [TestMethod]
    public void Entry_SanctionWithoutTermsDigest_Fails()
    {
        byte[] entry = Built.File.Entry.ToArray();
        entry.AsSpan(34).Clear();

        AssertFails(
            Built.File with { Entry = entry, Record = Built.File.Record with { Terms = default } }, StepCode.Entry, ReasonCodes.TermsDigestMissing);
        AssertFails(Built.File with { Entry = entry.AsMemory(1) }, StepCode.Entry, ReasonCodes.MalformedEntry);
    }

    [TestMethod]
    public void Inclusion_OtherPositionOrPath_Fails()
    {
        InclusionProof proof = Built.File.Inclusion;

        AssertFails(Built.File with { Inclusion = proof with { LeafIndex = 11 } }, StepCode.Inclusion, ReasonCodes.LeafIndexOutOfRange);
        AssertFails(Built.File with { Inclusion = proof with { Path = [] } }, StepCode.Inclusion, ReasonCodes.PathLength);
        AssertFails(Built.File with { Inclusion = proof with { LeafIndex = 7 } }, StepCode.Inclusion, "root-hash-mismatch");
    }

    [TestMethod]
    public void Checkpoint_SizeThatThePathAloneDoesNotBind_Fails()
    {
        // For some leaves trees of several sizes have paths of one length: only the checkpoint tells the size.
        EvidenceFile file = Built.File with { Inclusion = Built.File.Inclusion with { TreeSize = 12 } };

        AssertFails(file, StepCode.Checkpoint, "tree-size-mismatch");
        Assert.AreEqual("tree-size-mismatch", Verify(file).Step(StepCode.AnchorState).Reason);
    }

    [TestMethod]
    public void Checkpoint_ByAnotherKeyOrWithMoreLines_Fails()
    {
        string origin = $"{EvidenceBuilder.Network}/{EvidenceBuilder.Issuer}";
        Checkpoint checkpoint = new(origin, 11, Built.File.Anchor.Root);
        using NoteSigner other = new(origin, new byte[32]);
        string foreign = other.Sign(checkpoint.Format()).Format();
        string foreignLine = foreign[(foreign.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];

        AssertFails(Built.File with { Checkpoint = foreign }, StepCode.Checkpoint, ReasonCodes.CheckpointNotSigned);
        AssertFails(Built.File with { Checkpoint = Built.File.Checkpoint + foreignLine }, StepCode.Checkpoint, ReasonCodes.CheckpointOtherLines);
        AssertFails(Built.File with { Checkpoint = "x" }, StepCode.Checkpoint, ReasonCodes.MalformedCheckpoint);
        AssertFails(
            Built.File with { Checkpoint = Built.File.Checkpoint.Replace("\n11\n", "\n12\n", StringComparison.Ordinal) },
            StepCode.Checkpoint, ReasonCodes.CheckpointBadSignature);
    }

    [TestMethod]
    public void AnchorState_OfAnotherLedgerContractOrLog_Fails()
    {
        EvidenceAnchor anchor = Built.File.Anchor;

        AssertFails(Built.File with { Anchor = anchor with { ChainId = 1 } }, StepCode.AnchorState, "chain-id-mismatch");
        AssertFails(Built.File with { Anchor = anchor with { EvidenceLog = TestLedger.Account(3) } }, StepCode.AnchorState, "evidence-log-mismatch");
        AssertFails(Built.File with { Anchor = anchor with { LogId = Bytes32.Zero } }, StepCode.AnchorState, "log-id-mismatch");
        AssertFails(Built.File with { Anchor = anchor with { AccountProof = [] } }, StepCode.AnchorState, ReasonCodes.AccountProof);
        AssertFails(Built.File with { Anchor = anchor with { StorageProof = [] } }, StepCode.AnchorState, ReasonCodes.StorageProof);
        AssertFails(
            Built.File with { Anchor = anchor with { AccountProof = [.. anchor.AccountProof, anchor.AccountProof[0]] } },
            StepCode.AnchorState, ReasonCodes.AccountProof);
    }

    [TestMethod]
    public void AnchorState_OtherWord_Fails()
    {
        AssertBuildFails(new EvidenceBuilder { AnchorWord = Bytes32.Zero }, StepCode.AnchorState, ReasonCodes.NotAnchored);
        AssertBuildFails(
            new EvidenceBuilder { AnchorWord = TestLedger.AnchorWord(12, TestLedger.TimeOf(110)) }, StepCode.AnchorState, "tree-size-mismatch");
        AssertBuildFails(
            new EvidenceBuilder { AnchorWord = TestLedger.AnchorWord(11, TestLedger.TimeOf(121)) }, StepCode.AnchorState, ReasonCodes.TimeAfterBlock);
        byte[] word = TestLedger.AnchorWord(11, TestLedger.TimeOf(110)).ToArray();
        word[0] = 1;
        AssertBuildFails(new EvidenceBuilder { AnchorWord = Bytes32.FromBytes(word) }, StepCode.AnchorState, ReasonCodes.MalformedWord);
    }

    [TestMethod]
    public void Policy_WithoutTheIssuersLog_Fails()
    {
        TrustPolicy policy = Built.Policy with { Logs = new Dictionary<string, TrustedLog>() };
        VerificationReport report = EvidenceVerifier.Verify(Built.File, policy, EvidenceBuilder.Options);

        Assert.AreEqual(Verdict.Invalid, report.Verdict);
        Assert.AreEqual(ReasonCodes.LogUnknown, report.Step(StepCode.Checkpoint).Reason);
        Assert.AreEqual(ReasonCodes.LogUnknown, report.Step(StepCode.AnchorState).Reason);
    }

    [TestMethod]
    public void Status_NeverUnderRepair_IsShownByAbsence()
    {
        VerificationReport report = new EvidenceBuilder { StatusWord = Bytes32.Zero }.Build().Verify();

        Assert.AreEqual(Verdict.Valid, report.Verdict);
        Assert.AreEqual(new RepairStatus(RepairState.None, 0, RepairState.None, 200, TestLedger.TimeOf(200)), report.Status);
    }

    [TestMethod]
    public void Status_OtherWord_Fails()
    {
        AssertBuildFails(
            new EvidenceBuilder { StatusWord = TestLedger.StatusWord(6, 0, 0) }, StepCode.Status, ReasonCodes.MalformedWord);
        AssertBuildFails(
            new EvidenceBuilder { StatusWord = TestLedger.StatusWord(3, 0, 6) }, StepCode.Status, ReasonCodes.MalformedWord);
        AssertBuildFails(
            new EvidenceBuilder { StatusWord = TestLedger.StatusWord(2, TestLedger.TimeOf(201), 0) }, StepCode.Status, ReasonCodes.TimeAfterBlock);
        AssertFails(
            Built.File with { Status = Built.File.Status! with { Value = Bytes32.Zero } }, StepCode.Status, "status-word-mismatch");
    }

    [TestMethod]
    public void Status_OfAnotherContractOrNone_Fails()
    {
        AssertFails(
            Built.File with { Status = Built.File.Status! with { RepairDesk = EvidenceBuilder.EvidenceLog } }, StepCode.Status, "repair-desk-mismatch");

        TrustPolicy none = Built.Policy with { RepairDesk = Ethereum.Address.Zero };
        Assert.AreEqual(
            ReasonCodes.NoRepairDesk, EvidenceVerifier.Verify(Built.File, none, EvidenceBuilder.Options).Step(StepCode.Status).Reason);
    }

    [TestMethod]
    public void Status_OlderThanTheAnchor_Fails()
    {
        EvidenceFile swapped = Built.File with
        {
            Anchor = Built.File.Anchor with { Block = Built.File.Status!.Block },
            Status = Built.File.Status with { Block = Built.File.Anchor.Block },
        };
        AssertFails(swapped, StepCode.Status, ReasonCodes.StatusBeforeAnchor);

        EvidenceFile sameBlock = Built.File with { Status = Built.File.Status with { Block = Built.File.Anchor.Block } };
        Assert.AreEqual(StepOutcome.Fail, Verify(sameBlock).Step(StepCode.Status).Outcome, "changed after that block");
    }

    [TestMethod]
    public void Status_OlderThanThePolicyAllows_Fails()
    {
        DateTimeOffset blockTime = DateTimeOffset.FromUnixTimeSeconds((long)TestLedger.TimeOf(200));

        Assert.AreEqual(StepOutcome.Pass, StatusAt(blockTime.AddSeconds(86_400)).Outcome);
        Assert.AreEqual(ReasonCodes.StatusTooOld, StatusAt(blockTime.AddSeconds(86_401)).Reason);
        Assert.AreEqual(StepOutcome.Pass, StatusAt(blockTime.AddSeconds(-100)).Outcome);
    }

    [TestMethod]
    public void Verdict_StatusRequiredAndAbsent_IsUndecided()
    {
        EvidenceFile without = Built.File with { Status = null };
        TrustPolicy strict = Built.Policy with { Require = StepCodes.All };

        Assert.AreEqual(Verdict.Valid, EvidenceVerifier.Verify(without, Built.Policy, EvidenceBuilder.Options).Verdict);
        Assert.AreEqual(Verdict.Undecided, EvidenceVerifier.Verify(without, strict, EvidenceBuilder.Options).Verdict);
        Assert.AreEqual(Verdict.Valid, EvidenceVerifier.Verify(Built.File, strict, EvidenceBuilder.Options).Verdict);
    }

    [TestMethod]
    public void Verdict_StatusOfAnUnknownBlock_IsUndecided()
    {
        // Otherwise a valid file could show an invented status.
        TrustPolicy policy = Built.Policy with
        {
            Consensus = Built.Policy.Consensus with
            {
                Blocks = new Dictionary<ulong, Bytes32> { [EvidenceBuilder.AnchorNumber] = Built.File.Anchor.Block.Hash },
            },
        };
        VerificationReport report = EvidenceVerifier.Verify(Built.File, policy, EvidenceBuilder.Options);

        Assert.AreEqual(Verdict.Undecided, report.Verdict);
        Assert.AreEqual(ReasonCodes.BlockNotPinned, report.Step(StepCode.Status).Reason);
        Assert.IsNull(report.Status);
    }

    private static VerificationStep StatusAt(DateTimeOffset now) => EvidenceVerifier.Verify(
        Built.File, Built.Policy, EvidenceBuilder.Options with { Clock = new ManualTimeProvider(now) }).Step(StepCode.Status);

    private static EvidenceFile WithDisclosures(Func<IReadOnlyList<string>, IReadOnlyList<string>> change) =>
        Built.File with { Record = Built.File.Record with { Disclosures = change(Built.File.Record.Disclosures) } };

    private static bool IsNamed(string encoded, string name) =>
        Disclosure.TryParse(encoded, out Disclosure? disclosure, out _) && disclosure.Name == name;

    private static string Encode(string json) => Base64Text.EncodeUrl(Encoding.UTF8.GetBytes(json));

    private static CreditRecord Parse(string json)
    {
        Assert.IsTrue(CreditRecord.TryParse(Encoding.UTF8.GetBytes(json), RecordRules.Default, out CreditRecord? record, out _));
        return record;
    }

    private static VerificationOptions Given(string json) => EvidenceBuilder.Options with { GivenRecord = Parse(json) };

    private static VerificationReport Verify(EvidenceFile file) =>
        EvidenceVerifier.Verify(file, Built.Policy, EvidenceBuilder.Options);

    private static void AssertFails(EvidenceFile file, StepCode step, string reason)
    {
        VerificationReport report = Verify(file);
        Assert.AreEqual(reason, report.Step(step).Reason, report.Step(step).Detail);
        Assert.AreEqual(StepOutcome.Fail, report.Step(step).Outcome);
        Assert.AreEqual(Verdict.Invalid, report.Verdict);
    }

    private static void AssertBuildFails(EvidenceBuilder builder, StepCode step, string reason)
    {
        VerificationReport report = builder.Build().Verify();
        Assert.AreEqual(reason, report.Step(step).Reason);
        Assert.AreEqual(Verdict.Invalid, report.Verdict);
    }
}
