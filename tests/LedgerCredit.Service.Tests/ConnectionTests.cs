using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LedgerCredit.Service.Tests;

/// <summary>Clients that are slow, send too much, or are of two minds about where a request ends: refused, and in nobody's way.</summary>
[TestClass]
public sealed class ConnectionTests
{
    private const string Search = "POST /v1/records/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Slow_HeadersAndBodies_AreCutOffAndHoldNobodyUp()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        List<TcpClient> slow = [];
        try
        {
            for (int i = 0; i < 100; i++)
            {
                slow.Add(await ConnectAsync(scene, i % 2 == 0 ? "POST /v1/records/search HTTP/1.1\r\nHost: loc" : $"{Search}Content-Length: 1000\r\n\r\n{{"));
            }

            // They are all waiting; others are served.
            using HttpResponseMessage meanwhile = await scene.Http.GetAsync("/healthz/live", Token);
            Assert.IsTrue(meanwhile.IsSuccessStatusCode);

            // The server ends each by itself; this would wait for ever otherwise.
            foreach (TcpClient client in slow)
            {
                string answer = await ReadToEndAsync(client);
                Assert.IsTrue(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer);
            }
        }
        finally
        {
            slow.ForEach(client => client.Dispose());
        }
    }

    [TestMethod]
    [DataRow("a body that is stated too large", "Content-Length: 999999999\r\n\r\n", 413)]
    [DataRow("a length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [DataRow("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400)]
    [DataRow("a length that is none", "Content-Length: -1\r\n\r\n", 400)]
    [DataRow("chunks that are none", "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400)]
    [DataRow("a coding that is not known", "Transfer-Encoding: gzip, identity\r\n\r\n", 400)]
    [DataRow("a line without a colon", "Nonsense\r\n\r\n", 400)]
    [DataRow("another host", "Host: elsewhere\r\n\r\n", 400)]
    public async Task Request_Malformed_IsRefusedAndTheConnectionEnds(string what, string rest, int status)
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using TcpClient client = await ConnectAsync(scene, Search + rest);

        string answer = await ReadToEndAsync(client);

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), answer, what);
        Assert.AreEqual(1, Count(answer, "HTTP/1.1 "), what);
    }

    [TestMethod]
    public async Task Headers_TooManyOrTooLong_AreRefused()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        string many = string.Concat(Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"X-{i}: 1\r\n")));
        string address = new('a', 20_000);
        foreach ((string request, string status) in new[]
        {
            ($"GET /healthz/live HTTP/1.1\r\nHost: localhost\r\n{many}\r\n", "431"),
            ($"GET /healthz/live HTTP/1.1\r\nHost: localhost\r\nX: {address}\r\n\r\n", "431"),
            ($"GET /{address} HTTP/1.1\r\nHost: localhost\r\n\r\n", "414"),
        })
        {
            using TcpClient client = await ConnectAsync(scene, request);
            Assert.StartsWith($"HTTP/1.1 {status} ", await ReadToEndAsync(client));
        }
    }

    private async Task<TcpClient> ConnectAsync(ServiceScene scene, string request)
    {
        Uri address = new(scene.Host.Addresses[0]);
        TcpClient client = new();
        await client.ConnectAsync(address.Host, address.Port, Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        return client;
    }

    private async Task<string> ReadToEndAsync(TcpClient client)
    {
        using MemoryStream answer = new();
        try
        {
            await client.GetStream().CopyToAsync(answer, Token);
        }
        catch (IOException)
        {
            // A connection that is reset while bytes are on their way: what came before it counts.
        }

        return Encoding.ASCII.GetString(answer.ToArray());
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
