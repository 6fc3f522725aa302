using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>Why a consistency proof was refused, or <see cref="None"/> when it was accepted.</summary>
public enum ConsistencyFailure
{
    /// <summary>The proof is valid.</summary>
    None = 0,

    /// <summary>The old tree has no leaves: every tree extends it, so there is nothing to prove.</summary>
    OldTreeEmpty,

    /// <summary>The new tree has fewer leaves than the old one.</summary>
    SizesOutOfOrder,

    /// <summary>The proof does not have the length that these sizes demand.</summary>
    WrongLength,

    /// <summary>The proof leads to another root hash of the old tree.</summary>
    OldRootMismatch,

    /// <summary>The proof leads to another root hash of the new tree.</summary>
    NewRootMismatch,
}

/// <summary>The hashes that show that an old tree is a prefix of a new one.</summary>
/// <param name="OldSize">Number of leaves in the old tree.</param>
/// <param name="NewSize">Number of leaves in the new tree.</param>
/// <param name="Path">The hashes in the order of RFC 9162 section 2.1.4.1; none where the sizes are equal.</param>
public sealed record ConsistencyProof(ulong OldSize, ulong NewSize, IReadOnlyList<Bytes32> Path)
{
    /// <summary>Checks that the new tree extends the old one.</summary>
    /// <remarks>
    /// RFC 9162 section 2.1.4.2. The arguments may be hostile: the method neither throws nor does more work than two
    /// hashes for each element of <see cref="Path"/>, of which it reads at most 65.
    /// </remarks>
    /// <param name="oldRoot">The root hash of the old tree, from a source that the caller trusts.</param>
    /// <param name="newRoot">The root hash of the new tree.</param>
    /// <returns><see cref="ConsistencyFailure.None"/>, or the first reason for refusing the proof.</returns>
    public ConsistencyFailure Verify(Bytes32 oldRoot, Bytes32 newRoot)
    {
        if (OldSize == 0)
        {
            return ConsistencyFailure.OldTreeEmpty;
        }

        if (NewSize < OldSize)
        {
            return ConsistencyFailure.SizesOutOfOrder;
        }

        if (NewSize == OldSize)
        {
            return Path.Count != 0 ? ConsistencyFailure.WrongLength
                : oldRoot != newRoot ? ConsistencyFailure.NewRootMismatch
                : ConsistencyFailure.None;
        }

        return VerifyGrowth(oldRoot, newRoot);
    }

    private ConsistencyFailure VerifyGrowth(Bytes32 oldRoot, Bytes32 newRoot)
    {
        // Climb to the largest complete subtree on the old tree's right border: the proof starts with its hash.
        ulong node = OldSize - 1;
        ulong last = NewSize - 1;
        while ((node & 1) == 1)
        {
            node >>= 1;
            last >>= 1;
        }

        // An old tree that is itself one complete subtree needs no first hash: the verifier has it.
        int next = 0;
        Bytes32 first = oldRoot;
        if (!ulong.IsPow2(OldSize))
        {
            if (Path.Count == 0)
            {
                return ConsistencyFailure.WrongLength;
            }

            first = Path[next++];
        }

        Bytes32 oldHash = first;
        Bytes32 newHash = first;
        for (; next < Path.Count; next++)
        {
            if (last == 0)
            {
                return ConsistencyFailure.WrongLength;
            }

            Bytes32 sibling = Path[next];
            bool isRightChild = (node & 1) == 1;
            if (isRightChild || node == last)
            {
                oldHash = MerkleHash.Node(sibling, oldHash);
                newHash = MerkleHash.Node(sibling, newHash);
                while (!isRightChild && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                    isRightChild = (node & 1) == 1;
                }
            }
            else
            {
                // Right of the old tree's border: only the new tree has this sibling.
                newHash = MerkleHash.Node(newHash, sibling);
            }

            node >>= 1;
            last >>= 1;
        }

        return last != 0 ? ConsistencyFailure.WrongLength
            : oldHash != oldRoot ? ConsistencyFailure.OldRootMismatch
            : newHash != newRoot ? ConsistencyFailure.NewRootMismatch
            : ConsistencyFailure.None;
    }
}
