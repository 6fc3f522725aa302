using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Members;

/// <summary>A member as the consortium registers it.</summary>
/// <param name="Slug">Its slug.</param>
/// <param name="Roles">Its roles; those of its account are the same.</param>
/// <param name="Account">Its account.</param>
/// <param name="Origin">The origin of its log.</param>
public sealed record MemberIdentity(string Slug, IReadOnlyList<ConsortiumRole> Roles, Address Account, string Origin)
{
    /// <summary>The identity of a member of this workspace.</summary>
    public static MemberIdentity Of(MemberConfig member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return new MemberIdentity(member.Slug, ConsortiumRoles.FromBitmap(ConsortiumRoles.ToBitmap(member.Roles)), member.Account, member.Origin);
    }

    /// <summary>Roles with that of operator, which every member with a log has, each once and in the contract's order.</summary>
    public static IReadOnlyList<ConsortiumRole> WithOperator(IEnumerable<ConsortiumRole> roles) =>
        [.. roles.Append(ConsortiumRole.Operator).Distinct().Order()];
}

/// <summary>Members of the network whose logs this workspace keeps: here, and in the consortium on the ledger.</summary>
public sealed class MemberRegistry(Workspace workspace, KeyRing keys)
{
    /// <summary>What to do so that the log of a member of this workspace is anchored, where the ledger does not know it.</summary>
    public static string HowToRegister(MemberConfig member)
    {
        ArgumentNullException.ThrowIfNull(member);
        string roles = string.Join(' ', member.Roles.Select(role => $"--role {role}"));
        return $"It is anchored once its member is registered on the ledger: run 'ledgercredit member add {member.Slug} {roles}' here; where the consortium's admin is elsewhere, that says what they have to run.";
    }

    /// <summary>Adds a member here: account key, log key, log. Doing it again completes what an interruption left.</summary>
    /// <param name="slug">The member's slug.</param>
    /// <param name="roles">Its roles beside operator, which every member with a log has.</param>
    /// <returns>The member, and whether it is new.</returns>
    public (MemberConfig Member, bool IsNew) AddLocal(string slug, IReadOnlyList<ConsortiumRole> roles)
    {
        ArgumentNullException.ThrowIfNull(roles);
        if (slug is KeyRing.AdminName or KeyRing.KeeperName)
        {
            throw new WorkspaceException($"'{slug}' is the name of an account here that belongs to no member. Choose another slug for the member.");
        }

        if (slug == RecordKinds.AccessIssuer && MemberIdentity.WithOperator(roles).Count > 1)
        {
            throw new WorkspaceException($"'{slug}' is the log in which this node keeps who read what: it is no authority, agency or other party. Choose another slug for the member.");
        }

        using Store store = workspace.OpenStore(StoreAccess.Write);
        PrepareNew(workspace.Config.FindMember(slug) is null);
        return workspace.Edit(() =>
        {
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
            List<string> names = [.. MemberIdentity.WithOperator(roles).Select(ConsortiumRoles.ToName)];
            MemberConfig member = new(slug, names, account, origin, verifierKey);
            workspace.EditConfig(config => config with { Members = [.. config.Members, member] });
            EnsureLog(store, member);
            return (member, true);
        });
    }

    /// <summary>Registers a member in the consortium: organisation, account and log, each unless it is there.</summary>
    /// <remarks>
    /// Needs the admin's key where something is missing. Each step is asked for before it is sent, so that an interrupted
    /// registration goes on where it stopped.
    /// </remarks>
    /// <returns>Whether anything had to be sent.</returns>
    /// <exception cref="WorkspaceException">The ledger has another organisation for the account, or the admin's key is elsewhere.</exception>
    public async Task<bool> RegisterAsync(LedgerSession session, MemberIdentity member, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(member);
        List<byte[]> missing = await FindMissingAsync(session, member, cancellationToken);
        if (missing.Count == 0)
        {
            return false;
        }

        if (!keys.Has(KeystoreKeyType.Account, KeyRing.AdminName))
        {
            string roles = string.Join(' ', member.Roles.Select(role => "--role " + ConsortiumRoles.ToName(role)));
            throw new WorkspaceException(
                $"'{member.Slug}' is not registered on the ledger yet, and only the consortium's admin can do that, whose key is not in this workspace. Ask them to run: ledgercredit member register {member.Slug} --account {member.Account} {roles}");
        }

        using Secp256k1Key admin = keys.OpenAccount(KeyRing.AdminName);
        LedgerTransactions transactions = new(session, timeProvider);
        foreach (byte[] call in missing)
        {
            await transactions.RunAsync(admin, session.Contracts.Consortium, call, cancellationToken);
        }

        return true;
    }

