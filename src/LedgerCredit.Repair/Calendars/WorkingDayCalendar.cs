using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using LedgerCredit.Primitives;

namespace LedgerCredit.Repair.Calendars;

/// <summary>Which days are worked, by the published arrangements of public holidays of a country.</summary>
/// <remarks>
/// docs/repair-calendar.md. Immutable and thread-safe. Days that no published arrangement settles follow the week, and
/// every answer that counted one says that it is provisional.
/// </remarks>
public sealed class WorkingDayCalendar
{
    /// <summary>The most working days that are counted at once.</summary>
    public const int MaxCount = 1000;

    // The arrangement of a year may reach back into the December before it; none since 2019 began before 29 December.
    private const int LastMonth = 12;
    private const int FirstDayOfNextArrangement = 25;

    private readonly IReadOnlySet<DateOnly> _daysOff;
    private readonly IReadOnlySet<DateOnly> _workedDays;

    private WorkingDayCalendar(string id, WorkingDayTable table)
    {
        Id = id;
        FirstYear = table.FirstYear;
        LastYear = table.LastYear;
        _daysOff = table.DaysOff;
        _workedDays = table.WorkedDays;
    }

    /// <summary>The People's Republic of China.</summary>
    public static WorkingDayCalendar China { get; } = ReadShipped("cn");

    /// <summary>The name by which rule packs ask for it.</summary>
    public string Id { get; }

    /// <summary>The first year whose arrangement it holds.</summary>
    public int FirstYear { get; }

    /// <summary>The last year whose arrangement it holds.</summary>
    public int LastYear { get; }

    /// <summary>Finds a calendar that comes with the program, or null.</summary>
    public static WorkingDayCalendar? Find(string id) => id == China.Id ? China : null;

    /// <summary>Reads a calendar's table.</summary>
    /// <param name="id">The name by which rule packs ask for it.</param>
    /// <param name="text">The table, in the form of <c>Calendars/cn.txt</c>.</param>
    /// <param name="calendar">The calendar, or null.</param>
    /// <param name="problem">The first line that was refused and why, or null.</param>
    public static bool TryParse(
        string id,
        string text,
        [NotNullWhen(true)] out WorkingDayCalendar? calendar,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(text);

        calendar = WorkingDayTable.TryParse(text, out WorkingDayTable? table, out problem)
            ? new WorkingDayCalendar(id, table)
            : null;
        return calendar is not null;
    }

    /// <summary>Whether the day is worked; by the week where <see cref="IsSettled"/> is false.</summary>
    public bool IsWorkingDay(DateOnly day) =>
        !_daysOff.Contains(day)
        && (_workedDays.Contains(day) || day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));

    /// <summary>
    /// Whether the arrangements that decide about the day are all published: its own year's and, in the last week of
    /// December, the next year's.
    /// </summary>
    public bool IsSettled(DateOnly day) =>
        day.Year >= FirstYear && day < new DateOnly(LastYear, LastMonth, FirstDayOfNextArrangement);

    /// <summary>
    /// The last of so many working days. The day of the event is not counted; counting starts the day after.
    /// </summary>
    /// <param name="eventDay">The civil day of the event in the rule pack's zone.</param>
    /// <param name="count">1 to <see cref="MaxCount"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is outside its range, or the years end.</exception>
    public DueDate AddWorkingDays(DateOnly eventDay, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);

        DateOnly day = eventDay;
        bool isProvisional = false;
        for (int counted = 0; counted < count;)
        {
            day = day.AddDays(1);
            isProvisional |= !IsSettled(day);
            if (IsWorkingDay(day))
            {
                counted++;
            }
        }

        return new DueDate(day, isProvisional);
    }

    private static WorkingDayCalendar ReadShipped(string id)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(id + ".txt")
            ?? throw new InvalidOperationException($"The program was built without its calendar '{id}'.");
        using StreamReader reader = new(stream);
        return TryParse(id, reader.ReadToEnd(), out WorkingDayCalendar? calendar, out ParseProblem? problem)
            ? calendar
            : throw new InvalidOperationException($"The shipped calendar '{id}' is wrong: {problem}");
    }
}
