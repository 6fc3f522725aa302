using System.Diagnostics;

namespace LedgerCredit.Node.Telemetry;

/// <summary>The spans of what the node does: rounds, transactions, deliveries, group commits. Thread-safe.</summary>
/// <remarks>Of a failure a span has the type alone: messages are for the node's own lines.</remarks>
public static class NodeTraces
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "LedgerCredit.Node";

    /// <summary>One group commit of records, with links to the requests that sent them.</summary>
    internal const string IngestBatch = "ingest batch";

    /// <summary>One round over all logs.</summary>
    internal const string AnchorRound = "anchor round";

    /// <summary>One anchor from being sent to being final.</summary>
    internal const string AnchorTransaction = "anchor transaction";

    /// <summary>One look at the ledger, with all that follows from it.</summary>
    internal const string IndexRound = "index round";

    /// <summary>One attempt to deliver a message.</summary>
    internal const string OutboxDelivery = "outbox delivery";

    /// <summary>The requests that a span of a group commit links to at most; a span takes no more of OpenTelemetry's own.</summary>
    internal const int MaxLinks = 128;

    internal static readonly ActivitySource Source = new(SourceName);

    /// <summary>Does something within a span.</summary>
    internal static async Task<T> RunAsync<T>(string name, ActivityKind kind, Func<Activity?, Task<T>> work)
    {
        using Activity? activity = Source.StartActivity(name, kind);
        try
        {
            return await work(activity);
        }
        catch (Exception e) when (Fail(activity, e))
        {
            throw;
        }
    }

    /// <summary>Does something within a span.</summary>
    internal static Task RunAsync(string name, Func<Activity?, Task> work) => RunAsync(
        name,
        ActivityKind.Internal,
        async activity =>
        {
            await work(activity);
            return true;
        });

    /// <summary>Notes that a span's work failed.</summary>
    /// <returns>False, so that it can stand where an exception passes by.</returns>
    internal static bool Fail(Activity? activity, Exception e)
    {
        if (e is not OperationCanceledException)
        {
            activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", e.GetType().FullName);
        }

        return false;
    }
}
