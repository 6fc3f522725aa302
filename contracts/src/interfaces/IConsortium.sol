// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Consortium
/// @notice Who takes part in the network, in what roles, with what accounts, and which log belongs to whom.
/// @dev The access model, on which every other contract relies:
///
/// - An *organisation* is named by its slug; `orgId = keccak256(slug)`. It holds a set of roles, given by the admin.
/// - An *account* belongs to one organisation for ever. It holds a set of roles of its own, never beyond those of its
///   organisation when they are given. What it may do now is the *intersection* of the two sets: taking a role from
///   the organisation takes it from all its accounts at once, and giving it back restores it.
/// - A *retired* account has no roles and never gets any again. It keeps its organisation, so that its past acts stay
///   attributable.
/// - A *suspended* organisation's accounts have no roles until it is resumed. Nothing else of it changes.
/// - A *log* belongs to the organisation that its origin names, for ever.
/// - A *subject tag* is the pseudonym of a subject. Its *representatives* are accounts that may act for the subject.
///   They are appointed by an authority's account, because only authorities hold the key that tells which tag is whose.
///
/// Sets of roles are bitmaps: bit `uint8(role)` stands for `role`; bit 0 (`Role.None`) and bits 8 to 15 are never set.
///
/// The admin is the `owner` of OpenZeppelin's Ownable2Step: in production a multisig. The hand-over to another admin is
/// proposed, waits for `handoverDelay` seconds, and is then accepted by the new admin. The admin decides who acts from
/// now on; neither the admin nor anyone else can change what has been anchored.
///
/// WARNING: what is registered here is public to all members. The slug of an organisation that is itself a subject of
/// records must be a pseudonym that names nobody.
interface IConsortium {
    /// @notice What an organisation, or one of its accounts, acts as. `None` is no role and can never be held.
    enum Role {
        None,
        Authority,
        Reviewer,
        Agency,
        Enterprise,
        Arbiter,
        Auditor,
        Operator
    }

    /// @notice A member of the network.
    /// @param registered Whether the organisation exists. It never ceases to.
    /// @param suspended Whether all its accounts are without roles for now.
    /// @param roles Bitmap of its roles.
    struct Organisation {
        bool registered;
        bool suspended;
        uint16 roles;
    }

    /// @notice An account of a member.
    /// @param orgId Its organisation; zero if the account is not registered. Never changes.
    /// @param retired Whether it has been withdrawn for good.
    /// @param roles Bitmap of the roles given to it, which take effect as far as its organisation holds them.
    struct Account {
        bytes32 orgId;
        bool retired;
        uint16 roles;
    }

    /// @notice An organisation became a member.
    /// @param orgId keccak256 of the slug.
    /// @param roles Bitmap of its roles.
    /// @param slug The slug itself, so that monitors can name the member.
    event OrganisationRegistered(bytes32 indexed orgId, uint16 roles, string slug);

    /// @notice An organisation's roles were replaced.
    /// @param orgId The organisation.
    /// @param previousRoles Bitmap of the roles it held.
    /// @param roles Bitmap of the roles it holds now.
    event OrganisationRolesChanged(bytes32 indexed orgId, uint16 previousRoles, uint16 roles);

    /// @notice An organisation was suspended: its accounts are without roles until it is resumed.
    /// @param orgId The organisation.
    event OrganisationSuspended(bytes32 indexed orgId);

    /// @notice An organisation's suspension ended.
    /// @param orgId The organisation.
    event OrganisationResumed(bytes32 indexed orgId);

    /// @notice An account was registered for an organisation.
    /// @param account The account.
    /// @param orgId Its organisation, for ever.
    /// @param roles Bitmap of the account's roles.
    event AccountRegistered(address indexed account, bytes32 indexed orgId, uint16 roles);

    /// @notice An account's roles were replaced.
    /// @param account The account.
    /// @param orgId Its organisation.
    /// @param previousRoles Bitmap of the roles it held.
    /// @param roles Bitmap of the roles it holds now.
    event AccountRolesChanged(address indexed account, bytes32 indexed orgId, uint16 previousRoles, uint16 roles);

    /// @notice An account was retired for good.
    /// @param account The account.
    /// @param orgId Its organisation.
    event AccountRetired(address indexed account, bytes32 indexed orgId);

    /// @notice A log was registered for the organisation that its origin names.
    /// @param logId keccak256 of the origin.
    /// @param orgId The organisation, for ever.
    /// @param origin The origin itself, as it stands in the log's checkpoints.
    event LogRegistered(bytes32 indexed logId, bytes32 indexed orgId, string origin);

    /// @notice An account may from now on act for a subject.
    /// @param subjectTag The subject's pseudonym.
    /// @param account The account.
    /// @param orgId The account's organisation.
    /// @param appointedBy The authority that appointed it.
    event RepresentativeAppointed(
        bytes32 indexed subjectTag, address indexed account, bytes32 indexed orgId, bytes32 appointedBy
    );

