using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Rpc;

/// <summary>What became of a transaction, as an endpoint tells it.</summary>
/// <param name="TransactionHash">The transaction's hash.</param>
/// <param name="BlockHash">The hash of the block that holds it.</param>
/// <param name="BlockNumber">The number of the block that holds it.</param>
/// <param name="From">The sender.</param>
/// <param name="To">The recipient; null where a contract was created.</param>
/// <param name="ContractAddress">The contract created, or null.</param>
/// <param name="IsSuccess">Whether it took effect; a reverted transaction is in its block, too.</param>
/// <param name="GasUsed">The gas it used.</param>
/// <param name="Logs">The events it caused.</param>
public sealed record TransactionReceipt(
    Bytes32 TransactionHash,
    Bytes32 BlockHash,
    ulong BlockNumber,
    Address From,
    Address? To,
    Address? ContractAddress,
    bool IsSuccess,
    ulong GasUsed,
    IReadOnlyList<LogEvent> Logs)
{
    private const int MaxLogs = 10_000;

    internal static TransactionReceipt Read(JsonCursor json)
    {
        JsonCursor status = json.Member("status");
        ulong statusNumber = RpcText.ReadUInt64(status);
        if (statusNumber > 1)
        {
            status.Refuse("bad-status", "Expected 0x0 or 0x1, found another number.");
        }

        return new TransactionReceipt(
            json.Member("transactionHash").Hex32(),
            json.Member("blockHash").Hex32(),
            RpcText.ReadUInt64(json.Member("blockNumber")),
            RpcText.ReadAddress(json.Member("from")),
            RpcText.TryPresent(json, "to", out JsonCursor to) ? RpcText.ReadAddress(to) : null,
            RpcText.TryPresent(json, "contractAddress", out JsonCursor contract) ? RpcText.ReadAddress(contract) : null,
            statusNumber == 1,
            RpcText.ReadUInt64(json.Member("gasUsed")),
            [.. json.Member("logs").Items(MaxLogs).Select(LogEvent.Read)]);
    }
}

/// <summary>A transaction that an endpoint knows, in a block or still waiting.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="From">The sender.</param>
/// <param name="To">The recipient; null where it creates a contract.</param>
/// <param name="Nonce">The sender's nonce.</param>
/// <param name="Data">The call data.</param>
/// <param name="BlockNumber">The number of the block that holds it; null while it waits.</param>
/// <param name="BlockHash">The hash of the block that holds it; null while it waits.</param>
public sealed record LedgerTransaction(
    Bytes32 Hash,
    Address From,
    Address? To,
    ulong Nonce,
    ReadOnlyMemory<byte> Data,
    ulong? BlockNumber,
    Bytes32? BlockHash)
{
    internal static LedgerTransaction Read(JsonCursor json) => new(
        json.Member("hash").Hex32(),
        RpcText.ReadAddress(json.Member("from")),
        RpcText.TryPresent(json, "to", out JsonCursor to) ? RpcText.ReadAddress(to) : null,
        RpcText.ReadUInt64(json.Member("nonce")),
        json.Member("input").HexBytes(),
        RpcText.TryPresent(json, "blockNumber", out JsonCursor number) ? RpcText.ReadUInt64(number) : null,
        RpcText.TryPresent(json, "blockHash", out JsonCursor hash) ? hash.Hex32() : null);
}
