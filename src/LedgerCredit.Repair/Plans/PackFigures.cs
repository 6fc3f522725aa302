using System.Globalization;
using LedgerCredit.Evidence;

namespace LedgerCredit.Repair.Plans;

/// <summary>A figure of a rule pack with where it comes from.</summary>
/// <param name="What">What it is.</param>
/// <param name="Value">The figure with its unit.</param>
/// <param name="Source">The text that it was taken from.</param>
/// <param name="Certainty"><c>V</c>, <c>V~</c>, <c>M</c> or <c>S</c> (docs/spec/rule-packs.md section 2).</param>
public sealed record PackFigure(LocalText What, LocalText Value, string Source, string Certainty);

/// <summary>All figures of a rule pack that decide about a sanction of a grade.</summary>
public static class PackFigures
{
    /// <summary>The figures in the order in which a case meets them; materials last.</summary>
    /// <exception cref="ArgumentException">The grade is <see cref="SanctionGrade.None"/>.</exception>
    public static IReadOnlyList<PackFigure> Of(RulePack pack, SanctionGrade grade)
    {
        ArgumentNullException.ThrowIfNull(pack);

        RuleGrade periods = pack.For(grade);
        RepairRules rules = pack.Repair;
        return
        [
            Period(new("Shortest period", "最短公示期"), periods.Shortest),
            Period(new("Longest period of publication", "最长公示期"), periods.Longest),
            Limit(new("Acceptance", "受理"), rules.Intake),
            Limit(new("Supplement", "补正"), rules.Supplement),
            Number(new("Requests for a supplement", "补正通知次数"), rules.SupplementRequests),
            Limit(new("Review", "评审"), rules.Review),
            Number(new("Approvals", "评审机构数"), rules.Approvals),
            Number(new("Least inspection score", "核查最低得分"), rules.LeastInspectionScore),
            Limit(new("Objection window", "异议期"), rules.ObjectionWindow),
            Limit(new("Decision on an objection", "异议裁决"), rules.Arbitration),
            Limit(new("Answer to the applicant", "答复申请人"), rules.Answer),
            Limit(new("Extension of the answer", "答复延长"), rules.Extension),
            Period(new("Bar after false material", "提供虚假材料后的限制期"), rules.FalseMaterialBar),
            Number(new("Largest file in bytes", "单个文件上限（字节）"), rules.MaxFileBytes),
            .. rules.Materials.Select(material => new PackFigure(
                new LocalText($"{material.Code} {material.NameEnglish}", $"{material.Code} {material.NameChinese}"),
                MaterialNeeds.Name(material.Need),
                material.Origin.Source,
                material.Origin.Certainty)),
        ];
    }

    private static PackFigure Period(LocalText what, RulePeriod period) =>
        new(what, LimitTexts.Of(period), period.Source, period.Certainty);

    private static PackFigure Limit(LocalText what, RuleLimit limit) =>
        new(what, LimitTexts.Of(limit), limit.Origin.Source, limit.Origin.Certainty);

    private static PackFigure Number(LocalText what, RuleFigure figure)
    {
        string number = figure.Value.ToString("N0", CultureInfo.InvariantCulture);
        return new PackFigure(
            what,
            figure.Value == 0 ? new LocalText("none", "无") : new LocalText(number, number),
            figure.Origin.Source,
            figure.Origin.Certainty);
    }
}
