using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Tests;

[TestClass]
public sealed partial class JsonRpcClientTests
{
    private static readonly JsonRpcOptions Quick = new() { FirstRetryDelay = TimeSpan.FromMilliseconds(1), MaxResponseBytes = 10_000 };

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task SendAsync_GoodAnswer_GivesItsResult()
    {
        Endpoint endpoint = new((_, id) => Json($$"""{"jsonrpc":"2.0","id":{{id}},"result":"0x1"}"""));

        JsonValue result = await endpoint.Client(Quick).SendAsync("eth_chainId", [new JsonString("a\"b")], TestContext.CancellationToken);

        Assert.AreEqual("0x1", ((JsonString)result).Value);
        Assert.AreEqual("""{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":["a\"b"]}""", endpoint.Requests.Single());
    }

    [TestMethod]
    [DataRow("""{"jsonrpc":"2.0","id":2,"result":1}""", DisplayName = "another id")]
    [DataRow("""{"jsonrpc":"2.0","id":"1","result":1}""", DisplayName = "id as text")]
    [DataRow("""{"jsonrpc":"2.0","result":1}""", DisplayName = "no id")]
    [DataRow("""{"jsonrpc":"1.0","id":1,"result":1}""", DisplayName = "another version")]
    [DataRow("""{"id":1,"result":1}""", DisplayName = "no version")]
    [DataRow("""{"jsonrpc":"2.0","id":1}""", DisplayName = "neither result nor error")]
    [DataRow("""{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":""}}""", DisplayName = "both")]
    [DataRow("""{"jsonrpc":"2.0","id":1,"result":1,"result":2}""", DisplayName = "twice the result")]
    [DataRow("""{"jsonrpc":"2.0","id":1,"result":1} x""", DisplayName = "more text")]
    [DataRow("""{"jsonrpc":"2.0","id":1,"error":"no"}""", DisplayName = "error as text")]
    [DataRow("""{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":""}}""", DisplayName = "fractional code")]
    [DataRow("""{"jsonrpc":"2.0","id":1,"error":{"code":1}}""", DisplayName = "error without message")]
    [DataRow("""[{"jsonrpc":"2.0","id":1,"result":1}]""", DisplayName = "batch")]
    [DataRow("<html>", DisplayName = "not JSON")]
    [DataRow("", DisplayName = "nothing")]
    public async Task SendAsync_AnswerOfAnotherForm_IsRefusedAtOnce(string body)
    {
        Endpoint endpoint = new((_, _) => Json(body));

        await Assert.ThrowsExactlyAsync<LedgerAnswerException>(
            () => endpoint.Client(Quick).SendAsync("eth_x", [], TestContext.CancellationToken));

        Assert.HasCount(1, endpoint.Requests);
    }

    [TestMethod]
    [DataRow("""{"code":3,"message":"execution reverted","data":"0x01ff"}""", 3, "01ff", DisplayName = "data as text")]
    [DataRow("""{"code":-32000,"message":"Execution reverted","data":"0x"}""", -32000, "", DisplayName = "empty data")]
    [DataRow("""{"code":-32603,"message":"reverted","data":{"message":"x","data":"0x0203"}}""", -32603, "0203", DisplayName = "data inside data")]
    [DataRow("""{"code":-32000,"message":"nonce too low"}""", -32000, null, DisplayName = "no data")]
    [DataRow("""{"code":-32000,"message":"x","data":"Reverted 0x"}""", -32000, null, DisplayName = "data that is a sentence")]
    public async Task SendAsync_RpcError_IsNotRetriedAndGivesItsData(string error, int code, string? data)
    {
        Endpoint endpoint = new((_, id) => Json($$"""{"jsonrpc":"2.0","id":{{id}},"error":{{error}}}"""));

        JsonRpcException exception = await Assert.ThrowsExactlyAsync<JsonRpcException>(
            () => endpoint.Client(Quick).SendAsync("eth_call", [], TestContext.CancellationToken));

        Assert.AreEqual(code, exception.Code);
        Assert.AreEqual(data, exception.RevertData is null ? null : Convert.ToHexStringLower(exception.RevertData));
        Assert.HasCount(1, endpoint.Requests);
    }

    [TestMethod]
    public async Task SendAsync_ErrorMessageWithControlCharacters_IsShownWithoutThem()
    {
        Endpoint endpoint = new((_, id) => Json($$$"""{"jsonrpc":"2.0","id":{{{id}}},"error":{"code":1,"message":"a\u001b[2Jb\n{{{new string('x', 400)}}}"}}"""));

        JsonRpcException exception = await Assert.ThrowsExactlyAsync<JsonRpcException>(
            () => endpoint.Client(Quick).SendAsync("eth_call", [], TestContext.CancellationToken));

        Assert.StartsWith("a [2Jb x", exception.EndpointMessage);
        Assert.HasCount(301, exception.EndpointMessage);
    }

