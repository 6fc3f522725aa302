using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Repair.Calendars;
using LedgerCredit.Repair.Packs;

namespace LedgerCredit.Repair.Cases;

/// <summary>Says of a case what is missing, who owes it, and by when. Pure.</summary>
/// <remarks>
/// docs/spec/repair-desk.md. Whether a condition holds is the contract's word and is taken from the snapshot; only the words,
/// the owners and the days of the rules are added here.
/// </remarks>
public sealed class CaseViewer
{
    private const ulong PauseEndsForAll = 30 * 86_400;

    // 9999-12-30: a day less than the calendar has, so that every zone has it.
    private const ulong LatestTime = 253_402_214_399;

    private readonly RulePack _pack;
    private readonly PackDeadlines _deadlines;

    /// <summary>Makes a viewer of cases under a rule pack.</summary>
    /// <exception cref="ArgumentException">The pack asks for another calendar.</exception>
    public CaseViewer(RulePack pack, WorkingDayCalendar calendar)
    {
        _deadlines = new PackDeadlines(pack, calendar);
        _pack = pack;
    }

    /// <summary>The view of a case.</summary>
    /// <exception cref="ArgumentException">The snapshot has another number of conditions than eleven.</exception>
    public CaseView View(CaseSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (snapshot.Conditions.Count != CaseSnapshot.ConditionCount)
        {
            throw new ArgumentException(
                $"Expected {CaseSnapshot.ConditionCount} conditions, found {snapshot.Conditions.Count}.", nameof(snapshot));
        }

        ConditionView[] conditions = [.. Enumerable.Range(1, CaseSnapshot.ConditionCount).Select(number => Condition(snapshot, number))];
        return new CaseView(
            conditions,
            snapshot.IsUnderWay ? Steps(snapshot, conditions) : [],
            snapshot.IsUnderWay ? _deadlines.Answer(snapshot.OpenedAt, isExtended: false) : null);
    }

    private ConditionView Condition(CaseSnapshot snapshot, int number)
    {
        (CaseParty owner, LocalText missing, ulong? holdsFrom, CaseDue? due) = number switch
        {
            1 => Time(snapshot.EarliestRepairAt),
            2 => Owed(CaseParty.Authority, new LocalText(
                "The authority has not confirmed the performance.", "认定单位尚未确认义务履行。"), ReviewDue(snapshot)),
            3 => Owed(CaseParty.Applicant, MissingMaterials([_pack.Repair.FindMaterial(_pack.Repair.CommitmentKind)!]), SupplementDue(snapshot)),
            4 => Owed(CaseParty.Applicant, MissingMaterials(_pack.Repair.Materials.Where(material =>
                material.Need == MaterialNeed.Always && (snapshot.Materials & (1UL << material.Kind)) == 0)), SupplementDue(snapshot)),
            5 => Owed(CaseParty.Reviewers, Approvals(snapshot), ReviewDue(snapshot)),
            6 => Opposition(snapshot),
            7 => Owed(CaseParty.None, new LocalText("The record says that it cannot be repaired.", "该记录载明不可修复。"), null),
            8 => Time(snapshot.AttachedTermUntil),
            9 => Time(snapshot.BarredUntil),
            10 => Owed(CaseParty.None, new LocalText("The rule pack does not cover this sanction.", "规则包不适用于该处罚。"), null),
            _ => Owed(CaseParty.Admin, new LocalText("The repair desk is paused.", "修复合约已暂停。"), null),
        };
        bool isMet = snapshot.Conditions[number - 1];
        ConditionState state = isMet
            ? ConditionState.Met
            : owner == CaseParty.Time ? ConditionState.Waiting : ConditionState.Missing;
        return new ConditionView(
            string.Create(CultureInfo.InvariantCulture, $"C{number}"),
            owner,
            state,
            ConditionTexts.Titles[number - 1],
            isMet ? null : missing,
            isMet ? null : holdsFrom,
            isMet || !snapshot.IsUnderWay ? null : due);
    }

    private static (CaseParty Owner, LocalText Missing, ulong? HoldsFrom, CaseDue? Due) Owed(
        CaseParty owner, LocalText missing, CaseDue? due) => (owner, missing, null, due);

    private (CaseParty Owner, LocalText Missing, ulong? HoldsFrom, CaseDue? Due) Time(ulong from)
    {
        // 0 stands for a time that is not set, which always holds.
        (string english, string chinese) = from == 0 ? ("", "") : (Moment(from, " (", ")"), Moment(from, "（", "）"));
        return (CaseParty.Time, new LocalText($"It holds from {english} on.", $"自 {chinese} 起满足。"), from, null);
    }

