using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>Tells the format of a file by its beginning, where that is beyond doubt.</summary>
public static class ImportFormatDetector
{
    /// <summary>How many bytes of a file are enough: a head of the longest format and more.</summary>
    public const int HeadBytes = 16 * 1024;

    /// <summary>Judges the beginning of a file.</summary>
    /// <param name="head">The first <see cref="HeadBytes"/> bytes, or the whole of a shorter file.</param>
    /// <param name="format">The only format that fits.</param>
    /// <returns><see langword="false"/> where none or several fit: the operator has to name the format.</returns>
    public static bool TryDetect(ReadOnlySpan<byte> head, out ImportFormat format)
    {
        format = ImportFormat.Ndjson;
        if (ByteOrderMark.RefuseOrSkip(head, out int skip) is not null)
        {
            return false;
        }

        ReadOnlySpan<byte> text = head[skip..].TrimStart(" \t\r\n"u8);
        if (text.StartsWith("{"u8))
        {
            return true;
        }

        int end = text.IndexOf((byte)'\n');
        return TryReadFirstLine(end < 0 ? text : text[..end], out string[]? cells) && TryDetectCsv(cells, out format);
    }

    private static bool TryReadFirstLine(ReadOnlySpan<byte> line, [NotNullWhen(true)] out string[]? cells)
    {
        cells = null;
        try
        {
            using MemoryStream stream = new(line.ToArray());
            using CsvFileReader reader = new(stream);
            cells = reader.Read()?.Cells;
        }
        catch (ImportFileException)
        {
            // The import itself says what is wrong, once the operator has named the format.
        }

        return cells is not null;
    }

    private static bool TryDetectCsv(string[] cells, out ImportFormat format)
    {
        ImportOptions options = new() { Rules = RecordRules.Default };
        CsvColumns columns = CsvColumns.Read(cells, out _);
        ImportFormat[] fitting =
        [
            .. ImportFormats.All.Where(candidate => CsvMappings.Create(candidate, options) is CsvMapping mapping && Fits(mapping, columns, cells)),
        ];
        format = fitting.Length == 1 ? fitting[0] : default;
        return fitting.Length == 1;
    }

    // A format without a head is known by the number of its cells and the number in the first.
    private static bool Fits(CsvMapping mapping, CsvColumns columns, string[] cells) => mapping.FixedColumns is null
        ? mapping.FindMissing(columns) is null
        : cells.Length == mapping.FixedColumns.Count && cells[0].Length > 0 && cells[0].All(char.IsAsciiDigit);
}
