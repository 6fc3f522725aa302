using LedgerCredit.Contracts;
using LedgerCredit.Log;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Outbox;

/// <summary>Puts what supervisors are to be told into the outbox, from the index of the ledger.</summary>
/// <remarks>
/// <para>
/// Each endpoint has a progress of its own: the last block with events that was gone through, by number and hash. Messages
/// and progress are written in one transaction, so that a crash leaves neither without the other.
/// </para>
/// <para>
/// Where the index no longer has that block, the ledger was reorganised (only a devnet does that to final blocks); where the
/// index is rebuilt, that is forgotten together with what was not delivered. Then this is made again from the ledger as the index has
/// it now: what an endpoint had hidden is told, what it had made up is not. What was delivered has its row, so that it is not sent again.
/// </para>
/// </remarks>
/// <param name="store">The store, open for writing.</param>
/// <param name="origin">Which desk the index follows.</param>
/// <param name="finality">When a block is final.</param>
/// <param name="timeProvider">The clock of the outbox.</param>
public sealed class OutboxFiller(Store store, DeskOrigin origin, LedgerFinality finality, TimeProvider timeProvider)
{
    private readonly LedgerIndexReader _index = new(store);

    /// <summary>Makes an endpoint known: from now on it is told of the blocks that the index has not read yet.</summary>
    /// <remarks>
    /// Forgets what an endpoint of this name was not told when it was removed. While the index is read anew, which had come further
    /// before, that is earlier than now: the endpoint is told of what was on the ledger already.
    /// </remarks>
    /// <param name="store">The store, open for writing.</param>
    /// <param name="endpoint">Its name.</param>
    public static void Begin(Store store, string endpoint)
    {
        ArgumentNullException.ThrowIfNull(store);
        using StoreTransaction transaction = store.BeginWrite();
        store.Outbox.RemoveEndpoint(endpoint);
        store.Outbox.PutProgress(endpoint, FromNowOn(store));

        // A crash before the commit leaves the endpoint as it was before: known with all its messages, or not known.
        transaction.Commit();
    }

    /// <summary>Puts the events that became final since into the outbox of an endpoint.</summary>
    /// <returns>How many messages are new.</returns>
    public int Fill(string endpoint)
    {
        using StoreTransaction transaction = store.BeginWrite();
        if (_index.Position is not IndexPosition position)
        {
            return 0;
        }

        if (store.Outbox.FindProgress(endpoint) is not OutboxProgress progress)
        {
            // It was written into the configuration by hand. A crash before the commit leaves it unknown, and the next round
            // begins with the blocks that are new then: it has been told of none before either.
            store.Outbox.PutProgress(endpoint, FromNowOn(store));
            transaction.Commit();
            return 0;
        }

        // The index went back, and has not come as far again.
        if (progress.LastBlock > position.BlockNumber)
        {
            return 0;
        }

        OutboxProgress before = progress;
        if (progress.LastBlock is ulong last && !ReadFrom(last).Take(1).Any(timed => IsOf(timed, progress)))
        {
            store.Outbox.RemovePending(endpoint);
            progress = progress with { LastBlock = null, LastBlockHash = null };
        }

        int added = 0;
        foreach (TimedEvent timed in ReadFrom(progress.LastBlock ?? progress.FirstBlock).TakeWhile(timed => IsFinal(timed, position)))
        {
            if (SupervisoryEvent.IsTold(timed.Event) && Add(endpoint, timed))
            {
                added++;
            }

            progress = progress with { LastBlock = timed.Event.Position.BlockNumber, LastBlockHash = timed.Event.Position.BlockHash };
        }

        if (progress != before)
        {
            store.Outbox.PutProgress(endpoint, progress);

            // Messages and progress together. A crash before the commit leaves neither, and the next round makes them again;
            // after it, they are never made again.
            transaction.Commit();
        }

        return added;
    }

    private static OutboxProgress FromNowOn(Store store) =>
        new(store.LedgerPositions.FindLatest() is IndexPosition position ? position.BlockNumber + 1 : 0, LastBlock: null, LastBlockHash: null);

    private static bool IsOf(TimedEvent timed, OutboxProgress progress) =>
        timed.Event.Position.BlockNumber == progress.LastBlock && timed.Event.Position.BlockHash == progress.LastBlockHash;

    private bool IsFinal(TimedEvent timed, IndexPosition position)
    {
        ulong block = timed.Event.Position.BlockNumber;
        return block + (ulong)finality.DescendantsNeeded(block) <= position.BlockNumber;
    }

    // The last block is read again each time: it is where the events go on, and adding one twice changes nothing.
    private IEnumerable<TimedEvent> ReadFrom(ulong block) => _index.ReadEventsAfter(block == 0 ? null : block - 1);

    private bool Add(string endpoint, TimedEvent timed)
    {
        Bytes32 authority = AuthorityOf(timed.Event);
        SupervisoryEvent message = SupervisoryEvent.Make(origin, timed.Event, timed.Time, authority, _index.FindSlug(authority));
        return store.Outbox.Add(message.Id, endpoint, message.Body, timeProvider.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private Bytes32 AuthorityOf(RepairDeskEvent happened) => happened switch
    {
        SanctionAnnulledEvent annulled => annulled.Authority,
        RepairCaseEvent of when _index.FindCase(of.CaseId) is IndexedCase found => found.Terms.Authority,
        _ => throw new LogIntegrityException($"The index has an event of block {happened.Position.BlockNumber} without its case. Run 'ledgercredit log audit'."),
    };
}
