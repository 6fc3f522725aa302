// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "./IConsortium.sol";
import {IEvidenceLog} from "./IEvidenceLog.sol";
import {IRulePacks} from "./IRulePacks.sol";

/// @title Repair desk
/// @notice Repairs sanctions by rule: each party puts on the ledger the facts that are its own, and when the conditions
/// all hold the contract itself repairs the sanction.
/// @dev A sanction is known by the leaf hash of its log entry, which binds the record, its terms and the authority that
/// they name. It costs no state here until somebody opens a case, or the authority annuls or shields it: then the terms
/// are presented, with a proof that the entry is in a tree that a log *of that authority* has anchored.
///
/// The life of a case: `Open → (SupplementAsked ⇄ Open) → UnderReview → Repaired | Refused | Withdrawn | Lapsed`;
/// `Repaired → Revoked` for false material; `Annulled` when the decision itself falls while the case is under way. A case
/// that ended without repair leaves the sanction as it was before, and another case may be opened.
///
/// The parties of a case, each an account that may act so at that moment, by the consortium:
///
/// - the *applicant*: any account that may act for the subject of the terms;
/// - the *authority*: any account that acts as authority for the organisation that the terms name;
/// - a *reviewer*: any account that acts as reviewer, but of an organisation that has an account representing the
///   subject, or that has arbitrated in the case;
/// - an *objector*: any account of a member organisation that has a role at all, once for each organisation;
/// - an *arbiter*: any account that acts as arbiter, but of an organisation that is the case's authority, has an account
///   representing the subject, has approved in the case, or raised the objection.
///
/// The eleven conditions, and who owes what: see `Conditions`.
///
/// **Time.** A moment named `...At` or `...Until` is the first second at which the matter is over: an act is in time
/// before it, and late from it on. What a party owes may be done late, as long as nobody has ended the case: lateness
/// alone never harms an applicant. What takes something back or stands against the repair (a refusal, a changed
/// confirmation, a supplement that nobody asked for, an objection) must be in time. When a step is overdue, anyone may
/// call `escalate` or `escalateObjection`: the first time the step gets a second period (for other reviewers, another
/// arbiter, the authority's superiors), the second time the case lapses. An applicant who does not supplement has no
/// second period. Nothing is ever approved by silence.
///
/// **Pause.** While paused nothing on the desk changes but the pause itself, and the clock of every period of a case
/// stands still: all due dates move by the length of the pause. The dates of the terms (conditions C1 and C8) and bars
/// are calendar dates and do not move. The consortium's admin pauses and resumes; after 30 days anyone may resume.
///
/// Materials, statements, reasons and grounds are digests of documents that the parties keep, salted:
/// `SHA-256(salt || SHA-256(file))`. The contract cannot know what they say.
interface IRepairDesk {
    /// @notice What a sanction is, as far as repair is concerned.
    enum SanctionState {
        None,
        UnderRepair,
        Repaired,
        Shielded,
        Annulled,
        Revoked
    }

    /// @notice Where a case stands. `None` is the state of no case; those from `Repaired` on are ends.
    enum CaseState {
        None,
        Open,
        SupplementAsked,
        UnderReview,
        Repaired,
        Refused,
        Withdrawn,
        Lapsed,
        Revoked,
        Annulled
    }

    /// @notice Where an organisation's objection stands. It stays `Raised` if the case ends otherwise.
    enum ObjectionState {
        None,
        Raised,
        Upheld,
        Dismissed
    }

    /// @notice The status of a sanction.
    /// @param state What it is.
    /// @param changedAt When this status was last written, in Unix seconds; 0 if never.
    /// @param returnTo While `Shielded`: what it will be when the shield ends. `None` otherwise.
    struct Status {
        SanctionState state;
        uint64 changedAt;
        SanctionState returnTo;
    }

