using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Access;

/// <summary>Why a grant was not given or withdrawn.</summary>
public enum GrantFailure
{
    /// <summary>It was.</summary>
    None = 0,

    /// <summary>The caller does not act for the subject with a ledger account; or there is no such grant of its subjects.</summary>
    NotTheSubject,

    /// <summary>The consortium has no organisation of this slug.</summary>
    UnknownConsumer,

    /// <summary>The purpose is none for which others can be let read.</summary>
    UnknownPurpose,

    /// <summary>The end is past, or farther away than <see cref="AccessGrants.MaxLifetime"/>.</summary>
    BadExpiry,

    /// <summary>The subject has as many grants in force as it may.</summary>
    TooMany,
}

/// <summary>What subjects let other organisations read, for a purpose and a time (docs/spec/access.md section 7).</summary>
/// <remarks>Thread-safe, where each thread brings its own store.</remarks>
/// <param name="timeProvider">The clock.</param>
/// <param name="subjectKey">The network subject key, from which subjects' pseudonyms on the ledger follow.</param>
public sealed class AccessGrants(TimeProvider timeProvider, Bytes32 subjectKey)
{
    /// <summary>How many grants of a subject are in force at most.</summary>
    public const int MaxInForce = 1000;

    /// <summary>The longest time for which a grant is given.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(366);

    /// <summary>Whether a grant counts at a moment.</summary>
    /// <param name="grant">The grant.</param>
    /// <param name="asOf">The moment, in Unix seconds.</param>
    public static bool IsInForce(StoredAccessGrant grant, ulong asOf)
    {
        ArgumentNullException.ThrowIfNull(grant);
        return asOf < grant.ExpiresAt && (grant.WithdrawnAt is not ulong withdrawnAt || asOf < withdrawnAt);
    }

    /// <summary>Lets an organisation read. The same leave, given again while it is in force, stays the one that it is: who heard no answer asks again.</summary>
    /// <param name="store">Open for writing, with the index of the ledger.</param>
    /// <param name="caller">Who lets it: an account that acts for the subject.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="consumer">The slug of the organisation.</param>
    /// <param name="purpose">What for; one of <see cref="Purposes.Grantable"/>.</param>
    /// <param name="expiresAt">Until when.</param>
    /// <param name="isNew">Whether it was given now.</param>
    /// <param name="failure">Why not.</param>
    /// <returns>The grant, which is durable; null where there is a failure.</returns>
    public StoredAccessGrant? Give(
        Store store, Caller caller, SubjectId subject, string consumer, string purpose, DateTimeOffset expiresAt, out bool isNew, out GrantFailure failure)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(subject);
        ulong now = Now();
        ulong end = (ulong)Math.Max(0, expiresAt.ToUnixTimeSeconds());
        isNew = false;

        // One transaction, so that who is dismissed meanwhile gives nothing. A crash before the commit leaves no grant, and nobody was told of one.
        using StoreTransaction transaction = store.BeginWrite();
        failure = Check(store, caller, subject, consumer, purpose, expiresAt, now);
        if (failure != GrantFailure.None)
        {
            return null;
        }

        StoredAccessGrant? given = store.AccessGrants.Read(subject.ToString(), consumer)
            .LastOrDefault(grant => grant.Purpose == purpose && grant.ExpiresAt == end && IsInForce(grant, now));
        if (given is not null)
        {
            return given;
        }

        given = store.AccessGrants.Add(subject.ToString(), consumer, purpose, caller.Account!.Value.ToLowerHex(), now, end);
        transaction.Commit();
        isNew = true;
        return given;
    }

    /// <summary>Withdraws a grant: it counts no more from now on. When this returns, that is durable.</summary>
    /// <param name="store">Open for writing, with the index of the ledger.</param>
    /// <param name="caller">An account that acts for the subject; it need not be the one that gave it.</param>
    /// <param name="number">The grant's number.</param>
    /// <param name="failure">Why not: the same for one that is not there and one of another subject.</param>
    /// <returns>The grant; one that was withdrawn before stays as it was.</returns>
    public StoredAccessGrant? Withdraw(Store store, Caller caller, long number, out GrantFailure failure)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(caller);

        // A crash before the commit leaves the grant in force, and nobody was told otherwise; one behind it a withdrawn one, as
        // withdrawing it again says.
        using StoreTransaction transaction = store.BeginWrite();
        if (store.AccessGrants.Find(number) is not StoredAccessGrant grant
            || !SubjectId.TryParse(grant.Subject, out SubjectId? subject, out _)
            || !MayGrant(store, caller, subject))
        {
            failure = GrantFailure.NotTheSubject;
            return null;
        }

        failure = GrantFailure.None;
        store.AccessGrants.Withdraw(number, Now());
        StoredAccessGrant withdrawn = store.AccessGrants.Find(number)!;
        transaction.Commit();
        return withdrawn;
    }

    /// <summary>The grant by which an organisation may read of a subject for a purpose, or null.</summary>
    /// <param name="store">Open for reading or writing.</param>
    /// <param name="consumer">The slug of the organisation.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="now">The moment that counts.</param>
    public static StoredAccessGrant? Find(Store store, string consumer, SubjectId subject, string purpose, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(subject);
        ulong asOf = (ulong)now.ToUnixTimeSeconds();
        return store.AccessGrants.Read(subject.ToString(), consumer).LastOrDefault(grant => grant.Purpose == purpose && IsInForce(grant, asOf));
    }

    private GrantFailure Check(Store store, Caller caller, SubjectId subject, string consumer, string purpose, DateTimeOffset expiresAt, ulong now)
    {
        if (!MayGrant(store, caller, subject))
        {
            return GrantFailure.NotTheSubject;
        }

        if (!Purposes.Grantable.Contains(purpose))
        {
            return GrantFailure.UnknownPurpose;
        }

        if (!IssuerSlug.IsValid(consumer) || new ConsortiumIndex(store).FindOrganisation(ConsortiumContract.OrganisationId(consumer)) is null)
        {
            return GrantFailure.UnknownConsumer;
        }

        DateTimeOffset present = timeProvider.GetUtcNow();
        if (expiresAt <= present || expiresAt > present + MaxLifetime)
        {
            return GrantFailure.BadExpiry;
        }

        return store.AccessGrants.ReadBySubject(subject.ToString()).Count(grant => IsInForce(grant, now)) < MaxInForce
            ? GrantFailure.None
            : GrantFailure.TooMany;
    }

    // A key for programs reads for the subject, but its leave is given by somebody with the subject's account.
    private bool MayGrant(Store store, Caller caller, SubjectId subject) =>
        caller is { Kind: CallerKind.Account, Account: not null }
        && caller.Has(ConsortiumRole.Enterprise)
        && new ConsortiumIndex(store).IsRepresentative(SanctionTerms.TagOf(subjectKey, subject), caller.Account.Value);

    private ulong Now() => (ulong)timeProvider.GetUtcNow().ToUnixTimeSeconds();
}
