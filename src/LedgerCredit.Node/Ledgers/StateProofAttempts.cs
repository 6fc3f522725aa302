namespace LedgerCredit.Node.Ledgers;

/// <summary>How often a state proof that does not hold is asked for again.</summary>
/// <remarks>
/// An engine that makes a block between two questions can answer the second with the state of the next block. A second later that
/// block is there, so that the attempts must last longer than a block takes on a devnet.
/// </remarks>
internal static class StateProofAttempts
{
    /// <summary>The most attempts.</summary>
    internal const int Max = 8;

    /// <summary>The pause between two attempts.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
}
