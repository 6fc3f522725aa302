using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Rpc;

/// <summary>The <c>eth_*</c> methods that LedgerCredit uses, typed.</summary>
/// <remarks>
/// Each method throws the kinds of <see cref="LedgerException"/> that <see cref="JsonRpcClient.SendAsync"/> names. Answers are checked
/// for form and, where they can be, against the question; their truth is another matter: see <see cref="State.StateProof"/> and
/// <see cref="Consensus"/>. Thread-safe.
/// </remarks>
public sealed class EthereumClient
{
    private const int MaxLogs = 100_000;

    private readonly JsonRpcClient _rpc;
    private readonly BlockHashRule _hashRule;

    /// <summary>Makes a client.</summary>
    /// <param name="rpc">The endpoint.</param>
    /// <param name="hashRule">How this ledger computes block hashes.</param>
    public EthereumClient(JsonRpcClient rpc, BlockHashRule hashRule)
    {
        ArgumentNullException.ThrowIfNull(rpc);
        _rpc = rpc;
        _hashRule = hashRule;
    }

    /// <summary>The endpoint, for messages.</summary>
    public string DisplayEndpoint => _rpc.DisplayEndpoint;

    /// <summary>The chain id.</summary>
    public Task<ulong> FetchChainIdAsync(CancellationToken cancellationToken = default) =>
        AskAsync("eth_chainId", [], RpcText.ReadUInt64, cancellationToken);

    /// <summary>The number of the newest block.</summary>
    public Task<ulong> FetchBlockNumberAsync(CancellationToken cancellationToken = default) =>
        AskAsync("eth_blockNumber", [], RpcText.ReadUInt64, cancellationToken);

    /// <summary>The newest block.</summary>
    public async Task<LedgerBlock> FetchLatestBlockAsync(CancellationToken cancellationToken = default)
    {
        const string Method = "eth_getBlockByNumber";
        return await FindBlockAsync(Method, new JsonString("latest"), cancellationToken)
            ?? throw JsonRpcMessage.Malformed(Method, "Expected the newest block, found null.");
    }

    /// <summary>The block with this number, or null where there is none yet.</summary>
    public async Task<LedgerBlock?> FindBlockAsync(ulong number, CancellationToken cancellationToken = default)
    {
        const string Method = "eth_getBlockByNumber";
        LedgerBlock? block = await FindBlockAsync(Method, RpcText.Quantity(number), cancellationToken);
        return block is null || block.Header.Number == number
            ? block
            : throw JsonRpcMessage.Malformed(Method, $"Expected block {number}, found block {block.Header.Number}.");
    }

    /// <summary>The block with this hash, or null where the endpoint knows none.</summary>
    public async Task<LedgerBlock?> FindBlockAsync(Bytes32 hash, CancellationToken cancellationToken = default)
    {
        const string Method = "eth_getBlockByHash";
        LedgerBlock? block = await FindBlockAsync(Method, RpcText.Data(hash.AsSpan()), cancellationToken);
        return block is null || block.Hash == hash
            ? block
            : throw JsonRpcMessage.Malformed(Method, $"Expected block {hash}, found block {block.Hash}.");
    }

