using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.RepairRecords;

/// <summary>A repair record that was added to a log.</summary>
/// <param name="Issuer">The log's member.</param>
/// <param name="Id">The record's id.</param>
/// <param name="Event">The stable name of the event.</param>
/// <param name="CaseId">The case; 0 where the step concerns the sanction alone.</param>
/// <param name="Acknowledgement">The log's acknowledgement.</param>
public sealed record RecordedStep(string Issuer, string Id, string Event, ulong CaseId, RecordAcknowledgement Acknowledgement);

/// <summary>Puts the steps of repair cases, as records, into the logs of the members that took them.</summary>
/// <remarks>
/// <para>
/// docs/spec/repair-records.md. From the index, and only what is final. A step is recorded once: its id follows from the
/// ledger, and a record of this id that is there, or was erased, is neither compared nor changed.
/// </para>
/// <para>
/// Each log has its own progress, because a member may be added later than its steps were taken. Losing the progress, or a
/// reorganisation of blocks that counted as final (a devnet's), makes this go through all events again. Not thread-safe;
/// several processes may record at once.
/// </para>
/// </remarks>
/// <param name="workspace">The workspace, with contracts.</param>
/// <param name="store">Its store, open for writing.</param>
/// <param name="keys">Its keys. The log key of a member is opened when it has something to record.</param>
/// <param name="packs">The rule packs, in whose zones days are counted.</param>
/// <param name="finality">When a block is final.</param>
public sealed class RepairRecorder(Workspace workspace, Store store, KeyRing keys, RulePackCatalog packs, LedgerFinality finality)
{
    private const int BatchRecords = 256;

    private readonly LedgerIndexReader _index = new(store);

    /// <summary>Records all final steps that are not recorded yet.</summary>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>What was added.</returns>
    /// <exception cref="WorkspaceException">A log's key cannot be opened, or a statement was altered.</exception>
    public IReadOnlyList<RecordedStep> Record(CancellationToken cancellationToken)
    {
        List<RecordedStep> recorded = [];
        foreach (StoredLog log in store.Logs.ReadAll())
        {
            if (workspace.Config.FindMember(log.Issuer) is MemberConfig member && keys.Has(KeystoreKeyType.Note, member.Slug))
            {
                Record(log, member, recorded, cancellationToken);
            }
        }

        return recorded;
    }

    private void Record(StoredLog log, MemberConfig member, List<RecordedStep> recorded, CancellationToken cancellationToken)
    {
        RepairRecordMaker maker = new(workspace, store, packs);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (IReadOnlyList<RepairStep> steps, RepairProgress? reached) = ReadBatch(log, maker);
            if (reached is null)
            {
                return;
            }

            // 1. Append. A crash before the next step leaves the progress behind the log: the same steps are read again, and
            //    found to be there.
            if (steps.Count > 0)
            {
                Append(log, member, maker, steps, recorded);
            }

            // 2. Note how far it came. Never before the records are durable.
            store.RepairProgress.Put(log.Number, reached);
        }
    }

    // Whole blocks, until there are enough records for a transaction. Null where there is nothing new.
    private (IReadOnlyList<RepairStep> Steps, RepairProgress? Reached) ReadBatch(StoredLog log, RepairRecordMaker maker)
    {
        using StoreTransaction snapshot = store.BeginRead();
        if (_index.Position is not IndexPosition position)
        {
            return ([], null);
        }

        List<RepairStep> steps = [];
        RepairProgress? reached = null;
        Bytes32 organisation = ConsortiumContract.OrganisationId(log.Issuer);
        foreach (IReadOnlyList<TimedEvent> block in _index.ReadBlocksAfter(FindLast(log)))
        {
            EventPosition place = block[0].Event.Position;
            if (place.BlockNumber + (ulong)finality.DescendantsNeeded(place.BlockNumber) > position.BlockNumber)
            {
                break;
            }

            steps.AddRange(RepairStep.Of(block).Where(step =>
                maker.IsFor(step, organisation)
                && store.Index.Find(log.Number, RecordKind.Repair, maker.IdOf(step)) is null));
            reached = new RepairProgress(place.BlockNumber, place.BlockHash);
            if (steps.Count >= BatchRecords)
            {
                break;
            }
        }

        return (steps, reached);
    }

    // The block after which to go on; null to begin anew, where the index does not have the one that was reached.
    private ulong? FindLast(StoredLog log)
    {
        if (store.RepairProgress.Find(log.Number) is not RepairProgress progress)
        {
            return null;
        }

        TimedEvent? next = _index.ReadEventsAfter(progress.BlockNumber == 0 ? null : progress.BlockNumber - 1).FirstOrDefault();
        return next is not null && next.Event.Position.BlockNumber == progress.BlockNumber && next.Event.Position.BlockHash == progress.BlockHash
            ? progress.BlockNumber
            : null;
    }

    private void Append(StoredLog log, MemberConfig member, RepairRecordMaker maker, IReadOnlyList<RepairStep> steps, List<RecordedStep> recorded)
    {
        List<PreparedRecord> prepared = [];
        foreach (RepairStep step in steps)
        {
            // Only sanctions have terms, so that the subject key is not needed.
            prepared.Add(PreparedRecord.TryPrepare(maker.Make(step, log.Issuer), packs, Bytes32.Zero, out RecordProblem? problem)
                ?? throw new System.Diagnostics.UnreachableException($"A repair record has no terms to fail: {problem}"));
        }

        using LogKey key = keys.OpenLogKey(member);
        IReadOnlyList<AppendOutcome> outcomes = new Sequencer(store, log, key).Append(prepared);
        for (int i = 0; i < outcomes.Count; i++)
        {
            // Another process may have recorded it first, in its own words; or it was erased, and stays so.
            if (outcomes[i].Result == AppendResult.Added)
            {
                recorded.Add(new RecordedStep(log.Issuer, prepared[i].Id, steps[i].Name, steps[i].CaseId, outcomes[i].Acknowledgement!));
            }
        }
    }
}
