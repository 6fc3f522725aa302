// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {Members} from "./Members.sol";
import {ReferenceTree} from "./ReferenceTree.sol";
import {Vm} from "./Test.sol";
import {IEvidenceLog} from "../src/interfaces/IEvidenceLog.sol";

/// @notice Does anything that anyone may try, in any order, and remembers what must stay true of it.
contract Handler is Members {
    using ReferenceTree for bytes32[];

    uint256 private constant LEAVES = 48;

    bytes32[] private _leaves;
    bytes32[2] private _logIds = [COURT_LOG, OFFICE_LOG];
    address[6] private _actors = [COURT_OPERATOR, JUDGE, OFFICE_OPERATOR, STRANGER, ADMIN, address(0x31)];

    /// @dev What has been anchored in each log, in order.
    mapping(bytes32 logId => uint64[]) private _sizes;
    mapping(bytes32 logId => bytes32[]) private _anchoredRoots;

    /// @dev The organisation each account was first seen in.
    mapping(address account => bytes32 orgId) private _firstOrgOf;

    uint256 public anchored;
    uint256 public refused;

    constructor() {
        deploy();
        _leaves = ReferenceTree.sample(LEAVES, 1);
        for (uint256 i = 0; i < _actors.length; ++i) {
            _firstOrgOf[_actors[i]] = _consortium.orgOf(_actors[i]);
        }
    }

    /// @dev Five of eight attempts are honest; the others shrink, rewrite, or bring a broken proof.
    function anchor(uint256 actorSeed, uint256 logSeed, uint256 growth, uint256 kind) external {
        bytes32 logId = _logIds[logSeed % 2];
        address operator = logId == COURT_LOG ? COURT_OPERATOR : OFFICE_OPERATOR;
        address actor = actorSeed % 2 == 0 ? operator : _actors[(actorSeed / 2) % _actors.length];
        (uint64 size, bytes32 root,) = _log.head(logId);
        bytes32[] memory leaves = _leaves;
        kind %= 8;
        uint256 next = kind == 5 ? growth % (uint256(size) + 1) : bound(growth, 1, 4) + size;
        if (next > LEAVES) {
            return;
        }
        if (kind == 6 && size != 0) {
            leaves[growth % size] = ReferenceTree.leaf("rewritten");
        }
        bytes32 nextRoot = leaves.root(next);
        bytes32[] memory proof = next > size ? leaves.consistency(size, next) : new bytes32[](0);
        if (kind == 7) {
            proof = proof.append(nextRoot);
        }

        bool mayAnchor = _consortium.isLogOperator(logId, actor);
        bool honest = kind < 5 || (kind == 6 && size == 0);
        bool accepted = _tryAnchor(actor, logId, uint64(next), nextRoot, proof, size);
        vm.assertTrue(accepted == (mayAnchor && honest), "accepted or refused wrongly");
        (uint64 sizeNow, bytes32 rootNow,) = _log.head(logId);
        vm.assertEq(sizeNow, accepted ? next : size, "head: size");
        vm.assertEq(rootNow, accepted ? nextRoot : root, "head: root");
    }

    function setOrganisationRoles(uint256 seed, uint16 roles) external {
        asAdmin(abi.encodeCall(_consortium.setOrganisationRoles, (_org(seed), roles & 0x00fe | OPERATOR)));
    }

    function toggleSuspension(uint256 seed) external {
        bytes32 orgId = _org(seed);
        asAdmin(
            _consortium.isSuspended(orgId)
                ? abi.encodeCall(_consortium.resumeOrganisation, (orgId))
                : abi.encodeCall(_consortium.suspendOrganisation, (orgId))
        );
    }

    function registerAccount(uint256 actorSeed, uint256 seed) external {
        address account = _actors[actorSeed % _actors.length];
        vm.prank(ADMIN);
        (bool success,) =
            address(_consortium).call(abi.encodeCall(_consortium.registerAccount, (account, _org(seed), OPERATOR)));
        vm.assertTrue(success == (_firstOrgOf[account] == 0), "registered twice, or not at all");
        if (success) {
            _firstOrgOf[account] = _org(seed);
        }
    }

    function setAccountRoles(uint256 actorSeed, bool operator) external {
        address account = _actors[actorSeed % _actors.length];
        bool possible = _firstOrgOf[account] != 0 && !_consortium.accountOf(account).retired;
        vm.prank(ADMIN);
        (bool success,) =
            address(_consortium).call(abi.encodeCall(_consortium.setAccountRoles, (account, operator ? OPERATOR : 0)));
        vm.assertTrue(success == possible, "roles changed wrongly");
    }

    /// @dev Seldom, or nobody would be left.
    function retireAccount(uint256 actorSeed) external {
        if (actorSeed % 7 == 0) {
            address account = _actors[(actorSeed / 7) % _actors.length];
            vm.prank(ADMIN);
            (bool success,) = address(_consortium).call(abi.encodeCall(_consortium.retireAccount, (account)));
            vm.assertTrue(!success || _consortium.rolesOf(account) == 0, "retired with roles");
        }
    }

    function registerLogAgain(uint256 seed) external {
        vm.prank(ADMIN);
        (bool success,) = address(_consortium)
            .call(
                abi.encodeCall(
                    _consortium.registerLog,
                    (seed % 2 == 0 ? "devnet.ledgercredit/court" : "devnet.ledgercredit/office")
                )
            );
        vm.assertFalse(success, "registered twice");
    }

    /// @dev Administration by those who are not the admin.
    function intrude(uint256 actorSeed, uint256 kind) external {
        bytes[5] memory calls = [
            abi.encodeCall(_consortium.registerAccount, (address(0x77), COURT, OPERATOR)),
            abi.encodeCall(_consortium.suspendOrganisation, (COURT)),
            abi.encodeCall(_consortium.transferOwnership, (address(0x77))),
            abi.encodeCall(_consortium.acceptOwnership, ()),
            abi.encodeCall(_consortium.renounceOwnership, ())
        ];
        address actor = _actors[actorSeed % _actors.length];
        if (actor != ADMIN) {
            vm.recordLogs();
            vm.prank(actor);
            (bool success,) = address(_consortium).call(calls[kind % calls.length]);
            vm.assertFalse(success, "an intruder was let in");
            vm.assertEq(vm.getRecordedLogs().length, 0, "an event for nothing");
        }
    }

    /// @dev Heads are the last of what was anchored, and every anchor is still there.
    function checkLogs() external view {
        for (uint256 i = 0; i < _logIds.length; ++i) {
            bytes32 logId = _logIds[i];
            uint64[] memory sizes = _sizes[logId];
            bytes32[] memory roots = _anchoredRoots[logId];
            (uint64 size, bytes32 root,) = _log.head(logId);
            vm.assertEq(size, sizes.length == 0 ? 0 : sizes[sizes.length - 1], "head: size");
            vm.assertEq(root, roots.length == 0 ? bytes32(0) : roots[roots.length - 1], "head: root");
            for (uint256 j = 0; j < sizes.length; ++j) {
                vm.assertEq(_log.anchorOf(logId, roots[j]).treeSize, sizes[j], "an anchor was changed");
                vm.assertTrue(j == 0 || sizes[j - 1] < sizes[j], "the tree did not grow");
            }
        }
    }

    function checkOwners() external view {
        vm.assertEq(_consortium.logOwner(COURT_LOG), COURT, "the court's log");
        vm.assertEq(_consortium.logOwner(OFFICE_LOG), OFFICE, "the office's log");
        for (uint256 i = 0; i < _actors.length; ++i) {
            vm.assertEq(_consortium.orgOf(_actors[i]), _firstOrgOf[_actors[i]], "an account changed organisation");
        }
        vm.assertEq(_consortium.orgOf(address(0x77)), 0, "the intruder");
        vm.assertEq(_consortium.owner(), ADMIN, "the admin");
    }

    /// @dev An accepted anchor has exactly its event, a refused one none.
    function _tryAnchor(
        address actor,
        bytes32 logId,
        uint64 next,
        bytes32 nextRoot,
        bytes32[] memory proof,
        uint64 size
    ) private returns (bool accepted) {
        vm.recordLogs();
        vm.prank(actor);
        (accepted,) = address(_log).call(abi.encodeCall(_log.anchor, (logId, next, nextRoot, proof)));
        Vm.Log[] memory events = vm.getRecordedLogs();
        vm.assertEq(events.length, accepted ? 1 : 0, "events");
        if (!accepted) {
            ++refused;
            return false;
        }

        vm.assertEq(events[0].emitter, address(_log), "event: emitter");
        vm.assertEq(events[0].topics.length, 3, "event: topics");
        vm.assertEq(events[0].topics[0], IEvidenceLog.Anchored.selector, "event: kind");
        vm.assertEq(events[0].topics[1], logId, "event: log");
        vm.assertEq(events[0].topics[2], nextRoot, "event: root");
        vm.assertEq(events[0].data, abi.encode(next, size), "event: sizes");
        _sizes[logId].push(next);
        _anchoredRoots[logId].push(nextRoot);
        ++anchored;
    }

    function _org(uint256 seed) private pure returns (bytes32) {
        return seed % 2 == 0 ? COURT : OFFICE;
    }
}

