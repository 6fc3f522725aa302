using System.Diagnostics;
using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Plans;

namespace LedgerCredit.Node.RepairScreens;

/// <summary>Plans of a repair as JSON: names and forms are stable, sentences are in the language that was asked for. Days are civil days in the zone of the rule pack.</summary>
public static class PlanJson
{
    /// <summary>The sanction that a plan is for.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="leafHash">The leaf hash of the sanction's entry.</param>
    /// <param name="issuer">The slug of its authority.</param>
    /// <param name="withheld">How many members of its record are not shown.</param>
    /// <param name="claims">The claims that are shown.</param>
    public static JsonObject Sanction(RepairPlan plan, Bytes32 leafHash, string issuer, int withheld, JsonObject claims)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new JsonObject(
            new JsonMember("leafHash", new JsonString(leafHash.ToString())),
            new JsonMember("issuer", new JsonString(issuer)),
            new JsonMember("grade", new JsonString(plan.Terms.Grade.ToName())),
            new JsonMember("withheld", new JsonNumber(withheld)),
            new JsonMember("disclosed", claims));
    }

    /// <summary>What a plan says.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    public static IReadOnlyList<JsonMember> Members(RepairPlan plan, string language)
    {
        ArgumentNullException.ThrowIfNull(plan);
        List<JsonMember> members =
        [
            new("repairable", new JsonBoolean(plan.Obstacle == PlanObstacle.None)),
            new("obstacle", new JsonString(Name(plan.Obstacle))),
            new("today", Day(plan.Today)),
        ];
        AddDay(members, "decidedOn", plan.Decided);
        AddDay(members, "earliestRepairOn", plan.Earliest);
        if (plan.Earliest is PlannedDay earliest)
        {
            members.Add(new("daysUntilEarliest", new JsonNumber(earliest.DaysAway)));
        }

        AddDay(members, "repairIfAppliedNowOn", plan.IfAppliedNow);
        AddDay(members, "revokedOn", plan.RevokedOn);
        AddDay(members, "barredUntilAbout", plan.BarredUntil);
        AddDay(members, "shortestPeriodEndsOn", plan.ShortestPeriodEnds);
        AddDay(members, "attachedTermEndsOn", plan.AttachedTermEnds);
        AddDay(members, "publicUntil", plan.PublicationEnds);
        if (plan.Pack is RulePack pack)
        {
            members.Add(new("rulePack", RuleJson.Pack(pack, language)));
            members.Add(new("rules", RuleJson.Rules(pack.Repair)));
            members.Add(new("materials", new JsonArray([.. plan.Materials.Select(material => ToJson(material, language))])));
            members.Add(new("figures", RuleJson.Figures(pack, plan.Terms.Grade, language)));
        }

        if (plan.DueYuan is decimal due)
        {
            members.Add(new("dueYuan", new JsonString(due.ToString(CultureInfo.InvariantCulture))));
        }

        members.Add(new("dueUncertain", new JsonBoolean(plan.IsDueUncertain)));
        members.Add(new("notDisclosed", new JsonArray([.. plan.Withheld.Select(name => new JsonString(name))])));
        return members;
    }

    private static JsonObject ToJson(PlannedMaterial planned, string language)
    {
        List<JsonMember> members =
        [
            new("code", new JsonString(planned.Material.Code)),
            new("name", new JsonString(language == "zh" ? planned.Material.NameChinese : planned.Material.NameEnglish)),
            new("rule", new JsonString(MaterialNeeds.ToName(planned.Material.Need))),
            new("need", new JsonString(planned.Need switch
            {
                PlannedNeed.Needed => "needed",
                PlannedNeed.NotNeeded => "not-needed",
                PlannedNeed.Unknown => "unknown",
                _ => "optional",
            })),
            new("why", new JsonString(planned.Why.In(language))),
        ];
        if (planned.IssuedBy is not null)
        {
            members.Add(new("issuedBy", new JsonString(planned.IssuedBy.In(language))));
        }

        return new JsonObject(members);
    }

    private static string Name(PlanObstacle obstacle) => obstacle switch
    {
        PlanObstacle.None => "none",
        PlanObstacle.NoRules => "no-rules",
        PlanObstacle.NotRepairable => "not-repairable",
        PlanObstacle.UnderRepair => "under-repair",
        PlanObstacle.Repaired => "repaired",
        PlanObstacle.Annulled => "annulled",
        _ => throw new UnreachableException($"There is no obstacle {obstacle}."),
    };

    private static void AddDay(List<JsonMember> members, string name, PlannedDay? day)
    {
        if (day is not null)
        {
            members.Add(new(name, Day(day.Day)));
        }
    }

    private static JsonString Day(DateOnly day) => new(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
