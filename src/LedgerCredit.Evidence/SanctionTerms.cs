using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Evidence;

/// <summary>What a contract must know of a sanction to repair it, fixed together with the sanction.</summary>
/// <remarks>
/// The ABI encoding is that of a static tuple, ten words of 32 bytes:
/// <code>
/// (bytes32 subjectTag, bytes32 authority, bytes32 rulePack, uint8 grade, bool repairable, uint64 decidedAt,
///  uint64 earliestRepairAt, uint64 publicUntil, uint64 attachedTermUntil, bytes32 salt)
/// </code>
/// Times are Unix seconds, 0 for none. docs/spec/records.md section 7.
/// </remarks>
/// <param name="SubjectTag">HMAC-SHA-256(network subject key, subject).</param>
/// <param name="Authority">keccak256 of the issuer's slug.</param>
/// <param name="RulePack">Hash of the rule pack; zero with the grade none.</param>
/// <param name="Grade">How grave the sanction is.</param>
/// <param name="Repairable">Whether it can be repaired; false with the grade none.</param>
/// <param name="DecidedAt">00:00 of the day of the decision.</param>
/// <param name="EarliestRepairAt">00:00 of the day after the shortest period.</param>
/// <param name="PublicUntil">00:00 of the day after the last day of publication.</param>
/// <param name="AttachedTermUntil">00:00 of the day after the last day of an attached term.</param>
/// <param name="Salt">HMAC-SHA-256(record's secret, "ledgercredit:terms:1").</param>
public sealed record SanctionTerms(
    Bytes32 SubjectTag,
    Bytes32 Authority,
    Bytes32 RulePack,
    SanctionGrade Grade,
    bool Repairable,
    ulong DecidedAt,
    ulong EarliestRepairAt,
    ulong PublicUntil,
    ulong AttachedTermUntil,
    Bytes32 Salt)
{
    /// <summary>The size of the encoding in bytes.</summary>
    public const int Length = 10 * Bytes32.Length;

    /// <summary>The message whose mac under the record's secret is the salt of its terms.</summary>
    internal static ReadOnlySpan<byte> SaltLabel => "ledgercredit:terms:1"u8;

    /// <summary>The pseudonym of a subject in terms: only holders of the key can tell whom it stands for.</summary>
    /// <param name="subjectKey">The network's subject key.</param>
    /// <param name="subject">The subject.</param>
    public static Bytes32 TagOf(Bytes32 subjectKey, SubjectId subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return Sha256.Hmac(subjectKey.AsSpan(), Encoding.UTF8.GetBytes(subject.ToString()));
    }

    /// <summary>
    /// The authority of terms: keccak256 of the issuer's slug, which is also its organisation's id on the ledger.
    /// </summary>
    public static Bytes32 AuthorityOf(string issuer) => Keccak256.Hash(issuer);

    /// <summary>Works out the terms of a sanction.</summary>
    /// <param name="record">The record.</param>
    /// <param name="packs">The rule packs to choose from.</param>
    /// <param name="subjectKey">The network's subject key.</param>
    /// <param name="secret">The record's secret.</param>
    /// <param name="terms">The terms, or null.</param>
    /// <param name="problem">
    /// Why there are none, or null: the record is no sanction, its rule pack is unknown, or a date is before
    /// 1970-01-02.
    /// </param>
    public static bool TryCreate(
        CreditRecord record,
        IRulePackSource packs,
        Bytes32 subjectKey,
        Bytes32 secret,
        [NotNullWhen(true)] out SanctionTerms? terms,
        [NotNullWhen(false)] out RecordProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(packs);

        terms = null;
        if (!TermsClaims.TryRead(record, packs, out TermsClaims? claims, out problem))
        {
            return false;
        }

        terms = Create(TagOf(subjectKey, record.Subject), AuthorityOf(record.Issuer), claims, Sha256.Hmac(secret.AsSpan(), SaltLabel));
        return true;
    }

    /// <summary>Puts terms together.</summary>
    internal static SanctionTerms Create(Bytes32 subjectTag, Bytes32 authority, TermsClaims claims, Bytes32 salt) => new(
        subjectTag,
        authority,
        claims.Pack?.Hash ?? Bytes32.Zero,
        claims.Grade,
        claims.Repairable,
        claims.DecidedAt,
        claims.EarliestRepairAt,
        claims.PublicUntil,
        claims.AttachedTermUntil,
        salt);

    /// <summary>The <see cref="Length"/> bytes of <c>abi.encode</c>.</summary>
    public byte[] Encode()
    {
        byte[] encoded = new byte[Length];
        Write(encoded);
        return encoded;
    }

    /// <summary>Writes what <see cref="Encode"/> gives.</summary>
    /// <param name="encoded"><see cref="Length"/> bytes.</param>
    internal void Write(Span<byte> encoded)
    {
        encoded.Clear();
        SubjectTag.AsSpan().CopyTo(Word(encoded, 0));
        Authority.AsSpan().CopyTo(Word(encoded, 1));
        RulePack.AsSpan().CopyTo(Word(encoded, 2));
        WriteNumber(encoded, 3, (byte)Grade);
        WriteNumber(encoded, 4, Repairable ? 1u : 0u);
        WriteNumber(encoded, 5, DecidedAt);
        WriteNumber(encoded, 6, EarliestRepairAt);
        WriteNumber(encoded, 7, PublicUntil);
        WriteNumber(encoded, 8, AttachedTermUntil);
        Salt.AsSpan().CopyTo(Word(encoded, 9));
    }

    /// <summary>SHA-256 of the encoding: the terms digest of the log entry.</summary>
    public Bytes32 Digest() => Sha256.Hash(Encode());

    /// <summary>Reads exactly what <see cref="Encode"/> writes.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="terms">The terms, or null.</param>
    /// <param name="problem">Why the bytes were refused, or null.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out SanctionTerms? terms,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        terms = null;
        if (bytes.Length != Length)
        {
            problem = new ParseProblem("terms-length", "", $"Expected {Length} bytes, found {bytes.Length}.");
            return false;
        }

        if (!TryReadNumber(bytes, 3, (ulong)SanctionGrade.Serious, out ulong grade, out problem)
            || !TryReadNumber(bytes, 4, 1, out ulong repairable, out problem)
            || !TryReadNumber(bytes, 5, ulong.MaxValue, out ulong decidedAt, out problem)
            || !TryReadNumber(bytes, 6, ulong.MaxValue, out ulong earliestRepairAt, out problem)
            || !TryReadNumber(bytes, 7, ulong.MaxValue, out ulong publicUntil, out problem)
            || !TryReadNumber(bytes, 8, ulong.MaxValue, out ulong attachedTermUntil, out problem))
        {
            return false;
        }

        SanctionTerms read = new(
            ReadWord(bytes, 0),
            ReadWord(bytes, 1),
            ReadWord(bytes, 2),
            (SanctionGrade)grade,
            repairable == 1,
            decidedAt,
            earliestRepairAt,
            publicUntil,
            attachedTermUntil,
            ReadWord(bytes, 9));
        problem = read.CheckGrade();
        terms = problem is null ? read : null;
        return problem is null;
    }

    // The grade none means: no rule pack, and no repair.
    private ParseProblem? CheckGrade()
    {
        bool hasPack = RulePack != Bytes32.Zero;
        if (hasPack != (Grade != SanctionGrade.None))
        {
            return new ParseProblem(
                "terms-grade", "word 2", "Expected a rule pack exactly where there is a grade, found otherwise.");
        }

        return Grade == SanctionGrade.None && (Repairable || EarliestRepairAt != 0)
            ? new ParseProblem("terms-grade", "word 4", "Expected no repair without a grade, found one.")
            : null;
    }

    private static Span<byte> Word(Span<byte> encoded, int index) => encoded.Slice(index * Bytes32.Length, Bytes32.Length);

    private static Bytes32 ReadWord(ReadOnlySpan<byte> bytes, int index) =>
        Bytes32.FromBytes(bytes.Slice(index * Bytes32.Length, Bytes32.Length));

    private static void WriteNumber(Span<byte> encoded, int index, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(Word(encoded, index)[24..], value);

    private static bool TryReadNumber(
        ReadOnlySpan<byte> bytes, int index, ulong max, out ulong value, [NotNullWhen(false)] out ParseProblem? problem)
    {
        ReadOnlySpan<byte> word = bytes.Slice(index * Bytes32.Length, Bytes32.Length);
        value = BinaryPrimitives.ReadUInt64BigEndian(word[24..]);
        bool isRight = !word[..24].ContainsAnyExcept((byte)0) && value <= max;
        problem = isRight ? null : new ParseProblem("terms-range", $"word {index}", $"Expected at most {max}, found a greater number.");
        return isRight;
    }
}
