namespace LedgerCredit.Service.Problems;

/// <summary>Says of an outage once that it is there, whatever number of requests meets it. Thread-safe.</summary>
/// <param name="timeProvider">The clock.</param>
internal sealed class Outages(TimeProvider timeProvider)
{
    /// <summary>An outage that no request met for so long is over: the next one is told of again.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _met = new(StringComparer.Ordinal);

    /// <summary>Notes that a request met an outage.</summary>
    /// <param name="kind">What it is, one of a few.</param>
    /// <returns>Whether that is to be told.</returns>
    internal bool IsNew(string kind)
    {
        lock (_lock)
        {
            bool isNew = !_met.TryGetValue(kind, out long last) || timeProvider.GetElapsedTime(last) > Quiet;
            _met[kind] = timeProvider.GetTimestamp();
            return isNew;
        }
    }
}
