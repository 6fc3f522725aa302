using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Log;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Members;

/// <summary>Members of the network whose logs this workspace keeps: here, and in the consortium on the ledger.</summary>
public sealed class MemberRegistry(Workspace workspace, KeyRing keys)
{
    /// <summary>Adds a member here: account key, log key, log. Doing it again completes what an interruption left.</summary>
    /// <param name="slug">The member's slug.</param>
    /// <param name="roles">Its roles beside operator, which every member with a log has.</param>
    /// <returns>The member, and whether it is new.</returns>
    public (MemberConfig Member, bool IsNew) AddLocal(string slug, IReadOnlyList<ConsortiumRole> roles)
    {
        ArgumentNullException.ThrowIfNull(roles);
        using Store store = workspace.OpenStore(StoreAccess.Write);
        if (workspace.Config.FindMember(slug) is MemberConfig existing)
        {
            EnsureLog(store, existing);
            return (existing, false);
        }

        // Keys first, the configuration that names them next, the log last. A crash in between leaves a key without a
        // member, which the next call takes up, or a member without a log, which it completes.
        string origin = $"{workspace.Config.Network}/{slug}";
        Address account = keys.Has(KeystoreKeyType.Account, slug) ? AccountOf(slug) : keys.CreateAccount(slug);
        string verifierKey = keys.Has(KeystoreKeyType.Note, slug) ? VerifierKeyOf(slug) : keys.CreateLogKey(slug, origin).ToString();
        List<string> names = [.. roles.Append(ConsortiumRole.Operator).Distinct().Order().Select(ConsortiumRoles.ToName)];
        MemberConfig member = new(slug, names, account, origin, verifierKey);
        workspace.Save(workspace.Config with { Members = [.. workspace.Config.Members, member] });
        EnsureLog(store, member);
        return (member, true);
    }

    /// <summary>Registers a member in the consortium: organisation, account and log, each unless it is there.</summary>
    /// <returns>Whether anything had to be sent.</returns>
    /// <exception cref="WorkspaceException">The ledger has another account or roles for it.</exception>
    public async Task<bool> RegisterAsync(LedgerSession session, MemberConfig member, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(member);
        ConsortiumContract consortium = new(session.Client, session.Contracts.Consortium);
        LedgerTransactions transactions = new(session, timeProvider);
        ushort roles = ConsortiumRoles.ToBitmap(member.Roles);
        Primitives.Bytes32 orgId = ConsortiumContract.OrganisationId(member.Slug);
        bool sent = false;
        using Secp256k1Key admin = keys.OpenAccount(KeyRing.AdminName);

        // Each step is asked for before it is sent, so that an interrupted registration goes on where it stopped.
        if (!(await consortium.FetchOrganisationAsync(orgId, cancellationToken)).IsRegistered)
        {
            await transactions.RunAsync(admin, session.Contracts.Consortium, ConsortiumContract.EncodeRegisterOrganisation(member.Slug, roles), cancellationToken);
            sent = true;
        }

        ConsortiumAccount account = await consortium.FetchAccountAsync(member.Account, cancellationToken);
        if (account.OrganisationId == Primitives.Bytes32.Zero)
        {
            await transactions.RunAsync(admin, session.Contracts.Consortium, ConsortiumContract.EncodeRegisterAccount(member.Account, orgId, roles), cancellationToken);
            sent = true;
        }
        else if (account.OrganisationId != orgId || account.IsRetired)
        {
            throw new WorkspaceException($"The account {member.Account} of '{member.Slug}' is registered for another organisation, or retired. An account never changes organisation: use another one.");
        }

        if (await consortium.FetchLogOwnerAsync(LogId.FromOrigin(member.Origin), cancellationToken) == Primitives.Bytes32.Zero)
        {
            await transactions.RunAsync(admin, session.Contracts.Consortium, ConsortiumContract.EncodeRegisterLog(member.Origin), cancellationToken);
            sent = true;
        }

        return sent;
    }

    private static void EnsureLog(Store store, MemberConfig member)
    {
        if (store.Logs.Find(member.Slug) is null)
        {
            store.Logs.Add(member.Slug, member.Origin, member.VerifierKey);
        }
    }

    private Address AccountOf(string slug)
    {
        using Secp256k1Key key = keys.OpenAccount(slug);
        return Address.FromPublicKey(key.PublicKey);
    }

    private string VerifierKeyOf(string slug) => keys.List().First(k => k.Label.Type == KeystoreKeyType.Note && k.Label.Name == slug).Label.Public;
}
