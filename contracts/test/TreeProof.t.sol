// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {ReferenceTree} from "./ReferenceTree.sol";
import {Test} from "./Test.sol";
import {TreeProofHarness} from "./TreeProofHarness.sol";
import {TreeProof} from "../src/TreeProof.sol";

contract TreeProofTest is Test {
    using ReferenceTree for bytes32[];

    /// @dev Every tree up to this size is tried with every index and every smaller size.
    uint256 private constant LARGEST = 40;

    /// @dev Gas for 65 hashes of a path, two of each, with the loop round them.
    uint256 private constant BOUND = 90_000;

    TreeProofHarness private _proofs;

    function setUp() public {
        _proofs = new TreeProofHarness();
    }

    // ------------------------------------------------------------------------------------------------------- hashing

    function test_emptyRoot_isSha256OfNothing() public pure {
        vm.assertEq(TreeProof.EMPTY_ROOT, sha256(""), "empty root");
    }

    function testFuzz_hashNode_equalsTheSolidityForm(bytes32 left, bytes32 right) public view {
        vm.assertEq(_proofs.hashNode(left, right), sha256(bytes.concat(hex"01", left, right)), "node hash");
    }

    /// @dev Memory that is full of ones, and allocated memory next to the scratch area, are neither read nor changed.
    function testFuzz_hashNode_leavesMemoryAlone(bytes32 left, bytes32 right, bytes memory before) public view {
        bytes32 digestBefore = keccak256(before);
        bytes memory dirty = new bytes(0);
        assembly ("memory-safe") {
            let free := mload(0x40)
            for { let i := 0 } lt(i, 256) { i := add(i, 32) } { mstore(add(free, i), not(0)) }
        }
        bytes32 hash = TreeProof.hashNode(left, right);
        bytes memory afterwards = new bytes(96);

        vm.assertEq(hash, sha256(bytes.concat(hex"01", left, right)), "node hash");
        vm.assertEq(keccak256(before), digestBefore, "memory before");
        vm.assertEq(keccak256(afterwards), keccak256(new bytes(96)), "fresh memory is zero");
        vm.assertEq(dirty.length, 0, "memory before");
    }

    /// @dev A failure must not pass for a hash.
    function test_hashing_isRefusedWhenThePrecompileFails() public {
        bytes[3] memory calls = [
            abi.encodeCall(_proofs.hashNode, (0, 0)),
            // One right sibling, and two left ones.
            abi.encodeCall(_proofs.consistencyRoots, (1, 0, 2, new bytes32[](1))),
            abi.encodeCall(_proofs.consistencyRoots, (7, 0, 8, new bytes32[](4)))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.mockCallRevert(address(2), "", "");
            (bool success, bytes memory returned) = address(_proofs).staticcall(calls[i]);
            vm.clearMockedCalls();
            vm.assertFalse(success, "hashed without the precompile");
            vm.assertEq(returned, abi.encodeWithSelector(TreeProof.TreeProofSha256Failed.selector), "error");
        }
    }

    /// @dev The second of the two hashes that are made together fails alone.
    function test_hashing_isRefusedWhenOneOfTwoFails() public {
        // From 3 to 4: after the right sibling comes a left one, with the old and the new hash.
        bytes32[] memory proof = ReferenceTree.opaque(3, 1);
        bytes32 first = ReferenceTree.node(proof[0], proof[1]);
        bytes[2] memory messages = [bytes.concat(hex"01", proof[2], proof[0]), bytes.concat(hex"01", proof[2], first)];
        for (uint256 i = 0; i < messages.length; ++i) {
            vm.mockCallRevert(address(2), messages[i], "");
            (bool success, bytes memory returned) =
                address(_proofs).staticcall(abi.encodeCall(_proofs.consistencyRoots, (3, 0, 4, proof)));
            vm.clearMockedCalls();
            vm.assertFalse(success, "hashed without the precompile");
            vm.assertEq(returned, abi.encodeWithSelector(TreeProof.TreeProofSha256Failed.selector), "error");
        }
    }

    // ------------------------------------------------------------------------------------------ the reference itself

    /// @dev The roots of sizes 0 to 8 that the Certificate Transparency implementations all use as test data.
    function test_reference_hasThePublishedRoots() public pure {
        bytes32[] memory leaves = new bytes32[](8);
        leaves[0] = ReferenceTree.leaf("");
        leaves[1] = ReferenceTree.leaf(hex"00");
        leaves[2] = ReferenceTree.leaf(hex"10");
        leaves[3] = ReferenceTree.leaf(hex"2021");
        leaves[4] = ReferenceTree.leaf(hex"3031");
        leaves[5] = ReferenceTree.leaf(hex"40414243");
        leaves[6] = ReferenceTree.leaf(hex"5051525354555657");
        leaves[7] = ReferenceTree.leaf(hex"606162636465666768696a6b6c6d6e6f");
        bytes32[9] memory roots = [
            bytes32(0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855),
            0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d,
            0xfac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125,
            0xaeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77,
            0xd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7,
            0x4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4,
            0x76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef,
            0xddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c,
            0x5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
        ];
        for (uint256 size = 0; size <= 8; ++size) {
            vm.assertEq(leaves.root(size), roots[size], "published root");
        }
    }

    // ----------------------------------------------------------------------------------------------------- inclusion

    function test_verifyInclusion_acceptsEveryLeafOfEverySmallTree() public view {
        bytes32[] memory leaves = ReferenceTree.sample(LARGEST, 1);
        for (uint256 size = 1; size <= LARGEST; ++size) {
            bytes32 root = leaves.root(size);
            for (uint256 index = 0; index < size; ++index) {
                bytes32[] memory path = leaves.inclusion(index, 0, size);
                vm.assertEq(path.length, ReferenceTree.inclusionLength(index, size), "length");
                vm.assertTrue(_included(leaves[index], index, size, root, path), "refused");
            }
        }
    }

    /// @dev For every leaf of every tree up to 12: each hash left out, one added at each end, and every other position.
    function test_verifyInclusion_refusesOtherLengthsAndPositions() public view {
        bytes32[] memory leaves = ReferenceTree.sample(12, 2);
        for (uint256 size = 1; size <= 12; ++size) {
            bytes32 root = leaves.root(size);
            for (uint256 index = 0; index < size; ++index) {
                bytes32[] memory path = leaves.inclusion(index, 0, size);
                for (uint256 i = 0; i < path.length; ++i) {
                    vm.assertFalse(_included(leaves[index], index, size, root, path.without(i)), "shorter");
                }
                vm.assertFalse(_included(leaves[index], index, size, root, path.append(root)), "longer");
                for (uint256 other = 0; other <= size + 1; ++other) {
                    bool accepted = _included(leaves[index], other, size, root, path);
                    vm.assertTrue(accepted == (other == index), "another index");
                }
            }
        }
    }

    function testFuzz_verifyInclusion_refusesAnyChangedBit(uint256 size, uint256 index, uint256 bit) public view {
        size = bound(size, 1, LARGEST);
        index = bound(index, 0, size - 1);
        bytes32[] memory leaves = ReferenceTree.sample(size, 3);
        bytes32[] memory path = leaves.inclusion(index, 0, size);
        bytes32 leaf = leaves[index];
        bytes32 root = leaves.root(size);
        bit = bound(bit, 0, (path.length + 2) * 256 - 1);

        bytes32 flip = bytes32(1 << (bit % 256));
        uint256 where = bit / 256;
        if (where < path.length) {
            path[where] ^= flip;
        } else if (where == path.length) {
            leaf ^= flip;
        } else {
            root ^= flip;
        }
        vm.assertFalse(_included(leaf, index, size, root, path), "accepted a changed bit");
    }

    function testFuzz_verifyInclusion_takesTheRightLengthForAnySize(uint64 size, uint64 index, uint8 length)
        public
        view
    {
        vm.assume(size != 0);
        index = uint64(bound(index, 0, size - 1));
        _checkLargeInclusion(size, index, length);
    }

    function test_verifyInclusion_worksUpToTheLargestSizes() public view {
        _checkLargeInclusion(1 << 63, 0, 3);
        _checkLargeInclusion(1 << 63, (1 << 63) - 1, 63);
        _checkLargeInclusion((1 << 63) + 1, 1 << 63, 2);
        _checkLargeInclusion(type(uint64).max, 0, 63);
        _checkLargeInclusion(type(uint64).max, type(uint64).max - 1, 64);
        vm.assertFalse(_included(0, type(uint64).max, type(uint64).max, 0, new bytes32[](0)), "index = size");
        vm.assertFalse(_included(0, 0, 0, 0, new bytes32[](0)), "empty tree");
        vm.assertFalse(_included(0, 0, 0, TreeProof.EMPTY_ROOT, new bytes32[](0)), "empty tree");
    }

    /// @dev Whatever the input, nothing reverts and the gas does not grow with the length of the path.
    function testFuzz_verifyInclusion_isBounded(
        bytes32 leaf,
        uint64 index,
        uint64 size,
        bytes32 root,
        bytes32[] memory path
    ) public view {
        vm.assume(leaf != root);
        vm.assertFalse(_proofs.verifyInclusion{gas: BOUND}(leaf, index, size, root, path), "accepted noise");
    }

    function test_verifyInclusion_isBounded() public view {
        bytes32[] memory path = new bytes32[](10_000);
        uint64 last = type(uint64).max;
        vm.assertFalse(_proofs.verifyInclusion{gas: BOUND}(0, last - 1, last, 0, path), "accepted noise");
    }

    // --------------------------------------------------------------------------------------------------- consistency

    function test_verifyConsistency_acceptsEveryPairOfSmallTrees() public view {
        bytes32[] memory leaves = ReferenceTree.sample(LARGEST, 4);
        bytes32[] memory roots = _roots(leaves);
        for (uint256 newSize = 0; newSize <= LARGEST; ++newSize) {
            for (uint256 oldSize = 0; oldSize <= newSize; ++oldSize) {
                bytes32[] memory path = leaves.consistency(oldSize, newSize);
                vm.assertTrue(_consistent(oldSize, roots[oldSize], newSize, roots[newSize], path), "refused");
            }
        }
    }

    /// @dev For every pair up to 12: each hash left out, one added, the trees exchanged, each root by any other.
    function test_verifyConsistency_refusesOtherLengthsOrderAndRoots() public view {
        bytes32[] memory leaves = ReferenceTree.sample(12, 5);
        bytes32[] memory roots = _roots(leaves);
        for (uint256 newSize = 1; newSize <= 12; ++newSize) {
            for (uint256 oldSize = 0; oldSize <= newSize; ++oldSize) {
                bytes32[] memory path = leaves.consistency(oldSize, newSize);
                for (uint256 i = 0; i < path.length; ++i) {
                    vm.assertFalse(
                        _consistent(oldSize, roots[oldSize], newSize, roots[newSize], path.without(i)), "shorter"
                    );
                }
                vm.assertFalse(
                    _consistent(oldSize, roots[oldSize], newSize, roots[newSize], path.append(roots[oldSize])), "longer"
                );
                if (oldSize < newSize) {
                    vm.assertFalse(_consistent(newSize, roots[newSize], oldSize, roots[oldSize], path), "shrinking");
                }
                for (uint256 other = 0; other <= 12; ++other) {
                    if (other != oldSize) {
                        vm.assertFalse(_consistent(oldSize, roots[other], newSize, roots[newSize], path), "old root");
                    }
                    if (other != newSize && oldSize != 0) {
                        vm.assertFalse(_consistent(oldSize, roots[oldSize], newSize, roots[other], path), "new root");
                    }
                }
            }
        }
    }

    /// @dev A tree in which one old leaf was replaced has no proof from the tree before: neither its own nor the old.
    function testFuzz_verifyConsistency_refusesARewrittenLeaf(uint256 oldSize, uint256 newSize, uint256 index)
        public
        view
    {
        newSize = bound(newSize, 2, LARGEST);
        oldSize = bound(oldSize, 1, newSize - 1);
        index = bound(index, 0, oldSize - 1);
        bytes32[] memory leaves = ReferenceTree.sample(newSize, 6);
        bytes32 oldRoot = leaves.root(oldSize);
        bytes32[] memory honest = leaves.consistency(oldSize, newSize);
        leaves[index] = ReferenceTree.leaf("another");
        bytes32 newRoot = leaves.root(newSize);

        vm.assertFalse(_consistent(oldSize, oldRoot, newSize, newRoot, honest), "with the proof of the old tree");
        vm.assertFalse(
            _consistent(oldSize, oldRoot, newSize, newRoot, leaves.consistency(oldSize, newSize)), "with its own proof"
        );
    }

    function testFuzz_verifyConsistency_refusesAnyChangedBit(uint256 oldSize, uint256 newSize, uint256 bit)
        public
        view
    {
        newSize = bound(newSize, 2, LARGEST);
        oldSize = bound(oldSize, 1, newSize - 1);
        bytes32[] memory leaves = ReferenceTree.sample(newSize, 7);
        bytes32[] memory path = leaves.consistency(oldSize, newSize);
        bytes32 oldRoot = leaves.root(oldSize);
        bytes32 newRoot = leaves.root(newSize);
        bit = bound(bit, 0, (path.length + 2) * 256 - 1);

        bytes32 flip = bytes32(1 << (bit % 256));
        uint256 where = bit / 256;
        if (where < path.length) {
            path[where] ^= flip;
        } else if (where == path.length) {
            oldRoot ^= flip;
        } else {
            newRoot ^= flip;
        }
        vm.assertFalse(_consistent(oldSize, oldRoot, newSize, newRoot, path), "accepted a changed bit");
    }

    function testFuzz_consistencyRoots_takesTheRightLengthForAnySizes(uint64 oldSize, uint64 newSize, uint8 length)
        public
        view
    {
        vm.assume(newSize >= 2);
        oldSize = uint64(bound(oldSize, 1, newSize - 1));
        _checkLargeConsistency(oldSize, newSize, length);
    }

    function test_consistencyRoots_worksUpToTheLargestSizes() public view {
        uint64 half = 1 << 63;
        uint64 last = type(uint64).max;
        _checkLargeConsistency(1, half, 5);
        _checkLargeConsistency(half - 1, half, 62);
        _checkLargeConsistency(half, half + 1, 2);
        _checkLargeConsistency(half + 1, last, 0);
        _checkLargeConsistency(half, last, 3);
        _checkLargeConsistency(1, last, 65);
        _checkLargeConsistency(last - 1, last, 63);
    }

    function test_consistencyRoots_refusesSizesWithoutAProof() public view {
        (bool rightLength,,) = _proofs.consistencyRoots(0, 0, 1, new bytes32[](1));
        vm.assertFalse(rightLength, "from size 0");
        (rightLength,,) = _proofs.consistencyRoots(2, 0, 2, new bytes32[](1));
        vm.assertFalse(rightLength, "equal sizes");
        (rightLength,,) = _proofs.consistencyRoots(3, 0, 3, new bytes32[](2));
        vm.assertFalse(rightLength, "equal sizes, with the path of the last leaf");
        (rightLength,,) = _proofs.consistencyRoots(3, 0, 2, new bytes32[](1));
        vm.assertFalse(rightLength, "shrinking");
        (rightLength,,) = _proofs.consistencyRoots(2, 0, 3, new bytes32[](0));
        vm.assertFalse(rightLength, "no hashes");
    }

    function testFuzz_verifyConsistency_fromTheEmptyTree(uint64 newSize, bytes32 newRoot, bytes32 noise) public view {
        bytes32[] memory none = new bytes32[](0);
        vm.assume(newSize != 0 && noise != TreeProof.EMPTY_ROOT);
        vm.assertTrue(_consistent(0, TreeProof.EMPTY_ROOT, newSize, newRoot, none), "any tree continues it");
        vm.assertTrue(_consistent(0, TreeProof.EMPTY_ROOT, 0, TreeProof.EMPTY_ROOT, none), "itself");
        vm.assertFalse(_consistent(0, noise, newSize, newRoot, none), "another root than the empty tree's");
        vm.assertFalse(_consistent(0, noise, 0, noise, none), "another root than the empty tree's");
        vm.assertFalse(_consistent(0, TreeProof.EMPTY_ROOT, 0, noise, none), "another new root");
        vm.assertFalse(_consistent(0, TreeProof.EMPTY_ROOT, newSize, newRoot, none.append(noise)), "with a hash");
    }

    /// @dev Whatever the input, nothing reverts and the gas does not grow with the length of the proof.
    function testFuzz_verifyConsistency_isBounded(
        uint64 oldSize,
        bytes32 oldRoot,
        uint64 newSize,
        bytes32 newRoot,
        bytes32[] memory path
    ) public view {
        vm.assume(oldRoot != TreeProof.EMPTY_ROOT && oldRoot != newRoot);
        vm.assertFalse(
            _proofs.verifyConsistency{gas: BOUND}(oldSize, oldRoot, newSize, newRoot, path), "accepted noise"
        );
    }

    function test_verifyConsistency_isBounded() public view {
        bytes32[] memory path = new bytes32[](10_000);
        uint64 last = type(uint64).max;
        vm.assertFalse(_proofs.verifyConsistency{gas: BOUND}(last - 1, 0, last, 0, path), "accepted noise");
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    /// @dev A path of the right length leads to some root, which it then proves; a path of another length does not.
    function _checkLargeInclusion(uint64 size, uint64 index, uint256 otherLength) private view {
        uint256 length = ReferenceTree.inclusionLength(index, size);
        bytes32[] memory path = ReferenceTree.opaque(length, size);
        bytes32 leaf = ReferenceTree.leaf("leaf");
        bytes32 root = _rootByPosition(leaf, index, size, path);
        vm.assertTrue(_included(leaf, index, size, root, path), "the right length");

        path = ReferenceTree.opaque(otherLength, size);
        vm.assertTrue(_included(leaf, index, size, root, path) == (otherLength == length), "another length");
    }

    /// @dev Climbs from the root down, as PATH is defined, so that it shares nothing with the loop under test.
    function _rootByPosition(bytes32 leaf, uint256 m, uint256 n, bytes32[] memory path) private pure returns (bytes32) {
        if (n == 1) {
            return leaf;
        }
        uint256 k = ReferenceTree.split(n);
        bytes32 sibling = path[path.length - 1];
        bytes32[] memory rest = path.without(path.length - 1);
        return m < k
            ? ReferenceTree.node(_rootByPosition(leaf, m, k, rest), sibling)
            : ReferenceTree.node(sibling, _rootByPosition(leaf, m - k, n - k, rest));
    }

    /// @dev A proof of the right length proves the two roots that follow from it; another length proves nothing.
    function _checkLargeConsistency(uint64 oldSize, uint64 newSize, uint256 otherLength) private view {
        uint256 length = ReferenceTree.consistencyLength(oldSize, newSize, true);
        bytes32[] memory path = ReferenceTree.opaque(length, newSize);
        bytes32 seed = ReferenceTree.leaf("old root");
        (bytes32 expectedOld, bytes32 expectedNew) = _rootsBySplitting(seed, oldSize, newSize, path, true);
        (bool rightLength, bytes32 oldRoot, bytes32 newRoot) = _proofs.consistencyRoots(oldSize, seed, newSize, path);
        vm.assertTrue(rightLength, "the right length");
        vm.assertEq(oldRoot, expectedOld, "old root");
        vm.assertEq(newRoot, expectedNew, "new root");
        vm.assertTrue(_consistent(oldSize, oldRoot, newSize, newRoot, path), "the right length");

        path = ReferenceTree.opaque(otherLength, newSize);
        (rightLength,,) = _proofs.consistencyRoots(oldSize, seed, newSize, path);
        vm.assertTrue(rightLength == (otherLength == length), "another length");
    }

    /// @dev Both roots from a proof, from the top down as SUBPROOF is defined.
    function _rootsBySplitting(bytes32 oldRoot, uint256 m, uint256 n, bytes32[] memory path, bool complete)
        private
        pure
        returns (bytes32, bytes32)
    {
        if (m == n) {
            bytes32 whole = complete ? oldRoot : path[0];
            return (whole, whole);
        }
        uint256 k = ReferenceTree.split(n);
        bytes32 sibling = path[path.length - 1];
        bytes32[] memory rest = path.without(path.length - 1);
        if (m <= k) {
            (bytes32 left, bytes32 newLeft) = _rootsBySplitting(oldRoot, m, k, rest, complete);
            return (left, ReferenceTree.node(newLeft, sibling));
        }
        (bytes32 right, bytes32 newRight) = _rootsBySplitting(oldRoot, m - k, n - k, rest, false);
        return (ReferenceTree.node(sibling, right), ReferenceTree.node(sibling, newRight));
    }

    function _roots(bytes32[] memory leaves) private pure returns (bytes32[] memory roots) {
        roots = new bytes32[](leaves.length + 1);
        for (uint256 size = 0; size <= leaves.length; ++size) {
            roots[size] = leaves.root(size);
        }
    }

    function _included(bytes32 leaf, uint256 index, uint256 size, bytes32 root, bytes32[] memory path)
        private
        view
        returns (bool)
    {
        return _proofs.verifyInclusion(leaf, uint64(index), uint64(size), root, path);
    }

    function _consistent(uint256 oldSize, bytes32 oldRoot, uint256 newSize, bytes32 newRoot, bytes32[] memory path)
        private
        view
        returns (bool)
    {
        return _proofs.verifyConsistency(uint64(oldSize), oldRoot, uint64(newSize), newRoot, path);
    }
}
