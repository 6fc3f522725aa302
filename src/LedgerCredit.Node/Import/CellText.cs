using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>Reads what people write into the cells of a table.</summary>
internal static partial class CellText
{
    private const int MaxIntegerDigits = 12;
    private const int MaxFractionDigits = 10;

    /// <summary>The text without blanks around it, no-break and ideographic spaces included.</summary>
    public static string Trim(string text) => text.Trim().Trim('\uFEFF', '\u200B').Trim();

    /// <summary>The text with each run of blanks and line ends as one blank.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The text with full-width letters, digits and signs as ASCII.</summary>
    public static string ToHalfWidth(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = source[i] switch
            {
                >= '\uFF01' and <= '\uFF5E' => (char)(source[i] - 0xFEE0),
                '\u3000' => ' ',
                char c => c,
            };
        }
    });

    /// <summary>A decision number in one spelling: ASCII letters and digits, no blanks, 〔〕 round the year.</summary>
    public static string DecisionNumber(string text) =>
        BracketedYear().Replace(Blanks().Replace(ToHalfWidth(text), ""), "〔$1〕");

    /// <summary>
    /// Reads a date with the year first: <c>2022-09-30</c>, <c>2022/9/30</c>, <c>2022.9.30</c>, <c>2022年9月30日</c> or
    /// <c>20220930</c>, in full-width digits too, and with the midnight that spreadsheets add.
    /// </summary>
    public static bool TryReadDate(string text, [NotNullWhen(true)] out string? date)
    {
        Match match = YearFirst().Match(Trim(ToHalfWidth(text)));
        return TryCompose(match, out date);
    }

    /// <summary>Reads a date with the month first: <c>9/30/2022</c>.</summary>
    public static bool TryReadMonthFirstDate(string text, [NotNullWhen(true)] out string? date) =>
        TryCompose(MonthFirst().Match(Trim(text)), out date);

    /// <summary>Reads an amount whose unit is 万元, ten thousand yuan, unless the cell itself says 元, yuan.</summary>
    /// <param name="text">For example <c>0.2</c>, <c>０．２</c>, <c>1,000.5万元</c>, <c>2000元</c>.</param>
    /// <param name="yuan">The exact amount in yuan with two decimals, for example <c>2000.00</c>.</param>
    /// <returns><see langword="false"/> for other text, and for amounts with a part of a fen.</returns>
    public static bool TryReadTenThousandYuan(string text, [NotNullWhen(true)] out string? yuan)
    {
        yuan = null;
        Match match = Amount().Match(Blanks().Replace(ToHalfWidth(text), ""));
        string whole = match.Groups["whole"].Value.Replace(",", "", StringComparison.Ordinal);
        string fraction = match.Groups["fraction"].Value;
        if (!match.Success || whole.Length > MaxIntegerDigits || fraction.Length > MaxFractionDigits)
        {
            return false;
        }

        // A decimal holds 28 digits exactly, more than the digits and the factor need.
        decimal amount = decimal.Parse($"{whole}.{fraction}0", NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        decimal fen = amount * (match.Groups["unit"].Value == "元" ? 1m : 10_000m) * 100m;
        if (fen != decimal.Truncate(fen))
        {
            return false;
        }

        yuan = (fen / 100m).ToString("0.00", CultureInfo.InvariantCulture);
        return true;
    }

    /// <summary>Lower-case letters and digits of any script, with one hyphen for whatever stands between them.</summary>
    /// <returns>Empty text where there is no letter and no digit.</returns>
    public static string Slug(string text)
    {
        StringBuilder slug = new(text.Length);
        foreach (Rune rune in ToHalfWidth(text).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                slug.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (slug.Length > 0 && slug[^1] != '-' && Rune.GetUnicodeCategory(rune) is not UnicodeCategory.NonSpacingMark)
            {
                slug.Append('-');
            }
        }

        return slug.ToString().TrimEnd('-');
    }

    private static bool TryCompose(Match match, [NotNullWhen(true)] out string? date)
    {
        date = match.Success
            ? $"{match.Groups["y"].Value}-{match.Groups["m"].Value.PadLeft(2, '0')}-{match.Groups["d"].Value.PadLeft(2, '0')}"
            : null;
        if (CivilDate.TryParse(date, out _))
        {
            return true;
        }

        date = null;
        return false;
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();

    // Full-width brackets have become ASCII before. The two of a pair need not match: hand-typed numbers mix them.
    [GeneratedRegex(@"[〔【〖﹝\[\({]([0-9]{4})[〕】〗﹞\]\)}]", RegexOptions.CultureInvariant)]
    private static partial Regex BracketedYear();

    [GeneratedRegex(
        @"^(?<y>[0-9]{4})(?:(?<s>[-/.])(?<m>[0-9]{1,2})\k<s>(?<d>[0-9]{1,2})|年(?<m>[0-9]{1,2})月(?<d>[0-9]{1,2})日|(?<m>[0-9]{2})(?<d>[0-9]{2}))(?:[ T]00?:00(?::00(?:\.0+)?)?)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex YearFirst();

    [GeneratedRegex(@"^(?<m>[0-9]{1,2})/(?<d>[0-9]{1,2})/(?<y>[0-9]{4})\z", RegexOptions.CultureInvariant)]
    private static partial Regex MonthFirst();

    [GeneratedRegex(
        @"^(?<whole>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.(?<fraction>[0-9]+))?(?<unit>万元|万|元)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Amount();
}
