using System.Globalization;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Tests;

[TestClass]
public sealed class TransactionTests
{
    // The example of EIP-155.
    [TestMethod]
    public void Sign_ExampleOfEip155_GivesThePublishedBytes()
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(TestJson.Bytes(string.Concat(Enumerable.Repeat("46", 32))), out Secp256k1Key? key));
        LegacyTransaction transaction = new()
        {
            ChainId = 1,
            Nonce = 9,
            GasPriceWei = 20_000_000_000,
            GasLimit = 21_000,
            To = Address.FromBytes(TestJson.Bytes(string.Concat(Enumerable.Repeat("35", 20)))),
            ValueWei = 1_000_000_000_000_000_000,
            Data = ReadOnlyMemory<byte>.Empty,
        };

        SignedTransaction signed = transaction.Sign(key);

        Assert.AreEqual(
            "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d"
            + "3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
            Hex.Encode(signed.Raw.Span));
    }

    [TestMethod]
    public void EthersVectors_SignAndDecode_GiveThePublishedBytes()
    {
        JsonArray vectors = (JsonArray)TestJson.ReadShared("vectors", "ethers-transactions-200.json");
        int checkedCount = 0;
        int withoutForm = 0;
        int blobCount = 0;

        foreach (JsonValue vector in vectors.Items)
        {
            JsonObject fields = (JsonObject)vector.Member("transaction");
            Assert.IsTrue(Secp256k1Key.TryCreate(TestJson.Bytes(vector.Text("privateKey")), out Secp256k1Key? key));
            foreach ((string kind, Transaction transaction) in Kinds(fields))
            {
                string name = $"{vector.Text("name")} {kind}";
                if (vector.Text("unsigned" + kind).Length == 0)
                {
                    // The vectors have no EIP-155 form for the chain id 0.
                    Assert.AreEqual("Eip155", kind, name);
                    withoutForm++;
                    continue;
                }

                Assert.AreEqual(vector.Text("unsigned" + kind), Hex.Encode(transaction.EncodeUnsigned()), name);

                SignedTransaction signed = transaction.Sign(key);
                Assert.AreEqual(vector.Text("signed" + kind), Hex.Encode(signed.Raw.Span), name);

                Assert.IsTrue(TransactionDecoder.TryDecode(signed.Raw, out SignedTransaction? decoded, out ParseProblem? problem), $"{name}: {problem}");
                Assert.AreEqual(Address.FromPublicKey(key.PublicKey), decoded.Sender, name);
                Assert.AreEqual(signed.Hash, decoded.Hash, name);
                Assert.AreSequenceEqual(signed.Raw.ToArray(), decoded.Transaction.Sign(key).Raw.ToArray(), name);
                checkedCount++;
            }

            // Blob transactions are not supported, and are refused by their type. Some cases have no such form.
            byte[] blob = TestJson.Bytes(vector.Text("signedCancun"));
            if (blob.Length > 0)
            {
                Assert.IsFalse(TransactionDecoder.TryDecode(blob, out _, out ParseProblem? blobProblem));
                Assert.AreEqual("transaction-type", blobProblem.Code);
                blobCount++;
            }
        }

        Assert.AreEqual(800, checkedCount + withoutForm);
        Assert.AreEqual(96, withoutForm);
        Assert.AreEqual(8, blobCount);
    }

    [TestMethod]
    public void TryDecode_EachByteChanged_IsRefusedOrAnotherTransaction()
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(TestJson.Bytes(string.Concat(Enumerable.Repeat("46", 32))), out Secp256k1Key? key));
        Eip1559Transaction transaction = new()
        {
            ChainId = 31700,
            Nonce = 0,
            MaxPriorityFeePerGasWei = 0,
            MaxFeePerGasWei = 0,
            GasLimit = 100_000,
            To = null,
            ValueWei = 0,
            Data = new byte[] { 1, 2, 3 },
            AccessList = [new AccessListEntry(Address.Zero, [Bytes32.FromUInt64(7)])],
        };
        SignedTransaction signed = transaction.Sign(key);
        int refused = 0;

        for (int i = 0; i < signed.Raw.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = signed.Raw.ToArray();
                changed[i] ^= (byte)(1 << bit);
                if (TransactionDecoder.TryDecode(changed, out SignedTransaction? decoded, out _))
                {
                    Assert.AreNotEqual(signed.Sender, decoded.Sender);
                    Assert.AreNotEqual(signed.Hash, decoded.Hash);
                    Assert.AreSequenceEqual(changed, decoded.Transaction.EncodeSigned(decoded.Signature));
                }
                else
                {
                    refused++;
                }
            }
        }

        Assert.IsGreaterThan(200, refused);
    }

    [TestMethod]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("c0", DisplayName = "empty list")]
    [DataRow("80", DisplayName = "empty string")]
    [DataRow("02", DisplayName = "type without body")]
    [DataRow("02c0", DisplayName = "type with an empty list")]
    [DataRow("03c0", DisplayName = "blob transaction")]
    [DataRow("7fc0", DisplayName = "unknown type")]
    public void TryDecode_OtherBytes_AreRefused(string hex)
    {
        Assert.IsFalse(TransactionDecoder.TryDecode(Convert.FromHexString(hex), out _, out ParseProblem? problem));
        Assert.IsNotNull(problem);
    }

    private static IEnumerable<(string Kind, Transaction Transaction)> Kinds(JsonObject fields)
    {
        ulong nonce = (ulong)Number(fields, "nonce");
        ulong gasLimit = (ulong)Number(fields, "gasLimit");
        ulong chainId = (ulong)Number(fields, "chainId");
        UInt128 gasPrice = Number(fields, "gasPrice");
        UInt128 value = Number(fields, "value");
        byte[] data = fields.TryFindString("data", out string? hex) ? TestJson.Bytes(hex) : [];
        Address? to = null;
        if (fields.TryFindString("to", out string? toText))
        {
            Assert.IsTrue(Address.TryParse(toText, out Address address));
            to = address;
        }

        List<AccessListEntry> accessList = [];
        foreach (JsonValue entry in (fields.Find("accessList") as JsonArray)?.Items ?? [])
        {
            Assert.IsTrue(Address.TryParse(entry.Text("address").ToLowerInvariant(), out Address account));
            IEnumerable<Bytes32> slots = ((JsonArray)entry.Member("storageKeys")).Items.Select(key => TestJson.Word(((JsonString)key).Value));
            accessList.Add(new AccessListEntry(account, [.. slots]));
        }

        LegacyTransaction legacy = new()
        {
            ChainId = null,
            Nonce = nonce,
            GasPriceWei = gasPrice,
            GasLimit = gasLimit,
            To = to,
            ValueWei = value,
            Data = data,
        };
        yield return ("Legacy", legacy);
        yield return ("Eip155", legacy with { ChainId = chainId });
        yield return ("Berlin", new AccessListTransaction
        {
            ChainId = chainId,
            Nonce = nonce,
            GasPriceWei = gasPrice,
            GasLimit = gasLimit,
            To = to,
            ValueWei = value,
            Data = data,
            AccessList = accessList,
        });
        yield return ("London", new Eip1559Transaction
        {
            ChainId = chainId,
            Nonce = nonce,
            MaxPriorityFeePerGasWei = Number(fields, "maxPriorityFeePerGas"),
            MaxFeePerGasWei = Number(fields, "maxFeePerGas"),
            GasLimit = gasLimit,
            To = to,
            ValueWei = value,
            Data = data,
            AccessList = accessList,
        });
    }

    private static UInt128 Number(JsonObject fields, string name) => fields.Find(name) switch
    {
        null => 0,
        JsonNumber number => UInt128.Parse(number.Text, CultureInfo.InvariantCulture),
        JsonString text => UInt128.Parse(text.Value[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
        JsonValue other => throw new InvalidDataException(other.TypeName),
    };
}
