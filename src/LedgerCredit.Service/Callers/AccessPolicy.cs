using LedgerCredit.Node.Access;
using Microsoft.AspNetCore.Builder;

namespace LedgerCredit.Service.Callers;

/// <summary>Who may use an endpoint at all; what the endpoint shows or does then depends on the caller. Every endpoint has one.</summary>
/// <param name="Kind">Who.</param>
/// <param name="Scopes">One of these scopes is needed; empty unless the kind is <see cref="AccessPolicyKind.Scope"/>.</param>
internal sealed record AccessPolicy(AccessPolicyKind Kind, IReadOnlyList<string> Scopes);

/// <summary>Who may use an endpoint at all.</summary>
internal enum AccessPolicyKind
{
    /// <summary>Anybody, and nobody is asked who: the same is answered to all.</summary>
    Public,

    /// <summary>Anybody, also without signing in.</summary>
    Anybody,

    /// <summary>Whoever signed in, or sent a key.</summary>
    SignedIn,

    /// <summary>Who has a scope.</summary>
    Scope,
}

/// <summary>Gives endpoints their policies.</summary>
internal static class AccessPolicies
{
    /// <summary>Anybody may use it, and is not asked who.</summary>
    internal static TBuilder Public<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.With(new AccessPolicy(AccessPolicyKind.Public, []));

    /// <summary>Anybody may use it.</summary>
    internal static TBuilder AllowAnybody<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.With(new AccessPolicy(AccessPolicyKind.Anybody, []));

    /// <summary>Whoever signed in, or sent a key, may use it.</summary>
    internal static TBuilder RequireSignedIn<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.With(new AccessPolicy(AccessPolicyKind.SignedIn, []));

    /// <summary>Who has one of these scopes (<see cref="AccessScopes"/>) may use it.</summary>
    internal static TBuilder RequireScope<TBuilder>(this TBuilder builder, params string[] scopes)
        where TBuilder : IEndpointConventionBuilder => builder.With(new AccessPolicy(AccessPolicyKind.Scope, scopes));

    private static TBuilder With<TBuilder>(this TBuilder builder, AccessPolicy policy)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(policy));
        return builder;
    }
}
