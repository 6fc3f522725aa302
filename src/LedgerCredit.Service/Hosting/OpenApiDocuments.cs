using LedgerCredit.Client.Models;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace LedgerCredit.Service.Hosting;

/// <summary>The description of the API, served at <c>/openapi/v1.json</c>.</summary>
internal static class OpenApiDocuments
{
    private const string Description = """
        Credit records that anyone can prove. Records are committed to append-only logs (C2SP tlog-tiles) whose heads are anchored on a
        ledger; evidence files show offline, years later, that a record existed, unchanged, at a time.

        Sign in with an organisation's ledger account, or send an API key: `Authorization: Bearer …`. What a caller may not see is left
        out; what is not there and what may not be seen are answered alike. Problems are RFC 9457 documents with a stable `code`.

        A member that has no value is absent, and never null. HEAD is answered wherever GET is. Bodies of requests have no `Content-Encoding`: with one,
        any of them is answered with 415.
        """;

    private const string BearerDescription = """
        An API key (`lcr_…`, by `POST /v1/api-keys` or `ledgercredit access key new`), the token of a sign-in with a ledger account (`lct_…`, by
        `POST /v1/sign-in`, for 15 minutes), or, where the node is set up for it, a token of the staff's own sign-in (OpenID Connect).
        """;

    /// <summary>Adds the document.</summary>
    internal static void AddOpenApiDocument(this IServiceCollection services) =>
        services.AddOpenApi("v1", options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo { Title = "LedgerCredit", Version = "v1", Description = Description };

                // The one that the description was had from, whatever callers reach it by.
                document.Servers = [new OpenApiServer { Url = "/" }];
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
                document.Components.SecuritySchemes[OpenApiOperations.Bearer] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = BearerDescription,
                };
                OpenApiAnswers.LeaveOutNull(document);
                OpenApiValues.Describe(document);
                return Task.CompletedTask;
            });
            options.AddOperationTransformer<OpenApiOperations>();
            options.AddSchemaTransformer((schema, context, _) =>
            {
                if (context.JsonTypeInfo.Type == typeof(ProblemDetails))
                {
                    OpenApiOperations.DescribeProblem(schema);
                }

                // A record is committed to as it is sent, and null is another value than none.
                if (context.JsonTypeInfo.Type == typeof(RecordDocument) && schema.Properties?["supersedes"] is OpenApiSchema supersedes)
                {
                    supersedes.Type = JsonSchemaType.String;
                }

                return Task.CompletedTask;
            });
        });
}
