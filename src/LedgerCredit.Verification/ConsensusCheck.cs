using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification;

/// <summary>Whether a block is final under a policy: docs/spec/evidence.md section 3.9.</summary>
/// <remarks>
/// Used for the anchor's block and for that of the status. A block is final by a pinned hash or by seals, its own or, where the
/// caller has the headers between, those of a later block: a later block contains its ancestors' hashes, an earlier one says
/// nothing of what comes after it.
/// </remarks>
/// <param name="policy">The policy.</param>
/// <param name="memory">Remembers who sealed; may be null.</param>
internal sealed class ConsensusCheck(ConsensusPolicy policy, VerificationMemory? memory)
{
    /// <summary>Checks a block.</summary>
    /// <param name="step">Fails or is skipped where the block is not shown to be final.</param>
    /// <param name="block">The block.</param>
    /// <param name="descendants">The headers behind it that the evidence file holds.</param>
    /// <param name="links">Headers behind it from anywhere else. They can help, but never make a valid file invalid.</param>
    public void Run(
        StepBuilder step,
        VerifiedBlock block,
        IReadOnlyList<ReadOnlyMemory<byte>> descendants,
        IReadOnlyList<ReadOnlyMemory<byte>> links)
    {
        QbftSeals? seals = null;
        if (policy.HashRule == BlockHashRule.Qbft && block.Header.Number != 0)
        {
            // Seals are not part of a QBFT block hash, so that they must be looked at even where a hash is pinned.
            seals = ReadGenuineSeals(step, block);
            if (seals is null)
            {
                return;
            }
        }

        bool isPinned = policy.Blocks.TryGetValue(block.Header.Number, out Bytes32 pinned);
        if (isPinned)
        {
            step.Compare(ValueNames.PinnedHash, pinned.ToString(), block.Hash.ToString());
            step.Explain("pinned");
        }

        if (descendants.Count != 0)
        {
            CheckDescendants(step, block, descendants);
        }
        else if (!isPinned)
        {
            CheckOwnSealsOrLinks(step, block, seals, links);
        }
    }

    private void CheckOwnSealsOrLinks(
        StepBuilder step, VerifiedBlock block, QbftSeals? seals, IReadOnlyList<ReadOnlyMemory<byte>> links)
    {
        ValidatorRange? range = policy.Type == ConsensusType.Pinned ? null : policy.FindValidators(block.Header.Number);
        if (range is not null && seals is not null)
        {
            CheckQbftSeals(step, seals, range);
        }
        else if (range is not null && policy.Type == ConsensusType.Clique && Clique.Quorum(range.Addresses.Count) == 1)
        {
            // A lone signer's own seal is enough.
            CheckDescendants(step, block, []);
        }
        else if (FindFinalLink(block, links) is VerifiedBlock final)
        {
            step.Explain($"linked to block {final.Header.Number}");
        }
        else
        {
            step.Skip(policy.Type == ConsensusType.Pinned ? ReasonCodes.BlockNotPinned
                : range is null ? ReasonCodes.NoValidators
                : ReasonCodes.DescendantsMissing);
        }
    }

    // Each seal by another one of the validators that the header lists: their list is part of the block hash, and with
    // one genuine seal so is the round. Otherwise a seal could be altered without anything noticing.
    private QbftSeals? ReadGenuineSeals(StepBuilder step, VerifiedBlock block)
    {
        BlockHeader header = block.Header;
        (QbftSeals? seals, ParseProblem? problem) = ReadSeals(block);
        if (seals is null)
        {
            step.Fail(ReasonCodes.MalformedHeader, problem!.ToString());
            return null;
        }

        IReadOnlyList<Address> listed = seals.Validators.Count != 0
            ? seals.Validators
            : policy.FindValidators(header.Number)?.Addresses ?? [];
        bool isGenuine = seals.InvalidSealCount == 0
            && seals.Signers.Count == SealCount(header)
            && seals.Signers.All(signer => listed.Contains(signer))
            && (seals.Signers.Count != 0 || seals.Round == 0);
        if (!isGenuine)
        {
            step.Fail(ReasonCodes.BadSeal);
            return null;
        }

        return seals;
    }

    // A validator that sealed twice is among the signers once.
    private static int SealCount(BlockHeader header) =>
        QbftExtraData.TryDecode(header.ExtraData, out QbftExtraData? extraData, out _) ? extraData.Seals.Count : 0;

    private static void CheckQbftSeals(StepBuilder step, QbftSeals seals, ValidatorRange range)
    {
        if (!step.Compare(ValueNames.Validators, Text(range.Addresses), Text(seals.Validators)))
        {
            return;
        }

        int valid = seals.Signers.Count(signer => range.Addresses.Contains(signer));
        int quorum = Qbft.Quorum(range.Addresses.Count);
        if (valid < quorum)
        {
            step.Fail(ReasonCodes.TooFewSeals, $"{valid} of {range.Addresses.Count} validators sealed, {quorum} needed");
        }

        step.Explain($"{valid} of {range.Addresses.Count} validators sealed, {quorum} needed");
    }

