namespace LedgerCredit.Ethereum.State;

/// <summary>Follows a key from the root of a Merkle-Patricia trie through the nodes of a proof.</summary>
/// <remarks>
/// Yellow Paper, appendix D. A node is a list of 17 items (branch: a child for each nibble, a value) or of 2 (a path and, by the
/// path's flag, a child or a value). A child is the hash of a node, a node of less than 32 bytes itself, or empty. Path flags:
/// <code>0 extension, even   1 extension, odd   2 leaf, even   3 leaf, odd</code>
/// </remarks>
internal static class MerklePatriciaPath
{
    private const int KeyNibbles = 2 * Bytes32.Length;

    /// <summary>Finds what the trie holds under a key.</summary>
    /// <param name="root">The root hash of the trie.</param>
    /// <param name="key">The hashed key.</param>
    /// <param name="proof">The nodes on the path, in order.</param>
    /// <param name="value">The value; null where the path shows that there is none, and with any failure.</param>
    internal static StateProofFailure Follow(
        Bytes32 root,
        Bytes32 key,
        IReadOnlyList<ReadOnlyMemory<byte>> proof,
        out byte[]? value)
    {
        value = null;
        if (proof.Count > StateProof.MaxNodes)
        {
            return StateProofFailure.SurplusNode;
        }

        if (root == AccountState.EmptyTrieRoot)
        {
            return proof.Count == 0 ? StateProofFailure.None : StateProofFailure.SurplusNode;
        }

        int used = 0;
        int depth = 0;
        StateProofFailure failure = TakeNode(root, proof, ref used, out RlpList? node);
        while (failure == StateProofFailure.None)
        {
            // Each round goes at least one nibble down, so there are at most 65.
            if (!TryStep(node!, key, ref depth, out RlpItem? child, out byte[]? found))
            {
                return StateProofFailure.MalformedNode;
            }

            if (child is null)
            {
                if (used != proof.Count)
                {
                    return StateProofFailure.SurplusNode;
                }

                value = found;
                return StateProofFailure.None;
            }

            if (child is RlpList embedded)
            {
                node = embedded;
            }
            else
            {
                failure = ((RlpBytes)child).TryGetBytes32(out Bytes32 hash)
                    ? TakeNode(hash, proof, ref used, out node)
                    : StateProofFailure.MalformedNode;
            }
        }

        return failure;
    }

    private static StateProofFailure TakeNode(
        Bytes32 hash,
        IReadOnlyList<ReadOnlyMemory<byte>> proof,
        ref int used,
        out RlpList? node)
    {
        node = null;
        if (used == proof.Count)
        {
            return StateProofFailure.MissingNode;
        }

        ReadOnlyMemory<byte> encoded = proof[used++];
        if (Keccak256.Hash(encoded.Span) != hash)
        {
            return StateProofFailure.HashMismatch;
        }

        node = Rlp.TryDecode(encoded, out RlpItem? item, out _) ? item as RlpList : null;
        return node is null ? StateProofFailure.MalformedNode : StateProofFailure.None;
    }

    // One node down: sets either the child to go on with, or, at the end of the path, the value found or null.
    private static bool TryStep(
        RlpList node,
        Bytes32 key,
        ref int depth,
        out RlpItem? child,
        out byte[]? value)
    {
        child = null;
        value = null;
        switch (node.Items.Count)
        {
            case 17:
                // All keys are equally long, so a branch below the last nibble, or one with a value, cannot be.
                if (depth == KeyNibbles || node.Items[16] is not RlpBytes { Value.Length: 0 })
                {
                    return false;
                }

                return TryGetChild(node.Items[Nibble(key, depth++)], mayBeEmpty: true, out child);
            case 2:
                return node.Items[0] is RlpBytes path
                    && TryReadPath(path.Value, out bool isLeaf, out int skipNibbles)
                    && TryFollowPath(node, path.Value, isLeaf, skipNibbles, key, ref depth, out child, out value);
            default:
                return false;
        }
    }

    private static bool TryFollowPath(
        RlpList node,
        ReadOnlySpan<byte> path,
        bool isLeaf,
        int skipNibbles,
        Bytes32 key,
        ref int depth,
        out RlpItem? child,
        out byte[]? value)
    {
        child = null;
        value = null;
        int length = (2 * path.Length) - skipNibbles;

        // A leaf ends its key exactly; an extension has at least one nibble and leaves one for the branch below it.
        bool hasRightLength = isLeaf ? depth + length == KeyNibbles : length > 0 && depth + length < KeyNibbles;
        if (!hasRightLength)
        {
            return false;
        }

        bool isOnPath = true;
        for (int i = 0; i < length; i++)
        {
            int at = i + skipNibbles;
            int nibble = at % 2 == 0 ? path[at / 2] >> 4 : path[at / 2] & 15;
            isOnPath &= nibble == Nibble(key, depth + i);
        }

        depth += length;
        if (isLeaf)
        {
            if (node.Items[1] is not RlpBytes { Value.Length: > 0 } content)
            {
                return false;
            }

            // A leaf of another key in this place shows that ours is absent.
            value = isOnPath ? content.Value.ToArray() : null;
            return true;
        }

        if (!TryGetChild(node.Items[1], mayBeEmpty: false, out child))
        {
            return false;
        }

        child = isOnPath ? child : null;
        return true;
    }

    // Null for the empty child. An embedded node must be one that could not be referred to by hash.
    private static bool TryGetChild(RlpItem item, bool mayBeEmpty, out RlpItem? child)
    {
        child = null;
        switch (item)
        {
            case RlpBytes { Value.Length: 0 }:
                return mayBeEmpty;
            case RlpBytes { Value.Length: Bytes32.Length }:
                child = item;
                return true;
            case RlpList embedded when Rlp.Encode(embedded).Length < Bytes32.Length:
                child = item;
                return true;
            default:
                return false;
        }
    }

    // Hex-prefix encoding (appendix C): the nibbles to skip are the flag and, where their number is even, a zero.
    private static bool TryReadPath(ReadOnlySpan<byte> path, out bool isLeaf, out int skipNibbles)
    {
        isLeaf = false;
        skipNibbles = 0;
        if (path.Length is 0 or > Bytes32.Length + 1 || path[0] >> 4 > 3)
        {
            return false;
        }

        bool isOdd = (path[0] & 0x10) != 0;
        isLeaf = (path[0] & 0x20) != 0;
        skipNibbles = isOdd ? 1 : 2;
        return isOdd || (path[0] & 15) == 0;
    }

    private static int Nibble(Bytes32 key, int index) => index % 2 == 0 ? key[index / 2] >> 4 : key[index / 2] & 15;
}