    [TestMethod]
    [DataRow(408)]
    [DataRow(429)]
    [DataRow(502)]
    [DataRow(503)]
    [DataRow(504)]
    public async Task SendAsync_TransientStatus_IsRetried(int status)
    {
        Endpoint endpoint = new((attempt, id) => attempt < 3
            ? new HttpResponseMessage((HttpStatusCode)status)
            : Json($$"""{"jsonrpc":"2.0","id":{{id}},"result":null}"""));

        Assert.IsInstanceOfType<JsonNull>(await endpoint.Client(Quick).SendAsync("eth_x", [], TestContext.CancellationToken));
        Assert.HasCount(3, endpoint.Requests);
    }

    [TestMethod]
    [DataRow(-32603)]
    [DataRow(-32005)]
    public async Task SendAsync_TransientRpcError_IsRetriedUntilTheAttemptsAreUsedUp(int code)
    {
        Endpoint endpoint = new((_, id) => Json($$$"""{"jsonrpc":"2.0","id":{{{id}}},"error":{"code":{{{code}}},"message":"later"}}"""));

        await Assert.ThrowsExactlyAsync<JsonRpcException>(
            () => endpoint.Client(Quick).SendAsync("eth_x", [], TestContext.CancellationToken));

        Assert.HasCount(Quick.MaxAttempts, endpoint.Requests);
    }

    [TestMethod]
    [DataRow(401)]
    [DataRow(404)]
    [DataRow(500)]
    [DataRow(302)]
    public async Task SendAsync_OtherStatus_IsReportedAtOnce(int status)
    {
        Endpoint endpoint = new((_, _) => new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent("no") });

        LedgerAnswerException exception = await Assert.ThrowsExactlyAsync<LedgerAnswerException>(
            () => endpoint.Client(Quick).SendAsync("eth_x", [], TestContext.CancellationToken));

