using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Rpc;

/// <summary>An event that a contract emitted, as an endpoint tells it.</summary>
/// <param name="Address">The contract.</param>
/// <param name="Topics">The event's topic and its indexed values, at most four.</param>
/// <param name="Data">The values that are not indexed.</param>
/// <param name="BlockNumber">The block's number.</param>
/// <param name="BlockHash">The block's hash.</param>
/// <param name="TransactionHash">The transaction's hash.</param>
/// <param name="LogIndex">The position among all events of the block.</param>
public sealed record LogEvent(
    Address Address,
    IReadOnlyList<Bytes32> Topics,
    ReadOnlyMemory<byte> Data,
    ulong BlockNumber,
    Bytes32 BlockHash,
    Bytes32 TransactionHash,
    ulong LogIndex)
{
    private const int MaxTopics = 4;

    internal static LogEvent Read(JsonCursor json) => new(
        RpcText.ReadAddress(json.Member("address")),
        [.. json.Member("topics").Items(MaxTopics).Select(topic => topic.Hex32())],
        json.Member("data").HexBytes(),
        RpcText.ReadUInt64(json.Member("blockNumber")),
        json.Member("blockHash").Hex32(),
        json.Member("transactionHash").Hex32(),
        RpcText.ReadUInt64(json.Member("logIndex")));
}

/// <summary>Which events to ask for.</summary>
/// <param name="Address">The contract.</param>
/// <param name="Topics">By position, what the topic must be; null for any.</param>
/// <param name="FromBlock">The first block.</param>
/// <param name="ToBlock">The last block.</param>
public sealed record LogFilter(Address Address, IReadOnlyList<Bytes32?> Topics, ulong FromBlock, ulong ToBlock)
{
    internal JsonObject ToJson() => new(
        new JsonMember("address", RpcText.AddressData(Address)),
        new JsonMember("fromBlock", RpcText.Quantity(FromBlock)),
        new JsonMember("toBlock", RpcText.Quantity(ToBlock)),
        new JsonMember(
            "topics",
            new JsonArray([.. Topics.Select(topic => topic is Bytes32 t ? (JsonValue)RpcText.Data(t.AsSpan()) : new JsonNull())])));
}
