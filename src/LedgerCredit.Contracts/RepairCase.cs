namespace LedgerCredit.Contracts;

/// <summary>Where a repair case stands. The numbers are those of the contract's enum.</summary>
public enum RepairCaseState : byte
{
    /// <summary>There is no such case; never the state of one.</summary>
    None = 0,

    /// <summary>The authority has to accept it, refuse it or ask for a supplement.</summary>
    Open = 1,

    /// <summary>The applicant has to supplement.</summary>
    SupplementAsked = 2,

    /// <summary>Confirmation, approvals, objections or time are missing.</summary>
    UnderReview = 3,

    /// <summary>Ended: the sanction is repaired.</summary>
    Repaired = 4,

    /// <summary>Ended without repair: by the authority, or because an objection was upheld.</summary>
    Refused = 5,

    /// <summary>Ended without repair: by the applicant.</summary>
    Withdrawn = 6,

    /// <summary>Ended without repair: a step was overdue to the end.</summary>
    Lapsed = 7,

    /// <summary>Ended in repair, which was taken back for false material.</summary>
    Revoked = 8,

    /// <summary>Ended without repair: the decision itself fell.</summary>
    Annulled = 9,
}

/// <summary>Where an organisation's objection stands. The numbers are those of the contract's enum.</summary>
public enum ObjectionState : byte
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>Raised and not decided; stays so if the case ends otherwise.</summary>
    Raised = 1,

    /// <summary>Right: the case ended refused.</summary>
    Upheld = 2,

    /// <summary>Not right: it no longer stands in the way.</summary>
    Dismissed = 3,
}

/// <summary>A case, with times in Unix seconds as they stand now (a pause moves those that are still running).</summary>
/// <param name="LeafHash">The sanction.</param>
/// <param name="SubjectTag">The subject's pseudonym.</param>
/// <param name="Authority">The organisation that decided.</param>
/// <param name="RulePack">The rule pack of the terms.</param>
/// <param name="State">Where it stands.</param>
/// <param name="IsEscalated">Whether the step it stands at has been escalated and runs in its second period.</param>
/// <param name="SupplementRequests">How often the authority asked for a supplement.</param>
/// <param name="IsPerformed">Whether the authority has confirmed that the obligations are performed.</param>
/// <param name="Approvals">How many approvals stand, of organisations suspended or partial by now too.</param>
/// <param name="OpenObjections">How many objections are neither upheld nor dismissed.</param>
/// <param name="Materials">Bitmap of the kinds of materials submitted.</param>
/// <param name="MaterialsHash">What an approval must name: the hash of all materials in their order.</param>
/// <param name="EarliestRepairAt">Condition C1.</param>
/// <param name="AttachedTermUntil">Condition C8; 0 if none.</param>
/// <param name="DueAt">By when the step it stands at must be done; 0 once the case has ended.</param>
/// <param name="ObjectionsUntil">When the objection window ends; 0 if the review has not begun.</param>
public sealed record RepairCase(
    Bytes32 LeafHash,
    Bytes32 SubjectTag,
    Bytes32 Authority,
    Bytes32 RulePack,
    RepairCaseState State,
    bool IsEscalated,
    byte SupplementRequests,
    bool IsPerformed,
    ushort Approvals,
    ushort OpenObjections,
    ulong Materials,
    Bytes32 MaterialsHash,
    ulong EarliestRepairAt,
    ulong AttachedTermUntil,
    ulong DueAt,
    ulong ObjectionsUntil)
{
    internal static RepairCase Read(AbiReader reader) => new(
        reader.ReadBytes32(),
        reader.ReadBytes32(),
        reader.ReadBytes32(),
        reader.ReadBytes32(),
        ReadState(reader),
        reader.ReadBool(),
        reader.ReadUInt8(),
        reader.ReadBool(),
        reader.ReadUInt16(),
        reader.ReadUInt16(),
        reader.ReadUInt64(),
        reader.ReadBytes32(),
        reader.ReadUInt64(),
        reader.ReadUInt64(),
        reader.ReadUInt64(),
        reader.ReadUInt64());

    internal static RepairCaseState ReadState(AbiReader reader) =>
        (RepairCaseState)reader.ReadEnum((byte)RepairCaseState.Annulled);
}

