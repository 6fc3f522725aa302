using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LedgerCredit.Primitives;

namespace LedgerCredit.Repair.Calendars;

/// <summary>The arrangements of public holidays as they stand in a calendar's table.</summary>
/// <remarks>
/// docs/repair-calendar.md. A line is a holiday of the arrangement of a year:
/// <code>
/// 2026 春节 off 2026-02-15..2026-02-23 work 2026-02-14 2026-02-28
/// </code>
/// Years stand in order without a gap. Each day is named once.
/// </remarks>
internal sealed class WorkingDayTable
{
    private const int MaxCharacters = 256 * 1024;
    private const int MaxDaysOff = 31;
    private const int MaxWordsOfLine = 32;

    private readonly HashSet<DateOnly> _daysOff = [];
    private readonly HashSet<DateOnly> _workedDays = [];

    private WorkingDayTable()
    {
    }

    public int FirstYear { get; private set; }

    public int LastYear { get; private set; }

    public IReadOnlySet<DateOnly> DaysOff => _daysOff;

    /// <summary>Days that are worked whatever their day of the week.</summary>
    public IReadOnlySet<DateOnly> WorkedDays => _workedDays;

    public static bool TryParse(
        string text, [NotNullWhen(true)] out WorkingDayTable? table, [NotNullWhen(false)] out ParseProblem? problem)
    {
        table = null;
        if (text.Length > MaxCharacters)
        {
            problem = new ParseProblem("calendar-size", "", $"Expected at most {MaxCharacters} characters, found more.");
            return false;
        }

        WorkingDayTable read = new();
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line.Length > 0 && line[0] != '#' && read.Add(line) is string refusal)
            {
                problem = new ParseProblem("calendar-line", $"line {number}", refusal);
                return false;
            }
        }

        problem = read.FirstYear > 0
            ? null
            : new ParseProblem("calendar-empty", "", "Expected the holidays of a year at least, found none.");
        table = problem is null ? read : null;
        return problem is null;
    }

    // Null, or why the line is refused.
    private string? Add(ReadOnlySpan<char> line)
    {
        Span<Range> words = stackalloc Range[MaxWordsOfLine];
        int count = line.Split(words, ' ');
        if (count < 4 || count == MaxWordsOfLine || !line[words[2]].SequenceEqual("off"))
        {
            return "Expected a year, a holiday, 'off' and days, found another line.";
        }

        if (line[words[0]].Contains('\0')
            || !int.TryParse(line[words[0]], NumberStyles.None, CultureInfo.InvariantCulture, out int year)
            || year is < 1970 or > 9000
            || !TryBegin(year))
        {
            return "Expected the year of the line before or the next one, found another.";
        }

        if (!TryReadRange(line[words[3]], out DateOnly first, out DateOnly last) || !IsOf(year, first) || !IsOf(year, last))
        {
            return $"Expected one to {MaxDaysOff} days off of this year or the December before it, found something else.";
        }

        for (DateOnly day = first; day <= last; day = day.AddDays(1))
        {
            if (!AddOnce(_daysOff, day))
            {
                return "Expected each day once, found one twice.";
            }
        }

        return AddWorked(line, words[4..count], year);
    }

    private string? AddWorked(ReadOnlySpan<char> line, ReadOnlySpan<Range> words, int year)
    {
        if (words.Length == 1 || (words.Length > 1 && !line[words[0]].SequenceEqual("work")))
        {
            return "Expected 'work' and days after the days off, found something else.";
        }

        for (int i = 1; i < words.Length; i++)
        {
            if (!TryReadDay(line[words[i]], out DateOnly day) || !IsOf(year, day))
            {
                return "Expected a worked day of this year or the December before it, found something else.";
            }

            if (!AddOnce(_workedDays, day))
            {
                return "Expected each day once, found one twice.";
            }
        }

        return null;
    }

    private bool TryBegin(int year)
    {
        if (FirstYear == 0)
        {
            FirstYear = year;
            LastYear = year;
        }

        bool isNext = year == LastYear || year == LastYear + 1;
        LastYear = isNext ? year : LastYear;
        return isNext;
    }

    private bool AddOnce(HashSet<DateOnly> days, DateOnly day) =>
        !_daysOff.Contains(day) && !_workedDays.Contains(day) && days.Add(day);

    private static bool IsOf(int year, DateOnly day) => day.Year == year || (day.Year == year - 1 && day.Month == 12);

    private static bool TryReadRange(ReadOnlySpan<char> text, out DateOnly first, out DateOnly last)
    {
        int dots = text.IndexOf("..");
        last = default;
        return TryReadDay(dots < 0 ? text : text[..dots], out first)
            && TryReadDay(dots < 0 ? text : text[(dots + 2)..], out last)
            && first <= last
            && last.DayNumber - first.DayNumber < MaxDaysOff;
    }

    private static bool TryReadDay(ReadOnlySpan<char> text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
