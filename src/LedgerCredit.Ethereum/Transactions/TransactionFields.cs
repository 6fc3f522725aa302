namespace LedgerCredit.Ethereum.Transactions;

/// <summary>Reads the fields of a transaction in order; after the first problem the values mean nothing.</summary>
internal sealed class TransactionFields(IReadOnlyList<RlpItem> items)
{
    private int _next;

    internal ParseProblem? Problem { get; private set; }

    internal ulong Number64(string name) =>
        Next(name) is RlpBytes bytes && bytes.TryGetNumber(out ulong number)
            ? number
            : Refuse<ulong>(name, "a number of at most 64 bits");

    internal UInt128 Number(string name) =>
        Next(name) is RlpBytes bytes && bytes.TryGetNumber(out UInt128 number)
            ? number
            : Refuse<UInt128>(name, "a number of at most 128 bits");

    internal Bytes32 Word(string name) =>
        Next(name) is RlpBytes bytes && bytes.TryGetWord(out Bytes32 word)
            ? word
            : Refuse<Bytes32>(name, "a number of at most 256 bits");

    internal byte[] Bytes(string name) => Next(name)?.Value.ToArray() ?? [];

    internal Address? Recipient()
    {
        switch (Next("to"))
        {
            case RlpBytes { Value.Length: 0 }:
                return null;
            case RlpBytes { Value.Length: Address.Length } bytes:
                return Address.FromBytes(bytes.Value);
            default:
                return Refuse<Address?>("to", "20 bytes or none");
        }
    }

    internal byte YParity()
    {
        ulong parity = Number64("yParity");
        return parity <= 1 ? (byte)parity : Refuse<byte>("yParity", "0 or 1");
    }

    internal (ulong? ChainId, byte YParity) LegacyV()
    {
        UInt128 v = Number("v");
        if (v == 27 || v == 28)
        {
            return (null, (byte)(v - 27));
        }

        // Chain id 0 is not one, and v of 29 to 34 belong to neither form.
        UInt128 most = ((UInt128)ulong.MaxValue * 2) + 36;
        return v >= 37 && v <= most
            ? ((ulong)((v - 35) / 2), (byte)((v - 35) % 2))
            : Refuse<(ulong?, byte)>("v", "27, 28, or 35 and more with a chain id");
    }

    internal IReadOnlyList<AccessListEntry> AccessList()
    {
        List<AccessListEntry> entries = [];
        if (items[_next++] is not RlpList list)
        {
            return Refuse<IReadOnlyList<AccessListEntry>>("accessList", "a list") ?? entries;
        }

        foreach (RlpItem item in list.Items)
        {
            if (item is not RlpList { Items: [RlpBytes { Value.Length: Address.Length } account, RlpList slotItems] })
            {
                return Refuse<IReadOnlyList<AccessListEntry>>("accessList", "accounts with slots") ?? entries;
            }

            List<Bytes32> slots = [];
            foreach (RlpItem slotItem in slotItems.Items)
            {
                if (slotItem is not RlpBytes slotBytes || !slotBytes.TryGetBytes32(out Bytes32 slot))
                {
                    return Refuse<IReadOnlyList<AccessListEntry>>("accessList", "slots of 32 bytes") ?? entries;
                }

                slots.Add(slot);
            }

            entries.Add(new AccessListEntry(Address.FromBytes(account.Value), slots));
        }

        return entries;
    }

    private RlpBytes? Next(string name)
    {
        if (items[_next++] is RlpBytes bytes)
        {
            return bytes;
        }

        Refuse<object>(name, "bytes");
        return null;
    }

    private T? Refuse<T>(string name, string expected)
    {
        Problem ??= new ParseProblem("transaction-field", name, $"Expected {expected}, found other content.");
        return default;
    }
}
