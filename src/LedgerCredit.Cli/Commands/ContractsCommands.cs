using System.CommandLine;
using LedgerCredit.Ethereum;
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

        Argument<string> consortium = new("CONSORTIUM") { Description = "Address of the Consortium." };
        Argument<string> evidenceLog = new("EVIDENCELOG") { Description = "Address of the EvidenceLog." };
        Option<ulong> block = new("--block") { Description = "The block they were deployed in: the audit reads events from there. Default: the first one.", HelpName = "N" };
        Command use = new("use", "Use contracts that another member deployed on this network. Once only, like 'deploy'.") { consortium, evidenceLog, block };
        use.SetAction((result, cancellationToken) => UseAsync(
            result,
            ReadAddress(result.GetRequiredValue(consortium)),
            ReadAddress(result.GetRequiredValue(evidenceLog)),
            result.GetValue(block),
            cancellationToken));
        return new Command("contracts", "The contracts on the ledger.") { deploy, use };
    }

    private static async Task<int> UseAsync(ParseResult result, Address consortium, Address evidenceLog, ulong block, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
        ContractAddresses contracts = new(consortium, evidenceLog, block);
        await new ContractDeployment(workspace, result.OpenKeys(workspace)).UseAsync(session, contracts, cancellationToken);
        Show(output, contracts);
        return ExitCode.Done;
    }

    private static Address ReadAddress(string text) =>
        Address.TryParse(text, out Address address)
            ? address
            : throw new InputException($"'{text}' is not an address: expected 0x and 40 hex digits, lower case or with their EIP-55 checksum.");

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

        Show(output, contracts);
        return ExitCode.Done;
    }

    private static void Show(CommandOutput output, ContractAddresses contracts) => output.Result(
            new JsonObject(
                new JsonMember("consortium", new JsonString(contracts.Consortium.ToString())),
                new JsonMember("evidenceLog", new JsonString(contracts.EvidenceLog.ToString())),
                new JsonMember("deploymentBlock", new JsonNumber(checked((long)contracts.DeploymentBlock)))),
            text =>
            {
                text.WriteLine($"Consortium   {contracts.Consortium}");
                text.WriteLine($"EvidenceLog  {contracts.EvidenceLog}");
            });
}
