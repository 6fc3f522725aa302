namespace LedgerCredit.Storage.Indexes;

/// <summary>One index: a set of pairs in sorted runs that are merged as they become many.</summary>
/// <remarks>
/// <para>
/// New pairs go into a run of one chunk that is written anew each time. When it is full, what is in it and the new pairs become a run of
/// their own, and each merge under way goes on by one and a half times as many pairs: so it ends before as many runs again wait for the next,
/// and no transaction has to merge more than a multiple of what it adds. <see cref="FanOut"/> runs of a level become one of the next level or a
/// higher one, so that a pair is written as often as there are levels: once more each time the index grows eightfold.
/// </para>
/// <para>
/// Everything happens in the caller's transaction. What is in memory is what the rows say (<see cref="PairIndexSet"/> sees to it).
/// </para>
/// </remarks>
internal sealed class PairIndex(IndexKind kind, PairRunTable table)
{
    /// <summary>So many runs of a level are merged into one.</summary>
    public const int FanOut = 8;

    // More would make a merge take too much memory; the rest waits for the next.
    private const int MaxInputs = 4 * FanOut;

    private readonly PairMerge _merge = new(table);
    private readonly PairRunSearch _search = new(table);
    private readonly PairRangeSearch _ranges = new(table, new PairRunSearch(table));
    private readonly IndexPair[] _chunk = new IndexPair[PairRunTable.ChunkPairs];

    // Null until they are read.
    private List<PairRun>? _runs;

    // The pairs of the run of level 0; null until they are read.
    private List<IndexPair>? _tail;

    // Whether anybody looks pairs up here: then summaries of new runs are made with them rather than read back.
    private bool _isLookedInto;

    private List<PairRun> Runs => _runs ??= table.ReadRuns(kind);

    private PairRun? TailRun => Runs.Find(run => run.Level == 0);

    /// <summary>How many pairs there are.</summary>
    public long Count => Runs.Sum(run => run.Pairs);

    /// <summary>The runs by number.</summary>
    public IReadOnlyList<PairRun> AllRuns => Runs;

    /// <summary>Forgets what is in memory.</summary>
    public void Forget()
    {
        _runs = null;
        _tail = null;
    }

    /// <summary>Reads the runs again, which another process may have changed.</summary>
    public void Refresh()
    {
        if (_runs is null)
        {
            return;
        }

        // The pairs of a chunk become fewer by erasures alone, and numbers of runs are not used again. So a summary of as many chunks
        // still holds.
        Dictionary<long, RunSummary> summaries = _runs
            .Where(run => run.Summary is not null)
            .ToDictionary(run => run.Number, run => run.Summary!);
        Forget();
        foreach (PairRun run in Runs)
        {
            if (summaries.TryGetValue(run.Number, out RunSummary? summary) && summary.EndChunk == run.EndChunk)
            {
                run.Summary = summary;
            }
        }
    }

    /// <summary>Adds pairs.</summary>
    /// <param name="pairs">In any order; they are sorted in place.</param>
    public void Add(Span<IndexPair> pairs)
    {
        if (pairs.IsEmpty)
        {
            return;
        }

        pairs.Sort();
        PairRun tail = ReadTail();
        if (pairs.Length + tail.Pairs <= PairRunTable.ChunkPairs)
        {
            foreach (IndexPair pair in pairs)
            {
                int place = _tail!.BinarySearch(pair);
                _tail.Insert(place < 0 ? ~place : place, pair);
            }

            WriteTail(tail);
            return;
        }

        AddRun(tail, pairs);
        StartMerges();
        foreach (PairRun target in Runs.FindAll(run => Runs.Exists(input => input.Target == run.Number)))
        {
            GoOnWith(target, (int)Math.Min(((long)pairs.Length * 3 / 2 / PairRunTable.ChunkPairs) + 1, int.MaxValue));
        }
    }

