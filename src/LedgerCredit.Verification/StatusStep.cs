using System.Buffers.Binary;
using System.Globalization;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.State;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification;

/// <summary>The step <c>status</c>: docs/spec/evidence.md section 3.10.</summary>
internal static class StatusStep
{
    /// <summary>Runs the step.</summary>
    /// <param name="file">The file.</param>
    /// <param name="policy">For the contract, the consensus and the greatest age.</param>
    /// <param name="options">For the clock and linking headers.</param>
    /// <param name="leafHash">Under which the contract keeps the status.</param>
    /// <param name="status">The proven status, or null where the step did not pass.</param>
    public static VerificationStep Run(
        EvidenceFile file, TrustPolicy policy, VerificationOptions options, Bytes32 leafHash, out RepairStatus? status)
    {
        StepBuilder step = new(StepCode.Status);
        status = null;
        if (file.Status is not EvidenceStatus shown)
        {
            step.Skip(ReasonCodes.NoStatus);
            return step.Build();
        }

        if (file.Record.Kind != RecordKind.Sanction.ToName())
        {
            step.Fail(ReasonCodes.StatusWithoutSanction);
        }

        if (policy.RepairDesk == Address.Zero)
        {
            step.Fail(ReasonCodes.NoRepairDesk);
        }
        else
        {
            step.Compare(ValueNames.RepairDesk, policy.RepairDesk.ToLowerHex(), shown.RepairDesk.ToLowerHex());
        }

        if (LedgerSteps.CheckBlock(step, shown.Block, policy) is VerifiedBlock block)
        {
            CheckAge(step, file.Anchor.Block, block, policy, options);
            new ConsensusCheck(policy.Consensus, options.Memory).Run(step, block, shown.Block.Descendants, options.StatusLinks);
            RepairStatus? read = ReadStatus(step, shown, block.Header, leafHash, options.Memory);
            status = step.HasPassed ? read : null;
        }

        return step.Build();
    }

    private static void CheckAge(
        StepBuilder step, EvidenceBlock anchor, VerifiedBlock block, TrustPolicy policy, VerificationOptions options)
    {
        if (block.Header.Number < anchor.Number)
        {
            step.Fail(ReasonCodes.StatusBeforeAnchor);
        }
        else if (block.Header.Number == anchor.Number)
        {
            step.Compare(ValueNames.BlockHash, anchor.Hash.ToString(), block.Hash.ToString());
        }

        // A block that claims to be from the future has no age; that it is final is the consensus check's business.
        long now = options.Clock.GetUtcNow().ToUnixTimeSeconds();
        if (policy.StatusMaxAgeSeconds is ulong maxAge && (Int128)now - block.Header.Timestamp > maxAge)
        {
            step.Fail(ReasonCodes.StatusTooOld, $"{(Int128)now - block.Header.Timestamp} > {maxAge} s");
        }
    }

    private static RepairStatus? ReadStatus(
        StepBuilder step, EvidenceStatus shown, BlockHeader header, Bytes32 leafHash, VerificationMemory? memory)
    {
        Bytes32 slot = LedgerSlots.OfStatus(leafHash);

        // Every sanction has a slot of its own, so that only the proof of the account is worth remembering.
        if (LedgerSteps.ReadAccount(step, header, shown.RepairDesk, shown.AccountProof, memory) is not AccountState account
            || LedgerSteps.ReadSlot(step, account, slot, shown.StorageProof, memory: null) is not Bytes32 word)
        {
            return null;
        }

        step.Compare(ValueNames.StatusWord, word.ToString(), shown.Value.ToString());

        // One word, from the right: uint8 state, uint64 time of the last change, uint8 state after unshielding, zero.
        ReadOnlySpan<byte> bytes = word.AsSpan();
        byte state = bytes[31];
        byte stateAfterUnshielding = bytes[22];
        ulong changedAt = BinaryPrimitives.ReadUInt64BigEndian(bytes[23..31]);
        if (bytes[..22].ContainsAnyExcept((byte)0)
            || state > (byte)RepairState.Revoked
            || stateAfterUnshielding > (byte)RepairState.Revoked)
        {
            step.Fail(ReasonCodes.MalformedWord);
            return null;
        }

        if (changedAt > header.Timestamp)
        {
            step.Fail(
                ReasonCodes.TimeAfterBlock, string.Create(CultureInfo.InvariantCulture, $"{changedAt} > {header.Timestamp}"));
        }

        return new RepairStatus(
            (RepairState)state, changedAt, (RepairState)stateAfterUnshielding, header.Number, header.Timestamp);
    }
}
