using System.Diagnostics;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Plans;

namespace LedgerCredit.Node.RepairScreens;

/// <summary>Rule packs as JSON.</summary>
internal static class RuleJson
{
    /// <summary>What a pack is called and whether it is in force.</summary>
    public static JsonObject Pack(RulePack pack, string language) => new(
        new JsonMember("id", new JsonString(pack.Id)),
        new JsonMember("version", new JsonNumber((long)pack.Version)),
        new JsonMember("hash", new JsonString(pack.Hash.ToString())),
        new JsonMember("title", new JsonString(language == "zh" ? pack.TitleChinese : pack.TitleEnglish)),
        new JsonMember("status", new JsonString(pack.Status)));

    /// <summary>What a pack says of cases, with the units of its document.</summary>
    public static JsonObject Rules(RepairRules rules) => new(
        new JsonMember("approvals", new JsonNumber(rules.Approvals.Value)),
        new JsonMember("leastInspectionScore", new JsonNumber(rules.LeastInspectionScore.Value)),
        new JsonMember("supplementRequests", new JsonNumber(rules.SupplementRequests.Value)),
        new JsonMember("intake", Limit(rules.Intake)),
        new JsonMember("supplement", Limit(rules.Supplement)),
        new JsonMember("review", Limit(rules.Review)),
        new JsonMember("objectionWindow", Limit(rules.ObjectionWindow)),
        new JsonMember("arbitration", Limit(rules.Arbitration)),
        new JsonMember("answer", Limit(rules.Answer)),
        new JsonMember("extension", Limit(rules.Extension)),
        new JsonMember("falseMaterialBar", Period(rules.FalseMaterialBar)),
        new JsonMember("maxFileBytes", new JsonNumber(rules.MaxFileBytes.Value)),
        new JsonMember("fileTypes", new JsonArray([.. rules.FileTypes.Select(type => new JsonString(type))])));

    /// <summary>All figures with their sources.</summary>
    public static JsonArray Figures(RulePack pack, SanctionGrade grade, string language) => new(
    [
        .. PackFigures.Of(pack, grade).Select(figure => new JsonObject(
            new JsonMember("what", new JsonString(figure.What.In(language))),
            new JsonMember("figure", new JsonString(figure.Value.In(language))),
            new JsonMember("source", new JsonString(figure.Source)),
            new JsonMember("certainty", new JsonString(figure.Certainty)))),
    ]);

    private static JsonObject Limit(RuleLimit limit) => Count(limit.Count, limit.Unit switch
    {
        RuleLimitUnit.None => null,
        RuleLimitUnit.Minutes => "minutes",
        RuleLimitUnit.Hours => "hours",
        RuleLimitUnit.Days => "days",
        RuleLimitUnit.WorkingDays => "workingDays",
        _ => throw new UnreachableException($"There is no unit {limit.Unit}."),
    });

    private static JsonObject Period(RulePeriod period) => Count(period.Count, period.Unit switch
    {
        RulePeriodUnit.None => null,
        RulePeriodUnit.Days => "days",
        RulePeriodUnit.Months => "months",
        _ => throw new UnreachableException($"There is no unit {period.Unit}."),
    });

    private static JsonObject Count(int count, string? unit) => unit is null
        ? new JsonObject(new JsonMember("none", new JsonBoolean(true)))
        : new JsonObject(new JsonMember(unit, new JsonNumber(count)));
}
