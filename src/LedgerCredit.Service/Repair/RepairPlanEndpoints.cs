using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Plans;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Service.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Repair;

/// <summary>What it takes to have a sanction repaired.</summary>
internal static class RepairPlanEndpoints
{
    /// <summary>Adds the addresses to those of repair.</summary>
    internal static void MapPlans(this RouteGroupBuilder repair) =>
        // A plan is made from the terms, which are of the class registered: callers without a sign-in see less of the record than a plan says.
        repair.MapGet("/plans/{issuer}/{leafIndex}", GetAsync)
            .RequireScope(AccessScopes.RecordsRead)
            .WithPurpose()
            .WithName("getRepairPlan")
            .WithSummary("The plan for the repair of a sanction")
            .WithDescription("""
                Whether it can be repaired, on which day at the earliest, which documents are needed and who issues them, each period and where
                it comes from; for who sees the record. What the caller may not see is not reckoned with, and said to be unknown. `corrected`:
                the decision orders a rectification; `agent`: an agent applies. Say in `LedgerCredit-Purpose` what it is read for; it is logged.
                """)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<RepairPlanView>, ProblemHttpResult>> GetAsync(
        string issuer, string leafIndex, bool? corrected, bool? agent, string? lang, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!PurposeHeader.TryRead(context, out string? purpose, out ProblemHttpResult? problem) || !RepairJson.TryReadLanguage(lang, out string? language, out problem))
        {
            return problem;
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RecordAccess access = new(node, lease.Store, context.Caller(), purpose);
        if (access.Find(issuer, leafIndex) is not ReadableRecord record)
        {
            return Problem.Of(ProblemCode.NotFound, "There is no such record, or the caller may not see it.");
        }

        if (record.Record.Kind != RecordKind.Sanction)
        {
            return Problem.Of(ProblemCode.MalformedRequest, $"This is a {record.Record.Kind.ToName()}; only sanctions can be repaired.");
        }

        // The plan shows days and no pseudonym, so that the secret of the terms' salt is not needed.
        if (!SanctionTerms.TryCreate(record.Record, node.Packs, node.SubjectKey, Bytes32.Zero, out SanctionTerms? terms, out RecordProblem? unknown))
        {
            return Problem.Of(ProblemCode.RulePackUnknown, $"The node cannot tell the rules of this sanction: {unknown.Message} Its operator adds rule packs with 'ledgercredit contracts add-pack'.");
        }

        JsonObject claims = new([.. record.Record.Claims.Members.Where(claim => record.Decision.Shows(RecordKind.Sanction, RecordMembers.ClaimName(claim.Name)))]);
        int withheld = record.ToView().Withheld;
        SanctionStatus status = new LedgerIndexReader(lease.Store).StatusOf(record.LeafHash);
        PlanInput input = new(
            terms,
            claims,
            IsComplete: withheld == 0,
            corrected ?? false,
            agent ?? false,
            ObstacleOf(status),
            (ulong)node.TimeProvider.GetUtcNow().ToUnixTimeSeconds(),
            status.State == SanctionState.Revoked ? status.ChangedAt : 0);
        RulePack? pack = terms.RulePack == Bytes32.Zero ? null : node.Packs.FindByHash(terms.RulePack);
        if (!RepairPlanner.TryCreate(input, pack, out RepairPlan? plan, out ParseProblem? range))
        {
            return Problem.Of(ProblemCode.InvalidRecord, range.Message);
        }

        await access.LogAsync([record], AccessAction.Read, cancellationToken);
        return TypedResults.Ok(RepairJson.Read<RepairPlanView>(new JsonObject(
            [
                new("sanction", PlanJson.Sanction(plan, record.LeafHash, record.Record.Issuer, withheld, claims)),
                .. PlanJson.Members(plan, language),
            ])));
    }

    private static PlanObstacle ObstacleOf(SanctionStatus status) => (status.State == SanctionState.Shielded ? status.ReturnTo : status.State) switch
    {
        SanctionState.UnderRepair => PlanObstacle.UnderRepair,
        SanctionState.Repaired => PlanObstacle.Repaired,
        SanctionState.Annulled => PlanObstacle.Annulled,
        _ => PlanObstacle.None,
    };
}
