using System.Diagnostics.Metrics;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Telemetry;

/// <summary>How the node stands: what waits in its store, and how far its ledger is. Thread-safe but for <see cref="Look"/>.</summary>
/// <remarks>Who asks for a gauge gets what the last look saw, so that no question of a collector waits for the store.</remarks>
internal sealed class StoreWatch : IDisposable
{
    private readonly TimeProvider _timeProvider;
    private readonly Meter _meter;
    private volatile Sight _last = new([], [], null);
    private volatile LedgerIndexer? _indexer;
    private volatile LedgerBlock? _lastHead;

    // Owned by whoever looks. A store is kept open, because opening one takes longer than a look.
    private Store? _store;

    internal StoreWatch(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        Times = new CheckpointTimes(timeProvider);

        // Of its own, so that the gauges end with the node.
        _meter = new Meter(NodeMetrics.MeterName);
        _meter.CreateObservableGauge("ledgercredit.records.unanchored", ReadUnanchored, "{record}", "Records that are in no final anchor yet.");
        _meter.CreateObservableGauge("ledgercredit.records.unanchored.age", ReadUnanchoredAges, "s", "How long the oldest record that is in no final anchor has waited since the node saw it.");
        _meter.CreateObservableGauge("ledgercredit.anchor.age", ReadAnchorAges, "s", "Time since the block of the newest final anchor.");
        _meter.CreateObservableGauge("ledgercredit.outbox.messages", ReadOutbox, "{message}", "Messages that a supervisory endpoint has not taken yet.");
        _meter.CreateObservableGauge("ledgercredit.ledger.block", ReadBlock, "{block}", "The number of the newest block of the ledger that the node saw.");
        _meter.CreateObservableGauge("ledgercredit.ledger.block.age", ReadBlockAge, "s", "Time since the newest block of the ledger that the node saw.");
        _meter.CreateObservableGauge("ledgercredit.ledger.lag", ReadLag, "{block}", "Blocks of the ledger whose events are not in the node's index yet.");
    }

    /// <summary>How long checkpoints wait.</summary>
    internal CheckpointTimes Times { get; }

    // A new connection has a new indexer, which saw no block yet.
    private LedgerBlock? Head => _lastHead = _indexer?.Head ?? _lastHead;

    /// <summary>Takes in who follows the ledger from now on.</summary>
    internal void Follow(LedgerIndexer indexer)
    {
        _ = Head;
        _indexer = indexer;
    }

    /// <summary>Takes a look at the store.</summary>
    internal void Look(Workspace workspace)
    {
        try
        {
            _store ??= workspace.OpenStore(StoreAccess.Read);
            using StoreTransaction snapshot = _store.BeginRead();
            Sight sight = Read(_store, workspace.Config.Supervisors);
            Times.Look([.. sight.Logs.Select(log => log.Head)]);
            _last = sight;
        }
        catch
        {
            _store?.Dispose();
            _store = null;
            throw;
        }
    }

    public void Dispose()
    {
        _meter.Dispose();
        _store?.Dispose();
    }

    /// <summary>How far the logs of a store are.</summary>
    internal static LogHead ReadHead(Store store, StoredLog log, StoredAnchor? final) =>
        new(log.Issuer, store.Checkpoints.FindLatest(log.Number)?.TreeSize ?? 0, final?.TreeSize ?? 0);

    private static Sight Read(Store store, IReadOnlyList<SupervisorConfig> supervisors)
    {
        List<LogSight> logs = [];
        foreach (StoredLog log in store.Logs.ReadAll())
        {
            StoredAnchor? final = store.Anchors.FindLatestFinal(log.Number);
            logs.Add(new LogSight(
                ReadHead(store, log, final),
                final is not null && LedgerProof.TryDecode(final.LedgerProof, out LedgerProof? proof) ? proof.FindBlockTime() : null));
        }

        return new Sight(
            logs,
            [.. supervisors.Select(supervisor => (supervisor.Name, store.Outbox.CountPending(supervisor.Name)))],
            store.LedgerPositions.FindLatest()?.BlockNumber);
    }

    private IEnumerable<Measurement<long>> ReadUnanchored() => _last.Logs.Select(log => Of(log, checked((long)(log.Head.Size - Math.Min(log.Head.Size, log.Head.FinalSize)))));

    private IEnumerable<Measurement<double>> ReadUnanchoredAges() => _last.Logs.Select(log => Of(log, Times.FindOldest(log.Head.Issuer).TotalSeconds));

    private IEnumerable<Measurement<double>> ReadAnchorAges() => _last.Logs.Where(log => log.AnchoredAt is not null).Select(log => Of(log, SecondsSince(log.AnchoredAt!.Value)));

    private IEnumerable<Measurement<long>> ReadOutbox() =>
        _last.Outbox.Select(endpoint => new Measurement<long>(endpoint.Messages, new KeyValuePair<string, object?>(NodeMetrics.Endpoint, endpoint.Name)));

    private IEnumerable<Measurement<long>> ReadBlock() => Head is LedgerBlock head ? [new(Signed(head.Header.Number))] : [];

    private IEnumerable<Measurement<double>> ReadBlockAge() =>
        Head is LedgerBlock head && head.Header.Timestamp <= LedgerProof.LatestTime ? [new(SecondsSince(DateTimeOffset.FromUnixTimeSeconds((long)head.Header.Timestamp)))] : [];

    private IEnumerable<Measurement<long>> ReadLag() =>
        Head is LedgerBlock head && _last.IndexedBlock is ulong indexed ? [new(Signed(head.Header.Number - Math.Min(head.Header.Number, indexed)))] : [];

    private static Measurement<T> Of<T>(LogSight log, T value)
        where T : struct => new(value, new KeyValuePair<string, object?>(NodeMetrics.Issuer, log.Head.Issuer));

    // The clocks of ledger and machine differ, on a devnet by as much as somebody likes.
    private double SecondsSince(DateTimeOffset time) => Math.Max(0, (_timeProvider.GetUtcNow() - time).TotalSeconds);

    // An endpoint says what it likes.
    private static long Signed(ulong number) => (long)Math.Min(number, long.MaxValue);

    private sealed record Sight(IReadOnlyList<LogSight> Logs, IReadOnlyList<(string Name, long Messages)> Outbox, ulong? IndexedBlock);

    private sealed record LogSight(LogHead Head, DateTimeOffset? AnchoredAt);
}
