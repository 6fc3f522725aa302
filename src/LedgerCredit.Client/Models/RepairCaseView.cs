namespace LedgerCredit.Client.Models;

/// <summary>A repair case, as of a block. Moments are RFC 3339 in UTC, days civil days in the zone of the rule pack, hashes hex.</summary>
/// <param name="Case">Its number, which the contract gave it.</param>
/// <param name="Sanction">The leaf hash of the sanction's log entry.</param>
/// <param name="Authority">The slug of the organisation that decided.</param>
/// <param name="Stage">`open`, `supplement-asked`, `under-review`, `repaired`, `refused`, `withdrawn`, `lapsed`, `revoked` or `annulled`.</param>
/// <param name="UnderWay">Whether it has not ended.</param>
/// <param name="Escalated">Whether its step runs in its second period.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="StageBegunAt">When it came to its stage.</param>
/// <param name="StepBegunAt">When its step began or was escalated.</param>
/// <param name="RulePack">Its rule pack.</param>
/// <param name="AsOf">The block as of which all this is; its time is now, for the rules.</param>
/// <param name="SanctionStatus">The status of the sanction.</param>
/// <param name="Applicant">Who opened it.</param>
/// <param name="SupplementRequests">How often the authority asked for a supplement.</param>
/// <param name="Conditions">The eleven conditions of a repair, with who owes each and by when.</param>
/// <param name="Steps">Who can move it on, and by when.</param>
/// <param name="Objections">The objections.</param>
/// <param name="ApprovalsNeeded">How many approvals are needed.</param>
/// <param name="ApprovalsCounting">How many count now.</param>
/// <param name="Approvals">The approvals that stand.</param>
/// <param name="Materials">The materials, in the order of their submission.</param>
/// <param name="MaterialsHash">What an approval of exactly these names.</param>
/// <param name="History">What happened, the oldest first.</param>
/// <param name="Record">What people call the sanction, where the caller may see that of its record.</param>
/// <param name="DueAt">By when its step has to be done on the ledger; absent when it has ended.</param>
/// <param name="ObjectionsUntil">When the objection window ends; absent before the review.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="RepairableFrom">From when on only time was missing.</param>
/// <param name="AnswerBy">By when the applicant has an answer.</param>
/// <param name="Revocation">The pending proposal to revoke the repair.</param>
public sealed record RepairCaseView(
    long Case,
    string Sanction,
    string Authority,
    string Stage,
    bool UnderWay,
    bool Escalated,
    string OpenedAt,
    string StageBegunAt,
    string StepBegunAt,
    RepairCasePack RulePack,
    RepairAsOf AsOf,
    RepairSanctionStatus SanctionStatus,
    RepairParty Applicant,
    int SupplementRequests,
    IReadOnlyList<RepairConditionView> Conditions,
    IReadOnlyList<RepairStepView> Steps,
    IReadOnlyList<RepairObjectionView> Objections,
    int ApprovalsNeeded,
    int ApprovalsCounting,
    IReadOnlyList<RepairApprovalView> Approvals,
    IReadOnlyList<RepairMaterialView> Materials,
    string MaterialsHash,
    IReadOnlyList<RepairEventView> History,
    string? Record = null,
    string? DueAt = null,
    string? ObjectionsUntil = null,
    string? EndedAt = null,
    string? RepairableFrom = null,
    RepairDay? AnswerBy = null,
    RepairRevocationView? Revocation = null);

/// <summary>A repair case as a line of a list.</summary>
/// <param name="Case">Its number.</param>
/// <param name="Sanction">The leaf hash of the sanction's log entry.</param>
/// <param name="Authority">The slug of the organisation that decided.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="UnderWay">Whether it has not ended.</param>
/// <param name="Escalated">Whether its step runs in its second period.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="StageBegunAt">When it came to its stage.</param>
/// <param name="StepBegunAt">When its step began or was escalated.</param>
/// <param name="Record">What people call the sanction, where the caller may see that of its record.</param>
/// <param name="DueAt">By when its step has to be done on the ledger.</param>
/// <param name="ObjectionsUntil">When the objection window ends.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="RulePack">Its rule pack; absent, with the members behind it, where the node does not know the pack.</param>
/// <param name="AsOf">The block as of which all this is.</param>
/// <param name="Steps">Who can move it on, and by when.</param>
/// <param name="RepairableFrom">From when on only time was missing.</param>
public sealed record RepairCaseRow(
    long Case,
    string Sanction,
    string Authority,
    string Stage,
    bool UnderWay,
    bool Escalated,
    string OpenedAt,
    string StageBegunAt,
    string StepBegunAt,
    string? Record = null,
    string? DueAt = null,
    string? ObjectionsUntil = null,
    string? EndedAt = null,
    RepairCasePack? RulePack = null,
    RepairAsOf? AsOf = null,
    IReadOnlyList<RepairStepView>? Steps = null,
    string? RepairableFrom = null);

