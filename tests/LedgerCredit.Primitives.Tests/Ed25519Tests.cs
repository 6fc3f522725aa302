using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Primitives.Tests;

[TestClass]
public sealed class Ed25519Tests
{
    // RFC 8032 section 7.1, TEST 1 to TEST 3: seed, public key, message, signature.
    [TestMethod]
    [DataRow(
        "0x9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "0x",
        "0xe5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [DataRow(
        "0x4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "0x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "0x72",
        "0x92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [DataRow(
        "0xc5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "0xfc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "0xaf82",
        "0x6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Sign_PublishedVector_GivesThePublishedSignature(string seed, string publicKey, string message, string signature)
    {
        using Ed25519Key key = new(Decode(seed));

        Assert.AreEqual(publicKey, key.PublicKey.ToString());
        Assert.AreEqual(signature, Hex.Encode(key.Sign(Decode(message))));
        Assert.IsTrue(Ed25519.Verify(key.PublicKey, Decode(message), Decode(signature)));
    }

    [TestMethod]
    public void Verify_AnyBitChanged_IsRefused()
    {
        using Ed25519Key key = new(new byte[32]);
        byte[] message = [1, 2, 3];
        byte[] signature = key.Sign(message);
        for (int bit = 0; bit < signature.Length * 8; bit++)
        {
            byte[] changed = [.. signature];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.IsFalse(Ed25519.Verify(key.PublicKey, message, changed), $"signature bit {bit}");
        }

        for (int bit = 0; bit < 256; bit++)
        {
            byte[] changed = key.PublicKey.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.IsFalse(Ed25519.Verify(Bytes32.FromBytes(changed), message, signature), $"public key bit {bit}");
        }

        Assert.IsFalse(Ed25519.Verify(key.PublicKey, [1, 2, 4], signature));
    }

    [TestMethod]
    public void Verify_ScalarNotReduced_IsRefused()
    {
        // S + L is the same scalar in another encoding: accepting it would make signatures malleable.
        using Ed25519Key key = new(new byte[32]);
        byte[] signature = key.Sign([]);
        byte[] order = Decode("0xedd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        int carry = 0;
        for (int i = 0; i < 32; i++)
        {
            int sum = signature[32 + i] + order[i] + carry;
            signature[32 + i] = (byte)(sum & 0xFF);
            carry = sum >> 8;
        }

        Assert.AreEqual(0, carry);
        Assert.IsFalse(Ed25519.Verify(key.PublicKey, [], signature));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(63)]
    [DataRow(65)]
    public void Verify_OtherLength_IsRefused(int length)
    {
        using Ed25519Key key = new(new byte[32]);

        Assert.IsFalse(Ed25519.Verify(key.PublicKey, [], new byte[length]));
    }

    private static byte[] Decode(string hex)
    {
        Assert.IsTrue(Hex.TryDecode(hex, out byte[]? bytes));
        return bytes;
    }
}
