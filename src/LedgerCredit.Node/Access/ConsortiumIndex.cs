using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Access;

/// <summary>An organisation as of the index.</summary>
/// <param name="IsSuspended">Whether its accounts are without roles for now.</param>
/// <param name="Roles">Bitmap of its roles.</param>
internal sealed record IndexedOrganisation(bool IsSuspended, ushort Roles);

/// <summary>An account as of the index.</summary>
/// <param name="OrganisationId">Its organisation, for ever.</param>
/// <param name="IsRetired">Whether it was withdrawn for good.</param>
/// <param name="Roles">Bitmap of its own roles.</param>
internal sealed record IndexedAccount(Bytes32 OrganisationId, bool IsRetired, ushort Roles);

/// <summary>What the contract <c>Consortium</c> would answer about members, by its events in the store.</summary>
/// <remarks>
/// The same sums as in <c>contracts/src/Consortium.sol</c>; a test holds them against the contract. Read anew at each question.
/// </remarks>
internal sealed class ConsortiumIndex(Store store)
{
    private readonly LedgerIndexReader _reader = new(store);

    /// <summary>Whether the ledger was ever read.</summary>
    public bool IsThere => _reader.Position is not null;

    /// <summary>An organisation, or null where it is not registered.</summary>
    public IndexedOrganisation? FindOrganisation(Bytes32 organisationId)
    {
        OrganisationRegisteredEvent? registered = Last<OrganisationRegisteredEvent>(EventTopics.OrganisationRegistered, organisationId);
        if (registered is null)
        {
            return null;
        }

        OrganisationRolesChangedEvent? changed = Last<OrganisationRolesChangedEvent>(EventTopics.OrganisationRolesChanged, organisationId);
        return new IndexedOrganisation(_reader.IsSuspended(organisationId), changed?.Roles ?? registered.Roles);
    }

    /// <summary>An account, or null where it is not registered.</summary>
    public IndexedAccount? FindAccount(Address account)
    {
        Bytes32 topic = TopicOf(account);
        AccountRegisteredEvent? registered = Last<AccountRegisteredEvent>(EventTopics.AccountRegistered, topic);
        if (registered is null)
        {
            return null;
        }

        AccountRolesChangedEvent? changed = Last<AccountRolesChangedEvent>(EventTopics.AccountRolesChanged, topic);
        bool isRetired = Last<AccountRetiredEvent>(EventTopics.AccountRetired, topic) is not null;
        return new IndexedAccount(registered.OrgId, isRetired, changed?.Roles ?? registered.Roles);
    }

    /// <summary>The slug of an organisation, or null where it is not registered.</summary>
    public string? FindSlug(Bytes32 organisationId) => _reader.FindSlug(organisationId);

    /// <summary>Whether an account is appointed to act for a subject. Whether it may now is a question of its roles as well.</summary>
    public bool IsRepresentative(Bytes32 subjectTag, Address account)
    {
        Bytes32 topic = TopicOf(account);
        int appointed = store.LedgerEvents.ReadTopics(EventTopics.RepresentativeAppointed, subjectTag, topic).Count;
        int dismissed = store.LedgerEvents.ReadTopics(EventTopics.RepresentativeDismissed, subjectTag, topic).Count;
        return appointed > dismissed;
    }

    /// <summary>Whether an organisation has an account that is appointed to act for a subject.</summary>
    public bool Represents(Bytes32 organisationId, Bytes32 subjectTag) => _reader.Represents(organisationId, subjectTag);

    private T? Last<T>(Bytes32 signature, Bytes32 about)
        where T : ConsortiumEvent => StoredEvents.LastOfConsortium<T>(store.LedgerEvents.ReadTopics(signature, about));

    private static Bytes32 TopicOf(Address account)
    {
        byte[] topic = new byte[Bytes32.Length];
        account.ToArray().CopyTo(topic, Bytes32.Length - Address.Length);
        return Bytes32.FromBytes(topic);
    }
}
