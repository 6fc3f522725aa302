using System.Text.Json;
using LedgerCredit.Cli.Commands.Bench;

namespace LedgerCredit.Cli.Tests;

/// <summary><c>bench</c>: what it computes from times, and what it prints.</summary>
[TestClass]
public sealed class BenchTests
{
    [TestMethod]
    public void Run_DisturbedRounds_GiveMediansOfRatesAndOfRatios()
    {
        // Seconds of the warm-up and of five rounds. The machine is ten times slower in one round, for both.
        WorkClock clock = new();
        BenchWork ours = clock.Work("ours", 100, [50, 1, 1, 10, 2, 1]);
        BenchWork peer = clock.Work("peer", 100, [50, 4, 5, 40, 4, 4]);
        BenchFigure figure = new("figure", "items", ours, new BenchComparison(peer, 3), null);
        List<int> progress = [];

        BenchResult result = new BenchRunner(clock).Run([figure], 5, progress.Add, CancellationToken.None).Single();

        Assert.AreEqual(100, result.PerSecond);
        Assert.AreEqual(25, result.Peer!.PerSecond);
        Assert.AreEqual(4, result.Peer.Ratio);
        Assert.IsTrue(result.Peer.IsReached);
        Assert.IsNull(result.Ceiling);
        Assert.AreSequenceEqual(new[] { 1, 2, 3, 4, 5, 6 }, progress);
    }

    [TestMethod]
    public void Run_EvenRounds_GiveTheMeanOfTheMiddleOnes()
    {
        WorkClock clock = new();
        BenchFigure figure = new(
            "figure", "items", clock.Work("ours", 12, [1, 1, 2, 3, 12]), null, new BenchComparison(clock.Work("ceiling", 12, [1, 1, 1, 1, 1]), 0.5));

        BenchResult result = new BenchRunner(clock).Run([figure], 4, _ => { }, CancellationToken.None).Single();

        Assert.AreEqual(5, result.PerSecond);
        Assert.AreEqual(12, result.Ceiling!.PerSecond);
        Assert.AreEqual(5.0 / 12, result.Ceiling.Ratio, 1e-12);
        Assert.IsFalse(result.Ceiling.IsReached);
    }

    [TestMethod]
    public void Run_Cancelled_StopsBeforeTheNextWork()
    {
        WorkClock clock = new();
        using CancellationTokenSource source = new();
        BenchWork stops = new("stops", 1, source.Cancel);
        BenchWork never = new("never", 1, () => Assert.Fail("The bench went on."));

        Assert.ThrowsExactly<OperationCanceledException>(() => new BenchRunner(clock).Run(
            [new BenchFigure("figure", "items", stops, new BenchComparison(never, null), null)], 1, _ => { }, source.Token));
    }

    [TestMethod]
    public async Task Hash_SmallInput_PrintsEveryFigureWithItsConditions()
    {
        CommandRun table = await CommandRun.RunAsync("bench", "hash", "--records", "300", "--rounds", "1");
        CommandRun json = await CommandRun.RunAsync("bench", "hash", "--records", "300", "--rounds", "2", "--json");

        Assert.AreEqual(ExitCode.Done, table.ExitCode, table.Error);
        Assert.AreEqual(ExitCode.Done, json.ExitCode, json.Error);
        Assert.AreEqual("300", json.Json.GetProperty("settings").GetProperty("records").GetString());
        Assert.AreEqual(2, json.Json.GetProperty("rounds").GetInt32());
        foreach (JsonProperty line in json.Json.GetProperty("machine").EnumerateObject())
        {
            Assert.Contains($"{line.Name}:", table.Out);
        }

        JsonElement[] figures = [.. json.Json.GetProperty("figures").EnumerateArray()];
        Assert.HasCount(7, figures);
        foreach (JsonElement figure in figures)
        {
            Assert.Contains($"  {figure.GetProperty("what").GetString()} ", table.Out);
            Assert.IsGreaterThan(0, figure.GetProperty("perSecond").GetInt64());
            Assert.IsGreaterThan(0, figure.GetProperty("peer").GetProperty("perSecond").GetInt64());
            Assert.IsGreaterThan(0, figure.GetProperty("ceiling").GetProperty("perSecond").GetInt64());
        }

        Assert.AreEqual(4, figures[0].GetProperty("peer").GetProperty("mustReach").GetDouble());
        Assert.AreEqual(0.7, figures[^1].GetProperty("ceiling").GetProperty("mustReach").GetDouble());
    }

    [TestMethod]
    [DataRow("--rounds", "0")]
    [DataRow("--rounds", "-1")]
    [DataRow("--records", "0")]
    [DataRow("--records", "20000001")]
    public async Task Hash_SizeOutOfRange_IsRefused(string option, string value)
    {
        CommandRun run = await CommandRun.RunAsync("bench", "hash", option, value);

        Assert.AreEqual(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(option, run.Error);
        Assert.AreEqual("", run.Out);
    }

    /// <summary>A clock that only work moves, by what it is said to take.</summary>
    private sealed class WorkClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public BenchWork Work(string name, long items, int[] seconds)
        {
            int run = 0;
            return new BenchWork(name, items, () => _now += TimeSpan.FromSeconds(seconds[run++]).Ticks);
        }
    }
}