    /// @notice The terms of a sanction, which its log entry commits to. Times in Unix seconds, 0 for none.
    /// @param subjectTag The subject's pseudonym.
    /// @param authority The organisation that decided; keccak256 of the issuer's slug.
    /// @param rulePack keccak256 of the rule pack document.
    /// @param grade 0 none, 1 minor, 2 general, 3 serious.
    /// @param repairable Whether it can be repaired.
    /// @param decidedAt 00:00 of the day of the decision.
    /// @param earliestRepairAt 00:00 of the day after the shortest period.
    /// @param publicUntil 00:00 of the day after the last day of publication.
    /// @param attachedTermUntil 00:00 of the day after the last day of an attached term.
    /// @param salt Keeps the terms from being guessed.
    struct Terms {
        bytes32 subjectTag;
        bytes32 authority;
        bytes32 rulePack;
        uint8 grade;
        bool repairable;
        uint64 decidedAt;
        uint64 earliestRepairAt;
        uint64 publicUntil;
        uint64 attachedTermUntil;
        bytes32 salt;
    }

    /// @notice What the log entry of a sanction is made of.
    /// @param recordDigest The record digest.
    /// @param terms The terms.
    struct Sanction {
        bytes32 recordDigest;
        Terms terms;
    }

    /// @notice A document that the applicant submits.
    /// @param kind Its kind, 1 to 63.
    /// @param digest `SHA-256(salt || SHA-256(file))`; not zero.
    struct Material {
        uint8 kind;
        bytes32 digest;
    }

    /// @notice A case, with times in Unix seconds as they stand now (a pause moves those that are still running).
    /// @param leafHash The sanction.
    /// @param subjectTag The subject's pseudonym.
    /// @param authority The organisation that decided.
    /// @param rulePack The rule pack of the terms.
    /// @param state Where it stands.
    /// @param escalated Whether the step it stands at has been escalated and runs in its second period.
    /// @param supplementRequests How often the authority asked for a supplement.
    /// @param performed Whether the authority has confirmed that the obligations are performed.
    /// @param approvals How many approvals stand, of organisations suspended or partial by now too.
    /// @param openObjections How many objections are neither upheld nor dismissed.
    /// @param materials Bitmap of the kinds of materials submitted.
    /// @param materialsHash What an approval must name: the hash of all materials in their order.
    /// @param earliestRepairAt Condition C1.
    /// @param attachedTermUntil Condition C8; 0 if none.
    /// @param dueAt By when the step it stands at must be done; 0 once the case has ended.
    /// @param objectionsUntil When the objection window ends; 0 if the review has not begun.
    struct Case {
        bytes32 leafHash;
        bytes32 subjectTag;
        bytes32 authority;
        bytes32 rulePack;
        CaseState state;
        bool escalated;
        uint8 supplementRequests;
        bool performed;
        uint16 approvals;
        uint16 openObjections;
        uint64 materials;
        bytes32 materialsHash;
        uint64 earliestRepairAt;
        uint64 attachedTermUntil;
        uint64 dueAt;
        uint64 objectionsUntil;
    }

    /// @notice What must hold for the contract to repair.
    /// @param periodOver C1: the shortest period is over. Owed by time.
    /// @param performed C2: the obligations are performed. Owed by the authority, which confirms it.
    /// @param committed C3: the commitment letter is submitted. Owed by the applicant.
    /// @param materialsComplete C4: all required materials are submitted. Owed by the applicant.
    /// @param approved C5: enough organisations have approved these materials, not counting those that are suspended or
    /// have an account representing the subject. Owed by the reviewers.
    /// @param unopposed C6: no objection is open, and the objection window is over. Owed by the arbiters, then by time.
    /// @param repairable C7: the terms allow repair. Checked when the case is opened; nothing can change it.
    /// @param attachedTermOver C8: the attached term is over. Owed by time.
    /// @param notBarred C9: the subject is not barred for false material. Owed by time.
    /// @param packKept C10: the rule pack is registered, open to the authority at the decision, and the terms keep its
    /// minimums. Checked when the case is opened; nothing can change it.
    /// @param notPaused C11: the desk is not paused. Owed by the admin.
    struct Conditions {
        bool periodOver;
        bool performed;
        bool committed;
        bool materialsComplete;
        bool approved;
        bool unopposed;
        bool repairable;
        bool attachedTermOver;
        bool notBarred;
        bool packKept;
        bool notPaused;
    }

