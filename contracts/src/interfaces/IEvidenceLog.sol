// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "./IConsortium.sol";

/// @title Evidence log
/// @notice Keeps the root hashes that transparency logs have committed to, and makes every log append-only: a tree is
/// accepted only with a proof that it continues the one before.
/// @dev Trees are those of RFC 9162 section 2.1 with SHA-256. The contract stores and checks hashes only. It does not
/// know the entries, does not check the first root of a log (there is nothing to compare it with), and does not check
/// the signed checkpoint. Nothing here can be changed or removed, by anyone.
interface IEvidenceLog {
    /// @notice When and at what size a root hash was anchored.
    /// @param treeSize Number of leaves of the tree; 0 if the root was not anchored.
    /// @param anchoredAt Timestamp of the block that holds the anchor, in Unix seconds.
    struct Anchor {
        uint64 treeSize;
        uint64 anchoredAt;
    }

    /// @notice A log committed to a larger tree, which continues the one it had committed to before.
    /// @param logId keccak256 of the log's origin.
    /// @param root Root hash of the tree.
    /// @param treeSize Number of leaves of the tree.
    /// @param previousSize Number of leaves of the tree anchored before; 0 at the log's first anchor.
    event Anchored(bytes32 indexed logId, bytes32 indexed root, uint64 treeSize, uint64 previousSize);

    /// @notice The consortium contract has no code.
    error EvidenceLogInvalidConsortium(address consortium);

    /// @notice The log is not registered with the consortium.
    error EvidenceLogUnknownLog(bytes32 logId);

    /// @notice The log's organisation is suspended.
    error EvidenceLogOrganisationSuspended(bytes32 logId, bytes32 orgId);

    /// @notice The caller is not an operator account of the log's organisation.
    error EvidenceLogNotOperator(bytes32 logId, bytes32 orgId, address account);

    /// @notice The tree is not larger than the last one anchored (`anchoredSize` 0: none).
    error EvidenceLogTreeNotLarger(bytes32 logId, uint64 anchoredSize, uint64 treeSize);

    /// @notice Zero stands for no root hash.
    error EvidenceLogZeroRoot(bytes32 logId, uint64 treeSize);

    /// @notice The same root hash is already anchored for another size.
    error EvidenceLogRootAlreadyAnchored(bytes32 logId, bytes32 root, uint64 anchoredSize);

    /// @notice The consistency proof has too many or too few hashes for these two sizes. (From size 0 it has none.)
    error EvidenceLogConsistencyProofLength(bytes32 logId, uint64 previousSize, uint64 treeSize, uint256 length);

    /// @notice The new tree does not continue the anchored one, or the proof is not theirs: the root hashes that follow
    /// from the proof differ from the anchored and the offered one.
    error EvidenceLogInconsistent(
        bytes32 logId,
        uint64 previousSize,
        bytes32 previousRoot,
        bytes32 provenPreviousRoot,
        uint64 treeSize,
        bytes32 root,
        bytes32 provenRoot
    );

    /// @notice Commits a log to a larger tree.
    ///
    /// Requirements: the caller is an operator account of the log's organisation; the tree is larger than the last one
    /// anchored; the proof shows that it continues that one. The first anchor of a log takes an empty proof.
    /// @param logId keccak256 of the log's origin.
    /// @param treeSize Number of leaves of the tree, at least 1.
    /// @param root Root hash of the tree.
    /// @param consistencyProof Consistency proof of RFC 9162 section 2.1.4 from the last anchored size to `treeSize`.
    function anchor(bytes32 logId, uint64 treeSize, bytes32 root, bytes32[] calldata consistencyProof) external;

    /// @notice Version of this contract and its interface.
    function VERSION() external view returns (string memory);

    /// @notice The contract that says who may anchor which log. Fixed at deployment.
    function consortium() external view returns (IConsortium);

    /// @notice The last tree that a log anchored, or zeroes if none.
    /// @param logId keccak256 of the log's origin.
    /// @return treeSize Number of leaves.
    /// @return root Root hash.
    /// @return anchoredAt Timestamp of the anchor's block, in Unix seconds.
    function head(bytes32 logId) external view returns (uint64 treeSize, bytes32 root, uint64 anchoredAt);

    /// @notice The anchor of a root hash, or zeroes if the log did not anchor it.
    /// @param logId keccak256 of the log's origin.
    /// @param root Root hash.
    function anchorOf(bytes32 logId, bytes32 root) external view returns (Anchor memory);

    /// @notice Whether a leaf is in a tree that the log anchored.
    /// @dev WARNING: a hash proves something only if the caller has computed it from the entry itself, as
    /// `SHA-256(0x00 || entry)`.
    /// @param logId keccak256 of the log's origin.
    /// @param root Root hash of the tree; false if the log did not anchor it.
    /// @param leafHash Leaf hash of the entry.
    /// @param leafIndex Position of the leaf, from 0; false if outside the tree.
    /// @param inclusionPath Inclusion path of RFC 9162 section 2.1.3, from the leaf upwards, with exactly the hashes
    /// that this leaf takes.
    function verifyInclusion(
        bytes32 logId,
        bytes32 root,
        bytes32 leafHash,
        uint64 leafIndex,
        bytes32[] calldata inclusionPath
    ) external view returns (bool);
}
