using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LedgerCredit.Evidence;

/// <summary>A day of the Gregorian calendar without a time zone, as laws and decisions name it.</summary>
/// <remarks>
/// Not <see cref="DateOnly"/>, which ends at 9999-12-31: the day after that date, or a period that begins shortly
/// before it, must have an instant too. <c>default</c> is no date; make values with <see cref="TryParse(string, out CivilDate)"/>.
/// </remarks>
public readonly record struct CivilDate
{
    private CivilDate(int year, int month, int day)
    {
        Year = year;
        Month = month;
        Day = day;
    }

    /// <summary>The year, from 1.</summary>
    public int Year { get; }

    /// <summary>The month, 1 to 12.</summary>
    public int Month { get; }

    /// <summary>The day of the month, from 1.</summary>
    public int Day { get; }

    /// <summary>Days from 1970-01-01 to this day; negative before it.</summary>
    public long DaysSinceEpoch
    {
        get
        {
            // Years that begin in March, so that the leap day is the last one; 400 of them have 146,097 days.
            long year = Month <= 2 ? Year - 1 : Year;
            long cycle = year / 400;
            long yearOfCycle = year - (cycle * 400);
            long monthFromMarch = Month <= 2 ? Month + 9 : Month - 3;
            long dayOfYear = (((153 * monthFromMarch) + 2) / 5) + Day - 1;
            long dayOfCycle = (yearOfCycle * 365) + (yearOfCycle / 4) - (yearOfCycle / 100) + dayOfYear;
            return (cycle * 146_097) + dayOfCycle - 719_468;
        }
    }

    /// <summary>Reads exactly <c>YYYY-MM-DD</c> of a day that exists, in the years 0001 to 9999.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CivilDate date) => TryParse(text.AsSpan(), out date);

    /// <summary>Reads exactly <c>YYYY-MM-DD</c> of a day that exists, in the years 0001 to 9999.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out CivilDate date)
    {
        date = default;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-'
            || !TryReadDigits(text[..4], out int year)
            || !TryReadDigits(text[5..7], out int month)
            || !TryReadDigits(text[8..], out int day)
            || year == 0 || month is < 1 or > 12 || day < 1 || day > DaysInMonth(year, month))
        {
            return false;
        }

        date = new CivilDate(year, month, day);
        return true;
    }

    /// <summary>The same day.</summary>
    public static CivilDate FromDateOnly(DateOnly day) => new(day.Year, day.Month, day.Day);

    /// <summary>
    /// The same day of the month so many months later, or the last day of that month where it is shorter.
    /// </summary>
    /// <param name="months">Not negative.</param>
    public CivilDate AddMonths(int months)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(months);

        int total = (Year * 12) + (Month - 1) + months;
        int year = total / 12;
        int month = (total % 12) + 1;
        return new CivilDate(year, month, Math.Min(Day, DaysInMonth(year, month)));
    }

    /// <summary><c>YYYY-MM-DD</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}-{Day:00}");

    /// <summary>The number of days of a month of the proleptic Gregorian calendar.</summary>
    /// <param name="year">From 0.</param>
    /// <param name="month">1 to 12.</param>
    internal static int DaysInMonth(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>Reads ASCII digits and nothing else.</summary>
    internal static bool TryReadDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
