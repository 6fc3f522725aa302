namespace LedgerCredit.Primitives.Cryptography;

/// <summary>An ECDSA signature on secp256k1 from which the signer's public key can be recovered.</summary>
/// <param name="R">Big-endian; below the group order and not zero.</param>
/// <param name="S">Big-endian; not zero and at most half the group order (EIP-2).</param>
/// <param name="YParity">0 or 1: whether the y coordinate of the ephemeral point is odd.</param>
/// <remarks>
/// Constructing one checks nothing: values come from foreign bytes and are checked by <see cref="Secp256k1"/>.
/// The other two recovery ids, for an ephemeral x coordinate above the group order, are not used on Ethereum.
/// </remarks>
public readonly record struct RecoverableSignature(Bytes32 R, Bytes32 S, byte YParity)
{
    /// <summary>The size of the compact form in bytes: r ‖ s ‖ y parity.</summary>
    public const int CompactLength = 65;

    /// <summary>The compact form r ‖ s ‖ y parity, as block headers carry it.</summary>
    public byte[] ToCompact() => [.. R.AsSpan(), .. S.AsSpan(), YParity];

    /// <summary>Splits the compact form.</summary>
    /// <returns><see langword="false"/> where the length is not 65 or the last byte is neither 0 nor 1.</returns>
    public static bool TryReadCompact(ReadOnlySpan<byte> bytes, out RecoverableSignature signature)
    {
        if (bytes.Length != CompactLength || bytes[64] > 1)
        {
            signature = default;
            return false;
        }

        signature = new RecoverableSignature(Bytes32.FromBytes(bytes[..32]), Bytes32.FromBytes(bytes[32..64]), bytes[64]);
        return true;
    }
}