/// <summary>The rule pack of a case.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">`in-force`, or why it is not.</param>
/// <param name="Hash">keccak256 of its canonical document.</param>
public sealed record RepairCasePack(string Id, string Status, string Hash);

/// <summary>A block of the ledger.</summary>
/// <param name="Block">Its number.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Time">Its time.</param>
public sealed record RepairAsOf(long Block, string Hash, string Time);

/// <summary>The status of a sanction.</summary>
/// <param name="State">`none`, `under-repair`, `repaired`, `shielded`, `annulled` or `revoked`.</param>
/// <param name="ChangedAt">When it was last written; absent where it never was.</param>
/// <param name="ReturnTo">While shielded: what it will be when the shield ends.</param>
public sealed record RepairSanctionStatus(string State, string? ChangedAt = null, string? ReturnTo = null);

/// <summary>Who did something.</summary>
/// <param name="Account">The ledger account.</param>
/// <param name="Organisation">The slug of its organisation; absent where it belongs to none.</param>
public sealed record RepairParty(string Account, string? Organisation = null);

/// <summary>One of the eleven conditions (docs/spec/repair-desk.md section 5).</summary>
/// <param name="Code">`C1` to `C11`.</param>
/// <param name="Title">What it is.</param>
/// <param name="State">`met`, `waiting` (for time) or `missing`.</param>
/// <param name="Owner">Who owes it: `applicant`, `authority`, `reviewers`, `arbiters`, `admin`, `time` or `none`.</param>
/// <param name="Missing">What is missing.</param>
/// <param name="HoldsFrom">From when on it holds, where it waits for time.</param>
/// <param name="Due">By when it is owed.</param>
public sealed record RepairConditionView(string Code, string Title, string State, string Owner, string? Missing = null, string? HoldsFrom = null, RepairDue? Due = null);

/// <summary>A step that moves a case on.</summary>
/// <param name="Party">Who can take it.</param>
/// <param name="Act">What: `supplement`, `take-in`, `confirm`, `approve`, `resolve`, `trigger`, `escalate`, `escalate-objection` or `resume`.</param>
/// <param name="What">What, in words.</param>
/// <param name="Suspended">True where the party is suspended and cannot act.</param>
/// <param name="Due">By when.</param>
public sealed record RepairStepView(string Party, string Act, string What, bool? Suspended = null, RepairDue? Due = null);

/// <summary>By when something is owed.</summary>
/// <param name="OnLedger">How long the contract waits.</param>
/// <param name="Late">Whether the day of the rules is over.</param>
/// <param name="Overdue">Whether the contract's time is over.</param>
/// <param name="ByRule">The day of the rules.</param>
public sealed record RepairDue(string OnLedger, bool Late, bool Overdue, RepairDay? ByRule = null);

/// <summary>A day by the rules.</summary>
/// <param name="Day">The day.</param>
/// <param name="Until">Its end, the first moment at which it is too late.</param>
/// <param name="Provisional">Whether the holidays of a year in between are not published yet.</param>
public sealed record RepairDay(string Day, string Until, bool Provisional);

/// <summary>An objection.</summary>
/// <param name="Objector">The slug of the organisation that raised it.</param>
/// <param name="Account">Its account.</param>
/// <param name="State">`raised`, `upheld` or `dismissed`.</param>
/// <param name="Escalated">Whether it runs in its second period.</param>
/// <param name="BegunAt">When it was raised or last escalated.</param>
/// <param name="DueAt">By when an arbiter has to decide it.</param>
/// <param name="Arbiter">The slug of the organisation that decided it.</param>
public sealed record RepairObjectionView(string Objector, string Account, string State, bool Escalated, string BegunAt, string? DueAt = null, string? Arbiter = null);

