using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests;

/// <summary>A running ledger that several workspaces of a test class may use: each deploys its own contracts.</summary>
internal sealed class TestLedger : IAsyncDisposable
{
    private readonly AnvilProcess _anvil;
    private readonly HttpClient _httpClient = JsonRpcClient.CreateHttpClient();

    private TestLedger(AnvilProcess anvil)
    {
        _anvil = anvil;
        Rpc = new JsonRpcClient(_httpClient, anvil.Endpoint, new JsonRpcOptions(), TimeProvider.System);
        Client = new EthereumClient(Rpc, BlockHashRule.Keccak);
    }

    internal JsonRpcClient Rpc { get; }

    internal EthereumClient Client { get; }

    internal string Url => _anvil.Endpoint.ToString();

    internal static async Task<TestLedger> StartAsync(CancellationToken cancellationToken) =>
        new(await AnvilProcess.StartAsync("prague", hasFees: false, cancellationToken));

    /// <summary>A ledger on which transactions cost fees.</summary>
    internal static async Task<TestLedger> StartWithFeesAsync(CancellationToken cancellationToken) =>
        new(await AnvilProcess.StartAsync("prague", hasFees: true, cancellationToken));

    /// <summary>Asks anvil for one of its extras; tests only.</summary>
    internal Task<JsonValue> AnvilAsync(string method, IReadOnlyList<JsonValue> parameters, CancellationToken cancellationToken) =>
        Rpc.SendAsync(method, parameters, cancellationToken);

    /// <summary>Stops interval mining, so that what is sent stays in the pool.</summary>
    internal Task PauseMiningAsync(CancellationToken cancellationToken) =>
        AnvilAsync("evm_setIntervalMining", [new JsonNumber(0)], cancellationToken);

    /// <summary>Makes one block now.</summary>
    internal Task MineAsync(CancellationToken cancellationToken) => AnvilAsync("evm_mine", [], cancellationToken);

    internal Task ResumeMiningAsync(CancellationToken cancellationToken) =>
        AnvilAsync("evm_setIntervalMining", [new JsonNumber(1)], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _httpClient.Dispose();
        await _anvil.DisposeAsync();
    }
}
