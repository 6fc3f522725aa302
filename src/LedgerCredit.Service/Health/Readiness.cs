using LedgerCredit.Node.Running;

namespace LedgerCredit.Service.Health;

/// <summary>Whether the node can do its work, as its loops last told. Thread-safe.</summary>
internal sealed class Readiness
{
    // For anybody: where the ledger is and what it said is in the node's log alone.
    private const string LedgerLost = "The node's ledger does not answer, or not as it should. Records are taken meanwhile, and anchored when it is back. The node's log says more (ledger-lost).";
    private const string HistoryDiffers = "The node's store and its ledger have different histories. The node shows what it has, and takes no more records. Its log says more, and what to do (history-differs).";
    private const string NodeStopped = "The node goes on without anchoring until its operator starts it again. Its log says why (node-stopped, node-failed).";

    private const string Contracts = "contracts";
    private const string Ledger = "ledger";
    private const string History = "history";
    private const string Stopped = "node";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string> _problems = new(StringComparer.Ordinal);
    private volatile bool _isHistoryDifferent;
    private volatile Func<bool> _hasComparedLogs = () => false;
    private Func<bool> _isLedgerSilent = () => false;
    private Func<bool> _hasReadLedger = () => false;

    /// <summary>What keeps the node from its work, by kind, in words for anybody: no addresses and nothing of what others said. Empty where it is ready.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Problems
    {
        get
        {
            lock (_lock)
            {
                return _problems.Count > 0 || (_hasComparedLogs() && _hasReadLedger())
                    ? [.. _problems]
                    : [new("starting", _hasComparedLogs() ? "What happened on the ledger meanwhile was not read yet. Ask again in some seconds." : "The logs were not compared with the ledger yet. Ask again in some seconds.")];
            }
        }
    }

    /// <summary>Why no record may be taken now; null where records may be taken.</summary>
    /// <remarks>
    /// None where the store's logs are not those of the ledger, nor before that is known, because a store that was restored from an older
    /// copy would fork its log. Two things alone let records in unknown: there are no contracts, or the ledger does not answer. They are
    /// anchored when it is back. A ledger that answers with errors, or is another one, is not silent.
    /// </remarks>
    internal string? WriteProblem
    {
        get
        {
            // Asked for each record.
            if (!_isHistoryDifferent && _hasComparedLogs())
            {
                return null;
            }

            lock (_lock)
            {
                return _isHistoryDifferent ? "The node's store and its ledger have different histories, so that nothing is taken. /healthz/ready says more."
                    : _problems.ContainsKey(Stopped) ? "The node has stopped before it had compared its logs with the ledger, so that nothing is taken. /healthz/ready says more."
                    : _problems.ContainsKey(Contracts) || (_problems.ContainsKey(Ledger) && _isLedgerSilent()) ? null
                    : "The node has not compared its logs with the ledger since it was started. Send it again in some seconds; /healthz/ready says more.";
            }
        }
    }

    /// <summary>Says how to ask whether the node has begun its work.</summary>
    /// <param name="hasComparedLogs">Whether the logs were compared with the ledger since the start.</param>
    /// <param name="isLedgerSilent">Whether the ledger did not answer when it was last asked about the logs.</param>
    /// <param name="hasReadLedger">Whether roles, representatives and cases are those of the ledger, and not those from before the start.</param>
    internal void Watch(Func<bool> hasComparedLogs, Func<bool> isLedgerSilent, Func<bool> hasReadLedger)
    {
        lock (_lock)
        {
            _hasComparedLogs = hasComparedLogs;
            _isLedgerSilent = isLedgerSilent;
            _hasReadLedger = hasReadLedger;
        }
    }

    /// <summary>There is no ledger to work with.</summary>
    internal void SetNoContracts(string reason) => Set(Contracts, reason);

    /// <summary>The node cannot go on anchoring: store and ledger have different histories.</summary>
    internal void SetHistory()
    {
        Set(History, HistoryDiffers);
        _isHistoryDifferent = true;
    }

    /// <summary>The node cannot go on for another reason.</summary>
    internal void SetStopped() => Set(Stopped, NodeStopped);

    /// <summary>Takes from what the node reports what readiness depends on.</summary>
    internal void Take(NodeNote note)
    {
        if (note.Kind == "ledger-lost")
        {
            Set(Ledger, LedgerLost);
        }
        else if (note.Kind == "ledger-back")
        {
            lock (_lock)
            {
                _problems.Remove(Ledger);
            }
        }
    }

    private void Set(string kind, string problem)
    {
        lock (_lock)
        {
            _problems[kind] = problem;
        }
    }
}
