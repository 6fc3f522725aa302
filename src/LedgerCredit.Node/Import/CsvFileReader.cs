using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace LedgerCredit.Node.Import;

/// <summary>What the library made of one line of a CSV file.</summary>
/// <param name="LineNumber">The line on which it begins.</param>
/// <param name="Cells">The cells, trimmed.</param>
/// <param name="Problem">Why the row cannot be used, or null.</param>
/// <param name="Warning">What was mended in it, or null.</param>
internal sealed record CsvLine(long LineNumber, string[] Cells, RejectReason? Problem, string? Warning);

/// <summary>Reads the records of a CSV file (RFC 4180, comma, UTF-8) in bounded memory.</summary>
internal sealed class CsvFileReader : IDisposable
{
    private readonly BoundedUtf8Reader _text;
    private readonly CsvParser _parser;
    private string? _badField;

    public CsvFileReader(Stream stream)
    {
        _text = new BoundedUtf8Reader(stream);
        CsvConfiguration configuration = new(CultureInfo.InvariantCulture)
        {
            Delimiter = ",",
            Mode = CsvMode.RFC4180,
            IgnoreBlankLines = false,
            BadDataFound = args => _badField = args.Field,
        };
        _parser = new CsvParser(_text, configuration);
    }

    /// <summary>How many blank lines were passed over so far.</summary>
    public long BlankLines { get; private set; }

    /// <summary>Reads the next record that is not a blank line.</summary>
    /// <exception cref="ImportFileException">The rest of the file cannot be read.</exception>
    public CsvLine? Read()
    {
        while (true)
        {
            long line = _parser.RawRow + 1L;
            _text.StartRecord(line);
            if (!_parser.Read())
            {
                return null;
            }

            CsvLine read = ReadCells(line);
            if (read.Cells is not [string only] || !IsBlank(only))
            {
                return read;
            }

            BlankLines++;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parser.Dispose();
        _text.Dispose();
    }

    // Ctrl-Z ends some files of the DOS tradition.
    private static bool IsBlank(string cell) => cell.Trim('\u001A').Length == 0;

    private CsvLine ReadCells(long line)
    {
        string[] cells = new string[_parser.Count];
        RejectReason? problem = null;
        string? warning = null;
        for (int i = 0; i < cells.Length; i++)
        {
            // The library reports a field with stray quotation marks while the field is read.
            _badField = null;
            string cell = _parser[i];
            if (_badField is string raw)
            {
                if (TryMend(raw, out string mended))
                {
                    cell = mended;
                    warning = $"Column {i + 1} has quotation marks that are not doubled; they were kept as text.";
                }
                else
                {
                    problem ??= new RejectReason(
                        "bad-quotes",
                        "Expected each quotation mark closed on its line or doubled, found one that is neither. The row may hold "
                        + "the rows behind it too: mend the file and import it again.",
                        $"column {i + 1}");
                }
            }

            cells[i] = CellText.Trim(cell);
        }

        return new CsvLine(line, cells, problem, warning);
    }

    // "Closed Joint Stock Co "Sharora"" was meant to be Closed Joint Stock Co "Sharora". Over more than one line it cannot
    // be told from a mark that was never closed.
    private static bool TryMend(string raw, out string mended)
    {
        mended = raw.Trim();
        if (mended.AsSpan().ContainsAny('\r', '\n') || mended.Count(c => c == '"') < 2)
        {
            return !mended.StartsWith('"') && !mended.AsSpan().ContainsAny('\r', '\n');
        }

        if (mended.StartsWith('"') && mended.EndsWith('"'))
        {
            mended = mended[1..^1];
        }

        return true;
    }
}