    /// @notice An organisation's part in a case as objector or arbiter.
    /// @param objection Where its objection stands.
    /// @param escalated Whether its objection has been escalated and runs in its second period.
    /// @param dueAt By when its objection must be resolved, in Unix seconds; 0 unless `Raised`.
    /// @param arbitrated Whether it has dismissed an objection in the case, which went on.
    struct Part {
        ObjectionState objection;
        bool escalated;
        uint64 dueAt;
        bool arbitrated;
    }

    // --------------------------------------------------------------------------------------------- events: sanctions

    /// @notice The status of a sanction was written. Emitted with every such change, beside the event that says why.
    /// @param leafHash The sanction.
    /// @param state What it is now.
    /// @param returnTo While `Shielded`: what it will be when the shield ends.
    event StatusChanged(bytes32 indexed leafHash, SanctionState state, SanctionState returnTo);

    /// @notice The authority annulled the sanction: its decision was overturned.
    /// @param leafHash The sanction.
    /// @param authority The organisation.
    /// @param account Its account.
    /// @param caseId The case that ended with it; 0 if none was under way.
    /// @param grounds Digest of the decision that overturned it.
    event SanctionAnnulled(
        bytes32 indexed leafHash, bytes32 indexed authority, address account, uint256 caseId, bytes32 grounds
    );

    /// @notice The authority shielded the sanction: a court has approved a reorganisation plan or a settlement.
    /// @param leafHash The sanction.
    /// @param authority The organisation.
    /// @param account Its account.
    /// @param ruling Digest of the ruling.
    event SanctionShielded(bytes32 indexed leafHash, bytes32 indexed authority, address account, bytes32 ruling);

    /// @notice The authority ended the shield: the plan or settlement failed.
    /// @param leafHash The sanction.
    /// @param authority The organisation.
    /// @param account Its account.
    /// @param ruling Digest of the ruling.
    event SanctionUnshielded(bytes32 indexed leafHash, bytes32 indexed authority, address account, bytes32 ruling);

    // ------------------------------------------------------------------------------------------------- events: cases

    /// @notice A case was opened.
    /// @param caseId The case, counted from 1.
    /// @param leafHash The sanction.
    /// @param account The applicant's account.
    /// @param recordDigest The sanction's record digest.
    /// @param terms The sanction's terms.
    /// @param dueAt By when the authority must accept, refuse or ask for a supplement.
    event CaseOpened(
        uint256 indexed caseId,
        bytes32 indexed leafHash,
        address account,
        bytes32 recordDigest,
        Terms terms,
        uint64 dueAt
    );

    /// @notice The applicant submitted materials.
    /// @param caseId The case.
    /// @param account The applicant's account.
    /// @param materials The materials, in their order.
    /// @param materialsHash The hash of all materials so far.
    /// @param dueAt By when the step at which the case stands now must be done.
    event MaterialsSubmitted(
        uint256 indexed caseId, address account, Material[] materials, bytes32 materialsHash, uint64 dueAt
    );

    /// @notice The authority asked for a supplement.
    /// @param caseId The case.
    /// @param account The authority's account.
    /// @param kinds Bitmap of the kinds of materials it asks for.
    /// @param notice Digest of the notice that says why.
    /// @param dueAt By when the applicant must supplement.
    event SupplementAsked(uint256 indexed caseId, address account, uint64 kinds, bytes32 notice, uint64 dueAt);

    /// @notice The review began.
    /// @param caseId The case.
    /// @param account Whose act began it: the authority's or a reviewer's account.
    /// @param dueAt By when authority and reviewers must be done.
    /// @param objectionsUntil When the objection window ends.
    event ReviewBegun(uint256 indexed caseId, address account, uint64 dueAt, uint64 objectionsUntil);

    /// @notice The authority confirmed that the obligations are performed.
    /// @param caseId The case.
    /// @param account The authority's account.
    /// @param statement Digest of the confirmation.
    event PerformanceConfirmed(uint256 indexed caseId, address account, bytes32 statement);

    /// @notice The authority took its confirmation back.
    /// @param caseId The case.
    /// @param account The authority's account.
    /// @param statement Digest of the reasons.
    event ConfirmationWithdrawn(uint256 indexed caseId, address account, bytes32 statement);