    /// <summary>What became of a transaction, or null while it is in no block.</summary>
    public async Task<TransactionReceipt?> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancellationToken = default)
    {
        const string Method = "eth_getTransactionReceipt";
        TransactionReceipt? receipt = await AskAsync(
            Method,
            [RpcText.Data(transactionHash.AsSpan())],
            json => RpcText.IsNull(json) ? null : TransactionReceipt.Read(json),
            cancellationToken);
        return receipt is null || receipt.TransactionHash == transactionHash
            ? receipt
            : throw JsonRpcMessage.Malformed(Method, $"Expected transaction {transactionHash}, found {receipt.TransactionHash}.");
    }

    /// <summary>A transaction, or null where the endpoint knows none of this hash.</summary>
    public async Task<LedgerTransaction?> FindTransactionAsync(Bytes32 transactionHash, CancellationToken cancellationToken = default)
    {
        const string Method = "eth_getTransactionByHash";
        LedgerTransaction? transaction = await AskAsync(
            Method,
            [RpcText.Data(transactionHash.AsSpan())],
            json => RpcText.IsNull(json) ? null : LedgerTransaction.Read(json),
            cancellationToken);
        return transaction is null || transaction.Hash == transactionHash
            ? transaction
            : throw JsonRpcMessage.Malformed(Method, $"Expected transaction {transactionHash}, found {transaction.Hash}.");
    }

    /// <summary>The number of transactions that an account has sent: its next nonce.</summary>
    public Task<ulong> FetchTransactionCountAsync(
        Address account,
        BlockReference block,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(block);
        return AskAsync("eth_getTransactionCount", [RpcText.AddressData(account), block.ToJson()], RpcText.ReadUInt64, cancellationToken);
    }

    /// <summary>An account's balance in wei.</summary>
    public Task<UInt128> FetchBalanceAsync(Address account, BlockReference block, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(block);
        return AskAsync("eth_getBalance", [RpcText.AddressData(account), block.ToJson()], RpcText.ReadUInt128, cancellationToken);
    }

    /// <summary>The code of a contract; empty for an account without.</summary>
    public Task<byte[]> FetchCodeAsync(Address account, BlockReference block, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(block);
        return AskAsync("eth_getCode", [RpcText.AddressData(account), block.ToJson()], json => json.HexBytes(), cancellationToken);
    }

    /// <summary>Sends a signed transaction; sending the same bytes again is harmless.</summary>
    /// <returns>Its hash, which is checked.</returns>
    /// <remarks>
    /// Clients differ in what they answer for a transaction that they have already: the hash, or an error. Ask for the receipt
    /// before taking such an error for a failure.
    /// </remarks>
    public async Task<Bytes32> SendRawTransactionAsync(ReadOnlyMemory<byte> raw, CancellationToken cancellationToken = default)
    {
        const string Method = "eth_sendRawTransaction";
        Bytes32 expected = Keccak256.Hash(raw.Span);
        Bytes32 answered = await AskAsync(Method, [RpcText.Data(raw.Span)], json => json.Hex32(), cancellationToken);
        return answered == expected
            ? expected
            : throw JsonRpcMessage.Malformed(Method, $"Expected the hash {expected}, found {answered}.");
    }

    /// <summary>Tries a call and gives its result.</summary>
    /// <exception cref="JsonRpcException">The contract reverted, among others; see <see cref="JsonRpcException.RevertData"/>.</exception>
    public Task<byte[]> CallAsync(CallRequest call, BlockReference block, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(block);
        return AskAsync("eth_call", [call.ToJson(), block.ToJson()], json => json.HexBytes(), cancellationToken);
    }

    /// <summary>Tries a call on the newest block and gives the gas it would use.</summary>
    /// <exception cref="JsonRpcException">The contract would revert, among others.</exception>
    public Task<ulong> EstimateGasAsync(CallRequest call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        return AskAsync("eth_estimateGas", [call.ToJson()], RpcText.ReadUInt64, cancellationToken);
    }

    /// <summary>The trie nodes that lead to an account and slots of its storage.</summary>
    public Task<StateProofAnswer> FetchStateProofAsync(
        Address account,
        IReadOnlyList<Bytes32> slots,
        BlockReference block,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(slots);
        ArgumentNullException.ThrowIfNull(block);
        JsonArray keys = new([.. slots.Select(slot => RpcText.Data(slot.AsSpan()))]);
        return AskAsync(
            "eth_getProof",
            [RpcText.AddressData(account), keys, block.ToJson()],
            json => StateProofAnswer.Read(json, slots),
            cancellationToken);
    }

    /// <summary>The events that a filter matches, in the endpoint's order. An endpoint can hide some.</summary>
    public async Task<IReadOnlyList<LogEvent>> FetchLogsAsync(LogFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);

        const string Method = "eth_getLogs";
        List<LogEvent> events = await AskAsync<List<LogEvent>>(
            Method,
            [filter.ToJson()],
            json => [.. json.Items(MaxLogs).Select(LogEvent.Read)],
            cancellationToken);
        return events.TrueForAll(log => Matches(log, filter))
            ? events
            : throw JsonRpcMessage.Malformed(Method, "Expected events that the filter matches, found another.");
    }

    private static bool Matches(LogEvent log, LogFilter filter)
    {
        if (log.Address != filter.Address || log.BlockNumber < filter.FromBlock || log.BlockNumber > filter.ToBlock
            || log.Topics.Count < filter.Topics.Count)
        {
            return false;
        }

        for (int i = 0; i < filter.Topics.Count; i++)
        {
            if (filter.Topics[i] is Bytes32 topic && log.Topics[i] != topic)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<LedgerBlock?> FindBlockAsync(string method, JsonValue reference, CancellationToken cancellationToken)
    {
        // false: the transactions' hashes, which are not looked at, rather than the transactions.
        JsonValue result = await _rpc.SendAsync(method, [reference, new JsonBoolean(false)], cancellationToken);
        if (result is JsonNull)
        {
            return null;
        }

        return LedgerBlock.TryFromRpc(result, _hashRule, out LedgerBlock? block, out ParseProblem? problem)
            ? block
            : throw JsonRpcMessage.Malformed(method, problem.ToString());
    }

    private async Task<T> AskAsync<T>(
        string method,
        IReadOnlyList<JsonValue> parameters,
        Func<JsonCursor, T> read,
        CancellationToken cancellationToken)
    {
        JsonValue result = await _rpc.SendAsync(method, parameters, cancellationToken);
        JsonProblems problems = new();
        T value = read(JsonCursor.Root(result, problems));
        return problems.First is null ? value : throw JsonRpcMessage.Malformed(method, problems.First.ToString());
    }
}
