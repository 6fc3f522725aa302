using System.Diagnostics;
using System.Globalization;
using LedgerCredit.Evidence;

namespace LedgerCredit.Repair.Plans;

/// <summary>Time limits and periods of a rule pack in words, with their unit.</summary>
public static class LimitTexts
{
    private const int HoursPerDay = 24;

    /// <summary>A time limit: <c>3 working days</c>, or <c>none</c>. Hours that are whole days are said as days.</summary>
    public static LocalText Of(RuleLimit limit)
    {
        ArgumentNullException.ThrowIfNull(limit);

        return limit.Unit switch
        {
            RuleLimitUnit.None => None(),
            RuleLimitUnit.Minutes => Count(limit.Count, "minute", "分钟"),
            RuleLimitUnit.Hours when limit.Count % HoursPerDay == 0 => Count(limit.Count / HoursPerDay, "day", "日"),
            RuleLimitUnit.Hours => Count(limit.Count, "hour", "小时"),
            RuleLimitUnit.Days => Count(limit.Count, "day", "日"),
            RuleLimitUnit.WorkingDays => Count(limit.Count, "working day", "个工作日"),
            _ => throw new UnreachableException($"There is no unit {limit.Unit}."),
        };
    }

    /// <summary>A period: <c>3 months</c>, or <c>none</c>.</summary>
    public static LocalText Of(RulePeriod period)
    {
        ArgumentNullException.ThrowIfNull(period);

        return period.Unit switch
        {
            RulePeriodUnit.None => None(),
            RulePeriodUnit.Days => Count(period.Count, "day", "日"),
            RulePeriodUnit.Months => Count(period.Count, "month", "个月"),
            _ => throw new UnreachableException($"There is no unit {period.Unit}."),
        };
    }

    private static LocalText None() => new("none", "无");

    private static LocalText Count(int count, string english, string chinese)
    {
        string number = count.ToString(CultureInfo.InvariantCulture);
        return new LocalText($"{number} {english}{(count == 1 ? "" : "s")}", $"{number} {chinese}");
    }
}
