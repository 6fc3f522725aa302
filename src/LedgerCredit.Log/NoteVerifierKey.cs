using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
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
        KeyId = ComputeKeyId(name, publicKey);
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
        key = null;

        // Base64 may contain a plus sign, names may not: only the first two separate.
        string[] parts = (text ?? "").Split('+', 3);
        if (parts.Length != 3 || !NoteKeyName.IsValid(parts[0]))
        {
            problem = new ParseProblem("note-key-syntax", "", "Expected 'name+hash+key', found other text.");
            return false;
        }

        if (!Base64Text.TryDecode(parts[2], out byte[]? typed) || typed.Length != 1 + Bytes32.Length || typed[0] != Ed25519Type)
        {
            problem = new ParseProblem(
                "note-key-type", "", "Expected the canonical Base64 of 0x01 and a 32-byte Ed25519 key, found something else.");
            return false;
        }

        NoteVerifierKey parsed = new(parts[0], Bytes32.FromBytes(typed.AsSpan(1)));
        if (parts[1] != parsed.KeyIdText())
        {
            problem = new ParseProblem(
                "note-key-id", "", $"Expected the key id {parsed.KeyIdText()} that follows from name and key, found another.");
            return false;
        }

        key = parsed;
        problem = null;
        return true;
    }

    /// <summary>Checks one signature over a note's text.</summary>
    /// <param name="text">The note's text with its final newline, as UTF-8.</param>
    /// <param name="signature">The signature without the key id.</param>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) => Ed25519.Verify(PublicKey, text, signature);

    /// <summary>The text form: <c>name+hash+key</c>.</summary>
    public override string ToString() =>
        $"{Name}+{KeyIdText()}+{Base64Text.Encode([Ed25519Type, .. PublicKey.AsSpan()])}";

    private string KeyIdText() => KeyId.ToString("x8", CultureInfo.InvariantCulture);

    private static uint ComputeKeyId(string name, Bytes32 publicKey) =>
        BinaryPrimitives.ReadUInt32BigEndian(
            Sha256.Hash([.. Encoding.UTF8.GetBytes(name), 0x0A, Ed25519Type, .. publicKey.AsSpan()]).AsSpan());
}
