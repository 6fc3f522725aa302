using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Log;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Auditing;

/// <summary>Checks the index of the ledger: the rows of cases against the stored events, and the events against the ledger.</summary>
/// <remarks>Streaming: holds the events of one range of blocks, and of one case.</remarks>
internal sealed class LedgerIndexAudit(Store store, AuditFindings findings)
{
    private const int MaxContradictions = 20;
    private const string Remedy = "Nothing but this index is affected; 'ledgercredit node reindex' reads it anew.";

    /// <summary>Checks it.</summary>
    /// <param name="session">The ledger to compare with, or null.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public async Task RunAsync(LedgerSession? session, CancellationToken cancellationToken)
    {
        try
        {
            CheckCases(cancellationToken);
        }
        catch (LogIntegrityException e)
        {
            Find(e.Message);
        }

        if (session is not null)
        {
            await CheckEventsAsync(session, cancellationToken);
        }
    }

    private void CheckCases(CancellationToken cancellationToken)
    {
        SortedSet<ulong> cases = [];
        ulong? last = store.LedgerPositions.FindLatest()?.BlockNumber;
        foreach (StoredLedgerEvent stored in store.LedgerEvents.ReadAfter(null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimedEvent? desk = StoredEvents.OfRepairDesk([stored]).FirstOrDefault();
            ulong? caseId = desk is null ? null : RepairDeskEventFacts.FindCaseId(desk.Event);
            if (caseId != stored.CaseId || last is null || stored.BlockNumber > last)
            {
                Find($"Event {stored.LogIndex} of block {stored.BlockNumber} is filed under another case than its own, or behind the block up to which the ledger was read.");
                return;
            }

            if (caseId is ulong known)
            {
                cases.Add(known);
            }
        }

        LedgerIndexReader reader = new(store);
        Dictionary<ulong, StoredRepairCase> rows = store.RepairCases.Read(CaseFilter.All).ToDictionary(row => row.CaseId);
        foreach (ulong caseId in cases)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!rows.Remove(caseId, out StoredRepairCase? row) || row != IndexWriter.RowOf(reader.FindCase(caseId)!))
            {
                Find($"The row of repair case {caseId} is missing, or is not what follows from the case's events.");
            }
        }

        foreach (ulong caseId in rows.Keys)
        {
            Find($"There is a row of repair case {caseId}, which has no events.");
        }
    }

    private async Task CheckEventsAsync(LedgerSession session, CancellationToken cancellationToken)
    {
        LedgerEventSource source = new(session.Client, session.Contracts);
        IReadOnlyList<IndexPosition> positions = store.LedgerPositions.ReadAll();
        if (positions.Count == 0)
        {
            // Nothing was read yet; that there are no events then is checked above.
            return;
        }

        // Behind the newest place that the ledger still has, it was reorganised since, and the next catching up follows.
        IndexPosition? end = null;
        foreach (IndexPosition position in positions)
        {
            if (await source.HasAsync(position, cancellationToken))
            {
                end = position;
                break;
            }
        }

        if (end is null)
        {
            Find($"The ledger was read up to block {positions[0].BlockNumber} with the hash {positions[0].BlockHash}, but the ledger has neither this block nor an earlier one that was noted.");
            return;
        }

        if ((await session.Client.FindBlockAsync(end.BlockNumber, cancellationToken))?.Header.Timestamp != end.BlockTime)
        {
            Find($"The time noted for block {end.BlockNumber} is not the ledger's.");
            return;
        }

        await CompareAsync(source, end, cancellationToken);
    }

    private async Task CompareAsync(LedgerEventSource source, IndexPosition end, CancellationToken cancellationToken)
    {
        using IEnumerator<StoredLedgerEvent> stored = store.LedgerEvents.ReadAfter(null).TakeWhile(row => row.BlockNumber <= end.BlockNumber).GetEnumerator();
        IndexPosition? reached = null;
        int contradictions = 0;
        while (reached is null || reached.BlockNumber < end.BlockNumber)
        {
            LedgerEventRange? range = await source.TryReadAsync(reached, end.BlockNumber, cancellationToken);
            if (range is null)
            {
                contradictions++;
                if (contradictions == MaxContradictions)
                {
                    throw new LedgerAnswerException($"The endpoint contradicted itself {MaxContradictions} times about the events after block {reached?.BlockNumber}.");
                }

                continue;
            }

            foreach (StoredLedgerEvent expected in range.Events)
            {
                if (!stored.MoveNext() || !IsSame(stored.Current, expected))
                {
                    Find($"The ledger has an event {expected.LogIndex} in block {expected.BlockNumber}; what is stored in its place is another one, or nothing.");
                    return;
                }
            }

            reached = range.End;
        }

        if (stored.MoveNext())
        {
            Find($"There is an event {stored.Current.LogIndex} of block {stored.Current.BlockNumber} that the ledger does not have.");
        }
    }

    private static bool IsSame(StoredLedgerEvent left, StoredLedgerEvent right) =>
        left.BlockNumber == right.BlockNumber
        && left.LogIndex == right.LogIndex
        && left.BlockHash == right.BlockHash
        && left.BlockTime == right.BlockTime
        && left.TransactionHash == right.TransactionHash
        && left.Contract.AsSpan().SequenceEqual(right.Contract)
        && left.Topics.AsSpan().SequenceEqual(right.Topics)
        && left.Data.AsSpan().SequenceEqual(right.Data)
        && left.CaseId == right.CaseId;

    private void Find(string message) => findings.Add(new AuditFinding("ledger-index-altered", null, null, $"{message} {Remedy}"));
}
