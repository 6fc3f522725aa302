namespace LedgerCredit.Repair.Materials;

/// <summary>What a token of PDF is.</summary>
internal enum PdfToken
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A number or a keyword.</summary>
    Word,

    /// <summary>A name, without its slash.</summary>
    Name,

    /// <summary>A string in parentheses or of hex digits.</summary>
    Text,

    /// <summary><c>&lt;&lt;</c></summary>
    DictionaryStart,

    /// <summary><c>&gt;&gt;</c></summary>
    DictionaryEnd,

    /// <summary><c>[</c></summary>
    ArrayStart,

    /// <summary><c>]</c></summary>
    ArrayEnd,
}

/// <summary>Reads the tokens of PDF syntax (ISO 32000-1 section 7.2 and 7.3) one after the other.</summary>
internal ref struct PdfTokens(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    /// <summary>Reads the next token.</summary>
    /// <param name="token">What it is.</param>
    /// <param name="content">Its bytes, for words and names.</param>
    /// <returns><see langword="false"/> at the end and where no token is.</returns>
    public bool TryRead(out PdfToken token, out ReadOnlySpan<byte> content)
    {
        content = [];
        SkipSpace();
        if (_rest.IsEmpty)
        {
            token = PdfToken.None;
            return false;
        }

        token = Mark(out int length);
        if (token != PdfToken.None)
        {
            _rest = _rest[length..];
            return true;
        }

        switch (_rest[0])
        {
            case (byte)'(':
                token = PdfToken.Text;
                return SkipString();
            case (byte)'<':
                token = PdfToken.Text;
                return SkipHexString();
            case (byte)'/':
                _rest = _rest[1..];
                token = PdfToken.Name;
                content = TakeRegular();
                return true;
            default:
                token = PdfToken.Word;
                content = TakeRegular();
                return !content.IsEmpty;
        }
    }

    /// <summary>Whether a name, with its escapes <c>#xx</c>, is this one.</summary>
    public static bool IsName(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected)
    {
        int at = 0;
        foreach (byte character in expected)
        {
            if (at >= name.Length)
            {
                return false;
            }

            byte found = name[at++];
            if (found == '#' && at + 1 < name.Length && char.IsAsciiHexDigit((char)name[at]) && char.IsAsciiHexDigit((char)name[at + 1]))
            {
                found = Convert.FromHexString(name.Slice(at, 2))[0];
                at += 2;
            }

            if (found != character)
            {
                return false;
            }
        }

        return at == name.Length;
    }

    private readonly PdfToken Mark(out int length)
    {
        length = 2;
        if (_rest.StartsWith("<<"u8))
        {
            return PdfToken.DictionaryStart;
        }

        if (_rest.StartsWith(">>"u8))
        {
            return PdfToken.DictionaryEnd;
        }

        length = 1;
        return _rest[0] switch
        {
            (byte)'[' => PdfToken.ArrayStart,
            (byte)']' => PdfToken.ArrayEnd,
            _ => PdfToken.None,
        };
    }

    private void SkipSpace()
    {
        while (!_rest.IsEmpty)
        {
            if (_rest[0] == '%')
            {
                int end = _rest.IndexOfAny((byte)'\r', (byte)'\n');
                _rest = end < 0 ? [] : _rest[end..];
            }
            else if (IsSpace(_rest[0]))
            {
                _rest = _rest[1..];
            }
            else
            {
                return;
            }
        }
    }

    private bool SkipString()
    {
        int depth = 0;
        for (int at = 0; at < _rest.Length; at++)
        {
            switch (_rest[at])
            {
                case (byte)'\\':
                    at++;
                    break;
                case (byte)'(':
                    depth++;
                    break;
                case (byte)')':
                    depth--;
                    break;
            }

            if (depth == 0)
            {
                _rest = _rest[(at + 1)..];
                return true;
            }
        }

        _rest = [];
        return false;
    }

    private bool SkipHexString()
    {
        int end = _rest.IndexOf((byte)'>');
        _rest = end < 0 ? [] : _rest[(end + 1)..];
        return end >= 0;
    }

    private ReadOnlySpan<byte> TakeRegular()
    {
        int length = 0;
        while (length < _rest.Length && !IsSpace(_rest[length]) && !IsDelimiter(_rest[length]))
        {
            length++;
        }

        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private static bool IsSpace(byte value) => value is 0 or 9 or 10 or 12 or 13 or 32;

    private static bool IsDelimiter(byte value) =>
        value is (byte)'(' or (byte)')' or (byte)'<' or (byte)'>' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}'
            or (byte)'/' or (byte)'%';
}
