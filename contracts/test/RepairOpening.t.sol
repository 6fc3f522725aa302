// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {ReferenceTree} from "./ReferenceTree.sol";
import {RepairFixture} from "./RepairFixture.sol";
import {Consortium} from "../src/Consortium.sol";
import {EvidenceLog} from "../src/EvidenceLog.sol";
import {RepairDesk} from "../src/RepairDesk.sol";
import {RulePacks} from "../src/RulePacks.sol";
import {IConsortium} from "../src/interfaces/IConsortium.sol";
import {IEvidenceLog} from "../src/interfaces/IEvidenceLog.sol";
import {IRepairDesk} from "../src/interfaces/IRepairDesk.sol";
import {IRulePacks} from "../src/interfaces/IRulePacks.sol";

contract RepairOpeningTest is RepairFixture {
    using ReferenceTree for bytes32[];

    function setUp() public {
        deployDesk();
    }

    // --------------------------------------------------------------------------------------------------- constructor

    function test_constructor_keepsItsContracts() public view {
        vm.assertEq(address(_desk.consortium()), address(_consortium), "consortium");
        vm.assertEq(address(_desk.evidenceLog()), address(_log), "evidence log");
        vm.assertEq(address(_desk.rulePacks()), address(_packs), "rule packs");
        vm.assertEq(bytes(_desk.VERSION()), "1", "version");
        vm.assertEq(_desk.caseCount(), 0, "cases");
    }

    function test_constructor_refusesAddressesWithoutCode() public {
        _refusedContracts(IConsortium(STRANGER), _log, _packs, STRANGER);
        _refusedContracts(_consortium, IEvidenceLog(STRANGER), _packs, STRANGER);
        _refusedContracts(_consortium, _log, IRulePacks(STRANGER), STRANGER);
    }

    function test_constructor_refusesContractsOfAnotherConsortium() public {
        Consortium another = new Consortium(ADMIN, 2 days);
        EvidenceLog itsLog = new EvidenceLog(another);
        RulePacks itsPacks = new RulePacks(another);
        _refusedContracts(_consortium, itsLog, _packs, address(itsLog));
        _refusedContracts(_consortium, _log, itsPacks, address(itsPacks));
        new RepairDesk(another, itsLog, itsPacks);
    }

    // ---------------------------------------------------------------------------------------------------------- open

    function test_open_writesTheCase() public {
        bytes32 leafHash = leafOf(sanction());
        bytes32 materialsHash = fold(leafHash, allMaterials());
        vm.expectEmit(address(_desk));
        emit IRepairDesk.CaseOpened(1, leafHash, LAWYER, keccak256("record"), terms(), START + INTAKE);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.StatusChanged(leafHash, IRepairDesk.SanctionState.UnderRepair, IRepairDesk.SanctionState.None);
        vm.expectEmit(address(_desk));
        emit IRepairDesk.MaterialsSubmitted(1, LAWYER, allMaterials(), materialsHash, START + INTAKE);
        vm.assertEq(openCase(), 1, "case");

        IRepairDesk.Case memory expected = IRepairDesk.Case({
            leafHash: leafHash,
            subjectTag: TAG,
            authority: COURT,
            rulePack: PACK,
            state: IRepairDesk.CaseState.Open,
            escalated: false,
            supplementRequests: 0,
            performed: false,
            approvals: 0,
            openObjections: 0,
            materials: REQUIRED | uint64(1) << COMMITMENT,
            materialsHash: materialsHash,
            earliestRepairAt: START - 10 days,
            attachedTermUntil: 0,
            dueAt: START + INTAKE,
            objectionsUntil: 0
        });
        vm.assertEq(abi.encode(_desk.caseOf(1)), abi.encode(expected), "case");
        checkStatus(IRepairDesk.SanctionState.UnderRepair, START);
        vm.assertEq(_desk.approvalsOf(1).length, 0, "approvals");
    }

    function test_open_withoutMaterials() public {
        vm.recordLogs();
        uint256 caseId = openCaseWith(new IRepairDesk.Material[](0));
        vm.assertEq(vm.getRecordedLogs().length, 2, "events");
        vm.assertEq(_desk.caseOf(caseId).materialsHash, leafOf(sanction()), "the hash of none");
        vm.assertEq(_desk.caseOf(caseId).materials, 0, "kinds");
    }

    function test_leafHashOf_isThatOfTheRecords() public view {
        vm.assertEq(_desk.leafHashOf(sanction()), leafOf(sanction()), "leaf hash");
    }

    /// @dev Any change of record or terms is another leaf, which is not in the log.
    function testFuzz_open_refusesOtherTerms(uint256 which, bytes32 noise) public {
        IRepairDesk.Sanction memory other = sanction();
        vm.assume(noise != 0);
        which %= 8;
        if (which == 0) {
            other.recordDigest ^= noise;
        } else if (which == 1) {
            other.terms.salt ^= noise;
        } else if (which == 2) {
            other.terms.grade = 1;
        } else if (which == 3) {
            other.terms.decidedAt -= 1;
        } else if (which == 4) {
            other.terms.earliestRepairAt -= 1;
        } else if (which == 5) {
            other.terms.attachedTermUntil = 1;
        } else if (which == 6) {
            other.terms.publicUntil += 1;
        } else {
            other.terms.rulePack ^= noise;
        }
        refused(
            LAWYER,
            openCall(other, allMaterials()),
            abi.encodeWithSelector(
                IRepairDesk.RepairDeskNotIncluded.selector, leafOf(other), COURT_LOG, _leaves.root(9), uint64(5)
            )
        );
    }

    function test_open_refusesWrongProofs() public {
        bytes32 root = _leaves.root(9);
        bytes32[] memory path = _leaves.inclusion(5, 0, 9);
        bytes32 leafHash = leafOf(sanction());
        refused(
            LAWYER,
            abi.encodeCall(_desk.open, (sanction(), COURT_LOG, root, 4, path, allMaterials())),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNotIncluded.selector, leafHash, COURT_LOG, root, uint64(4))
        );
        refused(
            LAWYER,
            abi.encodeCall(_desk.open, (sanction(), COURT_LOG, keccak256("no root"), 5, path, allMaterials())),
            abi.encodeWithSelector(
                IRepairDesk.RepairDeskNotIncluded.selector, leafHash, COURT_LOG, keccak256("no root"), uint64(5)
            )
        );
        path[0] = keccak256("no sibling");
        refused(
            LAWYER,
            abi.encodeCall(_desk.open, (sanction(), COURT_LOG, root, 5, path, allMaterials())),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNotIncluded.selector, leafHash, COURT_LOG, root, uint64(5))
        );
    }

    /// @dev The office's log holds the very same tree, and cannot assert the court's sanction with it.
    function test_open_refusesTheLogOfAnotherOrganisation() public {
        bytes32[2] memory logs = [OFFICE_LOG, keccak256("no log")];
        bytes32[2] memory owners = [OFFICE, bytes32(0)];
        for (uint256 i = 0; i < logs.length; ++i) {
            refused(
                LAWYER,
                abi.encodeCall(
                    _desk.open, (sanction(), logs[i], _leaves.root(9), 5, _leaves.inclusion(5, 0, 9), allMaterials())
                ),
                abi.encodeWithSelector(IRepairDesk.RepairDeskNotLogOfAuthority.selector, logs[i], owners[i], COURT)
            );
        }
    }

    /// @dev Nor can an entry in the court's log bind another authority.
    function test_open_refusesTermsThatNameAnotherAuthority() public {
        IRepairDesk.Terms memory content = terms();
        content.authority = OFFICE;
        refused(
            LAWYER,
            openLast(anchorAlso(content), allMaterials()),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNotLogOfAuthority.selector, COURT_LOG, COURT, OFFICE)
        );
    }

    function test_open_refusesWhoMayNotActForTheSubject() public {
        address[7] memory callers = [STRANGER, ADMIN, JUDGE, OFFICER, CHEMIST, UMPIRE, WRITER];
        for (uint256 i = 0; i < callers.length; ++i) {
            refused(callers[i], openCall(sanction(), allMaterials()), notApplicant(callers[i]));
        }
        suspend(FIRM);
        refused(LAWYER, openCall(sanction(), allMaterials()), notApplicant(LAWYER));
    }

    function test_open_refusesWhatCannotBeRepaired() public {
        IRepairDesk.Terms memory content = terms();
        content.repairable = false;
        IRepairDesk.Sanction memory other = anchorAlso(content);
        refused(
            LAWYER,
            openLast(other, allMaterials()),
            abi.encodeWithSelector(IRepairDesk.RepairDeskNotRepairable.selector, leafOf(other))
        );
        content = terms();
        content.grade = 0;
        refused(
            LAWYER,
            openLast(anchorAlso(content), allMaterials()),
            abi.encodeWithSelector(IRulePacks.RulePacksInvalidGrade.selector, uint8(0))
        );
    }

    function test_open_refusesTermsOutsideTheRulePack() public {
        IRepairDesk.Terms memory content = terms();
        content.rulePack = keccak256("unknown");
        refused(
            LAWYER,
            openLast(anchorAlso(content), allMaterials()),
            abi.encodeWithSelector(IRulePacks.RulePacksUnknown.selector, content.rulePack)
        );
        content = terms();
        content.decidedAt = START - 365 days - 1;
        refused(
            LAWYER,
            openLast(anchorAlso(content), allMaterials()),
            abi.encodeWithSelector(
                IRulePacks.RulePacksDecidedOutsideRange.selector,
                PACK,
                content.decidedAt,
                START - 365 days,
                START + 365 days
            )
        );
        content = terms();
        content.earliestRepairAt = content.decidedAt + 90 days - 1;
        refused(
            LAWYER,
            openLast(anchorAlso(content), allMaterials()),
            abi.encodeWithSelector(
                IRulePacks.RulePacksRepairTooEarly.selector,
                PACK,
                content.decidedAt,
                content.earliestRepairAt,
                uint32(90 days)
            )
        );
    }

    function test_open_refusesAClosedRulePackAndAnAuthorityOutsideIt() public {
        bytes32[] memory authorities = new bytes32[](1);
        authorities[0] = OFFICE;
        vm.prank(ADMIN);
        _packs.add(keccak256("office's"), pack(), authorities);
        IRepairDesk.Terms memory content = terms();
        content.rulePack = keccak256("office's");
        refused(
            LAWYER,
            openLast(anchorAlso(content), allMaterials()),
            abi.encodeWithSelector(IRulePacks.RulePacksNotOpenTo.selector, content.rulePack, COURT)
        );

        uint256 caseId = readyCase();
        vm.prank(ADMIN);
        _packs.close(PACK);
        vm.warp(START + WINDOW);
        act(STRANGER, abi.encodeCall(_desk.trigger, (caseId)));
        checkState(caseId, IRepairDesk.CaseState.Repaired);

        content = terms();
        content.salt = keccak256("another salt");
        refused(
            LAWYER,
            openLast(anchorAlso(content), allMaterials()),
            abi.encodeWithSelector(IRulePacks.RulePacksClosed.selector, PACK)
        );
    }

    function test_open_refusesTimesTooLargeToKeep() public {
        uint64 largest = type(uint40).max;
        IRepairDesk.Terms memory content = terms();
        content.earliestRepairAt = largest + 1;
        refused(
            LAWYER,
            openLast(anchorAlso(content), allMaterials()),
            abi.encodeWithSelector(IRepairDesk.RepairDeskTimeOutOfRange.selector, largest + 1)
        );
        content = terms();
        content.attachedTermUntil = type(uint64).max;
        refused(
            LAWYER,
            openLast(anchorAlso(content), allMaterials()),
            abi.encodeWithSelector(IRepairDesk.RepairDeskTimeOutOfRange.selector, type(uint64).max)
        );
        content.earliestRepairAt = largest;
        content.attachedTermUntil = largest;
        act(LAWYER, openLast(anchorAlso(content), allMaterials()));
        vm.assertEq(_desk.caseOf(1).earliestRepairAt, largest, "shortest period");
        vm.assertEq(_desk.caseOf(1).attachedTermUntil, largest, "attached term");
    }

    function test_open_refusesInvalidMaterials() public {
        uint8[3] memory kinds = [0, 64, 255];
        for (uint256 i = 0; i < kinds.length; ++i) {
            IRepairDesk.Material[] memory materials = allMaterials();
            materials[2].kind = kinds[i];
            refused(
                LAWYER,
                openCall(sanction(), materials),
                abi.encodeWithSelector(IRepairDesk.RepairDeskInvalidMaterial.selector, 2, kinds[i], keccak256("report"))
            );
        }
        IRepairDesk.Material[] memory empty = allMaterials();
        empty[1].digest = 0;
        refused(
            LAWYER,
            openCall(sanction(), empty),
            abi.encodeWithSelector(IRepairDesk.RepairDeskInvalidMaterial.selector, 1, RECEIPT, bytes32(0))
        );
        openCaseWith(oneMaterial(63));
        vm.assertEq(_desk.caseOf(1).materials, uint64(1) << 63, "the last kind");
    }

    function test_open_refusesASecondCase() public {
        uint256 caseId = openCase();
        bytes memory call = openCall(sanction(), allMaterials());
        refused(LAWYER, call, wrongStatus(IRepairDesk.SanctionState.UnderRepair));
        act(JUDGE, shieldCall());
        refused(LAWYER, call, wrongStatus(IRepairDesk.SanctionState.Shielded));
        act(JUDGE, unshieldCall());
        act(LAWYER, abi.encodeCall(_desk.withdraw, (caseId)));
        caseId = readyCase();
        vm.assertEq(caseId, 2, "the second case");
        vm.warp(START + WINDOW);
        act(STRANGER, abi.encodeCall(_desk.trigger, (caseId)));
        refused(LAWYER, call, wrongStatus(IRepairDesk.SanctionState.Repaired));
        act(JUDGE, annulCall(0));
        refused(LAWYER, call, wrongStatus(IRepairDesk.SanctionState.Annulled));
    }

    function _refusedContracts(IConsortium consortium, IEvidenceLog evidenceLog, IRulePacks rulePacks, address culprit)
        private
    {
        vm.expectRevert(abi.encodeWithSelector(IRepairDesk.RepairDeskInvalidContract.selector, culprit));
        new RepairDesk(consortium, evidenceLog, rulePacks);
    }
}
