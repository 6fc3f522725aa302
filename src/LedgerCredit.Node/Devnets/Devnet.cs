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
    private const int MaxStarts = 3;
    private const string AnvilVariable = "LEDGERCREDIT_ANVIL";
    private const string HomeVariable = "LEDGERCREDIT_HOME";

    // Prints the process id last: who started it may be gone by then. The new name comes at once and complete.
    private const string StartScript =
        """
        trap '' INT
        log=$1; state=$2; port=$3; shift 3
        nohup "$@" >"$log" 2>&1 </dev/null &
        printf '{\n  "processId": %d,\n  "port": %d\n}\n' "$!" "$port" >"$state.new" && mv "$state.new" "$state" && echo "$!"
        """;

    // A start and a stop, one after the other, with some time for the machine.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private string AnvilStatePath => Path.Combine(workspace.DevnetFolder, "anvil.json");

    private string LogPath => Path.Combine(workspace.DevnetFolder, "anvil.log");

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

    /// <summary>Starts the devnet unless it runs, and waits until it answers and makes blocks.</summary>
    /// <remarks>Called by several processes at once, one starts it and the others find it running.</remarks>
    /// <returns>Where it runs.</returns>
    /// <exception cref="WorkspaceException">There is no anvil, or it ended at once.</exception>
    /// <exception cref="DevnetException">It does not answer, or another command has held the devnet for too long.</exception>
    public async Task<DevnetState> StartAsync(CancellationToken cancellationToken)
    {
        RequireDevnet();
        Directory.CreateDirectory(workspace.DevnetFolder);

        // 1. Alone from here on: two that start at once would make two chains that overwrite each other's state file. A crash
        //    gives the lock back.
        using DevnetLock alone = await DevnetLock.TakeAsync(workspace.DevnetFolder, LockTimeout, cancellationToken);
        DevnetState? state = FindRunning();
        if (state is null || !await IsReadyAsync(state, cancellationToken))
        {
            state = await StartNewAsync(cancellationToken);
        }

        // 3. anvil forgets how far its clock was moved, and a block of the wall clock could lie before the last one. So the clock
        //    is set before the first block. A crash before this line leaves a devnet that makes no blocks, and a crash in the
        //    middle of it one whose clock is set: the next 'devnet up' finds it running and does this step again.
        await new DevnetClock(workspace.DevnetFolder).StartAsync(state, cancellationToken);
        return state;
    }

    // Another program may take the port between asking for it and using it, so there is a second and a third try.
    private async Task<DevnetState> StartNewAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; attempt <= MaxStarts; attempt++)
        {
            DevnetState state = await StartProcessAsync(cancellationToken);
            if (await IsReadyAsync(state, cancellationToken))
            {
                return state;
            }
        }

        throw new WorkspaceException($"The devnet ended as soon as it started; '{LogPath}' says why. If its state file is truncated, put 'anvil.json.previous' in its place.");
    }

    private async Task<DevnetState> StartProcessAsync(CancellationToken cancellationToken)
    {
        string anvil = FindAnvil();
        int port = FindFreePort();

        // anvil writes its state in place, so a kill can leave it truncated; the copy from before is what remains then. A crash
        // in the middle of copying leaves a damaged copy beside a state that is whole.
        if (File.Exists(AnvilStatePath))
        {
            File.Copy(AnvilStatePath, AnvilStatePath + ".previous", overwrite: true);
        }

        // 2. The shell puts anvil into the background with its output in a file, so that it lives on when this process ends and
        //    Ctrl-C in the terminal does not reach it. The shell, and not this process, writes down where it runs: a kill of this
        //    process leaves no anvil, or one that the next command finds as soon as the shell has written its line. The file
        //    says what runs and is not flushed: when the machine ends, so does anvil.
        ProcessStartInfo shell = new("/bin/sh") { RedirectStandardOutput = true, UseShellExecute = false };
        string[] arguments = ["-c", StartScript, "sh", LogPath, StatePath, port.ToString(CultureInfo.InvariantCulture), anvil, .. Arguments(port)];
        foreach (string argument in arguments)
        {
            shell.ArgumentList.Add(argument);
        }

        using Process starter = Process.Start(shell) ?? throw new WorkspaceException("'/bin/sh' could not be started; the devnet needs it.");
        string? line = await starter.StandardOutput.ReadLineAsync(cancellationToken);
        return int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
            ? new DevnetState(processId, port)
            : throw new WorkspaceException($"'{anvil}' could not be started; see '{LogPath}'.");
    }

    /// <summary>Moves the devnet's clock forward.</summary>
    /// <param name="seconds">By how much.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <returns>The time of the first block after that, in Unix seconds.</returns>
    /// <exception cref="DevnetException">It does not run.</exception>
    public async Task<ulong> AdvanceAsync(uint seconds, CancellationToken cancellationToken)
    {
        RequireDevnet();
        DevnetState running = GetRunning();
        using DevnetLock alone = await DevnetLock.TakeAsync(workspace.DevnetFolder, LockTimeout, cancellationToken);
        return await new DevnetClock(workspace.DevnetFolder).AdvanceAsync(running, seconds, cancellationToken);
    }

    /// <summary>Stops the devnet and waits until its state is saved.</summary>
    /// <returns><see langword="false"/> when none was running.</returns>
    public async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        RequireDevnet();
        if (!File.Exists(StatePath))
        {
            return false;
        }

        using DevnetLock alone = await DevnetLock.TakeAsync(workspace.DevnetFolder, LockTimeout, cancellationToken);
        if (FindRunning() is not DevnetState running)
        {
            // A crash before this line leaves a file that names no living process, which counts as no file.
            File.Delete(StatePath);
            return false;
        }

        // A crash after this line leaves an anvil that saves its state and ends, and a file that names no living process.
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

        // anvil has saved its state and ended. A crash before this line leaves a file that names no living process.
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

    // False where the process has ended.
    private async Task<bool> IsReadyAsync(DevnetState state, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        int timesGone = 0;
        while (!await IsListeningAsync(state, cancellationToken))
        {
            // In the moment in which the shell becomes anvil, a process has no command line: gone is what is gone twice.
            timesGone = IsAlive(state) ? 0 : timesGone + 1;
            if (timesGone == 2)
            {
                return false;
            }

            if (Stopwatch.GetElapsedTime(started) > StartTimeout)
            {
                throw new DevnetException($"The devnet does not answer at {state.RpcUrl} after {StartTimeout.TotalSeconds:0} s; see '{LogPath}'.");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        return true;
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
