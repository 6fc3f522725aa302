using LedgerCredit.Contracts;
using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Access;

/// <summary>What must be known of a record, and of a caller's relation to it, to decide who sees how much of it.</summary>
/// <remarks>For a repair record, grade, end of publication and state are those of the sanction that it is about.</remarks>
public sealed record RecordFacts
{
    /// <summary>The record's kind.</summary>
    public required RecordKind Kind { get; init; }

    /// <summary>The slug of the member that states it.</summary>
    public required string Issuer { get; init; }

    /// <summary>Whom it is about.</summary>
    public required SubjectId Subject { get; init; }

    /// <summary>Whether it is about a natural person; then it is never published.</summary>
    public required bool IsAboutNaturalPerson { get; init; }

    /// <summary>Whether the caller acts for the subject now (<see cref="CallerResolver.Represents"/>).</summary>
    public required bool IsCallerSubject { get; init; }

    /// <summary>The slug of the authority of the sanction that a repair record is about; null for other kinds, and where it is not known.</summary>
    public string? SanctionIssuer { get; init; }

    /// <summary>The sanction's grade; null for a rating, and where the sanction is not known here: then it is not published.</summary>
    public SanctionGrade? Grade { get; init; }

    /// <summary>From when on it is not published any more, in Unix seconds (records.md section 7.2); 0 where there is no such moment.</summary>
    public ulong PublicUntil { get; init; }

    /// <summary>
    /// The state of the sanction by the ledger; <see cref="SanctionState.None"/> for a rating, and where there is no ledger. Null where there is
    /// one but it was never read: then it is not published, because it may be repaired.
    /// </summary>
    public SanctionState? State { get; init; }

    /// <summary>Whether a later record of the issuer replaces it; then it is not published any more.</summary>
    public bool IsSuperseded { get; init; }

    /// <summary>The moment of the question, in Unix seconds.</summary>
    public required ulong AsOf { get; init; }
}
