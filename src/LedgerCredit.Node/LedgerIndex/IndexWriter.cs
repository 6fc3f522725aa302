using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.LedgerIndex;

/// <summary>Changes the tables of the index together, inside a transaction of the caller.</summary>
internal sealed class IndexWriter(Store store)
{
    /// <summary>Adds a range behind what is there.</summary>
    /// <exception cref="LedgerAnswerException">The events of a case do not fit together: the endpoint hid some.</exception>
    public void Add(LedgerEventRange range)
    {
        foreach (StoredLedgerEvent stored in range.Events)
        {
            store.LedgerEvents.Add(stored);
        }

        store.LedgerPositions.Add(range.End);
        Derive(range.Events);
    }

    /// <summary>Forgets everything after a block; everything at all where there is none.</summary>
    public void RemoveAfter(ulong? blockNumber)
    {
        List<StoredLedgerEvent> removed = [.. store.LedgerEvents.ReadAfter(blockNumber)];
        store.LedgerEvents.RemoveAfter(blockNumber);
        store.LedgerPositions.RemoveAfter(blockNumber);
        Derive(removed);
    }

    /// <summary>Forgets everything, whatever it is: rows that were altered too.</summary>
    public void Clear()
    {
        store.LedgerEvents.RemoveAfter(null);
        store.LedgerPositions.RemoveAfter(null);
        store.RepairCases.RemoveAll();
    }

    /// <summary>The row of a case.</summary>
    public static StoredRepairCase RowOf(IndexedCase folded) => new(
        folded.CaseId,
        folded.LeafHash,
        folded.Terms.SubjectTag,
        folded.Terms.Authority,
        (byte)folded.Stage,
        folded.DueAt,
        folded.ObjectionDueAt);

    // Writes the rows anew of the cases that events belong to. The end of a pause moves the due dates of all that are under way.
    private void Derive(IReadOnlyList<StoredLedgerEvent> events)
    {
        SortedSet<ulong> touched = [.. events.Where(stored => stored.CaseId is not null).Select(stored => stored.CaseId!.Value)];
        if (events.Any(stored => stored.Topics.AsSpan().StartsWith(EventTopics.Resumed.AsSpan())))
        {
            touched.UnionWith(store.RepairCases.Read(new CaseFilter { IsUnderWay = true }).Select(stored => stored.CaseId));
        }

        TimedEvent[] pauses = touched.Count == 0 ? [] : [.. ReadPauses()];
        foreach (ulong caseId in touched)
        {
            IReadOnlyList<StoredLedgerEvent> stored = store.LedgerEvents.ReadCase(caseId);
            if (stored.Count == 0)
            {
                store.RepairCases.Remove(caseId);
                continue;
            }

            store.RepairCases.Put(CaseFold.TryFold(LedgerIndexReader.InOrder(StoredEvents.OfRepairDesk(stored), pauses), out IndexedCase? folded, out string? problem)
                ? RowOf(folded)
                : throw new LedgerAnswerException($"The ledger's events of repair case {caseId} do not fit together: the endpoint hid some, now or earlier. {problem} With an endpoint that can be trusted, 'ledgercredit node reindex' reads all of them anew."));
        }
    }

    private IEnumerable<TimedEvent> ReadPauses() => StoredEvents.OfRepairDesk(
        ((Bytes32[])[EventTopics.Paused, EventTopics.Resumed]).SelectMany(topic => store.LedgerEvents.ReadTopics(topic)));
}
