using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Rpc;

/// <summary>Sends JSON-RPC 2.0 requests to one HTTP endpoint, which is not trusted.</summary>
/// <remarks>
/// Retried are only failures that may pass: no connection, a lost connection, no answer in time, HTTP 408, 429, 502, 503 and 504, and
/// RPC errors for which <see cref="JsonRpcErrorCode.IsTransient"/> holds and that carry no revert data. A request may therefore
/// reach the endpoint more than once: send nothing that must not be repeated (a signed transaction may be). Answers are read as
/// strict JSON up to a size, whatever length they announce. Thread-safe.
/// </remarks>
public sealed class JsonRpcClient
{
    // Deeper than any answer of the methods used here.
    private const int MaxDepth = 32;

    private readonly HttpClient _httpClient;
    private readonly Uri _endpoint;
    private readonly JsonRpcOptions _options;
    private readonly TimeProvider _timeProvider;
    private long _lastId;

    /// <summary>Makes a client.</summary>
    /// <param name="httpClient">Best from <see cref="CreateHttpClient"/>; its own timeout should not be shorter than the options'.</param>
    /// <param name="endpoint">An absolute http or https address.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="timeProvider">The clock for deadlines and pauses.</param>
    public JsonRpcClient(HttpClient httpClient, Uri endpoint, JsonRpcOptions options, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(httpClient);
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("Expected an absolute http or https address.", nameof(endpoint));
        }

        options.Validate();
        _httpClient = httpClient;
        _endpoint = endpoint;
        _options = options;
        _timeProvider = timeProvider;
    }

    /// <summary>The endpoint without user, path and query, which may hold access keys: for messages.</summary>
    public string DisplayEndpoint => _endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>An HTTP client fit for this purpose: follows no redirection, keeps no cookies, leaves timeouts to this class.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The client disposes of the handler.")]
    public static HttpClient CreateHttpClient() => new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,

            // Trace ids, and what callers sent beside them, are for nobody else.
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        },
        disposeHandler: true)
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Calls a method.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="parameters">Its positional parameters.</param>
    /// <param name="cancellationToken">Cancels waiting for the answer.</param>
    /// <returns>The result, which may be a JSON null.</returns>
    /// <exception cref="LedgerUnavailableException">No answer was had.</exception>
    /// <exception cref="JsonRpcException">The answer is an error.</exception>
    /// <exception cref="LedgerAnswerException">The answer is malformed.</exception>
    public async Task<JsonValue> SendAsync(
        string method,
        IReadOnlyList<JsonValue> parameters,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(parameters);

        long started = _timeProvider.GetTimestamp();
        TimeSpan delay = _options.FirstRetryDelay;
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan timeout = AttemptTimeout(started);
            try
            {
                return await AttemptAsync(method, parameters, timeout, cancellationToken);
            }
            catch (LedgerException exception) when (IsTransient(exception) && MayRetry(attempt, started, delay))
            {
                await Task.Delay(delay, _timeProvider, cancellationToken);
                delay *= 2;
            }
        }
    }

    private static bool IsTransient(LedgerException exception) => exception switch
    {
        LedgerUnavailableException => true,
        JsonRpcException rpc => rpc.RevertData is null && JsonRpcErrorCode.IsTransient(rpc.Code),
        _ => false,
    };

    // What is left of the total, but never nothing: a pause may have lasted a little longer than asked for.
    private TimeSpan AttemptTimeout(long started)
    {
        TimeSpan left = _options.TotalTimeout - _timeProvider.GetElapsedTime(started);
        TimeSpan timeout = left < _options.AttemptTimeout ? left : _options.AttemptTimeout;
        return timeout > TimeSpan.FromMilliseconds(1) ? timeout : TimeSpan.FromMilliseconds(1);
    }

    private bool MayRetry(int attempt, long started, TimeSpan delay) =>
        attempt < _options.MaxAttempts && _timeProvider.GetElapsedTime(started) + delay < _options.TotalTimeout;

    private async Task<JsonValue> AttemptAsync(
        string method,
        IReadOnlyList<JsonValue> parameters,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        long id = Interlocked.Increment(ref _lastId);
        using CancellationTokenSource timeoutSource = new(timeout, _timeProvider);
        using CancellationTokenSource linked =
            CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeoutSource.Token);
        using HttpRequestMessage request = new(HttpMethod.Post, _endpoint);
        request.Content = new ByteArrayContent(JsonRpcMessage.WriteRequest(id, method, parameters));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        try
        {
            // A crash or a lost answer behind this line leaves a request that the endpoint may have acted on, which is why
            // nothing is sent that must not be repeated.
            using HttpResponseMessage response =
                await _httpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            ThrowIfTransientStatus(response.StatusCode);
            byte[] body = await ReadBodyAsync(method, response, linked.Token);
            return JsonRpcMessage.ReadAnswer(
                id, method, response.StatusCode, body, new JsonLimits(_options.MaxResponseBytes, MaxDepth));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable($"it did not answer {method} within {timeout.TotalSeconds:0.#} seconds", exception);
        }
        catch (HttpRequestException exception)
        {
            throw Unavailable(Describe(exception.HttpRequestError), exception);
        }
        catch (IOException exception)
        {
            throw Unavailable("the connection was lost", exception);
        }
    }

    private async Task<byte[]> ReadBodyAsync(string method, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using MemoryStream body = new();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            int count = await stream.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                return body.ToArray();
            }

            // The announced length is not asked: it may lie, or be missing.
            if (body.Length + count > _options.MaxResponseBytes)
            {
                throw new LedgerAnswerException(
                    $"The ledger at {DisplayEndpoint} answered {method} with more than {_options.MaxResponseBytes} bytes; "
                    + "expected fewer.");
            }

            body.Write(buffer, 0, count);
        }
    }

    private void ThrowIfTransientStatus(HttpStatusCode status)
    {
        if (status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
        {
            throw Unavailable($"it answered with HTTP status {(int)status}", null);
        }
    }

    private static string Describe(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "its name is unknown",
        HttpRequestError.ConnectionError => "nothing listens there",
        HttpRequestError.SecureConnectionError => "no secure connection could be made",
        HttpRequestError.ResponseEnded => "the connection was lost",
        _ => "it does not speak HTTP as expected",
    };

    private LedgerUnavailableException Unavailable(string why, Exception? innerException) =>
        new(
            $"The ledger at {DisplayEndpoint} is not available: {why}. Start it, or name the right address, and try again.",
            innerException);
}
