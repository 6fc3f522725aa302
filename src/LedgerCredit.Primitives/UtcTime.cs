using System.Globalization;

namespace LedgerCredit.Primitives;

/// <summary>Moments as RFC 3339 in UTC, to the second: <c>2026-01-31T23:59:59Z</c>.</summary>
public static class UtcTime
{
    /// <summary>Writes a moment; parts of a second are dropped.</summary>
    public static string Format(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
