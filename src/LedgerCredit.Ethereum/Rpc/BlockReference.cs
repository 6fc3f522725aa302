using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Rpc;

/// <summary>Which block's state a question is about. Immutable.</summary>
public sealed class BlockReference
{
    private readonly JsonValue _json;

    private BlockReference(JsonValue json)
    {
        _json = json;
    }

    /// <summary>The newest block.</summary>
    public static BlockReference Latest { get; } = new(new JsonString("latest"));

    /// <summary>The newest block with the transactions that wait: for nonces.</summary>
    public static BlockReference Pending { get; } = new(new JsonString("pending"));

    /// <summary>The block with this number.</summary>
    public static BlockReference AtNumber(ulong number) => new(RpcText.Quantity(number));

    /// <summary>The block with this hash (EIP-1898).</summary>
    public static BlockReference AtHash(Bytes32 hash) =>
        new(new JsonObject(new JsonMember("blockHash", RpcText.Data(hash.AsSpan()))));

    internal JsonValue ToJson() => _json;
}
