// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {Members} from "./Members.sol";
import {ReferenceTree} from "./ReferenceTree.sol";
import {TreeProofHarness} from "./TreeProofHarness.sol";
import {EvidenceLog} from "../src/EvidenceLog.sol";
import {IConsortium} from "../src/interfaces/IConsortium.sol";
import {IEvidenceLog} from "../src/interfaces/IEvidenceLog.sol";
import {TreeProof} from "../src/TreeProof.sol";

/// @notice An operator that is a contract, as a multisig is.
contract ContractOperator {
    function anchor(IEvidenceLog log, bytes32 logId, uint64 treeSize, bytes32 root, bytes32[] calldata proof) external {
        log.anchor(logId, treeSize, root, proof);
    }
}

contract EvidenceLogTest is Members {
    using ReferenceTree for bytes32[];

    uint256 private constant LARGEST = 40;

    bytes32 private constant UNKNOWN_LOG = keccak256("devnet.ledgercredit/nobody");

    bytes32[] private _none;

    function setUp() public {
        deploy();
    }

    // --------------------------------------------------------------------------------------------------- constructor

    function test_constructor_keepsTheConsortium() public view {
        vm.assertEq(address(_log.consortium()), address(_consortium), "consortium");
        vm.assertEq(bytes(_log.VERSION()), "1", "version");
    }

    function test_constructor_refusesAnAddressWithoutCode() public {
        vm.expectRevert(abi.encodeWithSelector(IEvidenceLog.EvidenceLogInvalidConsortium.selector, STRANGER));
        new EvidenceLog(IConsortium(STRANGER));
    }

    // ------------------------------------------------------------------------------------------------------- anchor

    function test_anchor_first() public {
        bytes32 root = keccak256("root");
        vm.expectEmit(address(_log));
        emit IEvidenceLog.Anchored(COURT_LOG, root, 137, 0);
        _anchor(137, root, _none);
        _checkHead(COURT_LOG, 137, root, 1_800_000_000);
        _checkHead(OFFICE_LOG, 0, 0, 0);
    }

    function test_anchor_next() public {
        bytes32[] memory leaves = ReferenceTree.sample(12, 1);
        _anchor(5, leaves.root(5), _none);
        vm.warp(1_800_000_060);
        bytes32[] memory proof = leaves.consistency(5, 12);
        vm.expectEmit(address(_log));
        emit IEvidenceLog.Anchored(COURT_LOG, leaves.root(12), 12, 5);
        _anchor(12, leaves.root(12), proof);
        _checkHead(COURT_LOG, 12, leaves.root(12), 1_800_000_060);
        _checkAnchor(leaves.root(5), 5, 1_800_000_000);
        _checkAnchor(leaves.root(12), 12, 1_800_000_060);
    }

    /// @dev From every size to every larger one, each in a log of its own.
    function test_anchor_acceptsEveryPairOfSmallTrees() public {
        bytes32[] memory leaves = ReferenceTree.sample(16, 2);
        for (uint256 newSize = 2; newSize <= 16; ++newSize) {
            for (uint256 oldSize = 1; oldSize < newSize; ++oldSize) {
                deploy();
                _anchor(uint64(oldSize), leaves.root(oldSize), _none);
                _anchor(uint64(newSize), leaves.root(newSize), leaves.consistency(oldSize, newSize));
            }
        }
    }

    function testFuzz_anchor_followsAnyGrowth(uint256[8] memory growths) public {
        bytes32[] memory leaves = ReferenceTree.sample(64, 3);
        uint256 size = 0;
        for (uint256 i = 0; i < growths.length; ++i) {
            uint256 next = size + bound(growths[i], 1, 8);
            _anchor(uint64(next), leaves.root(next), leaves.consistency(size, next));
            _checkHead(COURT_LOG, uint64(next), leaves.root(next), 1_800_000_000);
            size = next;
        }
    }

    function test_anchor_upToTheLargestSizes() public {
        uint64[5] memory sizes = [uint64(1 << 32), 1 << 63, (1 << 63) + 1, type(uint64).max - 1, type(uint64).max];
        for (uint256 i = 0; i + 1 < sizes.length; ++i) {
            deploy();
            TreeProofHarness proofs = new TreeProofHarness();
            uint256 length = ReferenceTree.consistencyLength(sizes[i], sizes[i + 1], true);
            bytes32[] memory proof = ReferenceTree.opaque(length, i);
            (, bytes32 oldRoot, bytes32 newRoot) =
                proofs.consistencyRoots(sizes[i], keccak256("old root"), sizes[i + 1], proof);
            _anchor(sizes[i], oldRoot, _none);
            vm.expectEmit(address(_log));
            emit IEvidenceLog.Anchored(COURT_LOG, newRoot, sizes[i + 1], sizes[i]);
            _anchor(sizes[i + 1], newRoot, proof);
            _checkHead(COURT_LOG, sizes[i + 1], newRoot, 1_800_000_000);
        }
    }

    function test_anchor_byAContract() public {
        ContractOperator operator = new ContractOperator();
        assertReverts(
            STRANGER,
            address(operator),
            abi.encodeCall(operator.anchor, (_log, COURT_LOG, 1, keccak256("root"), _none)),
            _notOperator(COURT_LOG, COURT, address(operator))
        );
        asAdmin(abi.encodeCall(_consortium.registerAccount, (address(operator), COURT, OPERATOR)));
        operator.anchor(_log, COURT_LOG, 1, keccak256("root"), _none);
        _checkHead(COURT_LOG, 1, keccak256("root"), 1_800_000_000);
    }

    function test_anchor_keepsLogsApart() public {
        bytes32 root = keccak256("the same root");
        _anchor(3, root, _none);
        vm.prank(OFFICE_OPERATOR);
        _log.anchor(OFFICE_LOG, 7, root, _none);
        _checkHead(COURT_LOG, 3, root, 1_800_000_000);
        _checkHead(OFFICE_LOG, 7, root, 1_800_000_000);
    }

    // -------------------------------------------------------------------------------------------------------- callers

    function test_anchor_refusesAnUnknownLog() public {
        _refusedFor(
            COURT_OPERATOR,
            UNKNOWN_LOG,
            abi.encodeWithSelector(IEvidenceLog.EvidenceLogUnknownLog.selector, UNKNOWN_LOG)
        );
    }

    function test_anchor_refusesEveryoneButTheOperator() public {
        address[6] memory callers = [STRANGER, ADMIN, JUDGE, OFFICE_OPERATOR, address(_consortium), address(_log)];
        for (uint256 i = 0; i < callers.length; ++i) {
            _refusedFor(callers[i], COURT_LOG, _notOperator(COURT_LOG, COURT, callers[i]));
        }
        _refusedFor(COURT_OPERATOR, OFFICE_LOG, _notOperator(OFFICE_LOG, OFFICE, COURT_OPERATOR));
    }

    function test_anchor_refusesARetiredOperator() public {
        asAdmin(abi.encodeCall(_consortium.retireAccount, (COURT_OPERATOR)));
        _refusedFor(COURT_OPERATOR, COURT_LOG, _notOperator(COURT_LOG, COURT, COURT_OPERATOR));
    }

    function test_anchor_refusesAnOrganisationWithoutTheRole() public {
        asAdmin(abi.encodeCall(_consortium.setOrganisationRoles, (COURT, AUTHORITY)));
        _refusedFor(COURT_OPERATOR, COURT_LOG, _notOperator(COURT_LOG, COURT, COURT_OPERATOR));
    }

    function test_anchor_refusesASuspendedOrganisationUntilResumed() public {
        asAdmin(abi.encodeCall(_consortium.suspendOrganisation, (COURT)));
        _refusedFor(
            COURT_OPERATOR,
            COURT_LOG,
            abi.encodeWithSelector(IEvidenceLog.EvidenceLogOrganisationSuspended.selector, COURT_LOG, COURT)
        );
        // Another organisation's account is told that the log is not its own.
        _refusedFor(OFFICE_OPERATOR, COURT_LOG, _notOperator(COURT_LOG, COURT, OFFICE_OPERATOR));
        _refusedFor(STRANGER, COURT_LOG, _notOperator(COURT_LOG, COURT, STRANGER));

        asAdmin(abi.encodeCall(_consortium.resumeOrganisation, (COURT)));
        _anchor(1, keccak256("root"), _none);
    }

    // --------------------------------------------------------------------------------------------------------- trees

    function testFuzz_anchor_refusesATreeThatIsNotLarger(uint64 first, uint64 second) public {
        vm.assume(first != 0);
        second = uint64(bound(second, 0, first));
        _anchor(first, keccak256("first"), _none);
        _refused(
            second,
            keccak256("second"),
            _none,
            abi.encodeWithSelector(IEvidenceLog.EvidenceLogTreeNotLarger.selector, COURT_LOG, first, second)
        );
        _checkHead(COURT_LOG, first, keccak256("first"), 1_800_000_000);
    }

    function test_anchor_refusesTheEmptyTree() public {
        _refused(
            0,
            TreeProof.EMPTY_ROOT,
            _none,
            abi.encodeWithSelector(IEvidenceLog.EvidenceLogTreeNotLarger.selector, COURT_LOG, uint64(0), uint64(0))
        );
    }

    function test_anchor_refusesAZeroRoot() public {
        bytes memory expected = abi.encodeWithSelector(IEvidenceLog.EvidenceLogZeroRoot.selector, COURT_LOG, uint64(2));
        _refused(2, 0, _none, expected);
        _anchor(1, keccak256("root"), _none);
        _refused(2, 0, _none, expected);
    }

    function test_anchor_refusesTheSameRootAtAnotherSize() public {
        _anchor(1, keccak256("root"), _none);
        _refused(
            2,
            keccak256("root"),
            new bytes32[](1),
            abi.encodeWithSelector(
                IEvidenceLog.EvidenceLogRootAlreadyAnchored.selector, COURT_LOG, keccak256("root"), uint64(1)
            )
        );
    }

    /// @dev Even with a consistency proof that holds: the anchor would otherwise be rewritten. No such proof can be
    /// made without a collision of SHA-256, so the storage is set up for it.
    function test_anchor_neverRewritesAnAnchor() public {
        bytes32[] memory leaves = ReferenceTree.sample(2, 4);
        _anchor(1, leaves.root(1), _none);
        vm.store(address(_log), _slotOf(COURT_LOG, leaves.root(2)), bytes32(uint256(9)));
        _refused(
            2,
            leaves.root(2),
            leaves.consistency(1, 2),
            abi.encodeWithSelector(
                IEvidenceLog.EvidenceLogRootAlreadyAnchored.selector, COURT_LOG, leaves.root(2), uint64(9)
            )
        );
    }

    // -------------------------------------------------------------------------------------------------------- proofs

    function testFuzz_anchor_refusesAFirstAnchorWithAProof(uint64 treeSize, bytes32[] memory proof) public {
        vm.assume(treeSize != 0 && proof.length != 0);
        _refused(treeSize, keccak256("root"), proof, _proofLength(0, treeSize, proof.length));
    }

    function testFuzz_anchor_refusesProofsOfAnotherLength(uint256 oldSize, uint256 newSize, uint8 length) public {
        newSize = bound(newSize, 2, LARGEST);
        oldSize = bound(oldSize, 1, newSize - 1);
        bytes32[] memory leaves = ReferenceTree.sample(newSize, 5);
        vm.assume(length != leaves.consistency(oldSize, newSize).length);
        _anchor(uint64(oldSize), leaves.root(oldSize), _none);
        _refused(
            uint64(newSize),
            leaves.root(newSize),
            ReferenceTree.opaque(length, 5),
            _proofLength(uint64(oldSize), uint64(newSize), length)
        );
    }

    /// @dev The error says what the proof does prove.
    function testFuzz_anchor_refusesARewrittenLog(uint256 oldSize, uint256 newSize, uint256 index) public {
        newSize = bound(newSize, 2, LARGEST);
        oldSize = bound(oldSize, 1, newSize - 1);
        index = bound(index, 0, oldSize - 1);
        bytes32[] memory leaves = ReferenceTree.sample(newSize, 6);
        bytes32 anchored = leaves.root(oldSize);
        _anchor(uint64(oldSize), anchored, _none);

        leaves[index] = ReferenceTree.leaf("another");
        bytes32 root = leaves.root(newSize);
        bytes32[] memory proof = leaves.consistency(oldSize, newSize);
        _refused(uint64(newSize), root, proof, _inconsistent(uint64(oldSize), anchored, uint64(newSize), root, proof));
        _checkHead(COURT_LOG, uint64(oldSize), anchored, 1_800_000_000);
    }

    function testFuzz_anchor_refusesAnyChangedBit(uint256 oldSize, uint256 newSize, uint256 bit) public {
        newSize = bound(newSize, 2, LARGEST);
        oldSize = bound(oldSize, 1, newSize - 1);
        bytes32[] memory leaves = ReferenceTree.sample(newSize, 7);
        _anchor(uint64(oldSize), leaves.root(oldSize), _none);
        bytes32[] memory proof = leaves.consistency(oldSize, newSize);
        bytes32 root = leaves.root(newSize);
        bit = bound(bit, 0, (proof.length + 1) * 256 - 1);
        if (bit / 256 < proof.length) {
            proof[bit / 256] ^= bytes32(1 << (bit % 256));
        } else {
            root ^= bytes32(1 << (bit % 256));
        }

        vm.prank(COURT_OPERATOR);
        (bool accepted, bytes memory returned) =
            address(_log).call(abi.encodeCall(_log.anchor, (COURT_LOG, uint64(newSize), root, proof)));
        vm.assertFalse(accepted, "accepted a changed bit");
        vm.assertTrue(bytes4(returned) == IEvidenceLog.EvidenceLogInconsistent.selector, "error");
    }

    // ------------------------------------------------------------------------------------------------------- storage

    /// @dev Evidence files prove this slot: it can never move. (The build's storageLayout says the same.)
    function testFuzz_anchors_areAtSlotZero(uint64 treeSize, uint64 anchoredAt, bytes32 root) public {
        vm.assume(treeSize != 0 && root != 0);
        vm.warp(anchoredAt);
        _anchor(treeSize, root, _none);

        bytes32 slot = keccak256(abi.encode(root, keccak256(abi.encode(COURT_LOG, uint256(0)))));
        bytes32 word = vm.load(address(_log), slot);
        vm.assertEq(uint256(word), uint256(treeSize) | uint256(anchoredAt) << 64, "word");
        _checkAnchor(root, treeSize, anchoredAt);
        _checkHead(COURT_LOG, treeSize, root, anchoredAt);
        vm.assertEq(slot, _slotOf(COURT_LOG, root), "slot");
    }

    // --------------------------------------------------------------------------------------------------------- views

    function test_verifyInclusion_isOfAnchoredTreesOnly() public {
        bytes32[] memory leaves = ReferenceTree.sample(9, 8);
        bytes32 root = leaves.root(9);
        vm.assertFalse(
            _log.verifyInclusion(COURT_LOG, root, leaves[4], 4, leaves.inclusion(4, 0, 9)), "not anchored yet"
        );
        _anchor(9, root, _none);
        for (uint64 index = 0; index < 9; ++index) {
            bytes32[] memory path = leaves.inclusion(index, 0, 9);
            vm.assertTrue(_log.verifyInclusion(COURT_LOG, root, leaves[index], index, path), "included");
            vm.assertFalse(_log.verifyInclusion(OFFICE_LOG, root, leaves[index], index, path), "another log");
            vm.assertFalse(_log.verifyInclusion(COURT_LOG, leaves.root(8), leaves[index], index, path), "another root");
            vm.assertFalse(_log.verifyInclusion(COURT_LOG, root, leaves[index], index + 1, path), "another index");
            vm.assertFalse(_log.verifyInclusion(COURT_LOG, root, leaves[(index + 1) % 9], index, path), "another leaf");
        }
    }

    /// @dev Older anchors stay provable after newer ones.
    function test_verifyInclusion_worksForOldAnchors() public {
        bytes32[] memory leaves = ReferenceTree.sample(9, 9);
        _anchor(4, leaves.root(4), _none);
        _anchor(9, leaves.root(9), leaves.consistency(4, 9));
        vm.assertTrue(
            _log.verifyInclusion(COURT_LOG, leaves.root(4), leaves[3], 3, leaves.inclusion(3, 0, 4)), "old anchor"
        );
    }

    function test_anchorOf_isZeroForWhatWasNotAnchored() public view {
        _checkAnchor(keccak256("never"), 0, 0);
        _checkAnchor(0, 0, 0);
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    function _anchor(uint64 treeSize, bytes32 root, bytes32[] memory proof) private {
        vm.prank(COURT_OPERATOR);
        _log.anchor(COURT_LOG, treeSize, root, proof);
    }

    function _refused(uint64 treeSize, bytes32 root, bytes32[] memory proof, bytes memory expected) private {
        assertReverts(
            COURT_OPERATOR, address(_log), abi.encodeCall(_log.anchor, (COURT_LOG, treeSize, root, proof)), expected
        );
    }

    function _refusedFor(address caller, bytes32 logId, bytes memory expected) private {
        assertReverts(
            caller, address(_log), abi.encodeCall(_log.anchor, (logId, 1, keccak256("root"), _none)), expected
        );
    }

    function _checkHead(bytes32 logId, uint64 treeSize, bytes32 root, uint64 anchoredAt) private view {
        (uint64 actualSize, bytes32 actualRoot, uint64 actualTime) = _log.head(logId);
        vm.assertEq(actualSize, treeSize, "head: size");
        vm.assertEq(actualRoot, root, "head: root");
        vm.assertEq(actualTime, anchoredAt, "head: time");
    }

    function _checkAnchor(bytes32 root, uint64 treeSize, uint64 anchoredAt) private view {
        IEvidenceLog.Anchor memory actual = _log.anchorOf(COURT_LOG, root);
        vm.assertEq(actual.treeSize, treeSize, "anchor: size");
        vm.assertEq(actual.anchoredAt, anchoredAt, "anchor: time");
    }

    function _slotOf(bytes32 logId, bytes32 root) private pure returns (bytes32) {
        return keccak256(abi.encode(root, keccak256(abi.encode(logId, uint256(0)))));
    }

    function _notOperator(bytes32 logId, bytes32 orgId, address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IEvidenceLog.EvidenceLogNotOperator.selector, logId, orgId, account);
    }

    function _proofLength(uint64 previousSize, uint64 treeSize, uint256 length) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IEvidenceLog.EvidenceLogConsistencyProofLength.selector, COURT_LOG, previousSize, treeSize, length
        );
    }

    /// @dev The error for a proof of the right length that proves other roots.
    function _inconsistent(
        uint64 previousSize,
        bytes32 previousRoot,
        uint64 treeSize,
        bytes32 root,
        bytes32[] memory proof
    ) private returns (bytes memory) {
        (bool rightLength, bytes32 provenPreviousRoot, bytes32 provenRoot) =
            new TreeProofHarness().consistencyRoots(previousSize, previousRoot, treeSize, proof);
        vm.assertTrue(rightLength, "length");
        vm.assertTrue(provenPreviousRoot != previousRoot || provenRoot != root, "the proof holds");
        return abi.encodeWithSelector(
            IEvidenceLog.EvidenceLogInconsistent.selector,
            COURT_LOG,
            previousSize,
            previousRoot,
            provenPreviousRoot,
            treeSize,
            root,
            provenRoot
        );
    }
}
