using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using LedgerCredit.Node.Outbox;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Outbox;

/// <summary>Deliveries to receivers of every kind of behaviour.</summary>
[TestClass]
public sealed class OutboxSenderTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly TestWorkspace _workspace = TestWorkspace.Create();
    private readonly ManualTimeProvider _clock = new(Start);
    private readonly ConcurrentQueue<DeliveryOutcome> _outcomes = [];

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public async Task Send_Taken_IsSignedDeliveredAndNotSentAgain()
    {
        await using WebhookReceiver receiver = WebhookReceiver.Answering("204 No Content");
        Bytes32 publicKey = _workspace.Keys.EnsureWebhookKey();
        Put("e1", "first");

        await SendAsync(receiver);
        await SendAsync(receiver);

        ReceivedRequest request = receiver.Requests.Single();
        Assert.AreEqual("first", request.Text);
        Assert.AreEqual("POST", request.Method);
        Assert.AreEqual(receiver.Address.PathAndQuery, request.Target);
        Assert.AreEqual("application/cloudevents+json", request.Fields["content-type"]);
        Assert.IsNull(MessageSignatureVerifier.FindProblem(request, receiver.Address.AbsoluteUri, publicKey));
        Assert.AreEqual(new DeliveryOutcome("province", "e1", 1, null, null), _outcomes.Single());
        Assert.IsEmpty(Pending());
    }

    [TestMethod]
    [DataRow("500 Internal Server Error", "HTTP status 500")]
    [DataRow("100 Continue", null, DisplayName = "only an interim answer")]
    [DataRow("400 Bad Request", "HTTP status 400")]
    [DataRow("410 Gone", "HTTP status 410")]
    [DataRow("302 Found", "HTTP status 302: redirections are not followed; configure the new address")]
    public async Task Send_Refused_IsKeptWithTheProblemAndTriedLater(string status, string? problem)
    {
        await using WebhookReceiver receiver = WebhookReceiver.Answering(status, "Location: http://127.0.0.1:1/elsewhere");
        Put("e1", "body");

        await SendAsync(receiver);
        await SendAsync(receiver);

        Assert.HasCount(1, receiver.Requests);
        PendingMessage pending = Pending().Single();
        Assert.AreEqual(1, pending.Attempts);
        Assert.AreEqual(problem ?? "the connection was lost", pending.Problem);

        // The pause is from one to two seconds at first.
        _clock.Advance(TimeSpan.FromSeconds(2));
        await SendAsync(receiver);
        Assert.HasCount(2, receiver.Requests);
        Assert.AreEqual(receiver.Requests.First().Text, receiver.Requests.Last().Text);
        Assert.AreEqual(2, Pending().Single().Attempts);
    }

    [TestMethod]
    public async Task Send_ReceiverAsksToWait_WaitsAsLong()
    {
        await using WebhookReceiver receiver = WebhookReceiver.Answering("503 Service Unavailable", "Retry-After: 120");
        Put("e1", "body");
        await SendAsync(receiver);

        _clock.Advance(TimeSpan.FromSeconds(119));
        await SendAsync(receiver);
        Assert.HasCount(1, receiver.Requests);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(receiver);

        Assert.HasCount(2, receiver.Requests);
    }

    [TestMethod]
    public async Task Send_ReceiverNamesADate_WaitsForItButNeverMoreThanAnHour()
    {
        string date = Start.AddDays(9).ToString("r", CultureInfo.InvariantCulture);
        await using WebhookReceiver receiver = WebhookReceiver.Answering("429 Too Many Requests", "Retry-After: " + date);
        Put("e1", "body");

        await SendAsync(receiver);

        Assert.AreEqual(Start.AddHours(1).ToUnixTimeMilliseconds(), Pending().Single().NextAttemptAt);
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task Send_ReceiverHangs_IsGivenUpInTime()
    {
        await using WebhookReceiver receiver = new((_, _, token) => Task.Delay(Timeout.Infinite, token));
        Put("e1", "body");
        Put("e2", "body");
        long started = Stopwatch.GetTimestamp();

        await SendAsync(TimeSpan.FromMilliseconds(300), receiver);

        Assert.IsLessThan(TimeSpan.FromSeconds(5), Stopwatch.GetElapsedTime(started));
        Assert.HasCount(1, receiver.Requests);
        Assert.AreSequenceEqual((string?[])["no answer within 0.3 seconds", null], Pending().Select(message => message.Problem));
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    [DataRow("200 OK", null)]
    [DataRow("500 Internal Server Error", "HTTP status 500: xxxx")]
    public async Task Send_ReceiverSendsAGigabyte_IsNotRead(string status, string? problem)
    {
        long written = 0;
        await using WebhookReceiver receiver = new(async (_, stream, token) =>
        {
            await WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head(status, "Content-Length: 1073741824"), token);
            byte[] piece = new byte[64 * 1024];
            Array.Fill(piece, (byte)'x');
            while (written < 1 << 30)
            {
                await stream.WriteAsync(piece, token);
                Interlocked.Add(ref written, piece.Length);
            }
        });
        Put("e1", "body");

        await SendAsync(receiver);

        // What was written went into the buffers of the connection.
        Assert.IsLessThan(64 << 20, Interlocked.Read(ref written));
        Assert.HasCount(problem is null ? 0 : 1, Pending());
        if (problem is not null)
        {
            Assert.StartsWith(problem, Pending().Single().Problem);
            Assert.IsLessThan(250, Pending().Single().Problem!.Length);
        }
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task Send_ReceiverDripsItsAnswer_IsGivenUpInTime()
    {
        await using WebhookReceiver receiver = new(async (_, stream, token) =>
        {
            await WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head("500 Internal Server Error"), token);
            while (true)
            {
                await WebhookReceiver.WriteAsync(stream, "x", token);
                await Task.Delay(50, token);
            }
        });
        Put("e1", "body");

        await SendAsync(TimeSpan.FromMilliseconds(500), receiver);

        Assert.AreEqual("no answer within 0.5 seconds", Pending().Single().Problem);
    }

    [TestMethod]
    public async Task Send_ReceiverTalksToTheTerminal_IsQuotedAsPlainText()
    {
        await using WebhookReceiver receiver = new((_, stream, token) =>
            WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head("500 Oops") + "  no\u001b[31m\r\n\u0000 such \u202e\u0085 table 表\u200f", token));
        Put("e1", "body");

        await SendAsync(receiver);

        Assert.AreEqual("HTTP status 500: no [31m such table 表", Pending().Single().Problem);
    }

    [TestMethod]
    public async Task Send_NothingListens_LeavesTheOthersForTheNextCall()
    {
        Uri address;
        await using (WebhookReceiver gone = WebhookReceiver.Answering("200 OK"))
        {
            address = gone.Address;
        }

        Put("e1", "body");
        Put("e2", "body");

        await SendAsync(OutboxSender.DefaultAttemptTimeout, new SupervisorConfig("province", address));

        Assert.AreSequenceEqual((string?[])["nothing listens at the address", null], Pending().Select(message => message.Problem));
    }

    [TestMethod]
    public async Task Send_OneMessageIsRefused_TheNextOnesAreDelivered()
    {
        await using WebhookReceiver receiver = new((request, stream, token) =>
            WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head(request.Text == "poison" ? "500 Oops" : "200 OK"), token));
        Put("e1", "poison");
        Put("e2", "good");
        Put("e3", "good");

        await SendAsync(receiver);

        Assert.AreEqual("e1", Pending().Single().EventId);
        Assert.HasCount(3, receiver.Requests);
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task Send_OneEndpointHangs_TheOtherGetsItsMessagesMeanwhile()
    {
        TaskCompletionSource delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebhookReceiver hanging = new(async (_, stream, token) =>
        {
            await delivered.Task.WaitAsync(token);
            await WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head("200 OK"), token);
        });
        await using WebhookReceiver good = new(async (_, stream, token) =>
        {
            await WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head("200 OK"), token);
            delivered.SetResult();
        });
        Put("e1", "body", "province");
        Put("e1", "body", "ministry");

        await SendAsync(OutboxSender.DefaultAttemptTimeout, new SupervisorConfig("province", hanging.Address), new SupervisorConfig("ministry", good.Address));

        Assert.IsEmpty(Pending());
    }

    [TestMethod]
    public async Task Send_MoreThanABatch_DeliversAll()
    {
        await using WebhookReceiver receiver = WebhookReceiver.Answering("200 OK");
        for (int i = 0; i < 230; i++)
        {
            Put($"e{i}", $"{i}");
        }

        await SendAsync(receiver);

        Assert.AreSequenceEqual(Enumerable.Range(0, 230).Select(i => $"{i}"), receiver.Requests.Select(request => request.Text));
        Assert.IsEmpty(Pending());
    }

    [TestMethod]
    public async Task Send_ClockWasSetBack_DoesNotWaitForTheOldTime()
    {
        await using WebhookReceiver receiver = WebhookReceiver.Answering("500 Oops");
        Put("e1", "body");
        await SendAsync(receiver);

        _clock.Advance(TimeSpan.FromDays(-30));
        await SendAsync(receiver);

        Assert.HasCount(2, receiver.Requests);
    }

    [TestMethod]
    [Timeout(30_000, CooperativeCancellation = true)]
    public async Task Send_ClockIsSetBackMeanwhile_TriesEachOnce()
    {
        await using WebhookReceiver receiver = new((_, stream, token) =>
        {
            _clock.Advance(TimeSpan.FromHours(-2));
            return WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head("500 Oops"), token);
        });
        Put("e1", "one");
        Put("e2", "two");

        await SendAsync(receiver);

        Assert.AreSequenceEqual((string[])["one", "two"], receiver.Requests.Select(request => request.Text));
        Assert.AreSequenceEqual((int[])[1, 1], Pending().Select(message => message.Attempts));
    }

    [TestMethod]
    public async Task Send_EndpointIsRemovedMeanwhile_LeavesTheMessageThatGotItsNumber()
    {
        await using WebhookReceiver receiver = new((_, stream, token) =>
        {
            using (Store store = _workspace.OpenStore())
            {
                store.Outbox.RemoveEndpoint("province");
            }

            Put("e2", "for the ministry", "ministry");
            return WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head("200 OK"), token);
        });
        Put("e1", "body");
        long number = Pending().Single().Number;

        await SendAsync(receiver);

        PendingMessage waiting = Pending().Single();
        Assert.AreEqual((number, "ministry"), (waiting.Number, waiting.Endpoint));
        Assert.AreEqual("for the ministry", System.Text.Encoding.UTF8.GetString(waiting.Body));
    }

    private void Put(string id, string body, string endpoint = "province")
    {
        using Store store = _workspace.OpenStore();
        store.Outbox.Add(id, endpoint, System.Text.Encoding.UTF8.GetBytes(body), Start.ToUnixTimeMilliseconds());
    }

    private IReadOnlyList<PendingMessage> Pending()
    {
        using Store store = _workspace.OpenStore();
        return store.Outbox.ReadPending();
    }

    private Task SendAsync(WebhookReceiver receiver) => SendAsync(OutboxSender.DefaultAttemptTimeout, receiver);

    private Task SendAsync(TimeSpan timeout, WebhookReceiver receiver) => SendAsync(timeout, new SupervisorConfig("province", receiver.Address));

    private async Task SendAsync(TimeSpan timeout, params SupervisorConfig[] endpoints)
    {
        _workspace.Keys.EnsureWebhookKey();
        using LedgerCredit.Primitives.Cryptography.Ed25519Key key = _workspace.Keys.OpenWebhookKey();
        using FixedRandom random = new(0x80);
        using OutboxSender sender = new(_workspace.Workspace, new WebhookSigner(key, _clock, random), timeout, _clock, random);
        await sender.SendDueAsync(endpoints, _outcomes.Enqueue, TestContext.CancellationToken);
    }
}
