using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair;
using LedgerCredit.Repair.Packs;
using LedgerCredit.Repair.Plans;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>A repair plan in words, for people who have never seen one.</summary>
internal sealed class RepairPlanText(TextWriter text, SanctionEvidence evidence, RepairPlan plan, VerificationTexts texts)
{
    private readonly string _language = texts.Language;

    /// <summary>Writes the plan.</summary>
    /// <param name="withSources">Whether each figure is listed with its source.</param>
    /// <param name="next">The next command.</param>
    public void Write(bool withSources, IReadOnlyList<string> next)
    {
        text.WriteLine(_language == "zh" ? $"{evidence.Path}：修复计划" : $"{evidence.Path}: repair plan");
        WriteSanction();
        WriteAnswer();
        if (plan.Pack is RulePack pack)
        {
            WriteRules(pack);
            if (plan.Obstacle is not PlanObstacle.NotRepairable)
            {
                WriteMaterials(pack);
                WriteSteps(pack.Repair);
                WriteFalseMaterial(pack.Repair);
            }

            WriteSources(pack, withSources);
        }

        if (plan.Obstacle == PlanObstacle.None)
        {
            WriteNext(next);
        }
    }

    private void WriteSanction()
    {
        Heading("The sanction", "处罚");
        Claim("authorityName", "Authority", "认定单位");
        Claim("decisionNo", "Decision", "决定文书号");
        if (plan.Decided is PlannedDay decided)
        {
            Line($"Decided on: {Day(decided)}", $"决定日期：{Day(decided)}");
        }

        Line($"Grade: {plan.Terms.Grade.ToName()}", $"等级：{Grade(plan.Terms.Grade)}");
        Claim("violation", "Violation", "违法事实");
        Claim("penalties", "Penalties", "处罚种类");
        Claim("fineYuan", "Fine in yuan", "罚款金额（元）");
        Claim("confiscatedYuan", "Confiscated in yuan", "没收金额（元）");
        Line($"Leaf hash: {evidence.LeafHash}", $"叶哈希：{evidence.LeafHash}");
        if (!evidence.Record.IsComplete)
        {
            int count = evidence.Record.WithheldCount;
            Line($"The file withholds {count} members of the record: what is not shown here may be there all the same.", $"本文件未披露 {count} 项内容：此处未列出的内容仍可能存在。");
        }

        Line(Verification());
    }

    private LocalText Verification()
    {
        if (evidence.PolicyPath is not string policy)
        {
            return new LocalText(
                "NOT VERIFIED: there is no trust policy here (--trust F). Only what the file says of itself was looked at.",
                "未核验：没有信任策略（--trust F），仅检查了文件自身是否一致。");
        }

        if (evidence.Report.Verdict == Verdict.Valid)
        {
            return new LocalText($"Verified: the evidence is valid under the trust policy {policy}.", $"已核验：依信任策略 {policy}，证据有效。");
        }

        string skipped = string.Join(" ", evidence.Report.Steps
            .Where(step => step.Outcome == StepOutcome.Skipped && step.Code != StepCode.Status)
            .Select(step => $"{step.Code.ToText()}: {texts.Reason(step.Reason)}"));
        return new LocalText(
            $"NOT DECIDED: under the trust policy {policy} no step failed, but some could not be carried out. {skipped}",
            $"无法判定：依信任策略 {policy}，没有步骤不通过，但有步骤未能执行。{skipped}");
    }