    /// <summary>Removes a pair wherever it stands, also where it is not counted any more.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(IndexPair pair)
    {
        bool isRemoved = false;
        foreach (PairRun run in Runs)
        {
            if (run.Level == 0)
            {
                PairRun tail = ReadTail();
                int place = _tail!.BinarySearch(pair);
                if (place >= 0)
                {
                    _tail.RemoveAt(place);
                    WriteTail(tail);
                    isRemoved = true;
                }
            }
            else
            {
                isRemoved |= RemoveFrom(run, pair);
            }
        }

        return isRemoved;
    }

    /// <summary>Whether a pair is there.</summary>
    public bool Has(IndexPair pair)
    {
        List<long> positions = [];
        Find(pair.Key, positions);
        return positions.Contains(pair.Position);
    }

    /// <summary>Finds the positions of a key, in no order.</summary>
    public void Find(ulong key, List<long> positions)
    {
        _isLookedInto = true;
        foreach (PairRun run in Runs)
        {
            _search.Prepare(run, 1, Runs);
            if (run.Summary is null || run.Summary.MayHave(key))
            {
                FindIn(run, key, positions);
            }
        }
    }

    /// <summary>Finds the positions of many keys: for each key that may be there, what is found is told.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="found">Gets the number of the key with a position, in no order.</param>
    public void Find(ReadOnlySpan<ulong> keys, List<(int Number, long Position)> found)
    {
        _isLookedInto = true;
        List<long> positions = [];
        foreach (PairRun run in Runs)
        {
            _search.Prepare(run, keys.Length, Runs);
            for (int i = 0; i < keys.Length; i++)
            {
                if (run.Summary is not null && !run.Summary.MayHave(keys[i]))
                {
                    continue;
                }

                FindIn(run, keys[i], positions);
                foreach (long position in positions)
                {
                    found.Add((i, position));
                }

                positions.Clear();
            }
        }
    }

    /// <summary>Finds some positions of a key, and reads no more of the index than that.</summary>
    /// <param name="key">The key.</param>
    /// <param name="range">Where the positions are.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="isDescending">Whether the highest are found, the highest first, or the lowest, the lowest first.</param>
    public List<long> Find(ulong key, PositionRange range, int limit, bool isDescending)
    {
        _isLookedInto = true;
        List<long> positions = [];
        foreach (PairRun run in Runs)
        {
            _search.Prepare(run, 1, Runs);
            if (run.Level == 0)
            {
                ReadTail();
                PairRangeSearch.Take(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tail), key, range, limit, isDescending, positions);
            }
            else if (run.Summary is null || run.Summary.MayHave(key))
            {
                _ranges.Find(run, key, range, limit, isDescending, positions);
            }
        }

        // Each run gave as many as are wanted in all.
        positions.Sort();
        if (isDescending)
        {
            positions.Reverse();
        }

