namespace LedgerCredit.Bench;

/// <summary>A piece of work that is timed.</summary>
/// <param name="Name">How it is done, for the report.</param>
/// <param name="Items">How many of what is counted one run does.</param>
/// <param name="RunAsync">Does it. The clock runs when it begins; it pauses the clock for what does not belong to the work.</param>
public sealed record BenchWork(string Name, long Items, Func<BenchClock, CancellationToken, Task> RunAsync)
{
    /// <summary>Work that is timed as a whole.</summary>
    public static BenchWork Of(string name, long items, Action run) => new(name, items, (_, _) =>
    {
        run();
        return Task.CompletedTask;
    });
}

/// <summary>Our way beside another one, timed in the same rounds.</summary>
/// <param name="Work">The other way.</param>
/// <param name="MustReach">How many times its speed ours must have at least, or null where nothing is demanded.</param>
public sealed record BenchComparison(BenchWork Work, double? MustReach);

/// <summary>One figure of a bench.</summary>
/// <param name="What">What is measured.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Ours">Our way.</param>
/// <param name="Peer">The usual way to do the same.</param>
/// <param name="Ceiling">What bounds it on this machine.</param>
public sealed record BenchFigure(string What, string Unit, BenchWork Ours, BenchComparison? Peer, BenchComparison? Ceiling);

/// <summary>Another way as it was measured.</summary>
/// <param name="Comparison">Which.</param>
/// <param name="PerSecond">Median of the rounds.</param>
/// <param name="Ratio">Our speed divided by it: the median of the rounds' ratios, so that what disturbs a whole round falls out.</param>
public sealed record BenchRatio(BenchComparison Comparison, double PerSecond, double Ratio)
{
    /// <summary>Whether what is demanded was reached; null where nothing is.</summary>
    public bool? IsReached => Comparison.MustReach is double least ? Ratio >= least : null;
}

/// <summary>A figure as it was measured.</summary>
/// <param name="Figure">Which.</param>
/// <param name="PerSecond">Median of the rounds.</param>
/// <param name="Peer">The peer, where there is one.</param>
/// <param name="Ceiling">The ceiling, where there is one.</param>
public sealed record BenchResult(BenchFigure Figure, double PerSecond, BenchRatio? Peer, BenchRatio? Ceiling);
