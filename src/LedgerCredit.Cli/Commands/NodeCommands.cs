using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

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
        Option<bool> once = new("--once") { Description = "Do everything that is due now, once, and end." };
        Option<int> anchorEvery = new("--anchor-every")
        {
            Description = "Seconds between two anchorings of the logs that have grown.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 60,
        };
        Option<string?> rpc = new("--rpc") { Description = "Another endpoint of the same ledger than the configured one.", HelpName = "URL" };
        Command run = new(
            "run",
            """
            Follow the ledger; repair sanctions where only time was missing; escalate what is overdue for the first time; record
            the steps of repair cases in the members' logs; anchor the logs; tell the supervisory endpoints. Until it is
            interrupted, or --once. One line on standard error for each thing done, or with --json one JSON object a line on
            standard output. Safe to stop and to kill at any moment. One node for each workspace.
            """)
        {
            once,
            anchorEvery,
            rpc,
        };
        run.SetAction((result, cancellationToken) => RunAsync(
            result,
            result.GetValue(once),
            ReadSeconds(result.GetValue(anchorEvery)),
            LedgerAccess.CheckRpcUrl(result.GetValue(rpc)),
            cancellationToken));
        return run;
    }

    private static async Task<int> RunAsync(ParseResult result, bool once, TimeSpan anchorEvery, string? rpcUrl, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        NodeOptions options = new() { RpcUrl = rpcUrl, AnchorEvery = anchorEvery };
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using NodeService node = NodeService.Open(workspace, result.OpenKeys(workspace), options, note => Write(output, note), TimeProvider.System, random);
        if (once)
        {
            await node.RunOnceAsync(cancellationToken);
        }
        else
        {
            await node.RunAsync(cancellationToken);
        }

        return ExitCode.Done;
    }

    private static TimeSpan ReadSeconds(int seconds) => seconds is >= 1 and <= LongestAnchorSeconds
        ? TimeSpan.FromSeconds(seconds)
        : throw new InputException($"--anchor-every takes 1 to {LongestAnchorSeconds} seconds, found {seconds}.");

    private static void Write(CommandOutput output, NodeNote note)
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