    private (CaseParty Owner, LocalText Missing, ulong? HoldsFrom, CaseDue? Due) Opposition(CaseSnapshot snapshot)
    {
        if (snapshot.Objections.Count > 0)
        {
            OpenObjection next = snapshot.Objections.MinBy(objection => objection.DueAt)!;
            return Owed(
                CaseParty.Arbiters,
                new LocalText($"Open objections: {snapshot.Objections.Count}.", $"未决异议：{snapshot.Objections.Count} 项。"),
                ObjectionDue(snapshot, next));
        }

        return snapshot.ObjectionsUntil > 0
            ? Time(snapshot.ObjectionsUntil)
            : (CaseParty.Time, new LocalText(
                "The objection window ends after the review has begun.", "异议期自评审开始起计算。"), null, null);
    }

    private List<CaseStep> Steps(CaseSnapshot snapshot, ConditionView[] conditions)
    {
        if (snapshot.PausedAt > 0)
        {
            return [PauseStep(snapshot)];
        }

        List<CaseStep> steps = [.. snapshot.Stage switch
        {
            CaseStage.Open => OpenSteps(snapshot, conditions),
            CaseStage.SupplementAsked =>
            [
                new CaseStep(CaseAct.Supplement, CaseParty.Applicant, AskedMaterials(snapshot), SupplementDue(snapshot)),
            ],
            _ => ReviewSteps(snapshot, conditions),
        }];
        steps.AddRange(OverdueSteps(snapshot, conditions));
        return steps;
    }

    private static CaseStep PauseStep(CaseSnapshot snapshot)
    {
        bool isForAll = snapshot.AsOf >= snapshot.PausedAt + PauseEndsForAll;
        return new CaseStep(
            CaseAct.Resume, isForAll ? CaseParty.Anyone : CaseParty.Admin, new LocalText("End the pause.", "解除暂停。"), null);
    }

    private List<CaseStep> OpenSteps(CaseSnapshot snapshot, ConditionView[] conditions)
    {
        List<CaseStep> steps = [];
        if (!IsMet(conditions, 3) || !IsMet(conditions, 4))
        {
            steps.Add(new CaseStep(
                CaseAct.Supplement, CaseParty.Applicant, new LocalText("Submit the missing materials.", "提交缺少的材料。"), null));
        }

        steps.Add(new CaseStep(
            CaseAct.TakeIn,
            CaseParty.Authority,
            snapshot.SupplementRequests < _pack.Repair.SupplementRequests.Value
                ? new LocalText("Accept the case, refuse it or ask for a supplement.", "受理、不予受理或要求补正。")
                : new LocalText("Accept the case or refuse it.", "受理或不予受理。"),
            Due(snapshot, _pack.Repair.Intake, snapshot.StepBegunAt, snapshot.DueAt)));
        return steps;
    }

    private List<CaseStep> ReviewSteps(CaseSnapshot snapshot, ConditionView[] conditions)
    {
        List<CaseStep> steps = [];
        if (!IsMet(conditions, 2))
        {
            steps.Add(new CaseStep(
                CaseAct.Confirm,
                CaseParty.Authority,
                new LocalText("Confirm the performance, or refuse.", "确认义务履行，或作出不予修复决定。"),
                ReviewDue(snapshot)));
        }

        if (!IsMet(conditions, 5))
        {
            steps.Add(new CaseStep(
                CaseAct.Approve,
                CaseParty.Reviewers,
                new LocalText("Check the materials and approve.", "核验材料并同意。"),
                ReviewDue(snapshot)));
        }

        steps.AddRange(snapshot.Objections.Select(objection => new CaseStep(
            CaseAct.Resolve,
            CaseParty.Arbiters,
            new LocalText("Decide the objection.", "裁决异议。"),
            ObjectionDue(snapshot, objection))));
        if (conditions.All(condition => condition.State == ConditionState.Met))
        {
            steps.Add(new CaseStep(CaseAct.Trigger, CaseParty.Anyone, new LocalText("Trigger the repair.", "触发修复。"), null));
        }

        return steps;
    }

