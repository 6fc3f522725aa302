using LedgerCredit.Client.Models;
using LedgerCredit.Service.Callers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Health;

/// <summary>What supervisors of processes ask: whether the node lives, and whether it can work.</summary>
internal static class HealthEndpoints
{
    /// <summary>Adds the addresses.</summary>
    internal static void MapHealth(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder health = routes.MapGroup("/healthz").Public().WithTags("Health");
        health.MapGet("/live", IsLive)
            .WithName("getLive")
            .WithSummary("Whether the node answers")
            .WithDescription("Always 200 where the process answers at all.");
        health.MapGet("/ready", IsReady)
            .WithName("getReady")
            .WithSummary("Whether the node can do its work")
            .Produces<HealthReport>(StatusCodes.Status503ServiceUnavailable)
            .WithDescription("503 with the reasons while the ledger does not answer, was not read and compared with the store yet, or disagrees with it.");
    }

    private static Ok<HealthReport> IsLive(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new HealthReport("live", []));
    }

    private static Results<Ok<HealthReport>, JsonHttpResult<HealthReport>> IsReady(Readiness readiness, HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        IReadOnlyList<HealthProblem> problems = [.. readiness.Problems.Select(problem => new HealthProblem(problem.Key, problem.Value))];
        return problems.Count == 0
            ? TypedResults.Ok(new HealthReport("ready", problems))
            : TypedResults.Json(new HealthReport("not-ready", problems), statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