    private void WriteAnswer()
    {
        Heading("Can it be repaired?", "能否修复");
        switch (plan.Obstacle)
        {
            case PlanObstacle.NoRules:
                Line("No: the list that it comes from knows no grades, so there are no rules of repair. It ends where its list says.", "不能：其来源名单不分等级，没有修复规则，以名单所载期限为准。");
                break;
            case PlanObstacle.NotRepairable:
                Line("No: its record says that it cannot be repaired.", "不能：该记录载明不可修复。");
                break;
            case PlanObstacle.Repaired:
                Line($"It is repaired already. {AsOf()}", $"已经修复。{AsOf()}");
                break;
            case PlanObstacle.Annulled:
                Line($"There is nothing to repair: the decision was overturned. {AsOf()}", $"无需修复：该处罚决定已被撤销。{AsOf()}");
                break;
            case PlanObstacle.UnderRepair:
                Line($"A case is under way for it already; another can be opened once that one has ended without repair. {AsOf()}", $"修复申请正在办理；该申请未获修复而终结后方可再次申请。{AsOf()}");
                break;
            default:
                WriteTime();
                break;
        }

        // What is repaired or annulled is not published any more, whatever its terms say.
        if (plan.PublicationEnds is PlannedDay ends && plan.Obstacle is not (PlanObstacle.Repaired or PlanObstacle.Annulled))
        {
            bool canEndEarlier = plan.Earliest is not null;
            Line(
                ends.DaysAway < 0 ? $"Its publication ended on {Day(ends)}, {Away(ends).English}." : $"{(canEndEarlier ? "Unless it is repaired it is" : "It is")} published until {Day(ends)}, {Away(ends).English}.",
                ends.DaysAway < 0 ? $"公示已于 {Day(ends)} 届满（{Away(ends).Chinese}）。" : $"{(canEndEarlier ? "如不修复，" : "")}公示至 {Day(ends)}（{Away(ends).Chinese}）。");
            if (ends.DaysAway >= 0 && plan.Earliest is PlannedDay earliest && earliest.Day > ends.Day)
            {
                Line("The publication ends by itself before the repair can be.", "公示在可修复之日前已自行届满。");
            }
        }
    }

    private void WriteTime()
    {
        PlannedDay earliest = plan.Earliest!;
        WriteRevocation();
        Line(
            earliest.DaysAway > 0 ? $"Yes, on {Day(earliest)} at the earliest, {Away(earliest).English}." : $"Yes: since {Day(earliest)} nothing but the facts below is missing.",
            earliest.DaysAway > 0 ? $"能，最早于 {Day(earliest)} 修复（{Away(earliest).Chinese}）。" : $"能：自 {Day(earliest)} 起，只需具备下列条件。");
        if (plan.ShortestPeriodEnds is PlannedDay shortest)
        {
            LocalText length = LimitTexts.Of(plan.Pack!.For(plan.Terms.Grade).Shortest);
            string verb = shortest.DaysAway < 0 ? "ended" : "ends";
            Line($"The shortest period of {length.English} {verb} on {Day(shortest)}, {Away(shortest).English}.", $"最短公示期 {length.Chinese}，{Day(shortest)} 届满（{Away(shortest).Chinese}）。");
        }
        else
        {
            Line("The rules know no shortest period for this grade.", "该等级没有最短公示期。");
        }

        if (plan.AttachedTermEnds is PlannedDay term)
        {
            string verb = term.DaysAway < 0 ? "ended" : "ends";
            Line($"An attached term {verb} on {Day(term)}, {Away(term).English}; before its end nothing is repaired.", $"资格限制期限 {Day(term)} 届满（{Away(term).Chinese}），届满前不予修复。");
        }

        if (earliest.DaysAway > 0)
        {
            Line(
                plan.BarredUntil is { DaysAway: >= 0 } ? "You can apply once the bar is over: the contract waits for the day." : "You can apply before that day: the contract waits for it.",
                plan.BarredUntil is { DaysAway: >= 0 } ? "限制期满后即可申请，其余期限届满后由合约自动修复。" : "可以提前申请，期限届满后由合约自动修复。");
        }

        WriteIfApplied();
    }

    private void WriteRevocation()
    {
        if (plan.RevokedOn is not PlannedDay revoked)
        {
            return;
        }

        Line($"An earlier repair was REVOKED for false material on {Day(revoked)}, {Away(revoked).English}. {AsOf()}", $"此前的修复因材料虚假已于 {Day(revoked)} 被撤销（{Away(revoked).Chinese}）。{AsOf()}");
        if (plan.BarredUntil is PlannedDay barred)
        {
            string bar = LimitTexts.Of(plan.Pack!.Repair.FalseMaterialBar).In(_language);
            Line(
                $"The subject is barred from any repair for {bar} from then, until about {Day(barred)}, {Away(barred).English}. The ledger says exactly until when. Documents of that case cannot be used again.",
                $"该主体自撤销之日起 {bar}内不得申请任何信用修复，约至 {Day(barred)}（{Away(barred).Chinese}），确切时间以账本为准。该申请的材料不得再次使用。");
        }
    }

