namespace LedgerCredit.Evidence;

/// <summary>Where a figure of a rule pack comes from and how sure it is.</summary>
/// <param name="Source">The text the figure was taken from.</param>
/// <param name="Certainty">V, V~, M or S (docs/spec/rule-packs.md section 2).</param>
public sealed record RuleOrigin(string Source, string Certainty);

/// <summary>A number of a rule pack with its origin.</summary>
/// <param name="Value">The number.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record RuleFigure(int Value, RuleOrigin Origin);

/// <summary>A range of civil dates of a rule pack with its origin.</summary>
/// <param name="From">The first day.</param>
/// <param name="Until">The last day, or null where there is none.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record RuleDates(CivilDate From, CivilDate? Until, RuleOrigin Origin)
{
    /// <summary>Whether the day is one of them.</summary>
    public bool Contains(CivilDate day) =>
        day.DaysSinceEpoch >= From.DaysSinceEpoch
        && (Until is null || day.DaysSinceEpoch <= Until.Value.DaysSinceEpoch);
}
