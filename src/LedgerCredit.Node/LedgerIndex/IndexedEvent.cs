using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.LedgerIndex;

/// <summary>An event of the repair desk with the time of its block.</summary>
/// <param name="Event">The event.</param>
/// <param name="Time">The time of its block, in Unix seconds.</param>
public sealed record TimedEvent(RepairDeskEvent Event, ulong Time);

/// <summary>A line of a case's history.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Time">The time of its block, in Unix seconds.</param>
/// <param name="OrganisationId">The organisation of the account that did it; zero where none did or it belongs to none.</param>
public sealed record IndexedEvent(RepairDeskEvent Event, ulong Time, Bytes32 OrganisationId);

/// <summary>What events have in common beyond their types.</summary>
public static class RepairDeskEventFacts
{
    /// <summary>The account that sent the step; null for events that only accompany one.</summary>
    public static Address? FindAccount(RepairDeskEvent desk) => desk switch
    {
        CaseOpenedEvent e => e.Account,
        MaterialsSubmittedEvent e => e.Account,
        SupplementAskedEvent e => e.Account,
        ReviewBegunEvent e => e.Account,
        PerformanceConfirmedEvent e => e.Account,
        ConfirmationWithdrawnEvent e => e.Account,
        CaseApprovedEvent e => e.Account,
        CaseEscalatedEvent e => e.Account,
        CaseRepairedEvent e => e.Account,
        CaseRefusedEvent e => e.Account,
        CaseWithdrawnEvent e => e.Account,
        CaseLapsedEvent e => e.Account,
        RevocationProposedEvent e => e.Account,
        CaseRevokedEvent e => e.Account,
        ObjectionRaisedEvent e => e.Account,
        ObjectionEscalatedEvent e => e.Account,
        ObjectionUpheldEvent e => e.Account,
        ObjectionDismissedEvent e => e.Account,
        SanctionAnnulledEvent e => e.Account,
        SanctionShieldedEvent e => e.Account,
        SanctionUnshieldedEvent e => e.Account,
        PausedEvent e => e.Account,
        ResumedEvent e => e.Account,
        StatusChangedEvent or ApprovalsVoidedEvent or SubjectBarredEvent => null,
        _ => throw new System.Diagnostics.UnreachableException($"There is no event {desk?.GetType().Name ?? "null"}."),
    };

    /// <summary>The case that the event belongs to, or null.</summary>
    public static ulong? FindCaseId(RepairDeskEvent desk) => desk switch
    {
        RepairCaseEvent e => e.CaseId,
        SanctionAnnulledEvent { CaseId: not 0 } e => e.CaseId,
        _ => null,
    };
}
