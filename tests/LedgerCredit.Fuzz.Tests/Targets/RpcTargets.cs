using System.Net;
using System.Text;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.State;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Verification.Tests;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>Answers of an endpoint, read by the client that asked.</summary>
internal static class RpcTargets
{
    private static readonly Address Account = TestLedger.Account(3);
    private static readonly Bytes32 Hash = Keccak256.Hash("transaction");
    private static readonly Bytes32 Topic = Keccak256.Hash("Topic()");

    private static readonly string Log =
        $$"""{"address":"{{Account.ToLowerHex()}}","topics":["{{Topic}}","{{Hash}}"],"data":"0x0102","blockNumber":"0x9","blockHash":"{{Hash}}","transactionHash":"{{Hash}}","logIndex":"0x0","removed":false}""";

    private static readonly string Receipt =
        $$"""{"transactionHash":"{{Hash}}","blockHash":"{{Hash}}","blockNumber":"0x9","from":"{{Account.ToLowerHex()}}","to":null,"contractAddress":"{{Account.ToLowerHex()}}","status":"0x1","gasUsed":"0x5208","logs":[{{Log}}]}""";

    private static readonly string Transaction =
        $$"""{"hash":"{{Hash}}","from":"{{Account.ToLowerHex()}}","to":"{{Account.ToLowerHex()}}","nonce":"0x0","input":"0x","blockNumber":"0x9","blockHash":"{{Hash}}"}""";

    public static IEnumerable<FuzzTarget> Make()
    {
        Bytes32[] slots = [Bytes32.FromUInt64(1), Bytes32.FromUInt64(2)];
        string proof = $$"""{"accountProof":["0xc0","0x80"],"storageProof":[{"key":"0x1","value":"0x0","proof":["0x80"]},{"key":"{{slots[1]}}","value":"0x0","proof":[]}]}""";
        LogFilter filter = new(Account, [Topic, null], 5, 10);

        yield return Target("rpc-quantity", (client, token) => client.FetchChainIdAsync(token), Answers("\"0x7bd4\"", "\"0x0\""));
        yield return Target("rpc-data", (client, token) => client.FetchCodeAsync(Account, BlockReference.Latest, token), Answers("\"0x6080\""));
        yield return Target("rpc-block", (client, token) => client.FindBlockAsync(9, token), [.. HeaderTargets.Forks.Select(fork => Answer(Block(fork))), Answer("null")], CheckBlock);
        yield return Target("rpc-receipt", (client, token) => client.FindReceiptAsync(Hash, token), Answers(Receipt, "null"), receipt => receipt is null || receipt.TransactionHash == Hash);
        yield return Target("rpc-transaction", (client, token) => client.FindTransactionAsync(Hash, token), Answers(Transaction, "null"), found => found is null || found.Hash == Hash);
        yield return Target("rpc-logs", (client, token) => client.FetchLogsAsync(filter, token), Answers($"[{Log},{Log}]", "[]"), CheckLogs);
        yield return Target("rpc-proof", (client, token) => client.FetchStateProofAsync(Account, slots, BlockReference.Latest, token), Answers(proof), CheckProof);

        byte[] refused = Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted \u001b[2J","data":{"data":"0x08c379a0"}}}""");
        yield return ErrorTarget(refused);

        bool CheckBlock(LedgerBlock? block) => block is null || (block.Header.Number == 9 && block.Header.KeccakHash() == block.Hash);
        bool CheckLogs(IReadOnlyList<LogEvent> logs) => logs.All(log => log.Address == Account && log.Topics[0] == Topic && log.BlockNumber is >= 5 and <= 10);
        bool CheckProof(StateProofAnswer answer) => answer.Storage.Count == slots.Length && answer.Storage.All(storage => storage.Nodes.Count <= StateProof.MaxNodes);
    }

    private static FuzzTarget Target<T>(string name, Func<EthereumClient, CancellationToken, Task<T>> ask, IReadOnlyList<byte[]> seeds, Func<T, bool>? holds = null) =>
        new(name, InputForm.Json, seeds, input => Ask(input, ask, holds)) { Cost = 2, BytesPerByte = 512, ConstantBytes = 1024 * 1024 };

