using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Access;

/// <summary>How much of a record a caller sees, and why.</summary>
/// <param name="Highest">The highest class that it sees; <see cref="DataClass.None"/> where it sees nothing.</param>
/// <param name="Basis">
/// Why, for the access log: <c>issuer</c>, <c>authority</c>, <c>subject</c>, <c>auditor</c>, <c>grant:&lt;number&gt;</c>, <c>registered</c> or
/// <c>public</c>; <c>closed</c> where it sees nothing.
/// </param>
public sealed record AccessDecision(DataClass Highest, string Basis)
{
    /// <summary>Nothing. To the caller it must be as if the record were not there.</summary>
    public static AccessDecision Closed { get; } = new(DataClass.None, "closed");

    /// <summary>Whether the caller sees that there is a record.</summary>
    public bool IsVisible => Highest != DataClass.None;

    /// <summary>Whether the caller sees a member of the record.</summary>
    /// <param name="kind">The record's kind.</param>
    /// <param name="memberName">The member's name as disclosures have it.</param>
    public bool Shows(RecordKind kind, string memberName) => IsVisible && DataClasses.Of(kind, memberName) <= Highest;
}
