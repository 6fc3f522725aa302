using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Tests.LedgerFaults;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Storage;
using LedgerCredit.Testing;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Tests.LedgerIndex;

/// <summary>Reorganisations below cases, several indexers of one store, and starting in the middle.</summary>
[TestClass]
public sealed class IndexReorganisationTests
{
    private static readonly Bytes32 Statement = Sha256.Hash("statement"u8);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task CatchUp_ReorganisationThatRemovesTheOpening_ForgetsTheCase()
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        await IndexChecks.CheckAsync(scene, store, Token);
        string before = IndexChecks.Dump(store);
        string snapshot = await scene.SnapshotAsync(Token);
        await scene.ActAsync("enterprise.one", scene.Open(0, 1, 2), Token);
        await IndexChecks.CheckAsync(scene, store, Token);
        await scene.ActAsync("authority.one", RepairDeskContract.EncodeAccept(1), Token);
        await IndexChecks.CheckAsync(scene, store, Token);
        Assert.AreEqual(CaseStage.UnderReview, new LedgerIndexReader(store).FindCase(1)!.Stage);

        await scene.RevertAsync(snapshot, Token);
        await IndexChecks.CheckAsync(scene, store, Token);

        Assert.IsNull(new LedgerIndexReader(store).FindCase(1));
        Assert.IsEmpty(store.RepairCases.Read(CaseFilter.All));
        Assert.AreEqual(SanctionState.None, new LedgerIndexReader(store).StatusOf(scene.Leaves[0]).State);
        Assert.AreEqual(before, IndexChecks.Dump(store));

        // The same number is another case now.
        await scene.PassAsync(5, Token);
        await scene.ActAsync("enterprise.two", scene.Open(2, 1), Token);
        await IndexChecks.CheckAsync(scene, store, Token);
        Assert.AreEqual(scene.Leaves[2], new LedgerIndexReader(store).FindCase(1)!.LeafHash);
        Assert.IsEmpty(new LedgerIndexReader(store).FindCases(scene.Leaves[0]));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task CatchUp_ReorganisationOfTheEndOfAPause_MovesTheDueDatesBack()
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        await scene.ActAsync("enterprise.one", scene.Open(0, 1, 2), Token);
        await scene.ActAsync("admin", RepairDeskContract.EncodePause(), Token);
        await IndexChecks.CheckAsync(scene, store, Token);
        string snapshot = await scene.SnapshotAsync(Token);
        ulong dueAt = new LedgerIndexReader(store).FindCase(1)!.DueAt;
        await scene.PassAsync(600, Token);
        await scene.ActAsync("admin", RepairDeskContract.EncodeResume(), Token);
        await IndexChecks.CheckAsync(scene, store, Token);
        Assert.IsGreaterThanOrEqualTo(dueAt + 600, store.RepairCases.Read(CaseFilter.All).Single().DueAt);

        await scene.RevertAsync(snapshot, Token);
        await IndexChecks.CheckAsync(scene, store, Token);

        Assert.AreEqual(dueAt, store.RepairCases.Read(CaseFilter.All).Single().DueAt);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task CatchUp_BlocksAreReplacedByEmptyOnes_GoesBackAsFar(int depth)
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        for (int sanction = 0; sanction < RepairScene.SanctionCount; sanction++)
        {
            await scene.ActAsync("enterprise.one", scene.Open(sanction, 1, 2), Token);
            await IndexChecks.CheckAsync(scene, store, Token);
        }

        await scene.Ledger.AnvilAsync("anvil_reorg", [new JsonNumber(depth), new JsonArray([])], Token);
        await IndexChecks.CheckAsync(scene, store, Token);

