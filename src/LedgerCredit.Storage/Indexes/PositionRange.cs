namespace LedgerCredit.Storage.Indexes;

/// <summary>Positions that lie one behind the other, as <see cref="LogPosition.Key"/>.</summary>
/// <param name="First">The lowest.</param>
/// <param name="End">One more than the highest.</param>
internal readonly record struct PositionRange(long First, long End)
{
    /// <summary>All positions.</summary>
    public static PositionRange All { get; } = new(long.MinValue, long.MaxValue);
}
