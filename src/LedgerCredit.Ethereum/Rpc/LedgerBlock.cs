using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Rpc;

/// <summary>A block's header, with the hash that was computed from it.</summary>
/// <param name="Header">The header.</param>
/// <param name="Hash">The hash by which the ledger names the block, computed here by the ledger's rule.</param>
public sealed record LedgerBlock(BlockHeader Header, Bytes32 Hash)
{
    /// <summary>Reads the header from an endpoint's block object and checks that its hash is the one the endpoint says.</summary>
    /// <param name="json">The object, as <c>eth_getBlockByNumber</c> gives it. Members beyond the header are not looked at.</param>
    /// <param name="hashRule">The ledger's rule.</param>
    /// <param name="block">The block, or null.</param>
    /// <param name="problem">Why the object was refused, or null.</param>
    /// <remarks>Which later fields are there tells the fork; a field of an unknown later fork makes the hashes differ.</remarks>
    public static bool TryFromRpc(
        JsonValue json,
        BlockHashRule hashRule,
        [NotNullWhen(true)] out LedgerBlock? block,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(json);

        block = null;
        JsonProblems problems = new();
        JsonCursor root = JsonCursor.Root(json, problems);
        BlockHeader header = ReadHeader(root);
        Bytes32 statedHash = root.Member("hash").Hex32();
        if (problems.First is not null)
        {
            problem = problems.First;
            return false;
        }

        if (!BlockHash.TryCompute(header, hashRule, out Bytes32 hash, out problem))
        {
            return false;
        }

        if (hash != statedHash)
        {
            problem = new ParseProblem(
                "block-hash",
                "$.hash",
                $"Expected {hash}, the hash of the header by the rule '{hashRule}', found {statedHash}.");
            return false;
        }

        block = new LedgerBlock(header, hash);
        return true;
    }

    private static BlockHeader ReadHeader(JsonCursor root) => new()
    {
        ParentHash = root.Member("parentHash").Hex32(),
        OmmersHash = root.Member("sha3Uncles").Hex32(),
        Beneficiary = RpcText.ReadAddress(root.Member("miner")),
        StateRoot = root.Member("stateRoot").Hex32(),
        TransactionsRoot = root.Member("transactionsRoot").Hex32(),
        ReceiptsRoot = root.Member("receiptsRoot").Hex32(),
        LogsBloom = root.Member("logsBloom").HexBytes(),
        Difficulty = RpcText.ReadUInt128(root.Member("difficulty")),
        Number = RpcText.ReadUInt64(root.Member("number")),
        GasLimit = RpcText.ReadUInt64(root.Member("gasLimit")),
        GasUsed = RpcText.ReadUInt64(root.Member("gasUsed")),
        Timestamp = RpcText.ReadUInt64(root.Member("timestamp")),
        ExtraData = root.Member("extraData").HexBytes(),
        MixHash = root.Member("mixHash").Hex32(),
        Nonce = root.Member("nonce").HexBytes(),
        BaseFeePerGasWei = RpcText.TryPresent(root, "baseFeePerGas", out JsonCursor fee) ? RpcText.ReadUInt128(fee) : null,
        WithdrawalsRoot = RpcText.TryPresent(root, "withdrawalsRoot", out JsonCursor withdrawals) ? withdrawals.Hex32() : null,
        BlobGasUsed = RpcText.TryPresent(root, "blobGasUsed", out JsonCursor blobGas) ? RpcText.ReadUInt64(blobGas) : null,
        ExcessBlobGas = RpcText.TryPresent(root, "excessBlobGas", out JsonCursor excess) ? RpcText.ReadUInt64(excess) : null,
        ParentBeaconBlockRoot = RpcText.TryPresent(root, "parentBeaconBlockRoot", out JsonCursor beacon) ? beacon.Hex32() : null,
        RequestsHash = RpcText.TryPresent(root, "requestsHash", out JsonCursor requests) ? requests.Hex32() : null,
        BlockAccessListHash = RpcText.TryPresent(root, "blockAccessListHash", out JsonCursor access) ? access.Hex32() : null,
        SlotNumber = RpcText.TryPresent(root, "slotNumber", out JsonCursor slot) ? RpcText.ReadUInt64(slot) : null,
    };
}
