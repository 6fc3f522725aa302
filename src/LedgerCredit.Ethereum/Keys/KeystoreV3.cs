using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Keys;

/// <summary>A 32-byte secret, encrypted with a password in the file format that Ethereum software shares.</summary>
/// <remarks>
/// Web3 Secret Storage Definition, version 3: a key of 32 bytes is derived from the password (scrypt; PBKDF2 is read, too); its first
/// half encrypts (AES-128-CTR), its second half authenticates: <c>mac = keccak256(second half ‖ ciphertext)</c>. Our files carry one
/// member more, which other software passes over:
/// <code>"ledgercredit": { "type": "account" | "note" | "subject", "name": "…", "public": "…" }</code>
/// Parameters of foreign files are bounded before anything is derived, so that a file cannot exhaust memory or time. Immutable.
/// </remarks>
public sealed class KeystoreV3
{
    /// <summary>The size of the secret in bytes.</summary>
    public const int SecretLength = 32;

    /// <summary>The largest file that is read; ours have less than 1 KiB.</summary>
    public const int MaxFileBytes = 16 * 1024;

    /// <summary>The most PBKDF2 rounds a file may ask for; common software uses 262,144.</summary>
    public const int MaxPbkdf2Rounds = 10_000_000;

    private const int SaltLength = 32;
    private const int MaxNameLength = 200;

    private readonly byte[] _ciphertext;
    private readonly byte[] _iv;
    private readonly Bytes32 _mac;
    private readonly IKeyDerivation _derivation;

    private KeystoreV3(
        byte[] ciphertext,
        byte[] iv,
        Bytes32 mac,
        IKeyDerivation derivation,
        Address? address,
        KeystoreLabel? label)
    {
        _ciphertext = ciphertext;
        _iv = iv;
        _mac = mac;
        _derivation = derivation;
        Address = address;
        Label = label;
    }

    /// <summary>The account that the file says it is for, or null.</summary>
    public Address? Address { get; }

    /// <summary>What our own files say they are for; null in files of other software.</summary>
    public KeystoreLabel? Label { get; }

    /// <summary>Encrypts a secret into the text of a file.</summary>
    /// <param name="secret">32 bytes.</param>
    /// <param name="password">The password, used as UTF-8.</param>
    /// <param name="label">What it is for.</param>
    /// <param name="address">The account, for secrets that are account keys; else null.</param>
    /// <param name="cost">What guessing a password costs; <see cref="ScryptCost.Standard"/> but in tests.</param>
    /// <param name="random">The source of salt, initialisation vector and id.</param>
    public static byte[] Create(
        ReadOnlySpan<byte> secret,
        string password,
        KeystoreLabel label,
        Address? address,
        ScryptCost cost,
        RandomNumberGenerator random)
    {
        ArgumentNullException.ThrowIfNull(password);
        ArgumentNullException.ThrowIfNull(label);
        ArgumentNullException.ThrowIfNull(cost);
        ArgumentNullException.ThrowIfNull(random);
        if (secret.Length != SecretLength)
        {
            throw new ArgumentException($"Expected {SecretLength} bytes, found {secret.Length}.", nameof(secret));
        }

        byte[] salt = new byte[SaltLength];
        byte[] iv = new byte[Aes128Ctr.BlockLength];
        byte[] id = new byte[16];
        random.GetBytes(salt);
        random.GetBytes(iv);
        random.GetBytes(id);

        ScryptDerivation derivation = new(cost, salt);
        byte[] derived = derivation.Derive(password);
        byte[] ciphertext = Aes128Ctr.Transform(derived.AsSpan(0, Aes128Ctr.KeyLength), iv, secret);
        Bytes32 mac = Mac(derived, ciphertext);
        CryptographicOperations.ZeroMemory(derived);

        List<JsonMember> members =
        [
            new("version", new JsonNumber(3)),
            new("id", new JsonString(FormatId(id))),
            new("crypto", new JsonObject(
                new JsonMember("cipher", new JsonString("aes-128-ctr")),
                new JsonMember("cipherparams", new JsonObject(new JsonMember("iv", KeystoreText.Hex(iv)))),
                new JsonMember("ciphertext", KeystoreText.Hex(ciphertext)),
                new JsonMember("kdf", new JsonString(ScryptDerivation.Name)),
                new JsonMember("kdfparams", derivation.ToJson()),
                new JsonMember("mac", KeystoreText.Hex(mac.AsSpan())))),
            new("ledgercredit", new JsonObject(
                new JsonMember("type", new JsonString(KeystoreText.TypeName(label.Type))),
                new JsonMember("name", new JsonString(label.Name)),
                new JsonMember("public", new JsonString(label.Public)))),
        ];
        if (address is Address account)
        {
            members.Insert(2, new JsonMember("address", KeystoreText.Hex(account.ToArray())));
        }

        return JsonText.WriteIndented(new JsonObject(members));
    }

    /// <summary>Reads a file without opening it.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out KeystoreV3? keystore,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        keystore = null;
        if (!StrictJson.TryParse(utf8, new JsonLimits(MaxFileBytes, 8), out JsonValue? json, out problem))
        {
            return false;
        }

        JsonProblems problems = new();
        JsonCursor root = JsonCursor.Root(json, problems);

