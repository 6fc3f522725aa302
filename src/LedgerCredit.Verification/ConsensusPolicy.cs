using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification;

/// <summary>By what a verifier recognises a final block.</summary>
public enum ConsensusType
{
    /// <summary>By block hashes that the policy lists, and by nothing else.</summary>
    Pinned = 0,

    /// <summary>By the committed seals of QBFT validators in the block's own header.</summary>
    Qbft,

    /// <summary>By the seals of Clique signers in the block's header and those that follow.</summary>
    Clique,
}

/// <summary>The validators of a range of blocks.</summary>
/// <param name="From">The first block.</param>
/// <param name="To">The last block; null while the range is open.</param>
/// <param name="Addresses">The validators, each once, at least one, in any order.</param>
public sealed record ValidatorRange(ulong From, ulong? To, IReadOnlyList<Address> Addresses)
{
    /// <summary>The most validators of a range.</summary>
    public const int MaxValidators = QbftExtraData.MaxValidators;

    /// <summary>Whether the range covers a block.</summary>
    public bool Covers(ulong number) => number >= From && (To is null || number <= To);
}

/// <summary>The consensus part of a trust policy.</summary>
/// <remarks>docs/spec/trust.md section 3.</remarks>
/// <param name="Type">By what a final block is recognised. Pinned hashes count with every type.</param>
/// <param name="HashRule">How block hashes are computed: of QBFT with QBFT, Keccak with Clique, either with pinned.</param>
/// <param name="Validators">The validators by block; the ranges do not overlap. Not used with pinned.</param>
/// <param name="Blocks">Pinned block hashes by number.</param>
public sealed record ConsensusPolicy(
    ConsensusType Type,
    BlockHashRule HashRule,
    IReadOnlyList<ValidatorRange> Validators,
    IReadOnlyDictionary<ulong, Bytes32> Blocks)
{
    /// <summary>The validators of a block, or null where no range covers it.</summary>
    public ValidatorRange? FindValidators(ulong number)
    {
        foreach (ValidatorRange range in Validators)
        {
            if (range.Covers(number))
            {
                return range;
            }
        }

        return null;
    }
}