    /// @notice A reviewer approved.
    /// @param caseId The case.
    /// @param orgId The reviewer's organisation.
    /// @param account The reviewer's account.
    /// @param materialsHash The materials that it saw.
    /// @param score The score of its inspection, 0 to 100.
    event CaseApproved(
        uint256 indexed caseId, bytes32 indexed orgId, address account, bytes32 materialsHash, uint8 score
    );

    /// @notice Approvals no longer count, because the materials or the authority's confirmation changed.
    /// @param caseId The case.
    /// @param approvals How many.
    event ApprovalsVoided(uint256 indexed caseId, uint16 approvals);

    /// @notice An overdue step was escalated and got a second period.
    /// @param caseId The case.
    /// @param account Who called.
    /// @param state The step.
    /// @param dueAt By when it must be done now.
    event CaseEscalated(uint256 indexed caseId, address account, CaseState state, uint64 dueAt);

    /// @notice All conditions held, and the contract repaired the sanction.
    /// @param caseId The case.
    /// @param leafHash The sanction.
    /// @param account Whose transaction completed them, or called `trigger`.
    event CaseRepaired(uint256 indexed caseId, bytes32 indexed leafHash, address account);

    /// @notice The case ended refused: by the authority, or because an objection was upheld.
    /// @param caseId The case.
    /// @param account The authority's or the arbiter's account.
    /// @param reasons Digest of the reasons.
    event CaseRefused(uint256 indexed caseId, address account, bytes32 reasons);

    /// @notice The applicant withdrew the case.
    /// @param caseId The case.
    /// @param account The applicant's account.
    event CaseWithdrawn(uint256 indexed caseId, address account);

    /// @notice The case lapsed, because a step was overdue to the end.
    /// @param caseId The case.
    /// @param account Who called.
    event CaseLapsed(uint256 indexed caseId, address account);

    /// @notice The first key of the authority proposed to revoke the repair for false material.
    /// @param caseId The case.
    /// @param account The authority's account.
    /// @param findings Digest of the findings.
    event RevocationProposed(uint256 indexed caseId, address account, bytes32 findings);

    /// @notice The second key of the authority revoked the repair for false material: the sanction is in force again.
    /// @param caseId The case.
    /// @param leafHash The sanction.
    /// @param proposedBy The first account.
    /// @param account The second account.
    /// @param findings Digest of the findings.
    event CaseRevoked(
        uint256 indexed caseId, bytes32 indexed leafHash, address proposedBy, address account, bytes32 findings
    );

    /// @notice A subject is barred from repair for false material.
    /// @param caseId The case that was revoked.
    /// @param subjectTag The subject's pseudonym.
    /// @param barredUntil When the bar ends, in Unix seconds.
    event SubjectBarred(uint256 indexed caseId, bytes32 subjectTag, uint64 barredUntil);

    // -------------------------------------------------------------------------------------------- events: objections

    /// @notice An objection was raised.
    /// @param caseId The case.
    /// @param objector The organisation, by which the objection is known.
    /// @param account Its account.
    /// @param grounds Digest of the grounds.
    /// @param dueAt By when an arbiter must resolve it.
    event ObjectionRaised(
        uint256 indexed caseId, bytes32 indexed objector, address account, bytes32 grounds, uint64 dueAt
    );

    /// @notice An overdue objection was escalated: another arbiter is called, with a second period.
    /// @param caseId The case.
    /// @param objector The organisation whose objection it is.
    /// @param account Who called.
    /// @param dueAt By when it must be resolved now.
    event ObjectionEscalated(uint256 indexed caseId, bytes32 indexed objector, address account, uint64 dueAt);

    /// @notice An objection was upheld: the case is refused, and the authority is asked to examine the decision itself
    /// and to annul it if it cannot stand.
    /// @param caseId The case.
    /// @param objector The organisation whose objection it is.
    /// @param arbiter The arbiter's organisation.
    /// @param account The arbiter's account.
    /// @param reasons Digest of the reasons.
    event ObjectionUpheld(
        uint256 indexed caseId, bytes32 indexed objector, bytes32 indexed arbiter, address account, bytes32 reasons
    );

