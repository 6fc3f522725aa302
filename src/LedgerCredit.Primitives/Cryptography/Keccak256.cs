using Org.BouncyCastle.Crypto.Digests;

namespace LedgerCredit.Primitives.Cryptography;

/// <summary>Keccak-256 as Ethereum uses it: the original padding, not that of SHA3-256 (FIPS 202).</summary>
public static class Keccak256
{
    /// <summary>Hashes the bytes.</summary>
    public static Bytes32 Hash(ReadOnlySpan<byte> bytes)
    {
        KeccakDigest digest = new(256);
        digest.BlockUpdate(bytes.ToArray(), 0, bytes.Length);
        byte[] hash = new byte[Bytes32.Length];
        digest.DoFinal(hash, 0);
        return Bytes32.FromBytes(hash);
    }

    /// <summary>Hashes the UTF-8 form of a text, for example a member's slug or a log's origin.</summary>
    public static Bytes32 Hash(string text) => Hash(System.Text.Encoding.UTF8.GetBytes(text));
}
