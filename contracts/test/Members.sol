// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Test} from "./Test.sol";
import {Consortium} from "../src/Consortium.sol";
import {EvidenceLog} from "../src/EvidenceLog.sol";
import {IConsortium} from "../src/interfaces/IConsortium.sol";

/// @notice A small consortium: the court with its log, its operator and its judge; the office with an operator too.
abstract contract Members is Test {
    uint16 internal constant AUTHORITY = uint16(1) << uint8(IConsortium.Role.Authority);
    uint16 internal constant OPERATOR = uint16(1) << uint8(IConsortium.Role.Operator);

    bytes32 internal constant COURT = keccak256("court");
    bytes32 internal constant OFFICE = keccak256("office");
    bytes32 internal constant COURT_LOG = keccak256("devnet.ledgercredit/court");
    bytes32 internal constant OFFICE_LOG = keccak256("devnet.ledgercredit/office");

    address internal constant ADMIN = address(0xad);
    address internal constant COURT_OPERATOR = address(0x10);
    address internal constant JUDGE = address(0x11);
    address internal constant OFFICE_OPERATOR = address(0x20);
    address internal constant STRANGER = address(0x99);

    Consortium internal _consortium;
    EvidenceLog internal _log;

    function deploy() internal {
        vm.warp(1_800_000_000);
        _consortium = new Consortium(ADMIN, 2 days);
        _log = new EvidenceLog(_consortium);
        asAdmin(abi.encodeCall(_consortium.registerOrganisation, ("court", AUTHORITY | OPERATOR)));
        asAdmin(abi.encodeCall(_consortium.registerOrganisation, ("office", AUTHORITY | OPERATOR)));
        asAdmin(abi.encodeCall(_consortium.registerAccount, (COURT_OPERATOR, COURT, OPERATOR)));
        asAdmin(abi.encodeCall(_consortium.registerAccount, (JUDGE, COURT, AUTHORITY)));
        asAdmin(abi.encodeCall(_consortium.registerAccount, (OFFICE_OPERATOR, OFFICE, OPERATOR)));
        asAdmin(abi.encodeCall(_consortium.registerLog, ("devnet.ledgercredit/court")));
        asAdmin(abi.encodeCall(_consortium.registerLog, ("devnet.ledgercredit/office")));
    }

    function asAdmin(bytes memory callData) internal {
        vm.prank(ADMIN);
        (bool success,) = address(_consortium).call(callData);
        vm.assertTrue(success, "the admin was refused");
    }
}
