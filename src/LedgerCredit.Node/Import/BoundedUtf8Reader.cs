using System.Buffers;
using System.Text;
using System.Text.Unicode;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Import;

/// <summary>Decodes a CSV file for the CSV library: strictly UTF-8, and never more text for one record than the bound.</summary>
/// <remarks>
/// The library buffers a whole record and has a bound for fields only, so a record of endless fields or a quote that is
/// never closed would fill the memory. Here the text handed out since <see cref="StartRecord"/> is counted instead.
/// </remarks>
internal sealed class BoundedUtf8Reader(Stream stream) : TextReader
{
    /// <summary>
    /// The longest record of a CSV file, in UTF-16 units. Four times the 64 KiB that a canonical record may have, so that
    /// whatever could become a record is read, and what is too large is rejected as a row with its number.
    /// </summary>
    public const int MaxRecordChars = 256 * 1024;

    private readonly byte[] _bytes = new byte[16 * 1024];
    private int _start;
    private int _end;
    private long _offset;
    private long _line = 1;
    private long _recordLine = 1;
    private int _recordChars;
    private char? _kept;
    private bool _begun;
    private bool _ended;

    /// <summary>Begins to count anew: the library is about to read the record that begins on this line.</summary>
    public void StartRecord(long line)
    {
        _recordLine = line;
        _recordChars = 0;
    }

    /// <inheritdoc/>
    /// <exception cref="ImportFileException">The file is not UTF-8, or the record has no end within the bound.</exception>
    public override int Read(char[] buffer, int index, int count)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return Read(buffer.AsSpan(index, count));
    }

    /// <inheritdoc/>
    public override int Read(Span<char> buffer)
    {
        if (buffer.Length < 2)
        {
            return ReadOne(buffer);
        }

        if (_kept is not null)
        {
            return ReadOne(buffer[..1]);
        }

        if (_recordChars >= MaxRecordChars)
        {
            throw Refuse(
                "record-too-long",
                $"line {_recordLine}",
                $"Expected a record of less than {MaxRecordChars} characters, found no end of it. Look for a quotation mark that is not closed.");
        }

        while (true)
        {
            OperationStatus status = Utf8.ToUtf16(
                _bytes.AsSpan(_start, _end - _start), buffer, out int read, out int written, replaceInvalidSequences: false, isFinalBlock: _ended);
            if (written > 0)
            {
                Take(buffer[..written], read);
                return written;
            }

            if (status == OperationStatus.InvalidData)
            {
                throw NotUtf8();
            }

            if (_ended)
            {
                return 0;
            }

            Fill();
        }
    }

    // A character outside the basic plane needs two units, but the library asks for one where its buffer has room for no
    // more, as behind the 4095th character of a file. The second is kept for the next call.
    private int ReadOne(Span<char> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_kept is char kept)
        {
            buffer[0] = kept;
            _kept = null;
            return 1;
        }

        Span<char> units = stackalloc char[2];
        int count = Read(units);
        if (count == 0)
        {
            return 0;
        }

        buffer[0] = units[0];
        _kept = count == 2 ? units[1] : null;
        return 1;
    }

    private void Take(ReadOnlySpan<char> text, int bytes)
    {
        int nul = text.IndexOf('\0');
        if (nul >= 0)
        {
            _line += text[..nul].Count('\n');
            throw Refuse(
                "wrong-encoding",
                $"line {_line}, offset {_offset + Encoding.UTF8.GetByteCount(text[..nul])}",
                "Expected text in UTF-8, found a zero byte, as in UTF-16 or in a file that is no text. " + Remedy("UTF-16LE"));
        }

        _line += text.Count('\n');
        _start += bytes;
        _offset += bytes;
        _recordChars += text.Length;
    }

    private void Fill()
    {
        // What is left is the beginning of one character, at most three bytes.
        _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
        _end -= _start;
        _start = 0;

        int got = stream.ReadAtLeast(_bytes.AsSpan(_end), minimumBytes: 4, throwOnEndOfStream: false);
        _end += got;
        _ended = got < 4;

        if (!_begun)
        {
            _begun = true;
            if (ByteOrderMark.RefuseOrSkip(_bytes.AsSpan(0, _end), out int skip) is ParseProblem problem)
            {
                throw new ImportFileException(problem);
            }

            _start += skip;
            _offset += skip;
        }
    }

    private ImportFileException NotUtf8() => Refuse(
        "wrong-encoding",
        $"line {_line}, offset {_offset}",
        $"Expected text in UTF-8, found the byte 0x{_bytes[_start]:X2}, which cannot stand here. "
        + "The file has another encoding, such as GBK. " + Remedy("GBK"));

    internal static string Remedy(string encoding) =>
        $"Convert it first, for example with 'iconv -f {encoding} -t UTF-8 FILE > FILE.utf8'.";

    private static ImportFileException Refuse(string code, string path, string message) =>
        new(new ParseProblem(code, path, message));
}
