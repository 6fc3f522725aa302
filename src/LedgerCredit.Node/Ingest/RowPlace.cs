namespace LedgerCredit.Node.Ingest;

/// <summary>Where a row is in its file.</summary>
/// <param name="RowNumber">Which row of data this is, from 1; heads and blank lines are not counted.</param>
/// <param name="LineNumber">The line on which the row begins, from 1.</param>
public readonly record struct RowPlace(long RowNumber, long LineNumber);
