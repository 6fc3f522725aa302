using LedgerCredit.Evidence;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Repair.Calendars;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Packs;

namespace LedgerCredit.Node.Tests.RepairScreens;

/// <summary>Moments, days and time limits in words.</summary>
[TestClass]
public sealed class CaseClockTests
{
    private static readonly RulePack Ndrc = RulePackCatalog.Shipped.Find("cn-ndrc-36-2025")!;
    private static readonly PackDeadlines Deadlines = new(Ndrc, WorkingDayCalendar.China);
    private static readonly CaseClock English = new(Ndrc.UtcOffset, "en");
    private static readonly CaseClock Chinese = new(Ndrc.UtcOffset, "zh");

    [TestMethod]
    public void Moment_InTheZone_HasDayOfWeekAndSeconds()
    {
        ulong moment = Unix("2026-09-24T16:00:01Z");

        Assert.AreEqual("Fri 2026-09-25 00:00:01 (UTC+8)", English.Moment(moment));
        Assert.AreEqual("2026-09-25（周五）00:00:01（UTC+8）", Chinese.Moment(moment));
        Assert.AreEqual("Thu 2026-09-24 11:00:01 (UTC-5)", new CaseClock(TimeSpan.FromHours(-5), "en").Moment(moment));
        Assert.AreEqual("UTC+8", English.Zone);
        Assert.AreEqual("UTC-5:30", new CaseClock(TimeSpan.FromMinutes(-330), "en").Zone);
        Assert.AreEqual("Thu 2026-09-24 16:00:01 (UTC)", new CaseClock(TimeSpan.Zero, "en").Moment(moment));
        Assert.AreEqual("2026-09-24T16:00:01Z", CaseClock.Rfc3339(moment));
    }

    [TestMethod]
    public void From_FirstSecondOfADay_IsTheDay()
    {
        Assert.AreEqual("Fri 2026-09-25", English.From(Unix("2026-09-24T16:00:00Z")));
        Assert.AreEqual("2026-09-25（周五）", Chinese.From(Unix("2026-09-24T16:00:00Z")));
        Assert.AreEqual("Fri 2026-09-25 00:00:01 (UTC+8)", English.From(Unix("2026-09-24T16:00:01Z")));
    }

    [TestMethod]
    public void Moment_BeyondTheCalendar_IsItsEnd()
    {
        Assert.StartsWith("Fri 9999-12-31", English.Moment(ulong.MaxValue));
        Assert.StartsWith("9999-12-30", CaseClock.Rfc3339(1UL << 40));
    }

    [TestMethod]
    public void Language_Unknown_IsRefused() => Assert.ThrowsExactly<ArgumentException>(() => new CaseClock(TimeSpan.Zero, "fr"));

    [TestMethod]
    public void Describe_WorkingDays_SaysTheDayTheLengthAndTheLedger()
    {
        CaseDue due = Due(Ndrc.Repair.Intake, "2026-09-24T09:00:00+08:00", isLate: false, isOverdue: false);

        Assert.AreEqual("by the end of Wed 2026-09-30 (3 working days); the ledger waits until Fri 2026-10-09 09:00:00 (UTC+8)", English.Describe(due, WorkingDayCalendar.China));
        Assert.AreEqual("期限至 2026-09-30（周三）（3 个工作日）；链上期限至 2026-10-09（周五）09:00:00（UTC+8）", Chinese.Describe(due, WorkingDayCalendar.China));
    }

    [TestMethod]
    public void Describe_UnpublishedYear_SaysWhyItIsProvisional()
    {
        CaseDue due = Due(Ndrc.Repair.Intake, "2026-12-28T09:00:00+08:00", isLate: false, isOverdue: false);

        Assert.Contains("* (3 working days; * provisional: the holidays of 2027 are not published yet)", English.Describe(due, WorkingDayCalendar.China));
        Assert.Contains("* 暂定：2027 年节假日安排尚未公布", Chinese.Describe(due, WorkingDayCalendar.China));
        Assert.EndsWith("*", English.By(due.ByRule!, due.Limit));
    }

    [TestMethod]
    [DataRow(true, false, "LATE: was due by", "已超期")]
    [DataRow(true, true, "OVERDUE: was due by", "已逾期")]
    public void Describe_LateOrOverdue_SaysSo(bool isLate, bool isOverdue, string english, string chinese)
    {
        CaseDue due = Due(Ndrc.Repair.Intake, "2026-09-24T09:00:00+08:00", isLate, isOverdue);

        Assert.StartsWith(english, English.Describe(due, WorkingDayCalendar.China));
        Assert.StartsWith(chinese, Chinese.Describe(due, WorkingDayCalendar.China));
    }

    [TestMethod]
    public void Describe_LimitToTheSecond_IsSaidOnce()
    {
        RuleLimit minutes = RulePackCatalog.Shipped.Find("demo")!.Repair.ObjectionWindow;
        CaseDue due = Due(minutes, "2026-09-24T09:00:00+08:00", isLate: false, isOverdue: false);

        Assert.AreEqual("by Thu 2026-09-24 09:10:00 (UTC+8) (10 minutes)", English.Describe(due, WorkingDayCalendar.China));
        Assert.AreEqual("期限至 2026-09-24（周四）09:10:00（UTC+8）（10 分钟）", Chinese.Describe(due, WorkingDayCalendar.China));
    }

    private static CaseDue Due(RuleLimit limit, string begunAt, bool isLate, bool isOverdue)
    {
        ulong begun = Unix(begunAt);
        return new CaseDue(limit, Deadlines.Of(limit, begun), begun + limit.LedgerSeconds!.Value, isLate, isOverdue);
    }

    private static ulong Unix(string rfc3339) =>
        (ulong)DateTimeOffset.Parse(rfc3339, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
}
