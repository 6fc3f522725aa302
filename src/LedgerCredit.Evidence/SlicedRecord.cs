using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>A claim in the text of a canonical record.</summary>
/// <param name="Name">Its name as it is written, without quotation marks.</param>
/// <param name="Value">Its whole value.</param>
internal readonly record struct SlicedClaim(TextRange Name, TextRange Value);

/// <summary>The canonical text of a valid record, cut into its members without making objects.</summary>
/// <remarks>
/// docs/spec/records.md sections 2 to 4. Keeps a copy of the text; holds one record at a time and is used again for the next one.
/// Not thread-safe.
/// </remarks>
internal sealed class SlicedRecord
{
    private const int MaxIssuerBytes = 63;

    // Longer than any time of issue.
    private const int MaxIssuedAtBytes = 40;

    private readonly byte[] _text = new byte[JsonLimits.Record.MaxBytes];
    private readonly List<SlicedClaim> _claims = [];
    private readonly SlicedClaims _claimReader;
    private int[] _nameMarks = new int[64];
    private char[] _subjectCharacters = new char[256];

    /// <summary>Makes one without a record.</summary>
    public SlicedRecord()
    {
        _claimReader = new SlicedClaims(this);
    }

    /// <summary>What the record states.</summary>
    public RecordKind Kind { get; private set; }

    /// <summary>Whether the record supersedes another.</summary>
    public bool HasSupersedes { get; private set; }

    /// <summary>Whether any string is written with an escape.</summary>
    public bool HasEscapes { get; private set; }

    /// <summary>The claims, in the order of their names.</summary>
    public List<SlicedClaim> Claims => _claims;

    /// <summary>The id as it is written, without quotation marks, as all strings here.</summary>
    public TextRange Id { get; private set; }

    /// <summary>The issuer's slug.</summary>
    public TextRange Issuer { get; private set; }

    /// <summary>The subject.</summary>
    public TextRange Subject { get; private set; }

    /// <summary>The time of issue.</summary>
    public TextRange IssuedAt { get; private set; }

    /// <summary>The id of the superseded record, where there is one.</summary>
    public TextRange Supersedes { get; private set; }

    /// <summary>Takes a text that is exactly the canonical form of a record that is valid whatever else the configuration allows.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="rules">Says whether records of the kind <see cref="RecordKind.Access"/> are taken; nothing else.</param>
    /// <returns>
    /// <see langword="false"/> for every other text, and for some valid records that are rare: those about natural persons, and those
    /// that are accepted with a warning. The members are then unspecified.
    /// </returns>
    public bool TryRead(ReadOnlySpan<byte> text, RecordRules rules)
    {
        if (text.Length > _text.Length || !Utf8Check.IsValid(text))
        {
            return false;
        }

        text.CopyTo(_text);
        HasEscapes = text.Contains((byte)'\\');
        return TrySlice(text, rules) && IsHeadValid() && _claimReader.IsValid(Kind);
    }

    /// <summary>A part of the text.</summary>
    public ReadOnlySpan<byte> Slice(TextRange range) => _text.AsSpan(range.Start, range.Length);

    /// <summary>A string with its quotation marks.</summary>
    public ReadOnlySpan<byte> SliceQuoted(TextRange text) => _text.AsSpan(text.Start - 1, text.Length + 2);

    /// <summary>Finds a claim's value, as it is written.</summary>
    /// <param name="name">Not empty; ASCII without characters that are escaped.</param>
    /// <param name="value">The value.</param>
    public bool TryFindClaim(ReadOnlySpan<char> name, out ReadOnlySpan<byte> value)
    {
        int mark = MarkOf(name.Length, name[0]);
        int from = 0;
        while (true)
        {
            int found = _nameMarks.AsSpan(from, _claims.Count - from).IndexOf(mark);
            if (found < 0)
            {
                value = default;
                return false;
            }

            SlicedClaim claim = _claims[from + found];
            if (Ascii.Equals(Slice(claim.Name), name))
            {
                value = Slice(claim.Value);
                return true;
            }

            from += found + 1;
        }
    }

    /// <summary>Finds a claim that is a string without escapes.</summary>
    /// <param name="name">ASCII without characters that are escaped.</param>
    /// <param name="text">The text.</param>
    public bool TryFindPlainText(ReadOnlySpan<char> name, out ReadOnlySpan<byte> text)
    {
        bool isText = TryFindClaim(name, out text) && text[0] == (byte)'"' && !text.Contains((byte)'\\');
        text = isText ? text[1..^1] : default;
        return isText;
    }

