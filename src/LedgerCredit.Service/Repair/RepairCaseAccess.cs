using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Records;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Repair;

/// <summary>Which repair cases a caller sees: those in which it has a part, or may have to take one. For one request.</summary>
/// <remarks>
/// The parties are the authority, who acts for the subject now, whoever approved, objected or decided an objection, and while a case is
/// under way all reviewers and arbiters without an interest in the subject, because nobody assigns them. Auditors see all. To anybody
/// else a case is not there.
/// </remarks>
/// <param name="node">The node.</param>
/// <param name="store">A store with a snapshot.</param>
/// <param name="caller">Who reads.</param>
internal sealed class RepairCaseAccess(NodeContext node, Store store, Caller caller)
{
    private readonly CallerResolver _resolver = new(store, node.Workspace);

    /// <summary>What the ledger's events say.</summary>
    internal LedgerIndexReader Index { get; } = new(store);

    /// <summary>The case of a number, or null where the caller sees none.</summary>
    internal IndexedCase? Find(string number) =>
        long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long caseId) && FindAny(caseId) is IndexedCase indexed && Sees(indexed)
            ? indexed
            : null;

    /// <summary>The case of a number for a step that the caller would take; null where there is none, or the caller is not to know of it by this step.</summary>
    /// <remarks>
    /// To trigger and to escalate is open to anyone by the contract, and must be: otherwise a case could be blocked by the silence of those who see it. What is told by it,
    /// whether the time has come, is on the ledger for every member. Any member may object as well, and objects to a sanction: it has to see either that or the case.
    /// </remarks>
    internal IndexedCase? FindFor(RepairDeskStep step, long caseId)
    {
        if (FindAny(caseId) is not IndexedCase indexed)
        {
            return null;
        }

        bool mayKnow = step switch
        {
            RepairDeskStep.Trigger or RepairDeskStep.Escalate or RepairDeskStep.EscalateObjection => true,
            RepairDeskStep.RaiseObjection => Sees(indexed) || SeesSanction(indexed),
            _ => Sees(indexed),
        };
        return mayKnow ? indexed : null;
    }

    /// <summary>Whether the caller sees a case.</summary>
    internal bool Sees(IndexedCase indexed) =>
        caller.IsActive
        && caller.May(AccessScopes.RecordsRead)
        && (indexed.Terms.Authority == caller.OrganisationId
            || _resolver.Represents(caller, indexed.Terms.SubjectTag)
            || (caller.Has(ConsortiumRole.Auditor) && caller.May(AccessScopes.Audit))
            || MayHaveToDecide(indexed)
            || TookPart(indexed));

    private IndexedCase? FindAny(long caseId) => caseId > 0 ? Index.FindCase((ulong)caseId) : null;

    // Who sees the sanction sees that it is under repair. Nothing of it is shown here, so that nobody is asked what for.
    private bool SeesSanction(IndexedCase indexed) => new RecordAccess(node, store, caller, Purposes.Public).FindSanction(indexed.Terms.Authority, indexed.LeafHash) is not null;

    private bool MayHaveToDecide(IndexedCase indexed) =>
        indexed.IsUnderWay
        && (caller.Has(ConsortiumRole.Reviewer) || caller.Has(ConsortiumRole.Arbiter))
        && !_resolver.HasInterest(caller, indexed.Terms.SubjectTag);

    private bool TookPart(IndexedCase indexed)
    {
        Bytes32 organisation = caller.OrganisationId;
        return indexed.Objections.Any(objection => objection.Objector == organisation || objection.Arbiter == organisation)
            || indexed.Approvals.Any(approval => approval.OrgId == organisation)

            // An approval that was voided is in the history alone.
            || (caller.Has(ConsortiumRole.Reviewer)
                && Index.ReadHistory(indexed.CaseId).Any(line => line.Event is CaseApprovedEvent approved && approved.OrgId == organisation));
    }
}
