using System.Globalization;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Records;
using LedgerCredit.Primitives;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Service.Repair;
using LedgerCredit.Service.Subjects;
using LedgerCredit.Verification;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Records;

/// <summary>Reading records and their evidence, and looking for them.</summary>
internal static class RecordReadEndpoints
{
    private const string Json = "application/json";
    private const int DefaultPage = 20;
    private const int MaxRetryAfterSeconds = 3600;

    private const string WhoSees = """
        What the caller may not see is withheld and counted. Who signed in says in `LedgerCredit-Purpose` what it reads for; each read is
        logged, the log is anchored, and the subject can ask for it.
        """;

    /// <summary>Adds the addresses to those of records.</summary>
    internal static void MapRecordReads(this RouteGroupBuilder records)
    {
        records.MapGet("/{issuer}/{leafIndex}", GetAsync)
            .AllowAnybody()
            .RefusedAtEvenSteps()
            .WithPurpose()
            .WithName("getRecord")
            .WithSummary("A record, as the caller may see it")
            .WithDescription(WhoSees)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        records.MapGet("/{issuer}/{leafIndex}/evidence", GetEvidenceAsync)
            .AllowAnybody()
            .RefusedAtEvenSteps()
            .WithPurpose()
            .WithName("getEvidence")
            .WithSummary("The evidence file of a record")
            .WithDescription("""
                A `ledgercredit-evidence/1` file (docs/spec/evidence.md), which `ledgercredit evidence verify` verifies offline. While the record is not
                anchored: 202 with when to ask again. `witnessed=true` puts the cosignatures of the node's witnesses in: 202 while no anchor of the
                record was cosigned; only policies with witnesses accept such a file. `status=true` proves the repair status of a sanction as of the
                ledger's newest final block: 503 where the ledger does not prove it in time, and never a file without.

                """ + WhoSees)
            .Produces<object>(StatusCodes.Status200OK, Json)
            .Produces<NotAnchoredYet>(StatusCodes.Status202Accepted)
            .WithAnswerHeader("Retry-After", StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        records.MapPost("/search", SearchAsync)
            .AllowAnybody()
            .AtEvenSteps()
            .WithPurpose()
            .WithName("searchRecords")
            .WithSummary("Look for records")
            .WithDescription("By subject, or by issuer, kind and id. A body and not a query, so that no address holds the name of a subject. " + SubjectEndpoints.PagesOfSubject + " " + WhoSees)
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<RecordView>, ProblemHttpResult>> GetAsync(
        string issuer, string leafIndex, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!PurposeHeader.TryRead(context, out string? purpose, out ProblemHttpResult? problem))
        {
            return problem;
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RecordAccess access = new(node, lease.Store, context.Caller(), purpose);
        if (access.Find(issuer, leafIndex) is not ReadableRecord record)
        {
            return NotFound();
        }

        await access.LogAsync([record], AccessAction.Read, cancellationToken);
        return TypedResults.Ok(record.ToView());
    }

    private static async Task<Results<FileContentHttpResult, Accepted<NotAnchoredYet>, ProblemHttpResult>> GetEvidenceAsync(
        string issuer, string leafIndex, bool? witnessed, bool? status, HttpContext context, NodeContext node, StatusEvidence statuses, RepairLedger ledger, CancellationToken cancellationToken)
    {
        if (!PurposeHeader.TryRead(context, out string? purpose, out ProblemHttpResult? problem) || (status == true && !ledger.TryFindDesk(out _, out problem)))
        {
            return problem;
        }

        if (witnessed == true && node.Workspace.FollowWitnesses().Count == 0)
        {
            return Problem.Of(ProblemCode.NoWitnesses, "Ask for the file without 'witnessed'. The node's operator adds witnesses with 'ledgercredit witness add'.");
        }

        RecordAccess access;
        ReadableRecord? record;
        EvidenceFile? file = null;
        using (StoreLease lease = await node.Stores.RentAsync(cancellationToken))
        {
            access = new RecordAccess(node, lease.Store, context.Caller(), purpose);
            record = access.Find(issuer, leafIndex);
            if (record is not null)
            {
                file = new EvidenceBuilder(node.Workspace, lease.Store, node.Packs, node.SubjectKey, witnessed == true).TryBuild(record.Log, record.Position);
            }
        }

        if (record is null)
        {
            return NotFound();
        }

        if (file is null)
        {
            // Half of what lies between two anchorings: how long it takes on the average until the next one.
            int seconds = (int)Math.Clamp(Math.Ceiling(node.AnchorEvery.TotalSeconds / 2), 1, MaxRetryAfterSeconds);
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return TypedResults.Accepted((string?)null, new NotAnchoredYet("checkpointed", seconds));
        }

        if (status == true)
        {
            file = await statuses.AttachAsync(file, witnessed == true, cancellationToken);
            if (record.Decision.Highest != DataClass.Confidential && StatusEvidence.IsClosed(file))
            {
                // By the block that is proven, which the node's index has not come to yet.
                return NotFound();
            }
        }

        // The terms show the subject's pseudonym on the ledger: they are for those who see everything.
        EvidenceFile shown = record.Decision.Highest == DataClass.Confidential ? file : Redact(file, record.ShownNames);

        await access.LogAsync([record], AccessAction.Evidence, cancellationToken);
        return TypedResults.File(shown.ToUtf8(), Json, $"{record.Log.Issuer}-{record.Record.Kind.ToName()}-{leafIndex}.evidence.json");
    }

    private static async Task<Results<Ok<RecordPage>, ProblemHttpResult>> SearchAsync(
        RecordSearch search, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!PurposeHeader.TryRead(context, out string? purpose, out ProblemHttpResult? problem))
        {
            return problem;
        }

        return search switch
        {
            { Issuer: null, Kind: null, Id: null, Subject: not null } => await SearchSubjectAsync(search, purpose, context, node, cancellationToken),
            { Subject: null, Issuer: string issuer, Kind: string name, Id: string id } when RecordKinds.TryParse(name, out RecordKind kind) =>
                search.Cursor is null
                    ? await FindByIdAsync(issuer, kind, id, purpose, context, node, cancellationToken)
                    : Problem.Of(ProblemCode.InvalidCursor, "Expected no cursor: an issuer has one record of a kind and id."),
            _ => Problem.Of(ProblemCode.MalformedRequest, "Expected either 'subject' (scheme:value), or 'issuer', 'kind' (sanction, repair or rating) and 'id'."),
        };
    }

    private static async Task<Results<Ok<RecordPage>, ProblemHttpResult>> SearchSubjectAsync(
        RecordSearch search, string purpose, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!SubjectPage.TryRead(search.Subject, search.Cursor, search.Limit, DefaultPage, node, out SubjectPage? page, out ProblemHttpResult? problem))
        {
            return problem;
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RecordAccess access = new(node, lease.Store, context.Caller(), purpose);
        VisibleRecords found = access.ReadSubject(page.Subject, kind: null, page.After, page.Limit);
        await access.LogAsync(found.Records, AccessAction.Report, cancellationToken);
        return TypedResults.Ok(new RecordPage([.. found.Records.Select(record => record.ToView())], page.WriteNext(found, node)));
    }

    private static async Task<Results<Ok<RecordPage>, ProblemHttpResult>> FindByIdAsync(
        string issuer, RecordKind kind, string id, string purpose, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        RecordAccess access = new(node, lease.Store, context.Caller(), purpose);
        List<ReadableRecord> found = [.. RecordFinder.Find(lease.Store, id, issuer, kind).Select(place => access.Find(place.Log, place.Position)).OfType<ReadableRecord>()];
        await access.LogAsync(found, AccessAction.Report, cancellationToken);
        return TypedResults.Ok(new RecordPage([.. found.Select(record => record.ToView())], null));
    }

    private static EvidenceFile Redact(EvidenceFile file, IReadOnlyList<string> names) =>
        EvidenceRedaction.TryRedact(file, names, keepTerms: false, keepStatus: true, out EvidenceFile? redacted, out ParseProblem? problem)
            ? redacted
            : throw new InvalidOperationException($"A file that was just made cannot be redacted: {problem}");

    private static ProblemHttpResult NotFound() =>
        Problem.Of(ProblemCode.NotFound, "There is no such record, or the caller may not see it.");
}
