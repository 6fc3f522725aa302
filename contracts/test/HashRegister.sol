// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

/// @title The plain way to keep evidence on a ledger: a storage slot for each record's hash.
/// @notice Deployed by `ledgercredit bench anchor` alone, to compare with.
contract HashRegister {
    /// @notice When a hash was registered, in Unix seconds; 0 for none.
    mapping(bytes32 hash => uint64 time) public registeredAt;

    /// @notice Registers hashes.
    function register(bytes32[] calldata hashes) external {
        for (uint256 i = 0; i < hashes.length; ++i) {
            registeredAt[hashes[i]] = uint64(block.timestamp);
        }
    }
}
