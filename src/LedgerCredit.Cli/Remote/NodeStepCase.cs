using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Cli.Remote;

/// <summary>A case as a node shows it, for a step that is signed here.</summary>
/// <remarks>What follows from other values of the answer is computed here and compared: an approval names what was checked, and nothing that a node would like it to name.</remarks>
internal sealed class NodeStepCase : StepCase, IRepairCase
{
    private readonly RepairCaseView _view;

    /// <summary>Reads a case.</summary>
    /// <exception cref="NodeAnswerException">The values contradict each other, or are none.</exception>
    public NodeStepCase(Workspace workspace, RepairCaseView view)
    {
        _view = view;
        Workspace = workspace;
        Stage = Enum.GetValues<CaseStage>().Cast<CaseStage?>().FirstOrDefault(stage => CaseTexts.NameOf(stage!.Value) == view.Stage)
            ?? throw new NodeAnswerException($"The node's answer has a stage that is none: '{CaseScreen.Printable(view.Stage)}'.");
        LeafHash = Read(view.Sanction, "the sanction");
        RulePack = Read(view.RulePack.Hash, "the rule pack");
        Materials = [.. view.Materials.Select(Read)];
        MaterialsHash = MaterialHash.OfAll(LeafHash, Materials);
        if (MaterialsHash.ToString() != view.MaterialsHash)
        {
            throw new NodeAnswerException($"The node says that the materials of case {view.Case} have the hash {CaseScreen.Printable(view.MaterialsHash)}, but those that it shows have {MaterialsHash}. Nothing was signed.");
        }
    }

    /// <summary>The case as the node shows it.</summary>
    public RepairCaseView View => _view;

    /// <inheritdoc/>
    public CaseStage Stage { get; }

    /// <inheritdoc/>
    public bool IsUnderWay => Stage is CaseStage.Open or CaseStage.SupplementAsked or CaseStage.UnderReview;

    /// <inheritdoc/>
    public int ApprovalCount => _view.Approvals.Count;

    /// <inheritdoc/>
    public override Workspace Workspace { get; }

    /// <inheritdoc/>
    public override ulong CaseId => (ulong)_view.Case;

    /// <inheritdoc/>
    public override Bytes32 LeafHash { get; }

    /// <inheritdoc/>
    public override Bytes32 MaterialsHash { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LedgerMaterial> Materials { get; }

    /// <inheritdoc/>
    public override Bytes32 RulePack { get; }

    /// <inheritdoc/>
    public override RulePack? Pack => Workspace.LoadRulePacks().FindByHash(RulePack);

    /// <inheritdoc/>
    public override bool IsMember(string slug) => _view.Objections.Any(objection => objection.Objector == slug);

    /// <inheritdoc/>
    public override (Bytes32 Findings, string ProposedBy)? FindRevocation() => _view.Revocation is RepairRevocationView proposal
        ? (Read(proposal.Findings, "the findings"), CaseScreen.Printable(proposal.ProposedBy))
        : null;

    /// <inheritdoc/>
    public override string? FindOverdueObjection() =>
        !_view.Steps.Any(step => step.Act == "escalate") && _view.Steps.Any(step => step.Act == "escalate-objection")
            ? _view.Objections.FirstOrDefault(objection => objection.State == "raised" && string.CompareOrdinal(objection.DueAt, _view.AsOf.Time) <= 0)?.Objector
            : null;

    private static LedgerMaterial Read(RepairMaterialView material) =>
        RuleMaterial.TryParseCode(material.Code, out int kind) ? new LedgerMaterial(kind, Read(material.Digest, "a material")) : throw new NodeAnswerException("The node's answer has a material without a code.");

    private static Bytes32 Read(string text, string what) =>
        Bytes32.TryParseHex(text, out Bytes32 hash) ? hash : throw new NodeAnswerException($"The node's answer has no hash of {what}: expected 0x and 64 hex digits.");
}
