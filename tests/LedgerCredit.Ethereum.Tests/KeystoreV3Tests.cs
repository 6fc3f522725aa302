using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Ethereum.Keys;

namespace LedgerCredit.Ethereum.Tests;

[TestClass]
public sealed class KeystoreV3Tests
{
    private static readonly ScryptCost Cheap = new(16, 8, 1);

    // The vectors of the Web3 Secret Storage Definition.
    private const string ScryptVector =
        """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
        "kdf":"scrypt","kdfparams":{"dklen":32,"n":262144,"r":1,"p":8,
        "salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
        "mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},
        "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    private const string Pbkdf2Vector =
        """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
        "kdf":"pbkdf2","kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256",
        "salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},
        "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    [TestMethod]
    [DataRow(ScryptVector, DisplayName = "scrypt")]
    [DataRow(Pbkdf2Vector, DisplayName = "pbkdf2")]
    public void Open_PublishedVector_GivesThePublishedKey(string text)
    {
        Assert.IsTrue(KeystoreV3.TryParse(Encoding.UTF8.GetBytes(text), out KeystoreV3? keystore, out ParseProblem? problem), problem?.ToString());

        Assert.AreEqual(KeystoreFailure.None, keystore.Open("testpassword", out byte[]? secret));
        Assert.AreEqual("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d", Convert.ToHexStringLower(secret!));
    }

    // The vectors of RFC 7914 section 12 that are within the bounds and lengths used here.
    [TestMethod]
    [DataRow("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [DataRow("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [DataRow("pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void DeriveKey_VectorsOfRfc7914_GivesThePublishedBytes(string password, string salt, int n, int r, int p, string expected)
    {
        byte[] derived = Scrypt.DeriveKey(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), new ScryptCost(n, r, p), 64);

        Assert.AreEqual(expected, Convert.ToHexStringLower(derived));
    }

    [TestMethod]
    public void Create_AccountKey_OpensAgainWithItsLabel()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using Secp256k1Key key = Secp256k1Key.Generate(random);
        Address address = Address.FromPublicKey(key.PublicKey);
        KeystoreLabel label = new(KeystoreKeyType.Account, "操作员 1", address.ToString());

        byte[] file = KeystoreV3.Create(key.ExportSecret(), "密码", label, address, Cheap, random);

        Assert.IsTrue(KeystoreV3.TryParse(file, out KeystoreV3? keystore, out ParseProblem? problem), problem?.ToString());
        Assert.AreEqual(label, keystore.Label);
        Assert.AreEqual(address, keystore.Address);
        Assert.AreEqual(KeystoreFailure.None, keystore.Open("密码", out byte[]? secret));
        Assert.AreSequenceEqual(key.ExportSecret(), secret!);
        Assert.AreEqual(KeystoreFailure.WrongPassword, keystore.Open("", out _));
    }

    [TestMethod]
    public void Create_Twice_UsesNewRandomnessEachTime()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        KeystoreLabel label = new(KeystoreKeyType.Subject, "network", "");

        byte[] first = KeystoreV3.Create(new byte[32], "p", label, null, Cheap, random);
        byte[] second = KeystoreV3.Create(new byte[32], "p", label, null, Cheap, random);

        string[] firstValues = Values(first);
        string[] secondValues = Values(second);
        for (int i = 0; i < firstValues.Length; i++)
        {
            Assert.AreNotEqual(firstValues[i], secondValues[i]);
        }
    }

    [TestMethod]
    public void Open_AddressOfAnotherKey_IsItsOwnFailure()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using Secp256k1Key key = Secp256k1Key.Generate(random);
        KeystoreLabel label = new(KeystoreKeyType.Account, "a", "");
        byte[] file = KeystoreV3.Create(key.ExportSecret(), "p", label, Address.Zero, Cheap, random);

        Assert.IsTrue(KeystoreV3.TryParse(file, out KeystoreV3? keystore, out _));

        Assert.AreEqual(KeystoreFailure.AddressMismatch, keystore.Open("p", out byte[]? secret));
        Assert.IsNull(secret);
    }

