using System.Data.Common;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Node.Auditing;

/// <summary>Recomputes a store from its first record and compares it with itself, its signatures and the ledger.</summary>
public sealed class LogAudit
{
    /// <summary>After so many findings the rest is not listed.</summary>
    public const int MaxFindings = 100;

    // Whatever is in the store was accepted by somebody's rules; the audit asks whether it is still the same.
    private static readonly RecordRules Rules = new() { AllowNaturalPersons = true };

    private readonly AuditFindings _findings = new(MaxFindings);
    private readonly Workspace _workspace;
    private readonly Store _store;
    private readonly RulePackCatalog _packs;
    private readonly Bytes32 _subjectKey;

    private LogAudit(Workspace workspace, Store store, RulePackCatalog packs, Bytes32 subjectKey)
    {
        _workspace = workspace;
        _store = store;
        _packs = packs;
        _subjectKey = subjectKey;
    }

    /// <summary>Audits all logs of a workspace.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="packs">The rule packs.</param>
    /// <param name="subjectKey">The network subject key: a sanction's terms cannot be recomputed without it.</param>
    /// <param name="session">The ledger to compare with, or null.</param>
    /// <param name="notComparedBecause">Why there is none.</param>
    /// <param name="progress">Hears how many entries of the present log are done.</param>
    /// <param name="cancellationToken">Stops between entries.</param>
    public static async Task<AuditReport> RunAsync(
        Workspace workspace,
        RulePackCatalog packs,
        Bytes32 subjectKey,
        LedgerSession? session,
        string? notComparedBecause,
        IProgress<ulong>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        List<AuditedLog> audited = [];
        List<AuditFinding> findings = [];
        try
        {
            using Store store = workspace.OpenStore(StoreAccess.Read);
            LogAudit audit = new(workspace, store, packs, subjectKey);
            try
            {
                await audit.RunAsync(audited, session, progress, cancellationToken);
            }
            finally
            {
                findings.AddRange(audit._findings.All);
            }
        }
        catch (LedgerException e) when (session is not null)
        {
            // The ledger fell silent on the way. What the store says by itself is worth knowing all the same.
            return await RunAsync(workspace, packs, subjectKey, session: null, e.Message, progress, cancellationToken);
        }
        catch (Exception e) when (e is DbException or LogIntegrityException or StoreFormatException && File.Exists(workspace.StorePath))
        {
            // A damaged header, page or row: a finding of an audit, not a failure of it.
            string why = e switch
            {
                DbException database => StoreFailure.Classify(database).Message,
                _ => e.Message,
            };
            findings.Add(new AuditFinding("store-damaged", null, null, $"The store could not be read to the end. {why}"));
        }

        AuditVerdict verdict = findings.Count > 0
            ? AuditVerdict.Diverges
            : session is null ? AuditVerdict.NotCompared : AuditVerdict.Sound;
        return new AuditReport(verdict, findings, audited, session is null ? notComparedBecause : null);
    }

    private async Task RunAsync(List<AuditedLog> audited, LedgerSession? session, IProgress<ulong>? progress, CancellationToken cancellationToken)
    {
        // One state of the store from the first page to the last row, while others append.
        using StoreTransaction snapshot = _store.BeginRead();
        foreach (string problem in _store.CheckIntegrity())
        {
            _findings.Add(new AuditFinding("store-damaged", null, null, $"The database file is damaged: {problem}."));
        }

        IReadOnlyList<StoredLog> logs = _store.Logs.ReadAll();
        Totals totals = new();
        foreach (StoredLog log in logs)
        {
            if (await AuditLogAsync(log, session, totals, progress, cancellationToken) is AuditedLog result)
            {
                audited.Add(result);
            }
        }

        CheckTotals(logs, totals);
        if (session is not null)
        {
            await CheckStatusBlocksAsync(session, cancellationToken);
        }

        await new LedgerIndexAudit(_store, _findings).RunAsync(session, cancellationToken);
        new RepairRecordAudit(_workspace, _store, _packs, _findings).Run(cancellationToken);
    }

    // Trust policies made here pin these blocks, so a false hash would make verifiers believe a false status.
    private async Task CheckStatusBlocksAsync(LedgerSession session, CancellationToken cancellationToken)
    {
        foreach ((ulong number, Bytes32 hash) in _store.StatusBlocks.ReadAll())
        {
            if ((await session.Client.FindBlockAsync(number, cancellationToken))?.Hash != hash)
            {
                _findings.Add(new AuditFinding("status-block-altered", null, null, $"The store holds {hash} as the hash of block {number}, as of which it proved statuses, but the ledger has another block there."));
            }
        }
    }

