using System.CommandLine;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>devnet up | down | status</c>.</summary>
internal static class DevnetCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create()
    {
        Command up = new("up", "Start the workspace's devnet and wait until it answers. It goes on in the background; its state is kept in the workspace.");
        up.SetAction(async (result, cancellationToken) =>
        {
            DevnetState state = await new Devnet(result.OpenWorkspace()).StartAsync(cancellationToken);
            Show(new CommandOutput(result), state);
            return ExitCode.Done;
        });

        Command down = new("down", "Stop the devnet and save its state.");
        down.SetAction(async (result, cancellationToken) =>
        {
            bool wasRunning = await new Devnet(result.OpenWorkspace()).StopAsync(cancellationToken);
            new CommandOutput(result).Result(
                new JsonObject(new JsonMember("wasRunning", new JsonBoolean(wasRunning))),
                text => text.WriteLine(wasRunning ? "The devnet has stopped; its state is saved." : "The devnet was not running."));
            return ExitCode.Done;
        });

        Command status = new("status", "Say whether the devnet runs and where. Exit code 3 when it does not.");
        status.SetAction(result =>
        {
            Workspace workspace = result.OpenWorkspace();
            DevnetState? state = new Devnet(workspace).FindRunning();
            Show(new CommandOutput(result), state);
            return state is null ? ExitCode.Undecided : ExitCode.Done;
        });

        return new Command("devnet", "The embedded development ledger of a workspace.") { up, down, status };
    }

    private static void Show(CommandOutput output, DevnetState? state) => output.Result(
        state is null
            ? new JsonObject(new JsonMember("running", new JsonBoolean(false)))
            : new JsonObject(
                new JsonMember("running", new JsonBoolean(true)),
                new JsonMember("rpcUrl", new JsonString(state.RpcUrl)),
                new JsonMember("processId", new JsonNumber(state.ProcessId))),
        text => text.WriteLine(state is null ? "The devnet is not running." : $"The devnet answers at {state.RpcUrl} (process {state.ProcessId}). It goes on until 'ledgercredit devnet down'."));
}
