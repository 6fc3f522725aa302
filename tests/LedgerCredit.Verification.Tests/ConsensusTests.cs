using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Verification.Tests;

[TestClass]
public sealed class ConsensusTests
{
    private static readonly Address[] All = [.. TestLedger.Validators.Select(v => v.Address)];

    private static readonly Bytes32 Parent = Sha256.Hash([1]);

    private static readonly Bytes32 State = Sha256.Hash([2]);

    [TestMethod]
    public void Qbft_QuorumOfSeals_Passes()
    {
        BlockHeader header = TestLedger.Qbft(120, Parent, State, [3, 0, 2]);

        AssertStep(StepOutcome.Pass, "", Check(Policy(ConsensusType.Qbft, All), header));
    }

    [TestMethod]
    [DataRow(new[] { 0, 1 }, ReasonCodes.TooFewSeals, DisplayName = "one short")]
    [DataRow(new int[0], ReasonCodes.BadSeal, DisplayName = "none, in a round that nothing binds")]
    [DataRow(new[] { 0, 1, 1 }, ReasonCodes.BadSeal, DisplayName = "one twice")]
    public void Qbft_TooFewSeals_Fails(int[] sealers, string reason)
    {
        AssertStep(StepOutcome.Fail, reason, Check(Policy(ConsensusType.Qbft, All), TestLedger.Qbft(120, Parent, State, sealers)));
    }

    [TestMethod]
    public void Qbft_OtherValidatorsThanThePolicy_Fail()
    {
        // Three keys that the policy does not list agree among themselves.
        BlockHeader usurped = TestLedger.Qbft(120, Parent, State, [0, 1, 2], All[..3]);
        AssertStep(StepOutcome.Fail, "validators-mismatch", Check(Policy(ConsensusType.Qbft, All), usurped));

        // A stranger's seal beside enough genuine ones.
        BlockHeader stranger = TestLedger.Qbft(120, Parent, State, [0, 1, 2, 3], All[..3]);
        AssertStep(StepOutcome.Fail, ReasonCodes.BadSeal, Check(Policy(ConsensusType.Qbft, All[..3]), stranger));
    }

    // What is asked of a block that is in no file yet is what its file will be asked.
    [TestMethod]
    public void BlockFinality_AnyBlock_IsTheStepOfItsFile()
    {
        BlockHeader qbft = TestLedger.Qbft(120, Parent, State, [0, 1, 2]);
        BlockHeader clique = TestLedger.Clique(120, Parent, State, 0);
        ConsensusPolicy qbftPolicy = Policy(ConsensusType.Qbft, All);
        ConsensusPolicy cliquePolicy = Policy(ConsensusType.Clique, All);
        (StepOutcome Outcome, string Reason, ConsensusPolicy Policy, BlockHeader Header, List<BlockHeader> Behind)[] cases =
        [
            (StepOutcome.Pass, "", qbftPolicy, qbft, []),
            (StepOutcome.Fail, ReasonCodes.TooFewSeals, qbftPolicy, TestLedger.Qbft(120, Parent, State, [0, 1]), []),
            (StepOutcome.Fail, "validators-mismatch", Policy(ConsensusType.Qbft, All[..3]), qbft, []),
            (StepOutcome.Fail, ReasonCodes.MalformedHeader, qbftPolicy, clique, []),
            (StepOutcome.Skipped, ReasonCodes.NoValidators, qbftPolicy with { Validators = [new ValidatorRange(0, 119, All)] }, qbft, []),
            (StepOutcome.Pass, "", cliquePolicy, clique, TestLedger.CliqueChain(clique, 1, 2)),
            (StepOutcome.Fail, ReasonCodes.BadSeal, cliquePolicy, clique, TestLedger.CliqueChain(clique, 1, 0)),
            (StepOutcome.Fail, ReasonCodes.DescendantsCount, cliquePolicy, clique, TestLedger.CliqueChain(clique, 1)),
            (StepOutcome.Skipped, ReasonCodes.DescendantsMissing, cliquePolicy, clique, []),
            (StepOutcome.Pass, "", Pin(Policy(ConsensusType.Pinned, []), clique), clique, []),
            (StepOutcome.Skipped, ReasonCodes.BlockNotPinned, Policy(ConsensusType.Pinned, []), clique, []),
        ];
        foreach ((StepOutcome outcome, string reason, ConsensusPolicy policy, BlockHeader header, List<BlockHeader> behind) in cases)
        {
            AssertStep(outcome, reason, BlockFinality.Check(header.Encode(), Encode(behind), policy));
        }

        AssertStep(StepOutcome.Fail, ReasonCodes.MalformedHeader, BlockFinality.Check(new byte[] { 1, 2, 3 }, [], qbftPolicy));
    }