    // An answer that is an error is the exception that was asked for: read means refused here.
    private static FuzzTarget ErrorTarget(byte[] refused) => new("rpc-error", InputForm.Json, [refused], input =>
    {
        FuzzResult result = Ask<ulong>(input, (client, token) => client.FetchChainIdAsync(token), null);
        return result.Problem is { Code: "rpc-error" } problem
            ? FuzzResult.Accepted(() => problem.Message.Length < 1000 && !problem.Message.Any(char.IsControl) ? null : "The endpoint's text is shown as it came.")
            : result;
    })
    { Cost = 2, BytesPerByte = 512, ConstantBytes = 1024 * 1024 };

    private static FuzzResult Ask<T>(byte[] body, Func<EthereumClient, CancellationToken, Task<T>> ask, Func<T, bool>? holds)
    {
        using HttpClient http = new(new OneAnswer(body)) { Timeout = Timeout.InfiniteTimeSpan };
        JsonRpcClient rpc = new(http, new Uri("http://127.0.0.1:1/"), new JsonRpcOptions { MaxAttempts = 1 }, TimeProvider.System);
        Task<T> asked = ask(new EthereumClient(rpc, BlockHashRule.Keccak), CancellationToken.None);

        // The answer is there at once, so that nothing is waited for and all is allocated on this thread.
        if (!asked.IsCompleted)
        {
            return FuzzResult.Accepted(() => "The client waits although the answer is there.");
        }

        try
        {
            T value = asked.GetAwaiter().GetResult();
            return FuzzResult.Accepted(() => holds is null || holds(value) ? null : "The answer is not to the question.");
        }
        catch (JsonRpcException exception)
        {
            return FuzzResult.Refused(new ParseProblem("rpc-error", "", exception.Message));
        }
        catch (LedgerAnswerException exception)
        {
            return FuzzResult.Refused(new ParseProblem("rpc-answer", "", exception.Message));
        }
    }

    private static byte[][] Answers(params string[] results) => [.. results.Select(Answer)];

    private static byte[] Answer(string result) => Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"result":{{result}}}""");

    private static string Block(BlockHeader header)
    {
        List<JsonMember> members =
        [
            Data("parentHash", header.ParentHash.AsSpan()), Data("sha3Uncles", header.OmmersHash.AsSpan()), Data("miner", header.Beneficiary.ToArray()),
            Data("stateRoot", header.StateRoot.AsSpan()), Data("transactionsRoot", header.TransactionsRoot.AsSpan()), Data("receiptsRoot", header.ReceiptsRoot.AsSpan()),
            Data("logsBloom", header.LogsBloom.Span), Quantity("difficulty", header.Difficulty), Quantity("number", header.Number), Quantity("gasLimit", header.GasLimit),
            Quantity("gasUsed", header.GasUsed), Quantity("timestamp", header.Timestamp), Data("extraData", header.ExtraData.Span), Data("mixHash", header.MixHash.AsSpan()),
            Data("nonce", header.Nonce.Span), Data("hash", header.KeccakHash().AsSpan()), new("transactions", new JsonArray()),
        ];
        AddPresent(members, "baseFeePerGas", header.BaseFeePerGasWei);
        AddPresent(members, "withdrawalsRoot", header.WithdrawalsRoot);
        AddPresent(members, "blobGasUsed", header.BlobGasUsed);
        AddPresent(members, "excessBlobGas", header.ExcessBlobGas);
        AddPresent(members, "parentBeaconBlockRoot", header.ParentBeaconBlockRoot);
        AddPresent(members, "requestsHash", header.RequestsHash);
        AddPresent(members, "blockAccessListHash", header.BlockAccessListHash);
        AddPresent(members, "slotNumber", header.SlotNumber);
        return Encoding.UTF8.GetString(JsonText.WriteLine(new JsonObject(members)));
    }

    private static void AddPresent(List<JsonMember> members, string name, Bytes32? value)
    {
        if (value is Bytes32 hash)
        {
            members.Add(Data(name, hash.AsSpan()));
        }
    }

    private static void AddPresent(List<JsonMember> members, string name, UInt128? value)
    {
        if (value is UInt128 number)
        {
            members.Add(Quantity(name, number));
        }
    }

    private static JsonMember Data(string name, ReadOnlySpan<byte> bytes) => new(name, new JsonString(Hex.Encode(bytes)));

    private static JsonMember Quantity(string name, UInt128 number) =>
        new(name, new JsonString("0x" + number.ToString("x", System.Globalization.CultureInfo.InvariantCulture)));

    private sealed class OneAnswer(byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body), RequestMessage = request });
    }
}
