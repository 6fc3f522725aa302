using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Repair;

namespace LedgerCredit.Node.RepairScreens;

/// <summary>Says in words what an event of the repair desk means, without who did it.</summary>
/// <param name="clock">Says moments, in the language of the sentences.</param>
/// <param name="language"><c>en</c> or <c>zh</c>.</param>
/// <param name="nameOf">What people call an organisation.</param>
/// <param name="pack">The rule pack of the case, which names the materials; null where it is not known here.</param>
public sealed class EventTexts(CaseClock clock, string language, Func<Bytes32, string> nameOf, RulePack? pack)
{
    /// <summary>The sentence of an event.</summary>
    public string Describe(RepairDeskEvent desk)
    {
        ArgumentNullException.ThrowIfNull(desk);
        return Sentence(desk).In(language);
    }

    /// <summary>The sentence of an event; that of an approval says how many there are with it.</summary>
    /// <param name="desk">The event.</param>
    /// <param name="approvals">How many approvals there are with this one.</param>
    public string Describe(RepairDeskEvent desk, int approvals)
    {
        if (desk is not CaseApprovedEvent approved || pack is null)
        {
            return Describe(desk);
        }

        int needed = pack.Repair.Approvals.Value;
        LocalText score = approved.Score == 0
            ? new LocalText("", "")
            : new LocalText(
                string.Create(CultureInfo.InvariantCulture, $", with a score of {approved.Score}"),
                string.Create(CultureInfo.InvariantCulture, $"，核查评分 {approved.Score}"));
        return new LocalText(
            string.Create(CultureInfo.InvariantCulture, $"Approved{score.English} ({approvals} of {needed})."),
            string.Create(CultureInfo.InvariantCulture, $"评审同意{score.Chinese}（{approvals} / {needed}）。")).In(language);
    }

    /// <summary>Materials by code and name, each kind once.</summary>
    public string Materials(IEnumerable<int> kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        return string.Join(language == "en" ? ", " : "、", kinds.Distinct().Order().Select(Material));
    }

    /// <summary>A material by code and name.</summary>
    public string Material(int kind)
    {
        string code = RuleMaterial.CodeOf(kind);
        return pack?.Repair.FindMaterial(kind) is RuleMaterial known
            ? $"{code} {(language == "en" ? known.NameEnglish : known.NameChinese)}"
            : code;
    }

