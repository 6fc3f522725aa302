using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Repair;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Remote;

/// <summary>The plan of a repair as a node makes it.</summary>
/// <remarks>The sentences are the node's own, in the language that is asked for; of the record it shows what the caller may see.</remarks>
internal static class NodePlan
{
    /// <summary>Asks for the plan of a sanction.</summary>
    /// <param name="session">The node.</param>
    /// <param name="sanction">The sanction's id, or its evidence file, which says where its record is.</param>
    /// <param name="isCorrected">Whether the decision orders a rectification.</param>
    /// <param name="hasAgent">Whether an agent applies.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <param name="output">For what should be known beside.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InputException">The caller sees no such sanction.</exception>
    /// <exception cref="NodeAnswerException">The plan is of another sanction.</exception>
    public static async Task<RepairPlanView> FetchAsync(
        NodeSession session, string sanction, bool isCorrected, bool hasAgent, string language, CommandOutput output, CancellationToken cancellationToken)
    {
        NodeRecord record = File.Exists(sanction)
            ? ReadPlace(sanction)
            : (await new NodeEvidence(session, wait: false, output).FindAsync([sanction], issuer: null, RecordKind.Sanction, cancellationToken))[0];
        RepairPlanView plan = await session.Client.GetRepairPlanAsync(record.Issuer, record.LeafIndex, isCorrected, hasAgent, language, cancellationToken);
        return plan.Sanction.LeafHash == record.LeafHash && plan.Sanction.Issuer == record.Issuer
            ? plan
            : throw new NodeAnswerException($"The node gave the plan of another sanction, {CaseScreen.Printable(plan.Sanction.LeafHash)} of {CaseScreen.Printable(plan.Sanction.Issuer)}, for {record.LeafHash} of {record.Issuer}.");
    }

    /// <summary>Prints a plan.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="withSources">Whether each figure is listed with its source.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    public static void Write(CommandOutput output, RepairPlanView plan, bool withSources, string language) => output.Result(NodeJson.Of(plan), text =>
    {
        void Line(string english, string chinese) => text.WriteLine(CaseScreen.Printable(language == "en" ? english : chinese));
        Line($"Sanction {plan.Sanction.LeafHash} of {plan.Sanction.Issuer}, grade {plan.Sanction.Grade}", $"处罚 {plan.Sanction.LeafHash}（{plan.Sanction.Issuer}，等级 {plan.Sanction.Grade}）");
        LocalText answer = AnswerOf(plan);
        Line($"  {answer.English}", $"  {answer.Chinese}");
        foreach ((string? day, string english, string chinese) in DaysOf(plan))
        {
            if (day is not null)
            {
                Line($"  {english} {day}", $"  {chinese} {day}");
            }
        }

        if (plan.Sanction.Withheld > 0)
        {
            Line($"  The caller may not see {plan.Sanction.Withheld} members of the record. What they decide is marked '?'.", $"  有 {plan.Sanction.Withheld} 项内容无权查阅，由其决定的项目标“?”。");
        }

        if (plan.RulePack is RepairPlanPack pack)
        {
            Line($"  Rules: {pack.Title} ({pack.Id}, version {pack.Version}, {pack.Status}); today is {plan.Today}", $"  规则：{pack.Title}（{pack.Id}，第 {pack.Version} 版，{pack.Status}）；今日为 {plan.Today}");
        }

        WriteMaterials(text, plan, language);
        if (plan.DueYuan is string due)
        {
            Line($"The payments must come to at least {due} yuan{(plan.DueUncertain ? "; more, if an amount is withheld" : "")}.", $"缴纳金额合计不得少于 {due} 元{(plan.DueUncertain ? "；如有未披露的金额，则更多" : "")}。");
        }

        if (withSources && plan.Figures is { Count: > 0 } figures)
        {
            CommandOutput.Table(
                text,
                language == "en" ? ["what", "figure", "certainty", "source"] : ["项目", "数值", "确定性", "来源"],
                figures.Select(figure => Row(figure.What, figure.Figure, figure.Certainty, figure.Source)));
        }

        if (plan.Repairable)
        {
            Line("Next: ledgercredit repair open, with the evidence file of the sanction and these materials.", "下一步：以处罚的证据文件和上述材料执行 ledgercredit repair open。");
        }
    });

    private static NodeRecord ReadPlace(string path)
    {
        byte[] bytes = InputFile.Read(path, EvidenceFile.MaxBytes);
        return EvidenceFile.TryParse(bytes, out EvidenceFile? file, out ParseProblem? problem) && file.Inclusion.LeafIndex <= long.MaxValue
            ? new NodeRecord(file.Record.Issuer, (long)file.Inclusion.LeafIndex, CaseArgument.ReadSanction(path).ToString())
            : throw new InputException($"'{path}' is not an evidence file. {problem}");
    }

    private static void WriteMaterials(TextWriter text, RepairPlanView plan, string language)
    {
        if (plan.Materials is not { Count: > 0 } materials)
        {
            return;
        }

        CommandOutput.Table(
            text,
            language == "en" ? ["code", "material", "why", "issued by"] : ["代码", "材料", "原因", "出具单位"],
            materials.Where(material => material.Need is "needed" or "unknown")
                .Select(material => Row((material.Need == "unknown" ? "? " : "") + material.Code, material.Name, material.Why, material.IssuedBy ?? "")));
    }

    private static IReadOnlyList<string> Row(params string[] cells) => [.. cells.Select(CaseScreen.Printable)];

    private static LocalText AnswerOf(RepairPlanView plan) => plan.Obstacle switch
    {
        "none" => plan.EarliestRepairOn is string day && plan.DaysUntilEarliest > 0
            ? new LocalText($"It can be repaired, on {day} at the earliest, in {plan.DaysUntilEarliest} days.", $"能修复，最早于 {day}（{plan.DaysUntilEarliest} 天后）。")
            : new LocalText("It can be repaired now: nothing but the facts below is missing.", "能修复：只需具备下列条件。"),
        "no-rules" => new LocalText("It cannot be repaired: its list knows no grades, so there are no rules of repair.", "不能修复：其来源名单不分等级，没有修复规则。"),
        "not-repairable" => new LocalText("It cannot be repaired: its record says so.", "不能修复：该记录载明不可修复。"),
        "under-repair" => new LocalText("A case is under way for it already.", "修复申请正在办理。"),
        "repaired" => new LocalText("It is repaired already.", "已经修复。"),
        "annulled" => new LocalText("There is nothing to repair: the decision was overturned.", "无需修复：该处罚决定已被撤销。"),
        _ => throw new NodeAnswerException("The node's plan has an obstacle that is none."),
    };

    private static (string? Day, string English, string Chinese)[] DaysOf(RepairPlanView plan) =>
    [
        (plan.DecidedOn, "Decided on", "决定日期"),
        (plan.RevokedOn, "An earlier repair was revoked on", "此前的修复被撤销于"),
        (plan.BarredUntilAbout, "Barred for false material until about", "因材料虚假限制至约"),
        (plan.ShortestPeriodEndsOn, "The shortest period ends on", "最短公示期届满日"),
        (plan.AttachedTermEndsOn, "An attached term ends on", "资格限制期限届满日"),
        (plan.RepairIfAppliedNowOn, "If a case is opened now, repaired not before", "如现在申请，最早修复日"),
        (plan.PublicUntil, "Published until", "公示至"),
    ];
}