    // The members in the order that RFC 8785 demands; a record has no others.
    private bool TrySlice(ReadOnlySpan<byte> text, RecordRules rules)
    {
        CanonicalScanner scanner = new(text);
        if (!scanner.TryPass("{\"claims\":{"u8)
            || !TrySliceClaims(text, ref scanner)
            || !scanner.TryPass(",\"id\":"u8) || !scanner.TryPassString(out TextRange id)
            || !scanner.TryPass(",\"issuedAt\":"u8) || !scanner.TryPassString(out TextRange issuedAt)
            || !scanner.TryPass(",\"issuer\":"u8) || !scanner.TryPassString(out TextRange issuer)
            || !scanner.TryPass(",\"kind\":"u8) || !scanner.TryPassString(out TextRange kind)
            || !scanner.TryPass(",\"subject\":"u8) || !scanner.TryPassString(out TextRange subject))
        {
            return false;
        }

        TextRange supersedes = default;
        HasSupersedes = scanner.TryPass(",\"supersedes\":"u8);
        if (HasSupersedes && !scanner.TryPassString(out supersedes))
        {
            return false;
        }

        bool isKnown = RecordKinds.TryParse(Slice(kind), rules, out RecordKind read);
        Kind = read;
        Id = id;
        IssuedAt = issuedAt;
        Issuer = issuer;
        Subject = subject;
        Supersedes = supersedes;
        return isKnown && scanner.TryPass((byte)'}') && scanner.IsAtEnd;
    }

    private bool TrySliceClaims(ReadOnlySpan<byte> text, ref CanonicalScanner scanner)
    {
        _claims.Clear();
        if (scanner.TryPass((byte)'}'))
        {
            return true;
        }

        TextRange? before = null;
        do
        {
            if (!scanner.TryPassName(before, out TextRange name))
            {
                return false;
            }

            int start = scanner.Position;

            // In the record and in its claims.
            if (!scanner.TryPassValue(2, JsonLimits.Record.MaxDepth))
            {
                return false;
            }

            if (_claims.Count == _nameMarks.Length)
            {
                Array.Resize(ref _nameMarks, 2 * _claims.Count);
            }

            _nameMarks[_claims.Count] = name.Length == 0 ? 0 : MarkOf(name.Length, (char)text[name.Start]);
            _claims.Add(new SlicedClaim(name, new TextRange(start, scanner.Position - start)));
            before = name;
        }
        while (scanner.TryPass((byte)','));

        return scanner.TryPass((byte)'}');
    }

    // What tells most names apart: so only few are compared.
    private static int MarkOf(int length, char first) => (length << 8) | first;

    private bool IsHeadValid() =>
        IsId(Slice(Id))
        && (!HasSupersedes || (IsId(Slice(Supersedes)) && !Slice(Supersedes).SequenceEqual(Slice(Id))))
        && IsIssuerValid()
        && IsIssuedAtValid()
        && IsSubjectValid();

    // An escape stands for one character and is longer.
    private static bool IsId(ReadOnlySpan<byte> escaped) =>
        escaped.Length > 0
        && (escaped.Length <= RecordReader.MaxIdCharacters
            || RecordReader.CountCharacters(Encoding.UTF8.GetString(CanonicalScanner.Unescape(escaped))) <= RecordReader.MaxIdCharacters);

    private bool IsIssuerValid()
    {
        Span<char> issuer = stackalloc char[MaxIssuerBytes];
        return TryWiden(Slice(Issuer), issuer, out ReadOnlySpan<char> text)
            && IssuerSlug.IsValid(text)
            && (Kind != RecordKind.Access || text.SequenceEqual(RecordKinds.AccessIssuer));
    }

    private bool IsIssuedAtValid()
    {
        Span<char> issuedAt = stackalloc char[MaxIssuedAtBytes];
        return TryWiden(Slice(IssuedAt), issuedAt, out ReadOnlySpan<char> text) && IssueTime.IsValid(text);
    }

    private bool IsSubjectValid()
    {
        if (_subjectCharacters.Length < Subject.Length)
        {
            _subjectCharacters = new char[_text.Length];
        }

        // An escape is in no scheme and in no identifier but those of an issuer's own, where anything may stand.
        int length = Encoding.UTF8.GetChars(Slice(Subject), _subjectCharacters);
        return SubjectId.IsPlain(_subjectCharacters.AsSpan(0, length));
    }

    /// <summary>ASCII bytes as characters.</summary>
    /// <returns><see langword="false"/> where they are others, or more than there is room for.</returns>
    internal static bool TryWiden(ReadOnlySpan<byte> bytes, Span<char> buffer, out ReadOnlySpan<char> text)
    {
        bool fits = bytes.Length <= buffer.Length && Ascii.ToUtf16(bytes, buffer, out _) == System.Buffers.OperationStatus.Done;
        text = fits ? buffer[..bytes.Length] : default;
        return fits;
    }
}
