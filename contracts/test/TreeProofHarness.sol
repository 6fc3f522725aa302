// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {TreeProof} from "../src/TreeProof.sol";

/// @title Tree proof harness
/// @notice Makes the internal library callable, for tests only: these and those of the C# implementation.
contract TreeProofHarness {
    /// @notice See TreeProof.verifyInclusion.
    function verifyInclusion(bytes32 leafHash, uint64 leafIndex, uint64 treeSize, bytes32 root, bytes32[] calldata path)
        external
        view
        returns (bool)
    {
        return TreeProof.verifyInclusion(leafHash, leafIndex, treeSize, root, path);
    }

    /// @notice See TreeProof.verifyConsistency.
    function verifyConsistency(
        uint64 oldSize,
        bytes32 oldRoot,
        uint64 newSize,
        bytes32 newRoot,
        bytes32[] calldata path
    ) external view returns (bool) {
        return TreeProof.verifyConsistency(oldSize, oldRoot, newSize, newRoot, path);
    }

    /// @notice See TreeProof.consistencyRoots.
    function consistencyRoots(uint64 oldSize, bytes32 oldRoot, uint64 newSize, bytes32[] calldata path)
        external
        view
        returns (bool rightLength, bytes32 provenOldRoot, bytes32 provenNewRoot)
    {
        return TreeProof.consistencyRoots(oldSize, oldRoot, newSize, path);
    }

    /// @notice See TreeProof.hashNode.
    function hashNode(bytes32 left, bytes32 right) external view returns (bytes32) {
        return TreeProof.hashNode(left, right);
    }
}
