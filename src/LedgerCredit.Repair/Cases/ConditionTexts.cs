namespace LedgerCredit.Repair.Cases;

/// <summary>The names of the conditions C1 to C11.</summary>
public static class ConditionTexts
{
    /// <summary>The names, C1 first.</summary>
    public static IReadOnlyList<LocalText> Titles { get; } =
    [
        new("The shortest period is over", "最短公示期届满"),
        new("The obligations are performed, as the authority confirms", "义务已履行（由认定单位确认）"),
        new("The letter of commitment is submitted", "已提交信用修复承诺书"),
        new("The required materials are submitted", "必需材料齐全"),
        new("Enough independent organisations have approved", "独立评审机构同意数已达到要求"),
        new("No objection is open and the objection window is over", "无未决异议且异议期届满"),
        new("The sanction can be repaired", "该处罚允许修复"),
        new("The attached term is over", "资格限制期限届满"),
        new("The applicant is not barred for false material", "申请人未因虚假材料被限制"),
        new("The rule pack is registered and kept", "规则包已登记且条件相符"),
        new("The repair desk is not paused", "修复合约未暂停"),
    ];
}
