// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @notice The definitions of RFC 9162 section 2.1, written down as they stand there: slow, recursive, and sharing
/// nothing with the library under test.
library ReferenceTree {
    /// @dev MTH(D[from:to]) of section 2.1.1, over leaf hashes.
    function root(bytes32[] memory leaves, uint256 from, uint256 to) internal pure returns (bytes32) {
        uint256 n = to - from;
        if (n == 0) {
            return sha256("");
        }
        if (n == 1) {
            return leaves[from];
        }
        uint256 k = split(n);
        return node(root(leaves, from, from + k), root(leaves, from + k, to));
    }

    /// @dev Root of the first `size` leaves.
    function root(bytes32[] memory leaves, uint256 size) internal pure returns (bytes32) {
        return root(leaves, 0, size);
    }

    /// @dev PATH(m, D[from:to]) of section 2.1.3.1.
    function inclusion(bytes32[] memory leaves, uint256 m, uint256 from, uint256 to)
        internal
        pure
        returns (bytes32[] memory)
    {
        uint256 n = to - from;
        if (n == 1) {
            return new bytes32[](0);
        }
        uint256 k = split(n);
        return m < k
            ? append(inclusion(leaves, m, from, from + k), root(leaves, from + k, to))
            : append(inclusion(leaves, m - k, from + k, to), root(leaves, from, from + k));
    }

    /// @dev PROOF(m, D_n) of section 2.1.4.1; empty for m = 0 and m = n.
    function consistency(bytes32[] memory leaves, uint256 m, uint256 n) internal pure returns (bytes32[] memory) {
        return m == 0 ? new bytes32[](0) : subproof(leaves, m, 0, n, true);
    }

    /// @dev SUBPROOF(m, D[from:to], b) of section 2.1.4.1.
    function subproof(bytes32[] memory leaves, uint256 m, uint256 from, uint256 to, bool complete)
        internal
        pure
        returns (bytes32[] memory)
    {
        uint256 n = to - from;
        if (m == n) {
            return complete ? new bytes32[](0) : append(new bytes32[](0), root(leaves, from, to));
        }
        uint256 k = split(n);
        return m <= k
            ? append(subproof(leaves, m, from, from + k, complete), root(leaves, from + k, to))
            : append(subproof(leaves, m - k, from + k, to, false), root(leaves, from, from + k));
    }

    /// @dev Number of hashes of PATH(m, D_n), for trees too large to build.
    function inclusionLength(uint256 m, uint256 n) internal pure returns (uint256) {
        if (n == 1) {
            return 0;
        }
        uint256 k = split(n);
        return 1 + (m < k ? inclusionLength(m, k) : inclusionLength(m - k, n - k));
    }

    /// @dev Number of hashes of PROOF(m, D_n), for trees too large to build.
    function consistencyLength(uint256 m, uint256 n, bool complete) internal pure returns (uint256) {
        if (m == n) {
            return complete ? 0 : 1;
        }
        uint256 k = split(n);
        return 1 + (m <= k ? consistencyLength(m, k, complete) : consistencyLength(m - k, n - k, false));
    }

    /// @dev The largest power of two smaller than n.
    function split(uint256 n) internal pure returns (uint256 k) {
        k = 1;
        while (k * 2 < n) {
            k *= 2;
        }
    }

    function node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(bytes.concat(hex"01", left, right));
    }

    function leaf(bytes memory entry) internal pure returns (bytes32) {
        return sha256(bytes.concat(hex"00", entry));
    }

    /// @dev The leaves of a tree that a test may call by `seed`.
    function sample(uint256 count, uint256 seed) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = leaf(abi.encode(seed, i));
        }
    }

    function append(bytes32[] memory list, bytes32 last) internal pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < list.length; ++i) {
            longer[i] = list[i];
        }
        longer[list.length] = last;
    }

    /// @dev A copy without the item at `position`.
    function without(bytes32[] memory list, uint256 position) internal pure returns (bytes32[] memory shorter) {
        shorter = new bytes32[](list.length - 1);
        for (uint256 i = 0; i < shorter.length; ++i) {
            shorter[i] = list[i < position ? i : i + 1];
        }
    }

    /// @dev Hashes that stand for the nodes of a tree too large to build.
    function opaque(uint256 count, uint256 seed) internal pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            hashes[i] = sha256(abi.encode("opaque", seed, i));
        }
    }
}
