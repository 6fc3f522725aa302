using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>The public key with which the cosignatures of one witness are verified.</summary>
/// <remarks>
/// C2SP tlog-cosignature (signature type 0x04), written as
/// <code>&lt;name&gt;+&lt;key id: 8 lower-case hex digits&gt;+&lt;Base64(0x04 || public key)&gt;</code>
/// What a witness signs does not hold its name: two witnesses must have two public keys. Immutable; equal when the texts are.
/// </remarks>
public sealed class WitnessKey : IEquatable<WitnessKey>
{
    /// <summary>Makes the key of a name and a public key.</summary>
    /// <param name="name">Non-empty, without Unicode spaces and plus signs.</param>
    /// <param name="publicKey">An Ed25519 public key.</param>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    public WitnessKey(string name, Bytes32 publicKey)
    {
        if (!IsValidName(name))
        {
            throw new ArgumentException("Expected a key name without spaces and plus signs.", nameof(name));
        }

        Name = name;
        PublicKey = publicKey;
        KeyId = NoteKeyForm.KeyId(CosignatureV1.Type, name, publicKey);
    }

    /// <summary>The witness's name; by custom an address without scheme, that need not lead anywhere.</summary>
    public string Name { get; }

    /// <summary>The Ed25519 public key.</summary>
    public Bytes32 PublicKey { get; }

    /// <summary>The four bytes that name the key in a signature line, big-endian.</summary>
    public uint KeyId { get; }

    /// <summary>Whether a text can be a witness's name: non-empty, without Unicode spaces, plus signs and control characters.</summary>
    public static bool IsValidName(string name) => NoteKeyName.IsValid(name);

    /// <summary>Reads exactly what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(
        [NotNullWhen(true)] string? text,
        [NotNullWhen(true)] out WitnessKey? key,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        key = NoteKeyForm.TryParse(text, CosignatureV1.Type, out string? name, out Bytes32 publicKey, out problem)
            ? new WitnessKey(name, publicKey)
            : null;
        return key is not null;
    }

    /// <summary>Whether a signature line has this key's name and id. That alone says nothing of its signature.</summary>
    public bool IsNamedIn(NoteSignature line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.KeyId == KeyId && line.KeyName == Name;
    }

    /// <summary>Checks that a signature line is this witness's cosignature of a note's text. The arguments may be hostile.</summary>
    /// <param name="text">The note's text with its final newline.</param>
    /// <param name="line">The line.</param>
    public bool Verify(string text, NoteSignature line)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsNamedIn(line) && CosignatureV1.Verify(this, text, line.Signature.Span);
    }

    /// <summary>The text form: <c>name+hash+key</c>.</summary>
    public override string ToString() => NoteKeyForm.Format(CosignatureV1.Type, Name, PublicKey);

    /// <inheritdoc/>
    public bool Equals(WitnessKey? other) => other is not null && Name == other.Name && PublicKey == other.PublicKey;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as WitnessKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, PublicKey);
}
