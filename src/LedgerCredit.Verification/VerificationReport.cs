using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification;

/// <summary>What a verification comes to.</summary>
public enum Verdict
{
    /// <summary>No step failed, but a required one was skipped (exit code 3).</summary>
    Undecided = 0,

    /// <summary>Every required step passed and none failed (exit code 0).</summary>
    Valid,

    /// <summary>A step failed (exit code 1).</summary>
    Invalid,
}

/// <summary>The repair state of a sanction on the ledger.</summary>
public enum RepairState : byte
{
    /// <summary>No repair was ever begun, or the last one ended without repair: the sanction is in force.</summary>
    None = 0,

    /// <summary>A repair case is open: the sanction is in force.</summary>
    UnderRepair = 1,

    /// <summary>The sanction is repaired.</summary>
    Repaired = 2,

    /// <summary>The sanction is shielded by a court's ruling.</summary>
    Shielded = 3,

    /// <summary>The decision was overturned.</summary>
    Annulled = 4,

    /// <summary>The repair was revoked: the sanction is in force again.</summary>
    Revoked = 5,
}

/// <summary>A proven repair status.</summary>
/// <param name="State">The state.</param>
/// <param name="ChangedAt">When it last changed, in Unix seconds; 0 for never.</param>
/// <param name="StateAfterUnshielding">The state that a shielded sanction returns to.</param>
/// <param name="BlockNumber">The block as of which this holds.</param>
/// <param name="BlockTime">That block's time in Unix seconds.</param>
public sealed record RepairStatus(
    RepairState State, ulong ChangedAt, RepairState StateAfterUnshielding, ulong BlockNumber, ulong BlockTime);

/// <summary>What the anchor says, where the anchor step passed.</summary>
/// <param name="TreeSize">Number of log entries that the anchor covers.</param>
/// <param name="AnchoredAt">The time of the block that anchored, as the contract noted it, in Unix seconds.</param>
/// <param name="BlockNumber">The block whose state shows it.</param>
/// <param name="BlockTime">That block's time in Unix seconds.</param>
public sealed record AnchorFacts(ulong TreeSize, ulong AnchoredAt, ulong BlockNumber, ulong BlockTime);

/// <summary>What the record step found.</summary>
/// <param name="Kind">The record's kind.</param>
/// <param name="Issuer">The issuer's slug.</param>
/// <param name="Disclosed">The disclosed members in the order of the file.</param>
/// <param name="WithheldCount">The number of members that are not disclosed.</param>
/// <param name="NotCompared">Parts of the terms that could not be compared: <see cref="ValueNames"/> or <see cref="TermsWithheld"/>.</param>
public sealed record RecordFacts(
    RecordKind Kind,
    string Issuer,
    IReadOnlyList<Disclosure> Disclosed,
    int WithheldCount,
    IReadOnlyList<string> NotCompared)
{
    /// <summary>In <see cref="NotCompared"/>: the file has no terms to compare.</summary>
    public const string TermsWithheld = "terms-withheld";

    /// <summary>Whether all members are disclosed.</summary>
    public bool IsComplete => WithheldCount == 0;
}

/// <summary>The result of verifying an evidence file: every step and what the file proves.</summary>
/// <param name="Verdict">What it comes to.</param>
/// <param name="Steps">All steps in order, each with what was compared.</param>
/// <param name="LeafHash">The hash of the entry in the log; null where the file was refused.</param>
/// <param name="LeafIndex">The entry's position in the log.</param>
/// <param name="Record">What is disclosed; null unless the record step passed.</param>
/// <param name="Anchor">What the ledger says of the log; null unless the anchor step passed.</param>
/// <param name="Status">The repair status; null unless the status step passed.</param>
public sealed record VerificationReport(
    Verdict Verdict,
    IReadOnlyList<VerificationStep> Steps,
    Bytes32? LeafHash,
    ulong LeafIndex,
    RecordFacts? Record,
    AnchorFacts? Anchor,
    RepairStatus? Status)
{
    /// <summary>The step of this code.</summary>
    public VerificationStep Step(StepCode code) => Steps[(int)code];
}
