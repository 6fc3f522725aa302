namespace LedgerCredit.Evidence;

/// <summary>
/// What the canonical form does with a number that is not exactly the value of its own canonical form.
/// </summary>
public enum CanonicalNumbers
{
    /// <summary>
    /// The rule for records: such a number is refused, so that committing a number never changes it.
    /// </summary>
    Exact,

    /// <summary>Plain RFC 8785: the nearest double is written. Numbers beyond the doubles are still refused.</summary>
    Nearest,
}
