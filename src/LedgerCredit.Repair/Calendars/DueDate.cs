namespace LedgerCredit.Repair.Calendars;

/// <summary>The last day on which a step is in time; it ends with the end of that day in the rule pack's zone.</summary>
/// <param name="Day">The day.</param>
/// <param name="IsProvisional">
/// Whether it may still move, because the count reached days whose arrangement of holidays is not published yet.
/// </param>
public readonly record struct DueDate(DateOnly Day, bool IsProvisional);
