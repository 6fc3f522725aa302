using LedgerCredit.Testing;

namespace LedgerCredit.Bench.Tests;

/// <summary>Each bench measures what it says, with input so small that it says nothing.</summary>
[TestClass]
[DoNotParallelize]
public sealed class BenchTests
{
    private const int Records = 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("ledgercredit-bench-test-").FullName;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task Ingest_SmallFiles_GivesEveryFigureAndLeavesNothing()
    {
        await using IngestBench bench = new(Records, _folder);

        await RunAsync(bench, 2);

        Assert.IsTrue(bench.Measures.All(measure => measure.Median is not null));
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_SmallTree_GivesGasOfAllThree()
    {
        await FindLedgerAsync();
        if (!File.Exists(RepositoryFiles.Path("contracts", "peers", "node_modules", ".installed")))
        {
            Assert.Inconclusive("Needs the contracts to compare with: run 'npm ci --ignore-scripts' in contracts/peers/.");
        }

        await using AnchorBench bench = new(Records, _folder);

        await RunAsync(bench, 3);

        // As measured for these contracts elsewhere: what a slot costs does not change.
        double[] gas = [.. bench.Measures.Where(measure => measure.Unit == "gas").Select(measure => measure.Median!.Value)];
        Assert.HasCount(3, gas);
        Assert.IsInRange(500, 3000, gas[0]);
        Assert.IsInRange(22_000, 26_000, gas[1]);
        Assert.IsInRange(22_000, 26_000, gas[2]);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task ProveVerifyAudit_SmallStore_GiveEveryFigure()
    {
        await FindLedgerAsync();
        await using (ProveBench prove = new(Records, _folder))
        {
            await RunAsync(prove, 1);
        }

        await using (VerifyBench verify = new(Records, _folder))
        {
            await RunAsync(verify, 2);
        }

        await using (AuditBench audit = new(Records, _folder))
        {
            await RunAsync(audit, 1);
        }
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Grow_SmallSizes_ComparesTheLastTwo()
    {
        await FindLedgerAsync();
        await using GrowBench bench = new(Records / 10, _folder);

        await RunAsync(bench, 9);

        Assert.IsTrue(bench.Measures.All(measure => measure.Median > 0));
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Repair_OneCase_KeepsTheGasThatIsDemanded()
    {
        await FindLedgerAsync();
        await using RepairBench bench = new(_folder);

        await RunAsync(bench, 1);

        BenchMeasure[] gas = [.. bench.Measures.Where(measure => measure.Unit == "gas")];
        Assert.HasCount(12, gas);
        Assert.IsTrue(gas.All(measure => measure.IsReached == true), string.Join(", ", gas.Where(g => g.IsReached != true).Select(g => g.What)));
    }

    // Inconclusive where there is no anvil at all.
    private async Task FindLedgerAsync()
    {
        await using (await AnvilProcess.StartAsync("prague", hasFees: false, Token))
        {
        }

        Environment.SetEnvironmentVariable("LEDGERCREDIT_HOME", RepositoryFiles.Root);
    }

    private async Task RunAsync(IBench bench, int figures)
    {
        IReadOnlyList<BenchResult> results = await new BenchRunner(TimeProvider.System).RunAsync(bench, 1, _ => { }, Token);
        Assert.HasCount(figures, results);
        foreach (BenchResult result in results)
        {
            Assert.IsGreaterThan(0, result.PerSecond, result.Figure.What);
            Assert.IsTrue(result.Peer is null or { PerSecond: > 0 }, result.Figure.What);
            Assert.IsTrue(result.Ceiling is null or { PerSecond: > 0 }, result.Figure.What);
        }

        await bench.DisposeAsync();
        Assert.IsEmpty(Directory.EnumerateDirectories(_folder));
    }
}
