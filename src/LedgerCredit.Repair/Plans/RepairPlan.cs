using LedgerCredit.Evidence;

namespace LedgerCredit.Repair.Plans;

/// <summary>Why a sanction cannot be repaired, or not now.</summary>
public enum PlanObstacle
{
    /// <summary>It can be repaired.</summary>
    None = 0,

    /// <summary>It has no grade, so no rules of repair: it ends where its list says.</summary>
    NoRules,

    /// <summary>Its record says that it cannot be repaired.</summary>
    NotRepairable,

    /// <summary>A case is under way for it, as the ledger shows.</summary>
    UnderRepair,

    /// <summary>It is repaired, as the ledger shows.</summary>
    Repaired,

    /// <summary>The decision was overturned, as the ledger shows.</summary>
    Annulled,
}

/// <summary>Whether a material is needed.</summary>
public enum PlannedNeed
{
    /// <summary>It may be added.</summary>
    Optional = 0,

    /// <summary>It is needed.</summary>
    Needed,

    /// <summary>What decides about it is withheld in the evidence file.</summary>
    Unknown,

    /// <summary>It is not needed, as far as the record and the applicant say.</summary>
    NotNeeded,
}

/// <summary>A material of a plan.</summary>
/// <param name="Material">The material of the rule pack.</param>
/// <param name="Need">Whether it is needed.</param>
/// <param name="Why">Why, or why not.</param>
/// <param name="IssuedBy">Who issues it, or null where that is not known.</param>
public sealed record PlannedMaterial(RuleMaterial Material, PlannedNeed Need, LocalText Why, LocalText? IssuedBy);

/// <summary>A day of a plan.</summary>
/// <param name="Day">The day, in the rule pack's zone.</param>
/// <param name="DaysAway">How many days after today it is; negative for the past.</param>
public sealed record PlannedDay(DateOnly Day, int DaysAway);

/// <summary>What it takes to have a sanction repaired, and when that can be at the earliest.</summary>
public sealed record RepairPlan
{
    /// <summary>The sanction's terms.</summary>
    public required SanctionTerms Terms { get; init; }

    /// <summary>Its rule pack; null where there are no rules of repair.</summary>
    public required RulePack? Pack { get; init; }

    /// <summary>Why it cannot be repaired, or none.</summary>
    public required PlanObstacle Obstacle { get; init; }

    /// <summary>Today in the rule pack's zone; in UTC without one.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>The day of the decision; null where the list states none.</summary>
    public required PlannedDay? Decided { get; init; }

    /// <summary>The last day of the shortest period, or null where there is none.</summary>
    public required PlannedDay? ShortestPeriodEnds { get; init; }

    /// <summary>The last day of an attached term, or null where there is none.</summary>
    public required PlannedDay? AttachedTermEnds { get; init; }

    /// <summary>The last day of publication, or null where there is none.</summary>
    public required PlannedDay? PublicationEnds { get; init; }

    /// <summary>The first day on which the contract may repair; null where there is an obstacle in the terms.</summary>
    public required PlannedDay? Earliest { get; init; }

    /// <summary>The first day on which the contract may repair if a case is opened as soon as can be; null where there is an obstacle.</summary>
    public required PlannedDay? IfAppliedNow { get; init; }

    /// <summary>When an earlier repair was revoked for false material, as the ledger shows; null where none was.</summary>
    public required PlannedDay? RevokedOn { get; init; }

    /// <summary>About when the bar is over that followed, by the pack's own time; null where there is none. The ledger keeps it to the second.</summary>
    public required PlannedDay? BarredUntil { get; init; }

    /// <summary>All materials of the rule pack; empty without one.</summary>
    public required IReadOnlyList<PlannedMaterial> Materials { get; init; }

    /// <summary>What must be shown as paid; null where nothing must, or where that is not known.</summary>
    public required decimal? DueYuan { get; init; }

    /// <summary>Whether more may have to be paid than <see cref="DueYuan"/>, because amounts may be withheld.</summary>
    public required bool IsDueUncertain { get; init; }

    /// <summary>Names of claims that are not disclosed and would settle what is unknown here.</summary>
    public required IReadOnlyList<string> Withheld { get; init; }
}
