// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {ConsortiumFixture} from "./ConsortiumFixture.sol";
import {IConsortium} from "../src/interfaces/IConsortium.sol";

contract ConsortiumRepresentativesTest is ConsortiumFixture {
    function test_appointRepresentative_appoints() public {
        vm.expectEmit(address(_consortium));
        emit IConsortium.RepresentativeAppointed(TAG, LAWYER, FIRM, COURT);
        _appoint(JUDGE, LAWYER);
        vm.assertTrue(_consortium.mayActFor(TAG, LAWYER), "may act");
        vm.assertEq(_consortium.appointerOf(TAG, LAWYER), COURT, "appointer");
        vm.assertTrue(_consortium.representsSubject(FIRM, TAG), "organisation");
        vm.assertFalse(_consortium.mayActFor(NOBODY, LAWYER), "another subject");
        vm.assertFalse(_consortium.mayActFor(TAG, CLERK), "another account");
        vm.assertFalse(_consortium.representsSubject(COURT, TAG), "another organisation");
    }

    function test_appointRepresentative_refusesWhoIsNoAuthority() public {
        address[4] memory callers = [ADMIN, CLERK, LAWYER, STRANGER];
        for (uint256 i = 0; i < callers.length; ++i) {
            assertReverts(
                callers[i],
                address(_consortium),
                abi.encodeCall(_consortium.appointRepresentative, (TAG, LAWYER)),
                _notInRole(callers[i], IConsortium.Role.Authority)
            );
        }
        _asAdmin(abi.encodeCall(_consortium.suspendOrganisation, (COURT)));
        assertReverts(
            JUDGE,
            address(_consortium),
            abi.encodeCall(_consortium.appointRepresentative, (TAG, LAWYER)),
            _notInRole(JUDGE, IConsortium.Role.Authority)
        );
    }

    function test_appointRepresentative_refusesWhoIsNoEnterprise() public {
        address[4] memory accounts = [ADMIN, CLERK, JUDGE, STRANGER];
        for (uint256 i = 0; i < accounts.length; ++i) {
            assertReverts(
                JUDGE,
                address(_consortium),
                abi.encodeCall(_consortium.appointRepresentative, (TAG, accounts[i])),
                _notInRole(accounts[i], IConsortium.Role.Enterprise)
            );
        }
    }

    function test_appointRepresentative_refusesTwiceAndZero() public {
        assertReverts(
            JUDGE,
            address(_consortium),
            abi.encodeCall(_consortium.appointRepresentative, (bytes32(0), LAWYER)),
            abi.encodeWithSelector(IConsortium.ConsortiumZeroSubjectTag.selector)
        );
        _appoint(JUDGE, LAWYER);
        assertReverts(
            OFFICER,
            address(_consortium),
            abi.encodeCall(_consortium.appointRepresentative, (TAG, LAWYER)),
            abi.encodeWithSelector(IConsortium.ConsortiumAlreadyRepresentative.selector, TAG, LAWYER, COURT)
        );
    }

    function test_dismissRepresentative_byTheAppointingAuthority() public {
        _appoint(JUDGE, LAWYER);
        vm.expectEmit(address(_consortium));
        emit IConsortium.RepresentativeDismissed(TAG, LAWYER, FIRM, JUDGE);
        vm.prank(JUDGE);
        _consortium.dismissRepresentative(TAG, LAWYER);
        vm.assertFalse(_consortium.mayActFor(TAG, LAWYER), "may act");
        vm.assertEq(_consortium.appointerOf(TAG, LAWYER), 0, "appointer");
        vm.assertFalse(_consortium.representsSubject(FIRM, TAG), "organisation");

        _appoint(OFFICER, LAWYER);
        vm.assertEq(_consortium.appointerOf(TAG, LAWYER), OFFICE, "appointed again, by another");
    }

    function test_dismissRepresentative_byTheAdmin() public {
        _appoint(JUDGE, LAWYER);
        vm.expectEmit(address(_consortium));
        emit IConsortium.RepresentativeDismissed(TAG, LAWYER, FIRM, ADMIN);
        _asAdmin(abi.encodeCall(_consortium.dismissRepresentative, (TAG, LAWYER)));
        vm.assertFalse(_consortium.mayActFor(TAG, LAWYER), "may act");
    }

    function test_dismissRepresentative_refusesOthers() public {
        bytes memory call = abi.encodeCall(_consortium.dismissRepresentative, (TAG, LAWYER));
        assertReverts(
            JUDGE,
            address(_consortium),
            call,
            abi.encodeWithSelector(IConsortium.ConsortiumNotRepresentative.selector, TAG, LAWYER)
        );

        _appoint(JUDGE, LAWYER);
        address[3] memory callers = [OFFICER, LAWYER, STRANGER];
        for (uint256 i = 0; i < callers.length; ++i) {
            assertReverts(
                callers[i],
                address(_consortium),
                call,
                abi.encodeWithSelector(IConsortium.ConsortiumNotAppointer.selector, TAG, LAWYER, COURT, callers[i])
            );
        }
        assertReverts(CLERK, address(_consortium), call, _notInRole(CLERK, IConsortium.Role.Authority));
    }

    function test_representatives_areCountedByOrganisation() public {
        _asAdmin(abi.encodeCall(_consortium.registerAccount, (STRANGER, FIRM, ENTERPRISE)));
        _appoint(JUDGE, LAWYER);
        _appoint(OFFICER, STRANGER);
        vm.prank(JUDGE);
        _consortium.dismissRepresentative(TAG, LAWYER);
        vm.assertTrue(_consortium.representsSubject(FIRM, TAG), "one is left");

        _asAdmin(abi.encodeCall(_consortium.retireAccount, (STRANGER)));
        vm.assertFalse(_consortium.mayActFor(TAG, STRANGER), "retired");
        vm.assertTrue(_consortium.representsSubject(FIRM, TAG), "still partial");
        _asAdmin(abi.encodeCall(_consortium.dismissRepresentative, (TAG, STRANGER)));
        vm.assertFalse(_consortium.representsSubject(FIRM, TAG), "none is left");
    }

    function test_mayActFor_endsWithTheRoleOrSuspension() public {
        _appoint(JUDGE, LAWYER);
        _asAdmin(abi.encodeCall(_consortium.suspendOrganisation, (FIRM)));
        vm.assertFalse(_consortium.mayActFor(TAG, LAWYER), "suspended");
        vm.assertTrue(_consortium.representsSubject(FIRM, TAG), "still partial");
        _asAdmin(abi.encodeCall(_consortium.resumeOrganisation, (FIRM)));
        vm.assertTrue(_consortium.mayActFor(TAG, LAWYER), "resumed");
        _asAdmin(abi.encodeCall(_consortium.setAccountRoles, (LAWYER, 0)));
        vm.assertFalse(_consortium.mayActFor(TAG, LAWYER), "without the role");
    }

    // ---------------------------------------------------------------------------------------------------------- helpers

    function _appoint(address authority, address account) private {
        vm.prank(authority);
        _consortium.appointRepresentative(TAG, account);
    }

    function _notInRole(address account, IConsortium.Role role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IConsortium.ConsortiumNotInRole.selector, account, role);
    }
}
