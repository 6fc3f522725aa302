using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Node.Keeping;

/// <summary>What there is to do for a case when its time comes.</summary>
public enum KeeperTaskKind
{
    /// <summary>All facts are there and the time is over: ask the contract to repair.</summary>
    Trigger = 1,

    /// <summary>The step is overdue in its first period: escalate it.</summary>
    Escalate,

    /// <summary>An objection is overdue in its first period: escalate it.</summary>
    EscalateObjection,

    /// <summary>The step is overdue to the end: the next escalation would let the case lapse, which somebody must decide.</summary>
    StepOverdue,

    /// <summary>An objection is overdue to the end: as <see cref="StepOverdue"/>.</summary>
    ObjectionOverdue,
}

/// <summary>What there is to do for a case, and from when on.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">From when on, in Unix seconds of the ledger.</param>
/// <param name="Objector">The organisation whose objection it is about; zero where it is about none.</param>
public sealed record KeeperTask(KeeperTaskKind Kind, ulong At, Bytes32 Objector)
{
    /// <summary>Whether it is to be told rather than done.</summary>
    public bool IsNotice => Kind is KeeperTaskKind.StepOverdue or KeeperTaskKind.ObjectionOverdue;

    /// <summary>All that there will be to do for a case if nobody acts before.</summary>
    /// <remarks>docs/spec/repair-desk.md sections 4 and 5.</remarks>
    /// <param name="indexed">The case.</param>
    /// <param name="approvalsNeeded">How many approvals its rule pack asks for.</param>
    /// <param name="barredUntil">When the bar of the subject is over, in Unix seconds; 0 where there is none.</param>
    public static IReadOnlyList<KeeperTask> For(IndexedCase indexed, int approvalsNeeded, ulong barredUntil)
    {
        ArgumentNullException.ThrowIfNull(indexed);
        if (!indexed.IsUnderWay)
        {
            return [];
        }

        List<KeeperTask> tasks = [];
        bool hasAllFacts = HasAllFacts(indexed, approvalsNeeded);
        if (hasAllFacts && !indexed.OpenObjections.Any())
        {
            ulong[] times = [indexed.Terms.EarliestRepairAt, indexed.Terms.AttachedTermUntil, indexed.ObjectionsUntil, barredUntil];
            tasks.Add(new KeeperTask(KeeperTaskKind.Trigger, times.Max(), Bytes32.Zero));
        }

        // An applicant who does not supplement has no second period.
        bool isLastPeriod = indexed.IsEscalated || indexed.Stage == CaseStage.SupplementAsked;
        if (!isLastPeriod)
        {
            // Also where all facts seem to be there: the contract may not count an approval any more.
            tasks.Add(new KeeperTask(KeeperTaskKind.Escalate, indexed.DueAt, Bytes32.Zero));
        }
        else if (!hasAllFacts)
        {
            tasks.Add(new KeeperTask(KeeperTaskKind.StepOverdue, indexed.DueAt, Bytes32.Zero));
        }

        foreach (IndexedObjection objection in indexed.OpenObjections)
        {
            KeeperTaskKind kind = objection.IsEscalated ? KeeperTaskKind.ObjectionOverdue : KeeperTaskKind.EscalateObjection;
            tasks.Add(new KeeperTask(kind, objection.DueAt, objection.Objector));
        }

        return tasks;
    }

    /// <summary>Whether confirmation and approvals are there, as far as the index can tell.</summary>
    internal static bool HasAllFacts(IndexedCase indexed, int approvalsNeeded) =>
        indexed.Stage == CaseStage.UnderReview && indexed.IsConfirmed && indexed.Approvals.Count >= approvalsNeeded;
}
