using LedgerCredit.Testing;

namespace LedgerCredit.Fuzz.Tests.Mutations;

/// <summary>Changes items of RLP and encodes them again, so that only what is meant is wrong.</summary>
internal static class RlpMutator
{
    /// <summary>One change, or null where the bytes are no RLP.</summary>
    public static byte[]? Change(byte[] input, byte[] other, FuzzRandom random)
    {
        if (!TryRead(input, out Node? root) || !TryRead(other, out Node? otherRoot))
        {
            return null;
        }

        List<Node> nodes = [.. root.All()];
        Node node = random.Pick(nodes);
        switch (random.Next(9))
        {
            case 0:
                node.Become(new Node(EdgeBytes(random), null));
                break;
            case 1:
                node.Become(random.Pick([.. otherRoot.All()]).Copy());
                break;
            case 2:
                node.Become(new Node([], [node.Copy()]));
                break;
            case 3 when node.Items is { Count: > 0 } items:
                items.RemoveAt(random.Next(items.Count));
                break;
            case 4 when node.Items is { Count: > 0 } items:
                items.Insert(random.Next(items.Count + 1), random.Pick(items).Copy());
                break;
            case 5 when node.Items is { Count: > 1 } items:
                (int left, int right) = (random.Next(items.Count), random.Next(items.Count));
                (items[left], items[right]) = (items[right], items[left]);
                break;
            case 6 when node.Items is { Count: > 0 } items:
                Node item = random.Pick(items);
                int room = random.OneIn(32) ? 100_000 : 600;
                items.AddRange(Enumerable.Range(0, random.NextLength(room / (1 + item.Size))).Select(_ => item.Copy()));
                break;
            case 7:
                for (int depth = random.Next(20); depth > 0; depth--)
                {
                    node.Become(new Node([], [node.Copy()]));
                }

                break;
            default:
                node.Become(new Node(ByteMutator.Change(node.Bytes, other, random), null));
                break;
        }

        return root.Encode();
    }

    private static byte[] EdgeBytes(FuzzRandom random)
    {
        byte[] bytes = new byte[random.Pick([0, 1, 1, 2, 8, 9, 16, 17, 20, 31, 32, 33, 55, 56, 64, 65, 256])];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = random.NextByte();
        }

        if (bytes.Length > 0 && random.OneIn(3))
        {
            bytes[0] = 0;
        }

        return bytes;
    }

    private static bool TryRead(byte[] input, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Node? root)
    {
        root = Rlp.TryDecode(input, out RlpItem? item, out _) ? Node.Of(item) : null;
        return root is not null;
    }

    private sealed class Node(byte[] bytes, List<Node>? items)
    {
        public byte[] Bytes { get; private set; } = bytes;

        public List<Node>? Items { get; private set; } = items;

        public int Size => Items is null ? Bytes.Length : Items.Sum(item => item.Size + 1);

        public static Node Of(RlpItem item) => item is RlpList list
            ? new Node([], [.. list.Items.Select(Of)])
            : new Node(((RlpBytes)item).Value.ToArray(), null);

        public IEnumerable<Node> All() => Items is null ? [this] : Items.SelectMany(item => item.All()).Prepend(this);

        public Node Copy() => new(Bytes, Items is null ? null : [.. Items.Select(item => item.Copy())]);

        public void Become(Node other)
        {
            Bytes = other.Bytes;
            Items = other.Items;
        }

        public byte[] Encode() => Items is null ? NaiveRlp.Bytes(Bytes) : NaiveRlp.List([.. Items.Select(item => item.Encode())]);
    }
}
