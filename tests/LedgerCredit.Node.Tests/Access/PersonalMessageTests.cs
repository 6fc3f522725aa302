using LedgerCredit.Ethereum;
using LedgerCredit.Node.Access;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>EIP-191 signatures of texts, against published vectors.</summary>
[TestClass]
public sealed class PersonalMessageTests
{
    // From the documentation of web3.js, eth.accounts.sign.
    private const string Text = "Some data";
    private const string Hash = "0x1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655";
    private const string Signature = "0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c";
    private const string Key = "0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
    private const string Signer = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23";

    [TestMethod]
    public void HashOf_PublishedTexts_IsTheirs()
    {
        Assert.AreEqual(Hash, PersonalMessage.HashOf(Text).ToString());
        Assert.AreEqual("0xa1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2", PersonalMessage.HashOf("Hello World").ToString());

        // The length is that of the bytes.
        Assert.AreEqual(Keccak256.Hash("\u0019Ethereum Signed Message:\n6信用"), PersonalMessage.HashOf("信用"));
    }

    [TestMethod]
    public void Sign_AndRecover_AreThePublishedOnes()
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(Convert.FromHexString(Key[2..]), out Secp256k1Key? key));
        using (key)
        {
            Assert.AreEqual(Signature, Hex.Encode(PersonalMessage.Sign(Text, key)));
        }

        Assert.IsTrue(PersonalMessage.TryRecover(Text, Convert.FromHexString(Signature[2..]), out Address signer));
        Assert.AreEqual(Signer, signer.ToString());
    }

    [TestMethod]
    public void TryRecover_AnyBitAltered_IsNotTheSigner()
    {
        byte[] signature = Convert.FromHexString(Signature[2..]);
        for (int bit = 0; bit < 8 * signature.Length; bit++)
        {
            byte[] altered = [.. signature];
            altered[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.IsFalse(PersonalMessage.TryRecover(Text, altered, out Address signer) && signer.ToString() == Signer, $"bit {bit}");
        }
    }

    [TestMethod]
    public void TryRecover_OtherForms_AreRefused()
    {
        byte[] signature = Convert.FromHexString(Signature[2..]);

        Assert.IsFalse(PersonalMessage.TryRecover(Text, [], out _));
        Assert.IsFalse(PersonalMessage.TryRecover(Text, signature.AsSpan(0, 64), out _));
        Assert.IsFalse(PersonalMessage.TryRecover(Text, [.. signature, 0], out _));
        foreach (byte v in (byte[])[0, 1, 26, 29, 37, 255])
        {
            Assert.IsFalse(PersonalMessage.TryRecover(Text, [.. signature[..64], v], out _), $"v {v}");
        }

        // The twin with the greater s, which is as good a signature by the mathematics.
        System.Numerics.BigInteger order = System.Numerics.BigInteger.Parse("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        byte[] twin = [.. signature[..32], .. (order - new System.Numerics.BigInteger(signature.AsSpan(32, 32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true), (byte)(27 + 28 - signature[64])];
        Assert.HasCount(65, twin);
        Assert.IsFalse(PersonalMessage.TryRecover(Text, twin, out _));
        Assert.IsFalse(PersonalMessage.TryRecover(Text, new byte[65], out _));
    }

    [TestMethod]
    public void TryRecover_APublishedSignIn_IsItsAccount()
    {
        // From the test vectors of the siwe libraries: "example message".
        SignInMessage message = new()
        {
            Domain = "login.xyz",
            Address = Address.TryParse("0x9D85ca56217D2bb651b00f15e694EB7E713637D4", out Address address) ? address : throw new AssertFailedException("checksum"),
            Statement = "Sign-In With Ethereum Example Statement",
            Uri = "https://login.xyz",
            ChainId = 1,
            Nonce = "bTyXgcQxn2htgkjJn",
            IssuedAt = "2022-01-27T17:09:38.578Z",
            ExpirationTime = "2100-01-07T14:31:43.952Z",
        };
        const string PublishedSignature = "0xdc35c7f8ba2720df052e0092556456127f00f7707eaa8e3bbff7e56774e7f2e05a093cfc9e02964c33d86e8e066e221b7d153d27e5a2e97ccd5ca7d3f2ce06cb1b";

        Assert.IsTrue(PersonalMessage.TryRecover(message.Format(), Convert.FromHexString(PublishedSignature[2..]), out Address signer));

        Assert.AreEqual(address, signer);
    }
}
