namespace LedgerCredit.Evidence;

/// <summary>What a period of a rule pack is counted in.</summary>
public enum RulePeriodUnit
{
    /// <summary>There is no such period.</summary>
    None = 0,

    /// <summary>Days of the calendar.</summary>
    Days,

    /// <summary>Months of the calendar.</summary>
    Months,
}

/// <summary>A period of a rule pack, with where the figure comes from.</summary>
/// <param name="Unit">What is counted.</param>
/// <param name="Count">How many; 0 where there is no period.</param>
/// <param name="Source">The text the figure was taken from.</param>
/// <param name="Certainty">How sure it is: V, V~, M or S (docs/spec/rule-packs.md section 2).</param>
public sealed record RulePeriod(RulePeriodUnit Unit, int Count, string Source, string Certainty)
{
    /// <summary>
    /// The last day of the period, in days since 1970-01-01, or null where there is no period. The day of the decision
    /// is not counted; a period of months ends on the same day of the month, or on the last one of a shorter month.
    /// </summary>
    public long? LastDay(CivilDate decidedOn) => Unit switch
    {
        RulePeriodUnit.None => null,
        RulePeriodUnit.Days => decidedOn.DaysSinceEpoch + Count,
        RulePeriodUnit.Months => decidedOn.AddMonths(Count).DaysSinceEpoch,
        _ => throw new System.Diagnostics.UnreachableException($"There is no unit {Unit}."),
    };
}

/// <summary>The periods of a grade.</summary>
/// <param name="Shortest">Before its end a sanction cannot be repaired.</param>
/// <param name="Longest">With its end the publication ends where the source states no other day.</param>
public sealed record RuleGrade(RulePeriod Shortest, RulePeriod Longest);
