using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Testing;

/// <summary>A Merkle-Patricia trie straight from the Yellow Paper, appendix D: rebuilt for each question, with its own RLP.</summary>
/// <param name="leaves">Values by hashed key.</param>
public sealed class NaiveTrie(IReadOnlyDictionary<Bytes32, byte[]> leaves)
{
    /// <summary>The root hash.</summary>
    public Bytes32 Root => Keccak256.Hash(Node(All(), 0, null, []));

    /// <summary>The nodes on the path of a key, as <c>eth_getProof</c> gives them; none in an empty trie.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Prove(Bytes32 hashedKey)
    {
        List<ReadOnlyMemory<byte>> path = [];
        if (leaves.Count != 0)
        {
            Node(All(), 0, Nibbles(hashedKey), path);
        }

        return path;
    }

    private List<(byte[] Key, byte[] Value)> All() => [.. leaves.Select(leaf => (Nibbles(leaf.Key), leaf.Value))];

    // Encodes the node over some leaves; on the wanted key's path it also notes the nodes that have a hash of their own.
    private static byte[] Node(
        List<(byte[] Key, byte[] Value)> items, int depth, byte[]? wanted, List<ReadOnlyMemory<byte>> path)
    {
        List<ReadOnlyMemory<byte>> below = [];
        byte[] encoded = items.Count switch
        {
            0 => NaiveRlp.Bytes([]),
            1 => NaiveRlp.List(HexPrefix(items[0].Key[depth..], isLeaf: true), NaiveRlp.Bytes(items[0].Value)),
            _ => Inner(items, depth, wanted, below),
        };
        if (wanted is not null && (depth == 0 || encoded.Length >= Bytes32.Length))
        {
            path.Add(encoded);
        }

        path.AddRange(below);
        return encoded;
    }

    private static byte[] Inner(
        List<(byte[] Key, byte[] Value)> items, int depth, byte[]? wanted, List<ReadOnlyMemory<byte>> below)
    {
        int shared = 0;
        while (items.TrueForAll(item => item.Key[depth + shared] == items[0].Key[depth + shared]))
        {
            shared++;
        }

        if (shared != 0)
        {
            byte[] prefix = items[0].Key[depth..(depth + shared)];
            bool isOnPath = wanted is not null && wanted.AsSpan(depth, shared).SequenceEqual(prefix);
            return NaiveRlp.List(
                HexPrefix(prefix, isLeaf: false), Reference(Node(items, depth + shared, isOnPath ? wanted : null, below)));
        }

        List<byte[]> fields = [];
        for (int nibble = 0; nibble < 16; nibble++)
        {
            List<(byte[] Key, byte[] Value)> child = items.FindAll(item => item.Key[depth] == nibble);
            bool isOnPath = child.Count != 0 && wanted is not null && wanted[depth] == nibble;
            fields.Add(Reference(Node(child, depth + 1, isOnPath ? wanted : null, below)));
        }

        fields.Add(NaiveRlp.Bytes([]));
        return NaiveRlp.List([.. fields]);
    }

    private static byte[] Reference(byte[] encoded) =>
        encoded.Length < Bytes32.Length ? encoded : NaiveRlp.Bytes(Keccak256.Hash(encoded).ToArray());

    private static byte[] HexPrefix(byte[] nibbles, bool isLeaf)
    {
        int flag = (isLeaf ? 2 : 0) + (nibbles.Length % 2);
        byte[] padded = nibbles.Length % 2 == 1 ? [(byte)flag, .. nibbles] : [(byte)flag, 0, .. nibbles];
        return NaiveRlp.Bytes([.. padded.Chunk(2).Select(pair => (byte)((pair[0] << 4) | pair[1]))]);
    }

    private static byte[] Nibbles(Bytes32 key) => [.. key.ToArray().SelectMany(b => new[] { (byte)(b >> 4), (byte)(b & 15) })];
}

/// <summary>RLP as the Yellow Paper's appendix B defines it.</summary>
public static class NaiveRlp
{
    /// <summary>Encodes a byte string.</summary>
    public static byte[] Bytes(byte[] value) =>
        value is [< 0x80] ? value : [.. Prefix(0x80, value.Length), .. value];

    /// <summary>Encodes a non-negative number.</summary>
    public static byte[] Number(ulong value) =>
        Bytes([.. BitConverter.GetBytes(value).Reverse().SkipWhile(b => b == 0)]);

    /// <summary>Encodes a list of encoded items.</summary>
    public static byte[] List(params byte[][] items)
    {
        byte[] content = [.. items.SelectMany(item => item)];
        return [.. Prefix(0xC0, content.Length), .. content];
    }

    private static byte[] Prefix(int offset, int length)
    {
        if (length < 56)
        {
            return [(byte)(offset + length)];
        }

        byte[] digits = [.. BitConverter.GetBytes(length).Reverse().SkipWhile(b => b == 0)];
        return [(byte)(offset + 55 + digits.Length), .. digits];
    }
}