    // A seal is in no hash: whichever bit of it is altered, the block is not final any more.
    [TestMethod]
    public void BlockFinality_AnyBitOfASealAltered_DoesNotPass()
    {
        BlockHeader header = TestLedger.Qbft(120, Parent, State, [0, 1, 2]);
        for (int bit = 0; bit < 8 * 3 * RecoverableSignature.CompactLength; bit += 7)
        {
            byte[] extraData = header.ExtraData.ToArray();
            extraData[^(1 + (bit / 8))] ^= (byte)(1 << (bit % 8));

            VerificationStep step = BlockFinality.Check((header with { ExtraData = extraData }).Encode(), [], Policy(ConsensusType.Qbft, All));

            Assert.AreNotEqual(StepOutcome.Pass, step.Outcome, $"bit {bit}");
        }
    }

    [TestMethod]
    public void Qbft_ListsInAnotherOrder_Pass()
    {
        AssertStep(
            StepOutcome.Pass, "",
            Check(Policy(ConsensusType.Qbft, [.. All.Reverse()]), TestLedger.Qbft(120, Parent, State, [0, 1, 2])));
    }

    [TestMethod]
    public void Qbft_RangeOfAnotherTime_IsSkipped()
    {
        ConsensusPolicy policy = Policy(ConsensusType.Qbft, All) with { Validators = [new ValidatorRange(0, 119, All), new ValidatorRange(121, null, All)] };

        AssertStep(StepOutcome.Skipped, ReasonCodes.NoValidators, Check(policy, TestLedger.Qbft(120, Parent, State, [0, 1, 2])));
    }

    [TestMethod]
    public void Qbft_DescendantsInTheFile_Fail()
    {
        BlockHeader header = TestLedger.Qbft(120, Parent, State, [0, 1, 2]);

        AssertStep(StepOutcome.Fail, ReasonCodes.DescendantsUnexpected, Check(Policy(ConsensusType.Qbft, All), header, [header]));
    }

    [TestMethod]
    public void Pinned_OtherHash_FailsWhateverTheSeals()
    {
        BlockHeader header = TestLedger.Qbft(120, Parent, State, [0, 1, 2, 3]);
        ConsensusPolicy policy = Policy(ConsensusType.Qbft, All) with { Blocks = new Dictionary<ulong, Bytes32> { [120] = Sha256.Hash([]) } };

        AssertStep(StepOutcome.Fail, "pinned-hash-mismatch", Check(policy, header));
    }

    [TestMethod]
    public void Pinned_UnknownBlock_IsSkipped()
    {
        AssertStep(
            StepOutcome.Skipped, ReasonCodes.BlockNotPinned,
            Check(Policy(ConsensusType.Pinned, []), TestLedger.Header(120, Parent, State, default)));
    }

    [TestMethod]
    public void Pinned_DescendantsInTheFile_Fail()
    {
        BlockHeader header = TestLedger.Clique(120, Parent, State, 0);
        ConsensusPolicy policy = Pin(Policy(ConsensusType.Pinned, []), header);

        AssertStep(StepOutcome.Fail, ReasonCodes.DescendantsUnexpected, Check(policy, header, TestLedger.CliqueChain(header, 1, 2)));
    }

    [TestMethod]
    public void Clique_EnoughDistinctSigners_Pass()
    {
        BlockHeader header = TestLedger.Clique(120, Parent, State, 0);

        AssertStep(StepOutcome.Pass, "", Check(Policy(ConsensusType.Clique, All), header, TestLedger.CliqueChain(header, 3, 1)));
    }

    [TestMethod]
    [DataRow(new[] { 1 }, ReasonCodes.DescendantsCount, DisplayName = "one short")]
    [DataRow(new[] { 1, 2, 3 }, ReasonCodes.DescendantsCount, DisplayName = "one more than is checked")]
    [DataRow(new[] { 1, 1 }, ReasonCodes.BadSeal, DisplayName = "a signer twice")]
    [DataRow(new[] { 1, 0 }, ReasonCodes.BadSeal, DisplayName = "the first signer again")]
    public void Clique_OtherDescendants_Fail(int[] sealers, string reason)
    {
        BlockHeader header = TestLedger.Clique(120, Parent, State, 0);

        AssertStep(
            StepOutcome.Fail, reason, Check(Policy(ConsensusType.Clique, All), header, TestLedger.CliqueChain(header, sealers)));
    }

