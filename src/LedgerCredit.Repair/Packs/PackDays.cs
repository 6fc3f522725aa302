using System.Globalization;
using LedgerCredit.Evidence;

namespace LedgerCredit.Repair.Packs;

/// <summary>Civil days in a rule pack's zone and the instants at which they begin.</summary>
/// <remarks>docs/repair-calendar.md section 1. Instants are Unix seconds, as the ledger has them.</remarks>
public static class PackDays
{
    private const long SecondsPerDay = 86_400;

    private static readonly int EpochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>The day in the pack's zone on which an instant falls.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant is after the year 9999.</exception>
    public static DateOnly DayOf(RulePack pack, ulong unixSeconds)
    {
        ArgumentNullException.ThrowIfNull(pack);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unixSeconds, (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds());

        // An offset is less than a day, so that a day more keeps the quotient from being negative.
        long local = (long)unixSeconds + (long)pack.UtcOffset.TotalSeconds;
        return DateOnly.FromDayNumber(EpochDay - 1 + (int)((local + SecondsPerDay) / SecondsPerDay));
    }

    /// <summary>00:00 of a day in the pack's zone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">That is before 1970.</exception>
    public static ulong StartOf(RulePack pack, DateOnly day)
    {
        ArgumentNullException.ThrowIfNull(pack);

        long start = ((day.DayNumber - EpochDay) * SecondsPerDay) - (long)pack.UtcOffset.TotalSeconds;
        ArgumentOutOfRangeException.ThrowIfNegative(start, nameof(day));
        return (ulong)start;
    }

    /// <summary>The first second after a day in the pack's zone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">That is before 1970 or after the year 9999.</exception>
    public static ulong EndOf(RulePack pack, DateOnly day) => StartOf(pack, day.AddDays(1));

    /// <summary>A zone for people: <c>UTC</c>, <c>UTC+8</c> or <c>UTC-5:30</c>.</summary>
    public static string ZoneOf(TimeSpan utcOffset)
    {
        string sign = utcOffset < TimeSpan.Zero ? "-" : "+";
        string format = utcOffset.Minutes == 0 ? "%h" : "h\\:mm";
        return utcOffset == TimeSpan.Zero ? "UTC" : $"UTC{sign}{utcOffset.ToString(format, CultureInfo.InvariantCulture)}";
    }
}
