using System.Globalization;
using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Witnessing;

/// <summary>A checkpoint that witnesses are asked for.</summary>
/// <param name="TreeSize">Its size, cosigned or not; 0 where the log has none.</param>
/// <param name="Cosignatures">Ends when all have had their say: how many of the configured witnesses cosigned it, now or before.</param>
public sealed record AskedCheckpoint(ulong TreeSize, Task<int> Cosignatures);

/// <summary>Has the configured witnesses cosign the newest checkpoints: one round over any number of logs.</summary>
/// <remarks>
/// <para>
/// Nothing waits for a witness but the one who asks here: all are asked at the same time, each about all logs, with at most <see cref="MaxAtOnce"/> requests
/// on their way to it. One that did not answer is asked about no further log in the round. What a witness answers is believed only where its signature
/// holds. One for each round; the store is used by it alone until all have had their say.
/// </para>
/// <para>
/// The protocol for one witness: send the checkpoint with the proof from the size that it cosigned last as far as is known here; where it
/// answers that it is at another size (409), once more from there; check the cosignature; keep it. A crash before it is kept
/// leaves a witness that has cosigned and a store that does not know: the next round begins at the older size, is told the right
/// one, and gets the same checkpoint cosigned again.
/// </para>
/// </remarks>
/// <param name="store">The store, open for writing.</param>
/// <param name="witnesses">The configured witnesses.</param>
/// <param name="client">The connections.</param>
public sealed class WitnessRound(Store store, IReadOnlyList<WitnessConfig> witnesses, WitnessClient client)
{
    /// <summary>About how many logs one witness is asked at once.</summary>
    public const int MaxAtOnce = 16;

    // The size as it is known here, the one that the witness says, and once more where another process was faster.
    private const int MaxAttempts = 3;
    private const string SizeType = "text/x.tlog.size";

    // The store is one connection: whoever reads or writes it has this. So has whoever looks at the silent ones, or reports.
    private readonly Lock _gate = new();
    private readonly HashSet<WitnessKey> _silent = [];
    private readonly Dictionary<WitnessKey, SemaphoreSlim> _free = witnesses.ToDictionary(witness => witness.Key, _ => new SemaphoreSlim(MaxAtOnce));

    /// <summary>Has the newest checkpoint of a log cosigned by each witness that has not cosigned it yet.</summary>
    /// <param name="log">The log.</param>
    /// <param name="report">Told what came of each witness that was asked.</param>
    /// <param name="cancellationToken">Stops waiting; what was kept stays.</param>
    /// <returns>The size of the checkpoint that the witnesses were asked for, cosigned or not; 0 where there is none.</returns>
    /// <exception cref="LogIntegrityException">The newest checkpoint is not one over the stored tiles.</exception>
    public async Task<ulong> RunAsync(StoredLog log, Action<WitnessOutcome> report, CancellationToken cancellationToken)
    {
        AskedCheckpoint asked = Begin([log], report, CancellationToken.None, cancellationToken).Single();
        await asked.Cosignatures;
        return asked.TreeSize;
    }

    /// <summary>Begins to have the newest checkpoints of logs cosigned, without waiting for the witnesses.</summary>
    /// <param name="logs">The logs.</param>
    /// <param name="report">Told what came of each witness that was asked, when all have had their say about a log: one at a time, from any thread.</param>
    /// <param name="patience">Ends the round: whoever had no say by then has not cosigned, and is told of.</param>
    /// <param name="cancellationToken">Stops waiting; what was kept stays.</param>
    /// <returns>The checkpoint of each log, in their order.</returns>
    /// <exception cref="LogIntegrityException">A newest checkpoint is not one over the stored tiles. No witness was asked about any log.</exception>
    public IReadOnlyList<AskedCheckpoint> Begin(IReadOnlyList<StoredLog> logs, Action<WitnessOutcome> report, CancellationToken patience, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(logs);
        ArgumentNullException.ThrowIfNull(report);
        Checkpointed[] checkpoints;
        lock (_gate)
        {
            checkpoints = [.. logs.Select(Read)];
        }

        return [.. checkpoints.Select(checkpoint => new AskedCheckpoint(checkpoint.Size, AskAllAsync(checkpoint, report, patience, cancellationToken)))];
    }

