using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Access;

/// <summary>The text of a key for programs: <c>lcr_&lt;number&gt;_&lt;base64url of 32 random bytes&gt;</c>.</summary>
internal static class ApiKeyText
{
    private const string Prefix = "lcr_";
    private const int SecretBytes = 32;
    private const int SecretLength = 43;
    private const int MaxNumberDigits = 18;

    /// <summary>The longest text that can be a key.</summary>
    public const int MaxLength = 4 + MaxNumberDigits + 1 + SecretLength;

    /// <summary>Writes a key.</summary>
    public static string Format(long number, ReadOnlySpan<byte> secret) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}_{Base64Text.EncodeUrl(secret)}");

    /// <summary>Reads the number of a key; the one form of each key and no other.</summary>
    public static bool TryReadNumber([NotNullWhen(true)] string? text, out long number)
    {
        number = 0;
        if (text is null || text.Length > MaxLength || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        int end = text.IndexOf('_', Prefix.Length);
        return end > Prefix.Length
            && text[Prefix.Length] is not '0'
            && long.TryParse(text.AsSpan(Prefix.Length, end - Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && text.Length - end - 1 == SecretLength
            && Base64Text.TryDecodeUrl(text[(end + 1)..], out byte[]? secret)
            && secret.Length == SecretBytes;
    }
}
