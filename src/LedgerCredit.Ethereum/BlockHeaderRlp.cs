using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Ethereum;

/// <summary>The RLP form of a block header.</summary>
/// <remarks>
/// A list whose length tells the fork:
/// <code>
/// 15  Frontier   parentHash, ommersHash, beneficiary, stateRoot, transactionsRoot, receiptsRoot, logsBloom, difficulty,
///                number, gasLimit, gasUsed, timestamp, extraData, mixHash, nonce
/// 16  London     + baseFeePerGas                                          EIP-1559
/// 17  Shanghai   + withdrawalsRoot                                        EIP-4895
/// 20  Cancun     + blobGasUsed, excessBlobGas, parentBeaconBlockRoot      EIP-4844, EIP-4788
/// 21  Prague     + requestsHash                                           EIP-7685
/// 22  Amsterdam  + blockAccessListHash                                    EIP-7928
/// 23  Amsterdam  + slotNumber                                             EIP-7843
/// </code>
/// </remarks>
internal static class BlockHeaderRlp
{
    /// <summary>64 KiB: QBFT extra data of some 700 validators and their seals.</summary>
    internal const int MaxExtraDataBytes = 64 * 1024;

    private const int MaxBytes = MaxExtraDataBytes + 1024;

    internal static byte[] Encode(BlockHeader header, ReadOnlyMemory<byte> extraData)
    {
        List<RlpItem> fields =
        [
            Word(header.ParentHash),
            Word(header.OmmersHash),
            header.Beneficiary.ToRlp(),
            Word(header.StateRoot),
            Word(header.TransactionsRoot),
            Word(header.ReceiptsRoot),
            new RlpBytes(header.LogsBloom),
            RlpBytes.FromNumber(header.Difficulty),
            RlpBytes.FromNumber(header.Number),
            RlpBytes.FromNumber(header.GasLimit),
            RlpBytes.FromNumber(header.GasUsed),
            RlpBytes.FromNumber(header.Timestamp),
            new RlpBytes(extraData),
            Word(header.MixHash),
            new RlpBytes(header.Nonce),
        ];

        RlpItem?[] laterFields =
        [
            Number(header.BaseFeePerGasWei),
            Word(header.WithdrawalsRoot),
            Number(header.BlobGasUsed),
            Number(header.ExcessBlobGas),
            Word(header.ParentBeaconBlockRoot),
            Word(header.RequestsHash),
            Word(header.BlockAccessListHash),
            Number(header.SlotNumber),
        ];
        foreach (RlpItem? field in laterFields)
        {
            if (field is null)
            {
                break;
            }

            fields.Add(field);
        }

        return Rlp.Encode(new RlpList(fields));
    }

