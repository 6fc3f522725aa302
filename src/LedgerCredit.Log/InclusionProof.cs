using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>Why an inclusion proof was refused, or <see cref="None"/> when it was accepted.</summary>
public enum InclusionFailure
{
    /// <summary>The proof is valid.</summary>
    None = 0,

    /// <summary>The leaf index is not below the tree size.</summary>
    IndexOutOfRange,

    /// <summary>The proof does not have the length that this index and tree size demand.</summary>
    WrongLength,

    /// <summary>The proof leads to another root hash.</summary>
    RootMismatch,
}

/// <summary>The sibling hashes from a leaf up to the root of a tree of a given size.</summary>
/// <param name="LeafIndex">Zero-based position of the leaf in the log.</param>
/// <param name="TreeSize">Number of leaves in the tree that the proof is about.</param>
/// <param name="Path">Sibling hashes, from the leaf's sibling to the root's child.</param>
public sealed record InclusionProof(ulong LeafIndex, ulong TreeSize, IReadOnlyList<Bytes32> Path)
{
    /// <summary>Checks that a leaf is in the tree with the given root.</summary>
    /// <remarks>
    /// RFC 9162 section 2.1.3.2. The arguments may be hostile: the method neither throws nor does more work than one
    /// hash for each element of <see cref="Path"/>, of which it reads at most 64.
    /// </remarks>
    /// <param name="leafHash">The result of <see cref="MerkleHash.Leaf"/>.</param>
    /// <param name="rootHash">The root hash from a checkpoint that the caller already trusts.</param>
    /// <returns><see cref="InclusionFailure.None"/>, or the first reason for refusing the proof.</returns>
    public InclusionFailure Verify(Bytes32 leafHash, Bytes32 rootHash)
    {
        InclusionFailure failure = ComputeRoot(leafHash, out Bytes32 computed);
        return failure == InclusionFailure.None && computed != rootHash ? InclusionFailure.RootMismatch : failure;
    }

    /// <summary>Computes the root hash that the proof leads to, for showing it beside the expected one.</summary>
    /// <param name="leafHash">The result of <see cref="MerkleHash.Leaf"/>.</param>
    /// <param name="rootHash">The computed root hash; zero when the proof was refused.</param>
    /// <returns><see cref="InclusionFailure.None"/>, or why the proof leads to no root hash.</returns>
    public InclusionFailure ComputeRoot(Bytes32 leafHash, out Bytes32 rootHash)
    {
        rootHash = default;
        if (LeafIndex >= TreeSize)
        {
            return InclusionFailure.IndexOutOfRange;
        }

        ulong node = LeafIndex;
        ulong last = TreeSize - 1;
        Bytes32 hash = leafHash;

        foreach (Bytes32 sibling in Path)
        {
            if (last == 0)
            {
                return InclusionFailure.WrongLength;
            }

            bool isRightChild = (node & 1) == 1;
            if (isRightChild || node == last)
            {
                hash = MerkleHash.Node(sibling, hash);

                // A node on the right border has no right sibling: climb to where it is a right child.
                while (!isRightChild && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                    isRightChild = (node & 1) == 1;
                }
            }
            else
            {
                hash = MerkleHash.Node(hash, sibling);
            }

            node >>= 1;
            last >>= 1;
        }

        if (last != 0)
        {
            return InclusionFailure.WrongLength;
        }

        rootHash = hash;
        return InclusionFailure.None;
    }
}
