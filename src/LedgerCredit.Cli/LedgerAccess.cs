using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Cli;

/// <summary>Connects to the ledger where a command can do something useful without it.</summary>
internal static class LedgerAccess
{
    /// <summary>Connects, or says why not.</summary>
    public static async Task<(LedgerSession? Session, string? Why)> TryConnectAsync(Workspace workspace, string? rpcUrl, CancellationToken cancellationToken)
    {
        if (rpcUrl is not null && (!Uri.TryCreate(rpcUrl, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https")))
        {
            throw new InputException($"'{rpcUrl}' is not a JSON-RPC address: expected http:// or https://.");
        }

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
