using System.CommandLine;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>contracts deploy</c>.</summary>
internal static class ContractsCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create()
    {
        Command deploy = new(
            "deploy",
            """
            Deploy Consortium and EvidenceLog with the account 'admin' (made when it is missing), and register the members
            that this workspace has already. Once only: evidence refers to the contracts for ever.
            """);
        deploy.SetAction(DeployAsync);
        return new Command("contracts", "The contracts on the ledger.") { deploy };
    }

    private static async Task<int> DeployAsync(ParseResult result, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        KeyRing keys = result.OpenKeys(workspace);
        ContractAddresses contracts;
        using (LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken))
        {
            contracts = await new ContractDeployment(workspace, keys).DeployAsync(session, TimeProvider.System, cancellationToken);
        }

        using (LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken))
        {
            MemberRegistry registry = new(workspace, keys);
            foreach (MemberConfig member in workspace.Config.Members)
            {
                await registry.RegisterAsync(session, MemberIdentity.Of(member), TimeProvider.System, cancellationToken);
            }
        }

        output.Result(
            new JsonObject(
                new JsonMember("consortium", new JsonString(contracts.Consortium.ToString())),
                new JsonMember("evidenceLog", new JsonString(contracts.EvidenceLog.ToString())),
                new JsonMember("deploymentBlock", new JsonNumber(checked((long)contracts.DeploymentBlock)))),
            text =>
            {
                text.WriteLine($"Consortium   {contracts.Consortium}");
                text.WriteLine($"EvidenceLog  {contracts.EvidenceLog}");
            });
        return ExitCode.Done;
    }
}
