using System.Diagnostics;
using LedgerCredit.Contracts;

namespace LedgerCredit.Node.LedgerIndex;

/// <summary>The stable names of the repair desk's events, for machines and records.</summary>
public static class RepairEventNames
{
    /// <summary>The name of an event, in kebab case.</summary>
    public static string Of(RepairDeskEvent desk) => desk switch
    {
        CaseOpenedEvent => "opened",
        MaterialsSubmittedEvent => "materials-submitted",
        SupplementAskedEvent => "supplement-asked",
        ReviewBegunEvent => "review-begun",
        PerformanceConfirmedEvent => "performance-confirmed",
        ConfirmationWithdrawnEvent => "confirmation-withdrawn",
        CaseApprovedEvent => "approved",
        ApprovalsVoidedEvent => "approvals-voided",
        CaseEscalatedEvent => "escalated",
        CaseRepairedEvent => "repaired",
        CaseRefusedEvent => "refused",
        CaseWithdrawnEvent => "withdrawn",
        CaseLapsedEvent => "lapsed",
        RevocationProposedEvent => "revocation-proposed",
        CaseRevokedEvent => "revoked",
        SubjectBarredEvent => "subject-barred",
        ObjectionRaisedEvent => "objection-raised",
        ObjectionEscalatedEvent => "objection-escalated",
        ObjectionUpheldEvent => "objection-upheld",
        ObjectionDismissedEvent => "objection-dismissed",
        SanctionAnnulledEvent => "annulled",
        SanctionShieldedEvent => "shielded",
        SanctionUnshieldedEvent => "unshielded",
        StatusChangedEvent => "status-changed",
        PausedEvent => "paused",
        ResumedEvent => "resumed",
        _ => throw new UnreachableException($"There is no event {desk?.GetType().Name ?? "null"}."),
    };
}
