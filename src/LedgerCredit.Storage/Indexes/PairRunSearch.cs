namespace LedgerCredit.Storage.Indexes;

/// <summary>Finds the chunk of a run where a key's pairs begin, if it has any. Keeps a buffer, so not thread-safe.</summary>
internal sealed class PairRunSearch(PairRunTable table)
{
    // About how many chunks a look into a run without a summary reads.
    private const int LookupReads = 4;

    private readonly IndexPair[] _chunk = new IndexPair[PairRunTable.ChunkPairs];

    /// <summary>Makes the summary of a run when it has been looked into so often that reading it once would have cost no more.</summary>
    /// <param name="run">The run.</param>
    /// <param name="lookups">How often it will be looked into now.</param>
    /// <param name="all">All runs of the index.</param>
    public void Prepare(PairRun run, int lookups, IReadOnlyList<PairRun> all)
    {
        if (run.Level == 0 || run.Summary is not null)
        {
            return;
        }

        run.Lookups += lookups;
        if (run.Lookups * LookupReads < run.Chunks)
        {
            return;
        }

        long expected = run.Pairs + all.Where(input => input.Target == run.Number).Sum(input => input.Pairs);
        RunSummary summary = new(run.FirstChunk, expected);
        for (int chunk = run.FirstChunk; chunk < run.EndChunk; chunk++)
        {
            int count = table.ReadChunk(run, chunk, _chunk);
            summary.Add(_chunk.AsSpan(0, count));
        }

        run.Summary = summary;
    }

    /// <summary>The last chunk that begins below a key, or the first one: from here on the key's pairs are found.</summary>
    public int FindChunk(PairRun run, ulong key)
    {
        if (run.Summary is RunSummary summary)
        {
            return Math.Max(run.FirstChunk, summary.FindChunk(key));
        }

        // Keys are even in number over their range, so the chunk is near where it would be if they were exactly so: step away from
        // there, twice as far each time, until it is between two chunks that were looked at; then halve.
        int low = run.FirstChunk;
        int high = run.EndChunk;
        bool isAbove = false;
        bool isBelow = false;
        int probe = (int)Math.BigMul(key, (ulong)run.EndChunk, out _);
        for (int step = 1; high - low > 1; step = Math.Min(2 * step, run.EndChunk))
        {
            probe = Math.Clamp(probe, low + 1, high - 1);
            if (BeginsBelow(run, probe, high, new IndexPair(key, long.MinValue)))
            {
                low = probe;
                isAbove = true;
                probe += step;
            }
            else
            {
                high = probe;
                isBelow = true;
                probe -= step;
            }

            if (isAbove && isBelow)
            {
                probe = low + ((high - low) / 2);
            }
        }

        return low;
    }

    /// <summary>The last chunk that begins below a pair, or the first one, where a key may have so many pairs that they fill many chunks.</summary>
    public int FindChunk(PairRun run, IndexPair pair)
    {
        // From where the key begins: most keys end in the same chunk. Then twice as far each time, and halves of the last step.
        int low = FindChunk(run, pair.Key);
        int high = run.EndChunk;
        for (int step = 1; low + step < high; step *= 2)
        {
            if (!BeginsBelow(run, low + step, high, pair))
            {
                high = low + step;
                break;
            }

            low += step;
        }

        while (high - low > 1)
        {
            int middle = low + ((high - low) / 2);
            if (BeginsBelow(run, middle, high, pair))
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // Empty chunks begin where the next one does that is not.
    private bool BeginsBelow(PairRun run, int chunk, int end, IndexPair pair)
    {
        for (; chunk < end; chunk++)
        {
            if (table.TryReadFirstPair(run, chunk, out IndexPair first))
            {
                return first < pair;
            }
        }

        return false;
    }
}
