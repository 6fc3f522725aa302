using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Access;
using LedgerCredit.Primitives;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Access;

/// <summary>Signing in with a ledger account, and who one is then.</summary>
internal static class SignInEndpoints
{
    /// <summary>Adds the addresses.</summary>
    internal static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder signIn = routes.MapGroup("/v1").WithTags("Sign-in");
        signIn.MapPost("/sign-in/challenge", CreateChallenge)
            .AllowAnybody()
            .WithName("createChallenge")
            .WithSummary("A message for an account to sign")
            .WithDescription("Any account gets one, so that the answer tells nothing of who is known here.")
            .WithExample("""{"address":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"}""")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        signIn.MapPost("/sign-in", SignIn)
            .AllowAnybody()
            .WithName("signIn")
            .WithSummary("Sign in with the signed message")
            .WithDescription("Gives a token for some minutes. The key never leaves its owner: only the signature is sent.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        signIn.MapPost("/sign-out", SignOut)
            .RequireSignedIn()
            .WithName("signOut")
            .WithSummary("End the token that this request is sent with")
            .WithDescription("The token of a sign-in with an account. An API key is revoked by its number, and the staff's own sign-in ends where it began: 403 for both.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        signIn.MapGet("/me", GetCaller)
            .AllowAnybody()
            .WithName("getCaller")
            .WithSummary("Who the caller is to the node, with its roles and scopes as they count now")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
    }

    private static Results<Ok<Challenge>, ProblemHttpResult> CreateChallenge(ChallengeRequest request, SignInService signIns) =>
        Address.TryParse(request.Address, out Address address)
            ? TypedResults.Ok(new Challenge(signIns.CreateChallenge(address)))
            : Problem.Of(ProblemCode.MalformedRequest, "Expected an account's address: 0x and 40 hex digits.");

    private static Results<Ok<SignInToken>, ProblemHttpResult> SignIn(SignInRequest request, HttpContext context, SignInService signIns)
    {
        if (!Hex.TryDecode(request.Signature, out byte[]? signature))
        {
            return Problem.Of(ProblemCode.MalformedRequest, "Expected a signature: 0x and 130 lower-case hex digits.");
        }

        if (signIns.TrySignIn(request.Message, signature, out SignedIn? signedIn, out SignInFailure failure))
        {
            return TypedResults.Ok(new SignInToken(signedIn.Token, UtcTime.Format(signedIn.ExpiresAt)));
        }

        // RFC 9110 section 15.5.2: every 401 says how one signs in.
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problem.Of(ProblemCode.SignInRefused, SignInFailures.TextOf(failure), reason: SignInFailures.CodeOf(failure));
    }

    // What ends is the token alone. Whoever sent something else must not believe that it counts no more.
    private static Results<NoContent, ProblemHttpResult> SignOut(HttpContext context, SignInService signIns)
    {
        switch (context.Caller().Kind)
        {
            case CallerKind.ApiKey:
                return Problem.Of(ProblemCode.NotAllowed, "An API key is not signed out, and goes on counting. It is revoked by who manages keys: DELETE /v1/api-keys/{number}, or 'ledgercredit access key revoke'.");
            case CallerKind.Staff:
                return Problem.Of(ProblemCode.NotAllowed, "The token is of the staff's own sign-in, and goes on counting until it expires: sign out there.");
            default:
                break;
        }

        _ = signIns.SignOut(CallerMiddleware.TokenOf(context));
        return TypedResults.NoContent();
    }

    private static Ok<CallerView> GetCaller(HttpContext context)
    {
        Caller caller = context.Caller();
        return TypedResults.Ok(new CallerView(
            caller.Kind switch
            {
                CallerKind.Anonymous => "anonymous",
                CallerKind.Account => "account",
                CallerKind.ApiKey => "api-key",
                CallerKind.Staff => "staff",
                _ => throw new InvalidOperationException($"There is no caller of kind {caller.Kind}."),
            },
            caller.Name,
            caller.Organisation,
            caller.Account?.ToString(),
            caller.IsActive,
            [.. caller.Roles.Order().Select(ConsortiumRoles.ToName)],
            [.. AccessScopes.All.Where(caller.May)]));
    }
}