    /// @notice An objection was dismissed.
    /// @param caseId The case.
    /// @param objector The organisation whose objection it is.
    /// @param arbiter The arbiter's organisation.
    /// @param account The arbiter's account.
    /// @param reasons Digest of the reasons.
    event ObjectionDismissed(
        uint256 indexed caseId, bytes32 indexed objector, bytes32 indexed arbiter, address account, bytes32 reasons
    );

    // ------------------------------------------------------------------------------------------------- events: pause

    /// @notice The desk was paused.
    /// @param account The admin.
    event Paused(address account);

    /// @notice The pause ended.
    /// @param account Who ended it.
    /// @param pausedFor How long it lasted, in seconds: all due dates of cases move by it.
    event Resumed(address account, uint64 pausedFor);

    // ------------------------------------------------------------------------------------------------------- errors

    /// @notice A contract that the desk relies on has no code, or belongs to another consortium.
    error RepairDeskInvalidContract(address target);

    /// @notice The desk is paused.
    error RepairDeskPaused();

    /// @notice The desk is not paused.
    error RepairDeskNotPaused();

    /// @notice Only the admin may do this (or anyone from `openToAllAt` on, in Unix seconds; 0: never).
    error RepairDeskNotAdmin(address account, uint64 openToAllAt);

    /// @notice There is no such case.
    error RepairDeskUnknownCase(uint256 caseId);

    /// @notice The case is in a state in which this cannot be done.
    error RepairDeskWrongState(uint256 caseId, CaseState state);

    /// @notice The sanction has a status in which this cannot be done.
    error RepairDeskWrongStatus(bytes32 leafHash, SanctionState state);

    /// @notice The case is not the one that is under way for the sanction (0: none is).
    error RepairDeskWrongCase(bytes32 leafHash, uint256 caseId);

    /// @notice The account may not act for the subject.
    error RepairDeskNotApplicant(bytes32 subjectTag, address account);

    /// @notice The account does not act as authority for the organisation whose sanction it is.
    error RepairDeskNotAuthority(bytes32 authority, address account);

    /// @notice The account does not act as reviewer.
    error RepairDeskNotReviewer(address account);

    /// @notice The account does not act as arbiter.
    error RepairDeskNotArbiter(address account);

    /// @notice The account has no role in any organisation now.
    error RepairDeskNotMember(address account);

    /// @notice The organisation is not independent in this matter: it is the authority, has an account representing the
    /// subject, or has acted in the case in another part.
    error RepairDeskNotIndependent(uint256 caseId, bytes32 orgId);

    /// @notice The log belongs to another organisation (0: to none) than the one that the terms name as authority.
    error RepairDeskNotLogOfAuthority(bytes32 logId, bytes32 logOwner, bytes32 authority);

    /// @notice The proof does not show the entry at this place of a tree that the log has anchored.
    error RepairDeskNotIncluded(bytes32 leafHash, bytes32 logId, bytes32 root, uint64 leafIndex);

    /// @notice The terms do not allow repair.
    error RepairDeskNotRepairable(bytes32 leafHash);

    /// @notice A time in the terms is too large to be kept. In Unix seconds.
    error RepairDeskTimeOutOfRange(uint64 time);

    /// @notice The subject is barred for false material. In Unix seconds.
    error RepairDeskBarred(bytes32 subjectTag, uint64 barredUntil);

    /// @notice The material has a kind that does not exist, or no digest.
    error RepairDeskInvalidMaterial(uint256 position, uint8 kind, bytes32 digest);

    /// @notice There is nothing in the supplement.
    error RepairDeskNoMaterials(uint256 caseId);

    /// @notice Materials are missing for the review: a bitmap of their kinds.
    error RepairDeskMaterialsMissing(uint256 caseId, uint64 kinds);

    /// @notice The authority has asked for a supplement as often as the rule pack allows.
    error RepairDeskTooManyRequests(uint256 caseId, uint8 most);

    /// @notice It is too late for this. In Unix seconds.
    error RepairDeskTooLate(uint256 caseId, uint64 dueAt);

    /// @notice There is no confirmation to take back.
    error RepairDeskNotConfirmed(uint256 caseId);

