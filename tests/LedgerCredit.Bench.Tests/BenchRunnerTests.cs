namespace LedgerCredit.Bench.Tests;

/// <summary>What is computed from times.</summary>
[TestClass]
public sealed class BenchRunnerTests
{
    [TestMethod]
    public async Task Run_DisturbedRounds_GiveMediansOfRatesAndOfRatios()
    {
        // Seconds of the warm-up and of five rounds. The machine is ten times slower in one round, for both.
        WorkClock clock = new();
        BenchWork ours = clock.Work("ours", 100, [50, 1, 1, 10, 2, 1]);
        BenchWork peer = clock.Work("peer", 100, [50, 4, 5, 40, 4, 4]);
        TestBench bench = new(new BenchFigure("figure", "items", ours, new BenchComparison(peer, 3), null));
        List<int> progress = [];

        BenchResult result = (await new BenchRunner(clock).RunAsync(bench, 5, progress.Add, CancellationToken.None)).Single();

        Assert.AreEqual(100, result.PerSecond);
        Assert.AreEqual(25, result.Peer!.PerSecond);
        Assert.AreEqual(4, result.Peer.Ratio);
        Assert.IsTrue(result.Peer.IsReached);
        Assert.IsNull(result.Ceiling);
        Assert.AreSequenceEqual(new[] { 1, 2, 3, 4, 5, 6 }, progress);
        Assert.AreEqual(6, bench.Begun);
        Assert.AreEqual(6, bench.Ended);
    }

    [TestMethod]
    public async Task Run_EvenRounds_GiveTheMeanOfTheMiddleOnes()
    {
        WorkClock clock = new();
        BenchFigure figure = new(
            "figure", "items", clock.Work("ours", 12, [1, 1, 2, 3, 12]), null, new BenchComparison(clock.Work("ceiling", 12, [1, 1, 1, 1, 1]), 0.5));

        BenchResult result = (await new BenchRunner(clock).RunAsync(new TestBench(figure), 4, _ => { }, CancellationToken.None)).Single();

        Assert.AreEqual(5, result.PerSecond);
        Assert.AreEqual(12, result.Ceiling!.PerSecond);
        Assert.AreEqual(5.0 / 12, result.Ceiling.Ratio, 1e-12);
        Assert.IsFalse(result.Ceiling.IsReached);
    }

    [TestMethod]
    public async Task Run_PausedClock_CountsTheRestOnly()
    {
        WorkClock clock = new();
        BenchWork work = new("pauses", 6, (own, _) =>
        {
            clock.Advance(1);
            own.Pause();
            clock.Advance(100);
            own.Resume();
            clock.Advance(2);
            return Task.CompletedTask;
        });

        BenchResult result = (await new BenchRunner(clock).RunAsync(new TestBench(new BenchFigure("figure", "items", work, null, null)), 1, _ => { }, CancellationToken.None)).Single();

        Assert.AreEqual(2, result.PerSecond);
    }

    [TestMethod]
    public async Task Run_Measures_ForgetTheRoundToWarmUp()
    {
        WorkClock clock = new();
        BenchMeasure most = new("memory", "MB") { AtMost = 10 };
        BenchMeasure least = new("ratio", "") { AtLeast = 10 };
        int round = 0;
        BenchWork work = new("measures", 1, (_, _) =>
        {
            clock.Advance(1);
            double value = round++ == 0 ? 1000 : 8 + round;
            most.Add(value);
            least.Add(value);
            return Task.CompletedTask;
        });

        await new BenchRunner(clock).RunAsync(new TestBench(new BenchFigure("figure", "items", work, null, null)) { Measures = [most, least] }, 3, _ => { }, CancellationToken.None);

        Assert.AreEqual(11, most.Median);
        Assert.IsFalse(most.IsReached);
        Assert.IsTrue(least.IsReached);
        Assert.IsNull(new BenchMeasure("nothing", "").IsReached);
    }

    [TestMethod]
    public async Task Run_Cancelled_StopsBeforeTheNextWork()
    {
        WorkClock clock = new();
        using CancellationTokenSource source = new();
        BenchWork stops = BenchWork.Of("stops", 1, source.Cancel);
        BenchWork never = BenchWork.Of("never", 1, () => Assert.Fail("The bench went on."));
        TestBench bench = new(new BenchFigure("figure", "items", stops, new BenchComparison(never, null), null));

        await Assert.ThrowsExactlyAsync<OperationCanceledException>(() => new BenchRunner(clock).RunAsync(bench, 1, _ => { }, source.Token));
    }

    /// <summary>A clock that only work moves, by what it is said to take.</summary>
    private sealed class WorkClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(int seconds) => _now += TimeSpan.FromSeconds(seconds).Ticks;

        public BenchWork Work(string name, long items, int[] seconds)
        {
            int run = 0;
            return BenchWork.Of(name, items, () => Advance(seconds[run++]));
        }
    }

    private sealed class TestBench(params BenchFigure[] figures) : IBench
    {
        public int Begun { get; private set; }

        public int Ended { get; private set; }

        public string Name => "test";

        public IReadOnlyList<(string Name, string Value)> Settings => [];

        public IReadOnlyList<BenchFigure> Figures => figures;

        public IReadOnlyList<BenchMeasure> Measures { get; init; } = [];

        public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task BeginRoundAsync(CancellationToken cancellationToken)
        {
            Begun++;
            return Task.CompletedTask;
        }

        public Task EndRoundAsync()
        {
            Ended++;
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
