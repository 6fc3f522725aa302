using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Ledgers;

/// <summary>When a block of this ledger is beyond reorganisation, and which headers show it.</summary>
/// <param name="policy">The ledger's consensus; null for the devnet, where blocks are final at once.</param>
/// <param name="timeProvider">The clock of waiting.</param>
public sealed class LedgerFinality(ConsensusPolicy? policy, TimeProvider timeProvider)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>How this ledger computes the hashes of its blocks.</summary>
    public BlockHashRule HashRule => policy?.HashRule ?? BlockHashRule.Keccak;

    /// <summary>
    /// Whether final blocks can be gone all the same: those of a devnet that was killed, and of a ledger of whose consensus nothing
    /// is known. Where validators sign, an endpoint without a final block lags behind, or serves another ledger.
    /// </summary>
    public bool CanLoseFinalBlocks => policy is null or { Type: ConsensusType.Pinned };

    /// <summary>The rule of a workspace's ledger.</summary>
    /// <exception cref="WorkspaceException">The configured consensus is not one.</exception>
    public static LedgerFinality Of(WorkspaceConfig config, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new LedgerFinality(ReadPolicy(config), timeProvider);
    }

    /// <summary>The consensus that trust policies of this workspace name, or null for the devnet.</summary>
    public static ConsensusPolicy? ReadPolicy(WorkspaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Ledger.Consensus is null)
        {
            return null;
        }

        return TrustPolicy.TryParseConsensus(config.Ledger.Consensus, out ConsensusPolicy? policy, out ParseProblem? problem)
            ? policy
            : throw new WorkspaceException($"The 'consensus' of this workspace's ledger is not valid. {problem}");
    }

    /// <summary>How many headers behind a block make it final: 0 but on Clique.</summary>
    public int DescendantsNeeded(ulong blockNumber) =>
        policy is { Type: ConsensusType.Clique } && policy.FindValidators(blockNumber) is ValidatorRange range
            ? Clique.Quorum(range.Addresses.Count) - 1
            : 0;

    /// <summary>Whether a block is sealed as a verifier of evidence will ask for it.</summary>
    /// <param name="header">The header's RLP.</param>
    /// <param name="descendants">The RLP of the headers behind it, as many as <see cref="DescendantsNeeded"/>.</param>
    /// <returns>What the verifier will find; null where no seals count: on the devnet, and where hashes are pinned.</returns>
    public VerificationStep? CheckSeals(ReadOnlyMemory<byte> header, IReadOnlyList<ReadOnlyMemory<byte>> descendants) =>
        policy is null or { Type: ConsensusType.Pinned } ? null : BlockFinality.Check(header, descendants, policy);

    /// <summary>What was expected of the seals of a block and what was found, for messages.</summary>
    /// <param name="blockNumber">The block.</param>
    /// <param name="step">What <see cref="CheckSeals"/> found, which is not that the block is sealed.</param>
    public string ExplainSeals(ulong blockNumber, VerificationStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (policy?.FindValidators(blockNumber) is not ValidatorRange range)
        {
            return $"Expected validators of block {blockNumber} in the 'consensus' of workspace.json, found none.";
        }

        int count = range.Addresses.Count;
        string expected = policy.Type == ConsensusType.Clique
            ? $"Expected that block and the {Clique.Quorum(count) - 1} behind it sealed by different ones of the {count} signers"
            : $"Expected block {blockNumber} sealed by {Qbft.Quorum(count)} of the {count} validators";
        string found = step.Comparisons.FirstOrDefault(comparison => !comparison.IsEqual) is Comparison other
            ? $"the {VerificationTexts.English.Value(other.Name)} {other.Actual}, not {other.Expected}"
            : step.Detail.Length > 0 ? $"{step.Reason}: {step.Detail}" : step.Reason;
        return $"{expected} that the 'consensus' of workspace.json names, found otherwise ({found}).";
    }

    /// <summary>Waits until a block is final.</summary>
    /// <returns>The block of that number, as it stands when it is final.</returns>
    /// <exception cref="LedgerStalledException">It takes longer than <see cref="LedgerTransactions.MiningTimeout"/>.</exception>
    public async Task<LedgerBlock> WaitFinalAsync(EthereumClient client, ulong blockNumber, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ulong descendants = (ulong)DescendantsNeeded(blockNumber);
        long started = timeProvider.GetTimestamp();
        while (true)
        {
            ulong newest = await client.FetchBlockNumberAsync(cancellationToken);
            if (newest >= blockNumber && newest - blockNumber >= descendants
                && await client.FindBlockAsync(blockNumber, cancellationToken) is LedgerBlock block)
            {
                return block;
            }

            if (timeProvider.GetElapsedTime(started) > LedgerTransactions.MiningTimeout)
            {
                throw new LedgerStalledException($"Block {blockNumber} of the ledger at {client.DisplayEndpoint} did not become final within {LedgerTransactions.MiningTimeout.TotalSeconds:0} s. Run the command again to go on waiting.");
            }

            await Task.Delay(PollInterval, timeProvider, cancellationToken);
        }
    }

    /// <summary>Fetches the headers that follow a final block and show that it is; none but on Clique.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> FetchDescendantsAsync(EthereumClient client, LedgerBlock block, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(block);
        List<ReadOnlyMemory<byte>> descendants = [];
        for (int i = 1; i <= DescendantsNeeded(block.Header.Number); i++)
        {
            LedgerBlock next = await client.FindBlockAsync(block.Header.Number + (ulong)i, cancellationToken)
                ?? throw new LedgerStalledException($"Block {block.Header.Number + (ulong)i} of the ledger at {client.DisplayEndpoint} is gone again. Run the command again.");
            descendants.Add(next.Header.Encode());
        }

        return descendants;
    }
}
