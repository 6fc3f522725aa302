using System.Diagnostics;
using System.Text;
using System.Text.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Faults.Tests;

/// <summary>The command-line tool as its users have it: a process of its own for each command.</summary>
/// <param name="path">The program, <c>ledgercredit.dll</c>.</param>
/// <param name="data">The workspace that all commands are told of.</param>
internal sealed class Tool(string path, string data)
{
    private const string AnvilVariable = "LEDGERCREDIT_ANVIL";

    /// <summary>The tool that was built with these tests.</summary>
    public static string Built => Path.Combine(AppContext.BaseDirectory, "ledgercredit.dll");

    /// <summary>The workspace.</summary>
    public string Data => data;

    /// <summary>The same program on another workspace.</summary>
    public Tool On(string other) => new(path, other);

    /// <summary>Starts a command.</summary>
    /// <param name="arguments">The command, without the workspace.</param>
    public ToolProcess Start(params IReadOnlyList<string> arguments) => StartUnder([], arguments);

    /// <summary>Starts a command by another program, such as one that lets a system call fail.</summary>
    /// <param name="wrapper">That program with its arguments; empty for none.</param>
    /// <param name="arguments">The command, without the workspace.</param>
    public ToolProcess StartUnder(IReadOnlyList<string> wrapper, IReadOnlyList<string> arguments)
    {
        string[] line = [.. wrapper, "dotnet", path, .. arguments, "--data", data];
        ProcessStartInfo start = new(line[0], line[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        string packaged = RepositoryFiles.Path("devnet", "node_modules", ".bin", "anvil");
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(AnvilVariable)) && File.Exists(packaged))
        {
            start.Environment[AnvilVariable] = packaged;
        }

        return new ToolProcess(string.Join(' ', arguments), Process.Start(start)!);
    }

    /// <summary>Runs a command to its end.</summary>
    public Task<ToolRun> RunAsync(params IReadOnlyList<string> arguments) => RunUnderAsync([], arguments);

    /// <summary>Runs a command to its end by another program.</summary>
    public async Task<ToolRun> RunUnderAsync(IReadOnlyList<string> wrapper, IReadOnlyList<string> arguments)
    {
        using ToolProcess process = StartUnder(wrapper, arguments);
        return await process.FinishAsync();
    }
}

/// <summary>A command under way.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly string _commandLine;
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    public ToolProcess(string commandLine, Process process)
    {
        _commandLine = commandLine;
        _process = process;
        process.StandardInput.Close();

        // Read from the beginning: a process whose pipe is full would wait, and not be where it is to be killed.
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Ends it by SIGKILL: nothing of it runs after that.</summary>
    /// <returns>Whether it was still running.</returns>
    public async Task<bool> KillAsync()
    {
        bool wasRunning = !_process.HasExited;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        return wasRunning;
    }

    /// <summary>Waits for its end, or until the time is up.</summary>
    /// <returns>Whether it has ended.</returns>
    public async Task<bool> WaitAsync(TimeSpan time)
    {
        using CancellationTokenSource source = new(time);
        try
        {
            await _process.WaitForExitAsync(source.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Waits for its end.</summary>
    public async Task<ToolRun> FinishAsync()
    {
        await _process.WaitForExitAsync();
        return new ToolRun(_commandLine, _process.ExitCode, await _output, await _error);
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}

/// <summary>What a command did.</summary>
internal sealed record ToolRun(string CommandLine, int ExitCode, string Out, string Error)
{
    /// <summary>Standard output as its one JSON document.</summary>
    public JsonElement Json
    {
        get
        {
            using JsonDocument document = JsonDocument.Parse(Out);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Requires one of some exit codes; both streams are in the message.</summary>
    public ToolRun Expect(params ReadOnlySpan<int> exitCodes) =>
        exitCodes.Contains(ExitCode) ? this : throw new AssertFailedException($"Expected exit code {string.Join(" or ", exitCodes.ToArray())}.\n{this}");

    /// <inheritdoc/>
    public override string ToString() => $"ledgercredit {CommandLine}\nexit code {ExitCode}\n{Out}{Error}";
}
