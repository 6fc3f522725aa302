using System.Buffers.Binary;
using System.Numerics;

namespace LedgerCredit.Evidence;

/// <summary>Finds the order in which the digests of a record stand in its payload: ascending in ASCII (docs/spec/records.md section 6).</summary>
/// <remarks>Keeps its buffers. Not thread-safe.</remarks>
internal sealed class DigestSorter
{
    // The lowest bits of a key, for the place of its text: no record has as many members.
    private const int PlaceBits = 16;
    private const ulong PlaceMask = (1UL << PlaceBits) - 1;

    // More are sorted by the framework, because counting takes the square of them.
    private const int MostCounted = 64;

    private ulong[] _keys = [];
    private ulong[] _sorted = [];
    private int[] _order = [];

    /// <summary>Sorts.</summary>
    /// <param name="texts">Digests in any order, fewer than 65,536.</param>
    /// <returns>Their positions in ascending order of the texts, valid until the next call.</returns>
    /// <remarks>
    /// By the first six characters, which chance makes different, and then by all: that finds hardly anything to do. Behind the six
    /// characters each key has the place of its text, so that no two keys are equal and the keys alone need be sorted.
    /// </remarks>
    public ReadOnlySpan<int> Sort(ReadOnlySpan<DigestText> texts)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(texts.Length, (int)PlaceMask);
        if (_keys.Length < texts.Length)
        {
            _keys = new ulong[texts.Length];
            _sorted = new ulong[texts.Length];
            _order = new int[texts.Length];
        }

        Span<ulong> keys = _keys.AsSpan(0, texts.Length);
        Span<ulong> sorted = _sorted.AsSpan(0, texts.Length);
        Span<int> order = _order.AsSpan(0, texts.Length);
        for (int i = 0; i < texts.Length; i++)
        {
            keys[i] = (BinaryPrimitives.ReadUInt64BigEndian(texts[i].AsSpan()) & ~PlaceMask) | (uint)i;
        }

        SortKeys(keys, sorted);
        bool hasTies = false;
        for (int i = 0; i < texts.Length; i++)
        {
            order[i] = (int)(sorted[i] & PlaceMask);
            hasTies |= i > 0 && sorted[i] >> PlaceBits == sorted[i - 1] >> PlaceBits;
        }

        if (hasTies)
        {
            SortWhole(texts, order);
        }

        return order;
    }

    // The rank of a key is the number of those below it. Counting has no branches that the processor must guess, as other sorting has.
    private static void SortKeys(ReadOnlySpan<ulong> keys, Span<ulong> sorted)
    {
        if (keys.Length > MostCounted)
        {
            keys.CopyTo(sorted);
            sorted.Sort();
            return;
        }

        int at = 0;
        for (; at <= keys.Length - Vector<ulong>.Count; at += Vector<ulong>.Count)
        {
            Vector<ulong> some = new(keys[at..]);
            Vector<ulong> ranks = Vector<ulong>.Zero;
            foreach (ulong key in keys)
            {
                // Where the comparison holds all bits of a lane are set, which is minus one.
                ranks -= Vector.LessThan(new Vector<ulong>(key), some);
            }

            for (int lane = 0; lane < Vector<ulong>.Count; lane++)
            {
                sorted[(int)ranks[lane]] = some[lane];
            }
        }

        for (; at < keys.Length; at++)
        {
            int rank = 0;
            foreach (ulong key in keys)
            {
                rank += key < keys[at] ? 1 : 0;
            }

            sorted[rank] = keys[at];
        }
    }

    // They are sorted but for those whose first six characters are the same.
    private static void SortWhole(ReadOnlySpan<DigestText> texts, Span<int> order)
    {
        for (int i = 1; i < order.Length; i++)
        {
            for (int j = i; j > 0 && texts[order[j]].CompareTo(texts[order[j - 1]]) < 0; j--)
            {
                (order[j - 1], order[j]) = (order[j], order[j - 1]);
            }
        }
    }
}
