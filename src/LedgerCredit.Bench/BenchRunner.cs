namespace LedgerCredit.Bench;

/// <summary>Times the figures of a bench in rounds, each beside its peer and its ceiling.</summary>
/// <param name="timeProvider">The clock.</param>
public sealed class BenchRunner(TimeProvider timeProvider)
{
    /// <summary>Runs a round that is not counted, unless the bench needs none, and then the rounds.</summary>
    /// <param name="bench">What to measure.</param>
    /// <param name="rounds">How many rounds, at least 1.</param>
    /// <param name="progress">Hears how many rounds are done, the first one included.</param>
    /// <param name="cancellationToken">Stops between two pieces of work.</param>
    public async Task<IReadOnlyList<BenchResult>> RunAsync(IBench bench, int rounds, Action<int> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bench);
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        await bench.PrepareAsync(cancellationToken);
        IReadOnlyList<BenchFigure> figures = bench.Figures;
        List<double>[] ours = NewRates(figures.Count);
        List<double>[] peers = NewRates(figures.Count);
        List<double>[] ceilings = NewRates(figures.Count);
        for (int round = bench.WarmsUp ? -1 : 0; round < rounds; round++)
        {
            await bench.BeginRoundAsync(cancellationToken);
            for (int i = 0; i < figures.Count; i++)
            {
                await MeasureAsync(figures[i].Ours, ours[i], cancellationToken);
                await MeasureAsync(figures[i].Peer?.Work, peers[i], cancellationToken);
                await MeasureAsync(figures[i].Ceiling?.Work, ceilings[i], cancellationToken);
            }

            await bench.EndRoundAsync();
            if (round < 0)
            {
                Forget(bench, ours, peers, ceilings);
            }

            progress(bench.WarmsUp ? round + 2 : round + 1);
        }

        return [.. figures.Select((figure, i) => new BenchResult(
            figure,
            Median(ours[i]),
            Compare(figure.Peer, ours[i], peers[i]),
            Compare(figure.Ceiling, ours[i], ceilings[i])))];
    }

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    internal static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static void Forget(IBench bench, params List<double>[][] rates)
    {
        foreach (List<double> list in rates.SelectMany(lists => lists))
        {
            list.Clear();
        }

        foreach (BenchMeasure measure in bench.Measures)
        {
            measure.Clear();
        }
    }

    private async Task MeasureAsync(BenchWork? work, List<double> rates, CancellationToken cancellationToken)
    {
        if (work is null)
        {
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        BenchClock clock = new(timeProvider);
        clock.Resume();
        await work.RunAsync(clock, cancellationToken);
        rates.Add(work.Items / clock.Elapsed.TotalSeconds);
    }

    private static List<double>[] NewRates(int figures) => [.. Enumerable.Range(0, figures).Select(_ => new List<double>())];

    private static BenchRatio? Compare(BenchComparison? comparison, List<double> ours, List<double> theirs) => comparison is null
        ? null
        : new BenchRatio(comparison, Median(theirs), Median([.. ours.Zip(theirs, (our, their) => our / their)]));
}
