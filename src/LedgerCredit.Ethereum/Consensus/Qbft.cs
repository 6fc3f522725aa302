using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Ethereum.Consensus;

/// <summary>What a QBFT header says about its own agreement.</summary>
/// <param name="BlockHash">The hash by which the ledger names the block.</param>
/// <param name="Validators">The validators that the header lists, in its order.</param>
/// <param name="Round">The round in which the block was agreed on.</param>
/// <param name="Signers">
/// Who signed the committed seals: each once, in the order of their first seal. Whether they are validators is the caller's question.
/// </param>
/// <param name="InvalidSealCount">Seals that are no signature of anybody.</param>
public sealed record QbftSeals(
    Bytes32 BlockHash,
    IReadOnlyList<Address> Validators,
    uint Round,
    IReadOnlyList<Address> Signers,
    int InvalidSealCount);

/// <summary>Hashes and committed seals of QBFT headers.</summary>
/// <remarks>
/// As Hyperledger Besu's <c>BftBlockHashing</c>: the block hash covers the extra data with round 0 and an empty list of seals,
/// the committers sign it with the round and an empty list of seals. The genesis block keeps its extra data as it is.
/// </remarks>
public static class Qbft
{
    /// <summary>How many of <paramref name="validatorCount"/> validators must have sealed: ⌈2n/3⌉.</summary>
    public static int Quorum(int validatorCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(validatorCount);
        return (int)(((2L * validatorCount) + 2) / 3);
    }

    /// <summary>Computes the hash by which the ledger names the block.</summary>
    public static bool TryComputeBlockHash(BlockHeader header, out Bytes32 hash, [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(header);

        hash = default;
        if (!QbftExtraData.TryDecode(header.ExtraData, out QbftExtraData? extraData, out problem))
        {
            return false;
        }

        hash = header.Number == 0
            ? header.KeccakHash()
            : header.KeccakHashWithExtraData(extraData.EncodeWithoutSealsAndRound());
        return true;
    }

    /// <summary>What each committer signs.</summary>
    public static bool TryComputeCommitHash(BlockHeader header, out Bytes32 hash, [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(header);

        hash = default;
        if (!QbftExtraData.TryDecode(header.ExtraData, out QbftExtraData? extraData, out problem))
        {
            return false;
        }

        hash = header.Number == 0
            ? header.KeccakHash()
            : header.KeccakHashWithExtraData(extraData.EncodeWithoutSeals());
        return true;
    }

    /// <summary>Recovers who sealed the block.</summary>
    /// <returns><see langword="false"/> for extra data of another form; with forged seals the result says so.</returns>
    public static bool TryReadSeals(
        BlockHeader header,
        [NotNullWhen(true)] out QbftSeals? seals,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(header);

        seals = null;
        if (!QbftExtraData.TryDecode(header.ExtraData, out QbftExtraData? extraData, out problem)
            || !TryComputeBlockHash(header, out Bytes32 blockHash, out problem)
            || !TryComputeCommitHash(header, out Bytes32 commitHash, out problem))
        {
            return false;
        }

        List<Address> signers = [];
        int invalidSealCount = 0;
        foreach (ReadOnlyMemory<byte> seal in extraData.Seals)
        {
            if (!RecoverableSignature.TryReadCompact(seal.Span, out RecoverableSignature signature)
                || !Secp256k1.TryRecover(commitHash, signature, out Secp256k1PublicKey? publicKey))
            {
                invalidSealCount++;
                continue;
            }

            Address signer = Address.FromPublicKey(publicKey);
            if (!signers.Contains(signer))
            {
                signers.Add(signer);
            }
        }

        seals = new QbftSeals(blockHash, extraData.Validators, extraData.Round, signers, invalidSealCount);
        return true;
    }
}
