using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives;

namespace LedgerCredit.Evidence;

/// <summary>The bytes of a record that go into the log.</summary>
/// <remarks>
/// <code>
/// 1 byte:   version, 0x01
/// 1 byte:   kind, 1 sanction, 2 repair, 3 rating; 4 access, in a node's own access log
/// 32 bytes: record digest
/// 32 bytes: terms digest, zero unless the kind is sanction
/// </code>
/// docs/spec/records.md section 8.
/// </remarks>
public sealed record LogEntry
{
    /// <summary>The size of an entry in bytes.</summary>
    public const int Length = 2 + (2 * Bytes32.Length);

    private const byte Version = 1;

    /// <summary>Makes an entry.</summary>
    /// <param name="kind">The record's kind.</param>
    /// <param name="recordDigest">The record's digest.</param>
    /// <param name="termsDigest">The digest of a sanction's terms; zero for other kinds.</param>
    /// <exception cref="ArgumentException">
    /// The kind is not one, or a terms digest is given for another kind than sanction.
    /// </exception>
    public LogEntry(RecordKind kind, Bytes32 recordDigest, Bytes32 termsDigest)
    {
        if (!Enum.IsDefined(kind))
        {
            throw new ArgumentException("Expected a record kind.", nameof(kind));
        }

        if (kind != RecordKind.Sanction && termsDigest != Bytes32.Zero)
        {
            throw new ArgumentException("Only sanctions have terms.", nameof(termsDigest));
        }

        Kind = kind;
        RecordDigest = recordDigest;
        TermsDigest = termsDigest;
    }

    /// <summary>The record's kind.</summary>
    public RecordKind Kind { get; }

    /// <summary>See <see cref="RecordCommitment.RecordDigest"/>.</summary>
    public Bytes32 RecordDigest { get; }

    /// <summary>See <see cref="SanctionTerms.Digest"/>; zero for other kinds than sanction.</summary>
    public Bytes32 TermsDigest { get; }

    /// <summary>The <see cref="Length"/> bytes of the entry.</summary>
    public byte[] Encode()
    {
        byte[] encoded = new byte[Length];
        Write(Kind, RecordDigest, TermsDigest, encoded);
        return encoded;
    }

    /// <summary>Writes what <see cref="Encode"/> gives, without making an entry.</summary>
    internal static void Write(RecordKind kind, Bytes32 recordDigest, Bytes32 termsDigest, Span<byte> encoded)
    {
        encoded[0] = Version;
        encoded[1] = (byte)kind;
        recordDigest.AsSpan().CopyTo(encoded[2..]);
        termsDigest.AsSpan().CopyTo(encoded[34..]);
    }

    /// <summary>Reads what <see cref="Encode"/> writes of a record of one of <see cref="RecordKinds.Stated"/>.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="entry">The entry, or null.</param>
    /// <param name="problem">Why the bytes were refused, or null.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out LogEntry? entry,
        [NotNullWhen(false)] out ParseProblem? problem) => TryDecode(bytes, RecordRules.Default, out entry, out problem);

    /// <summary>Reads exactly what <see cref="Encode"/> writes.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="rules">Says whether entries of the kind <see cref="RecordKind.Access"/> are read.</param>
    /// <param name="entry">The entry, or null.</param>
    /// <param name="problem">Why the bytes were refused, or null.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        RecordRules rules,
        [NotNullWhen(true)] out LogEntry? entry,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(rules);
        entry = null;
        problem = Check(bytes, rules);
        if (problem is not null)
        {
            return false;
        }

        entry = new LogEntry(
            (RecordKind)bytes[1], Bytes32.FromBytes(bytes.Slice(2, Bytes32.Length)), Bytes32.FromBytes(bytes[34..]));
        return true;
    }

    private static ParseProblem? Check(ReadOnlySpan<byte> bytes, RecordRules rules)
    {
        if (bytes.Length != Length)
        {
            return new ParseProblem("entry-length", "", $"Expected {Length} bytes, found {bytes.Length}.");
        }

        if (bytes[0] != Version)
        {
            return new ParseProblem("entry-version", "byte 0", $"Expected version {Version}, found {bytes[0]}.");
        }

        RecordKind kind = (RecordKind)bytes[1];
        if (!RecordKinds.Stated.Contains(kind) && !(rules.AllowAccess && kind == RecordKind.Access))
        {
            return new ParseProblem("entry-kind", "byte 1", $"Expected kind 1, 2 or 3, found {bytes[1]}.");
        }

        return kind != RecordKind.Sanction && bytes[34..].ContainsAnyExcept((byte)0)
            ? new ParseProblem("entry-terms", "byte 34", "Expected no terms digest for this kind, found one.")
            : null;
    }
}