    /// @notice The approval is for other materials than those that are there now.
    error RepairDeskOtherMaterials(uint256 caseId, bytes32 materialsHash, bytes32 approvedHash);

    /// @notice The score of the inspection is outside its bounds.
    error RepairDeskScoreOutOfBounds(uint256 caseId, uint8 score, uint8 least, uint8 most);

    /// @notice An approval of this organisation stands.
    error RepairDeskAlreadyApproved(uint256 caseId, bytes32 orgId);

    /// @notice The organisation has raised its objection in this case.
    error RepairDeskAlreadyObjected(uint256 caseId, bytes32 orgId);

    /// @notice The organisation has no open objection in this case.
    error RepairDeskNoOpenObjection(uint256 caseId, bytes32 objector);

    /// @notice Nothing is overdue: the step is due at `dueAt` (in Unix seconds), or all facts are there (0).
    error RepairDeskNotOverdue(uint256 caseId, uint64 dueAt);

    /// @notice Not all conditions hold.
    error RepairDeskConditionsNotMet(uint256 caseId, Conditions conditions);

    /// @notice The two keys must be two accounts.
    error RepairDeskSameKey(uint256 caseId, address account);

    // ---------------------------------------------------------------------------------------------- by the applicant

    /// @notice Opens a repair case.
    ///
    /// Requirements: not paused; the caller may act for the subject, which is not barred; the terms allow repair and keep
    /// their rule pack (see `IRulePacks.checkTerms`), with times below 2^40; the sanction's entry is in a tree anchored by
    /// a log of the authority that the terms name; no case is under way for it, and it is neither repaired nor annulled.
    /// @param sanction What the sanction's log entry is made of.
    /// @param logId keccak256 of the log's origin.
    /// @param root Root hash of a tree that the log has anchored.
    /// @param leafIndex Position of the entry in the log.
    /// @param path Inclusion path of RFC 9162 section 2.1.3 in that tree.
    /// @param materials The first materials; may be empty.
    /// @return caseId The case.
    function open(
        Sanction calldata sanction,
        bytes32 logId,
        bytes32 root,
        uint64 leafIndex,
        bytes32[] calldata path,
        Material[] calldata materials
    ) external returns (uint256 caseId);

    /// @notice Submits further materials. Voids the approvals given so far.
    /// @dev If it was asked for, the case is `Open` again and the authority has a new intake period.
    ///
    /// Requirements: not paused; the caller is the applicant; the case is `Open`, `SupplementAsked`, or `UnderReview` and
    /// not overdue; there is at least one material.
    /// @param caseId The case.
    /// @param materials The materials.
    function supplement(uint256 caseId, Material[] calldata materials) external;

    /// @notice Withdraws the case.
    ///
    /// Requirements: not paused; the caller is the applicant; the case is under way.
    /// @param caseId The case.
    function withdraw(uint256 caseId) external;

    // ---------------------------------------------------------------------------------------------- by the authority

    /// @notice Asks the applicant for a supplement.
    ///
    /// Requirements: not paused; the caller is the authority; the case is `Open` and not overdue; it has asked less often
    /// than the rule pack allows.
    /// @param caseId The case.
    /// @param kinds Bitmap of the kinds of materials that it asks for.
    /// @param notice Digest of the notice that says why.
    function askSupplement(uint256 caseId, uint64 kinds, bytes32 notice) external;

    /// @notice Accepts the case for review.
    ///
    /// Requirements: not paused; the caller is the authority; the case is `Open`; commitment letter and required materials
    /// are there.
    /// @param caseId The case.
    function accept(uint256 caseId) external;

    /// @notice Confirms that the obligations are performed, or takes that back.
    /// @dev Begins the review if the case is `Open` with all materials. A first confirmation voids nothing; a change of one
    /// voids the approvals given so far. Repairs if this was the last that was missing.
    ///
    /// Requirements: not paused; the caller is the authority; the case is under way; to change a confirmation in
    /// `UnderReview`, the review is not overdue; to take one back, there is one.
    /// @param caseId The case.
    /// @param performed Whether the obligations are performed.
    /// @param statement Digest of the confirmation, or of the reasons for taking it back.
    function confirm(uint256 caseId, bool performed, bytes32 statement) external;

