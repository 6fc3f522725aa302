using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LedgerCredit.Repair.Materials;

/// <summary>Amounts of money in yuan as exact decimals.</summary>
public static class Amount
{
    // Within this many digits System.Decimal is exact, sums of a case's materials included.
    private const int MaxDigits = 24;

    /// <summary>
    /// Reads what records call money: digits without leading zeros and at most one decimal point between digits; at most 24
    /// digits here.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out decimal yuan)
    {
        yuan = 0;
        if (text is null || text.Length == 0 || text.Length > MaxDigits + 1)
        {
            return false;
        }

        int point = text.IndexOf('.', StringComparison.Ordinal);
        ReadOnlySpan<char> whole = point < 0 ? text : text.AsSpan(0, point);
        ReadOnlySpan<char> fraction = point < 0 ? "0" : text.AsSpan(point + 1);
        return AreDigits(whole)
            && AreDigits(fraction)
            && (whole.Length == 1 || whole[0] != '0')
            && (point >= 0 || whole.Length <= MaxDigits)
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out yuan);
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
}
