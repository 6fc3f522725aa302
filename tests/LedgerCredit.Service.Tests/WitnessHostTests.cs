using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Tests.Witnessing;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Witness;

namespace LedgerCredit.Service.Tests;

/// <summary>A witness on HTTP: what anybody can send is answered, and told to nobody.</summary>
[TestClass]
public sealed class WitnessHostTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task AddCheckpoint_BodiesThatAreTooLargeOrCutOff_AreToldToNobody()
    {
        await using WitnessScene witness = new();
        ConcurrentQueue<NodeNote> notes = [];
        await using (WitnessHost host = await WitnessHost.StartAsync(witness.Service, new ServiceOptions { Listen = [new Uri("http://127.0.0.1:0")] }, notes.Enqueue, Token))
        {
            Uri address = new(host.Addresses[0] + "/add-checkpoint");
            using HttpClient http = new();
            byte[] large = new byte[AddCheckpointRequest.MaxBytes + 4_464];
            foreach (HttpContent content in (HttpContent[])[new ByteArrayContent(large), new StreamContent(new UnseekableStream(large))])
            {
                using HttpResponseMessage response = await http.PostAsync(address, content, Token);
                Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
            }

            await CutOffAsync(address, isReset: false);
            await CutOffAsync(address, isReset: true);
            using HttpResponseMessage nonsense = await http.PostAsync(address, new ByteArrayContent(new byte[AddCheckpointRequest.MaxBytes]), Token);
            Assert.AreEqual(HttpStatusCode.BadRequest, nonsense.StatusCode);
            await host.StopAsync();
        }

        Assert.IsEmpty(notes, string.Join('\n', notes.Select(note => note.Text)));
    }

    // Says that more is to come, and when the server reads it, ends its side or the whole connection.
    private async Task CutOffAsync(Uri address, bool isReset)
    {
        using TcpClient client = new();
        await client.ConnectAsync(address.Host, address.Port, Token);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\nold 0\n"u8.ToArray(), Token);
        byte[] first = new byte["HTTP/1.1 100 Continue\r\n\r\n".Length];
        await stream.ReadExactlyAsync(first, Token);
        Assert.AreEqual("HTTP/1.1 100 Continue\r\n\r\n", Encoding.ASCII.GetString(first));
        if (isReset)
        {
            client.LingerState = new LingerOption(true, 0);
            return;
        }

        client.Client.Shutdown(SocketShutdown.Send);
        try
        {
            await stream.CopyToAsync(Stream.Null, Token);
        }
        catch (IOException)
        {
            // The server may reset the connection behind its answer.
        }
    }

    // Of unknown length, so that it is sent in chunks.
    private sealed class UnseekableStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
