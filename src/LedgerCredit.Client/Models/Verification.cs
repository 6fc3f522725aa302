using System.Text.Json.Nodes;

namespace LedgerCredit.Client.Models;

/// <summary>What the verification of an evidence file found (docs/spec/evidence.md section 7).</summary>
/// <param name="Verdict">`valid`, `invalid` or `undecided`.</param>
/// <param name="Steps">The steps in their order.</param>
/// <param name="LeafHash">The leaf hash of the entry; absent where the file could not be read.</param>
/// <param name="LeafIndex">The entry's index.</param>
/// <param name="Record">What the file shows of the record, and how much it withholds; absent where that step failed.</param>
/// <param name="Anchor">When it was anchored; absent where that step failed.</param>
/// <param name="Status">The repair status as of a block; absent where the file shows none.</param>
public sealed record VerificationView(
    string Verdict,
    IReadOnlyList<VerificationStepView> Steps,
    string? LeafHash,
    long LeafIndex,
    JsonObject? Record,
    VerifiedAnchorView? Anchor,
    VerifiedStatusView? Status);

/// <summary>One step of a verification.</summary>
/// <param name="Code">Its stable code: `format`, `record`, `entry`, `inclusion`, `checkpoint`, `anchor-state`, `block-hash`, `consensus` or `status`.</param>
/// <param name="Outcome">`pass`, `fail` or `skipped`.</param>
/// <param name="Reason">The stable code of the reason.</param>
/// <param name="Detail">More of it, in English.</param>
/// <param name="Compared">What was compared.</param>
public sealed record VerificationStepView(string Code, string Outcome, string Reason, string Detail, IReadOnlyList<ComparisonView> Compared);

/// <summary>Two values that a step compared.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Expected">What was expected.</param>
/// <param name="Actual">What was found.</param>
public sealed record ComparisonView(string Name, string Expected, string Actual);

/// <summary>An anchor that was verified.</summary>
/// <param name="TreeSize">How many entries it covers.</param>
/// <param name="AnchoredAt">When, in Unix seconds by the ledger.</param>
/// <param name="BlockNumber">The block that shows it.</param>
/// <param name="BlockTime">That block's time.</param>
public sealed record VerifiedAnchorView(long TreeSize, long AnchoredAt, long BlockNumber, long BlockTime);

/// <summary>A repair status that was verified.</summary>
/// <param name="State">`none`, `under-repair`, `repaired`, `shielded`, `annulled` or `revoked`.</param>
/// <param name="ChangedAt">Since when, in Unix seconds.</param>
/// <param name="StateAfterUnshielding">The state to which it returns.</param>
/// <param name="BlockNumber">As of which block.</param>
/// <param name="BlockTime">That block's time.</param>
public sealed record VerifiedStatusView(string State, long ChangedAt, string StateAfterUnshielding, long BlockNumber, long BlockTime);
