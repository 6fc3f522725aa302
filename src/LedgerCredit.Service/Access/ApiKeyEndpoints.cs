using System.Globalization;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.Access;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Access;

/// <summary>Keys for programs of the caller's own organisation.</summary>
internal static class ApiKeyEndpoints
{
    private const string WhoManages = "By who signed in with an account of the organisation, or has the scope `admin`.";

    /// <summary>Adds the addresses.</summary>
    internal static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder keys = routes.MapGroup("/v1/api-keys").RequireSignedIn().WithTags("API keys");
        keys.MapGet("", ListAsync)
            .WithName("listApiKeys")
            .WithSummary("The keys of the caller's organisation, without their secrets")
            .WithDescription(WhoManages)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        keys.MapPost("", Create)
            .WithName("createApiKey")
            .WithSummary("Make a key for a program")
            .WithDescription("By somebody who signed in with an account: a key makes no further keys. It has no scope that its maker has not. The answer shows it once.")
            .WithExample("""{"name":"nightly import","scopes":["records:write"],"expiresAt":"2030-01-01T00:00:00Z"}""")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        keys.MapDelete("/{number}", Revoke)
            .WithName("revokeApiKey")
            .WithSummary("Revoke a key of the caller's organisation, at once and for good")
            .WithDescription(WhoManages)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<IReadOnlyList<ApiKeyView>>, ProblemHttpResult>> ListAsync(HttpContext context, NodeContext node, CancellationToken cancellationToken)
    {
        if (!MayManage(context.Caller()))
        {
            return MayNotManage();
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        return TypedResults.Ok<IReadOnlyList<ApiKeyView>>([.. ApiKeys.List(lease.Store).Where(key => IsOwn(context.Caller(), key)).Select(ToView)]);
    }

    private static Results<Created<CreatedApiKey>, ProblemHttpResult> Create(NewApiKey request, HttpContext context, NodeContext node)
    {
        Caller caller = context.Caller();
        if (caller is not { Kind: CallerKind.Account, IsActive: true, Organisation: string member })
        {
            return Problem.Of(ProblemCode.NotAllowed, "Keys are made by who signed in with an account of an organisation.");
        }

        if (!ApiKeys.IsName(request.Name))
        {
            return Problem.Of(ProblemCode.MalformedRequest, $"Expected a name of 1 to {ApiKeys.MaxNameLength} letters, digits, spaces, hyphens, underscores and points.");
        }

        HashSet<string> scopes = [.. request.Scopes];
        if (scopes.Count == 0 || !scopes.All(AccessScopes.All.Contains))
        {
            return Problem.Of(ProblemCode.MalformedRequest, $"Expected at least one scope, of {string.Join(", ", AccessScopes.All)}.");
        }

        if (!scopes.All(caller.May))
        {
            return Problem.Of(ProblemCode.NotAllowed, "A key gets no scope that its maker has not.");
        }

        DateTimeOffset? expiresAt = null;
        if (request.ExpiresAt is not null)
        {
            if (!UtcTimes.TryParse(request.ExpiresAt, out DateTimeOffset end) || end <= node.TimeProvider.GetUtcNow())
            {
                return Problem.Of(ProblemCode.MalformedRequest, "Expected an end to come, such as 2030-01-01T00:00:00Z.");
            }

            expiresAt = end;
        }

        using Store store = node.Workspace.OpenStore(StoreAccess.Write);
        string text = node.ApiKeys.Create(store, member, request.Name, scopes, expiresAt);
        ApiKeyView view = ToView(ApiKeys.List(store).Last(key => IsOwn(caller, key)));
        return TypedResults.Created(FormattableString.Invariant($"/v1/api-keys/{view.Number}"), new CreatedApiKey(text, view));
    }

    private static Results<NoContent, ProblemHttpResult> Revoke(string number, HttpContext context, NodeContext node)
    {
        if (!MayManage(context.Caller()))
        {
            return MayNotManage();
        }

        using Store store = node.Workspace.OpenStore(StoreAccess.Write);
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long key)
            || !ApiKeys.List(store).Any(stored => stored.Number == key && IsOwn(context.Caller(), stored)))
        {
            return Problem.Of(ProblemCode.NotFound, "The caller's organisation has no key of this number.");
        }

        _ = node.ApiKeys.Revoke(store, key);
        return TypedResults.NoContent();
    }

    // A program's key is for what the program does: who steals it must neither see nor end the others.
    private static bool MayManage(Caller caller) =>
        caller is { IsActive: true, Organisation: not null } && (caller.Kind == CallerKind.Account || caller.May(AccessScopes.Admin));

    private static ProblemHttpResult MayNotManage() =>
        Problem.Of(ProblemCode.NotAllowed, "Keys are listed and revoked by who signed in with an account of an organisation, or has the scope admin.");

    private static bool IsOwn(Caller caller, StoredApiKey key) => caller.IsActive && caller.Organisation == key.Member;

    private static ApiKeyView ToView(StoredApiKey key) => new(
        key.Number,
        key.Name,
        key.Member,
        AccessScopes.TryParse(key.Scopes, out IReadOnlySet<string> scopes) ? [.. AccessScopes.All.Where(scopes.Contains)] : [],
        UtcTimes.OfUnix(key.CreatedAt),
        UtcTimes.OfUnix(key.ExpiresAt),
        UtcTimes.OfUnix(key.RevokedAt),
        UtcTimes.OfUnix(key.LastUsedAt));
}
