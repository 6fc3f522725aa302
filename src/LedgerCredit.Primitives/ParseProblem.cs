namespace LedgerCredit.Primitives;

/// <summary>Why foreign input was refused.</summary>
/// <param name="Code">Stable kebab-case code.</param>
/// <param name="Path">Where: a JSON path such as <c>$.anchor.block</c>, a JSON pointer, a line or an offset; empty for the whole input.</param>
/// <param name="Message">One sentence: what was expected and what was found, without content of a record.</param>
public sealed record ParseProblem(string Code, string Path, string Message)
{
    /// <summary>The message with the place in front.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
