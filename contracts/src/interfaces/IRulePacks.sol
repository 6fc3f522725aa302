// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "./IConsortium.sol";

/// @title Rule packs
/// @notice What the repair desk must know of each version of the repair rules: which cases it is for, what a case needs,
/// and how long each party has.
/// @dev A rule pack is a document. Its id here is `keccak256` of the document's canonical JSON (RFC 8785), which is what
/// the terms of a sanction name; the contract cannot check that the parameters are the document's. It also has a number,
/// counted from 1, by which cases remember it.
///
/// A pack is added once by the consortium's admin and never changed, so that a case ends under the rules it began with.
/// It can be closed, for good, to new cases.
///
/// Kinds of materials are numbers from 1 to 63, the ones of the project's catalogue of documents; sets of them are
/// bitmaps with bit `n` for kind `n`. Periods are in seconds and are outer limits: the days of the law, with working days
/// and holidays, are counted off chain.
interface IRulePacks {
    /// @notice The parameters of a rule pack.
    /// @param requiredMaterials Bitmap of the kinds of materials that a case needs; bit 0 is never set.
    /// @param commitmentMaterial The kind that is the commitment letter, 1 to 63.
    /// @param approvals How many organisations must approve, 1 to 16.
    /// @param leastInspectionScore Least score of the inspection that an approval must state, at most 100; 0 if none.
    /// @param supplementRequests How often the authority may ask for a supplement in a case.
    /// @param intakePeriod How long the authority has to accept a case, refuse it or ask for a supplement.
    /// @param supplementPeriod How long the applicant has to supplement.
    /// @param reviewPeriod How long authority and reviewers have from the beginning of the review.
    /// @param objectionWindow How long objections may be raised from the beginning of the review; may be 0.
    /// @param arbitrationPeriod How long the arbiters have for an objection.
    /// @param falseMaterialBar How long a subject is barred after false material; may be 0.
    /// @param decidedFrom The first moment of decision that the pack covers, in Unix seconds.
    /// @param decidedUntil The first moment of decision that it no longer covers, in Unix seconds; 0 if none.
    /// @param leastForMinor Least time from decision to repair of a minor sanction.
    /// @param leastForGeneral Least time from decision to repair of a general sanction.
    /// @param leastForSerious Least time from decision to repair of a serious sanction.
    struct Pack {
        uint64 requiredMaterials;
        uint8 commitmentMaterial;
        uint8 approvals;
        uint8 leastInspectionScore;
        uint8 supplementRequests;
        uint32 intakePeriod;
        uint32 supplementPeriod;
        uint32 reviewPeriod;
        uint32 objectionWindow;
        uint32 arbitrationPeriod;
        uint32 falseMaterialBar;
        uint64 decidedFrom;
        uint64 decidedUntil;
        uint32 leastForMinor;
        uint32 leastForGeneral;
        uint32 leastForSerious;
    }

    /// @notice The parameters of a rule pack that a case needs on its way; see `Pack`.
    struct Rules {
        uint64 requiredMaterials;
        uint8 commitmentMaterial;
        uint8 approvals;
        uint8 leastInspectionScore;
        uint8 supplementRequests;
        uint32 intakePeriod;
        uint32 supplementPeriod;
        uint32 reviewPeriod;
        uint32 objectionWindow;
        uint32 arbitrationPeriod;
    }

    /// @notice A rule pack was added.
    /// @param rulePack keccak256 of the document.
    /// @param number Its number, from 1.
    /// @param pack Its parameters, for ever.
    /// @param authorities The organisations it is open to, for ever; none stands for all.
    event RulePackAdded(bytes32 indexed rulePack, uint32 indexed number, Pack pack, bytes32[] authorities);

    /// @notice A rule pack was closed to new cases, for good.
    /// @param rulePack keccak256 of the document.
    /// @param number Its number.
    event RulePackClosed(bytes32 indexed rulePack, uint32 indexed number);

    /// @notice The consortium contract has no code.
    error RulePacksInvalidConsortium(address consortium);

    /// @notice The caller is not the consortium's admin.
    error RulePacksNotAdmin(address account);

    /// @notice Zero stands for no rule pack.
    error RulePacksZeroRulePack();

    /// @notice The rule pack was added before and can never be changed.
    error RulePacksExists(bytes32 rulePack, uint32 number);

    /// @notice The rule pack was not added.
    error RulePacksUnknown(bytes32 rulePack);

    /// @notice There is no rule pack of this number.
    error RulePacksUnknownNumber(uint32 number);

    /// @notice The rule pack is closed to new cases.
    error RulePacksClosed(bytes32 rulePack);

    /// @notice The number of approvals is outside its bounds.
    error RulePacksApprovalsOutOfBounds(uint8 approvals, uint8 least, uint8 most);

    /// @notice The least inspection score is above the highest.
    error RulePacksScoreOutOfBounds(uint8 score, uint8 most);