    [TestMethod]
    public void Clique_SignerNotListed_Fails()
    {
        BlockHeader header = TestLedger.Clique(120, Parent, State, 0);

        AssertStep(
            StepOutcome.Fail, ReasonCodes.BadSeal, Check(Policy(ConsensusType.Clique, All[..3]), header, TestLedger.CliqueChain(header, 3)));
        AssertStep(
            StepOutcome.Fail, ReasonCodes.BadSeal, Check(Policy(ConsensusType.Clique, All[1..]), header, TestLedger.CliqueChain(header, 2)));
    }

    [TestMethod]
    public void Clique_DescendantsOfAnotherBlock_Fail()
    {
        BlockHeader header = TestLedger.Clique(120, Parent, State, 0);
        BlockHeader other = TestLedger.Clique(120, Parent, Sha256.Hash([3]), 0);

        AssertStep(
            StepOutcome.Fail, ReasonCodes.HeaderNotLinked, Check(Policy(ConsensusType.Clique, All), header, TestLedger.CliqueChain(other, 1, 2)));
    }

    [TestMethod]
    public void Clique_LoneSigner_NeedsNoDescendants()
    {
        BlockHeader header = TestLedger.Clique(120, Parent, State, 0);

        AssertStep(StepOutcome.Pass, "", Check(Policy(ConsensusType.Clique, All[..1]), header));
        AssertStep(StepOutcome.Fail, ReasonCodes.BadSeal, Check(Policy(ConsensusType.Clique, All[1..2]), header));
    }

    [TestMethod]
    public void Clique_NoDescendants_IsSkippedUnlessPinned()
    {
        BlockHeader header = TestLedger.Clique(120, Parent, State, 0);
        ConsensusPolicy policy = Policy(ConsensusType.Clique, All);

        AssertStep(StepOutcome.Skipped, ReasonCodes.DescendantsMissing, Check(policy, header));
        AssertStep(StepOutcome.Pass, "", Check(Pin(policy, header), header));
    }

    [TestMethod]
    public void Clique_SignersChangeBetweenBlocks_EachCountsForItsOwnNumber()
    {
        BlockHeader header = TestLedger.Clique(120, Parent, State, 0);
        List<BlockHeader> chain = TestLedger.CliqueChain(header, 3, 1);
        ConsensusPolicy policy = Policy(ConsensusType.Clique, All) with
        {
            Validators = [new ValidatorRange(0, 120, [.. All[..3], TestLedger.Account(1)]), new ValidatorRange(121, null, All[1..])],
        };

        AssertStep(StepOutcome.Pass, "", Check(policy, header, chain));
        AssertStep(StepOutcome.Fail, ReasonCodes.BadSeal, Check(policy, header, TestLedger.CliqueChain(header, 3, 0)));
    }

    [TestMethod]
    public void Links_ToALaterPinnedBlock_Pass()
    {
        BlockHeader header = TestLedger.Header(120, Parent, State, default);
        List<BlockHeader> chain = Chain(header, 5);
        ConsensusPolicy policy = Pin(Policy(ConsensusType.Pinned, []), chain[3]);

        AssertStep(StepOutcome.Pass, "", Check(policy, header, [], chain));
        AssertStep(StepOutcome.Pass, "", Check(policy, header, [], chain[..4]));
        AssertStep(StepOutcome.Skipped, ReasonCodes.BlockNotPinned, Check(policy, header, [], chain[..3]));
        AssertStep(StepOutcome.Skipped, ReasonCodes.BlockNotPinned, Check(policy, header, [], [.. chain[1..]]));
        AssertStep(StepOutcome.Skipped, ReasonCodes.BlockNotPinned, Check(policy, header, [], Chain(TestLedger.Header(120, Parent, Parent, default), 5)));
    }

    [TestMethod]
    public void Links_ToAnEarlierPinnedBlock_ShowNothing()
    {
        BlockHeader pinned = TestLedger.Header(119, Parent, State, default);
        BlockHeader header = TestLedger.Header(120, pinned.KeccakHash(), State, default);

        AssertStep(
            StepOutcome.Skipped, ReasonCodes.BlockNotPinned,
            Check(Pin(Policy(ConsensusType.Pinned, []), pinned), header, [], [pinned]));
    }

    [TestMethod]
    public void Links_ByALiar_NeitherHelpNorHarm()
    {
        BlockHeader header = TestLedger.Qbft(120, Parent, State, [0, 1, 2]);
        ReadOnlyMemory<byte>[] garbage = [default, new byte[] { 0xC0 }, Parent.ToArray()];
        StepBuilder sealedStep = new(StepCode.Consensus);
        Run(Policy(ConsensusType.Qbft, All), sealedStep, header, [], garbage);
        StepBuilder unknownStep = new(StepCode.Consensus);
        Run(Policy(ConsensusType.Pinned, []) with { HashRule = BlockHashRule.Qbft }, unknownStep, header, [], garbage);

        AssertStep(StepOutcome.Pass, "", sealedStep.Build());
        AssertStep(StepOutcome.Skipped, ReasonCodes.BlockNotPinned, unknownStep.Build());
    }

