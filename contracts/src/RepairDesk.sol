// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {CaseBook} from "./CaseBook.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IEvidenceLog} from "./interfaces/IEvidenceLog.sol";
import {IRepairDesk} from "./interfaces/IRepairDesk.sol";
import {IRulePacks} from "./interfaces/IRulePacks.sol";

/// @title Repair desk
/// @dev Nothing here decides but the rules: there is no function by which the admin or anyone else sets a status, ends a
/// case or changes a fact in another's place.
contract RepairDesk is CaseBook {
    /// @inheritdoc IRepairDesk
    string public constant VERSION = "1";

    uint8 private constant HIGHEST_SCORE = 100;

    uint8 private constant LAST_MATERIAL = 63;

    /// @param consortium_ The contract that says who may act as what.
    /// @param evidenceLog_ The contract that says which trees are anchored; of the same consortium.
    /// @param rulePacks_ The contract that keeps the rule packs; of the same consortium.
    constructor(IConsortium consortium_, IEvidenceLog evidenceLog_, IRulePacks rulePacks_)
        CaseBook(consortium_, evidenceLog_, rulePacks_)
    {}

    // ---------------------------------------------------------------------------------------------- by the applicant

    /// @inheritdoc IRepairDesk
    function open(
        Sanction calldata sanction,
        bytes32 logId,
        bytes32 root,
        uint64 leafIndex,
        bytes32[] calldata path,
        Material[] calldata materials
    ) external returns (uint256 caseId) {
        _requireApplicant(sanction.terms.subjectTag);
        bytes32 leafHash = leafHashOf(sanction);
        _requireIncluded(leafHash, sanction.terms.authority, logId, root, leafIndex, path);

        caseId = _nextCaseId++;
        (bytes32 materialsHash, uint64 kinds) = _fold(leafHash, 0, materials);
        uint64 dueAt = _open(caseId, leafHash, sanction, materialsHash, kinds);
        if (materials.length != 0) {
            emit MaterialsSubmitted(caseId, msg.sender, materials, materialsHash, dueAt);
        }
    }

    /// @inheritdoc IRepairDesk
    function supplement(uint256 caseId, Material[] calldata materials) external {
        uint40 clock = _runningClock();
        CaseFile storage file = _underWay(caseId);
        _requireApplicant(file.subjectTag);
        if (materials.length == 0) {
            revert RepairDeskNoMaterials(caseId);
        }

        if (file.state == CaseState.SupplementAsked) {
            file.state = CaseState.Open;
            file.dueAt = clock + rulePacks.rulesOf(file.packNumber).intakePeriod;
        } else if (file.state == CaseState.UnderReview) {
            _requireInTime(caseId, file, clock);
            _voidApprovals(caseId, file);
        }
        (file.materialsHash, file.materials) = _fold(file.materialsHash, file.materials, materials);
        emit MaterialsSubmitted(caseId, msg.sender, materials, file.materialsHash, _momentOf(file.dueAt));
    }

    /// @inheritdoc IRepairDesk
    function withdraw(uint256 caseId) external {
        _runningClock();
        CaseFile storage file = _underWay(caseId);
        _requireApplicant(file.subjectTag);

        _endUnrepaired(file, CaseState.Withdrawn);
        emit CaseWithdrawn(caseId, msg.sender);
    }

    // ---------------------------------------------------------------------------------------------- by the authority

    /// @inheritdoc IRepairDesk
    function askSupplement(uint256 caseId, uint64 kinds, bytes32 notice) external {
        uint40 clock = _runningClock();
        CaseFile storage file = _in(caseId, CaseState.Open);
        _requireAuthority(file.authority);
        _requireInTime(caseId, file, clock);
        IRulePacks.Rules memory rules = rulePacks.rulesOf(file.packNumber);
        if (file.supplementRequests >= rules.supplementRequests) {
            revert RepairDeskTooManyRequests(caseId, rules.supplementRequests);
        }

        file.state = CaseState.SupplementAsked;
        file.escalated = false;
        file.supplementRequests += 1;
        file.dueAt = clock + rules.supplementPeriod;
        emit SupplementAsked(caseId, msg.sender, kinds, notice, _momentOf(file.dueAt));
    }

    /// @inheritdoc IRepairDesk
    function accept(uint256 caseId) external {
        uint40 clock = _runningClock();
        CaseFile storage file = _in(caseId, CaseState.Open);
        _requireAuthority(file.authority);
        IRulePacks.Rules memory rules = rulePacks.rulesOf(file.packNumber);
        _requireMaterials(caseId, file, rules);

        _beginReview(caseId, file, rules, clock);
    }

    /// @inheritdoc IRepairDesk
    function confirm(uint256 caseId, bool performed, bytes32 statement) external {
        uint40 clock = _runningClock();
        CaseFile storage file = _underWay(caseId);
        _requireAuthority(file.authority);
        if (file.performed) {
            if (file.state == CaseState.UnderReview) {
                _requireInTime(caseId, file, clock);
                _voidApprovals(caseId, file);
            }
        } else if (!performed) {
            revert RepairDeskNotConfirmed(caseId);
        }

        file.performed = performed;
        if (!performed) {
            emit ConfirmationWithdrawn(caseId, msg.sender, statement);
            return;
        }
        emit PerformanceConfirmed(caseId, msg.sender, statement);
        IRulePacks.Rules memory rules = rulePacks.rulesOf(file.packNumber);
        if (file.state == CaseState.Open && _missing(file, rules) == 0) {
            _beginReview(caseId, file, rules, clock);
        }
        _repairIfAllHold(caseId, file, rules);
    }

    /// @inheritdoc IRepairDesk
    function refuse(uint256 caseId, bytes32 reasons) external {
        uint40 clock = _runningClock();
        CaseFile storage file = _underWay(caseId);
        _requireAuthority(file.authority);
        if (file.state == CaseState.SupplementAsked) {
            revert RepairDeskWrongState(caseId, file.state);
        }
        if (file.state == CaseState.UnderReview) {
            _requireInTime(caseId, file, clock);
        }

        _endUnrepaired(file, CaseState.Refused);
        emit CaseRefused(caseId, msg.sender, reasons);
    }

    /// @inheritdoc IRepairDesk
    function revoke(uint256 caseId, bytes32 findings) external {
        _runningClock();
        CaseFile storage file = _in(caseId, CaseState.Repaired);
        _requireAuthority(file.authority);
        (SanctionState state,) = _statusOf(file.leafHash);
        if (state != SanctionState.Repaired) {
            revert RepairDeskWrongStatus(file.leafHash, state);
        }

        Revocation storage proposal = _revocations[caseId];
        address proposedBy = proposal.account;
        // An account never changes its organisation: one that still acts as authority does so for this one.
        bool seconds_ = proposal.findings == findings && _acts(proposedBy, IConsortium.Role.Authority);
        if (!seconds_) {
            proposal.account = msg.sender;
            proposal.findings = findings;
            emit RevocationProposed(caseId, msg.sender, findings);
            return;
        }
        if (proposedBy == msg.sender) {
            revert RepairDeskSameKey(caseId, msg.sender);
        }

        delete _revocations[caseId];
        file.state = CaseState.Revoked;
        emit CaseRevoked(caseId, file.leafHash, proposedBy, msg.sender, findings);
        _changeStatus(file.leafHash, SanctionState.Revoked);
        _bar(caseId, file.subjectTag, rulePacks.packOf(file.packNumber).falseMaterialBar);
    }

    /// @inheritdoc IRepairDesk
    function annul(
        Sanction calldata sanction,
        bytes32 logId,
        bytes32 root,
        uint64 leafIndex,
        bytes32[] calldata path,
        uint256 caseId,
        bytes32 grounds
    ) external {
        _runningClock();
        bytes32 authority = sanction.terms.authority;
        _requireAuthority(authority);
        bytes32 leafHash = leafHashOf(sanction);
        _requireIncluded(leafHash, authority, logId, root, leafIndex, path);
        (SanctionState state, SanctionState unshielded) = _statusOf(leafHash);
        if (state == SanctionState.Annulled) {
            revert RepairDeskWrongStatus(leafHash, state);
        }

        _endAnnulled(leafHash, unshielded, caseId);
        _changeStatus(leafHash, SanctionState.Annulled);
        emit SanctionAnnulled(leafHash, authority, msg.sender, caseId, grounds);
    }

    /// @inheritdoc IRepairDesk
    function shield(
        Sanction calldata sanction,
        bytes32 logId,
        bytes32 root,
        uint64 leafIndex,
        bytes32[] calldata path,
        bytes32 ruling
    ) external {
        _runningClock();
        bytes32 authority = sanction.terms.authority;
        _requireAuthority(authority);
        bytes32 leafHash = leafHashOf(sanction);
        _requireIncluded(leafHash, authority, logId, root, leafIndex, path);
        (SanctionState state,) = _statusOf(leafHash);
        if (state == SanctionState.Shielded || state == SanctionState.Repaired || state == SanctionState.Annulled) {
            revert RepairDeskWrongStatus(leafHash, state);
        }

        _writeStatus(leafHash, SanctionState.Shielded, state);
        emit SanctionShielded(leafHash, authority, msg.sender, ruling);
    }

    /// @inheritdoc IRepairDesk
    function unshield(Sanction calldata sanction, bytes32 ruling) external {
        _runningClock();
        bytes32 authority = sanction.terms.authority;
        _requireAuthority(authority);
        // Only an entry that was proven to be the authority's can have been shielded.
        bytes32 leafHash = leafHashOf(sanction);
        (SanctionState state, SanctionState unshielded) = _statusOf(leafHash);
        if (state != SanctionState.Shielded) {
            revert RepairDeskWrongStatus(leafHash, state);
        }

        _writeStatus(leafHash, unshielded, SanctionState.None);
        emit SanctionUnshielded(leafHash, authority, msg.sender, ruling);
    }

    // ---------------------------------------------------------------------- by reviewers, objectors, arbiters, anyone

    /// @inheritdoc IRepairDesk
    function approve(uint256 caseId, bytes32 materialsHash, uint8 score) external {
        uint40 clock = _runningClock();
        CaseFile storage file = _underWay(caseId);
        if (!_acts(msg.sender, IConsortium.Role.Reviewer)) {
            revert RepairDeskNotReviewer(msg.sender);
        }
        if (file.state == CaseState.SupplementAsked) {
            revert RepairDeskWrongState(caseId, file.state);
        }
        bytes32 orgId = consortium.orgOf(msg.sender);
        if (_parts[caseId][orgId].arbitrated || consortium.representsSubject(orgId, file.subjectTag)) {
            revert RepairDeskNotIndependent(caseId, orgId);
        }
        IRulePacks.Rules memory rules = rulePacks.rulesOf(file.packNumber);
        _requireMaterials(caseId, file, rules);
        if (materialsHash != file.materialsHash) {
            revert RepairDeskOtherMaterials(caseId, file.materialsHash, materialsHash);
        }
        if (score < rules.leastInspectionScore || score > HIGHEST_SCORE) {
            revert RepairDeskScoreOutOfBounds(caseId, score, rules.leastInspectionScore, HIGHEST_SCORE);
        }
        if (_hasApproved(caseId, orgId, file.voided, file.approvals)) {
            revert RepairDeskAlreadyApproved(caseId, orgId);
        }

        if (file.state == CaseState.Open) {
            _beginReview(caseId, file, rules, clock);
        }
        _approvals[caseId][file.approvals] = orgId;
        file.approvals += 1;
        emit CaseApproved(caseId, orgId, msg.sender, materialsHash, score);
        _repairIfAllHold(caseId, file, rules);
    }

    /// @inheritdoc IRepairDesk
    function object(uint256 caseId, bytes32 grounds) external {
        uint40 clock = _runningClock();
        CaseFile storage file = _underWay(caseId);
        if (consortium.rolesOf(msg.sender) == 0) {
            revert RepairDeskNotMember(msg.sender);
        }
        if (_objectionsAreOver(file, clock)) {
            revert RepairDeskTooLate(caseId, _momentOf(file.objectionsUntil));
        }
        bytes32 orgId = consortium.orgOf(msg.sender);
        PartFile storage part = _parts[caseId][orgId];
        if (part.objection != ObjectionState.None) {
            revert RepairDeskAlreadyObjected(caseId, orgId);
        }

        part.objection = ObjectionState.Raised;
        part.dueAt = clock + rulePacks.rulesOf(file.packNumber).arbitrationPeriod;
        file.openObjections += 1;
        emit ObjectionRaised(caseId, orgId, msg.sender, grounds, _momentOf(part.dueAt));
    }

    /// @inheritdoc IRepairDesk
    function resolve(uint256 caseId, bytes32 objector, bool upheld, bytes32 reasons) external {
        _runningClock();
        CaseFile storage file = _underWay(caseId);
        if (!_acts(msg.sender, IConsortium.Role.Arbiter)) {
            revert RepairDeskNotArbiter(msg.sender);
        }
        PartFile storage part = _raised(caseId, objector);
        bytes32 arbiter = consortium.orgOf(msg.sender);
        if (
            arbiter == objector || arbiter == file.authority || _hasApproved(caseId, arbiter, 0, file.approvals)
                || consortium.representsSubject(arbiter, file.subjectTag)
        ) {
            revert RepairDeskNotIndependent(caseId, arbiter);
        }

        file.openObjections -= 1;
        if (upheld) {
            part.objection = ObjectionState.Upheld;
            emit ObjectionUpheld(caseId, objector, arbiter, msg.sender, reasons);
            _endUnrepaired(file, CaseState.Refused);
            emit CaseRefused(caseId, msg.sender, reasons);
        } else {
            part.objection = ObjectionState.Dismissed;
            emit ObjectionDismissed(caseId, objector, arbiter, msg.sender, reasons);
            // Where the case ends here, nobody can ask any more what part the arbiter took.
            if (!_repairIfAllHold(caseId, file, rulePacks.rulesOf(file.packNumber))) {
                _parts[caseId][arbiter].arbitrated = true;
            }
        }
    }

    /// @inheritdoc IRepairDesk
    function trigger(uint256 caseId) external {
        _runningClock();
        CaseFile storage file = _in(caseId, CaseState.UnderReview);
        if (!_repairIfAllHold(caseId, file, rulePacks.rulesOf(file.packNumber))) {
            revert RepairDeskConditionsNotMet(caseId, conditions(caseId));
        }
    }

    /// @inheritdoc IRepairDesk
    function escalate(uint256 caseId) external {
        uint40 clock = _runningClock();
        CaseFile storage file = _underWay(caseId);
        if (clock < file.dueAt) {
            revert RepairDeskNotOverdue(caseId, _momentOf(file.dueAt));
        }
        CaseState state = file.state;
        IRulePacks.Rules memory rules = rulePacks.rulesOf(file.packNumber);
        if (state == CaseState.UnderReview && file.performed && _isApproved(caseId, file, rules)) {
            revert RepairDeskNotOverdue(caseId, 0);
        }

        if (file.escalated || state == CaseState.SupplementAsked) {
            _lapse(caseId, file);
        } else {
            file.escalated = true;
            file.dueAt = clock + (state == CaseState.Open ? rules.intakePeriod : rules.reviewPeriod);
            emit CaseEscalated(caseId, msg.sender, state, _momentOf(file.dueAt));
        }
    }

    /// @inheritdoc IRepairDesk
    function escalateObjection(uint256 caseId, bytes32 objector) external {
        uint40 clock = _runningClock();
        CaseFile storage file = _underWay(caseId);
        PartFile storage part = _raised(caseId, objector);
        if (clock < part.dueAt) {
            revert RepairDeskNotOverdue(caseId, _momentOf(part.dueAt));
        }

        if (part.escalated) {
            _lapse(caseId, file);
        } else {
            part.escalated = true;
            part.dueAt = clock + rulePacks.rulesOf(file.packNumber).arbitrationPeriod;
            emit ObjectionEscalated(caseId, objector, msg.sender, _momentOf(part.dueAt));
        }
    }

    // ------------------------------------------------------------------------------------------------------- private

    /// @dev Checks what only opening checks (C7, C9, C10), and writes the case.
    function _open(
        uint256 caseId,
        bytes32 leafHash,
        Sanction calldata sanction,
        bytes32 materialsHash,
        uint64 materials
    ) private returns (uint64 moment) {
        uint40 dueAt = _runningClock();
        Terms calldata terms = sanction.terms;
        SanctionState before = _requireOpenable(leafHash, terms);
        (uint32 packNumber, uint32 intakePeriod) =
            rulePacks.checkTerms(terms.rulePack, terms.authority, terms.grade, terms.decidedAt, terms.earliestRepairAt);
        dueAt += intakePeriod;
        moment = _momentOf(dueAt);

        CaseFile storage file = _cases[caseId];
        file.leafHash = leafHash;
        file.subjectTag = terms.subjectTag;
        file.authority = terms.authority;
        file.materialsHash = materialsHash;
        _writeFirst(file, before, packNumber, terms, dueAt, materials);
        emit CaseOpened(caseId, leafHash, msg.sender, sanction.recordDigest, terms, moment);
        _changeStatus(leafHash, SanctionState.UnderRepair);
    }

    /// @dev Writes the fields of slot 4 together, which is cheaper than one by one.
    function _writeFirst(
        CaseFile storage file,
        SanctionState before,
        uint32 packNumber,
        Terms calldata terms,
        uint40 dueAt,
        uint64 materials
    ) private {
        uint40 earliestRepairAt = _toUint40(terms.earliestRepairAt);
        uint40 attachedTermUntil = _toUint40(terms.attachedTermUntil);
        file.state = CaseState.Open;
        file.before = before;
        file.packNumber = packNumber;
        file.earliestRepairAt = earliestRepairAt;
        file.attachedTermUntil = attachedTermUntil;
        file.dueAt = dueAt;
        file.materials = materials;
    }

    /// @dev What the sanction is now, if a case may be opened for it.
    function _requireOpenable(bytes32 leafHash, Terms calldata terms) private view returns (SanctionState unshielded) {
        SanctionState state;
        (state, unshielded) = _statusOf(leafHash);
        if (unshielded != SanctionState.None && unshielded != SanctionState.Revoked) {
            revert RepairDeskWrongStatus(leafHash, state);
        }
        if (!terms.repairable) {
            revert RepairDeskNotRepairable(leafHash);
        }
        uint64 until = barredUntil[terms.subjectTag];
        // forge-lint: disable-next-line(block-timestamp)
        if (block.timestamp < until) {
            revert RepairDeskBarred(terms.subjectTag, until);
        }
    }

    function _beginReview(uint256 caseId, CaseFile storage file, IRulePacks.Rules memory rules, uint40 clock) private {
        file.state = CaseState.UnderReview;
        file.escalated = false;
        file.dueAt = clock + rules.reviewPeriod;
        file.objectionsUntil = clock + rules.objectionWindow;
        emit ReviewBegun(caseId, msg.sender, _momentOf(file.dueAt), _momentOf(file.objectionsUntil));
    }

    function _voidApprovals(uint256 caseId, CaseFile storage file) private {
        uint16 approvals = file.approvals;
        uint16 standing = approvals - file.voided;
        if (standing != 0) {
            file.voided = approvals;
            emit ApprovalsVoided(caseId, standing);
        }
    }

    /// @dev The only place where a sanction becomes repaired.
    function _repairIfAllHold(uint256 caseId, CaseFile storage file, IRulePacks.Rules memory rules)
        private
        returns (bool)
    {
        if (file.state != CaseState.UnderReview) {
            return false;
        }
        Conditions memory now_ = _conditions(caseId, file, rules);
        bool all = now_.periodOver && now_.performed && now_.committed && now_.materialsComplete && now_.approved
            && now_.unopposed && now_.repairable && now_.attachedTermOver && now_.notBarred && now_.packKept
            && now_.notPaused;
        if (all) {
            file.state = CaseState.Repaired;
            emit CaseRepaired(caseId, file.leafHash, msg.sender);
            _changeStatus(file.leafHash, SanctionState.Repaired);
        }
        return all;
    }

    function _lapse(uint256 caseId, CaseFile storage file) private {
        _endUnrepaired(file, CaseState.Lapsed);
        emit CaseLapsed(caseId, msg.sender);
    }

    function _endUnrepaired(CaseFile storage file, CaseState state) private {
        file.state = state;
        _changeStatus(file.leafHash, file.before);
    }

    /// @dev Ends the case that is under way for the sanction, which the caller must have named; otherwise none.
    function _endAnnulled(bytes32 leafHash, SanctionState unshielded, uint256 caseId) private {
        CaseFile storage file = _cases[caseId];
        bool isUnderWay = unshielded == SanctionState.UnderRepair;
        bool named = file.leafHash == leafHash && _isUnderWay(file.state);
        if (isUnderWay ? !named : caseId != 0) {
            revert RepairDeskWrongCase(leafHash, caseId);
        }
        if (isUnderWay) {
            file.state = CaseState.Annulled;
        }
    }

    function _bar(uint256 caseId, bytes32 subjectTag, uint32 period) private {
        uint64 until = uint64(block.timestamp) + period;
        if (until > barredUntil[subjectTag]) {
            barredUntil[subjectTag] = until;
            emit SubjectBarred(caseId, subjectTag, until);
        }
    }

    /// @dev Adds materials to the hash of all: `keccak256(abi.encode(hash before, kind, digest))` for each. The hash of none
    /// is the leaf hash of the sanction.
    function _fold(bytes32 hash, uint64 kinds, Material[] calldata materials) private pure returns (bytes32, uint64) {
        for (uint256 i = 0; i < materials.length; ++i) {
            uint8 kind = materials[i].kind;
            bytes32 digest = materials[i].digest;
            if (kind == 0 || kind > LAST_MATERIAL || digest == 0) {
                revert RepairDeskInvalidMaterial(i, kind, digest);
            }
            hash = keccak256(abi.encode(hash, kind, digest));
            kinds |= uint64(1) << kind;
        }
        return (hash, kinds);
    }

    function _toUint40(uint64 time) private pure returns (uint40) {
        if (time > type(uint40).max) {
            revert RepairDeskTimeOutOfRange(time);
        }
        // Checked above.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint40(time);
    }
}
