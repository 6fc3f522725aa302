using System.Numerics;
using LedgerCredit.Ethereum.State;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Testing;
using LedgerCredit.Verification.Tests;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>RLP, ABI values, transactions, state proofs.</summary>
internal static class LedgerTargets
{
    private static readonly Bytes32 Word = Keccak256.Hash("word");
    private static readonly Bytes32 Slot = Bytes32.FromUInt64(7);
    private static readonly Bytes32 AbsentSlot = Bytes32.FromUInt64(7_000_000);

    public static IEnumerable<FuzzTarget> Make()
    {
        byte[][] transactions = [.. Transactions()];
        byte[][] rlp = [NaiveRlp.List(), NaiveRlp.Bytes([]), [0x7F], NaiveRlp.List(NaiveRlp.Bytes(new byte[60]), NaiveRlp.List(NaiveRlp.Number(1024))), .. transactions.Select(t => t[0] < 0x80 ? t[1..] : t)];
        yield return new FuzzTarget("rlp", InputForm.Rlp, rlp, ParseRlp);
        yield return new FuzzTarget("abi", InputForm.Words, [AbiValues(3), AbiValues(0)], ParseAbi) { BytesPerByte = 1024 };
        yield return new FuzzTarget("transaction", InputForm.Rlp, transactions, ParseTransaction) { Cost = 20, BytesPerByte = 512, ConstantBytes = 8 * 1024 * 1024 };
        yield return new FuzzTarget("ledger-proof", InputForm.Rlp, [LedgerProofSeed()], ParseLedgerProof);

        foreach ((string name, Bytes32 slot) in ((string, Bytes32)[])[("present", Slot), ("absent", AbsentSlot)])
        {
            IReadOnlyList<ReadOnlyMemory<byte>> nodes = Trie().Prove(Keccak256.Hash(slot.AsSpan()));
            byte[] proof = NaiveRlp.List([.. nodes.Select(node => NaiveRlp.Bytes(node.ToArray()))]);
            yield return new FuzzTarget($"state-proof-{name}", InputForm.Rlp, [proof], input => ParseProof(input, slot)) { Mend = Relink };
        }
    }

    private static FuzzResult ParseRlp(byte[] input) => Rlp.TryDecode(input, out RlpItem? item, out ParseProblem? problem)
        ? FuzzResult.WritesBack(input, () => Rlp.Encode(item))
        : FuzzResult.Refused(problem);

    private static byte[] AbiValues(int count)
    {
        AbiWriter items = new();
        AbiWriter inner = new AbiWriter().WriteUInt64(5).WriteBytes(new byte[count]);
        for (int i = 0; i < count; i++)
        {
            items.WriteUInt64((ulong)i).WriteBytes32(Word);
        }

        return new AbiWriter()
            .WriteUInt64(200).WriteBool(true).WriteAddress(Address.FromBytes(new byte[20])).WriteBytes32(Word).WriteString("文text").WriteInt(-5, 128)
            .WriteUInt(BigInteger.One << 200, 256).WriteFixedBytes([1, 2, 3]).WriteBytes32Array([.. Enumerable.Repeat(Word, count)])
            .WriteAddressArray([.. Enumerable.Repeat(Address.Zero, count)]).WriteArray(count, items).WriteDynamicTuple(inner).ToArray();
    }

    private static FuzzResult ParseAbi(byte[] input)
    {
        AbiReader reader = new(input);
        byte number = reader.ReadUInt8();
        bool flag = reader.ReadBool();
        Address address = reader.ReadAddress();
        Bytes32 word = reader.ReadBytes32();
        string text = reader.ReadString(4096);
        BigInteger signed = reader.ReadInt(128);
        BigInteger wide = reader.ReadUInt(256);
        byte[] fixedBytes = reader.ReadFixedBytes(3);
        IReadOnlyList<Bytes32> words = reader.ReadBytes32Array(1000);
        IReadOnlyList<Address> addresses = reader.ReadAddressArray(1000);
        AbiReader array = reader.ReadArray(1000, out int count);
        AbiWriter items = new();
        for (int i = 0; i < count; i++)
        {
            items.WriteUInt64(array.ReadUInt32()).WriteBytes32(array.ReadBytes32());
        }

        array.EndMembers();
        AbiReader tuple = reader.ReadDynamicTuple();
        AbiWriter members = new AbiWriter().WriteUInt64(tuple.ReadUInt64()).WriteBytes(tuple.ReadBytes(4096));
        tuple.EndMembers();
        return reader.TryEnd(out ParseProblem? problem)
            ? FuzzResult.WritesBack(input, () => new AbiWriter()
                .WriteUInt64(number).WriteBool(flag).WriteAddress(address).WriteBytes32(word).WriteString(text).WriteInt(signed, 128).WriteUInt(wide, 256)
                .WriteFixedBytes(fixedBytes).WriteBytes32Array(words).WriteAddressArray(addresses).WriteArray(count, items).WriteDynamicTuple(members).ToArray())
            : FuzzResult.Refused(problem);
    }

