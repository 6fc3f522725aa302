using System.Buffers;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>Puts the text of a record into canonical form where that only needs its members sorted, without making JSON objects.</summary>
/// <remarks>
/// Most files have records whose strings and numbers are in canonical form already. Whether the result is a valid record is not asked here:
/// <see cref="EntryCalculator.TryAdd"/> says it. Not thread-safe: keeps its buffers.
/// </remarks>
public sealed class RecordSorter
{
    private const int Members = 7;
    private const int ClaimsMember = 0;
    private const int IssuerMember = 3;

    private readonly byte[] _text = new byte[JsonLimits.Record.MaxBytes];
    private readonly TextRange?[] _members = new TextRange?[Members];
    private readonly List<SlicedClaim> _claims = [];
    private readonly Comparison<SlicedClaim> _byName;
    private readonly ArrayBufferWriter<byte> _output = new(1024);

    /// <summary>Makes a sorter.</summary>
    public RecordSorter()
    {
        _byName = (left, right) => CanonicalScanner.CompareNames(Slice(left.Name), Slice(right.Name));
    }

    /// <summary>The issuer of the record that was sorted last, with quotation marks; empty where it has none.</summary>
    public ReadOnlySpan<byte> QuotedIssuer => _members[IssuerMember] is TextRange issuer ? Slice(issuer) : [];

    /// <summary>Sorts the members of a record and of its claims, and drops the blanks between them.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="sorted">The canonical form, if this is a record and its values are in canonical form; valid until the next call.</param>
    /// <returns><see langword="false"/> where more would have to be done, or this is no record.</returns>
    public bool TrySort(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> sorted)
    {
        _claims.Clear();
        _output.ResetWrittenCount();
        Array.Clear(_members);
        bool isRead = text.Length <= _text.Length && TryRead(text);
        if (isRead)
        {
            text.CopyTo(_text);
            Write();
        }

        sorted = _output.WrittenSpan;
        return isRead;
    }

    private ReadOnlySpan<byte> Slice(TextRange range) => _text.AsSpan(range.Start, range.Length);

    private bool TryRead(ReadOnlySpan<byte> text)
    {
        CanonicalScanner scanner = new(text);
        scanner.PassBlanks();
        if (!scanner.TryPass("{"u8))
        {
            return false;
        }

        do
        {
            if (!TryReadName(ref scanner, out TextRange name))
            {
                return false;
            }

            int member = MemberOf(scanner.Slice(name));
            int start = scanner.Position;
            if (member < 0 || _members[member] is not null || !(member == ClaimsMember ? TryReadClaims(ref scanner) : scanner.TryPassString(out _)))
            {
                return false;
            }

            _members[member] = new TextRange(start, scanner.Position - start);
            scanner.PassBlanks();
        }
        while (scanner.TryPass(","u8));

        bool isClosed = scanner.TryPass("}"u8);
        scanner.PassBlanks();
        return isClosed && scanner.IsAtEnd;
    }

    private bool TryReadClaims(ref CanonicalScanner scanner)
    {
        if (!scanner.TryPass("{"u8))
        {
            return false;
        }

        do
        {
            if (!TryReadName(ref scanner, out TextRange name))
            {
                return false;
            }

            int start = scanner.Position;

            // In the record and in its claims.
            if (!scanner.TryPassValue(2, JsonLimits.Record.MaxDepth))
            {
                return false;
            }

            _claims.Add(new SlicedClaim(name, new TextRange(start, scanner.Position - start)));
            scanner.PassBlanks();
        }
        while (scanner.TryPass(","u8));

        return scanner.TryPass("}"u8);
    }

    private static bool TryReadName(ref CanonicalScanner scanner, out TextRange name)
    {
        scanner.PassBlanks();
        if (!scanner.TryPassString(out name))
        {
            return false;
        }

        scanner.PassBlanks();
        bool isName = scanner.TryPass(":"u8);
        scanner.PassBlanks();
        return isName;
    }

    private void Write()
    {
        _output.Write("{"u8);
        for (int member = 0; member < Members; member++)
        {
            if (_members[member] is TextRange value)
            {
                WriteName(NameOf(member), isFirst: _output.WrittenCount == 1);
                if (member == ClaimsMember)
                {
                    WriteClaims();
                }
                else
                {
                    _output.Write(Slice(value));
                }
            }
        }

        _output.Write("}"u8);
    }

    private void WriteClaims()
    {
        _claims.Sort(_byName);
        _output.Write("{"u8);
        for (int i = 0; i < _claims.Count; i++)
        {
            WriteName(Slice(_claims[i].Name), isFirst: i == 0);
            _output.Write(Slice(_claims[i].Value));
        }

        _output.Write("}"u8);
    }

    private void WriteName(ReadOnlySpan<byte> name, bool isFirst)
    {
        _output.Write(isFirst ? "\""u8 : ",\""u8);
        _output.Write(name);
        _output.Write("\":"u8);
    }

    private static int MemberOf(ReadOnlySpan<byte> name)
    {
        for (int member = 0; member < Members; member++)
        {
            if (name.SequenceEqual(NameOf(member)))
            {
                return member;
            }
        }

        return -1;
    }

    // In the order of canonical form.
    private static ReadOnlySpan<byte> NameOf(int member) => member switch
    {
        ClaimsMember => "claims"u8,
        1 => "id"u8,
        2 => "issuedAt"u8,
        IssuerMember => "issuer"u8,
        4 => "kind"u8,
        5 => "subject"u8,
        _ => "supersedes"u8,
    };
}
