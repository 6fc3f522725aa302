using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Node.Members;

/// <summary>An account of this workspace that takes a step.</summary>
/// <param name="Member">The slug of its member.</param>
/// <param name="KeyName">The name of its key, by which people choose it: <c>slug</c>, or <c>slug.name</c> for a further one.</param>
/// <param name="Address">Its address.</param>
/// <param name="Roles">Its roles, as this workspace knows them.</param>
public sealed record ActingAccount(string Member, string KeyName, Address Address, IReadOnlyList<string> Roles)
{
    /// <summary>All accounts of the members of a workspace, in their order.</summary>
    public static IReadOnlyList<ActingAccount> ReadAll(WorkspaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return
        [
            .. config.Members.SelectMany(member => (ActingAccount[])
            [
                new ActingAccount(member.Slug, member.Slug, member.Account, member.Roles),
                .. member.Accounts.Select(account => new ActingAccount(member.Slug, KeyNameOf(member.Slug, account.Name), account.Address, account.Roles)),
            ]),
        ];
    }

    /// <summary>The name of the key of a further account of a member.</summary>
    public static string KeyNameOf(string slug, string accountName) => $"{slug}.{accountName}";

    /// <summary>Finds the account that is meant.</summary>
    /// <param name="config">The workspace's configuration.</param>
    /// <param name="name">The name that somebody gave, or null.</param>
    /// <param name="role">The role of the step; without a name, the account of the only member here that has it is meant. Null: any role.</param>
    /// <exception cref="WorkspaceException">There is none, or more than one.</exception>
    public static ActingAccount Find(WorkspaceConfig config, string? name, ConsortiumRole? role)
    {
        IReadOnlyList<ActingAccount> all = ReadAll(config);
        if (name is not null)
        {
            // The ledger decides what the account may do, so that no role is asked for here.
            return all.FirstOrDefault(account => account.KeyName == name)
                ?? throw new WorkspaceException($"'{name}' is no account of this workspace. It has: {Join(all)}. 'ledgercredit member list' shows them.");
        }

        string? roleName = role is ConsortiumRole known ? ConsortiumRoles.ToName(known) : null;
        List<ActingAccount> possible = [.. all.Where(account => roleName is null || account.Roles.Contains(roleName))];
        if (possible.Count > 1 && possible.All(account => account.Member == possible[0].Member))
        {
            // A further account never acts by default: it is somebody else's.
            possible = [.. possible.Where(account => account.KeyName == account.Member)];
        }

        return possible.Count switch
        {
            1 => possible[0],
            0 => throw new WorkspaceException($"No account of this workspace has the role '{roleName}'. Add the member: ledgercredit member add SLUG --role {roleName}"),
            _ => throw new WorkspaceException($"Say who acts with --as NAME: {Join(possible)} may."),
        };
    }

    private static string Join(IReadOnlyList<ActingAccount> accounts) =>
        accounts.Count == 0 ? "none" : string.Join(", ", accounts.Select(account => account.KeyName));
}
