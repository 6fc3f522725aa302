using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;

namespace LedgerCredit.Ethereum.AbiCoding;

/// <summary>Reads contract results, one method for each type, in the order of the signature; only the canonical encoding.</summary>
/// <remarks>
/// <para>
/// Refused: padding that is not zero, numbers beyond their type, offsets to anywhere but the end of the tail so far, lengths
/// beyond the data, invalid UTF-8, anything left over. So each value has one encoding, and work is linear in the data.
/// </para>
/// <para>
/// After the first problem every further read returns an empty value. <see cref="TryEnd"/> must be called at the end, and what was
/// read must not be used unless it returns <see langword="true"/>. A reader for an array or tuple must be read to its end, with
/// <see cref="EndMembers"/>, before the reader it came from is used again. Not thread-safe.
/// </para>
/// </remarks>
public sealed class AbiReader
{
    private const int WordLength = 32;

    private readonly Shared _shared;
    private readonly AbiReader? _parent;

    // Where offsets count from; the next word of the head; where the first offset says that the head ends; where the tail so
    // far ends. The last two are null before the first dynamic value.
    private readonly int _base;
    private int _head;
    private int? _claimedHeadEnd;
    private int? _tail;
    private bool _hasOpenMembers;

    /// <summary>Starts to read arguments or results.</summary>
    public AbiReader(ReadOnlyMemory<byte> data)
    {
        _shared = new Shared(data);
    }

    private AbiReader(Shared shared, AbiReader parent, int start)
    {
        _shared = shared;
        _parent = parent;
        _base = start;
        _head = start;
    }

    /// <summary>Reads a uint8.</summary>
    public byte ReadUInt8() => (byte)ReadUInt64(byte.MaxValue);

    /// <summary>Reads an enum, which is encoded as a uint8.</summary>
    /// <param name="last">The number of its last member: a larger one is a problem.</param>
    public byte ReadEnum(byte last) => (byte)ReadUInt64(last);

    /// <summary>Reads a uint16.</summary>
    public ushort ReadUInt16() => (ushort)ReadUInt64(ushort.MaxValue);

    /// <summary>Reads a uint32.</summary>
    public uint ReadUInt32() => (uint)ReadUInt64(uint.MaxValue);

    /// <summary>Reads a uint64.</summary>
    public ulong ReadUInt64() => ReadUInt64(ulong.MaxValue);

    /// <summary>Reads a uint of any width.</summary>
    /// <param name="bits">The width in bits, a multiple of 8 from 8 to 256.</param>
    public BigInteger ReadUInt(int bits)
    {
        AbiTypes.CheckBits(bits);
        BigInteger value = new(ReadWord(), isUnsigned: true, isBigEndian: true);
        return value >> bits == 0 ? value : Refuse(BigInteger.Zero, $"Expected a number that fits uint{bits}, found a larger one.");
    }

    /// <summary>Reads a signed int of any width.</summary>
    /// <param name="bits">The width in bits, a multiple of 8 from 8 to 256.</param>
    public BigInteger ReadInt(int bits)
    {
        AbiTypes.CheckBits(bits);
        BigInteger value = new(ReadWord(), isUnsigned: false, isBigEndian: true);
        BigInteger limit = BigInteger.One << (bits - 1);
        return value >= -limit && value < limit
            ? value
            : Refuse(BigInteger.Zero, $"Expected a number that fits int{bits}, found another.");
    }

    /// <summary>Reads a bool.</summary>
    public bool ReadBool() => ReadUInt64(1) == 1;

    /// <summary>Reads an address.</summary>
    public Address ReadAddress()
    {
        ReadOnlySpan<byte> word = ReadWord();
        return word[..^Address.Length].ContainsAnyExcept((byte)0)
            ? Refuse(Address.Zero, "Expected an address with zero padding, found other bytes.")
            : Address.FromBytes(word[^Address.Length..]);
    }

    /// <summary>Reads a bytes32.</summary>
    public Bytes32 ReadBytes32() => Bytes32.FromBytes(ReadWord());

    /// <summary>Reads a bytes1 to bytes32.</summary>
    /// <param name="length">The number of bytes the type has.</param>
    public byte[] ReadFixedBytes(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, WordLength);

