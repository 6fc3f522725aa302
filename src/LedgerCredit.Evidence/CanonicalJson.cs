using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>The canonical form of JSON values (RFC 8785), the only bytes of a record that are hashed.</summary>
/// <remarks>
/// Members sorted by the UTF-16 code units of their names, numbers as ECMAScript writes doubles, the shortest
/// escapes, no white space. Work is linear in the value but for the sorting. Thread-safe and pure.
/// </remarks>
public static class CanonicalJson
{
    /// <summary>Deeper values are refused: far more than any format here allows, and safe for the stack.</summary>
    public const int MaxDepth = 256;

    /// <summary>The canonical UTF-8 form of a value that is known to have one.</summary>
    /// <exception cref="ArgumentException">
    /// A number is not exact (<see cref="CanonicalNumbers.Exact"/>), a string has a lone surrogate, or the value is
    /// deeper than <see cref="MaxDepth"/>. Use <see cref="TryWrite"/> where that can happen.
    /// </exception>
    public static byte[] Write(JsonValue value)
    {
        if (!TryWrite(value, CanonicalNumbers.Exact, out byte[]? utf8, out ParseProblem? problem))
        {
            throw new ArgumentException(problem.ToString(), nameof(value));
        }

        return utf8;
    }

    /// <summary>The canonical UTF-8 form of any value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="numbers">The rule for numbers: exact for records, nearest for JSON of other origin.</param>
    /// <param name="utf8">The canonical form, or null.</param>
    /// <param name="problem">Why there is none, with a JSON pointer as path, or null.</param>
    public static bool TryWrite(
        JsonValue value,
        CanonicalNumbers numbers,
        [NotNullWhen(true)] out byte[]? utf8,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(value);

        utf8 = null;
        problem = JsonContent.FindFirstProblem(value, numbers, MaxDepth);
        if (problem is not null)
        {
            return false;
        }

        CanonicalJsonWriter writer = new(numbers);
        writer.WriteValue(value);
        utf8 = writer.ToArray();
        return true;
    }

    /// <summary>The canonical form of one number, refused where it would be another number.</summary>
    /// <param name="text">Any text, for example <c>1.10</c>.</param>
    /// <param name="canonical">The canonical form, for example <c>1.1</c>, or null.</param>
    /// <returns>
    /// <see langword="false"/> where the text is no JSON number, or where its exact decimal value differs from that of
    /// the canonical form of the nearest double.
    /// </returns>
    public static bool TryCanonicalNumber([NotNullWhen(true)] string? text, [NotNullWhen(true)] out string? canonical)
    {
        Span<char> buffer = stackalloc char[CanonicalNumber.MaxLength];
        bool isExact = CanonicalNumber.TryWrite(text, CanonicalNumbers.Exact, buffer, out int written);
        canonical = isExact ? buffer[..written].ToString() : null;
        return isExact;
    }
}
