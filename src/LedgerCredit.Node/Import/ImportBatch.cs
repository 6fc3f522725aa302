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

    /// <summary>Makes each row a record or says why it is none, in file order.</summary>
    public abstract IReadOnlyList<ImportRow> MakeRows();
}

/// <summary>Rows that were made records while they were read.</summary>
internal sealed class ReadyBatch(IReadOnlyList<ImportRow> rows) : ImportBatch
{
    /// <inheritdoc/>
    public override IReadOnlyList<ImportRow> MakeRows() => rows;
}
