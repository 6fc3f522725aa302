using System.Globalization;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.Access;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Audits;

/// <summary>Audits of the whole store, which take long: begun, looked at, ended early.</summary>
internal static class AuditEndpoints
{
    private const int DefaultPage = 20;
    private const int MaxPage = 100;

    /// <summary>Adds the addresses.</summary>
    internal static void MapAudits(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder audits = routes.MapGroup("/v1/audits").RequireScope(AccessScopes.Audit).WithTags("Audits");
        audits.MapPost("", Start)
            .WithName("startAudit")
            .WithSummary("Begin an audit of all logs")
            .WithDescription("What `ledgercredit log audit` does: every record, entry, tile, checkpoint and anchor. One at a time: while one runs, that one is given.")
            .WithAnswerHeader("Location", StatusCodes.Status202Accepted);
        audits.MapGet("", List)
            .WithName("listAudits")
            .WithSummary("The audits since the node was started, the newest first")
            .WithDescription("The newest 16 of them, without their reports.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        audits.MapGet("/{id}", Get)
            .WithName("getAudit")
            .WithSummary("How far an audit is, and what it found")
            .WithDescription("An auditor who does not trust the node runs `ledgercredit log audit` on a copy of the store, or follows the logs below /log.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        audits.MapDelete("/{id}", Cancel)
            .WithName("cancelAudit")
            .WithSummary("End an audit early")
            .WithAnswerHeader("Location", StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Accepted<AuditView> Start(AuditJobs jobs)
    {
        AuditJob job = jobs.Start();
        return TypedResults.Accepted(FormattableString.Invariant($"/v1/audits/{job.Id}"), job.ToView());
    }

    private static Results<Ok<AuditPage>, ProblemHttpResult> List(string? cursor, int? limit, AuditJobs jobs)
    {
        if (limit is < 1 or > MaxPage)
        {
            return Problem.Of(ProblemCode.MalformedRequest, $"Expected a limit of 1 to {MaxPage}.");
        }

        long before = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            return Problem.Of(ProblemCode.InvalidCursor, "Expected the 'next' of the page before, or no cursor for the first page.");
        }

        int most = limit ?? DefaultPage;
        IReadOnlyList<AuditJob> found = jobs.List(before, most + 1);
        return TypedResults.Ok(new AuditPage(
            [.. found.Take(most).Select(job => job.ToLine())],
            found.Count > most ? found[most - 1].Id.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static Results<Ok<AuditView>, ProblemHttpResult> Get(string id, AuditJobs jobs) =>
        Find(id, jobs) is AuditJob job ? TypedResults.Ok(job.ToView()) : NotFound();

    private static Results<Accepted<AuditView>, ProblemHttpResult> Cancel(string id, AuditJobs jobs)
    {
        if (Find(id, jobs) is not AuditJob job)
        {
            return NotFound();
        }

        job.Cancel();
        return TypedResults.Accepted(FormattableString.Invariant($"/v1/audits/{job.Id}"), job.ToView());
    }

    private static AuditJob? Find(string id, AuditJobs jobs) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? jobs.Find(number) : null;

    private static ProblemHttpResult NotFound() => Problem.Of(ProblemCode.NotFound, "There is no such audit since the node was started, or it was long ago.");
}
