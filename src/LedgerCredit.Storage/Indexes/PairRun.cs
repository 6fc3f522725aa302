namespace LedgerCredit.Storage.Indexes;

/// <summary>A run of an index: sorted pairs in chunks. The row of table <c>index_run</c>, and what is remembered of it.</summary>
internal sealed class PairRun
{
    /// <summary>Never used again for another run.</summary>
    public required long Number { get; init; }

    /// <summary>0: the one run of an index that is a single chunk and takes new pairs in; else from 1, by size.</summary>
    public required int Level { get; init; }

    /// <summary>Chunks before this one were merged into the target and are gone.</summary>
    public int FirstChunk { get; set; }

    /// <summary>Pairs of the first chunk before this one were merged into the target.</summary>
    public int FirstPair { get; set; }

    /// <summary>One more than the last chunk.</summary>
    public int EndChunk { get; set; }

    /// <summary>How many pairs count: not those that are in the target already.</summary>
    public long Pairs { get; set; }

    /// <summary>The run that this one is being merged into, or null.</summary>
    public long? Target { get; set; }

    /// <summary>How many chunks there are.</summary>
    public int Chunks => EndChunk - FirstChunk;

    /// <summary>What makes looking into it cheap, or null where that was not made.</summary>
    public RunSummary? Summary { get; set; }

    /// <summary>How often it was looked into without a summary.</summary>
    public long Lookups { get; set; }

    /// <summary>The level of a run of this many pairs.</summary>
    public static int LevelOf(long pairs)
    {
        int level = 1;
        for (long bound = (long)PairRunTable.ChunkPairs * PairIndex.FanOut; pairs >= bound; bound *= PairIndex.FanOut)
        {
            level++;
        }

        return level;
    }
}