    private static IEnumerable<byte[]> Transactions()
    {
        Secp256k1Key key = TestLedger.Validators[0].Key;
        Address to = TestLedger.Account(5);
        AccessListEntry entry = new(to, [Word, Bytes32.Zero]);
        foreach (ulong? chainId in (ulong?[])[null, 31700])
        {
            yield return new LegacyTransaction { ChainId = chainId, Nonce = 0, GasPriceWei = 1, GasLimit = 21_000, To = to, ValueWei = 5, Data = default }.Sign(key).Raw.ToArray();
        }

        yield return new AccessListTransaction { ChainId = 1, Nonce = 9, GasPriceWei = 0, GasLimit = 90_000, To = null, ValueWei = 0, Data = new byte[60], AccessList = [entry] }.Sign(key).Raw.ToArray();
        yield return new Eip1559Transaction
        {
            ChainId = 31700,
            Nonce = 300,
            MaxPriorityFeePerGasWei = 0,
            MaxFeePerGasWei = 7,
            GasLimit = 90_000,
            To = to,
            ValueWei = 0,
            Data = new byte[] { 1, 2, 3 },
            AccessList = [entry, entry],
        }.Sign(key).Raw.ToArray();
    }

    private static FuzzResult ParseTransaction(byte[] input) => TransactionDecoder.TryDecode(input, out SignedTransaction? transaction, out ParseProblem? problem)
        ? FuzzResult.WritesBack(input, () => transaction.Transaction.EncodeSigned(transaction.Signature))
        : FuzzResult.Refused(problem);

    private static byte[] LedgerProofSeed()
    {
        LedgerCredit.Verification.EvidenceAnchor anchor = new EvidenceBuilder { Consensus = LedgerCredit.Verification.ConsensusType.Clique }.Build().File.Anchor;
        return new LedgerProof(anchor.Block.Hash, anchor.Block.Header, anchor.AccountProof, anchor.StorageProof, anchor.Block.Descendants).Encode();
    }

    private static FuzzResult ParseLedgerProof(byte[] input) => LedgerProof.TryDecode(input, out LedgerProof? proof)
        ? FuzzResult.WritesBack(input, proof.Encode)
        : FuzzResult.RefusedWithoutReason;

    private static NaiveTrie Trie() => new(Enumerable.Range(0, 200).ToDictionary(
        i => Keccak256.Hash(Bytes32.FromUInt64((ulong)i).AsSpan()), i => NaiveRlp.Number((ulong)i + 1)));

    private static List<ReadOnlyMemory<byte>> Nodes(byte[] input) => Rlp.TryDecode(input, out RlpItem? item, out _) && item is RlpList list
        ? [.. list.Items.Select(node => (ReadOnlyMemory<byte>)(node is RlpBytes bytes ? bytes.Value.ToArray() : Rlp.Encode(node)))]
        : [input];

    // The root is that of the first node: what is asked is whether the nodes below it are followed as they should be.
    private static FuzzResult ParseProof(byte[] input, Bytes32 slot)
    {
        List<ReadOnlyMemory<byte>> nodes = Nodes(input);
        Bytes32 root = nodes.Count == 0 ? AccountState.EmptyTrieRoot : Keccak256.Hash(nodes[0].Span);
        StorageProofResult result = StateProof.VerifyStorage(root, slot, nodes);
        AccountProofResult account = StateProof.VerifyAccount(root, Address.Zero, nodes);
        if (!result.IsValid)
        {
            return Enum.IsDefined(result.Failure) && Enum.IsDefined(account.Failure) ? FuzzResult.RefusedWithoutReason : FuzzResult.Accepted(() => "There is no such failure.");
        }

        return FuzzResult.Accepted(() =>
        {
            // Exactly these nodes: one more is one too many, one less is missing.
            bool isLongerValid = StateProof.VerifyStorage(root, slot, [.. nodes, new byte[] { 0x80 }]).IsValid;
            bool isShorterValid = nodes.Count > 0 && StateProof.VerifyStorage(root, slot, nodes.GetRange(0, nodes.Count - 1)).IsValid;
            bool isShown = result.Value == Bytes32.Zero || nodes[^1].Span.IndexOf(result.Value.AsSpan().TrimStart((byte)0)) >= 0;
            return isLongerValid ? "A proof with a node too many is valid." : isShorterValid ? "A proof without its last node is valid." : isShown ? null : "The value is not in the last node.";
        });
    }

    // From the last node up: where a node names the hash of the valid one below it, it is made to name the changed one's.
    private static byte[] Relink(byte[] input)
    {
        List<ReadOnlyMemory<byte>> nodes = Nodes(input);
        for (int i = nodes.Count - 2; i >= 0; i--)
        {
            byte[] parent = nodes[i].ToArray();
            byte[] below = Keccak256.Hash(nodes[i + 1].Span).ToArray();
            for (int seed = 0; seed < ValidHashes.Value.Count; seed++)
            {
                int at = parent.AsSpan().IndexOf(ValidHashes.Value[seed]);
                if (at >= 0)
                {
                    below.CopyTo(parent, at);
                    nodes[i] = parent;
                    break;
                }
            }
        }

        return NaiveRlp.List([.. nodes.Select(node => NaiveRlp.Bytes(node.ToArray()))]);
    }

    private static readonly Lazy<IReadOnlyList<byte[]>> ValidHashes = new(() =>
    [
        .. new[] { Slot, AbsentSlot }.SelectMany(slot => Trie().Prove(Keccak256.Hash(slot.AsSpan()))).Select(node => Keccak256.Hash(node.Span).ToArray()),
    ]);
}
