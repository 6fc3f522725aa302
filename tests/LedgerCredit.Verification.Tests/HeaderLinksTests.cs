using LedgerCredit.Ethereum;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification.Tests;

[TestClass]
public sealed class HeaderLinksTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task FetchAsync_LaterPinnedBlock_DecidesTheVerdict()
    {
        EvidenceBuilder built = new EvidenceBuilder { WithStatus = false }.Build();
        List<BlockHeader> chain = Follow(built, 30);
        TrustPolicy policy = PinOnly(built.Policy, chain[29]);
        Endpoint endpoint = new(chain);

        VerificationReport before = EvidenceVerifier.Verify(built.File, policy, EvidenceBuilder.Options);
        VerificationOptions options = await new HeaderLinks(endpoint, HeaderLinks.DefaultMaxHeaders)
            .FetchAsync(built.File, before, policy, EvidenceBuilder.Options, TestContext.CancellationToken);
        VerificationReport after = EvidenceVerifier.Verify(built.File, policy, options);

        Assert.AreEqual(Verdict.Undecided, before.Verdict);
        Assert.AreEqual(Verdict.Valid, after.Verdict, after.Step(StepCode.Consensus).Reason);
        Assert.AreEqual((121UL, 30), endpoint.Asked.Single());
    }

    [TestMethod]
    public async Task FetchAsync_LyingEndpoint_LeavesItUndecided()
    {
        EvidenceBuilder built = new EvidenceBuilder { WithStatus = false }.Build();
        List<BlockHeader> chain = Follow(built, 30);
        TrustPolicy policy = PinOnly(built.Policy, chain[29]);
        VerificationReport before = EvidenceVerifier.Verify(built.File, policy, EvidenceBuilder.Options);

        // Another chain, headers in the wrong order, too few, none, and garbage.
        List<BlockHeader> reversed = [.. Enumerable.Reverse(chain)];
        foreach (List<BlockHeader> answer in new[]
        {
            ConsensusTests.Chain(TestLedger.Header(120, Sha256.Hash([5]), Sha256.Hash([5]), default), 30), reversed, chain[..29], [],
        })
        {
            VerificationOptions options = await new HeaderLinks(new Endpoint(answer), HeaderLinks.DefaultMaxHeaders)
                .FetchAsync(built.File, before, policy, EvidenceBuilder.Options, TestContext.CancellationToken);

            VerificationReport report = EvidenceVerifier.Verify(built.File, policy, options);
            Assert.AreEqual(Verdict.Undecided, report.Verdict);
            Assert.AreEqual(ReasonCodes.BlockNotPinned, report.Step(StepCode.Consensus).Reason);
        }
    }

    [TestMethod]
    public async Task FetchAsync_FurtherThanAllowed_AsksForNothing()
    {
        EvidenceBuilder built = new EvidenceBuilder { WithStatus = false }.Build();
        List<BlockHeader> chain = Follow(built, 30);
        TrustPolicy policy = PinOnly(built.Policy, chain[29]);
        VerificationReport before = EvidenceVerifier.Verify(built.File, policy, EvidenceBuilder.Options);
        Endpoint endpoint = new(chain);

        VerificationOptions options = await new HeaderLinks(endpoint, 29)
            .FetchAsync(built.File, before, policy, EvidenceBuilder.Options, TestContext.CancellationToken);

        Assert.IsEmpty(options.AnchorLinks);
        Assert.IsEmpty(endpoint.Asked);
    }

    [TestMethod]
    public async Task FetchAsync_DecidedFile_AsksForNothing()
    {
        EvidenceBuilder built = new EvidenceBuilder { Consensus = ConsensusType.Qbft }.Build();
        Endpoint endpoint = new([]);

        VerificationOptions options = await new HeaderLinks(endpoint, 100).FetchAsync(
            built.File, built.Verify(), built.Policy, EvidenceBuilder.Options, TestContext.CancellationToken);

        Assert.AreEqual(EvidenceBuilder.Options, options);
        Assert.IsEmpty(endpoint.Asked);
    }

    [TestMethod]
    public async Task FetchAsync_CliqueWithoutDescendants_AsksForThemForBothBlocks()
    {
        EvidenceBuilder built = new EvidenceBuilder { Consensus = ConsensusType.Clique }.Build();
        EvidenceFile bare = built.File with
        {
            Anchor = built.File.Anchor with { Block = built.File.Anchor.Block with { Descendants = [] } },
            Status = built.File.Status! with { Block = built.File.Status.Block with { Descendants = [] } },
        };
        VerificationReport before = EvidenceVerifier.Verify(bare, built.Policy, EvidenceBuilder.Options);
        Endpoint endpoint = new([]);
        endpoint.Add(built.File.Anchor.Block);
        endpoint.Add(built.File.Status.Block);

        VerificationOptions options = await new HeaderLinks(endpoint, 100).FetchAsync(
            bare, before, built.Policy, EvidenceBuilder.Options, TestContext.CancellationToken);

        Assert.AreEqual(Verdict.Undecided, before.Verdict);
        Assert.AreEqual(ReasonCodes.DescendantsMissing, before.Step(StepCode.Status).Reason);
        Assert.AreEqual(Verdict.Valid, EvidenceVerifier.Verify(bare, built.Policy, options).Verdict);
        Assert.AreSequenceEqual(new[] { (121UL, 2), (201UL, 2) }, endpoint.Asked);
    }

    private static List<BlockHeader> Follow(EvidenceBuilder built, int count)
    {
        Assert.IsTrue(BlockHeader.TryDecode(built.File.Anchor.Block.Header.Span, out BlockHeader? header, out _));
        return ConsensusTests.Chain(header, count);
    }

    private static TrustPolicy PinOnly(TrustPolicy policy, BlockHeader header) => policy with
    {
        Consensus = policy.Consensus with { Blocks = new Dictionary<ulong, Bytes32> { [header.Number] = header.KeccakHash() } },
    };

    private sealed class Endpoint(List<BlockHeader> answer) : IHeaderSource
    {
        private readonly Dictionary<ulong, IReadOnlyList<ReadOnlyMemory<byte>>> _answers = [];

        public List<(ulong First, int Count)> Asked { get; } = [];

        public void Add(EvidenceBlock block) => _answers.Add(block.Number + 1, block.Descendants);

        public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHeadersAsync(
            ulong firstNumber, int count, CancellationToken cancellationToken)
        {
            Asked.Add((firstNumber, count));
            return Task.FromResult(_answers.TryGetValue(firstNumber, out IReadOnlyList<ReadOnlyMemory<byte>>? known)
                ? known
                : [.. answer.Select(h => (ReadOnlyMemory<byte>)h.Encode())]);
        }
    }
}