    // A review in which all facts are there cannot be escalated: only time or an objection is missing.
    private static IEnumerable<CaseStep> OverdueSteps(CaseSnapshot snapshot, ConditionView[] conditions)
    {
        bool hasFacts = snapshot.Stage == CaseStage.UnderReview && IsMet(conditions, 2) && IsMet(conditions, 5);
        if (snapshot.AsOf >= snapshot.DueAt && !hasFacts)
        {
            bool isLast = snapshot.IsEscalated || snapshot.Stage == CaseStage.SupplementAsked;
            yield return new CaseStep(CaseAct.Escalate, CaseParty.Anyone, isLast
                ? new LocalText("End the overdue case: it lapses.", "步骤已逾期，可终止本次申请。")
                : new LocalText("Escalate the overdue step.", "步骤已逾期，可提请催办。"), null);
        }

        if (snapshot.Objections.Any(objection => snapshot.AsOf >= objection.DueAt))
        {
            yield return new CaseStep(
                CaseAct.EscalateObjection,
                CaseParty.Anyone,
                new LocalText("Escalate the overdue objection.", "异议裁决已逾期，可提请催办。"),
                null);
        }
    }

    private CaseDue? ReviewDue(CaseSnapshot snapshot) => snapshot.Stage == CaseStage.UnderReview
        ? Due(snapshot, _pack.Repair.Review, snapshot.StepBegunAt, snapshot.DueAt)
        : null;

    private CaseDue? SupplementDue(CaseSnapshot snapshot) => snapshot.Stage == CaseStage.SupplementAsked
        ? Due(snapshot, _pack.Repair.Supplement, snapshot.StepBegunAt, snapshot.DueAt)
        : null;

    private CaseDue ObjectionDue(CaseSnapshot snapshot, OpenObjection objection) =>
        Due(snapshot, _pack.Repair.Arbitration, objection.BegunAt, objection.DueAt);

    private CaseDue Due(CaseSnapshot snapshot, RuleLimit limit, ulong begunAt, ulong onLedger)
    {
        Deadline? byRule = _deadlines.Of(limit, begunAt);
        bool isLate = byRule is not null && snapshot.AsOf >= byRule.Until;
        return new CaseDue(limit, byRule, onLedger, isLate, snapshot.AsOf >= onLedger);
    }

    private LocalText Approvals(CaseSnapshot snapshot)
    {
        int needed = _pack.Repair.Approvals.Value;
        return new LocalText(
            $"Approvals that count: {snapshot.Approvals} of {needed}; those of suspended organisations and those with an interest in the subject do not.",
            $"有效同意 {snapshot.Approvals} 家，需 {needed} 家；被暂停的机构及与该主体有利害关系的机构不计入。");
    }

    private LocalText AskedMaterials(CaseSnapshot snapshot)
    {
        string[] codes = [.. Enumerable.Range(1, RuleMaterial.MaxKind).Where(kind => (snapshot.AskedMaterials & (1UL << kind)) != 0).Select(RuleMaterial.CodeOf)];
        if (codes.Length == 0)
        {
            return new LocalText("Submit the supplement.", "提交补正材料。");
        }

        RuleMaterial?[] asked = [.. codes.Select(code => _pack.Repair.Materials.FirstOrDefault(material => material.Code == code))];
        return new LocalText(
            $"Submit the supplement: {string.Join(", ", codes.Zip(asked, (code, material) => material is null ? code : $"{code} {material.NameEnglish}"))}.",
            $"提交补正材料：{string.Join("、", codes.Zip(asked, (code, material) => material is null ? code : $"{code} {material.NameChinese}"))}。");
    }

    private static LocalText MissingMaterials(IEnumerable<RuleMaterial> materials)
    {
        RuleMaterial[] missing = [.. materials];
        return new LocalText(
            $"Missing: {string.Join(", ", missing.Select(m => $"{m.Code} {m.NameEnglish}"))}.",
            $"缺少：{string.Join("、", missing.Select(m => $"{m.Code} {m.NameChinese}"))}。");
    }

    // A day where the moment is its first second, as those of the terms are; else with the time and the pack's zone.
    private string Moment(ulong unixSeconds, string open, string close)
    {
        // Terms are an authority's own, and may hold times that no calendar reaches: they are shown as its end.
        ulong moment = Math.Min(unixSeconds, LatestTime);
        DateOnly day = PackDays.DayOf(_pack, moment);
        ulong seconds = moment - PackDays.StartOf(_pack, day);
        return seconds == 0
            ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd} {TimeSpan.FromSeconds(seconds):hh\\:mm\\:ss}{open}{PackDays.ZoneOf(_pack.UtcOffset)}{close}");
    }

    private static bool IsMet(ConditionView[] conditions, int number) => conditions[number - 1].State == ConditionState.Met;
}
