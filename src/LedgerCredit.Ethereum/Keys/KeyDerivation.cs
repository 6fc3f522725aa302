using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Keys;

/// <summary>How a keystore derives 32 bytes from a password.</summary>
internal interface IKeyDerivation
{
    /// <summary>Derives the bytes. The cost has been checked.</summary>
    byte[] Derive(string password);
}

/// <summary>scrypt (RFC 7914): <c>{ "dklen": 32, "n", "r", "p", "salt" }</c>.</summary>
internal sealed class ScryptDerivation(ScryptCost cost, byte[] salt) : IKeyDerivation
{
    internal const string Name = "scrypt";

    internal static ScryptDerivation? Read(JsonCursor json)
    {
        json.ObjectWith(["dklen", "n", "r", "p", "salt"]);
        KeyDerivationText.CheckLength(json);
        ulong n = json.Member("n").SafeInteger();
        ulong r = json.Member("r").SafeInteger();
        ulong p = json.Member("p").SafeInteger();
        byte[] salt = KeyDerivationText.ReadSalt(json);
        if (n <= int.MaxValue && r <= int.MaxValue && p <= int.MaxValue)
        {
            ScryptCost cost = new((int)n, (int)r, (int)p);
            if (cost.IsAcceptable)
            {
                return new ScryptDerivation(cost, salt);
            }
        }

        json.Refuse(
            "keystore-cost",
            $"Expected scrypt with n a power of two, 128·n·r of at most {ScryptCost.MaxMemoryBytes} and n·r·p of at most "
            + $"{ScryptCost.MaxWork}, found other parameters.");
        return null;
    }

    public byte[] Derive(string password) =>
        Scrypt.DeriveKey(Encoding.UTF8.GetBytes(password), salt, cost, KeyDerivationText.DerivedLength);

    internal JsonObject ToJson() => new(
        new JsonMember("dklen", new JsonNumber(KeyDerivationText.DerivedLength)),
        new JsonMember("n", new JsonNumber(cost.N)),
        new JsonMember("r", new JsonNumber(cost.R)),
        new JsonMember("p", new JsonNumber(cost.P)),
        new JsonMember("salt", KeystoreText.Hex(salt)));
}

/// <summary>PBKDF2 with HMAC-SHA-256 (RFC 8018): <c>{ "dklen": 32, "c", "prf": "hmac-sha256", "salt" }</c>. Only read.</summary>
internal sealed class Pbkdf2Derivation(int rounds, byte[] salt) : IKeyDerivation
{
    internal const string Name = "pbkdf2";

    internal static Pbkdf2Derivation? Read(JsonCursor json)
    {
        json.ObjectWith(["dklen", "c", "prf", "salt"]);
        KeyDerivationText.CheckLength(json);
        JsonCursor prf = json.Member("prf");
        if (prf.Text() != "hmac-sha256")
        {
            prf.Refuse("keystore-kdf", "Expected 'hmac-sha256', found another function.");
        }

        byte[] salt = KeyDerivationText.ReadSalt(json);
        JsonCursor count = json.Member("c");
        ulong rounds = count.SafeInteger();
        if (rounds is 0 or > KeystoreV3.MaxPbkdf2Rounds)
        {
            count.Refuse("keystore-cost", $"Expected 1 to {KeystoreV3.MaxPbkdf2Rounds} rounds, found {rounds}.");
            return null;
        }

        return new Pbkdf2Derivation((int)rounds, salt);
    }

    public byte[] Derive(string password) => Rfc2898DeriveBytes.Pbkdf2(
        Encoding.UTF8.GetBytes(password), salt, rounds, HashAlgorithmName.SHA256, KeyDerivationText.DerivedLength);
}

/// <summary>What the two derivations have in common.</summary>
internal static class KeyDerivationText
{
    internal const int DerivedLength = 32;

    private const int MaxSaltLength = 64;

    internal static void CheckLength(JsonCursor json)
    {
        JsonCursor length = json.Member("dklen");
        if (length.SafeInteger() != DerivedLength)
        {
            length.Refuse("keystore-kdf", $"Expected a derived key of {DerivedLength} bytes, found another length.");
        }
    }

    internal static byte[] ReadSalt(JsonCursor json) => KeystoreText.ReadHex(json.Member("salt"), 1, MaxSaltLength);
}
