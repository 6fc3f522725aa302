using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Devnets;

/// <summary>Where a devnet runs.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Port">Its JSON-RPC port on 127.0.0.1.</param>
public sealed record DevnetState(int ProcessId, int Port)
{
    /// <summary>Its JSON-RPC address.</summary>
    public string RpcUrl => FormattableString.Invariant($"http://127.0.0.1:{Port}");
}

/// <summary>The embedded ledger of a workspace: one anvil process that outlives the command which started it.</summary>
/// <remarks>
/// devnet/README.md explains each flag. State is written to the workspace every thirty seconds and when it is stopped;
/// a kill in between loses up to thirty seconds of blocks, after which the start-up comparison reports the ledger as
/// behind and the anchors are sent again.
/// </remarks>
public sealed class Devnet(Workspace workspace)
{
    private const string AnvilVariable = "LEDGERCREDIT_ANVIL";
    private const string HomeVariable = "LEDGERCREDIT_HOME";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private string AnvilStatePath => Path.Combine(workspace.DevnetFolder, "anvil.json");

    private string StatePath => Path.Combine(workspace.DevnetFolder, "devnet.json");

    /// <summary>The running devnet, or null when none runs.</summary>
    public DevnetState? FindRunning()
    {
        if (!File.Exists(StatePath))
        {
            return null;
        }

        DevnetState state = ReadState();
        return IsAlive(state) ? state : null;
    }

    /// <summary>The running devnet.</summary>
    /// <exception cref="DevnetException">None runs.</exception>
    public DevnetState GetRunning() =>
        FindRunning() ?? throw new DevnetException($"The devnet of '{workspace.Folder}' is not running. Start it with 'ledgercredit devnet up --data {workspace.Folder}'.");

    /// <summary>Starts the devnet unless it runs, and waits until it answers.</summary>
    /// <returns>Where it runs.</returns>
    /// <exception cref="WorkspaceException">There is no anvil, or it ended at once.</exception>
    public async Task<DevnetState> StartAsync(CancellationToken cancellationToken)
    {
        RequireDevnet();
        if (FindRunning() is DevnetState running)
        {
            return running;
        }

        Directory.CreateDirectory(workspace.DevnetFolder);
        DevnetClock clock = new(workspace.DevnetFolder);
        string anvil = FindAnvil();
        int port = FindFreePort();
        string log = Path.Combine(workspace.DevnetFolder, "anvil.log");

        // anvil writes its state in place, so a kill can leave it truncated; the copy from before is what remains then.
        if (File.Exists(AnvilStatePath))
        {
            File.Copy(AnvilStatePath, AnvilStatePath + ".previous", overwrite: true);
        }

        // The shell puts anvil into the background with its output in a file, so that it lives on when this process
        // ends and Ctrl-C in the terminal does not reach it; the shell prints anvil's process id.
        ProcessStartInfo shell = new("/bin/sh") { RedirectStandardOutput = true, UseShellExecute = false };
        shell.ArgumentList.Add("-c");
        shell.ArgumentList.Add("log=$1; shift; nohup \"$@\" >\"$log\" 2>&1 </dev/null & echo $!");
        shell.ArgumentList.Add("sh");
        shell.ArgumentList.Add(log);
        shell.ArgumentList.Add(anvil);
        foreach (string argument in Arguments(port))
        {
            shell.ArgumentList.Add(argument);
        }

        using Process starter = Process.Start(shell) ?? throw new WorkspaceException("'/bin/sh' could not be started; the devnet needs it.");
        string? line = await starter.StandardOutput.ReadLineAsync(cancellationToken);
        if (!int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int processId))
        {
            throw new WorkspaceException($"'{anvil}' could not be started; see '{log}'.");
        }

        // A crash before this line leaves an anvil that nobody knows: it holds a port and its own copy of the state, and
        // the next 'devnet up' starts another from the last saved state. It ends with the machine.
        DevnetState state = new(processId, port);
        DurableFile.Replace(StatePath, JsonText.WriteIndented(new JsonObject(
            new JsonMember("processId", new JsonNumber(processId)),
            new JsonMember("port", new JsonNumber(port)))));
        await WaitUntilReadyAsync(state, log, cancellationToken);

