namespace LedgerCredit.Primitives;

/// <summary>Reads a stream line by line, holding no line that is longer than the bound.</summary>
/// <remarks>A line ends with LF or CR LF; the last one may have no end. Not thread-safe; does not dispose of the stream.</remarks>
/// <param name="stream">The stream, read from where it stands.</param>
/// <param name="maxLineBytes">The longest line that is held, without its end.</param>
public sealed class BoundedLineReader(Stream stream, int maxLineBytes)
{
    // One byte more than the bound for the CR before the LF.
    private readonly byte[] _line = new byte[maxLineBytes + 1];
    private readonly byte[] _bytes = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its end; valid until the next call. Empty where it was too long.</param>
    /// <param name="isTooLong">Whether the line had more bytes than the bound, and was passed over.</param>
    /// <returns>Whether there was a line.</returns>
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

        // What is there now and no more: a line that was typed is answered before the next one comes.
        _end = stream.Read(_bytes);
        _start = 0;
        return _start < _end;
    }
}
