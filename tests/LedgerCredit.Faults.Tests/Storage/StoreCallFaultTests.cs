using LedgerCredit.Faults.Tests.Torture;

namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>Each write, flush, cut and removal that a command makes in the store's files fails, or is where it is killed.</summary>
[TestClass]
public sealed class StoreCallFaultTests
{
    private static FaultScene _scene = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        SystemCalls.Require();
        _scene = await FaultScene.StartAsync(300);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (_scene is not null)
        {
            await _scene.DisposeAsync();
        }
    }

    [TestMethod]
    [DataRow("import")]
    [DataRow("erase")]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task Write_Fails_IsToldAndTheNextRunGoesOn(string name)
    {
        FaultedCommand command = CommandOf(name);
        IReadOnlyDictionary<string, int> counts = await command.CountAsync(FaultedCommand.Writing, FaultedCommand.StoreFiles);
        int met = 0;
        int told = 0;
        foreach ((string call, int count) in counts)
        {
            foreach (int at in SystemCalls.Some(count, SystemCalls.MostOfEach))
            {
                // A full disk and a broken one; once, or from then on.
                string error = call == "pwrite64" && at % 2 == 0 ? "ENOSPC" : "EIO";
                string injection = FormattableString.Invariant($"{call}:error={error}:when={at}{(at % 3 == 0 ? "+" : "")}");
                (ToolRun run, bool isMet) = await command.MeetAsync(FaultedCommand.Writing, FaultedCommand.StoreFiles, injection);
                met += isMet ? 1 : 0;
                if (run.ExitCode == FaultedCommand.Trouble)
                {
                    told++;
                    Assert.IsTrue(run.Error.Contains("disk", StringComparison.Ordinal), $"{injection}: {run}");
                }
            }
        }

        TestContext.WriteLine($"{name}: {string.Join(", ", counts.Select(pair => $"{pair.Value} {pair.Key}"))}; {met} faults met, {told} told.");
        Assert.IsGreaterThan(2, met);
        Assert.IsGreaterThan(1, told);
    }

    [TestMethod]
    [DataRow("import")]
    [DataRow("erase")]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task Write_KilledAtIt_IsCompletedByTheNextRun(string name)
    {
        FaultedCommand command = CommandOf(name);
        IReadOnlyDictionary<string, int> counts = await command.CountAsync(FaultedCommand.Writing, FaultedCommand.StoreFiles);
        int kills = 0;
        foreach ((string call, int count) in counts)
        {
            foreach (int at in SystemCalls.Some(count, SystemCalls.MostOfEach))
            {
                (ToolRun run, bool _) = await command.MeetAsync(
                    FaultedCommand.Writing, FaultedCommand.StoreFiles, FormattableString.Invariant($"{call}:signal=SIGKILL:when={at}"));
                kills += run.ExitCode == FaultedCommand.Killed ? 1 : 0;
            }
        }

        TestContext.WriteLine($"{name}: {kills} kills.");
        Assert.IsGreaterThan(3, kills);
    }

    private static FaultedCommand CommandOf(string name)
    {
        RecordKey erased = _scene.Anchored[^1];
        return name switch
        {
            "import" => new(_scene, ["record", "import", _scene.Supply.Make(200, new Random(1)).Path], 200, PrepareAsync),
            "erase" => new(_scene, ["record", "erase", erased.Id, "--issuer", erased.Issuer, "--kind", erased.Kind], 0, PrepareAsync),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }

    private static Task<Prepared> PrepareAsync() => Task.FromResult(new Prepared(_scene.Copy(), _scene.Entries));
}
