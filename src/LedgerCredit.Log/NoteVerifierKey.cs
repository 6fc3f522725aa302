using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Log;

/// <summary>The public key with which the signed notes of one signer are verified.</summary>
/// <remarks>
/// C2SP signed-note with Ed25519 (signature type 0x01). The text form is that of Go's <c>sumdb/note</c>:
/// <code>&lt;name&gt;+&lt;key id: 8 lower-case hex digits&gt;+&lt;Base64(0x01 || public key)&gt;</code>
/// and the key id is the first four bytes of <c>SHA-256(name || 0x0A || 0x01 || public key)</c>. Immutable.
/// </remarks>
public sealed class NoteVerifierKey
{
    /// <summary>The signature type of Ed25519 in C2SP signed-note.</summary>
    internal const byte Ed25519Type = 0x01;

    /// <summary>Makes the key of a name and a public key.</summary>
    /// <param name="name">Non-empty, without Unicode spaces and plus signs.</param>
    /// <param name="publicKey">An Ed25519 public key.</param>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    public NoteVerifierKey(string name, Bytes32 publicKey)
    {
        if (!NoteKeyName.IsValid(name))
        {
            throw new ArgumentException("Expected a key name without spaces and plus signs.", nameof(name));
        }

        Name = name;
        PublicKey = publicKey;
        KeyId = NoteKeyForm.KeyId(Ed25519Type, name, publicKey);
    }

    /// <summary>The key's name; a log's key is named after its origin.</summary>
    public string Name { get; }

    /// <summary>The Ed25519 public key.</summary>
    public Bytes32 PublicKey { get; }

    /// <summary>The four bytes that name the key in a signature line, big-endian.</summary>
    public uint KeyId { get; }

    /// <summary>Reads exactly what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(
        [NotNullWhen(true)] string? text,
        [NotNullWhen(true)] out NoteVerifierKey? key,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        key = NoteKeyForm.TryParse(text, Ed25519Type, out string? name, out Bytes32 publicKey, out problem)
            ? new NoteVerifierKey(name, publicKey)
            : null;
        return key is not null;
    }

    /// <summary>Checks one signature over a note's text.</summary>
    /// <param name="text">The note's text with its final newline, as UTF-8.</param>
    /// <param name="signature">The signature without the key id.</param>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) => Ed25519.Verify(PublicKey, text, signature);

    /// <summary>The text form: <c>name+hash+key</c>.</summary>
    public override string ToString() => NoteKeyForm.Format(Ed25519Type, Name, PublicKey);
}
