using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.RepairRecords;

/// <summary>A step that becomes a record.</summary>
/// <param name="Event">The event that tells of it.</param>
/// <param name="Time">The time of its block, in Unix seconds.</param>
/// <param name="Account">Who sent it.</param>
/// <param name="CaseId">The case; 0 for a step that concerns the sanction alone.</param>
/// <param name="Ordinal">Its number among the events of this name and case in its transaction, from 1.</param>
/// <param name="BarredUntil">For a revocation: until when the subject is barred by it, or null where that does not change.</param>
internal sealed record RepairStep(RepairDeskEvent Event, ulong Time, Address Account, ulong CaseId, int Ordinal, ulong? BarredUntil)
{
    /// <summary>The event's stable name.</summary>
    public string Name => RepairEventNames.Of(Event);

    /// <summary>Whether it ends the matter, so that the authority's log has it whoever took it.</summary>
    public bool IsOutcome => Event is CaseRepairedEvent or CaseRevokedEvent or CaseLapsedEvent or CaseRefusedEvent or SanctionAnnulledEvent;

    /// <summary>The steps among the events of one block.</summary>
    /// <param name="block">All events of the block, in their order.</param>
    public static IReadOnlyList<RepairStep> Of(IReadOnlyList<TimedEvent> block)
    {
        List<RepairStep> steps = [];
        Dictionary<(Bytes32 Transaction, ulong CaseId, string Name), int> ordinals = [];
        foreach (TimedEvent timed in block)
        {
            if (timed.Event is PausedEvent or ResumedEvent || RepairDeskEventFacts.FindAccount(timed.Event) is not Address account)
            {
                continue;
            }

            Bytes32 transaction = timed.Event.Position.TransactionHash;
            ulong caseId = RepairDeskEventFacts.FindCaseId(timed.Event) ?? 0;
            (Bytes32, ulong, string) key = (transaction, caseId, RepairEventNames.Of(timed.Event));
            int ordinal = ordinals.GetValueOrDefault(key) + 1;
            ordinals[key] = ordinal;
            ulong? barredUntil = timed.Event is CaseRevokedEvent
                ? block.Select(other => other.Event).OfType<SubjectBarredEvent>()
                    .LastOrDefault(barred => barred.CaseId == caseId && barred.Position.TransactionHash == transaction)?.BarredUntil
                : null;
            steps.Add(new RepairStep(timed.Event, timed.Time, account, caseId, ordinal, barredUntil));
        }

        return steps;
    }
}
