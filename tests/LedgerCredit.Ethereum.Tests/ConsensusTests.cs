using LedgerCredit.Ethereum.Consensus;

namespace LedgerCredit.Ethereum.Tests;

[TestClass]
public sealed class ConsensusTests
{
    // The example of Besu's documentation ("Extra data", QBFT): one validator, no vote, round 0, no seals.
    private const string DocumentedExtraData =
        "f83aa00000000000000000000000000000000000000000000000000000000000000000d594be068f726a13c8d46c44be6ce9d275600e1735a4c080c0";

    [TestMethod]
    public void QbftExtraData_DocumentedExample_IsReadAndWrittenBack()
    {
        byte[] bytes = Convert.FromHexString(DocumentedExtraData);

        Assert.IsTrue(QbftExtraData.TryDecode(bytes, out QbftExtraData? extraData, out ParseProblem? problem), problem?.ToString());
        Assert.AreEqual("0xbe068f726a13c8d46c44be6ce9d275600e1735a4", extraData.Validators.Single().ToLowerHex());
        Assert.IsNull(extraData.Vote);
        Assert.AreEqual(0U, extraData.Round);
        Assert.IsEmpty(extraData.Seals);
        Assert.AreSequenceEqual(bytes, extraData.Encode());
    }

    [TestMethod]
    [DataRow(0U, DisplayName = "round 0")]
    [DataRow(5U, DisplayName = "round 5")]
    [DataRow(300U, DisplayName = "round 300")]
    public void Qbft_SealedHeader_GivesItsSignersAndAHashWithoutRoundAndSeals(uint round)
    {
        Secp256k1Key[] keys = Keys(4);
        BlockHeader header = SealQbft(keys, round, sealers: [0, 2, 3]);

        Assert.IsTrue(Qbft.TryReadSeals(header, out QbftSeals? seals, out ParseProblem? problem), problem?.ToString());
        Assert.AreSequenceEqual(new[] { AddressOf(keys[0]), AddressOf(keys[2]), AddressOf(keys[3]) }, seals.Signers);
        Assert.AreSequenceEqual(keys.Select(AddressOf), seals.Validators);
        Assert.AreEqual(round, seals.Round);
        Assert.AreEqual(0, seals.InvalidSealCount);

        // What the rule says, spelled out: the fifth item is an empty list and the fourth the number zero, both still there.
        RlpList expectedExtraData = new(
            new RlpBytes(new byte[32]),
            new RlpList([.. keys.Select(key => new RlpBytes(AddressOf(key).ToArray()))]),
            new RlpList(),
            RlpBytes.Empty,
            new RlpList());
        Assert.AreEqual((header with { ExtraData = Rlp.Encode(expectedExtraData) }).KeccakHash(), seals.BlockHash);
        Assert.IsTrue(BlockHash.TryCompute(header, BlockHashRule.Qbft, out Bytes32 hash, out _));
        Assert.AreEqual(seals.BlockHash, hash);
        Assert.AreNotEqual(header.KeccakHash(), hash);
    }

