using System.Globalization;
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
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace LedgerCredit.Service.Repair;

/// <summary>Materials that the node keeps for applicants: lists of them, their files, and their end.</summary>
internal static class MaterialEndpoints
{
    private const int DefaultPage = 20;
    private const int MaxPage = 100;

    private const string WhoReads = """
        For who acts for the subject; and once the applicant has put its digest on the ledger, for the authority of the case, for reviewers
        while the case is under way, and for arbiters while an objection is open that they may decide. To anybody else a material is not there. Each read is logged with what `LedgerCredit-Purpose` says.
        """;

    /// <summary>Adds the addresses to those of repair.</summary>
    internal static void MapMaterials(this RouteGroupBuilder repair)
    {
        RouteGroupBuilder materials = repair.MapGroup("/materials");
        materials.MapUpload();
        materials.MapGet("", ListAsync)
            .RequireScope(AccessScopes.RecordsRead)
            .WithPurpose()
            .WithName("listMaterials")
            .WithSummary("The materials of a sanction, or of a case, that the node keeps")
            .WithDescription("By `sanction` (leaf hash) or by `case`, the oldest first. With `sha256`, `salt` and `digest` of each, to be compared with the ledger. " + WhoReads)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        materials.MapGet("/{id}", GetAsync)
            .RequireScope(AccessScopes.RecordsRead)
            .WithPurpose()
            .WithName("getMaterial")
            .WithSummary("The file of a material")
            .WithDescription("Compare its SHA-256, which `ETag` and `Repr-Digest` say as well, with the ledger: the digest there is `SHA-256(salt ‖ SHA-256(file))`. An answer that breaks off is not the file. " + WhoReads)
            .Produces<byte[]>(StatusCodes.Status200OK, MaterialTypes.All[0], [.. MaterialTypes.All.Skip(1)])
            .Produces(StatusCodes.Status304NotModified)
            .WithAnswerHeader("ETag", StatusCodes.Status200OK, StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status500InternalServerError);
        materials.MapDelete("/{id}", Delete)
            .RequireScope(AccessScopes.RepairWrite)
            .WithName("deleteMaterial")
            .WithSummary("Delete a material for good")
            .WithDescription("By who acts for the subject, until a case was decided on it; then the node keeps it for a time, and no longer. Its key and its file are gone when this is answered; what reviewers and backups have is theirs to delete.")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<MaterialPage>, ProblemHttpResult>> ListAsync(
        string? sanction, string? @case, string? cursor, int? limit, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!PurposeHeader.TryRead(context, out string? purpose, out ProblemHttpResult? problem))
        {
            return problem;
        }

        if (limit is < 1 or > MaxPage)
        {
            return Problem.Of(ProblemCode.MalformedRequest, $"Expected a limit of 1 to {MaxPage}.");
        }

        long after = 0;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return Problem.Of(ProblemCode.InvalidCursor, "Expected the 'next' of the page before, or no cursor for the first page.");
        }

        Bytes32 leafHash = default;
        long caseId = 0;
        bool isAsked = (sanction, @case) switch
        {
            (string leaf, null) => Bytes32.TryParseHex(leaf, out leafHash),
            (null, string number) => long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out caseId) && caseId > 0,
            _ => false,
        };
        if (!isAsked)
        {
            return Problem.Of(ProblemCode.MalformedRequest, "Expected either 'sanction' (its leaf hash, 0x and 64 hex digits) or 'case' (its number).");
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        if (caseId > 0)
        {
            // A case that is not there has no materials to show, like one whose materials are not the caller's to read.
            leafHash = new LedgerIndexReader(lease.Store).FindCase((ulong)caseId)?.LeafHash ?? default;
        }

        MaterialAccess access = new(node, lease.Store, context.Caller());
        List<ReadableMaterial> found =
        [
            .. access.ReadSanction(leafHash).Where(read => read.Material.Number > after && (caseId == 0 || read.Cases.Any(indexed => indexed.CaseId == (ulong)caseId))),
        ];
        List<ReadableMaterial> page = [.. found.Take(limit ?? DefaultPage)];
        await access.LogAsync(page, purpose, cancellationToken);
        return TypedResults.Ok(new MaterialPage(
            [.. page.Select(read => read.ToView())],
            found.Count > page.Count ? page[^1].Material.Number.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!PurposeHeader.TryRead(context, out string? purpose, out ProblemHttpResult? problem))
        {
            return problem;
        }

        StoredMaterial material;
        MaterialReader reader;
        using (StoreLease lease = await node.Stores.RentAsync(cancellationToken))
        {
            MaterialAccess access = new(node, lease.Store, context.Caller());
            if (access.Find(id) is not ReadableMaterial found)
            {
                return NotFound();
            }

            // Opened before it is logged, so that no line tells of a read of what is not there; the file stays readable when it is deleted now.
            material = found.Material;
            reader = node.Materials.OpenRead(material);
            await access.LogAsync([found], purpose, cancellationToken);
        }

        // The store is given back: a slow reader holds none.
        using (reader)
        {
            await SendAsync(context, material, reader, cancellationToken);
            return TypedResults.Empty;
        }
    }

    private static async Task SendAsync(HttpContext context, StoredMaterial material, MaterialReader reader, CancellationToken cancellationToken)
    {
        EntityTagHeaderValue tag = new($"\"{material.FileHash}\"");
        HttpResponse response = context.Response;
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            response.Headers.ETag = tag.ToString();
            return;
        }

        // The first chunk before the answer begins: what is altered from there on is a problem and not half an answer.
        ReadOnlyMemory<byte> chunk = await reader.ReadAsync(cancellationToken);
        response.ContentType = material.MediaType;
        response.ContentLength = material.Length;
        response.Headers.ETag = tag.ToString();
        response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(material.FileHash.AsSpan())}:";

        // The code and the beginning of the id, nothing of the subject.
        response.Headers.ContentDisposition = $"attachment; filename=\"{RuleMaterial.CodeOf(material.Kind)}-{material.Id[..8]}.{MaterialTypes.Find(material.MediaType).ToName()}\"";
        while (!chunk.IsEmpty)
        {
            await response.Body.WriteAsync(chunk, cancellationToken);
            chunk = await reader.ReadAsync(cancellationToken);
        }
    }

    private static Results<NoContent, ProblemHttpResult> Delete(string id, HttpContext context, NodeContext node)
    {
        Caller caller = context.Caller();
        ProblemHttpResult problem = NotFound();
        return node.Materials.TryDelete(id, MayDelete) ? TypedResults.NoContent() : problem;

        bool MayDelete(Store store, StoredMaterial material)
        {
            MaterialAccess access = new(node, store, caller);
            if (access.MayDelete(material))
            {
                return true;
            }

            // To who reads it, it is there.
            if (access.Find(id) is ReadableMaterial found)
            {
                problem = found.Basis == MaterialRules.Subject
                    ? Problem.Of(ProblemCode.MaterialDecidedOn, "A case was decided on this material, so that the node keeps it for a time (docs/spec/materials.md section 6).")
                    : Problem.Of(ProblemCode.NotAllowed, "A material is deleted by who acts for its subject.");
            }

            return false;
        }
    }

    private static ProblemHttpResult NotFound() => Problem.Of(ProblemCode.NotFound, "There is no such material, or the caller may not see it.");
}
