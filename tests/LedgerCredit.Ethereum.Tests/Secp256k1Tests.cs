using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Tests;

[TestClass]
public sealed class Secp256k1Tests
{
    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    private const string HalfOrder = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
    private const string HalfOrderPlusOne = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1";

    // Widely published deterministic signatures (RFC 6979 with SHA-256, low s) on secp256k1.
    [TestMethod]
    [DataRow(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "Satoshi Nakamoto",
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8",
        "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")]
    [DataRow(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
        "Satoshi Nakamoto",
        "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0",
        "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5")]
    [DataRow(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "All those moments will be lost in time, like tears in rain. Time to die...",
        "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b",
        "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21")]
    public void Sign_PublishedKeysAndMessages_GivesThePublishedSignature(string secret, string message, string r, string s)
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(Convert.FromHexString(secret), out Secp256k1Key? key));

        RecoverableSignature signature = key.Sign(Sha256.Hash(Encoding.ASCII.GetBytes(message)));

        Assert.AreEqual("0x" + r, signature.R.ToString());
        Assert.AreEqual("0x" + s, signature.S.ToString());
    }

    [TestMethod]
    public void Sign_RandomKeysAndHashes_VerifiesAndRecovers()
    {
        Random random = new(11);
        byte[] bytes = new byte[32];
        for (int i = 0; i < 100; i++)
        {
            random.NextBytes(bytes);
            Assert.IsTrue(Secp256k1Key.TryCreate(bytes, out Secp256k1Key? key));
            random.NextBytes(bytes);
            Bytes32 hash = Bytes32.FromBytes(bytes);

            RecoverableSignature signature = key.Sign(hash);

            Assert.IsTrue(Secp256k1.Verify(hash, signature.R, signature.S, key.PublicKey));
            Assert.IsTrue(Secp256k1.TryRecover(hash, signature, out Secp256k1PublicKey? recovered));
            Assert.AreSequenceEqual(key.PublicKey.Coordinates.ToArray(), recovered.Coordinates.ToArray());
            Assert.AreEqual(signature, key.Sign(hash), "Signing is deterministic.");
            Assert.IsTrue(RecoverableSignature.TryReadCompact(signature.ToCompact(), out RecoverableSignature read));
            Assert.AreEqual(signature, read);

            RecoverableSignature otherParity = signature with { YParity = (byte)(1 - signature.YParity) };
            bool isRecovered = Secp256k1.TryRecover(hash, otherParity, out Secp256k1PublicKey? other);
            Assert.IsFalse(isRecovered && other!.Coordinates.SequenceEqual(key.PublicKey.Coordinates));
        }
    }

    [TestMethod]
    public void Verify_EachBitChanged_IsRefused()
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(Sha256.Hash([1]).AsSpan(), out Secp256k1Key? key));
        Bytes32 hash = Sha256.Hash([2]);
        RecoverableSignature signature = key.Sign(hash);

        for (int i = 0; i < 256; i++)
        {
            Assert.IsFalse(Secp256k1.Verify(Flip(hash, i), signature.R, signature.S, key.PublicKey));
            Assert.IsFalse(Secp256k1.Verify(hash, Flip(signature.R, i), signature.S, key.PublicKey));
            Assert.IsFalse(Secp256k1.Verify(hash, signature.R, Flip(signature.S, i), key.PublicKey));
        }
    }

    [TestMethod]
    [DataRow("00", "01", DisplayName = "r zero")]
    [DataRow("01", "00", DisplayName = "s zero")]
    [DataRow(Order, "01", DisplayName = "r the order")]
    [DataRow("01", Order, DisplayName = "s the order")]
    [DataRow("01", HalfOrderPlusOne, DisplayName = "s just above half the order")]
    [DataRow("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "01", DisplayName = "r beyond the field")]
    public void VerifyAndRecover_NumbersOutOfRange_AreRefused(string r, string s)
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(Sha256.Hash([1]).AsSpan(), out Secp256k1Key? key));
        Bytes32 rWord = TestJson.Word(r.PadLeft(64, '0'));
        Bytes32 sWord = TestJson.Word(s.PadLeft(64, '0'));

        Assert.IsFalse(Secp256k1.Verify(Sha256.Hash([2]), rWord, sWord, key.PublicKey));
        Assert.IsFalse(Secp256k1.TryRecover(Sha256.Hash([2]), new RecoverableSignature(rWord, sWord, 0), out _));
    }

    [TestMethod]
    public void TryRecover_SOfHalfTheOrder_IsAccepted()
    {
        // x = 1 is on the curve, so that any s within the bounds leads to a key.
        RecoverableSignature signature = new(Bytes32.FromUInt64(1), TestJson.Word(HalfOrder), 0);

        Assert.IsTrue(Secp256k1.TryRecover(Sha256.Hash([2]), signature, out Secp256k1PublicKey? key));
        Assert.IsTrue(Secp256k1.Verify(Sha256.Hash([2]), signature.R, signature.S, key));
    }

    [TestMethod]
    public void TryRecover_XNotOnTheCurve_IsRefused()
    {
        // y^2 = 5^3 + 7 has no solution.
        Assert.IsFalse(Secp256k1.TryRecover(Sha256.Hash([2]), new RecoverableSignature(Bytes32.FromUInt64(5), Bytes32.FromUInt64(1), 0), out _));
    }

    [TestMethod]
    [DataRow("0000000000000000000000000000000000000000000000000000000000000000", DisplayName = "zero")]
    [DataRow(Order, DisplayName = "the order")]
    [DataRow("01", DisplayName = "one byte")]
    public void TryCreate_NoPrivateKey_IsRefused(string hex)
    {
        Assert.IsFalse(Secp256k1Key.TryCreate(Convert.FromHexString(hex), out _));
    }

    [TestMethod]
    public void Sign_AfterDispose_IsTheCallersFault()
    {
        Secp256k1Key key = Secp256k1Key.Generate(RandomNumberGenerator.Create());
        key.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => key.Sign(Bytes32.Zero));
        Assert.ThrowsExactly<ObjectDisposedException>(() => key.ExportSecret());
    }

    [TestMethod]
    public void TryReadCoordinates_PointOffTheCurve_IsRefused()
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(Sha256.Hash([1]).AsSpan(), out Secp256k1Key? key));
        byte[] coordinates = key.PublicKey.Coordinates.ToArray();
        Assert.IsTrue(Secp256k1PublicKey.TryReadCoordinates(coordinates, out _));

        coordinates[63] ^= 1;

        Assert.IsFalse(Secp256k1PublicKey.TryReadCoordinates(coordinates, out _));
        Assert.IsFalse(Secp256k1PublicKey.TryReadCoordinates(new byte[64], out _));
        Assert.IsFalse(Secp256k1PublicKey.TryReadCoordinates(new byte[63], out _));
    }

    [TestMethod]
    public void Verify_WycheproofVectors_AreJudgedAsPublished()
    {
        JsonValue file = TestJson.ReadShared("vectors", "wycheproof-ecdsa-secp256k1-sha256-bitcoin.json");
        int count = 0;
        int byDer = 0;

        foreach (JsonValue group in ((JsonArray)file.Member("testGroups")).Items)
        {
            byte[] uncompressed = TestJson.Bytes(group.Member("publicKey").Text("uncompressed"));
            Assert.IsTrue(Secp256k1PublicKey.TryReadCoordinates(uncompressed.AsSpan(1), out Secp256k1PublicKey? key));
            foreach (JsonValue test in ((JsonArray)group.Member("tests")).Items)
            {
                Bytes32 hash = Sha256.Hash(TestJson.Bytes(test.Text("msg")));
                bool isDer = TryReadDer(TestJson.Bytes(test.Text("sig")), out Bytes32 r, out Bytes32 s);
                bool isValid = isDer && Secp256k1.Verify(hash, r, s, key);

                Assert.AreEqual(test.Text("result") == "valid", isValid, ((JsonNumber)test.Member("tcId")).Text);
                count++;
                byDer += isDer ? 0 : 1;
            }
        }

        Assert.AreEqual(463, count);

        // Many of them are about the DER form, which Ethereum does not use; the others reach the curve.
        Assert.IsLessThan(280, byDer);
    }

    private static Bytes32 Flip(Bytes32 value, int bit)
    {
        value[bit / 8] ^= (byte)(1 << (bit % 8));
        return value;
    }

    // SEQUENCE { INTEGER r, INTEGER s }, strictly, of numbers that fit 32 bytes.
    private static bool TryReadDer(byte[] der, out Bytes32 r, out Bytes32 s)
    {
        r = default;
        s = default;
        int position = 2;
        return der.Length >= 2 && der[0] == 0x30 && der[1] < 0x80 && der[1] == der.Length - 2
            && TryReadInteger(der, ref position, out r)
            && TryReadInteger(der, ref position, out s)
            && position == der.Length;
    }

    private static bool TryReadInteger(byte[] der, ref int position, out Bytes32 value)
    {
        value = default;
        if (position + 2 > der.Length || der[position] != 0x02)
        {
            return false;
        }

        int length = der[position + 1];
        position += 2;
        if (length is 0 or > 33 || position + length > der.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = der.AsSpan(position, length);
        position += length;
        if (bytes[0] >= 0x80 || (length > 1 && bytes[0] == 0 && bytes[1] < 0x80) || (length == 33 && bytes[0] != 0))
        {
            return false;
        }

        byte[] padded = [.. new byte[33 - length], .. bytes];
        value = Bytes32.FromBytes(padded.AsSpan(1));
        return true;
    }
}
