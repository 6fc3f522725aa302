using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace LedgerCredit.Cli.Tests.Remote;

/// <summary>Stands before a node and tells its callers something else than the node does.</summary>
internal sealed class LyingProxy : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    private readonly ConcurrentQueue<string> _requests = [];
    private readonly Task _serving;

    internal LyingProxy()
    {
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = FormattableString.Invariant($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}");
        }

        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Its address, which the node has to know as its own.</summary>
    internal string Url { get; }

    /// <summary>The node behind it.</summary>
    internal string Node { get; set; } = "";

    /// <summary>Of which path answers are altered, and how; null while it is honest.</summary>
    internal (string Path, Action<JsonNode> Alter)? Lie { get; set; }

    /// <summary>Of which path nothing comes to the node; null while the line is whole.</summary>
    internal string? Broken { get; set; }

    /// <summary>Of which path everything comes to the node, and callers are told that the ledger refused it; null while nothing is denied.</summary>
    internal string? Denied { get; set; }

    /// <summary>The paths that were asked for.</summary>
    internal IReadOnlyCollection<string> Requests => _requests;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
        _http.Dispose();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await ForwardAsync(context);
        }
    }

    private async Task ForwardAsync(HttpListenerContext context)
    {
        _requests.Enqueue(context.Request.Url!.AbsolutePath);
        if (context.Request.Url.AbsolutePath == Broken)
        {
            context.Response.StatusCode = (int)HttpStatusCode.BadGateway;
            context.Response.Close();
            return;
        }

        using MemoryStream body = new();
        await context.Request.InputStream.CopyToAsync(body);
        using HttpRequestMessage request = new(new HttpMethod(context.Request.HttpMethod), Node + context.Request.Url.PathAndQuery);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.ToArray());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        foreach (string name in (string[])["Authorization", "LedgerCredit-Purpose", "LedgerCredit-Material-Salt"])
        {
            if (context.Request.Headers[name] is string value)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using HttpResponseMessage response = await _http.SendAsync(request);
        byte[] answer = await response.Content.ReadAsByteArrayAsync();
        if (Lie is (string path, Action<JsonNode> alter) && path == context.Request.Url.AbsolutePath && response.IsSuccessStatusCode)
        {
            JsonNode json = JsonNode.Parse(answer)!;
            alter(json);
            answer = Encoding.UTF8.GetBytes(json.ToJsonString());
        }

        bool isDenied = context.Request.Url.AbsolutePath == Denied && response.IsSuccessStatusCode;
        if (isDenied)
        {
            answer = """{"type":"urn:ledgercredit:problem:transaction-refused","code":"transaction-refused","title":"Refused.","status":409,"detail":"nonce too low"}"""u8.ToArray();
        }

        context.Response.StatusCode = isDenied ? (int)HttpStatusCode.Conflict : (int)response.StatusCode;
        context.Response.ContentType = isDenied ? "application/problem+json" : response.Content.Headers.ContentType?.ToString();
        await context.Response.OutputStream.WriteAsync(answer);
        context.Response.Close();
    }
}
