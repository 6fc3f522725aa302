using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace LedgerCredit.Cli.Tests.Remote;

/// <summary>A node as a process of its own, on a free port.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private readonly Process _process;

    private RunningNode(Process process, string url)
    {
        _process = process;
        Url = url;
    }

    /// <summary>Its address.</summary>
    internal string Url { get; }

    /// <summary>Its process.</summary>
    internal int ProcessId => _process.Id;

    /// <summary>Waits until something has ended it.</summary>
    internal Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Starts it over a workspace; returns when it listens.</summary>
    internal static async Task<RunningNode> StartAsync(string data, CancellationToken cancellationToken, params string[] more)
    {
        Process process = CommandRun.Start(new Dictionary<string, string>(), ["node", "run", "--listen", "http://127.0.0.1:0", "--anchor-every", "1", "--json", "--data", data, .. more]);
        string? line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line is null)
        {
            Assert.Fail(await process.StandardError.ReadToEndAsync(cancellationToken));
        }

        using JsonDocument note = JsonDocument.Parse(line);
        Assert.AreEqual("listening", note.RootElement.GetProperty("kind").GetString(), line);
        RunningNode node = new(process, note.RootElement.GetProperty("addresses")[0].GetString()!);

        // Nobody reads on, and a full pipe would stop the node.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return node;
    }

    /// <summary>Starts it over a workspace on which local commands go on; returns when it is ready.</summary>
    internal static async Task<RunningNode> StartBesideAsync(RepairWorkspace desk, CancellationToken cancellationToken)
    {
        // The log of reads, which the node would make by itself, in a form that the local commands can anchor.
        (await desk.RunAsync("member", "add", "access-log", "--role", "operator")).Expect(ExitCode.Done);
        RunningNode node = await StartAsync(desk.Data, cancellationToken);
        await node.WaitReadyAsync(cancellationToken);
        return node;
    }

    /// <summary>Waits until it has read the ledger, and so knows who is a member and who acts for whom.</summary>
    internal async Task WaitReadyAsync(CancellationToken cancellationToken)
    {
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage response = await client.GetAsync($"{Url}/healthz/ready", cancellationToken);
            status = response.StatusCode;
        }
        while (status != HttpStatusCode.OK);
    }

    /// <summary>Makes a key of a member, and gives the path of its file.</summary>
    internal static async Task<string> MakeKeyAsync(TestFolder folder, string data, string member, string scopes)
    {
        CommandRun made = (await CommandRun.RunAsync("access", "key", "new", "--member", member, "--name", "test", "--scope", scopes, "--data", data)).Expect(ExitCode.Done);
        return folder.Write($"{member}.key", made.Out);
    }

    /// <summary>Runs a command against it.</summary>
    internal Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync([.. arguments, "--node", Url]);

    /// <summary>Ends it as a power failure would.</summary>
    internal async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }
}
