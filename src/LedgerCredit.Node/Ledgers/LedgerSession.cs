using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Ledgers;

/// <summary>A connection to the ledger of a workspace, checked to be that ledger.</summary>
public sealed class LedgerSession : IDisposable
{
    private readonly HttpClient _httpClient;
    private readonly ContractAddresses? _contracts;

    private LedgerSession(HttpClient httpClient, EthereumClient client, LedgerConfig config)
    {
        _httpClient = httpClient;
        _contracts = config.Contracts;
        Client = client;
        ChainId = config.ChainId;
    }

    /// <summary>The typed client.</summary>
    public EthereumClient Client { get; }

    /// <summary>The chain id that the endpoint reported and the configuration names.</summary>
    public ulong ChainId { get; }

    /// <summary>The contracts.</summary>
    /// <exception cref="WorkspaceException">They are not deployed yet.</exception>
    public ContractAddresses Contracts => _contracts
        ?? throw new WorkspaceException("This workspace knows no contracts yet. Deploy them with 'ledgercredit contracts deploy'.");

    /// <summary>Connects.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="rpcUrl">Another endpoint of the same ledger than the configured one, or null.</param>
    /// <param name="timeProvider">The clock of timeouts.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="LedgerException">The endpoint does not answer.</exception>
    /// <exception cref="DevnetException">The devnet does not run.</exception>
    /// <exception cref="WorkspaceException">It is another ledger, or one without the contracts.</exception>
    public static async Task<LedgerSession> ConnectAsync(
        Workspace workspace,
        string? rpcUrl,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        LedgerConfig config = workspace.Config.Ledger;
        string url = rpcUrl ?? config.RpcUrl ?? new Devnet(workspace).GetRunning().RpcUrl;
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            throw new WorkspaceException($"'{RemoteAddress.WithoutUser(url)}' is not a JSON-RPC address: expected http:// or https://.");
        }

        HttpClient httpClient = JsonRpcClient.CreateHttpClient();
        try
        {
            JsonRpcClient rpc = new(httpClient, endpoint, new JsonRpcOptions(), timeProvider);
            LedgerSession session = new(httpClient, new EthereumClient(rpc, HashRuleOf(config)), config);
            await session.CheckAsync(cancellationToken);
            return session;
        }
        catch
        {
            httpClient.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _httpClient.Dispose();

    private static BlockHashRule HashRuleOf(LedgerConfig config) =>
        config.Consensus is JsonObject consensus && consensus.TryFindString("hash", out string? hash) && hash == "qbft"
            ? BlockHashRule.Qbft
            : BlockHashRule.Keccak;

    // A transaction for another chain would vanish without a trace on some engines, so the id is asked before anything else.
    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        ulong chainId = await Client.FetchChainIdAsync(cancellationToken);
        if (chainId != ChainId)
        {
            throw new WorkspaceException($"The endpoint {Client.DisplayEndpoint} serves chain {chainId}, but this workspace belongs to chain {ChainId}. Nothing was sent.");
        }

        if (_contracts is not null)
        {
            await RequireCodeAsync(_contracts.Consortium, "Consortium", cancellationToken);
            await RequireCodeAsync(_contracts.EvidenceLog, "EvidenceLog", cancellationToken);
            await RequireCodeAsync(_contracts.RulePacks, "RulePacks", cancellationToken);
            await RequireCodeAsync(_contracts.RepairDesk, "RepairDesk", cancellationToken);
        }
    }

    private async Task RequireCodeAsync(Address contract, string name, CancellationToken cancellationToken)
    {
        byte[] code = await Client.FetchCodeAsync(contract, BlockReference.Latest, cancellationToken);
        if (code.Length == 0)
        {
            throw new WorkspaceException(
                $"The ledger at {Client.DisplayEndpoint} has no contract at {contract}, where this workspace has its {name}. It was reset, or is another network with the same chain id. Nothing was sent: restore the ledger's state, or begin anew with a new workspace and import the records there.");
        }
    }
}
