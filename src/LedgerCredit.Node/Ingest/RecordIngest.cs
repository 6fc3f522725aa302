using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Ingest;

/// <summary>Takes rows of a file to the logs of their issuers: commit, append in groups, acknowledge.</summary>
/// <remarks>
/// Streaming: holds one group. A crash loses nothing that was acknowledged; importing the same file again goes on where
/// it stopped, because records that are there are recognised.
/// </remarks>
public sealed class RecordIngest : IDisposable
{
    /// <summary>Rows in a group: one transaction for each log in it, so one fsync for up to this many records.</summary>
    public const int GroupRows = 4096;

    private readonly Workspace _workspace;
    private readonly Store _store;
    private readonly KeyRing _keys;
    private readonly IRulePackSource _packs;
    private readonly Bytes32 _subjectKey;
    private readonly Dictionary<string, (Sequencer Sequencer, LogKey Key)> _sequencers = new(StringComparer.Ordinal);

    /// <summary>Makes an ingest into a workspace.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="store">Its store, open for writing.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="packs">The rule packs that sanctions may name.</param>
    public RecordIngest(Workspace workspace, Store store, KeyRing keys, IRulePackSource packs)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _workspace = workspace;
        _store = store;
        _keys = keys;
        _packs = packs;
        _subjectKey = keys.OpenSubjectKey();
    }

    /// <summary>Ingests the rows of one file.</summary>
    /// <param name="rows">Lazily read.</param>
    /// <param name="listener">Hears what becomes of each row.</param>
    /// <param name="cancellationToken">Stops between groups.</param>
    /// <exception cref="WorkspaceException">A record's issuer has no log here.</exception>
    public IngestSummary Ingest(IEnumerable<ImportRow> rows, IIngestListener listener, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(listener);
        IngestSummary summary = IngestSummary.Empty;
        List<ImportRow> group = new(GroupRows);
        ParseProblem? stopped = null;
        using IEnumerator<ImportRow> reader = rows.GetEnumerator();
        while (TryRead(reader, out ImportRow? row, out stopped))
        {
            group.Add(row!);
            if (group.Count == GroupRows)
            {
                summary = IngestGroup(group, listener, summary);
                group.Clear();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        // Rows before an unreadable place are as good as any others.
        return IngestGroup(group, listener, summary) with { Stopped = stopped };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Sequencer _, LogKey key) in _sequencers.Values)
        {
            key.Dispose();
        }
    }

    private static bool TryRead(IEnumerator<ImportRow> reader, out ImportRow? row, out ParseProblem? stopped)
    {
        row = null;
        stopped = null;
        try
        {
            if (!reader.MoveNext())
            {
                return false;
            }
        }
        catch (ImportFileException e)
        {
            stopped = e.Problem;
            return false;
        }

        row = reader.Current;
        return true;
    }

    private IngestSummary IngestGroup(List<ImportRow> group, IIngestListener listener, IngestSummary summary)
    {
        // By issuer, in the order in which the issuers appear; within each, in file order.
        Dictionary<string, List<(ImportRow Row, PreparedRecord Prepared)>> byIssuer = new(StringComparer.Ordinal);
        long rejected = 0;
        foreach (ImportRow row in group)
        {
            if (!row.IsAccepted)
            {
                rejected++;
                listener.OnRejected(row, row.Reject);
                continue;
            }

            PreparedRecord? prepared = PreparedRecord.TryPrepare(row.Record, _packs, _subjectKey, out RecordProblem? problem);
            if (prepared is null)
            {
                rejected++;
                listener.OnRejected(row, new RejectReason(problem!.Code, problem.Message, problem.Path));
                continue;
            }

            if (!byIssuer.TryGetValue(row.Record.Issuer, out List<(ImportRow, PreparedRecord)>? records))
            {
                records = [];
                byIssuer.Add(row.Record.Issuer, records);
            }

            records.Add((row, prepared));
        }

        summary = summary with { Read = summary.Read + group.Count, Rejected = summary.Rejected + rejected };
        foreach ((string issuer, List<(ImportRow Row, PreparedRecord Prepared)> records) in byIssuer)
        {
            IReadOnlyList<AppendOutcome> outcomes = SequencerOf(issuer).Append([.. records.Select(r => r.Prepared)]);
            for (int i = 0; i < records.Count; i++)
            {
                summary = Report(records[i].Row, outcomes[i], listener, summary);
            }
        }

        return summary;
    }

    private static IngestSummary Report(ImportRow row, AppendOutcome outcome, IIngestListener listener, IngestSummary summary)
    {
        if (outcome.Acknowledgement is null)
        {
            listener.OnRejected(row, outcome.Result == AppendResult.Erased
                ? new RejectReason("erased", "A record of this issuer, kind and id was erased here and stays erased.", null)
                : new RejectReason("conflict", "Another record of this issuer, kind and id is in the log. Give a correction a new id and name the old one in 'supersedes'.", null));
            return summary with { Rejected = summary.Rejected + 1 };
        }

        long warnings = row.Warnings.Count;
        foreach (string warning in row.Warnings)
        {
            listener.OnWarning(row, warning);
        }

        if (outcome.SupersededMissing)
        {
            warnings++;
            listener.OnWarning(row, "The record supersedes one that this log does not hold.");
        }

        listener.OnAcknowledged(row, outcome.Result, outcome.Acknowledgement);
        return outcome.Result == AppendResult.Added
            ? summary with { Imported = summary.Imported + 1, Warnings = summary.Warnings + warnings }
            : summary with { AlreadyThere = summary.AlreadyThere + 1, Warnings = summary.Warnings + warnings };
    }

    private Sequencer SequencerOf(string issuer)
    {
        if (_sequencers.TryGetValue(issuer, out (Sequencer Sequencer, LogKey Key) known))
        {
            return known.Sequencer;
        }

        StoredLog log = _store.Logs.Find(issuer)
            ?? throw new WorkspaceException($"The issuer '{issuer}' has no log in '{_workspace.Folder}'. Add it first: ledgercredit member add {issuer} --role authority (or --role agency for a rating agency), then import again.");
        LogKey key = _keys.OpenLogKey(_workspace.Config.FindMember(issuer)
            ?? throw new WorkspaceException($"'{issuer}' has a log in the store but is missing in workspace.json. Restore the configuration from a backup."));
        Sequencer sequencer = new(_store, log, key);
        _sequencers.Add(issuer, (sequencer, key));
        return sequencer;
    }
}
