namespace LedgerCredit.Bench;

/// <summary>Times one run of a piece of work.</summary>
/// <param name="timeProvider">The clock.</param>
public sealed class BenchClock(TimeProvider timeProvider)
{
    private TimeSpan _elapsed;
    private long? _started;

    /// <summary>The time that counted so far.</summary>
    public TimeSpan Elapsed => _elapsed + (_started is long started ? timeProvider.GetElapsedTime(started) : TimeSpan.Zero);

    /// <summary>What follows does not belong to the work.</summary>
    /// <exception cref="InvalidOperationException">It stands already.</exception>
    public void Pause()
    {
        if (_started is null)
        {
            throw new InvalidOperationException("The clock stands already.");
        }

        _elapsed = Elapsed;
        _started = null;
    }

    /// <summary>Adds a time that was taken apart.</summary>
    public void Count(TimeSpan elapsed) => _elapsed += elapsed;

    /// <summary>What follows counts.</summary>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    public void Resume() => _started = _started is null
        ? timeProvider.GetTimestamp()
        : throw new InvalidOperationException("The clock runs already.");
}
