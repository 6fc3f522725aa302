using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace LedgerCredit.Ethereum.AbiCoding;

/// <summary>Writes contract arguments, one method for each type, in the order of the signature.</summary>
/// <remarks>
/// Solidity ABI specification, "formal specification of the encoding". Values of fixed size stand in the head; of a dynamic value
/// the head holds the offset of its place in the tail, which this class computes. A tuple or array of fixed size without
/// dynamic members is written member by member; with them, by <see cref="WriteDynamicTuple"/>. Not thread-safe.
/// </remarks>
public sealed class AbiWriter
{
    private const int WordLength = 32;

    private readonly List<(byte[] Bytes, bool IsDynamic)> _values = [];

    /// <summary>Writes a uint of up to 64 bits: uint8, uint16, uint32, uint64 and all wider ones.</summary>
    public AbiWriter WriteUInt64(ulong value) => WriteBytes32(Bytes32.FromUInt64(value));

    /// <summary>Writes a uint of any width.</summary>
    /// <param name="value">The number.</param>
    /// <param name="bits">The width in bits, a multiple of 8 from 8 to 256.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number does not fit the width.</exception>
    public AbiWriter WriteUInt(BigInteger value, int bits)
    {
        AbiTypes.CheckBits(bits);
        if (value.Sign < 0 || value >= BigInteger.One << bits)
        {
            throw new ArgumentOutOfRangeException(nameof(value), $"Expected a number that fits uint{bits}.");
        }

        return WriteInteger(value, fill: 0x00);
    }

    /// <summary>Writes a signed int of any width, in two's complement.</summary>
    /// <param name="value">The number.</param>
    /// <param name="bits">The width in bits, a multiple of 8 from 8 to 256.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number does not fit the width.</exception>
    public AbiWriter WriteInt(BigInteger value, int bits)
    {
        AbiTypes.CheckBits(bits);
        BigInteger limit = BigInteger.One << (bits - 1);
        if (value < -limit || value >= limit)
        {
            throw new ArgumentOutOfRangeException(nameof(value), $"Expected a number that fits int{bits}.");
        }

        return WriteInteger(value, fill: value.Sign < 0 ? (byte)0xff : (byte)0x00);
    }

    /// <summary>Writes a bool.</summary>
    public AbiWriter WriteBool(bool value) => WriteUInt64(value ? 1UL : 0UL);

    /// <summary>Writes an address.</summary>
    public AbiWriter WriteAddress(Address value)
    {
        byte[] word = new byte[WordLength];
        value.ToArray().CopyTo(word, WordLength - Address.Length);
        return AddHead(word);
    }

    /// <summary>Writes a bytes32, or any other word that is already in place.</summary>
    public AbiWriter WriteBytes32(Bytes32 value) => AddHead(value.ToArray());

    /// <summary>Writes a bytes1 to bytes32: as many bytes as the type has.</summary>
    /// <exception cref="ArgumentException">There are no bytes or more than 32.</exception>
    public AbiWriter WriteFixedBytes(ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > WordLength)
        {
            throw new ArgumentException($"Expected 1 to 32 bytes, found {value.Length}.", nameof(value));
        }

        byte[] word = new byte[WordLength];
        value.CopyTo(word);
        return AddHead(word);
    }

    /// <summary>Writes a bytes.</summary>
    public AbiWriter WriteBytes(ReadOnlySpan<byte> value)
    {
        int paddedLength = (value.Length + WordLength - 1) / WordLength * WordLength;
        byte[] tail = new byte[WordLength + paddedLength];
        WriteLength(tail, value.Length);
        value.CopyTo(tail.AsSpan(WordLength));
        return AddTail(tail);
    }

    /// <summary>Writes a string, as UTF-8.</summary>
    public AbiWriter WriteString(string value) => WriteBytes(Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a bytes32[].</summary>
    public AbiWriter WriteBytes32Array(IReadOnlyList<Bytes32> values)
    {
        ArgumentNullException.ThrowIfNull(values);

        AbiWriter items = new();
        foreach (Bytes32 value in values)
        {
            items.WriteBytes32(value);
        }

        return WriteArray(values.Count, items);
    }

    /// <summary>Writes an address[].</summary>
    public AbiWriter WriteAddressArray(IReadOnlyList<Address> values)
    {
        ArgumentNullException.ThrowIfNull(values);

        AbiWriter items = new();
        foreach (Address value in values)
        {
            items.WriteAddress(value);
        }

        return WriteArray(values.Count, items);
    }

    /// <summary>Writes an array of any type.</summary>
    /// <param name="count">The number of items.</param>
    /// <param name="items">Another writer, to which just the items were written.</param>
    public AbiWriter WriteArray(int count, AbiWriter items)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfNegative(count);

        byte[] content = items.ToArray();
        byte[] tail = new byte[WordLength + content.Length];
        WriteLength(tail, count);
        content.CopyTo(tail, WordLength);
        return AddTail(tail);
    }

    /// <summary>Writes a tuple, or an array of fixed size, that has a dynamic member.</summary>
    /// <param name="members">Another writer, to which just the members were written.</param>
    public AbiWriter WriteDynamicTuple(AbiWriter members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return AddTail(members.ToArray());
    }

    /// <summary>The encoding of all that was written.</summary>
    public byte[] ToArray()
    {
        int headLength = 0;
        int totalLength = 0;
        foreach ((byte[] bytes, bool isDynamic) in _values)
        {
            headLength += WordLength;
            totalLength += WordLength + (isDynamic ? bytes.Length : 0);
        }

        byte[] encoded = new byte[totalLength];
        int head = 0;
        int tail = headLength;
        foreach ((byte[] bytes, bool isDynamic) in _values)
        {
            if (isDynamic)
            {
                WriteLength(encoded.AsSpan(head, WordLength), tail);
                bytes.CopyTo(encoded, tail);
                tail += bytes.Length;
            }
            else
            {
                bytes.CopyTo(encoded, head);
            }

            head += WordLength;
        }

        return encoded;
    }

    /// <summary>Call data: the selector, then the encoding.</summary>
    public byte[] ToCallData(AbiSelector selector) => [.. selector.ToArray(), .. ToArray()];

    private static void WriteLength(Span<byte> word, int length) =>
        BinaryPrimitives.WriteInt32BigEndian(word[(WordLength - sizeof(int))..WordLength], length);

    private AbiWriter WriteInteger(BigInteger value, byte fill)
    {
        byte[] word = new byte[WordLength];
        Array.Fill(word, fill);
        byte[] bytes = value.ToByteArray(isUnsigned: value.Sign >= 0, isBigEndian: true);
        bytes.CopyTo(word, WordLength - bytes.Length);
        return AddHead(word);
    }

    private AbiWriter AddHead(byte[] word)
    {
        _values.Add((word, false));
        return this;
    }

    private AbiWriter AddTail(byte[] tail)
    {
        _values.Add((tail, true));
        return this;
    }
}
