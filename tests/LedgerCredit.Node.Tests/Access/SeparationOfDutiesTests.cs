using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Access;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>Duties that one must not have together.</summary>
[TestClass]
public sealed class SeparationOfDutiesTests
{
    private static readonly Caller Me = Callers.Of("mine") with { Account = Address.FromBytes(new byte[20]) };
    private static readonly Bytes32 Mine = ConsortiumContract.OrganisationId("mine");
    private static readonly Bytes32 Other = ConsortiumContract.OrganisationId("other");

    [TestMethod]
    public void Check_NothingAgainstIt_IsNone()
    {
        DutyFacts facts = new()
        {
            EnteredBy = "other/0x00",
            Authority = Other,
            ActsForSubject = false,
            Approvers = new HashSet<Bytes32> { Other },
            Reviewers = new HashSet<Bytes32> { Other },
            Arbiters = new HashSet<Bytes32> { Other },
            Objector = Other,
            RevocationProposedBy = Address.FromBytes([.. Enumerable.Repeat((byte)1, 20)]),
        };
        foreach (DutyStep step in Enum.GetValues<DutyStep>())
        {
            Assert.AreEqual(DutyConflict.None, SeparationOfDuties.Check(step, Me, facts), step.ToString());
            Assert.AreEqual(DutyConflict.None, SeparationOfDuties.Check(step, Me, new DutyFacts { Authority = Other, ActsForSubject = false }), step.ToString());
        }
    }

    [TestMethod]
    public void Check_EachConflict_StopsItsStepsAndNoOthers()
    {
        DutyFacts none = new() { Authority = Other, ActsForSubject = false };
        HashSet<Bytes32> mine = [Mine];
        (DutyFacts Facts, (DutyStep, DutyConflict)[] Stopped)[] rows =
        [
            (none with { EnteredBy = Me.Name }, [(DutyStep.ConfirmPerformance, DutyConflict.EnteredTheRecord)]),
            (none with { ActsForSubject = true }, [(DutyStep.Approve, DutyConflict.ActsForTheSubject), (DutyStep.ResolveObjection, DutyConflict.ActsForTheSubject)]),
            (none with { Approvers = mine, Reviewers = mine }, [(DutyStep.Approve, DutyConflict.ApprovedBefore), (DutyStep.ResolveObjection, DutyConflict.ReviewedTheCase)]),

            // A voided approval may be given again, but is no arbiter's past.
            (none with { Reviewers = mine }, [(DutyStep.ResolveObjection, DutyConflict.ReviewedTheCase)]),
            (none with { Arbiters = mine }, [(DutyStep.Approve, DutyConflict.ArbitratedInTheCase)]),
            (none with { Objector = Mine }, [(DutyStep.ResolveObjection, DutyConflict.RaisedTheObjection)]),
            (none with { Authority = Mine }, [(DutyStep.ResolveObjection, DutyConflict.DecidedTheSanction)]),
            (none with { RevocationProposedBy = Me.Account }, [(DutyStep.SecondRevocation, DutyConflict.ProposedTheRevocation)]),
        ];
        foreach ((DutyFacts facts, (DutyStep, DutyConflict)[] stopped) in rows)
        {
            Dictionary<DutyStep, DutyConflict> expected = stopped.ToDictionary(row => row.Item1, row => row.Item2);
            foreach (DutyStep step in Enum.GetValues<DutyStep>())
            {
                Assert.AreEqual(expected.GetValueOrDefault(step), SeparationOfDuties.Check(step, Me, facts), $"{step} {string.Join(' ', expected.Values)}");
            }
        }
    }

    [TestMethod]
    public void CodeOf_EveryConflict_IsAnother()
    {
        DutyConflict[] conflicts = [.. Enum.GetValues<DutyConflict>().Except([DutyConflict.None])];

        Assert.HasCount(conflicts.Length, conflicts.Select(SeparationOfDuties.CodeOf).Distinct());
        Assert.HasCount(conflicts.Length, conflicts.Select(SeparationOfDuties.TextOf).Distinct());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SeparationOfDuties.CodeOf(DutyConflict.None));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SeparationOfDuties.Check((DutyStep)99, Me, new DutyFacts { Authority = Other, ActsForSubject = false }));
    }
}
