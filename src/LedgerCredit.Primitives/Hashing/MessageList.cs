namespace LedgerCredit.Primitives.Hashing;

/// <summary>Messages that lie one behind the other in one buffer: what is hashed is they, or their base64url texts.</summary>
internal readonly ref struct MessageList
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<int> _lengths;
    private readonly bool _areTexts;

    /// <summary>Names the messages.</summary>
    /// <param name="bytes">All messages, without gaps.</param>
    /// <param name="lengths">The length of each message in bytes.</param>
    /// <exception cref="ArgumentException">The lengths are negative or do not add up to the bytes.</exception>
    public MessageList(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> lengths)
        : this(bytes, lengths, areTexts: false)
    {
        long sum = Sum(lengths);
        if (sum != bytes.Length)
        {
            throw new ArgumentException($"Expected {sum} bytes of messages, found {bytes.Length}.", nameof(bytes));
        }
    }

    private MessageList(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> lengths, bool areTexts)
    {
        _bytes = bytes;
        _lengths = lengths;
        _areTexts = areTexts;
    }

    /// <summary>The number of messages.</summary>
    public int Count => _lengths.Length;

    /// <summary>How many bytes behind a message <see cref="Write"/> may overwrite.</summary>
    public int Room => _areTexts ? Base64UrlWriter.Room : 0;

    /// <summary>Names messages whose base64url texts are to be hashed.</summary>
    /// <param name="bytes">All messages, without gaps, and any bytes behind them.</param>
    /// <param name="lengths">The length of each message in bytes.</param>
    /// <exception cref="ArgumentException">The lengths are negative or add up to more than the bytes.</exception>
    public static MessageList OfTexts(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> lengths)
    {
        long sum = Sum(lengths);
        return sum <= bytes.Length
            ? new MessageList(bytes, lengths, areTexts: true)
            : throw new ArgumentException($"Expected at least {sum} bytes of messages, found {bytes.Length}.", nameof(bytes));
    }

    /// <summary>The length of a message in the buffer, in bytes.</summary>
    public int Length(int message) => _lengths[message];

    /// <summary>How many bytes of a message are hashed.</summary>
    public int HashedLength(int message) => HashedBytes(_lengths[message]);

    /// <summary>The number of bytes that are hashed of the longest message, leaving out those longer than a limit; 0 where there is none.</summary>
    public int LongestUpTo(int maxBytes)
    {
        int longest = 0;
        foreach (int bytes in _lengths)
        {
            int length = HashedBytes(bytes);
            if (length <= maxBytes && length > longest)
            {
                longest = length;
            }
        }

        return longest;
    }

    /// <summary>Writes what is hashed of a message.</summary>
    /// <param name="range">The message.</param>
    /// <param name="destination">Takes it. Up to <see cref="Room"/> bytes behind it are overwritten with anything.</param>
    public void Write(MessageRange range, Span<byte> destination)
    {
        if (_areTexts)
        {
            Base64UrlWriter.Write(_bytes[range.Start..], _lengths[range.Message], destination);
        }
        else
        {
            _bytes.Slice(range.Start, range.Length).CopyTo(destination);
        }
    }

    private int HashedBytes(int length) => _areTexts ? Base64UrlWriter.LengthOf(length) : length;

    private static long Sum(ReadOnlySpan<int> lengths)
    {
        long sum = 0;
        foreach (int length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(lengths));
            sum += length;
        }

        return sum;
    }
}

/// <summary>Where a message is.</summary>
/// <param name="Message">Its position in the list.</param>
/// <param name="Start">The sum of the lengths of those before it.</param>
/// <param name="Length">How many bytes of it are hashed.</param>
internal readonly record struct MessageRange(int Message, int Start, int Length);
