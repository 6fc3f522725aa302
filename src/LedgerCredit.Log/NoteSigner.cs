using System.Text;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Log;

/// <summary>Signs notes with an Ed25519 key.</summary>
/// <remarks>C2SP signed-note, signature type 0x01. Deterministic: the same text gives the same note. Thread-safe.</remarks>
public sealed class NoteSigner : IDisposable
{
    private readonly Ed25519Key _key;

    /// <summary>Makes a signer of a name and a seed, which is copied.</summary>
    /// <param name="name">The key's name; for a log its origin. Non-empty, without Unicode spaces and plus signs.</param>
    /// <param name="seed">Thirty-two secret bytes.</param>
    /// <exception cref="ArgumentException">The name is not allowed or the seed has another length.</exception>
    public NoteSigner(string name, ReadOnlySpan<byte> seed)
    {
        _key = new Ed25519Key(seed);
        VerifierKey = new NoteVerifierKey(name, _key.PublicKey);
    }

    /// <summary>The public key to give to verifiers.</summary>
    public NoteVerifierKey VerifierKey { get; }

    /// <summary>Signs a text.</summary>
    /// <param name="text">Ends with a newline and has no other control character.</param>
    /// <returns>A note with this one signature.</returns>
    /// <exception cref="ArgumentException">The text is not that of a note.</exception>
    public SignedNote Sign(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!SignedNote.IsValidText(text))
        {
            throw new ArgumentException("Expected text that ends with a newline and has no other control character.", nameof(text));
        }

        byte[] signature = _key.Sign(Encoding.UTF8.GetBytes(text));
        return new SignedNote(text, [new NoteSignature(VerifierKey.Name, VerifierKey.KeyId, signature)]);
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
