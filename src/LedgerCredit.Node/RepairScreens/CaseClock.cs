using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Repair;
using LedgerCredit.Repair.Calendars;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Packs;
using LedgerCredit.Repair.Plans;

namespace LedgerCredit.Node.RepairScreens;

/// <summary>Says moments, days and time limits for people, in one zone and one language.</summary>
public sealed class CaseClock
{
    private static readonly string[] EnglishDays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly string[] ChineseDays = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];

    // 9999-12-30: a day less than the last, so that every zone has it.
    private const ulong LatestTime = 253_402_214_399;

    private readonly TimeSpan _utcOffset;
    private readonly string _language;

    /// <summary>Makes a clock.</summary>
    /// <param name="utcOffset">The zone.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <exception cref="ArgumentException">It is another language.</exception>
    public CaseClock(TimeSpan utcOffset, string language)
    {
        if (language is not ("en" or "zh"))
        {
            throw new ArgumentException($"Expected en or zh, found '{language}'.", nameof(language));
        }

        _utcOffset = utcOffset;
        _language = language;
    }

    /// <summary>The zone: <c>UTC</c>, <c>UTC+8</c> or <c>UTC-5:30</c>.</summary>
    public string Zone => PackDays.ZoneOf(_utcOffset);

    /// <summary>A moment as RFC 3339 in UTC, for machines.</summary>
    /// <param name="unixSeconds">Unix seconds; those beyond the year 9999 are written as its end.</param>
    public static string Rfc3339(ulong unixSeconds) =>
        At(unixSeconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A day as machines read it.</summary>
    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A day with its day of the week.</summary>
    public string Day(DateOnly day) => _language == "en"
        ? $"{EnglishDays[(int)day.DayOfWeek]} {Iso(day)}"
        : $"{Iso(day)}（{ChineseDays[(int)day.DayOfWeek]}）";

    /// <summary>A moment, to the second, with its zone: what others quote of it stays true beside times of other zones.</summary>
    public string Moment(ulong unixSeconds)
    {
        DateTimeOffset local = At(unixSeconds).ToOffset(_utcOffset);
        string time = local.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        DateOnly day = DateOnly.FromDateTime(local.DateTime);
        return _language == "en" ? $"{Day(day)} {time} ({Zone})" : $"{Day(day)}{time}（{Zone}）";
    }

    /// <summary>From when on something holds: the day, where the moment is its first second.</summary>
    public string From(ulong unixSeconds)
    {
        DateTimeOffset local = At(unixSeconds).ToOffset(_utcOffset);
        return local.TimeOfDay == TimeSpan.Zero ? Day(DateOnly.FromDateTime(local.DateTime)) : Moment(unixSeconds);
    }

    /// <summary>How long a limit is: <c>5 working days</c>.</summary>
    public string Length(RuleLimit limit) => LimitTexts.Of(limit).In(_language);

    /// <summary>By when something is due by the rules: the day, or the moment where the limit is counted to the second.</summary>
    /// <param name="deadline">The deadline.</param>
    /// <param name="limit">What it was counted from.</param>
    public string By(Deadline deadline, RuleLimit limit)
    {
        ArgumentNullException.ThrowIfNull(deadline);
        ArgumentNullException.ThrowIfNull(limit);
        string when = IsToTheSecond(limit) ? Moment(deadline.Until) : Day(deadline.Day);
        return deadline.IsProvisional ? $"{when}*" : when;
    }

    /// <summary>By when something is due by the rules, in a sentence: with the length of the limit, and why it is provisional.</summary>
    /// <param name="deadline">The deadline.</param>
    /// <param name="limit">What it was counted from.</param>
    /// <param name="calendar">The calendar of the rule pack.</param>
    public string Until(Deadline deadline, RuleLimit limit, WorkingDayCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(deadline);
        ArgumentNullException.ThrowIfNull(limit);
        ArgumentNullException.ThrowIfNull(calendar);
        string end = IsToTheSecond(limit) ? "" : "the end of ";
        string provisional = deadline.IsProvisional
            ? Text($"; * provisional: the holidays of {calendar.LastYear + 1} are not published yet", $"；* 暂定：{calendar.LastYear + 1} 年节假日安排尚未公布")
            : "";
        return Text($"{end}{By(deadline, limit)} ({Length(limit)}{provisional})", $"{By(deadline, limit)}（{Length(limit)}{provisional}）");
    }

    /// <summary>By when something is due, in full: by the rules, and how long the ledger waits.</summary>
    /// <param name="due">The date.</param>
    /// <param name="calendar">The calendar of the rule pack.</param>
    public string Describe(CaseDue due, WorkingDayCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(due);
        string ledger = due.IsOverdue
            ? Text($"the ledger waited until {Moment(due.OnLedger)}", $"链上期限已于 {Moment(due.OnLedger)} 届满")
            : Text($"the ledger waits until {Moment(due.OnLedger)}", $"链上期限至 {Moment(due.OnLedger)}");
        if (due.ByRule is not Deadline rule)
        {
            return ledger;
        }

        string day = Until(rule, due.Limit, calendar);
        string text = (due.IsOverdue, due.IsLate) switch
        {
            (true, _) => Text($"OVERDUE: was due by {day}", $"已逾期：期限为 {day}"),
            (false, true) => Text($"LATE: was due by {day}", $"已超期：期限为 {day}"),
            _ => Text($"by {day}", $"期限至 {day}"),
        };
        return rule.Until == due.OnLedger ? text : Text($"{text}; {ledger}", $"{text}；{ledger}");
    }

    private static bool IsToTheSecond(RuleLimit limit) => limit.Unit is RuleLimitUnit.Minutes or RuleLimitUnit.Hours;

    // Terms may hold times far beyond the calendar of this platform: they are shown as its last day.
    private static DateTimeOffset At(ulong unixSeconds) => DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(unixSeconds, LatestTime));

    private string Text(string english, string chinese) => new LocalText(english, chinese).In(_language);
}