        Assert.HasCount(Math.Max(0, RepairScene.SanctionCount - depth), store.RepairCases.Read(CaseFilter.All));
    }

    // Where validators sign, blocks may make way for others, and are never just gone.
    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task CatchUp_EndpointOfSigningValidatorsLags_SaysSoAndKeepsWhatWasRead()
    {
        ConsensusPolicy validators = new(ConsensusType.Clique, BlockHashRule.Keccak, [new ValidatorRange(0, null, [Address.Zero])], new Dictionary<ulong, Bytes32>());
        await using LaggingScene lagging = await LaggingScene.StartAsync(new LedgerFinality(validators, TimeProvider.System), Token);
        (RepairScene scene, Store store) = (lagging.Scene, lagging.Store);
        string before = IndexChecks.Dump(store);

        LedgerStalledException e = await Assert.ThrowsExactlyAsync<LedgerStalledException>(() => lagging.Indexer.CatchUpAsync(Token));

        Assert.Contains("lags behind. The index stays as it is.", e.Message);
        Assert.AreEqual(before, IndexChecks.Dump(store));
        lagging.Proxy.Heal();
        await lagging.Indexer.CatchUpAsync(Token);
        Assert.AreEqual(before, IndexChecks.Dump(store));

        await scene.Ledger.AnvilAsync("anvil_reorg", [new JsonNumber(1), new JsonArray([])], Token);
        await lagging.Indexer.CatchUpAsync(Token);
        Assert.IsEmpty(store.RepairCases.Read(CaseFilter.All));
    }

    // A devnet that was killed has lost blocks: nothing tells such a ledger from an endpoint that lags.
    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task CatchUp_EndpointOfADevnetLags_GoesBackAndOnAgain()
    {
        await using LaggingScene lagging = await LaggingScene.StartAsync(RepairScene.Finality, Token);

        await lagging.Indexer.CatchUpAsync(Token);

        Assert.IsEmpty(lagging.Store.RepairCases.Read(CaseFilter.All));
        lagging.Proxy.Heal();
        await lagging.Indexer.CatchUpAsync(Token);
        await IndexChecks.CheckAsync(lagging.Scene, lagging.Store, Token);
        Assert.HasCount(1, lagging.Store.RepairCases.Read(CaseFilter.All));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task CatchUp_ReorganisationBelowAllKeptPositions_ReadsEverythingAgain()
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        string snapshot = await scene.SnapshotAsync(Token);
        await scene.ActAsync("enterprise.one", scene.Open(0, 1, 2), Token);
        for (int i = 0; i < LedgerPositionTable.MaxKept + 3; i++)
        {
            await scene.PassAsync(1, Token);
            await scene.IndexerOf(store).CatchUpAsync(Token);
        }

        await scene.RevertAsync(snapshot, Token);
        await scene.PassAsync(3, Token);
        await IndexChecks.CheckAsync(scene, store, Token);

        Assert.IsEmpty(store.RepairCases.Read(CaseFilter.All));
        Assert.AreEqual("reviewer-a", new LedgerIndexReader(store).NameOf(RepairScene.OrgOf("reviewer-a")));
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task CatchUp_SeveralAtOnceWhileTheLedgerGoesOnAndBack_WriteEverythingOnce()
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        using CancellationTokenSource done = new();
        Task[] indexers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(FollowAsync, Token))];
        Random random = new(11);
        Stack<string> snapshots = new();
        for (int i = 0; i < 40; i++)
        {
            if (random.Next(6) == 0)
            {
                snapshots.Push(await scene.SnapshotAsync(Token));
            }

            if (random.Next(8) == 0 && snapshots.Count > 0)
            {
                await scene.RevertAsync(snapshots.Pop(), Token);
            }

            int sanction = random.Next(RepairScene.SanctionCount);
            await scene.TryActAsync("enterprise.one", scene.Open(sanction, 1, 2), Token);
            ulong count = await scene.Desk.FetchCaseCountAsync(Token);
            await scene.TryActAsync("authority.one", RepairDeskContract.EncodeRefuse((ulong)random.NextInt64((long)count) + 1, Statement), Token);
        }

        await done.CancelAsync();
        await Task.WhenAll(indexers);
        await IndexChecks.CheckAsync(scene, store, Token);
        Store rebuilt = scene.NewStore();
        await scene.IndexerOf(rebuilt).CatchUpAsync(Token);
        Assert.AreEqual(IndexChecks.Dump(rebuilt), IndexChecks.Dump(store));

        async Task FollowAsync()
        {
            using Store own = Store.Open(scene.StorePath(store), StoreAccess.Write);
            while (!done.IsCancellationRequested)
            {
                try
                {
                    await scene.IndexerOf(own).CatchUpAsync(Token);
                }
                catch (LedgerException)
                {
                    // In the middle of going back the ledger answers that it has no such block. As the node does: what was read stands, and it asks again.
                }
            }
        }
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task CatchUp_StoppedInTheMiddle_GoesOnWhereItWas()
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        for (int sanction = 0; sanction < RepairScene.SanctionCount; sanction++)
        {
            await scene.ActAsync("enterprise.one", scene.Open(sanction, 1, 2), Token);
        }

        // Ranges of one block, each its own transaction, and a new process for each: what is between two commits is never seen.
        ulong last = await scene.Client.FetchBlockNumberAsync(Token);
        for (ulong to = scene.Contracts.DeploymentBlock; to <= last; to++)
        {
            using Store own = Store.Open(scene.StorePath(store), StoreAccess.Write);
            IndexPosition? position = own.LedgerPositions.FindLatest();
            LedgerEventRange range = (await new LedgerEventSource(scene.Client, scene.Contracts).TryReadAsync(position, to, Token))!;
            using (own.BeginWrite())
            {
                // Killed before the commit.
                new IndexWriter(own).Add(range);
            }

            Assert.AreEqual(position, own.LedgerPositions.FindLatest());
            using StoreTransaction transaction = own.BeginWrite();
            new IndexWriter(own).Add(range);
            transaction.Commit();
        }

        await IndexChecks.CheckAsync(scene, store, Token);
        Store rebuilt = scene.NewStore();
        await scene.IndexerOf(rebuilt).CatchUpAsync(Token);
        Assert.AreEqual(IndexChecks.Dump(rebuilt), IndexChecks.Dump(store));
    }

    // A case that was read, and an endpoint that has not come as far.
    private sealed class LaggingScene(RepairScene scene, Store store, RpcFaultProxy proxy, HttpClient http, LedgerIndexer indexer) : IAsyncDisposable
    {
        internal RepairScene Scene => scene;

        internal Store Store => store;

        internal RpcFaultProxy Proxy => proxy;

        internal LedgerIndexer Indexer => indexer;

        internal static async Task<LaggingScene> StartAsync(LedgerFinality finality, CancellationToken token)
        {
            RepairScene scene = await RepairScene.StartAsync(token);
            Store store = scene.NewStore();
            await scene.IndexerOf(store).CatchUpAsync(token);
            ulong before = await scene.Client.FetchBlockNumberAsync(token);
            await scene.ActAsync("enterprise.one", scene.Open(0, 1, 2), token);
            await scene.IndexerOf(store).CatchUpAsync(token);
            RpcFaultProxy proxy = new(new Uri(scene.Ledger.Url));
            StaleView.ShowAsOf(proxy, before);
            HttpClient http = JsonRpcClient.CreateHttpClient();
            EthereumClient client = new(new JsonRpcClient(http, new Uri(proxy.Url), new JsonRpcOptions(), TimeProvider.System), BlockHashRule.Keccak);
            return new LaggingScene(scene, store, proxy, http, new LedgerIndexer(client, scene.Contracts, store, finality));
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await proxy.DisposeAsync();
            await scene.DisposeAsync();
        }
    }
}
