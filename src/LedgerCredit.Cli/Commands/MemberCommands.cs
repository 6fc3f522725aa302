using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>member add | account | register | appoint | dismiss | suspend | resume | retire | list</c>.</summary>
internal static class MemberCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create()
    {
        Argument<string[]> slugs = new("SLUG") { Description = "Short names: 2 to 63 lower-case letters, digits and hyphens.", Arity = ArgumentArity.OneOrMore };
        Option<string[]> roles = RoleOption();
        Command add = new(
            "add",
            """
            Add members whose logs this workspace keeps: an account, a log key and a log for each, registered in the
            consortium on the ledger. Without contracts yet, 'contracts deploy' registers them. Doing it again completes
            what was interrupted.
            """)
        {
            slugs,
            roles,
        };
        add.SetAction((result, cancellationToken) => AddAsync(result, result.GetRequiredValue(slugs), result.GetRequiredValue(roles), cancellationToken));

        return new Command("member", "The organisations whose records this node keeps, their accounts, and who may act for a subject.")
        {
            add,
            MemberAccountCommand.Create(),
            MemberRegisterCommand.Create(),
            RepresentativeCommands.CreateAppoint(),
            RepresentativeCommands.CreateDismiss(),
            GovernanceCommands.CreateSuspend(),
            GovernanceCommands.CreateResume(),
            GovernanceCommands.CreateRetire(),
            CreateList(),
        };
    }

    private static Command CreateList()
    {
        Command list = new("list", "List the members of this workspace with their accounts. 'as' is the name that --as takes.");
        list.SetAction(result =>
        {
            WorkspaceConfig config = result.OpenWorkspace().Config;
            new CommandOutput(result).Result(
                new JsonArray([.. config.Members.Select(m => Describe(m))]),
                text => CommandOutput.Table(text, ["as", "roles", "account", "log"], ActingAccount.ReadAll(config).Select(account => (IReadOnlyList<string>)
                [
                    account.KeyName,
                    string.Join(' ', account.Roles),
                    account.Address.ToString(),
                    config.FindMember(account.KeyName)?.Origin ?? "",
                ])));
            return ExitCode.Done;
        });
        return list;
    }

    /// <summary>The option that says which roles a member has.</summary>
    public static Option<string[]> RoleOption() => new("--role")
    {
        Description = $"A role of the member; may be given several times: {string.Join(", ", ConsortiumRoles.Names)}.",
        HelpName = "ROLE",
        DefaultValueFactory = _ => ["authority"],
    };

    /// <summary>Reads the names of roles.</summary>
    /// <exception cref="InputException">A name is no role's.</exception>
    public static IReadOnlyList<ConsortiumRole> ReadRoles(string[] names)
    {
        List<ConsortiumRole> roles = [];
        foreach (string name in names)
        {
            roles.Add(ConsortiumRoles.TryParse(name, out ConsortiumRole role)
                ? role
                : throw new InputException($"'{name}' is not a role: expected one of {string.Join(", ", ConsortiumRoles.Names)}."));
        }

        return roles;
    }

    /// <summary>Checks that a text is a slug.</summary>
    /// <exception cref="InputException">It is not.</exception>
    public static void CheckSlug(string slug)
    {
        if (!IssuerSlug.IsValid(slug))
        {
            throw new InputException($"'{slug}' is not a member's slug: expected 2 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit.");
        }
    }

    private static async Task<int> AddAsync(ParseResult result, string[] slugs, string[] roleNames, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        foreach (string slug in slugs)
        {
            CheckSlug(slug);
        }

        IReadOnlyList<ConsortiumRole> roles = ReadRoles(roleNames);
        Workspace workspace = result.OpenWorkspace();
        KeyRing keys = result.OpenKeys(workspace);
        MemberRegistry registry = new(workspace, keys);
        List<(MemberConfig Member, bool IsNew)> added = [.. slugs.Select(slug => registry.AddLocal(slug, roles))];
        bool onLedger = workspace.Config.Ledger.Contracts is not null;
        if (onLedger)
        {
            using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
            foreach ((MemberConfig member, bool _) in added)
            {
                await registry.RegisterAllAsync(session, member, TimeProvider.System, cancellationToken);
            }
        }

        output.Result(
            new JsonArray([.. added.Select(a => Describe(a.Member, new JsonMember("new", new JsonBoolean(a.IsNew)), new JsonMember("onLedger", new JsonBoolean(onLedger))))]),
            text =>
            {
                foreach ((MemberConfig member, bool isNew) in added)
                {
                    string state = onLedger ? "registered on the ledger" : "to be registered by 'contracts deploy'";
                    text.WriteLine($"{(isNew ? "Added" : "Was there:")} {member.Slug} ({string.Join(", ", member.Roles)}), log {member.Origin}, {state}.");
                }
            });
        return ExitCode.Done;
    }

    private static JsonObject Describe(MemberConfig member, params JsonMember[] more) => new([
        new JsonMember("slug", new JsonString(member.Slug)),
        new JsonMember("roles", new JsonArray([.. member.Roles.Select(role => new JsonString(role))])),
        new JsonMember("account", new JsonString(member.Account.ToString())),
        new JsonMember("origin", new JsonString(member.Origin)),
        new JsonMember("verifierKey", new JsonString(member.VerifierKey)),
        new JsonMember("accounts", new JsonArray([.. member.Accounts.Select(account => new JsonObject(
            new JsonMember("as", new JsonString(ActingAccount.KeyNameOf(member.Slug, account.Name))),
            new JsonMember("roles", new JsonArray([.. account.Roles.Select(role => new JsonString(role))])),
            new JsonMember("account", new JsonString(account.Address.ToString()))))])),
        .. more,
    ]);
}
