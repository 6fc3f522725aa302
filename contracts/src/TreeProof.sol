// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

/// @title Tree proofs
/// @notice Verifies the inclusion and consistency proofs of RFC 9162 (Certificate Transparency 2.0) with SHA-256.
/// @dev The loops follow the steps of the RFC and keep its variable names: `fn` and `sn` are the positions of the first
/// and of the last node of the level that has been reached, `fr`, `sr` and `r` the hashes so far. A proof is accepted
/// only with exactly the hashes that the sizes call for: a position uses up one bit for each hash, so no more than 65
/// hashes are ever looked at, and the caller has paid for each as calldata.
///
/// OpenZeppelin's MerkleProof cannot be used here: it hashes children in sorted order and without prefixes.
library TreeProof {
    /// @notice Root hash of the tree without leaves: SHA-256 of nothing.
    bytes32 internal constant EMPTY_ROOT = 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855;

    /// @notice The SHA-256 precompile failed, for which there is no cause but too little gas.
    error TreeProofSha256Failed();

    /// @notice Whether a leaf is in a tree (RFC 9162 section 2.1.3.2).
    /// @param leafHash Leaf hash.
    /// @param leafIndex Position of the leaf, from 0; false if it is not below `treeSize`.
    /// @param treeSize Number of leaves of the tree.
    /// @param root Root hash of the tree.
    /// @param path Inclusion path, from the leaf upwards.
    function verifyInclusion(bytes32 leafHash, uint64 leafIndex, uint64 treeSize, bytes32 root, bytes32[] calldata path)
        internal
        view
        returns (bool)
    {
        if (leafIndex >= treeSize) {
            return false;
        }

        uint256 fn = leafIndex;
        uint256 sn = treeSize - 1;
        bytes32 r = leafHash;

        for (uint256 i = 0; i < path.length; ++i) {
            if (sn == 0) {
                return false;
            }
            if (fn & 1 == 1 || fn == sn) {
                r = hashNode(path[i], r);
                while (fn & 1 == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                r = hashNode(r, path[i]);
            }
            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && r == root;
    }

    /// @notice Whether the new tree continues the old one (RFC 9162 section 2.1.4.2, and the two cases that the RFC
    /// leaves out: every tree continues the empty one and itself, which takes an empty proof).
    /// @param oldSize Number of leaves of the old tree.
    /// @param oldRoot Root hash of the old tree; must be `EMPTY_ROOT` for size 0.
    /// @param newSize Number of leaves of the new tree; false if below `oldSize`.
    /// @param newRoot Root hash of the new tree; must be `EMPTY_ROOT` for size 0.
    /// @param path Consistency proof.
    function verifyConsistency(
        uint64 oldSize,
        bytes32 oldRoot,
        uint64 newSize,
        bytes32 newRoot,
        bytes32[] calldata path
    ) internal view returns (bool) {
        if (oldSize == 0 && oldRoot != EMPTY_ROOT) {
            return false;
        }
        if (oldSize == newSize) {
            return path.length == 0 && oldRoot == newRoot;
        }
        if (oldSize == 0) {
            return path.length == 0;
        }

        (bool rightLength, bytes32 provenOldRoot, bytes32 provenNewRoot) =
            consistencyRoots(oldSize, oldRoot, newSize, path);
        return rightLength && provenOldRoot == oldRoot && provenNewRoot == newRoot;
    }

    /// @notice Computes the root hashes of two trees from a consistency proof (RFC 9162 section 2.1.4.2).
    /// @dev The proof holds if both equal the known ones.
    /// @param oldSize Number of leaves of the old tree.
    /// @param oldRoot Root hash of the old tree, which is the first hash of the proof where that is left out because
    /// the old tree is perfect.
    /// @param newSize Number of leaves of the new tree.
    /// @param path Consistency proof.
    /// @return rightLength Whether `0 < oldSize < newSize` and the proof has exactly the hashes for these sizes; the
    /// roots mean nothing otherwise.
    /// @return fr Root hash of the old tree.
    /// @return sr Root hash of the new tree.
    function consistencyRoots(uint64 oldSize, bytes32 oldRoot, uint64 newSize, bytes32[] calldata path)
        internal
        view
        returns (bool rightLength, bytes32 fr, bytes32 sr)
    {
        if (oldSize == 0 || oldSize >= newSize || path.length == 0) {
            return (false, fr, sr);
        }

        uint256 fn = oldSize - 1;
        uint256 sn = newSize - 1;
        while (fn & 1 == 1) {
            fn >>= 1;
            sn >>= 1;
        }

        // The old tree is perfect exactly if nothing is left of `fn`. Its root is then the first hash, and left out.
        uint256 next = fn == 0 ? 0 : 1;
        fr = fn == 0 ? oldRoot : path[0];
        sr = fr;

        for (; next < path.length; ++next) {
            if (sn == 0) {
                return (false, fr, sr);
            }
            bytes32 c = path[next];
            if (fn & 1 == 1 || fn == sn) {
                fr = hashNode(c, fr);
                sr = hashNode(c, sr);
                while (fn & 1 == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                sr = hashNode(sr, c);
            }
            fn >>= 1;
            sn >>= 1;
        }

        return (sn == 0, fr, sr);
    }

    /// @notice Hash of an inner node: `SHA-256(0x01 || left || right)`.
    /// @dev Equals `sha256(bytes.concat(hex"01", left, right))`, which a test holds. Solidity's form allocates fresh memory
    /// for each hash and copies it twice, which doubles the price of a proof; a proof hashes up to twice for each node.
    /// @param left Hash of the left child.
    /// @param right Hash of the right child.
    function hashNode(bytes32 left, bytes32 right) internal view returns (bytes32 result) {
        bool success;
        assembly ("memory-safe") {
            // The 65 bytes go behind the allocated memory and are left there unallocated.
            let message := mload(0x40)
            mstore8(message, 0x01)
            mstore(add(message, 1), left)
            mstore(add(message, 33), right)
            // The SHA-256 precompile is at address 2; 0x00 is scratch space.
            success := staticcall(gas(), 2, message, 65, 0x00, 32)
            result := mload(0x00)
        }
        if (!success) {
            revert TreeProofSha256Failed();
        }
    }
}
