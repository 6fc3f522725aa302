using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>What a step needs to know of its case: from the index here, or from a node.</summary>
internal abstract class StepCase
{
    /// <summary>The workspace of whoever takes the step.</summary>
    public abstract Workspace Workspace { get; }

    /// <summary>The case.</summary>
    public abstract ulong CaseId { get; }

    /// <summary>Its sanction.</summary>
    public abstract Bytes32 LeafHash { get; }

    /// <summary>What an approval of exactly its materials names.</summary>
    public abstract Bytes32 MaterialsHash { get; }

    /// <summary>Its materials on the ledger.</summary>
    public abstract IReadOnlyList<LedgerMaterial> Materials { get; }

    /// <summary>The hash of its rule pack.</summary>
    public abstract Bytes32 RulePack { get; }

    /// <summary>Its rule pack, or null where that is not known here.</summary>
    public abstract RulePack? Pack { get; }

    /// <summary>Whether the consortium has a member of the name, as far as that can be told; the ledger decides.</summary>
    public abstract bool IsMember(string slug);

    /// <summary>The pending proposal to revoke the repair: the digest of its findings, and who made it; null where there is none.</summary>
    public abstract (Bytes32 Findings, string ProposedBy)? FindRevocation();

    /// <summary>Whose objection is overdue, where the step itself is not; else null.</summary>
    public abstract string? FindOverdueObjection();

    /// <summary>The beginning of a request for a node.</summary>
    public RepairStepRequest Request(string step) => new(step, checked((long)CaseId));
}

/// <summary>A case in the index of the workspace here.</summary>
internal sealed class IndexedStepCase(RepairSession session, IndexedCase indexed) : StepCase
{
    /// <inheritdoc/>
    public override Workspace Workspace => session.Workspace;

    /// <inheritdoc/>
    public override ulong CaseId => indexed.CaseId;

    /// <inheritdoc/>
    public override Bytes32 LeafHash => indexed.LeafHash;

    /// <inheritdoc/>
    public override Bytes32 MaterialsHash => indexed.MaterialsHash;

    /// <inheritdoc/>
    public override IReadOnlyList<LedgerMaterial> Materials => indexed.Materials;

    /// <inheritdoc/>
    public override Bytes32 RulePack => indexed.Terms.RulePack;

    /// <inheritdoc/>
    public override RulePack? Pack => session.Packs.FindByHash(RulePack);

    /// <inheritdoc/>
    public override bool IsMember(string slug) => session.Index.FindSlug(ConsortiumContract.OrganisationId(slug)) is not null;

    /// <inheritdoc/>
    public override (Bytes32 Findings, string ProposedBy)? FindRevocation()
    {
        if (indexed.Revocation is not IndexedRevocation proposal)
        {
            return null;
        }

        string proposer = new OwnKeys(session.Keys).Find(proposal.ProposedBy) ?? session.Index.NameOf(session.Index.OrganisationOf(proposal.ProposedBy));
        return (proposal.Findings, $"{proposer} ({proposal.ProposedBy})");
    }

    /// <inheritdoc/>
    public override string? FindOverdueObjection() =>
        new CaseReporter(session.Index, session.Packs).TryReport(indexed, conditions: null) is CaseReport report
        && !report.View.Steps.Any(step => step.Act == CaseAct.Escalate)
        && report.View.Steps.Any(step => step.Act == CaseAct.EscalateObjection)
            ? session.Index.NameOf(report.Case.OpenObjections.First(objection => report.AsOf.BlockTime >= objection.DueAt).Objector)
            : null;
}
