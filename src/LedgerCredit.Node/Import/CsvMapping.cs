using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>How the rows of one format become records.</summary>
/// <remarks>One object serves one file: a mapping may remember what it has read.</remarks>
internal abstract class CsvMapping
{
    /// <summary>The kind of the records.</summary>
    public abstract RecordKind Kind { get; }

    /// <summary>The names of the columns of a format without a head, or null where the first row names them.</summary>
    public virtual IReadOnlyList<string>? FixedColumns => null;

    /// <summary>Finds what the head lacks.</summary>
    /// <returns>The name of a missing column, or null where all that are needed are there.</returns>
    public abstract string? FindMissing(CsvColumns columns);

    /// <summary>Fills the draft from a row, or rejects the row.</summary>
    public abstract void Map(CsvRow row, RecordDraft draft);

    /// <summary>Says that the row that was mapped last became a record.</summary>
    public virtual void Accept()
    {
    }

    /// <summary>The first of the names that is not among the columns, or null.</summary>
    protected static string? FirstMissing(CsvColumns columns, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!columns.Contains(name))
            {
                return name;
            }
        }

        return null;
    }
}
