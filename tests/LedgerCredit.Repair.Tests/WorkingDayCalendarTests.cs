using System.Globalization;
using System.Text.Json;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Calendars;
using LedgerCredit.Testing;

namespace LedgerCredit.Repair.Tests;

[TestClass]
public sealed class WorkingDayCalendarTests
{
    private static readonly WorkingDayCalendar China = WorkingDayCalendar.China;

    [TestMethod]
    [DataRow("2026-02-13", false, DisplayName = "an ordinary Friday")]
    [DataRow("2026-02-16", true, DisplayName = "Spring Festival, a Monday")]
    [DataRow("2026-03-07", true, DisplayName = "an ordinary Saturday")]
    public void IsWorkingDay_DayOffOrWeekend_IsNone(string day, bool isOff)
    {
        Assert.AreNotEqual(isOff, China.IsWorkingDay(Day(day)));
    }

    [TestMethod]
    [DataRow("2026-01-04")]
    [DataRow("2026-02-14")]
    [DataRow("2026-02-28")]
    [DataRow("2026-05-09")]
    [DataRow("2026-09-20")]
    [DataRow("2026-10-10")]
    [DataRow("2018-12-29", DisplayName = "by the next year's arrangement")]
    public void IsWorkingDay_WeekendDayWorkedInstead_IsOne(string day)
    {
        Assert.IsTrue(China.IsWorkingDay(Day(day)));
    }

    [TestMethod]
    [DataRow("2022-12-31", DisplayName = "a Saturday that the next year's arrangement names")]
    [DataRow("2018-12-31", DisplayName = "a Monday that the next year's arrangement takes off")]
    public void IsWorkingDay_DecemberDayOfTheNextArrangement_IsOff(string day)
    {
        Assert.IsFalse(China.IsWorkingDay(Day(day)));
    }

    // Known totals of the published arrangements.
    [TestMethod]
    [DataRow(2024, 251)]
    [DataRow(2025, 248)]
    [DataRow(2026, 248)]
    public void IsWorkingDay_OverAYear_GivesTheKnownTotal(int year, int expected)
    {
        Assert.AreEqual(expected, DaysOf(year).Count(China.IsWorkingDay));
    }

    [TestMethod]
    [DataRow("2026-02-13", 3, "2026-02-25", DisplayName = "Spring Festival; the first day counted is a worked Saturday")]
    [DataRow("2026-09-30", 3, "2026-10-10", DisplayName = "due on a worked Saturday")]
    [DataRow("2026-09-24", 10, "2026-10-15", DisplayName = "two holidays")]
    [DataRow("2025-12-31", 1, "2026-01-04", DisplayName = "over New Year to a worked Sunday")]
    [DataRow("2018-12-28", 1, "2018-12-29", DisplayName = "a Saturday worked by the next year's arrangement")]
    [DataRow("2026-03-06", 1, "2026-03-09", DisplayName = "Friday to Monday")]
    [DataRow("2026-03-07", 1, "2026-03-09", DisplayName = "from a Saturday")]
    public void AddWorkingDays_Event_IsCountedFromTheDayAfter(string from, int count, string expected)
    {
        Assert.AreEqual(Day(expected), China.AddWorkingDays(Day(from), count).Day);
    }

    [TestMethod]
    [DataRow("2026-11-23", 10, "2026-12-07", false, DisplayName = "early December is settled")]
    [DataRow("2026-12-23", 1, "2026-12-24", false, DisplayName = "the last settled day")]
    [DataRow("2026-12-24", 1, "2026-12-25", true, DisplayName = "the first day the next arrangement may move")]
    [DataRow("2026-12-30", 3, "2027-01-04", true, DisplayName = "an unpublished year")]
    [DataRow("2031-05-05", 3, "2031-05-08", true, DisplayName = "far beyond the table")]
    [DataRow("2018-12-27", 1, "2018-12-28", true, DisplayName = "before the table")]
    [DataRow("2018-12-28", 3, "2019-01-03", true, DisplayName = "from before the table into it")]
    [DataRow("2018-12-31", 1, "2019-01-02", false, DisplayName = "the day of the event is not counted")]
    [DataRow("2019-01-01", 1, "2019-01-02", false, DisplayName = "inside the table")]
    public void AddWorkingDays_BeyondTheArrangements_SaysSo(string from, int count, string due, bool isProvisional)
    {
        Assert.AreEqual(new DueDate(Day(due), isProvisional), China.AddWorkingDays(Day(from), count));
    }

    [TestMethod]
    public void AddWorkingDays_EveryStartAndCount_IsTheNaiveAnswer()
    {
        Random random = new(20260401);
        DateOnly first = new(2018, 11, 1);
        for (int round = 0; round < 4000; round++)
        {
            DateOnly from = first.AddDays(random.Next(3200));
            int count = random.Next(1, 40);

            DateOnly[] after = [.. Enumerable.Range(1, 400).Select(from.AddDays)];
            DateOnly due = after.Where(China.IsWorkingDay).ElementAt(count - 1);
            bool isProvisional = after.TakeWhile(day => day <= due).Any(day => day < new DateOnly(2019, 1, 1) || day > new DateOnly(2026, 12, 24));

            Assert.AreEqual(new DueDate(due, isProvisional), China.AddWorkingDays(from, count), $"{from:O} + {count}");
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    [DataRow(1001)]
    public void AddWorkingDays_CountOutsideItsRange_IsTheCallersFault(int count)
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => China.AddWorkingDays(new DateOnly(2026, 1, 1), count));
    }

