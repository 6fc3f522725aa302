using LedgerCredit.Service.Access;
using LedgerCredit.Service.Audits;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Health;
using LedgerCredit.Service.Ledger;
using LedgerCredit.Service.Logs;
using LedgerCredit.Service.Problems;
using LedgerCredit.Service.Records;
using LedgerCredit.Service.Subjects;
using LedgerCredit.Service.Verifying;
using LedgerCredit.Service.Repair;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LedgerCredit.Service.Hosting;

/// <summary>All of the API: what it needs, and its addresses in the order in which requests pass.</summary>
internal static class NodeApi
{
    private static readonly string[] Compressed = ["application/json", "application/problem+json", "application/x-ndjson", "text/plain"];

    /// <summary>Adds what the endpoints need.</summary>
    internal static void AddNodeApi(this IServiceCollection services)
    {
        services.AddRouting();
        services.Configure<JsonOptions>(json => ServiceJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true); // ProblemMiddleware says what could not be read.
        services.AddProblemDetails();
        services.AddOpenApiDocument();
        services.AddResponseCompression(compression =>
        {
            // No answer holds a secret beside what its caller sent, so that its length tells nothing.
            compression.EnableForHttps = true;
            compression.Providers.Add<GzipCompressionProvider>();
            compression.MimeTypes = Compressed;
        });
        services.AddSingleton<CallerCache>();
        services.AddSingleton<CallerLimits>();
        services.AddSingleton<AnswerPace>();
        services.AddSingleton<RecordIntake>();
        services.AddSingleton<RecordStream>();
        services.AddHostedService<MaterialSweep>();
    }

    /// <summary>Lays out the way of a request.</summary>
    internal static void UseNodeApi(this WebApplication app)
    {
        app.Use(HeadRequests.AnswerAsync);
        app.Use(AddHeaders);
        app.UseResponseCompression();
        app.UseMiddleware<ProblemMiddleware>();
        app.Use(RefuseEncodedBodies);
        app.UseRouting();
        app.UseMiddleware<CallerMiddleware>();
        app.MapHealth();
        app.MapLogs();
        app.MapSignIn();
        app.MapApiKeys();
        app.MapRecords();
        app.MapSubjects();
        app.MapGrants();
        app.MapVerify();
        app.MapLedger();
        app.MapAudits();
        app.MapRepair();
        app.MapOpenApi("/openapi/{documentName}.json").Public();
    }

    // RFC 9110 section 8.4: read as it stands, it would be called no JSON, and nobody would know why.
    private static Task RefuseEncodedBodies(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.ContentEncoding.All(encoding => string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase)))
        {
            return next(context);
        }

        context.Response.Headers.AcceptEncoding = "identity";
        return Problem.Of(ProblemCode.WrongContentType, "Expected a body as it is, found one with a 'Content-Encoding': send it without.").ExecuteAsync(context);
    }

    // Answers are data: no browser is to guess another type, show them in a frame, run them, or tell other sites where it came from.
    private static Task AddHeaders(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        return next(context);
    }
}
