namespace LedgerCredit.Bench;

/// <summary>One of the things that can be measured.</summary>
/// <remarks>What it makes on disk is gone when it is disposed of.</remarks>
public interface IBench : IAsyncDisposable
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What belongs to the conditions beside the machine, the size of the input for example.</summary>
    IReadOnlyList<(string Name, string Value)> Settings { get; }

    /// <summary>What is timed, in this order in each round.</summary>
    IReadOnlyList<BenchFigure> Figures { get; }

    /// <summary>What is read off beside it.</summary>
    IReadOnlyList<BenchMeasure> Measures { get; }

    /// <summary>Whether a round that is not counted comes first, to compile and to warm; it takes as long as the others.</summary>
    bool WarmsUp => true;

    /// <summary>Makes the input, once.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Makes what one round needs and none before has used.</summary>
    Task BeginRoundAsync(CancellationToken cancellationToken);

    /// <summary>Takes it away again.</summary>
    Task EndRoundAsync();
}
