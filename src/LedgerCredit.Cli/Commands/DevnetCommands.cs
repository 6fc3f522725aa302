using System.CommandLine;
using System.Globalization;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>devnet up | down | status | advance</c>.</summary>
internal static class DevnetCommands
{
    private const ulong MaxAdvanceSeconds = 3660 * 86_400;

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

        return new Command("devnet", "The embedded development ledger of a workspace.") { up, down, status, CreateAdvance() };
    }

    private static Command CreateAdvance()
    {
        Argument<string> duration = new("DURATION") { Description = "How far, as 90s, 10m, 2h or 3d; at most 3660 days at once." };
        Command advance = new("advance", "Move the devnet's clock forward, to see what happens when a period is over. There is no way back.") { duration };
        advance.SetAction(async (result, cancellationToken) =>
        {
            uint seconds = ReadSeconds(result.GetRequiredValue(duration));
            ulong blockTime = await new Devnet(result.OpenWorkspace()).AdvanceAsync(seconds, cancellationToken);
            string time = DateTimeOffset.FromUnixTimeSeconds(checked((long)blockTime)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            new CommandOutput(result).Result(
                new JsonObject(
                    new JsonMember("seconds", new JsonNumber(seconds)),
                    new JsonMember("blockTime", new JsonString(time))),
                text => text.WriteLine($"The devnet's clock shows {time} now."));
            return ExitCode.Done;
        });
        return advance;
    }

    private static uint ReadSeconds(string text)
    {
        uint unit = text.Length == 0 ? 0u : text[^1] switch
        {
            's' => 1u,
            'm' => 60u,
            'h' => 3600u,
            'd' => 86_400u,
            _ => 0u,
        };
        return unit > 0 && uint.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out uint count)
            && count > 0 && (ulong)count * unit <= MaxAdvanceSeconds
            ? count * unit
            : throw new InputException($"'{text}' is not a duration: expected a number and s, m, h or d, as in 10m, at most 3660d.");
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