    /// @notice Refuses the case.
    ///
    /// Requirements: not paused; the caller is the authority; the case is `Open`, or `UnderReview` and not overdue.
    /// @param caseId The case.
    /// @param reasons Digest of the reasons.
    function refuse(uint256 caseId, bytes32 reasons) external;

    /// @notice Revokes a repair for false material, with two keys: the first call proposes, a second one by another account
    /// of the authority with the same findings revokes. Other findings replace the proposal.
    /// @dev Bars the subject for the rule pack's time, or for longer if it is barred longer already. The first account must
    /// still act as authority when the second one calls; otherwise the call counts as a proposal.
    ///
    /// Requirements: not paused; the caller is the authority; the case is `Repaired` and the sanction still is; the
    /// proposal of the same findings is not the caller's own.
    /// @param caseId The case.
    /// @param findings Digest of the findings.
    function revoke(uint256 caseId, bytes32 findings) external;

    /// @notice Annuls the sanction, because the decision was overturned. Ends the case that is under way.
    ///
    /// Requirements: not paused; the caller acts as authority for the organisation that the terms name; the sanction's entry
    /// is in a tree anchored by a log of that organisation; it is not annulled.
    /// @param sanction What the sanction's log entry is made of.
    /// @param logId keccak256 of the log's origin.
    /// @param root Root hash of a tree that the log has anchored.
    /// @param leafIndex Position of the entry in the log.
    /// @param path Inclusion path in that tree.
    /// @param caseId The case that is under way for the sanction; 0 if none is.
    /// @param grounds Digest of the decision that overturned it.
    function annul(
        Sanction calldata sanction,
        bytes32 logId,
        bytes32 root,
        uint64 leafIndex,
        bytes32[] calldata path,
        uint256 caseId,
        bytes32 grounds
    ) external;

    /// @notice Shields the sanction, because a court has approved a reorganisation plan or a settlement. A case goes on under
    /// the shield; if it ends in repair, the shield ends with it.
    ///
    /// Requirements: not paused; the caller acts as authority for the organisation that the terms name; the sanction's entry
    /// is in a tree anchored by a log of that organisation; it is not shielded, repaired or annulled.
    /// @param sanction What the sanction's log entry is made of.
    /// @param logId keccak256 of the log's origin.
    /// @param root Root hash of a tree that the log has anchored.
    /// @param leafIndex Position of the entry in the log.
    /// @param path Inclusion path in that tree.
    /// @param ruling Digest of the ruling.
    function shield(
        Sanction calldata sanction,
        bytes32 logId,
        bytes32 root,
        uint64 leafIndex,
        bytes32[] calldata path,
        bytes32 ruling
    ) external;

    /// @notice Ends the shield: the sanction is again what it would be without it.
    ///
    /// Requirements: not paused; the caller acts as authority for the organisation that the terms name; the sanction is
    /// shielded.
    /// @param sanction What the sanction's log entry is made of.
    /// @param ruling Digest of the ruling.
    function unshield(Sanction calldata sanction, bytes32 ruling) external;

    // ---------------------------------------------------------------------- by reviewers, objectors, arbiters, anyone

    /// @notice Approves the case. Begins the review if the case is `Open`. Repairs if this was the last that was missing.
    ///
    /// Requirements: not paused; the caller is a reviewer; no approval of its organisation stands; the case is `Open` or
    /// `UnderReview`, with commitment letter and required materials; the materials are those that the caller names; the
    /// score is at least the rule pack's and at most 100.
    /// @param caseId The case.
    /// @param materialsHash The hash of the materials that the reviewer saw.
    /// @param score The score of its inspection, 0 to 100; 0 if there was none.
    function approve(uint256 caseId, bytes32 materialsHash, uint8 score) external;

    /// @notice Raises an objection, for the caller's organisation.
    ///
    /// Requirements: not paused; the caller is an objector; the case is under way; the objection window is not over; its
    /// organisation has raised none in the case.
    /// @param caseId The case.
    /// @param grounds Digest of the grounds.
    function object(uint256 caseId, bytes32 grounds) external;

