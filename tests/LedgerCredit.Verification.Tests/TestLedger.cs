using System.Buffers.Binary;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Testing;

namespace LedgerCredit.Verification.Tests;

/// <summary>A ledger's state and headers without a ledger: accounts with storage, and blocks sealed by test keys.</summary>
internal sealed class TestLedger
{
    private readonly Dictionary<Address, Dictionary<Bytes32, Bytes32>> _contracts = [];

    /// <summary>Four validators with fixed keys, in ascending order of their addresses.</summary>
    public static IReadOnlyList<(Address Address, Secp256k1Key Key)> Validators { get; } = [.. Enumerable.Range(1, 4).Select(i =>
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(Bytes32.FromUInt64((ulong)i).AsSpan(), out Secp256k1Key? key));
        return (Address: Address.FromPublicKey(key.PublicKey), Key: key);
    }).OrderBy(v => v.Address)];

    public static Address Account(byte fill) => Address.FromBytes([.. Enumerable.Repeat(fill, Address.Length)]);

    /// <summary>Sets a storage word of a contract, which comes to be with it.</summary>
    public void Store(Address contract, Bytes32 slot, Bytes32 word)
    {
        if (!_contracts.TryGetValue(contract, out Dictionary<Bytes32, Bytes32>? storage))
        {
            storage = [];
            _contracts.Add(contract, storage);
        }

        if (word != Bytes32.Zero)
        {
            storage[Keccak256.Hash(slot.AsSpan())] = word;
        }
    }

    public Bytes32 StateRoot => State().Root;

    public IReadOnlyList<ReadOnlyMemory<byte>> ProveAccount(Address address) => State().Prove(Keccak256.Hash(address.ToArray()));

    public IReadOnlyList<ReadOnlyMemory<byte>> ProveSlot(Address contract, Bytes32 slot) =>
        Storage(contract).Prove(Keccak256.Hash(slot.AsSpan()));

    /// <summary>An unsealed header of the London form.</summary>
    public static BlockHeader Header(ulong number, Bytes32 parentHash, Bytes32 stateRoot, ReadOnlyMemory<byte> extraData) => new()
    {
        ParentHash = parentHash,
        OmmersHash = Keccak256.Hash(NaiveRlp.List()),
        Beneficiary = Address.Zero,
        StateRoot = stateRoot,
        TransactionsRoot = Sha256.Hash([1]),
        ReceiptsRoot = Sha256.Hash([2]),
        LogsBloom = new byte[BlockHeader.BloomLength],
        Difficulty = 1,
        Number = number,
        GasLimit = 30_000_000,
        GasUsed = 21_000,
        Timestamp = TimeOf(number),
        ExtraData = extraData,
        MixHash = Bytes32.Zero,
        Nonce = new byte[BlockHeader.NonceLength],
        BaseFeePerGasWei = 0,
    };

    public static ulong TimeOf(ulong number) => 1_790_000_000 + (2 * number);

    /// <summary>A QBFT header with seals by some of the validators.</summary>
    public static BlockHeader Qbft(
        ulong number, Bytes32 parentHash, Bytes32 stateRoot, IEnumerable<int> sealers, IEnumerable<Address>? listed = null)
    {
        QbftExtraData extraData = new()
        {
            Vanity = Sha256.Hash([7]),
            Validators = [.. listed ?? Validators.Select(v => v.Address)],
            Vote = null,
            Round = 1,
            Seals = [],
        };
        BlockHeader unsealed = Header(number, parentHash, stateRoot, extraData.Encode());
        Assert.IsTrue(LedgerCredit.Ethereum.Consensus.Qbft.TryComputeCommitHash(unsealed, out Bytes32 hash, out _));
        QbftExtraData sealedData = new()
        {
            Vanity = extraData.Vanity,
            Validators = extraData.Validators,
            Vote = null,
            Round = 1,
            Seals = [.. sealers.Select(i => (ReadOnlyMemory<byte>)Validators[i].Key.Sign(hash).ToCompact())],
        };
        return Header(number, parentHash, stateRoot, sealedData.Encode());
    }

    /// <summary>A Clique header sealed by one of the validators.</summary>
    public static BlockHeader Clique(ulong number, Bytes32 parentHash, Bytes32 stateRoot, int sealer)
    {
        byte[] extraData = new byte[32 + RecoverableSignature.CompactLength];
        Assert.IsTrue(LedgerCredit.Ethereum.Consensus.Clique.TryComputeSealHash(
            Header(number, parentHash, stateRoot, extraData), out Bytes32 hash, out _));
        Validators[sealer].Key.Sign(hash).ToCompact().CopyTo(extraData, 32);
        return Header(number, parentHash, stateRoot, extraData);
    }

    /// <summary>Following Clique headers, sealed by these validators in turn.</summary>
    public static List<BlockHeader> CliqueChain(BlockHeader parent, params IEnumerable<int> sealers)
    {
        List<BlockHeader> chain = [];
        foreach (int sealer in sealers)
        {
            BlockHeader last = chain.Count == 0 ? parent : chain[^1];
            chain.Add(Clique(last.Number + 1, last.KeccakHash(), Sha256.Hash([9]), sealer));
        }

        return chain;
    }

    /// <summary>The storage word of an anchor.</summary>
    public static Bytes32 AnchorWord(ulong treeSize, ulong anchoredAt)
    {
        byte[] word = new byte[Bytes32.Length];
        BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(24), treeSize);
        BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(16), anchoredAt);
        return Bytes32.FromBytes(word);
    }

    /// <summary>The storage word of a repair status.</summary>
    public static Bytes32 StatusWord(byte state, ulong changedAt, byte stateAfterUnshielding)
    {
        byte[] word = new byte[Bytes32.Length];
        word[31] = state;
        BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(23), changedAt);
        word[22] = stateAfterUnshielding;
        return Bytes32.FromBytes(word);
    }

    /// <summary>The slot of a value in a mapping at a slot, as Solidity computes it.</summary>
    public static Bytes32 Slot(Bytes32 key, Bytes32 mapping) => Keccak256.Hash([.. key.ToArray(), .. mapping.ToArray()]);

    private NaiveTrie State()
    {
        Dictionary<Bytes32, byte[]> accounts = [];
        for (byte i = 1; i <= 40; i++)
        {
            accounts[Keccak256.Hash(Account(i).ToArray())] = EncodeAccount(i, new NaiveTrie(new Dictionary<Bytes32, byte[]>()).Root, []);
        }

        foreach (Address contract in _contracts.Keys)
        {
            accounts[Keccak256.Hash(contract.ToArray())] = EncodeAccount(1, Storage(contract).Root, [0x60, 0x80]);
        }

        return new NaiveTrie(accounts);
    }

    private NaiveTrie Storage(Address contract) => new(_contracts[contract].ToDictionary(
        slot => slot.Key, slot => NaiveRlp.Bytes([.. slot.Value.ToArray().SkipWhile(b => b == 0)])));

    private static byte[] EncodeAccount(ulong nonce, Bytes32 storageRoot, byte[] code) => NaiveRlp.List(
        NaiveRlp.Number(nonce),
        NaiveRlp.Number(1000 * nonce),
        NaiveRlp.Bytes(storageRoot.ToArray()),
        NaiveRlp.Bytes(Keccak256.Hash(code).ToArray()));
}
