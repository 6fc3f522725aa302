using System.Globalization;
using System.Numerics;

namespace LedgerCredit.Evidence.Tests;

/// <summary>ECMA-262 Number::toString worked out with exact integers: slow, and independent of the framework's formatting.</summary>
internal static class ReferenceNumber
{
    public static string ToText(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        (string digits, int n) = ShortestDigits(Math.Abs(value));
        int k = digits.Length;
        string text;
        if (k <= n && n <= 21)
        {
            text = digits + new string('0', n - k);
        }
        else if (0 < n && n <= 21)
        {
            text = digits[..n] + "." + digits[n..];
        }
        else if (-6 < n && n <= 0)
        {
            text = "0." + new string('0', -n) + digits;
        }
        else
        {
            int exponent = n - 1;
            string sign = exponent < 0 ? "-" : "+";
            string mantissa = k == 1 ? digits : digits[..1] + "." + digits[1..];
            text = mantissa + "e" + sign + Math.Abs(exponent).ToString(CultureInfo.InvariantCulture);
        }

        return value < 0 ? "-" + text : text;
    }

    // The fewest digits s with s × 10^(n-k) read as the value; of several the nearest to it, of two as near the even one.
    private static (string Digits, int N) ShortestDigits(double value)
    {
        (BigInteger numerator, BigInteger denominator) = Exact(value);
        int n = (int)Math.Floor(Math.Log10(value)) + 1;
        while (Compare(numerator, denominator, BigInteger.One, n) >= 0)
        {
            n++;
        }

        while (Compare(numerator, denominator, BigInteger.One, n - 1) < 0)
        {
            n--;
        }

        for (int k = 1; k <= 17; k++)
        {
            // value = scaled / divisor × 10^(n-k)
            int exponent = n - k;
            BigInteger scaled = exponent < 0 ? numerator * BigInteger.Pow(10, -exponent) : numerator;
            BigInteger divisor = exponent > 0 ? denominator * BigInteger.Pow(10, exponent) : denominator;
            BigInteger below = BigInteger.DivRem(scaled, divisor, out BigInteger rest);
            bool belowReads = Reads(below, exponent, value);
            bool aboveReads = Reads(below + 1, exponent, value);
            if (!belowReads && !aboveReads)
            {
                continue;
            }

            int half = (rest * 2).CompareTo(divisor);
            bool isBelow = belowReads && (!aboveReads || half < 0 || (half == 0 && below.IsEven));
            string digits = (isBelow ? below : below + 1).ToString(CultureInfo.InvariantCulture);
            return (digits.TrimEnd('0'), n + digits.Length - k);
        }

        throw new InvalidOperationException("Seventeen digits always suffice.");
    }

    private static bool Reads(BigInteger digits, int exponent, double value) =>
        double.Parse($"{digits}e{exponent}", CultureInfo.InvariantCulture) == value;

    // Compares numerator / denominator with digits × 10^exponent.
    private static int Compare(BigInteger numerator, BigInteger denominator, BigInteger digits, int exponent) => exponent >= 0
        ? numerator.CompareTo(digits * BigInteger.Pow(10, exponent) * denominator)
        : (numerator * BigInteger.Pow(10, -exponent)).CompareTo(digits * denominator);

    private static (BigInteger Numerator, BigInteger Denominator) Exact(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long fraction = bits & 0xF_FFFF_FFFF_FFFF;
        BigInteger mantissa = exponent == 0 ? fraction : fraction | (1L << 52);
        int power = Math.Max(exponent, 1) - 1075;
        return power >= 0 ? (mantissa << power, BigInteger.One) : (mantissa, BigInteger.One << -power);
    }
}
