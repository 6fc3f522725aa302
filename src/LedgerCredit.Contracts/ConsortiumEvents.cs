namespace LedgerCredit.Contracts;

/// <summary>An event of the contract <c>Consortium</c>: one of the sealed records of this namespace that derive from it.</summary>
public abstract record ConsortiumEvent
{
    private protected ConsortiumEvent(EventPosition position)
    {
        Position = position;
    }

    /// <summary>Where it stands.</summary>
    public EventPosition Position { get; }
}

/// <summary>An organisation became a member.</summary>
/// <param name="OrgId">keccak256 of the slug.</param>
/// <param name="Roles">Bitmap of its roles.</param>
/// <param name="Slug">The slug itself.</param>
/// <param name="Position">Where it stands.</param>
public sealed record OrganisationRegisteredEvent(
    Bytes32 OrgId,
    ushort Roles,
    string Slug,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>An organisation's roles were replaced.</summary>
/// <param name="OrgId">The organisation.</param>
/// <param name="PreviousRoles">Bitmap of the roles it held.</param>
/// <param name="Roles">Bitmap of the roles it holds now.</param>
/// <param name="Position">Where it stands.</param>
public sealed record OrganisationRolesChangedEvent(
    Bytes32 OrgId,
    ushort PreviousRoles,
    ushort Roles,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>An organisation was suspended: its accounts are without roles until it is resumed.</summary>
/// <param name="OrgId">The organisation.</param>
/// <param name="Position">Where it stands.</param>
public sealed record OrganisationSuspendedEvent(
    Bytes32 OrgId,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>An organisation's suspension ended.</summary>
/// <param name="OrgId">The organisation.</param>
/// <param name="Position">Where it stands.</param>
public sealed record OrganisationResumedEvent(
    Bytes32 OrgId,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>An account was registered for an organisation, for ever.</summary>
/// <param name="Account">The account.</param>
/// <param name="OrgId">Its organisation.</param>
/// <param name="Roles">Bitmap of the account's roles.</param>
/// <param name="Position">Where it stands.</param>
public sealed record AccountRegisteredEvent(
    Address Account,
    Bytes32 OrgId,
    ushort Roles,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>An account's roles were replaced.</summary>
/// <param name="Account">The account.</param>
/// <param name="OrgId">Its organisation.</param>
/// <param name="PreviousRoles">Bitmap of the roles it held.</param>
/// <param name="Roles">Bitmap of the roles it holds now.</param>
/// <param name="Position">Where it stands.</param>
public sealed record AccountRolesChangedEvent(
    Address Account,
    Bytes32 OrgId,
    ushort PreviousRoles,
    ushort Roles,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>An account was retired for good.</summary>
/// <param name="Account">The account.</param>
/// <param name="OrgId">Its organisation.</param>
/// <param name="Position">Where it stands.</param>
public sealed record AccountRetiredEvent(
    Address Account,
    Bytes32 OrgId,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>A log was registered for the organisation that its origin names, for ever.</summary>
/// <param name="LogId">keccak256 of the origin.</param>
/// <param name="OrgId">The organisation.</param>
/// <param name="Origin">The origin itself, as it stands in the log's checkpoints.</param>
/// <param name="Position">Where it stands.</param>
public sealed record LogRegisteredEvent(
    Bytes32 LogId,
    Bytes32 OrgId,
    string Origin,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>An account may from now on act for a subject.</summary>
/// <param name="SubjectTag">The subject's pseudonym.</param>
/// <param name="Account">The account.</param>
/// <param name="OrgId">The account's organisation.</param>
/// <param name="AppointedBy">The authority that appointed it.</param>
/// <param name="Position">Where it stands.</param>
public sealed record RepresentativeAppointedEvent(
    Bytes32 SubjectTag,
    Address Account,
    Bytes32 OrgId,
    Bytes32 AppointedBy,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>An account may no longer act for a subject.</summary>
/// <param name="SubjectTag">The subject's pseudonym.</param>
/// <param name="Account">The account.</param>
/// <param name="OrgId">The account's organisation.</param>
/// <param name="DismissedBy">The account that ended it.</param>
/// <param name="Position">Where it stands.</param>
public sealed record RepresentativeDismissedEvent(
    Bytes32 SubjectTag,
    Address Account,
    Bytes32 OrgId,
    Address DismissedBy,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>A hand-over to another admin was proposed, or a proposal withdrawn.</summary>
/// <param name="NewAdmin">Who may accept it; zero where it was withdrawn.</param>
/// <param name="AcceptableAt">From when it may be accepted, in Unix seconds; 0 where it was withdrawn.</param>
/// <param name="Position">Where it stands.</param>
public sealed record HandoverProposedEvent(
    Address NewAdmin,
    ulong AcceptableAt,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>OpenZeppelin's event beside <see cref="HandoverProposedEvent"/>.</summary>
/// <param name="PreviousOwner">The admin.</param>
/// <param name="NewOwner">Who may accept; zero where the proposal was withdrawn.</param>
/// <param name="Position">Where it stands.</param>
public sealed record OwnershipTransferStartedEvent(
    Address PreviousOwner,
    Address NewOwner,
    EventPosition Position) : ConsortiumEvent(Position);

/// <summary>The consortium has another admin. The first such event is that of the deployment.</summary>
/// <param name="PreviousOwner">Who was the admin; zero at the deployment.</param>
/// <param name="NewOwner">Who is it now.</param>
/// <param name="Position">Where it stands.</param>
public sealed record OwnershipTransferredEvent(
    Address PreviousOwner,
    Address NewOwner,
    EventPosition Position) : ConsortiumEvent(Position);
