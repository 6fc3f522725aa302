namespace LedgerCredit.Ethereum.Transactions;

/// <summary>A transaction of type 2, with a most fee and a priority fee.</summary>
/// <remarks>
/// EIP-1559; the unsigned form lacks the last three fields:
/// <code>
/// 0x02 ‖ [chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gasLimit, to, value, data, accessList, yParity, r, s]
/// </code>
/// </remarks>
public sealed record Eip1559Transaction : Transaction
{
    /// <summary>The first byte of the encoding.</summary>
    public const byte Type = 2;

    /// <summary>The chain it is for.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>What the block's beneficiary gets at most for a unit of gas, in wei; may be zero.</summary>
    public required UInt128 MaxPriorityFeePerGasWei { get; init; }

    /// <summary>What a unit of gas costs at most, in wei; may be zero on a ledger without fees.</summary>
    public required UInt128 MaxFeePerGasWei { get; init; }

    /// <summary>The access list; may be empty.</summary>
    public IReadOnlyList<AccessListEntry> AccessList { get; init; } = [];

    /// <inheritdoc/>
    public override byte[] EncodeUnsigned() => [Type, .. Rlp.Encode(new RlpList(Fields()))];

    /// <inheritdoc/>
    public override byte[] EncodeSigned(RecoverableSignature signature) =>
        [Type, .. Rlp.Encode(new RlpList([.. Fields(), .. SignatureRlp(signature.YParity, signature)]))];

    private RlpItem[] Fields() =>
    [
        RlpBytes.FromNumber(ChainId),
        RlpBytes.FromNumber(Nonce),
        RlpBytes.FromNumber(MaxPriorityFeePerGasWei),
        RlpBytes.FromNumber(MaxFeePerGasWei),
        RlpBytes.FromNumber(GasLimit),
        ToRlp(),
        RlpBytes.FromNumber(ValueWei),
        new RlpBytes(Data),
        AccessListTransaction.ToRlp(AccessList),
    ];
}
