// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";

/// @title Consortium
/// @dev The account's organisation, the log's owner and an account's retirement are written once and never again.
contract Consortium is IConsortium, Ownable2Step {
    struct Membership {
        bool retired;
        uint16 roles;
    }

    /// @inheritdoc IConsortium
    string public constant VERSION = "1";

    /// @dev Bits 1 to 7: every role but `None`.
    uint16 private constant ALL_ROLES = 0x00fe;

    uint64 private constant SHORTEST_HANDOVER_DELAY = 1 days;

    uint64 private constant LONGEST_HANDOVER_DELAY = 90 days;

    uint256 private constant LONGEST_SLUG = 63;

    uint256 private constant LONGEST_NETWORK = 190;

    /// @inheritdoc IConsortium
    uint64 public immutable handoverDelay;

    /// @inheritdoc IConsortium
    uint64 public handoverAcceptableAt;

    /// @dev One slot: bits 0-7 registered | bits 8-15 suspended | bits 16-31 roles
    mapping(bytes32 orgId => Organisation) private _organisations;

    /// @dev The account's organisation; zero if it has none.
    mapping(address account => bytes32 orgId) private _orgOf;

    /// @dev One slot: bits 0-7 retired | bits 8-23 roles. Kept under the account's organisation, and under no other, so
    /// that whether an account may act for an organisation takes one slot less to find out than by way of `_orgOf`.
    mapping(bytes32 orgId => mapping(address account => Membership)) private _memberships;

    mapping(bytes32 logId => bytes32 orgId) private _logOwners;

    /// @dev The authority that appointed the account; zero if it does not represent the subject.
    mapping(bytes32 subjectTag => mapping(address account => bytes32 orgId)) private _appointers;

    /// @dev How many accounts of an organisation represent the subject.
    mapping(bytes32 subjectTag => mapping(bytes32 orgId => uint256)) private _representatives;

    /// @param admin The first admin; not zero.
    /// @param handoverDelay_ How long a proposed hand-over waits, in seconds: 1 to 90 days.
    constructor(address admin, uint64 handoverDelay_) Ownable(admin) {
        if (handoverDelay_ < SHORTEST_HANDOVER_DELAY || handoverDelay_ > LONGEST_HANDOVER_DELAY) {
            revert ConsortiumHandoverDelayOutOfBounds(handoverDelay_, SHORTEST_HANDOVER_DELAY, LONGEST_HANDOVER_DELAY);
        }
        handoverDelay = handoverDelay_;
    }

    /// @inheritdoc IConsortium
    function registerOrganisation(string calldata slug, uint16 roles) external onlyOwner returns (bytes32 orgId) {
        if (!_isSlug(bytes(slug))) {
            revert ConsortiumInvalidSlug(slug);
        }
        _requireValid(roles);
        orgId = keccak256(bytes(slug));
        if (_organisations[orgId].registered) {
            revert ConsortiumOrganisationExists(orgId);
        }

        _organisations[orgId] = Organisation({registered: true, suspended: false, roles: roles});
        emit OrganisationRegistered(orgId, roles, slug);
    }

    /// @inheritdoc IConsortium
    function setOrganisationRoles(bytes32 orgId, uint16 roles) external onlyOwner {
        Organisation storage org = _registered(orgId);
        _requireValid(roles);

        uint16 previousRoles = org.roles;
        org.roles = roles;
        emit OrganisationRolesChanged(orgId, previousRoles, roles);
    }

    /// @inheritdoc IConsortium
    function suspendOrganisation(bytes32 orgId) external onlyOwner {
        Organisation storage org = _registered(orgId);
        if (org.suspended) {
            revert ConsortiumOrganisationSuspended(orgId);
        }

        org.suspended = true;
        emit OrganisationSuspended(orgId);
    }

    /// @inheritdoc IConsortium
    function resumeOrganisation(bytes32 orgId) external onlyOwner {
        Organisation storage org = _registered(orgId);
        if (!org.suspended) {
            revert ConsortiumOrganisationNotSuspended(orgId);
        }

        org.suspended = false;
        emit OrganisationResumed(orgId);
    }

    /// @inheritdoc IConsortium
    function registerAccount(address account, bytes32 orgId, uint16 roles) external onlyOwner {
        if (account == address(0)) {
            revert ConsortiumZeroAccount();
        }
        Organisation storage org = _registered(orgId);
        _requireWithin(orgId, org, roles);
        bytes32 presentOrgId = _orgOf[account];
        if (presentOrgId != 0) {
            revert ConsortiumAccountExists(account, presentOrgId);
        }

        _orgOf[account] = orgId;
        _memberships[orgId][account] = Membership({retired: false, roles: roles});
        emit AccountRegistered(account, orgId, roles);
    }

    /// @inheritdoc IConsortium
    function setAccountRoles(address account, uint16 roles) external onlyOwner {
        (bytes32 orgId, Membership storage membership) = _active(account);
        _requireWithin(orgId, _organisations[orgId], roles);

        uint16 previousRoles = membership.roles;
        membership.roles = roles;
        emit AccountRolesChanged(account, orgId, previousRoles, roles);
    }

    /// @inheritdoc IConsortium
    function retireAccount(address account) external onlyOwner {
        (bytes32 orgId, Membership storage membership) = _active(account);

        membership.retired = true;
        emit AccountRetired(account, orgId);
    }

    /// @inheritdoc IConsortium
    function registerLog(string calldata origin) external onlyOwner returns (bytes32 logId) {
        bytes32 orgId = _orgIdOfOrigin(origin);
        _registered(orgId);
        logId = keccak256(bytes(origin));
        if (_logOwners[logId] != 0) {
            revert ConsortiumLogExists(logId, orgId);
        }

        _logOwners[logId] = orgId;
        emit LogRegistered(logId, orgId, origin);
    }

    /// @inheritdoc IConsortium
    function appointRepresentative(bytes32 subjectTag, address account) external {
        _requireRole(msg.sender, Role.Authority);
        if (subjectTag == 0) {
            revert ConsortiumZeroSubjectTag();
        }
        bytes32 appointedBy = _appointers[subjectTag][account];
        if (appointedBy != 0) {
            revert ConsortiumAlreadyRepresentative(subjectTag, account, appointedBy);
        }
        _requireRole(account, Role.Enterprise);

        appointedBy = _orgOf[msg.sender];
        bytes32 orgId = _orgOf[account];
        _appointers[subjectTag][account] = appointedBy;
        _representatives[subjectTag][orgId] += 1;
        emit RepresentativeAppointed(subjectTag, account, orgId, appointedBy);
    }

    /// @inheritdoc IConsortium
    function dismissRepresentative(bytes32 subjectTag, address account) external {
        bytes32 appointedBy = _appointers[subjectTag][account];
        if (appointedBy == 0) {
            revert ConsortiumNotRepresentative(subjectTag, account);
        }
        if (msg.sender != owner()) {
            if (_orgOf[msg.sender] != appointedBy) {
                revert ConsortiumNotAppointer(subjectTag, account, appointedBy, msg.sender);
            }
            _requireRole(msg.sender, Role.Authority);
        }

        bytes32 orgId = _orgOf[account];
        _appointers[subjectTag][account] = 0;
        _representatives[subjectTag][orgId] -= 1;
        emit RepresentativeDismissed(subjectTag, account, orgId, msg.sender);
    }

    /// @notice Proposes to hand over to another admin, who may accept after `handoverDelay` seconds. A new proposal
    /// replaces the one before; a proposal to the zero address withdraws it.
    /// @param newOwner The admin to be.
    function transferOwnership(address newOwner) public override {
        super.transferOwnership(newOwner);
        handoverAcceptableAt = newOwner == address(0) ? 0 : uint64(block.timestamp) + handoverDelay;
        emit HandoverProposed(newOwner, handoverAcceptableAt);
    }

    /// @notice Completes the hand-over; by the proposed admin, once the delay is over.
    function acceptOwnership() public override {
        uint64 acceptableAt = handoverAcceptableAt;
        // The seconds that a validator can shift its clock by do not matter to a delay of days.
        // forge-lint: disable-next-line(block-timestamp)
        if (msg.sender == pendingOwner() && block.timestamp < acceptableAt) {
            revert ConsortiumHandoverTooEarly(acceptableAt);
        }
        handoverAcceptableAt = 0;
        super.acceptOwnership();
    }

    /// @notice Always refused: the consortium would be left without an admin.
    function renounceOwnership() public pure override {
        revert ConsortiumAdminRequired();
    }

    /// @inheritdoc IConsortium
    function organisation(bytes32 orgId) external view returns (Organisation memory) {
        return _organisations[orgId];
    }

    /// @inheritdoc IConsortium
    function isSuspended(bytes32 orgId) external view returns (bool) {
        return _organisations[orgId].suspended;
    }

    /// @inheritdoc IConsortium
    function accountOf(address account) external view returns (Account memory) {
        bytes32 orgId = _orgOf[account];
        Membership storage membership = _memberships[orgId][account];
        return Account({orgId: orgId, retired: membership.retired, roles: membership.roles});
    }

    /// @inheritdoc IConsortium
    function orgOf(address account) external view returns (bytes32 orgId) {
        return _orgOf[account];
    }

    /// @inheritdoc IConsortium
    function logOwner(bytes32 logId) external view returns (bytes32 orgId) {
        return _logOwners[logId];
    }

    /// @inheritdoc IConsortium
    function isLogOperator(bytes32 logId, address account) external view returns (bool) {
        // An unregistered log belongs to organisation zero, in which nobody has roles.
        return _contains(_rolesIn(_logOwners[logId], account), Role.Operator);
    }

    /// @inheritdoc IConsortium
    function mayActFor(bytes32 subjectTag, address account) external view returns (bool) {
        return _appointers[subjectTag][account] != 0 && actsAs(account, Role.Enterprise);
    }

    /// @inheritdoc IConsortium
    function appointerOf(bytes32 subjectTag, address account) external view returns (bytes32 orgId) {
        return _appointers[subjectTag][account];
    }

    /// @inheritdoc IConsortium
    function representsSubject(bytes32 orgId, bytes32 subjectTag) external view returns (bool) {
        return _representatives[subjectTag][orgId] != 0;
    }

    /// @inheritdoc IConsortium
    function rolesOf(address account) public view returns (uint16 roles) {
        return _rolesIn(_orgOf[account], account);
    }

    /// @inheritdoc IConsortium
    function actsAs(address account, Role role) public view returns (bool) {
        return _contains(rolesOf(account), role);
    }

    /// @dev The roles in which the account may act for the organisation now; none for another than its own.
    function _rolesIn(bytes32 orgId, address account) private view returns (uint16 roles) {
        Membership storage membership = _memberships[orgId][account];
        Organisation storage org = _organisations[orgId];
        return membership.retired || org.suspended ? 0 : membership.roles & org.roles;
    }

    function _registered(bytes32 orgId) private view returns (Organisation storage org) {
        org = _organisations[orgId];
        if (!org.registered) {
            revert ConsortiumUnknownOrganisation(orgId);
        }
    }

    function _active(address account) private view returns (bytes32 orgId, Membership storage membership) {
        orgId = _orgOf[account];
        if (orgId == 0) {
            revert ConsortiumUnknownAccount(account);
        }
        membership = _memberships[orgId][account];
        if (membership.retired) {
            revert ConsortiumAccountRetired(account, orgId);
        }
    }

    function _requireRole(address account, Role role) private view {
        if (!actsAs(account, role)) {
            revert ConsortiumNotInRole(account, role);
        }
    }

    function _requireWithin(bytes32 orgId, Organisation storage org, uint16 roles) private view {
        _requireValid(roles);
        if (roles & ~org.roles != 0) {
            revert ConsortiumRolesBeyondOrganisation(orgId, roles, org.roles);
        }
    }

    function _contains(uint16 roles, Role role) private pure returns (bool) {
        return (roles >> uint8(role)) & 1 == 1;
    }

    function _requireValid(uint16 roles) private pure {
        if (roles & ~ALL_ROLES != 0) {
            revert ConsortiumInvalidRoles(roles);
        }
    }

    /// @dev The id of the organisation that an origin `<network>/<slug>` names. The network has no slash, so the first
    /// one is the only one that a well-formed origin has.
    function _orgIdOfOrigin(string calldata origin) private pure returns (bytes32) {
        bytes calldata text = bytes(origin);
        uint256 slash = 0;
        while (slash < text.length && (_isSlugCharacter(text[slash]) || text[slash] == ".")) {
            ++slash;
        }
        if (slash == 0 || slash > LONGEST_NETWORK || slash == text.length || text[slash] != "/") {
            revert ConsortiumInvalidOrigin(origin);
        }
        bytes calldata slug = text[slash + 1:];
        if (!_isSlug(slug)) {
            revert ConsortiumInvalidOrigin(origin);
        }
        return keccak256(slug);
    }

    /// @dev `[a-z0-9][a-z0-9-]{1,62}`
    function _isSlug(bytes calldata text) private pure returns (bool) {
        if (text.length < 2 || text.length > LONGEST_SLUG || text[0] == "-") {
            return false;
        }
        for (uint256 i = 0; i < text.length; ++i) {
            if (!_isSlugCharacter(text[i])) {
                return false;
            }
        }
        return true;
    }

    function _isSlugCharacter(bytes1 character) private pure returns (bool) {
        return (character >= "a" && character <= "z") || (character >= "0" && character <= "9") || character == "-";
    }
}
