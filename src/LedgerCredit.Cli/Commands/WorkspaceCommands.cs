using System.CommandLine;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>workspace init | backup | restore</c>.</summary>
internal static class WorkspaceCommands
{
    private const string DevnetNetwork = "devnet.ledgercredit";
    private const ulong DevnetChainId = 31700;

    /// <summary>Makes the commands.</summary>
    public static Command Create()
    {
        Option<string> network = new("--network")
        {
            Description = "The network's name, the first part of every log's origin.",
            HelpName = "NAME",
            DefaultValueFactory = _ => DevnetNetwork,
        };
        Option<string?> rpc = new("--rpc") { Description = "JSON-RPC address of a ledger that others run. Without it: the embedded devnet.", HelpName = "URL" };
        Option<ulong> chainId = new("--chain-id") { Description = "The ledger's chain id.", HelpName = "N", DefaultValueFactory = _ => DevnetChainId };
        Option<FileInfo?> consensus = new("--consensus")
        {
            Description = "JSON file with the 'consensus' object of trust policies for that ledger (docs/spec/trust.md). Needed with --rpc.",
            HelpName = "FILE",
        };
        Option<bool> persons = new("--allow-natural-persons")
        {
            Description = "Accept records about natural persons, which are refused otherwise. Later: 'allowNaturalPersons' in workspace.json.",
        };
        Command init = new(
            "init",
            """
            Make a workspace: a folder with configuration, keys and an empty store. With no options it uses the embedded
            devnet and needs nothing else. For a real ledger give --rpc, --chain-id, --network and --consensus; its keys
            are protected by a password.
            """)
        {
            network,
            rpc,
            chainId,
            consensus,
            persons,
        };
        init.SetAction(result => Init(
            result,
            result.GetRequiredValue(network),
            result.GetValue(rpc),
            result.GetRequiredValue(chainId),
            result.GetValue(consensus),
            result.GetValue(persons)));
        return new Command("workspace", "The folder with all that one node has.") { init, WorkspaceBackupCommands.CreateBackup(), WorkspaceBackupCommands.CreateRestore() };
    }

    private static int Init(ParseResult result, string network, string? rpc, ulong chainId, FileInfo? consensusFile, bool allowNaturalPersons)
    {
        CommandOutput output = new(result);
        if (!WorkspaceConfig.IsNetworkName(network))
        {
            throw new InputException($"'{network}' is not a network name: expected labels of lower-case letters, digits and hyphens joined by dots, as in '{DevnetNetwork}'.");
        }

        if (rpc is not null && (!Uri.TryCreate(rpc, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https")))
        {
            throw new InputException($"'{RemoteAddress.WithoutUser(rpc)}' is not a JSON-RPC address: expected http:// or https://.");
        }

        if (rpc is not null && consensusFile is null)
        {
            throw new InputException("A ledger that others run needs --consensus FILE: how a verifier is to judge its blocks cannot be guessed.");
        }

        JsonObject? consensus = consensusFile is null ? null : ReadConsensus(consensusFile);
        LedgerKind kind = rpc is null ? LedgerKind.Devnet : LedgerKind.External;
        WorkspaceConfig config = new(network, new LedgerConfig(kind, rpc, chainId, Contracts: null, consensus), [])
        {
            Rules = new RecordRules { AllowNaturalPersons = allowNaturalPersons },
        };
        PasswordSource passwords = result.Passwords();
        if (kind == LedgerKind.External)
        {
            // Asked for before anything is made, so that a missing password leaves no half-made workspace.
            passwords.GetPassword(isNew: true);
        }

        Workspace workspace = Workspace.Create(result.WorkspaceFolder(), config, made => new KeyRing(made, passwords).CreateSubjectKey());

        // As everywhere without user, path and query, which may hold access keys.
        string? endpoint = rpc is null ? null : new Uri(rpc).GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        output.Result(
            new JsonObject(
                new JsonMember("workspace", new JsonString(workspace.Folder)),
                new JsonMember("network", new JsonString(network)),
                new JsonMember("ledger", new JsonString(endpoint ?? "devnet"))),
            text =>
            {
                text.WriteLine($"Made the workspace {workspace.Folder} for network {network}, ledger {endpoint ?? "embedded devnet"}.");
                text.WriteLine(kind == LedgerKind.Devnet
                    ? "Its keys are not protected, because it is for development. Next: ledgercredit devnet up"
                    : "Next, to join a network: ledgercredit contracts use REPAIRDESK, with the address from its admin. To begin one: ledgercredit key new admin, then ledgercredit contracts deploy");
            });
        return ExitCode.Done;
    }

    private static JsonObject ReadConsensus(FileInfo file)
    {
        byte[] text = InputFile.Read(file.FullName, JsonLimits.Document.MaxBytes);
        if (!StrictJson.TryParse(text, JsonLimits.Document, out JsonValue? value, out ParseProblem? problem))
        {
            throw new InputException($"'{file}' is not JSON. {problem}");
        }

        return value as JsonObject ?? throw new InputException($"'{file}' does not hold a JSON object.");
    }
}
