using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LedgerCredit.Node.Telemetry;

/// <summary>What the node counts and times; docs/operations.md lists all of it. Thread-safe.</summary>
/// <remarks>
/// <para>
/// Names, units and attributes follow OpenTelemetry; units are those of UCUM. Without a listener a measurement costs next to nothing.
/// </para>
/// <para>
/// An attribute is the name of a member, of an endpoint or of an outcome: never anything of a record, of a caller or of a key.
/// </para>
/// </remarks>
public static class NodeMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "LedgerCredit.Node";

    /// <summary>The attribute that names a log by its member.</summary>
    public const string Issuer = "ledgercredit.issuer";

    /// <summary>The attribute that names a supervisory endpoint.</summary>
    public const string Endpoint = "ledgercredit.endpoint";

    /// <summary>The attribute that says why a record was refused.</summary>
    public const string Reason = "ledgercredit.reason";

    private static readonly Meter Meter = new(MeterName);

    // A group commit takes some milliseconds, and a second where the disk is slow.
    private static readonly InstrumentAdvice<double> DiskSeconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    };

    // Logs are anchored once a minute; a ledger may stand still for a day.
    private static readonly InstrumentAdvice<double> LedgerSeconds = new()
    {
        HistogramBucketBoundaries = [0.5, 1, 2, 5, 10, 20, 30, 45, 60, 75, 90, 120, 180, 300, 600, 1800, 3600, 14_400, 86_400],
    };

    private static readonly Counter<long> SequencedRecords = Meter.CreateCounter<long>(
        "ledgercredit.records.sequenced", "{record}", "Records that were added to a log.");

    private static readonly Counter<long> RefusedRecords = Meter.CreateCounter<long>(
        "ledgercredit.records.refused", "{record}", "Records that callers sent and that were not taken.");

    private static readonly UpDownCounter<long> QueuedRecords = Meter.CreateUpDownCounter<long>(
        "ledgercredit.records.queued", "{record}", "Records that callers sent and that wait to be sequenced and checkpointed.");

    private static readonly Histogram<double> WriteDuration = Meter.CreateHistogram(
        "ledgercredit.record.write.duration", "s", "From a record's being queued to its being durable.", tags: null, DiskSeconds);

    private static readonly Histogram<double> CheckpointDuration = Meter.CreateHistogram(
        "ledgercredit.record.checkpointed.duration", "s", "From records' having their places to their being durable under a signed checkpoint.", tags: null, DiskSeconds);

    private static readonly Histogram<double> AnchoredDuration = Meter.CreateHistogram(
        "ledgercredit.checkpoint.anchored.duration", "s", "From a checkpoint's being durable to its anchor's being in a block.", tags: null, LedgerSeconds);

    private static readonly Histogram<double> FinalDuration = Meter.CreateHistogram(
        "ledgercredit.checkpoint.final.duration", "s", "From a checkpoint's being durable to its anchor's being final.", tags: null, LedgerSeconds);

    private static readonly Histogram<double> MiningDuration = Meter.CreateHistogram(
        "ledgercredit.anchor.mined.duration", "s", "From an anchor's transaction being sent to its being in a block.", tags: null, LedgerSeconds);

    private static readonly Histogram<double> AnchorFinalDuration = Meter.CreateHistogram(
        "ledgercredit.anchor.final.duration", "s", "From an anchor's being in a block to its being final, with its proof kept.", tags: null, LedgerSeconds);

    private static readonly Counter<long> SentAnchors = Meter.CreateCounter<long>(
        "ledgercredit.anchors.sent", "{transaction}", "Transactions that anchor a log and were sent.");

    private static readonly Counter<long> RefusedAnchors = Meter.CreateCounter<long>(
        "ledgercredit.anchors.refused", "{attempt}", "Attempts to anchor a log that the ledger or the contract refused.");

    private static readonly Counter<long> DeliveredWebhooks = Meter.CreateCounter<long>(
        "ledgercredit.webhooks.delivered", "{message}", "Messages that supervisory endpoints took.");

    private static readonly Counter<long> FailedWebhooks = Meter.CreateCounter<long>(
        "ledgercredit.webhooks.failed", "{attempt}", "Attempts to deliver a message that failed.");

    /// <summary>Counts a record that was not taken.</summary>
    /// <param name="reason">One of a few words.</param>
    public static void RecordRefused(string reason) => RefusedRecords.Add(1, new KeyValuePair<string, object?>(Reason, reason));

    internal static void RecordsSequenced(string issuer, int count) => SequencedRecords.Add(count, Of(issuer));

    internal static void RecordQueued() => QueuedRecords.Add(1);

    internal static void RecordUnqueued() => QueuedRecords.Add(-1);

    internal static void RecordWritten(long queuedAt)
    {
        RecordUnqueued();
        if (WriteDuration.Enabled)
        {
            WriteDuration.Record(Stopwatch.GetElapsedTime(queuedAt).TotalSeconds);
        }
    }

    internal static void Checkpointed(long placedAt, string issuer) =>
        CheckpointDuration.Record(Stopwatch.GetElapsedTime(placedAt).TotalSeconds, Of(issuer));

    internal static void CheckpointAnchored(string issuer, TimeSpan waited) => AnchoredDuration.Record(waited.TotalSeconds, Of(issuer));

    internal static void CheckpointFinal(string issuer, TimeSpan waited) => FinalDuration.Record(waited.TotalSeconds, Of(issuer));

    internal static void AnchorSent(string issuer) => SentAnchors.Add(1, Of(issuer));

    internal static void AnchorMined(string issuer, TimeSpan sinceSent) => MiningDuration.Record(sinceSent.TotalSeconds, Of(issuer));

    internal static void AnchorFinal(string issuer, TimeSpan sinceMined) => AnchorFinalDuration.Record(sinceMined.TotalSeconds, Of(issuer));

    internal static void AnchorRefused(string issuer) => RefusedAnchors.Add(1, Of(issuer));

    internal static void WebhookTried(string endpoint, bool isTaken) =>
        (isTaken ? DeliveredWebhooks : FailedWebhooks).Add(1, new KeyValuePair<string, object?>(Endpoint, endpoint));

    private static KeyValuePair<string, object?> Of(string issuer) => new(Issuer, issuer);
}
