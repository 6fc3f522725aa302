using System.Security.Cryptography;
using Curve = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace LedgerCredit.Primitives.Cryptography;

/// <summary>A private Ed25519 key (RFC 8032 section 5.1.5): a 32-byte seed.</summary>
/// <remarks>Signatures are deterministic. The seed is zeroed by <see cref="Dispose"/>. Safe for use by several threads.</remarks>
public sealed class Ed25519Key : IDisposable
{
    /// <summary>The size of a seed in bytes.</summary>
    public const int SeedLength = 32;

    private readonly byte[] _seed;
    private readonly byte[] _publicKey = new byte[Bytes32.Length];
    private bool _disposed;

    /// <summary>Makes the key of a seed, which is copied.</summary>
    /// <param name="seed">Exactly <see cref="SeedLength"/> secret bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="seed"/> has another length.</exception>
    public Ed25519Key(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedLength)
        {
            throw new ArgumentException($"Expected {SeedLength} bytes, found {seed.Length}.", nameof(seed));
        }

        _seed = seed.ToArray();
        Curve.GeneratePublicKey(_seed, 0, _publicKey, 0);
    }

    /// <summary>The public key.</summary>
    public Bytes32 PublicKey => Bytes32.FromBytes(_publicKey);

    /// <summary>Signs a message.</summary>
    /// <returns><see cref="Ed25519.SignatureLength"/> bytes.</returns>
    /// <exception cref="ObjectDisposedException">The seed is gone.</exception>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);

        byte[] signature = new byte[Ed25519.SignatureLength];
        Curve.Sign(_seed, 0, _publicKey, 0, message.ToArray(), 0, message.Length, signature, 0);
        return signature;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_seed);
    }
}
