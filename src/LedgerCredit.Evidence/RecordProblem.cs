namespace LedgerCredit.Evidence;

/// <summary>Why a record was refused, or what should be looked at in an accepted one.</summary>
/// <param name="Code">Stable kebab-case code (docs/spec/records.md section 9).</param>
/// <param name="Path">JSON pointer (RFC 6901) of the place in the record; empty for the record as a whole.</param>
/// <param name="Message">One sentence: what was expected and what was found. It shows no values of the record.</param>
public sealed record RecordProblem(string Code, string Path, string Message)
{
    /// <summary>The message with the place in front.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
