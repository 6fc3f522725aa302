// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IRepairDesk} from "./interfaces/IRepairDesk.sol";

/// @title Clock of the repair desk
/// @dev The periods of cases are kept in *desk time*: Unix seconds less the seconds for which the desk has been paused.
/// Desk time stands still during a pause, so that nobody loses a period to one, and no case needs to be visited.
///
/// OpenZeppelin's Pausable keeps a flag only, without the time that a pause has taken.
abstract contract DeskClock is IRepairDesk {
    uint64 private constant LONGEST_PAUSE = 30 days;

    /// @inheritdoc IRepairDesk
    IConsortium public immutable consortium;

    /// @inheritdoc IRepairDesk
    uint64 public pausedAt;

    /// @dev How long all ended pauses have lasted, in seconds. In the same slot, above `pausedAt`.
    uint64 private _pausedFor;

    constructor(IConsortium consortium_) {
        consortium = consortium_;
    }

    /// @inheritdoc IRepairDesk
    function pause() external {
        _runningClock();
        if (msg.sender != _admin()) {
            revert RepairDeskNotAdmin(msg.sender, 0);
        }

        pausedAt = uint64(block.timestamp);
        emit Paused(msg.sender);
    }

    /// @inheritdoc IRepairDesk
    function resume() external {
        uint64 since = pausedAt;
        if (since == 0) {
            revert RepairDeskNotPaused();
        }
        // The seconds that a validator can shift its clock by do not matter to a pause of days.
        // forge-lint: disable-next-line(block-timestamp)
        if (block.timestamp < since + LONGEST_PAUSE && msg.sender != _admin()) {
            revert RepairDeskNotAdmin(msg.sender, since + LONGEST_PAUSE);
        }

        uint64 length = uint64(block.timestamp) - since;
        pausedAt = 0;
        _pausedFor += length;
        emit Resumed(msg.sender, length);
    }

    /// @dev Desk time. Reverts while paused: every function that changes a case or a status asks for it first.
    function _runningClock() internal view returns (uint40) {
        if (pausedAt != 0) {
            revert RepairDeskPaused();
        }
        return _clock();
    }

    /// @dev Desk time, paused or not.
    function _clock() internal view returns (uint40) {
        uint64 since = pausedAt;
        // Below 2^40 until the year 36812.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint40((since == 0 ? uint64(block.timestamp) : since) - _pausedFor);
    }

    /// @dev The moment in Unix seconds at which desk time will be this, if there is no (further) pause.
    function _momentOf(uint40 deskTime) internal view returns (uint64) {
        return deskTime + uint64(block.timestamp) - _clock();
    }

    function _admin() private view returns (address) {
        // The consortium's owner is its admin; IConsortium leaves this to OpenZeppelin's interface.
        return Ownable(address(consortium)).owner();
    }
}
