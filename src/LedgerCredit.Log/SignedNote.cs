using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log;

/// <summary>Why a note was refused, or <see cref="None"/> when it was accepted.</summary>
public enum NoteFailure
{
    /// <summary>The note is signed by the key.</summary>
    None = 0,

    /// <summary>No signature line has the key's name and id.</summary>
    NotSigned,

    /// <summary>A line with the key's name and id has a signature that the key did not make.</summary>
    BadSignature,

    /// <summary>Beside one signature by the key there are further lines, which nobody checked.</summary>
    OtherLines,
}

/// <summary>One signature line of a note.</summary>
/// <param name="KeyName">The signer's key name.</param>
/// <param name="KeyId">The signer's key id.</param>
/// <param name="Signature">The signature without the key id.</param>
public sealed record NoteSignature(string KeyName, uint KeyId, ReadOnlyMemory<byte> Signature)
{
    internal const string LineStart = "\u2014 ";
    internal const int KeyIdLength = 4;

    /// <summary>The line as text, ending with a newline.</summary>
    public string Format()
    {
        byte[] bytes = new byte[KeyIdLength + Signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Signature.Span.CopyTo(bytes.AsSpan(KeyIdLength));
        return $"{LineStart}{KeyName} {Base64Text.Encode(bytes)}\n";
    }
}

/// <summary>A text with one or more signatures.</summary>
/// <remarks>
/// C2SP signed-note:
/// <code>
/// text, ending with a newline
/// (empty line)
/// — key name Base64(key id || signature)
/// </code>
/// Read strictly, so that <see cref="Format"/> of a parsed note is the same text again. Immutable.
/// </remarks>
public sealed class SignedNote
{
    /// <summary>The largest note in bytes: 16 signatures of 5 kB, which every verifier must accept, and room to spare.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The largest number of signature lines, as in Go's <c>sumdb/note</c>.</summary>
    public const int MaxSignatures = 100;

    private const string LineStart = NoteSignature.LineStart;
    private const int KeyIdLength = NoteSignature.KeyIdLength;

    internal SignedNote(string text, IReadOnlyList<NoteSignature> signatures)
    {
        Text = text;
        Signatures = signatures;
    }

    /// <summary>What was signed: the text with its final newline.</summary>
    public string Text { get; }

    /// <summary>The signature lines in order, at least one.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>Reads a note of UTF-8 bytes.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out SignedNote? note,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        note = null;
        if (utf8.Length > MaxBytes)
        {
            problem = Problem("note-too-large", $"Expected at most {MaxBytes} bytes, found {utf8.Length}.");
            return false;
        }

        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            problem = Problem("note-utf8", "Expected valid UTF-8, found other bytes.");
            return false;
        }

