// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {IConsortium} from "./interfaces/IConsortium.sol";
import {IEvidenceLog} from "./interfaces/IEvidenceLog.sol";
import {TreeProof} from "./TreeProof.sol";

/// @title Evidence log
/// @dev Append-only by structure: `anchor` is the only function that writes, it writes each anchor once, and there is
/// no proxy, no owner and no pause.
contract EvidenceLog is IEvidenceLog {
    /// @inheritdoc IEvidenceLog
    string public constant VERSION = "1";

    /// @inheritdoc IEvidenceLog
    IConsortium public immutable consortium;

    /// @dev Must stay at slot 0 and keep this layout: evidence files carry storage proofs of it. The value of a log and
    /// root is in the slot `keccak256(root || keccak256(logId || uint256(0)))`:
    ///      bits 0-63: treeSize | bits 64-127: anchoredAt | bits 128-255: zero
    mapping(bytes32 logId => mapping(bytes32 root => Anchor)) private _anchors;

    /// @dev The last root of each log. Its size and time are in `_anchors`.
    mapping(bytes32 logId => bytes32 root) private _heads;

    /// @param consortium_ The contract that says who may anchor which log.
    constructor(IConsortium consortium_) {
        if (address(consortium_).code.length == 0) {
            revert EvidenceLogInvalidConsortium(address(consortium_));
        }
        consortium = consortium_;
    }

    /// @inheritdoc IEvidenceLog
    function anchor(bytes32 logId, uint64 treeSize, bytes32 root, bytes32[] calldata consistencyProof) external {
        if (!consortium.isLogOperator(logId, msg.sender)) {
            _refuseCaller(logId);
        }

        // Without a head the key is zero, where nothing is ever anchored: the size is 0.
        bytes32 previousRoot = _heads[logId];
        mapping(bytes32 root => Anchor) storage anchors = _anchors[logId];
        uint64 previousSize = anchors[previousRoot].treeSize;
        if (treeSize <= previousSize) {
            revert EvidenceLogTreeNotLarger(logId, previousSize, treeSize);
        }
        if (root == 0) {
            revert EvidenceLogZeroRoot(logId, treeSize);
        }

        // A consistent larger tree has another root; this holds even if SHA-256 does not.
        uint64 anchoredSize = anchors[root].treeSize;
        if (anchoredSize != 0) {
            revert EvidenceLogRootAlreadyAnchored(logId, root, anchoredSize);
        }

        if (previousSize == 0) {
            previousRoot = TreeProof.EMPTY_ROOT;
        }
        if (!TreeProof.verifyConsistency(previousSize, previousRoot, treeSize, root, consistencyProof)) {
            _refuseProof(logId, previousSize, previousRoot, treeSize, root, consistencyProof);
        }

        anchors[root] = Anchor({treeSize: treeSize, anchoredAt: uint64(block.timestamp)});
        _heads[logId] = root;
        emit Anchored(logId, root, treeSize, previousSize);
    }

    /// @inheritdoc IEvidenceLog
    function head(bytes32 logId) external view returns (uint64 treeSize, bytes32 root, uint64 anchoredAt) {
        root = _heads[logId];
        Anchor storage slot = _anchors[logId][root];
        return (slot.treeSize, root, slot.anchoredAt);
    }

    /// @inheritdoc IEvidenceLog
    function anchorOf(bytes32 logId, bytes32 root) external view returns (Anchor memory) {
        return _anchors[logId][root];
    }

    /// @inheritdoc IEvidenceLog
    function verifyInclusion(
        bytes32 logId,
        bytes32 root,
        bytes32 leafHash,
        uint64 leafIndex,
        bytes32[] calldata inclusionPath
    ) external view returns (bool) {
        // The size is 0 for a root that is not anchored, and no index is below it.
        return TreeProof.verifyInclusion(leafHash, leafIndex, _anchors[logId][root].treeSize, root, inclusionPath);
    }

    /// @dev Says why the caller may not anchor the log. Always reverts.
    function _refuseCaller(bytes32 logId) private view {
        bytes32 orgId = consortium.logOwner(logId);
        if (orgId == 0) {
            revert EvidenceLogUnknownLog(logId);
        }
        if (consortium.orgOf(msg.sender) == orgId && consortium.isSuspended(orgId)) {
            revert EvidenceLogOrganisationSuspended(logId, orgId);
        }
        revert EvidenceLogNotOperator(logId, orgId, msg.sender);
    }

    /// @dev Says why the proof was refused, at the cost of computing it again. Always reverts.
    function _refuseProof(
        bytes32 logId,
        uint64 previousSize,
        bytes32 previousRoot,
        uint64 treeSize,
        bytes32 root,
        bytes32[] calldata consistencyProof
    ) private view {
        (bool rightLength, bytes32 provenPreviousRoot, bytes32 provenRoot) =
            TreeProof.consistencyRoots(previousSize, previousRoot, treeSize, consistencyProof);
        if (!rightLength) {
            revert EvidenceLogConsistencyProofLength(logId, previousSize, treeSize, consistencyProof.length);
        }
        revert EvidenceLogInconsistent(
            logId, previousSize, previousRoot, provenPreviousRoot, treeSize, root, provenRoot
        );
    }
}
