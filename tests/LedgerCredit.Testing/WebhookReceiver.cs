using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LedgerCredit.Testing;

/// <summary>A request as it arrived.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The target of the request line.</param>
/// <param name="Fields">The header fields by lower-case name; several lines joined by a comma and a space.</param>
/// <param name="Body">The body.</param>
public sealed record ReceivedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Fields, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>An HTTP/1.1 receiver on this machine that does with a connection whatever a test wants.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<ReceivedRequest> _requests = [];
    private readonly Func<ReceivedRequest, Stream, CancellationToken, Task> _answer;
    private readonly Task _accepting;

    public WebhookReceiver(Func<ReceivedRequest, Stream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/hooks/repair?of=all"));
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public IReadOnlyCollection<ReceivedRequest> Requests => _requests;

    /// <summary>A receiver that gives each request the same answer.</summary>
    public static WebhookReceiver Answering(string statusLine, params string[] fields) => new((_, stream, token) => WriteAsync(stream, Head(statusLine, fields), token));

    public static string Head(string statusLine, params string[] fields) =>
        string.Concat([$"HTTP/1.1 {statusLine}\r\nConnection: close\r\n", .. fields.Select(field => field + "\r\n"), "\r\n"]);

    public static Task WriteAsync(Stream stream, string text, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (await ReadAsync(stream) is ReceivedRequest request)
                {
                    _requests.Enqueue(request);
                    await _answer(request, stream, _stop.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The sender went away, or the test is over.
            }
        }
    }

    private async Task<ReceivedRequest?> ReadAsync(Stream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        string[] lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] requestLine = lines[0].Split(' ');
        Dictionary<string, string> fields = [];
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string name = line[..colon].ToLowerInvariant();
            string value = line[(colon + 1)..].Trim();
            fields[name] = fields.TryGetValue(name, out string? before) ? $"{before}, {value}" : value;
        }

        byte[] body = new byte[int.Parse(fields["content-length"], CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return new ReceivedRequest(requestLine[0], requestLine[1], fields, body);
    }
}