        return TryParse(Encoding.UTF8.GetString(utf8), out note, out problem);
    }

    /// <summary>Reads a note that is at hand as text, for example a member of an evidence file.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out SignedNote? note,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(text);

        note = null;
        if (text.Length > MaxBytes)
        {
            problem = Problem("note-too-large", $"Expected at most {MaxBytes} bytes, found more.");
            return false;
        }

        // The last empty line separates: the text itself may contain empty lines.
        int separator = text.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (separator < 0 || !IsValidText(text.AsSpan(0, separator + 1)))
        {
            problem = Problem(
                "note-syntax", "Expected a text without control characters, an empty line and signature lines, found something else.");
            return false;
        }

        if (!TryParseLines(text[(separator + 2)..], out List<NoteSignature>? signatures, out problem))
        {
            return false;
        }

        note = new SignedNote(text[..(separator + 1)], signatures);
        return true;
    }

    /// <summary>Reads signature lines that are at hand without their note, as witnesses answer them.</summary>
    /// <param name="utf8">One or more lines, each ending with a newline, and nothing else.</param>
    /// <param name="lines">The lines in order, or null when the bytes were refused.</param>
    /// <param name="problem">Why the bytes were refused, or null.</param>
    public static bool TryParseLines(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out IReadOnlyList<NoteSignature>? lines,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        lines = null;
        if (utf8.Length > MaxBytes)
        {
            problem = Problem("note-too-large", $"Expected at most {MaxBytes} bytes, found {utf8.Length}.");
            return false;
        }

        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            problem = Problem("note-utf8", "Expected valid UTF-8, found other bytes.");
            return false;
        }

        if (!TryParseLines(Encoding.UTF8.GetString(utf8), out List<NoteSignature>? parsed, out problem))
        {
            return false;
        }

        lines = parsed;
        return true;
    }

    /// <summary>The note as text, ending with a newline.</summary>
    public string Format()
    {
        StringBuilder note = new(Text);
        note.Append('\n');
        foreach (NoteSignature line in Signatures)
        {
            note.Append(line.Format());
        }

        return note.ToString();
    }

    /// <summary>The same text with further signature lines behind those that are there. Nothing is checked.</summary>
    /// <exception cref="ArgumentException">There would be more than <see cref="MaxSignatures"/>.</exception>
    public SignedNote With(IEnumerable<NoteSignature> lines)
    {
        IReadOnlyList<NoteSignature> all = [.. Signatures, .. lines];
        return all.Count <= MaxSignatures
            ? new SignedNote(Text, all)
            : throw new ArgumentException($"Expected at most {MaxSignatures} signature lines.", nameof(lines));
    }

    /// <summary>The same text with some of its signature lines.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public SignedNote WithOnly(IReadOnlyList<NoteSignature> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return lines.Count is > 0 and <= MaxSignatures
            ? new SignedNote(Text, [.. lines])
            : throw new ArgumentException($"Expected 1 to {MaxSignatures} signature lines.", nameof(lines));
    }

    /// <summary>Checks that a known key signed the note; lines of unknown keys are ignored.</summary>
    /// <remarks>C2SP signed-note, section Signatures: a bad signature by the known key refuses the whole note.</remarks>
    public NoteFailure Verify(NoteVerifierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);

        byte[] signed = Encoding.UTF8.GetBytes(Text);
        bool found = false;
        foreach (NoteSignature line in Signatures)
        {
            // A key is known by name and id together: a line that shares only one of them is somebody else's.
            if (line.KeyId != key.KeyId || line.KeyName != key.Name)
            {
                continue;
            }

            if (!key.Verify(signed, line.Signature.Span))
            {
                return NoteFailure.BadSignature;
            }

            found = true;
        }

        return found ? NoteFailure.None : NoteFailure.NotSigned;
    }

    /// <summary>Checks that a known key signed the note and that there is no line beside its one signature.</summary>
    /// <remarks>For evidence files, in which every byte is checked.</remarks>
    public NoteFailure VerifyOnly(NoteVerifierKey key)
    {
        NoteFailure failure = Verify(key);
        return failure == NoteFailure.None && Signatures.Count != 1 ? NoteFailure.OtherLines : failure;
    }

    /// <summary>Whether a text ends with a newline and has neither another control character nor a lone surrogate.</summary>
    internal static bool IsValidText(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[^1] != '\n')
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c < ' ' && c != '\n')
            {
                return false;
            }

            if (char.IsSurrogate(c) && (i + 1 == text.Length || !char.IsSurrogatePair(c, text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryParseLines(
        string text,
        [NotNullWhen(true)] out List<NoteSignature>? signatures,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        signatures = null;
        if (!text.EndsWith('\n'))
        {
            problem = Problem("note-syntax", "Expected at least one signature line that ends with a newline, found none.");
            return false;
        }

        List<NoteSignature> parsed = [];
        foreach (string line in text[..^1].Split('\n'))
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"signature line {parsed.Count + 1}");
            if (parsed.Count == MaxSignatures)
            {
                problem = new ParseProblem("note-too-many-signatures", place, $"Expected at most {MaxSignatures} signatures, found more.");
                return false;
            }

            if (!TryParseLine(line, out NoteSignature? signature))
            {
                problem = new ParseProblem(
                    "note-signature-syntax", place, "Expected an em dash, a key name and canonical Base64, found other text.");
                return false;
            }

            parsed.Add(signature);
        }

        signatures = parsed;
        problem = null;
        return true;
    }

    private static bool TryParseLine(string line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        if (!line.StartsWith(LineStart, StringComparison.Ordinal))
        {
            return false;
        }

        string rest = line[LineStart.Length..];
        int space = rest.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0
            || !NoteKeyName.IsValid(rest.AsSpan(0, space))
            || !Base64Text.TryDecode(rest[(space + 1)..], out byte[]? bytes)
            || bytes.Length <= KeyIdLength)
        {
            return false;
        }

        signature = new NoteSignature(
            rest[..space], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(KeyIdLength));
        return true;
    }

    private static ParseProblem Problem(string code, string message) => new(code, "", message);
}
