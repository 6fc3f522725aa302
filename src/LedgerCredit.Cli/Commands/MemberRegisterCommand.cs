using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>member register</c>: for the consortium's admin, members whose records another node keeps.</summary>
internal static class MemberRegisterCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> slug = new("SLUG") { Description = "The member's short name." };
        Option<string> account = new("--account") { Description = "The account that the member's node made ('member list' there shows it).", HelpName = "ADDRESS", Required = true };
        Option<string[]> roles = MemberCommands.RoleOption();
        Command register = new(
            "register",
            """
            Register a member on the ledger whose records another node keeps: organisation, account and log. For the
            consortium's admin. Slugs are public to all members: that of an enterprise must be a pseudonym.
            """)
        {
            slug,
            account,
            roles,
        };
        register.SetAction((result, cancellationToken) => RunAsync(
            result,
            result.GetRequiredValue(slug),
            result.GetRequiredValue(account),
            MemberCommands.ReadRoles(result.GetRequiredValue(roles)),
            cancellationToken));
        return register;
    }

    private static async Task<int> RunAsync(ParseResult result, string slug, string account, IReadOnlyList<ConsortiumRole> roles, CancellationToken cancellationToken)
    {
        MemberCommands.CheckSlug(slug);
        if (!Address.TryParse(account, out Address address))
        {
            throw new InputException($"'{account}' is not an address: expected 0x and 40 hex digits, lower case or with their EIP-55 checksum.");
        }

        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        MemberIdentity member = new(slug, MemberIdentity.WithOperator(roles), address, $"{workspace.Config.Network}/{slug}");
        using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
        bool sent = await new MemberRegistry(workspace, result.OpenKeys(workspace)).RegisterAsync(session, member, TimeProvider.System, cancellationToken);
        output.Result(
            new JsonObject(
                new JsonMember("slug", new JsonString(slug)),
                new JsonMember("account", new JsonString(address.ToString())),
                new JsonMember("origin", new JsonString(member.Origin)),
                new JsonMember("new", new JsonBoolean(sent))),
            text => text.WriteLine(sent ? $"Registered {slug}, account {address}, log {member.Origin}." : $"{slug} was registered already."));
        return ExitCode.Done;
    }
}
