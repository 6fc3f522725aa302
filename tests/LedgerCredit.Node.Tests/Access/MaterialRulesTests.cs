using LedgerCredit.Contracts;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>Who may read and delete a material, as one table of callers × stages.</summary>
[TestClass]
public sealed class MaterialRulesTests
{
    private static readonly Caller Enterprise = Callers.Of("mine", ConsortiumRole.Enterprise);
    private static readonly Caller Authority = Callers.Of("authority", ConsortiumRole.Authority);
    private static readonly Caller OtherAuthority = Callers.Of("other-authority", ConsortiumRole.Authority);
    private static readonly Caller Reviewer = Callers.Of("reviewer", ConsortiumRole.Reviewer);
    private static readonly Caller Arbiter = Callers.Of("arbiter", ConsortiumRole.Arbiter);
    private static readonly Caller Auditor = Callers.Of("auditor", ConsortiumRole.Auditor);
    private static readonly CaseStage[] Stages = [.. Enum.GetValues<CaseStage>().Where(stage => stage != CaseStage.None)];

    [TestMethod]
    public void FindBasis_OfAMaterialInNoCase_IsTheSubjectsAlone()
    {
        MaterialFacts facts = new(ActsForSubject: false, HasInterest: false, []);
        foreach (Caller caller in (Caller[])[Enterprise, Authority, Reviewer, Arbiter, Auditor, Caller.Anonymous])
        {
            Assert.IsNull(MaterialRules.FindBasis(caller, facts), caller.Name);
            Assert.IsFalse(MaterialRules.MayDelete(caller, facts), caller.Name);
        }

        Assert.AreEqual(MaterialRules.Subject, MaterialRules.FindBasis(Enterprise, facts with { ActsForSubject = true }));
        Assert.IsTrue(MaterialRules.MayDelete(Enterprise, facts with { ActsForSubject = true }));
    }

    [TestMethod]
    public void FindBasis_InEachStage_IsThatOfTheParties()
    {
        foreach (CaseStage stage in Stages)
        {
            MaterialFacts facts = new(ActsForSubject: false, HasInterest: false, [Make(stage)]);
            bool isUnderWay = stage is CaseStage.Open or CaseStage.SupplementAsked or CaseStage.UnderReview;
            bool isDecided = stage is CaseStage.Repaired or CaseStage.Refused or CaseStage.Revoked;

            Assert.AreEqual(MaterialRules.Authority, MaterialRules.FindBasis(Authority, facts), stage.ToString());
            Assert.AreEqual(isUnderWay ? MaterialRules.Reviewer : null, MaterialRules.FindBasis(Reviewer, facts), stage.ToString());
            Assert.HasCount(isUnderWay ? 1 : 0, MaterialRules.CasesOf(Reviewer, facts), stage.ToString());
            Assert.HasCount(1, MaterialRules.CasesOf(Authority, facts), stage.ToString());
            Assert.AreEqual(!isDecided, MaterialRules.MayDelete(Enterprise, facts with { ActsForSubject = true }), stage.ToString());
            foreach (Caller caller in (Caller[])[OtherAuthority, Arbiter, Auditor, Enterprise, Caller.Anonymous])
            {
                Assert.IsNull(MaterialRules.FindBasis(caller, facts), $"{caller.Name} {stage}");
                Assert.IsEmpty(MaterialRules.CasesOf(caller, facts), $"{caller.Name} {stage}");
            }

            foreach (Caller caller in (Caller[])[Authority, Reviewer])
            {
                Assert.IsFalse(MaterialRules.MayDelete(caller, facts), $"{caller.Name} {stage}");
                Assert.IsNull(MaterialRules.FindBasis(caller.Suspended(), facts), $"{caller.Name} {stage}");
                Assert.IsNull(MaterialRules.FindBasis(caller with { Scopes = new HashSet<string> { AccessScopes.RepairWrite } }, facts), $"{caller.Name} {stage}");
            }
        }
    }

