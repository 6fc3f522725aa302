using System.Buffers;
using System.Runtime.CompilerServices;

namespace LedgerCredit.Primitives;

/// <summary>A line of a stream, without its line end.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Bytes">The bytes; empty for a line that is too long. A copy, so it may be kept.</param>
/// <param name="IsTooLong">The line is longer than the bound; its content was skipped without being held.</param>
public readonly record struct BoundedLine(long Number, ReadOnlyMemory<byte> Bytes, bool IsTooLong)
{
    /// <summary>The bytes as a span.</summary>
    public ReadOnlySpan<byte> Utf8 => Bytes.Span;

    /// <summary>Whether there is nothing but blanks, tabs and a carriage return.</summary>
    public bool IsBlank => !IsTooLong && Utf8.IndexOfAnyExcept((byte)' ', (byte)'\t', (byte)'\r') < 0;
}

/// <summary>Reads lines of a stream within bounded memory, whatever the stream holds.</summary>
public static class BoundedLines
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Reads the lines one by one. A line ends with LF; the last one may lack it.</summary>
    /// <param name="stream">The stream; not disposed.</param>
    /// <param name="maxLineBytes">The longest line that is held.</param>
    /// <param name="cancellationToken">Stops between reads.</param>
    public static async IAsyncEnumerable<BoundedLine> ReadAsync(
        Stream stream,
        int maxLineBytes,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] chunk = new byte[ChunkBytes];
        ArrayBufferWriter<byte> line = new();
        long number = 1;
        bool tooLong = false;
        bool pending = false;
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
        {
            int start = 0;
            while (start < read)
            {
                int end = Array.IndexOf(chunk, (byte)'\n', start, read - start);
                int stop = end < 0 ? read : end;
                if (line.WrittenCount + (stop - start) > maxLineBytes)
                {
                    tooLong = true;
                    line.Clear();
                }

                if (!tooLong)
                {
                    line.Write(chunk.AsSpan(start, stop - start));
                }

                pending = true;
                if (end < 0)
                {
                    break;
                }

                yield return Take(line, number++, tooLong);
                tooLong = false;
                pending = false;
                start = end + 1;
            }
        }

        if (pending)
        {
            yield return Take(line, number, tooLong);
        }
    }

    private static BoundedLine Take(ArrayBufferWriter<byte> line, long number, bool tooLong)
    {
        BoundedLine taken = new(number, tooLong ? default : line.WrittenSpan.ToArray(), tooLong);
        line.Clear();
        return taken;
    }
}
