using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Telemetry;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Node.Sequencing;

/// <summary>Gives records their places in the logs of their issuers: the only code that appends to a log.</summary>
/// <remarks>
/// Not thread-safe. Several processes may hold a sequencer of the same logs: each batch takes SQLite's write lock first
/// and reads the logs' heads under it, so that they take turns and never fork.
/// </remarks>
public sealed class Sequencer
{
    private readonly Store _store;
    private readonly Func<string, SequencedLog> _openLog;
    private readonly Dictionary<string, LogTail> _tails = new(StringComparer.Ordinal);
    private readonly IndexKeyBatch _idKeys = new();
    private readonly IndexKeyBatch _subjectKeys = new();

    /// <summary>Makes the sequencer of several logs.</summary>
    /// <param name="store">Open for writing.</param>
    /// <param name="openLog">Gives the log of an issuer; asked once for each, before the write lock is taken. What it throws ends the batch.</param>
    public Sequencer(Store store, Func<string, SequencedLog> openLog)
    {
        _store = store;
        _openLog = openLog;
    }

    /// <summary>Makes the sequencer of one log.</summary>
    /// <param name="store">Open for writing.</param>
    /// <param name="log">The log.</param>
    /// <param name="key">The key that signs its checkpoints.</param>
    public Sequencer(Store store, StoredLog log, LogKey key)
        : this(store, issuer => issuer == log.Issuer ? new SequencedLog(log, key) : throw new ArgumentException("A record belongs to another log."))
    {
    }

    /// <summary>Appends records to their logs, each once, and acknowledges them: one transaction for all logs, one new head for each.</summary>
    /// <param name="batch">Records in order.</param>
    /// <returns>An outcome for each record, in the same order. When this returns, what was added survives power loss.</returns>
    /// <exception cref="ArgumentException">A record's issuer is not that of this sequencer's only log. Nothing was appended.</exception>
    /// <exception cref="LogIntegrityException">The store's head does not fit its tiles. Fatal: run an audit.</exception>
    public IReadOnlyList<AppendOutcome> Append(IReadOnlyList<PreparedRecord> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
        {
            return [];
        }

        LogTail[] tails = new LogTail[batch.Count];
        for (int i = 0; i < tails.Length; i++)
        {
            tails[i] = TailOf(batch[i].Issuer);
        }

        Dictionary<LogTail, List<int>> added = tails.Distinct().ToDictionary(tail => tail, _ => new List<int>());
        Placement[] placements;
        long placedAt;
        try
        {
            // 1. Take the write lock. Whoever had it before has committed or left nothing. A crash from here to step 5
            //    leaves the store as it was: SQLite undoes the transaction, and nobody was told anything yet.
            using StoreTransaction transaction = _store.BeginWrite();
            long erasures = _store.Entries.CountErasures();
            foreach (LogTail tail in added.Keys)
            {
                tail.Load(erasures);
            }

            // 2. Find each record's place, or why it gets none.
            placements = Place(batch, tails, added, out int[] supersededOf);
            placedAt = Stopwatch.GetTimestamp();

            // 3. Write the new rows, log by log, and what they are found by.
            WriteRows(batch, placements, supersededOf, added);

            // 4. Write the tiles that changed, in the same transaction so that they never lag, and sign the new heads. The
            //    signatures leave this process only with the acknowledgements, after step 5: a signed head that is lost in a
            //    crash was never seen, so signing another one for this size is no fork.
            foreach ((LogTail tail, List<int> records) in added)
            {
                if (records.Count > 0)
                {
                    tail.Append([.. records.Select(record => batch[record].LeafHash)]);
                }
            }

            // 5. Commit. From here the batch is part of the logs for ever, whether or not the caller hears of it: after a
            //    crash the caller offers the same records again and gets AlreadyThere with the same acknowledgements.
            transaction.Commit();
        }
        catch
        {
            // What is in memory may be ahead of the store now.
            foreach (LogTail tail in added.Keys)
            {
                tail.Forget();
            }

            throw;
        }

        foreach ((LogTail tail, List<int> records) in added.Where(log => log.Value.Count > 0))
        {
            NodeMetrics.RecordsSequenced(tail.Log.Issuer, records.Count);
            NodeMetrics.Checkpointed(placedAt, tail.Log.Issuer);
        }

        AppendOutcome[] outcomes = new AppendOutcome[batch.Count];
        for (int i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = Acknowledge(tails[i], placements[i]);
        }

        return outcomes;
    }

    private LogTail TailOf(string issuer)
    {
        if (!_tails.TryGetValue(issuer, out LogTail? tail))
        {
            tail = new LogTail(_store, _openLog(issuer));
            _tails.Add(issuer, tail);
        }

        return tail;
    }

