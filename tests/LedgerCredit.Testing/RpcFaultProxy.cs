using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace LedgerCredit.Testing;

/// <summary>One request on its way through an <see cref="RpcFaultProxy"/>.</summary>
public sealed class RpcExchange
{
    private readonly Func<JsonNode, CancellationToken, Task<JsonNode>> _forward;
    private readonly Stream _caller;
    private readonly CancellationToken _token;

    internal RpcExchange(JsonNode request, int nth, Func<JsonNode, CancellationToken, Task<JsonNode>> forward, Stream caller, CancellationToken token)
    {
        Request = request;
        Nth = nth;
        _forward = forward;
        _caller = caller;
        _token = token;
    }

    /// <summary>The request, which a fault may alter before it forwards it.</summary>
    public JsonNode Request { get; }

    /// <summary>The method that is asked for.</summary>
    public string Method => (string)Request["method"]!;

    /// <summary>The parameters.</summary>
    public JsonArray Parameters => (JsonArray)Request["params"]!;

    /// <summary>How often this method was asked for since the faults were last changed, with this one.</summary>
    public int Nth { get; }

    /// <summary>Sends the request to the ledger.</summary>
    public Task<JsonNode> ForwardAsync() => _forward(Request, _token);

    /// <summary>Answers.</summary>
    public Task AnswerAsync(JsonNode answer) => AnswerAsync("200 OK", answer.ToJsonString());

    /// <summary>Answers with any text.</summary>
    public async Task AnswerAsync(string statusLine, string body)
    {
        await WebhookReceiver.WriteAsync(_caller, WebhookReceiver.Head(statusLine, "Content-Type: application/json", $"Content-Length: {Encoding.UTF8.GetByteCount(body)}"), _token);
        await WebhookReceiver.WriteAsync(_caller, body, _token);
    }

    /// <summary>Answers with a part of the body only.</summary>
    public async Task AnswerCutAsync(JsonNode answer)
    {
        string body = answer.ToJsonString();
        await WebhookReceiver.WriteAsync(_caller, WebhookReceiver.Head("200 OK", $"Content-Length: {body.Length}"), _token);
        await WebhookReceiver.WriteAsync(_caller, body[..(body.Length / 2)], _token);
    }

    /// <summary>Answers without end, until the caller has had enough.</summary>
    public async Task AnswerWithoutEndAsync()
    {
        await WebhookReceiver.WriteAsync(_caller, WebhookReceiver.Head("200 OK"), _token);
        await WebhookReceiver.WriteAsync(_caller, """{"jsonrpc":"2.0","result":"0x""", _token);
        string much = new('0', 1024 * 1024);
        while (true)
        {
            // Ends with the exception of a connection that the caller has closed.
            await WebhookReceiver.WriteAsync(_caller, much, _token);
        }
    }

    /// <summary>Waits until the caller has given up.</summary>
    public async Task WaitUntilCallerIsGoneAsync()
    {
        byte[] nothing = new byte[1];
        while (await _caller.ReadAsync(nothing, _token) > 0)
        {
            // A caller that goes on speaking is still there.
        }
    }
}

/// <summary>Between a node and a real ledger: passes every request on, but for those that a test has a fault for.</summary>
/// <remarks>A fault is what is done with one exchange; returning without an answer closes the connection. Thread-safe.</remarks>
public sealed class RpcFaultProxy : IAsyncDisposable
{
    private readonly Uri _ledger;
    private readonly HttpClient _http = new();
    private readonly WebhookReceiver _receiver;
    private readonly Lock _lock = new();
    private readonly List<(Func<RpcExchange, bool> When, Func<RpcExchange, Task> Fault)> _faults = [];
    private readonly Dictionary<string, int> _asked = [];
    private readonly ConcurrentQueue<JsonNode> _forwarded = [];
    private int _struck;

    /// <summary>Starts the proxy.</summary>
    /// <param name="ledger">The ledger's JSON-RPC address.</param>
    public RpcFaultProxy(Uri ledger)
    {
        _ledger = ledger;
        _receiver = new WebhookReceiver(ServeAsync);
    }

    /// <summary>The address that a node is to be told.</summary>
    public string Url => _receiver.Address.ToString();

    /// <summary>The requests that reached the ledger, in their order.</summary>
    public IReadOnlyCollection<JsonNode> Forwarded => _forwarded;

    /// <summary>How many requests met a fault since the faults were last changed: a test whose fault never struck shows nothing.</summary>
    public int Struck => Volatile.Read(ref _struck);

    /// <summary>The raw transactions that reached the ledger, in their order, repetitions included.</summary>
    public IReadOnlyList<string> SentTransactions =>
        [.. _forwarded.Where(request => (string)request["method"]! == "eth_sendRawTransaction").Select(request => (string)request["params"]![0]!)];

    /// <summary>From now on, does this with every request of a method; with all requests where none is named.</summary>
    public void On(string? method, Func<RpcExchange, Task> fault) => When(exchange => method is null || exchange.Method == method, fault);

    /// <summary>From now on, does this with the requests for which the condition holds. Of several faults the first one counts.</summary>
    public void When(Func<RpcExchange, bool> condition, Func<RpcExchange, Task> fault)
    {
        lock (_lock)
        {
            _faults.Add((condition, fault));
            _asked.Clear();
        }
    }

    /// <summary>Ends all faults.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _faults.Clear();
            _asked.Clear();
            _struck = 0;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _http.Dispose();
    }

    private async Task ServeAsync(ReceivedRequest received, Stream caller, CancellationToken cancellationToken)
    {
        JsonNode request = JsonNode.Parse(received.Body)!;
        RpcExchange exchange;
        Func<RpcExchange, Task>? fault;
        lock (_lock)
        {
            string method = (string)request["method"]!;
            _asked[method] = _asked.GetValueOrDefault(method) + 1;
            exchange = new RpcExchange(request, _asked[method], ForwardAsync, caller, cancellationToken);
            fault = _faults.Find(candidate => candidate.When(exchange)).Fault;
            _struck += fault is null ? 0 : 1;
        }

        if (fault is null)
        {
            await exchange.AnswerAsync(await exchange.ForwardAsync());
        }
        else
        {
            await fault(exchange);
        }
    }

    private async Task<JsonNode> ForwardAsync(JsonNode request, CancellationToken cancellationToken)
    {
        _forwarded.Enqueue(request.DeepClone());
        using StringContent content = new(request.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _http.PostAsync(_ledger, content, cancellationToken);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
    }
}
