// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ConsortiumFixture} from "./ConsortiumFixture.sol";
import {Consortium} from "../src/Consortium.sol";
import {IConsortium} from "../src/interfaces/IConsortium.sol";

contract ConsortiumAdminTest is ConsortiumFixture {
    // ------------------------------------------------------------------------------------------------------ constructor

    function test_constructor_setsAdminAndDelay() public {
        vm.expectEmit(vm.computeCreateAddress(address(this), vm.getNonce(address(this))));
        emit Ownable.OwnershipTransferred(address(0), ADMIN);
        Consortium consortium = new Consortium(ADMIN, 90 days);
        vm.assertEq(consortium.owner(), ADMIN, "admin");
        vm.assertEq(consortium.handoverDelay(), 90 days, "delay");
        vm.assertEq(consortium.handoverAcceptableAt(), 0, "no hand-over");
        vm.assertEq(bytes(consortium.VERSION()), "1", "version");
    }

    function test_constructor_refusesDelaysOutOfBounds() public {
        vm.expectRevert(_delayError(1 days - 1));
        new Consortium(ADMIN, 1 days - 1);
        vm.expectRevert(_delayError(90 days + 1));
        new Consortium(ADMIN, 90 days + 1);
        vm.assertEq(new Consortium(ADMIN, 1 days).handoverDelay(), 1 days, "the shortest");
    }

    function test_constructor_refusesNoAdmin() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        new Consortium(address(0), DELAY);
    }

    // ----------------------------------------------------------------------------------------------------------- access

    function test_adminFunctions_refuseEveryoneElse() public {
        bytes[] memory calls = new bytes[](9);
        calls[0] = abi.encodeCall(_consortium.registerOrganisation, ("new", AUTHORITY));
        calls[1] = abi.encodeCall(_consortium.setOrganisationRoles, (COURT, 0));
        calls[2] = abi.encodeCall(_consortium.suspendOrganisation, (COURT));
        calls[3] = abi.encodeCall(_consortium.resumeOrganisation, (COURT));
        calls[4] = abi.encodeCall(_consortium.registerAccount, (STRANGER, COURT, OPERATOR));
        calls[5] = abi.encodeCall(_consortium.setAccountRoles, (CLERK, 0));
        calls[6] = abi.encodeCall(_consortium.retireAccount, (CLERK));
        calls[7] = abi.encodeCall(_consortium.registerLog, ("devnet.ledgercredit/office"));
        calls[8] = abi.encodeCall(_consortium.transferOwnership, (STRANGER));
        address[6] memory callers = [STRANGER, JUDGE, CLERK, LAWYER, address(_consortium), OFFICER];
        _asAdmin(abi.encodeCall(_consortium.transferOwnership, (OFFICER)));

        for (uint256 i = 0; i < callers.length; ++i) {
            for (uint256 j = 0; j < calls.length; ++j) {
                assertReverts(
                    callers[i],
                    address(_consortium),
                    calls[j],
                    abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, callers[i])
                );
            }
        }
    }

    // -------------------------------------------------------------------------------------------------------- hand-over

    function test_handover_takesTwoStepsAndTheDelay() public {
        uint64 acceptableAt = uint64(block.timestamp) + DELAY;
        vm.expectEmit(address(_consortium));
        emit Ownable2Step.OwnershipTransferStarted(ADMIN, STRANGER);
        vm.expectEmit(address(_consortium));
        emit IConsortium.HandoverProposed(STRANGER, acceptableAt);
        _asAdmin(abi.encodeCall(_consortium.transferOwnership, (STRANGER)));
        vm.assertEq(_consortium.pendingOwner(), STRANGER, "pending");
        vm.assertEq(_consortium.handoverAcceptableAt(), acceptableAt, "from when");
        vm.assertEq(_consortium.owner(), ADMIN, "not yet");

        bytes memory accept = abi.encodeCall(_consortium.acceptOwnership, ());
        bytes memory tooEarly = abi.encodeWithSelector(IConsortium.ConsortiumHandoverTooEarly.selector, acceptableAt);
        assertReverts(STRANGER, address(_consortium), accept, tooEarly);
        vm.warp(acceptableAt - 1);
        assertReverts(STRANGER, address(_consortium), accept, tooEarly);
        assertReverts(
            CLERK,
            address(_consortium),
            accept,
            abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, CLERK)
        );

        vm.warp(acceptableAt);
        assertReverts(
            ADMIN,
            address(_consortium),
            accept,
            abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ADMIN)
        );
        vm.expectEmit(address(_consortium));
        emit Ownable.OwnershipTransferred(ADMIN, STRANGER);
        vm.prank(STRANGER);
        _consortium.acceptOwnership();
        vm.assertEq(_consortium.owner(), STRANGER, "admin");
        vm.assertEq(_consortium.pendingOwner(), address(0), "none pending");
        vm.assertEq(_consortium.handoverAcceptableAt(), 0, "none pending");
        assertReverts(
            ADMIN,
            address(_consortium),
            abi.encodeCall(_consortium.suspendOrganisation, (COURT)),
            abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ADMIN)
        );
    }

    function test_handover_canBeWithdrawn() public {
        _asAdmin(abi.encodeCall(_consortium.transferOwnership, (STRANGER)));
        vm.expectEmit(address(_consortium));
        emit IConsortium.HandoverProposed(address(0), 0);
        _asAdmin(abi.encodeCall(_consortium.transferOwnership, (address(0))));
        vm.warp(block.timestamp + 2 * DELAY);
        assertReverts(
            STRANGER,
            address(_consortium),
            abi.encodeCall(_consortium.acceptOwnership, ()),
            abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER)
        );
        vm.assertEq(_consortium.handoverAcceptableAt(), 0, "none pending");
    }

    /// @dev A new proposal starts the delay again, so that nobody can be slipped in at the end of it.
    function test_handover_anotherProposalWaitsAgain() public {
        _asAdmin(abi.encodeCall(_consortium.transferOwnership, (STRANGER)));
        vm.warp(block.timestamp + DELAY);
        _asAdmin(abi.encodeCall(_consortium.transferOwnership, (CLERK)));
        assertReverts(
            CLERK,
            address(_consortium),
            abi.encodeCall(_consortium.acceptOwnership, ()),
            abi.encodeWithSelector(IConsortium.ConsortiumHandoverTooEarly.selector, uint64(block.timestamp) + DELAY)
        );
    }

    function test_renounceOwnership_isRefusedToAll() public {
        address[2] memory callers = [ADMIN, STRANGER];
        for (uint256 i = 0; i < callers.length; ++i) {
            assertReverts(
                callers[i],
                address(_consortium),
                abi.encodeCall(_consortium.renounceOwnership, ()),
                abi.encodeWithSelector(IConsortium.ConsortiumAdminRequired.selector)
            );
        }
    }

    // ---------------------------------------------------------------------------------------------------------- helpers

    function _delayError(uint64 delay) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IConsortium.ConsortiumHandoverDelayOutOfBounds.selector, delay, uint64(1 days), uint64(90 days)
        );
    }
}
