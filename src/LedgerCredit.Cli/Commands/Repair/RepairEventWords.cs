namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>What the events of the repair desk are called in Chinese, by their stable names.</summary>
internal static class RepairEventWords
{
    /// <summary>The words for an event that becomes a record.</summary>
    /// <param name="name">Its stable name; one that has no words stays as it is.</param>
    public static string Chinese(string name) => name switch
    {
        "opened" => "提出申请",
        "materials-submitted" => "提交材料",
        "supplement-asked" => "要求补正",
        "review-begun" => "进入评审",
        "performance-confirmed" => "确认义务履行",
        "confirmation-withdrawn" => "撤回履行确认",
        "approved" => "评审同意",
        "approvals-voided" => "评审同意作废",
        "escalated" => "步骤逾期催办",
        "repaired" => "修复完成",
        "refused" => "不予修复",
        "withdrawn" => "撤回申请",
        "lapsed" => "申请终止",
        "revocation-proposed" => "提议撤销修复",
        "revoked" => "撤销修复",
        "subject-barred" => "限制申请",
        "objection-raised" => "提出异议",
        "objection-escalated" => "异议裁决催办",
        "objection-upheld" => "异议成立",
        "objection-dismissed" => "异议不成立",
        "annulled" => "原决定撤销",
        "shielded" => "依裁定暂停公示",
        "unshielded" => "恢复公示",
        _ => name,
    };
}
