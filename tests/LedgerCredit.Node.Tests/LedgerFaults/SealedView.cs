using System.Text.Json.Nodes;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>Shows the blocks of a real ledger as those of one whose validators seal them: with their state, and with seals.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SealedView
{
    private readonly EthereumClient _ledger;
    private readonly BlockHashRule _rule;
    private readonly Func<BlockHeader, BlockHeader> _seal;
    private readonly Lock _lock = new();
    private readonly List<(BlockHeader Header, Bytes32 Hash)> _blocks = [];

    private SealedView(EthereumClient ledger, BlockHashRule rule, Func<BlockHeader, BlockHeader> seal)
    {
        _ledger = ledger;
        _rule = rule;
        _seal = seal;
    }

    /// <summary>Four validators with fixed keys.</summary>
    internal static IReadOnlyList<(Address Address, Secp256k1Key Key)> Validators { get; } = [.. Enumerable.Range(1, 4).Select(i =>
    {
        Assert.IsTrue(Secp256k1Key.TryCreate(Bytes32.FromUInt64((ulong)i).AsSpan(), out Secp256k1Key? key));
        return (Address: Address.FromPublicKey(key.PublicKey), Key: key);
    }).OrderBy(v => v.Address)];

    /// <summary>From now on, each block is one that these validators sealed; on Clique they take turns.</summary>
    internal static void Show(FaultScene scene, ConsensusType type, IReadOnlyList<int> sealers)
    {
        SealedView view = type == ConsensusType.Qbft
            ? new SealedView(scene.Ledger.Client, BlockHashRule.Qbft, header => SealQbft(header, sealers))
            : new SealedView(scene.Ledger.Client, BlockHashRule.Keccak, header => SealClique(header, sealers[(int)(header.Number % (ulong)sealers.Count)]));
        scene.Proxy.On("eth_getBlockByNumber", async exchange =>
        {
            JsonNode answer = await exchange.ForwardAsync();
            if (answer["result"] is JsonObject block)
            {
                await view.AlterAsync(block);
            }

            await exchange.AnswerAsync(answer);
        });
    }

    private async Task AlterAsync(JsonObject block)
    {
        int number = (int)StaleView.Number((string)block["number"]!);
        int known = Count();
        List<BlockHeader> headers = [];
        for (int next = known; next <= number; next++)
        {
            headers.Add((await _ledger.FindBlockAsync((ulong)next))!.Header);
        }

        (BlockHeader shown, Bytes32 shownHash) = SealUpTo(number, known, headers);
        block["parentHash"] = shown.ParentHash.ToString();
        block["extraData"] = Hex.Encode(shown.ExtraData.Span);
        block["hash"] = shownHash.ToString();
    }

    private int Count()
    {
        lock (_lock)
        {
            return _blocks.Count;
        }
    }

    // Another answer may have sealed some of these headers meanwhile.
    private (BlockHeader Header, Bytes32 Hash) SealUpTo(int number, int first, List<BlockHeader> headers)
    {
        lock (_lock)
        {
            while (_blocks.Count <= number)
            {
                BlockHeader header = headers[_blocks.Count - first];
                BlockHeader made = _seal(_blocks.Count == 0 ? header : header with { ParentHash = _blocks[^1].Hash });
                Assert.IsTrue(BlockHash.TryCompute(made, _rule, out Bytes32 hash, out ParseProblem? problem), problem?.ToString());
                _blocks.Add((made, hash));
            }

            return _blocks[number];
        }
    }

    private static BlockHeader SealQbft(BlockHeader header, IReadOnlyList<int> sealers)
    {
        QbftExtraData unsealed = Extra([]);
        Assert.IsTrue(Qbft.TryComputeCommitHash(header with { ExtraData = unsealed.Encode() }, out Bytes32 hash, out _));
        return header with { ExtraData = Extra([.. sealers.Select(i => (ReadOnlyMemory<byte>)Validators[i].Key.Sign(hash).ToCompact())]).Encode() };

        static QbftExtraData Extra(IReadOnlyList<ReadOnlyMemory<byte>> seals) => new()
        {
            Vanity = default,
            Validators = [.. Validators.Select(v => v.Address)],
            Vote = null,
            Round = 0,
            Seals = seals,
        };
    }

    private static BlockHeader SealClique(BlockHeader header, int sealer)
    {
        byte[] extraData = new byte[Clique.VanityLength + RecoverableSignature.CompactLength];
        Assert.IsTrue(Clique.TryComputeSealHash(header with { ExtraData = extraData }, out Bytes32 hash, out _));
        Validators[sealer].Key.Sign(hash).ToCompact().CopyTo(extraData, Clique.VanityLength);
        return header with { ExtraData = extraData };
    }
}
