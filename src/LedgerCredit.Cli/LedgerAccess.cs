using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Cli;

/// <summary>Connects to the ledger where a command can do something useful without it.</summary>
internal static class LedgerAccess
{
    /// <summary>Checks the address of an endpoint that an option names.</summary>
    /// <returns>The address; null where the option was not given.</returns>
    /// <exception cref="InputException">It is none.</exception>
    public static string? CheckRpcUrl(string? rpcUrl) =>
        rpcUrl is null || (Uri.TryCreate(rpcUrl, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https")
            ? rpcUrl
            : throw new InputException($"'{RemoteAddress.WithoutUser(rpcUrl)}' is not a JSON-RPC address: expected http:// or https://.");

    /// <summary>Connects, or says why not.</summary>
    public static async Task<(LedgerSession? Session, string? Why)> TryConnectAsync(Workspace workspace, string? rpcUrl, CancellationToken cancellationToken)
    {
        CheckRpcUrl(rpcUrl);
        if (workspace.Config.Ledger.Contracts is null)
        {
            return (null, "No contracts are deployed yet.");
        }

        try
        {
            return (await LedgerSession.ConnectAsync(workspace, rpcUrl, TimeProvider.System, cancellationToken), null);
        }
        catch (Exception e) when (e is LedgerException or DevnetException)
        {
            return (null, e.Message);
        }
    }
}