    [TestMethod]
    [DataRow("\"version\":3", "\"version\":4", "keystore-version")]
    [DataRow("\"version\":3", "\"version\":3,\"more\":1", "unknown-member")]
    [DataRow("aes-128-ctr", "aes-256-ctr", "keystore-cipher")]
    [DataRow("\"scrypt\"", "\"argon2id\"", "keystore-kdf")]
    [DataRow("\"n\":262144", "\"n\":262143", "keystore-cost")]
    [DataRow("\"n\":262144", "\"n\":0", "keystore-cost")]
    [DataRow("\"n\":262144", "\"n\":1", "keystore-cost")]
    [DataRow("\"n\":262144", "\"n\":1073741824", "keystore-cost")]
    [DataRow("\"n\":262144", "\"n\":-2", "bad-integer")]
    [DataRow("\"r\":1", "\"r\":1073741824", "keystore-cost")]
    [DataRow("\"r\":1", "\"r\":64", "keystore-cost")]
    [DataRow("\"r\":1", "\"r\":0", "keystore-cost")]
    [DataRow("\"p\":8", "\"p\":9007199254740991", "keystore-cost")]
    [DataRow("\"p\":8", "\"p\":33", "keystore-cost")]
    [DataRow("\"dklen\":32", "\"dklen\":64", "keystore-kdf")]
    [DataRow("\"salt\":\"ab", "\"salt\":\"AB", "bad-hex")]
    [DataRow("\"mac\":\"21", "\"mac\":\"", "bad-hex")]
    [DataRow("\"version\":3", "\"version\":3,\"version\":3", "json-duplicate")]
    public void TryParse_AlteredFile_IsRefusedWithTheReason(string from, string to, string code)
    {
        string altered = ScryptVector.Replace(from, to, StringComparison.Ordinal);
        Assert.AreNotEqual(ScryptVector, altered);

        Assert.IsFalse(KeystoreV3.TryParse(Encoding.UTF8.GetBytes(altered), out _, out ParseProblem? problem));
        Assert.AreEqual(code, problem.Code, problem.ToString());
    }

    [TestMethod]
    public void TryParse_Pbkdf2WithTooManyRounds_IsRefused()
    {
        string altered = Pbkdf2Vector.Replace("262144", "10000001", StringComparison.Ordinal);

        Assert.IsFalse(KeystoreV3.TryParse(Encoding.UTF8.GetBytes(altered), out _, out ParseProblem? problem));
        Assert.AreEqual("keystore-cost", problem.Code);
    }

    [TestMethod]
    public void TryParse_EachByteReplaced_IsRefusedOrDoesNotOpenToAnotherSecret()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        byte[] secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] file = KeystoreV3.Create(secret, "p", new KeystoreLabel(KeystoreKeyType.Note, "log", "key"), null, Cheap, random);
        for (int i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] = (byte)(changed[i] == (byte)'1' ? '2' : '1');
            if (KeystoreV3.TryParse(changed, out KeystoreV3? keystore, out _)
                && keystore.Open("p", out byte[]? opened) == KeystoreFailure.None)
            {
                // The initialisation vector is not covered by the mac of this format; neither are id and label.
                string text = Encoding.UTF8.GetString(file);
                bool isCovered = !opened!.AsSpan().SequenceEqual(secret)
                    && !(i > text.IndexOf("\"iv\"", StringComparison.Ordinal) && i < text.IndexOf("\"ciphertext\"", StringComparison.Ordinal));
                Assert.IsFalse(isCovered, $"byte {i}");
            }
        }
    }

    private static string[] Values(byte[] file)
    {
        Primitives.Json.JsonValue json = TestJson.Parse(file);
        Primitives.Json.JsonValue crypto = json.Member("crypto");
        return [json.Text("id"), crypto.Text("ciphertext"), crypto.Text("mac"), crypto.Member("cipherparams").Text("iv"), crypto.Member("kdfparams").Text("salt")];
    }
}
