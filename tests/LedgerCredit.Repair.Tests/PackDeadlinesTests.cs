using LedgerCredit.Evidence;
using LedgerCredit.Repair.Calendars;
using LedgerCredit.Repair.Packs;

namespace LedgerCredit.Repair.Tests;

[TestClass]
public sealed class PackDeadlinesTests
{
    private static readonly PackDeadlines Default = new(TestPacks.Default, WorkingDayCalendar.China);
    private static readonly PackDeadlines Demo = new(TestPacks.Demo, WorkingDayCalendar.China);

    [TestMethod]
    [DataRow("2026-09-30T00:00:00+08:00", DisplayName = "the first second of the day in the pack's zone")]
    [DataRow("2026-09-30T23:59:59+08:00", DisplayName = "the last second of the day in the pack's zone")]
    [DataRow("2026-09-29T16:00:00Z", DisplayName = "the day before in UTC")]
    public void Of_WorkingDays_CountFromTheDayInThePacksZone(string eventAt)
    {
        Deadline? intake = Default.Of(TestPacks.Default.Repair.Intake, TestPacks.Instant(eventAt));

        Assert.AreEqual(new Deadline(new DateOnly(2026, 10, 10), TestPacks.Instant("2026-10-11T00:00:00+08:00"), false), intake);
    }

    [TestMethod]
    public void Of_OneSecondBeforeTheDay_IsADayEarlier()
    {
        Deadline? intake = Default.Of(TestPacks.Default.Repair.Intake, TestPacks.Instant("2026-09-29T23:59:59+08:00"));

        Assert.AreEqual(new DateOnly(2026, 10, 9), intake!.Day);
    }

    [TestMethod]
    public void Of_WorkingDaysIntoAnUnpublishedYear_IsProvisional()
    {
        Deadline? review = Default.Of(TestPacks.Default.Repair.Review, TestPacks.Instant("2026-12-23T12:00:00+08:00"));

        Assert.AreEqual(new Deadline(new DateOnly(2027, 1, 1), TestPacks.Instant("2027-01-02T00:00:00+08:00"), true), review);
    }

    [TestMethod]
    public void Of_Hours_AreToTheSecond()
    {
        ulong begin = TestPacks.Instant("2026-02-13T10:20:30+08:00");

        Deadline? window = Default.Of(TestPacks.Default.Repair.ObjectionWindow, begin);

        Assert.AreEqual(new Deadline(new DateOnly(2026, 2, 20), begin + 604_800, false), window);
    }

    [TestMethod]
    public void Of_MinutesToMidnight_EndOnTheDayBefore()
    {
        ulong begin = TestPacks.Instant("2026-02-13T23:50:00+08:00");

        Assert.AreEqual(new Deadline(new DateOnly(2026, 2, 13), begin + 600, false), Demo.Of(TestPacks.Demo.Repair.ObjectionWindow, begin));
        Assert.AreEqual(new DateOnly(2026, 2, 14), Demo.Of(TestPacks.Demo.Repair.ObjectionWindow, begin + 1)!.Day);
    }

    [TestMethod]
    public void Of_Days_AreThoseOfTheCalendarWhateverTheWeek()
    {
        Deadline? intake = Demo.Of(TestPacks.Demo.Repair.Intake, TestPacks.Instant("2026-03-06T08:00:00+08:00"));

        Assert.AreEqual(new Deadline(new DateOnly(2026, 3, 7), TestPacks.Instant("2026-03-08T00:00:00+08:00"), false), intake);
    }

    [TestMethod]
    public void Of_NoLimit_IsNone()
    {
        RulePack pack = TestPacks.With("\"minutes\": 10,\n      \"ledgerSeconds\": 600", "\"none\": true");

        Assert.IsNull(new PackDeadlines(pack, WorkingDayCalendar.China).Of(pack.Repair.ObjectionWindow, 1_800_000_000));
    }

    [TestMethod]
    public void Answer_OfAnApplication_IsTenWorkingDaysAndTenMoreWhenPutOff()
    {
        ulong applied = TestPacks.Instant("2026-09-24T09:00:00+08:00");

        Assert.AreEqual(new DateOnly(2026, 10, 15), Default.Answer(applied, isExtended: false)!.Day);
        Assert.AreEqual(new DateOnly(2026, 10, 29), Default.Answer(applied, isExtended: true)!.Day);
    }

    [TestMethod]
    public void Answer_PutOffBeyondASettledDay_StaysProvisional()
    {
        ulong applied = TestPacks.Instant("2026-12-21T09:00:00+08:00");

        Assert.IsTrue(Default.Answer(applied, isExtended: false)!.IsProvisional);
        Assert.IsTrue(Default.Answer(applied, isExtended: true)!.IsProvisional);
    }

    [TestMethod]
    public void Constructor_CalendarOfAnotherCountry_IsTheCallersFault()
    {
        RulePack pack = TestPacks.With("\"calendar\": \"cn\"", "\"calendar\": \"xx\"");

        Assert.ThrowsExactly<ArgumentException>(() => new PackDeadlines(pack, WorkingDayCalendar.China));
    }

    [TestMethod]
    [DataRow("+08:00")]
    [DataRow("-12:30")]
    [DataRow("+00:00")]
    [DataRow("+23:59")]
    public void DayOf_EveryBoundary_IsInTheZone(string offset)
    {
        RulePack pack = TestPacks.With("+08:00", offset);
        for (DateOnly day = new(2026, 2, 20); day < new DateOnly(2026, 3, 5); day = day.AddDays(1))
        {
            ulong start = PackDays.StartOf(pack, day);

            Assert.AreEqual((long)TestPacks.Instant($"{day:yyyy-MM-dd}T00:00:00+00:00") - (long)pack.UtcOffset.TotalSeconds, (long)start);
            Assert.AreEqual(day, PackDays.DayOf(pack, start));
            Assert.AreEqual(day.AddDays(-1), PackDays.DayOf(pack, start - 1));
            Assert.AreEqual(start + 86_400, PackDays.EndOf(pack, day));
        }
    }

    [TestMethod]
    public void DayOf_FirstAndLastInstants_AreInRange()
    {
        RulePack west = TestPacks.With("+08:00", "-08:00");

        Assert.AreEqual(new DateOnly(1969, 12, 31), PackDays.DayOf(west, 0));
        Assert.AreEqual(new DateOnly(1970, 1, 1), PackDays.DayOf(TestPacks.Demo, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => PackDays.DayOf(west, ulong.MaxValue));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => PackDays.StartOf(TestPacks.Demo, new DateOnly(1970, 1, 1)));
    }
}