        // anvil forgets how far its clock was moved, and a block of the wall clock could lie before the last one. So the clock is
        // set before the first block. A crash before this line leaves a devnet that makes no blocks: 'devnet down' and 'devnet up'
        // mend it.
        await clock.StartAsync(state, cancellationToken);
        return state;
    }

    /// <summary>Moves the devnet's clock forward.</summary>
    /// <param name="seconds">By how much.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <returns>The time of the first block after that, in Unix seconds.</returns>
    /// <exception cref="DevnetException">It does not run.</exception>
    public Task<ulong> AdvanceAsync(uint seconds, CancellationToken cancellationToken)
    {
        RequireDevnet();
        return new DevnetClock(workspace.DevnetFolder).AdvanceAsync(GetRunning(), seconds, cancellationToken);
    }

    /// <summary>Stops the devnet and waits until its state is saved.</summary>
    /// <returns><see langword="false"/> when none was running.</returns>
    public async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        RequireDevnet();
        if (FindRunning() is not DevnetState running)
        {
            if (File.Exists(StatePath))
            {
                File.Delete(StatePath);
            }

            return false;
        }

        using (Process kill = Process.Start("/bin/kill", ["-TERM", running.ProcessId.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(cancellationToken);
        }

        long deadline = Stopwatch.GetTimestamp() + (long)(StopTimeout.TotalSeconds * Stopwatch.Frequency);
        while (IsAlive(running))
        {
            if (Stopwatch.GetTimestamp() > deadline)
            {
                throw new DevnetException($"The devnet (process {running.ProcessId}) did not stop within {StopTimeout.TotalSeconds:0} s.");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        File.Delete(StatePath);
        return true;
    }

    private List<string> Arguments(int port) =>
    [
        "--host", "127.0.0.1",
        "--port", port.ToString(CultureInfo.InvariantCulture),
        "--chain-id", workspace.Config.Ledger.ChainId.ToString(CultureInfo.InvariantCulture),
        "--hardfork", "prague",
        "--no-mining",
        "--order", "fifo",
        "--gas-limit", "60000000",
        "--base-fee", "0",
        "--gas-price", "0",
        "--no-priority-fee",
        "--slots-in-an-epoch", "1",
        "--accounts", "0",
        "--state", AnvilStatePath,
        "--state-interval", "30",
        "--prune-history", "32",
        "--quiet",
    ];

    private void RequireDevnet()
    {
        if (workspace.Config.Ledger.Kind != LedgerKind.Devnet)
        {
            throw new WorkspaceException($"'{workspace.Folder}' uses the ledger at {workspace.Config.Ledger.RpcUrl}, which others run. 'devnet' is for workspaces made with 'workspace init' without --rpc.");
        }
    }

    private static async Task WaitUntilReadyAsync(DevnetState state, string log, CancellationToken cancellationToken)
    {
        long deadline = Stopwatch.GetTimestamp() + (long)(StartTimeout.TotalSeconds * Stopwatch.Frequency);
        while (!await IsListeningAsync(state, cancellationToken))
        {
            if (!IsAlive(state))
            {
                throw new WorkspaceException($"The devnet ended as soon as it started; '{log}' says why. If its state file is truncated, put 'anvil.json.previous' in its place.");
            }

            if (Stopwatch.GetTimestamp() > deadline)
            {
                throw new DevnetException($"The devnet does not answer at {state.RpcUrl} after {StartTimeout.TotalSeconds:0} s; see '{log}'.");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private static async Task<bool> IsListeningAsync(DevnetState state, CancellationToken cancellationToken)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, state.Port, cancellationToken);
        }
        catch (SocketException)
        {
            // Not listening yet: the caller asks again until its deadline.
            return false;
        }

        // Where another program took the port first, anvil has ended by now.
        return IsAlive(state);
    }

    private DevnetState ReadState()
    {
        JsonProblems problems = new();
        if (!StrictJson.TryParse(File.ReadAllBytes(StatePath), JsonLimits.Document, out JsonValue? value, out ParseProblem? problem))
        {
            throw new WorkspaceException($"'{StatePath}' is damaged. {problem} Delete it if no anvil is running.");
        }

        JsonCursor root = JsonCursor.Root(value, problems).ObjectWith(["processId", "port"]);
        ulong processId = root.Member("processId").SafeInteger();
        ulong port = root.Member("port").SafeInteger();
        return problems.First is null && processId <= int.MaxValue && port <= ushort.MaxValue
            ? new DevnetState((int)processId, (int)port)
            : throw new WorkspaceException($"'{StatePath}' is damaged. {problems.First} Delete it if no anvil is running.");
    }

    // A process id may belong to another program after a restart of the machine, so what it was started with is compared,
    // too: an anvil on this port. Not the workspace's path, because a copy of a workspace is audited against the same
    // ledger. A process that has ended and is not yet collected by its parent, as happens in containers, has an empty
    // command line.
    private static bool IsAlive(DevnetState state)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                string[] arguments = File.ReadAllText($"/proc/{state.ProcessId}/cmdline").Split('\0');

                // Any of them: until it has become anvil, the process is the shell that was told to start it.
                return arguments.Any(argument => argument.Contains("anvil", StringComparison.Ordinal))
                    && arguments.Contains(state.Port.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal);
            }
            catch (IOException)
            {
                // There is no such process, or it ended while it was read.
                return false;
            }
        }

        try
        {
            using Process process = Process.GetProcessById(state.ProcessId);
            return !process.HasExited && process.ProcessName.Contains("anvil", StringComparison.OrdinalIgnoreCase);
        }
        catch (ArgumentException)
        {
            // The framework's way of saying that there is no such process.
            return false;
        }
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindAnvil()
    {
        string? named = Environment.GetEnvironmentVariable(AnvilVariable);
        if (!string.IsNullOrEmpty(named))
        {
            return File.Exists(named) ? named : throw new WorkspaceException($"{AnvilVariable} names '{named}', which does not exist.");
        }

        List<string> candidates = [];
        if (Environment.GetEnvironmentVariable(HomeVariable) is string home)
        {
            candidates.Add(Path.Combine(home, "devnet", "node_modules", ".bin", "anvil"));
        }

        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        candidates.AddRange(path.Select(folder => Path.Combine(folder, "anvil")));
        return candidates.Find(File.Exists)
            ?? throw new WorkspaceException($"anvil was not found. Run the tool through scripts/ledgercredit, which installs it, put it on PATH, or name it in {AnvilVariable}.");
    }
}
