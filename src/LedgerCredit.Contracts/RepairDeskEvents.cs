namespace LedgerCredit.Contracts;

/// <summary>An event of the contract <c>RepairDesk</c>: one of the sealed records of this namespace that derive from it.</summary>
public abstract record RepairDeskEvent
{
    private protected RepairDeskEvent(EventPosition position)
    {
        Position = position;
    }

    /// <summary>Where it stands.</summary>
    public EventPosition Position { get; }
}

/// <summary>An event of a repair case.</summary>
public abstract record RepairCaseEvent : RepairDeskEvent
{
    private protected RepairCaseEvent(ulong caseId, EventPosition position)
        : base(position)
    {
        CaseId = caseId;
    }

    /// <summary>The case, counted from 1.</summary>
    public ulong CaseId { get; }
}

/// <summary>The status of a sanction was written. Emitted with every such change, beside the event that says why.</summary>
/// <param name="LeafHash">The sanction.</param>
/// <param name="State">What it is now.</param>
/// <param name="ReturnTo">While <c>Shielded</c>: what it will be when the shield ends.</param>
/// <param name="Position">Where it stands.</param>
public sealed record StatusChangedEvent(
    Bytes32 LeafHash,
    SanctionState State,
    SanctionState ReturnTo,
    EventPosition Position) : RepairDeskEvent(Position);

/// <summary>The authority annulled the sanction: its decision was overturned.</summary>
/// <param name="LeafHash">The sanction.</param>
/// <param name="Authority">The organisation.</param>
/// <param name="Account">Its account.</param>
/// <param name="CaseId">The case that ended with it; 0 if none was under way.</param>
/// <param name="Grounds">Digest of the decision that overturned it.</param>
/// <param name="Position">Where it stands.</param>
public sealed record SanctionAnnulledEvent(
    Bytes32 LeafHash,
    Bytes32 Authority,
    Address Account,
    ulong CaseId,
    Bytes32 Grounds,
    EventPosition Position) : RepairDeskEvent(Position);

/// <summary>The authority shielded the sanction: a court has approved a reorganisation plan or a settlement.</summary>
/// <param name="LeafHash">The sanction.</param>
/// <param name="Authority">The organisation.</param>
/// <param name="Account">Its account.</param>
/// <param name="Ruling">Digest of the ruling.</param>
/// <param name="Position">Where it stands.</param>
public sealed record SanctionShieldedEvent(
    Bytes32 LeafHash,
    Bytes32 Authority,
    Address Account,
    Bytes32 Ruling,
    EventPosition Position) : RepairDeskEvent(Position);

/// <summary>The authority ended the shield: the plan or settlement failed.</summary>
/// <param name="LeafHash">The sanction.</param>
/// <param name="Authority">The organisation.</param>
/// <param name="Account">Its account.</param>
/// <param name="Ruling">Digest of the ruling.</param>
/// <param name="Position">Where it stands.</param>
public sealed record SanctionUnshieldedEvent(
    Bytes32 LeafHash,
    Bytes32 Authority,
    Address Account,
    Bytes32 Ruling,
    EventPosition Position) : RepairDeskEvent(Position);

/// <summary>The desk was paused.</summary>
/// <param name="Account">The admin.</param>
/// <param name="Position">Where it stands.</param>
public sealed record PausedEvent(
    Address Account,
    EventPosition Position) : RepairDeskEvent(Position);

/// <summary>The pause ended.</summary>
/// <param name="Account">Who ended it.</param>
/// <param name="PausedFor">How long it lasted, in seconds: all due dates of cases move by it.</param>
/// <param name="Position">Where it stands.</param>
public sealed record ResumedEvent(
    Address Account,
    ulong PausedFor,
    EventPosition Position) : RepairDeskEvent(Position);
