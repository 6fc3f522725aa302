using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace LedgerCredit.Primitives.Cryptography;

/// <summary>ECDSA verification and public key recovery on secp256k1.</summary>
/// <remarks>
/// SEC 1 sections 4.1.4 and 4.1.6, SEC 2 section 2.4.1. Signatures with s above half the group order are refused
/// (EIP-2), so that each signature has one form. All methods are pure; none throws for foreign values.
/// </remarks>
public static class Secp256k1
{
    // The curve with its own field arithmetic: the generic one is several times slower.
    internal static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");

    internal static readonly BigInteger FieldSize = Curve.Curve.Field.Characteristic;

    private static readonly BigInteger HalfOrder = Curve.N.ShiftRight(1);

    /// <summary>Whether a signature of the 32-byte message hash is by this key.</summary>
    /// <returns><see langword="false"/> also for r or s of zero, r out of range and s above half the group order.</returns>
    public static bool Verify(Bytes32 messageHash, Bytes32 r, Bytes32 s, Secp256k1PublicKey publicKey)
    {
        ArgumentNullException.ThrowIfNull(publicKey);

        BigInteger rNumber = ToNumber(r.AsSpan());
        BigInteger sNumber = ToNumber(s.AsSpan());
        if (!IsInRange(rNumber, sNumber))
        {
            return false;
        }

        // R' = (e/s) G + (r/s) Q, valid when its x coordinate is r modulo the order.
        BigInteger sInverse = sNumber.ModInverse(Curve.N);
        BigInteger u1 = ToNumber(messageHash.AsSpan()).Multiply(sInverse).Mod(Curve.N);
        BigInteger u2 = rNumber.Multiply(sInverse).Mod(Curve.N);
        ECPoint point = ECAlgorithms.SumOfTwoMultiplies(Curve.G, u1, publicKey.Point, u2).Normalize();
        return !point.IsInfinity && point.AffineXCoord.ToBigInteger().Mod(Curve.N).Equals(rNumber);
    }

    /// <summary>Finds the public key whose signature of the 32-byte message hash this is.</summary>
    /// <returns><see langword="false"/> where no key has it or the signature is not in the one accepted form.</returns>
    public static bool TryRecover(
        Bytes32 messageHash,
        RecoverableSignature signature,
        [NotNullWhen(true)] out Secp256k1PublicKey? publicKey)
    {
        publicKey = null;
        BigInteger r = ToNumber(signature.R.AsSpan());
        BigInteger s = ToNumber(signature.S.AsSpan());
        if (signature.YParity > 1 || !IsInRange(r, s) || !TryLift(signature, out ECPoint? ephemeral))
        {
            return false;
        }

        // Q = (s/r) R - (e/r) G
        BigInteger rInverse = r.ModInverse(Curve.N);
        BigInteger u1 = ToNumber(messageHash.AsSpan()).Negate().Multiply(rInverse).Mod(Curve.N);
        BigInteger u2 = s.Multiply(rInverse).Mod(Curve.N);
        ECPoint point = ECAlgorithms.SumOfTwoMultiplies(Curve.G, u1, ephemeral, u2);
        if (point.IsInfinity)
        {
            return false;
        }

        publicKey = new Secp256k1PublicKey(point);
        return true;
    }

    internal static BigInteger ToNumber(ReadOnlySpan<byte> bigEndian) => new(1, bigEndian.ToArray());

    private static bool IsInRange(BigInteger r, BigInteger s) =>
        r.SignValue > 0 && r.CompareTo(Curve.N) < 0 && s.SignValue > 0 && s.CompareTo(HalfOrder) <= 0;

    // The point with this x coordinate and parity. About half of all x coordinates have none.
    private static bool TryLift(RecoverableSignature signature, [NotNullWhen(true)] out ECPoint? point)
    {
        point = null;
        ECFieldElement x = Curve.Curve.FromBigInteger(ToNumber(signature.R.AsSpan()));
        ECFieldElement square = x.Square().Multiply(x).Add(Curve.Curve.B);
        ECFieldElement? y = square.Sqrt();
        if (y is null)
        {
            return false;
        }

        if (y.TestBitZero() != (signature.YParity == 1))
        {
            y = y.Negate();
        }

        point = Curve.Curve.CreatePoint(x.ToBigInteger(), y.ToBigInteger());
        return true;
    }
}
