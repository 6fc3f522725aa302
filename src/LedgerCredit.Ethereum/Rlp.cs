using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Ethereum;

/// <summary>Recursive Length Prefix encoding: each item has one encoding, and no other is read.</summary>
/// <remarks>
/// Yellow Paper, appendix B. Layout of an item by its first byte:
/// <code>
/// 00..7f  the byte itself              80..b7  string of 0..55 bytes       b8..bf  string, 1..8 bytes of length
///                                      c0..f7  list of 0..55 bytes         f8..ff  list, 1..8 bytes of length
/// </code>
/// </remarks>
public static class Rlp
{
    /// <summary>The deepest nesting that is read; headers, transactions and trie nodes need no more than 5.</summary>
    public const int MaxDepth = 16;

    /// <summary>The largest encoding that is read: 8 MiB, which no block header or transaction of any client reaches.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>The most items that are read in one encoding, so that 1 MiB of empty items is not 100 MB of objects.</summary>
    public const int MaxItems = 65_536;

    private const int ShortLimit = 55;

    /// <summary>Encodes an item.</summary>
    public static byte[] Encode(RlpItem item)
    {
        ArgumentNullException.ThrowIfNull(item);

        byte[] encoded = new byte[EncodedLength(item)];
        int end = Write(item, encoded);
        Debug.Assert(end == encoded.Length, "The length was computed by the same rules.");
        return encoded;
    }

    /// <summary>Decodes bytes that hold exactly one item in its canonical encoding.</summary>
    /// <param name="encoded">The bytes. The items keep referring to them, so they must not change.</param>
    /// <param name="item">The item, or null.</param>
    /// <param name="problem">Why the bytes were refused, with the offset as its path, or null.</param>
    public static bool TryDecode(
        ReadOnlyMemory<byte> encoded,
        [NotNullWhen(true)] out RlpItem? item,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        item = null;
        if (encoded.Length > MaxBytes)
        {
            problem = new ParseProblem("too-large", "", $"Expected at most {MaxBytes} bytes of RLP, found {encoded.Length}.");
            return false;
        }

        int itemCount = 0;
        int position = 0;
        if (!TryReadItem(encoded, encoded.Length, ref position, 0, ref itemCount, out RlpItem? read, out problem))
        {
            return false;
        }

        if (position != encoded.Length)
        {
            problem = At("rlp-trailing", position, $"Expected the end of the RLP, found {encoded.Length - position} bytes more.");
            return false;
        }

        item = read;
        return true;
    }

    // The recursion is at most MaxDepth deep.
    private static bool TryReadItem(
        ReadOnlyMemory<byte> encoded,
        int end,
        ref int position,
        int depth,
        ref int itemCount,
        [NotNullWhen(true)] out RlpItem? item,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        item = null;
        int start = position;
        if (++itemCount > MaxItems)
        {
            problem = At("rlp-items", start, $"Expected at most {MaxItems} RLP items, found more.");
            return false;
        }

        if (!TryReadPrefix(encoded.Span[..end], ref position, out bool isList, out int length, out problem))
        {
            return false;
        }

        if (!isList)
        {
            item = new RlpBytes(encoded.Slice(position, length));
            position += length;
            return true;
        }

        if (depth == MaxDepth)
        {
            problem = At("rlp-depth", start, $"Expected RLP lists nested at most {MaxDepth} deep, found more.");
            return false;
        }

        List<RlpItem> items = [];
        int listEnd = position + length;
        while (position < listEnd)
        {
            if (!TryReadItem(encoded, listEnd, ref position, depth + 1, ref itemCount, out RlpItem? child, out problem))
            {
                return false;
            }

            items.Add(child);
        }

        item = new RlpList(items);
        return true;
    }

