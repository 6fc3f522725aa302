using LedgerCredit.Node.Running;

namespace LedgerCredit.Service.Health;

/// <summary>Whether the node can do its work, as its loops last told. Thread-safe.</summary>
internal sealed class Readiness
{
    private const string Ledger = "ledger";
    private const string History = "history";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string> _problems = new(StringComparer.Ordinal);
    private Func<bool> _hasComparedLogs = () => false;
    private Func<bool> _hasReadLedger = () => false;

    /// <summary>What keeps the node from its work, by kind; empty where it is ready.</summary>
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
    /// copy would fork its log. Where the ledger does not answer, records are taken: they are anchored when it is back.
    /// </remarks>
    internal string? WriteProblem
    {
        get
        {
            lock (_lock)
            {
                return _problems.ContainsKey(History) ? "The node's store and its ledger have different histories, so that nothing is taken. /healthz/ready says more."
                    : _problems.Count > 0 || _hasComparedLogs() ? null
                    : "The node has just been started and compares its logs with the ledger. Send it again in some seconds.";
            }
        }
    }

    /// <summary>Says how to ask whether the node has begun its work.</summary>
    /// <param name="hasComparedLogs">Whether the logs were compared with the ledger since the start.</param>
    /// <param name="hasReadLedger">Whether roles, representatives and cases are those of the ledger, and not those from before the start.</param>
    internal void Watch(Func<bool> hasComparedLogs, Func<bool> hasReadLedger)
    {
        lock (_lock)
        {
            _hasComparedLogs = hasComparedLogs;
            _hasReadLedger = hasReadLedger;
        }
    }

    /// <summary>There is no ledger to work with.</summary>
    internal void SetNoContracts(string reason) => Set("contracts", reason);

    /// <summary>The node cannot go on anchoring: store and ledger have different histories.</summary>
    internal void SetHistory(string reason) => Set(History, reason);

    /// <summary>The node cannot go on for another reason.</summary>
    internal void SetStopped(string reason) => Set("node", reason);

    /// <summary>Takes from what the node reports what readiness depends on.</summary>
    internal void Take(NodeNote note)
    {
        if (note.Kind == "ledger-lost")
        {
            Set(Ledger, note.Text);
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
