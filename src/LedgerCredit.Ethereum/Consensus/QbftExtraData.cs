using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Ethereum.Consensus;

/// <summary>A vote on a validator that a QBFT header carries.</summary>
/// <param name="Validator">Whom it is about.</param>
/// <param name="IsAdd">To add, or else to remove.</param>
public sealed record QbftVote(Address Validator, bool IsAdd);

/// <summary>The extra data of a QBFT header.</summary>
/// <remarks>
/// EEA QBFT Blockchain Consensus Protocol Specification v1, "block header"; as Hyperledger Besu's
/// <c>QbftExtraDataCodec</c> writes it:
/// <code>
/// [vanity (32 bytes), [validator …], vote, round, [committed seal (65 bytes) …]]
/// vote: [] or [validator, 0xff to add | empty to remove]        seal: r ‖ s ‖ y parity
/// </code>
/// Besu also reads other forms, which it never writes; those are refused, for their hash would be that of another form.
/// </remarks>
public sealed class QbftExtraData
{
    /// <summary>The size of the vanity data in bytes.</summary>
    public const int VanityLength = 32;

    /// <summary>The most validators, and seals, that are read.</summary>
    public const int MaxValidators = 500;

    private const byte AddVote = 0xff;

    /// <summary>Free bytes.</summary>
    public required Bytes32 Vanity { get; init; }

    /// <summary>The validators of this block, in ascending order; empty where a contract names them.</summary>
    public required IReadOnlyList<Address> Validators { get; init; }

    /// <summary>The vote, or null.</summary>
    public required QbftVote? Vote { get; init; }

    /// <summary>The round in which the block was agreed on.</summary>
    public required uint Round { get; init; }

    /// <summary>The committed seals as they stand there; not yet checked.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Seals { get; init; }

    /// <summary>The encoding with everything, as the header carries it.</summary>
    public byte[] Encode() => Encode(Round, Seals);

    /// <summary>What the committers sign is a header with this extra data: with the round, without seals.</summary>
    public byte[] EncodeWithoutSeals() => Encode(Round, []);

    /// <summary>The block hash is of a header with this extra data: round 0 and no seals, both still present as fields.</summary>
    public byte[] EncodeWithoutSealsAndRound() => Encode(0, []);

    /// <summary>Reads the extra data of a header.</summary>
    public static bool TryDecode(
        ReadOnlyMemory<byte> extraData,
        [NotNullWhen(true)] out QbftExtraData? decoded,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        decoded = null;
        if (!Rlp.TryDecode(extraData, out RlpItem? item, out problem))
        {
            return false;
        }

        if (item is not RlpList
            {
                Items: [RlpBytes vanityItem, RlpList validatorItems, RlpList voteItem, RlpBytes roundItem, RlpList sealItems]
            }
            || !vanityItem.TryGetBytes32(out Bytes32 vanity))
        {
            problem = Refuse("five fields [vanity, validators, vote, round, seals] with 32 bytes of vanity");
            return false;
        }

        if (validatorItems.Items.Count > MaxValidators || sealItems.Items.Count > MaxValidators)
        {
            problem = Refuse($"at most {MaxValidators} validators and seals");
            return false;
        }

        List<Address> validators = [];
        foreach (RlpItem validatorItem in validatorItems.Items)
        {
            if (validatorItem is not RlpBytes { Value.Length: Address.Length } validator)
            {
                problem = Refuse("validators of 20 bytes");
                return false;
            }

            validators.Add(Address.FromBytes(validator.Value));
        }

        if (!TryReadVote(voteItem, out QbftVote? vote))
        {
            problem = Refuse("a vote of a validator and 0xff or nothing");
            return false;
        }

        if (!roundItem.TryGetNumber(out ulong round) || round > int.MaxValue)
        {
            problem = Refuse("a round below 2^31");
            return false;
        }

        List<ReadOnlyMemory<byte>> seals = [];
        foreach (RlpItem sealItem in sealItems.Items)
        {
            if (sealItem is not RlpBytes { Value.Length: RecoverableSignature.CompactLength } seal)
            {
                problem = Refuse("committed seals of 65 bytes");
                return false;
            }

            seals.Add(seal.Value.ToArray());
        }

        problem = null;
        decoded = new QbftExtraData
        {
            Vanity = vanity,
            Validators = validators,
            Vote = vote,
            Round = (uint)round,
            Seals = seals,
        };
        return true;
    }

    private static bool TryReadVote(RlpList item, out QbftVote? vote)
    {
        vote = null;
        if (item.Items.Count == 0)
        {
            return true;
        }

        if (item.Items is not [RlpBytes { Value.Length: Address.Length } validator, RlpBytes kind]
            || kind.Value is not ([] or [AddVote]))
        {
            return false;
        }

        vote = new QbftVote(Address.FromBytes(validator.Value), kind.Value.Length == 1);
        return true;
    }

    private byte[] Encode(uint round, IReadOnlyList<ReadOnlyMemory<byte>> seals)
    {
        RlpItem vote = Vote is null
            ? new RlpList()
            : new RlpList(Vote.Validator.ToRlp(), Vote.IsAdd ? new RlpBytes(new byte[] { AddVote }) : RlpBytes.Empty);
        return Rlp.Encode(new RlpList(
            new RlpBytes(Vanity.ToArray()),
            new RlpList([.. Validators.Select(validator => validator.ToRlp())]),
            vote,
            RlpBytes.FromNumber(round),
            new RlpList([.. seals.Select(seal => new RlpBytes(seal))])));
    }

    private static ParseProblem Refuse(string expected) =>
        new("qbft-extra-data", "extraData", $"Expected QBFT extra data with {expected}, found another form.");
}
