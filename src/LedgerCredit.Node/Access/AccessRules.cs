using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Access;

/// <summary>Who sees how much of a record (docs/spec/access.md section 6). Pure.</summary>
public static class AccessRules
{
    /// <summary>Decides.</summary>
    /// <param name="caller">Who asks, as of now.</param>
    /// <param name="facts">The record, and the caller's relation to it.</param>
    /// <param name="purpose">What for; one of <see cref="Purposes.All"/>.</param>
    /// <param name="grant">What <see cref="AccessGrants.Find"/> gave for this caller's organisation, subject and purpose, or null.</param>
    /// <exception cref="ArgumentException">The purpose is none: check foreign ones with <see cref="Purposes.IsKnown"/> before.</exception>
    public static AccessDecision Decide(Caller caller, RecordFacts facts, string purpose, StoredAccessGrant? grant)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(facts);
        if (!Purposes.IsKnown(purpose))
        {
            throw new ArgumentException("Expected a known purpose.", nameof(purpose));
        }

        if (facts.Kind == RecordKind.Access)
        {
            return AccessDecision.Closed;
        }

        // Somebody who may not read as an organisation is anybody.
        bool isKnown = caller.IsActive && caller.May(AccessScopes.RecordsRead);
        if (isKnown && FindInterest(caller, facts) is string interest)
        {
            return new AccessDecision(DataClass.Confidential, interest);
        }

        // What was repaired is used by nobody any more, with or without the subject's leave.
        if (facts.State is not SanctionState state || IsClosed(state))
        {
            return AccessDecision.Closed;
        }

        if (isKnown && grant is not null && Covers(grant, caller, facts, purpose))
        {
            return new AccessDecision(DataClass.Authorised, string.Create(CultureInfo.InvariantCulture, $"grant:{grant.Number}"));
        }

        if (!IsPublished(facts))
        {
            return AccessDecision.Closed;
        }

        return isKnown ? new AccessDecision(DataClass.Registered, "registered") : new AccessDecision(DataClass.Open, "public");
    }

    /// <summary>Whether a caller sees a line of the access log: who was read of, who read, and who audits.</summary>
    /// <param name="caller">Who asks, as of now.</param>
    /// <param name="isCallerSubject">Whether the caller acts for the subject of the record that was read.</param>
    /// <param name="accessorOrganisation">The organisation of who read, or null.</param>
    public static bool MaySeeAccess(Caller caller, bool isCallerSubject, string? accessorOrganisation)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.IsActive
            && caller.May(AccessScopes.RecordsRead)
            && (isCallerSubject
                || IsAuditor(caller)
                || (accessorOrganisation is not null && accessorOrganisation == caller.Organisation));
    }

    /// <summary>Whether a sanction of this state is open to nobody but the subject, the authority and auditors.</summary>
    public static bool IsClosed(SanctionState state) => state switch
    {
        SanctionState.None or SanctionState.UnderRepair or SanctionState.Revoked => false,
        SanctionState.Repaired or SanctionState.Shielded or SanctionState.Annulled => true,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Expected the state of a sanction."),
    };

    // A key for programs has the role of its member, and audits only where it was made for that.
    private static bool IsAuditor(Caller caller) => caller.Has(ConsortiumRole.Auditor) && caller.May(AccessScopes.Audit);

    private static string? FindInterest(Caller caller, RecordFacts facts) =>
        caller.Organisation == facts.Issuer ? "issuer"
        : facts.SanctionIssuer is not null && caller.Organisation == facts.SanctionIssuer ? "authority"
        : facts.IsCallerSubject ? "subject"
        : IsAuditor(caller) ? "auditor"
        : null;

    private static bool Covers(StoredAccessGrant grant, Caller caller, RecordFacts facts, string purpose) =>
        grant.Consumer == caller.Organisation
        && grant.Subject == facts.Subject.ToString()
        && grant.Purpose == purpose
        && AccessGrants.IsInForce(grant, facts.AsOf);

    private static bool IsPublished(RecordFacts facts)
    {
        if (facts.IsAboutNaturalPerson || facts.IsSuperseded)
        {
            return false;
        }

        // The grade none is that of lists, which are public and know no end but their own.
        return facts.Kind == RecordKind.Rating
            || (facts.Grade is SanctionGrade.General or SanctionGrade.Serious or SanctionGrade.None
                && (facts.PublicUntil == 0 || facts.AsOf < facts.PublicUntil));
    }
}
