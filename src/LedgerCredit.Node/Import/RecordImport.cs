using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Import;

/// <summary>Imports one file: reads it row by row and makes each row a record or says why it is none.</summary>
/// <remarks>
/// docs/import.md. Streaming: memory does not grow with the file (for <see cref="ImportFormat.Ratings"/> it grows with the
/// number of rating series, up to a bound). One object serves one file. Not thread-safe.
/// </remarks>
public sealed class RecordImport
{
    private readonly ImportOptions _options;
    private readonly CsvMapping? _mapping;
    private bool _used;

    private RecordImport(ImportOptions options, CsvMapping? mapping)
    {
        _options = options;
        _mapping = mapping;
    }

    /// <summary>How many blank lines were passed over; they are no rows.</summary>
    public long BlankLines { get; private set; }

    /// <summary>Prepares the import of one file.</summary>
    /// <param name="format">The file's format.</param>
    /// <param name="options">What the operator says about the file.</param>
    /// <param name="import">The import, or null.</param>
    /// <param name="problem">Which option is missing or malformed, in the words of the command line, or null.</param>
    public static bool TryCreate(
        ImportFormat format,
        ImportOptions options,
        [NotNullWhen(true)] out RecordImport? import,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(options);

        problem = CheckOptions(format, options);
        import = problem is null ? new RecordImport(options, CsvMappings.Create(format, options)) : null;
        return import is not null;
    }

    /// <summary>Reads the rows, in file order.</summary>
    /// <param name="stream">The file; read from where it stands, not disposed of.</param>
    /// <exception cref="ImportFileException">While reading, behind all rows before the place: the rest of the file cannot be read as rows.</exception>
    /// <exception cref="InvalidOperationException">A file was read with this object before.</exception>
    public IEnumerable<ImportRow> Read(Stream stream) => ReadBatches(stream).SelectMany(batch => Enumerable.Range(0, batch.Count).Select(batch.MakeRow));

    /// <summary>Reads the rows in batches, of which records can be made elsewhere and by several threads.</summary>
    /// <param name="stream">The file; read from where it stands, not disposed of.</param>
    /// <exception cref="ImportFileException">While reading, behind all rows before the place: the rest of the file cannot be read as rows.</exception>
    /// <exception cref="InvalidOperationException">A file was read with this object before.</exception>
    public IEnumerable<ImportBatch> ReadBatches(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (_used)
        {
            throw new InvalidOperationException("Make a new RecordImport for each file.");
        }

        _used = true;
        return _mapping is null ? ReadNdjson(stream) : ReadCsv(stream, _mapping);
    }

    private static ParseProblem? CheckOptions(ImportFormat format, ImportOptions options)
    {
        if (options.Issuer is not null && !IssuerSlug.IsValid(options.Issuer))
        {
            return new ParseProblem("bad-issuer", "--issuer", "Expected a member's slug: 2 to 63 lower-case letters, digits and hyphens.");
        }

        if (options.IssuedAt is not null && !IssueTime.IsValid(options.IssuedAt))
        {
            return new ParseProblem("bad-issued-at", "--issued-at", "Expected a time such as 2026-04-01T00:00:00+08:00.");
        }

        if (options.RulePack is not null && format != ImportFormat.Cf)
        {
            return new ParseProblem("rule-pack-for-cf", "--rule-pack", "Expected a cf file: only its rows are given a rule pack here; others name theirs, or have none.");
        }

        if (options.RulePack is not null && options.RulePacks.Find(options.RulePack) is null)
        {
            return new ParseProblem("unknown-rule-pack", "--rule-pack", $"Expected one of the rule packs {string.Join(", ", options.RulePacks.Ids)}, found another.");
        }

        return format switch
        {
            ImportFormat.Cf when options.Issuer is null => new ParseProblem(
                "issuer-needed", "--issuer", "A cf file names authorities but no member: say whose records these are with --issuer."),
            ImportFormat.Ofac when options.IssuedAt is null => new ParseProblem(
                "issued-at-needed", "--issued-at", "An ofac file has no dates: say as of when the list is with --issued-at."),
            _ => null,
        };
    }

    private IEnumerable<ImportBatch> ReadNdjson(Stream stream)
    {
        BoundedLineReader lines = new(stream, JsonLimits.Record.MaxBytes);
        long lineNumber = 0;
        long rowNumber = 0;
        bool isMore = true;
        while (isMore)
        {
            NdjsonBatch batch = new(_options);
            isMore = Fill(batch, lines, ref lineNumber, ref rowNumber);
            if (batch.Count > 0)
            {
                yield return batch;
            }
        }
    }

