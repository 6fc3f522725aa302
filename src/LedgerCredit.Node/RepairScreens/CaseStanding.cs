using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Node.RepairScreens;

/// <summary>Why an approval that was given does not count now.</summary>
public enum ApprovalFlaw
{
    /// <summary>It counts.</summary>
    None = 0,

    /// <summary>Its organisation is suspended.</summary>
    Suspended,

    /// <summary>An account of its organisation may act for the subject.</summary>
    Interest,
}

/// <summary>An approval that stands, and whether it counts now.</summary>
/// <param name="Approval">The approval.</param>
/// <param name="Flaw">Why it does not count.</param>
public sealed record WeighedApproval(IndexedApproval Approval, ApprovalFlaw Flaw);

/// <summary>What the consortium's events say now of those who take part in a case.</summary>
/// <remarks>docs/spec/repair-desk.md, condition C5: who was suspended or became partial does not count, and counts again when that ends.</remarks>
/// <param name="Approvals">The approvals that stand, in their order.</param>
/// <param name="IsAuthoritySuspended">Whether the authority cannot act.</param>
/// <param name="IsApplicantSuspended">Whether the organisation of the account that applied cannot act.</param>
public sealed record CaseStanding(IReadOnlyList<WeighedApproval> Approvals, bool IsAuthoritySuspended, bool IsApplicantSuspended)
{
    /// <summary>How many approvals count now.</summary>
    public int Counting => Approvals.Count(approval => approval.Flaw == ApprovalFlaw.None);

    /// <summary>Weighs a case by the index.</summary>
    public static CaseStanding Of(IndexedCase indexed, LedgerIndexReader index)
    {
        ArgumentNullException.ThrowIfNull(indexed);
        ArgumentNullException.ThrowIfNull(index);
        Bytes32 applicant = index.OrganisationOf(indexed.Applicant);
        return new CaseStanding(
            [.. indexed.Approvals.Select(approval => new WeighedApproval(approval, FlawOf(approval.OrgId, indexed.Terms.SubjectTag, index)))],
            index.IsSuspended(indexed.Terms.Authority),
            index.IsSuspended(applicant));
    }

    /// <summary>Whether a party, where one organisation alone can be meant, cannot act because it is suspended.</summary>
    public bool IsSuspended(CaseParty party) => party switch
    {
        CaseParty.Authority => IsAuthoritySuspended,
        CaseParty.Applicant => IsApplicantSuspended,
        _ => false,
    };

    private static ApprovalFlaw FlawOf(Bytes32 organisation, Bytes32 subjectTag, LedgerIndexReader index) =>
        index.IsSuspended(organisation) ? ApprovalFlaw.Suspended
        : index.Represents(organisation, subjectTag) ? ApprovalFlaw.Interest
        : ApprovalFlaw.None;
}
