namespace LedgerCredit.Node.Witnessing;

/// <summary>Which checkpoint of each log a serving node shows: the newest, or for a while the last that witnesses cosigned. Thread-safe.</summary>
/// <remarks>
/// <para>
/// While records arrive, the newest checkpoint is one that no witness was asked for yet, and whoever wants cosignatures would seldom see one. So what
/// the last rounds had cosigned is shown: of the rounds within <see cref="Rounds"/> intervals the checkpoint that most witnesses cosigned, and of those the
/// newest. Where no round had a cosignature in that time, it is the newest: witnesses that are down do not hold the log up, nor does a ledger that is down,
/// without which no witness is asked. The time counts from the end of a round, because the next one begins an interval after it.
/// </para>
/// <para>
/// What is shown never becomes smaller. Where the newest was shown meanwhile, it stays until a larger one is cosigned. That is known in memory only, and
/// holds across a restart all the same: what is shown after it is the newest of then, or one that was the newest when a round asked for it since.
/// </para>
/// </remarks>
/// <param name="interval">The time between two rounds.</param>
/// <param name="timeProvider">The clock.</param>
public sealed class PublishedCheckpoints(TimeSpan interval, TimeProvider timeProvider)
{
    /// <summary>For how many intervals a cosigned checkpoint is shown in place of newer ones.</summary>
    public const int Rounds = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, PublishedLog> _logs = [];

    /// <summary>Takes what came of asking the witnesses for a checkpoint, when all have had their say.</summary>
    /// <param name="log">The log's number in the store.</param>
    /// <param name="treeSize">The size of the checkpoint, which was the newest when they were asked.</param>
    /// <param name="cosignatures">How many of the configured witnesses cosigned it, now or before; 0 for none.</param>
    public void TakeRound(int log, ulong treeSize, int cosignatures)
    {
        if (cosignatures == 0)
        {
            return;
        }

        lock (_lock)
        {
            PublishedLog known = Of(log);
            known.Cosigned.RemoveAll(round => round.TreeSize == treeSize);
            known.Cosigned.Add(new CosignedRound(treeSize, cosignatures, EndedAt: null));
        }
    }

    /// <summary>The round is over, whatever came of it: what was taken in it counts from now.</summary>
    public void EndRound()
    {
        lock (_lock)
        {
            foreach (PublishedLog known in _logs.Values)
            {
                List<CosignedRound> ended = [.. known.Cosigned.Where(round => !IsOld(round)).Select(round => round with { EndedAt = round.EndedAt ?? timeProvider.GetTimestamp() })];
                known.Cosigned.Clear();
                known.Cosigned.AddRange(ended);
            }
        }
    }

    /// <summary>Chooses the checkpoint to show, from now on the smallest that is shown.</summary>
    /// <param name="log">The log's number in the store.</param>
    /// <param name="newest">The size of the newest checkpoint in the snapshot that is read.</param>
    /// <returns>The size of a checkpoint that the snapshot has.</returns>
    public ulong Choose(int log, ulong newest)
    {
        lock (_lock)
        {
            PublishedLog known = Of(log);
            known.Cosigned.RemoveAll(IsOld);
            ulong chosen = known.Cosigned.Count == 0
                ? newest
                : known.Cosigned
                    .Where(round => round.TreeSize >= known.Shown)
                    .OrderBy(round => round.Cosignatures)
                    .ThenBy(round => round.TreeSize)
                    .LastOrDefault()?.TreeSize ?? known.Shown;

            // A snapshot may be older than what another request was just shown; both were asked at the same time.
            chosen = Math.Min(chosen, newest);
            known.Shown = Math.Max(known.Shown, chosen);
            return chosen;
        }
    }

    private bool IsOld(CosignedRound round) => round.EndedAt is long endedAt && timeProvider.GetElapsedTime(endedAt) > Rounds * interval;

    private PublishedLog Of(int log)
    {
        if (!_logs.TryGetValue(log, out PublishedLog? known))
        {
            known = new PublishedLog();
            _logs.Add(log, known);
        }

        return known;
    }

    private sealed record CosignedRound(ulong TreeSize, int Cosignatures, long? EndedAt);

    private sealed class PublishedLog
    {
        // Those of the last rounds: in bounds by the time between them.
        public List<CosignedRound> Cosigned { get; } = [];

        public ulong Shown { get; set; }
    }
}
