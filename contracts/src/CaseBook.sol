// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {DeskClock} from "./DeskClock.sol";
import {SanctionStatus} from "./SanctionStatus.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IEvidenceLog} from "./interfaces/IEvidenceLog.sol";
import {IRepairDesk} from "./interfaces/IRepairDesk.sol";
import {IRulePacks} from "./interfaces/IRulePacks.sol";

/// @title Book of cases
/// @dev The part of the repair desk that keeps cases and says how they stand: it changes nothing.
abstract contract CaseBook is SanctionStatus, DeskClock {
    /// @dev A case. Six slots, of which the last is written when the first fact comes:
    ///      slot 0: leafHash | slot 1: subjectTag | slot 2: authority | slot 3: materialsHash
    ///      slot 4: state 8 | before 8 | escalated 8 | supplementRequests 8 | packNumber 32 | earliestRepairAt 40 |
    ///              attachedTermUntil 40 | dueAt 40 | materials 64
    ///      slot 5: performed 8 | approvals 16 | voided 16 | openObjections 16 | objectionsUntil 40
    /// `before` is what the sanction was before the case and will be again if it ends without repair. `dueAt` and
    /// `objectionsUntil` are in desk time. `approvals` counts all that were ever given; the first `voided` of them no
    /// longer stand.
    struct CaseFile {
        bytes32 leafHash;
        bytes32 subjectTag;
        bytes32 authority;
        bytes32 materialsHash;
        CaseState state;
        SanctionState before;
        bool escalated;
        uint8 supplementRequests;
        uint32 packNumber;
        uint40 earliestRepairAt;
        uint40 attachedTermUntil;
        uint40 dueAt;
        uint64 materials;
        bool performed;
        uint16 approvals;
        uint16 voided;
        uint16 openObjections;
        uint40 objectionsUntil;
    }

    /// @dev One slot: objection 8 | escalated 8 | dueAt 40 (in desk time) | arbitrated 8
    struct PartFile {
        ObjectionState objection;
        bool escalated;
        uint40 dueAt;
        bool arbitrated;
    }

    struct Revocation {
        address account;
        bytes32 findings;
    }

    /// @inheritdoc IRepairDesk
    IEvidenceLog public immutable evidenceLog;

    /// @inheritdoc IRepairDesk
    IRulePacks public immutable rulePacks;

    /// @dev The next case's id. Above the clock's fields in their slot, which every step reads anyway; from 1, so that the
    /// first case pays no more than the others.
    uint64 internal _nextCaseId = 1;

    mapping(uint256 caseId => CaseFile) internal _cases;

    /// @dev The organisations that have approved, in order.
    mapping(uint256 caseId => mapping(uint256 position => bytes32 orgId)) internal _approvals;

    mapping(uint256 caseId => mapping(bytes32 orgId => PartFile)) internal _parts;

    mapping(uint256 caseId => Revocation) internal _revocations;

    /// @inheritdoc IRepairDesk
    mapping(bytes32 subjectTag => uint64) public barredUntil;

    /// @param consortium_ The contract that says who may act as what.
    /// @param evidenceLog_ The contract that says which trees are anchored; of the same consortium.
    /// @param rulePacks_ The contract that keeps the rule packs; of the same consortium.
    constructor(IConsortium consortium_, IEvidenceLog evidenceLog_, IRulePacks rulePacks_) DeskClock(consortium_) {
        address members = address(consortium_);
        if (members.code.length == 0) {
            revert RepairDeskInvalidContract(members);
        }
        if (address(evidenceLog_).code.length == 0 || address(evidenceLog_.consortium()) != members) {
            revert RepairDeskInvalidContract(address(evidenceLog_));
        }
        if (address(rulePacks_).code.length == 0 || address(rulePacks_.consortium()) != members) {
            revert RepairDeskInvalidContract(address(rulePacks_));
        }
        evidenceLog = evidenceLog_;
        rulePacks = rulePacks_;
    }

    /// @inheritdoc IRepairDesk
    function caseCount() external view returns (uint256) {
        return _nextCaseId - 1;
    }

    /// @inheritdoc IRepairDesk
    function caseOf(uint256 caseId) external view returns (Case memory) {
        CaseFile storage file = _known(caseId);
        return Case({
            leafHash: file.leafHash,
            subjectTag: file.subjectTag,
            authority: file.authority,
            rulePack: rulePacks.rulePackOf(file.packNumber),
            state: file.state,
            escalated: file.escalated,
            supplementRequests: file.supplementRequests,
            performed: file.performed,
            approvals: file.approvals - file.voided,
            openObjections: file.openObjections,
            materials: file.materials,
            materialsHash: file.materialsHash,
            earliestRepairAt: file.earliestRepairAt,
            attachedTermUntil: file.attachedTermUntil,
            dueAt: _isUnderWay(file.state) ? _momentOf(file.dueAt) : 0,
            objectionsUntil: file.objectionsUntil == 0 ? 0 : _momentOf(file.objectionsUntil)
        });
    }

    /// @inheritdoc IRepairDesk
    function approvalsOf(uint256 caseId) external view returns (bytes32[] memory orgIds) {
        CaseFile storage file = _known(caseId);
        uint256 voided = file.voided;
        orgIds = new bytes32[](file.approvals - voided);
        for (uint256 i = 0; i < orgIds.length; ++i) {
            orgIds[i] = _approvals[caseId][voided + i];
        }
    }

    /// @inheritdoc IRepairDesk
    function partOf(uint256 caseId, bytes32 orgId) external view returns (Part memory) {
        PartFile storage part = _parts[caseId][orgId];
        return Part({
            objection: part.objection,
            escalated: part.escalated,
            dueAt: part.objection == ObjectionState.Raised ? _momentOf(part.dueAt) : 0,
            arbitrated: part.arbitrated
        });
    }

    /// @inheritdoc IRepairDesk
    function revocationOf(uint256 caseId) external view returns (address account, bytes32 findings) {
        Revocation storage proposal = _revocations[caseId];
        return (proposal.account, proposal.findings);
    }

    /// @inheritdoc IRepairDesk
    function conditions(uint256 caseId) public view returns (Conditions memory) {
        CaseFile storage file = _known(caseId);
        return _conditions(caseId, file, rulePacks.rulesOf(file.packNumber));
    }

    /// @inheritdoc IRepairDesk
    function leafHashOf(Sanction calldata sanction) public pure returns (bytes32) {
        // 0x00: a leaf. 0x01: version of the entry. 0x01: a sanction.
        return sha256(bytes.concat(hex"000101", sanction.recordDigest, sha256(abi.encode(sanction.terms))));
    }

    function _conditions(uint256 caseId, CaseFile storage file, IRulePacks.Rules memory rules)
        internal
        view
        returns (Conditions memory)
    {
        uint64 kinds = file.materials;
        // Sanctions run for months, and a validator can shift its clock by seconds.
        // forge-lint: disable-start(block-timestamp)
        return Conditions({
            periodOver: block.timestamp >= file.earliestRepairAt,
            performed: file.performed,
            committed: kinds >> rules.commitmentMaterial & 1 == 1,
            materialsComplete: rules.requiredMaterials & ~kinds == 0,
            approved: _isApproved(caseId, file, rules),
            unopposed: file.openObjections == 0 && _objectionsAreOver(file, _clock()),
            repairable: true,
            attachedTermOver: block.timestamp >= file.attachedTermUntil,
            notBarred: block.timestamp >= barredUntil[file.subjectTag],
            packKept: true,
            notPaused: pausedAt == 0
        });
        // forge-lint: disable-end(block-timestamp)
    }

    /// @dev Condition C5. Counts no further than it must: there may be more approvals than the pack asks for.
    function _isApproved(uint256 caseId, CaseFile storage file, IRulePacks.Rules memory rules)
        internal
        view
        returns (bool)
    {
        uint256 end = file.approvals;
        uint256 position = file.voided;
        uint256 missing = rules.approvals;
        while (missing != 0 && end - position >= missing) {
            bytes32 orgId = _approvals[caseId][position];
            if (!consortium.isSuspended(orgId) && !consortium.representsSubject(orgId, file.subjectTag)) {
                --missing;
            }
            ++position;
        }
        return missing == 0;
    }

    /// @dev Whether the organisation gave one of the approvals from `start` to before `end`.
    function _hasApproved(uint256 caseId, bytes32 orgId, uint256 start, uint256 end) internal view returns (bool) {
        for (uint256 i = start; i < end; ++i) {
            if (_approvals[caseId][i] == orgId) {
                return true;
            }
        }
        return false;
    }

    function _acts(address account, IConsortium.Role role) internal view returns (bool) {
        return consortium.actsAs(account, role);
    }

    function _known(uint256 caseId) internal view returns (CaseFile storage file) {
        file = _cases[caseId];
        if (file.state == CaseState.None) {
            revert RepairDeskUnknownCase(caseId);
        }
    }

    function _underWay(uint256 caseId) internal view returns (CaseFile storage file) {
        file = _known(caseId);
        if (!_isUnderWay(file.state)) {
            revert RepairDeskWrongState(caseId, file.state);
        }
    }

    function _in(uint256 caseId, CaseState state) internal view returns (CaseFile storage file) {
        file = _known(caseId);
        if (file.state != state) {
            revert RepairDeskWrongState(caseId, file.state);
        }
    }

    function _raised(uint256 caseId, bytes32 objector) internal view returns (PartFile storage part) {
        part = _parts[caseId][objector];
        if (part.objection != ObjectionState.Raised) {
            revert RepairDeskNoOpenObjection(caseId, objector);
        }
    }

    function _requireApplicant(bytes32 subjectTag) internal view {
        if (!consortium.mayActFor(subjectTag, msg.sender)) {
            revert RepairDeskNotApplicant(subjectTag, msg.sender);
        }
    }

    function _requireAuthority(bytes32 authority) internal view {
        if (consortium.orgOf(msg.sender) != authority || !_acts(msg.sender, IConsortium.Role.Authority)) {
            revert RepairDeskNotAuthority(authority, msg.sender);
        }
    }

    function _requireIncluded(
        bytes32 leafHash,
        bytes32 authority,
        bytes32 logId,
        bytes32 root,
        uint64 leafIndex,
        bytes32[] calldata path
    ) internal view {
        bytes32 logOwner = consortium.logOwner(logId);
        if (logOwner != authority) {
            revert RepairDeskNotLogOfAuthority(logId, logOwner, authority);
        }
        if (!evidenceLog.verifyInclusion(logId, root, leafHash, leafIndex, path)) {
            revert RepairDeskNotIncluded(leafHash, logId, root, leafIndex);
        }
    }

    function _requireInTime(uint256 caseId, CaseFile storage file, uint40 clock) internal view {
        if (clock >= file.dueAt) {
            revert RepairDeskTooLate(caseId, _momentOf(file.dueAt));
        }
    }

    function _requireMaterials(uint256 caseId, CaseFile storage file, IRulePacks.Rules memory rules) internal view {
        uint64 missing = _missing(file, rules);
        if (missing != 0) {
            revert RepairDeskMaterialsMissing(caseId, missing);
        }
    }

    /// @dev The kinds of materials that conditions C3 and C4 lack.
    function _missing(CaseFile storage file, IRulePacks.Rules memory rules) internal view returns (uint64) {
        return (rules.requiredMaterials | uint64(1) << rules.commitmentMaterial) & ~file.materials;
    }

    /// @dev The window is open from the opening of the case; it ends some time after the beginning of the review.
    function _objectionsAreOver(CaseFile storage file, uint40 clock) internal view returns (bool) {
        uint40 until = file.objectionsUntil;
        return until != 0 && clock >= until;
    }

    function _isUnderWay(CaseState state) internal pure returns (bool) {
        return state == CaseState.Open || state == CaseState.SupplementAsked || state == CaseState.UnderReview;
    }
}