    [TestMethod]
    public void Links_ToALaterSealedBlock_Pass()
    {
        // The policy knows the validators only from block 122 on.
        BlockHeader first = TestLedger.Qbft(120, Parent, State, [0, 1, 2]);
        BlockHeader second = TestLedger.Qbft(121, HashOf(first), State, [0]);
        BlockHeader third = TestLedger.Qbft(122, HashOf(second), State, [0, 1, 2]);
        BlockHeader weak = TestLedger.Qbft(122, HashOf(second), State, [0, 1]);
        ConsensusPolicy policy = Policy(ConsensusType.Qbft, All) with { Validators = [new ValidatorRange(122, null, All)] };

        AssertStep(StepOutcome.Pass, "", Check(policy, first, [], [second, third]));
        AssertStep(StepOutcome.Skipped, ReasonCodes.NoValidators, Check(policy, first, [], [second, weak]));
        AssertStep(StepOutcome.Skipped, ReasonCodes.NoValidators, Check(policy, first, [], [second]));
    }

    [TestMethod]
    public void Links_ThatSealACliqueBlock_Pass()
    {
        BlockHeader header = TestLedger.Clique(120, Parent, State, 0);
        ConsensusPolicy policy = Policy(ConsensusType.Clique, All);

        AssertStep(StepOutcome.Pass, "", Check(policy, header, [], TestLedger.CliqueChain(header, 1, 2, 3)));
        AssertStep(StepOutcome.Skipped, ReasonCodes.DescendantsMissing, Check(policy, header, [], TestLedger.CliqueChain(header, 1)));
        AssertStep(StepOutcome.Skipped, ReasonCodes.DescendantsMissing, Check(policy, header, [], TestLedger.CliqueChain(header, 1, 1)));
    }

    internal static List<BlockHeader> Chain(BlockHeader parent, int count)
    {
        List<BlockHeader> chain = [];
        for (int i = 0; i < count; i++)
        {
            BlockHeader last = chain.Count == 0 ? parent : chain[^1];
            chain.Add(TestLedger.Header(last.Number + 1, last.KeccakHash(), State, default));
        }

        return chain;
    }

    private static ConsensusPolicy Policy(ConsensusType type, Address[] validators) => new(
        type,
        type == ConsensusType.Qbft ? BlockHashRule.Qbft : BlockHashRule.Keccak,
        validators.Length == 0 ? [] : [new ValidatorRange(0, null, validators)],
        new Dictionary<ulong, Bytes32>());

    private static ConsensusPolicy Pin(ConsensusPolicy policy, BlockHeader header) =>
        policy with { Blocks = new Dictionary<ulong, Bytes32> { [header.Number] = header.KeccakHash() } };

    private static Bytes32 HashOf(BlockHeader header)
    {
        Assert.IsTrue(Qbft.TryComputeBlockHash(header, out Bytes32 hash, out _));
        return hash;
    }

    private static VerificationStep Check(
        ConsensusPolicy policy, BlockHeader header, IReadOnlyList<BlockHeader>? descendants = null, IReadOnlyList<BlockHeader>? links = null)
    {
        StepBuilder step = new(StepCode.Consensus);
        Run(policy, step, header, Encode(descendants), Encode(links));
        return step.Build();
    }

    private static void Run(
        ConsensusPolicy policy,
        StepBuilder step,
        BlockHeader header,
        IReadOnlyList<ReadOnlyMemory<byte>> descendants,
        IReadOnlyList<ReadOnlyMemory<byte>> links)
    {
        VerifiedBlock? block = VerifiedBlock.TryRead(header.Encode(), policy.HashRule, out ParseProblem? problem);
        Assert.IsNotNull(block, problem?.ToString());
        new ConsensusCheck(policy, memory: null).Run(step, block, descendants, links);
    }

    private static List<ReadOnlyMemory<byte>> Encode(IReadOnlyList<BlockHeader>? headers) =>
        [.. (headers ?? []).Select(h => (ReadOnlyMemory<byte>)h.Encode())];

    private static void AssertStep(StepOutcome outcome, string reason, VerificationStep step)
    {
        Assert.AreEqual(reason, step.Reason, step.Detail);
        Assert.AreEqual(outcome, step.Outcome);
    }
}
