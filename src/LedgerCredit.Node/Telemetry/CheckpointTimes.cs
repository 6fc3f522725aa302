namespace LedgerCredit.Node.Telemetry;

/// <summary>How long checkpoints wait for the ledger, by what this process sees of the store. Thread-safe.</summary>
/// <remarks>
/// <para>
/// The store keeps no times: nothing signs them, so that they could be altered unnoticed. So the node looks at the heads of its logs about once a
/// second, whoever wrote the records: it, an import, another command. A checkpoint counts from the last look that did not show it, so that
/// a time is up to one look too long and never too short.
/// </para>
/// <para>
/// A restart forgets: what was there before the first look has no time, and is not measured rather than measured too short. Until it is anchored,
/// <see cref="FindOldest"/> counts it from the first look.
/// </para>
/// </remarks>
internal sealed class CheckpointTimes(TimeProvider timeProvider)
{
    /// <summary>The most times that are kept of a log. When they are as many, every second one is forgotten.</summary>
    internal const int MaxMarks = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LogTimes> _logs = new(StringComparer.Ordinal);
    private long? _lastLook;

    /// <summary>Takes a look at all logs of the store.</summary>
    /// <param name="heads">Each log with the sizes of its newest checkpoint and of its newest final anchor, 0 where there is none.</param>
    internal void Look(IReadOnlyList<LogHead> heads)
    {
        ArgumentNullException.ThrowIfNull(heads);
        long now = timeProvider.GetTimestamp();
        lock (_lock)
        {
            foreach (LogHead head in heads)
            {
                if (!_logs.TryGetValue(head.Issuer, out LogTimes? times))
                {
                    // A log that is new since the last look began empty.
                    times = new LogTimes(_lastLook is null ? head.Size : 0, _lastLook ?? now);
                    _logs.Add(head.Issuer, times);
                }

                times.See(head.Size, _lastLook ?? now);

                // Also what another process anchored. It is final since the last look.
                if (head.FinalSize > times.FinalSize)
                {
                    Final(head.Issuer, head.FinalSize);
                }
            }

            _lastLook = now;
        }
    }

    /// <summary>Takes in that an anchor is in a block, and measures the checkpoints that it covers.</summary>
    internal void Anchored(string issuer, ulong treeSize)
    {
        lock (_lock)
        {
            Find(issuer, treeSize)?.Measure(treeSize, wasMined: false, since => NodeMetrics.CheckpointAnchored(issuer, timeProvider.GetElapsedTime(since)));
        }
    }

    /// <summary>Takes in that an anchor is final, and measures the checkpoints that it covers.</summary>
    internal void Final(string issuer, ulong treeSize)
    {
        lock (_lock)
        {
            Anchored(issuer, treeSize);
            LogTimes? times = Find(issuer, treeSize);
            times?.Measure(treeSize, wasMined: true, since => NodeMetrics.CheckpointFinal(issuer, timeProvider.GetElapsedTime(since)));
            times?.Reach(treeSize);
        }
    }

    /// <summary>How long the oldest record of a log has waited to be in a final anchor; zero where none waits.</summary>
    internal TimeSpan FindOldest(string issuer)
    {
        lock (_lock)
        {
            return _logs.TryGetValue(issuer, out LogTimes? times) && times.OldestSince is long since ? timeProvider.GetElapsedTime(since) : TimeSpan.Zero;
        }
    }

    // What is anchored was there: it may have come since the last look. Null before the first one.
    private LogTimes? Find(string issuer, ulong treeSize)
    {
        LogTimes? times = _logs.GetValueOrDefault(issuer);
        times?.See(treeSize, _lastLook ?? timeProvider.GetTimestamp());
        return times;
    }

    private sealed class LogTimes
    {
        private readonly ulong _unknownBelow;
        private readonly long _begun;

        // In order of size.
        private readonly List<Mark> _marks = [];
        private ulong _size;

        internal LogTimes(ulong unknownBelow, long begun)
        {
            _unknownBelow = unknownBelow;
            _begun = begun;
            _size = unknownBelow;
        }

        internal ulong FinalSize { get; private set; }

        internal long? OldestSince =>
            FinalSize < _unknownBelow ? _begun
            : _marks.Count > 0 ? _marks[0].Since
            : null;

        internal void See(ulong size, long since)
        {
            if (size <= _size)
            {
                return;
            }

            _size = size;
            if (_marks.Count == MaxMarks)
            {
                // Of each two one stays: with the larger size, to cover both, and the earlier time, to be never too short.
                for (int i = 0; i < MaxMarks / 2; i++)
                {
                    _marks[i] = _marks[(2 * i) + 1] with { Since = _marks[2 * i].Since };
                }

                _marks.RemoveRange(MaxMarks / 2, MaxMarks / 2);
            }

            _marks.Add(new Mark(size, since, IsMined: false));
        }

        internal void Measure(ulong treeSize, bool wasMined, Action<long> measure)
        {
            for (int i = 0; i < _marks.Count && _marks[i].Size <= treeSize; i++)
            {
                if (_marks[i].IsMined == wasMined)
                {
                    measure(_marks[i].Since);
                    _marks[i] = _marks[i] with { IsMined = true };
                }
            }
        }

        internal void Reach(ulong finalSize)
        {
            FinalSize = Math.Max(FinalSize, finalSize);
            _marks.RemoveAll(mark => mark.Size <= finalSize);
        }
    }

    private readonly record struct Mark(ulong Size, long Since, bool IsMined);
}

/// <summary>How far a log is.</summary>
/// <param name="Issuer">The log.</param>
/// <param name="Size">The size of its newest checkpoint; 0 for none.</param>
/// <param name="FinalSize">The size of its newest final anchor; 0 for none.</param>
internal readonly record struct LogHead(string Issuer, ulong Size, ulong FinalSize);
