using LedgerCredit.Cli.Tests;
using LedgerCredit.Faults.Tests.Torture;
using LedgerCredit.Testing;

namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>A workspace on a running devnet with records in every state; tests damage copies of it.</summary>
/// <remarks>
/// Three logs, two anchors each of those that have records, one record erased, some records not anchored yet. The commands that make it
/// run in this process; those that meet a fault are processes of their own, unless the fault lies in the file alone.
/// </remarks>
internal sealed class FaultScene : IAsyncDisposable
{
    private const string AnvilVariable = "LEDGERCREDIT_ANVIL";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ledgercredit-faults-");
    private int _copies;

    private FaultScene()
    {
        Supply = new RecordSupply(_folder.FullName);
    }

    /// <summary>The workspace.</summary>
    public string Data => At("workspace");

    /// <summary>A folder for what tests write.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Makes records; the ones that are in the logs came from it.</summary>
    public RecordSupply Supply { get; }

    /// <summary>The records in the logs that are anchored and were not erased.</summary>
    public IReadOnlyList<RecordKey> Anchored { get; private set; } = [];

    /// <summary>How many entries the logs have in all.</summary>
    public int Entries { get; private set; }

    /// <summary>The trust policy of its verifiers.</summary>
    public string Trust => At("trust.json");

    /// <summary>Makes it.</summary>
    /// <param name="records">How many records it holds.</param>
    public static async Task<FaultScene> StartAsync(int records)
    {
        RequireAnvil();
        FaultScene scene = new();
        try
        {
            await scene.FillAsync(records);
            return scene;
        }
        catch
        {
            // Nobody else would end the devnet.
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>The path of something in the folder.</summary>
    public string At(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>A new path in the folder.</summary>
    public string Fresh(string name) => At(FormattableString.Invariant($"{Interlocked.Increment(ref _copies)}-{name}"));

    /// <summary>Copies a workspace; the copy asks the same devnet.</summary>
    public string Copy() => Copy(Data);

    /// <summary>Copies another workspace.</summary>
    public string Copy(string data)
    {
        string target = Fresh("copy");
        foreach (string path in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(data, path);
            if (!name.StartsWith("devnet", StringComparison.Ordinal) || name == Path.Combine("devnet", "devnet.json"))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(target, name))!);
                File.Copy(path, Path.Combine(target, name));
            }
        }

        return target;
    }

    /// <summary>The store of a workspace.</summary>
    public static string StoreOf(string data) => Path.Combine(data, "ledgercredit.db");

    /// <summary>Runs a command in this process.</summary>
    public static Task<CommandRun> RunAsync(string data, params string[] arguments) => CommandRun.RunAsync([.. arguments, "--data", data]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await RunAsync(Data, "devnet", "down");
        _folder.Delete(recursive: true);
    }

    private static void RequireAnvil()
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

    // Another process may take the port between asking for it and using it, so there is a second and a third try.
    private async Task StartDevnetAsync()
    {
        for (int attempt = 1; (await RunAsync(Data, "devnet", "up")).ExitCode != 0; attempt++)
        {
            Assert.IsLessThan(3, attempt, "The devnet did not start.");
        }
    }

    private async Task FillAsync(int records)
    {
        (await RunAsync(Data, "workspace", "init")).Expect(0);
        await StartDevnetAsync();
        (await RunAsync(Data, "contracts", "deploy")).Expect(0);
        (await RunAsync(Data, "member", "add", RecordSupply.Authority, "--role", "authority")).Expect(0);
        (await RunAsync(Data, ["member", "add", .. RecordSupply.Agencies, "--role", "agency"])).Expect(0);
        Random random = new(records);
        Piece first = Supply.Make(records / 2, random);
        Piece second = Supply.Make(records / 4, random);
        (await RunAsync(Data, "record", "import", first.Path)).Expect(0);
        (await RunAsync(Data, "log", "anchor", "--wait")).Expect(0);
        (await RunAsync(Data, "record", "import", second.Path)).Expect(0);
        (await RunAsync(Data, "log", "anchor", "--wait")).Expect(0);
        RecordKey erased = first.Rows[1];
        (await RunAsync(Data, "record", "erase", erased.Id, "--issuer", erased.Issuer, "--kind", erased.Kind)).Expect(0);
        (await RunAsync(Data, "record", "import", Supply.Make(records - (records / 2) - (records / 4), random).Path)).Expect(0);
        (await RunAsync(Data, "evidence", "trust", "-o", Trust)).Expect(0);
        (await RunAsync(Data, "log", "audit")).Expect(0);

        // The last one to close the store for writing leaves one file.
        (await RunAsync(Data, "record", "import", second.Path)).Expect(0);
        Assert.IsFalse(File.Exists(StoreOf(Data) + "-wal") && new FileInfo(StoreOf(Data) + "-wal").Length > 0);
        Anchored = [.. first.Rows.Concat(second.Rows).Where(key => key != erased)];
        Entries = records;
    }
}
