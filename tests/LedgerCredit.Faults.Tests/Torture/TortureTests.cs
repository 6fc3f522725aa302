namespace LedgerCredit.Faults.Tests.Torture;

/// <summary>A short run of what <c>scripts/torture.sh</c> does at length.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TortureTests
{
    private const int Rounds = 8;
    private const int FewestKills = 10;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Run_KilledAtRandomMoments_KeepsEveryPromise()
    {
        string folder = Directory.CreateTempSubdirectory("ledgercredit-torture-").FullName;
        using StringWriter rounds = new();
        try
        {
            TortureSummary summary = await TortureRun.RunAsync(
                new TortureOptions(Tool.Built, folder, Rounds, Seed: 20_261_122, CheckEvery: 4, LargestPiece: 1_500), rounds);

            TestContext.WriteLine(TortureCommand.Describe(summary));
            Assert.IsGreaterThanOrEqualTo(FewestKills, summary.Kills);
            Assert.IsGreaterThan(0, summary.Acknowledged);
            Assert.IsGreaterThan(0, summary.Anchors);
        }
        finally
        {
            TestContext.WriteLine(rounds.ToString());
            Directory.Delete(folder, recursive: true);
        }
    }
}
