using System.Buffers;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Import;

/// <summary>Lines of an NDJSON file, a record each.</summary>
/// <remarks>Its bytes are used again by later batches: made anew for each, such large pieces would be most of the memory of an import.</remarks>
internal sealed class NdjsonBatch(ImportOptions options) : ImportBatch
{
    // With a line of the greatest length behind it a batch takes half as much again.
    private const int MaxBytes = 1024 * 1024;

    private readonly List<Line> _lines = [];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(MaxBytes);
    private int _used;

    /// <inheritdoc/>
    public override int Count => _lines.Count;

    /// <summary>Whether it should take no more rows.</summary>
    public bool IsFull => _lines.Count >= MaxRows || _used >= MaxBytes;

    /// <summary>Adds a line; copied.</summary>
    public void Add(long rowNumber, long lineNumber, ReadOnlySpan<byte> line, bool isTooLong)
    {
        if (_bytes.Length - _used < line.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_used + line.Length);
            _bytes.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        line.CopyTo(_bytes.AsSpan(_used));
        _lines.Add(new Line(rowNumber, lineNumber, _used, line.Length, isTooLong));
        _used += line.Length;
    }

    /// <inheritdoc/>
    internal override bool TryGetLine(int row, out RecordLine line)
    {
        Line read = _lines[row];
        line = new RecordLine
        {
            RowNumber = read.RowNumber,
            LineNumber = read.LineNumber,
            Text = _bytes.AsSpan(read.Start, read.Length),
            Issuer = options.Issuer,
        };
        return !read.IsTooLong;
    }

    /// <inheritdoc/>
    public override ImportRow MakeRow(int row)
    {
        Line line = _lines[row];
        if (line.IsTooLong)
        {
            return ImportRow.Rejected(line.RowNumber, line.LineNumber, new RejectReason(
                "too-large", $"Expected a line of at most {JsonLimits.Record.MaxBytes} bytes, found a longer one.", null));
        }

        ReadOnlySpan<byte> text = _bytes.AsSpan(line.Start, line.Length);
        if (!CreditRecord.TryParse(text, options.Rules, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems))
        {
            return ImportRow.Rejected(line.RowNumber, line.LineNumber, problems);
        }

        return options.Issuer is null || record.Issuer == options.Issuer
            ? ImportRow.Accepted(line.RowNumber, line.LineNumber, record, [.. record.Warnings.Select(warning => warning.ToString())])
            : ImportRow.Rejected(line.RowNumber, line.LineNumber, new RejectReason(
                "other-issuer", "Expected a record of the issuer named by --issuer, found another issuer.", "/issuer"));
    }

    /// <inheritdoc/>
    internal override void Release()
    {
        // Nothing of it can be read after this, so that no later batch's bytes are taken for its own.
        _lines.Clear();
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private readonly record struct Line(long RowNumber, long LineNumber, int Start, int Length, bool IsTooLong);
}
