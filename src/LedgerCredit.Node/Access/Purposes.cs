namespace LedgerCredit.Node.Access;

/// <summary>What a record is read for: a closed list of words.</summary>
public static class Purposes
{
    /// <summary>A bank's or an investor's decision.</summary>
    public const string CreditReview = "credit-review";

    /// <summary>A tender, or the choice of a supplier.</summary>
    public const string Procurement = "procurement";

    /// <summary>An authority's own work.</summary>
    public const string Supervision = "supervision";

    /// <summary>An audit of the records or of their keeping.</summary>
    public const string Audit = "audit";

    /// <summary>A subject reads of itself.</summary>
    public const string OwnRecords = "own-records";

    /// <summary>A court's proceedings.</summary>
    public const string Judicial = "judicial";

    /// <summary>Anybody reads what is public.</summary>
    public const string Public = "public";

    /// <summary>All purposes, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> All { get; } = [CreditReview, Procurement, Supervision, Audit, OwnRecords, Judicial, Public];

    /// <summary>The purposes for which a subject can let others read: all but those that need nobody's leave.</summary>
    public static IReadOnlyList<string> Grantable { get; } = [CreditReview, Procurement, Supervision, Audit, Judicial];

    /// <summary>Whether a text is a purpose.</summary>
    public static bool IsKnown(string? text) => text is not null && All.Contains(text);
}