        return positions.Count > limit ? positions.GetRange(0, limit) : positions;
    }

    private PairRun ReadTail()
    {
        PairRun? tail = TailRun;
        if (tail is null)
        {
            tail = table.AddRun(kind, level: 0);
            Runs.Add(tail);
        }

        if (_tail is null)
        {
            _tail = [];
            if (tail.Chunks > 0)
            {
                int count = table.ReadChunk(tail, tail.FirstChunk, _chunk);
                _tail.AddRange(_chunk.AsSpan(0, count));
            }
        }

        return tail;
    }

    private void WriteTail(PairRun tail)
    {
        ReadOnlySpan<IndexPair> pairs = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tail);
        if (pairs.IsEmpty && tail.Chunks > 0)
        {
            table.RemoveChunk(tail, 0);
            tail.EndChunk = 0;
            tail.Pairs = 0;
        }
        else if (tail.Chunks > 0)
        {
            table.ReplaceChunk(tail, 0, pairs);
            tail.Pairs = pairs.Length;
        }
        else if (!pairs.IsEmpty)
        {
            table.AppendChunk(tail, pairs);
        }

        table.Update(tail);
    }

    // A run of the tail's pairs and the new ones.
    private void AddRun(PairRun tail, ReadOnlySpan<IndexPair> pairs)
    {
        List<IndexPair> tailPairs = _tail!;
        int total = tailPairs.Count + pairs.Length;
        PairRun run = table.AddRun(kind, PairRun.LevelOf(total));
        run.Summary = _isLookedInto ? new RunSummary(0, total) : null;
        int fromTail = 0;
        int fromPairs = 0;
        while (run.Pairs < total)
        {
            int count = 0;
            while (count < _chunk.Length && fromTail + fromPairs < total)
            {
                bool takesTail = fromPairs == pairs.Length || (fromTail < tailPairs.Count && tailPairs[fromTail] < pairs[fromPairs]);
                _chunk[count++] = takesTail ? tailPairs[fromTail++] : pairs[fromPairs++];
            }

            run.Summary?.Add(_chunk.AsSpan(0, count));
            table.AppendChunk(run, _chunk.AsSpan(0, count));
        }

        table.Update(run);
        Runs.Add(run);
        tailPairs.Clear();
        WriteTail(tail);
    }

    private void StartMerges()
    {
        foreach (IGrouping<int, PairRun> level in Runs.Where(run => run.Level > 0).GroupBy(run => run.Level).ToList())
        {
            // One merge of a level at a time, and nothing out of a run that is still being filled.
            List<PairRun> waiting = [.. level.Where(run => run.Target is null && !Runs.Exists(input => input.Target == run.Number))];
            if (waiting.Count < FanOut || level.Any(run => run.Target is not null))
            {
                continue;
            }

            List<PairRun> inputs = waiting[..Math.Min(waiting.Count, MaxInputs)];
            long pairs = inputs.Sum(run => run.Pairs);
            PairRun target = table.AddRun(kind, Math.Max(level.Key + 1, PairRun.LevelOf(pairs)));
            target.Summary = _isLookedInto ? new RunSummary(0, pairs) : null;
            foreach (PairRun input in inputs)
            {
                input.Target = target.Number;
            }

            Runs.Add(target);
        }
    }

    private void GoOnWith(PairRun target, int maxChunks)
    {
        if (_merge.Step(target, Runs.FindAll(run => run.Target == target.Number), maxChunks))
        {
            Runs.RemoveAll(run => run.Target == target.Number);
        }
    }

    private void FindIn(PairRun run, ulong key, List<long> positions)
    {
        if (run.Level == 0)
        {
            ReadTail();
            int place = _tail!.BinarySearch(new IndexPair(key, long.MinValue));
            for (place = place < 0 ? ~place : place; place < _tail.Count && _tail[place].Key == key; place++)
            {
                positions.Add(_tail[place].Position);
            }

            return;
        }

        for (int chunk = _search.FindChunk(run, key); chunk < run.EndChunk; chunk++)
        {
            int count = table.ReadChunk(run, chunk, _chunk);
            int first = chunk == run.FirstChunk ? Math.Min(run.FirstPair, count) : 0;
            ReadOnlySpan<IndexPair> pairs = _chunk.AsSpan(first, count - first);
            int place = pairs.BinarySearch(new IndexPair(key, long.MinValue));
            for (place = place < 0 ? ~place : place; place < pairs.Length && pairs[place].Key == key; place++)
            {
                positions.Add(pairs[place].Position);
            }

            if (place < pairs.Length)
            {
                return;
            }
        }
    }

    private bool RemoveFrom(PairRun run, IndexPair pair)
    {
        for (int chunk = _search.FindChunk(run, pair.Key); chunk < run.EndChunk; chunk++)
        {
            int count = table.ReadChunk(run, chunk, _chunk);
            Span<IndexPair> pairs = _chunk.AsSpan(0, count);
            int place = pairs.BinarySearch(pair);
            if (place >= 0)
            {
                pairs[(place + 1)..].CopyTo(pairs[place..]);
                table.ReplaceChunk(run, chunk, pairs[..^1]);
                if (chunk == run.FirstChunk && place < run.FirstPair)
                {
                    run.FirstPair--;
                }
                else
                {
                    run.Pairs--;
                }

                table.Update(run);
                return true;
            }

            if (~place < count)
            {
                return false;
            }
        }

        return false;
    }
}
