namespace LedgerCredit.Evidence;

/// <summary>A fixed distance from UTC in the form <c>±hh:mm</c> (RFC 3339).</summary>
internal static class UtcOffset
{
    /// <summary>Reads exactly <c>±hh:mm</c>, hours to 23 and minutes to 59.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':'
            || !CivilDate.TryReadDigits(text[1..3], out int hours)
            || !CivilDate.TryReadDigits(text[4..6], out int minutes)
            || hours > 23 || minutes > 59)
        {
            return false;
        }

        TimeSpan distance = new(hours, minutes, 0);
        offset = text[0] == '-' ? -distance : distance;
        return true;
    }
}
