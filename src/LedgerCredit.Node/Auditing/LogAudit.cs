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
    private static readonly RecordRules Rules = new() { AllowNaturalPersons = true, AllowAccess = true };

    private readonly AuditFindings _findings = new(MaxFindings);
    private readonly Workspace _workspace;
    private readonly Store _store;
    private readonly RulePackCatalog _packs;
    private readonly Bytes32 _subjectKey;
    private readonly Bytes32? _materialKey;
    private WorkspaceConfig _config;

    // Drawn when the store is written already: nobody could have made its indexes to fit.
    private readonly FingerprintKey _fingerprintKey = FingerprintKey.Draw(FingerprintKey.NextSecret);

    private LogAudit(Workspace workspace, Store store, RulePackCatalog packs, AuditKeys keys)
    {
        _workspace = workspace;
        _config = workspace.Config;
        _store = store;
        _packs = packs;
        _subjectKey = keys.SubjectKey;
        _materialKey = keys.MaterialKey;
    }

    /// <summary>Audits all logs of a workspace.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="packs">The rule packs.</param>
    /// <param name="keys">The secrets that it takes.</param>
    /// <param name="session">The ledger to compare with, or null.</param>
    /// <param name="notComparedBecause">Why there is none.</param>
    /// <param name="progress">Hears how many entries are done; from the beginning again where the ledger falls silent on the way.</param>
    /// <param name="cancellationToken">Stops between entries.</param>
    public static async Task<AuditReport> RunAsync(
        Workspace workspace,
        RulePackCatalog packs,
        AuditKeys keys,
        LedgerSession? session,
        string? notComparedBecause,
        IProgress<AuditProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(keys);
        List<AuditedLog> audited = [];
        List<AuditFinding> findings = [];

        // At the same time on a connection of its own, because it reads every page as well. Of a state of the store that may be a little
        // newer, which is none the worse.
        Task<FileCheck> file = Task.Run(() => FileCheck.Run(workspace), cancellationToken);
        try
        {
            using Store store = workspace.OpenStore(StoreAccess.Read);
            store.KeepFewPages();
            LogAudit audit = new(workspace, store, packs, keys);
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
            return await RunAsync(workspace, packs, keys, session: null, e.Message, progress, cancellationToken);
        }
        catch (Exception e) when (FileCheck.IsDamage(e, workspace))
        {
            findings.Add(FileCheck.Describe(e));
        }
        finally
        {
            await ((Task)file).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // A damaged page is the cause of what was found behind it.
        IReadOnlyList<AuditFinding> damage = (await file).Findings;
        findings = [.. damage, .. findings.Where(finding => !damage.Contains(finding))];
        if (findings.Count > MaxFindings)
        {
            findings.RemoveRange(MaxFindings, findings.Count - MaxFindings);
        }

        AuditVerdict verdict = findings.Count > 0
            ? AuditVerdict.Diverges
            : session is null ? AuditVerdict.NotCompared : AuditVerdict.Sound;
        return new AuditReport(verdict, findings, audited, session is null ? notComparedBecause : null);
    }

    private async Task RunAsync(List<AuditedLog> audited, LedgerSession? session, IProgress<AuditProgress>? progress, CancellationToken cancellationToken)
    {
        // Before the store is looked at: whatever the ledger has by then, the store has at least on its way.
        ulong newest = session is null ? 0 : (await session.Client.FetchLatestBlockAsync(cancellationToken)).Header.Number;

        // One state of the store from the first page to the last row, while others append.
        using StoreTransaction snapshot = _store.BeginRead();
        IReadOnlyList<StoredLog> logs = _store.Logs.ReadAll();

        // Only now: a member that is added meanwhile is in the configuration before its log is in the store.
        _config = Workspace.Open(_workspace.Folder).Config;
        Totals totals = new();
        EntryProgress? entries = progress is null ? null : new EntryProgress(progress, logs.Aggregate(0UL, (sum, log) => sum + _store.Entries.Count(log.Number)));
        entries?.Report(0);
        IndexAudit indexes = new(_store, _fingerprintKey, _findings);
        indexes.Read(cancellationToken);
        foreach (StoredLog log in logs)
        {
            new CosignatureAudit(_store, _findings).Run(log);
            if (await AuditLogAsync(log, session, newest, totals, entries, cancellationToken) is AuditedLog result)
            {
                audited.Add(result);
            }

            entries?.EndLog(_store.Entries.Count(log.Number));
        }

        indexes.Compare(logs, totals.Pairs, totals.IsWhole && audited.Count == logs.Count, cancellationToken);
        CheckTotals(logs, totals);
        if (session is not null)
        {
            await CheckStatusBlocksAsync(session, cancellationToken);
        }

        await new LedgerIndexAudit(_store, _findings).RunAsync(session, cancellationToken);
        new RepairRecordAudit(_workspace, _store, _packs, _findings).Run(session is null ? null : newest, cancellationToken);
        await new MaterialAudit(_workspace, _store, _materialKey, _findings).RunAsync(cancellationToken);
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
        ulong newest,
        Totals totals,
        IProgress<ulong>? progress,
        CancellationToken cancellationToken)
    {
        MemberConfig? member = _config.FindMember(log.Issuer);
        if (member is null
            || member.Origin != log.Origin
            || member.VerifierKey != log.VerifierKey
            || !NoteVerifierKey.TryParse(member.VerifierKey, out NoteVerifierKey? key, out _))
        {
            _findings.Add(new AuditFinding("log-altered", log.Issuer, null, "The store's log and workspace.json do not name the same origin and key: one of them was altered."));
            return null;
        }

        AnchorAudit anchors = new(_config, member, LedgerFinality.Of(_config, TimeProvider.System), _findings);
        IReadOnlyList<StoredAnchor> rows = _store.Anchors.ReadAll(log.Number);
        LedgerAnchors? ledger = session is null ? null : await anchors.FetchLedgerAnchorsAsync(session, cancellationToken);
        HashSet<ulong> sizes = [.. rows.Select(row => row.TreeSize), .. (ledger?.BySize ?? []).Select(anchor => anchor.TreeSize)];

        EntryAudit entries = new(log, key, _packs, _subjectKey, Rules);
        LogReplay run = new(
            _store, log, key, () => new ReplayBatch(log, entries, new EntryCalculator(_packs, _subjectKey) { Rules = Rules }, _fingerprintKey), _findings, progress);
        ReplayResult replay = await run.RunAsync(sizes, cancellationToken);
        totals.Add(replay, rows.Count);

        if (ledger is not null)
        {
            anchors.CheckHistory(ledger, rows, replay, newest);
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
        Check("index_run (ids)", _store.Index.Count(IndexKind.Id), totals.Records);
        Check("index_run (subjects)", _store.Index.Count(IndexKind.Subject), totals.Records);
        Check("index_run (leaves)", _store.Index.Count(IndexKind.Leaf), totals.Entries);
        Check("index_chunk, beyond its runs,", _store.Index.CountStray(), 0);
        Check("tile", _store.Tiles.Count(), totals.Tiles);
        Check("checkpoint", _store.Checkpoints.Count(), totals.Checkpoints);
        Check("anchor", _store.Anchors.Count(), totals.Anchors);

        // A log that was added since the audit began is not in its state of the store, but in that of now.
        using Store now = _workspace.OpenStore(StoreAccess.Read);
        foreach (MemberConfig member in _workspace.Config.Members.Where(m => logs.All(log => log.Issuer != m.Slug) && now.Logs.Find(m.Slug) is null))
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

    // From the entries of the present log to those of all.
    private sealed class EntryProgress(IProgress<AuditProgress> progress, ulong total) : IProgress<ulong>
    {
        private ulong _before;

        public void Report(ulong value) => progress.Report(new AuditProgress(_before + value, total));

        public void EndLog(ulong entries)
        {
            _before += entries;
            Report(0);
        }
    }

    private sealed class Totals
    {
        public IndexFingerprints Pairs { get; private set; } = IndexFingerprints.Empty;

        public bool IsWhole { get; private set; } = true;

        public long Entries { get; private set; }

        public long Records { get; private set; }

        public long Erasures { get; private set; }

        public long Tiles { get; private set; }

        public long Checkpoints { get; private set; }

        public long Anchors { get; private set; }

        public void Add(ReplayResult replay, int anchors)
        {
            Pairs = Pairs.With(replay.Pairs);
            IsWhole &= replay.IsWhole;
            Entries += (long)replay.Entries;
            Records += replay.Records;
            Erasures += replay.Erasures;
            Tiles += replay.Tiles;
            Checkpoints += replay.Checkpoints;
            Anchors += anchors;
        }
    }
}
