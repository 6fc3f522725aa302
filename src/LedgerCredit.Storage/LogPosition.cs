using LedgerCredit.Log;

namespace LedgerCredit.Storage;

/// <summary>Where an entry is: its log's number in this store and its leaf index there.</summary>
/// <param name="Log">From 1 to 2^22 - 1.</param>
/// <param name="LeafIndex">Below 2^40, the bound of C2SP tlog-tiles.</param>
public readonly record struct LogPosition(int Log, ulong LeafIndex)
{
    private const int IndexBits = 40;
    private const int MaxLog = (1 << 22) - 1;

    /// <summary>The integer key of the row: <c>Log * 2^40 + LeafIndex</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside any log.</exception>
    public long Key
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(LeafIndex, (1UL << IndexBits) - 1);
            ArgumentOutOfRangeException.ThrowIfLessThan(Log, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(Log, MaxLog);
            return ((long)Log << IndexBits) | (long)LeafIndex;
        }
    }

    /// <summary>The position of a row's key.</summary>
    /// <exception cref="LogIntegrityException">The key is outside any log: its row was altered.</exception>
    public static LogPosition FromKey(long key) => IsLogNumber(key >> IndexBits)
        ? new((int)(key >> IndexBits), (ulong)(key & ((1L << IndexBits) - 1)))
        : throw new LogIntegrityException($"The store has a row with position {key}, which is in no log. Run 'ledgercredit log audit' and restore a backup.");

    internal static bool IsLogNumber(long number) => number is >= 1 and <= MaxLog;

    internal static (long First, long Last) KeysOf(int log) => (new LogPosition(log, 0).Key, new LogPosition(log, (1UL << IndexBits) - 1).Key);
}
