// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {RepairFixture} from "./RepairFixture.sol";
import {IRepairDesk} from "../src/interfaces/IRepairDesk.sol";

/// @notice One second before, at and after the end of every period; with and without a pause in it.
contract RepairTimeTest is RepairFixture {
    function setUp() public {
        deployDesk();
    }

    // --------------------------------------------------------------------------------------------------------- intake

    function test_intake_isEscalatedOnceThenLapses() public {
        uint256 caseId = openCase();
        bytes memory call = abi.encodeCall(_desk.escalate, (caseId));
        vm.warp(START + INTAKE - 1);
        refused(STRANGER, call, notOverdue(caseId, START + INTAKE));
        vm.warp(START + INTAKE);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.CaseEscalated(caseId, STRANGER, IRepairDesk.CaseState.Open, START + 2 * INTAKE);
        act(STRANGER, call);
        vm.assertTrue(_desk.caseOf(caseId).escalated, "escalated");

        vm.warp(START + 2 * INTAKE - 1);
        refused(STRANGER, call, notOverdue(caseId, START + 2 * INTAKE));
        vm.warp(START + 2 * INTAKE);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.StatusChanged(
            leafOf(sanction()), IRepairDesk.SanctionState.None, IRepairDesk.SanctionState.None
        );
        vm.expectEmit(address(_desk));
        emit IRepairDesk.CaseLapsed(caseId, STRANGER);
        act(STRANGER, call);
        checkState(caseId, IRepairDesk.CaseState.Lapsed);
        checkStatus(IRepairDesk.SanctionState.None, START + 2 * INTAKE);
        vm.assertEq(openCase(), 2, "another case");
    }

    function test_intake_mayBeDoneLateButNotAskedLate() public {
        uint256 caseId = openCase();
        bytes memory ask = abi.encodeCall(_desk.askSupplement, (caseId, REQUIRED, NOTE));
        uint256 before = vm.snapshotState();
        vm.warp(START + INTAKE - 1);
        act(JUDGE, ask);
        vm.revertToState(before);
        vm.warp(START + INTAKE);
        refused(JUDGE, ask, tooLate(caseId, START + INTAKE));
        before = vm.snapshotState();
        act(JUDGE, abi.encodeCall(_desk.refuse, (caseId, NOTE)));
        vm.revertToState(before);
        act(JUDGE, abi.encodeCall(_desk.accept, (caseId)));
        vm.assertEq(_desk.caseOf(caseId).dueAt, START + INTAKE + REVIEW, "the review has its whole period");
        vm.assertFalse(_desk.caseOf(caseId).escalated, "and its own second one");
    }

    function test_intake_asksInItsSecondPeriod() public {
        uint256 caseId = openCase();
        vm.warp(START + INTAKE);
        act(STRANGER, abi.encodeCall(_desk.escalate, (caseId)));
        act(JUDGE, abi.encodeCall(_desk.askSupplement, (caseId, REQUIRED, NOTE)));
        vm.assertFalse(_desk.caseOf(caseId).escalated, "the applicant's step is another");
    }

    // ----------------------------------------------------------------------------------------------------- supplement

    function test_supplement_lapsesAtOnce() public {
        uint256 caseId = openCase();
        act(JUDGE, abi.encodeCall(_desk.askSupplement, (caseId, REQUIRED, NOTE)));
        bytes memory call = abi.encodeCall(_desk.escalate, (caseId));
        vm.warp(START + SUPPLEMENT - 1);
        refused(STRANGER, call, notOverdue(caseId, START + SUPPLEMENT));
        vm.warp(START + SUPPLEMENT);
        uint256 before = vm.snapshotState();
        act(STRANGER, call);
        checkState(caseId, IRepairDesk.CaseState.Lapsed);

        // Late, but nobody has ended the case.
        vm.revertToState(before);
        vm.warp(START + SUPPLEMENT + 1);
        act(LAWYER, abi.encodeCall(_desk.supplement, (caseId, oneMaterial(1))));
        checkState(caseId, IRepairDesk.CaseState.Open);
        vm.assertEq(_desk.caseOf(caseId).dueAt, START + SUPPLEMENT + 1 + INTAKE, "due");
    }

    // --------------------------------------------------------------------------------------------------------- review

    function test_review_isEscalatedOnceThenLapses() public {
        uint256 caseId = reviewCase();
        approve(CHEMIST, caseId);
        confirm(caseId);
        bytes memory call = abi.encodeCall(_desk.escalate, (caseId));
        vm.warp(START + REVIEW - 1);
        refused(STRANGER, call, notOverdue(caseId, START + REVIEW));
        vm.warp(START + REVIEW);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.CaseEscalated(caseId, STRANGER, IRepairDesk.CaseState.UnderReview, START + 2 * REVIEW);
        act(STRANGER, call);
        vm.warp(START + 2 * REVIEW - 1);
        refused(STRANGER, call, notOverdue(caseId, START + 2 * REVIEW));
        vm.warp(START + 2 * REVIEW);
        uint256 before = vm.snapshotState();
        act(STRANGER, call);
        checkState(caseId, IRepairDesk.CaseState.Lapsed);

        // The last approval may come late, as long as nobody has ended the case.
        vm.revertToState(before);
        approve(MASTER, caseId);
        checkState(caseId, IRepairDesk.CaseState.Repaired);
    }

    function test_review_withAllFactsCannotBeEscalated() public {
        IRepairDesk.Terms memory content = terms();
        content.earliestRepairAt = START + 90 days;
        act(LAWYER, openLast(anchorAlso(content), allMaterials()));
        confirm(1);
        bytes memory call = abi.encodeCall(_desk.escalate, (1));
        approve(CHEMIST, 1);
        approve(MASTER, 1);
        vm.warp(START + REVIEW + 5 days);
        refused(STRANGER, call, notOverdue(1, 0));

        // A reviewer suspended since leaves time for another.
        suspend(LAB);
        act(STRANGER, call);
        approve(CLERK, 1);
        refused(STRANGER, call, notOverdue(1, START + 2 * REVIEW + 5 days));
        vm.warp(START + 90 days);
        refused(STRANGER, call, notOverdue(1, 0));
        act(STRANGER, abi.encodeCall(_desk.trigger, (1)));
    }

    function test_review_withoutConfirmationIsOverdue() public {
        uint256 caseId = reviewCase();
        approve(CHEMIST, caseId);
        approve(MASTER, caseId);
        vm.warp(START + REVIEW);
        act(STRANGER, abi.encodeCall(_desk.escalate, (caseId)));
        vm.warp(START + 2 * REVIEW);
        confirm(caseId);
        checkState(caseId, IRepairDesk.CaseState.Repaired);
    }

    /// @dev What takes something back must be in time.
    function test_review_nothingIsTakenBackLate() public {
        IRepairDesk.Terms memory content = terms();
        content.earliestRepairAt = START + 90 days;
        act(LAWYER, openLast(anchorAlso(content), allMaterials()));
        confirm(1);
        approve(CHEMIST, 1);
        address[4] memory actors = [JUDGE, JUDGE, JUDGE, LAWYER];
        bytes[4] memory calls = [
            abi.encodeCall(_desk.refuse, (1, NOTE)),
            abi.encodeCall(_desk.confirm, (1, false, NOTE)),
            abi.encodeCall(_desk.confirm, (1, true, NOTE)),
            abi.encodeCall(_desk.supplement, (1, oneMaterial(1)))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 before = vm.snapshotState();
            vm.warp(START + REVIEW - 1);
            act(actors[i], calls[i]);
            vm.revertToState(before);
            for (uint64 late = 0; late < 2; ++late) {
                vm.warp(START + REVIEW + late);
                refused(actors[i], calls[i], tooLate(1, START + REVIEW));
            }
        }
        // Withdrawing is the applicant's at any time.
        act(LAWYER, abi.encodeCall(_desk.withdraw, (1)));
    }

    // ---------------------------------------------------------------------------------------------- objection window

    function test_window_isOpenFromTheOpening() public {
        uint256 caseId = openCase();
        vm.warp(START + 2 * INTAKE);
        object(WRITER, caseId);
        vm.assertFalse(_desk.conditions(caseId).unopposed, "no review, no end of the window");
        act(ELDER, abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)));
        vm.assertFalse(_desk.conditions(caseId).unopposed, "still none");
    }

    function test_window_endsToTheSecond() public {
        uint256 caseId = reviewCase();
        bytes memory call = abi.encodeCall(_desk.object, (caseId, NOTE));
        vm.warp(START + WINDOW - 1);
        vm.assertFalse(_desk.conditions(caseId).unopposed, "a second before");
        uint256 before = vm.snapshotState();
        act(WRITER, call);
        vm.revertToState(before);
        vm.warp(START + WINDOW);
        vm.assertTrue(_desk.conditions(caseId).unopposed, "at the end");
        refused(WRITER, call, tooLate(caseId, START + WINDOW));
        vm.warp(START + WINDOW + 1);
        vm.assertTrue(_desk.conditions(caseId).unopposed, "after");
        refused(WRITER, call, tooLate(caseId, START + WINDOW));
    }

    // ---------------------------------------------------------------------------------------------------- arbitration

    function test_arbitration_isEscalatedOnceThenLapses() public {
        uint256 caseId = readyCase();
        object(WRITER, caseId);
        bytes memory call = abi.encodeCall(_desk.escalateObjection, (caseId, PRESS));
        vm.warp(START + ARBITRATION - 1);
        refused(STRANGER, call, notOverdue(caseId, START + ARBITRATION));
        vm.warp(START + ARBITRATION);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.ObjectionEscalated(caseId, PRESS, STRANGER, START + 2 * ARBITRATION);
        act(STRANGER, call);
        vm.assertTrue(_desk.partOf(caseId, PRESS).escalated, "escalated");
        vm.assertEq(_desk.partOf(caseId, PRESS).dueAt, START + 2 * ARBITRATION, "due");
        vm.warp(START + 2 * ARBITRATION - 1);
        refused(STRANGER, call, notOverdue(caseId, START + 2 * ARBITRATION));
        vm.warp(START + 2 * ARBITRATION);
        uint256 before = vm.snapshotState();
        act(STRANGER, call);
        checkState(caseId, IRepairDesk.CaseState.Lapsed);
        checkStatus(IRepairDesk.SanctionState.None, START + 2 * ARBITRATION);

        vm.revertToState(before);
        act(ELDER, abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)));
        checkState(caseId, IRepairDesk.CaseState.Repaired);
    }

    // ----------------------------------------------------------------------------------------------------------- pause

    function test_pause_isTheAdmins() public {
        address[4] memory callers = [STRANGER, JUDGE, LAWYER, UMPIRE];
        for (uint256 i = 0; i < callers.length; ++i) {
            refused(
                callers[i],
                abi.encodeCall(_desk.pause, ()),
                abi.encodeWithSelector(IRepairDesk.RepairDeskNotAdmin.selector, callers[i], uint64(0))
            );
        }
        refused(
            ADMIN, abi.encodeCall(_desk.resume, ()), abi.encodeWithSelector(IRepairDesk.RepairDeskNotPaused.selector)
        );
        vm.expectEmit(address(_desk));
        emit IRepairDesk.Paused(ADMIN);
        act(ADMIN, abi.encodeCall(_desk.pause, ()));
        vm.assertEq(_desk.pausedAt(), START, "since");
        refused(ADMIN, abi.encodeCall(_desk.pause, ()), abi.encodeWithSelector(IRepairDesk.RepairDeskPaused.selector));
        vm.warp(START + 30 days - 1);
        refused(
            STRANGER,
            abi.encodeCall(_desk.resume, ()),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNotAdmin.selector, STRANGER, START + 30 days)
        );
        uint256 before = vm.snapshotState();
        vm.expectEmit(address(_desk));
        emit IRepairDesk.Resumed(ADMIN, 30 days - 1);
        act(ADMIN, abi.encodeCall(_desk.resume, ()));
        vm.assertEq(_desk.pausedAt(), 0, "over");
        vm.revertToState(before);
        vm.warp(START + 30 days);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.Resumed(STRANGER, 30 days);
        act(STRANGER, abi.encodeCall(_desk.resume, ()));
    }

    function test_pause_stopsEverything() public {
        uint256 caseId = readyCase();
        object(WRITER, caseId);
        vm.warp(START + 300 days);
        act(ADMIN, abi.encodeCall(_desk.pause, ()));
        bytes[17] memory calls = [
            openCall(sanction(), allMaterials()),
            abi.encodeCall(_desk.supplement, (caseId, allMaterials())),
            abi.encodeCall(_desk.withdraw, (caseId)),
            abi.encodeCall(_desk.askSupplement, (caseId, 2, NOTE)),
            abi.encodeCall(_desk.accept, (caseId)),
            abi.encodeCall(_desk.confirm, (caseId, true, NOTE)),
            abi.encodeCall(_desk.refuse, (caseId, NOTE)),
            abi.encodeCall(_desk.revoke, (caseId, NOTE)),
            annulCall(caseId),
            shieldCall(),
            unshieldCall(),
            approveCall(caseId),
            abi.encodeCall(_desk.object, (caseId, NOTE)),
            abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)),
            abi.encodeCall(_desk.trigger, (caseId)),
            abi.encodeCall(_desk.escalate, (caseId)),
            abi.encodeCall(_desk.escalateObjection, (caseId, PRESS))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            refused(i == 0 ? LAWYER : JUDGE, calls[i], abi.encodeWithSelector(IRepairDesk.RepairDeskPaused.selector));
        }
    }

    /// @dev However long and however often it was paused, every period has its whole length.
    function testFuzz_pause_movesEveryPeriod(uint64 firstPause, uint64 running, uint64 secondPause) public {
        firstPause = uint64(bound(firstPause, 1, 400 days));
        running = uint64(bound(running, 0, ARBITRATION - 1));
        secondPause = uint64(bound(secondPause, 1, 400 days));
        uint256 caseId = readyCase();
        object(WRITER, caseId);
        _pauseFor(firstPause);
        vm.warp(block.timestamp + running);
        _pauseFor(secondPause);

        uint64 moved = START + firstPause + secondPause;
        IRepairDesk.Case memory file = _desk.caseOf(caseId);
        vm.assertEq(file.dueAt, moved + REVIEW, "review");
        vm.assertEq(file.objectionsUntil, moved + WINDOW, "window");
        vm.assertEq(_desk.partOf(caseId, PRESS).dueAt, moved + ARBITRATION, "arbitration");

        bytes memory call = abi.encodeCall(_desk.escalateObjection, (caseId, PRESS));
        vm.warp(moved + ARBITRATION - 1);
        refused(STRANGER, call, notOverdue(caseId, moved + ARBITRATION));
        vm.warp(moved + ARBITRATION);
        act(STRANGER, call);
        act(ELDER, abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)));
        vm.warp(moved + WINDOW - 1);
        vm.assertFalse(_desk.conditions(caseId).unopposed, "a second before");
        vm.warp(moved + WINDOW);
        act(STRANGER, abi.encodeCall(_desk.trigger, (caseId)));
        checkStatus(IRepairDesk.SanctionState.Repaired, moved + WINDOW);
    }

    /// @dev During a pause due dates move with the time, and the clock of conditions stands.
    function test_pause_showsTheMovingDates() public {
        uint256 caseId = readyCase();
        vm.warp(START + WINDOW - 1);
        act(ADMIN, abi.encodeCall(_desk.pause, ()));
        vm.warp(START + WINDOW + 9);
        vm.assertEq(_desk.caseOf(caseId).objectionsUntil, START + WINDOW + 10, "window");
        vm.assertEq(_desk.caseOf(caseId).dueAt, START + REVIEW + 10, "review");
        vm.assertFalse(_desk.conditions(caseId).unopposed, "one second is left");
    }

    function _pauseFor(uint64 length) private {
        act(ADMIN, abi.encodeCall(_desk.pause, ()));
        vm.warp(block.timestamp + length);
        act(ADMIN, abi.encodeCall(_desk.resume, ()));
    }
}
