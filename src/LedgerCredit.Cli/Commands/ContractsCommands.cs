using System.CommandLine;
using System.Globalization;
using LedgerCredit.Ethereum;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>contracts deploy | use | packs | add-pack | close-pack</c>.</summary>
internal static class ContractsCommands
{
    private const string Demonstration = "demonstration";

    /// <summary>Makes the commands.</summary>
    public static Command Create()
    {
        Command deploy = new(
            "deploy",
            """
            Deploy Consortium, EvidenceLog, RulePacks and RepairDesk with the account 'admin' (made when it is missing), add
            the rule packs and register the members that this workspace has already. Once only: evidence refers to the
            contracts for ever. Rule packs for demonstrations are added on the devnet alone.
            """);
        deploy.SetAction(DeployAsync);

        Argument<string> repairDesk = new("REPAIRDESK") { Description = "Address of the RepairDesk; it names the others." };
        Option<ulong> block = new("--block") { Description = "The block they were deployed in: events are read from there. Default: the first one.", HelpName = "N" };
        Command use = new("use", "Use contracts that another member deployed on this network. Once only, like 'deploy'.") { repairDesk, block };
        use.SetAction((result, cancellationToken) => UseAsync(
            result,
            ReadAddress(result.GetRequiredValue(repairDesk)),
            result.GetValue(block),
            cancellationToken));
        return new Command("contracts", "The contracts on the ledger, and the rule packs of repair.") { deploy, use, CreatePacks(), CreateAddPack(), CreateClosePack() };
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public static Address ReadAddress(string text) =>
        Address.TryParse(text, out Address address)
            ? address
            : throw new InputException($"'{text}' is not an address: expected 0x and 40 hex digits, lower case or with their EIP-55 checksum.");

    private static Command CreatePacks()
    {
        Command packs = new("packs", "List the rule packs that this workspace knows, and how each stands on the ledger.");
        packs.SetAction(async (result, cancellationToken) =>
        {
            CommandOutput output = new(result);
            Workspace workspace = result.OpenWorkspace();
            using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
            RulePackRegistry registry = new(session, result.OpenKeys(workspace), TimeProvider.System);
            List<RulePackStanding> standings = [];
            foreach (RulePack pack in workspace.LoadRulePacks().Packs)
            {
                standings.Add(await registry.FetchAsync(pack, cancellationToken));
            }

            output.Result(
                new JsonArray([.. standings.Select(Describe)]),
                text => CommandOutput.Table(
                    text,
                    ["rule pack", "status", "on the ledger", "hash"],
                    standings.Select(s => (IReadOnlyList<string>)[s.Pack.Id, s.Pack.Status, StandingOf(s), s.Pack.Hash.ToString()])));
            return ExitCode.Done;
        });
        return packs;
    }

    private static Command CreateAddPack()
    {
        Argument<string> pack = new("PACK") { Description = "A rule pack document (JSON), or the id of one that this workspace has." };
        Option<string[]> authorities = new("--authority") { Description = "Slug of an authority that it is open to; may be given several times. Default: all.", HelpName = "SLUG" };
        Command add = new(
            "add-pack",
            """
            Add a rule pack to this workspace and to the ledger, for ever; for the consortium's admin. The contract gets the
            parameters that follow from the document. Nodes of other members take the same document with the same command,
            which sends nothing where the ledger has it.
            """)
        {
            pack,
            authorities,
        };
        add.SetAction(async (result, cancellationToken) =>
        {
            string[] slugs = result.GetValue(authorities) ?? [];
            foreach (string slug in slugs)
            {
                MemberCommands.CheckSlug(slug);
            }

            CommandOutput output = new(result);
            Workspace workspace = result.OpenWorkspace();
            string name = result.GetRequiredValue(pack);
            RulePack document = workspace.LoadRulePacks().Find(name) ?? ReadPack(workspace, name);
            using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
            (RulePackStanding standing, bool isNew) = await new RulePackRegistry(session, result.OpenKeys(workspace), TimeProvider.System).AddAsync(document, slugs, cancellationToken);
            output.Result(Describe(standing), text => text.WriteLine(isNew
                ? $"Added the rule pack {document.Id} to the ledger as number {standing.Number}, open to {(slugs.Length == 0 ? "all authorities" : string.Join(", ", slugs))}."
                : $"The ledger has the rule pack {document.Id} as number {standing.Number}; nothing was sent."));
            return ExitCode.Done;
        });
        return add;
    }

    private static Command CreateClosePack()
    {
        Argument<string> id = new("ID") { Description = "The id of the rule pack." };
        Command close = new("close-pack", "Close a rule pack to new cases, for good; cases under way keep it. For the consortium's admin.") { id };
        close.SetAction(async (result, cancellationToken) =>
        {
            CommandOutput output = new(result);
            Workspace workspace = result.OpenWorkspace();
            RulePackCatalog catalog = workspace.LoadRulePacks();
            RulePack pack = catalog.Find(result.GetRequiredValue(id))
                ?? throw new InputException($"There is no rule pack '{result.GetRequiredValue(id)}' here: expected one of {string.Join(", ", catalog.Ids)}.");
            using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
            RulePackRegistry registry = new(session, result.OpenKeys(workspace), TimeProvider.System);
            await registry.CloseAsync(pack, cancellationToken);
            output.Result(
                new JsonObject(new JsonMember("id", new JsonString(pack.Id)), new JsonMember("closed", new JsonBoolean(true))),
                text => text.WriteLine($"Closed the rule pack {pack.Id} to new cases."));
            return ExitCode.Done;
        });
        return close;
    }

    private static RulePack ReadPack(Workspace workspace, string name) =>
        File.Exists(name)
            ? workspace.AddRulePack(name)
            : throw new InputException($"'{name}' is neither a file nor the id of a rule pack here: expected a file, or one of {string.Join(", ", workspace.LoadRulePacks().Ids)}.");

    private static string StandingOf(RulePackStanding standing) => standing switch
    {
        { Number: 0 } => "not added",
        { IsClosed: true } => "closed to new cases",
        _ => string.Create(CultureInfo.InvariantCulture, $"number {standing.Number}"),
    };

    private static JsonObject Describe(RulePackStanding standing) => new(
        new JsonMember("id", new JsonString(standing.Pack.Id)),
        new JsonMember("status", new JsonString(standing.Pack.Status)),
        new JsonMember("hash", new JsonString(standing.Pack.Hash.ToString())),
        new JsonMember("number", new JsonNumber(standing.Number)),
        new JsonMember("closed", new JsonBoolean(standing.IsClosed)));

    private static async Task<int> UseAsync(ParseResult result, Address repairDesk, ulong block, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        using LedgerSession session = await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken);
        Show(output, await new ContractDeployment(workspace, result.OpenKeys(workspace)).UseAsync(session, repairDesk, block, cancellationToken));
        return ExitCode.Done;
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
            // A crash from here on leaves packs or members unregistered: 'contracts add-pack' and 'member add' complete them.
            RulePackRegistry packs = new(session, keys, TimeProvider.System);
            bool isDevnet = workspace.Config.Ledger.Kind == LedgerKind.Devnet;
            foreach (RulePack pack in workspace.LoadRulePacks().Packs.Where(pack => isDevnet || pack.Status != Demonstration))
            {
                await packs.AddAsync(pack, [], cancellationToken);
            }

            MemberRegistry members = new(workspace, keys);
            foreach (MemberConfig member in workspace.Config.Members)
            {
                await members.RegisterAllAsync(session, member, TimeProvider.System, cancellationToken);
            }
        }

        Show(output, contracts);
        return ExitCode.Done;
    }

    private static void Show(CommandOutput output, ContractAddresses contracts) => output.Result(
            new JsonObject(
                new JsonMember("consortium", new JsonString(contracts.Consortium.ToString())),
                new JsonMember("evidenceLog", new JsonString(contracts.EvidenceLog.ToString())),
                new JsonMember("rulePacks", new JsonString(contracts.RulePacks.ToString())),
                new JsonMember("repairDesk", new JsonString(contracts.RepairDesk.ToString())),
                new JsonMember("deploymentBlock", new JsonNumber(checked((long)contracts.DeploymentBlock)))),
            text =>
            {
                text.WriteLine($"Consortium   {contracts.Consortium}");
                text.WriteLine($"EvidenceLog  {contracts.EvidenceLog}");
                text.WriteLine($"RulePacks    {contracts.RulePacks}");
                text.WriteLine($"RepairDesk   {contracts.RepairDesk}");
            });
}
