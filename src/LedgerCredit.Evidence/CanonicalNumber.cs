using System.Diagnostics;
using System.Globalization;

namespace LedgerCredit.Evidence;

/// <summary>
/// The canonical form of numbers: RFC 8785 section 3.2.2.3, which is ECMAScript's <c>Number::toString</c>.
/// </summary>
internal static class CanonicalNumber
{
    /// <summary>Room for the longest canonical form, which has 25 characters.</summary>
    public const int MaxLength = 32;

    // The canonical form never has more significant digits than this.
    private const int MaxCanonicalDigits = 17;

    // 767 significant digits and whether any follow decide which double is nearest.
    private const int MaxDecidingDigits = 800;

    /// <summary>Writes the canonical form of a number's text.</summary>
    /// <remarks>Linear in the text, whatever its exponent.</remarks>
    /// <param name="text">Any text.</param>
    /// <param name="numbers">What to do with a number that is not the value of its canonical form.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> characters.</param>
    /// <param name="written">The length of the canonical form.</param>
    /// <returns><see langword="false"/> where the text is no JSON number or the number is refused.</returns>
    public static bool TryWrite(
        ReadOnlySpan<char> text, CanonicalNumbers numbers, Span<char> destination, out int written)
    {
        written = 0;
        Span<char> buffer = stackalloc char[numbers == CanonicalNumbers.Exact ? MaxCanonicalDigits : MaxDecidingDigits];
        if (!DecimalText.TryRead(text, buffer, out DecimalText given)
            || (numbers == CanonicalNumbers.Exact && given.HasMoreDigits))
        {
            return false;
        }

        double nearest = given.ToDouble();
        if (!double.IsFinite(nearest))
        {
            return false;
        }

        Span<char> shortest = stackalloc char[MaxLength];
        int length = FormatShortest(nearest, shortest);
        Span<char> shortestBuffer = stackalloc char[MaxCanonicalDigits];
        bool isNumber = DecimalText.TryRead(shortest[..length], shortestBuffer, out DecimalText canonical);
        Debug.Assert(
            isNumber && !canonical.HasMoreDigits, "The shortest form of a double has at most 17 digits.");

        if (numbers == CanonicalNumbers.Exact && !IsSameValue(given, canonical))
        {
            return false;
        }

        written = Format(canonical, destination);
        return true;
    }

    // The fewest digits that are read back as the same double, and of those the nearest to it.
    private static int FormatShortest(double value, Span<char> destination)
    {
        bool fits = value.TryFormat(destination, out int length, "R", CultureInfo.InvariantCulture);
        Debug.Assert(fits, "The shortest form of a double has at most 24 characters.");

        // The framework leaves out a digit of a few powers of two (2^-25, 2^-958): those need all 17.
        if (double.Parse(destination[..length], NumberStyles.Float, CultureInfo.InvariantCulture) != value)
        {
            fits = value.TryFormat(destination, out length, "E16", CultureInfo.InvariantCulture);
            Debug.Assert(fits, "A double of 17 digits has at most 24 characters.");
        }

        return length;
    }

    // Both without leading and trailing zeros, so equal values have equal digits. The sign of zero does not count.
    private static bool IsSameValue(DecimalText left, DecimalText right) =>
        left.Digits.SequenceEqual(right.Digits)
        && (left.Digits.Length == 0 || (left.Point == right.Point && left.IsNegative == right.IsNegative));

    // ECMA-262 Number::toString, steps 5 to 12, with k the number of digits and n the position of the point.
    private static int Format(DecimalText number, Span<char> destination)
    {
        ReadOnlySpan<char> digits = number.Digits;
        int k = digits.Length;
        int n = (int)number.Point;
        if (k == 0)
        {
            destination[0] = '0';
            return 1;
        }

        int at = 0;
        if (number.IsNegative)
        {
            destination[at++] = '-';
        }

        if (n is > 0 and <= 21)
        {
            int whole = Math.Min(k, n);
            at += Put(digits[..whole], destination[at..]);
            at += PutZeros(n - whole, destination[at..]);
            if (k > n)
            {
                destination[at++] = '.';
                at += Put(digits[n..], destination[at..]);
            }

            return at;
        }

        if (n is > -6 and <= 0)
        {
            at += Put("0.", destination[at..]);
            at += PutZeros(-n, destination[at..]);
            return at + Put(digits, destination[at..]);
        }

        destination[at++] = digits[0];
        if (k > 1)
        {
            destination[at++] = '.';
            at += Put(digits[1..], destination[at..]);
        }

        destination[at++] = 'e';
        destination[at++] = n > 0 ? '+' : '-';
        int exponent = Math.Abs(n - 1);
        bool fits = exponent.TryFormat(destination[at..], out int written, default, CultureInfo.InvariantCulture);
        Debug.Assert(fits, "An exponent has at most three digits.");
        return at + written;
    }

    private static int Put(ReadOnlySpan<char> text, Span<char> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }

    private static int PutZeros(int count, Span<char> destination)
    {
        destination[..count].Fill('0');
        return count;
    }
}
