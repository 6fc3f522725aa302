// SPDX-License-Identifier: Apache-2.0
pragma solidity =0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IRulePacks} from "./interfaces/IRulePacks.sol";

/// @title Rule packs
/// @dev `add` writes each pack once, and `close` sets one bit for good: nothing else writes.
contract RulePacks is IRulePacks {
    /// @dev One slot: bits 0-31 number | bits 32-39 closed | bits 40-47 restricted
    struct Registration {
        uint32 number;
        bool closed;
        bool restricted;
    }

    /// @inheritdoc IRulePacks
    string public constant VERSION = "1";

    uint8 private constant LEAST_APPROVALS = 1;

    uint8 private constant MOST_APPROVALS = 16;

    uint8 private constant HIGHEST_SCORE = 100;

    uint8 private constant LAST_MATERIAL = 63;

    uint32 private constant SHORTEST_PERIOD = 1;

    uint32 private constant LONGEST_PERIOD = 366 days;

    uint8 private constant MINOR = 1;

    uint8 private constant GENERAL = 2;

    uint8 private constant SERIOUS = 3;

    /// @inheritdoc IRulePacks
    IConsortium public immutable consortium;

    /// @inheritdoc IRulePacks
    uint32 public count;

    mapping(bytes32 rulePack => Registration) private _registrations;

    mapping(uint32 number => bytes32 rulePack) private _documents;

    /// @dev Two slots, from the lowest bits:
    ///      slot 0: requiredMaterials 64 | commitmentMaterial 8 | approvals 8 | leastInspectionScore 8 |
    ///              supplementRequests 8 | intakePeriod 32 | supplementPeriod 32 | reviewPeriod 32 | objectionWindow 32 |
    ///              arbitrationPeriod 32
    ///      slot 1: falseMaterialBar 32 | decidedFrom 64 | decidedUntil 64 | leastForMinor 32 | leastForGeneral 32 |
    ///              leastForSerious 32
    mapping(uint32 number => Pack) private _packs;

    /// @dev The authorities that a restricted pack is open to.
    mapping(uint32 number => mapping(bytes32 orgId => bool)) private _openTo;

    /// @param consortium_ The contract whose admin adds and closes rule packs.
    constructor(IConsortium consortium_) {
        if (address(consortium_).code.length == 0) {
            revert RulePacksInvalidConsortium(address(consortium_));
        }
        consortium = consortium_;
    }

    /// @inheritdoc IRulePacks
    function add(bytes32 rulePack, Pack calldata pack, bytes32[] calldata authorities)
        external
        returns (uint32 number)
    {
        _requireAdmin();
        if (rulePack == 0) {
            revert RulePacksZeroRulePack();
        }
        number = _registrations[rulePack].number;
        if (number != 0) {
            revert RulePacksExists(rulePack, number);
        }
        _requireValid(pack);

        number = ++count;
        _registrations[rulePack] = Registration({number: number, closed: false, restricted: authorities.length != 0});
        _documents[number] = rulePack;
        _packs[number] = pack;
        for (uint256 i = 0; i < authorities.length; ++i) {
            if (authorities[i] == 0) {
                revert RulePacksZeroAuthority(i);
            }
            _openTo[number][authorities[i]] = true;
        }
        emit RulePackAdded(rulePack, number, pack, authorities);
    }

    /// @inheritdoc IRulePacks
    function close(bytes32 rulePack) external {
        _requireAdmin();
        Registration storage registration = _open(rulePack);

        registration.closed = true;
        emit RulePackClosed(rulePack, registration.number);
    }

    /// @inheritdoc IRulePacks
    function numberOf(bytes32 rulePack) external view returns (uint32 number) {
        return _registrations[rulePack].number;
    }

    /// @inheritdoc IRulePacks
    function isClosed(bytes32 rulePack) external view returns (bool) {
        return _registrations[rulePack].closed;
    }

    /// @inheritdoc IRulePacks
    function isOpenTo(bytes32 rulePack, bytes32 authority) external view returns (bool) {
        return _isOpenTo(_registrations[rulePack], authority);
    }

    /// @inheritdoc IRulePacks
    function packOf(uint32 number) external view returns (Pack memory) {
        _requireKnown(number);
        return _packs[number];
    }

    /// @inheritdoc IRulePacks
    function rulesOf(uint32 number) external view returns (Rules memory) {
        Pack storage pack = _packs[number];
        // Every pack asks for an approval; a number that asks for none has no pack.
        if (pack.approvals == 0) {
            revert RulePacksUnknownNumber(number);
        }
        return Rules({
            requiredMaterials: pack.requiredMaterials,
            commitmentMaterial: pack.commitmentMaterial,
            approvals: pack.approvals,
            leastInspectionScore: pack.leastInspectionScore,
            supplementRequests: pack.supplementRequests,
            intakePeriod: pack.intakePeriod,
            supplementPeriod: pack.supplementPeriod,
            reviewPeriod: pack.reviewPeriod,
            objectionWindow: pack.objectionWindow,
            arbitrationPeriod: pack.arbitrationPeriod
        });
    }

    /// @inheritdoc IRulePacks
    function rulePackOf(uint32 number) external view returns (bytes32 rulePack) {
        _requireKnown(number);
        return _documents[number];
    }

    /// @inheritdoc IRulePacks
    function checkTerms(bytes32 rulePack, bytes32 authority, uint8 grade, uint64 decidedAt, uint64 earliestRepairAt)
        external
        view
        returns (uint32 number, uint32 intakePeriod)
    {
        Registration storage registration = _open(rulePack);
        number = registration.number;
        if (!_isOpenTo(registration, authority)) {
            revert RulePacksNotOpenTo(rulePack, authority);
        }
        Pack storage pack = _packs[number];
        if (decidedAt < pack.decidedFrom || (pack.decidedUntil != 0 && decidedAt >= pack.decidedUntil)) {
            revert RulePacksDecidedOutsideRange(rulePack, decidedAt, pack.decidedFrom, pack.decidedUntil);
        }

        // Compared as a difference, which cannot overflow.
        uint32 least = _leastFor(pack, grade);
        if (earliestRepairAt < decidedAt || earliestRepairAt - decidedAt < least) {
            revert RulePacksRepairTooEarly(rulePack, decidedAt, earliestRepairAt, least);
        }
        intakePeriod = pack.intakePeriod;
    }

    function _open(bytes32 rulePack) private view returns (Registration storage registration) {
        registration = _registrations[rulePack];
        if (registration.number == 0) {
            revert RulePacksUnknown(rulePack);
        }
        if (registration.closed) {
            revert RulePacksClosed(rulePack);
        }
    }

    function _isOpenTo(Registration storage registration, bytes32 authority) private view returns (bool) {
        uint32 number = registration.number;
        return number != 0 && (!registration.restricted || _openTo[number][authority]);
    }

    function _requireAdmin() private view {
        // The consortium's owner is its admin; IConsortium leaves this to OpenZeppelin's interface.
        if (msg.sender != Ownable(address(consortium)).owner()) {
            revert RulePacksNotAdmin(msg.sender);
        }
    }

    function _requireKnown(uint32 number) private view {
        if (number == 0 || number > count) {
            revert RulePacksUnknownNumber(number);
        }
    }

    function _leastFor(Pack storage pack, uint8 grade) private view returns (uint32) {
        if (grade == MINOR) {
            return pack.leastForMinor;
        }
        if (grade == GENERAL) {
            return pack.leastForGeneral;
        }
        if (grade == SERIOUS) {
            return pack.leastForSerious;
        }
        revert RulePacksInvalidGrade(grade);
    }

    function _requireValid(Pack calldata pack) private pure {
        if (pack.requiredMaterials & 1 != 0) {
            revert RulePacksInvalidMaterials(pack.requiredMaterials);
        }
        if (pack.commitmentMaterial == 0 || pack.commitmentMaterial > LAST_MATERIAL) {
            revert RulePacksInvalidMaterial(pack.commitmentMaterial);
        }
        if (pack.approvals < LEAST_APPROVALS || pack.approvals > MOST_APPROVALS) {
            revert RulePacksApprovalsOutOfBounds(pack.approvals, LEAST_APPROVALS, MOST_APPROVALS);
        }
        if (pack.leastInspectionScore > HIGHEST_SCORE) {
            revert RulePacksScoreOutOfBounds(pack.leastInspectionScore, HIGHEST_SCORE);
        }
        _requirePeriod(pack.intakePeriod, SHORTEST_PERIOD);
        _requirePeriod(pack.supplementPeriod, SHORTEST_PERIOD);
        _requirePeriod(pack.reviewPeriod, SHORTEST_PERIOD);
        _requirePeriod(pack.objectionWindow, 0);
        _requirePeriod(pack.arbitrationPeriod, SHORTEST_PERIOD);
        if (pack.decidedUntil != 0 && pack.decidedUntil <= pack.decidedFrom) {
            revert RulePacksEmptyRange(pack.decidedFrom, pack.decidedUntil);
        }
    }

    function _requirePeriod(uint32 period, uint32 shortest) private pure {
        if (period < shortest || period > LONGEST_PERIOD) {
            revert RulePacksPeriodOutOfBounds(period, shortest, LONGEST_PERIOD);
        }
    }
}