    /// @notice Decides an objection. Upheld, it ends the case as refused; dismissed, it no longer stands in the way, and the
    /// desk repairs if it was the last that did.
    ///
    /// Requirements: not paused; the caller is an arbiter; the case is under way; the objection is open.
    /// @param caseId The case.
    /// @param objector The organisation whose objection it is.
    /// @param upheld Whether the objection is right.
    /// @param reasons Digest of the reasons.
    function resolve(uint256 caseId, bytes32 objector, bool upheld, bytes32 reasons) external;

    /// @notice Repairs the sanction; for anyone, where only time was missing.
    ///
    /// Requirements: the case is `UnderReview` and all conditions hold.
    /// @param caseId The case.
    function trigger(uint256 caseId) external;

    /// @notice Moves a case on whose step is overdue; for anyone. The first time, authority or reviewers get a second
    /// period; the second time, or where the applicant did not supplement, the case lapses.
    ///
    /// Requirements: not paused; the case is under way; its step is overdue; in `UnderReview`, confirmation or approvals are
    /// missing.
    /// @param caseId The case.
    function escalate(uint256 caseId) external;

    /// @notice Moves a case on in which an objection is overdue; for anyone. The first time, another arbiter is called,
    /// with a second period; the second time, the case lapses.
    ///
    /// Requirements: not paused; the case is under way; the objection is open and overdue.
    /// @param caseId The case.
    /// @param objector The organisation whose objection it is.
    function escalateObjection(uint256 caseId, bytes32 objector) external;

    /// @notice Pauses the desk.
    ///
    /// Requirements: the caller is the consortium's admin; the desk is not paused.
    function pause() external;

    /// @notice Ends the pause.
    ///
    /// Requirements: the desk is paused; the caller is the consortium's admin, or the pause has lasted 30 days.
    function resume() external;

    // -------------------------------------------------------------------------------------------------------- views

    /// @notice Version of this contract and its interface.
    function VERSION() external view returns (string memory);

    /// @notice The contract that says who may act as what. Fixed at deployment.
    function consortium() external view returns (IConsortium);

    /// @notice The contract that says which trees are anchored. Fixed at deployment.
    function evidenceLog() external view returns (IEvidenceLog);

    /// @notice The contract that keeps the rule packs. Fixed at deployment.
    function rulePacks() external view returns (IRulePacks);

    /// @notice The status of a sanction; zeroes if nothing ever happened here.
    /// @param leafHash The leaf hash of its log entry.
    function status(bytes32 leafHash) external view returns (Status memory);

    /// @notice The leaf hash of a sanction's log entry:
    /// `SHA-256(0x00 || 0x01 || 0x01 || recordDigest || SHA-256(abi.encode(terms)))`.
    /// @param sanction What the entry is made of.
    function leafHashOf(Sanction calldata sanction) external pure returns (bytes32);

    /// @notice How many cases there are; they are counted from 1.
    function caseCount() external view returns (uint256);

    /// @notice A case. Reverts if there is none.
    /// @param caseId The case.
    function caseOf(uint256 caseId) external view returns (Case memory);

    /// @notice Which conditions hold now. Reverts if there is no such case.
    /// @param caseId The case.
    function conditions(uint256 caseId) external view returns (Conditions memory);

    /// @notice The organisations whose approvals stand.
    /// @param caseId The case.
    function approvalsOf(uint256 caseId) external view returns (bytes32[] memory orgIds);

    /// @notice The part of an organisation in a case as objector or arbiter.
    /// @param caseId The case.
    /// @param orgId The organisation.
    function partOf(uint256 caseId, bytes32 orgId) external view returns (Part memory);

    /// @notice The pending proposal to revoke a repair, or zeroes if there is none.
    /// @param caseId The case.
    /// @return account The first key.
    /// @return findings Digest of the findings.
    function revocationOf(uint256 caseId) external view returns (address account, bytes32 findings);

    /// @notice Until when a subject is barred for false material, in Unix seconds; 0 if it never was.
    /// @param subjectTag The subject's pseudonym.
    function barredUntil(bytes32 subjectTag) external view returns (uint64);

    /// @notice Since when the desk is paused, in Unix seconds; 0 if it is not.
    function pausedAt() external view returns (uint64);
}
