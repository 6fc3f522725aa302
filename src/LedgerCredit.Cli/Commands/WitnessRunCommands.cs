using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using LedgerCredit.Log;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Witness;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>witness init | log add | log list | run</c>: being a witness for the logs of others.</summary>
internal static class WitnessRunCommands
{
    /// <summary>Makes <c>witness init</c>.</summary>
    public static Command CreateInit()
    {
        Option<string> name = new("--name")
        {
            Description = "The witness's name, by custom an address without scheme, such as 'witness.example/w1'. It is never changed.",
            HelpName = "NAME",
            Required = true,
        };
        Command init = new(
            "init",
            """
            Make a witness with a key of its own in the folder of --data, and print the verifier key that logs and verifiers need. The folder is no
            workspace, and is never restored from a backup: a witness that forgets what it cosigned can be made to cosign
            another history. Where it is lost, begin with another name.
            """)
        {
            name,
        };
        init.SetAction(result =>
        {
            string chosen = result.GetRequiredValue(name);
            if (!WitnessKey.IsValidName(chosen))
            {
                throw new InputException($"'{chosen}' is not a name of a witness: expected text without spaces and plus signs.");
            }

            string password = result.Passwords().GetPassword(isNew: true);
            using RandomNumberGenerator random = RandomNumberGenerator.Create();
            WitnessFolder folder = WitnessFolder.Create(result.WorkspaceFolder(), chosen, password, ScryptCost.Standard, random);
            string key = folder.ReadConfig().Key.ToString();
            new CommandOutput(result).Result(
                new JsonObject(new JsonMember("folder", new JsonString(folder.Path)), new JsonMember("name", new JsonString(chosen)), new JsonMember("key", new JsonString(key))),
                text => text.WriteLine($"Made the witness {chosen} in '{folder.Path}'. Its verifier key: {key}"));
            return ExitCode.Done;
        });
        return init;
    }

    /// <summary>Makes <c>witness log</c>.</summary>
    public static Command CreateLog()
    {
        Argument<string> origin = new("ORIGIN") { Description = "The log's origin: the first line of its checkpoints." };
        Option<string> key = new("--key") { Description = "The verifier key of its checkpoints: name+hash+key, of signature type 1.", HelpName = "VKEY", Required = true };
        Command add = new(
            "add",
            """
            Cosign the checkpoints of a log from now on; the first one that it sends is taken as it is. For a log that is there, accept a
            further key. A running witness takes it up at once.
            """)
        {
            origin,
            key,
        };
        add.SetAction(result => AddLog(result, result.GetRequiredValue(origin), result.GetRequiredValue(key)));
        Command list = new("list", "List the logs that are looked after, and what was cosigned last of each. Exit code 1 when one of them has forked.");
        list.SetAction(ListLogs);
        return new Command("log", "The logs that the witness looks after.") { add, list };
    }

    /// <summary>Makes <c>witness run</c>.</summary>
    public static Command CreateRun()
    {
        Option<string[]> listen = new("--listen")
        {
            Description = "An address to serve on, http or https with an IP address and a port (0: any that is free); repeat it for several.",
            HelpName = "URL",
            DefaultValueFactory = _ => ["http://127.0.0.1:8430"],
        };
        Option<string?> certificate = new("--tls-certificate") { Description = "The certificate of https addresses with its chain, a PEM file.", HelpName = "FILE" };
        Option<string?> privateKey = new("--tls-key") { Description = "The certificate's private key, a PEM file without a password.", HelpName = "FILE" };
        Command run = new(
            "run",
            """
            Cosign checkpoints of the logs that are looked after, by C2SP tlog-witness: POST add-checkpoint below each address. Never two
            trees of one size, never a smaller one after a larger. Until it is interrupted; safe to stop and to kill at any
            moment. One process for each folder.
            """)
        {
            listen,
            certificate,
            privateKey,
        };
        run.SetAction((result, cancellationToken) => RunAsync(
            result,
            new ServiceOptions
            {
                Listen = [.. result.GetRequiredValue(listen).Select(ReadAddress)],
                CertificatePath = result.GetValue(certificate),
                CertificateKeyPath = result.GetValue(privateKey),
            },
            cancellationToken));
        return run;
    }