    private LocalText Sentence(RepairDeskEvent desk) => desk switch
    {
        CaseOpenedEvent => new("Applied for repair.", "提出信用修复申请。"),
        MaterialsSubmittedEvent e => Named("Submitted", "提交 ", Materials(e.Materials.Select(material => (int)material.Kind))),
        SupplementAskedEvent e => Named("Asked for a supplement:", "要求补正：", Materials(KindsOf(e.Kinds))),
        ReviewBegunEvent e => new(
            $"The review began; objections may be raised until {clock.Moment(e.ObjectionsUntil)}.",
            $"进入评审；异议期至 {clock.Moment(e.ObjectionsUntil)}。"),
        PerformanceConfirmedEvent => new("Confirmed that the obligations are performed.", "确认义务已履行。"),
        ConfirmationWithdrawnEvent => new("Took the confirmation of performance back.", "撤回义务履行确认。"),
        CaseApprovedEvent { Score: 0 } => new("Approved.", "评审同意。"),
        CaseApprovedEvent e => new(
            string.Create(CultureInfo.InvariantCulture, $"Approved, with a score of {e.Score}."),
            string.Create(CultureInfo.InvariantCulture, $"评审同意，核查评分 {e.Score}。")),
        ApprovalsVoidedEvent e => new(
            string.Create(CultureInfo.InvariantCulture, $"Approvals so far are void: {e.Approvals}. The reviewers have to look again."),
            string.Create(CultureInfo.InvariantCulture, $"此前 {e.Approvals} 项评审同意作废，须重新评审。")),
        CaseEscalatedEvent e => new(
            $"Escalated the overdue step; it has a second period until {clock.Moment(e.DueAt)}.",
            $"步骤逾期，已提请催办；第二期限至 {clock.Moment(e.DueAt)}。"),
        CaseRepairedEvent => new("All conditions hold: the sanction is repaired.", "全部条件满足，处罚已修复。"),
        CaseRefusedEvent => new("Refused the repair.", "不予修复。"),
        CaseWithdrawnEvent => new("Withdrew the application.", "撤回申请。"),
        CaseLapsedEvent => new("Ended the overdue case: it lapsed.", "步骤再次逾期，申请终止。"),
        RevocationProposedEvent => new(
            "First key: proposed to revoke the repair for false material.", "第一把密钥：提议因虚假材料撤销修复。"),
        CaseRevokedEvent => new(
            "Second key: revoked the repair for false material. The sanction is in force again.",
            "第二把密钥：因虚假材料撤销修复，处罚恢复生效。"),
        SubjectBarredEvent e => new(
            $"The subject may not apply for repair until {clock.From(e.BarredUntil)}.", $"该主体在 {clock.From(e.BarredUntil)} 前不得申请修复。"),
        ObjectionRaisedEvent e => new(
            $"Objected; an arbiter has until {clock.Moment(e.DueAt)}.", $"提出异议；裁决期限至 {clock.Moment(e.DueAt)}。"),
        ObjectionEscalatedEvent e => new(
            $"Escalated the overdue objection of {nameOf(e.Objector)}; another arbiter has until {clock.Moment(e.DueAt)}.",
            $"{nameOf(e.Objector)} 的异议裁决逾期，已提请催办；第二期限至 {clock.Moment(e.DueAt)}。"),
        ObjectionUpheldEvent e => new(
            $"Upheld the objection of {nameOf(e.Objector)}; the authority is asked to examine the decision itself.",
            $"裁决 {nameOf(e.Objector)} 的异议成立；提请认定单位复核原决定。"),
        ObjectionDismissedEvent e => new($"Dismissed the objection of {nameOf(e.Objector)}.", $"裁决 {nameOf(e.Objector)} 的异议不成立。"),
        SanctionAnnulledEvent => new("Annulled the sanction: the decision was overturned.", "原处罚决定被撤销，处罚记录作废。"),
        SanctionShieldedEvent => new("Shielded the sanction by a court's ruling.", "依法院裁定暂停公示该处罚。"),
        SanctionUnshieldedEvent => new("Ended the shield of the sanction.", "恢复公示该处罚。"),
        StatusChangedEvent e => new(
            $"Status of the sanction: {CaseTexts.Of(e.State).English}.", $"处罚状态：{CaseTexts.Of(e.State).Chinese}。"),
        PausedEvent => new("Paused the repair desk: all periods stand still.", "暂停修复合约，各期限中止计算。"),
        ResumedEvent e => new(
            $"Ended the pause; all due dates moved by {Length(e.PausedFor).English}.", $"恢复修复合约，各期限顺延 {Length(e.PausedFor).Chinese}。"),
        _ => throw new System.Diagnostics.UnreachableException($"There is no event {desk.GetType().Name}."),
    };

    /// <summary>The kinds of materials in a bitmap.</summary>
    public static IEnumerable<int> KindsOf(ulong bitmap) => Enumerable.Range(1, RuleMaterial.MaxKind).Where(kind => (bitmap & (1UL << kind)) != 0);

    private static LocalText Named(string english, string chinese, string names) => new($"{english} {names}.", $"{chinese}{names}。");

    private static LocalText Length(ulong seconds)
    {
        TimeSpan length = TimeSpan.FromSeconds(seconds);
        string time = length.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);
        return length.Days == 0
            ? new LocalText(time, time)
            : new LocalText(
                string.Create(CultureInfo.InvariantCulture, $"{length.Days} d {time}"),
                string.Create(CultureInfo.InvariantCulture, $"{length.Days} 天 {time}"));
    }
}
