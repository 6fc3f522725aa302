using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification;

/// <summary>Verifies evidence files under a trust policy, step by step.</summary>
/// <remarks>
/// docs/spec/evidence.md section 3. Pure but for the clock: no network, no files. Every step runs as far as it can, whatever
/// happened before, so that the report shows all that is wrong. Hostile files never throw, and work is linear in their size.
/// Thread-safe.
/// </remarks>
public static class EvidenceVerifier
{
    /// <summary>Verifies the bytes of a file; where they are not an evidence file, the step <c>format</c> says why.</summary>
    public static VerificationReport Verify(ReadOnlySpan<byte> utf8, TrustPolicy policy, VerificationOptions options) =>
        EvidenceFile.TryParse(utf8, out EvidenceFile? file, out ParseProblem? problem)
            ? Verify(file, policy, options)
            : Refused(problem);

    /// <summary>Verifies a file that was parsed.</summary>
    public static VerificationReport Verify(EvidenceFile file, TrustPolicy policy, VerificationOptions options)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(options);

        TrustedLog? log = policy.Logs.GetValueOrDefault(file.Record.Issuer);
        Bytes32 leafHash = MerkleHash.Leaf(file.Entry.Span);
        VerificationStep[] steps =
        [
            new StepBuilder(StepCode.Format).Build(),
            RecordStep.Run(file.Record, policy, options, out RecordPayload? payload, out RecordFacts? record),
            LogSteps.Entry(file, payload),
            LogSteps.Inclusion(file, leafHash),
            LogSteps.Checkpoint(file, log, policy.Witnesses, options.Memory),
            LedgerSteps.AnchorState(file, policy, log, options.Memory, out AnchorFacts? anchor),
            BlockHash(file, policy, out VerifiedBlock? block),
            Consensus(file, policy, options, block),
            StatusStep.Run(file, policy, options, leafHash, out RepairStatus? status),
        ];
        return new VerificationReport(Judge(steps, policy.Require, file.Status is not null), steps, leafHash, file.Inclusion.LeafIndex, record, anchor, status);
    }

    private static VerificationStep BlockHash(EvidenceFile file, TrustPolicy policy, out VerifiedBlock? block)
    {
        StepBuilder step = new(StepCode.BlockHash);
        block = LedgerSteps.CheckBlock(step, file.Anchor.Block, policy);
        return step.Build();
    }

    private static VerificationStep Consensus(
        EvidenceFile file, TrustPolicy policy, VerificationOptions options, VerifiedBlock? block)
    {
        StepBuilder step = new(StepCode.Consensus);
        if (block is null)
        {
            step.Skip(ReasonCodes.NotReached);
        }
        else
        {
            new ConsensusCheck(policy.Consensus, options.Memory).Run(step, block, file.Anchor.Block.Descendants, options.AnchorLinks);
        }

        return step.Build();
    }

    private static Verdict Judge(VerificationStep[] steps, IReadOnlyList<StepCode> require, bool showsStatus)
    {
        if (Array.Exists(steps, step => step.Outcome == StepOutcome.Fail))
        {
            return Verdict.Invalid;
        }

        // The steps from format to consensus are required whatever a policy made in code says.
        // A status that is shown must also be proven: otherwise a valid file could show an invented one.
        bool allPassed = StepCodes.AlwaysRequired.Concat(require).All(code => steps[(int)code].Outcome == StepOutcome.Pass)
            && (!showsStatus || steps[(int)StepCode.Status].Outcome == StepOutcome.Pass);
        return allPassed ? Verdict.Valid : Verdict.Undecided;
    }

    private static VerificationReport Refused(ParseProblem problem)
    {
        List<VerificationStep> steps = [];
        foreach (StepCode code in StepCodes.All)
        {
            StepBuilder step = new(code);
            if (code == StepCode.Format)
            {
                step.Fail(ReasonCodes.MalformedFile, problem.ToString());
            }
            else
            {
                step.Skip(ReasonCodes.NotReached);
            }

            steps.Add(step.Build());
        }

        return new VerificationReport(Verdict.Invalid, steps, null, 0, null, null, null);
    }
}