    private static int AddLog(ParseResult result, string origin, string keyText)
    {
        if (!NoteVerifierKey.TryParse(keyText, out NoteVerifierKey? key, out ParseProblem? problem))
        {
            throw new InputException($"'{keyText}' is not the verifier key of a log. {problem}");
        }

        if (!Checkpoint.IsValidOrigin(origin))
        {
            throw new InputException($"'{origin}' is not an origin: expected one line without control characters.");
        }

        WitnessedLog log = WitnessFolder.Open(result.WorkspaceFolder()).AddLog(origin, key);
        new CommandOutput(result).Result(
            new JsonObject(
                new JsonMember("origin", new JsonString(log.Origin)),
                new JsonMember("keys", new JsonArray([.. log.Keys.Select(known => new JsonString(known.ToString()))]))),
            text => text.WriteLine(log.Keys.Count == 1 ? $"Looks after {log.Origin}." : $"Looks after {log.Origin}, which has {log.Keys.Count} keys now."));
        return ExitCode.Done;
    }

    private static int ListLogs(ParseResult result)
    {
        WitnessFolder folder = WitnessFolder.Open(result.WorkspaceFolder());
        WitnessConfigFile config = folder.ReadConfig();
        List<(WitnessedLog Log, (ulong TreeSize, DateTimeOffset CosignedAt)? Last, bool HasFork)> rows = [.. config.Logs.Select(log =>
            (log, folder.FindCosigned(log.Origin), folder.HasFork(log.Origin)))];
        new CommandOutput(result).Result(
            new JsonObject(
                new JsonMember("key", new JsonString(config.Key.ToString())),
                new JsonMember("logs", new JsonArray([.. rows.Select(row => new JsonObject(
                    new JsonMember("origin", new JsonString(row.Log.Origin)),
                    new JsonMember("keys", new JsonArray([.. row.Log.Keys.Select(key => new JsonString(key.ToString()))])),
                    new JsonMember("treeSize", row.Last is null ? new JsonNull() : new JsonNumber(row.Last.Value.TreeSize.ToString(CultureInfo.InvariantCulture))),
                    new JsonMember("cosignedAt", row.Last is null ? new JsonNull() : new JsonString(UtcTime.Format(row.Last.Value.CosignedAt))),
                    new JsonMember("forked", new JsonBoolean(row.HasFork))))]))),
            text =>
            {
                text.WriteLine(config.Key.ToString());
                CommandOutput.Table(text, ["log", "entries cosigned", "at", "forked"], rows.Select(row => (IReadOnlyList<string>)
                [
                    row.Log.Origin,
                    row.Last?.TreeSize.ToString(CultureInfo.InvariantCulture) ?? "",
                    row.Last is null ? "" : UtcTime.Format(row.Last.Value.CosignedAt),
                    row.HasFork ? "yes" : "no",
                ]));
            });
        return rows.Any(row => row.HasFork) ? ExitCode.VerificationFailed : ExitCode.Done;
    }

    private static async Task<int> RunAsync(ParseResult result, ServiceOptions options, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        WitnessFolder folder = WitnessFolder.Open(result.WorkspaceFolder());
        using WitnessService witness = WitnessService.Open(folder, result.Passwords().GetPassword(isNew: false), TimeProvider.System);
        await using WitnessHost host = await WitnessHost.StartAsync(witness, options, note => NodeCommands.Write(output, note), cancellationToken);
        NodeCommands.Write(output, new NodeNote(
            "listening",
            $"The witness {witness.Key} takes checkpoints at {string.Join(" and ", host.Addresses)}.",
            [
                new JsonMember("addresses", new JsonArray([.. host.Addresses.Select(address => new JsonString(address))])),
                new JsonMember("key", new JsonString(witness.Key.ToString())),
            ]));
        TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.Register(stopping.SetResult))
        {
            await stopping.Task;
        }

        // Requests under way get their answers.
        await host.StopAsync();
        return ExitCode.Done;
    }

    private static Uri ReadAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri is { PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? uri
            : throw new InputException($"--listen takes an address such as http://127.0.0.1:8430, found '{RemoteAddress.WithoutUser(text)}'.");
}
