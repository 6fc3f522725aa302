namespace LedgerCredit.Testing;

/// <summary>A clock that runs faster than the machine's, so that what is waited for in vain is waited for briefly.</summary>
/// <param name="factor">How many times faster timers and elapsed time are.</param>
/// <param name="offset">How far the time of day is off.</param>
public sealed class HurriedTimeProvider(int factor, TimeSpan offset = default) : TimeProvider
{
    private readonly long _started = System.GetTimestamp();

    /// <inheritdoc/>
    public override long TimestampFrequency => System.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;

    /// <inheritdoc/>
    public override long GetTimestamp() => _started + ((System.GetTimestamp() - _started) * factor);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Hurry(dueTime), Hurry(period));

    private TimeSpan Hurry(TimeSpan time) => time > TimeSpan.Zero ? time / factor : time;
}
