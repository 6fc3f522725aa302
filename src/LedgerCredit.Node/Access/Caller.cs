using System.Collections.Frozen;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Access;

/// <summary>How a caller said who it is.</summary>
public enum CallerKind
{
    /// <summary>Not at all.</summary>
    Anonymous = 0,

    /// <summary>By a ledger account (<see cref="SignInService"/>).</summary>
    Account,

    /// <summary>By a key for programs (<see cref="ApiKeys"/>).</summary>
    ApiKey,

    /// <summary>By the sign-in of the organisation that runs the node.</summary>
    Staff,
}

/// <summary>Who calls, as of one request: <see cref="CallerResolver"/> makes it anew for each, so that suspension counts at once.</summary>
public sealed record Caller
{
    /// <summary>Somebody of whom nothing is known.</summary>
    public static Caller Anonymous { get; } = new() { Kind = CallerKind.Anonymous, Name = "public" };

    /// <summary>How it said who it is.</summary>
    public required CallerKind Kind { get; init; }

    /// <summary>
    /// What the access log calls it: <c>public</c>, <c>&lt;organisation&gt;/0x…</c> for an account (<c>-/0x…</c> where it belongs to none),
    /// <c>key:&lt;number&gt;:&lt;name&gt;@&lt;member&gt;</c>, <c>staff:&lt;name&gt;@&lt;member&gt;</c>. Two callers never have the same.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The slug of its organisation, or null where it has none, or the slug is not known.</summary>
    public string? Organisation { get; init; }

    /// <summary>The id of its organisation; zero where it has none.</summary>
    public Bytes32 OrganisationId { get; init; }

    /// <summary>Its ledger account, or null where it did not sign in with one.</summary>
    public Address? Account { get; init; }

    /// <summary>
    /// Whether it speaks for a registered organisation that is not suspended, and its account is not retired. A caller that is not
    /// active gets what an anonymous one gets.
    /// </summary>
    public bool IsActive { get; init; }

    /// <summary>Its roles as they count now; none where it is not active.</summary>
    public IReadOnlySet<ConsortiumRole> Roles { get; init; } = FrozenSet<ConsortiumRole>.Empty;

    /// <summary>What it may use the service for (<see cref="AccessScopes"/>); nothing where it is not active.</summary>
    public IReadOnlySet<string> Scopes { get; init; } = AccessScopes.None;

    /// <summary>Whether it has a role.</summary>
    public bool Has(ConsortiumRole role) => Roles.Contains(role);

    /// <summary>Whether it may use the service for something of <see cref="AccessScopes"/>.</summary>
    public bool May(string scope) => Scopes.Contains(scope);
}
