using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Ethereum;

/// <summary>A block header of any fork. Immutable.</summary>
/// <remarks>
/// Yellow Paper section 4.3; the fields added since are listed at <see cref="BlockHeaderRlp"/>. A field is null in headers of
/// forks that did not have it yet; a header that has a later field has all earlier ones. Compare headers by their hashes: the
/// equality of this type looks at the identity of byte arrays.
/// </remarks>
public sealed record BlockHeader
{
    /// <summary>The size of the logs bloom in bytes.</summary>
    public const int BloomLength = 256;

    /// <summary>The size of the nonce in bytes.</summary>
    public const int NonceLength = 8;

    /// <summary>The hash of the parent block.</summary>
    public required Bytes32 ParentHash { get; init; }

    /// <summary>The hash of the list of ommers.</summary>
    public required Bytes32 OmmersHash { get; init; }

    /// <summary>The account that fees go to; on Clique the account voted on.</summary>
    public required Address Beneficiary { get; init; }

    /// <summary>The root of the state trie after this block.</summary>
    public required Bytes32 StateRoot { get; init; }

    /// <summary>The root of the trie of transactions.</summary>
    public required Bytes32 TransactionsRoot { get; init; }

    /// <summary>The root of the trie of transaction receipts.</summary>
    public required Bytes32 ReceiptsRoot { get; init; }

    /// <summary>The bloom filter of logs, 256 bytes.</summary>
    public required ReadOnlyMemory<byte> LogsBloom { get; init; }

    /// <summary>The difficulty; 1 on QBFT, 1 or 2 on Clique.</summary>
    public required UInt128 Difficulty { get; init; }

    /// <summary>The block number.</summary>
    public required ulong Number { get; init; }

    /// <summary>The most gas that transactions of this block could use.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>The gas that transactions of this block used.</summary>
    public required ulong GasUsed { get; init; }

    /// <summary>The time in Unix seconds.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>The extra data; holds the validators and seals on QBFT and Clique.</summary>
    public required ReadOnlyMemory<byte> ExtraData { get; init; }

    /// <summary>The mix hash, later the previous RANDAO value.</summary>
    public required Bytes32 MixHash { get; init; }

    /// <summary>The nonce, 8 bytes.</summary>
    public required ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>The base fee in wei; since London (EIP-1559).</summary>
    public UInt128? BaseFeePerGasWei { get; init; }

    /// <summary>The root of the withdrawals; since Shanghai (EIP-4895).</summary>
    public Bytes32? WithdrawalsRoot { get; init; }

    /// <summary>The blob gas used; since Cancun (EIP-4844).</summary>
    public ulong? BlobGasUsed { get; init; }

    /// <summary>The excess blob gas; since Cancun (EIP-4844).</summary>
    public ulong? ExcessBlobGas { get; init; }

    /// <summary>The root of the parent beacon block; since Cancun (EIP-4788).</summary>
    public Bytes32? ParentBeaconBlockRoot { get; init; }

    /// <summary>The hash of execution layer requests; since Prague (EIP-7685).</summary>
    public Bytes32? RequestsHash { get; init; }

    /// <summary>The hash of the block access list; planned for Amsterdam (EIP-7928).</summary>
    public Bytes32? BlockAccessListHash { get; init; }

    /// <summary>The slot number; planned for Amsterdam (EIP-7843).</summary>
    public ulong? SlotNumber { get; init; }

    /// <summary>The canonical RLP encoding.</summary>
    public byte[] Encode() => BlockHeaderRlp.Encode(this, ExtraData);

    /// <summary>The Keccak-256 hash of the encoding: the block hash on every ledger but QBFT ones.</summary>
    public Bytes32 KeccakHash() => Keccak256.Hash(Encode());

    /// <summary>Reads the canonical RLP encoding of a header of any fork.</summary>
    /// <param name="rlp">The bytes. The header keeps no reference to them.</param>
    /// <param name="header">The header, or null.</param>
    /// <param name="problem">Why the bytes were refused, or null.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> rlp,
        [NotNullWhen(true)] out BlockHeader? header,
        [NotNullWhen(false)] out ParseProblem? problem) => BlockHeaderRlp.TryDecode(rlp, out header, out problem);

    // For the hashes that cover the header with other extra data.
    internal Bytes32 KeccakHashWithExtraData(ReadOnlyMemory<byte> extraData) =>
        Keccak256.Hash(BlockHeaderRlp.Encode(this, extraData));
}