        ReadOnlySpan<byte> word = ReadWord();
        return word[length..].ContainsAnyExcept((byte)0)
            ? Refuse(new byte[length], $"Expected bytes{length} with zero padding, found other bytes.")
            : word[..length].ToArray();
    }

    /// <summary>Reads a bytes.</summary>
    /// <param name="maxLength">More bytes are a problem.</param>
    public byte[] ReadBytes(int maxLength)
    {
        AbiReader content = OpenTail();
        int length = content.ReadLength(maxLength, bytesPerItem: 1);
        byte[] value = content.TakePadded(length);
        content.EndMembers();
        return value;
    }

    /// <summary>Reads a string: valid UTF-8.</summary>
    /// <param name="maxBytes">More bytes are a problem.</param>
    public string ReadString(int maxBytes)
    {
        byte[] utf8 = ReadBytes(maxBytes);
        return System.Text.Unicode.Utf8.IsValid(utf8)
            ? Encoding.UTF8.GetString(utf8)
            : Refuse("", "Expected a string in UTF-8, found other bytes.");
    }

    /// <summary>Reads a bytes32[].</summary>
    /// <param name="maxCount">More items are a problem.</param>
    public IReadOnlyList<Bytes32> ReadBytes32Array(int maxCount)
    {
        AbiReader items = ReadArray(maxCount, out int count);
        Bytes32[] values = new Bytes32[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = items.ReadBytes32();
        }

        items.EndMembers();
        return values;
    }

    /// <summary>Reads an address[].</summary>
    /// <param name="maxCount">More items are a problem.</param>
    public IReadOnlyList<Address> ReadAddressArray(int maxCount)
    {
        AbiReader items = ReadArray(maxCount, out int count);
        Address[] values = new Address[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = items.ReadAddress();
        }

        items.EndMembers();
        return values;
    }

    /// <summary>Begins to read an array of any type.</summary>
    /// <param name="maxCount">More items are a problem.</param>
    /// <param name="count">How many items to read from the reader that is returned, which is then to be ended.</param>
    public AbiReader ReadArray(int maxCount, out int count)
    {
        AbiReader content = OpenTail();
        count = content.ReadLength(maxCount, WordLength);

        // Offsets of items count from behind the length.
        return new AbiReader(_shared, this, content._head);
    }

    /// <summary>Begins to read a tuple, or an array of fixed size, that has a dynamic member.</summary>
    public AbiReader ReadDynamicTuple() => OpenTail();

    /// <summary>Ends an array or tuple, and lets the reader it came from go on.</summary>
    /// <exception cref="InvalidOperationException">This is not the reader of an array or tuple.</exception>
    public void EndMembers()
    {
        if (_parent is null)
        {
            throw new InvalidOperationException("This reader is to be ended with TryEnd.");
        }

        _parent._tail = CheckEnd();
        _parent._hasOpenMembers = false;
    }

    /// <summary>Ends reading: all bytes must have been read.</summary>
    /// <param name="problem">The first problem, with the offset as its path, or null.</param>
    public bool TryEnd([NotNullWhen(false)] out ParseProblem? problem)
    {
        if (_parent is not null)
        {
            throw new InvalidOperationException("This reader is to be ended with EndMembers.");
        }

        int end = CheckEnd();
        if (end != _shared.Data.Length)
        {
            Refuse(0, $"Expected the end at byte {end}, found {_shared.Data.Length} bytes.");
        }

        problem = _shared.Problem;
        return problem is null;
    }

    private ulong ReadUInt64(ulong max)
    {
        ReadOnlySpan<byte> word = ReadWord();
        ulong value = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(word[^sizeof(ulong)..]);
        return word[..^sizeof(ulong)].ContainsAnyExcept((byte)0) || value > max
            ? Refuse(0UL, $"Expected a number of at most {max}, found a larger one.")
            : value;
    }

    private ReadOnlySpan<byte> ReadWord()
    {
        if (_hasOpenMembers)
        {
            throw new InvalidOperationException("The reader of the last array or tuple has not been ended.");
        }

        if (_shared.Problem is null && _head > _shared.Data.Length - WordLength)
        {
            Refuse(0, "Expected 32 bytes, found the end.");
        }

        if (_shared.Problem is not null)
        {
            return Bytes32.Zero.ToArray();
        }

        ReadOnlySpan<byte> word = _shared.Data.Span.Slice(_head, WordLength);
        _head += WordLength;
        return word;
    }

    private int ReadLength(int max, int bytesPerItem)
    {
        ulong length = ReadUInt64();
        int available = (_shared.Data.Length - _head) / bytesPerItem;
        if (length > (ulong)Math.Min(max, available))
        {
            return Refuse(0, $"Expected a length of at most {max} and of data that is there, found {length}.");
        }

        return (int)length;
    }

    // The content of the next dynamic value. Its offset must lead to where the tail so far ends: the first one tells how long the
    // head is, which is checked once the whole head has been read.
    private AbiReader OpenTail()
    {
        ulong offset = ReadUInt64();
        ulong smallest = (ulong)(_head - _base);
        ulong? expected = _tail is int tail ? (ulong)(tail - _base) : null;
        bool isCanonical = expected is null
            ? offset >= smallest && offset % WordLength == 0 && offset <= (ulong)(_shared.Data.Length - _base)
            : offset == expected;
        int start = _shared.Data.Length;
        if (_shared.Problem is null && !isCanonical)
        {
            Refuse(0, $"Expected the offset {expected ?? smallest}, found {offset}.");
        }
        else if (_shared.Problem is null)
        {
            start = _base + (int)offset;
            _claimedHeadEnd ??= start;
        }

        _hasOpenMembers = true;
        return new AbiReader(_shared, this, start);
    }

    private byte[] TakePadded(int length)
    {
        int padded = (length + WordLength - 1) / WordLength * WordLength;
        if (_shared.Problem is not null)
        {
            return [];
        }

        if (padded > _shared.Data.Length - _head)
        {
            return Refuse(Array.Empty<byte>(), $"Expected {padded} bytes, found {_shared.Data.Length - _head}.");
        }

        ReadOnlySpan<byte> bytes = _shared.Data.Span.Slice(_head, padded);
        if (bytes[length..].ContainsAnyExcept((byte)0))
        {
            return Refuse(Array.Empty<byte>(), "Expected zero padding, found other bytes.");
        }

        _head += padded;
        return bytes[..length].ToArray();
    }

    // Where the encoding of all that was read here ends.
    private int CheckEnd()
    {
        if (_hasOpenMembers)
        {
            throw new InvalidOperationException("The reader of the last array or tuple has not been ended.");
        }

        if (_claimedHeadEnd is int claimed && claimed != _head)
        {
            Refuse(0, $"Expected the first offset to lead to byte {_head}, found {claimed}.");
        }

        return _tail ?? _head;
    }

    private T Refuse<T>(T empty, string message)
    {
        _shared.Problem ??= new ParseProblem("abi", $"byte {_head}", message);
        return empty;
    }

    private sealed class Shared(ReadOnlyMemory<byte> data)
    {
        public ReadOnlyMemory<byte> Data { get; } = data;

        public ParseProblem? Problem { get; set; }
    }
}
