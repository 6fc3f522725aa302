using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Log;

/// <summary>What a published path of a log names: a hash tile or an entry bundle.</summary>
/// <param name="Level">0 to <see cref="TileLayout.MaxLevel"/>; null for an entry bundle.</param>
/// <param name="Index">Zero-based position in its level, or of the bundle.</param>
/// <param name="Width">Hashes or entries, 1 to 256.</param>
/// <remarks>C2SP tlog-tiles. The reverse of <see cref="TileLayout.Path"/> and <see cref="TileLayout.EntriesPath"/>: exactly their outputs are read.</remarks>
public sealed record TilePath(int? Level, ulong Index, int Width)
{
    // The longest there is: "tile/entries/", 18,446,744,073,709,551,615 / 256 in seven groups, ".p/255".
    private const int MaxLength = 64;
    private const int GroupDigits = 3;
    private const ulong MaxIndex = ulong.MaxValue >> TileLayout.Height;

    /// <summary>Whether it is of all 256 hashes or entries, and so never changes.</summary>
    public bool IsFull => Width == TileLayout.FullWidth;

    /// <summary>Reads a path, such as <c>tile/0/x001/234.p/17</c> or <c>tile/entries/000</c>.</summary>
    /// <returns>Whether it is one; each tile and bundle has exactly one path.</returns>
    public static bool TryParse(string? path, [NotNullWhen(true)] out TilePath? tile)
    {
        tile = null;
        if (path is null || path.Length > MaxLength || path.Split('/') is not ["tile", string level, .. string[] rest] || rest.Length == 0)
        {
            return false;
        }

        int? number = null;
        if (level != "entries")
        {
            if (level is not [>= '0' and <= (char)('0' + TileLayout.MaxLevel)])
            {
                return false;
            }

            number = level[0] - '0';
        }

        int width = TileLayout.FullWidth;
        if (rest is [.. string[] groups, string last, string partial] && last.EndsWith(".p", StringComparison.Ordinal))
        {
            if (!TryReadWidth(partial, out width))
            {
                return false;
            }

            rest = [.. groups, last[..^2]];
        }

        if (!TryReadIndex(rest, out ulong index))
        {
            return false;
        }

        tile = new TilePath(number, index, width);
        return true;
    }

    private static bool TryReadWidth(string text, out int width)
    {
        width = 0;
        if (text.Length is 0 or > GroupDigits || text[0] == '0' || !text.All(char.IsAsciiDigit))
        {
            return false;
        }

        width = text.Aggregate(0, (value, digit) => (value * 10) + (digit - '0'));
        return width < TileLayout.FullWidth;
    }

    // Three digits each, all but the last with an x in front, and no more groups than needed.
    private static bool TryReadIndex(string[] groups, out ulong index)
    {
        index = 0;
        for (int i = 0; i < groups.Length; i++)
        {
            bool isLast = i == groups.Length - 1;
            string digits = isLast ? groups[i] : groups[i].StartsWith('x') ? groups[i][1..] : "";
            if (digits.Length != GroupDigits || !digits.All(char.IsAsciiDigit) || (i == 0 && !isLast && digits == "000"))
            {
                return false;
            }

            uint value = digits.Aggregate(0U, (sum, digit) => (sum * 10) + (uint)(digit - '0'));
            if (index > (MaxIndex - value) / 1000)
            {
                return false;
            }

            index = (index * 1000) + value;
        }

        return true;
    }
}
