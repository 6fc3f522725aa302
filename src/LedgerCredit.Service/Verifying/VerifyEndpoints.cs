using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Verification;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Verifying;

/// <summary>Verifying evidence files, for those who do not do it at home.</summary>
internal static class VerifyEndpoints
{
    private const string Json = "application/json";
    private const string Form = "multipart/form-data";
    private const string Evidence = "evidence";
    private const string Trust = "trust";

    // A policy with many pinned blocks; longer ones are for the command line.
    private const int MaxTrustBytes = 1024 * 1024;
    private const long MaxBodyBytes = EvidenceFile.MaxBytes + MaxTrustBytes + (64 * 1024);

    /// <summary>Adds the addresses.</summary>
    internal static void MapVerify(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder verify = routes.MapGroup("/v1").AllowAnybody().WithTags("Verification");
        verify.MapPost("/verify", VerifyAsync)
            .WithName("verifyEvidence")
            .WithSummary("Verify an evidence file")
            .WithDescription("""
                The same steps and codes as `ledgercredit evidence verify`, which needs no node to be trusted. With `application/json` the body
                is the evidence file, and the policy the node's own; with `multipart/form-data` the parts are `evidence` and, where another
                policy is to be used, `trust`. A file with cosignatures takes a policy with witnesses: `witnesses`, or one in `trust`. Nothing of the
                file is kept. A file that does not verify is a verdict, not an error.
                """)
            .Accepts<object>(Json, Form)
            .WithFormPart(new FormPart(Evidence, "The evidence file, `ledgercredit-evidence/1`.", Json, IsNeeded: true))
            .WithFormPart(new FormPart(Trust, "The trust policy, `ledgercredit-trust/1` or `/2`; the node's own where it is absent.", Json, IsNeeded: false))
            .Produces<VerificationView>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        verify.MapGet("/trust", GetTrustAsync)
            .WithName("getTrustPolicy")
            .WithSummary("The node's trust policy")
            .WithDescription("`ledgercredit-trust/1`, or `/2` with `witnesses` (docs/spec/trust.md). Compare it with what somebody else whom you trust gives you: a policy from whoever made the evidence proves nothing.")
            .Produces<object>(StatusCodes.Status200OK, Json)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<VerificationView>, ProblemHttpResult>> VerifyAsync(int? witnesses, HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MaxBodyBytes;
        byte[]? evidence;
        byte[]? trust = null;
        switch (context.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant())
        {
            case Json:
                evidence = await ReadAsync(context.Request.Body, cancellationToken);
                break;
            case Form:
                IFormCollection form = await context.Request.ReadFormAsync(cancellationToken);
                if (form.Keys.Concat(form.Files.Select(file => file.Name)).FirstOrDefault(name => name is not (Evidence or Trust)) is not null)
                {
                    // What is passed over could have been meant as the policy.
                    return Problem.Of(ProblemCode.MalformedRequest, $"Expected the parts '{Evidence}' and, where another policy is to be used, '{Trust}', found another one.");
                }

                evidence = await ReadPartAsync(form, Evidence, cancellationToken);
                trust = await ReadPartAsync(form, Trust, cancellationToken);
                break;
            default:
                return Problem.Of(ProblemCode.WrongContentType, $"Expected {Json} with an evidence file, or {Form} with the parts 'evidence' and 'trust'.");
        }

        if (evidence is null)
        {
            return Problem.Of(ProblemCode.MalformedRequest, "Expected a part 'evidence' with an evidence file.");
        }

        if (evidence.Length == 0)
        {
            return Problem.Of(ProblemCode.MalformedRequest, "Expected an evidence file, found nothing.");
        }

        TrustPolicy? policy;
        if (trust is null)
        {
            if (!IsInRange(witnesses, node, out ProblemHttpResult? range))
            {
                return range;
            }

            policy = await FindPolicyAsync(node, witnesses, cancellationToken);
            if (policy is null)
            {
                return Problem.Of(ProblemCode.MalformedRequest, "This node has no ledger, and so no trust policy: send one in a part 'trust'.");
            }
        }
        else if (witnesses is not null)
        {
            return Problem.Of(ProblemCode.MalformedRequest, "Expected either 'witnesses', for the node's own policy, or a policy in the part 'trust', found both.");
        }
        else if (!TrustPolicy.TryParse(trust, out policy, out ParseProblem? problem))
        {
            return Problem.Of(ProblemCode.MalformedRequest, $"The part 'trust' is no trust policy. {problem}");
        }

        VerificationReport report = EvidenceVerifier.Verify(evidence, policy, new VerificationOptions { Clock = node.TimeProvider, Memory = new VerificationMemory() });
        return TypedResults.Ok(JsonSerializer.Deserialize<VerificationView>(JsonText.WriteLine(VerificationReportJson.Write(report)), ServiceJson.Options)!);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetTrustAsync(int? witnesses, NodeContext node, CancellationToken cancellationToken) =>
        !IsInRange(witnesses, node, out ProblemHttpResult? range) ? range
        : await FindPolicyAsync(node, witnesses, cancellationToken) is TrustPolicy policy ? TypedResults.File(policy.ToUtf8(), Json, "trust.json")
        : Problem.Of(ProblemCode.NotFound, "This node has no ledger, and so no trust policy.");

    private static bool IsInRange(int? witnesses, NodeContext node, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        if (witnesses is null or 0)
        {
            problem = null;
            return true;
        }

        int configured = node.Workspace.FollowWitnesses().Count;
        problem = witnesses > 0 && witnesses <= configured
            ? null
            : Problem.Of(ProblemCode.MalformedRequest, FormattableString.Invariant($"Expected 'witnesses' of 0 to {configured}, as many as the node has."));
        return problem is null;
    }

    private static async Task<TrustPolicy?> FindPolicyAsync(NodeContext node, int? witnesses, CancellationToken cancellationToken)
    {
        if (node.Workspace.Config.Ledger.Contracts is null)
        {
            return null;
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        return TrustBuilder.Build(node.Workspace, lease.Store, node.Packs, witnesses ?? 0);
    }

    private static async Task<byte[]?> ReadPartAsync(IFormCollection form, string name, CancellationToken cancellationToken)
    {
        if (form.Files.GetFile(name) is IFormFile file)
        {
            await using Stream stream = file.OpenReadStream();
            return await ReadAsync(stream, cancellationToken);
        }

        return form.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues text) && text is [string only] ? System.Text.Encoding.UTF8.GetBytes(only) : null;
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using MemoryStream bytes = new();
        await stream.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }
}
