using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using LedgerCredit.Client.Models;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Log;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Materials;
using LedgerCredit.Service.Records;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace LedgerCredit.Service.Problems;

/// <summary>Turns what went wrong behind an endpoint into a problem, and answers that have no body into one.</summary>
/// <remarks>
/// The one place that takes every exception: a request must not end the node. Callers get what they can act on; the rest goes to
/// the node's log under the request's trace id, which they get as well.
/// </remarks>
internal sealed partial class ProblemMiddleware(RequestDelegate next, IProblemDetailsService problems, TimeProvider timeProvider, ILogger<ProblemMiddleware> logger)
{
    // What is busy or does not answer: soon enough for who waits, and seldom enough for what has to recover.
    private const string RetryAfterSeconds = "5";

    private const string SeeDescription = "See the description of this address in /openapi/v1.json.";
    private const string Unreadable = "The request lacks something, or holds a value that cannot be read. " + SeeDescription;

    private readonly Outages _outages = new(timeProvider);

    /// <summary>Answers one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (e is ConnectionResetException || (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException))
        {
            // Nobody waits for an answer any more.
            return;
        }
#pragma warning disable CA1031 // See above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ProblemDetails details = Explain(e);
            if (FindOutage(e) is (string outage, string reason))
            {
                // Nothing of this program failed: where in it the store or the ledger was asked tells nobody anything.
                if (_outages.IsNew(outage))
                {
                    LogOutage(logger, TraceIdOf(context), reason);
                }
            }
            else if (details.Status >= StatusCodes.Status500InternalServerError)
            {
                LogFailure(logger, TraceIdOf(context), e);
            }

            if (context.Response.HasStarted)
            {
                // Half an answer is out: cut the connection, so that nobody takes it for a whole one.
                context.Abort();
                return;
            }

            context.Response.Clear();
            await WriteAsync(context, details);
            return;
        }

        if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed && context.Response.Headers.Allow is [string allowed] && allowed.Split(", ").Contains(HttpMethods.Get))
        {
            // HeadRequests takes it wherever GET is.
            context.Response.Headers.Allow = $"{allowed}, {HttpMethods.Head}";
        }

        if (!context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentType: null } && DetailsOf(context.Response.StatusCode) is ProblemDetails empty)
        {
            await WriteAsync(context, empty);
        }
    }

    private async Task WriteAsync(HttpContext context, ProblemDetails details)
    {
        context.Response.StatusCode = details.Status!.Value;
        context.Response.Headers.CacheControl = "no-store";
        if (details.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        details.Extensions["traceId"] = TraceIdOf(context);
        await problems.WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = details });
    }

    // As the framework has it in all other problems, so that what callers are told and what the node's log says are one.
    private static string TraceIdOf(HttpContext context) => Activity.Current?.Id ?? context.TraceIdentifier;

    private static (string Kind, string Reason)? FindOutage(Exception exception) => exception switch
    {
        LedgerException or LedgerStalledException or DevnetException => ("ledger", $"the ledger could not be asked: {exception.Message}"),
        RecordsClosedException => ("records", $"records were not taken: {exception.Message}"),
        DbException e when StoreFailure.Classify(e) is { Kind: StoreFailureKind.DiskFull or StoreFailureKind.Io or StoreFailureKind.Busy or StoreFailureKind.ReadOnly } failure =>
            (failure.Kind.ToString(), $"the store could not be used: {failure.Message}"),

        // Files beside the store, on a disk that is full or fails. What derives from it, such as a file that is missing, is another matter.
        IOException when exception.GetType() == typeof(IOException) => ("files", $"a file of the workspace could not be used: {exception.Message}"),
        UnauthorizedAccessException => ("files", $"a file of the workspace could not be used: {exception.Message}"),
        _ => null,
    };

    private static ProblemDetails Explain(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.DetailsOf(ProblemCode.TooLarge, "The request's body is larger than this address takes."),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => Problem.DetailsOf(ProblemCode.WrongContentType, SeeDescription),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => Problem.DetailsOf(ProblemCode.TooSlow, "The body came more slowly than this address waits for."),
        BadHttpRequestException { InnerException: JsonException lacking } when MissingMembers.Of(lacking) is { Count: > 0 } missing => Problem.DetailsOf(
            ProblemCode.MalformedRequest,
            $"The body lacks {string.Join(", ", missing.Select(pointer => $"'{pointer}'"))}. {SeeDescription}",
            [.. missing.Select(pointer => new RecordIssue("missing-member", pointer, "Expected this member, found none."))]),
        BadHttpRequestException { InnerException: JsonException { Path: string path } } when JsonPointers.OfPath(path) is { Length: > 0 } pointer =>
            Problem.DetailsOf(ProblemCode.MalformedRequest, $"The member '{pointer}' of the body is not one that is known here, or holds a value that cannot be read. {SeeDescription}"),
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } => Problem.DetailsOf(ProblemCode.MalformedRequest, Unreadable),
        BadHttpRequestException => Problem.DetailsOf(ProblemCode.MalformedRequest, $"The request could not be read. {SeeDescription}"),
        LogIntegrityException or MaterialIntegrityException => Problem.DetailsOf(ProblemCode.StoreDamaged, "The node's operator has to run 'ledgercredit log audit'."),
        LedgerException or LedgerStalledException or DevnetException => Problem.DetailsOf(ProblemCode.LedgerUnavailable, "The node's ledger does not answer, or not as it should. Ask again later."),
        RecordsClosedException => Problem.DetailsOf(ProblemCode.LedgerUnavailable, exception.Message),
        _ when FindOutage(exception) is not null => Problem.DetailsOf(ProblemCode.StoreUnavailable, "The node's store is busy, full or read-only. Ask again later; what was not acknowledged was not taken."),
        DbException e when StoreFailure.Classify(e) is { Kind: StoreFailureKind.Damaged } => Problem.DetailsOf(ProblemCode.StoreDamaged, "The node's operator has to run 'ledgercredit log audit'."),
        _ => Problem.DetailsOf(ProblemCode.Internal, "The node's log says why, under the trace id of this answer."),
    };

    private static ProblemDetails? DetailsOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => Problem.DetailsOf(ProblemCode.MalformedRequest, Unreadable),
        StatusCodes.Status401Unauthorized => Problem.DetailsOf(ProblemCode.NotSignedIn, "Sign in, or send a token or an API key: 'Authorization: Bearer …'."),
        StatusCodes.Status403Forbidden => Problem.DetailsOf(ProblemCode.NotAllowed, "This takes another role or scope."),
        StatusCodes.Status404NotFound => Problem.DetailsOf(ProblemCode.NotFound, "See /openapi/v1.json for the addresses that there are."),
        StatusCodes.Status405MethodNotAllowed => Problem.DetailsOf(ProblemCode.WrongMethod, "The 'Allow' header names those that are."),
        StatusCodes.Status413PayloadTooLarge => Problem.DetailsOf(ProblemCode.TooLarge, "The request's body is larger than this address takes."),
        StatusCodes.Status415UnsupportedMediaType => Problem.DetailsOf(ProblemCode.WrongContentType, SeeDescription),
        StatusCodes.Status429TooManyRequests => Problem.DetailsOf(ProblemCode.TooManyRequests, "Ask again after the time that 'Retry-After' names."),
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {TraceId} failed")]
    private static partial void LogFailure(ILogger logger, string traceId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {TraceId} was not answered, as {Reason} Further requests that meet this are not told of")]
    private static partial void LogOutage(ILogger logger, string traceId, string reason);
}
