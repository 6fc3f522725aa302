namespace LedgerCredit.Ethereum.State;

/// <summary>An account in the state trie.</summary>
/// <param name="Nonce">The number of transactions sent, or of contracts created.</param>
/// <param name="BalanceWei">The balance.</param>
/// <param name="StorageRoot">The root of the account's storage trie.</param>
/// <param name="CodeHash">The Keccak-256 hash of the account's code.</param>
/// <remarks>Yellow Paper section 4.1.</remarks>
public sealed record AccountState(ulong Nonce, UInt128 BalanceWei, Bytes32 StorageRoot, Bytes32 CodeHash)
{
    /// <summary>The code hash of an account without code.</summary>
    public static Bytes32 EmptyCodeHash { get; } = Keccak256.Hash(ReadOnlySpan<byte>.Empty);

    /// <summary>The root of an empty trie.</summary>
    public static Bytes32 EmptyTrieRoot { get; } = Keccak256.Hash((ReadOnlySpan<byte>)[0x80]);

    /// <summary>Whether the account is a contract.</summary>
    public bool HasCode => CodeHash != EmptyCodeHash;

    internal static AccountState? Decode(ReadOnlyMemory<byte> value) =>
        Rlp.TryDecode(value, out RlpItem? item, out _)
        && item is RlpList { Items: [RlpBytes nonceItem, RlpBytes balanceItem, RlpBytes storageItem, RlpBytes codeItem] }
        && nonceItem.TryGetNumber(out ulong nonce)
        && balanceItem.TryGetNumber(out UInt128 balance)
        && storageItem.TryGetBytes32(out Bytes32 storageRoot)
        && codeItem.TryGetBytes32(out Bytes32 codeHash)
            ? new AccountState(nonce, balance, storageRoot, codeHash)
            : null;
}
