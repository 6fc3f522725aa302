namespace LedgerCredit.Node.Import;

/// <summary>The columns of a file by name; case and blanks around a name do not matter.</summary>
internal sealed class CsvColumns
{
    private readonly Dictionary<string, int> _positions = new(StringComparer.OrdinalIgnoreCase);
    private readonly string[] _names;

    private CsvColumns(string[] names)
    {
        _names = names;
    }

    /// <summary>The names in file order, trimmed.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Whether there is a column of this name.</summary>
    public bool Contains(string name) => _positions.ContainsKey(name);

    /// <summary>Reads the names.</summary>
    /// <param name="cells">The cells of the head.</param>
    /// <param name="duplicate">The name that is there twice, or null.</param>
    public static CsvColumns Read(IEnumerable<string> cells, out string? duplicate)
    {
        duplicate = null;
        CsvColumns columns = new([.. cells.Select(cell => CellText.OneLine(CellText.Trim(cell)))]);
        for (int i = 0; i < columns._names.Length; i++)
        {
            // A column without a name cannot be mapped; its cells are kept under their position (see CsvRow).
            if (columns._names[i].Length == 0)
            {
                columns._names[i] = $"column {i + 1}";
            }

            if (!columns._positions.TryAdd(columns._names[i], i))
            {
                duplicate ??= columns._names[i];
            }
        }

        return columns;
    }

    /// <summary>The position of a column, or -1.</summary>
    public int Find(string name) => _positions.TryGetValue(name, out int position) ? position : -1;
}

/// <summary>One row of a CSV file.</summary>
internal sealed class CsvRow(CsvColumns columns, string[] cells, long rowNumber, long lineNumber)
{
    private readonly HashSet<int> _carried = [];

    /// <summary>Which row of data this is, from 1.</summary>
    public long RowNumber { get; } = rowNumber;

    /// <summary>The line on which the row begins, from 1.</summary>
    public long LineNumber { get; } = lineNumber;

    /// <summary>Reads a cell, trimmed; empty where the file has no such column.</summary>
    public string this[string column]
    {
        get
        {
            int position = columns.Find(column);
            return position < 0 ? "" : cells[position];
        }
    }

    /// <summary>Reads a cell whose text goes into a claim as it is, so that it is not kept a second time.</summary>
    public string Carry(string column)
    {
        Withhold(column);
        return this[column];
    }

    /// <summary>Says which text of a cell goes into a claim; where it was changed, the cell is kept as well.</summary>
    public void Carry(string column, string claim)
    {
        if (this[column] == claim)
        {
            Withhold(column);
        }
    }

    /// <summary>Says that a cell must not be kept among the source columns.</summary>
    public void Withhold(string column)
    {
        int position = columns.Find(column);
        if (position >= 0)
        {
            _carried.Add(position);
        }
    }

    /// <summary>The cells that are not empty, with their columns.</summary>
    public IEnumerable<(string Column, string Text)> Cells()
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i].Length > 0)
            {
                yield return (columns.Names[i], cells[i]);
            }
        }
    }

    /// <summary>The cells that no claim carries and that may be kept.</summary>
    public IEnumerable<(string Column, string Text)> RestCells() =>
        Cells().Where(cell => !_carried.Contains(columns.Find(cell.Column)));
}
