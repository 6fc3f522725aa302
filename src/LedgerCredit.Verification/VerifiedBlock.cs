using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification;

/// <summary>A header with the hash by which the ledger names its block.</summary>
/// <param name="Header">The decoded header.</param>
/// <param name="Hash">The hash by the ledger's rule.</param>
/// <param name="Rlp">The encoding that the header was decoded from.</param>
internal sealed record VerifiedBlock(BlockHeader Header, Bytes32 Hash, ReadOnlyMemory<byte> Rlp)
{
    /// <summary>Decodes and hashes a header.</summary>
    /// <param name="rlp">The header's encoding.</param>
    /// <param name="rule">The ledger's rule.</param>
    /// <param name="problem">Why there is no block, or null.</param>
    public static VerifiedBlock? TryRead(ReadOnlyMemory<byte> rlp, BlockHashRule rule, out ParseProblem? problem) =>
        BlockHeader.TryDecode(rlp.Span, out BlockHeader? header, out problem)
        && BlockHash.TryCompute(header, rule, out Bytes32 hash, out problem)
            ? new VerifiedBlock(header, hash, rlp)
            : null;

    /// <summary>Whether this block is the next one after another.</summary>
    public bool Follows(VerifiedBlock parent) =>
        Header.ParentHash == parent.Hash && Header.Number != 0 && Header.Number - 1 == parent.Header.Number;
}
