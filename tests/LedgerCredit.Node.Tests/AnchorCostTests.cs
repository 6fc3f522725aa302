using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests;

/// <summary>Anchoring costs by the batch, not by the record.</summary>
[TestClass]
public sealed class AnchorCostTests
{
    private const string Authority = TestWorkspace.Authority;

    public TestContext TestContext { get; set; } = null!;

    // 100,000 leaves at the level of tiles and checkpoints, which is all that anchoring reads: records would take a minute.
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Anchor_100000RecordsBehindTheFirst_CostsAtMostOneGasARecord()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(TestContext.CancellationToken);
        using TestWorkspace workspace = await TestWorkspace.CreateAsync(ledger, [Authority], TestContext.CancellationToken);
        TreeAppender tree = TreeAppender.CreateEmpty();
        Grow(workspace, tree, 777);
        await workspace.AnchorAsync(Authority, TestContext.CancellationToken);
        Grow(workspace, tree, 100_777);

        AnchorOutcome outcome = await workspace.AnchorAsync(Authority, TestContext.CancellationToken);

        Assert.AreEqual(100_777UL, outcome.TreeSize);
        Assert.IsLessThanOrEqualTo(100_000UL, outcome.GasUsed!.Value);
    }

    private static void Grow(TestWorkspace workspace, TreeAppender tree, int size)
    {
        using Store store = workspace.OpenStore();
        using LogKey key = workspace.OpenLogKey(Authority);
        StoredLog log = store.Logs.Find(Authority)!;
        while (tree.Size < (ulong)size)
        {
            tree.Append(MerkleHash.Leaf(new LogEntry(RecordKind.Rating, Sha256.Hash(BitConverter.GetBytes(tree.Size)), Bytes32.Zero).Encode()));
        }

        using StoreTransaction transaction = store.BeginWrite();
        foreach (Tile tile in tree.TakeChangedTiles())
        {
            store.Tiles.Put(log.Number, tile);
        }

        string note = key.Signer.Sign(new Checkpoint(log.Origin, tree.Size, tree.RootHash()).Format()).Format();
        store.Checkpoints.Add(log.Number, tree.Size, Encoding.UTF8.GetBytes(note));
        transaction.Commit();
    }
}
