namespace LedgerCredit.Ethereum.Tests;

[TestClass]
public sealed class AddressTests
{
    // The examples of EIP-55.
    [TestMethod]
    [DataRow("0x52908400098527886E0F7030069857D2E4169EE7", DisplayName = "all upper-case by checksum")]
    [DataRow("0xde709f2102306220921060314715629080e2fb77", DisplayName = "all lower-case by checksum")]
    [DataRow("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [DataRow("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [DataRow("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [DataRow("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void TryParse_ChecksummedText_IsReadAndWrittenBack(string text)
    {
        Assert.IsTrue(Address.TryParse(text, out Address address));
        Assert.AreEqual(text, address.ToString());

        Assert.IsTrue(Address.TryParse(text.ToLowerInvariant(), out Address lower));
        Assert.AreEqual(address, lower);
    }

    [TestMethod]
    [DataRow("", DisplayName = "empty")]
    [DataRow("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", DisplayName = "wrong checksum")]
    [DataRow("0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", DisplayName = "all upper-case, checksum is mixed")]
    [DataRow("0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", DisplayName = "upper-case prefix")]
    [DataRow("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", DisplayName = "no prefix")]
    [DataRow("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae", DisplayName = "short")]
    [DataRow("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaedd", DisplayName = "long")]
    [DataRow("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg", DisplayName = "no hex digit")]
    public void TryParse_OtherText_IsRefused(string text)
    {
        Assert.IsFalse(Address.TryParse(text, out Address address));
        Assert.AreEqual(Address.Zero, address);
    }

    // The first contract of Ethereum's well-known test account, as every client computes it.
    [TestMethod]
    [DataRow(0UL, "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d")]
    [DataRow(1UL, "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8")]
    [DataRow(2UL, "0xf778b86fa74e846c4f0a1fbd1335fe81c00a0c91")]
    public void OfCreated_KnownSender_GivesKnownContract(ulong nonce, string expected)
    {
        Assert.IsTrue(Address.TryParse("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", out Address sender));

        Assert.AreEqual(expected, Address.OfCreated(sender, nonce).ToLowerHex());
    }

    [TestMethod]
    public void FromPublicKey_KeyOne_GivesItsKnownAddress()
    {
        byte[] secret = new byte[32];
        secret[31] = 1;
        Assert.IsTrue(Secp256k1Key.TryCreate(secret, out Secp256k1Key? key));

        using (key)
        {
            Assert.AreEqual("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", Address.FromPublicKey(key.PublicKey).ToString());
        }
    }
}
