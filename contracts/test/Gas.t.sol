// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {Members} from "./Members.sol";
import {ReferenceTree} from "./ReferenceTree.sol";
import {TreeProofHarness} from "./TreeProofHarness.sol";
import {Consortium} from "../src/Consortium.sol";
import {EvidenceLog} from "../src/EvidenceLog.sol";

/// @notice Holds the price of what the network pays for, in total gas of the transaction (run with --isolate: with the
/// 21,000 of every transaction and its calldata), and the size of the contracts. The numbers are in snapshots/.
contract GasTest is Members {
    bytes32[] private _none;

    function setUp() public {
        deploy();
    }

    function test_anchor_gas_first() public {
        vm.prank(COURT_OPERATOR);
        _log.anchor(COURT_LOG, 137, keccak256("root"), _none);
        vm.snapshotGasLastCall("EvidenceLog", "anchor: the first");
    }

    /// @dev The promise: anchoring 100,000 records costs at most 1 gas a record. (The trees are too large to build: the
    /// proofs have the right number of hashes, and the roots are those that they prove.)
    function test_anchor_gas_of100000Records() public {
        uint64[2][14] memory growths = [
            [uint64(1), 100_001],
            [uint64(137), 100_137],
            [uint64(65_535), 165_535],
            [uint64(65_536), 165_536],
            [uint64(99_999), 199_999],
            [uint64(99_999), 199_998],
            [uint64(100_000), 200_000],
            [uint64(131_071), 231_071],
            [uint64(131_073), 231_073],
            [uint64(1_000_000), 1_100_000],
            [uint64(1_048_575), 1_148_575],
            [uint64(8_388_607), 8_488_607],
            [uint64(10_000_001), 10_100_001],
            [uint64(16_777_215), 16_877_215]
        ];
        for (uint256 i = 0; i < growths.length; ++i) {
            deploy();
            uint256 gas = _measure(growths[i][0], growths[i][1]);
            vm.assertLt(gas, 100_000, "more than a gas a record");
        }
    }

    function test_anchor_gas_ofOneRecord() public {
        _measure(1_048_575, 1_048_576);
    }

    function test_verifyInclusion_gas_of20Hashes() public {
        bytes32[] memory path = ReferenceTree.opaque(20, 1);
        vm.prank(COURT_OPERATOR);
        _log.anchor(COURT_LOG, 1 << 20, keccak256("root"), _none);
        _log.verifyInclusion(COURT_LOG, keccak256("root"), keccak256("leaf"), 699_050, path);
        vm.snapshotGasLastCall("EvidenceLog", "verifyInclusion: 20 hashes, execution only");
    }

    function test_registration_gas() public {
        vm.prank(ADMIN);
        _consortium.registerOrganisation("agency", AUTHORITY | OPERATOR);
        vm.snapshotGasLastCall("Consortium", "registerOrganisation");
        vm.prank(ADMIN);
        _consortium.registerAccount(STRANGER, keccak256("agency"), OPERATOR);
        vm.snapshotGasLastCall("Consortium", "registerAccount");
        vm.prank(ADMIN);
        _consortium.registerLog("devnet.ledgercredit/agency");
        vm.snapshotGasLastCall("Consortium", "registerLog");
    }

    function test_codeSize_gas() public {
        vm.snapshotValue("Consortium", "runtime bytes", address(_consortium).code.length);
        vm.snapshotValue("EvidenceLog", "runtime bytes", address(_log).code.length);
        vm.snapshotValue("Consortium", "creation bytes", type(Consortium).creationCode.length);
        vm.snapshotValue("EvidenceLog", "creation bytes", type(EvidenceLog).creationCode.length);
    }

    function _measure(uint64 oldSize, uint64 newSize) private returns (uint256) {
        uint256 length = ReferenceTree.consistencyLength(oldSize, newSize, true);
        bytes32[] memory proof = ReferenceTree.opaque(length, newSize);
        (, bytes32 oldRoot, bytes32 newRoot) =
            new TreeProofHarness().consistencyRoots(oldSize, sha256("old root"), newSize, proof);
        vm.prank(COURT_OPERATOR);
        _log.anchor(COURT_LOG, oldSize, oldRoot, _none);
        vm.prank(COURT_OPERATOR);
        _log.anchor(COURT_LOG, newSize, newRoot, proof);
        string memory name = string.concat(
            "anchor: ", vm.toString(oldSize), " to ", vm.toString(newSize), ", ", vm.toString(length), " hashes"
        );
        return vm.snapshotGasLastCall("EvidenceLog", name);
    }
}
