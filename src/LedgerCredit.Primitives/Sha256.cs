using System.Security.Cryptography;

namespace LedgerCredit.Primitives;

/// <summary>SHA-256 (FIPS 180-4) into <see cref="Bytes32"/>.</summary>
public static class Sha256
{
    /// <summary>Hashes the bytes.</summary>
    public static Bytes32 Hash(ReadOnlySpan<byte> bytes)
    {
        Bytes32 hash = default;
        SHA256.HashData(bytes, hash);
        return hash;
    }

    /// <summary>HMAC-SHA-256 (RFC 2104).</summary>
    public static Bytes32 Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        Bytes32 hash = default;
        HMACSHA256.HashData(key, message, hash);
        return hash;
    }
}
