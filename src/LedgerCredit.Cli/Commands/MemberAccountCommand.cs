using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>member account</c>: a further account of a member, as the second key of an authority.</summary>
internal static class MemberAccountCommand
{
    private const int MaxName = 32;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> slug = new("SLUG") { Description = "The member." };
        Argument<string> name = new("NAME") { Description = "The account's name within the member: 1 to 32 lower-case letters, digits and hyphens." };
        Option<string[]> roles = new("--role")
        {
            Description = "A role of the account; may be given several times. Default: all roles of the member but operator.",
            HelpName = "ROLE",
        };
        Command account = new(
            "account",
            """
            Add a further account to a member and register it on the ledger. 'repair revoke' needs two accounts of the
            authority, held by two people. It acts with --as SLUG.NAME.
            """)
        {
            slug,
            name,
            roles,
        };
        account.SetAction((result, cancellationToken) => RunAsync(
            result, result.GetRequiredValue(slug), result.GetRequiredValue(name), result.GetValue(roles) ?? [], cancellationToken));
        return account;
    }

    private static async Task<int> RunAsync(ParseResult result, string slug, string name, string[] roleNames, CancellationToken cancellationToken)
    {
        if (name.Length is 0 or > MaxName || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            throw new InputException($"'{name}' is not a name for an account: expected 1 to {MaxName} lower-case letters, digits and hyphens.");
        }

        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        MemberRegistry registry = new(workspace, result.OpenKeys(workspace));
        IReadOnlyList<ConsortiumRole> roles = roleNames.Length > 0 || workspace.Config.FindMember(slug) is not MemberConfig member
            ? MemberCommands.ReadRoles(roleNames)
            : [.. MemberCommands.ReadRoles([.. member.Roles]).Where(role => role != ConsortiumRole.Operator)];
        (MemberAccount account, bool isNew) = registry.AddAccount(slug, name, roles);
        bool onLedger = workspace.Config.Ledger.Contracts is not null;
        if (onLedger)
        {
            using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
            await registry.RegisterAllAsync(session, workspace.Config.FindMember(slug)!, TimeProvider.System, cancellationToken);
        }

        string keyName = ActingAccount.KeyNameOf(slug, name);
        output.Result(
            new JsonObject(
                new JsonMember("as", new JsonString(keyName)),
                new JsonMember("roles", new JsonArray([.. account.Roles.Select(role => new JsonString(role))])),
                new JsonMember("account", new JsonString(account.Address.ToString())),
                new JsonMember("new", new JsonBoolean(isNew)),
                new JsonMember("onLedger", new JsonBoolean(onLedger))),
            text => text.WriteLine($"{(isNew ? "Added" : "Was there:")} {keyName} ({string.Join(", ", account.Roles)}), account {account.Address}, {(onLedger ? "registered on the ledger" : "to be registered by 'contracts deploy'")}."));
        return ExitCode.Done;
    }
}
