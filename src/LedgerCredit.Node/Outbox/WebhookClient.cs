using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;

namespace LedgerCredit.Node.Outbox;

/// <summary>What became of one attempt to deliver a webhook.</summary>
/// <param name="IsTaken">Whether the receiver answered with a status from 200 to 299.</param>
/// <param name="IsAnswered">Whether it answered at all.</param>
/// <param name="Problem">Why it is not taken, in one sentence without a full stop; null where it is.</param>
/// <param name="RetryAfter">How long the receiver asks to wait, or null.</param>
internal sealed record WebhookAnswer(bool IsTaken, bool IsAnswered, string? Problem, TimeSpan? RetryAfter);

/// <summary>Posts webhooks to receivers, none of which is trusted.</summary>
/// <remarks>
/// One attempt has its timeout for everything. Redirections are not followed, because the signature is for
/// one address. Of an answer that refuses, at most <see cref="MaxBodyBytes"/> are read, for the problem's text; of one that
/// accepts, nothing.
/// </remarks>
internal sealed class WebhookClient : IDisposable
{
    private const int MaxBodyBytes = 4096;
    private const int MaxQuotedCharacters = 200;

    private readonly TimeSpan _attemptTimeout;
    private readonly TimeProvider _timeProvider;
    private readonly HttpClient _httpClient;

    [SuppressMessage("Reliability", "CA2000", Justification = "The client disposes of the handler.")]
    internal WebhookClient(TimeSpan attemptTimeout, TimeProvider timeProvider)
    {
        _attemptTimeout = attemptTimeout;
        _timeProvider = timeProvider;
        _httpClient = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,

                // Trace ids, and what callers sent beside them, are for nobody else.
                ActivityHeadersPropagator = null,
                MaxResponseDrainSize = 0,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            },
            disposeHandler: true)
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public void Dispose() => _httpClient.Dispose();

    /// <summary>Makes one attempt.</summary>
    internal async Task<WebhookAnswer> PostAsync(Uri target, byte[] body, WebhookSignature signature, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(_attemptTimeout, _timeProvider);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using HttpRequestMessage request = new(HttpMethod.Post, target);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(WebhookSigner.ContentType);
        request.Headers.Add("Content-Digest", signature.ContentDigest);
        request.Headers.Add("Signature-Input", signature.SignatureInput);
        request.Headers.Add("Signature", signature.Signature);
        try
        {
            // A crash or a lost answer behind this line leaves a message that the receiver may have: it is sent again.
            using HttpResponseMessage response = await _httpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            return response.IsSuccessStatusCode
                ? new WebhookAnswer(IsTaken: true, IsAnswered: true, Problem: null, RetryAfter: null)
                : new WebhookAnswer(IsTaken: false, IsAnswered: true, await DescribeAsync(response, linked.Token), ReadRetryAfter(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NoAnswer($"no answer within {_attemptTimeout.TotalSeconds:0.#} seconds");
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

    private static WebhookAnswer NoAnswer(string problem) => new(IsTaken: false, IsAnswered: false, problem, RetryAfter: null);

    private static string Describe(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "the receiver's name is unknown",
        HttpRequestError.ConnectionError => "nothing listens at the address",
        HttpRequestError.SecureConnectionError => "no secure connection could be made: check the receiver's certificate",
        HttpRequestError.ResponseEnded => "the connection was lost",
        _ => "the receiver does not speak HTTP as expected",
    };

    private TimeSpan? ReadRetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: TimeSpan delta } => delta,
        { Date: DateTimeOffset date } => date - _timeProvider.GetUtcNow(),
        _ => null,
    };

    private static async Task<string> DescribeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
        {
            return $"HTTP status {status}: redirections are not followed; configure the new address";
        }

        using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] start = new byte[MaxBodyBytes];
        int length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        string quoted = Quote(Encoding.UTF8.GetString(start, 0, length));
        return quoted.Length == 0 ? $"HTTP status {status}" : $"HTTP status {status}: {quoted}";
    }

    // It is shown on terminals: nothing of it may be taken for anything but text on one line.
    private static string Quote(string text)
    {
        StringBuilder quoted = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (quoted.Length >= MaxQuotedCharacters)
            {
                break;
            }

            if (Rune.IsLetterOrDigit(rune) || Rune.IsPunctuation(rune) || Rune.IsSymbol(rune))
            {
                quoted.Append(rune);
            }
            else if (quoted.Length > 0 && quoted[^1] != ' ')
            {
                quoted.Append(' ');
            }
        }

        return quoted.ToString().TrimEnd();
    }
}
