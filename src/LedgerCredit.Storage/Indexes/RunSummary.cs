using System.Runtime.InteropServices;

namespace LedgerCredit.Storage.Indexes;

/// <summary>What is kept in memory of a run, so that a key that it does not have is found out without reading it, and one that it has with one chunk.</summary>
/// <remarks>
/// <para>
/// A filter says for all keys of the run "maybe", and for about one in a thousand others: a block of 512 bits is chosen by the key's leading
/// bits, and in each of its eight words a bit by six of its lower bits. It has 16 bits a pair. Keys are hashes, so they need not be mixed; the blocks
/// follow the order of the keys.
/// </para>
/// <para>The first keys of all chunks say which of them to read. Keys that are erased meanwhile stay in both and cost a look that finds nothing.</para>
/// </remarks>
internal sealed class RunSummary
{
    private const int PairsPerBlock = 32;
    private const int WordsPerBlock = 8;

    private readonly ulong[] _filter;
    private readonly ulong _blocks;
    private readonly List<ulong> _firstKeys = [];
    private readonly int _firstChunk;

    /// <summary>Makes the summary of no chunks.</summary>
    /// <param name="firstChunk">The number of the first chunk that will be added.</param>
    /// <param name="pairs">How many pairs there will be: more make the filter less sharp.</param>
    public RunSummary(int firstChunk, long pairs)
    {
        _firstChunk = firstChunk;
        _blocks = (ulong)(pairs / PairsPerBlock) + 1;
        _filter = new ulong[checked((int)_blocks * WordsPerBlock)];
    }

    /// <summary>One more than the last chunk that was added.</summary>
    public int EndChunk => _firstChunk + _firstKeys.Count;

    /// <summary>Adds the next chunk.</summary>
    public void Add(ReadOnlySpan<IndexPair> pairs)
    {
        // Of an empty chunk any key will do that keeps the order.
        _firstKeys.Add(pairs.IsEmpty ? (_firstKeys.Count == 0 ? 0 : _firstKeys[^1]) : pairs[0].Key);
        foreach (IndexPair pair in pairs)
        {
            Span<ulong> block = _filter.AsSpan(BlockOf(pair.Key), WordsPerBlock);
            for (int i = 0; i < WordsPerBlock; i++)
            {
                block[i] |= BitOf(pair.Key, i);
            }
        }
    }

    /// <summary>Whether the run may have the key: false is certain.</summary>
    public bool MayHave(ulong key)
    {
        ReadOnlySpan<ulong> block = _filter.AsSpan(BlockOf(key), WordsPerBlock);
        for (int i = 0; i < WordsPerBlock; i++)
        {
            if ((block[i] & BitOf(key, i)) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The last chunk whose first key is below a key, or the first chunk: from here on the key's pairs are found.</summary>
    public int FindChunk(ulong key)
    {
        ReadOnlySpan<ulong> firstKeys = CollectionsMarshal.AsSpan(_firstKeys);
        int low = 0;
        int high = firstKeys.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (firstKeys[middle] < key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return _firstChunk + Math.Max(low - 1, 0);
    }

    private int BlockOf(ulong key) => (int)Math.BigMul(key, _blocks, out _) * WordsPerBlock;

    private static ulong BitOf(ulong key, int word) => 1UL << (int)((key >> (6 * word)) & 63);
}
