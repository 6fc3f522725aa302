using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>What becomes of a transaction between sending and final: forgotten, overtaken, outpriced, undone.</summary>
[TestClass]
public sealed class AnchorPoolFaultTests
{
    private const string Authority = FaultScene.Authority;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_DroppedFromThePoolWhileWaiting_SendsTheSameBytesAgain()
    {
        await using FaultScene scene = await StartAsync(3);
        await scene.Ledger.PauseMiningAsync(Token);
        Task<AnchorOutcome> anchoring = scene.AnchorAsync(TimeProvider.System, Token);
        SignedTransaction sent = await WaitSentAsync(scene, 1);

        await scene.Ledger.AnvilAsync("anvil_dropTransaction", [new JsonString(sent.Hash.ToString())], Token);
        Assert.IsNull(await scene.Ledger.Client.FindTransactionAsync(sent.Hash, Token));
        await WaitSentAsync(scene, 2);
        await scene.Ledger.ResumeMiningAsync(Token);

        Assert.AreEqual(sent.Hash, (await anchoring).TransactionHash);
        Assert.HasCount(1, scene.Proxy.SentTransactions.Distinct());
        await scene.HealAndCheckAsync([3], Token);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_DroppedBetweenTwoRuns_NextRunSendsTheSameBytes()
    {
        await using FaultScene scene = await StartAsync(3);
        await scene.Ledger.PauseMiningAsync(Token);
        await scene.Workspace.AnchorAsync(Authority, wait: false, Token);
        byte[] raw = scene.Workspace.Anchors(Authority).Single().TransactionRaw!;
        await scene.Ledger.AnvilAsync("anvil_dropTransaction", [new JsonString(FaultScene.Decode(raw).Hash.ToString())], Token);
        await scene.Ledger.ResumeMiningAsync(Token);

        await scene.HealAndCheckAsync([3], Token);

        Assert.AreSequenceEqual(raw, scene.Workspace.Anchors(Authority).Single().TransactionRaw!);
    }

    // Between comparing and signing another process anchors the same tree, so that the contract would refuse it a second time.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_AnchoredByAnotherProcessBeforeSigning_IsDoneAndSendsNothing()
    {
        await using FaultScene scene = await StartAsync(3);
        scene.Proxy.When(
            exchange => exchange.Method == "eth_estimateGas" && exchange.Nth == 1,
            async exchange =>
            {
                await scene.Workspace.AnchorAsync(Authority, Token);
                await exchange.AnswerAsync(await exchange.ForwardAsync());
            });

        AnchorOutcome outcome = await scene.AnchorAsync(TimeProvider.System, Token);

        Assert.AreEqual(3UL, outcome.TreeSize);
        Assert.AreEqual(1, scene.Proxy.Struck);
        Assert.IsEmpty(scene.Proxy.SentTransactions);
        await scene.HealAndCheckAsync([3], Token);
    }

    // The other process's anchor waits for its block: the engine estimates behind it and refuses, while the contract's view is as before.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_SentByAnotherProcessBeforeSigning_IsWaitedFor()
    {
        await using FaultScene scene = await StartAsync(3);
        scene.Proxy.When(
            exchange => exchange.Method == "eth_estimateGas" && exchange.Nth == 1,
            async exchange =>
            {
                await scene.Ledger.PauseMiningAsync(Token);
                await scene.Workspace.AnchorAsync(Authority, wait: false, Token);
                exchange.Parameters.Add("pending");
                System.Text.Json.Nodes.JsonNode answer = await exchange.ForwardAsync();
                Assert.IsNotNull(answer["error"], "The engine does not estimate behind what waits.");
                await exchange.AnswerAsync(answer);
            });
        scene.Proxy.When(
            exchange => exchange.Method == "eth_getTransactionReceipt" && exchange.Nth == 2,
            async exchange =>
            {
                await scene.Ledger.MineAsync(Token);
                await scene.Ledger.ResumeMiningAsync(Token);
                await exchange.AnswerAsync(await exchange.ForwardAsync());
            });

        AnchorOutcome outcome = await scene.AnchorAsync(TimeProvider.System, Token);

        Assert.AreEqual(3UL, outcome.TreeSize);
        Assert.AreEqual(FaultScene.Decode(scene.Workspace.Anchors(Authority).Single().TransactionRaw!).Hash, outcome.TransactionHash);
        Assert.AreEqual(2, scene.Proxy.Struck);
        await scene.HealAndCheckAsync([3], Token);
    }

    // Two copies of a store sign for the same tree, and both transactions are in blocks: the second one is mined as refused.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_RefusedBecauseAnotherStoreAnchoredTheSameTree_IsDone()
    {
        await using FaultScene scene = await StartAsync(3);
        using TestWorkspace copy = scene.Workspace.Copy();
        await scene.Ledger.PauseMiningAsync(Token);
        await copy.AnchorAsync(Authority, wait: false, Token);
        SignedTransaction first = FaultScene.Decode(copy.Anchors(Authority).Single().TransactionRaw!);
        using (Store store = scene.Workspace.OpenStore())
        using (Secp256k1Key key = scene.Workspace.Keys.OpenAccount(Authority))
        using (StoreTransaction transaction = store.BeginWrite())
        {
            SignedTransaction second = (first.Transaction with { Nonce = first.Transaction.Nonce + 1 }).Sign(key);
            store.Anchors.Add(store.Logs.Find(Authority)!.Number, new StoredAnchor(3, second.Raw.ToArray(), LedgerProof: null));
            transaction.Commit();
        }

        Task<AnchorOutcome> anchoring = scene.AnchorAsync(TimeProvider.System, Token);
        await WaitSentAsync(scene, 1);
        await scene.Ledger.MineAsync(Token);
        await scene.Ledger.ResumeMiningAsync(Token);

        Assert.AreEqual(3UL, (await anchoring).TreeSize);
        await scene.HealAndCheckAsync([3], Token);
    }

    // While the anchor waits for its block it is dropped, and another transaction of the account takes its nonce.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_NonceTakenWhileWaiting_SignsAnewInTheSameRun()
    {
        await using FaultScene scene = await StartAsync(3);
        await scene.Ledger.PauseMiningAsync(Token);
        Task<AnchorOutcome> anchoring = scene.AnchorAsync(TimeProvider.System, Token);
        SignedTransaction dead = await WaitSentAsync(scene, 1);
        await scene.Ledger.AnvilAsync("anvil_dropTransaction", [new JsonString(dead.Hash.ToString())], Token);
        await scene.Ledger.Client.SendRawTransactionAsync(OtherUse(scene, dead.Transaction.Nonce).Raw, Token);
        await scene.Ledger.MineAsync(Token);
        await scene.Ledger.ResumeMiningAsync(Token);

        AnchorOutcome outcome = await anchoring;

        Assert.IsNotNull(outcome.TransactionHash);
        Assert.AreNotEqual(dead.Hash, outcome.TransactionHash);
        Assert.AreEqual(3UL, outcome.TreeSize);
        await scene.CheckAsync([3], Token);
    }

    // The other transaction still waits in the pool: the engine refuses ours as an underpriced replacement.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_NonceTakenInThePool_SaysSoAndIsSignedAnewLater()
    {
        await using FaultScene scene = await StartAsync(3);
        ulong nonce = await NonceAsync(scene);
        await scene.Ledger.PauseMiningAsync(Token);
        await scene.Ledger.Client.SendRawTransactionAsync(OtherUse(scene, nonce).Raw, Token);

        JsonRpcException e = await Assert.ThrowsExactlyAsync<JsonRpcException>(() => scene.AnchorAsync(TimeProvider.System, Token));

        Assert.Contains("underpriced", e.Message);
        Assert.IsTrue(scene.Workspace.Anchors(Authority).Single().IsInFlight);
        await scene.Ledger.MineAsync(Token);
        await scene.Ledger.ResumeMiningAsync(Token);
        await scene.HealAndCheckAsync([3], Token);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_FeesRoseAboveWhatWasSigned_ReplacesTheBytesWithTheSameNonce()
    {
        await using TestLedger ledger = await TestLedger.StartWithFeesAsync(Token);
        using TestWorkspace workspace = await CreateWithFeesAsync(ledger);
        workspace.Append(Authority, SampleRecords.Stated(Authority, 0, 3));
        await ledger.PauseMiningAsync(Token);
        await workspace.AnchorAsync(Authority, wait: false, Token);
        SignedTransaction first = FaultScene.Decode(workspace.Anchors(Authority).Single().TransactionRaw!);
        await SetBaseFeeAsync(ledger, 1_000_000_000_000);
        await ledger.MineAsync(Token);
        Assert.IsNull(await ledger.Client.FindReceiptAsync(first.Hash, Token));
        await ledger.ResumeMiningAsync(Token);

        AnchorOutcome outcome = await workspace.AnchorAsync(Authority, Token);

        SignedTransaction second = FaultScene.Decode(workspace.Anchors(Authority).Single().TransactionRaw!);
        Assert.AreEqual(second.Hash, outcome.TransactionHash);
        Assert.AreNotEqual(first.Hash, second.Hash);
        Assert.AreEqual(first.Transaction.Nonce, second.Transaction.Nonce);
        Assert.IsTrue(first.Transaction.Data.Span.SequenceEqual(second.Transaction.Data.Span));
        Assert.IsNull(await ledger.Client.FindReceiptAsync(first.Hash, Token));
        await workspace.CheckAsync(new Dictionary<string, ulong> { [Authority] = 3 }, Token);
    }

    // The crash behind the replacement of the kept bytes, with the old ones mined after all.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_OldBytesWereMinedThoughReplaced_TakesTheAnchorOver()
    {
        await using TestLedger ledger = await TestLedger.StartWithFeesAsync(Token);
        using TestWorkspace workspace = await CreateWithFeesAsync(ledger);
        workspace.Append(Authority, SampleRecords.Stated(Authority, 0, 3));
        await workspace.AnchorAsync(Authority, wait: false, Token);
        SignedTransaction first = FaultScene.Decode(workspace.Anchors(Authority).Single().TransactionRaw!);
        using (Secp256k1Key key = workspace.Keys.OpenAccount(Authority))
        using (StoreFile file = new(workspace.Workspace.StorePath))
        {
            SignedTransaction raised = ((Eip1559Transaction)first.Transaction with { MaxFeePerGasWei = 100_000_000_000 }).Sign(key);
            file.Execute("UPDATE anchor SET transaction_raw = @0", raised.Raw.ToArray());
        }

        while (await ledger.Client.FindReceiptAsync(first.Hash, Token) is null)
        {
            await ledger.MineAsync(Token);
        }

        await workspace.AnchorAsync(Authority, Token);

        Assert.IsNull(workspace.Anchors(Authority).Single().TransactionRaw);
        Assert.IsFalse(workspace.Anchors(Authority).Single().IsInFlight);
        await workspace.CheckAsync(new Dictionary<string, ulong> { [Authority] = 3 }, Token);
    }

    // The engine's own reorganisation: the anchor's block is replaced, and the transaction is not put back into the pool.
    [TestMethod]
    [DataRow(1, DisplayName = "of the newest blocks")]
    [DataRow(30, DisplayName = "of all anchors")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_ReorganisationBelowIt_SendsTheSameBytesAgain(int below)
    {
        await using FaultScene scene = await StartAsync(3);
        await scene.AnchorAsync(TimeProvider.System, Token);
        scene.Append(3);
        AnchorOutcome second = await scene.AnchorAsync(TimeProvider.System, Token);
        IReadOnlyList<StoredAnchor> before = scene.Workspace.Anchors(Authority);
        ulong first = (await scene.Ledger.Client.FindReceiptAsync(FaultScene.Decode(before[0].TransactionRaw!).Hash, Token))!.BlockNumber;
        ulong head = await scene.Ledger.Client.FetchBlockNumberAsync(Token);
        ulong from = below == 1 ? second.Block!.Value : first;
        await scene.Ledger.AnvilAsync("anvil_reorg", [new JsonNumber(checked((long)(head - from + 1))), new JsonArray([])], Token);
        Assert.IsNull(await scene.Ledger.Client.FindReceiptAsync(second.TransactionHash!.Value, Token));
        scene.Append(1);

        await scene.HealAndCheckAsync([3, 6, 7], Token);

        IReadOnlyList<StoredAnchor> after = scene.Workspace.Anchors(Authority);
        Assert.AreSequenceEqual(before[0].TransactionRaw!, after[0].TransactionRaw!);
        Assert.AreSequenceEqual(before[1].TransactionRaw!, after[1].TransactionRaw!);
        Assert.AreEqual(below == 1, before[0].LedgerProof!.AsSpan().SequenceEqual(after[0].LedgerProof));
        Assert.IsFalse(before[1].LedgerProof!.AsSpan().SequenceEqual(after[1].LedgerProof));
    }

    // A ledger that begins anew on the same address with the same chain id.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Connect_LedgerWasReset_IsRefusedWithTheWayOutAndForksNothing()
    {
        await using FaultScene scene = await StartAsync(3);
        await scene.AnchorAsync(TimeProvider.System, Token);
        IReadOnlyList<StoredAnchor> before = scene.Workspace.Anchors(Authority);
        await using TestLedger other = await TestLedger.StartAsync(Token);
        await using RpcFaultProxy proxy = new(new Uri(other.Url));
        scene.Append(2);

        WorkspaceException e = await Assert.ThrowsExactlyAsync<WorkspaceException>(
            async () => (await LedgerSession.ConnectAsync(scene.Workspace.Workspace, proxy.Url, TimeProvider.System, Token)).Dispose());

        Assert.Contains("It was reset, or is another network with the same chain id. Nothing was sent", e.Message);
        Assert.IsEmpty(proxy.SentTransactions);
        Assert.AreSequenceEqual(before[0].LedgerProof!, scene.Workspace.Anchors(Authority).Single().LedgerProof!);
        await scene.HealAndCheckAsync([3, 5], Token);
    }

    // Somebody else uses the account all the time: each nonce is taken before ours comes.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_NonceTakenAgainAndAgain_GivesUpAndSaysWhy()
    {
        await using FaultScene scene = await StartAsync(3);
        scene.Proxy.On("eth_sendRawTransaction", async exchange =>
        {
            SignedTransaction other = OtherUse(scene, await NonceAsync(scene));
            await scene.Ledger.Client.SendRawTransactionAsync(other.Raw, Token);
            while (await scene.Ledger.Client.FindReceiptAsync(other.Hash, Token) is null)
            {
                await scene.Ledger.MineAsync(Token);
            }

            await exchange.AnswerAsync(await exchange.ForwardAsync());
        });

        LedgerStalledException e = await Assert.ThrowsExactlyAsync<LedgerStalledException>(() => scene.AnchorAsync(TimeProvider.System, Token));

        Assert.Contains("let one process alone use the account, and run the command again", e.Message);
        Assert.AreEqual(8, scene.Proxy.Struck);
        Assert.IsEmpty(scene.Workspace.Anchors(Authority));
        await scene.HealAndCheckAsync([3], Token);
    }

    private async Task<FaultScene> StartAsync(int records)
    {
        FaultScene scene = await FaultScene.StartAsync(Token);
        scene.Append(records);
        return scene;
    }

    private async Task<SignedTransaction> WaitSentAsync(FaultScene scene, int count)
    {
        while (scene.Proxy.SentTransactions.Count < count)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.IsTrue(Hex.TryDecode(scene.Proxy.SentTransactions[count - 1], out byte[]? raw));
        SignedTransaction transaction = FaultScene.Decode(raw);
        while (await scene.Ledger.Client.FindTransactionAsync(transaction.Hash, Token) is null)
        {
            Token.ThrowIfCancellationRequested();
        }

        return transaction;
    }

    // What somebody else does with the same key.
    private static SignedTransaction OtherUse(FaultScene scene, ulong nonce)
    {
        using Secp256k1Key key = scene.Workspace.Keys.OpenAccount(Authority);
        return new LegacyTransaction
        {
            ChainId = AnvilProcess.ChainId,
            Nonce = nonce,
            GasPriceWei = 0,
            GasLimit = 21_000,
            To = Address.Zero,
            ValueWei = 0,
            Data = ReadOnlyMemory<byte>.Empty,
        }.Sign(key);
    }

    private async Task<ulong> NonceAsync(FaultScene scene)
    {
        using Secp256k1Key key = scene.Workspace.Keys.OpenAccount(Authority);
        return await scene.Ledger.Client.FetchTransactionCountAsync(Address.FromPublicKey(key.PublicKey), BlockReference.Latest, Token);
    }

    private async Task<TestWorkspace> CreateWithFeesAsync(TestLedger ledger)
    {
        TestWorkspace workspace = TestWorkspace.Create(Authority);
        workspace.Keys.CreateAccount(KeyRing.AdminName);
        foreach (string name in (string[])[KeyRing.AdminName, Authority])
        {
            using Secp256k1Key key = workspace.Keys.OpenAccount(name);
            await ledger.AnvilAsync("anvil_setBalance", [new JsonString(Address.FromPublicKey(key.PublicKey).ToLowerHex()), new JsonString("0x3635c9adc5dea00000")], Token);
        }

        return await workspace.OnAsync(ledger, Token);
    }

    private Task<JsonValue> SetBaseFeeAsync(TestLedger ledger, long wei) =>
        ledger.AnvilAsync("anvil_setNextBlockBaseFeePerGas", [new JsonNumber(wei)], Token);
}
