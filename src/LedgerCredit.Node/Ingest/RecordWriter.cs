using System.Diagnostics;
using System.Threading.Channels;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Telemetry;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Ingest;

/// <summary>Appends single records of many callers at once: group commit.</summary>
/// <remarks>
/// Each caller commits its own record; one thread takes all records that wait, appends them in one transaction with one fsync, and then
/// tells their callers. While it does, the next records gather, so that the more callers there are, the more an fsync is for.
/// Thread-safe. While it exists nobody else may use the store object that it was given; others open their own.
/// </remarks>
public sealed class RecordWriter : IAsyncDisposable
{
    // The most records of a transaction, and as many may wait for the next one: further callers wait to be let in.
    private const int GroupRecords = 1024;

    private readonly RowPreparers _preparers;
    private readonly Workspace _workspace;
    private readonly OpenLogs _logs;
    private readonly Sequencer _sequencer;
    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(GroupRecords) { SingleReader = true });
    private readonly Task _writing;

    /// <summary>Makes a writer into a workspace and begins to wait for records.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="store">Its store, open for writing; not disposed of.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="packs">The rule packs that sanctions may name.</param>
    public RecordWriter(Workspace workspace, Store store, KeyRing keys, IRulePackSource packs)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(keys);
        _workspace = workspace;
        _preparers = new RowPreparers(packs, keys.OpenSubjectKey());
        _logs = new OpenLogs(workspace, store, keys);
        _sequencer = new Sequencer(store, _logs.Open);

        // A thread of its own: it waits for the disk.
        _writing = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Commits a record by its text, without making JSON objects of it, which takes several times as long.</summary>
    /// <param name="utf8">Any bytes.</param>
    /// <returns>
    /// Null for all that is no valid record, and for some valid records that are written in another form, or about which something is to be
    /// said. <see cref="CreditRecord.TryParse"/> then says what it is.
    /// </returns>
    public PreparedRecord? TryPrepare(ReadOnlySpan<byte> utf8) => _preparers.TryPrepare(utf8);

    /// <summary>Appends a record to its issuer's log.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">As below.</param>
    /// <returns>The outcome. When the task completes, the record survives power loss, unless it was refused.</returns>
    /// <exception cref="RecordRefusedException">The record's terms cannot be computed.</exception>
    /// <exception cref="WorkspaceException">The record's issuer has no log here.</exception>
    /// <exception cref="ObjectDisposedException">The writer takes no more records.</exception>
    public Task<AppendOutcome> WriteAsync(CreditRecord record, CancellationToken cancellationToken) =>
        WriteAsync(record, enteredBy: null, cancellationToken);

    /// <summary>Appends a record to its issuer's log, and notes who entered it, in the same transaction.</summary>
    /// <param name="record">The record.</param>
    /// <param name="enteredBy">Who enters it, or null where that is not to be kept. Of a record that is there already it stays who entered it first.</param>
    /// <param name="cancellationToken">
    /// Ends the waiting. Before the record is in the queue nothing of it stays; later it may be appended all the same, and offered again it
    /// is <see cref="AppendResult.AlreadyThere"/>.
    /// </param>
    /// <returns>The outcome. When the task completes, the record survives power loss, unless it was refused.</returns>
    /// <exception cref="RecordRefusedException">The record's terms cannot be computed.</exception>
    /// <exception cref="WorkspaceException">The record's issuer has no log here.</exception>
    /// <exception cref="ObjectDisposedException">The writer takes no more records.</exception>
    public Task<AppendOutcome> WriteAsync(CreditRecord record, string? enteredBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        RequireLog(record.Issuer);
        Preparation preparation = _preparers.Prepare(record);
        return preparation.Prepared is PreparedRecord prepared
            ? WriteAsync(prepared, enteredBy, cancellationToken)
            : Task.FromException<AppendOutcome>(new RecordRefusedException(preparation.Problem!));
    }

    /// <summary>Appends a record that was committed by its text, and notes who entered it, in the same transaction.</summary>
    /// <param name="record">What <see cref="TryPrepare"/> made of it.</param>
    /// <param name="enteredBy">Who enters it, or null where that is not to be kept. Of a record that is there already it stays who entered it first.</param>
    /// <param name="cancellationToken">Ends the waiting, as above.</param>
    /// <returns>The outcome. When the task completes, the record survives power loss, unless it was refused.</returns>
    /// <exception cref="WorkspaceException">The record's issuer has no log here.</exception>
    /// <exception cref="ObjectDisposedException">The writer takes no more records.</exception>
    public async Task<AppendOutcome> WriteAsync(PreparedRecord record, string? enteredBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        RequireLog(record.Issuer);
        PreparedRecord prepared = record with { EnteredBy = enteredBy };

        // Its caller goes on elsewhere: the writing thread must not run what they do with the outcome.
        Waiting waiting = new(
            prepared,
            new TaskCompletionSource<AppendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously),
            Stopwatch.GetTimestamp(),
            Activity.Current?.Context);
        bool isQueued = false;
        NodeMetrics.RecordQueued();
        try
        {
            await _queue.Writer.WriteAsync(waiting, cancellationToken).ConfigureAwait(false);
            isQueued = true;
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(RecordWriter), "The record was not taken: the writer is being closed.");
        }
        finally
        {
            if (!isQueued)
            {
                NodeMetrics.RecordUnqueued();
            }
        }

        return await waiting.Outcome.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    // Here and not by the writing thread, where it would be the fault of all that wait with it.
    private void RequireLog(string issuer)
    {
        if (_workspace.Config.FindMember(issuer) is null)
        {
            throw new WorkspaceException($"The issuer '{issuer}' has no log in '{_workspace.Folder}'. Add it first: ledgercredit member add {issuer} --role authority (or --role agency for a rating agency).");
        }
    }

    /// <summary>Takes no more records, and waits until all that wait have their outcomes.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
        _logs.Dispose();
    }

    private void Write()
    {
        List<Waiting> group = new(GroupRecords);
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            // Take what waits. A crash before the commit inside loses all of it, and nobody was told anything; a crash behind
            // it loses the answers only, and who offers its record again gets the same acknowledgement.
            group.Clear();
            while (group.Count < GroupRecords && _queue.Reader.TryRead(out Waiting? next))
            {
                group.Add(next);
            }

            // A task, so that whatever goes wrong, such as a full disk, reaches the callers of this group and no others; the next
            // group begins anew.
            using Activity? span = StartSpan(group);
            Task<IReadOnlyList<AppendOutcome>> append = new(() => _sequencer.Append([.. group.Select(waiting => waiting.Prepared)]));
            append.RunSynchronously(TaskScheduler.Default);
            group.ForEach(waiting => NodeMetrics.RecordWritten(waiting.QueuedAt));
            if (append.IsFaulted)
            {
                NodeTraces.Fail(span, append.Exception.InnerException!);
                group.ForEach(waiting => waiting.Outcome.SetException(append.Exception.InnerExceptions));
                continue;
            }

            IReadOnlyList<AppendOutcome> outcomes = append.GetAwaiter().GetResult();
            for (int i = 0; i < group.Count; i++)
            {
                group[i].Outcome.SetResult(outcomes[i]);
            }
        }
    }

    // One fsync is for records of many requests: the span is of none of them, and links to them.
    private static Activity? StartSpan(List<Waiting> group)
    {
        if (!NodeTraces.Source.HasListeners())
        {
            return null;
        }

        IEnumerable<ActivityLink> links = group
            .Select(waiting => waiting.Request)
            .OfType<ActivityContext>()
            .Distinct()
            .Take(NodeTraces.MaxLinks)
            .Select(request => new ActivityLink(request));
        Activity? span = NodeTraces.Source.StartActivity(NodeTraces.IngestBatch, ActivityKind.Internal, parentContext: default, tags: null, [.. links]);
        span?.SetTag("ledgercredit.records", group.Count);
        return span;
    }

    private sealed record Waiting(PreparedRecord Prepared, TaskCompletionSource<AppendOutcome> Outcome, long QueuedAt, ActivityContext? Request);
}
