using System.Diagnostics;
using System.Globalization;

namespace LedgerCredit.Evidence;

/// <summary>
/// A decimal number taken apart: <c>±0.d1d2d3… × 10^Point</c> without leading or trailing zero digits.
/// </summary>
/// <remarks>
/// ECMAScript's <c>Number::toString</c> calls the digits s and <see cref="Point"/> n. Zero has no digits.
/// </remarks>
internal readonly ref struct DecimalText
{
    // Far outside the doubles (about 10^-324 to 10^309) and far from the limits of the type.
    private const long ExponentBound = 1_000_000_000_000;

    private DecimalText(bool isNegative, ReadOnlySpan<char> digits, bool hasMoreDigits, long point)
    {
        IsNegative = isNegative;
        Digits = digits;
        HasMoreDigits = hasMoreDigits;
        Point = point;
    }

    public bool IsNegative { get; }

    /// <summary>The first significant digits, as many as the buffer holds.</summary>
    public ReadOnlySpan<char> Digits { get; }

    /// <summary>Whether there are significant digits beyond <see cref="Digits"/>.</summary>
    public bool HasMoreDigits { get; }

    /// <summary>Position of the decimal point, counted from the first significant digit.</summary>
    public long Point { get; }

    /// <summary>Reads JSON's number grammar (RFC 8259 section 6), in time linear in the text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="buffer">Takes the significant digits.</param>
    /// <param name="number">The number.</param>
    /// <returns><see langword="false"/> for text outside the grammar.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, Span<char> buffer, out DecimalText number)
    {
        number = default;
        int at = 0;
        bool isNegative = text.StartsWith("-");
        if (isNegative)
        {
            at++;
        }

        int integerStart = at;
        at += CountDigits(text[at..]);
        ReadOnlySpan<char> integer = text[integerStart..at];
        if (integer.Length == 0 || (integer.Length > 1 && integer[0] == '0'))
        {
            return false;
        }

        ReadOnlySpan<char> fraction = [];
        if (at < text.Length && text[at] == '.')
        {
            int length = CountDigits(text[(at + 1)..]);
            if (length == 0)
            {
                return false;
            }

            fraction = text.Slice(at + 1, length);
            at += 1 + length;
        }

        long exponent = 0;
        if (at < text.Length && !TryReadExponent(text[at..], out exponent))
        {
            return false;
        }

        int significant = 0;
        int seen = 0;
        CollectDigits(integer, buffer, ref seen, ref significant);
        long point = seen;
        CollectDigits(fraction, buffer, ref seen, ref significant);
        if (point == 0)
        {
            point = -CountZeros(fraction);
        }

        bool hasMoreDigits = significant > buffer.Length;
        ReadOnlySpan<char> digits = buffer[..Math.Min(significant, buffer.Length)];
        number = new DecimalText(isNegative, digits, hasMoreDigits, point + exponent);
        return true;
    }

    // Zeros before the first significant digit are passed over; `significant` ends behind the last digit that is not
    // zero.
    private static void CollectDigits(ReadOnlySpan<char> text, Span<char> buffer, ref int seen, ref int significant)
    {
        foreach (char digit in text)
        {
            if (digit == '0' && seen == 0)
            {
                continue;
            }

            if (seen < buffer.Length)
            {
                buffer[seen] = digit;
            }

            seen++;
            if (digit != '0')
            {
                significant = seen;
            }
        }
    }

    private static bool TryReadExponent(ReadOnlySpan<char> text, out long exponent)
    {
        exponent = 0;
        if (text[0] is not ('e' or 'E'))
        {
            return false;
        }

        text = text[1..];
        bool isNegative = text.StartsWith("-");
        if (isNegative || text.StartsWith("+"))
        {
            text = text[1..];
        }

        if (text.Length == 0 || CountDigits(text) != text.Length)
        {
            return false;
        }

        foreach (char digit in text)
        {
            exponent = Math.Min((exponent * 10) + (digit - '0'), ExponentBound);
        }

        exponent = isNegative ? -exponent : exponent;
        return true;
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        int count = text.IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? text.Length : count;
    }

    private static int CountZeros(ReadOnlySpan<char> text)
    {
        int count = text.IndexOfAnyExcept('0');
        return count < 0 ? text.Length : count;
    }

    /// <summary>The nearest double, ties to even; infinite where the number is beyond the doubles.</summary>
    public double ToDouble()
    {
        if (Digits.Length == 0)
        {
            return 0;
        }

        // Outside these bounds the answer is clear, and inside them the text below is short.
        if (Point > 400)
        {
            return IsNegative ? double.NegativeInfinity : double.PositiveInfinity;
        }

        if (Point < -400)
        {
            return 0;
        }

        Span<char> text = stackalloc char[Digits.Length + 16];
        int length = 0;
        if (IsNegative)
        {
            text[length++] = '-';
        }

        Digits.CopyTo(text[length..]);
        length += Digits.Length;
        long exponent = Point - Digits.Length;
        if (HasMoreDigits)
        {
            // What was cut off is more than nothing and less than one unit of the last digit kept.
            text[length++] = '1';
            exponent--;
        }

        text[length++] = 'e';
        bool fits = exponent.TryFormat(text[length..], out int written, default, CultureInfo.InvariantCulture);
        Debug.Assert(fits, "An exponent has at most five characters.");
        return double.Parse(text[..(length + written)], NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
