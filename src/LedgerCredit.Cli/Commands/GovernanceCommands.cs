using System.CommandLine;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>member suspend | resume | retire</c>: what the consortium's admin does when something is wrong with a member.</summary>
internal static class GovernanceCommands
{
    /// <summary>Makes <c>member suspend</c>.</summary>
    public static Command CreateSuspend() => OfOrganisation(
        "suspend",
        """
        Suspend a member: none of its accounts may do anything until it is resumed, and its approvals in repair cases do not
        count meanwhile. For the consortium's admin.
        """,
        ConsortiumContract.EncodeSuspendOrganisation,
        isSuspended: true);

    /// <summary>Makes <c>member resume</c>.</summary>
    public static Command CreateResume() => OfOrganisation(
        "resume", "End a member's suspension. For the consortium's admin.", ConsortiumContract.EncodeResumeOrganisation, isSuspended: false);

    /// <summary>Makes <c>member retire</c>.</summary>
    public static Command CreateRetire()
    {
        Argument<string> account = new("ACCOUNT") { Description = "An account of this workspace by its name ('member list'), or an address." };
        Command retire = new("retire", "Retire an account for good: a lost or stolen key, or a person who left. For the consortium's admin.") { account };
        retire.SetAction(async (result, cancellationToken) =>
        {
            CommandOutput output = new(result);
            Workspace workspace = result.OpenWorkspace();
            string name = result.GetRequiredValue(account);
            Address address = ActingAccount.ReadAll(workspace.Config).FirstOrDefault(a => a.KeyName == name)?.Address ?? ContractsCommands.ReadAddress(name);
            using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
            ConsortiumAccount before = await new ConsortiumContract(session.Client, session.Contracts.Consortium).FetchAccountAsync(address, cancellationToken);
            if (!before.IsRetired)
            {
                await SendAsync(result, workspace, session, ConsortiumContract.EncodeRetireAccount(address), cancellationToken);
            }

            output.Result(
                new JsonObject(
                    new JsonMember("account", new JsonString(address.ToString())),
                    new JsonMember("retired", new JsonBoolean(true)),
                    new JsonMember("changed", new JsonBoolean(!before.IsRetired))),
                text => text.WriteLine(before.IsRetired ? $"{address} was retired already." : $"{address} is retired for good."));
            return ExitCode.Done;
        });
        return retire;
    }

    private static Command OfOrganisation(string verb, string description, Func<Bytes32, byte[]> encode, bool isSuspended)
    {
        Argument<string> slug = new("SLUG") { Description = "The member, of this node or of another." };
        Command command = new(verb, description) { slug };
        command.SetAction(async (result, cancellationToken) =>
        {
            string name = result.GetRequiredValue(slug);
            MemberCommands.CheckSlug(name);
            CommandOutput output = new(result);
            Workspace workspace = result.OpenWorkspace();
            using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
            Bytes32 organisation = ConsortiumContract.OrganisationId(name);
            ConsortiumOrganisation before = await new ConsortiumContract(session.Client, session.Contracts.Consortium).FetchOrganisationAsync(organisation, cancellationToken);
            if (!before.IsRegistered)
            {
                throw new InputException($"The consortium has no member '{name}'. 'member list' shows those of this node.");
            }

            bool isChange = before.IsSuspended != isSuspended;
            if (isChange)
            {
                await SendAsync(result, workspace, session, encode(organisation), cancellationToken);
            }

            output.Result(
                new JsonObject(
                    new JsonMember("slug", new JsonString(name)),
                    new JsonMember("suspended", new JsonBoolean(isSuspended)),
                    new JsonMember("changed", new JsonBoolean(isChange))),
                text => text.WriteLine($"{name} is {(isSuspended ? "suspended" : "not suspended")}{(isChange ? "" : ", as before")}."));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task SendAsync(ParseResult result, Workspace workspace, LedgerSession session, byte[] callData, CancellationToken cancellationToken)
    {
        using Secp256k1Key admin = result.OpenKeys(workspace).OpenAccount(KeyRing.AdminName);
        await new LedgerTransactions(session, TimeProvider.System).RunAsync(admin, session.Contracts.Consortium, callData, cancellationToken);
    }
}
