namespace LedgerCredit.Node.Running;

/// <summary>How a node runs.</summary>
public sealed record NodeOptions
{
    /// <summary>Another endpoint of the same ledger than the configured one, or null.</summary>
    public required string? RpcUrl { get; init; }

    /// <summary>How long the node waits between two anchorings of the logs.</summary>
    /// <value>60 seconds.</value>
    public TimeSpan AnchorEvery { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the node waits before it looks at ledger and outbox again.</summary>
    /// <value>1 second.</value>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause before a ledger that does not answer is tried again.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan LongestLedgerPause { get; init; } = TimeSpan.FromSeconds(30);
}