    // As of one moment: a cosignature that another process keeps meanwhile may be of a larger tree than the one that is asked for.
    private Checkpointed Read(StoredLog log)
    {
        using StoreTransaction snapshot = store.BeginRead();
        if (store.Checkpoints.FindLatest(log.Number) is not (ulong size, byte[] note))
        {
            return new Checkpointed(log, 0, []);
        }

        HashSet<string> done = [.. store.Cosignatures.ReadAll(log.Number, size).Select(kept => kept.Witness)];
        List<WitnessConfig> open = [.. witnesses.Where(witness => !done.Contains(witness.Key.ToString()) && !_silent.Contains(witness.Key))];
        if (open.Count == 0)
        {
            return new Checkpointed(log, size, []);
        }

        // Whatever happens to the store meanwhile, this is the tree that is cosigned: a log only grows.
        TreeProofs proofs = new(store.Tiles.ReaderOf(log.Number), size);
        SignedNote signed = ReadNote(log, note, new Checkpoint(log.Origin, size, proofs.RootHash(size)));
        return new Checkpointed(
            log, size, [.. open.Select(witness => new Question(log, witness, signed, proofs, store.Cosignatures.FindLatestSize(log.Number, witness.Key.ToString()) ?? 0))]);
    }

    private async Task<int> AskAllAsync(Checkpointed checkpoint, Action<WitnessOutcome> report, CancellationToken patience, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(checkpoint.Questions.Select(question => AskAsync(question, patience, cancellationToken)));
        }
        finally
        {
            lock (_gate)
            {
                foreach (WitnessOutcome outcome in checkpoint.Questions.Select(question => question.Outcome).OfType<WitnessOutcome>())
                {
                    report(outcome);
                }
            }
        }

