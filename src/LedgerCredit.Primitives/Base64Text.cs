using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LedgerCredit.Primitives;

/// <summary>Canonical Base64 (RFC 4648): one text for each byte string and no other accepted.</summary>
public static class Base64Text
{
    /// <summary>Base64 with the standard alphabet and padding (RFC 4648 section 4).</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);

    /// <summary>Base64 with the URL alphabet, without padding (RFC 4648 section 5).</summary>
    public static string EncodeUrl(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>Reads exactly what <see cref="Encode"/> writes: no white space, full padding, unused bits zero.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null || text.Length % 4 != 0)
        {
            return false;
        }

        byte[] decoded = new byte[text.Length / 4 * 3];

        // Decoding alone would accept white space and, in some versions, unused bits that are set.
        if (!Convert.TryFromBase64String(text, decoded, out int length) || Encode(decoded.AsSpan(0, length)) != text)
        {
            return false;
        }

        bytes = decoded[..length];
        return true;
    }

    /// <summary>Reads exactly what <see cref="EncodeUrl"/> writes: no padding, unused bits zero.</summary>
    public static bool TryDecodeUrl([NotNullWhen(true)] string? text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null || text.Length % 4 == 1)
        {
            return false;
        }

        byte[] ascii = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (!char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_')
            {
                return false;
            }

            ascii[i] = (byte)c;
        }

        byte[] decoded = new byte[Base64Url.GetMaxDecodedLength(ascii.Length)];
        if (Base64Url.DecodeFromUtf8(ascii, decoded, out int consumed, out int length) != System.Buffers.OperationStatus.Done
            || consumed != ascii.Length
            || !Encoding.ASCII.GetBytes(EncodeUrl(decoded.AsSpan(0, length))).AsSpan().SequenceEqual(ascii))
        {
            return false;
        }

        bytes = decoded[..length];
        return true;
    }
}
