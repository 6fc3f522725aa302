using LedgerCredit.Ethereum.Consensus;

namespace LedgerCredit.Verification;

/// <summary>Gives block headers of a ledger, from a source that need not be trusted.</summary>
public interface IHeaderSource
{
    /// <summary>Reads consecutive headers.</summary>
    /// <param name="firstNumber">The number of the first.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The RLP encodings in ascending order; fewer than asked for where the source has no more.</returns>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHeadersAsync(
        ulong firstNumber, int count, CancellationToken cancellationToken);
}

/// <summary>Fetches the headers that link the blocks of an evidence file to blocks that its verifier knows to be final.</summary>
/// <remarks>
/// docs/spec/evidence.md section 4. Only later blocks help: they contain the hashes of those before. Whatever the source answers
/// goes through <see cref="EvidenceVerifier"/>, where it can show that a block is final and can do nothing else.
/// </remarks>
public sealed class HeaderLinks
{
    /// <summary>The greatest distance that is bridged unless another is named: some 10 MB of headers.</summary>
    public const int DefaultMaxHeaders = 10_000;

    private readonly IHeaderSource _source;
    private readonly int _maxHeaders;

    /// <summary>Makes a fetcher.</summary>
    /// <param name="source">Where the headers come from.</param>
    /// <param name="maxHeaders">The greatest number of headers for one block, at least 1.</param>
    public HeaderLinks(IHeaderSource source, int maxHeaders)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxHeaders, 1);

        _source = source;
        _maxHeaders = maxHeaders;
    }

    /// <summary>Adds to the options the headers that a file's steps lack.</summary>
    /// <param name="file">The file.</param>
    /// <param name="report">What verifying it without further headers came to.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="options">The options to add to.</param>
    /// <param name="cancellationToken">Ends the fetching.</param>
    /// <returns>Options for verifying once more; the same where no header would help.</returns>
    public async Task<VerificationOptions> FetchAsync(
        EvidenceFile file,
        VerificationReport report,
        TrustPolicy policy,
        VerificationOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(options);

        VerificationOptions extended = options;
        if (report.Step(StepCode.Consensus).Outcome == StepOutcome.Skipped)
        {
            extended = extended with
            {
                AnchorLinks = await FetchAsync(file.Anchor.Block.Number, policy.Consensus, cancellationToken),
            };
        }

        if (file.Status is EvidenceStatus status && report.Step(StepCode.Status).Outcome == StepOutcome.Skipped)
        {
            extended = extended with
            {
                StatusLinks = await FetchAsync(status.Block.Number, policy.Consensus, cancellationToken),
            };
        }

        return extended;
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> FetchAsync(
        ulong number, ConsensusPolicy policy, CancellationToken cancellationToken)
    {
        ulong? last = LastNeeded(number, policy);
        if (last is null || last - number > (ulong)_maxHeaders)
        {
            return [];
        }

        int count = (int)(last.Value - number);
        IReadOnlyList<ReadOnlyMemory<byte>> headers = await _source.ReadHeadersAsync(number + 1, count, cancellationToken);

        // The source may be hostile: what was not asked for is not looked at.
        return headers.Count > count ? [.. headers.Take(count)] : headers;
    }

    // The nearest later block by which this one can be shown to be final, or null where there is none.
    private static ulong? LastNeeded(ulong number, ConsensusPolicy policy)
    {
        ulong? last = null;
        foreach (ulong pinned in policy.Blocks.Keys)
        {
            if (pinned > number && (last is null || pinned < last))
            {
                last = pinned;
            }
        }

        if (policy.Type != ConsensusType.Pinned)
        {
            foreach (ValidatorRange range in policy.Validators)
            {
                ulong first = Math.Max(number, range.From);
                int behind = policy.Type == ConsensusType.Clique ? Clique.Quorum(range.Addresses.Count) - 1 : 0;
                ulong needed = first + (ulong)behind;
                if (range.Covers(first) && needed > number && (last is null || needed < last))
                {
                    last = needed;
                }
            }
        }

        return last;
    }
}
