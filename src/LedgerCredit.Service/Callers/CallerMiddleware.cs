using System.Globalization;
using LedgerCredit.Node.Access;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Callers;

/// <summary>Finds out who calls, and whether the caller may use the endpoint at all.</summary>
/// <remarks>
/// A caller that shows something that is no sign-in of now is refused everywhere, so that nobody takes an answer to the public for one
/// to itself. What counts is the endpoint that was chosen and not how its address is written; one without a policy is refused to all.
/// </remarks>
internal sealed class CallerMiddleware(RequestDelegate next, NodeContext node, ApiKeys keys, CallerCache callers, CallerLimits limits)
{
    private const string Scheme = "Bearer ";
    private const int MaxTokenLength = 8 * 1024;

    /// <summary>Lets a request pass, or refuses it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="signIns">Here and not in the constructor, which runs before the port is known.</param>
    public async Task InvokeAsync(HttpContext context, SignInService signIns)
    {
        // No endpoint, or the routing's own answer to a wrong method or content type: nothing is done behind it.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(context);
            return;
        }

        if (endpoint.Metadata.GetMetadata<AccessPolicy>() is not AccessPolicy policy)
        {
            await RefuseAsync(context, ProblemCode.NotAllowed, "Nobody may use this address.");
            return;
        }

        if (policy.Kind == AccessPolicyKind.Public)
        {
            await next(context);
            return;
        }

        StaffIdentity? staff = node.Staff is StaffSignIn signIn && TokenOf(context) is string token && StaffSignIn.IsToken(token)
            ? await signIn.CheckAsync(token, context.RequestAborted)
            : null;
        switch (staff?.Outcome)
        {
            case StaffOutcome.NotMapped:
                await RefuseAsync(context, ProblemCode.NotAllowed, "The token is valid, but none of its claims is mapped to a member of this node.");
                return;
            case StaffOutcome.Unavailable:
                context.Response.Headers.RetryAfter = StaffKeys.Pause.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                await RefuseAsync(context, ProblemCode.SignInUnavailable, "The issuer of the token does not answer the node, so that nobody can say whether the token is valid. Ask again later.");
                return;
            default:
                break;
        }

        Caller? caller = await FindCallerAsync(context, signIns, staff);
        if (caller is null)
        {
            await RefuseAsync(context, ProblemCode.NotSignedIn, "What 'Authorization' holds is not valid, or not any more: sign in again, or have a new key made.");
            return;
        }

        context.SetCaller(caller);
        switch (policy.Kind)
        {
            case AccessPolicyKind.Anybody:
                break;
            case AccessPolicyKind.SignedIn when caller.Kind != CallerKind.Anonymous:
                break;
            case AccessPolicyKind.Scope when policy.Scopes.Any(caller.May):
                break;
            case AccessPolicyKind.Scope when caller.Kind != CallerKind.Anonymous:
                await RefuseAsync(context, ProblemCode.NotAllowed, $"This takes the scope {string.Join(" or ", policy.Scopes)}, which {(caller.IsActive ? "this caller does not have" : "an organisation that is suspended or not registered does not have")}.");
                return;
            default:
                await RefuseAsync(context, ProblemCode.NotSignedIn, "Sign in, or send a token or an API key: 'Authorization: Bearer …'.");
                return;
        }

        await limits.LimitAsync(context, next);
    }

    // Null where something was shown that is no sign-in.
    private async Task<Caller?> FindCallerAsync(HttpContext context, SignInService signIns, StaffIdentity? staff)
    {
        if (context.Request.Headers.Authorization.Count == 0)
        {
            return Caller.Anonymous;
        }

        if (TokenOf(context) is not string token || staff is { Outcome: not StaffOutcome.Accepted })
        {
            return null;
        }

        if (staff is not null)
        {
            using StoreLease lease = await node.Stores.RentAsync(context.RequestAborted);
            return new CallerResolver(lease.Store, node.Workspace).OfStaff(staff.Name, staff.Member, staff.Roles, staff.Scopes);
        }

        bool isAccount = signIns.TryAuthenticate(token, out Ethereum.Address account);
        if (callers.TryFind(token, out KnownCaller? known, out long number) && (known.Key is StoredApiKey used ? keys.AcceptAgain(used) : isAccount))
        {
            return known.Caller;
        }

        known = await ResolveAsync(token, isAccount ? account : null, context.RequestAborted);
        if (known is not null)
        {
            callers.Keep(token, known, number);
        }

        return known?.Caller;
    }

    private async Task<KnownCaller?> ResolveAsync(string token, Ethereum.Address? account, CancellationToken cancellationToken)
    {
        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        CallerResolver resolver = new(lease.Store, node.Workspace);
        return account is Ethereum.Address signedIn ? new KnownCaller(resolver.OfAccount(signedIn), Key: null)
            : keys.TryAuthenticate(lease.Store, token, out StoredApiKey? key) ? new KnownCaller(resolver.OfApiKey(key), key)
            : null;
    }

    /// <summary>The token that a request was sent with, or null where it has none, or several.</summary>
    internal static string? TokenOf(HttpContext context) =>
        context.Request.Headers.Authorization is [{ Length: <= MaxTokenLength } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;

    private static Task RefuseAsync(HttpContext context, ProblemCode code, string detail)
    {
        if (code == ProblemCode.NotSignedIn)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        ProblemHttpResult problem = Problem.Of(code, detail);
        return problem.ExecuteAsync(context);
    }
}

/// <summary>Where endpoints find who calls.</summary>
internal static class CallerContext
{
    private static readonly object Key = new();

    /// <summary>Who calls, as of the beginning of the request.</summary>
    internal static Caller Caller(this HttpContext context) =>
        context.Items[Key] as Caller ?? throw new InvalidOperationException("The endpoint has no access policy, so that nobody asked who calls.");

    internal static void SetCaller(this HttpContext context, Caller caller) => context.Items[Key] = caller;
}