    internal static bool TryDecode(
        ReadOnlySpan<byte> rlp,
        [NotNullWhen(true)] out BlockHeader? header,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        header = null;
        if (rlp.Length > MaxBytes)
        {
            problem = new ParseProblem("too-large", "", $"Expected a header of at most {MaxBytes} bytes, found {rlp.Length}.");
            return false;
        }

        if (!Rlp.TryDecode(rlp.ToArray(), out RlpItem? item, out problem))
        {
            return false;
        }

        if (item is not RlpList list || list.Items.Count is not (15 or 16 or 17 or 20 or 21 or 22 or 23))
        {
            string found = item is RlpList other ? $"{other.Items.Count}" : "a byte string";
            problem = new ParseProblem("header-fields", "", $"Expected a list of 15, 16, 17 or 20 to 23 header fields, found {found}.");
            return false;
        }

        FieldReader fields = new(list.Items);
        BlockHeader read = new()
        {
            ParentHash = fields.Word("parentHash"),
            OmmersHash = fields.Word("ommersHash"),
            Beneficiary = fields.Address("beneficiary"),
            StateRoot = fields.Word("stateRoot"),
            TransactionsRoot = fields.Word("transactionsRoot"),
            ReceiptsRoot = fields.Word("receiptsRoot"),
            LogsBloom = fields.Bytes("logsBloom", BlockHeader.BloomLength),
            Difficulty = fields.Number("difficulty", UInt128.MaxValue),
            Number = (ulong)fields.Number("number", ulong.MaxValue),
            GasLimit = (ulong)fields.Number("gasLimit", ulong.MaxValue),
            GasUsed = (ulong)fields.Number("gasUsed", ulong.MaxValue),
            Timestamp = (ulong)fields.Number("timestamp", ulong.MaxValue),
            ExtraData = fields.Bytes("extraData", null),
            MixHash = fields.Word("mixHash"),
            Nonce = fields.Bytes("nonce", BlockHeader.NonceLength),
            BaseFeePerGasWei = fields.IsAtEnd ? null : fields.Number("baseFeePerGas", UInt128.MaxValue),
            WithdrawalsRoot = fields.IsAtEnd ? null : fields.Word("withdrawalsRoot"),
            BlobGasUsed = fields.IsAtEnd ? null : (ulong)fields.Number("blobGasUsed", ulong.MaxValue),
            ExcessBlobGas = fields.IsAtEnd ? null : (ulong)fields.Number("excessBlobGas", ulong.MaxValue),
            ParentBeaconBlockRoot = fields.IsAtEnd ? null : fields.Word("parentBeaconBlockRoot"),
            RequestsHash = fields.IsAtEnd ? null : fields.Word("requestsHash"),
            BlockAccessListHash = fields.IsAtEnd ? null : fields.Word("blockAccessListHash"),
            SlotNumber = fields.IsAtEnd ? null : (ulong)fields.Number("slotNumber", ulong.MaxValue),
        };
        problem = fields.Problem;
        header = problem is null ? read : null;
        return problem is null;
    }

    private static RlpBytes Word(Bytes32 word) => new(word.ToArray());

    private static RlpBytes? Word(Bytes32? word) => word is Bytes32 value ? Word(value) : null;

    private static RlpBytes? Number(UInt128? number) => number is UInt128 value ? RlpBytes.FromNumber(value) : null;

    /// <summary>Reads the fields in order; after the first problem the values mean nothing.</summary>
    private sealed class FieldReader(IReadOnlyList<RlpItem> items)
    {
        private int _next;

        public ParseProblem? Problem { get; private set; }

        public bool IsAtEnd => _next == items.Count;

        public Bytes32 Word(string name) =>
            Next(name) is RlpBytes bytes && bytes.TryGetBytes32(out Bytes32 word) ? word : Refuse<Bytes32>(name, "32 bytes");

        public Address Address(string name) =>
            Next(name) is RlpBytes { Value.Length: Ethereum.Address.Length } bytes
                ? Ethereum.Address.FromBytes(bytes.Value)
                : Refuse<Address>(name, "20 bytes");

        public UInt128 Number(string name, UInt128 max) =>
            Next(name) is RlpBytes bytes && bytes.TryGetNumber(out UInt128 number) && number <= max
                ? number
                : Refuse<UInt128>(name, $"a number of at most {max} without leading zeros");

        public byte[] Bytes(string name, int? length) =>
            Next(name) is RlpBytes bytes && (length is null || bytes.Value.Length == length)
                ? bytes.Value.ToArray()
                : Refuse<byte[]>(name, length is null ? "bytes" : $"{length} bytes") ?? [];

        private RlpBytes? Next(string name)
        {
            RlpItem item = items[_next++];
            if (item is RlpBytes bytes)
            {
                return bytes;
            }

            Problem ??= new ParseProblem("header-field", name, "Expected bytes, found a list.");
            return null;
        }

        private T? Refuse<T>(string name, string expected)
        {
            Problem ??= new ParseProblem("header-field", name, $"Expected {expected}, found other content.");
            return default;
        }
    }
}
