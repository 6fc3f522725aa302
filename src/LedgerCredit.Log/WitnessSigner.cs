using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Log;

/// <summary>Cosigns checkpoints with an Ed25519 key.</summary>
/// <remarks>
/// C2SP tlog-cosignature, signature type 0x04. It signs what it is given: that the checkpoint extends the last one is for the
/// caller to see to. The key must be used for nothing else, no other witness name included. Thread-safe.
/// </remarks>
public sealed class WitnessSigner : IDisposable
{
    private readonly Ed25519Key _key;

    /// <summary>Makes a signer of a name and a seed, which is copied.</summary>
    /// <param name="name">The witness's name: non-empty, without Unicode spaces and plus signs.</param>
    /// <param name="seed">Thirty-two secret bytes.</param>
    /// <exception cref="ArgumentException">The name is not allowed or the seed has another length.</exception>
    public WitnessSigner(string name, ReadOnlySpan<byte> seed)
    {
        _key = new Ed25519Key(seed);
        Key = new WitnessKey(name, _key.PublicKey);
    }

    /// <summary>The public key to give to logs and verifiers.</summary>
    public WitnessKey Key { get; }

    /// <summary>Cosigns a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="unixSeconds">The time of the statement, at most <see cref="CosignatureV1.MaxTimestamp"/>.</param>
    public NoteSignature Cosign(Checkpoint checkpoint, ulong unixSeconds)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unixSeconds, CosignatureV1.MaxTimestamp);
        return new NoteSignature(Key.Name, Key.KeyId, CosignatureV1.Sign(_key, checkpoint.Format(), unixSeconds));
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
