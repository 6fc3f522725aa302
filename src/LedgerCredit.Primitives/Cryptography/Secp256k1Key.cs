using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC.Multiplier;

namespace LedgerCredit.Primitives.Cryptography;

/// <summary>A secp256k1 private key.</summary>
/// <remarks>
/// Signing is deterministic (RFC 6979 with HMAC-SHA-256) and gives low s (EIP-2). <see cref="Dispose"/> zeroes the
/// key's bytes; the curve library's numbers made while signing are left to the garbage collector. Never printed: the type has no
/// text form. Signing is thread-safe; disposing while another thread signs is the caller's fault.
/// </remarks>
public sealed class Secp256k1Key : IDisposable
{
    /// <summary>The size of the private key in bytes.</summary>
    public const int Length = 32;

    private readonly byte[] _secret;
    private bool _isDisposed;

    private Secp256k1Key(byte[] secret, Secp256k1PublicKey publicKey)
    {
        _secret = secret;
        PublicKey = publicKey;
    }

    /// <summary>The public key.</summary>
    public Secp256k1PublicKey PublicKey { get; }

    /// <summary>Copies a private key.</summary>
    /// <returns><see langword="false"/> for another length than 32 bytes, for zero and for the group order or more.</returns>
    public static bool TryCreate(ReadOnlySpan<byte> secret, [NotNullWhen(true)] out Secp256k1Key? key)
    {
        key = null;
        if (secret.Length != Length)
        {
            return false;
        }

        BigInteger number = Secp256k1.ToNumber(secret);
        if (number.SignValue == 0 || number.CompareTo(Secp256k1.Curve.N) >= 0)
        {
            return false;
        }

        // Pinned, so that the garbage collector leaves no further copy when it compacts.
        byte[] copy = GC.AllocateArray<byte>(Length, pinned: true);
        secret.CopyTo(copy);
        key = new Secp256k1Key(copy, new Secp256k1PublicKey(new FixedPointCombMultiplier().Multiply(Secp256k1.Curve.G, number)));
        return true;
    }

    /// <summary>Makes a new key.</summary>
    /// <param name="random">The source of randomness, cryptographically strong except in tests.</param>
    public static Secp256k1Key Generate(RandomNumberGenerator random)
    {
        ArgumentNullException.ThrowIfNull(random);

        byte[] secret = new byte[Length];
        Secp256k1Key? key;
        do
        {
            // Refused with a probability of 2^-128, so that a second round means a broken source.
            random.GetBytes(secret);
        }
        while (!TryCreate(secret, out key));

        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <summary>Signs a 32-byte message hash.</summary>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public RecoverableSignature Sign(Bytes32 messageHash)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);

        ECDomainParameters domain = new(Secp256k1.Curve.Curve, Secp256k1.Curve.G, Secp256k1.Curve.N, Secp256k1.Curve.H);
        ECDsaSigner signer = new(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(forSigning: true, new ECPrivateKeyParameters(Secp256k1.ToNumber(_secret), domain));
        BigInteger[] pair = signer.GenerateSignature(messageHash.ToArray());

        BigInteger s = pair[1].CompareTo(Secp256k1.Curve.N.ShiftRight(1)) > 0 ? Secp256k1.Curve.N.Subtract(pair[1]) : pair[1];
        Bytes32 r32 = ToBytes32(pair[0]);
        Bytes32 s32 = ToBytes32(s);

        // Trying both parities costs a multiplication more than computing it, and proves the signature before it leaves.
        for (byte parity = 0; parity <= 1; parity++)
        {
            RecoverableSignature signature = new(r32, s32, parity);
            if (Secp256k1.TryRecover(messageHash, signature, out Secp256k1PublicKey? recovered)
                && recovered.Coordinates.SequenceEqual(PublicKey.Coordinates))
            {
                return signature;
            }
        }

        // An ephemeral x coordinate above the group order: one signature in 2^127, never seen.
        throw new UnreachableException("The signature does not lead back to its own key.");
    }

    /// <summary>A copy of the private key, for writing it to a keystore. The caller zeroes it.</summary>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public byte[] ExportSecret()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return [.. _secret];
    }

    /// <summary>Zeroes the private key.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_secret);
    }

    private static Bytes32 ToBytes32(BigInteger number)
    {
        Bytes32 value = default;
        byte[] bytes = number.ToByteArrayUnsigned();
        bytes.CopyTo(((Span<byte>)value)[(Bytes32.Length - bytes.Length)..]);
        return value;
    }
}