    /// @notice An account may no longer act for a subject.
    /// @param subjectTag The subject's pseudonym.
    /// @param account The account.
    /// @param orgId The account's organisation.
    /// @param dismissedBy The account that ended it: the admin or an account of the authority that had appointed it.
    event RepresentativeDismissed(
        bytes32 indexed subjectTag, address indexed account, bytes32 indexed orgId, address dismissedBy
    );

    /// @notice A hand-over to another admin was proposed. (A proposal that names nobody withdraws the one before.)
    /// @param newAdmin Who may accept it; zero if it was withdrawn.
    /// @param acceptableAt From when it may be accepted, in Unix seconds; 0 if it was withdrawn.
    event HandoverProposed(address indexed newAdmin, uint64 acceptableAt);

    /// @notice The slug is not of the form `[a-z0-9][a-z0-9-]{1,62}`.
    error ConsortiumInvalidSlug(string slug);

    /// @notice The origin is not `<network>/<slug>`, with a network of 1 to 190 characters of `[a-z0-9.-]`.
    error ConsortiumInvalidOrigin(string origin);

    /// @notice The bitmap has a bit that stands for no role.
    error ConsortiumInvalidRoles(uint16 roles);

    /// @notice The account's roles are not all held by its organisation.
    error ConsortiumRolesBeyondOrganisation(bytes32 orgId, uint16 roles, uint16 organisationRoles);

    /// @notice There is already an organisation of this slug.
    error ConsortiumOrganisationExists(bytes32 orgId);

    /// @notice There is no such organisation.
    error ConsortiumUnknownOrganisation(bytes32 orgId);

    /// @notice The organisation is suspended.
    error ConsortiumOrganisationSuspended(bytes32 orgId);

    /// @notice The organisation is not suspended.
    error ConsortiumOrganisationNotSuspended(bytes32 orgId);

    /// @notice The zero address is nobody's account.
    error ConsortiumZeroAccount();

    /// @notice The account already belongs to an organisation and can never belong to another.
    error ConsortiumAccountExists(address account, bytes32 orgId);

    /// @notice The account belongs to no organisation.
    error ConsortiumUnknownAccount(address account);

    /// @notice The account has been retired for good.
    error ConsortiumAccountRetired(address account, bytes32 orgId);

    /// @notice The account may not act in this role now: it, its organisation, or both lack the role.
    error ConsortiumNotInRole(address account, Role role);

    /// @notice The log is already registered and can never belong to another organisation.
    error ConsortiumLogExists(bytes32 logId, bytes32 orgId);

    /// @notice The subject tag is zero, which stands for no subject.
    error ConsortiumZeroSubjectTag();

    /// @notice The account already represents the subject.
    error ConsortiumAlreadyRepresentative(bytes32 subjectTag, address account, bytes32 appointedBy);

    /// @notice The account does not represent the subject.
    error ConsortiumNotRepresentative(bytes32 subjectTag, address account);

    /// @notice Only the admin and the authority that appointed a representative may dismiss it.
    error ConsortiumNotAppointer(bytes32 subjectTag, address account, bytes32 appointedBy, address caller);

    /// @notice The hand-over delay is outside its bounds. All three in seconds.
    error ConsortiumHandoverDelayOutOfBounds(uint64 delay, uint64 shortest, uint64 longest);

    /// @notice The hand-over may not be accepted yet. In Unix seconds.
    error ConsortiumHandoverTooEarly(uint64 acceptableAt);

    /// @notice The consortium always has an admin; hand over instead.
    error ConsortiumAdminRequired();

    // ------------------------------------------------------------------------------------------------ by the admin

    /// @notice Makes an organisation a member.
    ///
    /// Requirements: the caller is the admin; the slug is well formed and new; `roles` has only bits that stand for
    /// roles.
    /// @param slug The organisation's name in the network, `[a-z0-9][a-z0-9-]{1,62}`.
    /// @param roles Bitmap of its roles; may be empty.
    /// @return orgId keccak256 of the slug.
    function registerOrganisation(string calldata slug, uint16 roles) external returns (bytes32 orgId);

    /// @notice Replaces an organisation's roles, with effect on all its accounts at once.
    ///
    /// Requirements: the caller is the admin; the organisation exists; `roles` has only bits that stand for roles.
    /// @param orgId The organisation.
    /// @param roles Bitmap of its roles from now on; may be empty.
    function setOrganisationRoles(bytes32 orgId, uint16 roles) external;

    /// @notice Suspends an organisation: its accounts are without roles until it is resumed.
    ///
    /// Requirements: the caller is the admin; the organisation exists and is not suspended.
    /// @param orgId The organisation.
    function suspendOrganisation(bytes32 orgId) external;

    /// @notice Ends an organisation's suspension.
    ///
    /// Requirements: the caller is the admin; the organisation is suspended.
    /// @param orgId The organisation.
    function resumeOrganisation(bytes32 orgId) external;

