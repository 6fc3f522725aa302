namespace LedgerCredit.Evidence;

/// <summary>The form of the member <c>issuedAt</c>: a narrow profile of RFC 3339.</summary>
/// <remarks>
/// <c>YYYY-MM-DDThh:mm:ss[.f{1,9}](Z|±hh:mm)</c>, upper case, a day that exists, hours to 23, offset hours to 23 and
/// minutes to 59. A second 60 is accepted only where a leap second can stand: 23:59:60 UTC on the last day of a month.
/// The text is committed as it stands, so nothing is converted.
/// </remarks>
public static class IssueTime
{
    // YYYY-MM-DDThh:mm:ss
    private const int DateTimeLength = 19;
    private const int MaxFractionDigits = 9;

    /// <summary>Whether the text has the form and names an instant that exists.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) => TryReadUnixSeconds(text, out _);

    /// <summary>Reads the instant in whole Unix seconds, rounded down; a leap second counts as the next one.</summary>
    public static bool TryReadUnixSeconds(ReadOnlySpan<char> text, out long unixSeconds)
    {
        unixSeconds = 0;
        if (text.Length <= DateTimeLength || text[10] != 'T' || text[13] != ':' || text[16] != ':'
            || !CivilDate.TryParse(text[..10], out CivilDate date)
            || !CivilDate.TryReadDigits(text[11..13], out int hour)
            || !CivilDate.TryReadDigits(text[14..16], out int minute)
            || !CivilDate.TryReadDigits(text[17..19], out int second)
            || !TryReadOffsetSeconds(AfterFraction(text), out int offsetSeconds)
            || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        unixSeconds = (date.DaysSinceEpoch * 86_400) + (hour * 3600) + (minute * 60) + second - offsetSeconds;
        return second < 60 || IsFirstSecondOfMonth(unixSeconds);
    }

    // Empty, which is no offset, where the fraction has no digits or too many.
    private static ReadOnlySpan<char> AfterFraction(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> rest = text[DateTimeLength..];
        if (rest[0] != '.')
        {
            return rest;
        }

        int end = 1;
        while (end < rest.Length && char.IsAsciiDigit(rest[end]))
        {
            end++;
        }

        return end is > 1 and <= 1 + MaxFractionDigits ? rest[end..] : [];
    }

    private static bool TryReadOffsetSeconds(ReadOnlySpan<char> text, out int seconds)
    {
        seconds = 0;
        if (text is "Z")
        {
            return true;
        }

        if (!UtcOffset.TryParse(text, out TimeSpan offset))
        {
            return false;
        }

        seconds = (int)offset.TotalSeconds;
        return true;
    }

    // The second after 23:59:60 UTC on the last day of a month begins the next month.
    private static bool IsFirstSecondOfMonth(long unixSeconds) =>
        unixSeconds % 86_400 == 0
        && unixSeconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        && unixSeconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds()
        && DateTimeOffset.FromUnixTimeSeconds(unixSeconds).Day == 1;
}
