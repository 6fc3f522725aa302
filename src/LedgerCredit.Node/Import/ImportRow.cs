using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>Why a row did not become a record.</summary>
/// <param name="Code">Stable kebab-case code (docs/import.md), or the code of the record's first problem.</param>
/// <param name="Message">What was expected and what to do, without content of the row.</param>
/// <param name="Path">The column, or the JSON pointer of the place in the record; null for the row as a whole.</param>
public sealed record RejectReason(string Code, string Message, string? Path);

/// <summary>One row of an imported file: a record, or the reason why it is none.</summary>
public sealed record ImportRow
{
    private ImportRow(long rowNumber, long lineNumber, CreditRecord? record, RejectReason? reject, IReadOnlyList<string> warnings)
    {
        RowNumber = rowNumber;
        LineNumber = lineNumber;
        Record = record;
        Reject = reject;
        Warnings = warnings;
    }

    /// <summary>Which row of data this is, from 1; heads and blank lines are not counted.</summary>
    public long RowNumber { get; }

    /// <summary>The line of the file on which the row begins, from 1.</summary>
    public long LineNumber { get; }

    /// <summary>The valid record, or null where the row was rejected.</summary>
    public CreditRecord? Record { get; }

    /// <summary>Why the row was rejected, or null where there is a record.</summary>
    public RejectReason? Reject { get; }

    /// <summary>What should be looked at in an accepted row, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Whether the row became a record.</summary>
    [MemberNotNullWhen(true, nameof(Record))]
    [MemberNotNullWhen(false, nameof(Reject))]
    public bool IsAccepted => Record is not null;

    internal static ImportRow Accepted(long rowNumber, long lineNumber, CreditRecord record, IReadOnlyList<string> warnings) =>
        new(rowNumber, lineNumber, record, reject: null, warnings);

    internal static ImportRow Rejected(long rowNumber, long lineNumber, RejectReason reject) =>
        new(rowNumber, lineNumber, record: null, reject, []);

    internal static ImportRow Rejected(long rowNumber, long lineNumber, IReadOnlyList<RecordProblem> problems)
    {
        RecordProblem first = problems[0];
        string message = problems.Count == 1 ? first.Message : string.Join(' ', problems.Take(MaxReportedProblems));
        return Rejected(rowNumber, lineNumber, new RejectReason(first.Code, message, first.Path.Length == 0 ? null : first.Path));
    }

    // Enough to mend a row in one go, short enough for a line of the reject file.
    private const int MaxReportedProblems = 10;
}
