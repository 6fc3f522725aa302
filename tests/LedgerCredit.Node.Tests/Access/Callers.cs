using LedgerCredit.Contracts;
using LedgerCredit.Node.Access;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>Callers as the resolver would make them.</summary>
internal static class Callers
{
    internal static Caller Of(string organisation, params ReadOnlySpan<ConsortiumRole> roles)
    {
        HashSet<ConsortiumRole> held = [.. roles];
        return new Caller
        {
            Kind = CallerKind.Account,
            Name = $"{organisation}/0x00",
            Organisation = organisation,
            OrganisationId = ConsortiumContract.OrganisationId(organisation),
            IsActive = true,
            Roles = held,
            Scopes = AccessScopes.OfRoles(held, isActive: true),
        };
    }

    /// <summary>A key for programs of a member with these roles.</summary>
    internal static Caller KeyOf(string organisation, string scopes, params ReadOnlySpan<ConsortiumRole> roles)
    {
        Assert.IsTrue(AccessScopes.TryParse(scopes, out IReadOnlySet<string> parsed));
        return Of(organisation, roles) with { Kind = CallerKind.ApiKey, Name = $"key:1:test@{organisation}", Scopes = parsed };
    }

    /// <summary>The same organisation, suspended.</summary>
    internal static Caller Suspended(this Caller caller) =>
        caller with { IsActive = false, Roles = new HashSet<ConsortiumRole>(), Scopes = AccessScopes.None };
}
