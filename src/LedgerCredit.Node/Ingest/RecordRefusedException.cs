using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Ingest;

/// <summary>A valid record cannot be committed to: its rule pack is unknown, or a date is too early.</summary>
public sealed class RecordRefusedException : Exception
{
    /// <summary>Refuses a record.</summary>
    public RecordRefusedException(RecordProblem problem)
        : base(problem?.ToString())
    {
        ArgumentNullException.ThrowIfNull(problem);
        Problem = problem;
    }

    /// <summary>Why.</summary>
    public RecordProblem Problem { get; }
}