/// <summary>An approval that stands.</summary>
/// <param name="Organisation">The slug of the reviewer's organisation.</param>
/// <param name="Account">Its account.</param>
/// <param name="Score">The score of its inspection.</param>
/// <param name="At">When it was given.</param>
/// <param name="Counts">Whether it counts now.</param>
/// <param name="Flaw">Why it does not: `suspended` or `interest`.</param>
public sealed record RepairApprovalView(string Organisation, string Account, int Score, string At, bool Counts, string? Flaw = null);

/// <summary>A material on the ledger.</summary>
/// <param name="Code">Its code, `D01` to `D63`.</param>
/// <param name="Name">What it is by the rule pack.</param>
/// <param name="Digest">`SHA-256(salt ‖ SHA-256(file))`.</param>
public sealed record RepairMaterialView(string Code, string Name, string Digest);

/// <summary>A proposal to revoke a repair, which waits for a second account of the authority.</summary>
/// <param name="ProposedBy">The account of the first key.</param>
/// <param name="Findings">The digest of the findings.</param>
/// <param name="At">When it was made.</param>
public sealed record RepairRevocationView(string ProposedBy, string Findings, string At);

/// <summary>Something that happened in a case.</summary>
/// <param name="At">When.</param>
/// <param name="Event">What, by its stable name.</param>
/// <param name="Text">What, in words.</param>
/// <param name="Block">The number of its block.</param>
/// <param name="Transaction">Its transaction.</param>
/// <param name="Organisation">The slug of the organisation that did it.</param>
/// <param name="Account">The account that did it.</param>
/// <param name="Statement">The digest of the statement that goes with it, which the party keeps.</param>
public sealed record RepairEventView(string At, string Event, string Text, long Block, string Transaction, string? Organisation = null, string? Account = null, string? Statement = null);

/// <summary>Which cases are looked for; what is absent does not matter.</summary>
/// <param name="Subject">Only cases of this subject: `scheme:value`.</param>
/// <param name="Authority">Only cases of this authority: its slug.</param>
/// <param name="Stage">Only cases of this stage.</param>
/// <param name="Overdue">True: only cases with a step that is late by the rules, or overdue on the ledger.</param>
/// <param name="UnderWay">True: only cases that have not ended.</param>
/// <param name="Cursor">The `next` of the page before; absent for the first page.</param>
/// <param name="Limit">The most cases of a page, 1 to 100; 20 where it is absent.</param>
/// <param name="Sanction">Only cases of this sanction: the leaf hash of its entry, 0x and 64 lower-case hex digits.</param>
public sealed record RepairCaseSearch(
    string? Subject = null,
    string? Authority = null,
    string? Stage = null,
    bool? Overdue = null,
    bool? UnderWay = null,
    string? Cursor = null,
    int? Limit = null,
    string? Sanction = null);

/// <summary>A page of cases.</summary>
/// <param name="Cases">The cases that the caller may see, by their number.</param>
/// <param name="Next">The cursor of the next page; absent on the last one. A page may have few cases, or none, and still a next one.</param>
public sealed record RepairCasePage(IReadOnlyList<RepairCaseRow> Cases, string? Next);

/// <summary>A step that is late.</summary>
/// <param name="Case">The case.</param>
/// <param name="Sanction">The leaf hash of the sanction's log entry.</param>
/// <param name="Authority">The slug of the organisation that decided.</param>
/// <param name="Stage">Where the case stands.</param>
/// <param name="LateSince">Since when, by the rules where they name a day.</param>
/// <param name="Step">The step.</param>
public sealed record RepairOverdueStep(long Case, string Sanction, string Authority, string Stage, string LateSince, RepairStepView Step);

/// <summary>Steps that are late.</summary>
/// <param name="Steps">Those of cases that the caller may see, the longest late first.</param>
/// <param name="Next">The cursor of the next page; absent on the last one. A page may have few steps, or none, and still a next one.</param>
public sealed record RepairOverduePage(IReadOnlyList<RepairOverdueStep> Steps, string? Next);
