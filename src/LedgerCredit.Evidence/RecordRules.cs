namespace LedgerCredit.Evidence;

/// <summary>The rules for records that a node's configuration decides.</summary>
public sealed record RecordRules
{
    /// <summary>Records about natural persons are refused.</summary>
    public static RecordRules Default { get; } = new();

    /// <summary>Whether records about natural persons are accepted.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowNaturalPersons { get; init; }

    /// <summary>Whether records of the kind <see cref="RecordKind.Access"/> are accepted: only where a node reads its own store.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowAccess { get; init; }
}
