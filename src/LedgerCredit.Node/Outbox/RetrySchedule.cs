using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LedgerCredit.Node.Outbox;

/// <summary>When a delivery that failed is tried again: after a random pause whose bound doubles, for ever.</summary>
/// <remarks>
/// Random over the whole span ("full jitter"), so that the deliveries that failed together do not all come back together.
/// docs/spec/webhooks.md section 5.
/// </remarks>
public static class RetrySchedule
{
    /// <summary>The shortest pause.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause, whatever a receiver asks for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Gets the pause.</summary>
    /// <param name="attempts">How many attempts have failed, from 1.</param>
    /// <param name="retryAfter">What the receiver asked for, or null.</param>
    /// <param name="random">Where chance comes from.</param>
    public static TimeSpan GetPause(int attempts, TimeSpan? retryAfter, RandomNumberGenerator random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        ArgumentNullException.ThrowIfNull(random);
        if (retryAfter is TimeSpan asked)
        {
            return asked < Shortest ? Shortest : asked > Longest ? Longest : asked;
        }

        // The bound passes the longest pause at 2^12 seconds, so that a greater exponent changes nothing.
        double bound = Math.Min(Math.Pow(2, Math.Min(attempts, 12)), Longest.TotalSeconds);
        return Shortest + ((TimeSpan.FromSeconds(bound) - Shortest) * NextFraction(random));
    }

    private static double NextFraction(RandomNumberGenerator random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        random.GetBytes(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes) / (double)uint.MaxValue;
    }
}
