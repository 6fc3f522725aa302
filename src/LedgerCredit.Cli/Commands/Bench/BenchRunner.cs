namespace LedgerCredit.Cli.Commands.Bench;

/// <summary>Times figures in rounds, each beside its peer and its ceiling.</summary>
/// <param name="timeProvider">The clock.</param>
internal sealed class BenchRunner(TimeProvider timeProvider)
{
    /// <summary>Runs a round that is not counted, which compiles and warms, and then the rounds.</summary>
    /// <param name="figures">What to measure.</param>
    /// <param name="rounds">How many rounds, at least 1.</param>
    /// <param name="progress">Hears how many rounds are done, the first one included.</param>
    /// <param name="cancellationToken">Stops between two pieces of work.</param>
    public IReadOnlyList<BenchResult> Run(
        IReadOnlyList<BenchFigure> figures,
        int rounds,
        Action<int> progress,
        CancellationToken cancellationToken)
    {
        double[][] ours = NewRates(figures.Count, rounds);
        double[][] peers = NewRates(figures.Count, rounds);
        double[][] ceilings = NewRates(figures.Count, rounds);
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < figures.Count; i++)
            {
                Measure(figures[i].Ours, ours[i], round, cancellationToken);
                Measure(figures[i].Peer?.Work, peers[i], round, cancellationToken);
                Measure(figures[i].Ceiling?.Work, ceilings[i], round, cancellationToken);
            }

            progress(round + 2);
        }

        return [.. figures.Select((figure, i) => new BenchResult(
            figure,
            Median(ours[i]),
            Compare(figure.Peer, ours[i], peers[i]),
            Compare(figure.Ceiling, ours[i], ceilings[i])))];
    }

    private void Measure(BenchWork? work, double[] rates, int round, CancellationToken cancellationToken)
    {
        if (work is null)
        {
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        long started = timeProvider.GetTimestamp();
        work.Run();
        double seconds = timeProvider.GetElapsedTime(started).TotalSeconds;
        if (round >= 0)
        {
            rates[round] = work.Items / seconds;
        }
    }

    private static double[][] NewRates(int figures, int rounds) => [.. Enumerable.Range(0, figures).Select(_ => new double[rounds])];

    private static BenchRatio? Compare(BenchComparison? comparison, double[] ours, double[] theirs) => comparison is null
        ? null
        : new BenchRatio(comparison, Median(theirs), Median([.. ours.Zip(theirs, (our, their) => our / their)]));

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
