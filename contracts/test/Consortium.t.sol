// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Test} from "./Test.sol";
import {Consortium} from "../src/Consortium.sol";
import {IConsortium} from "../src/interfaces/IConsortium.sol";

contract ConsortiumTest is Test {
    uint64 private constant DELAY = 2 days;

    uint16 private constant AUTHORITY = uint16(1) << uint8(IConsortium.Role.Authority);
    uint16 private constant REVIEWER = uint16(1) << uint8(IConsortium.Role.Reviewer);
    uint16 private constant ENTERPRISE = uint16(1) << uint8(IConsortium.Role.Enterprise);
    uint16 private constant OPERATOR = uint16(1) << uint8(IConsortium.Role.Operator);

    bytes32 private constant COURT = keccak256("court");
    bytes32 private constant OFFICE = keccak256("office");
    bytes32 private constant FIRM = keccak256("firm-7");
    bytes32 private constant NOBODY = keccak256("nobody");

    bytes32 private constant TAG = keccak256("subject tag");
    bytes32 private constant LOG = keccak256("devnet.ledgercredit/court");

    address private constant ADMIN = address(0xad);
    address private constant JUDGE = address(0x10);
    address private constant CLERK = address(0x11);
    address private constant OFFICER = address(0x20);
    address private constant LAWYER = address(0x30);
    address private constant STRANGER = address(0x99);

    Consortium private _consortium;

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

    // --------------------------------------------------------------------------------------------------- constructor

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

    // -------------------------------------------------------------------------------------------------------- access

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

    // ------------------------------------------------------------------------------------------------- organisations

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

    // ------------------------------------------------------------------------------------------------------ accounts

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

    // ---------------------------------------------------------------------------------------------------------- logs

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

    // ----------------------------------------------------------------------------------------------- representatives

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

    // ----------------------------------------------------------------------------------------------------- hand-over

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

    // ------------------------------------------------------------------------------------------------------- helpers

    function _asAdmin(bytes memory callData) private {
        vm.prank(ADMIN);
        (bool success,) = address(_consortium).call(callData);
        vm.assertTrue(success, "the admin was refused");
    }

    function _refused(bytes memory callData, bytes memory expected) private {
        assertReverts(ADMIN, address(_consortium), callData, expected);
    }

    function _appoint(address authority, address account) private {
        vm.prank(authority);
        _consortium.appointRepresentative(TAG, account);
    }

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

    function _notInRole(address account, IConsortium.Role role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IConsortium.ConsortiumNotInRole.selector, account, role);
    }

    function _delayError(uint64 delay) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IConsortium.ConsortiumHandoverDelayOutOfBounds.selector, delay, uint64(1 days), uint64(90 days)
        );
    }
}