    private void CheckDescendants(StepBuilder step, VerifiedBlock block, IReadOnlyList<ReadOnlyMemory<byte>> descendants)
    {
        if (policy.Type != ConsensusType.Clique)
        {
            step.Fail(ReasonCodes.DescendantsUnexpected);
            return;
        }

        if (policy.FindValidators(block.Header.Number) is not ValidatorRange range)
        {
            // They could not be checked, and nothing in a file goes unchecked.
            step.Fail(ReasonCodes.NoValidators);
            return;
        }

        int quorum = Clique.Quorum(range.Addresses.Count);
        if (descendants.Count != quorum - 1)
        {
            step.Fail(ReasonCodes.DescendantsCount, $"Expected {quorum - 1} headers behind the block, found {descendants.Count}.");
            return;
        }

        List<VerifiedBlock> chain = [block];
        foreach (ReadOnlyMemory<byte> rlp in descendants)
        {
            if (VerifiedBlock.TryRead(rlp, policy.HashRule, out ParseProblem? problem) is not VerifiedBlock next)
            {
                step.Fail(ReasonCodes.MalformedHeader, problem!.ToString());
                return;
            }

            if (!next.Follows(chain[^1]))
            {
                step.Fail(ReasonCodes.HeaderNotLinked);
                return;
            }

            chain.Add(next);
        }

        if (!AreSealedByDistinctSigners(chain))
        {
            step.Fail(ReasonCodes.BadSeal);
        }

        step.Explain($"{quorum} of {range.Addresses.Count} signers sealed this block and those behind it, {quorum} needed");
    }

    // Each header by another signer that is listed for its own number.
    private bool AreSealedByDistinctSigners(IEnumerable<VerifiedBlock> chain)
    {
        HashSet<Address> signers = [];
        foreach (VerifiedBlock block in chain)
        {
            if (RecoverCliqueSigner(block) is not Address signer
                || policy.FindValidators(block.Header.Number)?.Addresses.Contains(signer) != true
                || !signers.Add(signer))
            {
                return false;
            }
        }

        return true;
    }

    // Follows the links as far as they hold. What does not link, or is not sealed, shows nothing.
    private VerifiedBlock? FindFinalLink(VerifiedBlock block, IReadOnlyList<ReadOnlyMemory<byte>> links)
    {
        List<VerifiedBlock> chain = [block];
        foreach (ReadOnlyMemory<byte> rlp in links)
        {
            if (VerifiedBlock.TryRead(rlp, policy.HashRule, out _) is not VerifiedBlock next || !next.Follows(chain[^1]))
            {
                break;
            }

            chain.Add(next);
        }

        // Seals are costly to check and hashes are not, so pinned blocks come first.
        if (chain.Find(IsPinned) is VerifiedBlock pinned)
        {
            return pinned;
        }

        // The first block whose validators are known.
        int first = policy.Type == ConsensusType.Pinned ? -1 : chain.FindIndex(b => policy.FindValidators(b.Header.Number) is not null);
        if (first < 0)
        {
            return null;
        }

        ValidatorRange range = policy.FindValidators(chain[first].Header.Number)!;
        bool isSealed = policy.Type == ConsensusType.Qbft
            ? IsQbftSealed(chain[first], range)
            : IsCliqueSealed(chain, first, range);
        return isSealed ? chain[first] : null;
    }

    private bool IsPinned(VerifiedBlock block) =>
        policy.Blocks.TryGetValue(block.Header.Number, out Bytes32 pinned) && pinned == block.Hash;

    private bool IsQbftSealed(VerifiedBlock block, ValidatorRange range)
    {
        StepBuilder step = new(StepCode.Consensus);
        if (ReadSeals(block).Seals is not QbftSeals seals)
        {
            return false;
        }

        CheckQbftSeals(step, seals, range);
        return step.HasPassed;
    }

    private bool IsCliqueSealed(List<VerifiedBlock> chain, int first, ValidatorRange range)
    {
        int quorum = Clique.Quorum(range.Addresses.Count);
        return chain.Count - first >= quorum && AreSealedByDistinctSigners(chain.Skip(first).Take(quorum));
    }

    // The ledger's hash rule has no part in either of these two: the header alone says who sealed it.
    private (QbftSeals? Seals, ParseProblem? Problem) ReadSeals(VerifiedBlock block) => VerificationMemory.Recall(
        memory,
        RememberedFunction.QbftSeals,
        [block.Rlp],
        () => Qbft.TryReadSeals(block.Header, out QbftSeals? seals, out ParseProblem? problem) ? (seals, null) : ((QbftSeals?)null, problem));

    private Address? RecoverCliqueSigner(VerifiedBlock block)
    {
        (bool isSealed, Address signer) = VerificationMemory.Recall(
            memory,
            RememberedFunction.CliqueSigner,
            [block.Rlp],
            () => (Clique.TryRecoverSigner(block.Header, out Address recovered, out _), recovered));
        return isSealed ? signer : null;
    }

    private static string Text(IEnumerable<Address> addresses) => string.Join(
        ' ', addresses.Order().Select(address => address.ToLowerHex()));
}
