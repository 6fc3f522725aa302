using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace LedgerCredit.Node.Import;

/// <summary>What the library made of one line of a CSV file.</summary>
/// <param name="LineNumber">The line on which it begins.</param>
/// <param name="Cells">The cells, trimmed; where the row cannot be used, those before the problem.</param>
/// <param name="Problem">Why the row cannot be used, or null.</param>
/// <param name="Warning">What was mended in it, or null.</param>
internal sealed record CsvLine(long LineNumber, string[] Cells, RejectReason? Problem, string? Warning);

/// <summary>Reads the records of a CSV file (RFC 4180, comma, UTF-8) in bounded memory.</summary>
internal sealed class CsvFileReader : IDisposable
{
    // With each field that has stray quotation marks the library copies the whole record, so a record of nothing else would
    // cost the square of its length. Far more than rows have whose names are quoted by hand.
    private const int MaxMendedCells = 64;

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
            if (read.Problem is not null || read.Cells is not [string only] || !IsBlank(only))
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
        string? warning = null;
        int mendedCells = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            // The library reports a field with stray quotation marks while the field is read.
            _badField = null;
            string cell = _parser[i];
            if (_badField is string raw)
            {
                if (!TryMend(raw, out string mended) || ++mendedCells > MaxMendedCells)
                {
                    RejectReason problem = new(
                        "bad-quotes",
                        "Expected each quotation mark closed on its line or doubled, found one that is neither. The row may hold "
                        + "the rows behind it too: mend the file and import it again.",
                        $"column {i + 1}");
                    return new CsvLine(line, cells[..i], problem, null);
                }

                cell = mended;
                warning = $"Column {i + 1} has quotation marks that are not doubled; they were kept as text.";
            }

            cells[i] = CellText.Trim(cell);
        }

        return new CsvLine(line, cells, null, warning);
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
