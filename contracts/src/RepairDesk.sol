// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {DeskClock} from "./DeskClock.sol";
import {SanctionStatus} from "./SanctionStatus.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IEvidenceLog} from "./interfaces/IEvidenceLog.sol";
import {IRepairDesk} from "./interfaces/IRepairDesk.sol";
import {IRulePacks} from "./interfaces/IRulePacks.sol";

/// @title Repair desk
/// @dev Nothing here decides but the rules: there is no function by which the admin or anyone else sets a status, ends a
/// case or changes a fact in another's place.
contract RepairDesk is SanctionStatus, DeskClock {
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
    string public constant VERSION = "1";

    uint8 private constant HIGHEST_SCORE = 100;

    uint8 private constant LAST_MATERIAL = 63;

    /// @inheritdoc IRepairDesk
    IEvidenceLog public immutable evidenceLog;

    /// @inheritdoc IRepairDesk
    IRulePacks public immutable rulePacks;

    /// @inheritdoc IRepairDesk
    uint256 public caseCount;

    mapping(uint256 caseId => CaseFile) private _cases;

    /// @dev The organisations that have approved, in order.
    mapping(uint256 caseId => mapping(uint256 position => bytes32 orgId)) private _approvals;

    mapping(uint256 caseId => mapping(bytes32 orgId => PartFile)) private _parts;

    mapping(uint256 caseId => Revocation) private _revocations;

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

        caseId = ++caseCount;
        _open(caseId, leafHash, sanction);
        CaseFile storage file = _cases[caseId];
        (file.materialsHash, file.materials) = _fold(leafHash, 0, materials);
        if (materials.length != 0) {
            emit MaterialsSubmitted(caseId, msg.sender, materials, file.materialsHash, _momentOf(file.dueAt));
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
            file.dueAt = clock + rulePacks.packOf(file.packNumber).intakePeriod;
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
        IRulePacks.Pack memory pack = rulePacks.packOf(file.packNumber);
        if (file.supplementRequests >= pack.supplementRequests) {
            revert RepairDeskTooManyRequests(caseId, pack.supplementRequests);
        }

        file.state = CaseState.SupplementAsked;
        file.escalated = false;
        file.supplementRequests += 1;
        file.dueAt = clock + pack.supplementPeriod;
        emit SupplementAsked(caseId, msg.sender, kinds, notice, _momentOf(file.dueAt));
    }

    /// @inheritdoc IRepairDesk
    function accept(uint256 caseId) external {
        uint40 clock = _runningClock();
        CaseFile storage file = _in(caseId, CaseState.Open);
        _requireAuthority(file.authority);
        IRulePacks.Pack memory pack = rulePacks.packOf(file.packNumber);
        _requireMaterials(caseId, file, pack);

        _beginReview(caseId, file, pack, clock);
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
        IRulePacks.Pack memory pack = rulePacks.packOf(file.packNumber);
        if (file.state == CaseState.Open && _missing(file, pack) == 0) {
            _beginReview(caseId, file, pack, clock);
        }
        _repairIfAllHold(caseId, file, pack);
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
        IRulePacks.Pack memory pack = rulePacks.packOf(file.packNumber);
        _requireMaterials(caseId, file, pack);
        if (materialsHash != file.materialsHash) {
            revert RepairDeskOtherMaterials(caseId, file.materialsHash, materialsHash);
        }
        if (score < pack.leastInspectionScore || score > HIGHEST_SCORE) {
            revert RepairDeskScoreOutOfBounds(caseId, score, pack.leastInspectionScore, HIGHEST_SCORE);
        }
        if (_hasApproved(caseId, orgId, file.voided, file.approvals)) {
            revert RepairDeskAlreadyApproved(caseId, orgId);
        }

        if (file.state == CaseState.Open) {
            _beginReview(caseId, file, pack, clock);
        }
        _approvals[caseId][file.approvals] = orgId;
        file.approvals += 1;
        emit CaseApproved(caseId, orgId, msg.sender, materialsHash, score);
        _repairIfAllHold(caseId, file, pack);
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
        part.dueAt = clock + rulePacks.packOf(file.packNumber).arbitrationPeriod;
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

        _parts[caseId][arbiter].arbitrated = true;
        file.openObjections -= 1;
        if (upheld) {
            part.objection = ObjectionState.Upheld;
            emit ObjectionUpheld(caseId, objector, arbiter, msg.sender, reasons);
            _endUnrepaired(file, CaseState.Refused);
            emit CaseRefused(caseId, msg.sender, reasons);
        } else {
            part.objection = ObjectionState.Dismissed;
            emit ObjectionDismissed(caseId, objector, arbiter, msg.sender, reasons);
            _repairIfAllHold(caseId, file, rulePacks.packOf(file.packNumber));
        }
    }

    /// @inheritdoc IRepairDesk
    function trigger(uint256 caseId) external {
        _runningClock();
        CaseFile storage file = _in(caseId, CaseState.UnderReview);
        if (!_repairIfAllHold(caseId, file, rulePacks.packOf(file.packNumber))) {
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
        IRulePacks.Pack memory pack = rulePacks.packOf(file.packNumber);
        if (state == CaseState.UnderReview && file.performed && _isApproved(caseId, file, pack)) {
            revert RepairDeskNotOverdue(caseId, 0);
        }

        if (file.escalated || state == CaseState.SupplementAsked) {
            _lapse(caseId, file);
        } else {
            file.escalated = true;
            file.dueAt = clock + (state == CaseState.Open ? pack.intakePeriod : pack.reviewPeriod);
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
            part.dueAt = clock + rulePacks.packOf(file.packNumber).arbitrationPeriod;
            emit ObjectionEscalated(caseId, objector, msg.sender, _momentOf(part.dueAt));
        }
    }

    // --------------------------------------------------------------------------------------------------------- views

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
        return _conditions(caseId, file, rulePacks.packOf(file.packNumber));
    }

    /// @inheritdoc IRepairDesk
    function leafHashOf(Sanction calldata sanction) public pure returns (bytes32) {
        // 0x00: a leaf. 0x01: version of the entry. 0x01: a sanction.
        return sha256(bytes.concat(hex"000101", sanction.recordDigest, sha256(abi.encode(sanction.terms))));
    }

    // ------------------------------------------------------------------------------------------------------- internal

    /// @dev Checks what only opening checks (C7, C9, C10), and writes everything but the materials.
    function _open(uint256 caseId, bytes32 leafHash, Sanction calldata sanction) private {
        uint40 clock = _runningClock();
        Terms calldata terms = sanction.terms;
        (SanctionState state, SanctionState unshielded) = _statusOf(leafHash);
        if (unshielded != SanctionState.None && unshielded != SanctionState.Revoked) {
            revert RepairDeskWrongStatus(leafHash, state);
        }
        if (!terms.repairable) {
            revert RepairDeskNotRepairable(leafHash);
        }
        // forge-lint: disable-next-line(block-timestamp)
        if (block.timestamp < barredUntil[terms.subjectTag]) {
            revert RepairDeskBarred(terms.subjectTag, barredUntil[terms.subjectTag]);
        }
        (uint32 packNumber, IRulePacks.Pack memory pack) =
            rulePacks.checkTerms(terms.rulePack, terms.authority, terms.grade, terms.decidedAt, terms.earliestRepairAt);

        CaseFile storage file = _cases[caseId];
        file.leafHash = leafHash;
        file.subjectTag = terms.subjectTag;
        file.authority = terms.authority;
        file.state = CaseState.Open;
        file.before = unshielded;
        file.packNumber = packNumber;
        file.earliestRepairAt = _toUint40(terms.earliestRepairAt);
        file.attachedTermUntil = _toUint40(terms.attachedTermUntil);
        file.dueAt = clock + pack.intakePeriod;
        emit CaseOpened(caseId, leafHash, msg.sender, sanction.recordDigest, terms, _momentOf(file.dueAt));
        _changeStatus(leafHash, SanctionState.UnderRepair);
    }

    function _beginReview(uint256 caseId, CaseFile storage file, IRulePacks.Pack memory pack, uint40 clock) private {
        file.state = CaseState.UnderReview;
        file.escalated = false;
        file.dueAt = clock + pack.reviewPeriod;
        file.objectionsUntil = clock + pack.objectionWindow;
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
    function _repairIfAllHold(uint256 caseId, CaseFile storage file, IRulePacks.Pack memory pack)
        private
        returns (bool)
    {
        if (file.state != CaseState.UnderReview) {
            return false;
        }
        Conditions memory now_ = _conditions(caseId, file, pack);
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

    function _conditions(uint256 caseId, CaseFile storage file, IRulePacks.Pack memory pack)
        private
        view
        returns (Conditions memory)
    {
        uint64 kinds = file.materials;
        // Sanctions run for months, and a validator can shift its clock by seconds.
        // forge-lint: disable-start(block-timestamp)
        return Conditions({
            periodOver: block.timestamp >= file.earliestRepairAt,
            performed: file.performed,
            committed: kinds >> pack.commitmentMaterial & 1 == 1,
            materialsComplete: pack.requiredMaterials & ~kinds == 0,
            approved: _isApproved(caseId, file, pack),
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
    function _isApproved(uint256 caseId, CaseFile storage file, IRulePacks.Pack memory pack)
        private
        view
        returns (bool)
    {
        uint256 end = file.approvals;
        uint256 position = file.voided;
        uint256 missing = pack.approvals;
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
    function _hasApproved(uint256 caseId, bytes32 orgId, uint256 start, uint256 end) private view returns (bool) {
        for (uint256 i = start; i < end; ++i) {
            if (_approvals[caseId][i] == orgId) {
                return true;
            }
        }
        return false;
    }

    function _acts(address account, IConsortium.Role role) private view returns (bool) {
        return consortium.actsAs(account, role);
    }

    function _known(uint256 caseId) private view returns (CaseFile storage file) {
        file = _cases[caseId];
        if (file.state == CaseState.None) {
            revert RepairDeskUnknownCase(caseId);
        }
    }

    function _underWay(uint256 caseId) private view returns (CaseFile storage file) {
        file = _known(caseId);
        if (!_isUnderWay(file.state)) {
            revert RepairDeskWrongState(caseId, file.state);
        }
    }

    function _in(uint256 caseId, CaseState state) private view returns (CaseFile storage file) {
        file = _known(caseId);
        if (file.state != state) {
            revert RepairDeskWrongState(caseId, file.state);
        }
    }

    function _raised(uint256 caseId, bytes32 objector) private view returns (PartFile storage part) {
        part = _parts[caseId][objector];
        if (part.objection != ObjectionState.Raised) {
            revert RepairDeskNoOpenObjection(caseId, objector);
        }
    }

    function _requireApplicant(bytes32 subjectTag) private view {
        if (!consortium.mayActFor(subjectTag, msg.sender)) {
            revert RepairDeskNotApplicant(subjectTag, msg.sender);
        }
    }

    function _requireAuthority(bytes32 authority) private view {
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
    ) private view {
        bytes32 logOwner = consortium.logOwner(logId);
        if (logOwner != authority) {
            revert RepairDeskNotLogOfAuthority(logId, logOwner, authority);
        }
        if (!evidenceLog.verifyInclusion(logId, root, leafHash, leafIndex, path)) {
            revert RepairDeskNotIncluded(leafHash, logId, root, leafIndex);
        }
    }

    function _requireInTime(uint256 caseId, CaseFile storage file, uint40 clock) private view {
        if (clock >= file.dueAt) {
            revert RepairDeskTooLate(caseId, _momentOf(file.dueAt));
        }
    }

    function _requireMaterials(uint256 caseId, CaseFile storage file, IRulePacks.Pack memory pack) private view {
        uint64 missing = _missing(file, pack);
        if (missing != 0) {
            revert RepairDeskMaterialsMissing(caseId, missing);
        }
    }

    /// @dev The kinds of materials that conditions C3 and C4 lack.
    function _missing(CaseFile storage file, IRulePacks.Pack memory pack) private view returns (uint64) {
        return (pack.requiredMaterials | uint64(1) << pack.commitmentMaterial) & ~file.materials;
    }

    /// @dev The window is open from the opening of the case; it ends some time after the beginning of the review.
    function _objectionsAreOver(CaseFile storage file, uint40 clock) private view returns (bool) {
        uint40 until = file.objectionsUntil;
        return until != 0 && clock >= until;
    }

    function _isUnderWay(CaseState state) private pure returns (bool) {
        return state == CaseState.Open || state == CaseState.SupplementAsked || state == CaseState.UnderReview;
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
