using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace LedgerCredit.Evidence;

/// <summary>Where a text is in a record.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct TextRange(int Start, int Length);

/// <summary>Goes through the text of a canonical JSON value (RFC 8785) and refuses every other form, without making objects.</summary>
/// <remarks>
/// What it passes over is exactly what <see cref="CanonicalJsonWriter"/> writes with <see cref="CanonicalNumbers.Exact"/>: sorted
/// members, no white space, the shortest escapes, numbers as ECMAScript writes them. The caller has checked that the text is valid
/// UTF-8. Work is linear in the text but for numbers, which are short.
/// </remarks>
internal ref struct CanonicalScanner
{
    // RFC 8785 section 3.2.2.2: all else stands for itself.
    private static readonly SearchValues<byte> Special = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(c => (byte)c)]);

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.e"u8);

    private readonly ReadOnlySpan<byte> _text;

    /// <summary>Begins at the start of a text.</summary>
    public CanonicalScanner(ReadOnlySpan<byte> text)
    {
        _text = text;
    }

    /// <summary>How far it has come.</summary>
    public int Position { get; private set; }

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => Position == _text.Length;

    /// <summary>Passes over exactly this character.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPass(byte character)
    {
        if ((uint)Position >= (uint)_text.Length || _text[Position] != character)
        {
            return false;
        }

        Position++;
        return true;
    }

    /// <summary>Passes over exactly this text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPass(ReadOnlySpan<byte> text)
    {
        if (!_text[Position..].StartsWith(text))
        {
            return false;
        }

        Position += text.Length;
        return true;
    }

    /// <summary>Passes over white space, which canonical text does not have.</summary>
    public void PassBlanks()
    {
        int blanks = _text[Position..].IndexOfAnyExcept(" \t\r\n"u8);
        Position = blanks < 0 ? _text.Length : Position + blanks;
    }

    /// <summary>Passes over a string.</summary>
    /// <param name="range">What stands between the quotation marks.</param>
    public bool TryPassString(out TextRange range)
    {
        range = default;
        if (!TryPass((byte)'"'))
        {
            return false;
        }

        int start = Position;
        while (true)
        {
            int plain = IndexOfSpecial(_text[Position..]);
            if (plain < 0)
            {
                return false;
            }

            Position += plain;
            if (_text[Position] == (byte)'"')
            {
                range = new TextRange(start, Position - start);
                Position++;
                return true;
            }

            int escape = EscapeLength(_text[Position..]);
            if (escape == 0)
            {
                return false;
            }

            Position += escape;
        }
    }

    /// <summary>Passes over a value.</summary>
    /// <param name="depth">How many arrays and objects it is in.</param>
    /// <param name="maxDepth">How many may be in one another.</param>
    public bool TryPassValue(int depth, int maxDepth)
    {
        if (IsAtEnd)
        {
            return false;
        }

        switch (_text[Position])
        {
            case (byte)'"':
                return TryPassString(out _);
            case (byte)'{':
                return depth < maxDepth && TryPassObject(depth, maxDepth);
            case (byte)'[':
                return depth < maxDepth && TryPassArray(depth, maxDepth);
            case (byte)'t':
                return TryPass("true"u8);
            case (byte)'f':
                return TryPass("false"u8);
            case (byte)'n':
                return TryPass("null"u8);
            default:
                return TryPassNumber();
        }
    }

    /// <summary>Passes over the next member's name and its colon, which must stand behind the one before in the order of names.</summary>
    /// <param name="before">The name before, or null.</param>
    /// <param name="name">The name as it is written.</param>
    public bool TryPassName(TextRange? before, out TextRange name) =>
        TryPassString(out name)
        && TryPass((byte)':')
        && (before is not TextRange earlier || CompareNames(Slice(earlier), Slice(name)) < 0);

    /// <summary>A part of the text.</summary>
    public readonly ReadOnlySpan<byte> Slice(TextRange range) => _text.Slice(range.Start, range.Length);

    // Most strings are shorter than a vector: one comparison finds their end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOfSpecial(ReadOnlySpan<byte> text)
    {
        if (Vector256.IsHardwareAccelerated && text.Length >= Vector256<byte>.Count)
        {
            Vector256<byte> bytes = Vector256.Create(text);
            uint special = (Vector256.Equals(bytes, Vector256.Create((byte)'"'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                | Vector256.LessThan(bytes, Vector256.Create((byte)' '))).ExtractMostSignificantBits();
            if (special != 0)
            {
                return BitOperations.TrailingZeroCount(special);
            }
        }

        return text.IndexOfAny(Special);
    }

    private bool TryPassObject(int depth, int maxDepth)
    {
        Position++;
        if (TryPass((byte)'}'))
        {
            return true;
        }

        TextRange? before = null;
        do
        {
            if (!TryPassName(before, out TextRange name) || !TryPassValue(depth + 1, maxDepth))
            {
                return false;
            }

            before = name;
        }
        while (TryPass((byte)','));

        return TryPass((byte)'}');
    }

    private bool TryPassArray(int depth, int maxDepth)
    {
        Position++;
        if (TryPass((byte)']'))
        {
            return true;
        }

        do
        {
            if (!TryPassValue(depth + 1, maxDepth))
            {
                return false;
            }
        }
        while (TryPass((byte)','));

        return TryPass((byte)']');
    }

    private bool TryPassNumber()
    {
        int length = _text[Position..].IndexOfAnyExcept(NumberBytes);
        ReadOnlySpan<byte> number = length < 0 ? _text[Position..] : _text.Slice(Position, length);
        Position += number.Length;
        if (number.Length is 0 or > CanonicalNumber.MaxLength)
        {
            return false;
        }

        Span<char> text = stackalloc char[CanonicalNumber.MaxLength];
        Span<char> canonical = stackalloc char[CanonicalNumber.MaxLength];
        Ascii.ToUtf16(number, text, out int characters);
        return CanonicalNumber.TryWrite(text[..characters], CanonicalNumbers.Exact, canonical, out int written)
            && text[..characters].SequenceEqual(canonical[..written]);
    }

    /// <summary>Compares names as they are written, by UTF-16 code units as RFC 8785 section 3.2.3 demands.</summary>
    /// <remarks>
    /// Bytes of UTF-8 have that order, too, where no name has characters from U+E000 on, which begin with the byte 0xEE or a greater one.
    /// </remarks>
    public static int CompareNames(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        // Two first characters that are different letters decide.
        if (left.Length > 0 && right.Length > 0 && left[0] != right[0] && char.IsAsciiLetter((char)left[0]) && char.IsAsciiLetter((char)right[0]))
        {
            return left[0] - right[0];
        }

        bool isPlain = !IsUnusual(left) && !IsUnusual(right);
        return isPlain
            ? left.SequenceCompareTo(right)
            : string.CompareOrdinal(Encoding.UTF8.GetString(Unescape(left)), Encoding.UTF8.GetString(Unescape(right)));
    }

    private static bool IsUnusual(ReadOnlySpan<byte> name) =>
        name.Contains((byte)'\\') || name.ContainsAnyInRange((byte)0xEE, (byte)0xFF);

    /// <summary>What a canonical string stands for, in UTF-8.</summary>
    /// <param name="escaped">What stands between the quotation marks, in canonical form.</param>
    public static byte[] Unescape(ReadOnlySpan<byte> escaped)
    {
        byte[] plain = new byte[escaped.Length];
        int length = 0;
        int at = 0;
        while (at < escaped.Length)
        {
            if (escaped[at] != (byte)'\\')
            {
                plain[length++] = escaped[at++];
                continue;
            }

            plain[length++] = escaped[at + 1] switch
            {
                (byte)'b' => (byte)'\b',
                (byte)'t' => (byte)'\t',
                (byte)'n' => (byte)'\n',
                (byte)'f' => (byte)'\f',
                (byte)'r' => (byte)'\r',
                (byte)'u' => (byte)((HexValue(escaped[at + 4]) << 4) | HexValue(escaped[at + 5])),
                byte itself => itself,
            };
            at += EscapeLength(escaped[at..]);
        }

        return plain[..length];
    }

    // The length of a canonical escape at the start of a text; 0 where there is none.
    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] != (byte)'\\')
        {
            return 0;
        }

        if (text[1] is (byte)'"' or (byte)'\\' or (byte)'b' or (byte)'t' or (byte)'n' or (byte)'f' or (byte)'r')
        {
            return 2;
        }

        if (text.Length < 6 || !text.StartsWith("\\u00"u8) || text[4] is not ((byte)'0' or (byte)'1') || HexValue(text[5]) < 0)
        {
            return 0;
        }

        // Those of the control characters that have no escape of two characters.
        int value = (HexValue(text[4]) << 4) | HexValue(text[5]);
        return value is '\b' or '\t' or '\n' or '\f' or '\r' ? 0 : 6;
    }

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        _ => -1,
    };
}
