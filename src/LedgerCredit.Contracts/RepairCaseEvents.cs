namespace LedgerCredit.Contracts;

/// <summary>A case was opened.</summary>
/// <param name="CaseId">The case, counted from 1.</param>
/// <param name="LeafHash">The sanction.</param>
/// <param name="Account">The applicant's account.</param>
/// <param name="RecordDigest">The sanction's record digest.</param>
/// <param name="Terms">The sanction's terms.</param>
/// <param name="DueAt">By when the authority must accept, refuse or ask for a supplement.</param>
/// <param name="Position">Where it stands.</param>
public sealed record CaseOpenedEvent(
    ulong CaseId,
    Bytes32 LeafHash,
    Address Account,
    Bytes32 RecordDigest,
    RepairTerms Terms,
    ulong DueAt,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>The applicant submitted materials.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Account">The applicant's account.</param>
/// <param name="Materials">The materials, in their order.</param>
/// <param name="MaterialsHash">The hash of all materials so far.</param>
/// <param name="DueAt">By when the step at which the case stands now must be done.</param>
/// <param name="Position">Where it stands.</param>
public sealed record MaterialsSubmittedEvent(
    ulong CaseId,
    Address Account,
    IReadOnlyList<RepairMaterial> Materials,
    Bytes32 MaterialsHash,
    ulong DueAt,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>The authority asked for a supplement.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Account">The authority's account.</param>
/// <param name="Kinds">Bitmap of the kinds of materials it asks for.</param>
/// <param name="Notice">Digest of the notice that says why.</param>
/// <param name="DueAt">By when the applicant must supplement.</param>
/// <param name="Position">Where it stands.</param>
public sealed record SupplementAskedEvent(
    ulong CaseId,
    Address Account,
    ulong Kinds,
    Bytes32 Notice,
    ulong DueAt,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>The review began.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Account">Whose act began it: the authority's or a reviewer's account.</param>
/// <param name="DueAt">By when authority and reviewers must be done.</param>
/// <param name="ObjectionsUntil">When the objection window ends.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ReviewBegunEvent(
    ulong CaseId,
    Address Account,
    ulong DueAt,
    ulong ObjectionsUntil,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>The authority confirmed that the obligations are performed.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Account">The authority's account.</param>
/// <param name="Statement">Digest of the confirmation.</param>
/// <param name="Position">Where it stands.</param>
public sealed record PerformanceConfirmedEvent(
    ulong CaseId,
    Address Account,
    Bytes32 Statement,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>The authority took its confirmation back.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Account">The authority's account.</param>
/// <param name="Statement">Digest of the reasons.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ConfirmationWithdrawnEvent(
    ulong CaseId,
    Address Account,
    Bytes32 Statement,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>A reviewer approved.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="OrgId">The reviewer's organisation.</param>
/// <param name="Account">The reviewer's account.</param>
/// <param name="MaterialsHash">The materials that it saw.</param>
/// <param name="Score">The score of its inspection, 0 to 100.</param>
/// <param name="Position">Where it stands.</param>
public sealed record CaseApprovedEvent(
    ulong CaseId,
    Bytes32 OrgId,
    Address Account,
    Bytes32 MaterialsHash,
    byte Score,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>Approvals no longer count, because the materials or the authority's confirmation changed.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Approvals">How many.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ApprovalsVoidedEvent(
    ulong CaseId,
    ushort Approvals,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>An overdue step was escalated and got a second period.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Account">Who called.</param>
/// <param name="State">The step.</param>
/// <param name="DueAt">By when it must be done now.</param>
/// <param name="Position">Where it stands.</param>
public sealed record CaseEscalatedEvent(
    ulong CaseId,
    Address Account,
    RepairCaseState State,
    ulong DueAt,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>All conditions held, and the contract repaired the sanction.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="LeafHash">The sanction.</param>
/// <param name="Account">Whose transaction completed them, or called <c>trigger</c>.</param>
/// <param name="Position">Where it stands.</param>
public sealed record CaseRepairedEvent(
    ulong CaseId,
    Bytes32 LeafHash,
    Address Account,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>The case ended refused: by the authority, or because an objection was upheld.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Account">The authority's or the arbiter's account.</param>
/// <param name="Reasons">Digest of the reasons.</param>
/// <param name="Position">Where it stands.</param>
public sealed record CaseRefusedEvent(
    ulong CaseId,
    Address Account,
    Bytes32 Reasons,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>The applicant withdrew the case.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Account">The applicant's account.</param>
/// <param name="Position">Where it stands.</param>
public sealed record CaseWithdrawnEvent(
    ulong CaseId,
    Address Account,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>The case lapsed, because a step was overdue to the end.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Account">Who called.</param>
/// <param name="Position">Where it stands.</param>
public sealed record CaseLapsedEvent(
    ulong CaseId,
    Address Account,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>The first key of the authority proposed to revoke the repair for false material.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Account">The authority's account.</param>
/// <param name="Findings">Digest of the findings.</param>
/// <param name="Position">Where it stands.</param>
public sealed record RevocationProposedEvent(
    ulong CaseId,
    Address Account,
    Bytes32 Findings,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>The second key of the authority revoked the repair for false material: the sanction is in force again.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="LeafHash">The sanction.</param>
/// <param name="ProposedBy">The first account.</param>
/// <param name="Account">The second account.</param>
/// <param name="Findings">Digest of the findings.</param>
/// <param name="Position">Where it stands.</param>
public sealed record CaseRevokedEvent(
    ulong CaseId,
    Bytes32 LeafHash,
    Address ProposedBy,
    Address Account,
    Bytes32 Findings,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>A subject is barred from repair for false material.</summary>
/// <param name="CaseId">The case that was revoked.</param>
/// <param name="SubjectTag">The subject's pseudonym.</param>
/// <param name="BarredUntil">When the bar ends, in Unix seconds.</param>
/// <param name="Position">Where it stands.</param>
public sealed record SubjectBarredEvent(
    ulong CaseId,
    Bytes32 SubjectTag,
    ulong BarredUntil,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>An objection was raised.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Objector">The organisation, by which the objection is known.</param>
/// <param name="Account">Its account.</param>
/// <param name="Grounds">Digest of the grounds.</param>
/// <param name="DueAt">By when an arbiter must resolve it.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ObjectionRaisedEvent(
    ulong CaseId,
    Bytes32 Objector,
    Address Account,
    Bytes32 Grounds,
    ulong DueAt,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>An overdue objection was escalated: another arbiter is called, with a second period.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Objector">The organisation whose objection it is.</param>
/// <param name="Account">Who called.</param>
/// <param name="DueAt">By when it must be resolved now.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ObjectionEscalatedEvent(
    ulong CaseId,
    Bytes32 Objector,
    Address Account,
    ulong DueAt,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>
/// An objection was upheld: the case is refused, and the authority is asked to examine the decision itself and to annul it if it
/// cannot stand.
/// </summary>
/// <param name="CaseId">The case.</param>
/// <param name="Objector">The organisation whose objection it is.</param>
/// <param name="Arbiter">The arbiter's organisation.</param>
/// <param name="Account">The arbiter's account.</param>
/// <param name="Reasons">Digest of the reasons.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ObjectionUpheldEvent(
    ulong CaseId,
    Bytes32 Objector,
    Bytes32 Arbiter,
    Address Account,
    Bytes32 Reasons,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);

/// <summary>An objection was dismissed.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Objector">The organisation whose objection it is.</param>
/// <param name="Arbiter">The arbiter's organisation.</param>
/// <param name="Account">The arbiter's account.</param>
/// <param name="Reasons">Digest of the reasons.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ObjectionDismissedEvent(
    ulong CaseId,
    Bytes32 Objector,
    Bytes32 Arbiter,
    Address Account,
    Bytes32 Reasons,
    EventPosition Position) : RepairCaseEvent(CaseId, Position);
