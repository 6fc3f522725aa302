using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification;

/// <summary>What a verifier has beside the file and the policy.</summary>
public sealed record VerificationOptions
{
    /// <summary>The clock for <c>statusMaxAge</c>.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The network's subject key, with which the subject of terms can be compared; null for verifiers without it.</summary>
    public Bytes32? SubjectKey { get; init; }

    /// <summary>The record where the verifier has it, to compare with what is disclosed; null otherwise.</summary>
    public CreditRecord? GivenRecord { get; init; }

    /// <summary>Remembers what files of one anchor share, for whoever verifies many; null to compute everything for each.</summary>
    public VerificationMemory? Memory { get; init; }

    /// <summary>The headers that follow the anchor's block, from wherever: see <see cref="HeaderLinks"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> AnchorLinks { get; init; } = [];

    /// <summary>The headers that follow the status block.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> StatusLinks { get; init; } = [];
}
