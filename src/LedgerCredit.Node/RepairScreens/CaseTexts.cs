using System.Diagnostics;
using LedgerCredit.Contracts;
using LedgerCredit.Repair;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Node.RepairScreens;

/// <summary>What stages, parties and states of repair cases are called: for people in both languages, for machines in kebab case.</summary>
public static class CaseTexts
{
    /// <summary>A stage for people.</summary>
    public static LocalText Of(CaseStage stage) => stage switch
    {
        CaseStage.None => new LocalText("no case", "无申请"),
        CaseStage.Open => new LocalText("applied for", "待受理"),
        CaseStage.SupplementAsked => new LocalText("waiting for a supplement", "待补正"),
        CaseStage.UnderReview => new LocalText("under review", "评审中"),
        CaseStage.Repaired => new LocalText("repaired", "已修复"),
        CaseStage.Refused => new LocalText("refused", "不予修复"),
        CaseStage.Withdrawn => new LocalText("withdrawn", "已撤回"),
        CaseStage.Lapsed => new LocalText("lapsed", "申请终止"),
        CaseStage.Revoked => new LocalText("revoked for false material", "因虚假材料撤销修复"),
        CaseStage.Annulled => new LocalText("ended with the annulled decision", "因原决定撤销而终止"),
        _ => throw new UnreachableException($"There is no stage {(byte)stage}."),
    };

    /// <summary>A stage for machines.</summary>
    public static string NameOf(CaseStage stage) => stage switch
    {
        CaseStage.None => "none",
        CaseStage.Open => "open",
        CaseStage.SupplementAsked => "supplement-asked",
        CaseStage.UnderReview => "under-review",
        CaseStage.Repaired => "repaired",
        CaseStage.Refused => "refused",
        CaseStage.Withdrawn => "withdrawn",
        CaseStage.Lapsed => "lapsed",
        CaseStage.Revoked => "revoked",
        CaseStage.Annulled => "annulled",
        _ => throw new UnreachableException($"There is no stage {(byte)stage}."),
    };

    /// <summary>A party for people.</summary>
    public static LocalText Of(CaseParty party) => party switch
    {
        CaseParty.None => new LocalText("nobody", "无"),
        CaseParty.Applicant => new LocalText("applicant", "申请人"),
        CaseParty.Authority => new LocalText("authority", "认定单位"),
        CaseParty.Reviewers => new LocalText("reviewers", "评审机构"),
        CaseParty.Arbiters => new LocalText("arbiters", "裁决机构"),
        CaseParty.Admin => new LocalText("admin of the consortium", "联盟管理员"),
        CaseParty.Time => new LocalText("time alone", "仅待时间届满"),
        CaseParty.Anyone => new LocalText("anyone", "任何人"),
        _ => throw new UnreachableException($"There is no party {party}."),
    };

    /// <summary>A party for machines.</summary>
    public static string NameOf(CaseParty party) => party switch
    {
        CaseParty.None => "none",
        CaseParty.Applicant => "applicant",
        CaseParty.Authority => "authority",
        CaseParty.Reviewers => "reviewers",
        CaseParty.Arbiters => "arbiters",
        CaseParty.Admin => "admin",
        CaseParty.Time => "time",
        CaseParty.Anyone => "anyone",
        _ => throw new UnreachableException($"There is no party {party}."),
    };

    /// <summary>A kind of step for machines.</summary>
    public static string NameOf(CaseAct act) => act switch
    {
        CaseAct.None => "none",
        CaseAct.Supplement => "supplement",
        CaseAct.TakeIn => "take-in",
        CaseAct.Confirm => "confirm",
        CaseAct.Approve => "approve",
        CaseAct.Resolve => "resolve",
        CaseAct.Trigger => "trigger",
        CaseAct.Escalate => "escalate",
        CaseAct.EscalateObjection => "escalate-objection",
        CaseAct.Resume => "resume",
        _ => throw new UnreachableException($"There is no step {act}."),
    };

    /// <summary>Where a condition stands, for machines.</summary>
    public static string NameOf(ConditionState state) => state switch
    {
        ConditionState.Missing => "missing",
        ConditionState.Waiting => "waiting",
        ConditionState.Met => "met",
        _ => throw new UnreachableException($"There is no state {state}."),
    };

    /// <summary>Why an approval does not count, for machines.</summary>
    public static string NameOf(ApprovalFlaw flaw) => flaw switch
    {
        ApprovalFlaw.None => "none",
        ApprovalFlaw.Suspended => "suspended",
        ApprovalFlaw.Interest => "interest",
        _ => throw new UnreachableException($"There is no flaw {flaw}."),
    };

    /// <summary>The status of a sanction for people.</summary>
    public static LocalText Of(SanctionState state) => state switch
    {
        SanctionState.None => new LocalText("in force", "有效"),
        SanctionState.UnderRepair => new LocalText("in force, repair under way", "有效，修复办理中"),
        SanctionState.Repaired => new LocalText("repaired", "已修复"),
        SanctionState.Shielded => new LocalText("shielded by a court's ruling", "依法院裁定暂停公示"),
        SanctionState.Annulled => new LocalText("annulled", "已撤销（原决定被撤销）"),
        SanctionState.Revoked => new LocalText("in force again, its repair was revoked", "修复已撤销，处罚恢复生效"),
        _ => throw new UnreachableException($"There is no status {(byte)state}."),
    };

    /// <summary>The status of a sanction for machines.</summary>
    public static string NameOf(SanctionState state) => state switch
    {
        SanctionState.None => "none",
        SanctionState.UnderRepair => "under-repair",
        SanctionState.Repaired => "repaired",
        SanctionState.Shielded => "shielded",
        SanctionState.Annulled => "annulled",
        SanctionState.Revoked => "revoked",
        _ => throw new UnreachableException($"There is no status {(byte)state}."),
    };

    /// <summary>Where an objection stands, for people.</summary>
    public static LocalText Of(ObjectionState state) => state switch
    {
        ObjectionState.None => new LocalText("none", "无"),
        ObjectionState.Raised => new LocalText("open", "未决"),
        ObjectionState.Upheld => new LocalText("upheld", "成立"),
        ObjectionState.Dismissed => new LocalText("dismissed", "不成立"),
        _ => throw new UnreachableException($"There is no state {(byte)state}."),
    };

    /// <summary>Where an objection stands, for machines.</summary>
    public static string NameOf(ObjectionState state) => state switch
    {
        ObjectionState.None => "none",
        ObjectionState.Raised => "raised",
        ObjectionState.Upheld => "upheld",
        ObjectionState.Dismissed => "dismissed",
        _ => throw new UnreachableException($"There is no state {(byte)state}."),
    };

    /// <summary>What the rules of a pack are: its <c>status</c>, for people.</summary>
    /// <param name="packStatus"><c>in-force</c>, <c>historic</c> or <c>demonstration</c>.</param>
    public static LocalText OfPack(string packStatus) => packStatus switch
    {
        "in-force" => new LocalText("in force", "现行有效"),
        "historic" => new LocalText("no longer in force", "已失效"),
        "demonstration" => new LocalText("DEMONSTRATION, not law", "仅供演示，无法律效力"),
        _ => throw new ArgumentException($"There is no status '{packStatus}' of rule packs.", nameof(packStatus)),
    };
}