    private async Task<AuditedLog?> AuditLogAsync(
        StoredLog log,
        LedgerSession? session,
        Totals totals,
        IProgress<ulong>? progress,
        CancellationToken cancellationToken)
    {
        MemberConfig? member = _workspace.Config.FindMember(log.Issuer);
        if (member is null
            || member.Origin != log.Origin
            || member.VerifierKey != log.VerifierKey
            || !NoteVerifierKey.TryParse(member.VerifierKey, out NoteVerifierKey? key, out _))
        {
            _findings.Add(new AuditFinding("log-altered", log.Issuer, null, "The store's log and workspace.json do not name the same origin and key: one of them was altered."));
            return null;
        }

        AnchorAudit anchors = new(_workspace.Config, member, LedgerFinality.Of(_workspace.Config, TimeProvider.System), _findings);
        IReadOnlyList<StoredAnchor> rows = _store.Anchors.ReadAll(log.Number);
        IReadOnlyList<LedgerAnchor>? ledger = session is null ? null : await anchors.FetchLedgerAnchorsAsync(session, cancellationToken);
        HashSet<ulong> sizes = [.. rows.Select(row => row.TreeSize), .. (ledger ?? []).Select(anchor => anchor.TreeSize)];

        EntryAudit entries = new(log, key, _packs, _subjectKey, Rules);
        ReplayResult replay = new LogReplay(_store, log, key, entries, _findings, progress).Run(sizes, cancellationToken);
        totals.Add(replay, rows.Count);

        if (ledger is not null)
        {
            anchors.CheckHistory(ledger, rows, replay);
        }

        List<AuditedAnchor> audited = [];
        foreach (StoredAnchor row in rows)
        {
            Bytes32? root = replay.Roots.TryGetValue(row.TreeSize, out Bytes32 found) ? found : null;
            if (root is not null && !replay.CheckpointSizes.Contains(row.TreeSize))
            {
                _findings.Add(new AuditFinding("checkpoint-missing", log.Issuer, null, $"The checkpoint of size {row.TreeSize} is missing, though that size was anchored."));
            }

            audited.Add(await anchors.CheckAsync(row, root, ledger, session, cancellationToken));
        }

        return new AuditedLog(log.Issuer, log.Origin, replay.Entries, replay.RootHash.ToString(), replay.Checkpoints, audited, replay.Erased);
    }

    // Rows that belong to no log, or that the replay did not ask for, would otherwise go unseen.
    private void CheckTotals(IReadOnlyList<StoredLog> logs, Totals totals)
    {
        Check("entry outside any log", _store.Entries.CountOutside([.. logs.Select(log => log.Number)]), 0);
        Check("erasure", _store.Entries.CountErasures(), totals.Erasures);
        foreach (IndexKind kind in Enum.GetValues<IndexKind>())
        {
            CheckRuns(kind);
        }

        Check("index_run (ids)", _store.Index.Count(IndexKind.Id), totals.Records);
        Check("index_run (subjects)", _store.Index.Count(IndexKind.Subject), totals.Records);
        Check("index_run (leaves)", _store.Index.Count(IndexKind.Leaf), totals.Entries);
        Check("index_chunk, beyond its runs,", _store.Index.CountStray(), 0);
        Check("tile", _store.Tiles.Count(), totals.Tiles);
        Check("checkpoint", _store.Checkpoints.Count(), totals.Checkpoints);
        Check("anchor", _store.Anchors.Count(), totals.Anchors);

        foreach (MemberConfig member in _workspace.Config.Members.Where(m => logs.All(log => log.Issuer != m.Slug)))
        {
            _findings.Add(new AuditFinding("log-missing", member.Slug, null, "workspace.json names a member whose log is not in the store."));
        }

        void Check(string table, long found, long expected)
        {
            if (found != expected)
            {
                _findings.Add(new AuditFinding("rows-unexpected", null, null, $"Table {table} has {found} rows where {expected} follow from the logs: rows were added or removed."));
            }
        }
    }

    // Where each pair is found by a look for it; that they are the right ones the replay has asked for each record.
    private void CheckRuns(IndexKind kind)
    {
        IndexScan scan = _store.Index.ReadPairs(kind);
        while (scan.Read(out ReadOnlySpan<IndexPair> _))
        {
        }

        foreach (string problem in scan.Problems)
        {
            _findings.Add(new AuditFinding("index-altered", null, null, $"The derived index was altered. {problem}"));
        }
    }

    private sealed class Totals
    {
        public long Entries { get; private set; }

        public long Records { get; private set; }

        public long Erasures { get; private set; }

        public long Tiles { get; private set; }

        public long Checkpoints { get; private set; }

        public long Anchors { get; private set; }

        public void Add(ReplayResult replay, int anchors)
        {
            Entries += (long)replay.Entries;
            Records += replay.Records;
            Erasures += replay.Erasures;
            Tiles += replay.Tiles;
            Checkpoints += replay.Checkpoints;
            Anchors += anchors;
        }
    }
}