        lock (_gate)
        {
            return new CosignedCheckpoints(store, witnesses).Count(checkpoint.Log, checkpoint.Size);
        }
    }

    private async Task AskAsync(Question question, CancellationToken patience, CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience, cancellationToken);
        try
        {
            await AskAsync(question, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            question.Outcome = new WitnessOutcome(
                question.Log.Issuer, question.Witness.Key.Name, question.Proofs.Size, "the round was over before it had its say, and it is asked again in the next one", IsAlarm: false);
        }
    }

    private async Task AskAsync(Question question, CancellationToken cancellationToken)
    {
        SemaphoreSlim free = _free[question.Witness.Key];
        await free.WaitAsync(cancellationToken);
        try
        {
            ulong? from = question.OldSize;
            for (int attempt = 1; from is ulong oldSize && attempt <= MaxAttempts; attempt++)
            {
                AddCheckpointRequest request;
                lock (_gate)
                {
                    if (_silent.Contains(question.Witness.Key))
                    {
                        // What it said before it fell silent, about another log, is told there.
                        question.Outcome = null;
                        return;
                    }

                    question.OldSize = oldSize;
                    request = Request(question);
                }

                // The store is read before and written after.
                WitnessReply reply = await client.AddCheckpointAsync(question.Witness.Url, request, cancellationToken);
                lock (_gate)
                {
                    from = Judge(question, reply);
                }
            }
        }
        finally
        {
            free.Release();
        }
    }

    private static SignedNote ReadNote(StoredLog log, byte[] note, Checkpoint expected) =>
        NoteVerifierKey.TryParse(log.VerifierKey, out NoteVerifierKey? key, out _)
        && SignedNote.TryParse(note, out SignedNote? signed, out _)
        && signed.VerifyOnly(key) == NoteFailure.None
        && signed.Text == expected.Format()
            ? signed
            : throw new LogIntegrityException($"The newest checkpoint of log '{log.Origin}' is not one over the stored tiles. No witness was asked: run 'ledgercredit log audit'.");

    private static AddCheckpointRequest Request(Question question) =>
        new(question.OldSize, question.OldSize == 0 ? [] : question.Proofs.Consistency(question.OldSize, question.Proofs.Size).Path, question.Note);

    // Returns the size from which to ask again, or null where the witness has had its say; either way with the outcome as it stands.
    private ulong? Judge(Question question, WitnessReply reply)
    {
        (StoredLog log, WitnessKey key, ulong size) = (question.Log, question.Witness.Key, question.Proofs.Size);
        (string? problem, bool isAlarm, ulong? from) = (null, false, null);
        switch (reply.Status)
        {
            case 0:
                _silent.Add(key);
                problem = reply.Problem;
                break;
            case 200:
                problem = Keep(log, key, size, question.Note, reply.Body);
                break;
            case 409 when reply.ContentType == SizeType && TryReadSize(reply.Body, out ulong witnessSize):
                // More than was asked for is missing only where the store has not as many by now: another process may have appended
                // meanwhile, and asked for that.
                ulong now = witnessSize > size ? store.Checkpoints.FindLatest(log.Number)!.Value.TreeSize : size;
                isAlarm = witnessSize > now || witnessSize == question.OldSize;
                from = isAlarm || witnessSize > size ? null : witnessSize;
                problem = string.Create(CultureInfo.InvariantCulture, $"{(witnessSize > now
                    ? $"it has cosigned a tree of {witnessSize} entries, more than the {now} of this store: part of the log is missing here"
                    : witnessSize > size
                        ? $"it has cosigned a tree of {witnessSize} entries already, which this log has by now: another process asks it, too"
                        : witnessSize == question.OldSize
                            ? $"it refuses the tree of {size} entries, though it is at {witnessSize}: it has seen another tree of this size"
                            : $"it is at {witnessSize} entries, now at others: another process asks it for the same log")}");
                break;
            case 422:
                // The proof follows from the stored tiles, so that the tree that the witness knows is not in them.
                isAlarm = true;
                problem = string.Create(CultureInfo.InvariantCulture, $"it refuses the proof from {question.OldSize} to {size} entries: it has seen another history of this log");
                break;
            case 403 or 404:
                problem = string.Create(CultureInfo.InvariantCulture, $"it does not know this log or its key (HTTP status {reply.Status}): its operator has to add {log.VerifierKey}");
                break;
            default:
                problem = string.Create(CultureInfo.InvariantCulture, $"HTTP status {reply.Status}");
                break;
        }

        question.Outcome = new WitnessOutcome(log.Issuer, key.Name, size, problem, isAlarm);
        return from;
    }

    private string? Keep(StoredLog log, WitnessKey key, ulong size, SignedNote signed, byte[] body)
    {
        if (!SignedNote.TryParseLines(body, out IReadOnlyList<NoteSignature>? lines, out _))
        {
            return "its answer is not made of signature lines";
        }

        // Lines of other keys are not ours to judge; one under this key must hold.
        if (lines.FirstOrDefault(key.IsNamedIn) is not NoteSignature line)
        {
            return "its answer has no line of the configured key";
        }

        if (!key.Verify(signed.Text, line))
        {
            return "its cosignature is wrong";
        }

        // A crash before the commit leaves the witness ahead of what is known here, which the next round learns from it (409).
        using StoreTransaction transaction = store.BeginWrite();
        store.Cosignatures.Keep(log.Number, new StoredCosignature(size, key.ToString(), Encoding.UTF8.GetBytes(line.Format())));
        transaction.Commit();
        return null;
    }

    // A decimal number and a newline.
    private static bool TryReadSize(byte[] body, out ulong size)
    {
        size = 0;
        return body.Length is > 1 and <= 21 && body[^1] == '\n' && TreeSizeText.TryParse(Encoding.Latin1.GetString(body, 0, body.Length - 1), out size);
    }

    // The newest checkpoint of a log, and who is to be asked for it.
    private sealed record Checkpointed(StoredLog Log, ulong Size, IReadOnlyList<Question> Questions);

    // One log and one witness. The proofs read the store.
    private sealed record Question(StoredLog Log, WitnessConfig Witness, SignedNote Note, TreeProofs Proofs, ulong OldSize)
    {
        public ulong OldSize { get; set; } = OldSize;

        // Null where it was not asked.
        public WitnessOutcome? Outcome { get; set; }
    }
}
