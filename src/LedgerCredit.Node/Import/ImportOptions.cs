using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>What the operator says about a file beyond its own content.</summary>
public sealed record ImportOptions
{
    /// <summary>
    /// The slug of the member that issues the records. Required for <see cref="ImportFormat.Cf"/>; for other CSV formats it
    /// replaces the format's own issuer; for NDJSON records of another issuer are rejected.
    /// </summary>
    public string? Issuer { get; init; }

    /// <summary>
    /// When records are issued whose row states no date, in the form of the member <c>issuedAt</c>. It never replaces a date
    /// that the file states. Required for <see cref="ImportFormat.Ofac"/>, whose file has no dates at all.
    /// </summary>
    public string? IssuedAt { get; init; }

    /// <summary>
    /// The id of the rule pack that the authority names for all rows of a <see cref="ImportFormat.Cf"/> file; null to choose
    /// one for each row by authority and date of decision.
    /// </summary>
    public string? RulePack { get; init; }

    /// <summary>The rule packs that there are.</summary>
    public RulePackCatalog RulePacks { get; init; } = RulePackCatalog.Shipped;

    /// <summary>The node's rules for records.</summary>
    public required RecordRules Rules { get; init; }
}
