namespace LedgerCredit.Ethereum.Tests;

/// <summary>
/// A Merkle-Patricia trie straight from the Yellow Paper's appendix D, functions c and n: builds the whole trie from its pairs each
/// time. Also gives the nodes on the path of a key, as <c>eth_getProof</c> does.
/// </summary>
internal sealed class NaiveTrie
{
    private readonly SortedDictionary<string, byte[]> _pairs = new(StringComparer.Ordinal);

    /// <summary>Sets what is stored under a hashed key.</summary>
    internal void Set(Bytes32 hashedKey, byte[] value) => _pairs[Convert.ToHexStringLower(hashedKey.AsSpan())] = value;

    internal Bytes32 Root() => _pairs.Count == 0 ? Keccak256.Hash((ReadOnlySpan<byte>)[0x80]) : Keccak256.Hash(Rlp.Encode(Node(Pairs(), 0)));

    internal List<ReadOnlyMemory<byte>> Prove(Bytes32 hashedKey)
    {
        List<ReadOnlyMemory<byte>> proof = [];
        string key = Convert.ToHexStringLower(hashedKey.AsSpan());
        List<KeyValuePair<string, byte[]>> pairs = Pairs();
        int depth = 0;
        while (pairs.Count > 0)
        {
            byte[] encoded = Rlp.Encode(Node(pairs, depth));
            if (depth == 0 || encoded.Length >= 32)
            {
                proof.Add(encoded);
            }

            if (pairs.Count == 1)
            {
                break;
            }

            int shared = SharedLength(pairs, depth);
            if (string.CompareOrdinal(key, depth, pairs[0].Key, depth, shared) != 0)
            {
                break;
            }

            if (shared > 0)
            {
                depth += shared;
                continue;
            }

            pairs = [.. pairs.Where(pair => pair.Key[depth] == key[depth])];
            depth++;
        }

        return proof;
    }

    private List<KeyValuePair<string, byte[]>> Pairs() => [.. _pairs];

    private static RlpList Node(List<KeyValuePair<string, byte[]>> pairs, int depth)
    {
        if (pairs.Count == 1)
        {
            return new RlpList(Path(pairs[0].Key[depth..], isLeaf: true), new RlpBytes(pairs[0].Value));
        }

        int shared = SharedLength(pairs, depth);
        if (shared > 0)
        {
            return new RlpList(Path(pairs[0].Key.Substring(depth, shared), isLeaf: false), Reference(pairs, depth + shared));
        }

        List<RlpItem> items = [];
        foreach (char nibble in "0123456789abcdef")
        {
            items.Add(Reference([.. pairs.Where(pair => pair.Key[depth] == nibble)], depth + 1));
        }

        items.Add(RlpBytes.Empty);
        return new RlpList(items);
    }

    private static RlpItem Reference(List<KeyValuePair<string, byte[]>> pairs, int depth)
    {
        if (pairs.Count == 0)
        {
            return RlpBytes.Empty;
        }

        RlpList node = Node(pairs, depth);
        byte[] encoded = Rlp.Encode(node);
        return encoded.Length < 32 ? node : new RlpBytes(Keccak256.Hash(encoded).ToArray());
    }

    private static int SharedLength(List<KeyValuePair<string, byte[]>> pairs, int depth)
    {
        int length = 0;
        while (pairs.TrueForAll(pair => pair.Key[depth + length] == pairs[0].Key[depth + length]))
        {
            length++;
        }

        return length;
    }

    private static RlpBytes Path(string nibbles, bool isLeaf)
    {
        int flag = (isLeaf ? 2 : 0) + (nibbles.Length % 2);
        string hex = nibbles.Length % 2 == 0 ? $"{flag}0{nibbles}" : $"{flag}{nibbles}";
        return new RlpBytes(Convert.FromHexString(hex));
    }
}
