using System.Globalization;

namespace LedgerCredit.Log;

/// <summary>Tree sizes as C2SP formats write them: decimal, without leading zeros.</summary>
public static class TreeSizeText
{
    /// <summary>Reads a size. The text may be hostile.</summary>
    /// <param name="text">Decimal digits and nothing else.</param>
    /// <param name="size">The size, or 0 when the text was refused.</param>
    public static bool TryParse(string text, out ulong size)
    {
        ArgumentNullException.ThrowIfNull(text);
        size = 0;

        // The framework passes over zero characters behind a number.
        return (text == "0" || !text.StartsWith('0'))
            && !text.Contains('\0', StringComparison.Ordinal)
            && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size);
    }
}
