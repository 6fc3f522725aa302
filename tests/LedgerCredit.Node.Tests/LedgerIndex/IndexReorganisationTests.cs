using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Storage;

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
}
