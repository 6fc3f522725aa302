using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace LedgerCredit.Faults.Tests.Torture;

/// <summary>A program that writes records through the API of a node that is going to be killed.</summary>
/// <param name="key">Its API key.</param>
internal sealed class HttpSender(string key)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>A port that nothing listens on.</summary>
    public static int FindPort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Sends a file as one stream, once the node takes records, and reads answers until it has all or the node is gone.</summary>
    /// <param name="port">Where the node listens, or will.</param>
    /// <param name="piece">The file; few enough records that their answers fit into the buffers of a connection.</param>
    /// <param name="node">Ends with the node.</param>
    /// <param name="answers">Takes the lines of the answer that arrived whole.</param>
    public async Task SendAsync(int port, Piece piece, Task node, List<string> answers)
    {
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        while (!node.IsCompleted && answers.Count == 0)
        {
            try
            {
                if (await TrySendAsync(client, piece, answers))
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // It does not listen yet, or was killed in the middle.
            }

            await Task.Delay(Pause);
        }
    }

    // False: it does not take records yet.
    private static async Task<bool> TrySendAsync(HttpClient client, Piece piece, List<string> answers)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/records") { Content = new StreamContent(File.OpenRead(piece.Path)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            return false;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new AssertFailedException($"The node answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }

        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is string line)
        {
            answers.Add(line);
        }

        return true;
    }
}
