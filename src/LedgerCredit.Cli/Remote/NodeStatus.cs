using System.Globalization;
using LedgerCredit.Cli.Commands;
using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;

namespace LedgerCredit.Cli.Remote;

/// <summary>How a node says that it and its logs stand.</summary>
/// <param name="Rows">The logs.</param>
/// <param name="IsCompared">Whether the node has compared them with the ledger, and the ledger answers it.</param>
/// <param name="IsDivergent">Whether the node's store and its ledger have different histories; of which log, the node's own lines say.</param>
/// <param name="Problems">What keeps the node from its work.</param>
internal sealed record NodeStatus(IReadOnlyList<LogStatus> Rows, bool IsCompared, bool IsDivergent, IReadOnlyList<string> Problems)
{
    /// <summary>Asks the node.</summary>
    /// <param name="client">The node.</param>
    /// <param name="issuer">Only this member's log; null for all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InputException">There is no such log.</exception>
    public static async Task<NodeStatus> FetchAsync(LedgerCreditClient client, string? issuer, CancellationToken cancellationToken)
    {
        HealthReport health = await client.GetReadinessAsync(cancellationToken);
        LedgerView ledger = await client.GetLedgerAsync(cancellationToken);
        bool isCompared = ledger.Contracts is not null && !health.Problems.Any(problem => problem.Kind is "starting" or "contracts" or "ledger" or "history" or "node");
        List<LogStatus> rows = [];
        foreach (LogView log in ledger.Logs.Where(log => issuer is null || log.Issuer == issuer))
        {
            rows.Add(await ReadAsync(client, log, isCompared, cancellationToken));
        }

        return rows.Count > 0 || issuer is null
            ? new NodeStatus(
                rows,
                isCompared,
                health.Problems.Any(problem => problem.Kind == "history"),
                [.. health.Problems.Select(problem => CaseScreen.Printable(problem.Reason))])
            : throw new InputException($"'{issuer}' has no log at the node.");
    }

    private static async Task<LogStatus> ReadAsync(LedgerCreditClient client, LogView log, bool isCompared, CancellationToken cancellationToken)
    {
        if (log.Anchored < 0 || log.Entries < log.Anchored)
        {
            throw new NodeAnswerException($"The node says of a log that {log.Anchored} of {log.Entries} entries are anchored, which cannot be.");
        }

        // The page behind the size before the newest one's begins with the newest one.
        string? newest = log.Anchored == 0
            ? null
            : (await client.GetAnchorsAsync(log.Issuer, (log.Anchored - 1).ToString(CultureInfo.InvariantCulture), cancellationToken)).Anchors is [AnchorView anchor, ..] ? anchor.BlockTime : null;
        return new LogStatus(
            CaseScreen.Printable(log.Issuer),
            CaseScreen.Printable(log.Origin),
            (ulong)log.Entries,
            (ulong)log.Anchored,
            newest is null ? null : CaseScreen.Printable(newest),
            log.InFlight,
            !isCompared ? LogStatus.NotCompared : log.Anchored == log.Entries ? LogStatus.Equal : LogStatus.Behind,
            isCompared ? (ulong)log.Anchored : null);
    }
}
