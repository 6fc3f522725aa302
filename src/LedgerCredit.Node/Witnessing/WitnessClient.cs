using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using LedgerCredit.Log;

namespace LedgerCredit.Node.Witnessing;

/// <summary>What a witness answered, or that it did not.</summary>
/// <param name="Status">The HTTP status; 0 where there was no answer within bounds.</param>
/// <param name="ContentType">The media type of the answer, or null.</param>
/// <param name="Body">The answer; empty where it was not read.</param>
/// <param name="Problem">Why there is no answer, in one sentence without a full stop; null where there is one.</param>
internal sealed record WitnessReply(int Status, string? ContentType, byte[] Body, string? Problem);

/// <summary>Asks witnesses, none of which is trusted, over HTTP: C2SP tlog-witness, <c>add-checkpoint</c>.</summary>
/// <remarks>
/// One request has its timeout for everything, the answer's last byte included. Redirections are not followed, and an answer of more than
/// <see cref="MaxBodyBytes"/> is none. Thread-safe.
/// </remarks>
public sealed class WitnessClient : IDisposable
{
    /// <summary>How long a witness has for one answer unless said otherwise.</summary>
    /// <value>10 seconds.</value>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The largest answer that is read: several signature lines, of which those of other kinds may have 5 kB each.</summary>
    internal const int MaxBodyBytes = 64 * 1024;

    private readonly TimeSpan _timeout;
    private readonly TimeProvider _timeProvider;
    private readonly HttpClient _httpClient;

    /// <summary>Makes a client.</summary>
    /// <param name="timeout">How long a witness has for one answer.</param>
    /// <param name="timeProvider">The clock of the timeout.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "The client disposes of the handler.")]
    public WitnessClient(TimeSpan timeout, TimeProvider timeProvider)
    {
        _timeout = timeout;
        _timeProvider = timeProvider;
        _httpClient = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,

                // Trace ids, and what callers sent beside them, are for nobody else.
                ActivityHeadersPropagator = null,
                UseProxy = false,
                MaxResponseDrainSize = 0,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            },
            disposeHandler: true)
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _httpClient.Dispose();

    /// <summary>Sends one request.</summary>
    internal async Task<WitnessReply> AddCheckpointAsync(Uri prefix, AddCheckpointRequest body, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(_timeout, _timeProvider);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(prefix.AbsoluteUri.TrimEnd('/') + "/add-checkpoint"));
        request.Content = new ByteArrayContent(body.Format());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        try
        {
            // A crash or a lost answer behind this line leaves a witness that may have cosigned what is not kept here: asked again, it
            // says up to which size it has (409), and cosigns the same checkpoint once more.
            using HttpResponseMessage response = await _httpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            using Stream stream = await response.Content.ReadAsStreamAsync(linked.Token);
            byte[] buffer = new byte[MaxBodyBytes + 1];
            int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, linked.Token);
            return length > MaxBodyBytes
                ? NoAnswer($"an answer of more than {MaxBodyBytes} bytes")
                : new WitnessReply((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, buffer[..length], Problem: null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NoAnswer($"no answer within {_timeout.TotalSeconds:0.#} seconds");
        }
        catch (HttpRequestException e)
        {
            return NoAnswer(Describe(e.HttpRequestError));
        }
        catch (IOException)
        {
            return NoAnswer("the connection was lost");
        }
    }

    private static WitnessReply NoAnswer(string problem) => new(0, null, [], problem);

    private static string Describe(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "the witness's host name is unknown",
        HttpRequestError.ConnectionError => "nothing listens at the address",
        HttpRequestError.SecureConnectionError => "no secure connection could be made: check the witness's certificate",
        HttpRequestError.ResponseEnded => "the connection was lost",
        _ => "the witness does not speak HTTP as expected",
    };
}
