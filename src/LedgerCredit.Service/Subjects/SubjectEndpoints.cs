using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
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
    /// <summary>How lists of a subject's records come in pages.</summary>
    internal const string PagesOfSubject = """
        Pages go through the subject's records log by log. Where very many records are not the caller's to see, a page may have few, or none,
        and still a `next`; a cursor is good for this subject only.
        """;

    private const string Description = "A body and not a part of the address, so that no address holds the name of a subject. Each record in the answer is logged as read. ";

    /// <summary>Adds the addresses.</summary>
    internal static void MapSubjects(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder subjects = routes.MapGroup("/v1").AllowAnybody().AtEvenSteps().WithTags("Subjects");
        subjects.MapPost("/subjects/report", ReportAsync)
            .WithPurpose()
            .WithName("getSubjectReport")
            .WithSummary("Sanctions, repairs and ratings of a subject")
            .WithDescription(Description + PagesOfSubject + " Within a page, by time of issue.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        subjects.MapPost("/ratings/history", HistoryAsync)
            .WithPurpose()
            .WithName("getRatingHistory")
            .WithSummary("The rating actions about a subject, with outlook and watch")
            .WithDescription(Description + PagesOfSubject + " Within a page, by the date on which they were taken.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<SubjectReport>, ProblemHttpResult>> ReportAsync(
        SubjectRequest request, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!TryRead(request, context, node, out SubjectPage? page, out string? purpose, out ProblemHttpResult? problem))
        {
            return problem;
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RecordAccess access = new(node, lease.Store, context.Caller(), purpose);
        VisibleRecords found = access.ReadSubject(page.Subject, kind: null, page.After, page.Limit);
        await access.LogAsync(found.Records, AccessAction.Report, cancellationToken);
        IReadOnlyList<ReadableRecord> records = ReadableRecord.InOrder(found.Records);
        return TypedResults.Ok(new SubjectReport(
            page.Subject.ToString(),
            lease.Store.LedgerPositions.FindLatest() is IndexPosition position ? checked((long)position.BlockNumber) : null,
            OfKind(records, RecordKind.Sanction),
            OfKind(records, RecordKind.Repair),
            OfKind(records, RecordKind.Rating),
            page.WriteNext(found, node)));
    }

    private static async Task<Results<Ok<RatingHistory>, ProblemHttpResult>> HistoryAsync(
        SubjectRequest request, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!TryRead(request, context, node, out SubjectPage? page, out string? purpose, out ProblemHttpResult? problem))
        {
            return problem;
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RecordAccess access = new(node, lease.Store, context.Caller(), purpose);
        VisibleRecords found = access.ReadSubject(page.Subject, RecordKind.Rating, page.After, page.Limit);
        await access.LogAsync(found.Records, AccessAction.History, cancellationToken);
        return TypedResults.Ok(new RatingHistory(
            page.Subject.ToString(),
            [
                .. ReadableRecord.InOrder(found.Records)
                    .OrderBy(record => record.Record.Claims.TryFindString("actedOn", out string? date) ? date : "", StringComparer.Ordinal)
                    .Select(record => record.ToView()),
            ],
            page.WriteNext(found, node)));
    }

    private static bool TryRead(
        SubjectRequest request,
        HttpContext context,
        NodeContext node,
        [NotNullWhen(true)] out SubjectPage? page,
        [NotNullWhen(true)] out string? purpose,
        [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        page = null;
        return PurposeHeader.TryRead(context, out purpose, out problem)
            && SubjectPage.TryRead(request.Subject, request.Cursor, request.Limit, SubjectPage.MaxLimit, node, out page, out problem);
    }

    private static IReadOnlyList<RecordView> OfKind(IReadOnlyList<ReadableRecord> records, RecordKind kind) =>
        [.. records.Where(record => record.Record.Kind == kind).Select(record => record.ToView())];
}
