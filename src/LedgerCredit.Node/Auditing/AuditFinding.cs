namespace LedgerCredit.Node.Auditing;

/// <summary>Something that is not as it was committed.</summary>
/// <param name="Code">Stable kebab-case code; docs/audit.md lists them.</param>
/// <param name="Issuer">The log, or null for the store as a whole.</param>
/// <param name="LeafIndex">The entry, where it is about one.</param>
/// <param name="Message">What was expected and what was found, without content of a record.</param>
public sealed record AuditFinding(string Code, string? Issuer, ulong? LeafIndex, string Message);

/// <summary>An entry whose record was erased with a signed statement.</summary>
/// <param name="LeafIndex">Its index.</param>
/// <param name="ErasedAt">The statement's date.</param>
/// <param name="Reason">The statement's reason.</param>
public sealed record ErasedEntry(ulong LeafIndex, DateTimeOffset ErasedAt, string Reason);

/// <summary>How an anchor of the store stands to the ledger.</summary>
public enum AnchorStanding
{
    /// <summary>Not compared: there was no ledger to ask.</summary>
    NotCompared,

    /// <summary>The ledger has it.</summary>
    OnLedger,

    /// <summary>Signed, and not known to be on the ledger yet.</summary>
    InFlight,

    /// <summary>The ledger does not have it, or has something else.</summary>
    Diverges,
}

/// <summary>An anchor that was audited.</summary>
/// <param name="TreeSize">Its size.</param>
/// <param name="Block">The number of the block that its stored proof is about; null in flight.</param>
/// <param name="Standing">How it stands to the ledger.</param>
public sealed record AuditedAnchor(ulong TreeSize, ulong? Block, AnchorStanding Standing);

/// <summary>What the audit of one log found.</summary>
/// <param name="Issuer">The issuer.</param>
/// <param name="Origin">The origin.</param>
/// <param name="Entries">Entries replayed.</param>
/// <param name="RootHash">The recomputed root over them, in hex.</param>
/// <param name="Checkpoints">Checkpoints verified.</param>
/// <param name="Anchors">Anchors by size.</param>
/// <param name="Erased">Erased entries.</param>
public sealed record AuditedLog(
    string Issuer,
    string Origin,
    ulong Entries,
    string RootHash,
    long Checkpoints,
    IReadOnlyList<AuditedAnchor> Anchors,
    IReadOnlyList<ErasedEntry> Erased);

/// <summary>The outcome of an audit.</summary>
public enum AuditVerdict
{
    /// <summary>All is as it was committed, and the ledger agrees.</summary>
    Sound,

    /// <summary>Something diverges; the first finding says what.</summary>
    Diverges,

    /// <summary>Internally consistent, but not compared with the ledger: a rewritten store would look the same.</summary>
    NotCompared,
}

/// <summary>The result of an audit.</summary>
/// <param name="Verdict">The outcome.</param>
/// <param name="Findings">What diverges, in log order; at most <see cref="LogAudit.MaxFindings"/>.</param>
/// <param name="Logs">The logs.</param>
/// <param name="NotComparedBecause">Why the ledger was not asked, or null.</param>
public sealed record AuditReport(AuditVerdict Verdict, IReadOnlyList<AuditFinding> Findings, IReadOnlyList<AuditedLog> Logs, string? NotComparedBecause);