    // The contract waits for the objection window, however fast everybody is.
    private void WriteIfApplied()
    {
        if (plan.IfAppliedNow is not PlannedDay soonest || plan.Pack is not RulePack pack)
        {
            return;
        }

        bool isBarred = plan.BarredUntil is { DaysAway: >= 0 };
        bool hasWindow = pack.Repair.ObjectionWindow.Unit != RuleLimitUnit.None;
        LocalText window = LimitTexts.Of(pack.Repair.ObjectionWindow);
        Line(
            $"If you apply {(isBarred ? "as soon as the bar is over" : "today")}, not before {Day(soonest)}{(hasWindow ? $": members may object for {window.English} from the beginning of the review" : "")}.",
            $"如{(isBarred ? "限制期满即" : "今日")}申请，最早 {Day(soonest)} 修复{(hasWindow ? $"：自评审开始起有 {window.Chinese}异议期" : "")}。");
    }

    private void WriteRules(RulePack pack)
    {
        Heading("The rules", "适用规则");
        LocalText status = CaseTexts.OfPack(pack.Status);
        Line($"{pack.TitleEnglish} ({pack.Id}, version {pack.Version}): {status.English}", $"{pack.TitleChinese}（{pack.Id}，第 {pack.Version} 版）：{status.Chinese}");
        Line($"Days are those of {PackDays.ZoneOf(pack.UtcOffset)}; today is {Show(plan.Today)}.", $"日期按 {PackDays.ZoneOf(pack.UtcOffset)} 计；今日为 {Show(plan.Today)}。");
        if (pack.Status == "demonstration")
        {
            Line("*** DEMONSTRATION RULES: short figures without legal basis. Nothing here is law. ***", "*** 演示规则：数字为演示而缩短，没有法律依据。***");
        }
    }

    private void WriteMaterials(RulePack pack)
    {
        Heading("What you need", "所需材料");
        CommandOutput.Table(
            text,
            _language == "zh" ? ["代码", "材料", "原因", "出具单位"] : ["code", "material", "why", "issued by"],
            plan.Materials
                .Where(material => material.Need is PlannedNeed.Needed or PlannedNeed.Unknown)
                .Select(material => (IReadOnlyList<string>)
                [
                    (material.Need == PlannedNeed.Unknown ? "? " : "") + material.Material.Code,
                    Name(material.Material),
                    material.Why.In(_language),
                    material.IssuedBy?.In(_language) ?? "",
                ]));
        foreach (PlannedMaterial material in plan.Materials.Where(material => material.Need == PlannedNeed.NotNeeded))
        {
            Line($"{material.Material.Code} {material.Material.NameEnglish}: {material.Why.English}.", $"{material.Material.Code} {material.Material.NameChinese}：{material.Why.Chinese}。");
        }

        string[] optional = [.. plan.Materials.Where(material => material.Need == PlannedNeed.Optional).Select(material => $"{material.Material.Code} {Name(material.Material)}")];
        if (optional.Length > 0)
        {
            Line($"May be added: {string.Join(", ", optional)}.", $"可补充提交：{string.Join("、", optional)}。");
        }

        WritePayment();
        string types = string.Join(_language == "zh" ? "、" : ", ", pack.Repair.FileTypes.Select(type => type.ToUpperInvariant()));
        string most = pack.Repair.MaxFileBytes.Value.ToString("N0", CultureInfo.InvariantCulture);
        Line(
            $"Files: {types} by content, whole and not encrypted, at most {most} bytes each, none used in another case. They stay with you and the reviewers; the ledger gets salted digests.",
            $"文件：按内容为 {types}，完整且未加密，每个不超过 {most} 字节，未用于其他申请。文件由您和评审机构保管，账本只记录加盐摘要。");
        if (plan.Withheld.Count > 0)
        {
            Line(
                $"What is marked '?' cannot be told from this file, which does not show: {string.Join(", ", plan.Withheld)}. The whole evidence file settles it.",
                $"标“?”的项目无法由本文件判定，未披露：{string.Join("、", plan.Withheld)}。请使用完整的证据文件。");
        }
    }

