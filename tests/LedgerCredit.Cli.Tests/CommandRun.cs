using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace LedgerCredit.Cli.Tests;

/// <summary>What a command did: its exit code and all that it wrote.</summary>
internal sealed record CommandRun(string CommandLine, int ExitCode, string Out, string Error)
{
    private static readonly TimeSpan ProcessTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Standard output as its one JSON document.</summary>
    public JsonElement Json
    {
        get
        {
            // JsonDocument refuses anything behind the document but white space.
            using JsonDocument document = JsonDocument.Parse(Out);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Runs a command in this process, with empty standard input.</summary>
    public static Task<CommandRun> RunAsync(params string[] arguments) => RunAsync(arguments, [], CancellationToken.None);

    /// <summary>Runs a command in this process.</summary>
    public static async Task<CommandRun> RunAsync(string[] arguments, byte[] standardInput, CancellationToken cancellationToken)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = await Cli.CommandLine.RunAsync(
            arguments,
            new InvocationConfiguration { Output = output, Error = error },
            () => new MemoryStream(standardInput),
            cancellationToken);
        return new CommandRun(string.Join(' ', arguments), exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Starts the built tool as a process of its own.</summary>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="arguments">The command.</param>
    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ledgercredit.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for a process of <see cref="Start"/>.</summary>
    public static async Task<CommandRun> FinishAsync(Process process, string standardInput, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ProcessTimeout);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.StandardInput.WriteAsync(standardInput.AsMemory(), timeout.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(timeout.Token);
            return new CommandRun(string.Join(' ', process.StartInfo.ArgumentList.Skip(1)), process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Asserts the exit code; both streams are in the message.</summary>
    public CommandRun Expect(int exitCode)
    {
        Assert.AreEqual(exitCode, ExitCode, ToString());
        return this;
    }

    /// <summary>Asserts a failure: its exit code, nothing on standard output, and what standard error says.</summary>
    public CommandRun ExpectFailure(int exitCode, string message)
    {
        Expect(exitCode);
        Assert.AreEqual("", Out, ToString());
        Assert.Contains(message, Error, ToString());
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => $"ledgercredit {CommandLine}\nexit code {ExitCode}\n{Out}{Error}";
}
