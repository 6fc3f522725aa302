namespace LedgerCredit.Bench;

/// <summary>Something that is read off beside the figures, in each round: memory, gas, a latency, a ratio of two figures.</summary>
/// <param name="What">What is measured.</param>
/// <param name="Unit">Its unit; empty for a ratio.</param>
public sealed class BenchMeasure(string What, string Unit)
{
    private readonly List<double> _values = [];

    /// <summary>What is measured.</summary>
    public string What { get; } = What;

    /// <summary>Its unit; empty for a ratio.</summary>
    public string Unit { get; } = Unit;

    /// <summary>What it may be at most, or null where nothing is demanded.</summary>
    public double? AtMost { get; init; }

    /// <summary>What it must be at least, or null where nothing is demanded.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Median of what was read off; null where nothing was.</summary>
    public double? Median => _values.Count == 0 ? null : BenchRunner.Median(_values);

    /// <summary>Whether what is demanded was reached; null where nothing is, or nothing was read off.</summary>
    public bool? IsReached => Median is not double value || (AtMost is null && AtLeast is null)
        ? null
        : value <= (AtMost ?? double.PositiveInfinity) && value >= (AtLeast ?? double.NegativeInfinity);

    /// <summary>Adds what a round gave.</summary>
    public void Add(double value) => _values.Add(value);

    /// <summary>Forgets what the round to warm up gave.</summary>
    internal void Clear() => _values.Clear();
}