    private void WritePayment()
    {
        if (plan.DueYuan is decimal due)
        {
            string amount = due.ToString(CultureInfo.InvariantCulture);
            Line(
                $"The payments you show must come to at least {amount} yuan{(plan.IsDueUncertain ? "; more, if an amount is withheld here" : "")}.",
                $"缴纳金额合计不得少于 {amount} 元{(plan.IsDueUncertain ? "；如有未披露的金额，则更多" : "")}。");
        }
    }

    private void WriteSteps(RepairRules rules)
    {
        LocalText intake = LimitTexts.Of(rules.Intake);
        LocalText supplement = LimitTexts.Of(rules.Supplement);
        LocalText review = LimitTexts.Of(rules.Review);
        LocalText arbitration = LimitTexts.Of(rules.Arbitration);
        int requests = rules.SupplementRequests.Value;
        int approvals = rules.Approvals.Value;
        Heading("Who does what, and by when", "办理流程与时限");
        Line("1. You open the case with the materials.", "1. 您提交材料，提出修复申请。");
        Line(
            $"2. The authority accepts or refuses it: {intake.English} from the application. It may ask for a supplement {Times(requests).English}; you then have {supplement.English}.",
            $"2. 认定单位受理或不予受理：自申请起 {intake.Chinese}。可要求补正 {Times(requests).Chinese}，您须在 {supplement.Chinese}内补正。");
        Line(
            $"3. The authority confirms that the obligations are performed, and {approvals} reviewer{(approvals == 1 ? "" : "s of different organisations")} approve{(approvals == 1 ? "s" : "")} the materials: {review.English} from the beginning of the review.{Score(rules).English}",
            $"3. 认定单位确认义务已履行，{approvals} 家不同的评审机构核验并同意：自评审开始起 {review.Chinese}。{Score(rules).Chinese}");
        if (rules.ObjectionWindow.Unit == RuleLimitUnit.None)
        {
            Line($"4. There is no objection window. An arbiter decides an objection within {arbitration.English}.", $"4. 不设异议期。异议由裁决机构在 {arbitration.Chinese}内裁决。");
        }
        else
        {
            LocalText window = LimitTexts.Of(rules.ObjectionWindow);
            Line(
                $"4. Members may object until {window.English} after the beginning of the review; an arbiter decides within {arbitration.English}.",
                $"4. 自评审开始起 {window.Chinese}内，成员可提出异议；裁决机构在 {arbitration.Chinese}内裁决。");
        }

        Line("5. When all conditions hold the contract itself repairs the sanction. Nobody decides again, and nothing is approved by silence.", "5. 条件全部满足时，合约自动修复，无需他人再作决定；逾期不视为同意。");
        if (rules.Answer.Unit != RuleLimitUnit.None)
        {
            LocalText answer = LimitTexts.Of(rules.Answer);
            LocalText extension = LimitTexts.Of(rules.Extension);
            bool isExtendable = rules.Extension.Unit != RuleLimitUnit.None;
            Line(
                $"You have an answer within {answer.English} of the application{(isExtendable ? $"; in complex cases {extension.English} more" : "")}.",
                $"自申请起 {answer.Chinese}内答复{(isExtendable ? $"；情况复杂的可延长 {extension.Chinese}" : "")}。");
        }

        Line("An overdue step anyone may escalate: first it gets a second period, then the case ends and you can apply again.", "逾期的步骤任何人均可提请催办：先重新计时一次，再逾期则申请终止，可重新申请。");
    }

    private void WriteFalseMaterial(RepairRules rules)
    {
        Heading("False material", "虚假材料");
        LocalText bar = LimitTexts.Of(rules.FalseMaterialBar);
        bool isBarred = rules.FalseMaterialBar.Unit != RulePeriodUnit.None;
        Line(
            $"If material proves false, two accounts of the authority together revoke the repair: the sanction is in force again{(isBarred ? $", and you are barred from any repair for {bar.English}" : "")}.",
            $"经查实材料虚假的，由认定单位两个账户共同撤销修复：处罚恢复有效{(isBarred ? $"，且 {bar.Chinese}内不得申请任何信用修复" : "")}。");
    }

