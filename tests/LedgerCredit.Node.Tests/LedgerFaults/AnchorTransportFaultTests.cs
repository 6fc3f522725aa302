using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>
/// Each request of anchoring meets each fault of the way to the ledger. What must hold: the run ends as done or with an error of
/// the ledger, the next ordinary run completes it, and the ledger has each anchor once, by the bytes that were signed first.
/// </summary>
[TestClass]
public sealed class AnchorTransportFaultTests
{
    // In the order in which anchoring asks them.
    private static readonly string[] Methods =
    [
        "eth_chainId", "eth_getCode", "eth_call", "eth_estimateGas", "eth_getTransactionCount", "eth_getBlockByNumber",
        "eth_getTransactionReceipt", "eth_sendRawTransaction", "eth_blockNumber", "eth_getProof",
    ];

    private static TestLedger _ledger = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _ledger = await TestLedger.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _ledger.DisposeAsync();

    [TestMethod]
    [DataRow("request lost")]
    [DataRow("answer lost")]
    [DataRow("answer too late")]
    [DataRow("request forwarded too late")]
    [DataRow("request doubled")]
    [DataRow("answer garbled")]
    [DataRow("answer cut short")]
    [DataRow("answer without end")]
    [DataRow("answer to another question")]
    [DataRow("HTTP 500")]
    [DataRow("HTTP 503")]
    [DataRow("HTTP 429")]
    [DataRow("internal error")]
    [DataRow("unknown error")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_EachRequestMeetsTheFault_NextRunCompletesAndNothingIsSentTwice(string fault)
    {
        await using FaultScene scene = await FaultScene.OnAsync(_ledger, Token);
        List<string> ends = [];
        foreach (string method in Methods)
        {
            scene.Append(1);
            scene.Proxy.On(method, FaultOf(fault));

            Exception? end = await scene.TryAnchorAsync(new HurriedTimeProvider(FaultScene.Hurry), Token);

            ends.Add($"{method}: {end?.GetType().Name ?? "done"}");
            Assert.IsTrue(end is null or LedgerException, $"{method}: {end}");
            Assert.IsGreaterThan(0, scene.Proxy.Struck, $"No request of {method} met the fault.");
            scene.Proxy.Heal();
            await scene.AnchorAsync(TimeProvider.System, Token);
        }

        TestContext.WriteLine(string.Join("; ", ends));
        await scene.CheckAsync([.. Enumerable.Range(1, Methods.Length).Select(size => (ulong)size)], Token);
        Assert.HasCount(Methods.Length, scene.Proxy.SentTransactions.Distinct());
    }

    // Only the answer to the sending of a transaction; all that follows is asked as usual.
    [TestMethod]
    [DataRow("answer lost")]
    [DataRow("answer garbled")]
    [DataRow("internal error")]
    [DataRow("request doubled")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_FirstSendingMeetsTheFault_SameRunCompletesOrSaysWhy(string fault)
    {
        await using FaultScene scene = await FaultScene.OnAsync(_ledger, Token);
        scene.Append(3);
        scene.Proxy.When(exchange => exchange is { Method: "eth_sendRawTransaction", Nth: 1 }, FaultOf(fault));

        Exception? end = await scene.TryAnchorAsync(TimeProvider.System, Token);

        Assert.AreEqual(fault == "answer garbled" ? typeof(LedgerAnswerException) : null, end?.GetType(), end?.ToString());
        await scene.HealAndCheckAsync([3], Token);
        Assert.HasCount(1, scene.Proxy.SentTransactions.Distinct());
    }

    internal static Func<RpcExchange, Task> FaultOf(string name) => name switch
    {
        "request lost" => RpcFaults.LoseRequest,
        "answer lost" => RpcFaults.LoseAnswer,
        "answer too late" => RpcFaults.AnswerTooLate,
        "request forwarded too late" => RpcFaults.ForwardTooLate,
        "request doubled" => RpcFaults.Duplicate,
        "answer garbled" => RpcFaults.Garble,
        "answer cut short" => RpcFaults.CutShort,
        "answer without end" => RpcFaults.NeverEnd,
        "answer to another question" => RpcFaults.AnswerAnother,
        "HTTP 500" => RpcFaults.Status("500 Internal Server Error"),
        "HTTP 503" => RpcFaults.Status("503 Service Unavailable"),
        "HTTP 429" => RpcFaults.Status("429 Too Many Requests"),
        "internal error" => RpcFaults.Error(-32603, "internal error"),
        "unknown error" => RpcFaults.Error(-32000, "something else"),
        _ => throw new ArgumentException("There is no such fault.", nameof(name)),
    };
}