    // Block 7528 of a Besu network of four validators, agreed on in round 1; the hash that was signed as its light client has it
    // (datachainlab/besu-qbft-elc, elc/src/header.rs).
    [TestMethod]
    public void Qbft_HeaderOfABesuNetwork_HasTheSignedHashAndThreeValidatorsSeals()
    {
        const string EmptyTrie = "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
        string[] validators =
        [
            "0x647bfdd19655e51e69d35454ff3a92f8828e6302",
            "0xa5c8416b9d13417b45b45ada76408f39d1e504ef",
            "0xb92e91f4dcc9d28503be521afa2a8fbf3c1acf60",
            "0xee3353e587cfa91625a1adaef308a726de3803d3",
        ];
        QbftExtraData extraData = new()
        {
            Vanity = Bytes32.Zero,
            Validators = [.. validators.Select(text => Address.FromBytes(TestJson.Bytes(text)))],
            Vote = null,
            Round = 1,
            Seals =
            [
                TestJson.Bytes(
                    "bc7633fd65570f610a595086e9a34e5bf6aacfb67b8f8cd01852e6b285147f04"
                    + "6a50577b49378b86723ac9b456ef59ef7ab57cda7139d807f10f58e8cb10c67600"),
                TestJson.Bytes(
                    "ad1defc2b0b4a48158cff24778bb5ba4d9f373c171022ab0a42e37bdb0d40257"
                    + "18434d303a8d94df56ef9ad5219be9f27b2f67179a7fb82d3323dde29546f9f701"),
                TestJson.Bytes(
                    "e233d3670dd97c715f72b440eeb1ccb1e22c8c23f6ab470c46c99c2d0ee6509f"
                    + "0341a42e0e4569782557e93c3815e8ca4294043595f69a90f73f135de8ecf41e00"),
            ],
        };
        BlockHeader header = new()
        {
            ParentHash = TestJson.Word("0af93e70b1c6d3974a88a42eb70bb61adbd523bfac0c83027ba4637c52746a0f"),
            OmmersHash = TestJson.Word("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"),
            Beneficiary = extraData.Validators[3],
            StateRoot = TestJson.Word("166ed98eea93ab2b6f6b1a425526994adc2d675bf9a0d77d600ed1e02d8f77df"),
            TransactionsRoot = TestJson.Word(EmptyTrie),
            ReceiptsRoot = TestJson.Word(EmptyTrie),
            LogsBloom = new byte[BlockHeader.BloomLength],
            Difficulty = 1,
            Number = 7528,
            GasLimit = 0x47b760,
            GasUsed = 0,
            Timestamp = 1_715_495_307,
            ExtraData = extraData.Encode(),
            MixHash = TestJson.Word("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"),
            Nonce = new byte[BlockHeader.NonceLength],
        };

        Assert.IsTrue(Qbft.TryComputeCommitHash(header, out Bytes32 commitHash, out _));
        Assert.AreEqual("0x75ea184f58cd3f0ef89032a069df01f07ec524ef3a85cf6d3e424d62130c0a32", commitHash.ToString());
        Assert.IsTrue(Qbft.TryReadSeals(header, out QbftSeals? seals, out _));
        Assert.HasCount(3, seals.Signers);
        Assert.IsEmpty(seals.Signers.Except(extraData.Validators));
        Assert.AreEqual(0, seals.InvalidSealCount);
    }

    [TestMethod]
    public void Qbft_OtherRoundsAndSeals_HaveTheSameBlockHash()
    {
        Secp256k1Key[] keys = Keys(4);

        Assert.IsTrue(Qbft.TryComputeBlockHash(SealQbft(keys, 0, [0, 1, 2]), out Bytes32 first, out _));
        Assert.IsTrue(Qbft.TryComputeBlockHash(SealQbft(keys, 3, [1, 2, 3]), out Bytes32 second, out _));

        Assert.AreEqual(first, second);
    }

    [TestMethod]
    public void Qbft_GenesisBlock_KeepsItsExtraData()
    {
        BlockHeader genesis = SealQbft(Keys(4), 2, []) with { Number = 0 };

        Assert.IsTrue(Qbft.TryComputeBlockHash(genesis, out Bytes32 hash, out _));
        Assert.AreEqual(genesis.KeccakHash(), hash);
    }

    [TestMethod]
    public void Qbft_OneSignerTwice_CountsOnce()
    {
        BlockHeader header = SealQbft(Keys(4), 0, [1, 1, 1]);

        Assert.IsTrue(Qbft.TryReadSeals(header, out QbftSeals? seals, out _));
        Assert.HasCount(1, seals.Signers);
    }

    [TestMethod]
    public void Qbft_SealedHeader_EachFieldChanged_HasOtherSigners()
    {
        Secp256k1Key[] keys = Keys(4);
        BlockHeader header = SealQbft(keys, 1, [0, 1, 2]);
        BlockHeader[] changed =
        [
            header with { ParentHash = Bytes32.Zero },
            header with { StateRoot = Bytes32.Zero },
            header with { Number = header.Number + 1 },
            header with { Timestamp = header.Timestamp + 1 },
            header with { Beneficiary = Address.Zero },
            header with { RequestsHash = null },
            WithRound(header, 2),
        ];

        foreach (BlockHeader other in changed)
        {
            Assert.IsTrue(Qbft.TryReadSeals(other, out QbftSeals? seals, out _));
            Assert.IsEmpty(seals.Signers.Intersect(keys.Select(AddressOf)));
        }
    }

