using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Materials;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace LedgerCredit.Service.Repair;

/// <summary>Uploading a material: the file as it is, in a body of its own.</summary>
/// <remarks>Not as a form: a form has names and boundaries to be read before the file, and more than one file.</remarks>
internal static class MaterialUploadEndpoint
{
    private const string SaltHeader = "LedgerCredit-Material-Salt";

    // A file of the largest size in an hour and a quarter. Slower ones would keep their places for days.
    private const double LeastBytesPerSecond = 16 * 1024;

    /// <summary>Adds the address to those of materials.</summary>
    internal static void MapUpload(this RouteGroupBuilder materials) =>
        materials.MapPost("", PostAsync)
            .RequireScope(AccessScopes.RepairWrite)
            .WithName("uploadMaterial")
            .WithSummary("Give the node a material of a repair to keep, encrypted")
            .WithDescription("""
                By who acts for the subject of a sanction whose record this node holds. The body is the file: PDF, JPEG or PNG, at most
                64 MiB unless the node says otherwise.
                `sanction` is the leaf hash of the sanction, `code` the kind of the material. `LedgerCredit-Material-Salt` (0x and 64 hex digits)
                is the salt of its digest; without it the node draws one. 201 when it is kept: it survives power loss; 200 when the same file was
                kept there before, which makes sending it again safe. `digest` of the answer goes on the ledger with the step `open` or
                `supplement`; from then on the authority, and who decides in the case, may read the file.
                """)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                // Described here and not as what the endpoint accepts: routing would then answer before it is known who calls.
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = MaterialTypes.All.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } }),
                };
                return Task.CompletedTask;
            })
            .Produces<MaterialView>(StatusCodes.Status201Created)
            .Produces<MaterialView>(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status408RequestTimeout)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> PostAsync(
        string sanction,
        string code,
        [FromHeader(Name = SaltHeader)] string? salt,
        HttpContext context,
        NodeContext node,
        ServiceOptions options,
        CancellationToken cancellationToken)
    {
        // Before anything is refused: of what is within them the server reads the rest behind its answer, so that a client that is
        // still sending gets to read that answer. Beyond them it ends the connection, and the answer may be lost.
        Stream body = SetLimits(context, node, options);
        if (!TryRead(context, sanction, code, salt, out Form? form, out ProblemHttpResult? problem))
        {
            return problem;
        }

        MaterialUpload? upload;
        using (StoreLease lease = await node.Stores.RentAsync(cancellationToken))
        {
            upload = new MaterialAccess(node, lease.Store, context.Caller()).FindUpload(form.Sanction, form.Kind, form.Type, form.Salt);
        }

        if (upload is null)
        {
            return Problem.Of(ProblemCode.NotFound, "The node holds no such sanction, or the caller does not act for its subject.");
        }

        if (context.Request.ContentLength > node.Materials.Limits.MaxFileBytes)
        {
            return TooLarge(node.Materials.Limits);
        }

        // A disk that is full or fails is answered as everywhere (503); what was written of the file is removed.
        return Answer(await node.Materials.AddAsync(upload, body, cancellationToken), context, node, options);
    }

    private static bool TryRead(
        HttpContext context,
        string sanction,
        string code,
        string? salt,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Form? form,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        string? mediaType = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type) ? type.MediaType.Value?.ToLowerInvariant() : null;
        ContentType content = MaterialTypes.Find(mediaType);
        bool hasSanction = Bytes32.TryParseHex(sanction, out Bytes32 leafHash);
        bool hasCode = RuleMaterial.TryParseCode(code, out int kind);
        bool hasSalt = Bytes32.TryParseHex(salt, out Bytes32 saltValue);
        problem = content == ContentType.Unknown ? Problem.Of(ProblemCode.WrongContentType, $"Expected a file of {string.Join(", ", MaterialTypes.All)}, as it is.")
            : !hasSanction ? Problem.Of(ProblemCode.MalformedRequest, "Expected the leaf hash of a sanction in 'sanction': 0x and 64 lower-case hex digits.")
            : !hasCode ? Problem.Of(ProblemCode.MalformedRequest, "Expected the code of a material in 'code', D01 to D63.")
            : salt is not null && !hasSalt ? Problem.Of(ProblemCode.MalformedRequest, $"Expected 0x and 64 lower-case hex digits in '{SaltHeader}', or no such header.")
            : null;
        form = problem is null ? new Form(leafHash, kind, content, hasSalt ? saltValue : null) : null;
        return problem is null;
    }

    private static Stream SetLimits(HttpContext context, NodeContext node, ServiceOptions options)
    {
        // The server also counts what is around the chunks of a body; the file itself is counted where it is kept.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = 2 * node.Materials.Limits.MaxFileBytes;

        // Over HTTP/2 the server takes one least rate for the whole connection, that of the service, and none for a request.
        if (!HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            return new PacedBody(context.Request.Body, LeastBytesPerSecond, options.UploadGrace, node.TimeProvider);
        }

        context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = new MinDataRate(LeastBytesPerSecond, options.UploadGrace);
        return context.Request.Body;
    }

    private static IResult Answer(MaterialOutcome outcome, HttpContext context, NodeContext node, ServiceOptions options)
    {
        MaterialLimits limits = node.Materials.Limits;
        switch (outcome.Result)
        {
            case MaterialResult.Added:
                return TypedResults.Created($"/v1/repair/materials/{outcome.Material!.Id}", ToView(outcome.Material, node));
            case MaterialResult.AlreadyThere:
                return TypedResults.Ok(ToView(outcome.Material!, node));
            case MaterialResult.Empty:
                return Problem.Of(ProblemCode.InvalidMaterial, "Expected a file, found no bytes.", reason: ContentTexts.Code(ContentFailure.Empty));
            case MaterialResult.OtherContent:
                return Problem.Of(ProblemCode.InvalidMaterial, "By its first bytes the file is not what 'Content-Type' says.", reason: ContentTexts.Code(ContentFailure.UnknownType));
            case MaterialResult.TooLarge:
                return TooLarge(limits);
            case MaterialResult.SanctionIsFull:
                return Problem.Of(
                    ProblemCode.MaterialLimit,
                    FormattableString.Invariant($"The node keeps at most {limits.MaxPerSanction} files of an organisation for a sanction, of {limits.MaxBytesPerSanction} bytes together. Delete some first."),
                    reason: "sanction-full");
            case MaterialResult.OrganisationIsFull:
                return Problem.Of(
                    ProblemCode.MaterialLimit,
                    FormattableString.Invariant($"The node keeps at most {limits.MaxBytesPerOrganisation} bytes of an organisation. Delete some first."),
                    reason: "organisation-full");
            case MaterialResult.TooManyAtOnce:
                context.Response.Headers.RetryAfter = Math.Ceiling(options.UploadGrace.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
                return Problem.Of(
                    ProblemCode.TooManyRequests,
                    FormattableString.Invariant($"The node takes at most {limits.MaxUploadsPerOrganisation} files of an organisation at the same time, and {limits.MaxUploads} in all."));
            default:
                throw new System.Diagnostics.UnreachableException($"An upload cannot end with {outcome.Result}.");
        }
    }

    // In which cases it is, the list says: an upload is none before its digest is on the ledger.
    private static MaterialView ToView(StoredMaterial material, NodeContext node)
    {
        using Store store = node.Workspace.OpenStore(StoreAccess.Read);
        return new ReadableMaterial(material, MaterialRules.Subject, new MaterialCases(new LedgerIndexReader(store)).Of(material)).ToView();
    }

    private static ProblemHttpResult TooLarge(MaterialLimits limits) =>
        Problem.Of(ProblemCode.TooLarge, FormattableString.Invariant($"Expected a file of at most {limits.MaxFileBytes} bytes. Scan it at a lower resolution or split it."));

    private sealed record Form(Bytes32 Sanction, int Kind, ContentType Type, Bytes32? Salt);
}
