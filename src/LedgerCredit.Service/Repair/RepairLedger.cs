using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LedgerCredit.Service.Repair;

/// <summary>The ledger, for requests that ask it. Thread-safe.</summary>
/// <remarks>
/// Each request connects anew and so asks anew whether it is the ledger of the workspace, with its contracts: steps are taken by people, some a
/// minute, and a transaction for a ledger that was reset must not be signed.
/// </remarks>
/// <param name="node">The node.</param>
/// <param name="rpcUrl">Another endpoint of the same ledger than the configured one, or null.</param>
internal sealed class RepairLedger(NodeContext node, string? rpcUrl)
{
    /// <summary>The ledger's chain id.</summary>
    internal ulong ChainId => node.Workspace.Config.Ledger.ChainId;

    /// <summary>The repair desk, or null while the workspace knows no contracts.</summary>
    internal Address? Desk => node.Workspace.Config.Ledger.Contracts?.RepairDesk;

    /// <summary>When blocks are final.</summary>
    internal LedgerFinality Finality => LedgerFinality.Of(node.Workspace.Config, node.TimeProvider);

    /// <summary>Makes and follows transactions.</summary>
    internal LedgerTransactions TransactionsOf(LedgerSession session) => new(session, node.TimeProvider);

    /// <summary>Says where the repair desk is.</summary>
    internal bool TryFindDesk(out Address desk, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        desk = Desk ?? default;
        problem = Desk is null ? Problem.Of(ProblemCode.LedgerUnavailable, "This node knows no contracts yet: its operator names or deploys them.") : null;
        return problem is null;
    }

    /// <summary>Connects; dispose of the session at the end.</summary>
    /// <exception cref="Ethereum.Rpc.LedgerException">The ledger does not answer.</exception>
    /// <exception cref="DevnetException">The devnet does not run.</exception>
    /// <exception cref="LedgerStalledException">It is another ledger, or one that was reset: told to callers as a ledger that does not answer, and to the operator in full.</exception>
    internal async Task<LedgerSession> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await LedgerSession.ConnectAsync(node.Workspace, rpcUrl, node.TimeProvider, cancellationToken);
        }
        catch (WorkspaceException e)
        {
            throw new LedgerStalledException(e.Message);
        }
    }
}
