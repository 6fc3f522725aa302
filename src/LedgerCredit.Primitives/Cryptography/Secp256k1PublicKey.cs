using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace LedgerCredit.Primitives.Cryptography;

/// <summary>A point of secp256k1 other than infinity.</summary>
/// <remarks>SEC 1 section 2.3.3; sizes: 64 bytes for both coordinates, 33 bytes compressed.</remarks>
public sealed class Secp256k1PublicKey
{
    private readonly byte[] _coordinates;

    internal Secp256k1PublicKey(ECPoint point)
    {
        Point = point.Normalize();
        _coordinates = Point.GetEncoded(compressed: false)[1..];
    }

    /// <summary>x ‖ y, 32 bytes each, big-endian.</summary>
    public ReadOnlySpan<byte> Coordinates => _coordinates;

    internal ECPoint Point { get; }

    /// <summary>The compressed form: 0x02 or 0x03, then x.</summary>
    public byte[] ToCompressed() => Point.GetEncoded(compressed: true);

    /// <summary>Reads x ‖ y and checks that the point is on the curve.</summary>
    public static bool TryReadCoordinates(ReadOnlySpan<byte> coordinates, [NotNullWhen(true)] out Secp256k1PublicKey? key)
    {
        key = null;
        if (coordinates.Length != 2 * Bytes32.Length)
        {
            return false;
        }

        BigInteger x = Secp256k1.ToNumber(coordinates[..32]);
        BigInteger y = Secp256k1.ToNumber(coordinates[32..]);
        BigInteger fieldSize = Secp256k1.FieldSize;
        if (x.CompareTo(fieldSize) >= 0 || y.CompareTo(fieldSize) >= 0)
        {
            return false;
        }

        ECPoint point = Secp256k1.Curve.Curve.CreatePoint(x, y);
        if (!point.IsValid())
        {
            return false;
        }

        key = new Secp256k1PublicKey(point);
        return true;
    }
}
