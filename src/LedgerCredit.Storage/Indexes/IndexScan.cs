using System.Globalization;
using LedgerCredit.Log;

namespace LedgerCredit.Storage.Indexes;

/// <summary>Reads all pairs of an index, run by run, and checks on the way that the runs are as this program makes them.</summary>
/// <remarks>
/// For an audit, in a read transaction of the caller, and with no other use of the index meanwhile. Whether the pairs are the right ones is for
/// the caller to find out: here it is seen to that each of them is found where a look for it would look. Memory: one chunk.
/// </remarks>
public sealed class IndexScan
{
    private const int MaxProblems = 20;

    private readonly PairRunTable _table;
    private readonly IReadOnlyList<PairRun> _runs;
    private readonly List<string> _problems = [];
    private readonly IndexPair[] _chunk = new IndexPair[PairRunTable.ChunkPairs];
    private int _run;
    private int _next;
    private long _pairsOfRun;
    private IndexPair? _last;

    internal IndexScan(PairRunTable table, IReadOnlyList<PairRun> runs)
    {
        _table = table;
        _runs = runs;
        _next = runs.Count > 0 ? runs[0].FirstChunk : 0;
        CheckRuns();
    }

    /// <summary>What is wrong with the form of the runs so far, in sentences; at most twenty.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Reads the pairs of the next chunk.</summary>
    /// <param name="pairs">Valid until the next call; may be empty.</param>
    /// <returns>False at the end.</returns>
    public bool Read(out ReadOnlySpan<IndexPair> pairs)
    {
        while (_run < _runs.Count && _next == _runs[_run].EndChunk)
        {
            EndRun(_runs[_run]);
        }

        pairs = [];
        if (_run == _runs.Count)
        {
            return false;
        }

        PairRun run = _runs[_run];
        int chunk = _next++;
        try
        {
            int count = _table.ReadChunk(run, chunk, _chunk);
            int first = chunk == run.FirstChunk ? run.FirstPair : 0;
            if (first > count)
            {
                Add(run, $"begins behind the end of its chunk {chunk}");
                first = count;
            }

            pairs = _chunk.AsSpan(first, count - first);
        }
        catch (LogIntegrityException e)
        {
            Add(run, $"cannot be read: {e.Message}");
            return true;
        }

        // Also what is not counted any more must be in order, because it is searched.
        foreach (IndexPair pair in pairs)
        {
            if (_last >= pair)
            {
                Add(run, $"is not in order in its chunk {chunk}");
                break;
            }

            _last = pair;
        }

        _pairsOfRun += pairs.Length;
        return true;
    }

    private void EndRun(PairRun run)
    {
        if (_pairsOfRun != run.Pairs)
        {
            Add(run, $"has {_pairsOfRun} pairs where its row says {run.Pairs}");
        }

        _run++;
        _next = _run < _runs.Count ? _runs[_run].FirstChunk : 0;
        _pairsOfRun = 0;
        _last = null;
    }

    private void CheckRuns()
    {
        if (_runs.Count(run => run.Level == 0) > 1)
        {
            _problems.Add("The index has more than one run that new pairs go into.");
        }

        foreach (PairRun run in _runs)
        {
            if (run.Level == 0 && (run.EndChunk > 1 || run.FirstChunk > 0 || run.FirstPair > 0 || run.Target is not null))
            {
                Add(run, "takes new pairs, but is no single whole chunk");
            }

            if (run.Target is long target && !_runs.Any(other => other.Number == target && other.Number > run.Number && other.Level > run.Level && other.Target is null))
            {
                Add(run, $"is being merged into run {target}, which cannot be");
            }

            if (run.Target is null && (run.FirstChunk > 0 || run.FirstPair > 0))
            {
                Add(run, "has lost its beginning");
            }
        }
    }

    private void Add(PairRun run, FormattableString problem)
    {
        if (_problems.Count < MaxProblems)
        {
            _problems.Add($"Run {run.Number.ToString(CultureInfo.InvariantCulture)} {problem.ToString(CultureInfo.InvariantCulture)}.");
        }
    }

    private void Add(PairRun run, string problem) => Add(run, (FormattableString)$"{problem}");
}
