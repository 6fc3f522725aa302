using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Primitives;

/// <summary>Hexadecimal text with the <c>0x</c> prefix, lower case, two digits a byte.</summary>
public static class Hex
{
    /// <summary>Writes <c>0x</c> and two lower-case digits for each byte.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>Reads exactly what <see cref="Encode"/> writes.</summary>
    /// <returns><see langword="false"/> for a missing prefix, an odd number of digits or an upper-case digit.</returns>
    public static bool TryDecode([NotNullWhen(true)] string? text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null || text.Length < 2 || text.Length % 2 != 0)
        {
            return false;
        }

        byte[] decoded = new byte[(text.Length - 2) / 2];
        if (!TryDecode(text, decoded))
        {
            return false;
        }

        bytes = decoded;
        return true;
    }

    /// <summary>Reads exactly <c>0x</c> and two lower-case digits for each byte of <paramref name="bytes"/>.</summary>
    /// <returns><see langword="false"/>, with unspecified content of <paramref name="bytes"/>, for any other text.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (text.Length != 2 + (2L * bytes.Length) || text[0] != '0' || text[1] != 'x')
        {
            return false;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            int high = Digit(text[2 + (2 * i)]);
            int low = Digit(text[3 + (2 * i)]);
            if (high < 0 || low < 0)
            {
                return false;
            }

            bytes[i] = (byte)((high << 4) | low);
        }

        return true;
    }

    private static int Digit(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        _ => -1,
    };
}
