using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LedgerCredit.Primitives;

/// <summary>Thirty-two bytes: a hash, a secret, a storage word.</summary>
/// <remarks>
/// A value type. <c>default</c> is thirty-two zero bytes, which is legal: it is Solidity's zero word. Comparison is
/// bytewise, most significant byte first. Not constant-time: compare secrets with
/// <see cref="System.Security.Cryptography.CryptographicOperations.FixedTimeEquals"/>.
/// </remarks>
[InlineArray(Length)]
public struct Bytes32 : IEquatable<Bytes32>, IComparable<Bytes32>
{
    /// <summary>The size in bytes.</summary>
    public const int Length = 32;

    private byte _first;

    /// <summary>Thirty-two zero bytes.</summary>
    public static Bytes32 Zero => default;

    /// <summary>Copies thirty-two bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> has another length.</exception>
    public static Bytes32 FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"Expected {Length} bytes, found {bytes.Length}.", nameof(bytes));
        }

        Bytes32 value = default;
        bytes.CopyTo(value);
        return value;
    }

    /// <summary>The big-endian word of an unsigned integer, as Solidity stores it.</summary>
    public static Bytes32 FromUInt64(ulong number)
    {
        Bytes32 value = default;
        BinaryPrimitives.WriteUInt64BigEndian(((Span<byte>)value)[24..], number);
        return value;
    }

    /// <summary>Reads <c>0x</c> and 64 lower-case hex digits.</summary>
    /// <returns><see langword="false"/> for any other text.</returns>
    public static bool TryParseHex([NotNullWhen(true)] string? text, out Bytes32 value)
    {
        value = default;
        return text is not null && text.Length == 2 + (2 * Length) && Hex.TryDecode(text, value);
    }

    /// <summary>The bytes in place.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => this;

    /// <summary>A copy of the bytes.</summary>
    public readonly byte[] ToArray() => AsSpan().ToArray();

    /// <summary><c>0x</c> and 64 lower-case hex digits.</summary>
    public override readonly string ToString() => Hex.Encode(AsSpan());

    /// <inheritdoc/>
    public readonly bool Equals(Bytes32 other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Bytes32 other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(AsSpan());
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public readonly int CompareTo(Bytes32 other) => AsSpan().SequenceCompareTo(other.AsSpan());

    /// <summary>Bytewise equality.</summary>
    public static bool operator ==(Bytes32 left, Bytes32 right) => left.Equals(right);

    /// <summary>Bytewise inequality.</summary>
    public static bool operator !=(Bytes32 left, Bytes32 right) => !left.Equals(right);

    /// <summary>Bytewise order.</summary>
    public static bool operator <(Bytes32 left, Bytes32 right) => left.CompareTo(right) < 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator >(Bytes32 left, Bytes32 right) => left.CompareTo(right) > 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator <=(Bytes32 left, Bytes32 right) => left.CompareTo(right) <= 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator >=(Bytes32 left, Bytes32 right) => left.CompareTo(right) >= 0;
}
