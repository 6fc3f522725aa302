using System.Runtime.CompilerServices;

namespace LedgerCredit.Ethereum;

/// <summary>The twenty bytes that name an account or a contract.</summary>
/// <remarks>A value type. <c>default</c> is the zero address, which is legal. Comparison is bytewise.</remarks>
[InlineArray(Length)]
public struct Address : IEquatable<Address>, IComparable<Address>
{
    /// <summary>The size in bytes.</summary>
    public const int Length = 20;

    private byte _first;

    /// <summary>Twenty zero bytes.</summary>
    public static Address Zero => default;

    /// <summary>Copies twenty bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> has another length.</exception>
    public static Address FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"Expected {Length} bytes, found {bytes.Length}.", nameof(bytes));
        }

        Address address = default;
        bytes.CopyTo(address);
        return address;
    }

    /// <summary>The account of a key: the last twenty bytes of the hash of its coordinates (Yellow Paper, appendix F).</summary>
    public static Address FromPublicKey(Secp256k1PublicKey publicKey)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        return FromBytes(Keccak256.Hash(publicKey.Coordinates).AsSpan()[12..]);
    }

    /// <summary>The address of the contract that a transaction of <paramref name="sender"/> with this nonce creates.</summary>
    /// <remarks>Yellow Paper section 7, for CREATE.</remarks>
    public static Address OfCreated(Address sender, ulong nonce)
    {
        byte[] encoded = Rlp.Encode(new RlpList(sender.ToRlp(), RlpBytes.FromNumber(nonce)));
        return FromBytes(Keccak256.Hash(encoded).AsSpan()[12..]);
    }

    /// <summary>Reads <c>0x</c> and 40 hex digits: all lower-case, or mixed case with the right checksum (EIP-55).</summary>
    /// <returns>
    /// <see langword="false"/> for any other text, all upper-case included unless that is its checksum.
    /// </returns>
    public static bool TryParse(string? text, out Address address)
    {
        address = default;
        if (text is null || text.Length != 2 + (2 * Length))
        {
            return false;
        }

        string lower = text.ToLowerInvariant();
        if (!Hex.TryDecode(lower, address) || text[1] != 'x')
        {
            address = default;
            return false;
        }

        if (text != lower && text != address.ToString())
        {
            address = default;
            return false;
        }

        return true;
    }

    /// <summary>A copy of the bytes.</summary>
    public readonly byte[] ToArray() => ((ReadOnlySpan<byte>)this).ToArray();

    /// <summary><c>0x</c> and 40 lower-case hex digits, as JSON-RPC and our files carry it.</summary>
    public readonly string ToLowerHex() => Hex.Encode(this);

    /// <summary>The checksummed form (EIP-55), for people.</summary>
    public override readonly string ToString()
    {
        char[] digits = Convert.ToHexStringLower(this).ToCharArray();
        Bytes32 hash = Keccak256.Hash(new string(digits));
        for (int i = 0; i < digits.Length; i++)
        {
            int nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 15;
            if (nibble >= 8)
            {
                digits[i] = char.ToUpperInvariant(digits[i]);
            }
        }

        return "0x" + new string(digits);
    }

    /// <inheritdoc/>
    public readonly bool Equals(Address other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(this);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public readonly int CompareTo(Address other) => ((ReadOnlySpan<byte>)this).SequenceCompareTo(other);

    /// <summary>Bytewise equality.</summary>
    public static bool operator ==(Address left, Address right) => left.Equals(right);

    /// <summary>Bytewise inequality.</summary>
    public static bool operator !=(Address left, Address right) => !left.Equals(right);

    /// <summary>Bytewise order.</summary>
    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;

    internal readonly RlpBytes ToRlp() => new(ToArray());
}
