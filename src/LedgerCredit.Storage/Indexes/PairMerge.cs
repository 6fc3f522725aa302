namespace LedgerCredit.Storage.Indexes;

/// <summary>Merges runs into one, some chunks at a time.</summary>
/// <remarks>
/// A merge goes on over many transactions, and after each of them the pairs are whole: what is in the target is no longer counted in the
/// runs that it comes from. Their chunks are removed as they are used up, so that SQLite writes the target's into the pages that
/// become free. Memory: one chunk for each run. Buffers are kept, so not thread-safe.
/// </remarks>
internal sealed class PairMerge(PairRunTable table)
{
    private readonly IndexPair[] _output = new IndexPair[PairRunTable.ChunkPairs];
    private readonly List<Source> _sources = [];

    /// <summary>Goes on with a merge.</summary>
    /// <param name="target">Into which run.</param>
    /// <param name="inputs">All runs that are merged into it.</param>
    /// <param name="maxChunks">How many chunks of it to write at most.</param>
    /// <returns>Whether the merge has come to its end: the inputs are gone then.</returns>
    public bool Step(PairRun target, IReadOnlyList<PairRun> inputs, int maxChunks)
    {
        while (_sources.Count < inputs.Count)
        {
            _sources.Add(new Source(table));
        }

        Span<Source> sources = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sources)[..inputs.Count];
        for (int i = 0; i < inputs.Count; i++)
        {
            sources[i].Open(inputs[i]);
        }

        for (int written = 0; written < maxChunks; written++)
        {
            int count = Fill(sources);
            if (count > 0)
            {
                target.Summary?.Add(_output.AsSpan(0, count));
                table.AppendChunk(target, _output.AsSpan(0, count));
            }

            if (count < PairRunTable.ChunkPairs)
            {
                break;
            }
        }

        bool isDone = true;
        foreach (PairRun input in inputs)
        {
            isDone &= input.Chunks == 0;
        }

        table.Update(target);
        foreach (PairRun input in inputs)
        {
            if (isDone)
            {
                table.Remove(input);
            }
            else
            {
                table.Update(input);
            }
        }

        return isDone;
    }

    // Takes the smallest pairs of all sources in order until a chunk is full.
    private int Fill(Span<Source> sources)
    {
        int count = 0;
        while (count < _output.Length)
        {
            Source? smallest = null;
            foreach (Source source in sources)
            {
                if (source.HasPair && (smallest is null || source.Pair < smallest.Pair))
                {
                    smallest = source;
                }
            }

            if (smallest is null)
            {
                break;
            }

            _output[count++] = smallest.Pair;
            smallest.Take();
        }

        return count;
    }

    // A run with its first chunk in memory.
    private sealed class Source(PairRunTable table)
    {
        private readonly IndexPair[] _chunk = new IndexPair[PairRunTable.ChunkPairs];
        private PairRun _run = null!;
        private int _count;

        public bool HasPair { get; private set; }

        public IndexPair Pair { get; private set; }

        public void Open(PairRun run)
        {
            _run = run;
            Load();
        }

        public void Take()
        {
            _run.Pairs--;
            _run.FirstPair++;
            if (_run.FirstPair < _count)
            {
                Pair = _chunk[_run.FirstPair];
            }
            else
            {
                RemoveChunk();
                Load();
            }
        }

        private void Load()
        {
            HasPair = false;
            while (!HasPair && _run.Chunks > 0)
            {
                _count = table.ReadChunk(_run, _run.FirstChunk, _chunk);
                if (_run.FirstPair < _count)
                {
                    Pair = _chunk[_run.FirstPair];
                    HasPair = true;
                }
                else
                {
                    // All its pairs were erased.
                    RemoveChunk();
                }
            }
        }

        private void RemoveChunk()
        {
            table.RemoveChunk(_run, _run.FirstChunk);
            _run.FirstChunk++;
            _run.FirstPair = 0;
        }
    }
}
