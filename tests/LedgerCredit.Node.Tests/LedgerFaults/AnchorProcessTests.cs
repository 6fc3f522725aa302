using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>Two processes at one log, the second one between two steps of the first: what either of them kept is there in the end.</summary>
[TestClass]
public sealed class AnchorProcessTests
{
    private const string Authority = FaultScene.Authority;
    private static TestLedger _ledger = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _ledger = await TestLedger.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _ledger.DisposeAsync();

    // After a restore both find the ledger's anchor missing, and both ask for its proof.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Adopt_AnotherProcessWasFaster_KeepsItsRow()
    {
        await using FaultScene scene = await FaultScene.OnAsync(_ledger, Token);
        scene.Append(3);
        await scene.AnchorAsync(TimeProvider.System, Token);
        Change(scene, "DELETE FROM anchor");
        scene.Proxy.When(
            exchange => exchange is { Method: "eth_getProof", Nth: 1 },
            async exchange =>
            {
                await scene.Workspace.Reopen().AnchorAsync(Authority, Token);
                await exchange.AnswerAsync(await exchange.ForwardAsync());
            });

        AnchorOutcome outcome = await scene.AnchorAsync(TimeProvider.System, Token);

        Assert.AreEqual(1, scene.Proxy.Struck);
        Assert.AreEqual(3UL, outcome.TreeSize);
        Assert.IsNull(scene.Workspace.Anchors(Authority).Single().TransactionRaw);
        await scene.HealAndCheckAsync([3], Token);
    }

    // The other one raises the fee, and its bytes are mined while ours are on their way: ours are dead, its row is not.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Forget_AnotherProcessRaisedTheFee_LeavesItsBytesInFlight()
    {
        await using FaultScene scene = await FaultScene.OnAsync(_ledger, Token);
        byte[] first = await KeepUnsentAsync(scene);
        byte[] raised = Raise(scene, first);
        scene.Proxy.When(
            exchange => exchange is { Method: "eth_sendRawTransaction", Nth: 1 },
            async exchange =>
            {
                Change(scene, "UPDATE anchor SET transaction_raw = @0", raised);
                await SendAndMineAsync(raised);
                await exchange.AnswerAsync(await exchange.ForwardAsync());
            });

        AnchorOutcome outcome = await scene.AnchorAsync(TimeProvider.System, Token);

        Assert.AreEqual(1, scene.Proxy.Struck);
        Assert.AreEqual(3UL, outcome.TreeSize);
        Assert.AreSequenceEqual(raised, scene.Workspace.Anchors(Authority).Single().TransactionRaw!);
        await scene.HealAndCheckAsync([3], Token);
        Assert.AreSequenceEqual(raised, scene.Workspace.Anchors(Authority).Single().TransactionRaw!);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    [DataRow(false, DisplayName = "forgot the row")]
    [DataRow(true, DisplayName = "put bytes with another fee there")]
    public async Task Complete_AnotherProcessTookTheBytesForDead_KeepsWhatWasMinedWithItsProof(bool isRaised)
    {
        await using FaultScene scene = await FaultScene.OnAsync(_ledger, Token);
        byte[] raw = await KeepUnsentAsync(scene);
        scene.Proxy.When(
            exchange => exchange is { Method: "eth_getProof", Nth: 1 },
            async exchange =>
            {
                if (isRaised)
                {
                    Change(scene, "UPDATE anchor SET transaction_raw = @0", Raise(scene, raw));
                }
                else
                {
                    Change(scene, "DELETE FROM anchor");
                }

                await exchange.AnswerAsync(await exchange.ForwardAsync());
            });

        AnchorOutcome outcome = await scene.AnchorAsync(TimeProvider.System, Token);

        Assert.AreEqual(1, scene.Proxy.Struck);
        Assert.AreEqual(FaultScene.Decode(raw).Hash, outcome.TransactionHash);
        StoredAnchor kept = scene.Workspace.Anchors(Authority).Single();
        Assert.AreSequenceEqual(raw, kept.TransactionRaw!);
        Assert.IsFalse(kept.IsInFlight);
        await scene.HealAndCheckAsync([3], Token);
    }

    // What a crash right behind step 6 leaves: the row, and nothing at the ledger.
    private async Task<byte[]> KeepUnsentAsync(FaultScene scene)
    {
        scene.Append(3);
        scene.Proxy.On("eth_sendRawTransaction", RpcFaults.Error(-32000, "not now"));
        Assert.IsNotNull(await scene.TryAnchorAsync(TimeProvider.System, Token));
        scene.Proxy.Heal();
        Assert.IsEmpty(scene.Proxy.SentTransactions);
        return scene.Workspace.Anchors(Authority).Single(anchor => anchor.IsInFlight).TransactionRaw!;
    }

    // Other bytes of the same nonce for the same tree.
    private static byte[] Raise(FaultScene scene, byte[] raw)
    {
        Transaction transaction = FaultScene.Decode(raw).Transaction;
        using Secp256k1Key key = scene.Workspace.Keys.OpenAccount(Authority);
        return (transaction with { GasLimit = transaction.GasLimit + 1 }).Sign(key).Raw.ToArray();
    }

    private async Task SendAndMineAsync(byte[] raw)
    {
        await _ledger.Client.SendRawTransactionAsync(raw, Token);
        while (await _ledger.Client.FindReceiptAsync(FaultScene.Decode(raw).Hash, Token) is null)
        {
            await _ledger.MineAsync(Token);
        }
    }

    private static void Change(FaultScene scene, string sql, params object?[] values)
    {
        using StoreFile file = new(scene.Workspace.Workspace.StorePath);
        file.Execute(sql, values);
    }
}
