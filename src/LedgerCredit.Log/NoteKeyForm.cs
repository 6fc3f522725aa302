using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>What verifier keys with an Ed25519 public key have in common, whatever their signature type.</summary>
/// <remarks>
/// C2SP signed-note. The text form is
/// <code>&lt;name&gt;+&lt;key id: 8 lower-case hex digits&gt;+&lt;Base64(type || public key)&gt;</code>
/// and the key id is the first four bytes of <c>SHA-256(name || 0x0A || type || public key)</c>.
/// </remarks>
internal static class NoteKeyForm
{
    /// <summary>Computes a key id.</summary>
    public static uint KeyId(byte type, string name, Bytes32 publicKey) =>
        BinaryPrimitives.ReadUInt32BigEndian(
            Sha256.Hash([.. Encoding.UTF8.GetBytes(name), 0x0A, type, .. publicKey.AsSpan()]).AsSpan());

    /// <summary>Writes a key.</summary>
    public static string Format(byte type, string name, Bytes32 publicKey) =>
        $"{name}+{KeyIdText(KeyId(type, name, publicKey))}+{Base64Text.Encode([type, .. publicKey.AsSpan()])}";

    /// <summary>Reads exactly what <see cref="Format"/> writes for this type.</summary>
    public static bool TryParse(
        [NotNullWhen(true)] string? text,
        byte type,
        [NotNullWhen(true)] out string? name,
        out Bytes32 publicKey,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        name = null;
        publicKey = default;

        // Base64 may contain a plus sign, names may not: only the first two separate.
        string[] parts = (text ?? "").Split('+', 3);
        if (parts.Length != 3 || !NoteKeyName.IsValid(parts[0]))
        {
            problem = new ParseProblem("note-key-syntax", "", "Expected 'name+hash+key', found other text.");
            return false;
        }

        if (!Base64Text.TryDecode(parts[2], out byte[]? typed) || typed.Length != 1 + Bytes32.Length || typed[0] != type)
        {
            problem = new ParseProblem(
                "note-key-type", "", $"Expected the canonical Base64 of 0x{type:x2} and a 32-byte Ed25519 key, found something else.");
            return false;
        }

        Bytes32 read = Bytes32.FromBytes(typed.AsSpan(1));
        string expected = KeyIdText(KeyId(type, parts[0], read));
        if (parts[1] != expected)
        {
            problem = new ParseProblem(
                "note-key-id", "", $"Expected the key id {expected} that follows from name and key, found another.");
            return false;
        }

        name = parts[0];
        publicKey = read;
        problem = null;
        return true;
    }

    private static string KeyIdText(uint keyId) => keyId.ToString("x8", CultureInfo.InvariantCulture);
}
