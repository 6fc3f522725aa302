using System.Text.Json.Nodes;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>An endpoint that says that it has blocks without end is not followed, and nothing of it stays.</summary>
[TestClass]
[DoNotParallelize]
public sealed class EndlessLedgerTests
{
    private static TestLedger _ledger = null!;
    private static FaultScene _scene = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _ledger = await TestLedger.StartAsync(context.CancellationToken);
        _scene = await FaultScene.OnAsync(_ledger, context.CancellationToken);
        _scene.Append(3);
        await _scene.AnchorAsync(TimeProvider.System, context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await _scene.DisposeAsync();
        await _ledger.DisposeAsync();
    }

    [TestInitialize]
    public void Heal() => _scene.Proxy.Heal();

    [TestMethod]
    [DataRow(1UL << 63)]
    [DataRow(ulong.MaxValue)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Audit_NumberWithoutBlock_IsNotGoneBy(ulong number)
    {
        _scene.Proxy.On("eth_blockNumber", RpcFaults.Lie(_ => StaleView.Quantity(number)));

        AuditReport report = await AuditAsync();

        Assert.AreEqual(AuditVerdict.Sound, report.Verdict, TestWorkspace.Describe(report));
    }

    [TestMethod]
    [DataRow(1_000_000UL)]
    [DataRow((1UL << 63) - 1)]
    [DataRow(1UL << 63)]
    [DataRow(ulong.MaxValue)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Audit_NewestBlockBeyondReason_IsNotWalkedTo(ulong number)
    {
        ShowNewest(number);

        AuditReport report = await AuditAsync();

        Assert.AreEqual(AuditVerdict.NotCompared, report.Verdict, TestWorkspace.Describe(report));
        Assert.Contains($"says that its newest block is {number}, but it has no block", report.NotComparedBecause!);
    }

    [TestMethod]
    [DataRow(1_000_000UL, "but has not all blocks up to there")]
    [DataRow((1UL << 63) - 1, "but has not all blocks up to there")]
    [DataRow(1UL << 63, "No ledger has so many")]
    [DataRow(ulong.MaxValue, "No ledger has so many")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task CatchUp_NewestBlockBeyondReason_IsRefusedAndMendedByAnHonestEndpoint(ulong number, string message)
    {
        ShowNewest(number);

        LedgerAnswerException e = await Assert.ThrowsExactlyAsync<LedgerAnswerException>(CatchUpAsync);

        Assert.Contains($"says that its newest block is {number}", e.Message);
        Assert.Contains(message, e.Message);
        await ExpectMendedAsync();
    }

    // Each block that is not there is made up, and each is earlier than those before it.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task MadeUpBlocks_GoBackInTime_AreRefused()
    {
        const ulong Newest = 1UL << 60;
        LedgerBlock head = await _ledger.Client.FetchLatestBlockAsync(Token);
        _scene.Proxy.When(
            exchange => exchange.Method == "eth_getBlockByNumber" && NumberOf(exchange, Newest) > head.Header.Number,
            exchange => TellAsync(exchange, head, NumberOf(exchange, Newest), uint.MaxValue - Math.Min(NumberOf(exchange, Newest), int.MaxValue)));
        _scene.Proxy.When(
            exchange => exchange.Method == "eth_getLogs" && StaleView.Number((string)exchange.Parameters[0]!["toBlock"]!) > head.Header.Number,
            exchange =>
            {
                // Behind the ledger's end there are no events; anvil refuses to say so.
                exchange.Parameters[0]!["fromBlock"] = StaleView.Quantity(Math.Min(StaleView.Number((string)exchange.Parameters[0]!["fromBlock"]!), head.Header.Number));
                exchange.Parameters[0]!["toBlock"] = StaleView.Quantity(head.Header.Number);
                return RpcFaults.AskOtherwise(_ => { })(exchange);
            });

        AuditReport report = await AuditAsync();
        LedgerAnswerException e = await Assert.ThrowsExactlyAsync<LedgerAnswerException>(CatchUpAsync);

        Assert.AreEqual(AuditVerdict.NotCompared, report.Verdict, TestWorkspace.Describe(report));
        Assert.Contains("but an earlier block at", report.NotComparedBecause!);
        Assert.Contains("these are not blocks of one ledger", e.Message);
        await ExpectMendedAsync();
    }

    private static void ShowNewest(ulong number) => _scene.Proxy.When(
        exchange => exchange.Method == "eth_getBlockByNumber" && (string)exchange.Parameters[0]! == "latest",
        async exchange => await TellAsync(exchange, await _ledger.Client.FetchLatestBlockAsync(), number, uint.MaxValue));

    private static ulong NumberOf(RpcExchange exchange, ulong newest)
    {
        string reference = (string)exchange.Parameters[0]!;
        return reference == "latest" ? newest : StaleView.Number(reference);
    }

    // A real block under another number and time. Its hash is right; nothing else of it is.
    private static async Task TellAsync(RpcExchange exchange, LedgerBlock real, ulong number, ulong time)
    {
        exchange.Parameters[0] = StaleView.Quantity(real.Header.Number);
        JsonNode answer = await exchange.ForwardAsync();
        JsonNode block = answer["result"]!;
        BlockHeader header = real.Header with { Number = number, Timestamp = time };
        block["number"] = StaleView.Quantity(number);
        block["timestamp"] = StaleView.Quantity(time);
        block["hash"] = header.KeccakHash().ToString();
        await exchange.AnswerAsync(answer);
    }

    private Task<LedgerSession> ConnectAsync() => LedgerSession.ConnectAsync(_scene.Workspace.Workspace, _scene.Proxy.Url, TimeProvider.System, Token);

    private async Task<AuditReport> AuditAsync()
    {
        using LedgerSession session = await ConnectAsync();
        return await _scene.Workspace.AuditAsync(session, Token);
    }

    private async Task CatchUpAsync()
    {
        using LedgerSession session = await ConnectAsync();
        using Store store = _scene.Workspace.OpenStore();
        await new LedgerIndexer(session.Client, session.Contracts, store, _scene.Workspace.Finality).CatchUpAsync(Token);
    }

    private async Task ExpectMendedAsync()
    {
        _scene.Proxy.Heal();
        await CatchUpAsync();
        AuditReport report = await AuditAsync();
        Assert.AreEqual(AuditVerdict.Sound, report.Verdict, TestWorkspace.Describe(report));
    }
}
