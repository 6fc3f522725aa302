// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {RepairFixture} from "./RepairFixture.sol";
import {IRepairDesk} from "../src/interfaces/IRepairDesk.sol";

contract RepairObjectionsTest is RepairFixture {
    function setUp() public {
        deployDesk();
    }

    function test_object_raises() public {
        uint256 caseId = reviewCase();
        vm.warp(START + 5);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.ObjectionRaised(caseId, PRESS, WRITER, NOTE, START + 5 + ARBITRATION);
        object(WRITER, caseId);
        vm.assertEq(_desk.caseOf(caseId).openObjections, 1, "open");
        _checkPart(caseId, PRESS, IRepairDesk.ObjectionState.Raised, START + 5 + ARBITRATION, false);
        _checkPart(caseId, LAB, IRepairDesk.ObjectionState.None, 0, false);
    }

    /// @dev The authority, the applicant and any member; each once.
    function test_object_onceForEachOrganisation() public {
        uint256 caseId = openCase();
        address[5] memory objectors = [JUDGE, LAWYER, OFFICER, WRITER, CHEMIST];
        bytes32[5] memory orgIds = [COURT, FIRM, OFFICE, PRESS, LAB];
        for (uint256 i = 0; i < objectors.length; ++i) {
            object(objectors[i], caseId);
            refused(
                objectors[i],
                abi.encodeCall(_desk.object, (caseId, keccak256("other grounds"))),
                abi.encodeWithSelector(IRepairDesk.RepairDeskAlreadyObjected.selector, caseId, orgIds[i])
            );
        }
        refused(
            PHYSICIST,
            abi.encodeCall(_desk.object, (caseId, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskAlreadyObjected.selector, caseId, LAB)
        );
        vm.assertEq(_desk.caseOf(caseId).openObjections, 5, "open");
        act(ELDER, abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)));
        refused(
            WRITER,
            abi.encodeCall(_desk.object, (caseId, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskAlreadyObjected.selector, caseId, PRESS)
        );
    }

    function test_resolve_dismissed() public {
        uint256 caseId = reviewCase();
        object(WRITER, caseId);
        object(OFFICER, caseId);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.ObjectionDismissed(caseId, PRESS, BENCH, ELDER, NOTE);
        act(ELDER, abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)));
        vm.assertEq(_desk.caseOf(caseId).openObjections, 1, "one is left");
        _checkPart(caseId, PRESS, IRepairDesk.ObjectionState.Dismissed, 0, false);
        _checkPart(caseId, BENCH, IRepairDesk.ObjectionState.None, 0, true);
        checkState(caseId, IRepairDesk.CaseState.UnderReview);
        bytes memory expected = abi.encodeWithSelector(IRepairDesk.RepairDeskNoOpenObjection.selector, caseId, PRESS);
        refused(ELDER, abi.encodeCall(_desk.resolve, (caseId, PRESS, true, NOTE)), expected);
        refused(STRANGER, abi.encodeCall(_desk.escalateObjection, (caseId, PRESS)), expected);
        refused(
            ELDER,
            abi.encodeCall(_desk.resolve, (caseId, LAB, true, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNoOpenObjection.selector, caseId, LAB)
        );
    }

    function test_resolve_upheld() public {
        uint256 caseId = readyCase();
        object(WRITER, caseId);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.ObjectionUpheld(caseId, PRESS, PANEL, UMPIRE, NOTE);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.StatusChanged(
            leafOf(sanction()), IRepairDesk.SanctionState.None, IRepairDesk.SanctionState.None
        );
        vm.expectEmit(address(_desk));
        emit IRepairDesk.CaseRefused(caseId, UMPIRE, NOTE);
        act(UMPIRE, abi.encodeCall(_desk.resolve, (caseId, PRESS, true, NOTE)));
        checkState(caseId, IRepairDesk.CaseState.Refused);
        _checkPart(caseId, PRESS, IRepairDesk.ObjectionState.Upheld, 0, false);
        // The authority may now annul the sanction, or another case be opened.
        uint256 before = vm.snapshotState();
        act(JUDGE, annulCall(0));
        vm.revertToState(before);
        vm.assertEq(openCase(), 2, "another case");
        object(WRITER, 2);
    }

    /// @dev The lab arbitrates too; but not where it has approved, even if its approval no longer stands.
    function test_resolve_refusesWhoReviewed() public {
        uint256 caseId = reviewCase();
        object(WRITER, caseId);
        bytes memory call = abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE));
        uint256 before = vm.snapshotState();
        act(CHEMIST, call);
        vm.revertToState(before);
        approve(PHYSICIST, caseId);
        refused(CHEMIST, call, notIndependent(caseId, LAB));
        act(LAWYER, abi.encodeCall(_desk.supplement, (caseId, oneMaterial(1))));
        refused(CHEMIST, call, notIndependent(caseId, LAB));
        act(UMPIRE, call);
    }

    function test_resolve_refusesTheObjectorItself() public {
        uint256 caseId = reviewCase();
        object(UMPIRE, caseId);
        object(WRITER, caseId);
        refused(UMPIRE, abi.encodeCall(_desk.resolve, (caseId, PANEL, true, NOTE)), notIndependent(caseId, PANEL));
        act(UMPIRE, abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)));
        act(ELDER, abi.encodeCall(_desk.resolve, (caseId, PANEL, false, NOTE)));
        vm.assertEq(_desk.caseOf(caseId).openObjections, 0, "none is left");
    }

    /// @dev Whoever has arbitrated in the case no longer reviews it.
    function test_approve_refusesWhoArbitrated() public {
        uint256 caseId = reviewCase();
        object(WRITER, caseId);
        act(UMPIRE, abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)));
        refused(UMPIRE, approveCall(caseId), notIndependent(caseId, PANEL));
    }

    function test_resolve_refusesASuspendedArbiter() public {
        uint256 caseId = reviewCase();
        object(WRITER, caseId);
        suspend(PANEL);
        refused(
            UMPIRE,
            abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNotArbiter.selector, UMPIRE)
        );
    }

    function test_objection_staysRaisedWhenTheCaseEndsOtherwise() public {
        uint256 caseId = openCase();
        object(WRITER, caseId);
        act(LAWYER, abi.encodeCall(_desk.withdraw, (caseId)));
        refused(
            UMPIRE,
            abi.encodeCall(_desk.resolve, (caseId, PRESS, true, NOTE)),
            wrongState(caseId, IRepairDesk.CaseState.Withdrawn)
        );
        _checkPart(caseId, PRESS, IRepairDesk.ObjectionState.Raised, START + ARBITRATION, false);
    }

    function _checkPart(uint256 caseId, bytes32 orgId, IRepairDesk.ObjectionState state, uint64 dueAt, bool arbitrated)
        private
        view
    {
        IRepairDesk.Part memory part = _desk.partOf(caseId, orgId);
        vm.assertEq(uint8(part.objection), uint8(state), "objection");
        vm.assertEq(part.dueAt, dueAt, "due");
        vm.assertTrue(part.arbitrated == arbitrated, "arbitrated");
        vm.assertFalse(part.escalated, "escalated");
    }
}