    // Apart from the iterator because a span cannot live across a yield. False at the end of the file.
    private bool Fill(NdjsonBatch batch, BoundedLineReader lines, ref long lineNumber, ref long rowNumber)
    {
        while (!batch.IsFull)
        {
            if (!lines.TryRead(out ReadOnlySpan<byte> line, out bool isTooLong))
            {
                return false;
            }

            lineNumber++;
            if (lineNumber == 1)
            {
                if (ByteOrderMark.RefuseOrSkip(line, out int skip) is ParseProblem wrongEncoding)
                {
                    throw new ImportFileException(wrongEncoding);
                }

                line = line[skip..];
            }

            if (!isTooLong && line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0)
            {
                BlankLines++;
            }
            else
            {
                rowNumber++;
                batch.Add(rowNumber, lineNumber, line, isTooLong);
            }
        }

        return true;
    }

    // The rows are made here and in order: what a row becomes may follow from those before it.
    private IEnumerable<ImportBatch> ReadCsv(Stream stream, CsvMapping mapping)
    {
        using CsvFileReader file = new(stream);
        CsvColumns columns = ReadColumns(file, mapping);
        long rowNumber = 0;
        ImportFileException? unreadable = null;
        bool isMore = true;
        while (isMore)
        {
            List<ImportRow> rows = [];
            while (isMore && rows.Count < ImportBatch.MaxRows)
            {
                isMore = TryReadLine(file, out CsvLine? line, out unreadable);
                if (line is not null)
                {
                    rowNumber++;
                    rows.Add(ReadRow(mapping, columns, line, rowNumber));
                }
            }

            BlankLines = file.BlankLines;
            if (rows.Count > 0)
            {
                yield return new ReadyBatch(rows);
            }
        }

        if (unreadable is not null)
        {
            throw unreadable;
        }
    }

    // The rows before an unreadable place are handed out before it is told.
    private static bool TryReadLine(CsvFileReader file, out CsvLine? line, out ImportFileException? unreadable)
    {
        unreadable = null;
        try
        {
            line = file.Read();
        }
        catch (ImportFileException e)
        {
            line = null;
            unreadable = e;
        }

        return line is not null;
    }

    private static CsvColumns ReadColumns(CsvFileReader file, CsvMapping mapping)
    {
        if (mapping.FixedColumns is not null)
        {
            return CsvColumns.Read(mapping.FixedColumns, out _);
        }

        CsvLine? head = file.Read();
        if (head is null)
        {
            throw new ImportFileException(new ParseProblem("empty-file", "", "Expected a head with the names of the columns, found an empty file."));
        }

        if (head.Problem is not null)
        {
            throw new ImportFileException(new ParseProblem(head.Problem.Code, $"line {head.LineNumber}", head.Problem.Message));
        }

        CsvColumns columns = CsvColumns.Read(head.Cells, out string? duplicate);
        string place = $"line {head.LineNumber}";
        if (duplicate is not null)
        {
            throw new ImportFileException(new ParseProblem("duplicate-column", place, $"Expected each column once, found '{JsonNames.Show(duplicate)}' twice."));
        }

        if (mapping.FindMissing(columns) is string missing)
        {
            throw new ImportFileException(new ParseProblem(
                "missing-column", place, $"Expected the column '{missing}' in the head, found none. Check --format and the head of the file."));
        }

        return columns;
    }

    private ImportRow ReadRow(CsvMapping mapping, CsvColumns columns, CsvLine line, long rowNumber)
    {
        RejectReason? rejection = line.Problem ?? CheckWidth(columns, line);
        if (rejection is not null)
        {
            return ImportRow.Rejected(rowNumber, line.LineNumber, rejection);
        }

        CsvRow row = new(columns, line.Cells[..columns.Names.Count], rowNumber, line.LineNumber);
        RecordDraft draft = new(mapping.Kind);
        mapping.Map(row, draft);
        if (draft.Rejection is not null)
        {
            return ImportRow.Rejected(rowNumber, line.LineNumber, draft.Rejection);
        }

        if (!CreditRecord.TryCreate(draft.ToJson(), _options.Rules, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems))
        {
            return ImportRow.Rejected(rowNumber, line.LineNumber, problems);
        }

        mapping.Accept();
        List<string> warnings = [.. draft.Warnings, .. record.Warnings.Select(warning => warning.ToString())];
        if (line.Warning is not null)
        {
            warnings.Add(line.Warning);
        }

        foreach ((string column, string text) in row.Cells())
        {
            if (text.Contains('\uFFFD', StringComparison.Ordinal))
            {
                warnings.Add($"Column '{JsonNames.Show(column)}' has characters that were lost before this import (U+FFFD).");
            }
        }

        return ImportRow.Accepted(rowNumber, line.LineNumber, record, warnings);
    }

    // Surplus empty cells are what spreadsheets leave at the end of a row.
    private static RejectReason? CheckWidth(CsvColumns columns, CsvLine line)
    {
        int expected = columns.Names.Count;
        bool fits = line.Cells.Length >= expected && line.Cells.Skip(expected).All(cell => cell.Length == 0);
        return fits ? null : new RejectReason(
            "wrong-column-count", $"Expected {expected} cells, found {line.Cells.Length}.", null);
    }
}
