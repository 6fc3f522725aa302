namespace LedgerCredit.Ethereum.State;

/// <summary>What an account proof shows.</summary>
/// <param name="Failure"><see cref="StateProofFailure.None"/> where the proof holds.</param>
/// <param name="Account">The account; null where the proof holds and shows that there is none, and where it does not hold.</param>
public sealed record AccountProofResult(StateProofFailure Failure, AccountState? Account)
{
    /// <summary>Whether the proof holds.</summary>
    public bool IsValid => Failure == StateProofFailure.None;
}

/// <summary>What a storage proof shows.</summary>
/// <param name="Failure"><see cref="StateProofFailure.None"/> where the proof holds.</param>
/// <param name="Value">The word; zero where the proof shows that the slot is empty, and where it does not hold.</param>
public sealed record StorageProofResult(StateProofFailure Failure, Bytes32 Value)
{
    /// <summary>Whether the proof holds.</summary>
    public bool IsValid => Failure == StateProofFailure.None;
}

/// <summary>Verifies proofs that lead from a block's state root to an account and from there to a storage slot.</summary>
/// <remarks>
/// Proofs as <c>eth_getProof</c> gives them (EIP-1186): the nodes on the path from the root, in order, nothing else; nodes of less
/// than 32 bytes stand inside their parents. In an empty trie the proof is empty. Keys are hashed here. Pure; never throws for
/// foreign bytes; at most <see cref="MaxNodes"/> nodes are read.
/// </remarks>
public static class StateProof
{
    /// <summary>The most nodes on a path: one for each of the 64 nibbles of a key, and the root.</summary>
    public const int MaxNodes = 65;

    /// <summary>Verifies what the state trie holds at an address.</summary>
    public static AccountProofResult VerifyAccount(
        Bytes32 stateRoot,
        Address address,
        IReadOnlyList<ReadOnlyMemory<byte>> proof)
    {
        ArgumentNullException.ThrowIfNull(proof);

        StateProofFailure failure = MerklePatriciaPath.Follow(
            stateRoot, Keccak256.Hash(address), proof, out byte[]? value);
        if (failure != StateProofFailure.None || value is null)
        {
            return new AccountProofResult(failure, null);
        }

        AccountState? account = AccountState.Decode(value);
        return new AccountProofResult(account is null ? StateProofFailure.MalformedValue : StateProofFailure.None, account);
    }

    /// <summary>Verifies what a contract's storage trie holds at a slot.</summary>
    /// <param name="storageRoot">The root from a verified account.</param>
    /// <param name="slot">The slot's key as contracts compute it, not hashed once more.</param>
    /// <param name="proof">The nodes.</param>
    public static StorageProofResult VerifyStorage(
        Bytes32 storageRoot,
        Bytes32 slot,
        IReadOnlyList<ReadOnlyMemory<byte>> proof)
    {
        ArgumentNullException.ThrowIfNull(proof);

        StateProofFailure failure = MerklePatriciaPath.Follow(
            storageRoot, Keccak256.Hash(slot.AsSpan()), proof, out byte[]? value);
        if (failure != StateProofFailure.None || value is null)
        {
            return new StorageProofResult(failure, Bytes32.Zero);
        }

        // A zero word is never stored: setting one removes the slot from the trie.
        return Rlp.TryDecode(value, out RlpItem? item, out _)
            && item is RlpBytes { Value.Length: > 0 } bytes
            && bytes.TryGetWord(out Bytes32 word)
                ? new StorageProofResult(StateProofFailure.None, word)
                : new StorageProofResult(StateProofFailure.MalformedValue, Bytes32.Zero);
    }
}
