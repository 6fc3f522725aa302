using LedgerCredit.Service.Callers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Repair;

/// <summary>Repair of sanctions: plans, cases, steps that callers sign with keys of their own, and the materials that the node keeps for applicants.</summary>
internal static class RepairEndpoints
{
    /// <summary>Adds the addresses.</summary>
    internal static void MapRepair(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder repair = routes.MapGroup("/v1/repair").AtEvenSteps().WithTags("Repair");
        repair.MapPlans();
        repair.MapCases();
        repair.MapTransactions();
        repair.MapMaterials();
    }
}