        Assert.Contains($"{status}", exception.Message);
        Assert.HasCount(1, endpoint.Requests);
    }

    [TestMethod]
    public async Task SendAsync_RpcErrorWithStatus400_IsAnRpcError()
    {
        Endpoint endpoint = new((_, id) => Json($$$"""{"jsonrpc":"2.0","id":{{{id}}},"error":{"code":-32602,"message":"bad"}}""", HttpStatusCode.BadRequest));

        JsonRpcException exception = await Assert.ThrowsExactlyAsync<JsonRpcException>(
            () => endpoint.Client(Quick).SendAsync("eth_x", [], TestContext.CancellationToken));

        Assert.AreEqual(-32602, exception.Code);
    }

    [TestMethod]
    public async Task SendAsync_EndlessAnswer_IsCutAtTheBound()
    {
        EndlessStream stream = new();
        Endpoint endpoint = new((_, _) => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(stream) });

        LedgerAnswerException exception = await Assert.ThrowsExactlyAsync<LedgerAnswerException>(
            () => endpoint.Client(Quick).SendAsync("eth_x", [], TestContext.CancellationToken));

        Assert.Contains("10000 bytes", exception.Message);
        Assert.IsLessThan(200_000, stream.BytesRead);
        Assert.HasCount(1, endpoint.Requests);
    }

    [TestMethod]
    public async Task SendAsync_NoAnswer_EndsWithTheTotalTimeout()
    {
        Endpoint endpoint = new((_, _) => null);
        JsonRpcOptions options = new()
        {
            AttemptTimeout = TimeSpan.FromMilliseconds(30),
            TotalTimeout = TimeSpan.FromMilliseconds(100),
            FirstRetryDelay = TimeSpan.FromMilliseconds(1),
            MaxAttempts = 1000,
        };

        LedgerUnavailableException exception = await Assert.ThrowsExactlyAsync<LedgerUnavailableException>(
            () => endpoint.Client(options).SendAsync("eth_x", [], TestContext.CancellationToken));

        Assert.Contains("did not answer eth_x", exception.Message);
        Assert.IsLessThan(20, endpoint.Requests.Count);
    }

    [TestMethod]
    public async Task SendAsync_CallerCancels_IsNotAFailureOfTheLedger()
    {
        using CancellationTokenSource cancelled = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        Endpoint endpoint = new((_, _) =>
        {
            cancelled.Cancel();
            return null;
        });

        await Assert.ThrowsAsync<OperationCanceledException>(() => endpoint.Client(Quick).SendAsync("eth_x", [], cancelled.Token));
        Assert.HasCount(1, endpoint.Requests);
    }

    [TestMethod]
    public async Task SendAsync_NothingListens_SaysSoWithoutTheAccessKey()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using HttpClient httpClient = JsonRpcClient.CreateHttpClient();
        JsonRpcClient client = new(httpClient, new Uri($"http://user:pass@127.0.0.1:{port}/v3/secret?key=secret"), Quick, TimeProvider.System);

        LedgerUnavailableException exception = await Assert.ThrowsExactlyAsync<LedgerUnavailableException>(
            () => client.SendAsync("eth_chainId", [], TestContext.CancellationToken));

        Assert.AreEqual(
            $"The ledger at http://127.0.0.1:{port} is not available: nothing listens there. Start it, or name the right address, and try again.",
            exception.Message);
    }

    [TestMethod]
    public async Task SendAsync_ConnectionLostInTheAnswer_IsRetried()
    {
        Endpoint endpoint = new((attempt, id) => attempt == 1
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new LostStream()) }
            : Json($$"""{"jsonrpc":"2.0","id":{{id}},"result":"0x7b"}"""));

        EthereumClient client = new(endpoint.Client(Quick), BlockHashRule.Keccak);

        Assert.AreEqual(123UL, await client.FetchChainIdAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task FetchLogs_EventThatTheFilterDoesNotMatch_IsRefused()
    {
        string log =
            $$"""
            {"address":"0x{{new string('1', 40)}}","topics":["0x{{new string('2', 64)}}"],"data":"0x","blockNumber":"0x5",
            "blockHash":"0x{{new string('3', 64)}}","transactionHash":"0x{{new string('4', 64)}}","logIndex":"0x0"}
            """;
        Endpoint endpoint = new((_, id) => Json($$"""{"jsonrpc":"2.0","id":{{id}},"result":[{{log}}]}"""));
        EthereumClient client = new(endpoint.Client(Quick), BlockHashRule.Keccak);
        Assert.IsTrue(Address.TryParse("0x" + new string('1', 40), out Address address));
        Bytes32 topic = TestJson.Word(new string('2', 64));
        LogFilter filter = new(address, [topic], 1, 5);

        Assert.HasCount(1, await client.FetchLogsAsync(filter, TestContext.CancellationToken));
        LogFilter[] others =
        [
            filter with { Address = Address.Zero },
            filter with { Topics = [Bytes32.Zero] },
            filter with { Topics = [topic, null] },
            filter with { FromBlock = 6, ToBlock = 7 },
            filter with { ToBlock = 4 },
        ];
        foreach (LogFilter other in others)
        {
            await Assert.ThrowsExactlyAsync<LedgerAnswerException>(() => client.FetchLogsAsync(other, TestContext.CancellationToken));
        }
    }

    [TestMethod]
    public async Task SendRawTransaction_AnotherHash_IsRefused()
    {
        Endpoint endpoint = new((_, id) => Json($$"""{"jsonrpc":"2.0","id":{{id}},"result":"{{Bytes32.Zero}}"}"""));
        EthereumClient client = new(endpoint.Client(Quick), BlockHashRule.Keccak);

        await Assert.ThrowsExactlyAsync<LedgerAnswerException>(
            () => client.SendRawTransactionAsync(new byte[] { 1 }, TestContext.CancellationToken));
    }

    [TestMethod]
    [DataRow("ftp://127.0.0.1/")]
    [DataRow("file:///etc/passwd")]
    public void Constructor_OtherScheme_IsTheCallersFault(string address)
    {
        using HttpClient httpClient = new();

        Assert.ThrowsExactly<ArgumentException>(() => new JsonRpcClient(httpClient, new Uri(address), Quick, TimeProvider.System));
    }

    private static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    /// <summary>Answers each attempt as a function says; null for never.</summary>
    private sealed partial class Endpoint(Func<int, string, HttpResponseMessage?> answer) : HttpMessageHandler
    {
        public List<string> Requests { get; } = [];

        public JsonRpcClient Client(JsonRpcOptions options) =>
            new(new HttpClient(this), new Uri("http://ledger.test/"), options, TimeProvider.System);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string body = await request.Content!.ReadAsStringAsync(cancellationToken);
            Requests.Add(body);
            HttpResponseMessage? response = answer(Requests.Count, Id().Match(body).Groups[1].Value);
            if (response is null)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return response!;
        }

        [GeneratedRegex("\"id\":([0-9]+)")]
        private static partial Regex Id();
    }

    private sealed class EndlessStream : MemoryStream
    {
        public int BytesRead { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            BytesRead += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }

    private sealed class LostStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("The connection was reset.");
    }
}
