namespace LedgerCredit.Ethereum.Transactions;

/// <summary>An account and some of its storage slots, announced by a transaction.</summary>
/// <param name="Account">The account.</param>
/// <param name="Slots">The slots.</param>
public sealed record AccessListEntry(Address Account, IReadOnlyList<Bytes32> Slots);

/// <summary>A transaction of type 1, with a gas price and an access list.</summary>
/// <remarks>
/// EIP-2930; the unsigned form lacks the last three fields:
/// <code>0x01 ‖ [chainId, nonce, gasPrice, gasLimit, to, value, data, accessList, yParity, r, s]</code>
/// </remarks>
public sealed record AccessListTransaction : Transaction
{
    /// <summary>The first byte of the encoding.</summary>
    public const byte Type = 1;

    /// <summary>The chain it is for.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The price of a unit of gas in wei; may be zero.</summary>
    public required UInt128 GasPriceWei { get; init; }

    /// <summary>The access list; may be empty.</summary>
    public required IReadOnlyList<AccessListEntry> AccessList { get; init; }

    /// <inheritdoc/>
    public override byte[] EncodeUnsigned() => [Type, .. Rlp.Encode(new RlpList(Fields()))];

    /// <inheritdoc/>
    public override byte[] EncodeSigned(RecoverableSignature signature) =>
        [Type, .. Rlp.Encode(new RlpList([.. Fields(), .. SignatureRlp(signature.YParity, signature)]))];

    internal static RlpList ToRlp(IReadOnlyList<AccessListEntry> accessList) =>
        new([.. accessList.Select(entry => new RlpList(
            entry.Account.ToRlp(),
            new RlpList([.. entry.Slots.Select(slot => new RlpBytes(slot.ToArray()))])))]);

    private RlpItem[] Fields() =>
    [
        RlpBytes.FromNumber(ChainId),
        RlpBytes.FromNumber(Nonce),
        RlpBytes.FromNumber(GasPriceWei),
        RlpBytes.FromNumber(GasLimit),
        ToRlp(),
        RlpBytes.FromNumber(ValueWei),
        new RlpBytes(Data),
        ToRlp(AccessList),
    ];
}
