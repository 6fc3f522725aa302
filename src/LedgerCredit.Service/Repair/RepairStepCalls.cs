using System.Globalization;
using System.Text;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Service.Records;
using LedgerCredit.Verification;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LedgerCredit.Service.Repair;

/// <summary>A step as call data.</summary>
/// <param name="CallData">What the repair desk is called with.</param>
/// <param name="UtcOffset">The zone of the rule pack, in which refusals name moments.</param>
/// <param name="Wanted">Of an application: what its plan asks for and it lacks.</param>
internal sealed record RepairStepCall(byte[] CallData, TimeSpan UtcOffset, IReadOnlyList<RuleMaterial> Wanted);

/// <summary>Makes call data of what a caller asks for: finds the case or the sanction, as far as the caller sees it, and checks duties. For one request.</summary>
/// <param name="node">The node.</param>
/// <param name="context">The request.</param>
internal sealed class RepairStepCalls(NodeContext node, HttpContext context)
{
    /// <summary>Makes call data.</summary>
    /// <returns>The step, or the problem that there is none.</returns>
    internal async Task<(RepairStepCall? Step, ProblemHttpResult? Problem)> MakeAsync(RepairStepRequest request, CancellationToken cancellationToken)
    {
        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RepairCaseAccess access = new(node, lease.Store, context.Caller());
        RepairStepEncoder encoder = new(request, access.Index);
        byte[] callData;
        Bytes32 pack;
        IReadOnlyList<RuleMaterial> wanted = [];
        if (request.Case is long caseId)
        {
            if (access.FindFor(RepairStepForm.StepOf(request.Step), caseId) is not IndexedCase indexed)
            {
                return (null, Problem.Of(ProblemCode.NotFound, "There is no such case, or the caller may not see it."));
            }

            callData = encoder.Encode(indexed);
            pack = indexed.Terms.RulePack;
        }
        else
        {
            (PresentedSanction? presented, EvidenceFile? file, ProblemHttpResult? problem) = await PresentAsync(request, lease, cancellationToken);
            if (presented is null)
            {
                return (null, problem);
            }

            callData = encoder.Encode(presented);
            pack = presented.Sanction.Terms.RulePack;
            wanted = request.Step == "open" ? WantedMaterials.Of(file!, request.Materials!, node.Packs, node.TimeProvider.GetUtcNow()) : [];
        }

        if (encoder.Problem is string wrong)
        {
            return (null, Problem.Of(ProblemCode.MalformedRequest, wrong));
        }

        // By what will be signed, so that the same is asked here and when it comes back.
        RepairDeskCall call = RepairDeskCall.TryDecode(callData, out RepairDeskCall? decoded) ? decoded : throw new InvalidOperationException("Call data that were just made cannot be read.");
        return call.CaseId is not null && new RepairDuties(node, lease.Store, context.Caller()).FindProblem(call) is ProblemHttpResult duty
            ? (null, duty)
            : (new RepairStepCall(callData, node.Packs.FindByHash(pack)?.UtcOffset ?? TimeSpan.Zero, wanted), null);
    }

    private async Task<(PresentedSanction? Presented, EvidenceFile? File, ProblemHttpResult? Problem)> PresentAsync(RepairStepRequest request, StoreLease lease, CancellationToken cancellationToken)
    {
        EvidenceFile? file;
        ParseProblem? wrong;
        if (request.Evidence is not null)
        {
            if (!EvidenceFile.TryParse(Encoding.UTF8.GetBytes(request.Evidence.ToJsonString()), out file, out wrong))
            {
                return (null, null, Problem.Of(ProblemCode.MalformedRequest, $"'evidence' is not an evidence file. {wrong}"));
            }
        }
        else
        {
            if (!PurposeHeader.TryRead(context, out string? purpose, out ProblemHttpResult? problem))
            {
                return (null, null, problem);
            }

            RecordAccess records = new(node, lease.Store, context.Caller(), purpose);

            // What is sent shows the terms, which only those get who see everything of the record.
            if (records.Find(request.Issuer!, request.LeafIndex!.Value.ToString(CultureInfo.InvariantCulture)) is not { Decision.Highest: DataClass.Confidential } record)
            {
                return (null, null, Problem.Of(ProblemCode.NotFound, "There is no such record, or the caller may not see all of it."));
            }

            file = new EvidenceBuilder(node.Workspace, lease.Store, node.Packs, node.SubjectKey).TryBuild(record.Log, record.Position);
            if (file is null)
            {
                return (null, null, Problem.Of(ProblemCode.NotAnchored, "The sanction is not anchored on the ledger yet. Ask again in half a minute."));
            }

            await records.LogAsync([record], AccessAction.Evidence, cancellationToken);
        }

        return PresentedSanction.TryOf(file, out PresentedSanction? presented, out wrong)
            ? (presented, file, null)
            : (null, null, Problem.Of(ProblemCode.MalformedRequest, $"The repair desk cannot be shown this sanction. {wrong}"));
    }
}
