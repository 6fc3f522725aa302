using System.Diagnostics;
using LedgerCredit.Evidence;

namespace LedgerCredit.Repair.Plans;

/// <summary>When a rule pack asks for a material, in words.</summary>
public static class MaterialNeeds
{
    /// <summary>The need as rule packs name it, for machines.</summary>
    public static string ToName(MaterialNeed need) => need switch
    {
        MaterialNeed.Optional => "optional",
        MaterialNeed.Always => "always",
        MaterialNeed.IfFined => "if-fined",
        MaterialNeed.IfCorrected => "if-corrected",
        MaterialNeed.IfAgent => "if-agent",
        _ => throw new UnreachableException($"There is no need {need}."),
    };

    /// <summary>The need for people.</summary>
    public static LocalText Name(MaterialNeed need) => need switch
    {
        MaterialNeed.Optional => new LocalText("optional", "可选"),
        MaterialNeed.Always => new LocalText("always", "必需"),
        MaterialNeed.IfFined => new LocalText("if the decision fines or confiscates", "有罚没款的必需"),
        MaterialNeed.IfCorrected => new LocalText("if the decision orders a rectification", "责令改正的必需"),
        MaterialNeed.IfAgent => new LocalText("if an agent applies", "由代理人申请的必需"),
        _ => throw new UnreachableException($"There is no need {need}."),
    };
}