    private void WriteSources(RulePack pack, bool withSources)
    {
        if (plan.Terms.Grade == SanctionGrade.None)
        {
            return;
        }

        IReadOnlyList<PackFigure> figures = PackFigures.Of(pack, plan.Terms.Grade);
        int open = figures.Count(figure => figure.Certainty is "M" or "S");
        Heading("How sure the figures are", "数据依据");
        Line(
            "V read in a source, V~ in one secondary summary, M background knowledge to be verified, S planning document or demonstration.",
            "V 见于来源；V~ 见于一份间接摘要；M 背景知识，待核实；S 规划文件或演示。");
        if (!withSources)
        {
            Line($"{open} of {figures.Count} figures are M or S. --sources lists each with its source.", $"{figures.Count} 项中有 {open} 项为 M 或 S。使用 --sources 逐项列出来源。");
            return;
        }

        CommandOutput.Table(
            text,
            _language == "zh" ? ["项目", "数值", "确定性", "来源"] : ["what", "figure", "certainty", "source"],
            figures.Select(figure => (IReadOnlyList<string>)[figure.What.In(_language), figure.Value.In(_language), figure.Certainty, figure.Source]));
    }

    private void WriteNext(IReadOnlyList<string> next)
    {
        Heading("Next", "下一步");
        if (!evidence.Record.IsComplete)
        {
            Line("'repair open' needs the whole evidence file: ask the authority for it.", "提出申请需要完整的证据文件，请向认定单位索取。");
        }

        Line("The authority lets your account act for the subject: ledgercredit member appoint ACCOUNT --subject SUBJECT", "由认定单位授权您的账户代表该主体：ledgercredit member appoint ACCOUNT --subject SUBJECT");
        Line("Then, with your files (--dry-run checks them and sends nothing):", "然后提交材料（--dry-run 只检查，不发送）：");
        text.WriteLine($"  {string.Join(" \\\n    ", next)}");
    }

    private void Claim(string name, string english, string chinese)
    {
        string? value = evidence.Claims.Find(name) switch
        {
            JsonString single => single.Value,
            JsonArray list => string.Join(_language == "zh" ? "、" : ", ", list.Items.OfType<JsonString>().Select(item => item.Value)),
            _ => null,
        };
        if (value is not null)
        {
            Line($"{english}: {value}", $"{chinese}：{value}");
        }
    }

    private string AsOf() => evidence.Report.Status is RepairStatus status ? texts.AsOf(status) : "";

    private string Name(RuleMaterial material) => _language == "zh" ? material.NameChinese : material.NameEnglish;

    private static LocalText Away(PlannedDay day) => day.DaysAway switch
    {
        0 => new LocalText("today", "今日"),
        1 => new LocalText("in 1 day", "1 天后"),
        -1 => new LocalText("1 day ago", "1 天前"),
        > 0 => new LocalText($"in {day.DaysAway} days", $"{day.DaysAway} 天后"),
        _ => new LocalText($"{-day.DaysAway} days ago", $"{-day.DaysAway} 天前"),
    };

    private static LocalText Times(int count) => count switch
    {
        0 => new LocalText("never", "0 次"),
        1 => new LocalText("once", "1 次"),
        _ => new LocalText($"{count} times", $"{count} 次"),
    };

    private static LocalText Score(RepairRules rules)
    {
        int least = rules.LeastInspectionScore.Value;
        return least == 0
            ? new LocalText("", "")
            : new LocalText($" Each inspection must score at least {least} of 100.", $"核查得分不得低于 {least} 分（满分 100）。");
    }

    private static string Grade(SanctionGrade grade) => grade switch
    {
        SanctionGrade.Minor => "轻微",
        SanctionGrade.General => "一般",
        SanctionGrade.Serious => "严重",
        _ => "不分等级",
    };

    private static string Day(PlannedDay day) => Show(day.Day);

    private static string Show(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private void Heading(string english, string chinese)
    {
        text.WriteLine();
        text.WriteLine(_language == "zh" ? chinese : english);
    }

    private void Line(string english, string chinese) => Line(new LocalText(english, chinese));

    private void Line(LocalText line) => text.WriteLine("  " + line.In(_language));
}
