using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Ethereum.Consensus;

/// <summary>Signers of Clique headers.</summary>
/// <remarks>
/// EIP-225. The extra data is 32 bytes of vanity, at epoch blocks the signers (20 bytes each), and the seal (65 bytes). The
/// signature covers the hash of the header's RLP encoding with the extra data but for the seal.
/// </remarks>
public static class Clique
{
    /// <summary>The size of the vanity data in bytes.</summary>
    public const int VanityLength = 32;

    /// <summary>How many headers by different signers, the block's own included, make it final: ⌊n/2⌋ + 1.</summary>
    public static int Quorum(int signerCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(signerCount);
        return (signerCount / 2) + 1;
    }

    /// <summary>What the signer signs.</summary>
    public static bool TryComputeSealHash(BlockHeader header, out Bytes32 hash, [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(header);

        hash = default;
        int signersLength = header.ExtraData.Length - VanityLength - RecoverableSignature.CompactLength;
        if (signersLength < 0 || signersLength % Address.Length != 0)
        {
            problem = new ParseProblem(
                "clique-extra-data",
                "extraData",
                $"Expected 32 bytes, addresses and a seal of 65 bytes, found {header.ExtraData.Length} bytes.");
            return false;
        }

        hash = header.KeccakHashWithExtraData(header.ExtraData[..^RecoverableSignature.CompactLength]);
        problem = null;
        return true;
    }

    /// <summary>Recovers who sealed the block. Whether that is a listed signer is the caller's question.</summary>
    public static bool TryRecoverSigner(BlockHeader header, out Address signer, [NotNullWhen(false)] out ParseProblem? problem)
    {
        signer = default;
        if (!TryComputeSealHash(header, out Bytes32 hash, out problem))
        {
            return false;
        }

        ReadOnlySpan<byte> seal = header.ExtraData.Span[^RecoverableSignature.CompactLength..];
        if (!RecoverableSignature.TryReadCompact(seal, out RecoverableSignature signature)
            || !Secp256k1.TryRecover(hash, signature, out Secp256k1PublicKey? publicKey))
        {
            problem = new ParseProblem("clique-seal", "extraData", "Expected a seal that is somebody's signature, found none.");
            return false;
        }

        signer = Address.FromPublicKey(publicKey);
        return true;
    }
}