    [TestMethod]
    public void Qbft_SealThatIsNobodysSignature_IsCountedAsInvalid()
    {
        BlockHeader header = SealQbft(Keys(4), 0, [0]);
        Assert.IsTrue(QbftExtraData.TryDecode(header.ExtraData, out QbftExtraData? extraData, out _));
        QbftExtraData forged = new()
        {
            Vanity = extraData.Vanity,
            Validators = extraData.Validators,
            Vote = null,
            Round = 0,
            Seals = [new byte[65], .. extraData.Seals, Enumerable.Repeat((byte)0xff, 65).ToArray()],
        };

        Assert.IsTrue(Qbft.TryReadSeals(header with { ExtraData = forged.Encode() }, out QbftSeals? seals, out _));
        Assert.HasCount(1, seals.Signers);
        Assert.AreEqual(2, seals.InvalidSealCount);
    }

    [TestMethod]
    [DataRow(true, "81ff")]
    [DataRow(false, "80")]
    public void QbftExtraData_WithAVote_IsReadAndWrittenBack(bool isAdd, string encodedKind)
    {
        QbftExtraData extraData = new()
        {
            Vanity = Bytes32.Zero,
            Validators = [],
            Vote = new QbftVote(AddressOf(Keys(1)[0]), isAdd),
            Round = 0,
            Seals = [],
        };

        byte[] encoded = extraData.Encode();

        Assert.Contains(encodedKind + "80c0", Convert.ToHexStringLower(encoded));
        Assert.IsTrue(QbftExtraData.TryDecode(encoded, out QbftExtraData? decoded, out _));
        Assert.AreEqual(extraData.Vote, decoded.Vote);
    }

