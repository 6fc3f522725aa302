using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.LedgerIndex;

/// <summary>Reads events from their stored bytes.</summary>
internal static class StoredEvents
{
    /// <summary>The events of the repair desk among some.</summary>
    /// <exception cref="LogIntegrityException">A row is none that an index has: it was altered.</exception>
    public static IEnumerable<TimedEvent> OfRepairDesk(IEnumerable<StoredLedgerEvent> stored)
    {
        foreach (StoredLedgerEvent row in stored)
        {
            LogEvent log = ToLog(row);
            if (RepairDeskContract.TryDecodeEvent(log, out RepairDeskEvent? desk))
            {
                yield return new TimedEvent(desk, row.BlockTime);
            }
            else if (!ConsortiumContract.TryDecodeEvent(log, out _) && !RulePacksContract.TryDecodeEvent(log, out _))
            {
                throw Altered(row);
            }
        }
    }

    /// <summary>The events of the consortium among some, which must all be of one form.</summary>
    /// <exception cref="LogIntegrityException">One is of another form: its row was altered.</exception>
    public static IEnumerable<T> OfConsortium<T>(IEnumerable<StoredLedgerEvent> stored)
        where T : ConsortiumEvent => stored.Select(row =>
            ConsortiumContract.TryDecodeEvent(ToLog(row), out ConsortiumEvent? decoded) && decoded is T wanted ? wanted : throw Altered(row));

    /// <summary>The last event of the consortium among some, or null where there are none.</summary>
    /// <exception cref="LogIntegrityException">It is another event: its row was altered.</exception>
    public static T? LastOfConsortium<T>(IReadOnlyList<StoredLedgerEvent> stored)
        where T : ConsortiumEvent
    {
        if (stored.Count == 0)
        {
            return null;
        }

        return ConsortiumContract.TryDecodeEvent(ToLog(stored[^1]), out ConsortiumEvent? decoded) && decoded is T wanted
            ? wanted
            : throw Altered(stored[^1]);
    }

    /// <summary>The error for a row that does not hold what it must.</summary>
    public static LogIntegrityException Altered(StoredLedgerEvent row) => new(
        $"The stored event {row.LogIndex} of block {row.BlockNumber} is none that the contracts have: it was altered. 'ledgercredit log audit' says what else was.");

    private static LogEvent ToLog(StoredLedgerEvent row)
    {
        if (row.Contract.Length != Address.Length || row.Topics.Length % Bytes32.Length != 0)
        {
            throw Altered(row);
        }

        return new LogEvent(
            Address.FromBytes(row.Contract),
            [.. row.Topics.Chunk(Bytes32.Length).Select(topic => Bytes32.FromBytes(topic))],
            row.Data,
            row.BlockNumber,
            row.BlockHash,
            row.TransactionHash,
            row.LogIndex);
    }
}
