namespace LedgerCredit.Primitives.Json;

/// <summary>The bounds within which a JSON text is read.</summary>
/// <param name="MaxBytes">Largest text in bytes.</param>
/// <param name="MaxDepth">Deepest nesting: a scalar has depth 0, <c>[]</c> and <c>{}</c> depth 1.</param>
public sealed record JsonLimits(int MaxBytes, int MaxDepth)
{
    /// <summary>A credit record: 64 KiB, nested 16 deep.</summary>
    public static JsonLimits Record { get; } = new(64 * 1024, 16);

    /// <summary>An evidence file, a trust policy, a rule pack: 1 MiB, nested 16 deep.</summary>
    public static JsonLimits Document { get; } = new(1024 * 1024, 16);
}
