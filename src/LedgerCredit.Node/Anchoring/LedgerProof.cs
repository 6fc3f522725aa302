using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Ethereum;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Anchoring;

/// <summary>What shows that the ledger's state holds an anchor: a header and the trie nodes from its state root to the slot.</summary>
/// <remarks>
/// Kept once for each anchor, so that evidence files are made without asking the ledger again. Encoded as RLP:
/// <code>[block hash, header, [account nodes …], [storage nodes …], [descendant headers …]]</code>
/// </remarks>
/// <param name="BlockHash">The block's hash as the ledger gave it, so that an altered header is noticed without asking again.</param>
/// <param name="Header">The header's RLP.</param>
/// <param name="AccountNodes">From the state root to the contract.</param>
/// <param name="StorageNodes">From the contract's storage root to the slot.</param>
/// <param name="Descendants">On Clique the headers that make it final; elsewhere none.</param>
public sealed record LedgerProof(
    Bytes32 BlockHash,
    ReadOnlyMemory<byte> Header,
    IReadOnlyList<ReadOnlyMemory<byte>> AccountNodes,
    IReadOnlyList<ReadOnlyMemory<byte>> StorageNodes,
    IReadOnlyList<ReadOnlyMemory<byte>> Descendants)
{
    /// <summary>The last second that can be written as a time of day, in Unix seconds.</summary>
    internal const ulong LatestTime = 253_402_300_799;

    /// <summary>The bytes to keep.</summary>
    public byte[] Encode() => Rlp.Encode(new RlpList(
        new RlpBytes(BlockHash.ToArray()),
        new RlpBytes(Header),
        ListOf(AccountNodes),
        ListOf(StorageNodes),
        ListOf(Descendants)));

    /// <summary>Reads exactly what <see cref="Encode"/> writes; whether the proof holds is another question.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out LedgerProof? proof)
    {
        proof = null;
        if (!Rlp.TryDecode(bytes.ToArray(), out RlpItem? item, out _)
            || item is not RlpList { Items.Count: 5 } list
            || list.Items[0] is not RlpBytes { Value.Length: Bytes32.Length } hash
            || list.Items[1] is not RlpBytes header
            || !TryReadList(list.Items[2], out IReadOnlyList<ReadOnlyMemory<byte>>? account)
            || !TryReadList(list.Items[3], out IReadOnlyList<ReadOnlyMemory<byte>>? storage)
            || !TryReadList(list.Items[4], out IReadOnlyList<ReadOnlyMemory<byte>>? descendants))
        {
            return false;
        }

        proof = new LedgerProof(Bytes32.FromBytes(hash.Value), header.Value.ToArray(), account, storage, descendants);
        return true;
    }

    /// <summary>The time of the block, or null where the header cannot be read or its time is after the year 9999.</summary>
    public DateTimeOffset? FindBlockTime() =>
        BlockHeader.TryDecode(Header.Span, out BlockHeader? header, out _) && header.Timestamp <= LatestTime
            ? DateTimeOffset.FromUnixTimeSeconds((long)header.Timestamp)
            : null;

    private static RlpList ListOf(IReadOnlyList<ReadOnlyMemory<byte>> items) => new([.. items.Select(item => new RlpBytes(item))]);

    private static bool TryReadList(RlpItem item, [NotNullWhen(true)] out IReadOnlyList<ReadOnlyMemory<byte>>? items)
    {
        items = null;
        if (item is not RlpList list)
        {
            return false;
        }

        List<ReadOnlyMemory<byte>> read = [];
        foreach (RlpItem element in list.Items)
        {
            if (element is not RlpBytes bytes)
            {
                return false;
            }

            read.Add(bytes.Value.ToArray());
        }

        items = read;
        return true;
    }
}
