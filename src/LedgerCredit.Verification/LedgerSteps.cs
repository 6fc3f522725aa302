using System.Buffers.Binary;
using System.Globalization;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.State;
using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification;

/// <summary>The steps <c>anchor-state</c> and <c>block-hash</c>: docs/spec/evidence.md sections 3.7 and 3.8.</summary>
internal static class LedgerSteps
{
    /// <summary>The header's state holds the root hash at this size for this log.</summary>
    /// <param name="file">The file.</param>
    /// <param name="policy">For the ledger and its contract.</param>
    /// <param name="log">The issuer's log, or null where the policy has none.</param>
    /// <param name="memory">Remembers the proofs; may be null.</param>
    /// <param name="facts">What the anchor says, or null where the step did not pass.</param>
    public static VerificationStep AnchorState(
        EvidenceFile file, TrustPolicy policy, TrustedLog? log, VerificationMemory? memory, out AnchorFacts? facts)
    {
        StepBuilder step = new(StepCode.AnchorState);
        facts = null;
        EvidenceAnchor anchor = file.Anchor;
        step.Compare(ValueNames.ChainId, Text(policy.ChainId), Text(anchor.ChainId));
        step.Compare(ValueNames.EvidenceLog, policy.EvidenceLog.ToLowerHex(), anchor.EvidenceLog.ToLowerHex());
        if (log is null)
        {
            step.Fail(ReasonCodes.LogUnknown);
        }
        else
        {
            step.Compare(ValueNames.LogId, LogId.FromOrigin(log.Origin).ToString(), anchor.LogId.ToString());
        }

        if (!BlockHeader.TryDecode(anchor.Block.Header.Span, out BlockHeader? header, out ParseProblem? problem))
        {
            step.Fail(ReasonCodes.MalformedHeader, problem.ToString());
            return step.Build();
        }

        if (ReadAccount(step, header, anchor.EvidenceLog, anchor.AccountProof, memory) is AccountState account
            && ReadSlot(step, account, LedgerSlots.OfAnchor(anchor.LogId, anchor.Root), anchor.StorageProof, memory) is Bytes32 word)
        {
            AnchorFacts read = CheckAnchor(step, word, header, file.Inclusion.TreeSize);
            facts = step.HasPassed ? read : null;
        }

        return step.Build();
    }

    /// <summary>The header has the stated number and hash.</summary>
    /// <param name="step">The step that fails otherwise.</param>
    /// <param name="block">The block as the file states it.</param>
    /// <param name="policy">For the ledger's hash rule.</param>
    /// <returns>The block, or null where the header is malformed.</returns>
    public static VerifiedBlock? CheckBlock(StepBuilder step, EvidenceBlock block, TrustPolicy policy)
    {
        if (VerifiedBlock.TryRead(block.Header, policy.Consensus.HashRule, out ParseProblem? problem) is not VerifiedBlock verified)
        {
            step.Fail(ReasonCodes.MalformedHeader, problem!.ToString());
            return null;
        }

        step.Compare(ValueNames.BlockNumber, Text(verified.Header.Number), Text(block.Number));
        step.Compare(ValueNames.BlockHash, verified.Hash.ToString(), block.Hash.ToString());
        return verified;
    }

    /// <summary>Follows an account proof to a contract; null, with the step failed, where it does not lead to one.</summary>
    public static AccountState? ReadAccount(
        StepBuilder step, BlockHeader header, Address contract, IReadOnlyList<ReadOnlyMemory<byte>> proof, VerificationMemory? memory)
    {
        AccountProofResult account = VerificationMemory.Recall(
            memory,
            RememberedFunction.AccountProof,
            [header.StateRoot.ToArray(), contract.ToArray(), .. proof],
            () => StateProof.VerifyAccount(header.StateRoot, contract, proof));
        if (!account.IsValid)
        {
            step.Fail(ReasonCodes.AccountProof, account.Failure.ToString());
            return null;
        }

        if (account.Account is not { HasCode: true } state)
        {
            step.Fail(ReasonCodes.NoContract);
            return null;
        }

        return state;
    }

    /// <summary>Follows a storage proof to a word; null, with the step failed, where it does not lead there.</summary>
    public static Bytes32? ReadSlot(
        StepBuilder step, AccountState account, Bytes32 slot, IReadOnlyList<ReadOnlyMemory<byte>> proof, VerificationMemory? memory)
    {
        StorageProofResult storage = VerificationMemory.Recall(
            memory,
            RememberedFunction.StorageProof,
            [account.StorageRoot.ToArray(), slot.ToArray(), .. proof],
            () => StateProof.VerifyStorage(account.StorageRoot, slot, proof));
        if (!storage.IsValid)
        {
            step.Fail(ReasonCodes.StorageProof, storage.Failure.ToString());
            return null;
        }

        return storage.Value;
    }

    // One word, from the right: uint64 treeSize, uint64 anchoredAt, zero.
    private static AnchorFacts CheckAnchor(StepBuilder step, Bytes32 word, BlockHeader header, ulong treeSize)
    {
        ReadOnlySpan<byte> bytes = word.AsSpan();
        ulong anchoredSize = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
        ulong anchoredAt = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        if (word == Bytes32.Zero)
        {
            step.Fail(ReasonCodes.NotAnchored);
        }
        else if (bytes[..16].ContainsAnyExcept((byte)0))
        {
            step.Fail(ReasonCodes.MalformedWord);
        }
        else
        {
            step.Compare(ValueNames.TreeSize, Text(treeSize), Text(anchoredSize));
            if (anchoredAt > header.Timestamp)
            {
                step.Fail(ReasonCodes.TimeAfterBlock, $"{anchoredAt} > {header.Timestamp}");
            }
        }

        return new AnchorFacts(anchoredSize, anchoredAt, header.Number, header.Timestamp);
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
