namespace LedgerCredit.Primitives.Hashing;

/// <summary>Messages that lie one behind the other in one buffer.</summary>
internal readonly ref struct MessageList
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<int> _lengths;

    /// <summary>Names the messages.</summary>
    /// <param name="bytes">All messages, without gaps.</param>
    /// <param name="lengths">The length of each message in bytes.</param>
    /// <exception cref="ArgumentException">The lengths are negative or do not add up to the bytes.</exception>
    public MessageList(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> lengths)
    {
        long sum = 0;
        foreach (int length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(lengths));
            sum += length;
        }

        if (sum != bytes.Length)
        {
            throw new ArgumentException($"Expected {sum} bytes of messages, found {bytes.Length}.", nameof(bytes));
        }

        _bytes = bytes;
        _lengths = lengths;
    }

    /// <summary>The number of messages.</summary>
    public int Count => _lengths.Length;

    /// <summary>The length of a message in bytes.</summary>
    public int Length(int message) => _lengths[message];

    /// <summary>The length of the longest message, leaving out those longer than a limit; 0 where there is none.</summary>
    public int LongestUpTo(int maxBytes)
    {
        int longest = 0;
        foreach (int length in _lengths)
        {
            if (length <= maxBytes && length > longest)
            {
                longest = length;
            }
        }

        return longest;
    }

    /// <summary>The bytes of a message.</summary>
    public ReadOnlySpan<byte> At(MessageRange range) => _bytes.Slice(range.Start, range.Length);
}

/// <summary>Where a message is.</summary>
/// <param name="Message">Its position in the list.</param>
/// <param name="Start">The sum of the lengths of those before it.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct MessageRange(int Message, int Start, int Length);
