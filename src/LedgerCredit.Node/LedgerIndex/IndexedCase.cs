using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Node.LedgerIndex;

/// <summary>An approval that stands.</summary>
/// <param name="OrgId">The reviewer's organisation.</param>
/// <param name="Account">Its account.</param>
/// <param name="Score">The score of its inspection, 0 to 100.</param>
/// <param name="At">When it was given.</param>
public sealed record IndexedApproval(Bytes32 OrgId, Address Account, byte Score, ulong At);

/// <summary>An objection, open or decided.</summary>
/// <param name="Objector">The organisation, by which it is known.</param>
/// <param name="Account">The account that raised it.</param>
/// <param name="State">Where it stands; stays <see cref="ObjectionState.Raised"/> if the case ends otherwise.</param>
/// <param name="IsEscalated">Whether it runs in its second period, or did when it was decided.</param>
/// <param name="BegunAt">When it was raised or last escalated.</param>
/// <param name="DueAt">By when an arbiter must decide it; 0 once one has.</param>
/// <param name="Arbiter">The organisation that decided it, or null.</param>
public sealed record IndexedObjection(
    Bytes32 Objector, Address Account, ObjectionState State, bool IsEscalated, ulong BegunAt, ulong DueAt, Bytes32? Arbiter);

/// <summary>A pending proposal to revoke a repair.</summary>
/// <param name="ProposedBy">The first key.</param>
/// <param name="Findings">Digest of the findings.</param>
/// <param name="At">When it was made.</param>
public sealed record IndexedRevocation(Address ProposedBy, Bytes32 Findings, ulong At);

/// <summary>A repair case as its events tell it, up to the index's position. Times in Unix seconds.</summary>
/// <remarks>
/// Due dates are as the contract's views give them: with the length of every pause that has ended since. While the desk is
/// paused the views let them move on with the clock; here they move when the pause ends.
/// </remarks>
public sealed record IndexedCase : IRepairCase
{
    /// <summary>The case, counted from 1.</summary>
    public required ulong CaseId { get; init; }

    /// <summary>The sanction.</summary>
    public required Bytes32 LeafHash { get; init; }

    /// <summary>The sanction's record digest.</summary>
    public required Bytes32 RecordDigest { get; init; }

    /// <summary>The sanction's terms.</summary>
    public required RepairTerms Terms { get; init; }

    /// <summary>The account that opened the case.</summary>
    public required Address Applicant { get; init; }

    /// <summary>Where the case stands.</summary>
    public required CaseStage Stage { get; init; }

    /// <summary>Whether the step that it stands at, or stood at when it ended, runs in its second period.</summary>
    public required bool IsEscalated { get; init; }

    /// <summary>When the case was opened.</summary>
    public required ulong OpenedAt { get; init; }

    /// <summary>When it came to the stage at which it stands; an escalation does not change it.</summary>
    public required ulong StageBegunAt { get; init; }

    /// <summary>When the step that it stands at began or was escalated.</summary>
    public required ulong StepBegunAt { get; init; }

    /// <summary>By when that step must be done; 0 exactly when the case has ended.</summary>
    public required ulong DueAt { get; init; }

    /// <summary>When the objection window ends; 0 if the review has not begun.</summary>
    public required ulong ObjectionsUntil { get; init; }

    /// <summary>The materials, in the order of their submission.</summary>
    public required IReadOnlyList<LedgerMaterial> Materials { get; init; }

    /// <summary>The hash of all materials, which approvals name.</summary>
    public required Bytes32 MaterialsHash { get; init; }

    /// <summary>Whether the authority's confirmation stands.</summary>
    public required bool IsConfirmed { get; init; }

    /// <summary>How often the authority asked for a supplement.</summary>
    public required int SupplementRequests { get; init; }

    /// <summary>Bitmap of the materials that the authority asked for, while the case waits for a supplement; else 0.</summary>
    public required ulong AskedKinds { get; init; }

    /// <summary>The approvals that stand, in their order.</summary>
    public required IReadOnlyList<IndexedApproval> Approvals { get; init; }

    /// <inheritdoc/>
    public int ApprovalCount => Approvals.Count;

    /// <summary>All objections, in their order.</summary>
    public required IReadOnlyList<IndexedObjection> Objections { get; init; }

    /// <summary>The pending proposal to revoke the repair, or null.</summary>
    public required IndexedRevocation? Revocation { get; init; }

    /// <summary>When it ended as it stands now; 0 while it is under way.</summary>
    public required ulong EndedAt { get; init; }

    /// <summary>Whether the case has not ended.</summary>
    public bool IsUnderWay => Stage is CaseStage.Open or CaseStage.SupplementAsked or CaseStage.UnderReview;

    /// <summary>The objections that are neither upheld nor dismissed.</summary>
    public IEnumerable<IndexedObjection> OpenObjections => Objections.Where(objection => objection.State == ObjectionState.Raised);

    /// <summary>The kinds of materials submitted: bit <c>n</c> for kind <c>n</c>.</summary>
    public ulong MaterialKinds
    {
        get
        {
            ulong kinds = 0;
            foreach (LedgerMaterial material in Materials)
            {
                kinds |= 1UL << material.Kind;
            }

            return kinds;
        }
    }

    /// <summary>By when the first of its open objections must be decided; 0 where none is open or the case has ended.</summary>
    public ulong ObjectionDueAt => IsUnderWay ? OpenObjections.Select(objection => objection.DueAt).DefaultIfEmpty().Min() : 0;

    /// <summary>What a <see cref="CaseViewer"/> shows of the case.</summary>
    /// <param name="conditions">The conditions, from the contract.</param>
    /// <param name="asOf">The time of the block that they were asked at.</param>
    /// <param name="barredUntil">When the bar of the subject is over; 0 where there is none.</param>
    /// <param name="pausedAt">Since when the desk is paused; 0 where it is not.</param>
    public CaseSnapshot ToSnapshot(RepairConditions conditions, ulong asOf, ulong barredUntil, ulong pausedAt)
    {
        ArgumentNullException.ThrowIfNull(conditions);

        return new CaseSnapshot
        {
            AsOf = asOf,
            Stage = Stage,
            IsEscalated = IsEscalated,
            OpenedAt = OpenedAt,
            StepBegunAt = StepBegunAt,
            DueAt = DueAt,
            Conditions =
            [
                conditions.IsPeriodOver,
                conditions.IsPerformed,
                conditions.IsCommitted,
                conditions.AreMaterialsComplete,
                conditions.IsApproved,
                conditions.IsUnopposed,
                conditions.IsRepairable,
                conditions.IsAttachedTermOver,
                conditions.IsNotBarred,
                conditions.IsPackKept,
                conditions.IsNotPaused,
            ],
            Materials = MaterialKinds,
            AskedMaterials = AskedKinds,
            SupplementRequests = SupplementRequests,
            Approvals = Approvals.Count,
            Objections = [.. OpenObjections.Select(objection => new OpenObjection(objection.BegunAt, objection.DueAt))],
            ObjectionsUntil = ObjectionsUntil,
            EarliestRepairAt = Terms.EarliestRepairAt,
            AttachedTermUntil = Terms.AttachedTermUntil,
            BarredUntil = barredUntil,
            PausedAt = pausedAt,
        };
    }
}
