using System.Diagnostics;
using System.Security.Cryptography;
using LedgerCredit.Node.Telemetry;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Outbox;

/// <summary>What became of one attempt to deliver a message.</summary>
/// <param name="Endpoint">The endpoint's name.</param>
/// <param name="EventId">The event.</param>
/// <param name="Attempts">How many attempts there were, with this one.</param>
/// <param name="Problem">Why it failed; null where the endpoint took it.</param>
/// <param name="NextAttemptAt">When it is tried again; null where the endpoint took it.</param>
public sealed record DeliveryOutcome(string Endpoint, string EventId, int Attempts, string? Problem, DateTimeOffset? NextAttemptAt);

/// <summary>Sends what is in the outbox and due: at least once, with the same id and bytes each time.</summary>
/// <remarks>
/// Endpoints do not wait for each other, nor do the messages of one for an earlier one that it refuses. Only where an
/// endpoint gives no answer at all, the others that are due wait for the next call, so that a dead one costs one timeout.
/// </remarks>
public sealed class OutboxSender : IDisposable
{
    /// <summary>How long an endpoint has for an answer, all in all, where nothing else is said.</summary>
    public static readonly TimeSpan DefaultAttemptTimeout = TimeSpan.FromSeconds(10);

    private const int BatchSize = 100;

    private readonly Workspace _workspace;
    private readonly WebhookSigner _signer;
    private readonly TimeProvider _timeProvider;
    private readonly RandomNumberGenerator _random;
    private readonly WebhookClient _client;

    /// <summary>Makes a sender.</summary>
    /// <param name="workspace">Whose outbox it is.</param>
    /// <param name="signer">Signs each attempt.</param>
    /// <param name="attemptTimeout">How long one attempt may take, all in all.</param>
    /// <param name="timeProvider">The clock of timeouts and of the pauses between attempts.</param>
    /// <param name="random">The chance in those pauses.</param>
    public OutboxSender(Workspace workspace, WebhookSigner signer, TimeSpan attemptTimeout, TimeProvider timeProvider, RandomNumberGenerator random)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(random);
        _workspace = workspace;
        _signer = signer;
        _timeProvider = timeProvider;
        _random = random;
        _client = new WebhookClient(attemptTimeout, timeProvider);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Makes one attempt for each message that is due.</summary>
    /// <param name="endpoints">The endpoints, as they are configured now.</param>
    /// <param name="report">Called for each attempt, for different endpoints at the same time.</param>
    /// <param name="cancellationToken">Ends it. What was under way then is sent again at the next call.</param>
    public Task SendDueAsync(IReadOnlyList<SupervisorConfig> endpoints, Action<DeliveryOutcome> report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(report);
        return Task.WhenAll(endpoints.Select(endpoint => SendDueAsync(endpoint, report, cancellationToken)));
    }

    private async Task SendDueAsync(SupervisorConfig endpoint, Action<DeliveryOutcome> report, CancellationToken cancellationToken)
    {
        // A store for each endpoint: it is no object to be shared.
        using Store store = _workspace.OpenStore(StoreAccess.Write);

        // What is due now, and not what falls due meanwhile: so that this ends, however slow the endpoint is.
        DateTimeOffset started = _timeProvider.GetUtcNow();

        // A clock that is set back meanwhile makes what failed due again: each is tried once all the same. Where that fills a batch, the rest waits for the next call.
        HashSet<string> tried = new(StringComparer.Ordinal);
        while (ReadDue(store, endpoint, started).Where(message => tried.Add(message.EventId)).ToList() is { Count: > 0 } due)
        {
            foreach (PendingMessage message in due)
            {
                // 1. Send. A crash before the end of step 2 leaves the message as it was: due, to be sent again with the
                //    same id and the same bytes. The receiver knows it by its id.
                WebhookAnswer answer = await PostAsync(endpoint, message, cancellationToken);

                // 2. Keep what came of it. A crash behind it leaves the message taken, or put off with its reason.
                report(Keep(store, message, answer));
                if (!answer.IsAnswered)
                {
                    return;
                }
            }
        }
    }

    private Task<WebhookAnswer> PostAsync(SupervisorConfig endpoint, PendingMessage message, CancellationToken cancellationToken) =>
        NodeTraces.RunAsync(NodeTraces.OutboxDelivery, ActivityKind.Client, async span =>
        {
            span?.SetTag(NodeMetrics.Endpoint, endpoint.Name);
            span?.SetTag("ledgercredit.attempt", message.Attempts + 1);
            WebhookAnswer answer = await _client.PostAsync(endpoint.Url, message.Body, _signer.Sign(endpoint.Url, message.Body), cancellationToken);
            span?.SetStatus(answer.IsTaken ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
            NodeMetrics.WebhookTried(endpoint.Name, answer.IsTaken);
            return answer;
        });

    // No pause is longer than the longest one: an attempt planned for far later was planned by a clock that was ahead.
    private static IReadOnlyList<PendingMessage> ReadDue(Store store, SupervisorConfig endpoint, DateTimeOffset now) =>
        store.Outbox.ReadDue(endpoint.Name, now.ToUnixTimeMilliseconds(), (now + (2 * RetrySchedule.Longest)).ToUnixTimeMilliseconds(), BatchSize);

    private DeliveryOutcome Keep(Store store, PendingMessage message, WebhookAnswer answer)
    {
        DateTimeOffset now = _timeProvider.GetUtcNow();
        int attempts = message.Attempts + 1;
        if (answer.IsTaken)
        {
            // One statement, and so one transaction: the body goes, and the row stays so that the event is never told again. A
            // crash before it leaves the message due, and the receiver gets it twice, with one id.
            store.Outbox.MarkDelivered(message, now.ToUnixTimeMilliseconds());
            return new DeliveryOutcome(message.Endpoint, message.EventId, attempts, Problem: null, NextAttemptAt: null);
        }

        DateTimeOffset next = now + RetrySchedule.GetPause(attempts, answer.RetryAfter, _random);
        // One statement. A crash before it leaves the message due at once, with one attempt fewer than there were.
        store.Outbox.MarkFailed(message, answer.Problem!, next.ToUnixTimeMilliseconds());
        return new DeliveryOutcome(message.Endpoint, message.EventId, attempts, answer.Problem, next);
    }
}
