using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Service.Records;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Subjects;

/// <summary>What is recorded about a subject, as far as a caller may see it.</summary>
internal static class SubjectEndpoints
{
    private const string Description = "A body and not a part of the address, so that no address holds the name of a subject. Each record in the answer is logged as read.";

    /// <summary>Adds the addresses.</summary>
    internal static void MapSubjects(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder subjects = routes.MapGroup("/v1").AllowAnybody().AtEvenSteps().WithTags("Subjects");
        subjects.MapPost("/subjects/report", ReportAsync)
            .WithPurpose()
            .WithName("getSubjectReport")
            .WithSummary("Sanctions, repairs and ratings of a subject")
            .WithDescription(Description)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        subjects.MapPost("/ratings/history", HistoryAsync)
            .WithPurpose()
            .WithName("getRatingHistory")
            .WithSummary("The rating actions about a subject, with outlook and watch")
            .WithDescription(Description)
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<SubjectReport>, ProblemHttpResult>> ReportAsync(
        SubjectRequest request, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!TryRead(request, context, out SubjectId? subject, out string? purpose, out ProblemHttpResult? problem))
        {
            return problem!;
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RecordAccess access = new(node, lease.Store, context.Caller(), purpose!);
        IReadOnlyList<ReadableRecord> records = access.ReadSubject(subject!);
        await access.LogAsync(records, AccessAction.Report, cancellationToken);
        return TypedResults.Ok(new SubjectReport(
            subject!.ToString(),
            lease.Store.LedgerPositions.FindLatest() is IndexPosition position ? checked((long)position.BlockNumber) : null,
            OfKind(records, RecordKind.Sanction),
            OfKind(records, RecordKind.Repair),
            OfKind(records, RecordKind.Rating)));
    }

    private static async Task<Results<Ok<RatingHistory>, ProblemHttpResult>> HistoryAsync(
        SubjectRequest request, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!TryRead(request, context, out SubjectId? subject, out string? purpose, out ProblemHttpResult? problem))
        {
            return problem!;
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RecordAccess access = new(node, lease.Store, context.Caller(), purpose!);
        List<ReadableRecord> ratings =
        [
            .. access.ReadSubject(subject!)
                .Where(record => record.Record.Kind == RecordKind.Rating)
                .OrderBy(record => record.Record.Claims.TryFindString("actedOn", out string? date) ? date : "", StringComparer.Ordinal),
        ];
        await access.LogAsync(ratings, AccessAction.History, cancellationToken);
        return TypedResults.Ok(new RatingHistory(subject!.ToString(), [.. ratings.Select(record => record.ToView())]));
    }

    private static bool TryRead(SubjectRequest request, HttpContext context, out SubjectId? subject, out string? purpose, out ProblemHttpResult? problem)
    {
        subject = null;
        if (!PurposeHeader.TryRead(context, out purpose, out problem))
        {
            return false;
        }

        if (!SubjectId.TryParse(request.Subject, out subject, out RecordProblem? none))
        {
            problem = Problem.OfSubject(none);
            return false;
        }

        return true;
    }

    private static IReadOnlyList<RecordView> OfKind(IReadOnlyList<ReadableRecord> records, RecordKind kind) =>
        [.. records.Where(record => record.Record.Kind == kind).Select(record => record.ToView())];
}
