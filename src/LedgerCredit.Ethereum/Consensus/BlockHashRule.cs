using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Ethereum.Consensus;

/// <summary>How a ledger computes the hash of a block from its header.</summary>
public enum BlockHashRule
{
    /// <summary>The hash of the header's RLP encoding: Ethereum, Clique, devnets.</summary>
    Keccak = 0,

    /// <summary>The same after the extra data is re-encoded with round 0 and no committed seals: QBFT.</summary>
    Qbft = 1,
}

/// <summary>Computes block hashes.</summary>
public static class BlockHash
{
    /// <summary>Computes the hash by which the ledger names the block.</summary>
    /// <returns><see langword="false"/> only with <see cref="BlockHashRule.Qbft"/>, for extra data of another form.</returns>
    public static bool TryCompute(
        BlockHeader header,
        BlockHashRule rule,
        out Bytes32 hash,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(header);

        switch (rule)
        {
            case BlockHashRule.Keccak:
                hash = header.KeccakHash();
                problem = null;
                return true;
            case BlockHashRule.Qbft:
                return Qbft.TryComputeBlockHash(header, out hash, out problem);
            default:
                throw new UnreachableException("There are two block hash rules.");
        }
    }
}
