namespace LedgerCredit.Repair.Materials;

/// <summary>What is wrong with an application before it is sent.</summary>
/// <param name="Code">Stable kebab-case code (docs/spec/repair-package.md section 4).</param>
/// <param name="Kind">The kind of material that it is about, or null.</param>
/// <param name="File">The name of the file that it is about, or null.</param>
/// <param name="Message">What is wrong and what to do, in both languages.</param>
public sealed record MaterialProblem(string Code, int? Kind, string? File, LocalText Message);
