// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {RepairFixture} from "./RepairFixture.sol";
import {IRepairDesk} from "../src/interfaces/IRepairDesk.sol";

/// @notice Every step of a case: what it changes, who may take it, and in which state.
contract RepairStepsTest is RepairFixture {
    function setUp() public {
        deployDesk();
    }

    // ---------------------------------------------------------------------------------------------- the whole matrix

    /// @dev Each step in each state a case can be in, by the account that may take it: accepted or refused as the table
    /// says. Steps: supplement, withdraw, askSupplement, accept, confirm, refuse, approve, object, resolve, trigger,
    /// escalate, escalateObjection, revoke.
    function test_steps_inEveryState() public {
        bool[13][10] memory allowed;
        uint8 open_ = uint8(IRepairDesk.CaseState.Open);
        uint8 asked = uint8(IRepairDesk.CaseState.SupplementAsked);
        uint8 review = uint8(IRepairDesk.CaseState.UnderReview);
        allowed[open_] = [true, true, true, true, true, true, true, true, true, false, true, true, false];
        allowed[asked] = [true, true, false, false, true, false, false, true, true, false, true, true, false];
        allowed[review] = [true, true, false, false, true, true, true, true, true, true, true, true, false];
        allowed[uint8(IRepairDesk.CaseState.Repaired)][12] = true;
        for (uint8 state = open_; state <= uint8(IRepairDesk.CaseState.Annulled); ++state) {
            for (uint256 step = 0; step < 13; ++step) {
                uint256 before = vm.snapshotState();
                uint256 caseId = _caseIn(IRepairDesk.CaseState(state), step);
                checkState(caseId, IRepairDesk.CaseState(state));
                (address actor, bytes memory call) = _step(step, caseId);
                if (allowed[state][step]) {
                    act(actor, call);
                } else {
                    refused(actor, call, wrongState(caseId, IRepairDesk.CaseState(state)));
                }
                vm.revertToState(before);
            }
        }
    }

    function test_steps_ofUnknownCases() public {
        openCase();
        uint256[3] memory unknown = [uint256(0), 2, type(uint256).max];
        for (uint256 i = 0; i < unknown.length; ++i) {
            bytes memory expected = abi.encodeWithSelector(IRepairDesk.RepairDeskUnknownCase.selector, unknown[i]);
            for (uint256 step = 0; step < 13; ++step) {
                if (step != 6) {
                    (address actor, bytes memory call) = _step(step, unknown[i]);
                    refused(actor, call, expected);
                }
            }
            refused(CHEMIST, abi.encodeCall(_desk.approve, (unknown[i], NOTE, 60)), expected);
            refused(STRANGER, abi.encodeCall(_desk.caseOf, (unknown[i])), expected);
            refused(STRANGER, abi.encodeCall(_desk.conditions, (unknown[i])), expected);
            refused(STRANGER, abi.encodeCall(_desk.approvalsOf, (unknown[i])), expected);
        }
    }

    /// @dev Each step by each account that may not take it.
    function test_steps_byEveryWrongCaller() public {
        address[14] memory all = [
            STRANGER,
            ADMIN,
            JUDGE,
            CHIEF,
            COURT_OPERATOR,
            OFFICER,
            OFFICE_OPERATOR,
            LAWYER,
            CHEMIST,
            MASTER,
            CLERK,
            UMPIRE,
            ELDER,
            WRITER
        ];
        uint256 caseId = openCase();
        object(WRITER, caseId);
        for (uint256 i = 0; i < all.length; ++i) {
            address caller = all[i];
            bool isApplicant = caller == LAWYER;
            bool isCourt = caller == JUDGE || caller == CHIEF;
            for (uint256 step = 0; step < 2 && !isApplicant; ++step) {
                (, bytes memory call) = _step(step, caseId);
                refused(caller, call, notApplicant(caller));
            }
            for (uint256 step = 2; step < 6 && !isCourt; ++step) {
                (, bytes memory call) = _step(step, caseId);
                refused(caller, call, notAuthority(caller));
            }
            if (!isCourt) {
                refused(caller, annulCall(caseId), notAuthority(caller));
                refused(caller, shieldCall(), notAuthority(caller));
                refused(caller, unshieldCall(), notAuthority(caller));
            }
            _checkReviewer(caller, caseId);
            _checkArbiter(caller, caseId);
        }
        refused(
            STRANGER,
            abi.encodeCall(_desk.object, (caseId, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNotMember.selector, STRANGER)
        );
        refused(
            ADMIN,
            abi.encodeCall(_desk.object, (caseId, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNotMember.selector, ADMIN)
        );
        checkState(caseId, IRepairDesk.CaseState.Open);
        vm.assertEq(_desk.caseOf(caseId).openObjections, 1, "objections");
    }

    /// @dev A retired or suspended account, and one without its role, is no party any more.
    function test_steps_byAccountsThatLostTheirRole() public {
        uint256 caseId = openCase();
        asAdmin(abi.encodeCall(_consortium.retireAccount, (JUDGE)));
        refused(JUDGE, abi.encodeCall(_desk.accept, (caseId)), notAuthority(JUDGE));
        asAdmin(abi.encodeCall(_consortium.setAccountRoles, (CHEMIST, 0)));
        refused(
            CHEMIST, approveCall(caseId), abi.encodeWithSelector(IRepairDesk.RepairDeskNotReviewer.selector, CHEMIST)
        );
        suspend(PRESS);
        refused(
            WRITER,
            abi.encodeCall(_desk.object, (caseId, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNotMember.selector, WRITER)
        );
        vm.prank(CHIEF);
        _consortium.dismissRepresentative(TAG, LAWYER);
        refused(LAWYER, abi.encodeCall(_desk.withdraw, (caseId)), notApplicant(LAWYER));
        suspend(COURT);
        refused(CHIEF, abi.encodeCall(_desk.refuse, (caseId, NOTE)), notAuthority(CHIEF));
    }

    // ------------------------------------------------------------------------------------------------------ applicant

    function test_supplement_whenAsked() public {
        uint256 caseId = openCaseWith(oneMaterial(COMMITMENT));
        vm.warp(START + 1 days);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.SupplementAsked(caseId, JUDGE, REQUIRED, NOTE, START + 1 days + SUPPLEMENT);
        act(JUDGE, abi.encodeCall(_desk.askSupplement, (caseId, REQUIRED, NOTE)));
        vm.assertEq(_desk.caseOf(caseId).supplementRequests, 1, "requests");

        vm.warp(START + 2 days);
        bytes32 hash = fold(fold(leafOf(sanction()), oneMaterial(COMMITMENT)), allMaterials());
        vm.expectEmit(address(_desk));
        emit IRepairDesk.MaterialsSubmitted(caseId, LAWYER, allMaterials(), hash, START + 2 days + INTAKE);
        act(LAWYER, abi.encodeCall(_desk.supplement, (caseId, allMaterials())));
        checkState(caseId, IRepairDesk.CaseState.Open);
        vm.assertEq(_desk.caseOf(caseId).materialsHash, hash, "materials");
        vm.assertEq(_desk.caseOf(caseId).dueAt, START + 2 days + INTAKE, "a new intake period");

        refused(
            JUDGE,
            abi.encodeCall(_desk.askSupplement, (caseId, REQUIRED, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskTooManyRequests.selector, caseId, uint8(1))
        );
    }

    function test_supplement_unaskedMovesNoTime() public {
        uint256 caseId = openCaseWith(oneMaterial(COMMITMENT));
        vm.warp(START + 1 days);
        act(LAWYER, abi.encodeCall(_desk.supplement, (caseId, allMaterials())));
        checkState(caseId, IRepairDesk.CaseState.Open);
        vm.assertEq(_desk.caseOf(caseId).dueAt, START + INTAKE, "due");
    }

    function test_supplement_voidsApprovals() public {
        uint256 caseId = reviewCase();
        approve(CHEMIST, caseId);
        approve(MASTER, caseId);
        bytes32 seen = _desk.caseOf(caseId).materialsHash;
        vm.assertEq(_desk.approvalsOf(caseId)[0], LAB, "the first");
        vm.assertEq(_desk.approvalsOf(caseId)[1], GUILD, "the second");

        vm.expectEmit(address(_desk));
        emit IRepairDesk.ApprovalsVoided(caseId, 2);
        act(LAWYER, abi.encodeCall(_desk.supplement, (caseId, oneMaterial(1))));
        vm.assertEq(_desk.caseOf(caseId).approvals, 0, "approvals");
        vm.assertEq(_desk.approvalsOf(caseId).length, 0, "list");
        vm.assertFalse(_desk.conditions(caseId).approved, "condition");
        refused(
            CHEMIST,
            abi.encodeCall(_desk.approve, (caseId, seen, 60)),
            abi.encodeWithSelector(
                IRepairDesk.RepairDeskOtherMaterials.selector, caseId, fold(seen, oneMaterial(1)), seen
            )
        );

        approve(MASTER, caseId);
        vm.assertEq(_desk.approvalsOf(caseId)[0], GUILD, "anew");
        vm.recordLogs();
        act(LAWYER, abi.encodeCall(_desk.supplement, (caseId, oneMaterial(2))));
        act(LAWYER, abi.encodeCall(_desk.supplement, (caseId, oneMaterial(3))));
        vm.assertEq(vm.getRecordedLogs().length, 3, "nothing to void the second time");
    }

    function test_supplement_refusesNothingAndTheInvalid() public {
        uint256 caseId = openCase();
        refused(
            LAWYER,
            abi.encodeCall(_desk.supplement, (caseId, new IRepairDesk.Material[](0))),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNoMaterials.selector, caseId)
        );
        refused(
            LAWYER,
            abi.encodeCall(_desk.supplement, (caseId, oneMaterial(64))),
            abi.encodeWithSelector(
                IRepairDesk.RepairDeskInvalidMaterial.selector, 0, uint8(64), oneMaterial(64)[0].digest
            )
        );
    }

    function test_withdraw_endsTheCase() public {
        uint256 caseId = openCase();
        vm.warp(START + 5);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.StatusChanged(
            leafOf(sanction()), IRepairDesk.SanctionState.None, IRepairDesk.SanctionState.None
        );
        vm.expectEmit(address(_desk));
        emit IRepairDesk.CaseWithdrawn(caseId, LAWYER);
        act(LAWYER, abi.encodeCall(_desk.withdraw, (caseId)));
        checkState(caseId, IRepairDesk.CaseState.Withdrawn);
        checkStatus(IRepairDesk.SanctionState.None, START + 5);
        vm.assertEq(_desk.caseOf(caseId).dueAt, 0, "nothing is due");
        vm.assertEq(openCase(), 2, "another case");
    }

    // ------------------------------------------------------------------------------------------------------ authority

    function test_accept_beginsTheReview() public {
        uint256 caseId = openCase();
        vm.warp(START + 1 days);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.ReviewBegun(caseId, JUDGE, START + 1 days + REVIEW, START + 1 days + WINDOW);
        act(JUDGE, abi.encodeCall(_desk.accept, (caseId)));
        IRepairDesk.Case memory file = _desk.caseOf(caseId);
        vm.assertEq(file.dueAt, START + 1 days + REVIEW, "due");
        vm.assertEq(file.objectionsUntil, START + 1 days + WINDOW, "window");
    }

    function test_review_needsTheMaterials() public {
        uint256 caseId = openCaseWith(oneMaterial(REPORT));
        bytes memory expected = abi.encodeWithSelector(
            IRepairDesk.RepairDeskMaterialsMissing.selector, caseId, uint64(1) << RECEIPT | uint64(1) << COMMITMENT
        );
        refused(JUDGE, abi.encodeCall(_desk.accept, (caseId)), expected);
        refused(CHEMIST, approveCall(caseId), expected);
        act(LAWYER, abi.encodeCall(_desk.supplement, (caseId, oneMaterial(RECEIPT))));
        refused(
            JUDGE,
            abi.encodeCall(_desk.accept, (caseId)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskMaterialsMissing.selector, caseId, uint64(1) << COMMITMENT)
        );
        // A confirmation is a fact of its own; it does not begin the review of what is not there.
        confirm(caseId);
        checkState(caseId, IRepairDesk.CaseState.Open);
        vm.assertTrue(_desk.conditions(caseId).performed, "performed");
        vm.assertFalse(_desk.conditions(caseId).committed, "committed");
        vm.assertTrue(_desk.conditions(caseId).materialsComplete, "materials");
        act(LAWYER, abi.encodeCall(_desk.supplement, (caseId, oneMaterial(COMMITMENT))));
        approve(CHEMIST, caseId);
        checkState(caseId, IRepairDesk.CaseState.UnderReview);
    }

    function test_confirm_beginsTheReview() public {
        uint256 caseId = openCase();
        vm.expectEmit(address(_desk));
        emit IRepairDesk.PerformanceConfirmed(caseId, CHIEF, NOTE);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.ReviewBegun(caseId, CHIEF, START + REVIEW, START + WINDOW);
        act(CHIEF, abi.encodeCall(_desk.confirm, (caseId, true, NOTE)));
        vm.assertTrue(_desk.caseOf(caseId).performed, "performed");
    }

    function test_confirm_firstVoidsNothing() public {
        uint256 caseId = openCase();
        approve(CHEMIST, caseId);
        confirm(caseId);
        vm.assertEq(_desk.caseOf(caseId).approvals, 1, "approvals");
    }

    function test_confirm_changedVoidsApprovals() public {
        uint256 caseId = reviewCase();
        confirm(caseId);
        approve(CHEMIST, caseId);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.ApprovalsVoided(caseId, 1);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.ConfirmationWithdrawn(caseId, JUDGE, NOTE);
        act(JUDGE, abi.encodeCall(_desk.confirm, (caseId, false, NOTE)));
        vm.assertFalse(_desk.conditions(caseId).performed, "performed");
        refused(
            JUDGE,
            abi.encodeCall(_desk.confirm, (caseId, false, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNotConfirmed.selector, caseId)
        );

        approve(CHEMIST, caseId);
        confirm(caseId);
        vm.assertEq(_desk.caseOf(caseId).approvals, 1, "confirmed anew");
        confirm(caseId);
        vm.assertEq(_desk.caseOf(caseId).approvals, 0, "another confirmation");
    }

    function test_confirm_isTakenBackBeforeTheReview() public {
        uint256 caseId = openCaseWith(oneMaterial(RECEIPT));
        confirm(caseId);
        vm.warp(START + INTAKE);
        act(JUDGE, abi.encodeCall(_desk.confirm, (caseId, false, NOTE)));
        vm.assertFalse(_desk.caseOf(caseId).performed, "performed");
    }

    function test_refuse_endsTheCase() public {
        uint256 caseId = reviewCase();
        vm.expectEmit(address(_desk));
        emit IRepairDesk.CaseRefused(caseId, JUDGE, NOTE);
        act(JUDGE, abi.encodeCall(_desk.refuse, (caseId, NOTE)));
        checkState(caseId, IRepairDesk.CaseState.Refused);
        checkStatus(IRepairDesk.SanctionState.None, START);
        vm.assertEq(openCase(), 2, "another case");
    }

    // ------------------------------------------------------------------------------------------------------ reviewers

    function test_approve_counts() public {
        uint256 caseId = openCase();
        bytes32 hash = _desk.caseOf(caseId).materialsHash;
        vm.expectEmit(address(_desk));
        emit IRepairDesk.ReviewBegun(caseId, CHEMIST, START + REVIEW, START + WINDOW);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.CaseApproved(caseId, LAB, CHEMIST, hash, 87);
        act(CHEMIST, abi.encodeCall(_desk.approve, (caseId, hash, 87)));
        vm.assertFalse(_desk.conditions(caseId).approved, "one of two");
        approve(MASTER, caseId);
        vm.assertTrue(_desk.conditions(caseId).approved, "two of two");
        approve(CLERK, caseId);
        vm.assertEq(_desk.caseOf(caseId).approvals, 3, "one to spare");
    }

    /// @dev Two accounts of one organisation are one reviewer.
    function test_approve_refusesTheSameOrganisationTwice() public {
        uint256 caseId = openCase();
        approve(CHEMIST, caseId);
        bytes memory expected = abi.encodeWithSelector(IRepairDesk.RepairDeskAlreadyApproved.selector, caseId, LAB);
        refused(CHEMIST, approveCall(caseId), expected);
        refused(PHYSICIST, approveCall(caseId), expected);
        approve(MASTER, caseId);
        refused(PHYSICIST, approveCall(caseId), expected);
    }

    function test_approve_refusesScoresOutOfBounds() public {
        uint256 caseId = openCase();
        bytes32 hash = _desk.caseOf(caseId).materialsHash;
        uint8[4] memory scores = [0, 59, 101, 255];
        for (uint256 i = 0; i < scores.length; ++i) {
            refused(
                CHEMIST,
                abi.encodeCall(_desk.approve, (caseId, hash, scores[i])),
                abi.encodeWithSelector(
                    IRepairDesk.RepairDeskScoreOutOfBounds.selector, caseId, scores[i], uint8(60), uint8(100)
                )
            );
        }
        act(CHEMIST, abi.encodeCall(_desk.approve, (caseId, hash, 60)));
        act(MASTER, abi.encodeCall(_desk.approve, (caseId, hash, 100)));
    }

    /// @dev The firm is a reviewer too, but represents the subject.
    function test_approve_refusesThePartial() public {
        uint256 caseId = openCase();
        refused(LAWYER, approveCall(caseId), notIndependent(caseId, FIRM));
        suspend(FIRM);
        asAdmin(abi.encodeCall(_consortium.resumeOrganisation, (FIRM)));
        asAdmin(abi.encodeCall(_consortium.setAccountRoles, (LAWYER, REVIEWER)));
        refused(LAWYER, approveCall(caseId), notIndependent(caseId, FIRM));
    }

    /// @dev Whoever is suspended or has become partial after approving no longer counts; nor, once resumed, is lost.
    function test_approved_countsNoSuspendedAndNoPartialOrganisation() public {
        uint256 caseId = readyCase();
        vm.assertTrue(_desk.conditions(caseId).approved, "two of two");
        suspend(LAB);
        vm.assertFalse(_desk.conditions(caseId).approved, "one suspended");
        approve(CLERK, caseId);
        vm.assertTrue(_desk.conditions(caseId).approved, "a third");
        vm.prank(CHIEF);
        _consortium.appointRepresentative(OTHER_TAG, LAWYER);
        asAdmin(abi.encodeCall(_consortium.setAccountRoles, (CLERK, REVIEWER | ENTERPRISE)));
        vm.prank(CHIEF);
        _consortium.appointRepresentative(TAG, CLERK);
        vm.assertFalse(_desk.conditions(caseId).approved, "one partial");
        vm.warp(START + WINDOW);
        refused(STRANGER, abi.encodeCall(_desk.trigger, (caseId)), _notMet(caseId));
        asAdmin(abi.encodeCall(_consortium.resumeOrganisation, (LAB)));
        act(STRANGER, abi.encodeCall(_desk.trigger, (caseId)));
        checkState(caseId, IRepairDesk.CaseState.Repaired);
    }

    // -------------------------------------------------------------------------------------------------------- repair

    function test_trigger_repairs() public {
        uint256 caseId = readyCase();
        vm.warp(START + WINDOW - 1);
        refused(STRANGER, abi.encodeCall(_desk.trigger, (caseId)), _notMet(caseId));
        vm.warp(START + WINDOW);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.CaseRepaired(caseId, leafOf(sanction()), STRANGER);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.StatusChanged(
            leafOf(sanction()), IRepairDesk.SanctionState.Repaired, IRepairDesk.SanctionState.None
        );
        act(STRANGER, abi.encodeCall(_desk.trigger, (caseId)));
        checkState(caseId, IRepairDesk.CaseState.Repaired);
        checkStatus(IRepairDesk.SanctionState.Repaired, START + WINDOW);
    }

    /// @dev Whoever puts the last fact repairs, whichever it is.
    function test_repair_byTheLastFact() public {
        uint256 caseId = reviewCase();
        confirm(caseId);
        approve(CHEMIST, caseId);
        vm.warp(START + WINDOW);
        approve(MASTER, caseId);
        checkState(caseId, IRepairDesk.CaseState.Repaired);

        deployDesk();
        caseId = reviewCase();
        approve(CHEMIST, caseId);
        approve(MASTER, caseId);
        vm.warp(START + WINDOW);
        confirm(caseId);
        checkState(caseId, IRepairDesk.CaseState.Repaired);

        deployDesk();
        caseId = readyCase();
        object(WRITER, caseId);
        vm.warp(START + WINDOW);
        act(ELDER, abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)));
        checkState(caseId, IRepairDesk.CaseState.Repaired);
    }

    /// @dev Each condition in turn is the only one that fails.
    function test_conditions_eachStandsInTheWay() public {
        IRepairDesk.Conditions memory all =
            IRepairDesk.Conditions(true, true, true, true, true, true, true, true, true, true, true);
        uint256 caseId = readyCase();
        vm.warp(START + WINDOW);
        vm.assertEq(abi.encode(_desk.conditions(caseId)), abi.encode(all), "all hold");

        act(ADMIN, abi.encodeCall(_desk.pause, ()));
        all.notPaused = false;
        vm.assertEq(abi.encode(_desk.conditions(caseId)), abi.encode(all), "C11");
        act(ADMIN, abi.encodeCall(_desk.resume, ()));
        all.notPaused = true;

        act(JUDGE, abi.encodeCall(_desk.confirm, (caseId, false, NOTE)));
        approve(CHEMIST, caseId);
        approve(MASTER, caseId);
        all.performed = false;
        vm.assertEq(abi.encode(_desk.conditions(caseId)), abi.encode(all), "C2");
        refused(STRANGER, abi.encodeCall(_desk.trigger, (caseId)), _notMet(caseId));
        all.performed = true;

        deployDesk();
        caseId = readyCase();
        all.unopposed = false;
        vm.assertEq(abi.encode(_desk.conditions(caseId)), abi.encode(all), "C6: the window");
        object(WRITER, caseId);
        vm.warp(START + WINDOW);
        vm.assertEq(abi.encode(_desk.conditions(caseId)), abi.encode(all), "C6: an objection");
        all.unopposed = true;

        deployDesk();
        IRepairDesk.Terms memory content = terms();
        content.earliestRepairAt = START + 30 days;
        _readyWith(content);
        vm.warp(START + 30 days - 1);
        all.periodOver = false;
        vm.assertEq(abi.encode(_desk.conditions(1)), abi.encode(all), "C1");
        refused(STRANGER, abi.encodeCall(_desk.trigger, (1)), _notMet(1));
        vm.warp(START + 30 days);
        act(STRANGER, abi.encodeCall(_desk.trigger, (1)));
        all.periodOver = true;

        deployDesk();
        content = terms();
        content.attachedTermUntil = START + 40 days;
        _readyWith(content);
        vm.warp(START + 40 days - 1);
        all.attachedTermOver = false;
        vm.assertEq(abi.encode(_desk.conditions(1)), abi.encode(all), "C8");
        refused(STRANGER, abi.encodeCall(_desk.trigger, (1)), _notMet(1));
        vm.warp(START + 40 days);
        act(STRANGER, abi.encodeCall(_desk.trigger, (1)));
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    function _readyWith(IRepairDesk.Terms memory content) private {
        act(LAWYER, openLast(anchorAlso(content), allMaterials()));
        confirm(1);
        approve(CHEMIST, 1);
        approve(MASTER, 1);
    }

    function _notMet(uint256 caseId) private view returns (bytes memory) {
        return abi.encodeWithSelector(IRepairDesk.RepairDeskConditionsNotMet.selector, caseId, _desk.conditions(caseId));
    }

    function _checkReviewer(address caller, uint256 caseId) private {
        if (caller == LAWYER) {
            refused(caller, approveCall(caseId), notIndependent(caseId, FIRM));
        } else if (caller != CHEMIST && caller != MASTER && caller != CLERK && caller != UMPIRE) {
            refused(
                caller, approveCall(caseId), abi.encodeWithSelector(IRepairDesk.RepairDeskNotReviewer.selector, caller)
            );
        }
    }

    function _checkArbiter(address caller, uint256 caseId) private {
        bytes memory call = abi.encodeCall(_desk.resolve, (caseId, PRESS, true, NOTE));
        if (caller == LAWYER) {
            refused(caller, call, notIndependent(caseId, FIRM));
        } else if (caller == CHIEF) {
            refused(caller, call, notIndependent(caseId, COURT));
        } else if (caller != CHEMIST && caller != UMPIRE && caller != ELDER) {
            refused(caller, call, abi.encodeWithSelector(IRepairDesk.RepairDeskNotArbiter.selector, caller));
        }
    }

    /// @dev A case in this state, at a moment at which the step could be taken but for the state.
    function _caseIn(IRepairDesk.CaseState state, uint256 step) private returns (uint256 caseId) {
        bool needsObjection = step == 8 || step == 11;
        caseId = openCase();
        if (needsObjection) {
            object(WRITER, caseId);
        }
        if (state == IRepairDesk.CaseState.SupplementAsked) {
            act(JUDGE, abi.encodeCall(_desk.askSupplement, (caseId, REQUIRED, NOTE)));
        } else if (state == IRepairDesk.CaseState.UnderReview) {
            act(JUDGE, abi.encodeCall(_desk.accept, (caseId)));
            if (step == 9) {
                _facts(caseId, WINDOW);
            }
        } else if (state == IRepairDesk.CaseState.Repaired || state == IRepairDesk.CaseState.Revoked) {
            if (needsObjection) {
                act(ELDER, abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)));
            }
            _facts(caseId, WINDOW);
            act(STRANGER, abi.encodeCall(_desk.trigger, (caseId)));
            if (state == IRepairDesk.CaseState.Revoked) {
                act(JUDGE, abi.encodeCall(_desk.revoke, (caseId, NOTE)));
                act(CHIEF, abi.encodeCall(_desk.revoke, (caseId, NOTE)));
            }
        } else if (state == IRepairDesk.CaseState.Refused) {
            act(JUDGE, abi.encodeCall(_desk.refuse, (caseId, NOTE)));
        } else if (state == IRepairDesk.CaseState.Withdrawn) {
            act(LAWYER, abi.encodeCall(_desk.withdraw, (caseId)));
        } else if (state == IRepairDesk.CaseState.Lapsed) {
            vm.warp(START + INTAKE);
            act(STRANGER, abi.encodeCall(_desk.escalate, (caseId)));
            vm.warp(START + 2 * INTAKE);
            act(STRANGER, abi.encodeCall(_desk.escalate, (caseId)));
        } else if (state == IRepairDesk.CaseState.Annulled) {
            act(JUDGE, annulCall(caseId));
        }
        if (step == 10) {
            vm.warp(block.timestamp + 20 days);
        } else if (step == 11) {
            vm.warp(block.timestamp + ARBITRATION);
        }
    }

    function _facts(uint256 caseId, uint64 later) private {
        confirm(caseId);
        approve(CHEMIST, caseId);
        approve(MASTER, caseId);
        vm.warp(START + later);
    }

    function _step(uint256 step, uint256 caseId) private view returns (address actor, bytes memory call) {
        if (step == 0) {
            return (LAWYER, abi.encodeCall(_desk.supplement, (caseId, oneMaterial(1))));
        }
        if (step == 1) {
            return (LAWYER, abi.encodeCall(_desk.withdraw, (caseId)));
        }
        if (step == 2) {
            return (JUDGE, abi.encodeCall(_desk.askSupplement, (caseId, REQUIRED, NOTE)));
        }
        if (step == 3) {
            return (JUDGE, abi.encodeCall(_desk.accept, (caseId)));
        }
        if (step == 4) {
            return (JUDGE, abi.encodeCall(_desk.confirm, (caseId, true, NOTE)));
        }
        if (step == 5) {
            return (JUDGE, abi.encodeCall(_desk.refuse, (caseId, NOTE)));
        }
        if (step == 6) {
            return (CLERK, approveCall(caseId));
        }
        if (step == 7) {
            return (OFFICER, abi.encodeCall(_desk.object, (caseId, NOTE)));
        }
        if (step == 8) {
            return (UMPIRE, abi.encodeCall(_desk.resolve, (caseId, PRESS, true, NOTE)));
        }
        if (step == 9) {
            return (STRANGER, abi.encodeCall(_desk.trigger, (caseId)));
        }
        if (step == 10) {
            return (STRANGER, abi.encodeCall(_desk.escalate, (caseId)));
        }
        if (step == 11) {
            return (STRANGER, abi.encodeCall(_desk.escalateObjection, (caseId, PRESS)));
        }
        return (JUDGE, abi.encodeCall(_desk.revoke, (caseId, keccak256("findings"))));
    }
}