    /// @notice The number stands for no kind of material.
    error RulePacksInvalidMaterial(uint8 kind);

    /// @notice Bit 0 of the bitmap, which stands for no kind of material, is set.
    error RulePacksInvalidMaterials(uint64 kinds);

    /// @notice A period in which a party has to act is outside its bounds. All three in seconds.
    error RulePacksPeriodOutOfBounds(uint32 period, uint32 shortest, uint32 longest);

    /// @notice The pack covers no moment of decision. Both in Unix seconds.
    error RulePacksEmptyRange(uint64 decidedFrom, uint64 decidedUntil);

    /// @notice Zero is no organisation.
    error RulePacksZeroAuthority(uint256 position);

    /// @notice The terms have a grade that is neither minor (1), general (2) nor serious (3): nothing to repair.
    error RulePacksInvalidGrade(uint8 grade);

    /// @notice The rule pack is not open to the authority.
    error RulePacksNotOpenTo(bytes32 rulePack, bytes32 authority);

    /// @notice The rule pack does not cover decisions of this moment. All in Unix seconds; `decidedUntil` 0: no end.
    error RulePacksDecidedOutsideRange(bytes32 rulePack, uint64 decidedAt, uint64 decidedFrom, uint64 decidedUntil);

    /// @notice The terms allow the repair less than `least` seconds after the decision. Moments in Unix seconds.
    error RulePacksRepairTooEarly(bytes32 rulePack, uint64 decidedAt, uint64 earliestRepairAt, uint32 least);

    /// @notice Adds a rule pack.
    ///
    /// Requirements: the caller is the consortium's admin; the rule pack is not zero and new; the parameters are within
    /// the bounds named at `Pack`, each period but the objection window from 1 second to 366 days, the objection window
    /// at most 366 days.
    /// @param rulePack keccak256 of the document's canonical JSON.
    /// @param pack Its parameters, for ever.
    /// @param authorities The organisations it is open to, for ever; none stands for all. They need not be members yet.
    /// @return number Its number.
    function add(bytes32 rulePack, Pack calldata pack, bytes32[] calldata authorities) external returns (uint32 number);

    /// @notice Closes a rule pack to new cases, for good. Cases that are open go on under it.
    ///
    /// Requirements: the caller is the consortium's admin; the rule pack was added and is not closed.
    /// @param rulePack keccak256 of the document.
    function close(bytes32 rulePack) external;

    /// @notice Version of this contract and its interface.
    function VERSION() external view returns (string memory);

    /// @notice The contract whose admin adds and closes rule packs. Fixed at deployment.
    function consortium() external view returns (IConsortium);

    /// @notice How many rule packs there are; their numbers run from 1 to this.
    function count() external view returns (uint32);

    /// @notice The number of a rule pack; 0 if it was not added.
    /// @param rulePack keccak256 of the document.
    function numberOf(bytes32 rulePack) external view returns (uint32 number);

    /// @notice Whether a rule pack is closed to new cases; false if it was not added.
    /// @param rulePack keccak256 of the document.
    function isClosed(bytes32 rulePack) external view returns (bool);

    /// @notice Whether a rule pack is open to an authority, closed to new cases or not; false if it was not added.
    /// @param rulePack keccak256 of the document.
    /// @param authority The organisation.
    function isOpenTo(bytes32 rulePack, bytes32 authority) external view returns (bool);

    /// @notice The parameters of a rule pack. Reverts if there is none of this number.
    /// @param number Its number.
    function packOf(uint32 number) external view returns (Pack memory);

    /// @notice The parameters of a rule pack that a case needs on its way, at a lower price than all. Reverts if there is
    /// none of this number.
    /// @param number Its number.
    function rulesOf(uint32 number) external view returns (Rules memory);

    /// @notice The document of a rule pack. Reverts if there is none of this number.
    /// @param number Its number.
    /// @return rulePack keccak256 of the document.
    function rulePackOf(uint32 number) external view returns (bytes32 rulePack);

    /// @notice Checks what the terms of a sanction say against the rule pack that they name. Reverts, and says why, unless
    /// the pack was added, is not closed, is open to the authority, covers the decision, and the terms keep its least
    /// time from decision to repair for a grade that can be repaired.
    /// @param rulePack keccak256 of the document.
    /// @param authority The organisation that decided.
    /// @param grade 1 minor, 2 general, 3 serious.
    /// @param decidedAt When it decided, in Unix seconds.
    /// @param earliestRepairAt From when the terms allow the repair, in Unix seconds.
    /// @return number The pack's number.
    /// @return intakePeriod How long the authority has to take a case in, in seconds.
    function checkTerms(bytes32 rulePack, bytes32 authority, uint8 grade, uint64 decidedAt, uint64 earliestRepairAt)
        external
        view
        returns (uint32 number, uint32 intakePeriod);
}
