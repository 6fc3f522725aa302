using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairRecords;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Auditing;

/// <summary>Compares the repair records of the logs with the steps that the index of the ledger has.</summary>
/// <remarks>The index itself is compared with the ledger by <see cref="LedgerIndexAudit"/>.</remarks>
internal sealed class RepairRecordAudit(Workspace workspace, Store store, RulePackCatalog packs, AuditFindings findings)
{
    private static readonly RecordRules Rules = new() { AllowNaturalPersons = true };

    /// <summary>Checks all logs of members of this workspace.</summary>
    /// <param name="cancellationToken">Stops between blocks.</param>
    public void Run(CancellationToken cancellationToken)
    {
        LedgerIndexReader index = new(store);
        if (workspace.Config.Ledger.Contracts is null || index.Position is not IndexPosition position)
        {
            return;
        }

        RepairRecordMaker maker = new(workspace, store, packs);
        foreach (StoredLog log in store.Logs.ReadAll())
        {
            // An index that is behind the records is being read anew: there is nothing to compare with yet.
            if (store.RepairProgress.Find(log.Number) is RepairProgress progress && progress.BlockNumber <= position.BlockNumber)
            {
                Check(log, progress, index, maker, cancellationToken);
            }
        }
    }

    private void Check(StoredLog log, RepairProgress progress, LedgerIndexReader index, RepairRecordMaker maker, CancellationToken cancellationToken)
    {
        Dictionary<string, LogPosition> recorded = ReadRecorded(log, maker.IdPrefix);
        Bytes32 organisation = ConsortiumContract.OrganisationId(log.Issuer);
        List<string> missing = [];
        bool isReached = false;
        foreach (IReadOnlyList<TimedEvent> block in index.ReadBlocksAfter(null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            EventPosition place = block[0].Event.Position;
            isReached |= place.BlockNumber == progress.BlockNumber && place.BlockHash == progress.BlockHash;
            foreach (RepairStep step in RepairStep.Of(block))
            {
                bool isRecorded = recorded.Remove(maker.IdOf(step));
                if (!isRecorded && place.BlockNumber <= progress.BlockNumber && maker.IsFor(step, organisation))
                {
                    missing.Add($"'{step.Name}' of case {step.CaseId} in block {place.BlockNumber}");
                }
            }
        }

        foreach ((string _, LogPosition position) in recorded)
        {
            findings.Add(new AuditFinding("repair-record-undone", log.Issuer, position.LeafIndex, $"Entry {position.LeafIndex} tells of a step of a repair case that the index of the ledger does not have: a block that counted as final was taken back, or the record was made up."));
        }

        // An erased record has no id any more. Where its block is not the ledger's any more, the recorder begins anew by itself.
        if (isReached && missing.Count > CountErasedRepairs(log))
        {
            findings.Add(new AuditFinding("repair-record-missing", log.Issuer, null, $"The log lacks records of steps that it should have by its own progress, the first of them {missing[0]}. 'ledgercredit node reindex' and 'node run --once' record them."));
        }
    }

    // A record that cannot be read has its finding already.
    private Dictionary<string, LogPosition> ReadRecorded(StoredLog log, string idPrefix)
    {
        Dictionary<string, LogPosition> recorded = new(StringComparer.Ordinal);
        foreach (StoredEntry stored in store.Entries.ReadRepairs(log.Number))
        {
            if (CreditRecord.TryParse(stored.Record, Rules, out CreditRecord? record, out _) && record.Id.StartsWith(idPrefix, StringComparison.Ordinal))
            {
                recorded[record.Id] = stored.Position;
            }
        }

        return recorded;
    }

    private int CountErasedRepairs(StoredLog log) => store.Entries.ReadErasures(log.Number)
        .Count(erasure => LogEntry.TryDecode(store.Entries.Find(erasure.Position)?.Entry ?? [], out LogEntry? entry, out _) && entry.Kind == RecordKind.Repair);
}