    [TestMethod]
    public void Find_Id_FindsTheShippedCalendarOnly()
    {
        Assert.AreSame(China, WorkingDayCalendar.Find("cn"));
        Assert.IsNull(WorkingDayCalendar.Find("CN"));
        Assert.AreEqual((2019, 2026), (China.FirstYear, China.LastYear));
    }

    [TestMethod]
    [DataRow("", "", DisplayName = "nothing")]
    [DataRow("# only words", "", DisplayName = "comments")]
    [DataRow("2026", "line 1")]
    [DataRow("2026 a on 2026-01-01", "line 1")]
    [DataRow("x a off 2026-01-01", "line 1")]
    [DataRow(" 2026 a off 2026-01-01", "line 1")]
    [DataRow("2026 a off 2026-01-32", "line 1")]
    [DataRow("2026 a off 2026-1-1", "line 1")]
    [DataRow("2026 a off 2025-01-01", "line 1", DisplayName = "another year")]
    [DataRow("2026 a off 2025-11-30..2025-12-01", "line 1", DisplayName = "before December")]
    [DataRow("2026 a off 2026-01-02..2026-01-01", "line 1", DisplayName = "backwards")]
    [DataRow("2026 a off 2026-01-01..2026-02-01", "line 1", DisplayName = "too many days")]
    [DataRow("2026 a off 2026-01-01 work", "line 1")]
    [DataRow("2026 a off 2026-01-01 rest 2026-01-04", "line 1")]
    [DataRow("2026 a off 2026-01-01 work 2026-01-01", "line 1", DisplayName = "off and worked")]
    [DataRow("2026 a off 2026-01-01 work 2027-01-04", "line 1")]
    [DataRow("2026 a off 2026-01-01\n2026 b off 2026-01-01", "line 2", DisplayName = "off twice")]
    [DataRow("2026 a off 2026-01-01\n2028 b off 2028-01-01", "line 2", DisplayName = "a gap")]
    [DataRow("2026 a off 2026-01-01\n2025 b off 2025-01-01", "line 2", DisplayName = "out of order")]
    public void TryParse_OtherTable_IsRefusedWithTheLine(string text, string place)
    {
        Assert.IsFalse(WorkingDayCalendar.TryParse("x", text, out WorkingDayCalendar? calendar, out ParseProblem? problem));

        Assert.IsNull(calendar);
        Assert.AreEqual(place, problem.Path);
    }

    [TestMethod]
    public void TryParse_TableOfAnotherCountry_IsACalendar()
    {
        bool isRead = WorkingDayCalendar.TryParse("xx", "2026 Mayday off 2026-05-01 work 2026-05-02\n", out WorkingDayCalendar? calendar, out _);

        Assert.IsTrue(isRead);
        Assert.AreEqual(new DueDate(new DateOnly(2026, 5, 2), false), calendar!.AddWorkingDays(new DateOnly(2026, 4, 30), 1));
    }

    [TestMethod]
    public void TryParse_HugeTable_IsRefused()
    {
        Assert.IsFalse(WorkingDayCalendar.TryParse("x", new string('#', 300_000), out _, out ParseProblem? problem));

        Assert.AreEqual("calendar-size", problem.Code);
    }

    [TestMethod]
    public void Vectors_WorkingDays_Hold()
    {
        string[] lines = File.ReadAllLines(SharedFiles.Require("vectors", "working_day_vectors.csv"));

        Assert.IsGreaterThan(10, lines.Length);
        foreach (string[] cells in lines.Skip(1).Select(line => line.Split(',')))
        {
            DueDate due = China.AddWorkingDays(Day(cells[0]), int.Parse(cells[1], CultureInfo.InvariantCulture));
            Assert.AreEqual(new DueDate(Day(cells[2]), false), due, string.Join(',', cells));
        }
    }

    [TestMethod]
    public void Table_EveryDay_IsAsPublished()
    {
        string folder = SharedFiles.Require("data", "holidays");
        Dictionary<DateOnly, bool> published = [];
        foreach (string file in Directory.GetFiles(folder, "20*.json"))
        {
            using JsonDocument year = JsonDocument.Parse(File.ReadAllText(file));
            foreach (JsonElement day in year.RootElement.GetProperty("days").EnumerateArray())
            {
                published.Add(Day(day.GetProperty("date").GetString()!), day.GetProperty("isOffDay").GetBoolean());
            }
        }

        Assert.IsGreaterThan(250, published.Count);
        for (DateOnly day = new(2018, 12, 1); day.Year < 2027; day = day.AddDays(1))
        {
            bool isOff = published.TryGetValue(day, out bool off) ? off : day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
            Assert.AreNotEqual(isOff, China.IsWorkingDay(day), $"{day:O}");
        }
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static IEnumerable<DateOnly> DaysOf(int year) =>
        Enumerable.Range(0, DateTime.IsLeapYear(year) ? 366 : 365).Select(new DateOnly(year, 1, 1).AddDays);
}
