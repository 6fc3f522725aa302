using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Ingest;

/// <summary>What became of a file's rows. It adds up: <c>Read = Imported + AlreadyThere + Rejected</c>.</summary>
/// <param name="Read">Rows read.</param>
/// <param name="Imported">Records added to their logs.</param>
/// <param name="AlreadyThere">Records that were there before, unchanged.</param>
/// <param name="Rejected">Rows that are no record, or whose record was refused.</param>
/// <param name="Warnings">Things to look at in accepted rows.</param>
/// <param name="Stopped">Why the rest of the file could not be read as rows, or null when all of it was read.</param>
public sealed record IngestSummary(long Read, long Imported, long AlreadyThere, long Rejected, long Warnings, ParseProblem? Stopped)
{
    /// <summary>Nothing read.</summary>
    public static IngestSummary Empty { get; } = new(0, 0, 0, 0, 0, null);
}
