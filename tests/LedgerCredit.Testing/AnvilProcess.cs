using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LedgerCredit.Testing;

/// <summary>A ledger for one test: anvil with the flags of the embedded devnet, on a free port, killed at the end.</summary>
/// <remarks>
/// The program is the one named by <c>LEDGERCREDIT_ANVIL</c>, else that of <c>devnet/node_modules</c>, else <c>anvil</c> on the PATH; the
/// test is inconclusive where there is none. Blocks come at intervals, as on the devnet.
/// </remarks>
public sealed class AnvilProcess : IAsyncDisposable
{
    /// <summary>The chain id.</summary>
    public const ulong ChainId = 31700;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    private readonly Process _process;

    private AnvilProcess(Process process, Uri endpoint)
    {
        _process = process;
        Endpoint = endpoint;
    }

    /// <summary>The JSON-RPC address.</summary>
    public Uri Endpoint { get; }

    /// <summary>Starts a ledger and waits until it answers.</summary>
    /// <param name="hardfork">For example <c>prague</c> or <c>london</c>.</param>
    /// <param name="hasFees">Whether transactions cost gas fees (EIP-1559), instead of nothing.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public static async Task<AnvilProcess> StartAsync(string hardfork, bool hasFees, CancellationToken cancellationToken)
    {
        // Another process may take the port between asking for it and using it, so there is a second and a third try.
        for (int attempt = 1; ; attempt++)
        {
            AnvilProcess? anvil = await TryStartAsync(hardfork, hasFees, cancellationToken);
            if (anvil is not null)
            {
                return anvil;
            }

            if (attempt == 3)
            {
                throw new InvalidOperationException("anvil did not start in three attempts.");
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<AnvilProcess?> TryStartAsync(string hardfork, bool hasFees, CancellationToken cancellationToken)
    {
        int port = FindFreePort();
        ProcessStartInfo start = new(FindProgram()) { UseShellExecute = false };
        string[] arguments =
        [
            "--host", "127.0.0.1",
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "--chain-id", ChainId.ToString(CultureInfo.InvariantCulture),
            "--hardfork", hardfork,
            "--block-time", "0.2",
            "--order", "fifo",
            "--gas-limit", "60000000",
            "--slots-in-an-epoch", "1",
            "--accounts", "1",
            "--quiet",
        ];
        string[] noFees = hasFees ? [] : ["--base-fee", "0", "--gas-price", "0", "--no-priority-fee"];
        foreach (string argument in (string[])[.. arguments, .. noFees])
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException("anvil could not be started.");
        Uri endpoint = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        try
        {
            if (await IsReadyAsync(process, endpoint, cancellationToken))
            {
                return new AnvilProcess(process, endpoint);
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
        return null;
    }

    // False where the process ended (its port was taken) or does not answer in time.
    private static async Task<bool> IsReadyAsync(Process process, Uri endpoint, CancellationToken cancellationToken)
    {
        using HttpClient client = new();
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < StartTimeout && !process.HasExited)
        {
            try
            {
                const string Request = """{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}""";
                using StringContent content = new(Request, Encoding.UTF8, "application/json");
                using HttpResponseMessage response = await client.PostAsync(endpoint, content, cancellationToken);
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(PollInterval, cancellationToken);
            }
        }

        return false;
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindProgram()
    {
        if (Environment.GetEnvironmentVariable("LEDGERCREDIT_ANVIL") is string named)
        {
            return named;
        }

        string packaged = RepositoryFiles.Path("devnet", "node_modules", ".bin", "anvil");
        if (File.Exists(packaged))
        {
            return packaged;
        }

        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            string candidate = Path.Combine(folder, "anvil");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        Assert.Inconclusive("Needs anvil: run 'npm ci --ignore-scripts' in devnet/, or name it in LEDGERCREDIT_ANVIL.");
        return "";
    }
}
