// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Test} from "./Test.sol";
import {Consortium} from "../src/Consortium.sol";
import {IConsortium} from "../src/interfaces/IConsortium.sol";

/// @notice What all tests of the consortium start from.
abstract contract ConsortiumFixture is Test {
    uint64 internal constant DELAY = 2 days;

    uint16 internal constant AUTHORITY = uint16(1) << uint8(IConsortium.Role.Authority);
    uint16 internal constant REVIEWER = uint16(1) << uint8(IConsortium.Role.Reviewer);
    uint16 internal constant ENTERPRISE = uint16(1) << uint8(IConsortium.Role.Enterprise);
    uint16 internal constant OPERATOR = uint16(1) << uint8(IConsortium.Role.Operator);

    bytes32 internal constant COURT = keccak256("court");
    bytes32 internal constant OFFICE = keccak256("office");
    bytes32 internal constant FIRM = keccak256("firm-7");
    bytes32 internal constant NOBODY = keccak256("nobody");

    bytes32 internal constant TAG = keccak256("subject tag");
    bytes32 internal constant LOG = keccak256("devnet.ledgercredit/court");

    address internal constant ADMIN = address(0xad);
    address internal constant JUDGE = address(0x10);
    address internal constant CLERK = address(0x11);
    address internal constant OFFICER = address(0x20);
    address internal constant LAWYER = address(0x30);
    address internal constant STRANGER = address(0x99);

    Consortium internal _consortium;

    /// @dev court (authority, operator): JUDGE authority, CLERK operator. office (authority): OFFICER. firm-7
    /// (enterprise): LAWYER.
    function setUp() public {
        vm.warp(1_800_000_000);
        _consortium = new Consortium(ADMIN, DELAY);
        _asAdmin(abi.encodeCall(_consortium.registerOrganisation, ("court", AUTHORITY | OPERATOR)));
        _asAdmin(abi.encodeCall(_consortium.registerOrganisation, ("office", AUTHORITY)));
        _asAdmin(abi.encodeCall(_consortium.registerOrganisation, ("firm-7", ENTERPRISE)));
        _asAdmin(abi.encodeCall(_consortium.registerAccount, (JUDGE, COURT, AUTHORITY)));
        _asAdmin(abi.encodeCall(_consortium.registerAccount, (CLERK, COURT, OPERATOR)));
        _asAdmin(abi.encodeCall(_consortium.registerAccount, (OFFICER, OFFICE, AUTHORITY)));
        _asAdmin(abi.encodeCall(_consortium.registerAccount, (LAWYER, FIRM, ENTERPRISE)));
        _asAdmin(abi.encodeCall(_consortium.registerLog, ("devnet.ledgercredit/court")));
    }

    function _asAdmin(bytes memory callData) internal {
        vm.prank(ADMIN);
        (bool success,) = address(_consortium).call(callData);
        vm.assertTrue(success, "the admin was refused");
    }

    function _refused(bytes memory callData, bytes memory expected) internal {
        assertReverts(ADMIN, address(_consortium), callData, expected);
    }
}
