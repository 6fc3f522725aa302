using System.Buffers;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.Access;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Health;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Records;

/// <summary>Writing records: one, or a stream of them.</summary>
internal static class RecordEndpoints
{
    private const string Json = "application/json";
    private const string Lines = "application/x-ndjson";

    // As much of what is too large is read and thrown away.
    private const long MaxIgnoredBytes = 1024 * 1024;

    /// <summary>Adds the addresses.</summary>
    internal static void MapRecords(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder records = routes.MapGroup("/v1/records").WithTags("Records");
        records.MapPost("", PostAsync)
            .RequireScope(AccessScopes.RecordsWrite)
            .WithName("postRecords")
            .WithSummary("Write a record, or a stream of records")
            .WithDescription("""
                With `application/json` the body is one record (docs/spec/records.md) and the answer its receipt: 201 when it was added, 200
                when it was there already, which makes sending it again safe. With `application/x-ndjson` each line is a record, of which
                there may be any number, and the answer is a stream with one line for each, in the same order, sent as soon as that record
                is durable. Blank lines are passed over: they count as lines, and have no answer. A receipt means: the record survives power loss at this index of the log. Sanctions and ratings are taken; records of
                repairs are made by the node alone.
                """)
            .Accepts<RecordDocument>(Json, Lines)
            .WithExample("""
                {"kind":"sanction","id":"2026-0417","issuer":"example-authority","subject":"uscc:91310000MARDLX096K","issuedAt":"2026-04-17T09:30:00+08:00",
                "claims":{"authorityName":"Example Market Regulator","grade":"minor","decisionNo":"2026-0417","decidedOn":"2026-04-17","violation":"Labels without a date",
                "basis":"Food Safety Law, article 125","penalties":["fine"],"fineYuan":"5000.00","rulePack":"cn-ndrc-36-2025"}}
                """)
            .Produces<RecordReceipt>(StatusCodes.Status201Created)
            .Produces<RecordReceipt>(StatusCodes.Status200OK)
            .Produces<RecordLineAnswer>(StatusCodes.Status200OK, Lines)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status410Gone)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        records.MapRecordReads();
    }

    private static async Task<IResult> PostAsync(
        HttpContext context, RecordIntake intake, RecordStream stream, Readiness readiness, CancellationToken cancellationToken)
    {
        WriteAuthority authority = new(context.Caller());
        if (readiness.WriteProblem is string reason)
        {
            context.Response.Headers.RetryAfter = "2";
            return Problem.Of(ProblemCode.LedgerUnavailable, reason);
        }

        return (context.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant()) switch
        {
            Json => await PostOneAsync(context, intake, authority, cancellationToken),
            Lines => await PostStreamAsync(context, stream, authority, cancellationToken),
            _ => Problem.Of(ProblemCode.WrongContentType, $"Expected {Json} for one record or {Lines} for a stream of them."),
        };
    }

    private static async Task<IResult> PostOneAsync(HttpContext context, RecordIntake intake, WriteAuthority authority, CancellationToken cancellationToken)
    {
        // What is somewhat too large is refused here and not by the server: it would end the connection while the client is still
        // sending, and the answer could be lost.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MaxIgnoredBytes;
        if (await ReadBodyAsync(context.Request, cancellationToken) is not ReadOnlyMemory<byte> body)
        {
            return Problem.Of(ProblemCode.TooLarge, FormattableString.Invariant($"Expected a record of at most {RecordIntake.MaxRecordBytes} bytes, with at most as much white space."));
        }

        IntakeOutcome outcome = await intake.TakeAsync(body, authority, cancellationToken);
        return outcome.Result switch
        {
            IntakeResult.Added => TypedResults.Created(FormattableString.Invariant($"/v1/records/{outcome.Receipt!.Issuer}/{outcome.Receipt.LeafIndex}"), outcome.Receipt),
            IntakeResult.AlreadyThere => TypedResults.Ok(outcome.Receipt),
            IntakeResult.Conflict => Problem.Of(ProblemCode.RecordConflict, outcome.Issues[0].Message),
            IntakeResult.Erased => Problem.Of(ProblemCode.RecordErased, outcome.Issues[0].Message),
            IntakeResult.NotAllowed => Problem.Of(ProblemCode.NotAllowed, outcome.Issues[0].Message, outcome.Issues),
            _ => Problem.Of(ProblemCode.InvalidRecord, "See 'issues' for what is wrong with it.", outcome.Issues),
        };
    }

    // Null where it is larger than a body may be.
    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > KestrelSettings.MaxBodyBytes)
        {
            return null;
        }

        // A length that is stated may be a lie, and is believed up to that of a record only.
        using MemoryStream body = new((int)Math.Clamp(request.ContentLength ?? 0, 0, RecordIntake.MaxRecordBytes));
        byte[] part = ArrayPool<byte>.Shared.Rent(RecordIntake.MaxRecordBytes);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(part, cancellationToken)) > 0)
            {
                if (body.Length + read > KestrelSettings.MaxBodyBytes)
                {
                    return null;
                }

                body.Write(part.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static async Task<IResult> PostStreamAsync(HttpContext context, RecordStream stream, WriteAuthority authority, CancellationToken cancellationToken)
    {
        // Any number of lines, each of bounded length.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        context.Response.ContentType = Lines;
        await stream.RunAsync(context.Request.BodyReader, context.Response.BodyWriter, authority, cancellationToken);
        return TypedResults.Empty;
    }
}
