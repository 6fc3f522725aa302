namespace LedgerCredit.Ethereum.Rpc;

/// <summary>The bounds within which an endpoint is asked.</summary>
public sealed record JsonRpcOptions
{
    /// <summary>How long one attempt may take, answer included.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long all attempts of one request may take together.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most attempts of one request, the first included.</summary>
    /// <value>4.</value>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>The pause before the second attempt; doubled before each further one.</summary>
    /// <value>200 milliseconds.</value>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The largest answer that is read, in bytes.</summary>
    /// <value>32 MiB: some 50,000 logs in one answer.</value>
    public int MaxResponseBytes { get; init; } = 32 * 1024 * 1024;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AttemptTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TotalTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstRetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResponseBytes, 1);
    }
}
