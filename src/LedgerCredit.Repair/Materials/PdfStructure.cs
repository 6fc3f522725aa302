using System.Globalization;

namespace LedgerCredit.Repair.Materials;

/// <summary>The frame of a PDF file (ISO 32000-1 section 7.5): its end, its cross-reference section and its trailer.</summary>
internal static class PdfStructure
{
    // Readers look for the end in the last 1,024 bytes (ISO 32000-1 annex H.3, note 18).
    private const int EndWindow = 1024;
    private const int MaxOffsetDigits = 10;

    public static ContentFailure Check(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> end = content[^Math.Min(content.Length, EndWindow)..];
        int endOfFile = end.LastIndexOf("%%EOF"u8);
        if (endOfFile < 0)
        {
            return ContentFailure.Truncated;
        }

        end = end[..endOfFile];
        int start = end.LastIndexOf("startxref"u8);
        if (start < 0 || !TryReadOffset(end[(start + "startxref".Length)..], out long offset) || offset >= content.Length)
        {
            return ContentFailure.Damaged;
        }

        return CheckCrossReferences(content[(int)offset..]);
    }

    // Either the keyword xref, a table, the keyword trailer and a dictionary, or an object whose dictionary is the trailer.
    private static ContentFailure CheckCrossReferences(ReadOnlySpan<byte> section)
    {
        PdfTokens tokens = new(section);
        if (!tokens.TryRead(out PdfToken first, out ReadOnlySpan<byte> word) || first != PdfToken.Word)
        {
            return ContentFailure.Damaged;
        }

        if (word.SequenceEqual("xref"u8))
        {
            int trailer = section.IndexOf("trailer"u8);
            return trailer < 0 ? ContentFailure.Damaged : CheckTrailer(new PdfTokens(section[(trailer + "trailer".Length)..]));
        }

        bool isObject = IsNumber(word)
            && tokens.TryRead(out PdfToken second, out ReadOnlySpan<byte> generation)
            && second == PdfToken.Word
            && IsNumber(generation)
            && tokens.TryRead(out PdfToken third, out ReadOnlySpan<byte> keyword)
            && third == PdfToken.Word
            && keyword.SequenceEqual("obj"u8);
        return isObject ? CheckTrailer(tokens) : ContentFailure.Damaged;
    }

    // A reference such as `1 0 R` is three words: the first is taken for the value, and the rest are passed over where the
    // next key is looked for.
    private static ContentFailure CheckTrailer(PdfTokens tokens)
    {
        if (!tokens.TryRead(out PdfToken token, out _) || token != PdfToken.DictionaryStart)
        {
            return ContentFailure.Damaged;
        }

        bool hasRoot = false;
        bool isAtKey = true;
        for (int depth = 1; depth > 0;)
        {
            if (!tokens.TryRead(out token, out ReadOnlySpan<byte> text))
            {
                return ContentFailure.Damaged;
            }

            if (depth == 1 && isAtKey && token == PdfToken.Name)
            {
                if (PdfTokens.IsName(text, "Encrypt"u8))
                {
                    return ContentFailure.Encrypted;
                }

                hasRoot |= PdfTokens.IsName(text, "Root"u8);
                isAtKey = false;
                continue;
            }

            depth += token switch
            {
                PdfToken.DictionaryStart or PdfToken.ArrayStart => 1,
                PdfToken.DictionaryEnd or PdfToken.ArrayEnd => -1,
                _ => 0,
            };
            isAtKey |= depth == 1;
        }

        return hasRoot ? ContentFailure.None : ContentFailure.Damaged;
    }

    private static bool TryReadOffset(ReadOnlySpan<byte> text, out long offset)
    {
        offset = 0;
        PdfTokens tokens = new(text);
        return tokens.TryRead(out PdfToken token, out ReadOnlySpan<byte> word)
            && token == PdfToken.Word
            && IsNumber(word)
            && long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }

    private static bool IsNumber(ReadOnlySpan<byte> word) =>
        word.Length is > 0 and <= MaxOffsetDigits && !word.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
