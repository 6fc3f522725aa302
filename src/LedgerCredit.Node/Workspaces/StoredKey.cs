using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Workspaces;

/// <summary>A key file: a V3 keystore, or in a devnet workspace the secret as it is.</summary>
/// <remarks>
/// The plain form:
/// <code>{ "format": "ledgercredit-plain-key/1", "type": "account" | "note" | "subject" | "webhook" | "material", "name": "…", "public": "…", "secret": "0x…" }</code>
/// </remarks>
/// <param name="Label">What the key is for.</param>
/// <param name="Keystore">The protected form, or null.</param>
/// <param name="PlainSecret">The plain form, or null.</param>
public sealed record StoredKey(KeystoreLabel Label, KeystoreV3? Keystore, Bytes32? PlainSecret)
{
    private const string PlainFormat = "ledgercredit-plain-key/1";

    /// <summary>The word for a type in key files and file names.</summary>
    public static string NameOf(KeystoreKeyType type) => type switch
    {
        KeystoreKeyType.Account => "account",
        KeystoreKeyType.Note => "note",
        KeystoreKeyType.Subject => "subject",
        KeystoreKeyType.Webhook => "webhook",
        KeystoreKeyType.Witness => "witness",
        KeystoreKeyType.Material => "material",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Expected a key type."),
    };

    /// <summary>The text of a plain key file.</summary>
    public static byte[] WritePlain(KeystoreLabel label, ReadOnlySpan<byte> secret)
    {
        ArgumentNullException.ThrowIfNull(label);
        return JsonText.WriteIndented(new JsonObject(
            new JsonMember("format", new JsonString(PlainFormat)),
            new JsonMember("type", new JsonString(NameOf(label.Type))),
            new JsonMember("name", new JsonString(label.Name)),
            new JsonMember("public", new JsonString(label.Public)),
            new JsonMember("secret", new JsonString(Hex.Encode(secret)))));
    }

    /// <summary>Reads a key file.</summary>
    /// <exception cref="WorkspaceException">It is neither form, or a keystore that is not of this product.</exception>
    public static StoredKey Read(string path)
    {
        byte[] text = ReadBounded(path);
        if (!StrictJson.TryParse(text, JsonLimits.Document, out JsonValue? value, out ParseProblem? problem))
        {
            throw new WorkspaceException($"The key file '{path}' is not JSON. {problem}");
        }

        if (value is JsonObject json && json.Find("format") is not null)
        {
            return ReadPlain(value, path);
        }

        if (!KeystoreV3.TryParse(text, out KeystoreV3? keystore, out problem))
        {
            throw new WorkspaceException($"The key file '{path}' is not a V3 keystore. {problem}");
        }

        return keystore.Label is null
            ? throw new WorkspaceException($"The keystore '{path}' does not say what it is for. Bring it in with 'ledgercredit key import'.")
            : new StoredKey(keystore.Label, keystore, null);
    }

    private static StoredKey ReadPlain(JsonValue value, string path)
    {
        JsonProblems problems = new();
        JsonCursor root = JsonCursor.Root(value, problems).ObjectWith(["format", "type", "name", "public", "secret"]);
        string type = root.Member("type").Text();
        KeystoreKeyType keyType = Enum.GetValues<KeystoreKeyType>().FirstOrDefault(t => NameOf(t) == type);
        if (root.Member("format").Text() != PlainFormat || keyType == default)
        {
            root.Refuse("wrong-format", $"Expected a key of format '{PlainFormat}' and a known type.");
        }

        KeystoreLabel label = new(keyType, root.Member("name").Text(), root.Member("public").Text());
        Bytes32 secret = root.Member("secret").Hex32();
        return problems.First is null
            ? new StoredKey(label, null, secret)
            : throw new WorkspaceException($"The key file '{path}' is damaged. {problems.First}");
    }

    private static byte[] ReadBounded(string path)
    {
        FileInfo file = new(path);
        return file.Length <= KeystoreV3.MaxFileBytes
            ? File.ReadAllBytes(path)
            : throw new WorkspaceException($"The key file '{path}' is too large: expected at most {KeystoreV3.MaxFileBytes} bytes, found {file.Length}.");
    }
}