    // The store is asked once for all ids. Two records of one id in the same batch are told apart here, in their order.
    private Placement[] Place(IReadOnlyList<PreparedRecord> batch, LogTail[] tails, Dictionary<LogTail, List<int>> added, out int[] supersededOf)
    {
        ReadOnlySpan<LogPosition?> stored = FindStored(batch, tails, out supersededOf);
        Dictionary<(LogTail, RecordKind, string), int> inBatch = [];
        Placement[] placements = new Placement[batch.Count];
        for (int i = 0; i < placements.Length; i++)
        {
            PreparedRecord record = batch[i];
            LogTail tail = tails[i];
            if (stored[i] is LogPosition existing)
            {
                StoredEntry entry = _store.Entries.Find(existing)
                    ?? throw new LogIntegrityException($"Entry {existing.LeafIndex} of log '{tail.Log.Origin}' is missing. Run 'ledgercredit log audit'; nothing was appended.");
                placements[i] = Repeated(record, entry.Record, existing.LeafIndex, MerkleHash.Leaf(entry.Entry));
            }
            else if (inBatch.TryGetValue((tail, record.Kind, record.Id), out int earlier))
            {
                placements[i] = Repeated(record, batch[earlier].Canonical, placements[earlier].LeafIndex, batch[earlier].LeafHash);
            }
            else if (tail.IsErased(record.Kind, record.Id))
            {
                placements[i] = new Placement(AppendResult.Erased, 0, default, SupersededMissing: false);
            }
            else
            {
                bool supersededMissing = record.Supersedes is not null
                    && stored[supersededOf[i]] is null
                    && !inBatch.ContainsKey((tail, record.Kind, record.Supersedes));
                ulong leafIndex = tail.Size + (ulong)added[tail].Count;
                placements[i] = new Placement(AppendResult.Added, leafIndex, record.LeafHash, supersededMissing);
                inBatch.Add((tail, record.Kind, record.Id), i);
                added[tail].Add(i);
            }
        }

        return placements;
    }

    // Where the ids of the batch are in the store, and behind them the ids that are superseded: supersededOf says which.
    private LogPosition?[] FindStored(IReadOnlyList<PreparedRecord> batch, LogTail[] tails, out int[] supersededOf)
    {
        supersededOf = new int[batch.Count];
        List<(int Log, RecordKind Kind, byte[] Id)> asked = new(batch.Count);
        for (int i = 0; i < batch.Count; i++)
        {
            asked.Add((tails[i].Log.Number, batch[i].Kind, Encoding.UTF8.GetBytes(batch[i].Id)));
        }

        for (int i = 0; i < batch.Count; i++)
        {
            if (batch[i].Supersedes is string superseded)
            {
                supersededOf[i] = asked.Count;
                asked.Add((tails[i].Log.Number, batch[i].Kind, Encoding.UTF8.GetBytes(superseded)));
            }
        }

        _idKeys.Clear();
        foreach ((int log, RecordKind kind, byte[] id) in asked)
        {
            _idKeys.AddId(log, kind, id);
        }

        _idKeys.Compute();
        RecordQuestion[] questions = new RecordQuestion[asked.Count];
        for (int i = 0; i < questions.Length; i++)
        {
            questions[i] = new RecordQuestion(asked[i].Log, asked[i].Kind, asked[i].Id, _idKeys.Key(i));
        }

        LogPosition?[] positions = new LogPosition?[questions.Length];
        _store.Index.Find(questions, positions);
        return positions;
    }

    private void WriteRows(IReadOnlyList<PreparedRecord> batch, Placement[] placements, int[] supersededOf, Dictionary<LogTail, List<int>> added)
    {
        _subjectKeys.Clear();
        foreach (PreparedRecord record in batch)
        {
            _subjectKeys.AddSubject(Encoding.UTF8.GetBytes(record.Subject));
        }

        _subjectKeys.Compute();
        List<NewIndexRow> rows = new(batch.Count);
        foreach ((LogTail tail, List<int> records) in added)
        {
            foreach (int i in records)
            {
                LogPosition position = new(tail.Log.Number, placements[i].LeafIndex);
                _store.Entries.Add(position, batch[i].Entry, batch[i].Secret.AsSpan(), batch[i].Canonical);
                if (batch[i].EnteredBy is string caller)
                {
                    _store.EnteredBy.Note(position, caller);
                }

                ulong? supersededKey = batch[i].Supersedes is null ? null : _idKeys.Key(supersededOf[i]);
                rows.Add(new NewIndexRow(position, _idKeys.Key(i), _subjectKeys.Key(i), IndexKeys.OfLeaf(batch[i].LeafHash), supersededKey));
            }
        }

        if (rows.Count > 0)
        {
            _store.Index.Add(CollectionsMarshal.AsSpan(rows));
        }
    }

    private static Placement Repeated(PreparedRecord record, ReadOnlySpan<byte> canonical, ulong leafIndex, Bytes32 leafHash) =>
        canonical.SequenceEqual(record.Canonical)
            ? new Placement(AppendResult.AlreadyThere, leafIndex, leafHash, SupersededMissing: false)
            : new Placement(AppendResult.Conflict, 0, default, SupersededMissing: false);

    private static AppendOutcome Acknowledge(LogTail tail, Placement placement)
    {
        RecordAcknowledgement? acknowledgement = placement.Result is AppendResult.Conflict or AppendResult.Erased
            ? null
            : new RecordAcknowledgement(tail.Log.Origin, placement.LeafIndex, placement.LeafHash, tail.CheckpointCovering(placement.LeafIndex));
        return new AppendOutcome(placement.Result, acknowledgement, placement.SupersededMissing);
    }

    private readonly record struct Placement(AppendResult Result, ulong LeafIndex, Bytes32 LeafHash, bool SupersededMissing);
}
