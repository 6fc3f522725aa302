using System.Collections.Concurrent;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Ingest;

/// <summary>Takes rows of a file to the logs of their issuers: parse and commit on all processors, append in groups, acknowledge.</summary>
/// <remarks>
/// One thread reads, the thread pool parses, validates and commits, and the caller's thread appends and reports, all at the same time and
/// in the order of the file. Between them are bounded queues: memory does not grow with the file. A crash loses nothing that
/// was acknowledged; importing the same file again goes on where it stopped, because records that are there are recognised.
/// Not thread-safe.
/// </remarks>
public sealed class RecordIngest : IDisposable
{
    /// <summary>The warning about a record that replaces one which is not in its log.</summary>
    public const string SupersededMissing = "The record supersedes one that this log does not hold.";

    // One transaction, and so one fsync and one checkpoint for each log, for this many rows, or for rows of this many bytes.
    private const int GroupRows = 10_000;
    private const long GroupBytes = 16 * 1024 * 1024;

    // Enough for a processor to go on while the next group is written: with its rows and records a batch takes a few MiB.
    private const int BatchesAhead = 12;

    private readonly OpenLogs _logs;
    private readonly Sequencer _sequencer;
    private readonly RowPreparers _preparers;

    /// <summary>Makes an ingest into a workspace.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="store">Its store, open for writing.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="packs">The rule packs that sanctions may name.</param>
    public RecordIngest(Workspace workspace, Store store, KeyRing keys, IRulePackSource packs)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(keys);
        _logs = new OpenLogs(workspace, store, keys);
        _sequencer = new Sequencer(store, _logs.Open);
        _preparers = new RowPreparers(packs, keys.OpenSubjectKey());
    }

    /// <summary>Ingests the rows of one file.</summary>
    /// <param name="batches">Lazily read, by one other thread.</param>
    /// <param name="listener">Hears what becomes of each row, in file order, on the caller's thread.</param>
    /// <param name="cancellationToken">Stops between groups.</param>
    /// <exception cref="WorkspaceException">A record's issuer has no log here. Nothing of its group was appended.</exception>
    public IngestSummary Ingest(IEnumerable<ImportBatch> batches, IIngestListener listener, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(listener);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using BlockingCollection<Task<IngestRow[]>> prepared = new(BatchesAhead);
        Task<ParseProblem?> reading = Task.Factory.StartNew(
            () => Read(batches, prepared, stop.Token), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            IngestSummary summary = IngestSummary.Empty;
            List<IngestRow> group = new(GroupRows + ImportBatch.MaxRows);
            long bytes = 0;
            foreach (Task<IngestRow[]> batch in prepared.GetConsumingEnumerable(cancellationToken))
            {
                IngestRow[] rows = batch.GetAwaiter().GetResult();
                group.AddRange(rows);
                bytes += rows.Sum(row => (long)(row.Prepared?.Canonical.Length ?? 0));
                if (group.Count >= GroupRows || bytes >= GroupBytes)
                {
                    summary = IngestGroup(group, listener, summary);
                    group.Clear();
                    bytes = 0;
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            // Rows before an unreadable place are as good as any others.
            summary = IngestGroup(group, listener, summary);
            return summary with { Stopped = reading.GetAwaiter().GetResult() };
        }
        finally
        {
            // However it ends, nothing of it goes on: the reader sees this when it hands over its next batch.
            stop.Cancel();
            Task.WaitAny([reading], CancellationToken.None);
            while (prepared.TryTake(out Task<IngestRow[]>? left))
            {
                Task.WaitAny([left], CancellationToken.None);
            }
        }
    }

    /// <summary>Why a valid record was not appended.</summary>
    /// <param name="result"><see cref="AppendResult.Conflict"/> or <see cref="AppendResult.Erased"/>.</param>
    public static RejectReason ReasonOf(AppendResult result) => result switch
    {
        AppendResult.Erased => new RejectReason("erased", "A record of this issuer, kind and id was erased here and stays erased.", null),
        AppendResult.Conflict => new RejectReason("conflict", "Another record of this issuer, kind and id is in the log. Give a correction a new id and name the old one in 'supersedes'.", null),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "Expected a result without an acknowledgement."),
    };

    /// <inheritdoc/>
    public void Dispose() => _logs.Dispose();

    // Gives why the rest of the file could not be read, or null.
    private ParseProblem? Read(IEnumerable<ImportBatch> batches, BlockingCollection<Task<IngestRow[]>> prepared, CancellationToken stop)
    {
        try
        {
            foreach (ImportBatch batch in batches)
            {
                prepared.Add(Task.Run(() => _preparers.Prepare(batch), stop), stop);
            }

            return null;
        }
        catch (ImportFileException e)
        {
            return e.Problem;
        }
        finally
        {
            prepared.CompleteAdding();
        }
    }

    private IngestSummary IngestGroup(List<IngestRow> group, IIngestListener listener, IngestSummary summary)
    {
        IReadOnlyList<AppendOutcome> outcomes = _sequencer.Append([.. group.Where(row => row.Prepared is not null).Select(row => row.Prepared!)]);
        int next = 0;
        summary = summary with { Read = summary.Read + group.Count };
        foreach (IngestRow row in group)
        {
            summary = row.Prepared is null ? Reject(row, row.Reject!, listener, summary) : Report(row, outcomes[next++], listener, summary);
        }

        return summary;
    }

    private static IngestSummary Reject(IngestRow row, RejectReason reason, IIngestListener listener, IngestSummary summary)
    {
        listener.OnRejected(row.Place, reason);
        return summary with { Rejected = summary.Rejected + 1 };
    }

    private static IngestSummary Report(IngestRow row, AppendOutcome outcome, IIngestListener listener, IngestSummary summary)
    {
        if (outcome.Acknowledgement is null)
        {
            return Reject(row, ReasonOf(outcome.Result), listener, summary);
        }

        long warnings = row.Warnings.Count;
        foreach (string warning in row.Warnings)
        {
            listener.OnWarning(row.Place, warning);
        }

        if (outcome.SupersededMissing)
        {
            warnings++;
            listener.OnWarning(row.Place, SupersededMissing);
        }

        listener.OnAcknowledged(row.Place, outcome.Result, outcome.Acknowledgement);
        return outcome.Result == AppendResult.Added
            ? summary with { Imported = summary.Imported + 1, Warnings = summary.Warnings + warnings }
            : summary with { AlreadyThere = summary.AlreadyThere + 1, Warnings = summary.Warnings + warnings };
    }
}
