namespace LedgerCredit.Evidence;

/// <summary>What a time limit of a rule pack is counted in.</summary>
public enum RuleLimitUnit
{
    /// <summary>There is no such limit.</summary>
    None = 0,

    /// <summary>Minutes, to the second.</summary>
    Minutes,

    /// <summary>Hours, to the second.</summary>
    Hours,

    /// <summary>Days of the calendar; the day of the event is not counted and the last one counts to its end.</summary>
    Days,

    /// <summary>Days that are worked by the pack's calendar, counted alike.</summary>
    WorkingDays,
}

/// <summary>How long a party has for a step.</summary>
/// <param name="Unit">What is counted.</param>
/// <param name="Count">How many; 0 where there is no limit.</param>
/// <param name="LedgerSeconds">
/// How long the contract waits: never shorter than the limit itself, and exactly as long where that is counted to the second.
/// Null for limits that the contract does not hold; 0 where there is no limit.
/// </param>
/// <param name="Origin">Where the figure comes from.</param>
public sealed record RuleLimit(RuleLimitUnit Unit, int Count, uint? LedgerSeconds, RuleOrigin Origin);
