using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Tests;

/// <summary>The Merkle tree hash straight from RFC 9162 section 2.1.1.</summary>
internal static class NaiveTree
{
    internal static Bytes32 Root(ReadOnlySpan<Bytes32> leaves)
    {
        if (leaves.IsEmpty)
        {
            return Sha256.Hash([]);
        }

        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        int split = 1;
        while (split * 2 < leaves.Length)
        {
            split *= 2;
        }

        return Sha256.Hash([1, .. Root(leaves[..split]).AsSpan(), .. Root(leaves[split..]).AsSpan()]);
    }
}
