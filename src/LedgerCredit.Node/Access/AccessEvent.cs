using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Access;

/// <summary>In what way a record was read.</summary>
public enum AccessAction
{
    /// <summary>By itself.</summary>
    Read = 1,

    /// <summary>As an evidence file.</summary>
    Evidence = 2,

    /// <summary>In a report about its subject.</summary>
    Report = 3,

    /// <summary>In the history of its subject's ratings, or of a repair case.</summary>
    History = 4,

    /// <summary>As a material of its repair: the file, or that it is kept.</summary>
    Material = 5,
}

/// <summary>A read of a record, as it is to be kept.</summary>
/// <param name="Accessor">Who reads.</param>
/// <param name="Purpose">What for; one of <see cref="Purposes.All"/>.</param>
/// <param name="Action">In what way.</param>
/// <param name="Subject">The subject of the record.</param>
/// <param name="Record">The leaf hash of the record's entry.</param>
/// <param name="Basis">Why it was let: <see cref="AccessDecision.Basis"/>.</param>
public sealed record AccessEvent(Caller Accessor, string Purpose, AccessAction Action, SubjectId Subject, Bytes32 Record, string Basis);

/// <summary>A line of the access log.</summary>
/// <param name="LeafIndex">Its index in the access log; lines are in the order of these.</param>
/// <param name="At">When, in UTC, to the second (RFC 3339).</param>
/// <param name="Accessor">Who read: <see cref="Caller.Name"/>.</param>
/// <param name="Organisation">The organisation of who read, or null.</param>
/// <param name="Purpose">What for.</param>
/// <param name="Action">In what way: <c>read</c>, <c>evidence</c>, <c>report</c>, <c>history</c> or <c>material</c>.</param>
/// <param name="Record">The leaf hash of the record that was read.</param>
/// <param name="Basis">Why it was let.</param>
/// <param name="IsAnchored">Whether an anchor on the ledger covers the line.</param>
public sealed record AccessLine(
    ulong LeafIndex, string At, string Accessor, string? Organisation, string Purpose, string Action, Bytes32 Record, string Basis, bool IsAnchored);
