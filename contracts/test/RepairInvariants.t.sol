// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {ReferenceTree} from "./ReferenceTree.sol";
import {RepairFixture} from "./RepairFixture.sol";
import {Vm} from "./Test.sol";
import {IConsortium} from "../src/interfaces/IConsortium.sol";
import {IRepairDesk} from "../src/interfaces/IRepairDesk.sol";

/// @notice Does anything that anyone may try with two sanctions of one subject, in any order and at any time, and keeps its
/// own books of what must be true of them.
contract RepairHandler is RepairFixture {
    using ReferenceTree for bytes32[];

    /// @dev What the handler itself knows of a case, from what it saw accepted.
    struct Book {
        uint256 sanction;
        bool performed;
        bytes32 materialsHash;
        uint256 kinds;
        uint64 windowEnds;
        uint256 openObjections;
        bytes32[] approvers;
    }

    uint256 private constant STEPS = 17;

    address[14] private _actors = [
        LAWYER,
        JUDGE,
        CHIEF,
        OFFICER,
        CHEMIST,
        PHYSICIST,
        MASTER,
        CLERK,
        UMPIRE,
        ELDER,
        WRITER,
        COURT_OPERATOR,
        ADMIN,
        STRANGER
    ];

    IRepairDesk.Sanction[2] private _sanctions;
    bytes32[2] private _logs = [COURT_LOG, OFFICE_LOG];
    mapping(bytes32 leafHash => uint256 word) private _statusSeen;
    mapping(uint256 caseId => Book) private _books;
    mapping(bytes32 leafHash => uint256 caseId) private _lastCase;

    /// @dev The time that has passed and not been paused. The desk must come to the same.
    uint64 private _now = START;
    uint64 private _running = START;
    bool private _paused;

    uint256 public accepted;
    uint256 public refusals;
    uint256 public repaired;

    constructor() {
        deployDesk();
        _sanctions[0] = sanction();
        _sanctions[1] = sanction();
        _sanctions[1].terms.authority = OFFICE;
        _sanctions[1].terms.earliestRepairAt = START + 20 days;
        _sanctions[1].terms.attachedTermUntil = START + 25 days;
        bytes32[] memory leaves = _leaves.append(leafOf(_sanctions[1]));
        bytes32[] memory proof = leaves.consistency(9, 10);
        bytes32 root = leaves.root(10);
        vm.prank(COURT_OPERATOR);
        _log.anchor(COURT_LOG, 10, root, proof);
        vm.prank(OFFICE_OPERATOR);
        _log.anchor(OFFICE_LOG, 10, root, proof);
        _leaves = leaves;
    }

    /// @dev Any step by anyone. Half of the time by an account that may take it, or little would happen.
    function step(uint256 actorSeed, uint256 caseSeed, uint256 kind, uint256 detail) external {
        vm.warp(_now);
        kind %= STEPS;
        if ((kind == 5 || kind == 13 || kind == 14) && detail % 8 != 0) {
            // What ends a case or a sanction: seldom, or little else would happen.
            return;
        }
        uint256 count = _desk.caseCount();
        uint256 caseId = count == 0 ? 0 : count - caseSeed % (count < 3 ? count : 3);
        uint256 which = caseSeed % 2;
        if (count != 0 && kind < 14 && kind != 0) {
            which = _books[caseId].sanction;
        }
        address actor = actorSeed % 2 == 0 ? _rightful(kind, which, detail) : _actors[actorSeed / 2 % _actors.length];
        _try(actor, kind, caseId, which, detail);
    }

    /// @dev The way of an honest case, as far as it goes, with or without the time that it takes, so that repairs happen.
    function honest(uint256 which) external {
        vm.warp(_now);
        bool patient = which / 2 % 2 == 1;
        which %= 2;
        _try(LAWYER, 0, 0, which, 0);
        uint256 caseId = _lastCase[leafOf(_sanctions[which])];
        if (caseId != 0) {
            _try(_rightful(4, which, 0), 4, caseId, which, 0);
            _try(CHEMIST, 6, caseId, which, 0);
            _try(MASTER, 6, caseId, which, 0);
            uint64 moment = _desk.caseOf(caseId).objectionsUntil;
            if (patient && moment > _now) {
                _pass(moment - _now);
            }
            _try(STRANGER, 9, caseId, which, 0);
        }
    }

    function pass(uint256 time) external {
        _pass(uint64(bound(time, 1, 6 days)));
    }

    function passTo(uint256 caseSeed, uint256 edge) external {
        uint256 count = _desk.caseCount();
        if (count != 0) {
            IRepairDesk.Case memory file = _desk.caseOf(1 + caseSeed % count);
            uint64 moment = edge % 2 == 0 ? file.dueAt : file.objectionsUntil;
            if (moment > _now + 1) {
                _pass(moment - _now - uint64(edge / 2 % 2));
            }
        }
    }

    function togglePause(uint256 seed) external {
        vm.warp(_now);
        if (seed % 3 == 0 || _paused) {
            act(ADMIN, _paused ? abi.encodeCall(_desk.resume, ()) : abi.encodeCall(_desk.pause, ()));
            _paused = !_paused;
        }
    }

    function toggleSuspension(uint256 seed) external {
        bytes32[5] memory orgIds = [LAB, GUILD, PANEL, COURT, FIRM];
        bytes32 orgId = orgIds[seed % orgIds.length];
        asAdmin(
            _consortium.isSuspended(orgId)
                ? abi.encodeCall(_consortium.resumeOrganisation, (orgId))
                : abi.encodeCall(_consortium.suspendOrganisation, (orgId))
        );
    }

    /// @dev From wherever the cases stand, time and a stranger alone bring every one of them to an end.
    function everyCaseCanBeMoved() external {
        uint256 before = vm.snapshotState();
        uint256 count = _desk.caseCount();
        for (uint256 round = 0; round < 4; ++round) {
            vm.warp(block.timestamp + 1200 days);
            _asStranger(abi.encodeCall(_desk.resume, ()));
            vm.warp(block.timestamp + 1200 days);
            for (uint256 caseId = 1; caseId <= count; ++caseId) {
                bytes32[9] memory orgIds = [COURT, OFFICE, FIRM, LAB, GUILD, HALL, PANEL, BENCH, PRESS];
                for (uint256 i = 0; i < orgIds.length; ++i) {
                    _asStranger(abi.encodeCall(_desk.escalateObjection, (caseId, orgIds[i])));
                }
                _asStranger(abi.encodeCall(_desk.trigger, (caseId)));
                _asStranger(abi.encodeCall(_desk.escalate, (caseId)));
            }
        }
        for (uint256 caseId = 1; caseId <= count; ++caseId) {
            vm.assertFalse(_isUnderWay(_desk.caseOf(caseId).state), "a case is stuck");
        }
        vm.revertToState(before);
    }

    function checkStatuses() external view {
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 leafHash = leafOf(_sanctions[i]);
            uint256 word = uint256(vm.load(address(_desk), keccak256(abi.encode(leafHash, uint256(0)))));
            vm.assertEq(word, _statusSeen[leafHash], "the status is not that of the events");
        }
    }

    /// @dev A sanction is under repair exactly while a case of it is under way, and never two are.
    function checkCases() external view {
        uint256[2] memory underWay;
        for (uint256 caseId = 1; caseId <= _desk.caseCount(); ++caseId) {
            IRepairDesk.Case memory file = _desk.caseOf(caseId);
            Book storage book = _books[caseId];
            if (_isUnderWay(file.state)) {
                ++underWay[book.sanction];
                vm.assertTrue(file.performed == book.performed, "performed");
                vm.assertEq(file.materialsHash, book.materialsHash, "materials");
                vm.assertEq(file.approvals, book.approvers.length, "approvals");
                vm.assertEq(file.openObjections, book.openObjections, "objections");
                vm.assertTrue(file.dueAt != 0, "nothing is due");
            }
        }
        for (uint256 i = 0; i < 2; ++i) {
            IRepairDesk.Status memory status = _desk.status(leafOf(_sanctions[i]));
            bool isUnderRepair = status.state == IRepairDesk.SanctionState.UnderRepair
                || status.returnTo == IRepairDesk.SanctionState.UnderRepair;
            vm.assertEq(underWay[i], isUnderRepair ? 1 : 0, "cases under way");
        }
    }

    function _try(address actor, uint256 kind, uint256 caseId, uint256 which, uint256 detail) private {
        bytes memory call = _call(kind, caseId, which, detail);
        IRepairDesk.CaseState state = caseId == 0 || kind == 0 ? IRepairDesk.CaseState.None : _desk.caseOf(caseId).state;
        vm.recordLogs();
        vm.prank(actor);
        (bool success,) = address(_desk).call(call);
        Vm.Log[] memory events = vm.getRecordedLogs();
        if (!success) {
            ++refusals;
            vm.assertEq(events.length, 0, "an event for nothing");
            return;
        }
        ++accepted;
        vm.assertTrue(events.length != 0, "no event");
        vm.assertFalse(_paused, "a step during a pause");
        vm.assertTrue(_mayAct(actor, kind, caseId, which), "an account acted for another's role");
        if (kind == 0) {
            caseId = _desk.caseCount();
            _lastCase[leafOf(_sanctions[which])] = caseId;
        }
        _keep(kind, caseId, which, detail, actor, state);
        for (uint256 i = 0; i < events.length; ++i) {
            _read(events[i]);
        }
    }

    function _read(Vm.Log memory entry) private {
        bytes32 topic = entry.topics[0];
        if (topic == IRepairDesk.StatusChanged.selector) {
            (uint256 state, uint256 returnTo) = abi.decode(entry.data, (uint256, uint256));
            _statusSeen[entry.topics[1]] = returnTo << 72 | uint256(_now) << 8 | state;
        } else if (topic == IRepairDesk.CaseRepaired.selector) {
            ++repaired;
            _checkRepair(uint256(entry.topics[1]));
        } else if (topic == IRepairDesk.ReviewBegun.selector) {
            _books[uint256(entry.topics[1])].windowEnds = _running + WINDOW;
        }
    }

    /// @dev All eleven conditions, from the handler's own books.
    function _checkRepair(uint256 caseId) private view {
        Book storage book = _books[caseId];
        IRepairDesk.Terms memory content = _sanctions[book.sanction].terms;
        vm.assertTrue(_now >= content.earliestRepairAt, "C1");
        vm.assertTrue(book.performed, "C2");
        vm.assertTrue(book.kinds >> COMMITMENT & 1 == 1, "C3");
        vm.assertTrue(book.kinds & REQUIRED == REQUIRED, "C4");
        uint256 counted = 0;
        for (uint256 i = 0; i < book.approvers.length; ++i) {
            bytes32 orgId = book.approvers[i];
            if (!_consortium.isSuspended(orgId) && orgId != FIRM) {
                ++counted;
            }
            for (uint256 j = 0; j < i; ++j) {
                vm.assertTrue(book.approvers[j] != orgId, "C5: an organisation counted twice");
            }
        }
        vm.assertTrue(counted >= 2, "C5");
        vm.assertEq(book.openObjections, 0, "C6: objections");
        vm.assertTrue(book.windowEnds != 0 && _running >= book.windowEnds, "C6: window");
        vm.assertTrue(_now >= content.attachedTermUntil, "C8");
        vm.assertTrue(_now >= _desk.barredUntil(TAG), "C9");
        vm.assertFalse(_paused, "C11");
    }

    function _keep(
        uint256 kind,
        uint256 caseId,
        uint256 which,
        uint256 detail,
        address actor,
        IRepairDesk.CaseState state
    ) private {
        Book storage book = _books[caseId];
        if (kind == 0) {
            book.sanction = which;
            book.materialsHash = fold(leafOf(_sanctions[which]), allMaterials());
            book.kinds = REQUIRED | uint256(1) << COMMITMENT;
        } else if (kind == 1) {
            book.materialsHash = fold(book.materialsHash, oneMaterial(1));
            delete book.approvers;
        } else if (kind == 4) {
            if (book.performed && state == IRepairDesk.CaseState.UnderReview) {
                delete book.approvers;
            }
            book.performed = detail % 4 != 3;
        } else if (kind == 6) {
            book.approvers.push(_consortium.orgOf(actor));
        } else if (kind == 7) {
            ++book.openObjections;
        } else if (kind == 8) {
            --book.openObjections;
        }
    }

    /// @dev Who may take a step, told from the consortium alone.
    function _mayAct(address actor, uint256 kind, uint256 caseId, uint256 which) private view returns (bool) {
        bytes32 orgId = _consortium.orgOf(actor);
        if (kind <= 2) {
            return kind == 2 ? _isAuthority(actor, which) : _consortium.mayActFor(TAG, actor);
        }
        if (kind == 3 || kind == 4 || kind == 5 || kind == 12 || kind >= 14) {
            return _isAuthority(actor, which);
        }
        if (kind == 6) {
            return _consortium.actsAs(actor, IConsortium.Role.Reviewer) && orgId != FIRM
                && !_desk.partOf(caseId, orgId).arbitrated;
        }
        if (kind == 7) {
            return _consortium.rolesOf(actor) != 0;
        }
        if (kind == 8) {
            return _consortium.actsAs(actor, IConsortium.Role.Arbiter) && orgId != FIRM
                && orgId != _sanctions[which].terms.authority;
        }
        return kind == 13 ? _consortium.mayActFor(TAG, actor) : true;
    }

    function _isAuthority(address actor, uint256 which) private view returns (bool) {
        return _consortium.orgOf(actor) == _sanctions[which].terms.authority
            && _consortium.actsAs(actor, IConsortium.Role.Authority);
    }

    function _rightful(uint256 kind, uint256 which, uint256 detail) private view returns (address) {
        if (kind <= 1 || kind == 13) {
            return LAWYER;
        }
        if (kind == 6) {
            return _actors[4 + detail % 5];
        }
        if (kind == 8) {
            return detail % 2 == 0 ? UMPIRE : ELDER;
        }
        if (kind == 7) {
            return _actors[detail % 11];
        }
        return which == 1 ? OFFICER : detail % 2 == 0 ? JUDGE : CHIEF;
    }

    function _call(uint256 kind, uint256 caseId, uint256 which, uint256 detail) private view returns (bytes memory) {
        if (kind == 0) {
            return _openCall(which);
        }
        if (kind == 1) {
            return abi.encodeCall(_desk.supplement, (caseId, oneMaterial(1)));
        }
        if (kind == 2) {
            return abi.encodeCall(_desk.askSupplement, (caseId, REQUIRED, NOTE));
        }
        if (kind == 3) {
            return abi.encodeCall(_desk.accept, (caseId));
        }
        if (kind == 4) {
            return abi.encodeCall(_desk.confirm, (caseId, detail % 4 != 3, NOTE));
        }
        if (kind == 5) {
            return abi.encodeCall(_desk.refuse, (caseId, NOTE));
        }
        if (kind == 6) {
            bytes32 hash = detail % 8 == 7 ? NOTE : _books[caseId].materialsHash;
            return abi.encodeCall(_desk.approve, (caseId, hash, uint8(60 + detail % 50)));
        }
        if (kind == 7) {
            return abi.encodeCall(_desk.object, (caseId, NOTE));
        }
        if (kind == 8) {
            return abi.encodeCall(_desk.resolve, (caseId, _anObjector(caseId, detail), detail % 4 == 3, NOTE));
        }
        if (kind == 9) {
            return abi.encodeCall(_desk.trigger, (caseId));
        }
        if (kind == 10) {
            return abi.encodeCall(_desk.escalate, (caseId));
        }
        if (kind == 11) {
            return abi.encodeCall(_desk.escalateObjection, (caseId, _anObjector(caseId, detail)));
        }
        if (kind == 12) {
            return abi.encodeCall(_desk.revoke, (caseId, NOTE));
        }
        if (kind == 13) {
            return abi.encodeCall(_desk.withdraw, (caseId));
        }
        return _authorityCall(kind, caseId, which);
    }

    function _authorityCall(uint256 kind, uint256 caseId, uint256 which) private view returns (bytes memory) {
        bytes32[] memory path = _leaves.inclusion(_index(which), 0, 10);
        bytes32 root = _leaves.root(10);
        if (kind == 14) {
            caseId = _isUnderWay(caseId == 0 ? IRepairDesk.CaseState.None : _desk.caseOf(caseId).state) ? caseId : 0;
            return abi.encodeCall(
                _desk.annul, (_sanctions[which], _logs[which], root, uint64(_index(which)), path, caseId, NOTE)
            );
        }
        if (kind == 15) {
            return
                abi.encodeCall(_desk.shield, (_sanctions[which], _logs[which], root, uint64(_index(which)), path, NOTE));
        }
        return abi.encodeCall(_desk.unshield, (_sanctions[which], NOTE));
    }

    function _openCall(uint256 which) private view returns (bytes memory) {
        return abi.encodeCall(
            _desk.open,
            (
                _sanctions[which],
                _logs[which],
                _leaves.root(10),
                uint64(_index(which)),
                _leaves.inclusion(_index(which), 0, 10),
                allMaterials()
            )
        );
    }

    function _anObjector(uint256 caseId, uint256 detail) private view returns (bytes32 orgId) {
        for (uint256 i = 0; i < 11; ++i) {
            orgId = _consortium.orgOf(_actors[(detail / 4 + i) % 11]);
            if (_desk.partOf(caseId, orgId).objection == IRepairDesk.ObjectionState.Raised) {
                return orgId;
            }
        }
    }

    function _asStranger(bytes memory callData) private {
        vm.prank(STRANGER);
        (bool success,) = address(_desk).call(callData);
        // Most are not due: what counts is where the cases stand in the end.
        accepted += success ? 1 : 0;
    }

    function _pass(uint64 time) private {
        _now += time;
        _running += _paused ? 0 : time;
        vm.warp(_now);
    }

    function _index(uint256 which) private pure returns (uint256) {
        return which == 0 ? 5 : 9;
    }

    function _isUnderWay(IRepairDesk.CaseState state) private pure returns (bool) {
        return state == IRepairDesk.CaseState.Open || state == IRepairDesk.CaseState.SupplementAsked
            || state == IRepairDesk.CaseState.UnderReview;
    }
}