contract InvariantsTest is Members {
    Handler private _handler;

    function setUp() public {
        _handler = new Handler();
    }

    /// @dev Only the handler is called, and only what acts.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](12);
        // Anchoring is what it is about: it gets five chances in twelve.
        for (uint256 i = 0; i < 5; ++i) {
            selectors[i] = Handler.anchor.selector;
        }
        selectors[5] = Handler.setOrganisationRoles.selector;
        selectors[6] = Handler.toggleSuspension.selector;
        selectors[7] = Handler.registerAccount.selector;
        selectors[8] = Handler.setAccountRoles.selector;
        selectors[9] = Handler.retireAccount.selector;
        selectors[10] = Handler.registerLogAgain.selector;
        selectors[11] = Handler.intrude.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector({addr: address(_handler), selectors: selectors});
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @dev The handler is no good if all that it tries is refused, or accepted.
    function test_handler_isAcceptedAndRefused() public {
        for (uint256 kind = 0; kind < 8; ++kind) {
            _handler.anchor(0, 0, 1, kind);
        }
        vm.assertEq(_handler.anchored(), 5, "accepted");
        vm.assertEq(_handler.refused(), 3, "refused");
        _handler.checkLogs();
    }

    function invariant_treesOnlyGrowAndAnchorsStay() public view {
        _handler.checkLogs();
    }

    function invariant_accountsAndLogsKeepTheirOrganisation() public view {
        _handler.checkOwners();
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }
}
