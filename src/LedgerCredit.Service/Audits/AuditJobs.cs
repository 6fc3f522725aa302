using LedgerCredit.Service.Hosting;

namespace LedgerCredit.Service.Audits;

/// <summary>The audits since the node was started: one at a time, the newest of them kept. Thread-safe.</summary>
/// <param name="node">The node.</param>
/// <param name="rpcUrl">Another endpoint of the same ledger than the configured one, or null.</param>
internal sealed class AuditJobs(NodeContext node, string? rpcUrl) : IAsyncDisposable
{
    // An audit reads every row, so that a second one beside it would only make both slower. A report may list many anchors.
    private const int MaxKept = 16;

    private readonly Lock _lock = new();
    private readonly List<AuditJob> _jobs = [];
    private long _number;

    /// <summary>Begins an audit, or gives the one that runs.</summary>
    internal AuditJob Start()
    {
        lock (_lock)
        {
            if (_jobs.Find(job => job.IsRunning) is AuditJob running)
            {
                return running;
            }

            if (_jobs.Count == MaxKept)
            {
                _jobs[0].Dispose();
                _jobs.RemoveAt(0);
            }

            AuditJob started = new(++_number, node, rpcUrl);
            _jobs.Add(started);
            return started;
        }
    }

    /// <summary>An audit of this number, or null where there is none, or not any more.</summary>
    internal AuditJob? Find(long id)
    {
        lock (_lock)
        {
            return _jobs.Find(job => job.Id == id);
        }
    }

    /// <summary>The newest audits below a number, the newest first.</summary>
    internal IReadOnlyList<AuditJob> List(long before, int limit)
    {
        lock (_lock)
        {
            return [.. _jobs.Where(job => job.Id < before).Reverse().Take(limit)];
        }
    }

    /// <summary>Ends the audit that runs.</summary>
    public async ValueTask DisposeAsync()
    {
        AuditJob[] jobs;
        lock (_lock)
        {
            jobs = [.. _jobs];
            _jobs.Clear();
        }

        foreach (AuditJob job in jobs)
        {
            job.Cancel();
            await job.Running;
            job.Dispose();
        }
    }
}
