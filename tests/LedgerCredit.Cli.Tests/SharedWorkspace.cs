using System.Collections.Concurrent;
using LedgerCredit.Testing;

namespace LedgerCredit.Cli.Tests;

/// <summary>
/// A workspace on a running devnet with the sample records imported and anchored, made once by the commands a user would
/// type. Tests read it, and make a copy of it to change.
/// </summary>
internal sealed class SharedWorkspace : IDisposable
{
    public const string Authority = "example-authority";

    private const string AnvilVariable = "LEDGERCREDIT_ANVIL";
    private static readonly Lazy<Task<SharedWorkspace>> Instance = new(CreateAsync);

    private readonly TestFolder _folder = new();
    private readonly ConcurrentQueue<CommandRun> _runs = [];

    /// <summary>The workspace.</summary>
    public string Data => _folder.At("workspace");

    /// <summary>The trust policy of a verifier.</summary>
    public string Trust => _folder.At("trust.json");

    /// <summary>The folder with an evidence file for each record.</summary>
    public string Evidence => _folder.At("evidence");

    /// <summary>The devnet's address.</summary>
    public string Rpc => Runs.First(run => run.CommandLine.StartsWith("devnet up", StringComparison.Ordinal)).Json.GetProperty("rpcUrl").GetString()!;

    /// <summary>Everything that commands printed on it.</summary>
    public IReadOnlyCollection<CommandRun> Runs => _runs;

    /// <summary>The workspace; the test is inconclusive where there is no anvil.</summary>
    public static Task<SharedWorkspace> GetAsync() => Instance.Value;

    /// <summary>Stops the devnet and removes the workspace, if it was made.</summary>
    public static async Task StopAsync()
    {
        if (Instance.IsValueCreated && Instance.Value.IsCompletedSuccessfully)
        {
            using SharedWorkspace workspace = await Instance.Value;
            (await workspace.RunAsync("devnet", "down")).Expect(ExitCode.Done);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    /// <summary>Lets commands find the anvil of this checkout, which scripts/ledgercredit does for a user.</summary>
    public static void RequireAnvil()
    {
        string packaged = RepositoryFiles.Path("devnet", "node_modules", ".bin", "anvil");
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(AnvilVariable)) && File.Exists(packaged))
        {
            // Of this process, so commands that run in it see it. Every test that sets it sets the same value.
            Environment.SetEnvironmentVariable(AnvilVariable, packaged);
        }

        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(AnvilVariable))
            && !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "anvil"))))
        {
            Assert.Inconclusive($"Needs anvil: run 'npm ci --ignore-scripts' in devnet/, or name it in {AnvilVariable}.");
        }
    }

    /// <summary>The path of a shipped sample file.</summary>
    public static string Sample(string name) => RepositoryFiles.Path("scripts", "samples", name);

    /// <summary>Runs a command on the workspace.</summary>
    public async Task<CommandRun> RunAsync(params string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync([.. arguments, "--data", Data]);
        _runs.Enqueue(run);
        return run;
    }

    /// <summary>Copies the workspace; the copy has no devnet of its own.</summary>
    /// <param name="target">A folder that does not exist yet.</param>
    public void CopyTo(string target)
    {
        Directory.CreateDirectory(Path.Combine(target, "keys"));
        foreach (string path in (string[])["workspace.json", "ledgercredit.db", .. Directory.GetFiles(Path.Combine(Data, "keys")).Select(key => Path.GetRelativePath(Data, key))])
        {
            File.Copy(Path.Combine(Data, path), Path.Combine(target, path));
        }
    }

    private static async Task<SharedWorkspace> CreateAsync()
    {
        RequireAnvil();
        SharedWorkspace workspace = new();
        bool isMade = false;
        try
        {
            (await workspace.RunAsync("workspace", "init", "--json")).Expect(ExitCode.Done);
            (await workspace.RunAsync("devnet", "up", "--json")).Expect(ExitCode.Done);
            (await workspace.RunAsync("contracts", "deploy", "--json")).Expect(ExitCode.Done);
            (await workspace.RunAsync("member", "add", Authority, "--json")).Expect(ExitCode.Done);
            (await workspace.RunAsync("member", "add", "northlight-ratings", "harbour-credit-rating", "meridian-ratings", "--role", "agency", "--json")).Expect(ExitCode.Done);
            (await workspace.RunAsync("record", "import", Sample("penalties-2018.csv"), Sample("penalties-old-layout.csv"), "--issuer", Authority, "--json")).Expect(ExitCode.Done);
            (await workspace.RunAsync("record", "import", Sample("ratings.ndjson"), "--json")).Expect(ExitCode.Done);
            (await workspace.RunAsync("log", "anchor", "--wait", "--json")).Expect(ExitCode.Done);
            (await workspace.RunAsync("evidence", "create", "--all", "-o", workspace.Evidence, "--json")).Expect(ExitCode.Done);
            (await workspace.RunAsync("evidence", "trust", "-o", workspace.Trust, "--json")).Expect(ExitCode.Done);
            isMade = true;
        }
        finally
        {
            if (!isMade)
            {
                await workspace.RunAsync("devnet", "down");
            }
        }

        return workspace;
    }
}
