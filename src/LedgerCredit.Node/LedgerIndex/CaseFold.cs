using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Contracts;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Node.LedgerIndex;

/// <summary>Makes a case of its events. Pure.</summary>
/// <remarks>
/// docs/spec/repair-desk.md sections 4, 7 and 9. What the contract would never emit in this order is refused: then events are
/// missing or were altered.
/// </remarks>
public static class CaseFold
{
    /// <summary>The last second of the year 9999: no time of a case is after it.</summary>
    public const ulong LatestTime = 253_402_300_799;

    /// <summary>Folds the events of one case.</summary>
    /// <param name="events">All events of the case and, between them, all pauses and their ends, in the order of the ledger.</param>
    /// <param name="folded">The case as it stands after the last event, or null.</param>
    /// <param name="problem">Why these cannot be the events of a case, or null.</param>
    public static bool TryFold(
        IEnumerable<TimedEvent> events,
        [NotNullWhen(true)] out IndexedCase? folded,
        [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(events);

        State? state = null;
        folded = null;
        foreach (TimedEvent timed in events)
        {
            if (state is not null)
            {
                problem = timed.Time > LatestTime ? "its time is out of bounds" : state.Apply(timed.Event, timed.Time);
                if (problem is not null)
                {
                    problem = $"{timed.Event.GetType().Name} does not fit what happened before: {problem}";
                    return false;
                }
            }
            else if (timed.Event is CaseOpenedEvent { DueAt: > 0 and <= LatestTime } opened && timed.Time <= LatestTime)
            {
                state = new State(opened, timed.Time);
            }
            else if (timed.Event is not (PausedEvent or ResumedEvent))
            {
                problem = $"Expected the opening of the case, found {timed.Event.GetType().Name}.";
                return false;
            }
        }

        problem = state is null ? "Expected the opening of the case, found nothing." : null;
        folded = state?.ToCase();
        return folded is not null;
    }

    private sealed class State(CaseOpenedEvent opened, ulong openedAt)
    {
        private readonly ulong _openedAt = openedAt;
        private readonly List<LedgerMaterial> _materials = [];
        private readonly List<IndexedApproval> _approvals = [];
        private readonly List<IndexedObjection> _objections = [];
        private Bytes32 _materialsHash = opened.LeafHash;
        private CaseStage _stage = CaseStage.Open;
        private bool _isEscalated;
        private bool _isConfirmed;
        private int _supplementRequests;
        private ulong _askedKinds;
        private ulong _stageBegunAt = openedAt;
        private ulong _stepBegunAt = openedAt;
        private ulong _dueAt = opened.DueAt;
        private ulong _objectionsUntil;
        private ulong _endedAt;
        private IndexedRevocation? _revocation;

        private bool IsUnderWay => _stage is CaseStage.Open or CaseStage.SupplementAsked or CaseStage.UnderReview;

        /// <summary>Takes an event in, or says why it cannot be one of this case.</summary>
        public string? Apply(RepairDeskEvent desk, ulong time) => desk switch
        {
            PausedEvent => null,
            ResumedEvent e => Resume(e.PausedFor),
            RevocationProposedEvent e when _stage == CaseStage.Repaired => Propose(e, time),
            CaseRevokedEvent when _stage == CaseStage.Repaired => Revoke(time),
            SubjectBarredEvent e when _stage == CaseStage.Revoked => InBounds(e.BarredUntil),
            _ when !IsUnderWay => $"the case stands at {_stage}",
            MaterialsSubmittedEvent e => Submit(e, time),
            SupplementAskedEvent e when _stage == CaseStage.Open => AskSupplement(e, time),
            ReviewBegunEvent e when _stage == CaseStage.Open => BeginReview(e, time),
            PerformanceConfirmedEvent => Confirm(true),
            ConfirmationWithdrawnEvent when _isConfirmed => Confirm(false),
            CaseApprovedEvent e when _stage == CaseStage.UnderReview => Approve(e, time),
            ApprovalsVoidedEvent e => Void(e.Approvals),
            CaseEscalatedEvent e when (CaseStage)e.State == _stage => Escalate(e, time),
            ObjectionRaisedEvent e => Raise(e, time),
            ObjectionEscalatedEvent e => Replace(e.Objector, o => o with { IsEscalated = true, BegunAt = time, DueAt = e.DueAt }) ?? Due(e.DueAt),
            ObjectionUpheldEvent e => Replace(e.Objector, o => o with { State = ObjectionState.Upheld, DueAt = 0, Arbiter = e.Arbiter }),
            ObjectionDismissedEvent e => Replace(e.Objector, o => o with { State = ObjectionState.Dismissed, DueAt = 0, Arbiter = e.Arbiter }),
            CaseRepairedEvent when _stage == CaseStage.UnderReview => End(CaseStage.Repaired, time),
            CaseRefusedEvent => End(CaseStage.Refused, time),
            CaseWithdrawnEvent => End(CaseStage.Withdrawn, time),
            CaseLapsedEvent => End(CaseStage.Lapsed, time),
            SanctionAnnulledEvent => End(CaseStage.Annulled, time),
            _ => $"the case stands at {_stage}",
        };

        public IndexedCase ToCase() => new()
        {
            CaseId = opened.CaseId,
            LeafHash = opened.LeafHash,
            RecordDigest = opened.RecordDigest,
            Terms = opened.Terms,
            Applicant = opened.Account,
            Stage = _stage,
            IsEscalated = _isEscalated,
            OpenedAt = _openedAt,
            StageBegunAt = _stageBegunAt,
            StepBegunAt = _stepBegunAt,
            DueAt = _dueAt,
            ObjectionsUntil = _objectionsUntil,
            Materials = [.. _materials],
            MaterialsHash = _materialsHash,
            IsConfirmed = _isConfirmed,
            SupplementRequests = _supplementRequests,
            AskedKinds = _stage == CaseStage.SupplementAsked ? _askedKinds : 0,
            Approvals = [.. _approvals],
            Objections = [.. _objections],
            Revocation = _revocation,
            EndedAt = _endedAt,
        };

        private static string? InBounds(params ReadOnlySpan<ulong> times)
        {
            foreach (ulong time in times)
            {
                if (time > LatestTime)
                {
                    return "a time in it is out of bounds";
                }
            }

            return null;
        }

        // 0 stands for none, so that no event sets a period to it.
        private static string? Due(ulong dueAt) => dueAt == 0 ? "it sets no time" : InBounds(dueAt);

        // Every period that was ever set moves, as in the contract's views: for one that was over before, nothing follows from it.
        private string? Resume(ulong pausedFor)
        {
            if (InBounds(pausedFor) is string problem)
            {
                return problem;
            }

            _dueAt = Move(_dueAt);
            _objectionsUntil = Move(_objectionsUntil);
            for (int i = 0; i < _objections.Count; i++)
            {
                _objections[i] = _objections[i] with { DueAt = Move(_objections[i].DueAt) };
            }

            return InBounds([_dueAt, _objectionsUntil, .. _objections.Select(objection => objection.DueAt)]);

            ulong Move(ulong dueAt) => dueAt == 0 ? 0 : dueAt + pausedFor;
        }

        private string? Submit(MaterialsSubmittedEvent e, ulong time)
        {
            LedgerMaterial[] materials = [.. e.Materials.Select(material => new LedgerMaterial(material.Kind, material.Digest))];
            if (materials.Length == 0 || Array.Exists(materials, material => material.Kind is < 1 or > 63))
            {
                return "it has no materials, or one of a kind that does not exist";
            }

            _materialsHash = MaterialHash.OfAll(_materialsHash, materials);
            if (_materialsHash != e.MaterialsHash)
            {
                return "its materials do not lead to its hash";
            }

            _materials.AddRange(materials);
            _dueAt = e.DueAt;
            if (_stage == CaseStage.SupplementAsked)
            {
                _stage = CaseStage.Open;
                _stageBegunAt = time;
                _stepBegunAt = time;
            }

            return Due(e.DueAt);
        }

        private string? AskSupplement(SupplementAskedEvent e, ulong time)
        {
            _supplementRequests++;
            _askedKinds = e.Kinds;
            return Begin(CaseStage.SupplementAsked, e.DueAt, time);
        }

        private string? BeginReview(ReviewBegunEvent e, ulong time)
        {
            _objectionsUntil = e.ObjectionsUntil;
            return Begin(CaseStage.UnderReview, e.DueAt, time) ?? Due(e.ObjectionsUntil);
        }

        private string? Escalate(CaseEscalatedEvent e, ulong time)
        {
            _isEscalated = true;
            _stepBegunAt = time;
            _dueAt = e.DueAt;
            return Due(e.DueAt);
        }

        private string? Begin(CaseStage stage, ulong dueAt, ulong time)
        {
            _stage = stage;
            _isEscalated = false;
            _stageBegunAt = time;
            _stepBegunAt = time;
            _dueAt = dueAt;
            return Due(dueAt);
        }

        private string? Confirm(bool isPerformed)
        {
            _isConfirmed = isPerformed;
            return null;
        }

        private string? Approve(CaseApprovedEvent e, ulong time)
        {
            if (e.MaterialsHash != _materialsHash || _approvals.Exists(approval => approval.OrgId == e.OrgId))
            {
                return "it is for other materials, or a second one of its organisation";
            }

            _approvals.Add(new IndexedApproval(e.OrgId, e.Account, e.Score, time));
            return null;
        }

        private string? Void(ushort approvals)
        {
            if (approvals != _approvals.Count)
            {
                return $"it voids {approvals} approvals, but {_approvals.Count} stand";
            }

            _approvals.Clear();
            return null;
        }

        private string? Raise(ObjectionRaisedEvent e, ulong time)
        {
            if (_objections.Exists(objection => objection.Objector == e.Objector))
            {
                return "it is a second one of its organisation";
            }

            _objections.Add(new IndexedObjection(e.Objector, e.Account, ObjectionState.Raised, false, time, e.DueAt, null));
            return Due(e.DueAt);
        }

        private string? Replace(Bytes32 objector, Func<IndexedObjection, IndexedObjection> change)
        {
            int index = _objections.FindIndex(objection => objection.Objector == objector && objection.State == ObjectionState.Raised);
            if (index < 0)
            {
                return "its organisation has no open objection";
            }

            _objections[index] = change(_objections[index]);
            return null;
        }

        private string? Propose(RevocationProposedEvent e, ulong time)
        {
            _revocation = new IndexedRevocation(e.Account, e.Findings, time);
            return null;
        }

        private string? Revoke(ulong time)
        {
            _revocation = null;
            return End(CaseStage.Revoked, time);
        }

        private string? End(CaseStage stage, ulong time)
        {
            _stage = stage;
            _dueAt = 0;
            _endedAt = time;
            return null;
        }
    }
}
