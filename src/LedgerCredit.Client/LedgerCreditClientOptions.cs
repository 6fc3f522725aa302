namespace LedgerCredit.Client;

/// <summary>Who calls a node, and what for.</summary>
public sealed record LedgerCreditClientOptions
{
    /// <summary>A token or API key; null to call as anybody.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// What records are read for: <c>credit-review</c>, <c>procurement</c>, <c>supervision</c>, <c>audit</c>, <c>own-records</c>, <c>judicial</c>
    /// or <c>public</c>. It is logged, and shown to the subject. Null where no records are read.
    /// </summary>
    public string? Purpose { get; init; }
}