    [TestMethod]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("c0", DisplayName = "empty list")]
    [DataRow("f83a9f00000000000000000000000000000000000000000000000000000000000000d594be068f726a13c8d46c44be6ce9d275600e1735a4c080c0", DisplayName = "short vanity")]
    [DataRow("f839a00000000000000000000000000000000000000000000000000000000000000000d594be068f726a13c8d46c44be6ce9d275600e1735a4c080", DisplayName = "four fields")]
    [DataRow("f83ba00000000000000000000000000000000000000000000000000000000000000000d594be068f726a13c8d46c44be6ce9d275600e1735a4c080c0c0", DisplayName = "six fields")]
    [DataRow("f839a00000000000000000000000000000000000000000000000000000000000000000d493be068f726a13c8d46c44be6ce9d275600e1735c080c0", DisplayName = "short validator")]
    [DataRow("f83aa00000000000000000000000000000000000000000000000000000000000000000d594be068f726a13c8d46c44be6ce9d275600e1735a48080c0", DisplayName = "vote no list")]
    [DataRow("f83aa00000000000000000000000000000000000000000000000000000000000000000d594be068f726a13c8d46c44be6ce9d275600e1735a4c000c0", DisplayName = "round zero as a byte")]
    [DataRow("f83ba00000000000000000000000000000000000000000000000000000000000000000d594be068f726a13c8d46c44be6ce9d275600e1735a4c080c101", DisplayName = "short seal")]
    public void QbftExtraData_OtherForm_IsRefused(string hex)
    {
        Assert.IsFalse(QbftExtraData.TryDecode(Convert.FromHexString(hex), out _, out ParseProblem? problem));
        Assert.IsNotNull(problem);
        BlockHeader header = BlockHeaderTests.Header(17) with { ExtraData = Convert.FromHexString(hex) };
        Assert.IsFalse(BlockHash.TryCompute(header, BlockHashRule.Qbft, out _, out _));
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 2)]
    [DataRow(3, 2)]
    [DataRow(4, 3)]
    [DataRow(5, 4)]
    [DataRow(6, 4)]
    [DataRow(7, 5)]
    [DataRow(100, 67)]
    public void QbftQuorum_IsTwoThirdsRoundedUp(int validators, int quorum)
    {
        Assert.AreEqual(quorum, Qbft.Quorum(validators));
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 2)]
    [DataRow(3, 2)]
    [DataRow(4, 3)]
    [DataRow(5, 3)]
    public void CliqueQuorum_IsMoreThanHalf(int signers, int quorum)
    {
        Assert.AreEqual(quorum, Clique.Quorum(signers));
    }

    [TestMethod]
    [DataRow(15, 0)]
    [DataRow(16, 0)]
    [DataRow(16, 3)]
    public void Clique_SealedHeader_GivesItsSigner(int fieldCount, int listedSigners)
    {
        Secp256k1Key key = Keys(1)[0];
        byte[] unsealed = [.. new byte[Clique.VanityLength], .. new byte[listedSigners * Address.Length]];
        BlockHeader header = BlockHeaderTests.Header(fieldCount);

        // EIP-225: the signature covers the header without the seal's 65 bytes.
        Bytes32 sealHash = (header with { ExtraData = unsealed }).KeccakHash();
        BlockHeader sealedHeader = header with { ExtraData = (byte[])[.. unsealed, .. key.Sign(sealHash).ToCompact()] };

        Assert.IsTrue(Clique.TryRecoverSigner(sealedHeader, out Address signer, out ParseProblem? problem), problem?.ToString());
        Assert.AreEqual(AddressOf(key), signer);
        bool isRecovered = Clique.TryRecoverSigner(sealedHeader with { StateRoot = Bytes32.Zero }, out Address other, out _);
        Assert.IsFalse(isRecovered && other == signer);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(96)]
    [DataRow(98)]
    public void Clique_ExtraDataOfAnotherLength_IsRefused(int length)
    {
        BlockHeader header = BlockHeaderTests.Header(15) with { ExtraData = new byte[length] };

        Assert.IsFalse(Clique.TryRecoverSigner(header, out _, out ParseProblem? problem));
        Assert.AreEqual("clique-extra-data", problem.Code);
    }

    [TestMethod]
    public void Clique_EmptySeal_IsRefused()
    {
        BlockHeader header = BlockHeaderTests.Header(15) with { ExtraData = new byte[97] };

        Assert.IsFalse(Clique.TryRecoverSigner(header, out _, out ParseProblem? problem));
        Assert.AreEqual("clique-seal", problem.Code);
    }

    private static BlockHeader SealQbft(Secp256k1Key[] validators, uint round, int[] sealers)
    {
        QbftExtraData unsealed = new()
        {
            Vanity = Bytes32.Zero,
            Validators = [.. validators.Select(AddressOf)],
            Vote = null,
            Round = round,
            Seals = [],
        };

        // What the committers sign, spelled out: the header with the round and an empty list of seals.
        Bytes32 commitHash = (BlockHeaderTests.Header(21) with { ExtraData = unsealed.Encode() }).KeccakHash();
        QbftExtraData withSeals = new()
        {
            Vanity = unsealed.Vanity,
            Validators = unsealed.Validators,
            Vote = null,
            Round = round,
            Seals = [.. sealers.Select(i => (ReadOnlyMemory<byte>)validators[i].Sign(commitHash).ToCompact())],
        };
        return BlockHeaderTests.Header(21) with { ExtraData = withSeals.Encode() };
    }

    private static BlockHeader WithRound(BlockHeader header, uint round)
    {
        Assert.IsTrue(QbftExtraData.TryDecode(header.ExtraData, out QbftExtraData? extraData, out _));
        QbftExtraData changed = new()
        {
            Vanity = extraData.Vanity,
            Validators = extraData.Validators,
            Vote = extraData.Vote,
            Round = round,
            Seals = extraData.Seals,
        };
        return header with { ExtraData = changed.Encode() };
    }

    private static Secp256k1Key[] Keys(byte count) => [.. Enumerable.Range(1, count).Select(Key)];

    private static Secp256k1Key Key(int number)
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(Bytes32.FromUInt64((ulong)number).AsSpan(), out Secp256k1Key? key));
        return key;
    }

    private static Address AddressOf(Secp256k1Key key) => Address.FromPublicKey(key.PublicKey);
}
