// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {ConsortiumFixture} from "./ConsortiumFixture.sol";
import {IConsortium} from "../src/interfaces/IConsortium.sol";

contract ConsortiumMembersTest is ConsortiumFixture {
    // ---------------------------------------------------------------------------------------------------- organisations

    function test_registerOrganisation_registers() public {
        bytes32 orgId = keccak256("cn-samr");
        vm.expectEmit(address(_consortium));
        emit IConsortium.OrganisationRegistered(orgId, REVIEWER, "cn-samr");
        vm.prank(ADMIN);
        vm.assertEq(_consortium.registerOrganisation("cn-samr", REVIEWER), orgId, "id");
        _checkOrganisation(orgId, true, false, REVIEWER);
        _checkOrganisation(NOBODY, false, false, 0);
    }

    function test_registerOrganisation_refusesBadSlugs() public {
        string memory longest = "a23456789b123456789c123456789d123456789e123456789f123456789g123";
        string[12] memory slugs = [
            "",
            "a",
            "-a",
            "Court",
            "co_urt",
            "co urt",
            "court/",
            "co.urt",
            "caf\xc3\xa9",
            "a`",
            "a{",
            string.concat(longest, "4")
        ];
        for (uint256 i = 0; i < slugs.length; ++i) {
            _refused(
                abi.encodeCall(_consortium.registerOrganisation, (slugs[i], 0)),
                abi.encodeWithSelector(IConsortium.ConsortiumInvalidSlug.selector, slugs[i])
            );
        }
        _refused(
            abi.encodeCall(_consortium.registerOrganisation, ("a:", 0)),
            abi.encodeWithSelector(IConsortium.ConsortiumInvalidSlug.selector, "a:")
        );
        _asAdmin(abi.encodeCall(_consortium.registerOrganisation, (longest, 0)));
        _asAdmin(abi.encodeCall(_consortium.registerOrganisation, ("0-", 0)));
        _asAdmin(abi.encodeCall(_consortium.registerOrganisation, ("az09", 0)));
    }

    /// @dev Against the same rule written the other way round.
    function testFuzz_registerOrganisation_acceptsExactlySlugs(bytes memory slug, bool spoil, uint256 position) public {
        for (uint256 i = 0; i < slug.length; ++i) {
            if (!spoil || i != position % slug.length) {
                slug[i] = bytes("abcdefghijklmnopqrstuvwxyz0123456789-")[uint8(slug[i]) % 37];
            }
        }
        vm.prank(ADMIN);
        (bool accepted,) =
            address(_consortium).call(abi.encodeCall(_consortium.registerOrganisation, (string(slug), 0)));
        vm.assertTrue(accepted == _looksLikeASlug(slug), "another rule");
    }

    function test_registerOrganisation_refusesASecondOne() public {
        _refused(
            abi.encodeCall(_consortium.registerOrganisation, ("court", 0)),
            abi.encodeWithSelector(IConsortium.ConsortiumOrganisationExists.selector, COURT)
        );
        _checkOrganisation(COURT, true, false, AUTHORITY | OPERATOR);
    }

    function testFuzz_roles_refuseBitsWithoutARole(uint16 roles) public {
        bool valid = roles & 0xff01 == 0;
        bytes memory expected = abi.encodeWithSelector(IConsortium.ConsortiumInvalidRoles.selector, roles);
        if (valid) {
            _asAdmin(abi.encodeCall(_consortium.registerOrganisation, ("new", roles)));
            _asAdmin(abi.encodeCall(_consortium.setOrganisationRoles, (COURT, roles)));
            _asAdmin(abi.encodeCall(_consortium.registerAccount, (STRANGER, COURT, roles)));
            _asAdmin(abi.encodeCall(_consortium.setAccountRoles, (STRANGER, roles)));
            vm.assertEq(_consortium.rolesOf(STRANGER), roles, "roles");
        } else {
            _refused(abi.encodeCall(_consortium.registerOrganisation, ("new", roles)), expected);
            _refused(abi.encodeCall(_consortium.setOrganisationRoles, (COURT, roles)), expected);
            _refused(abi.encodeCall(_consortium.registerAccount, (STRANGER, COURT, roles)), expected);
            _refused(abi.encodeCall(_consortium.setAccountRoles, (CLERK, roles)), expected);
        }
    }

    function test_setOrganisationRoles_takesAndReturnsRolesOfAllAccounts() public {
        vm.expectEmit(address(_consortium));
        emit IConsortium.OrganisationRolesChanged(COURT, AUTHORITY | OPERATOR, AUTHORITY | REVIEWER);
        _asAdmin(abi.encodeCall(_consortium.setOrganisationRoles, (COURT, AUTHORITY | REVIEWER)));
        _checkOrganisation(COURT, true, false, AUTHORITY | REVIEWER);
        vm.assertEq(_consortium.rolesOf(CLERK), 0, "taken");
        vm.assertEq(_consortium.rolesOf(JUDGE), AUTHORITY, "kept, and nothing more");
        vm.assertEq(_consortium.accountOf(CLERK).roles, OPERATOR, "given to the account");

        _asAdmin(abi.encodeCall(_consortium.setOrganisationRoles, (COURT, OPERATOR)));
        vm.assertEq(_consortium.rolesOf(CLERK), OPERATOR, "returned");
        vm.assertEq(_consortium.rolesOf(JUDGE), 0, "taken");
    }

    function test_suspendOrganisation_takesAllRolesUntilResumed() public {
        vm.expectEmit(address(_consortium));
        emit IConsortium.OrganisationSuspended(COURT);
        _asAdmin(abi.encodeCall(_consortium.suspendOrganisation, (COURT)));
        _checkOrganisation(COURT, true, true, AUTHORITY | OPERATOR);
        vm.assertTrue(_consortium.isSuspended(COURT), "suspended");
        vm.assertFalse(_consortium.isSuspended(OFFICE), "another");
        vm.assertEq(_consortium.rolesOf(CLERK), 0, "clerk");
        vm.assertEq(_consortium.rolesOf(OFFICER), AUTHORITY, "another organisation's");
        vm.assertFalse(_consortium.isLogOperator(LOG, CLERK), "operator");
        vm.assertEq(_consortium.orgOf(CLERK), COURT, "organisation");
        vm.assertEq(_consortium.logOwner(LOG), COURT, "log");
        _refused(
            abi.encodeCall(_consortium.suspendOrganisation, (COURT)),
            abi.encodeWithSelector(IConsortium.ConsortiumOrganisationSuspended.selector, COURT)
        );

        vm.expectEmit(address(_consortium));
        emit IConsortium.OrganisationResumed(COURT);
        _asAdmin(abi.encodeCall(_consortium.resumeOrganisation, (COURT)));
        _checkOrganisation(COURT, true, false, AUTHORITY | OPERATOR);
        vm.assertEq(_consortium.rolesOf(CLERK), OPERATOR, "clerk");
        _refused(
            abi.encodeCall(_consortium.resumeOrganisation, (COURT)),
            abi.encodeWithSelector(IConsortium.ConsortiumOrganisationNotSuspended.selector, COURT)
        );
    }

    function test_unknownOrganisations_areRefused() public {
        bytes memory expected = abi.encodeWithSelector(IConsortium.ConsortiumUnknownOrganisation.selector, NOBODY);
        _refused(abi.encodeCall(_consortium.setOrganisationRoles, (NOBODY, 0)), expected);
        _refused(abi.encodeCall(_consortium.suspendOrganisation, (NOBODY)), expected);
        _refused(abi.encodeCall(_consortium.resumeOrganisation, (NOBODY)), expected);
        _refused(abi.encodeCall(_consortium.registerAccount, (STRANGER, NOBODY, 0)), expected);
        _refused(abi.encodeCall(_consortium.registerLog, ("devnet.ledgercredit/nobody")), expected);
        vm.assertFalse(_consortium.isSuspended(NOBODY), "suspended");
    }

    // --------------------------------------------------------------------------------------------------------- accounts

    function test_registerAccount_registers() public {
        vm.expectEmit(address(_consortium));
        emit IConsortium.AccountRegistered(STRANGER, COURT, AUTHORITY | OPERATOR);
        _asAdmin(abi.encodeCall(_consortium.registerAccount, (STRANGER, COURT, AUTHORITY | OPERATOR)));
        _checkAccount(STRANGER, COURT, false, AUTHORITY | OPERATOR);
        vm.assertTrue(_consortium.actsAs(STRANGER, IConsortium.Role.Authority), "authority");
        vm.assertTrue(_consortium.actsAs(STRANGER, IConsortium.Role.Operator), "operator");
        vm.assertFalse(_consortium.actsAs(STRANGER, IConsortium.Role.Reviewer), "reviewer");
        vm.assertFalse(_consortium.actsAs(STRANGER, IConsortium.Role.None), "no role");
    }

    function test_registerAccount_refusesTheZeroAddress() public {
        _refused(
            abi.encodeCall(_consortium.registerAccount, (address(0), COURT, OPERATOR)),
            abi.encodeWithSelector(IConsortium.ConsortiumZeroAccount.selector)
        );
    }

    function test_registerAccount_neverTwice() public {
        bytes memory expected = abi.encodeWithSelector(IConsortium.ConsortiumAccountExists.selector, CLERK, COURT);
        _refused(abi.encodeCall(_consortium.registerAccount, (CLERK, OFFICE, AUTHORITY)), expected);
        _refused(abi.encodeCall(_consortium.registerAccount, (CLERK, COURT, AUTHORITY)), expected);
        _asAdmin(abi.encodeCall(_consortium.retireAccount, (CLERK)));
        _refused(abi.encodeCall(_consortium.registerAccount, (CLERK, OFFICE, AUTHORITY)), expected);
        _checkAccount(CLERK, COURT, true, OPERATOR);
    }

    function test_accountRoles_areRefusedBeyondTheOrganisation() public {
        _refused(
            abi.encodeCall(_consortium.registerAccount, (STRANGER, OFFICE, AUTHORITY | OPERATOR)),
            abi.encodeWithSelector(
                IConsortium.ConsortiumRolesBeyondOrganisation.selector, OFFICE, AUTHORITY | OPERATOR, AUTHORITY
            )
        );
        _refused(
            abi.encodeCall(_consortium.setAccountRoles, (CLERK, REVIEWER)),
            abi.encodeWithSelector(
                IConsortium.ConsortiumRolesBeyondOrganisation.selector, COURT, REVIEWER, AUTHORITY | OPERATOR
            )
        );
    }

    function test_setAccountRoles_replacesThem() public {
        vm.expectEmit(address(_consortium));
        emit IConsortium.AccountRolesChanged(CLERK, COURT, OPERATOR, AUTHORITY);
        _asAdmin(abi.encodeCall(_consortium.setAccountRoles, (CLERK, AUTHORITY)));
        _checkAccount(CLERK, COURT, false, AUTHORITY);
        vm.assertFalse(_consortium.actsAs(CLERK, IConsortium.Role.Operator), "operator");
        vm.assertTrue(_consortium.actsAs(CLERK, IConsortium.Role.Authority), "authority");
    }

    function test_retireAccount_isForGood() public {
        vm.expectEmit(address(_consortium));
        emit IConsortium.AccountRetired(CLERK, COURT);
        _asAdmin(abi.encodeCall(_consortium.retireAccount, (CLERK)));
        _checkAccount(CLERK, COURT, true, OPERATOR);
        vm.assertEq(_consortium.rolesOf(CLERK), 0, "roles");
        vm.assertEq(_consortium.orgOf(CLERK), COURT, "organisation");
        vm.assertFalse(_consortium.isLogOperator(LOG, CLERK), "operator");

        bytes memory expected = abi.encodeWithSelector(IConsortium.ConsortiumAccountRetired.selector, CLERK, COURT);
        _refused(abi.encodeCall(_consortium.retireAccount, (CLERK)), expected);
        _refused(abi.encodeCall(_consortium.setAccountRoles, (CLERK, OPERATOR)), expected);
    }

    function test_unknownAccounts_areRefusedAndHaveNothing() public {
        bytes memory expected = abi.encodeWithSelector(IConsortium.ConsortiumUnknownAccount.selector, STRANGER);
        _refused(abi.encodeCall(_consortium.retireAccount, (STRANGER)), expected);
        _refused(abi.encodeCall(_consortium.setAccountRoles, (STRANGER, 0)), expected);
        _checkAccount(STRANGER, 0, false, 0);
        vm.assertEq(_consortium.rolesOf(STRANGER), 0, "roles");
        vm.assertFalse(_consortium.isLogOperator(NOBODY, STRANGER), "operator of a log that nobody owns");
    }

    /// @dev The packed words round-trip every field, whatever stands beside it.
    function testFuzz_packing_keepsEveryField(uint16 orgRoles, uint16 accountRoles, bool suspended, bool retired)
        public
    {
        orgRoles &= 0xfe;
        accountRoles &= orgRoles;
        bytes32 orgId = keccak256("new");
        _asAdmin(abi.encodeCall(_consortium.registerOrganisation, ("new", orgRoles)));
        _asAdmin(abi.encodeCall(_consortium.registerAccount, (STRANGER, orgId, accountRoles)));
        if (suspended) {
            _asAdmin(abi.encodeCall(_consortium.suspendOrganisation, (orgId)));
        }
        if (retired) {
            _asAdmin(abi.encodeCall(_consortium.retireAccount, (STRANGER)));
        }
        _checkOrganisation(orgId, true, suspended, orgRoles);
        _checkAccount(STRANGER, orgId, retired, accountRoles);
        vm.assertEq(_consortium.rolesOf(STRANGER), suspended || retired ? 0 : accountRoles, "roles");
    }

    // ------------------------------------------------------------------------------------------------------------- logs

    function test_registerLog_givesItToTheOrganisationThatItNames() public {
        string memory origin = "net-1.example.org/office";
        vm.expectEmit(address(_consortium));
        emit IConsortium.LogRegistered(keccak256(bytes(origin)), OFFICE, origin);
        vm.prank(ADMIN);
        vm.assertEq(_consortium.registerLog(origin), keccak256(bytes(origin)), "id");
        vm.assertEq(_consortium.logOwner(keccak256(bytes(origin))), OFFICE, "owner");
        vm.assertEq(_consortium.logOwner(NOBODY), 0, "no owner");
    }

    function test_registerLog_neverTwice() public {
        _refused(
            abi.encodeCall(_consortium.registerLog, ("devnet.ledgercredit/court")),
            abi.encodeWithSelector(IConsortium.ConsortiumLogExists.selector, LOG, COURT)
        );
    }

    function test_registerLog_refusesBadOrigins() public {
        string memory network = "";
        for (uint256 i = 0; i < 19; ++i) {
            network = string.concat(network, "0123456789");
        }
        string[11] memory origins = [
            "",
            "/",
            "/court",
            "court",
            "net/",
            "net/-court",
            "net/c",
            "net//court",
            "net/sub/court",
            "Net/court",
            string.concat(network, "1/court")
        ];
        for (uint256 i = 0; i < origins.length; ++i) {
            _refused(
                abi.encodeCall(_consortium.registerLog, (origins[i])),
                abi.encodeWithSelector(IConsortium.ConsortiumInvalidOrigin.selector, origins[i])
            );
        }
        _asAdmin(abi.encodeCall(_consortium.registerLog, (string.concat(network, "/court"))));
    }

    function test_isLogOperator_isTheOwnersOperatorsOnly() public {
        _asAdmin(abi.encodeCall(_consortium.setOrganisationRoles, (OFFICE, AUTHORITY | OPERATOR)));
        _asAdmin(abi.encodeCall(_consortium.setAccountRoles, (OFFICER, AUTHORITY | OPERATOR)));
        vm.assertTrue(_consortium.isLogOperator(LOG, CLERK), "the owner's operator");
        vm.assertFalse(_consortium.isLogOperator(LOG, JUDGE), "the owner's, in another role");
        vm.assertFalse(_consortium.isLogOperator(LOG, OFFICER), "another's operator");
        vm.assertFalse(_consortium.isLogOperator(LOG, ADMIN), "the admin");
        vm.assertFalse(_consortium.isLogOperator(NOBODY, CLERK), "another log");
    }

    // ---------------------------------------------------------------------------------------------------------- helpers

    function _checkOrganisation(bytes32 orgId, bool registered, bool suspended, uint16 roles) private view {
        IConsortium.Organisation memory actual = _consortium.organisation(orgId);
        vm.assertTrue(actual.registered == registered, "registered");
        vm.assertTrue(actual.suspended == suspended, "suspended");
        vm.assertEq(actual.roles, roles, "organisation's roles");
    }

    function _checkAccount(address account, bytes32 orgId, bool retired, uint16 roles) private view {
        IConsortium.Account memory actual = _consortium.accountOf(account);
        vm.assertEq(actual.orgId, orgId, "organisation");
        vm.assertTrue(actual.retired == retired, "retired");
        vm.assertEq(actual.roles, roles, "account's roles");
    }

    function _looksLikeASlug(bytes memory text) private pure returns (bool) {
        bytes memory allowed = "-abcdefghijklmnopqrstuvwxyz0123456789";
        bool wellFormed = 2 <= text.length && text.length <= 63;
        for (uint256 i = 0; i < text.length; ++i) {
            bool found = false;
            for (uint256 j = i == 0 ? 1 : 0; j < allowed.length; ++j) {
                found = found || text[i] == allowed[j];
            }
            wellFormed = wellFormed && found;
        }
        return wellFormed;
    }
}
