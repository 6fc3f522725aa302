// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {IRepairDesk} from "./interfaces/IRepairDesk.sol";

/// @title Status of sanctions
/// @dev The part of the repair desk that evidence files prove. It must be the first base of the contract, so that
/// `_status` is at slot 0.
abstract contract SanctionStatus is IRepairDesk {
    /// @dev Must stay at slot 0 and keep this layout: evidence files carry storage proofs of it. The value of a sanction is
    /// in the slot `keccak256(leafHash || uint256(0))`:
    ///      bits 0-7: state | bits 8-71: changedAt | bits 72-79: returnTo | bits 80-255: zero
    mapping(bytes32 leafHash => Status) private _status;

    /// @inheritdoc IRepairDesk
    function status(bytes32 leafHash) external view returns (Status memory) {
        return _status[leafHash];
    }

    /// @dev Changes what the sanction is. A shield stays over it, unless it ends the matter: what is repaired or annulled
    /// has nothing left to shield.
    function _changeStatus(bytes32 leafHash, SanctionState state) internal {
        bool endsShield = state == SanctionState.Repaired || state == SanctionState.Annulled;
        if (!endsShield && _status[leafHash].state == SanctionState.Shielded) {
            _writeStatus(leafHash, SanctionState.Shielded, state);
        } else {
            _writeStatus(leafHash, state, SanctionState.None);
        }
    }

    function _writeStatus(bytes32 leafHash, SanctionState state, SanctionState returnTo) internal {
        _status[leafHash] = Status({state: state, changedAt: uint64(block.timestamp), returnTo: returnTo});
        emit StatusChanged(leafHash, state, returnTo);
    }

    /// @dev What the sanction is now, and what it is under a shield.
    function _statusOf(bytes32 leafHash) internal view returns (SanctionState state, SanctionState unshielded) {
        Status storage word = _status[leafHash];
        state = word.state;
        unshielded = state == SanctionState.Shielded ? word.returnTo : state;
    }
}
