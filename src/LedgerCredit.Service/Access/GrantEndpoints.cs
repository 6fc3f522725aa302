using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Access;

/// <summary>What subjects let others read, and who read what.</summary>
internal static class GrantEndpoints
{
    private const int MaxPage = 100;

    // The most lines among which an organisation's own are looked for: how many there are of others is not to be told by the time that it takes.
    private const int MostLookedAt = 2000;

    /// <summary>Adds the addresses.</summary>
    internal static void MapGrants(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder grants = routes.MapGroup("/v1/grants").RequireScope(AccessScopes.RecordsRead).AtEvenSteps().WithTags("Grants");
        grants.MapPost("", Give)
            .WithName("giveGrant")
            .WithSummary("Let an organisation read the caller's records, for a purpose and a time")
            .WithDescription("By an account that acts for the subject. The same leave, sent again while it is in force, is answered with 200 and stays one.")
            .WithExample("""{"subject":"uscc:91310000MARDLX096K","consumer":"example-bank","purpose":"credit-review","expiresAt":"2030-01-01T00:00:00Z"}""")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        grants.MapPost("/search", SearchAsync)
            .WithName("searchGrants")
            .WithSummary("The grants of a subject, or those to the caller's organisation")
            .WithDescription("With a subject: all for who acts for it and auditors, and those to its own organisation for anybody else. Without: those that the caller's organisation was given. The oldest first, in pages.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        grants.MapDelete("/{number}", Withdraw)
            .WithName("withdrawGrant")
            .WithSummary("Withdraw a grant, from now on")
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapPost("/v1/access-log/search", ReadLogAsync)
            .RequireScope(AccessScopes.RecordsRead)
            .AtEvenSteps()
            .WithTags("Grants")
            .WithName("searchAccessLog")
            .WithSummary("Who read the records of a subject, when and for what, the newest first")
            .WithDescription("All for who acts for the subject and for auditors; the lines of its own organisation, among the newest 2,000, for anybody else. The log is committed to and anchored like those of records, so that a line that is removed is found.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static Results<Created<GrantView>, Ok<GrantView>, ProblemHttpResult> Give(NewGrant request, HttpContext context, NodeContext node)
    {
        if (!SubjectId.TryParse(request.Subject, out SubjectId? subject, out RecordProblem? none))
        {
            return Problem.OfSubject(none);
        }

        if (!UtcTimes.TryParse(request.ExpiresAt, out DateTimeOffset expiresAt))
        {
            return Problem.Of(ProblemCode.MalformedRequest, "Expected a time in 'expiresAt', such as 2030-01-01T00:00:00Z.");
        }

        using Store store = node.Workspace.OpenStore(StoreAccess.Write);
        StoredAccessGrant? grant = node.Grants.Give(store, context.Caller(), subject, request.Consumer, request.Purpose, expiresAt, out bool isNew, out GrantFailure failure);
        if (grant is null)
        {
            return failure switch
            {
                GrantFailure.NotTheSubject => Problem.Of(ProblemCode.NotAllowed, "Grants are given by an account that acts for the subject."),
                GrantFailure.UnknownConsumer => Problem.Of(ProblemCode.MalformedRequest, "The consortium has no organisation of the slug in 'consumer'."),
                GrantFailure.UnknownPurpose => Problem.Of(ProblemCode.MalformedRequest, $"Expected a purpose of {string.Join(", ", Purposes.Grantable)}."),
                GrantFailure.BadExpiry => Problem.Of(ProblemCode.MalformedRequest, $"Expected an end to come, at most {AccessGrants.MaxLifetime.TotalDays:0} days ahead."),
                GrantFailure.TooMany => Problem.Of(ProblemCode.NotAllowed, $"The subject has {AccessGrants.MaxInForce} grants in force: withdraw some first."),
                _ => throw new InvalidOperationException($"A grant was not given, without a reason: {failure}."),
            };
        }

        return isNew
            ? TypedResults.Created(FormattableString.Invariant($"/v1/grants/{grant.Number}"), ToView(grant, node))
            : TypedResults.Ok(ToView(grant, node));
    }

    private static async Task<Results<Ok<GrantPage>, ProblemHttpResult>> SearchAsync(
        SubjectQuery query, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!TryReadLimit(query.Limit, out int limit, out ProblemHttpResult? problem))
        {
            return problem;
        }

        long after = 0;
        if (query.Cursor is not null && !long.TryParse(query.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return Problem.Of(ProblemCode.InvalidCursor, "Expected the 'next' of the page before, or no cursor for the first page.");
        }

        SubjectId? subject = null;
        if (query.Subject is not null && !SubjectId.TryParse(query.Subject, out subject, out RecordProblem? none))
        {
            return Problem.OfSubject(none);
        }

        Caller caller = context.Caller();
        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        AccessGrantTable grants = lease.Store.AccessGrants;
        bool isForAll = subject is not null
            && (IsSubject(lease.Store, node, caller, subject) || (caller.Has(Contracts.ConsortiumRole.Auditor) && caller.May(AccessScopes.Audit)));
        IReadOnlyList<StoredAccessGrant> page =
            isForAll ? grants.ReadBySubject(subject!.ToString(), after, limit + 1)
            : caller.Organisation is not string own ? []
            : subject is null ? grants.ReadByConsumer(own, after, limit + 1)
            : grants.Read(subject.ToString(), own, after, limit + 1);
        return TypedResults.Ok(new GrantPage(
            [.. page.Take(limit).Select(grant => ToView(grant, node))],
            page.Count > limit ? page[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static bool TryReadLimit(int? wanted, out int limit, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        limit = wanted ?? MaxPage;
        problem = limit is < 1 or > MaxPage ? Problem.Of(ProblemCode.MalformedRequest, $"Expected a limit of 1 to {MaxPage}.") : null;
        return problem is null;
    }

    private static Results<NoContent, ProblemHttpResult> Withdraw(string number, HttpContext context, NodeContext node)
    {
        using Store store = node.Workspace.OpenStore(StoreAccess.Write);
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long grant)
            && node.Grants.Withdraw(store, context.Caller(), grant, out _) is not null
                ? TypedResults.NoContent()
                : Problem.Of(ProblemCode.NotFound, "No subject that the caller acts for has a grant of this number.");
    }

    private static async Task<Results<Ok<AccessPage>, ProblemHttpResult>> ReadLogAsync(
        SubjectRequest query, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!SubjectId.TryParse(query.Subject, out SubjectId? subject, out RecordProblem? none))
        {
            return Problem.OfSubject(none);
        }

        if (!TryReadLimit(query.Limit, out int limit, out ProblemHttpResult? problem))
        {
            return problem;
        }

        ulong before = ulong.MaxValue;
        if (query.Cursor is not null && !ulong.TryParse(query.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            return Problem.Of(ProblemCode.InvalidCursor, "Expected the 'next' of the page before, or no cursor for the first page.");
        }

        Caller caller = context.Caller();
        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        bool isSubject = IsSubject(lease.Store, node, caller, subject);

        // By what the caller may see, so that a cursor says nothing of lines that it may not; nothing of those is checked either.
        IReadOnlyList<AccessLine> page = AccessRules.MaySeeAccess(caller, isSubject, accessorOrganisation: null)
            ? AccessLog.ReadBySubject(node.Workspace, lease.Store, subject, before, limit + 1)
            : caller.Organisation is string own && AccessRules.MaySeeAccess(caller, isSubject, own)
            ? AccessLog.ReadBySubjectAndReader(node.Workspace, lease.Store, subject, own, before, limit + 1, MostLookedAt)
            : [];
        bool isLast = page.Count <= limit;
        return TypedResults.Ok(new AccessPage(
            [.. page.Take(limit).Select(ToView)],
            isLast ? null : page[limit - 1].LeafIndex.ToString(CultureInfo.InvariantCulture)));
    }

    private static bool IsSubject(Store store, NodeContext node, Caller caller, SubjectId subject) =>
        new CallerResolver(store, node.Workspace).Represents(caller, SanctionTerms.TagOf(node.SubjectKey, subject));

    private static GrantView ToView(StoredAccessGrant grant, NodeContext node) => new(
        grant.Number,
        grant.Subject,
        grant.Consumer,
        grant.Purpose,
        grant.GrantedBy,
        UtcTimes.OfUnix(grant.GrantedAt),
        UtcTimes.OfUnix(grant.ExpiresAt),
        UtcTimes.OfUnix(grant.WithdrawnAt),
        AccessGrants.IsInForce(grant, (ulong)node.TimeProvider.GetUtcNow().ToUnixTimeSeconds()));

    private static AccessView ToView(AccessLine line) => new(
        checked((long)line.LeafIndex), line.At, line.Accessor, line.Organisation, line.Purpose, line.Action, line.Record.ToString(), line.Basis, line.IsAnchored);
}
