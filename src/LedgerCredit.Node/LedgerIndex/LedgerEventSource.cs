using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.LedgerIndex;

/// <summary>The events of a range of blocks.</summary>
/// <param name="Events">In the order of the ledger.</param>
/// <param name="End">The last block of the range.</param>
internal sealed record LedgerEventRange(IReadOnlyList<StoredLedgerEvent> Events, IndexPosition End);

/// <summary>Reads the events of Consortium, RulePacks and RepairDesk from the ledger, range by range.</summary>
/// <remarks>
/// The endpoint is not trusted to be sane: every event must be of a form that its contract has, in a block whose header,
/// by its hash, is on the ledger before and after the reading. It could still hide events; comparing two endpoints, as
/// <c>log audit --rpc</c> does, shows that. Not thread-safe.
/// </remarks>
internal sealed class LedgerEventSource(EthereumClient client, ContractAddresses contracts)
{
    /// <summary>Blocks in a range: endpoints allow 1,000 to 10,000 and more; one that allows less is asked for less.</summary>
    public const ulong MaxBlocks = 2_000;

    private ulong _blocks = MaxBlocks;

    /// <summary>Whether a block is still on the ledger.</summary>
    public async Task<bool> HasAsync(IndexPosition position, CancellationToken cancellationToken) =>
        await client.FindBlockAsync(position.BlockNumber, cancellationToken) is LedgerBlock block && block.Hash == position.BlockHash;

    /// <summary>The next range of events.</summary>
    /// <param name="after">The block up to which was read; null for the first range.</param>
    /// <param name="last">The block to which is read at most; not before the range.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <returns>Null where the ledger was reorganised meanwhile: ask again.</returns>
    /// <exception cref="LedgerAnswerException">A contract has an event that it cannot have.</exception>
    public async Task<LedgerEventRange?> TryReadAsync(IndexPosition? after, ulong last, CancellationToken cancellationToken)
    {
        ulong first = after is null ? contracts.DeploymentBlock : after.BlockNumber + 1;
        (IndexPosition End, List<LogEvent> Logs)? read = await ReadLogsAsync(first, last, cancellationToken);
        if (read is not (IndexPosition end, List<LogEvent> logs))
        {
            return null;
        }

        List<StoredLedgerEvent> events = [];
        foreach (IGrouping<ulong, LogEvent> block in logs.OrderBy(log => log.BlockNumber).ThenBy(log => log.LogIndex).GroupBy(log => log.BlockNumber))
        {
            LedgerBlock? header = await client.FindBlockAsync(block.Key, cancellationToken);
            if (header is null || block.Any(log => log.BlockHash != header.Hash))
            {
                return null;
            }

            events.AddRange(block.Select(log => ToStored(log, header.Header.Timestamp)));
        }

        if (end.BlockTime < after?.BlockTime)
        {
            throw new LedgerAnswerException($"The endpoint {client.DisplayEndpoint} has block {end.BlockNumber} at the time {end.BlockTime}, but block {after.BlockNumber} before it at {after.BlockTime}: these are not blocks of one ledger.");
        }

        // Two events in one place would be refused by the store.
        if (events.Zip(events.Skip(1)).Any(pair => (pair.First.BlockNumber, pair.First.LogIndex) == (pair.Second.BlockNumber, pair.Second.LogIndex)))
        {
            throw new LedgerAnswerException($"The endpoint names two events in one place between the blocks {first} and {end.BlockNumber}.");
        }

        // The block at the end was on the ledger before the reading. If the one before the range is, and then the end still
        // is, then the end follows from it, and all that was read lies between them.
        return (after is null || await HasAsync(after, cancellationToken)) && await HasAsync(end, cancellationToken)
            ? new LedgerEventRange(events, end)
            : null;
    }

    private async Task<(IndexPosition End, List<LogEvent> Logs)?> ReadLogsAsync(ulong first, ulong last, CancellationToken cancellationToken)
    {
        while (true)
        {
            ulong to = Math.Min(last, first + _blocks - 1);
            LedgerBlock? block = await client.FindBlockAsync(to, cancellationToken);
            if (block is null)
            {
                return null;
            }

            try
            {
                List<LogEvent> logs = [];
                foreach (Address contract in (Address[])[contracts.Consortium, contracts.RulePacks, contracts.RepairDesk])
                {
                    logs.AddRange(await client.FetchLogsAsync(new LogFilter(contract, [], first, to), cancellationToken));
                }

                _blocks = Math.Min(MaxBlocks, _blocks * 2);
                return (new IndexPosition(to, block.Hash, CheckTime(block.Header.Timestamp)), logs);
            }
            catch (Exception e) when (e is JsonRpcException or LedgerAnswerException && to > first)
            {
                // Clients refuse a range that is too long, or whose answer is, each in its own words; less may pass.
                _blocks = (to - first + 1) / 2;
            }
        }
    }

    private StoredLedgerEvent ToStored(LogEvent log, ulong blockTime)
    {
        ulong? caseId = null;
        bool isKnown;
        if (log.Address == contracts.RepairDesk)
        {
            isKnown = RepairDeskContract.TryDecodeEvent(log, out RepairDeskEvent? desk);
            caseId = desk is null ? null : RepairDeskEventFacts.FindCaseId(desk);
        }
        else
        {
            isKnown = log.Address == contracts.Consortium
                ? ConsortiumContract.TryDecodeEvent(log, out _)
                : RulePacksContract.TryDecodeEvent(log, out _);
        }

        // The store's integers are signed.
        return isKnown && caseId is not > long.MaxValue && log.LogIndex <= long.MaxValue
            ? new StoredLedgerEvent(
                log.BlockNumber,
                log.LogIndex,
                log.BlockHash,
                CheckTime(blockTime),
                log.TransactionHash,
                log.Address.ToArray(),
                [.. log.Topics.SelectMany(topic => topic.ToArray())],
                log.Data.ToArray(),
                caseId)
            : throw new LedgerAnswerException(
                $"The contract {log.Address} has an event of an unknown form in block {log.BlockNumber}: it is another contract, or the endpoint is at fault.");
    }

    private static ulong CheckTime(ulong time) => time <= CaseFold.LatestTime
        ? time
        : throw new LedgerAnswerException($"The endpoint has a block of the time {time}, which is after the year 9999.");
}
