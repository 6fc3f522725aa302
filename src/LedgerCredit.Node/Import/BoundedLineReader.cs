namespace LedgerCredit.Node.Import;

/// <summary>Reads a file line by line, holding no line that is longer than the bound.</summary>
/// <remarks>A line ends with LF or CR LF; the last one may have no end. A UTF-8 byte order mark is passed over.</remarks>
internal sealed class BoundedLineReader(Stream stream, int maxLineBytes)
{
    // One byte more than the bound for the CR before the LF.
    private readonly byte[] _line = new byte[maxLineBytes + 1];
    private readonly byte[] _bytes = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _begun;

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its end; valid until the next call. Empty where it was too long.</param>
    /// <param name="isTooLong">Whether the line had more bytes than the bound, and was passed over.</param>
    /// <returns>Whether there was a line.</returns>
    /// <exception cref="ImportFileException">The file begins with the byte order mark of UTF-16.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line, out bool isTooLong)
    {
        int length = 0;
        bool any = false;
        isTooLong = false;
        while (TryFill())
        {
            any = true;
            ReadOnlySpan<byte> rest = _bytes.AsSpan(_start, _end - _start);
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? rest : rest[..end];
            _start += end < 0 ? rest.Length : end + 1;

            isTooLong |= part.Length > _line.Length - length;
            if (!isTooLong)
            {
                part.CopyTo(_line.AsSpan(length));
                length += part.Length;
            }

            if (end >= 0)
            {
                break;
            }
        }

        line = _line.AsSpan(0, length);
        if (line.EndsWith((byte)'\r'))
        {
            line = line[..^1];
        }

        isTooLong |= line.Length > maxLineBytes;
        if (isTooLong)
        {
            line = [];
        }

        return any;
    }

    private bool TryFill()
    {
        if (_start < _end)
        {
            return true;
        }

        _end = stream.ReadAtLeast(_bytes, minimumBytes: 4, throwOnEndOfStream: false);
        _start = 0;
        if (!_begun)
        {
            _begun = true;
            if (ByteOrderMark.RefuseOrSkip(_bytes.AsSpan(0, _end), out int skip) is Primitives.ParseProblem problem)
            {
                throw new ImportFileException(problem);
            }

            _start = skip;
        }

        return _start < _end;
    }
}
