using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Keeping;

/// <summary>Knows for each case under way what there will be to do and when, so that the ledger is asked about none too early.</summary>
/// <remarks>
/// In memory only: made anew from the index at the start and after a reorganisation, kept up with the events since. What was
/// tried or told is put off until something changes for the case, or for the organisations.
/// </remarks>
internal sealed class KeeperPlan(EthereumClient client, ContractAddresses contracts, Store store)
{
    private readonly RulePacksContract _rulePacks = new(client, contracts.RulePacks);
    private readonly LedgerIndexReader _index = new(store);
    private readonly Dictionary<ulong, IReadOnlyList<KeeperTask>> _tasks = [];
    private readonly Dictionary<(ulong CaseId, KeeperTask Task), ulong> _putOff = [];

    // By the hash of the pack, whose parameters never change.
    private readonly Dictionary<Bytes32, int> _approvalsNeeded = [];
    private IndexPosition? _plannedTo;

    /// <summary>Takes in what the index has read since the last call.</summary>
    /// <returns>The block up to which it has read, or null while it has read nothing or the desk is paused.</returns>
    internal async Task<IndexPosition?> UpdateAsync(CancellationToken cancellationToken)
    {
        IndexPosition? position;
        bool isPaused;
        List<(IndexedCase Case, ulong BarredUntil)> changed = [];
        using (store.BeginRead())
        {
            position = _index.Position;
            isPaused = _index.PausedAt != 0;
            if (position is not null && position != _plannedTo)
            {
                foreach (IndexedCase indexed in ReadChanged())
                {
                    changed.Add((indexed, _index.BarredUntil(indexed.Terms.SubjectTag)));
                }
            }
        }

        foreach ((IndexedCase indexed, ulong barredUntil) in changed)
        {
            Put(indexed.CaseId, KeeperTask.For(indexed, await FetchApprovalsNeededAsync(indexed.Terms.RulePack, cancellationToken), barredUntil));
        }

        _plannedTo = position;

        // While the desk is paused it takes nothing, and due dates stand still.
        return isPaused ? null : position;
    }

    /// <summary>What is to be done or told at a moment, by case.</summary>
    internal IReadOnlyList<(ulong CaseId, KeeperTask Task)> FindDue(ulong now) =>
    [
        .. _tasks
            .OrderBy(of => of.Key)
            .SelectMany(of => of.Value.Select(task => (CaseId: of.Key, Task: task)))
            .Where(due => due.Task.At <= now && _putOff.GetValueOrDefault(due) <= now),
    ];

    /// <summary>Leaves a task alone until a moment, or until something changes.</summary>
    internal void PutOff(ulong caseId, KeeperTask task, ulong until) => _putOff[(caseId, task)] = until;

    /// <summary>How many approvals a rule pack asks for.</summary>
    internal async Task<int> FetchApprovalsNeededAsync(Bytes32 rulePack, CancellationToken cancellationToken)
    {
        if (!_approvalsNeeded.TryGetValue(rulePack, out int needed))
        {
            uint number = await _rulePacks.FetchNumberAsync(rulePack, cancellationToken);
            if (number == 0)
            {
                throw new LedgerAnswerException($"The ledger at {client.DisplayEndpoint} does not have the rule pack {rulePack} any more, under which it had a case just now.");
            }

            needed = (await _rulePacks.FetchRulesAsync(number, cancellationToken)).Approvals;
            _approvalsNeeded.Add(rulePack, needed);
        }

        return needed;
    }

    private List<IndexedCase> ReadChanged()
    {
        CaseFilter underWay = new() { IsUnderWay = true };
        if (_plannedTo is null || !store.LedgerPositions.ReadAll().Contains(_plannedTo))
        {
            _tasks.Clear();
            ForgetAttempts();
            return [.. _index.ReadCases(underWay)];
        }

        ulong last = _plannedTo.BlockNumber;
        if (store.LedgerEvents.ReadAfter(last).Any(stored => Address.FromBytes(stored.Contract) == contracts.Consortium))
        {
            // Somebody was suspended or reinstated: the contract may answer otherwise now.
            ForgetAttempts();
        }

        List<RepairDeskEvent> events = [.. _index.ReadEventsAfter(last).Select(timed => timed.Event)];
        if (events.Any(happened => happened is ResumedEvent or SubjectBarredEvent))
        {
            return [.. _index.ReadCases(underWay), .. FindChanged(events).Where(indexed => !indexed.IsUnderWay)];
        }

        return FindChanged(events);
    }

    private List<IndexedCase> FindChanged(List<RepairDeskEvent> events) =>
    [
        .. events
            .Select(RepairDeskEventFacts.FindCaseId)
            .OfType<ulong>()
            .Distinct()
            .Select(_index.FindCase)
            .OfType<IndexedCase>(),
    ];

    private void Put(ulong caseId, IReadOnlyList<KeeperTask> tasks)
    {
        foreach ((ulong CaseId, KeeperTask Task) key in _putOff.Keys.Where(key => key.CaseId == caseId).ToList())
        {
            // What was told once is told no second time, unless its time has moved.
            if (!key.Task.IsNotice || !tasks.Contains(key.Task))
            {
                _putOff.Remove(key);
            }
        }

        if (tasks.Count == 0)
        {
            _tasks.Remove(caseId);
        }
        else
        {
            _tasks[caseId] = tasks;
        }
    }

    private void ForgetAttempts()
    {
        foreach ((ulong CaseId, KeeperTask Task) key in _putOff.Keys.Where(key => !key.Task.IsNotice).ToList())
        {
            _putOff.Remove(key);
        }
    }
}
