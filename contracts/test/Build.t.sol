// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {Test} from "./Test.sol";
import {TreeProofHarness} from "./TreeProofHarness.sol";
import {Consortium} from "../src/Consortium.sol";
import {EvidenceLog} from "../src/EvidenceLog.sol";
import {RepairDesk} from "../src/RepairDesk.sol";
import {RulePacks} from "../src/RulePacks.sol";

/// @notice What these tests test is what build/ holds and others deploy: same sources, same settings.
contract BuildTest is Test {
    function test_build_isTheTestedCode() public view {
        _check("build/Consortium.json", type(Consortium).creationCode);
        _check("build/EvidenceLog.json", type(EvidenceLog).creationCode);
        _check("build/RepairDesk.json", type(RepairDesk).creationCode);
        _check("build/RulePacks.json", type(RulePacks).creationCode);
        _check("build/test/TreeProofHarness.json", type(TreeProofHarness).creationCode);
    }

    function _check(string memory path, bytes memory tested) private view {
        bytes memory built = vm.parseJsonBytes(vm.readFile(path), ".bytecode");
        vm.assertTrue(built.length != 0, "no bytecode");
        vm.assertEq(keccak256(built), keccak256(tested), path);
    }
}
