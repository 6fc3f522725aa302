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
