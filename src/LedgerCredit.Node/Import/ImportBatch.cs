namespace LedgerCredit.Node.Import;

/// <summary>Rows of a file that were read together.</summary>
/// <remarks>Reading them is quick and done in the order of the file; making records of them is apart, so that several threads can do it.</remarks>
public abstract class ImportBatch
{
    /// <summary>The most rows of a batch.</summary>
    internal const int MaxRows = 1024;

    private protected ImportBatch()
    {
    }

    /// <summary>The number of rows.</summary>
    public abstract int Count { get; }

    /// <summary>Makes a row a record or says why it is none.</summary>
    /// <param name="row">Which one, in file order, from 0.</param>
    public abstract ImportRow MakeRow(int row);

    /// <summary>The text of a row that becomes a record as it stands, if it is valid.</summary>
    /// <param name="row">Which one, in file order, from 0.</param>
    /// <param name="line">The text and where it is.</param>
    /// <returns><see langword="false"/> where only <see cref="MakeRow"/> knows what becomes of the row.</returns>
    internal virtual bool TryGetLine(int row, out RecordLine line)
    {
        line = default;
        return false;
    }

    /// <summary>Gives back what it holds, when nobody asks for its rows any more. One that is not told so is left to the garbage collector.</summary>
    internal virtual void Release()
    {
    }
}

/// <summary>A row that is the text of a record.</summary>
internal readonly ref struct RecordLine
{
    /// <summary>Which row of data this is.</summary>
    public required long RowNumber { get; init; }

    /// <summary>The line of the file.</summary>
    public required long LineNumber { get; init; }

    /// <summary>The text.</summary>
    public required ReadOnlySpan<byte> Text { get; init; }

    /// <summary>The only issuer that is accepted, or null where all are.</summary>
    public required string? Issuer { get; init; }
}

/// <summary>Rows that were made records while they were read.</summary>
internal sealed class ReadyBatch(IReadOnlyList<ImportRow> rows) : ImportBatch
{
    /// <inheritdoc/>
    public override int Count => rows.Count;

    /// <inheritdoc/>
    public override ImportRow MakeRow(int row) => rows[row];
}
