using LedgerCredit.Contracts;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Access;

/// <summary>Reads from the store what <see cref="SeparationOfDuties"/> must know of a case.</summary>
/// <param name="store">The store with the index of the ledger.</param>
/// <param name="workspace">Its workspace.</param>
public sealed class DutyFactsReader(Store store, Workspace workspace)
{
    private readonly LedgerIndexReader _index = new(store);
    private readonly CallerResolver _resolver = new(store, workspace);

    /// <summary>What counts for a case and a caller, or null where the index has no such case.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="caller">Who would take a step.</param>
    /// <param name="objector">The organisation whose objection is to be decided, or null.</param>
    public DutyFacts? Find(ulong caseId, Caller caller, Bytes32? objector)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (_index.FindCase(caseId) is not IndexedCase indexed)
        {
            return null;
        }

        IReadOnlyList<IndexedEvent> history = _index.ReadHistory(caseId);
        return new DutyFacts
        {
            EnteredBy = FindEnteredBy(indexed),
            Authority = indexed.Terms.Authority,
            ActsForSubject = _resolver.HasInterest(caller, indexed.Terms.SubjectTag),
            Approvers = indexed.Approvals.Select(approval => approval.OrgId).ToHashSet(),
            Reviewers = history.Select(line => line.Event).OfType<CaseApprovedEvent>().Select(approved => approved.OrgId).ToHashSet(),
            Arbiters = indexed.Objections.Where(objection => objection.Arbiter is not null).Select(objection => objection.Arbiter!.Value).ToHashSet(),
            Objector = objector,
            RevocationProposedBy = indexed.Revocation?.ProposedBy,
        };
    }

    // The leaf binds the authority, so that no other log can hold the sanction.
    private string? FindEnteredBy(IndexedCase indexed)
    {
        StoredLog? log = store.Logs.ReadAll().FirstOrDefault(candidate => ConsortiumContract.OrganisationId(candidate.Issuer) == indexed.Terms.Authority);
        return log is not null && store.Tiles.FindLeaf(log.Number, indexed.LeafHash) is ulong leafIndex
            ? store.EnteredBy.Find(new LogPosition(log.Number, leafIndex))
            : null;
    }
}
