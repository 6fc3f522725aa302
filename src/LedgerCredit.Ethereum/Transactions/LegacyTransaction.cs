namespace LedgerCredit.Ethereum.Transactions;

/// <summary>A transaction of the first kind, with a gas price.</summary>
/// <remarks>
/// Yellow Paper section 4.2 and EIP-155:
/// <code>
/// unsigned  [nonce, gasPrice, gasLimit, to, value, data, chainId, 0, 0]      without the last three before EIP-155
/// signed    [nonce, gasPrice, gasLimit, to, value, data, v, r, s]            v = chainId · 2 + 35 + y parity, else 27 + y parity
/// </code>
/// </remarks>
public sealed record LegacyTransaction : Transaction
{
    /// <summary>The chain it is for, not zero; null where it is valid on any, as before EIP-155.</summary>
    public required ulong? ChainId { get; init; }

    /// <summary>The price of a unit of gas in wei; may be zero.</summary>
    public required UInt128 GasPriceWei { get; init; }

    /// <inheritdoc/>
    public override byte[] EncodeUnsigned()
    {
        List<RlpItem> fields = Fields();
        if (ChainId is ulong chainId)
        {
            fields.AddRange([RlpBytes.FromNumber(chainId), RlpBytes.Empty, RlpBytes.Empty]);
        }

        return Rlp.Encode(new RlpList(fields));
    }

    /// <inheritdoc/>
    public override byte[] EncodeSigned(RecoverableSignature signature)
    {
        UInt128 v = ChainId is ulong chainId ? ((UInt128)chainId * 2) + 35 + signature.YParity : (UInt128)27 + signature.YParity;
        List<RlpItem> fields = Fields();
        fields.AddRange(SignatureRlp(v, signature));
        return Rlp.Encode(new RlpList(fields));
    }

    private List<RlpItem> Fields() =>
    [
        RlpBytes.FromNumber(Nonce),
        RlpBytes.FromNumber(GasPriceWei),
        RlpBytes.FromNumber(GasLimit),
        ToRlp(),
        RlpBytes.FromNumber(ValueWei),
        new RlpBytes(Data),
    ];
}
