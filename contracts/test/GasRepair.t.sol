// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {ReferenceTree} from "./ReferenceTree.sol";
import {RepairFixture} from "./RepairFixture.sol";
import {RepairDesk} from "../src/RepairDesk.sol";
import {RulePacks} from "../src/RulePacks.sol";
import {IRepairDesk} from "../src/interfaces/IRepairDesk.sol";
import {IRulePacks} from "../src/interfaces/IRulePacks.sol";

/// @notice Holds the price of each step of a repair, in total gas of the transaction (run with --isolate), and the size of
/// the contracts. The promises: opening a case with a path of 20 hashes takes at most 250,000 gas, every later step at
/// most 120,000.
contract GasRepairTest is RepairFixture {
    bytes32 private constant LARGE_LOG = keccak256("large.ledgercredit/court");

    uint64 private constant INDEX = 699_050;

    uint256 private constant MOST_FOR_OPENING = 250_000;

    uint256 private constant MOST_FOR_A_STEP = 120_000;

    bytes32 private _root;
    bytes32[] private _path;

    function setUp() public {
        deployDesk();
        // A tree of 2^20 leaves around the sanction.
        _path = ReferenceTree.opaque(20, 1);
        _root = leafOf(sanction());
        for (uint256 i = 0; i < 20; ++i) {
            _root = INDEX >> i & 1 == 1 ? ReferenceTree.node(_path[i], _root) : ReferenceTree.node(_root, _path[i]);
        }
        asAdmin(abi.encodeCall(_consortium.registerLog, ("large.ledgercredit/court")));
        vm.prank(COURT_OPERATOR);
        _log.anchor(LARGE_LOG, 1 << 20, _root, new bytes32[](0));
    }

    function test_open_gas() public {
        _open();
        vm.assertLt(
            vm.snapshotGasLastCall("RepairDesk", "open: 20 hashes, 3 materials"), MOST_FOR_OPENING, "open: too dear"
        );
    }

    function test_life_gas() public {
        _open();
        _measure(JUDGE, abi.encodeCall(_desk.askSupplement, (1, REQUIRED, NOTE)), "askSupplement");
        _measure(LAWYER, abi.encodeCall(_desk.supplement, (1, allMaterials())), "supplement: asked, 3 materials");
        _measure(JUDGE, abi.encodeCall(_desk.accept, (1)), "accept");
        _measure(JUDGE, abi.encodeCall(_desk.confirm, (1, true, NOTE)), "confirm: after acceptance");
        _measure(CHEMIST, approveCall(1), "approve: after acceptance");
        _measure(LAWYER, abi.encodeCall(_desk.supplement, (1, oneMaterial(1))), "supplement: voids approvals");
        _measure(WRITER, abi.encodeCall(_desk.object, (1, NOTE)), "object: in review");
        _measure(UMPIRE, abi.encodeCall(_desk.resolve, (1, PRESS, false, NOTE)), "resolve: dismissed");
        _measure(CHEMIST, approveCall(1), "approve: again");
        vm.warp(START + WINDOW);
        _measure(MASTER, approveCall(1), "approve: the last of 2, repairs");
        _measure(JUDGE, abi.encodeCall(_desk.revoke, (1, NOTE)), "revoke: proposed");
        _measure(CHIEF, abi.encodeCall(_desk.revoke, (1, NOTE)), "revoke: done");
    }

    function test_firstActs_gas() public {
        _open();
        _measure(MASTER, approveCall(1), "approve: begins the review");
        deployDesk();
        openCase();
        _measure(JUDGE, abi.encodeCall(_desk.confirm, (1, true, NOTE)), "confirm: begins the review");
        deployDesk();
        openCase();
        _measure(WRITER, abi.encodeCall(_desk.object, (1, NOTE)), "object: before review");
        _measure(UMPIRE, abi.encodeCall(_desk.resolve, (1, PRESS, true, NOTE)), "resolve: upheld");
    }

    function test_lastFacts_gas() public {
        uint256 caseId = readyCase();
        vm.warp(START + WINDOW);
        _measure(STRANGER, abi.encodeCall(_desk.trigger, (caseId)), "trigger");
        deployDesk();
        caseId = readyCase();
        object(WRITER, caseId);
        vm.warp(START + WINDOW);
        _measure(UMPIRE, abi.encodeCall(_desk.resolve, (caseId, PRESS, false, NOTE)), "resolve: dismissed, repairs");
        deployDesk();
        caseId = reviewCase();
        approve(CHEMIST, caseId);
        approve(MASTER, caseId);
        vm.warp(START + WINDOW);
        _measure(JUDGE, abi.encodeCall(_desk.confirm, (caseId, true, NOTE)), "confirm: repairs");
    }

    /// @dev The promise is for rule packs with two approvals. Each further one makes the step that repairs dearer by 9,000.
    function test_manyApprovals_gas() public {
        IRulePacks.Pack memory demanding = pack();
        demanding.approvals = 5;
        vm.prank(ADMIN);
        _packs.add(keccak256("demanding"), demanding, new bytes32[](0));
        IRepairDesk.Terms memory content = terms();
        content.rulePack = keccak256("demanding");
        act(LAWYER, openLast(anchorAlso(content), allMaterials()));
        _packMembers();
        confirm(1);
        address[5] memory reviewers = [CHEMIST, MASTER, CLERK, UMPIRE, address(0x15)];
        for (uint256 i = 0; i < 4; ++i) {
            approve(reviewers[i], 1);
        }
        vm.warp(START + WINDOW);
        act(reviewers[4], approveCall(1));
        vm.assertLt(
            vm.snapshotGasLastCall("RepairDesk", "approve: the last of 5, repairs"),
            MOST_FOR_A_STEP + 3 * 9000,
            "approve: the last of 5"
        );
    }

    function test_ends_gas() public {
        uint256 caseId = openCase();
        _measure(LAWYER, abi.encodeCall(_desk.withdraw, (caseId)), "withdraw");
        caseId = openCase();
        _measure(JUDGE, abi.encodeCall(_desk.refuse, (caseId, NOTE)), "refuse");
        caseId = openCase();
        vm.warp(START + INTAKE);
        _measure(STRANGER, abi.encodeCall(_desk.escalate, (caseId)), "escalate: second period");
        vm.warp(START + 2 * INTAKE);
        _measure(STRANGER, abi.encodeCall(_desk.escalate, (caseId)), "escalate: lapses");
        caseId = openCase();
        object(WRITER, caseId);
        vm.warp(START + 2 * INTAKE + ARBITRATION);
        _measure(STRANGER, abi.encodeCall(_desk.escalateObjection, (caseId, PRESS)), "escalateObjection");
    }

    function test_authority_gas() public {
        _measure(
            JUDGE, abi.encodeCall(_desk.shield, (sanction(), LARGE_LOG, _root, INDEX, _path, NOTE)), "shield: 20 hashes"
        );
        _measure(JUDGE, unshieldCall(), "unshield");
        _open();
        _measure(
            JUDGE,
            abi.encodeCall(_desk.annul, (sanction(), LARGE_LOG, _root, INDEX, _path, 1, NOTE)),
            "annul: 20 hashes, with its case"
        );
    }

    function test_governance_gas() public {
        bytes32[] memory authorities = new bytes32[](2);
        (authorities[0], authorities[1]) = (COURT, OFFICE);
        vm.prank(ADMIN);
        _packs.add(keccak256("another"), pack(), authorities);
        vm.snapshotGasLastCall("RulePacks", "add: 2 authorities");
        _measure(ADMIN, abi.encodeCall(_desk.pause, ()), "pause");
        _measure(ADMIN, abi.encodeCall(_desk.resume, ()), "resume");
    }

    function test_codeSize_gas() public {
        vm.snapshotValue("RulePacks", "runtime bytes", address(_packs).code.length);
        vm.snapshotValue("RepairDesk", "runtime bytes", address(_desk).code.length);
        vm.snapshotValue("RulePacks", "creation bytes", type(RulePacks).creationCode.length);
        vm.snapshotValue("RepairDesk", "creation bytes", type(RepairDesk).creationCode.length);
        vm.assertLt(address(_desk).code.length, 24_576, "EIP-170");
    }

    function _open() private {
        act(LAWYER, abi.encodeCall(_desk.open, (sanction(), LARGE_LOG, _root, INDEX, _path, allMaterials())));
    }

    /// @dev A fifth organisation that reviews.
    function _packMembers() private {
        asAdmin(abi.encodeCall(_consortium.registerAccount, (address(0x15), COURT, REVIEWER)));
    }

    function _measure(address sender, bytes memory callData, string memory name) private {
        act(sender, callData);
        vm.assertLt(vm.snapshotGasLastCall("RepairDesk", name), MOST_FOR_A_STEP + 1, name);
    }
}
