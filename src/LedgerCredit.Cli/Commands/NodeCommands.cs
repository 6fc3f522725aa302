using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Telemetry;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>node run | endpoint | outbox | reindex</c>.</summary>
internal static class NodeCommands
{
    private const int LongestAnchorSeconds = 86_400;

    /// <summary>Makes the commands.</summary>
    public static Command Create() =>
        new("node", "The node at work: follows the ledger, moves repair cases on, tells supervisors, anchors the logs.")
        {
            CreateRun(),
            NodeEndpointCommands.Create(),
            NodeOutboxCommands.Create(),
            NodeReindexCommand.Create(),
        };

    private static Command CreateRun()
    {
        Option<bool> once = new("--once") { Description = "Do everything that is due now, once, and end; nothing is served." };
        Option<int> anchorEvery = new("--anchor-every")
        {
            Description = "Seconds between two anchorings of the logs that have grown.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 60,
        };
        Option<string?> rpc = new("--rpc") { Description = "Another endpoint of the same ledger than the configured one.", HelpName = "URL" };
        Option<string[]> listen = new("--listen")
        {
            Description = "An address to serve on, http or https with an IP address and a port (0: any that is free); repeat it for several. 'off' serves nothing.",
            HelpName = "URL",
            DefaultValueFactory = _ => ["http://127.0.0.1:8420"],
        };
        Option<string?> publicUrl = new("--public-url") { Description = "The address that callers know the service by, where it is another: what they sign in to.", HelpName = "URL" };
        Option<string?> certificate = new("--tls-certificate") { Description = "The certificate of https addresses with its chain, a PEM file.", HelpName = "FILE" };
        Option<string?> key = new("--tls-key") { Description = "The certificate's private key, a PEM file without a password.", HelpName = "FILE" };
        Command run = new(
            "run",
            """
            The node as a service: an HTTP API for records, evidence, repair cases and logs (/openapi/v1.json describes it); beside it,
            follow the ledger; repair sanctions where only time was missing; escalate what is overdue for the first time; record
            the steps of repair cases in the members' logs; anchor the logs; tell the supervisory endpoints. Until it is
            interrupted, or --once. One line on standard error for each thing done, or with --json one JSON object a line on
            standard output. Safe to stop and to kill at any moment. One node for each workspace.
            """)
        {
            once,
            anchorEvery,
            rpc,
            listen,
            publicUrl,
            certificate,
            key,
        };
        run.SetAction((result, cancellationToken) => RunAsync(
            result,
            result.GetValue(once),
            new NodeOptions { RpcUrl = LedgerAccess.CheckRpcUrl(result.GetValue(rpc)), AnchorEvery = ReadSeconds(result.GetValue(anchorEvery)) },
            new ServiceOptions
            {
                Listen = ReadAddresses(result.GetRequiredValue(listen)),
                PublicUrl = result.GetValue(publicUrl) is string url ? ReadAddress("--public-url", url) : null,
                CertificatePath = result.GetValue(certificate),
                CertificateKeyPath = result.GetValue(key),
            },
            cancellationToken));
        return run;
    }

    private static async Task<int> RunAsync(ParseResult result, bool once, NodeOptions options, ServiceOptions service, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        KeyRing keys = result.OpenKeys(workspace);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        if (once || service.Listen.Count == 0)
        {
            using NodeService node = NodeService.Open(workspace, keys, options, note => Write(output, note), TimeProvider.System, random);

            // Ends first, so that the last it sends is of a node that is there.
            using TelemetryExport? telemetry = TelemetryExport.Start(workspace);
            await (once ? node.RunOnceAsync(cancellationToken) : node.RunAsync(cancellationToken));
            return ExitCode.Done;
        }

        await using NodeHost host = await NodeHost.StartAsync(
            workspace,
            keys,
            service,
            workspace.Config.Ledger.Contracts is null ? null : report => NodeService.Open(workspace, keys, options, report, TimeProvider.System, random),
            note => Write(output, note),
            TimeProvider.System,
            random,
            cancellationToken);
        Write(output, new NodeNote(
            "listening",
            $"Serving {string.Join(" and ", host.Addresses)}; {host.Addresses[0]}/openapi/v1.json describes the API.",
            [new JsonMember("addresses", new JsonArray([.. host.Addresses.Select(address => new JsonString(address))]))]));
        await host.RunAsync(cancellationToken);
        return ExitCode.Done;
    }

    private static IReadOnlyList<Uri> ReadAddresses(string[] addresses)
    {
        if (addresses is ["off"])
        {
            return [];
        }

        return [.. addresses.Select(address => ReadAddress("--listen", address))];
    }

    private static Uri ReadAddress(string option, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri is { PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? uri
            : throw new InputException($"{option} takes an address such as http://127.0.0.1:8420{(option == "--listen" ? ", or 'off'" : "")}, found '{RemoteAddress.WithoutUser(text)}'.");

    private static TimeSpan ReadSeconds(int seconds) => seconds is >= 1 and <= LongestAnchorSeconds
        ? TimeSpan.FromSeconds(seconds)
        : throw new InputException($"--anchor-every takes 1 to {LongestAnchorSeconds} seconds, found {seconds}.");

    /// <summary>Says what was done, for people or for machines.</summary>
    public static void Write(CommandOutput output, NodeNote note)
    {
        string time = UtcTime.Format(TimeProvider.System.GetUtcNow());
        if (output.IsJson)
        {
            JsonObject line = new(
            [
                new JsonMember("time", new JsonString(time)),
                new JsonMember("kind", new JsonString(note.Kind)),
                .. note.Facts,
                new JsonMember("text", new JsonString(note.Text)),
            ]);
            output.Out.WriteLine(Encoding.UTF8.GetString(JsonText.WriteLine(line)));
            output.Out.Flush();
        }
        else
        {
            output.Note($"{time} {note.Text}");
        }
    }
}