/// <summary>What must hold for the contract to repair: C1 to C11.</summary>
/// <param name="IsPeriodOver">C1: the shortest period is over. Owed by time.</param>
/// <param name="IsPerformed">C2: the obligations are performed. Owed by the authority, which confirms it.</param>
/// <param name="IsCommitted">C3: the commitment letter is submitted. Owed by the applicant.</param>
/// <param name="AreMaterialsComplete">C4: all required materials are submitted. Owed by the applicant.</param>
/// <param name="IsApproved">
/// C5: enough organisations have approved these materials, not counting those that are suspended or have an account representing the
/// subject. Owed by the reviewers.
/// </param>
/// <param name="IsUnopposed">C6: no objection is open, and the objection window is over. Owed by the arbiters, then by time.</param>
/// <param name="IsRepairable">C7: the terms allow repair. Checked when the case is opened; nothing can change it.</param>
/// <param name="IsAttachedTermOver">C8: the attached term is over. Owed by time.</param>
/// <param name="IsNotBarred">C9: the subject is not barred for false material. Owed by time.</param>
/// <param name="IsPackKept">
/// C10: the rule pack is registered, open to the authority at the decision, and the terms keep its minimums. Checked when the case is
/// opened; nothing can change it.
/// </param>
/// <param name="IsNotPaused">C11: the desk is not paused. Owed by the admin.</param>
public sealed record RepairConditions(
    bool IsPeriodOver,
    bool IsPerformed,
    bool IsCommitted,
    bool AreMaterialsComplete,
    bool IsApproved,
    bool IsUnopposed,
    bool IsRepairable,
    bool IsAttachedTermOver,
    bool IsNotBarred,
    bool IsPackKept,
    bool IsNotPaused)
{
    internal static RepairConditions Read(AbiReader reader) => new(
        reader.ReadBool(),
        reader.ReadBool(),
        reader.ReadBool(),
        reader.ReadBool(),
        reader.ReadBool(),
        reader.ReadBool(),
        reader.ReadBool(),
        reader.ReadBool(),
        reader.ReadBool(),
        reader.ReadBool(),
        reader.ReadBool());

    /// <summary>Whether all hold: the contract repairs a case under review exactly then.</summary>
    public bool AllHold => IsPeriodOver && IsPerformed && IsCommitted && AreMaterialsComplete && IsApproved && IsUnopposed
        && IsRepairable && IsAttachedTermOver && IsNotBarred && IsPackKept && IsNotPaused;
}

/// <summary>An organisation's part in a case as objector or arbiter.</summary>
/// <param name="Objection">Where its objection stands.</param>
/// <param name="IsEscalated">Whether its objection has been escalated and runs in its second period.</param>
/// <param name="DueAt">By when its objection must be resolved, in Unix seconds; 0 unless <c>Raised</c>.</param>
/// <param name="HasArbitrated">Whether it has dismissed an objection in the case, which went on.</param>
public sealed record RepairPart(
    ObjectionState Objection,
    bool IsEscalated,
    ulong DueAt,
    bool HasArbitrated)
{
    internal static RepairPart Read(AbiReader reader) => new(
        (ObjectionState)reader.ReadEnum((byte)ObjectionState.Dismissed),
        reader.ReadBool(),
        reader.ReadUInt64(),
        reader.ReadBool());
}

/// <summary>A proposal, by the first key of an authority, to revoke a repair.</summary>
/// <param name="Account">The first key; zero where there is no proposal.</param>
/// <param name="Findings">Digest of the findings; zero where there is no proposal.</param>
public sealed record RevocationProposal(Address Account, Bytes32 Findings);
