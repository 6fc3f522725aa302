using LedgerCredit.Primitives;

namespace LedgerCredit.Verification;

/// <summary>Whether a block is final by a ledger's consensus, asked of a block that is in no evidence file yet.</summary>
/// <remarks>
/// docs/spec/evidence.md section 3.9: the very check of the step <c>consensus</c>, so that whoever keeps a block for evidence to come
/// learns now what its verifiers will find. Pure; costs a signature check for each seal.
/// </remarks>
public static class BlockFinality
{
    /// <summary>Checks a block.</summary>
    /// <param name="header">The header's RLP, from anywhere.</param>
    /// <param name="descendants">The RLP of the headers behind it that an evidence file is to hold: on Clique, elsewhere none.</param>
    /// <param name="policy">The ledger's consensus.</param>
    /// <returns>
    /// The step <see cref="StepCode.Consensus"/>: passed where a verifier with this policy finds the block final without looking
    /// anything up; skipped where the policy says nothing of this block; failed where the block contradicts the policy.
    /// </returns>
    public static VerificationStep Check(
        ReadOnlyMemory<byte> header, IReadOnlyList<ReadOnlyMemory<byte>> descendants, ConsensusPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(descendants);
        ArgumentNullException.ThrowIfNull(policy);

        StepBuilder step = new(StepCode.Consensus);
        if (VerifiedBlock.TryRead(header, policy.HashRule, out ParseProblem? problem) is VerifiedBlock block)
        {
            new ConsensusCheck(policy, memory: null).Run(step, block, descendants, links: []);
        }
        else
        {
            step.Fail(ReasonCodes.MalformedHeader, problem!.ToString());
        }

        return step.Build();
    }
}
