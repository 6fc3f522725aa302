using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LedgerCredit.Primitives;

namespace LedgerCredit.Service.Access;

/// <summary>Times of requests and answers: RFC 3339.</summary>
internal static class UtcTimes
{
    private static readonly string[] Forms = ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    /// <summary>Reads a time with its offset.</summary>
    internal static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        return text.Length is > 19 and <= 40
            && (text.EndsWith('Z') || text[^6] is '+' or '-')
            && DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    /// <summary>Writes a time.</summary>
    internal static string OfUnix(ulong seconds) => UtcTime.Format(DateTimeOffset.FromUnixTimeSeconds(checked((long)seconds)));

    /// <summary>Writes a time where there is one.</summary>
    [return: NotNullIfNotNull(nameof(seconds))]
    internal static string? OfUnix(ulong? seconds) => seconds is ulong known ? OfUnix(known) : null;
}
