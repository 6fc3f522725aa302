using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Repair.Calendars;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.RepairScreens;

/// <summary>Where a case stands, as of a block.</summary>
/// <param name="Case">The case; while the desk is paused, with its due dates moved by the pause so far, as the contract's views have them.</param>
/// <param name="Pack">Its rule pack.</param>
/// <param name="Calendar">The pack's calendar.</param>
/// <param name="View">What is missing, who owes it, and who can move the case on.</param>
/// <param name="Standing">Which approvals count now, and who is suspended.</param>
/// <param name="AsOf">The block.</param>
public sealed record CaseReport(
    IndexedCase Case, RulePack Pack, WorkingDayCalendar Calendar, CaseView View, CaseStanding Standing, IndexPosition AsOf)
{
    /// <summary>The steps whose day by the rules is over, or whose time on the ledger.</summary>
    public IEnumerable<CaseStep> LateSteps => View.Steps.Where(step => step.Due is { IsLate: true } or { IsOverdue: true });

    /// <summary>Since when a step of <see cref="LateSteps"/> is late, in Unix seconds.</summary>
    public static ulong LateSince(CaseStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        CaseDue due = step.Due ?? throw new ArgumentException("Expected a step with a due date.", nameof(step));
        return due.ByRule?.Until ?? due.OnLedger;
    }
}

/// <summary>Where a case stands and how it came there.</summary>
/// <param name="Report">Where it stands.</param>
/// <param name="Status">The status of its sanction.</param>
/// <param name="History">What happened, the oldest first.</param>
public sealed record CaseDetail(CaseReport Report, SanctionStatus Status, IReadOnlyList<IndexedEvent> History);

/// <summary>Reports on cases, from the index and the rule packs that are known here, as of the block at which it was made.</summary>
public sealed class CaseReporter
{
    private readonly LedgerIndexReader _index;
    private readonly RulePackCatalog _packs;
    private readonly IndexPosition _asOf;
    private readonly ulong _pausedAt;

    /// <summary>Makes a reporter.</summary>
    /// <param name="index">The index, brought up to the newest block.</param>
    /// <param name="packs">The rule packs.</param>
    /// <exception cref="InvalidOperationException">The index never read the ledger.</exception>
    public CaseReporter(LedgerIndexReader index, RulePackCatalog packs)
    {
        ArgumentNullException.ThrowIfNull(index);
        _index = index;
        _packs = packs;
        _asOf = index.Position ?? throw new InvalidOperationException("The index has to be brought up to the ledger first.");
        _pausedAt = index.PausedAt;
    }

    /// <summary>Where a case stands.</summary>
    /// <param name="indexed">The case.</param>
    /// <param name="conditions">What the contract says of its conditions; null to take them from the index.</param>
    /// <returns>Null where the rule pack of the case is not known here.</returns>
    public CaseReport? TryReport(IndexedCase indexed, RepairConditions? conditions)
    {
        ArgumentNullException.ThrowIfNull(indexed);

        if (_packs.FindByHash(indexed.Terms.RulePack) is not RulePack pack || WorkingDayCalendar.Find(pack.Repair.Calendar) is not WorkingDayCalendar calendar)
        {
            return null;
        }

        ulong barredUntil = _index.BarredUntil(indexed.Terms.SubjectTag);
        IndexedCase seen = MovedBy(indexed, _pausedAt == 0 ? 0 : _asOf.BlockTime - _pausedAt);
        CaseStanding standing = CaseStanding.Of(seen, _index);
        RepairConditions holding = conditions ?? IndexConditions.Of(seen, pack, standing.Counting, _asOf.BlockTime, barredUntil, _pausedAt);
        CaseSnapshot snapshot = seen.ToSnapshot(holding, _asOf.BlockTime, barredUntil, _pausedAt) with { Approvals = standing.Counting };
        return new CaseReport(
            seen,
            pack,
            calendar,
            new CaseViewer(pack, calendar).View(snapshot),
            standing,
            _asOf);
    }

    /// <summary>Where a case stands and how it came there.</summary>
    /// <inheritdoc cref="TryReport"/>
    public CaseDetail? TryDetail(IndexedCase indexed, RepairConditions? conditions)
    {
        ArgumentNullException.ThrowIfNull(indexed);
        return TryReport(indexed, conditions) is CaseReport report
            ? new CaseDetail(report, _index.StatusOf(indexed.LeafHash), _index.ReadHistory(indexed.CaseId))
            : null;
    }

    private static IndexedCase MovedBy(IndexedCase indexed, ulong seconds)
    {
        return seconds == 0 ? indexed : indexed with
        {
            DueAt = Move(indexed.DueAt),
            ObjectionsUntil = Move(indexed.ObjectionsUntil),
            Objections = [.. indexed.Objections.Select(objection => objection with { DueAt = Move(objection.DueAt) })],
        };

        ulong Move(ulong dueAt) => dueAt == 0 ? 0 : dueAt + seconds;
    }
}