    /// @notice Registers an account for an organisation, for ever.
    /// @dev Does not check that somebody holds the account's key.
    ///
    /// Requirements: the caller is the admin; the organisation exists; the account belongs to none yet; its roles are
    /// all held by the organisation.
    /// @param account The account: a key's address or a contract.
    /// @param orgId Its organisation.
    /// @param roles Bitmap of the account's roles; may be empty.
    function registerAccount(address account, bytes32 orgId, uint16 roles) external;

    /// @notice Replaces an account's roles.
    ///
    /// Requirements: the caller is the admin; the account exists and is not retired; its roles are all held by its
    /// organisation.
    /// @param account The account.
    /// @param roles Bitmap of the account's roles from now on; may be empty.
    function setAccountRoles(address account, uint16 roles) external;

    /// @notice Retires an account for good: a lost or stolen key, or a person who left.
    ///
    /// Requirements: the caller is the admin; the account exists and is not retired.
    /// @param account The account.
    function retireAccount(address account) external;

    /// @notice Registers a log for the organisation that its origin names, for ever.
    /// @dev The owner is not a parameter: it follows from the origin, so that no log can be given to another
    /// organisation than the one whose name its checkpoints carry.
    ///
    /// Requirements: the caller is the admin; the origin is `<network>/<slug>`; the slug's organisation exists; the log
    /// is not registered yet.
    /// @param origin The log's origin, as it stands in its checkpoints.
    /// @return logId keccak256 of the origin.
    function registerLog(string calldata origin) external returns (bytes32 logId);

    // ---------------------------------------------------------------------------------------------- by an authority

    /// @notice Lets an account act for a subject.
    /// @dev The contract cannot check that the tag is the subject's: tags are keyed pseudonyms. The authority answers
    /// for it, and the event names the authority.
    ///
    /// Requirements: the caller acts as authority; the account acts as enterprise; it does not represent the subject
    /// yet; the tag is not zero.
    /// @param subjectTag The subject's pseudonym, as in the terms of its sanctions.
    /// @param account The account that may act for it.
    function appointRepresentative(bytes32 subjectTag, address account) external;

    /// @notice Ends an account's right to act for a subject.
    ///
    /// Requirements: the account represents the subject; the caller is the admin, or acts as authority for the
    /// organisation that appointed it. (So one authority cannot silence a subject that another has let in.)
    /// @param subjectTag The subject's pseudonym.
    /// @param account The account.
    function dismissRepresentative(bytes32 subjectTag, address account) external;

    // -------------------------------------------------------------------------------------------------------- views

    /// @notice Version of this contract and its interface.
    function VERSION() external view returns (string memory);

    /// @notice How long a proposed hand-over waits before it can be accepted, in seconds. Fixed at deployment.
    function handoverDelay() external view returns (uint64);

    /// @notice From when the proposed hand-over may be accepted, in Unix seconds; 0 if none is proposed.
    function handoverAcceptableAt() external view returns (uint64);

    /// @notice An organisation, or zeroes if there is none of this id.
    /// @param orgId The organisation.
    function organisation(bytes32 orgId) external view returns (Organisation memory);

    /// @notice Whether an organisation is suspended; false for one that does not exist.
    /// @param orgId The organisation.
    function isSuspended(bytes32 orgId) external view returns (bool);

    /// @notice An account, or zeroes if it is not registered.
    /// @param account The account.
    function accountOf(address account) external view returns (Account memory);

    /// @notice The organisation of an account, retired or not; zero if it has none.
    /// @param account The account.
    function orgOf(address account) external view returns (bytes32 orgId);

    /// @notice The roles in which an account may act now: those given to it that its organisation holds too; none if it
    /// is retired or its organisation suspended.
    /// @param account The account.
    /// @return roles Bitmap.
    function rolesOf(address account) external view returns (uint16 roles);

    /// @notice Whether an account may act in a role now.
    /// @param account The account.
    /// @param role The role; `None` is never held.
    function actsAs(address account, Role role) external view returns (bool);

    /// @notice The organisation that a log belongs to; zero if the log is not registered.
    /// @param logId keccak256 of the log's origin.
    function logOwner(bytes32 logId) external view returns (bytes32 orgId);

    /// @notice Whether an account may anchor a log now: it belongs to the log's organisation and acts as operator.
    /// @param logId keccak256 of the log's origin.
    /// @param account The account.
    function isLogOperator(bytes32 logId, address account) external view returns (bool);

    /// @notice Whether an account may act for a subject now: it represents the subject and acts as enterprise.
    /// @param subjectTag The subject's pseudonym.
    /// @param account The account.
    function mayActFor(bytes32 subjectTag, address account) external view returns (bool);

    /// @notice The authority that appointed an account to represent a subject; zero if the account does not.
    /// @param subjectTag The subject's pseudonym.
    /// @param account The account.
    function appointerOf(bytes32 subjectTag, address account) external view returns (bytes32 orgId);

    /// @notice Whether an organisation has an account that represents a subject, even a retired one or one without roles
    /// for now: such an organisation is partial in the subject's cases.
    /// @param subjectTag The subject's pseudonym.
    /// @param orgId The organisation.
    function representsSubject(bytes32 orgId, bytes32 subjectTag) external view returns (bool);
}
