using System.Collections.Frozen;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Access;

/// <summary>Says who a caller is and what it is allowed, as of the index of the ledger at this moment.</summary>
/// <remarks>Asks the store anew each time: a suspension or a change of roles counts from the block on that brought it. As thread-safe as its store: not.</remarks>
public sealed class CallerResolver
{
    private readonly Workspace _workspace;
    private readonly ConsortiumIndex _consortium;

    /// <summary>Makes a resolver.</summary>
    /// <param name="store">The store with the index; open as long as the resolver is used.</param>
    /// <param name="workspace">Says what roles its members have where the ledger was never read.</param>
    public CallerResolver(Store store, Workspace workspace)
    {
        _workspace = workspace;
        _consortium = new ConsortiumIndex(store);
    }

    /// <summary>The caller who proved that the account is its own.</summary>
    /// <remarks>Anybody can make an account: one of no organisation, retired or suspended, is not active and has neither roles nor scopes.</remarks>
    public Caller OfAccount(Address account)
    {
        if (_consortium.FindAccount(account) is not IndexedAccount indexed)
        {
            return new Caller { Kind = CallerKind.Account, Name = $"-/{account.ToLowerHex()}", Account = account };
        }

        string? slug = _consortium.FindSlug(indexed.OrganisationId);
        IndexedOrganisation? organisation = _consortium.FindOrganisation(indexed.OrganisationId);
        bool isActive = organisation is { IsSuspended: false } && !indexed.IsRetired;
        IReadOnlySet<ConsortiumRole> roles = RolesOf(isActive ? (ushort)(indexed.Roles & organisation!.Roles) : (ushort)0);
        return new Caller
        {
            Kind = CallerKind.Account,
            Name = $"{slug ?? indexed.OrganisationId.ToString()}/{account.ToLowerHex()}",
            Organisation = slug,
            OrganisationId = indexed.OrganisationId,
            Account = account,
            IsActive = isActive,
            Roles = roles,
            Scopes = AccessScopes.OfRoles(roles, isActive),
        };
    }

    /// <summary>The caller who showed a key that <see cref="ApiKeys.TryAuthenticate"/> accepted.</summary>
    /// <remarks>It has the roles of its member, and the scopes that it was given.</remarks>
    public Caller OfApiKey(StoredApiKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return OfMember(CallerKind.ApiKey, $"key:{key.Number}:{key.Name}@{key.Member}", key.Member, AccessScopes.TryParse(key.Scopes, out IReadOnlySet<string> scopes) ? scopes : AccessScopes.None);
    }

    /// <summary>A person of the organisation that runs the node, whom its own sign-in vouches for.</summary>
    /// <param name="name">What that sign-in calls the person; unique there.</param>
    /// <param name="member">The member that the person works for.</param>
    /// <param name="roles">The roles that the person has there: those of them count that the member has as well.</param>
    /// <param name="scopes">What the person may use the service for.</param>
    public Caller OfStaff(string name, string member, IReadOnlySet<ConsortiumRole> roles, IReadOnlySet<string> scopes)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(roles);
        ArgumentNullException.ThrowIfNull(scopes);
        Caller caller = OfMember(CallerKind.Staff, $"staff:{name}@{member}", member, scopes);
        return caller with { Roles = caller.Roles.Where(roles.Contains).ToFrozenSet() };
    }

    /// <summary>Whether a caller acts for a subject now: its account is appointed to, or it is a key of an organisation that has such an account.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="subjectTag">The subject's pseudonym.</param>
    /// <returns>False also for staff: nobody at the node is the subject.</returns>
    public bool Represents(Caller caller, Bytes32 subjectTag)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Has(ConsortiumRole.Enterprise) && caller.Kind switch
        {
            CallerKind.Account => _consortium.IsRepresentative(subjectTag, caller.Account!.Value),
            CallerKind.ApiKey => _consortium.Represents(caller.OrganisationId, subjectTag),
            CallerKind.Anonymous or CallerKind.Staff => false,
            _ => throw new System.Diagnostics.UnreachableException($"There is no caller of kind {caller.Kind}."),
        };
    }

    /// <summary>Whether any account of a caller's organisation may act for a subject, so that it has an interest in the subject's cases.</summary>
    public bool HasInterest(Caller caller, Bytes32 subjectTag)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.OrganisationId != Bytes32.Zero && _consortium.Represents(caller.OrganisationId, subjectTag);
    }

    private Caller OfMember(CallerKind kind, string name, string member, IReadOnlySet<string> scopes)
    {
        Bytes32 organisationId = ConsortiumContract.OrganisationId(member);
        bool isActive;
        ushort roles;
        if (_consortium.IsThere)
        {
            IndexedOrganisation? organisation = _consortium.FindOrganisation(organisationId);
            isActive = organisation is { IsSuspended: false };
            roles = organisation?.Roles ?? 0;
        }
        else
        {
            // No ledger yet: the workspace's own list is all there is.
            MemberConfig? config = _workspace.FindMember(member);
            isActive = config is not null;
            roles = ConsortiumRoles.ToBitmap(config?.Roles ?? []);
        }

        return new Caller
        {
            Kind = kind,
            Name = name,
            Organisation = member,
            OrganisationId = organisationId,
            IsActive = isActive,
            Roles = RolesOf(isActive ? roles : (ushort)0),
            Scopes = isActive ? scopes : AccessScopes.None,
        };
    }

    private static FrozenSet<ConsortiumRole> RolesOf(ushort bitmap) => ConsortiumRoles.FromBitmap(bitmap).ToFrozenSet();
}
