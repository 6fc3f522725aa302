namespace LedgerCredit.Repair.Cases;

/// <summary>Where a case stands. The numbers are those of the contract.</summary>
public enum CaseStage : byte
{
    /// <summary>There is no case.</summary>
    None = 0,

    /// <summary>The authority has to accept it, refuse it or ask for a supplement.</summary>
    Open = 1,

    /// <summary>The applicant has to supplement.</summary>
    SupplementAsked = 2,

    /// <summary>Confirmation, approvals, objections or time are missing.</summary>
    UnderReview = 3,

    /// <summary>Ended: the sanction is repaired.</summary>
    Repaired = 4,

    /// <summary>Ended without repair: refused, or an objection was upheld.</summary>
    Refused = 5,

    /// <summary>Ended without repair: withdrawn.</summary>
    Withdrawn = 6,

    /// <summary>Ended without repair: a step was overdue to the end.</summary>
    Lapsed = 7,

    /// <summary>The repair was taken back for false material.</summary>
    Revoked = 8,

    /// <summary>Ended without repair: the decision itself fell.</summary>
    Annulled = 9,
}

/// <summary>An objection that is open.</summary>
/// <param name="BegunAt">When it was raised or last escalated, in Unix seconds.</param>
/// <param name="DueAt">By when the contract waits for an arbiter.</param>
public sealed record OpenObjection(ulong BegunAt, ulong DueAt);

/// <summary>The facts of a case as a block of the ledger shows them. Times in Unix seconds.</summary>
public sealed record CaseSnapshot
{
    /// <summary>The number of conditions.</summary>
    public const int ConditionCount = 11;

    /// <summary>The time of the block.</summary>
    public required ulong AsOf { get; init; }

    /// <summary>Where the case stands.</summary>
    public required CaseStage Stage { get; init; }

    /// <summary>Whether the step it stands at runs in its second period.</summary>
    public required bool IsEscalated { get; init; }

    /// <summary>When the case was opened.</summary>
    public required ulong OpenedAt { get; init; }

    /// <summary>When the step it stands at began, or was escalated.</summary>
    public required ulong StepBegunAt { get; init; }

    /// <summary>By when the contract waits for that step; 0 once the case has ended.</summary>
    public required ulong DueAt { get; init; }

    /// <summary>Whether each condition holds, C1 first, as the contract says.</summary>
    public required IReadOnlyList<bool> Conditions { get; init; }

    /// <summary>Bitmap of the materials submitted.</summary>
    public required ulong Materials { get; init; }

    /// <summary>Bitmap of the materials that the authority asked for, while the case waits for a supplement; else 0.</summary>
    public required ulong AskedMaterials { get; init; }

    /// <summary>How often the authority asked for a supplement.</summary>
    public required int SupplementRequests { get; init; }

    /// <summary>How many approvals count.</summary>
    public required int Approvals { get; init; }

    /// <summary>The objections that are open.</summary>
    public required IReadOnlyList<OpenObjection> Objections { get; init; }

    /// <summary>When the objection window ends; 0 before the review.</summary>
    public required ulong ObjectionsUntil { get; init; }

    /// <summary>When the shortest period is over.</summary>
    public required ulong EarliestRepairAt { get; init; }

    /// <summary>When the attached term is over; 0 where there is none.</summary>
    public required ulong AttachedTermUntil { get; init; }

    /// <summary>When the bar of the subject is over; 0 where there is none.</summary>
    public required ulong BarredUntil { get; init; }

    /// <summary>Since when the desk is paused; 0 where it is not.</summary>
    public required ulong PausedAt { get; init; }

    /// <summary>Whether the case has not ended.</summary>
    public bool IsUnderWay => Stage is CaseStage.Open or CaseStage.SupplementAsked or CaseStage.UnderReview;
}
