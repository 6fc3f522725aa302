using LedgerCredit.Client.Models;

namespace LedgerCredit.Client;

/// <summary>Reads a stream of lines in groups: the whole lines that are there, as many as a request takes.</summary>
/// <remarks>Bounded: a line that is longer than any record is passed over, and told as refused. Not thread-safe.</remarks>
internal sealed class RecordLines(Stream stream)
{
    // As the node's own bound, with room for the end of the line.
    private const int MaxLineBytes = (64 * 1024) + 2;
    private const int BufferBytes = 1024 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private long _number;
    private bool _isPassedOver;
    private bool _isAtEnd;

    /// <summary>The numbers, from 1, of the lines that are not blank; the last one needs no end. The others are passed over by the node.</summary>
    internal static IReadOnlyList<long> NumbersOf(ReadOnlySpan<byte> lines)
    {
        List<long> numbers = [];
        for (long number = 1; !lines.IsEmpty; number++)
        {
            int end = lines.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? [] : lines[(end + 1)..];
            if (line.IndexOfAnyExcept(" \t\r"u8) >= 0)
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }

    /// <summary>The next lines, or null at the end; they are valid until it is called again.</summary>
    internal async ValueTask<RecordLineGroup?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Take() is RecordLineGroup group)
            {
                return group;
            }

            if (_isAtEnd)
            {
                return null;
            }

            // What is left is the beginning of a line.
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += read;
            _isAtEnd = read == 0;
        }
    }

    private RecordLineGroup? Take()
    {
        long first = _number + 1;
        int begin = _start;
        int count = 0;
        while (count < LedgerCreditClient.MaxLinesOfRequest)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            int length = rest.IndexOf((byte)'\n');
            bool isWhole = length >= 0 || (_isAtEnd && (!rest.IsEmpty || _isPassedOver));
            length = length >= 0 ? length + 1 : rest.Length;
            if (_isPassedOver || length > MaxLineBytes)
            {
                if (count > 0)
                {
                    // First those before it.
                    break;
                }

                // The rest of it may come later.
                _start += length;
                _isPassedOver = !isWhole;
                return isWhole ? new RecordLineGroup(++_number, default, 0) : null;
            }

            if (!isWhole)
            {
                break;
            }

            _start += length;
            _number++;
            count++;
        }

        return count == 0 ? null : new RecordLineGroup(first, _buffer.AsMemory(begin, _start - begin), count);
    }
}

/// <summary>Lines that are sent together.</summary>
/// <param name="First">The number of the first one in the stream, from 1.</param>
/// <param name="Utf8">Their bytes.</param>
/// <param name="Count">How many; 0 stands for one line that is longer than any record.</param>
internal sealed record RecordLineGroup(long First, ReadOnlyMemory<byte> Utf8, int Count)
{
    /// <summary>Gives answers the numbers that their lines have in the stream.</summary>
    internal IEnumerable<RecordLineAnswer> Place(IReadOnlyList<RecordLineAnswer> answers) => Count == 0
        ? [new RecordLineAnswer(First, "refused", null, [new RecordIssue("line-too-long", "", "Expected a record of at most 65536 bytes on one line.")])]
        : answers.Select(answer => answer with { Line = First - 1 + answer.Line });
}
