using System.Text.Json.Nodes;

namespace LedgerCredit.Client.Models;

/// <summary>What it takes to have a sanction repaired, and when that can be at the earliest. Days are civil days in the zone of the rule pack.</summary>
/// <param name="Sanction">The sanction.</param>
/// <param name="Repairable">Whether it can be repaired.</param>
/// <param name="Obstacle">`none`, or why it cannot be, or not now: `no-rules`, `not-repairable`, `under-repair`, `repaired`, `annulled`.</param>
/// <param name="Today">Today in the zone of the rule pack; in UTC without one.</param>
/// <param name="DueUncertain">Whether `dueYuan` may be more than it says, because something of it is withheld.</param>
/// <param name="NotDisclosed">The claims that would decide more and are withheld.</param>
/// <param name="DecidedOn">The day of the decision.</param>
/// <param name="EarliestRepairOn">The first day on which the contract may repair.</param>
/// <param name="DaysUntilEarliest">How many days away that is; negative for the past.</param>
/// <param name="RepairIfAppliedNowOn">The first day on which the contract may repair if a case is opened now.</param>
/// <param name="RevokedOn">When an earlier repair was revoked for false material.</param>
/// <param name="BarredUntilAbout">Until about when the subject is barred for that.</param>
/// <param name="ShortestPeriodEndsOn">The last day of the shortest period.</param>
/// <param name="AttachedTermEndsOn">The last day of an attached term.</param>
/// <param name="PublicUntil">The last day of publication.</param>
/// <param name="RulePack">The rule pack; absent where there are no rules of repair.</param>
/// <param name="Rules">What it says of cases.</param>
/// <param name="Materials">The materials that it knows, and whether each is needed.</param>
/// <param name="Figures">Its figures with their sources.</param>
/// <param name="DueYuan">What has to be shown as paid, in yuan.</param>
public sealed record RepairPlanView(
    RepairPlanSanction Sanction,
    bool Repairable,
    string Obstacle,
    string Today,
    bool DueUncertain,
    IReadOnlyList<string> NotDisclosed,
    string? DecidedOn = null,
    string? EarliestRepairOn = null,
    int? DaysUntilEarliest = null,
    string? RepairIfAppliedNowOn = null,
    string? RevokedOn = null,
    string? BarredUntilAbout = null,
    string? ShortestPeriodEndsOn = null,
    string? AttachedTermEndsOn = null,
    string? PublicUntil = null,
    RepairPlanPack? RulePack = null,
    RepairPlanRules? Rules = null,
    IReadOnlyList<RepairPlanMaterial>? Materials = null,
    IReadOnlyList<RepairPlanFigure>? Figures = null,
    string? DueYuan = null);

/// <summary>The sanction of a plan.</summary>
/// <param name="LeafHash">The leaf hash of its log entry, by which the ledger knows it.</param>
/// <param name="Issuer">The slug of its authority.</param>
/// <param name="Grade">Its grade.</param>
/// <param name="Withheld">How many members of its record the caller may not see.</param>
/// <param name="Disclosed">The claims that the caller may see.</param>
public sealed record RepairPlanSanction(string LeafHash, string Issuer, string Grade, int Withheld, JsonObject Disclosed);

/// <summary>The rule pack of a plan.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version.</param>
/// <param name="Hash">keccak256 of its canonical document.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Status">`in-force`, or why it is not.</param>
public sealed record RepairPlanPack(string Id, int Version, string Hash, string Title, string Status);

/// <summary>What a rule pack says of cases.</summary>
/// <param name="Approvals">How many approvals are needed, each of another organisation.</param>
/// <param name="LeastInspectionScore">The least score of an inspection; 0 where there is none.</param>
/// <param name="SupplementRequests">How often the authority may ask for a supplement.</param>
/// <param name="Intake">How long the authority has to take a case in.</param>
/// <param name="Supplement">How long the applicant has to supplement.</param>
/// <param name="Review">How long the review takes.</param>
/// <param name="ObjectionWindow">How long objections are open.</param>
/// <param name="Arbitration">How long an arbiter has to decide one.</param>
/// <param name="Answer">By when the applicant has an answer.</param>
/// <param name="Extension">By how much that can be extended.</param>
/// <param name="FalseMaterialBar">How long a subject is barred for false material.</param>
/// <param name="MaxFileBytes">The largest file of a material.</param>
/// <param name="FileTypes">The types of files that are accepted.</param>
public sealed record RepairPlanRules(
    int Approvals,
    int LeastInspectionScore,
    int SupplementRequests,
    RepairPlanPeriod Intake,
    RepairPlanPeriod Supplement,
    RepairPlanPeriod Review,
    RepairPlanPeriod ObjectionWindow,
    RepairPlanPeriod Arbitration,
    RepairPlanPeriod Answer,
    RepairPlanPeriod Extension,
    RepairPlanPeriod FalseMaterialBar,
    long MaxFileBytes,
    IReadOnlyList<string> FileTypes);

/// <summary>A length of time, in the unit of the rule pack: exactly one of these is there.</summary>
/// <param name="None">True where there is none.</param>
/// <param name="Minutes">Minutes.</param>
/// <param name="Hours">Hours.</param>
/// <param name="Days">Days.</param>
/// <param name="WorkingDays">Working days by the pack's calendar.</param>
/// <param name="Months">Months.</param>
public sealed record RepairPlanPeriod(bool? None = null, int? Minutes = null, int? Hours = null, int? Days = null, int? WorkingDays = null, int? Months = null);

/// <summary>A material of a plan.</summary>
/// <param name="Code">Its code, `D01` to `D63`.</param>
/// <param name="Name">What it is.</param>
/// <param name="Rule">When the rule pack asks for it.</param>
/// <param name="Need">`needed`, `not-needed`, `unknown` (what decides is withheld) or `optional`.</param>
/// <param name="Why">Why.</param>
/// <param name="IssuedBy">Who issues it, where that is known.</param>
public sealed record RepairPlanMaterial(string Code, string Name, string Rule, string Need, string Why, string? IssuedBy = null);

/// <summary>A figure of a rule pack.</summary>
/// <param name="What">What it is.</param>
/// <param name="Figure">The figure with its unit.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Certainty">How sure it is.</param>
public sealed record RepairPlanFigure(string What, string Figure, string Source, string Certainty);
