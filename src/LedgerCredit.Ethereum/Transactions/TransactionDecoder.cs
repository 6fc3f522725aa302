using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Ethereum.Transactions;

/// <summary>Reads signed transactions: legacy, type 1 and type 2, in their canonical encoding only.</summary>
/// <remarks>
/// Whoever signed is recovered; signatures that lead to nobody, and those with a high s, are refused. Blob and authorisation
/// transactions (types 3 and 4) are refused by name: permissioned ledgers do not use them.
/// </remarks>
public static class TransactionDecoder
{
    /// <summary>The largest transaction that is read, 1 MiB.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Reads a signed transaction.</summary>
    public static bool TryDecode(
        ReadOnlyMemory<byte> raw,
        [NotNullWhen(true)] out SignedTransaction? transaction,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        transaction = null;
        if (raw.Length is 0 or > MaxBytes)
        {
            problem = new ParseProblem("transaction-size", "", $"Expected 1 to {MaxBytes} bytes, found {raw.Length}.");
            return false;
        }

        byte type = raw.Span[0];
        if (type < 0x80 && type is not (AccessListTransaction.Type or Eip1559Transaction.Type))
        {
            problem = new ParseProblem("transaction-type", "", $"Expected a legacy transaction or type 1 or 2, found type {type}.");
            return false;
        }

        bool isTyped = type < 0x80;
        ReadOnlyMemory<byte> encoded = raw.ToArray();
        if (!Rlp.TryDecode(isTyped ? encoded[1..] : encoded, out RlpItem? item, out problem))
        {
            return false;
        }

        int fieldCount = !isTyped ? 9 : type == AccessListTransaction.Type ? 11 : 12;
        if (item is not RlpList list || list.Items.Count != fieldCount)
        {
            problem = new ParseProblem("transaction-fields", "", $"Expected a list of {fieldCount} fields, found another form.");
            return false;
        }

        TransactionFields fields = new(list.Items);
        (Transaction read, byte yParity) = !isTyped
            ? ReadLegacy(fields)
            : type == AccessListTransaction.Type ? ReadAccessList(fields) : ReadEip1559(fields);
        Bytes32 r = fields.Word("r");
        Bytes32 s = fields.Word("s");
        problem = fields.Problem;
        if (problem is not null)
        {
            return false;
        }

        RecoverableSignature signature = new(r, s, yParity);
        if (!Secp256k1.TryRecover(Keccak256.Hash(read.EncodeUnsigned()), signature, out Secp256k1PublicKey? publicKey))
        {
            problem = new ParseProblem("transaction-signature", "", "Expected somebody's signature with a low s, found none.");
            return false;
        }

        transaction = new SignedTransaction(read, signature, encoded, Address.FromPublicKey(publicKey));
        return true;
    }

    private static (Transaction Transaction, byte YParity) ReadLegacy(TransactionFields fields)
    {
        ulong nonce = fields.Number64("nonce");
        UInt128 gasPrice = fields.Number("gasPrice");
        ulong gasLimit = fields.Number64("gasLimit");
        Address? to = fields.Recipient();
        UInt128 value = fields.Number("value");
        byte[] data = fields.Bytes("data");
        (ulong? chainId, byte yParity) = fields.LegacyV();
        LegacyTransaction transaction = new()
        {
            ChainId = chainId,
            Nonce = nonce,
            GasPriceWei = gasPrice,
            GasLimit = gasLimit,
            To = to,
            ValueWei = value,
            Data = data,
        };
        return (transaction, yParity);
    }

    private static (Transaction Transaction, byte YParity) ReadAccessList(TransactionFields fields)
    {
        AccessListTransaction transaction = new()
        {
            ChainId = fields.Number64("chainId"),
            Nonce = fields.Number64("nonce"),
            GasPriceWei = fields.Number("gasPrice"),
            GasLimit = fields.Number64("gasLimit"),
            To = fields.Recipient(),
            ValueWei = fields.Number("value"),
            Data = fields.Bytes("data"),
            AccessList = fields.AccessList(),
        };
        return (transaction, fields.YParity());
    }

    private static (Transaction Transaction, byte YParity) ReadEip1559(TransactionFields fields)
    {
        Eip1559Transaction transaction = new()
        {
            ChainId = fields.Number64("chainId"),
            Nonce = fields.Number64("nonce"),
            MaxPriorityFeePerGasWei = fields.Number("maxPriorityFeePerGas"),
            MaxFeePerGasWei = fields.Number("maxFeePerGas"),
            GasLimit = fields.Number64("gasLimit"),
            To = fields.Recipient(),
            ValueWei = fields.Number("value"),
            Data = fields.Bytes("data"),
            AccessList = fields.AccessList(),
        };
        return (transaction, fields.YParity());
    }
}
