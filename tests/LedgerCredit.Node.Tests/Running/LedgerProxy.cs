using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LedgerCredit.Node.Tests.Running;

/// <summary>An address of a ledger that can go away and come back.</summary>
internal sealed class LedgerProxy : IAsyncDisposable
{
    private readonly Uri _ledger;
    private readonly int _port;
    private CancellationTokenSource _open = new();
    private Task _serving = Task.CompletedTask;

    internal LedgerProxy(Uri ledger)
    {
        _ledger = ledger;
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            _port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        Open();
    }

    internal string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    /// <summary>Answers again.</summary>
    internal void Open()
    {
        _open = new CancellationTokenSource();
        TcpListener listener = new(IPAddress.Loopback, _port);
        listener.Start();
        _serving = ServeAsync(listener, _open.Token);
    }

    /// <summary>Cuts all connections and takes no new one.</summary>
    internal async Task CloseAsync()
    {
        await _open.CancelAsync();
        await _serving;
        _open.Dispose();
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task ServeAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ForwardAsync(await listener.AcceptTcpClientAsync(cancellationToken), cancellationToken));
            }
        }
        catch (OperationCanceledException)
        {
            listener.Stop();
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using (client)
        using (TcpClient ledger = new())
        {
            try
            {
                await ledger.ConnectAsync(_ledger.Host, _ledger.Port, cancellationToken);
                Task there = client.GetStream().CopyToAsync(ledger.GetStream(), cancellationToken);
                Task back = ledger.GetStream().CopyToAsync(client.GetStream(), cancellationToken);
                await await Task.WhenAny(there, back);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // One of the two went away, or the proxy is closed.
            }
        }
    }
}