        // "Crypto" and "x-ethers" are what ethers.js writes.
        string cryptoName = root.TryMember("Crypto", out _) ? "Crypto" : "crypto";
        root.ObjectWith(["version", cryptoName], ["id", "address", "ledgercredit", "x-ethers"]);
        JsonCursor version = root.Member("version");
        if (version.SafeInteger() != 3)
        {
            version.Refuse("keystore-version", "Expected version 3, found another.");
        }

        JsonCursor crypto = root.Member(cryptoName)
            .ObjectWith(["cipher", "cipherparams", "ciphertext", "kdf", "kdfparams", "mac"]);
        JsonCursor cipher = crypto.Member("cipher");
        if (cipher.Text() != "aes-128-ctr")
        {
            cipher.Refuse("keystore-cipher", "Expected 'aes-128-ctr', found another cipher.");
        }

        byte[] iv = KeystoreText.ReadHex(
            crypto.Member("cipherparams").ObjectWith(["iv"]).Member("iv"), Aes128Ctr.BlockLength, Aes128Ctr.BlockLength);
        byte[] ciphertext = KeystoreText.ReadHex(crypto.Member("ciphertext"), SecretLength, SecretLength);
        byte[] mac = KeystoreText.ReadHex(crypto.Member("mac"), Bytes32.Length, Bytes32.Length);
        IKeyDerivation? derivation = ReadDerivation(crypto);
        Address? address = ReadAddress(root);
        KeystoreLabel? label = ReadLabel(root);
        problem = problems.First;
        if (problem is not null)
        {
            return false;
        }

        keystore = new KeystoreV3(ciphertext, iv, Bytes32.FromBytes(mac), derivation!, address, label);
        return true;
    }

    /// <summary>Decrypts the secret. Takes a second or so and up to <see cref="ScryptCost.MaxMemoryBytes"/>.</summary>
    /// <param name="password">The password, used as UTF-8.</param>
    /// <param name="secret">The secret, which the caller zeroes after use, or null.</param>
    public KeystoreFailure Open(string password, out byte[]? secret)
    {
        ArgumentNullException.ThrowIfNull(password);

        secret = null;
        byte[] derived = _derivation.Derive(password);
        if (!CryptographicOperations.FixedTimeEquals(Mac(derived, _ciphertext).AsSpan(), _mac.AsSpan()))
        {
            CryptographicOperations.ZeroMemory(derived);
            return KeystoreFailure.WrongPassword;
        }

        byte[] opened = Aes128Ctr.Transform(derived.AsSpan(0, Aes128Ctr.KeyLength), _iv, _ciphertext);
        CryptographicOperations.ZeroMemory(derived);
        if (Address is Address account && !BelongsTo(opened, account))
        {
            CryptographicOperations.ZeroMemory(opened);
            return KeystoreFailure.AddressMismatch;
        }

        secret = opened;
        return KeystoreFailure.None;
    }

    private static bool BelongsTo(byte[] secret, Address account)
    {
        if (!Secp256k1Key.TryCreate(secret, out Secp256k1Key? key))
        {
            return false;
        }

        using (key)
        {
            return Ethereum.Address.FromPublicKey(key.PublicKey) == account;
        }
    }

    private static Bytes32 Mac(byte[] derived, byte[] ciphertext) =>
        Keccak256.Hash((byte[])[.. derived.AsSpan(Aes128Ctr.KeyLength, Aes128Ctr.KeyLength), .. ciphertext]);

    private static IKeyDerivation? ReadDerivation(JsonCursor crypto)
    {
        JsonCursor kdf = crypto.Member("kdf");
        switch (kdf.Text())
        {
            case ScryptDerivation.Name:
                return ScryptDerivation.Read(crypto.Member("kdfparams"));
            case Pbkdf2Derivation.Name:
                return Pbkdf2Derivation.Read(crypto.Member("kdfparams"));
            default:
                kdf.Refuse("keystore-kdf", "Expected 'scrypt' or 'pbkdf2', found another derivation.");
                return null;
        }
    }

    private static Address? ReadAddress(JsonCursor root)
    {
        if (!root.TryMember("address", out JsonCursor member))
        {
            return null;
        }

        string text = member.Text();
        string prefixed = text.StartsWith("0x", StringComparison.Ordinal) ? text : "0x" + text;
        if (!Ethereum.Address.TryParse(prefixed, out Address address))
        {
            member.Refuse("bad-address", "Expected 40 hex digits, lower case or with their checksum, found other text.");
        }

        return address;
    }

    private static KeystoreLabel? ReadLabel(JsonCursor root)
    {
        if (!root.TryMember("ledgercredit", out JsonCursor json))
        {
            return null;
        }

        json.ObjectWith(["type", "name", "public"]);
        JsonCursor type = json.Member("type");
        if (!KeystoreText.TryParseType(type.Text(), out KeystoreKeyType keyType))
        {
            type.Refuse("keystore-type", "Expected 'account', 'note' or 'subject', found another type.");
        }

        JsonCursor name = json.Member("name");
        if (name.Text().Length is 0 or > MaxNameLength)
        {
            name.Refuse("keystore-name", $"Expected 1 to {MaxNameLength} characters, found {name.Text().Length}.");
        }

        return new KeystoreLabel(keyType, name.Text(), json.Member("public").Text());
    }

    // A random UUID (RFC 9562 section 5.4).
    private static string FormatId(byte[] random)
    {
        random[6] = (byte)((random[6] & 0x0f) | 0x40);
        random[8] = (byte)((random[8] & 0x3f) | 0x80);
        return new Guid(random, bigEndian: true).ToString("D", CultureInfo.InvariantCulture);
    }
}
