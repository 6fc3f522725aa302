using LedgerCredit.Evidence;
using LedgerCredit.Repair.Packs;

namespace LedgerCredit.Repair.Cases;

/// <summary>Who owes something in a case.</summary>
public enum CaseParty
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>The sanctioned subject, or who may act for it.</summary>
    Applicant,

    /// <summary>The authority that decided.</summary>
    Authority,

    /// <summary>Reviewers of other organisations.</summary>
    Reviewers,

    /// <summary>Arbiters who took no other part in the case.</summary>
    Arbiters,

    /// <summary>The consortium's admin.</summary>
    Admin,

    /// <summary>Time alone.</summary>
    Time,

    /// <summary>Anyone may act.</summary>
    Anyone,
}

/// <summary>Where a condition stands.</summary>
public enum ConditionState
{
    /// <summary>Something is missing that a party owes.</summary>
    Missing = 0,

    /// <summary>Only time is missing.</summary>
    Waiting,

    /// <summary>It holds.</summary>
    Met,
}

/// <summary>By when something is due.</summary>
/// <param name="Limit">The time limit of the rule pack.</param>
/// <param name="ByRule">The last day by the rule pack, or null where it has none.</param>
/// <param name="OnLedger">When the contract stops waiting, in Unix seconds.</param>
/// <param name="IsLate">Whether the day of the rule pack is over, by the time of the block.</param>
/// <param name="IsOverdue">Whether the contract's time is over: others may move the case on.</param>
public sealed record CaseDue(RuleLimit Limit, Deadline? ByRule, ulong OnLedger, bool IsLate, bool IsOverdue);

/// <summary>A condition of a case, for a screen.</summary>
/// <param name="Code"><c>C1</c> to <c>C11</c>.</param>
/// <param name="Owner">Who owes it, or would have owed it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Title">What the condition is.</param>
/// <param name="Missing">What is missing, or null where it holds.</param>
/// <param name="HoldsFrom">From when it holds by time alone, in Unix seconds, or null.</param>
/// <param name="Due">By when it is due, or null where no step runs for it.</param>
public sealed record ConditionView(
    string Code,
    CaseParty Owner,
    ConditionState State,
    LocalText Title,
    LocalText? Missing,
    ulong? HoldsFrom,
    CaseDue? Due);

/// <summary>A kind of step in a case.</summary>
public enum CaseAct
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Submit missing or asked materials.</summary>
    Supplement,

    /// <summary>Accept the case, refuse it or ask for a supplement.</summary>
    TakeIn,

    /// <summary>Confirm the performance, or refuse.</summary>
    Confirm,

    /// <summary>Approve.</summary>
    Approve,

    /// <summary>Decide an objection.</summary>
    Resolve,

    /// <summary>Trigger the repair.</summary>
    Trigger,

    /// <summary>Escalate an overdue step, or end the case that it holds up.</summary>
    Escalate,

    /// <summary>Escalate an overdue objection, or end the case that it holds up.</summary>
    EscalateObjection,

    /// <summary>End the pause of the desk.</summary>
    Resume,
}

/// <summary>What somebody can do to move a case on.</summary>
/// <param name="Act">The kind of step.</param>
/// <param name="Party">Who.</param>
/// <param name="What">What.</param>
/// <param name="Due">By when, or null where there is no time limit.</param>
public sealed record CaseStep(CaseAct Act, CaseParty Party, LocalText What, CaseDue? Due);

/// <summary>A case as every screen shows it: the conditions, and who can move it.</summary>
/// <param name="Conditions">C1 to C11.</param>
/// <param name="Steps">Who can move the case on now; empty once it has ended, or while only time is missing.</param>
/// <param name="Answer">By when the applicant must have an answer by the rules, or null once the case has ended.</param>
public sealed record CaseView(
    IReadOnlyList<ConditionView> Conditions, IReadOnlyList<CaseStep> Steps, Deadline? Answer);
