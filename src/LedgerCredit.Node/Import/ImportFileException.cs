using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Import;

/// <summary>The rest of a file cannot be read as rows: wrong encoding, missing columns, a record without end.</summary>
/// <remarks>
/// Rows that were read before stand; after the file is mended the import is simply run again, because records that are
/// already there are recognised. Problems of single rows are never reported this way.
/// </remarks>
public sealed class ImportFileException : Exception
{
    internal ImportFileException(ParseProblem problem)
        : base(problem.ToString())
    {
        Problem = problem;
    }

    /// <summary>What is wrong with the file, and where.</summary>
    public ParseProblem Problem { get; }
}
