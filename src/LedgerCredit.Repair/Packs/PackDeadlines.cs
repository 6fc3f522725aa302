using System.Diagnostics;
using LedgerCredit.Evidence;
using LedgerCredit.Repair.Calendars;

namespace LedgerCredit.Repair.Packs;

/// <summary>The time limits of a rule pack as days of the calendar.</summary>
/// <remarks>
/// docs/spec/rule-packs.md section 3. These are the days of the rules. The contract knows no calendar and waits longer; its own
/// times come from the ledger.
/// </remarks>
public sealed class PackDeadlines
{
    private readonly RulePack _pack;
    private readonly WorkingDayCalendar _calendar;

    /// <summary>Binds a pack to its calendar.</summary>
    /// <exception cref="ArgumentException">The pack asks for another calendar.</exception>
    public PackDeadlines(RulePack pack, WorkingDayCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(pack);
        ArgumentNullException.ThrowIfNull(calendar);
        if (calendar.Id != pack.Repair.Calendar)
        {
            throw new ArgumentException(
                $"The rule pack asks for the calendar '{pack.Repair.Calendar}', found '{calendar.Id}'.", nameof(calendar));
        }

        _pack = pack;
        _calendar = calendar;
    }

    /// <summary>When a limit ends.</summary>
    /// <param name="limit">One of the pack's limits.</param>
    /// <param name="eventAt">When what it is counted from happened, in Unix seconds.</param>
    /// <returns>Null where the pack has no such limit.</returns>
    public Deadline? Of(RuleLimit limit, ulong eventAt)
    {
        ArgumentNullException.ThrowIfNull(limit);

        return limit.Unit switch
        {
            RuleLimitUnit.None => null,
            RuleLimitUnit.Minutes => ToTheSecond(eventAt + ((ulong)limit.Count * 60)),
            RuleLimitUnit.Hours => ToTheSecond(eventAt + ((ulong)limit.Count * 3600)),
            RuleLimitUnit.Days => OfDay(new DueDate(PackDays.DayOf(_pack, eventAt).AddDays(limit.Count), false)),
            RuleLimitUnit.WorkingDays => OfDay(_calendar.AddWorkingDays(PackDays.DayOf(_pack, eventAt), limit.Count)),
            _ => throw new UnreachableException($"There is no unit {limit.Unit}."),
        };
    }

    /// <summary>By when the applicant must have an answer.</summary>
    /// <param name="appliedAt">When the case was opened, in Unix seconds.</param>
    /// <param name="isExtended">Whether the authority has put the answer off.</param>
    /// <returns>Null where the pack has no such limit.</returns>
    public Deadline? Answer(ulong appliedAt, bool isExtended)
    {
        Deadline? answer = Of(_pack.Repair.Answer, appliedAt);
        if (answer is null || !isExtended)
        {
            return answer;
        }

        // The extension is counted from the day after the last one of the answer's own time.
        Deadline? extended = Of(_pack.Repair.Extension, answer.Until - 1);
        return extended is null ? answer : extended with { IsProvisional = answer.IsProvisional || extended.IsProvisional };
    }

    private Deadline ToTheSecond(ulong until) => new(PackDays.DayOf(_pack, until - 1), until, false);

    private Deadline OfDay(DueDate due) => new(due.Day, PackDays.EndOf(_pack, due.Day), due.IsProvisional);
}
