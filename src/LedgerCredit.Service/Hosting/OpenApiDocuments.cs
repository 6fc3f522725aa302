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
        """;

    /// <summary>Adds the document.</summary>
    internal static void AddOpenApiDocument(this IServiceCollection services) =>
        services.AddOpenApi("v1", options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo { Title = "LedgerCredit", Version = "v1", Description = Description };

                // Where it is reached from is the reader's to know.
                document.Servers = [];
                return Task.CompletedTask;
            });
        });
}
