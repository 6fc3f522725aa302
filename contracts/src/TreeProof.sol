// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

/// @title Tree proofs
/// @notice Verifies the inclusion and consistency proofs of RFC 9162 (Certificate Transparency 2.0) with SHA-256.
/// @dev The loops climb from the leaves to the root as the RFC's do, with its names: `fn` and `sn` are the positions of
/// the first and the last node on the level reached, `r`, `fr` and `sr` the hashes so far. They differ in one thing: a
/// level on which both stand at the right edge without a sibling has no hash in the proof and is left before the next
/// hash, where the RFC leaves it after the one before. That asks the question once for each hash instead of twice.
///
/// A proof is accepted only with exactly the hashes that the sizes call for. Each uses up a bit of `sn`, so that no more
/// than 65 are looked at, whatever the caller has paid to send.
///
/// NOTE: a proof binds the sizes only as far as they decide its shape. Two sizes whose proofs have the same shape cannot
/// be told apart by it: the size of an anchored tree is the operator's word, which an audit of the log checks.
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
            if (fn == sn) {
                // At the right edge: up to the next level with a left sibling. There is one, as `sn` is not zero.
                while (fn & 1 == 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            r = fn & 1 == 1 ? hashNode(path[i], r) : hashNode(r, path[i]);
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
            if (fn == sn) {
                // At the right edge: up to the next level with a left sibling. There is one, as `sn` is not zero.
                while (fn & 1 == 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            if (fn & 1 == 1) {
                (fr, sr) = _hashNodes(path[next], fr, sr);
            } else {
                // A right sibling is not in the old tree.
                sr = hashNode(sr, path[next]);
            }
            fn >>= 1;
            sn >>= 1;
        }

        return (sn == 0, fr, sr);
    }

    /// @notice Hash of an inner node: `SHA-256(0x01 || left || right)`.
    /// @dev Equals `sha256(bytes.concat(hex"01", left, right))`, which a test holds. Solidity's form allocates fresh memory
    /// for each hash and copies the bytes twice, which more than doubles the price; a proof takes up to 50 hashes.
    /// @param left Hash of the left child.
    /// @param right Hash of the right child.
    function hashNode(bytes32 left, bytes32 right) internal view returns (bytes32 result) {
        bool success;
        assembly ("memory-safe") {
            // The 65 bytes go behind the allocated memory, without allocating them.
            let message := mload(0x40)
            mstore8(message, 0x01)
            mstore(add(message, 1), left)
            mstore(add(message, 33), right)
            // The SHA-256 precompile is at address 2. The result goes to the scratch space.
            success := staticcall(gas(), 2, message, 65, 0x00, 32)
            result := mload(0x00)
        }
        if (!success) {
            revert TreeProofSha256Failed();
        }
    }

    /// @dev `hashNode(left, right)` and `hashNode(left, otherRight)`, writing the part that they share once.
    function _hashNodes(bytes32 left, bytes32 right, bytes32 otherRight)
        private
        view
        returns (bytes32 result, bytes32 otherResult)
    {
        bool success;
        assembly ("memory-safe") {
            let message := mload(0x40)
            mstore8(message, 0x01)
            mstore(add(message, 1), left)
            mstore(add(message, 33), right)
            success := staticcall(gas(), 2, message, 65, 0x00, 32)
            mstore(add(message, 33), otherRight)
            success := and(success, staticcall(gas(), 2, message, 65, 0x20, 32))
            result := mload(0x00)
            otherResult := mload(0x20)
        }
        if (!success) {
            revert TreeProofSha256Failed();
        }
    }
}
