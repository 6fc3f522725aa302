using LedgerCredit.Contracts;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LedgerCredit.Service.Repair;

/// <summary>Holds steps against the separation of duties (docs/spec/access.md section 9), both when they are made and when they come back signed.</summary>
/// <param name="node">The node.</param>
/// <param name="store">A store with a snapshot.</param>
/// <param name="caller">Who takes the step.</param>
internal sealed class RepairDuties(NodeContext node, Store store, Caller caller)
{
    /// <summary>Why the caller may not take a step; null where nothing speaks against it.</summary>
    /// <remarks>A case that was not read from the ledger yet cannot be judged, so that a step of it is refused; so is one that the caller is not to know of.</remarks>
    internal ProblemHttpResult? FindProblem(RepairDeskCall call)
    {
        if (call.CaseId is not ulong caseId)
        {
            return null;
        }

        if (caseId > long.MaxValue || new RepairCaseAccess(node, store, caller).FindFor(call.Step, (long)caseId) is not IndexedCase indexed)
        {
            return Problem.Of(ProblemCode.NotFound, "There is no such case, or the caller may not see it.");
        }

        if (DutyOf(call, indexed) is not DutyStep duty)
        {
            return null;
        }

        DutyFacts facts = new DutyFactsReader(store, node.Workspace).Find(caseId, caller, call.Objector)
            ?? throw new InvalidOperationException("The case is in the same snapshot.");
        DutyConflict conflict = SeparationOfDuties.Check(duty, caller, facts);
        return conflict == DutyConflict.None
            ? null
            : Problem.Of(ProblemCode.DutyConflict, SeparationOfDuties.TextOf(conflict), reason: SeparationOfDuties.CodeOf(conflict));
    }

    private static DutyStep? DutyOf(RepairDeskCall call, IndexedCase indexed) => call.Step switch
    {
        RepairDeskStep.Confirm when call.IsPerformed => DutyStep.ConfirmPerformance,
        RepairDeskStep.Approve => DutyStep.Approve,
        RepairDeskStep.Resolve => DutyStep.ResolveObjection,

        // Other findings are a new proposal, which the same account may make.
        RepairDeskStep.Revoke when indexed.Revocation?.Findings == call.Statement => DutyStep.SecondRevocation,
        _ => null,
    };
}
