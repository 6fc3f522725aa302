namespace LedgerCredit.Repair.Packs;

/// <summary>By when a step has to be done, by the rules.</summary>
/// <param name="Day">The last day, in the rule pack's zone.</param>
/// <param name="Until">The first second at which it is late, in Unix seconds.</param>
/// <param name="IsProvisional">Whether it may move with an arrangement of holidays that is not published yet.</param>
public sealed record Deadline(DateOnly Day, ulong Until, bool IsProvisional);
