namespace LedgerCredit.Storage.Indexes;

/// <summary>Takes some of a key's pairs out of a run, where there may be very many of them. Keeps a buffer, so not thread-safe.</summary>
internal sealed class PairRangeSearch(PairRunTable table, PairRunSearch search)
{
    private readonly IndexPair[] _chunk = new IndexPair[PairRunTable.ChunkPairs];

    /// <summary>Finds positions of a key in a run.</summary>
    /// <param name="run">The run; none of level 0.</param>
    /// <param name="key">The key.</param>
    /// <param name="range">Where the positions are.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="isDescending">Whether the highest are taken, or the lowest.</param>
    /// <param name="positions">Gets them, in no order.</param>
    public void Find(PairRun run, ulong key, PositionRange range, int limit, bool isDescending, List<long> positions)
    {
        IndexPair first = new(key, range.First);
        IndexPair end = new(key, range.End);
        int left = limit;
        int chunk = search.FindChunk(run, isDescending ? end : first);
        bool isOver = false;
        while (!isOver && left > 0 && chunk >= run.FirstChunk && chunk < run.EndChunk)
        {
            ReadOnlySpan<IndexPair> pairs = Read(run, chunk);
            left -= Take(pairs, key, range, left, isDescending, positions);
            isOver = !pairs.IsEmpty && (isDescending ? pairs[0] < first : pairs[^1] >= end);
            chunk += isDescending ? -1 : 1;
        }
    }

    /// <summary>Takes positions of a key out of pairs that are in order.</summary>
    /// <returns>How many.</returns>
    public static int Take(ReadOnlySpan<IndexPair> pairs, ulong key, PositionRange range, int limit, bool isDescending, List<long> positions)
    {
        int first = PlaceOf(pairs, new IndexPair(key, range.First));
        int end = PlaceOf(pairs, new IndexPair(key, range.End));
        int count = Math.Clamp(end - first, 0, limit);
        int begin = isDescending ? end - count : first;
        for (int i = begin; i < begin + count; i++)
        {
            positions.Add(pairs[i].Position);
        }

        return count;
    }

    private static int PlaceOf(ReadOnlySpan<IndexPair> pairs, IndexPair pair)
    {
        int place = pairs.BinarySearch(pair);
        return place < 0 ? ~place : place;
    }

    // The pairs of a chunk that still count.
    private ReadOnlySpan<IndexPair> Read(PairRun run, int chunk)
    {
        int count = table.ReadChunk(run, chunk, _chunk);
        int first = chunk == run.FirstChunk ? Math.Min(run.FirstPair, count) : 0;
        return _chunk.AsSpan(first, count - first);
    }
}
