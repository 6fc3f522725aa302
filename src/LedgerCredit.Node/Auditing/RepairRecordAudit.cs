using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairRecords;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Auditing;

/// <summary>Compares the repair records of the logs with the steps that the index of the ledger has.</summary>
/// <remarks>The index itself is compared with the ledger by <see cref="LedgerIndexAudit"/>.</remarks>
internal sealed class RepairRecordAudit(Workspace workspace, Store store, RulePackCatalog packs, AuditFindings findings)
{
    private static readonly RecordRules Rules = new() { AllowNaturalPersons = true };

    /// <summary>Checks all logs of members of this workspace.</summary>
    /// <param name="newest">The number of the ledger's newest block, or null where no ledger was asked.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    public void Run(ulong? newest, CancellationToken cancellationToken)
    {
        LedgerIndexReader index = new(store);
        if (workspace.Config.Ledger.Contracts is null || index.Position is not IndexPosition position)
        {
            return;
        }

        RepairRecordMaker maker = new(workspace, store, packs);
        foreach (StoredLog log in store.Logs.ReadAll())
        {
            Check(log, position.BlockNumber, newest ?? ulong.MaxValue, index, maker, cancellationToken);
        }
    }

    private void Check(StoredLog log, ulong indexed, ulong newest, LedgerIndexReader index, RepairRecordMaker maker, CancellationToken cancellationToken)
    {
        Dictionary<string, (ulong LeafIndex, CreditRecord Record)> recorded = ReadRecorded(log);
        Bytes32 organisation = ConsortiumContract.OrganisationId(log.Issuer);

        // Without a progress, or with one that the index is behind, the index is being read anew: nothing can be missing yet.
        RepairProgress? progress = store.RepairProgress.Find(log.Number) is RepairProgress reached && reached.BlockNumber <= indexed ? reached : null;
        if (recorded.Count == 0 && progress is null)
        {
            return;
        }

        List<string> missing = [];
        bool isReached = false;
        foreach (IReadOnlyList<TimedEvent> block in index.ReadBlocksAfter(null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            EventPosition place = block[0].Event.Position;
            isReached |= progress is not null && place.BlockNumber == progress.BlockNumber && place.BlockHash == progress.BlockHash;
            foreach (RepairStep step in RepairStep.Of(block))
            {
                string id = maker.IdOf(step);
                if (recorded.TryGetValue(id, out (ulong LeafIndex, CreditRecord Record) found))
                {
                    // One that only has the id of the step stays, and is named below.
                    if (maker.IsToldBy(step, found.Record))
                    {
                        recorded.Remove(id);
                    }
                }
                else if (progress is not null && place.BlockNumber <= progress.BlockNumber && maker.IsFor(step, organisation))
                {
                    missing.Add($"'{step.Name}' of case {step.CaseId} in block {place.BlockNumber}");
                }
            }
        }

        foreach ((ulong leafIndex, _) in recorded.Values.Where(told => !IsAhead(told.Record)).OrderBy(told => told.LeafIndex))
        {
            findings.Add(new AuditFinding("repair-record-undone", log.Issuer, leafIndex, $"Entry {leafIndex} tells of a step of a repair case that the index of the ledger does not have: a block that counted as final was taken back, or the record was made up."));
        }

        // An erased record has no id any more. Where its block is not the ledger's any more, the recorder begins anew by itself.
        if (isReached && missing.Count > CountErasedRepairs(log))
        {
            findings.Add(new AuditFinding("repair-record-missing", log.Issuer, null, $"The log lacks records of steps that it should have by its own progress, the first of them {missing[0]}. 'ledgercredit node reindex' and 'node run --once' record them."));
        }

        // The recorder's own form, of a block that the ledger may have and the index, which is being read anew, has not reached.
        bool IsAhead(CreditRecord record) =>
            record.Id.StartsWith(maker.IdPrefix, StringComparison.Ordinal)
            && record.Claims.Find("block") is JsonNumber number
            && number.TryGetSafeInteger(out ulong block)
            && block > indexed
            && block <= newest;
    }

    // A record that cannot be read has its finding already.
    private Dictionary<string, (ulong LeafIndex, CreditRecord Record)> ReadRecorded(StoredLog log)
    {
        Dictionary<string, (ulong LeafIndex, CreditRecord Record)> recorded = new(StringComparer.Ordinal);
        foreach (StoredEntry stored in store.Entries.ReadRepairs(log.Number))
        {
            if (CreditRecord.TryParse(stored.Record, Rules, out CreditRecord? record, out _))
            {
                recorded[record.Id] = (stored.Position.LeafIndex, record);
            }
        }

        return recorded;
    }

    private int CountErasedRepairs(StoredLog log) => store.Entries.ReadErasures(log.Number)
        .Count(erasure => LogEntry.TryDecode(store.Entries.Find(erasure.Position)?.Entry ?? [], out LogEntry? entry, out _) && entry.Kind == RecordKind.Repair);
}