contract RepairInvariantsTest is RepairFixture {
    RepairHandler private _handler;

    function setUp() public {
        _handler = new RepairHandler();
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](16);
        for (uint256 i = 0; i < 8; ++i) {
            selectors[i] = RepairHandler.step.selector;
        }
        selectors[8] = RepairHandler.honest.selector;
        selectors[9] = RepairHandler.honest.selector;
        selectors[10] = RepairHandler.pass.selector;
        selectors[11] = RepairHandler.passTo.selector;
        selectors[12] = RepairHandler.passTo.selector;
        selectors[13] = RepairHandler.togglePause.selector;
        selectors[14] = RepairHandler.toggleSuspension.selector;
        selectors[15] = RepairHandler.everyCaseCanBeMoved.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector({addr: address(_handler), selectors: selectors});
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @dev The handler is no good if nothing is repaired, or all that it tries is refused.
    function test_handler_repairs() public {
        _handler.honest(0);
        _handler.honest(1);
        _handler.everyCaseCanBeMoved();
        vm.assertEq(_handler.refusals(), 2, "the window is not over");
        _handler.pass(6 days - 1);
        _handler.pass(6 days - 1);
        _handler.step(1, 1, 9, 0);
        vm.assertEq(_handler.repaired(), 1, "repaired");
        _handler.step(1, 0, 9, 0);
        vm.assertEq(_handler.repaired(), 1, "the other waits for its period");
        vm.assertEq(_handler.refusals(), 3, "refused");
        _handler.checkStatuses();
        _handler.checkCases();
    }

    function invariant_statusFollowsTheEvents() public view {
        _handler.checkStatuses();
    }

    function invariant_casesAreWhatWasDone() public view {
        _handler.checkCases();
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }
}
