using Curve = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace LedgerCredit.Primitives.Cryptography;

/// <summary>Ed25519 signatures (RFC 8032 section 5.1): 32-byte public keys, 64-byte signatures.</summary>
public static class Ed25519
{
    /// <summary>The size of a signature in bytes.</summary>
    public const int SignatureLength = 64;

    /// <summary>Checks a signature.</summary>
    /// <remarks>
    /// All arguments may be hostile. Refused are also a signature of another length, a scalar that is not reduced and a
    /// point that is not in its canonical encoding, so that nobody without the key can turn one signature into another.
    /// </remarks>
    /// <param name="publicKey">The signer's public key.</param>
    /// <param name="message">What was signed.</param>
    /// <param name="signature">The signature.</param>
    /// <returns>Whether the key made this signature for this message.</returns>
    public static bool Verify(Bytes32 publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureLength
        && Curve.Verify(signature.ToArray(), 0, publicKey.ToArray(), 0, message.ToArray(), 0, message.Length);
}
