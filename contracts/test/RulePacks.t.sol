// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {Members} from "./Members.sol";
import {RulePacks} from "../src/RulePacks.sol";
import {IConsortium} from "../src/interfaces/IConsortium.sol";
import {IRulePacks} from "../src/interfaces/IRulePacks.sol";

contract RulePacksTest is Members {
    bytes32 private constant PACK = keccak256("rule pack");
    bytes32 private constant OTHER = keccak256("another rule pack");

    uint64 private constant FROM = 1_700_000_000;
    uint64 private constant UNTIL = 1_900_000_000;

    RulePacks private _packs;
    bytes32[] private _all;

    function setUp() public {
        deploy();
        _packs = new RulePacks(_consortium);
    }

    // --------------------------------------------------------------------------------------------------- constructor

    function test_constructor_keepsTheConsortium() public view {
        vm.assertEq(address(_packs.consortium()), address(_consortium), "consortium");
        vm.assertEq(bytes(_packs.VERSION()), "1", "version");
        vm.assertEq(_packs.count(), 0, "count");
    }

    function test_constructor_refusesAnAddressWithoutCode() public {
        vm.expectRevert(abi.encodeWithSelector(IRulePacks.RulePacksInvalidConsortium.selector, STRANGER));
        new RulePacks(IConsortium(STRANGER));
    }

    // ----------------------------------------------------------------------------------------------------------- add

    function test_add_keepsEverything() public {
        bytes32[] memory authorities = new bytes32[](2);
        (authorities[0], authorities[1]) = (COURT, keccak256("not a member yet"));
        vm.expectEmit(address(_packs));
        emit IRulePacks.RulePackAdded(PACK, 1, _pack(), authorities);
        vm.prank(ADMIN);
        vm.assertEq(_packs.add(PACK, _pack(), authorities), 1, "number");

        vm.assertEq(_packs.count(), 1, "count");
        vm.assertEq(_packs.numberOf(PACK), 1, "number of the document");
        vm.assertEq(_packs.rulePackOf(1), PACK, "document of the number");
        vm.assertEq(abi.encode(_packs.packOf(1)), abi.encode(_pack()), "parameters");
        vm.assertFalse(_packs.isClosed(PACK), "closed");
        vm.assertTrue(_packs.isOpenTo(PACK, COURT), "the court");
        vm.assertTrue(_packs.isOpenTo(PACK, authorities[1]), "the member to be");
        vm.assertFalse(_packs.isOpenTo(PACK, OFFICE), "the office");
        vm.assertFalse(_packs.isOpenTo(PACK, 0), "nobody");

        _add(OTHER, _pack());
        vm.assertEq(_packs.numberOf(OTHER), 2, "second number");
        vm.assertTrue(_packs.isOpenTo(OTHER, OFFICE), "open to all");
    }

    /// @dev Every field keeps its own value, whatever the others are: they share two slots.
    function testFuzz_add_keepsEveryField(IRulePacks.Pack memory pack) public {
        pack.requiredMaterials &= ~uint64(1);
        pack.commitmentMaterial = uint8(bound(pack.commitmentMaterial, 1, 63));
        pack.approvals = uint8(bound(pack.approvals, 1, 16));
        pack.leastInspectionScore = uint8(bound(pack.leastInspectionScore, 0, 100));
        pack.intakePeriod = uint32(bound(pack.intakePeriod, 1, 366 days));
        pack.supplementPeriod = uint32(bound(pack.supplementPeriod, 1, 366 days));
        pack.reviewPeriod = uint32(bound(pack.reviewPeriod, 1, 366 days));
        pack.objectionWindow = uint32(bound(pack.objectionWindow, 0, 366 days));
        pack.arbitrationPeriod = uint32(bound(pack.arbitrationPeriod, 1, 366 days));
        if (pack.decidedUntil <= pack.decidedFrom) {
            pack.decidedUntil = 0;
        }
        _add(PACK, pack);
        vm.assertEq(abi.encode(_packs.packOf(1)), abi.encode(pack), "parameters");
        IRulePacks.Rules memory rules = _packs.rulesOf(1);
        vm.assertEq(
            abi.encode(rules),
            abi.encode(
                pack.requiredMaterials,
                pack.commitmentMaterial,
                pack.approvals,
                pack.leastInspectionScore,
                pack.supplementRequests,
                pack.intakePeriod,
                pack.supplementPeriod,
                pack.reviewPeriod,
                pack.objectionWindow,
                pack.arbitrationPeriod
            ),
            "rules"
        );
    }

    function test_add_refusesEveryoneButTheAdmin() public {
        address[4] memory callers = [STRANGER, JUDGE, COURT_OPERATOR, address(_consortium)];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory expected = abi.encodeWithSelector(IRulePacks.RulePacksNotAdmin.selector, callers[i]);
            assertReverts(callers[i], address(_packs), _addCall(PACK, _pack()), expected);
            assertReverts(callers[i], address(_packs), abi.encodeCall(_packs.close, (PACK)), expected);
        }
    }

    function test_add_refusesZeroAndTwice() public {
        _refused(_addCall(0, _pack()), abi.encodeWithSelector(IRulePacks.RulePacksZeroRulePack.selector));
        _add(PACK, _pack());
        bytes memory expected = abi.encodeWithSelector(IRulePacks.RulePacksExists.selector, PACK, uint32(1));
        _refused(_addCall(PACK, _pack()), expected);
        _close(PACK);
        _refused(_addCall(PACK, _pack()), expected);
        vm.assertEq(_packs.count(), 1, "count");
    }

    function test_add_refusesMaterialsThatDoNotExist() public {
        IRulePacks.Pack memory pack = _pack();
        pack.requiredMaterials |= 1;
        _refused(
            _addCall(PACK, pack),
            abi.encodeWithSelector(IRulePacks.RulePacksInvalidMaterials.selector, pack.requiredMaterials)
        );
        pack = _pack();
        pack.commitmentMaterial = 0;
        _refused(_addCall(PACK, pack), abi.encodeWithSelector(IRulePacks.RulePacksInvalidMaterial.selector, uint8(0)));
        pack.commitmentMaterial = 64;
        _refused(_addCall(PACK, pack), abi.encodeWithSelector(IRulePacks.RulePacksInvalidMaterial.selector, uint8(64)));
        pack.commitmentMaterial = 63;
        pack.requiredMaterials = type(uint64).max - 1;
        _add(PACK, pack);
    }

    function test_add_refusesApprovalsOutOfBounds() public {
        IRulePacks.Pack memory pack = _pack();
        uint8[2] memory wrong = [0, 17];
        for (uint256 i = 0; i < wrong.length; ++i) {
            pack.approvals = wrong[i];
            _refused(
                _addCall(PACK, pack),
                abi.encodeWithSelector(IRulePacks.RulePacksApprovalsOutOfBounds.selector, wrong[i], uint8(1), uint8(16))
            );
        }
        pack.approvals = 1;
        _add(PACK, pack);
        pack.approvals = 16;
        _add(OTHER, pack);
    }

    function test_add_refusesAScoreOutOfBounds() public {
        IRulePacks.Pack memory pack = _pack();
        pack.leastInspectionScore = 101;
        _refused(
            _addCall(PACK, pack),
            abi.encodeWithSelector(IRulePacks.RulePacksScoreOutOfBounds.selector, uint8(101), uint8(100))
        );
        pack.leastInspectionScore = 100;
        _add(PACK, pack);
    }

    function test_add_refusesPeriodsOutOfBounds() public {
        for (uint256 i = 0; i < 5; ++i) {
            uint32 shortest = i == 3 ? 0 : 1;
            if (shortest != 0) {
                _refused(_addCall(PACK, _withPeriod(i, 0)), _periodOutOfBounds(0, shortest));
            }
            _refused(_addCall(PACK, _withPeriod(i, 366 days + 1)), _periodOutOfBounds(366 days + 1, shortest));
            _add(keccak256(abi.encode(i, "shortest")), _withPeriod(i, shortest));
            _add(keccak256(abi.encode(i, "longest")), _withPeriod(i, 366 days));
        }
    }

    function test_add_refusesAnEmptyRange() public {
        IRulePacks.Pack memory pack = _pack();
        uint64[2] memory wrong = [FROM, FROM - 1];
        for (uint256 i = 0; i < wrong.length; ++i) {
            pack.decidedUntil = wrong[i];
            _refused(
                _addCall(PACK, pack), abi.encodeWithSelector(IRulePacks.RulePacksEmptyRange.selector, FROM, wrong[i])
            );
        }
        pack.decidedUntil = FROM + 1;
        _add(PACK, pack);
    }

    function test_add_refusesAZeroAuthority() public {
        bytes32[] memory authorities = new bytes32[](2);
        authorities[0] = COURT;
        _refused(
            abi.encodeCall(_packs.add, (PACK, _pack(), authorities)),
            abi.encodeWithSelector(IRulePacks.RulePacksZeroAuthority.selector, 1)
        );
    }

    // --------------------------------------------------------------------------------------------------------- close

    function test_close_isForGood() public {
        _add(PACK, _pack());
        vm.expectEmit(address(_packs));
        emit IRulePacks.RulePackClosed(PACK, 1);
        _close(PACK);
        vm.assertTrue(_packs.isClosed(PACK), "closed");
        vm.assertTrue(_packs.isOpenTo(PACK, COURT), "open to the court all the same");
        vm.assertEq(abi.encode(_packs.packOf(1)), abi.encode(_pack()), "parameters");
        bytes memory expected = abi.encodeWithSelector(IRulePacks.RulePacksClosed.selector, PACK);
        _refused(abi.encodeCall(_packs.close, (PACK)), expected);
        _refusedTerms(COURT, 1, FROM, FROM, expected);
    }

    function test_close_refusesTheUnknown() public {
        bytes memory expected = abi.encodeWithSelector(IRulePacks.RulePacksUnknown.selector, PACK);
        _refused(abi.encodeCall(_packs.close, (PACK)), expected);
        _refusedTerms(COURT, 1, FROM, FROM, expected);
    }

    // --------------------------------------------------------------------------------------------------------- views

    function test_views_ofTheUnknown() public {
        vm.assertEq(_packs.numberOf(PACK), 0, "number");
        vm.assertFalse(_packs.isClosed(PACK), "closed");
        vm.assertFalse(_packs.isOpenTo(PACK, COURT), "open");
        _add(PACK, _pack());
        uint32[3] memory numbers = [uint32(0), 2, type(uint32).max];
        for (uint256 i = 0; i < numbers.length; ++i) {
            bytes memory expected = abi.encodeWithSelector(IRulePacks.RulePacksUnknownNumber.selector, numbers[i]);
            _refused(abi.encodeCall(_packs.packOf, (numbers[i])), expected);
            _refused(abi.encodeCall(_packs.rulesOf, (numbers[i])), expected);
            _refused(abi.encodeCall(_packs.rulePackOf, (numbers[i])), expected);
        }
    }

    // ---------------------------------------------------------------------------------------------------- checkTerms

    function test_checkTerms_keepsTheLeastTimeOfEachGrade() public {
        _add(PACK, _pack());
        uint32[3] memory least = [uint32(0), 90 days, 365 days];
        for (uint8 grade = 1; grade <= 3; ++grade) {
            uint32 time = least[grade - 1];
            (uint32 number, uint32 intakePeriod) = _packs.checkTerms(PACK, COURT, grade, FROM, FROM + time);
            vm.assertEq(number, 1, "number");
            vm.assertEq(intakePeriod, 11, "intake period");
            _packs.checkTerms(PACK, COURT, grade, FROM, type(uint64).max);
            _refusedTerms(
                COURT,
                grade,
                FROM,
                FROM + time - 1,
                abi.encodeWithSelector(IRulePacks.RulePacksRepairTooEarly.selector, PACK, FROM, FROM + time - 1, time)
            );
        }
    }

    function test_checkTerms_refusesGradesThatCannotBeRepaired() public {
        _add(PACK, _pack());
        uint8[3] memory grades = [0, 4, 255];
        for (uint256 i = 0; i < grades.length; ++i) {
            _refusedTerms(
                COURT,
                grades[i],
                FROM,
                UNTIL,
                abi.encodeWithSelector(IRulePacks.RulePacksInvalidGrade.selector, grades[i])
            );
        }
    }

    function test_checkTerms_coversItsRangeOfDecisions() public {
        _add(PACK, _pack());
        _packs.checkTerms(PACK, COURT, 1, FROM, FROM);
        _packs.checkTerms(PACK, COURT, 1, UNTIL - 1, UNTIL);
        uint64[4] memory outside = [FROM - 1, UNTIL, 0, type(uint64).max];
        for (uint256 i = 0; i < outside.length; ++i) {
            _refusedTerms(
                COURT,
                1,
                outside[i],
                type(uint64).max,
                abi.encodeWithSelector(IRulePacks.RulePacksDecidedOutsideRange.selector, PACK, outside[i], FROM, UNTIL)
            );
        }
    }

    function test_checkTerms_withoutAnEnd() public {
        IRulePacks.Pack memory pack = _pack();
        pack.decidedUntil = 0;
        _add(PACK, pack);
        _packs.checkTerms(PACK, COURT, 1, type(uint64).max, type(uint64).max);
        _refusedTerms(
            COURT,
            3,
            type(uint64).max,
            type(uint64).max,
            abi.encodeWithSelector(
                IRulePacks.RulePacksRepairTooEarly.selector, PACK, type(uint64).max, type(uint64).max, uint32(365 days)
            )
        );
    }

    function test_checkTerms_refusesAuthoritiesItIsNotOpenTo() public {
        bytes32[] memory authorities = new bytes32[](1);
        authorities[0] = COURT;
        vm.prank(ADMIN);
        _packs.add(PACK, _pack(), authorities);
        _packs.checkTerms(PACK, COURT, 1, FROM, FROM);
        _refusedTerms(
            OFFICE, 1, FROM, FROM, abi.encodeWithSelector(IRulePacks.RulePacksNotOpenTo.selector, PACK, OFFICE)
        );
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    function _pack() private pure returns (IRulePacks.Pack memory) {
        return IRulePacks.Pack({
            requiredMaterials: 6,
            commitmentMaterial: 3,
            approvals: 2,
            leastInspectionScore: 60,
            supplementRequests: 1,
            intakePeriod: 11,
            supplementPeriod: 12,
            reviewPeriod: 13,
            objectionWindow: 14,
            arbitrationPeriod: 15,
            falseMaterialBar: 16,
            decidedFrom: FROM,
            decidedUntil: UNTIL,
            leastForMinor: 0,
            leastForGeneral: 90 days,
            leastForSerious: 365 days
        });
    }

    function _withPeriod(uint256 which, uint32 period) private pure returns (IRulePacks.Pack memory pack) {
        pack = _pack();
        if (which == 0) {
            pack.intakePeriod = period;
        } else if (which == 1) {
            pack.supplementPeriod = period;
        } else if (which == 2) {
            pack.reviewPeriod = period;
        } else if (which == 3) {
            pack.objectionWindow = period;
        } else {
            pack.arbitrationPeriod = period;
        }
    }

    function _periodOutOfBounds(uint32 period, uint32 shortest) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IRulePacks.RulePacksPeriodOutOfBounds.selector, period, shortest, uint32(366 days));
    }

    function _addCall(bytes32 rulePack, IRulePacks.Pack memory pack) private view returns (bytes memory) {
        return abi.encodeCall(_packs.add, (rulePack, pack, _all));
    }

    function _add(bytes32 rulePack, IRulePacks.Pack memory pack) private {
        vm.prank(ADMIN);
        _packs.add(rulePack, pack, _all);
    }

    function _close(bytes32 rulePack) private {
        vm.prank(ADMIN);
        _packs.close(rulePack);
    }

    function _refused(bytes memory callData, bytes memory expected) private {
        assertReverts(ADMIN, address(_packs), callData, expected);
    }

    function _refusedTerms(
        bytes32 authority,
        uint8 grade,
        uint64 decidedAt,
        uint64 earliestRepairAt,
        bytes memory expected
    ) private {
        _refused(abi.encodeCall(_packs.checkTerms, (PACK, authority, grade, decidedAt, earliestRepairAt)), expected);
    }
}