    [TestMethod]
    public void FindBasis_OfAReviewerWithAnInterestOrWhoArbitrated_IsNone()
    {
        IndexedCase indexed = Make(CaseStage.UnderReview);
        MaterialFacts facts = new(ActsForSubject: false, HasInterest: false, [indexed]);
        IndexedObjection decided = new(Bytes32.Zero, default, ObjectionState.Dismissed, IsEscalated: false, 1, 0, Reviewer.OrganisationId);

        Assert.IsNull(MaterialRules.FindBasis(Reviewer, facts with { HasInterest = true }));
        Assert.IsNull(MaterialRules.FindBasis(Reviewer, facts with { Cases = [indexed with { Objections = [decided] }] }));
        Assert.AreEqual(MaterialRules.Reviewer, MaterialRules.FindBasis(Reviewer, facts with { Cases = [indexed with { Objections = [decided with { Arbiter = Arbiter.OrganisationId }] }] }));

        // A case that ended is not shown with the one that is under way.
        MaterialFacts two = facts with { Cases = [Make(CaseStage.Withdrawn) with { CaseId = 8 }, indexed] };
        Assert.AreEqual(9UL, MaterialRules.CasesOf(Reviewer, two).Single().CaseId);
    }

    [TestMethod]
    public void FindBasis_OfAnArbiter_IsThereWhileAnObjectionIsOpenThatItMayDecide()
    {
        IndexedObjection open = new(Enterprise.OrganisationId, default, ObjectionState.Raised, IsEscalated: false, 1, 2, Arbiter: null);
        foreach (CaseStage stage in Stages)
        {
            bool isUnderWay = stage is CaseStage.Open or CaseStage.SupplementAsked or CaseStage.UnderReview;
            MaterialFacts facts = new(ActsForSubject: false, HasInterest: false, [Make(stage) with { Objections = [open] }]);
            Assert.AreEqual(isUnderWay ? MaterialRules.Arbiter : null, MaterialRules.FindBasis(Arbiter, facts), stage.ToString());
            Assert.HasCount(isUnderWay ? 1 : 0, MaterialRules.CasesOf(Arbiter, facts), stage.ToString());
            Assert.IsFalse(MaterialRules.MayDelete(Arbiter, facts), stage.ToString());
            Assert.IsNull(MaterialRules.FindBasis(Auditor, facts), stage.ToString());
        }

        IndexedCase indexed = Make(CaseStage.UnderReview);
        MaterialFacts now = new(ActsForSubject: false, HasInterest: false, [indexed with { Objections = [open] }]);
        Assert.IsNull(MaterialRules.FindBasis(Arbiter.Suspended(), now));
        Assert.IsNull(MaterialRules.FindBasis(Arbiter, now with { HasInterest = true }));
        Assert.IsNull(MaterialRules.FindBasis(Arbiter, now with { Reviewed = new HashSet<ulong> { 9 } }));
        Assert.AreEqual(MaterialRules.Arbiter, MaterialRules.FindBasis(Arbiter, now with { Reviewed = new HashSet<ulong> { 8 } }));
        Assert.IsNull(MaterialRules.FindBasis(Arbiter, now with { Cases = [indexed with { Objections = [open with { Objector = Arbiter.OrganisationId }] }] }));
        Assert.IsNull(MaterialRules.FindBasis(Arbiter, now with { Cases = [indexed with { Objections = [open], Terms = indexed.Terms with { Authority = Arbiter.OrganisationId } }] }));
        Assert.IsNull(MaterialRules.FindBasis(
            Arbiter, now with { Cases = [indexed with { Objections = [open with { State = ObjectionState.Dismissed, DueAt = 0, Arbiter = Arbiter.OrganisationId }] }] }));

        // A case without an open objection is not shown with the one that has one.
        MaterialFacts two = now with { Cases = [Make(CaseStage.Open) with { CaseId = 8 }, .. now.Cases] };
        Assert.AreEqual(9UL, MaterialRules.CasesOf(Arbiter, two).Single().CaseId);
    }

    private static IndexedCase Make(CaseStage stage) => new()
    {
        CaseId = 9,
        LeafHash = Bytes32.FromUInt64(1),
        RecordDigest = Bytes32.FromUInt64(2),
        Terms = new RepairTerms(Bytes32.FromUInt64(3), Authority.OrganisationId, Bytes32.FromUInt64(4), 1, IsRepairable: true, 1, 1, 1, 0, Bytes32.FromUInt64(5)),
        Applicant = default,
        Stage = stage,
        IsEscalated = false,
        OpenedAt = 1,
        StageBegunAt = 1,
        StepBegunAt = 1,
        DueAt = 0,
        ObjectionsUntil = 0,
        Materials = [],
        MaterialsHash = Bytes32.Zero,
        IsConfirmed = false,
        SupplementRequests = 0,
        AskedKinds = 0,
        Approvals = [],
        Objections = [],
        Revocation = null,
        EndedAt = 0,
    };
}
