using System.Threading.Channels;

namespace LedgerCredit.Service.Tests;

/// <summary>A clock on which each thing takes the same time, and whose short waits end when the test says so.</summary>
/// <param name="work">How much time passes between two readings.</param>
internal sealed class SteppedTimeProvider(TimeSpan work) : TimeProvider
{
    // Longer waits are not those of answers.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly Channel<Wait> _waits = Channel.CreateUnbounded<Wait>();
    private long _now;

    /// <summary>The waits, as they begin.</summary>
    internal ChannelReader<Wait> Waits => _waits.Reader;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Add(ref _now, work.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= TimeSpan.Zero || dueTime > Longest)
        {
            return System.CreateTimer(callback, state, dueTime, period);
        }

        Wait wait = new(dueTime, () => callback(state));
        _waits.Writer.TryWrite(wait);
        return wait;
    }

    /// <summary>A wait that ends when the test says so.</summary>
    /// <param name="Time">How long it is to be.</param>
    /// <param name="End">Ends it.</param>
    internal sealed record Wait(TimeSpan Time, Action End) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