    /// <summary>Adds a further account of a member here. Doing it again completes what an interruption left.</summary>
    /// <param name="slug">The member.</param>
    /// <param name="name">The account's name within the member: 1 to 32 lower-case letters, digits and hyphens.</param>
    /// <param name="roles">Its roles; each one that the member has.</param>
    /// <returns>The account, and whether it is new.</returns>
    /// <exception cref="WorkspaceException">There is no such member, or it lacks a role.</exception>
    public (MemberAccount Account, bool IsNew) AddAccount(string slug, string name, IReadOnlyList<ConsortiumRole> roles)
    {
        ArgumentNullException.ThrowIfNull(roles);
        PrepareNew(workspace.Config.FindMember(slug)?.Accounts.All(account => account.Name != name) == true);
        return workspace.Edit(() => AddAccountNow(slug, name, roles));
    }

    private (MemberAccount Account, bool IsNew) AddAccountNow(string slug, string name, IReadOnlyList<ConsortiumRole> roles)
    {
        MemberConfig member = workspace.Config.FindMember(slug)
            ?? throw new WorkspaceException($"'{slug}' is no member of this workspace. Add it first: ledgercredit member add {slug} --role ROLE");
        if (member.Accounts.FirstOrDefault(account => account.Name == name) is MemberAccount existing)
        {
            return (existing, false);
        }

        List<string> names = [.. roles.Distinct().Order().Select(ConsortiumRoles.ToName)];
        if (names.FirstOrDefault(role => !member.Roles.Contains(role)) is string lacking)
        {
            throw new WorkspaceException($"'{slug}' has no role '{lacking}', so that no account of it can: it has {string.Join(", ", member.Roles)}.");
        }

        // The key first, the configuration that names it next. A crash in between leaves a key that the next call takes up.
        string keyName = ActingAccount.KeyNameOf(slug, name);
        Address address = keys.Has(KeystoreKeyType.Account, keyName) ? AccountOf(keyName) : keys.CreateAccount(keyName);
        MemberAccount added = new(name, names, address);
        MemberConfig changed = member with { Accounts = [.. member.Accounts, added] };
        workspace.EditConfig(config => config with { Members = [.. config.Members.Select(m => m.Slug == slug ? changed : m)] });
        return (added, true);
    }

    /// <summary>Registers a member of this workspace with all its accounts.</summary>
    public async Task RegisterAllAsync(LedgerSession session, MemberConfig member, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(member);
        MemberIdentity identity = MemberIdentity.Of(member);
        await RegisterAsync(session, identity, timeProvider, cancellationToken);
        foreach (MemberAccount account in member.Accounts)
        {
            MemberIdentity further = identity with { Account = account.Address, Roles = ConsortiumRoles.FromBitmap(ConsortiumRoles.ToBitmap(account.Roles)) };
            await RegisterAsync(session, further, timeProvider, cancellationToken);
        }
    }

    private static async Task<List<byte[]>> FindMissingAsync(LedgerSession session, MemberIdentity member, CancellationToken cancellationToken)
    {
        ConsortiumContract consortium = new(session.Client, session.Contracts.Consortium);
        ushort roles = ConsortiumRoles.ToBitmap(member.Roles);
        Bytes32 orgId = ConsortiumContract.OrganisationId(member.Slug);
        List<byte[]> missing = [];
        if (!(await consortium.FetchOrganisationAsync(orgId, cancellationToken)).IsRegistered)
        {
            missing.Add(ConsortiumContract.EncodeRegisterOrganisation(member.Slug, roles));
        }

        ConsortiumAccount account = await consortium.FetchAccountAsync(member.Account, cancellationToken);
        if (account.OrganisationId == Bytes32.Zero)
        {
            missing.Add(ConsortiumContract.EncodeRegisterAccount(member.Account, orgId, roles));
        }
        else if (account.OrganisationId != orgId || account.IsRetired)
        {
            throw new WorkspaceException($"The account {member.Account} of '{member.Slug}' is registered for another organisation, or retired. An account never changes organisation: use another one.");
        }

        if (await consortium.FetchLogOwnerAsync(LogId.FromOrigin(member.Origin), cancellationToken) == Bytes32.Zero)
        {
            missing.Add(ConsortiumContract.EncodeRegisterLog(member.Origin));
        }

        return missing;
    }

    // A person may be slow with the password, and other commands wait for the end of an edit.
    private void PrepareNew(bool makesKeys)
    {
        if (makesKeys)
        {
            keys.PrepareNew(workspace);
        }
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
