using LedgerCredit.Log;

namespace LedgerCredit.Verification;

/// <summary>Which witnesses a verifier knows, and how many of them must have cosigned a checkpoint.</summary>
/// <remarks>docs/spec/trust.md section 4. Immutable.</remarks>
public sealed class WitnessPolicy
{
    /// <summary>The most witnesses of a policy: each may have a line in a note, which has at most 100.</summary>
    public const int MaxKeys = 64;

    /// <summary>Makes a policy.</summary>
    /// <param name="required">How many must have cosigned: from 1 to the number of keys.</param>
    /// <param name="keys">The witnesses, no name and no public key twice.</param>
    /// <exception cref="ArgumentException">The number or the keys are not allowed.</exception>
    public WitnessPolicy(int required, IReadOnlyList<WitnessKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count is 0 or > MaxKeys || !AreDistinct(keys))
        {
            throw new ArgumentException($"Expected 1 to {MaxKeys} witnesses, no name and no public key twice.", nameof(keys));
        }

        if (required < 1 || required > keys.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(required), required, "Expected at least one witness and no more than there are.");
        }

        Required = required;
        Keys = [.. keys];
    }

    /// <summary>How many must have cosigned.</summary>
    public int Required { get; }

    /// <summary>The witnesses.</summary>
    public IReadOnlyList<WitnessKey> Keys { get; }

    /// <summary>Whether each key has a name and a public key of its own.</summary>
    /// <remarks>What a witness signs does not hold its name, so that one key under two names would count twice.</remarks>
    internal static bool AreDistinct(IReadOnlyList<WitnessKey> keys) =>
        keys.DistinctBy(key => key.Name, StringComparer.Ordinal).Count() == keys.Count
        && keys.DistinctBy(key => key.PublicKey).Count() == keys.Count;
}
