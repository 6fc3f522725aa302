using System.Globalization;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Repair;

/// <summary>Repair cases: where each stands, who owes what by when, and what happened.</summary>
internal static class RepairCaseEndpoints
{
    private const int DefaultPage = 20;
    private const int MaxPage = 100;

    // What a page looks at, at most: the rest is the next page's, so that no request reads without bound.
    private const int MostLookedAt = 500;

    private const string WhoSees = """
        For the parties of a case: the authority, who acts for the subject, reviewers and arbiters while it is under way, whoever approved, objected
        or decided in it, and auditors. To anybody else it is not there. All is as of the block in `asOf`, up to which the node has read the ledger.
        """;

    /// <summary>Adds the addresses to those of repair.</summary>
    internal static void MapCases(this RouteGroupBuilder repair)
    {
        repair.MapGet("/cases/{case}", GetAsync)
            .RequireScope(AccessScopes.RecordsRead)
            .WithPurpose()
            .WithName("getRepairCase")
            .WithSummary("A repair case: its conditions and who owes each, due dates, history")
            .WithDescription("`lang` (`en` or `zh`) is the language of sentences. " + WhoSees)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        repair.MapPost("/cases/search", SearchAsync)
            .RequireScope(AccessScopes.RecordsRead)
            .WithPurpose()
            .WithName("searchRepairCases")
            .WithSummary("Look for repair cases")
            .WithDescription(
                "By subject, sanction, authority, stage, whether they are under way or overdue. A body and not a query, so that no address holds the name of a subject. "
                + "Pages go through the cases by their numbers; a page may have few cases, or none, and still a `next`. " + WhoSees)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        repair.MapGet("/overdue", GetOverdueAsync)
            .RequireScope(AccessScopes.RecordsRead)
            .WithName("getOverdueRepairSteps")
            .WithSummary("The steps of cases that are late")
            .WithDescription(
                "Late by the days of the rules, or overdue on the ledger, where anybody may then escalate. Pages go through the cases under way by their numbers; a case is on one page, "
                + "and in a page the longest late comes first. A page may have few lines, or none, and still a `next`. " + WhoSees)
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<RepairCaseView>, ProblemHttpResult>> GetAsync(
        string @case, string? lang, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!PurposeHeader.TryRead(context, out string? purpose, out ProblemHttpResult? problem) || !RepairJson.TryReadLanguage(lang, out string? language, out problem))
        {
            return problem;
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RepairCaseAccess access = new(node, lease.Store, context.Caller());
        if (access.Find(@case) is not IndexedCase indexed)
        {
            return Problem.Of(ProblemCode.NotFound, "There is no such case, or the caller may not see it.");
        }

        // Conditions, too, from the index: one moment for all of the answer, also while the ledger does not answer.
        if (new CaseReporter(access.Index, node.Packs).TryDetail(indexed, conditions: null) is not CaseDetail detail)
        {
            return Problem.Of(ProblemCode.RulePackUnknown, $"The node does not know the rule pack {indexed.Terms.RulePack} of this case. Its operator adds it with 'ledgercredit contracts add-pack'.");
        }

        RepairRecordNames names = new(node, lease.Store, context.Caller(), purpose);
        RepairCaseView view = RepairJson.Read<RepairCaseView>(CaseJson.Write(detail, access.Index, names.Find(indexed), language));
        await names.LogAsync(AccessAction.History, cancellationToken);
        return TypedResults.Ok(view);
    }

    private static async Task<Results<Ok<RepairCasePage>, ProblemHttpResult>> SearchAsync(
        RepairCaseSearch search, string? lang, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!PurposeHeader.TryRead(context, out string? purpose, out ProblemHttpResult? problem)
            || !RepairJson.TryReadLanguage(lang, out string? language, out problem)
            || !TryReadSearch(search, node, out CaseFilter filter, out ulong after, out problem))
        {
            return problem;
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RepairCaseAccess access = new(node, lease.Store, context.Caller());
        if (access.Index.Position is null)
        {
            return TypedResults.Ok(new RepairCasePage([], null));
        }

        CaseReporter reporter = new(access.Index, node.Packs);
        RepairRecordNames names = new(node, lease.Store, context.Caller(), purpose);
        StoredRepairCasePage rows = lease.Store.RepairCases.ReadPage(filter, after, MostLookedAt);
        List<RepairCaseRow> page = [];
        ulong? next = rows.Next;
        foreach (StoredRepairCase row in rows.Cases)
        {
            IndexedCase indexed = access.Index.FindCase(row.CaseId) ?? throw new InvalidOperationException("A row of a case is in the same snapshot as its events.");
            if (!access.Sees(indexed))
            {
                continue;
            }

            CaseReport? report = reporter.TryReport(indexed, conditions: null);
            if (search.Overdue == true && report?.LateSteps.Any() != true)
            {
                continue;
            }

            // One more that is to be shown, and not one that may not be: else a cursor would tell of it.
            if (page.Count == (search.Limit ?? DefaultPage))
            {
                next = (ulong)page[^1].Case;
                break;
            }

            string? name = names.Find(indexed);
            page.Add(RepairJson.Read<RepairCaseRow>(report is null ? CaseJson.Row(indexed, access.Index, name) : CaseJson.Row(report, access.Index, name, language)));
        }

        await names.LogAsync(AccessAction.Report, cancellationToken);
        return TypedResults.Ok(new RepairCasePage(page, next?.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<Results<Ok<RepairOverduePage>, ProblemHttpResult>> GetOverdueAsync(
        string? cursor, int? limit, string? lang, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!RepairJson.TryReadLanguage(lang, out string? language, out ProblemHttpResult? problem))
        {
            return problem;
        }

        if (limit is < 1 or > MaxPage)
        {
            return Problem.Of(ProblemCode.MalformedRequest, $"Expected a limit of 1 to {MaxPage}.");
        }

        ulong after = 0;
        if (cursor is not null && !ulong.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return Problem.Of(ProblemCode.InvalidCursor, "Expected the 'next' of the page before, or no cursor for the first page.");
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RepairCaseAccess access = new(node, lease.Store, context.Caller());
        if (access.Index.Position is null)
        {
            return TypedResults.Ok(new RepairOverduePage([], null));
        }

        // Which steps are late follows from rules and holidays, so that each case is looked at; a page of them in a request.
        CaseReporter reporter = new(access.Index, node.Packs);
        IReadOnlyList<StoredRepairCase> rows = lease.Store.RepairCases.ReadUnderWay(after, MostLookedAt + 1);
        List<(CaseReport Report, CaseStep Step)> late = [];
        int looked = 0;
        while (looked < rows.Count && looked < MostLookedAt)
        {
            IReadOnlyList<(CaseReport Report, CaseStep Step)> steps = ReadLate(rows[looked].CaseId, access, reporter);
            if (late.Count > 0 && late.Count + steps.Count > (limit ?? DefaultPage))
            {
                break;
            }

            late.AddRange(steps);
            looked++;
        }

        return TypedResults.Ok(new RepairOverduePage(
            [
                .. late
                    .OrderBy(line => CaseReport.LateSince(line.Step))
                    .ThenBy(line => line.Report.Case.CaseId)
                    .Select(line => ToView(line.Report, line.Step, access.Index, language)),
            ],
            looked < rows.Count ? rows[looked - 1].CaseId.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static IReadOnlyList<(CaseReport Report, CaseStep Step)> ReadLate(ulong caseId, RepairCaseAccess access, CaseReporter reporter)
    {
        IndexedCase indexed = access.Index.FindCase(caseId) ?? throw new InvalidOperationException("A row of a case is in the same snapshot as its events.");
        return access.Sees(indexed) && reporter.TryReport(indexed, conditions: null) is CaseReport report
            ? [.. report.LateSteps.Select(step => (report, step))]
            : [];
    }

    private static RepairOverdueStep ToView(CaseReport report, CaseStep step, LedgerIndexReader index, string language) => new(
        checked((long)report.Case.CaseId),
        report.Case.LeafHash.ToString(),
        index.NameOf(report.Case.Terms.Authority),
        CaseTexts.NameOf(report.Case.Stage),
        CaseClock.Rfc3339(CaseReport.LateSince(step)),
        RepairJson.Read<RepairStepView>(CaseJson.Step(report, step, language)));

    private static bool TryReadSearch(
        RepairCaseSearch search,
        NodeContext node,
        out CaseFilter filter,
        out ulong after,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        filter = new CaseFilter { IsUnderWay = search.UnderWay == true || search.Overdue == true };
        after = 0;
        problem = null;
        if (search.Limit is < 1 or > MaxPage)
        {
            problem = Problem.Of(ProblemCode.MalformedRequest, $"Expected a limit of 1 to {MaxPage}.");
        }
        else if (search.Cursor is not null && !ulong.TryParse(search.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            problem = Problem.Of(ProblemCode.InvalidCursor, "Expected the 'next' of the page before, or no cursor for the first page.");
        }

        if (search.Subject is not null)
        {
            if (SubjectId.TryParse(search.Subject, out SubjectId? subject, out RecordProblem? none))
            {
                filter = filter with { SubjectTag = SanctionTerms.TagOf(node.SubjectKey, subject) };
            }
            else
            {
                problem ??= Problem.OfSubject(none);
            }
        }

        if (search.Authority is not null)
        {
            if (IssuerSlug.IsValid(search.Authority))
            {
                filter = filter with { Authority = ConsortiumContract.OrganisationId(search.Authority) };
            }
            else
            {
                problem ??= Problem.Of(ProblemCode.MalformedRequest, "Expected the slug of an authority.");
            }
        }

        if (search.Stage is not null)
        {
            CaseStage[] stages = [.. Enum.GetValues<CaseStage>().Where(candidate => candidate != CaseStage.None)];
            if (Array.Find(stages, candidate => CaseTexts.NameOf(candidate) == search.Stage) is CaseStage stage and not CaseStage.None)
            {
                filter = filter with { Stage = (byte)stage };
            }
            else
            {
                problem ??= Problem.Of(ProblemCode.MalformedRequest, $"Expected a stage of {string.Join(", ", stages.Select(CaseTexts.NameOf))}.");
            }
        }

        if (search.Sanction is not null)
        {
            if (Bytes32.TryParseHex(search.Sanction, out Bytes32 leafHash))
            {
                filter = filter with { LeafHash = leafHash };
            }
            else
            {
                problem ??= Problem.Of(ProblemCode.MalformedRequest, "Expected the leaf hash of a sanction: 0x and 64 lower-case hex digits.");
            }
        }

        return problem is null;
    }
}
