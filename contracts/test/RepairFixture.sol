// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ReferenceTree} from "./ReferenceTree.sol";
import {Test} from "./Test.sol";
import {Consortium} from "../src/Consortium.sol";
import {EvidenceLog} from "../src/EvidenceLog.sol";
import {RepairDesk} from "../src/RepairDesk.sol";
import {RulePacks} from "../src/RulePacks.sol";
import {IConsortium} from "../src/interfaces/IConsortium.sol";
import {IRepairDesk} from "../src/interfaces/IRepairDesk.sol";
import {IRulePacks} from "../src/interfaces/IRulePacks.sol";

/// @notice What all tests of the repair desk start from: a consortium with every part filled, one rule pack, and a court
/// whose log holds a sanction of the firm's subject.
abstract contract RepairFixture is Test {
    using ReferenceTree for bytes32[];

    uint64 internal constant START = 1_800_000_000;

    uint64 internal constant INTAKE = 3 days;
    uint64 internal constant SUPPLEMENT = 5 days;
    uint64 internal constant REVIEW = 10 days;
    uint64 internal constant WINDOW = 7 days;
    uint64 internal constant ARBITRATION = 4 days;
    uint64 internal constant BAR = 1095 days;

    uint16 internal constant AUTHORITY = uint16(1) << uint8(IConsortium.Role.Authority);
    uint16 internal constant REVIEWER = uint16(1) << uint8(IConsortium.Role.Reviewer);
    uint16 internal constant ENTERPRISE = uint16(1) << uint8(IConsortium.Role.Enterprise);
    uint16 internal constant ARBITER = uint16(1) << uint8(IConsortium.Role.Arbiter);
    uint16 internal constant AUDITOR = uint16(1) << uint8(IConsortium.Role.Auditor);
    uint16 internal constant OPERATOR = uint16(1) << uint8(IConsortium.Role.Operator);

    bytes32 internal constant COURT = keccak256("court");
    bytes32 internal constant OFFICE = keccak256("office");
    bytes32 internal constant FIRM = keccak256("firm-7");
    bytes32 internal constant LAB = keccak256("lab");
    bytes32 internal constant GUILD = keccak256("guild");
    bytes32 internal constant HALL = keccak256("hall");
    bytes32 internal constant PANEL = keccak256("panel");
    bytes32 internal constant BENCH = keccak256("bench");
    bytes32 internal constant PRESS = keccak256("press");

    bytes32 internal constant COURT_LOG = keccak256("devnet.ledgercredit/court");
    bytes32 internal constant OFFICE_LOG = keccak256("devnet.ledgercredit/office");

    address internal constant ADMIN = address(0xad);
    /// @dev The court's two keys, and its operator.
    address internal constant JUDGE = address(0x10);
    address internal constant CHIEF = address(0x11);
    address internal constant COURT_OPERATOR = address(0x12);
    address internal constant OFFICER = address(0x20);
    address internal constant OFFICE_OPERATOR = address(0x22);
    address internal constant LAWYER = address(0x30);
    /// @dev Reviewers: two of the lab, one each of the guild and the hall.
    address internal constant CHEMIST = address(0x40);
    address internal constant PHYSICIST = address(0x41);
    address internal constant MASTER = address(0x50);
    address internal constant CLERK = address(0x60);
    /// @dev Arbiters.
    address internal constant UMPIRE = address(0x70);
    address internal constant ELDER = address(0x80);
    /// @dev An auditor: a member with no part in a case but to object.
    address internal constant WRITER = address(0x90);
    address internal constant STRANGER = address(0x99);

    bytes32 internal constant TAG = keccak256("subject tag");
    bytes32 internal constant OTHER_TAG = keccak256("another subject tag");
    bytes32 internal constant PACK = keccak256("rule pack");

    bytes32 internal constant NOTE = keccak256("a document");

    uint8 internal constant COMMITMENT = 10;
    uint8 internal constant RECEIPT = 6;
    uint8 internal constant REPORT = 7;
    uint64 internal constant REQUIRED = uint64(1) << RECEIPT | uint64(1) << REPORT;

    Consortium internal _consortium;
    EvidenceLog internal _log;
    RulePacks internal _packs;
    RepairDesk internal _desk;

    /// @dev What the court's and the office's log hold; the sanction of the tests is the court's number 5.
    bytes32[] internal _leaves;

    function deployDesk() internal {
        vm.warp(START);
        _consortium = new Consortium(ADMIN, 2 days);
        _log = new EvidenceLog(_consortium);
        _packs = new RulePacks(_consortium);
        _desk = new RepairDesk(_consortium, _log, _packs);

        _register("court", AUTHORITY | OPERATOR | REVIEWER | ARBITER);
        _register("office", AUTHORITY | OPERATOR);
        _register("firm-7", ENTERPRISE | REVIEWER | ARBITER);
        _register("lab", REVIEWER | ARBITER);
        _register("guild", REVIEWER);
        _register("hall", REVIEWER | ENTERPRISE);
        _register("panel", ARBITER | REVIEWER);
        _register("bench", ARBITER);
        _register("press", AUDITOR);
        _account(JUDGE, COURT, AUTHORITY);
        _account(CHIEF, COURT, AUTHORITY | ARBITER);
        _account(COURT_OPERATOR, COURT, OPERATOR);
        _account(OFFICER, OFFICE, AUTHORITY);
        _account(OFFICE_OPERATOR, OFFICE, OPERATOR);
        _account(LAWYER, FIRM, ENTERPRISE | REVIEWER | ARBITER);
        _account(CHEMIST, LAB, REVIEWER | ARBITER);
        _account(PHYSICIST, LAB, REVIEWER);
        _account(MASTER, GUILD, REVIEWER);
        _account(CLERK, HALL, REVIEWER);
        _account(UMPIRE, PANEL, ARBITER | REVIEWER);
        _account(ELDER, BENCH, ARBITER);
        _account(WRITER, PRESS, AUDITOR);
        asAdmin(abi.encodeCall(_consortium.registerLog, ("devnet.ledgercredit/court")));
        asAdmin(abi.encodeCall(_consortium.registerLog, ("devnet.ledgercredit/office")));
        vm.prank(JUDGE);
        _consortium.appointRepresentative(TAG, LAWYER);
        vm.prank(ADMIN);
        _packs.add(PACK, pack(), new bytes32[](0));

        _leaves = ReferenceTree.sample(9, 7);
        _leaves[5] = leafOf(sanction());
        anchor();
    }

    /// @dev Anchors the leaves in both logs.
    function anchor() internal {
        bytes32 root = _leaves.root(_leaves.length);
        vm.prank(COURT_OPERATOR);
        _log.anchor(COURT_LOG, uint64(_leaves.length), root, new bytes32[](0));
        vm.prank(OFFICE_OPERATOR);
        _log.anchor(OFFICE_LOG, uint64(_leaves.length), root, new bytes32[](0));
    }

    /// @dev Two approvals, a score, one supplement; general sanctions wait for 90 days at least.
    function pack() internal pure returns (IRulePacks.Pack memory) {
        return IRulePacks.Pack({
            requiredMaterials: REQUIRED,
            commitmentMaterial: COMMITMENT,
            approvals: 2,
            leastInspectionScore: 60,
            supplementRequests: 1,
            intakePeriod: uint32(INTAKE),
            supplementPeriod: uint32(SUPPLEMENT),
            reviewPeriod: uint32(REVIEW),
            objectionWindow: uint32(WINDOW),
            arbitrationPeriod: uint32(ARBITRATION),
            falseMaterialBar: uint32(BAR),
            decidedFrom: START - 365 days,
            decidedUntil: START + 365 days,
            leastForMinor: 0,
            leastForGeneral: 90 days,
            leastForSerious: 365 days
        });
    }

    /// @dev Decided 100 days ago; its shortest period has been over for ten.
    function sanction() internal pure returns (IRepairDesk.Sanction memory) {
        return IRepairDesk.Sanction({recordDigest: keccak256("record"), terms: terms()});
    }

    function terms() internal pure returns (IRepairDesk.Terms memory) {
        return IRepairDesk.Terms({
            subjectTag: TAG,
            authority: COURT,
            rulePack: PACK,
            grade: 2,
            repairable: true,
            decidedAt: START - 100 days,
            earliestRepairAt: START - 10 days,
            publicUntil: START + 265 days,
            attachedTermUntil: 0,
            salt: keccak256("salt")
        });
    }

    /// @dev The definition of section 4 of the records' specification, written down as it stands there.
    function leafOf(IRepairDesk.Sanction memory content) internal pure returns (bytes32) {
        bytes memory entry =
            bytes.concat(bytes1(0x01), bytes1(0x01), content.recordDigest, sha256(abi.encode(content.terms)));
        return sha256(bytes.concat(bytes1(0x00), entry));
    }

    /// @dev The commitment letter and all that is required.
    function allMaterials() internal pure returns (IRepairDesk.Material[] memory materials) {
        materials = new IRepairDesk.Material[](3);
        materials[0] = IRepairDesk.Material({kind: COMMITMENT, digest: keccak256("letter")});
        materials[1] = IRepairDesk.Material({kind: RECEIPT, digest: keccak256("receipt")});
        materials[2] = IRepairDesk.Material({kind: REPORT, digest: keccak256("report")});
    }

    function oneMaterial(uint8 kind) internal pure returns (IRepairDesk.Material[] memory materials) {
        materials = new IRepairDesk.Material[](1);
        materials[0] = IRepairDesk.Material({kind: kind, digest: keccak256(abi.encode("one", kind))});
    }

    function fold(bytes32 hash, IRepairDesk.Material[] memory materials) internal pure returns (bytes32) {
        for (uint256 i = 0; i < materials.length; ++i) {
            hash = keccak256(abi.encode(hash, materials[i].kind, materials[i].digest));
        }
        return hash;
    }

    function openCall(IRepairDesk.Sanction memory content, IRepairDesk.Material[] memory materials)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodeCall(
            _desk.open,
            (content, COURT_LOG, _leaves.root(_leaves.length), 5, _leaves.inclusion(5, 0, _leaves.length), materials)
        );
    }

    /// @dev Adds a sanction of other terms to the court's log.
    function anchorAlso(IRepairDesk.Terms memory content) internal returns (IRepairDesk.Sanction memory other) {
        other = IRepairDesk.Sanction({recordDigest: keccak256("record"), terms: content});
        bytes32[] memory leaves = ReferenceTree.append(_leaves, leafOf(other));
        bytes32 root = leaves.root(leaves.length);
        bytes32[] memory proof = leaves.consistency(_leaves.length, leaves.length);
        vm.prank(COURT_OPERATOR);
        _log.anchor(COURT_LOG, uint64(leaves.length), root, proof);
        _leaves.push(leafOf(other));
    }

    function openLast(IRepairDesk.Sanction memory content, IRepairDesk.Material[] memory materials)
        internal
        view
        returns (bytes memory)
    {
        uint256 last = _leaves.length - 1;
        return abi.encodeCall(
            _desk.open,
            (
                content,
                COURT_LOG,
                _leaves.root(_leaves.length),
                uint64(last),
                _leaves.inclusion(last, 0, _leaves.length),
                materials
            )
        );
    }

    // -------------------------------------------------------------------------------------------------- honest steps

    function openCase() internal returns (uint256 caseId) {
        return openCaseWith(allMaterials());
    }

    function openCaseWith(IRepairDesk.Material[] memory materials) internal returns (uint256 caseId) {
        act(LAWYER, openCall(sanction(), materials));
        return _desk.caseCount();
    }

    /// @dev A case under review, without any fact but the materials.
    function reviewCase() internal returns (uint256 caseId) {
        caseId = openCase();
        act(JUDGE, abi.encodeCall(_desk.accept, (caseId)));
    }

    /// @dev A case that only waits for the end of the objection window.
    function readyCase() internal returns (uint256 caseId) {
        caseId = reviewCase();
        confirm(caseId);
        approve(CHEMIST, caseId);
        approve(MASTER, caseId);
    }

    function repairedCase() internal returns (uint256 caseId) {
        caseId = readyCase();
        vm.warp(START + WINDOW);
        act(STRANGER, abi.encodeCall(_desk.trigger, (caseId)));
    }

    function confirm(uint256 caseId) internal {
        act(JUDGE, abi.encodeCall(_desk.confirm, (caseId, true, NOTE)));
    }

    function approve(address reviewer, uint256 caseId) internal {
        act(reviewer, approveCall(caseId));
    }

    function approveCall(uint256 caseId) internal view returns (bytes memory) {
        return abi.encodeCall(_desk.approve, (caseId, _desk.caseOf(caseId).materialsHash, 60));
    }

    function object(address objector, uint256 caseId) internal {
        act(objector, abi.encodeCall(_desk.object, (caseId, NOTE)));
    }

    function annulCall(uint256 caseId) internal view returns (bytes memory) {
        return abi.encodeCall(
            _desk.annul,
            (
                sanction(),
                COURT_LOG,
                _leaves.root(_leaves.length),
                5,
                _leaves.inclusion(5, 0, _leaves.length),
                caseId,
                NOTE
            )
        );
    }

    function shieldCall() internal view returns (bytes memory) {
        return abi.encodeCall(
            _desk.shield,
            (sanction(), COURT_LOG, _leaves.root(_leaves.length), 5, _leaves.inclusion(5, 0, _leaves.length), NOTE)
        );
    }

    function unshieldCall() internal view returns (bytes memory) {
        return abi.encodeCall(_desk.unshield, (sanction(), NOTE));
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    function act(address sender, bytes memory callData) internal {
        vm.prank(sender);
        (bool success, bytes memory returned) = address(_desk).call(callData);
        vm.assertTrue(success, string.concat("an honest step was refused: ", vm.toString(returned)));
    }

    function refused(address sender, bytes memory callData, bytes memory expected) internal {
        assertReverts(sender, address(_desk), callData, expected);
    }

    function asAdmin(bytes memory callData) internal {
        vm.prank(ADMIN);
        (bool success,) = address(_consortium).call(callData);
        vm.assertTrue(success, "the admin was refused");
    }

    function suspend(bytes32 orgId) internal {
        asAdmin(abi.encodeCall(_consortium.suspendOrganisation, (orgId)));
    }

    function checkState(uint256 caseId, IRepairDesk.CaseState state) internal view {
        vm.assertEq(uint8(_desk.caseOf(caseId).state), uint8(state), "state of the case");
    }

    function checkStatus(IRepairDesk.SanctionState state, uint64 changedAt) internal view {
        checkStatus(state, changedAt, IRepairDesk.SanctionState.None);
    }

    function checkStatus(IRepairDesk.SanctionState state, uint64 changedAt, IRepairDesk.SanctionState returnTo)
        internal
        view
    {
        IRepairDesk.Status memory actual = _desk.status(leafOf(sanction()));
        vm.assertEq(uint8(actual.state), uint8(state), "status: state");
        vm.assertEq(actual.changedAt, changedAt, "status: time");
        vm.assertEq(uint8(actual.returnTo), uint8(returnTo), "status: return");
    }

    function wrongState(uint256 caseId, IRepairDesk.CaseState state) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRepairDesk.RepairDeskWrongState.selector, caseId, state);
    }

    function wrongStatus(IRepairDesk.SanctionState state) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRepairDesk.RepairDeskWrongStatus.selector, leafOf(sanction()), state);
    }

    function notAuthority(address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRepairDesk.RepairDeskNotAuthority.selector, COURT, account);
    }

    function notApplicant(address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRepairDesk.RepairDeskNotApplicant.selector, TAG, account);
    }

    function notIndependent(uint256 caseId, bytes32 orgId) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRepairDesk.RepairDeskNotIndependent.selector, caseId, orgId);
    }

    function tooLate(uint256 caseId, uint64 dueAt) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRepairDesk.RepairDeskTooLate.selector, caseId, dueAt);
    }

    function notOverdue(uint256 caseId, uint64 dueAt) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRepairDesk.RepairDeskNotOverdue.selector, caseId, dueAt);
    }

    function _register(string memory slug, uint16 roles) private {
        asAdmin(abi.encodeCall(_consortium.registerOrganisation, (slug, roles)));
    }

    function _account(address account, bytes32 orgId, uint16 roles) private {
        asAdmin(abi.encodeCall(_consortium.registerAccount, (account, orgId, roles)));
    }
}
