using LedgerCredit.Primitives;

namespace LedgerCredit.Log.Tests;

/// <summary>RFC 9162 section 2.1, transcribed word for word: the definitions recurse over D[start:end].</summary>
internal sealed class ReferenceTree
{
    private readonly List<Bytes32> _leafHashes = [];
    private readonly Dictionary<(int Start, int End), Bytes32> _known = [];

    public IReadOnlyList<Bytes32> LeafHashes => _leafHashes;

    /// <summary>A tree whose leaves are the big-endian numbers of their positions.</summary>
    public static ReferenceTree OfNumbers(int size)
    {
        ReferenceTree tree = new();
        for (int i = 0; i < size; i++)
        {
            tree.Add(MerkleHash.Leaf(Bytes32.FromUInt64((ulong)i).AsSpan()));
        }

        return tree;
    }

    public void Add(Bytes32 leafHash) => _leafHashes.Add(leafHash);

    /// <summary>MTH(D[start:end]), section 2.1.1.</summary>
    public Bytes32 Root(int start, int end)
    {
        if (end - start == 0)
        {
            return Sha256.Hash([]);
        }

        if (end - start == 1)
        {
            return _leafHashes[start];
        }

        if (!_known.TryGetValue((start, end), out Bytes32 root))
        {
            int k = Split(end - start);
            root = Sha256.Hash([0x01, .. Root(start, start + k).AsSpan(), .. Root(start + k, end).AsSpan()]);
            _known.Add((start, end), root);
        }

        return root;
    }

    /// <summary>PATH(m, D[start:end]), section 2.1.3.1.</summary>
    public List<Bytes32> Path(int m, int start, int end)
    {
        int n = end - start;
        if (n == 1)
        {
            return [];
        }

        int k = Split(n);
        return m < k
            ? [.. Path(m, start, start + k), Root(start + k, end)]
            : [.. Path(m - k, start + k, end), Root(start, start + k)];
    }

    /// <summary>PROOF(m, D_n), section 2.1.4.1.</summary>
    public List<Bytes32> Proof(int m, int n) => SubProof(m, 0, n, true);

    private List<Bytes32> SubProof(int m, int start, int end, bool known)
    {
        int n = end - start;
        if (m == n)
        {
            return known ? [] : [Root(start, end)];
        }

        int k = Split(n);
        return m <= k
            ? [.. SubProof(m, start, start + k, known), Root(start + k, end)]
            : [.. SubProof(m - k, start + k, end, false), Root(start, start + k)];
    }

    // The largest power of two smaller than n.
    private static int Split(int n)
    {
        int k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        return k;
    }
}