    // Moves the position to the first content byte, and makes sure that all the content is there.
    private static bool TryReadPrefix(
        ReadOnlySpan<byte> encoded,
        ref int position,
        out bool isList,
        out int length,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        isList = false;
        length = 0;
        problem = null;
        int start = position;
        if (start == encoded.Length)
        {
            problem = At("rlp-truncated", start, "Expected an RLP item, found the end.");
            return false;
        }

        byte prefix = encoded[start];
        if (prefix < 0x80)
        {
            length = 1;
            return true;
        }

        isList = prefix >= 0xc0;
        int code = prefix - (isList ? 0xc0 : 0x80);
        position++;
        if (code <= ShortLimit)
        {
            length = code;
        }
        else if (!TryReadLongLength(encoded, ref position, code - ShortLimit, out length, out problem))
        {
            return false;
        }

        if (length > encoded.Length - position)
        {
            problem = At("rlp-truncated", start, $"Expected {length} bytes of content, found {encoded.Length - position}.");
            return false;
        }

        if (!isList && length == 1 && encoded[position] < 0x80)
        {
            problem = At("rlp-not-canonical", start, "Expected a byte below 0x80 to stand for itself, found it with a prefix.");
            return false;
        }

        return true;
    }

    private static bool TryReadLongLength(
        ReadOnlySpan<byte> encoded,
        ref int position,
        int lengthBytes,
        out int length,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        length = 0;
        if (lengthBytes > encoded.Length - position)
        {
            problem = At("rlp-truncated", position, $"Expected {lengthBytes} bytes of length, found {encoded.Length - position}.");
            return false;
        }

        if (encoded[position] == 0)
        {
            problem = At("rlp-not-canonical", position, "Expected a length without leading zeros, found one.");
            return false;
        }

        ulong value = 0;
        for (int i = 0; i < lengthBytes; i++)
        {
            value = (value << 8) | encoded[position + i];
        }

        if (value <= ShortLimit)
        {
            problem = At("rlp-not-canonical", position, $"Expected a length of {value} in the short form, found the long one.");
            return false;
        }

        if (value > (ulong)encoded.Length)
        {
            problem = At("rlp-truncated", position, $"Expected {value} bytes of content, found fewer.");
            return false;
        }

        position += lengthBytes;
        length = (int)value;
        problem = null;
        return true;
    }

    private static int EncodedLength(RlpItem item)
    {
        if (item is RlpBytes { Value: [< 0x80] })
        {
            return 1;
        }

        int content = ContentLength(item);
        return 1 + (content > ShortLimit ? LengthBytes(content) : 0) + content;
    }

    private static int ContentLength(RlpItem item)
    {
        switch (item)
        {
            case RlpBytes bytes:
                return bytes.Value.Length;
            case RlpList list:
                int sum = 0;
                foreach (RlpItem child in list.Items)
                {
                    sum += EncodedLength(child);
                }

                return sum;
            default:
                throw new UnreachableException("RLP items are bytes or lists.");
        }
    }

    // Returns the number of bytes written.
    private static int Write(RlpItem item, Span<byte> target)
    {
        if (item is RlpBytes { Value: [< 0x80] } single)
        {
            target[0] = single.Value[0];
            return 1;
        }

        int content = ContentLength(item);
        byte offset = item is RlpList ? (byte)0xc0 : (byte)0x80;
        int position = 1;
        if (content <= ShortLimit)
        {
            target[0] = (byte)(offset + content);
        }
        else
        {
            int lengthBytes = LengthBytes(content);
            target[0] = (byte)(offset + ShortLimit + lengthBytes);
            for (int i = lengthBytes - 1; i >= 0; i--)
            {
                target[position++] = (byte)((content >> (8 * i)) & 0xff);
            }
        }

        if (item is RlpBytes bytes)
        {
            bytes.Value.CopyTo(target[position..]);
            return position + content;
        }

        foreach (RlpItem child in ((RlpList)item).Items)
        {
            position += Write(child, target[position..]);
        }

        return position;
    }

    // 1 to 4: a content length is an int.
    private static int LengthBytes(int length) => 4 - (int.LeadingZeroCount(length) / 8);

    private static ParseProblem At(string code, int offset, string message) => new(code, $"byte {offset}", message);
}
