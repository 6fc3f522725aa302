using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Verification.Tests;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>Block headers of all forks, and the extra data of QBFT and Clique.</summary>
internal static class HeaderTargets
{
    private static readonly Bytes32 Hash = Keccak256.Hash("hash");

    public static IReadOnlyList<BlockHeader> Forks { get; } = [.. MakeForks()];

    public static IEnumerable<FuzzTarget> Make()
    {
        BlockHeader qbft = TestLedger.Qbft(9, Hash, Hash, [0, 1, 2]);
        BlockHeader clique = TestLedger.Clique(9, Hash, Hash, 0);
        QbftExtraData vote = new()
        {
            Vanity = Hash,
            Validators = [TestLedger.Account(1)],
            Vote = new QbftVote(TestLedger.Account(2), true),
            Round = 300,
            Seals = [new byte[65]],
        };

        yield return new FuzzTarget("header", InputForm.Rlp, [.. Forks.Select(fork => fork.Encode()), qbft.Encode()], ParseHeader);
        yield return new FuzzTarget("qbft-extra-data", InputForm.Rlp, [qbft.ExtraData.ToArray(), vote.Encode()], ParseExtraData);
        yield return new FuzzTarget("qbft-seals", InputForm.Rlp, [qbft.ExtraData.ToArray()], input => ReadSeals(qbft, input)) { Cost = 40, ConstantBytes = 8 * 1024 * 1024, BytesPerByte = 16_384 };
        yield return new FuzzTarget("clique-seal", InputForm.Bytes, [clique.ExtraData.ToArray()], input => RecoverSigner(clique, input)) { Cost = 40, ConstantBytes = 4 * 1024 * 1024 };
    }

    private static IEnumerable<BlockHeader> MakeForks()
    {
        BlockHeader header = TestLedger.Header(9, Hash, Hash, new byte[] { 1, 2, 3 }) with { BaseFeePerGasWei = null, Difficulty = UInt128.MaxValue };
        yield return header;
        yield return header = header with { BaseFeePerGasWei = 7 };
        yield return header = header with { WithdrawalsRoot = Hash };
        yield return header = header with { BlobGasUsed = 0, ExcessBlobGas = 1, ParentBeaconBlockRoot = Hash };
        yield return header = header with { RequestsHash = Hash };
        yield return header = header with { BlockAccessListHash = Hash };
        yield return header with { SlotNumber = ulong.MaxValue };
    }

    private static FuzzResult ParseHeader(byte[] input)
    {
        if (!BlockHeader.TryDecode(input, out BlockHeader? header, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        return FuzzResult.Accepted(() => !header.Encode().AsSpan().SequenceEqual(input) ? "What was read is written with other bytes."
            : header.KeccakHash() != Keccak256.Hash(input) ? "The hash is not that of the bytes."
            : BlockHash.TryCompute(header, BlockHashRule.Qbft, out _, out ParseProblem? none) || none.Code.Length > 0 ? null
            : "The extra data is refused without a code.");
    }

    private static FuzzResult ParseExtraData(byte[] input) => QbftExtraData.TryDecode(input, out QbftExtraData? extraData, out ParseProblem? problem)
        ? FuzzResult.WritesBack(input, extraData.Encode)
        : FuzzResult.Refused(problem);

    private static FuzzResult ReadSeals(BlockHeader header, byte[] input)
    {
        if (!Qbft.TryReadSeals(header with { ExtraData = input }, out QbftSeals? seals, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        return FuzzResult.Accepted(() => QbftExtraData.TryDecode(input, out QbftExtraData? extraData, out _)
            && seals.Signers.Count + seals.InvalidSealCount <= extraData.Seals.Count && seals.Signers.Distinct().Count() == seals.Signers.Count
                ? null
                : "There are more signers than seals.");
    }

    private static FuzzResult RecoverSigner(BlockHeader header, byte[] input)
    {
        if (!Clique.TryRecoverSigner(header with { ExtraData = input }, out Address signer, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        bool isUntouched = input.AsSpan().SequenceEqual(header.ExtraData.Span);
        return FuzzResult.Accepted(() => (signer == TestLedger.Validators[0].Address) == isUntouched ? null : "Another header leads to the same signer, or the same one to another.");
    }
}
