// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {ReferenceTree} from "./ReferenceTree.sol";
import {RepairFixture} from "./RepairFixture.sol";
import {IRepairDesk} from "../src/interfaces/IRepairDesk.sol";

/// @notice What the authority does to a sanction: revoking for false material, annulling, shielding; and the storage that
/// evidence files prove.
contract RepairStatusTest is RepairFixture {
    using ReferenceTree for bytes32[];

    function setUp() public {
        deployDesk();
    }

    // --------------------------------------------------------------------------------------------------------- storage

    /// @dev Normative: docs/spec/repair-desk.md section 2.
    function test_status_isPackedAtSlot0() public {
        bytes32 slot = keccak256(abi.encode(leafOf(sanction()), uint256(0)));
        vm.assertEq(vm.load(address(_desk), slot), 0, "nothing yet");
        uint256 caseId = openCase();
        vm.assertEq(vm.load(address(_desk), slot), bytes32(uint256(START) << 8 | 1), "under repair");
        vm.warp(START + 1);
        act(JUDGE, shieldCall());
        vm.assertEq(vm.load(address(_desk), slot), bytes32(uint256(1) << 72 | uint256(START + 1) << 8 | 3), "shielded");
        act(JUDGE, unshieldCall());
        vm.warp(START + 2);
        act(LAWYER, abi.encodeCall(_desk.withdraw, (caseId)));
        vm.assertEq(vm.load(address(_desk), slot), bytes32(uint256(START + 2) << 8), "none again");
        vm.warp(START + 3);
        act(JUDGE, annulCall(0));
        vm.assertEq(vm.load(address(_desk), slot), bytes32(uint256(START + 3) << 8 | 4), "annulled");
    }

    function test_status_repairedAndRevokedInStorage() public {
        bytes32 slot = keccak256(abi.encode(leafOf(sanction()), uint256(0)));
        uint256 caseId = repairedCase();
        uint256 time = block.timestamp;
        vm.assertEq(vm.load(address(_desk), slot), bytes32(time << 8 | 2), "repaired");
        act(JUDGE, abi.encodeCall(_desk.revoke, (caseId, NOTE)));
        act(CHIEF, abi.encodeCall(_desk.revoke, (caseId, NOTE)));
        vm.assertEq(vm.load(address(_desk), slot), bytes32(time << 8 | 5), "revoked");
        act(JUDGE, shieldCall());
        vm.assertEq(vm.load(address(_desk), slot), bytes32(uint256(5) << 72 | time << 8 | 3), "shielded");
    }

    /// @dev Every value of the word reads back as its fields.
    function testFuzz_status_readsEveryWord(uint8 state, uint64 changedAt, uint8 returnTo) public {
        state = uint8(bound(state, 0, 5));
        returnTo = uint8(bound(returnTo, 0, 5));
        bytes32 slot = keccak256(abi.encode(leafOf(sanction()), uint256(0)));
        vm.store(address(_desk), slot, bytes32(uint256(returnTo) << 72 | uint256(changedAt) << 8 | state));
        checkStatus(IRepairDesk.SanctionState(state), changedAt, IRepairDesk.SanctionState(returnTo));
    }

    // ---------------------------------------------------------------------------------------------------------- revoke

    function test_revoke_takesTwoKeys() public {
        uint256 caseId = repairedCase();
        uint64 time = uint64(block.timestamp);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.RevocationProposed(caseId, JUDGE, NOTE);
        act(JUDGE, abi.encodeCall(_desk.revoke, (caseId, NOTE)));
        checkStatus(IRepairDesk.SanctionState.Repaired, time);
        (address account, bytes32 findings) = _desk.revocationOf(caseId);
        vm.assertEq(account, JUDGE, "first key");
        vm.assertEq(findings, NOTE, "findings");
        refused(
            JUDGE,
            abi.encodeCall(_desk.revoke, (caseId, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskSameKey.selector, caseId, JUDGE)
        );

        vm.warp(time + 1 days);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.CaseRevoked(caseId, leafOf(sanction()), JUDGE, CHIEF, NOTE);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.StatusChanged(
            leafOf(sanction()), IRepairDesk.SanctionState.Revoked, IRepairDesk.SanctionState.None
        );
        vm.expectEmit(address(_desk));
        emit IRepairDesk.SubjectBarred(caseId, TAG, time + 1 days + BAR);
        act(CHIEF, abi.encodeCall(_desk.revoke, (caseId, NOTE)));
        checkState(caseId, IRepairDesk.CaseState.Revoked);
        checkStatus(IRepairDesk.SanctionState.Revoked, time + 1 days);
        vm.assertEq(_desk.barredUntil(TAG), time + 1 days + BAR, "bar");
        (account, findings) = _desk.revocationOf(caseId);
        vm.assertTrue(account == address(0) && findings == 0, "no proposal is left");
    }

    function test_revoke_bothKeysNameTheSameFindings() public {
        uint256 caseId = repairedCase();
        act(JUDGE, abi.encodeCall(_desk.revoke, (caseId, NOTE)));
        act(CHIEF, abi.encodeCall(_desk.revoke, (caseId, keccak256("other findings"))));
        checkState(caseId, IRepairDesk.CaseState.Repaired);
        (address account,) = _desk.revocationOf(caseId);
        vm.assertEq(account, CHIEF, "the proposal was replaced");
        act(JUDGE, abi.encodeCall(_desk.revoke, (caseId, keccak256("other findings"))));
        checkState(caseId, IRepairDesk.CaseState.Revoked);
    }

    /// @dev A key that was retired meanwhile is none of the two.
    function test_revoke_needsTheFirstKeyStill() public {
        uint256 caseId = repairedCase();
        act(JUDGE, abi.encodeCall(_desk.revoke, (caseId, NOTE)));
        asAdmin(abi.encodeCall(_consortium.retireAccount, (JUDGE)));
        act(CHIEF, abi.encodeCall(_desk.revoke, (caseId, NOTE)));
        checkState(caseId, IRepairDesk.CaseState.Repaired);
        refused(
            CHIEF,
            abi.encodeCall(_desk.revoke, (caseId, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskSameKey.selector, caseId, CHIEF)
        );
        asAdmin(abi.encodeCall(_consortium.registerAccount, (address(0x13), COURT, AUTHORITY)));
        act(address(0x13), abi.encodeCall(_desk.revoke, (caseId, NOTE)));
        checkState(caseId, IRepairDesk.CaseState.Revoked);
    }

    function test_revoke_refusesOthers() public {
        uint256 caseId = repairedCase();
        address[6] memory callers = [STRANGER, ADMIN, OFFICER, LAWYER, COURT_OPERATOR, CHEMIST];
        for (uint256 i = 0; i < callers.length; ++i) {
            refused(callers[i], abi.encodeCall(_desk.revoke, (caseId, NOTE)), notAuthority(callers[i]));
        }
        act(JUDGE, annulCall(0));
        refused(JUDGE, abi.encodeCall(_desk.revoke, (caseId, NOTE)), wrongStatus(IRepairDesk.SanctionState.Annulled));
    }

    /// @dev The bar counts for the subject, in every case of it, to the second; then a case may be opened again, which
    /// leaves the sanction revoked if it fails.
    function test_bar_lastsAndEnds() public {
        IRepairDesk.Terms memory content = terms();
        content.salt = keccak256("another sanction");
        act(LAWYER, openLast(anchorAlso(content), allMaterials()));
        act(JUDGE, abi.encodeCall(_desk.accept, (1)));
        vm.assertEq(readyCase(), 2, "the tests' own");
        vm.warp(START + WINDOW);
        act(STRANGER, abi.encodeCall(_desk.trigger, (2)));
        uint64 until = START + WINDOW + BAR;
        act(JUDGE, abi.encodeCall(_desk.revoke, (2, NOTE)));
        act(CHIEF, abi.encodeCall(_desk.revoke, (2, NOTE)));

        confirm(1);
        approve(CHEMIST, 1);
        approve(MASTER, 1);
        checkState(1, IRepairDesk.CaseState.UnderReview);
        vm.assertFalse(_desk.conditions(1).notBarred, "barred in the other case");
        bytes memory reopen = openCall(sanction(), allMaterials());
        vm.warp(until - 1);
        refused(
            LAWYER,
            abi.encodeCall(_desk.trigger, (1)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskConditionsNotMet.selector, uint256(1), _desk.conditions(1))
        );
        refused(LAWYER, reopen, abi.encodeWithSelector(IRepairDesk.RepairDeskBarred.selector, TAG, until));
        vm.warp(until);
        act(LAWYER, reopen);
        checkStatus(IRepairDesk.SanctionState.UnderRepair, until);
        act(LAWYER, abi.encodeCall(_desk.withdraw, (3)));
        checkStatus(IRepairDesk.SanctionState.Revoked, until);
        act(STRANGER, abi.encodeCall(_desk.trigger, (1)));
        checkState(1, IRepairDesk.CaseState.Repaired);
    }

    /// @dev A second bar never shortens the first.
    function test_bar_isNeverShortened() public {
        uint256 caseId = repairedCase();
        bytes32 slot = keccak256(abi.encode(TAG, uint256(6)));
        uint64 longer = START + 10 * BAR;
        vm.store(address(_desk), slot, bytes32(uint256(longer)));
        vm.assertEq(_desk.barredUntil(TAG), longer, "set up");
        act(JUDGE, abi.encodeCall(_desk.revoke, (caseId, NOTE)));
        vm.recordLogs();
        act(CHIEF, abi.encodeCall(_desk.revoke, (caseId, NOTE)));
        vm.assertEq(vm.getRecordedLogs().length, 2, "no new bar");
        vm.assertEq(_desk.barredUntil(TAG), longer, "bar");
    }

    // ----------------------------------------------------------------------------------------------------------- annul

    function test_annul_withoutACase() public {
        vm.expectEmit(address(_desk));
        emit IRepairDesk.StatusChanged(
            leafOf(sanction()), IRepairDesk.SanctionState.Annulled, IRepairDesk.SanctionState.None
        );
        vm.expectEmit(address(_desk));
        emit IRepairDesk.SanctionAnnulled(leafOf(sanction()), COURT, JUDGE, 0, NOTE);
        act(JUDGE, annulCall(0));
        checkStatus(IRepairDesk.SanctionState.Annulled, START);
        refused(JUDGE, annulCall(0), wrongStatus(IRepairDesk.SanctionState.Annulled));
        refused(JUDGE, shieldCall(), wrongStatus(IRepairDesk.SanctionState.Annulled));
        refused(JUDGE, unshieldCall(), wrongStatus(IRepairDesk.SanctionState.Annulled));
    }

    /// @dev The case that ends with the sanction must be named, and no other.
    function test_annul_endsItsCase() public {
        refused(JUDGE, annulCall(1), _wrongCase(1));
        uint256 caseId = openCase();
        act(LAWYER, abi.encodeCall(_desk.withdraw, (caseId)));
        refused(JUDGE, annulCall(1), _wrongCase(1));
        IRepairDesk.Terms memory content = terms();
        content.salt = keccak256("another sanction");
        act(LAWYER, openLast(anchorAlso(content), allMaterials()));
        openCase();
        uint256[4] memory wrong = [uint256(0), 1, 2, 4];
        for (uint256 i = 0; i < wrong.length; ++i) {
            refused(JUDGE, annulCall(wrong[i]), _wrongCase(wrong[i]));
        }
        vm.expectEmit(address(_desk));
        emit IRepairDesk.SanctionAnnulled(leafOf(sanction()), COURT, JUDGE, 3, NOTE);
        act(JUDGE, annulCall(3));
        checkState(3, IRepairDesk.CaseState.Annulled);
        checkState(2, IRepairDesk.CaseState.Open);
    }

    function test_annul_repairedAndShielded() public {
        repairedCase();
        act(JUDGE, annulCall(0));
        checkStatus(IRepairDesk.SanctionState.Annulled, START + WINDOW);

        deployDesk();
        uint256 caseId = openCase();
        act(JUDGE, shieldCall());
        act(JUDGE, annulCall(caseId));
        checkState(caseId, IRepairDesk.CaseState.Annulled);
        checkStatus(IRepairDesk.SanctionState.Annulled, START);
    }

    /// @dev No authority touches another's sanction: not its own log, not its own key, not its own terms help.
    function test_annul_refusesAnotherAuthority() public {
        bytes32 root = _leaves.root(9);
        bytes32[] memory path = _leaves.inclusion(5, 0, 9);
        refused(
            OFFICER,
            abi.encodeCall(_desk.annul, (sanction(), OFFICE_LOG, root, 5, path, 0, NOTE)),
            notAuthority(OFFICER)
        );
        refused(
            JUDGE,
            abi.encodeCall(_desk.annul, (sanction(), OFFICE_LOG, root, 5, path, 0, NOTE)),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNotLogOfAuthority.selector, OFFICE_LOG, OFFICE, COURT)
        );
        IRepairDesk.Sanction memory other = sanction();
        other.terms.authority = OFFICE;
        refused(
            OFFICER,
            abi.encodeCall(_desk.shield, (other, OFFICE_LOG, root, 5, path, NOTE)),
            abi.encodeWithSelector(
                IRepairDesk.RepairDeskNotIncluded.selector, leafOf(other), OFFICE_LOG, root, uint64(5)
            )
        );
    }

    // ---------------------------------------------------------------------------------------------------------- shield

    function test_shield_comesAndGoes() public {
        vm.expectEmit(address(_desk));
        emit IRepairDesk.StatusChanged(
            leafOf(sanction()), IRepairDesk.SanctionState.Shielded, IRepairDesk.SanctionState.None
        );
        vm.expectEmit(address(_desk));
        emit IRepairDesk.SanctionShielded(leafOf(sanction()), COURT, JUDGE, NOTE);
        act(JUDGE, shieldCall());
        refused(JUDGE, shieldCall(), wrongStatus(IRepairDesk.SanctionState.Shielded));
        vm.warp(START + 9);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.SanctionUnshielded(leafOf(sanction()), COURT, CHIEF, NOTE);
        act(CHIEF, unshieldCall());
        checkStatus(IRepairDesk.SanctionState.None, START + 9);
        refused(JUDGE, unshieldCall(), wrongStatus(IRepairDesk.SanctionState.None));
    }

    /// @dev A case goes on under a shield. What it changes is what the shield will leave.
    function test_shield_overACase() public {
        act(JUDGE, shieldCall());
        uint256 caseId = openCase();
        checkStatus(IRepairDesk.SanctionState.Shielded, START, IRepairDesk.SanctionState.UnderRepair);
        act(JUDGE, abi.encodeCall(_desk.refuse, (caseId, NOTE)));
        checkStatus(IRepairDesk.SanctionState.Shielded, START, IRepairDesk.SanctionState.None);
        caseId = readyCase();
        vm.warp(START + WINDOW);
        act(STRANGER, abi.encodeCall(_desk.trigger, (caseId)));
        checkStatus(IRepairDesk.SanctionState.Repaired, START + WINDOW);
        refused(JUDGE, shieldCall(), wrongStatus(IRepairDesk.SanctionState.Repaired));
        refused(JUDGE, unshieldCall(), wrongStatus(IRepairDesk.SanctionState.Repaired));
    }

    function _wrongCase(uint256 caseId) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRepairDesk.RepairDeskWrongCase.selector, leafOf(sanction()), caseId);
    }
}
