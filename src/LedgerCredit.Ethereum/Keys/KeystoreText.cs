using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Keys;

/// <summary>The texts of keystore files: hex without prefix, and the names of key types.</summary>
internal static class KeystoreText
{
    internal static JsonString Hex(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(bytes));

    internal static byte[] ReadHex(JsonCursor cursor, int minLength, int maxLength)
    {
        if (!Primitives.Hex.TryDecode("0x" + cursor.Text(), out byte[]? bytes)
            || bytes.Length < minLength || bytes.Length > maxLength)
        {
            string count = minLength == maxLength ? $"{minLength}" : $"{minLength} to {maxLength}";
            cursor.Refuse("bad-hex", $"Expected {count} bytes of lower-case hex without prefix, found other text.");
            return [];
        }

        return bytes;
    }

    internal static string TypeName(KeystoreKeyType type) => type switch
    {
        KeystoreKeyType.Account => "account",
        KeystoreKeyType.Note => "note",
        KeystoreKeyType.Subject => "subject",
        KeystoreKeyType.Webhook => "webhook",
        KeystoreKeyType.Witness => "witness",
        KeystoreKeyType.Material => "material",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    internal static bool TryParseType(string text, out KeystoreKeyType type)
    {
        type = text switch
        {
            "account" => KeystoreKeyType.Account,
            "note" => KeystoreKeyType.Note,
            "subject" => KeystoreKeyType.Subject,
            "webhook" => KeystoreKeyType.Webhook,
            "witness" => KeystoreKeyType.Witness,
            "material" => KeystoreKeyType.Material,
            _ => default,
        };
        return type != default;
    }
}
