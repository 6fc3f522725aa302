namespace LedgerCredit.Ethereum.Transactions;

/// <summary>What all kinds of transaction have in common. A closed set; immutable.</summary>
public abstract record Transaction
{
    private protected Transaction()
    {
    }

    /// <summary>The number of transactions that the sender has sent before.</summary>
    public required ulong Nonce { get; init; }

    /// <summary>The most gas it may use.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>The recipient; null to create a contract.</summary>
    public required Address? To { get; init; }

    /// <summary>What is transferred, in wei.</summary>
    public required UInt128 ValueWei { get; init; }

    /// <summary>The call data, or a new contract's creation code.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The bytes that are signed: their Keccak-256 hash is the message.</summary>
    public abstract byte[] EncodeUnsigned();

    /// <summary>Signs the transaction.</summary>
    public SignedTransaction Sign(Secp256k1Key key)
    {
        ArgumentNullException.ThrowIfNull(key);

        RecoverableSignature signature = key.Sign(Keccak256.Hash(EncodeUnsigned()));
        return new SignedTransaction(this, signature, EncodeSigned(signature), Address.FromPublicKey(key.PublicKey));
    }

    /// <summary>The bytes that are sent.</summary>
    public abstract byte[] EncodeSigned(RecoverableSignature signature);

    private protected RlpItem ToRlp() => To is Address to ? to.ToRlp() : RlpBytes.Empty;

    private protected static RlpItem[] SignatureRlp(UInt128 v, RecoverableSignature signature) =>
        [RlpBytes.FromNumber(v), RlpBytes.FromWord(signature.R), RlpBytes.FromWord(signature.S)];
}

/// <summary>A transaction with its signature.</summary>
/// <param name="Transaction">What was signed.</param>
/// <param name="Signature">The signature.</param>
/// <param name="Raw">The bytes to send.</param>
/// <param name="Sender">The account that signed.</param>
public sealed record SignedTransaction(
    Transaction Transaction,
    RecoverableSignature Signature,
    ReadOnlyMemory<byte> Raw,
    Address Sender)
{
    /// <summary>The transaction's hash, by which it is found on the ledger.</summary>
    public Bytes32 Hash { get; } = Keccak256.Hash(Raw.Span);
}
