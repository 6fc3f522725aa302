using System.Buffers.Binary;

namespace LedgerCredit.Ethereum;

/// <summary>An item of Recursive Length Prefix encoding: a byte string or a list.</summary>
/// <remarks>Yellow Paper, appendix B. A closed set; immutable.</remarks>
public abstract class RlpItem
{
    private protected RlpItem()
    {
    }
}

/// <summary>An RLP byte string; numbers are big-endian without leading zeros, so zero is the empty string.</summary>
public sealed class RlpBytes : RlpItem
{
    private readonly ReadOnlyMemory<byte> _value;

    /// <summary>Makes an item of bytes, which the caller must not change afterwards.</summary>
    public RlpBytes(ReadOnlyMemory<byte> value)
    {
        _value = value;
    }

    /// <summary>The empty byte string.</summary>
    public static RlpBytes Empty { get; } = new(ReadOnlyMemory<byte>.Empty);

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Value => _value.Span;

    /// <summary>A number.</summary>
    public static RlpBytes FromNumber(UInt128 number)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new RlpBytes(bytes.AsMemory((int)UInt128.LeadingZeroCount(number) / 8));
    }

    /// <summary>A number as a big-endian word, without its leading zeros.</summary>
    public static RlpBytes FromWord(Bytes32 word)
    {
        byte[] bytes = word.ToArray();
        int first = bytes.AsSpan().IndexOfAnyExcept((byte)0);
        return first < 0 ? Empty : new RlpBytes(bytes.AsMemory(first));
    }

    /// <summary>Reads a number of at most 64 bits.</summary>
    /// <returns><see langword="false"/> for more bytes or a leading zero.</returns>
    public bool TryGetNumber(out ulong number)
    {
        bool isNumber = TryGetNumber(out UInt128 wide) && wide <= ulong.MaxValue;
        number = isNumber ? (ulong)wide : 0;
        return isNumber;
    }

    /// <summary>Reads a number of at most 128 bits.</summary>
    /// <returns><see langword="false"/> for more bytes or a leading zero.</returns>
    public bool TryGetNumber(out UInt128 number)
    {
        number = 0;
        if (!TryGetWord(out Bytes32 word) || Value.Length > 16)
        {
            return false;
        }

        number = BinaryPrimitives.ReadUInt128BigEndian(word.AsSpan()[16..]);
        return true;
    }

    /// <summary>Reads a number of at most 256 bits as a big-endian word.</summary>
    /// <returns><see langword="false"/> for more bytes or a leading zero.</returns>
    public bool TryGetWord(out Bytes32 word)
    {
        word = default;
        if (Value.Length > Bytes32.Length || (Value.Length > 0 && Value[0] == 0))
        {
            return false;
        }

        Value.CopyTo(((Span<byte>)word)[(Bytes32.Length - Value.Length)..]);
        return true;
    }

    /// <summary>Reads exactly thirty-two bytes.</summary>
    public bool TryGetBytes32(out Bytes32 value)
    {
        bool isRightLength = Value.Length == Bytes32.Length;
        value = isRightLength ? Bytes32.FromBytes(Value) : default;
        return isRightLength;
    }
}

/// <summary>An RLP list.</summary>
public sealed class RlpList(params IReadOnlyList<RlpItem> items) : RlpItem
{
    /// <summary>The items in order.</summary>
    public IReadOnlyList<RlpItem> Items { get; } = items;
}
