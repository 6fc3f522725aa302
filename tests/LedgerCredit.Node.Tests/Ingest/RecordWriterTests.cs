using System.Data.Common;
using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Ingest;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.Ingest;

/// <summary>Many callers, one writing thread: each record once, each caller its own outcome.</summary>
[TestClass]
public sealed class RecordWriterTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task WriteAsync_ManyWritersWithRetries_EachRecordOnce()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority, TestWorkspace.Agency);
        using Store store = workspace.OpenStore();
        AppendOutcome[][] outcomes;
        await using (RecordWriter writer = Open(workspace, store))
        {
            // Each writes records of its own in turn, to one log or the other, and one that all of them write.
            outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Task.Run(async () =>
            {
                List<AppendOutcome> own = [];
                for (int turn = 0; turn < 5; turn++)
                {
                    string issuer = number % 4 == 0 ? TestWorkspace.Agency : TestWorkspace.Authority;
                    own.Add(await writer.WriteAsync(SampleRecords.Sanction(issuer, (1000 * number) + turn), TestContext.CancellationToken));
                    own.Add(await writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, turn), TestContext.CancellationToken));
                }

                return own.ToArray();
            })));
        }

        Assert.IsTrue(outcomes.All(own => own.Where((_, i) => i % 2 == 0).All(outcome => outcome.Result == AppendResult.Added)));
        foreach (AppendOutcome[] own in outcomes)
        {
            // Who waits for one outcome before the next record has them in order.
            ulong[] places = [.. own.Where((_, i) => i % 2 == 0).Select(outcome => outcome.Acknowledgement!.LeafIndex)];
            Assert.AreSequenceEqual(places.Order(), places);
        }

        for (int turn = 0; turn < 5; turn++)
        {
            AppendOutcome[] shared = [.. outcomes.Select(own => own[(2 * turn) + 1])];
            Assert.HasCount(1, shared.Where(outcome => outcome.Result == AppendResult.Added));
            Assert.HasCount(1, shared.Select(outcome => outcome.Acknowledgement).Distinct());
        }

        await workspace.CheckAsync(
            new Dictionary<string, ulong> { [TestWorkspace.Authority] = 155, [TestWorkspace.Agency] = 50 }, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task WriteAsync_WhileTheStoreIsBusy_GathersOneGroup()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        using Store store = workspace.OpenStore();
        await using RecordWriter writer = Open(workspace, store);
        Task<AppendOutcome>[] writes;
        using (Store other = workspace.OpenStore())
        using (other.BeginWrite())
        {
            writes = [.. Enumerable.Range(0, 100).Select(i => writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, i), TestContext.CancellationToken))];
            Assert.DoesNotContain(write => write.IsCompleted, writes);
        }

        AppendOutcome[] outcomes = await Task.WhenAll(writes);

        // What was there when the writer first looked, and all the rest.
        Assert.IsLessThanOrEqualTo(2, outcomes.Select(outcome => outcome.Acknowledgement!.Checkpoint).Distinct().Count());
        Assert.AreSequenceEqual(Enumerable.Range(0, 100).Select(i => (ulong)i), outcomes.Select(outcome => outcome.Acknowledgement!.LeafIndex));
    }

    [TestMethod]
    public async Task WriteAsync_RefusedRecords_AreTheirCallersFaultAlone()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        using Store store = workspace.OpenStore();
        await using RecordWriter writer = Open(workspace, store);
        string text = Encoding.UTF8.GetString(SampleRecords.Sanction(TestWorkspace.Authority, 2).ToCanonicalBytes());
        CreditRecord unknownPack = SampleRecords.Parse(text.Replace("cn-ndrc-36-2025", "no-such-pack", StringComparison.Ordinal));

        Task<AppendOutcome> good = writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, 1), TestContext.CancellationToken);
        RecordRefusedException refused = await Assert.ThrowsExactlyAsync<RecordRefusedException>(() => writer.WriteAsync(unknownPack, TestContext.CancellationToken));
        await Assert.ThrowsExactlyAsync<WorkspaceException>(() => writer.WriteAsync(SampleRecords.Rating("nobody-here", 1), TestContext.CancellationToken));
        await Assert.ThrowsAsync<OperationCanceledException>(() => writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, 7), new CancellationToken(canceled: true)));

        Assert.AreEqual("unknown-rule-pack", refused.Problem.Code);
        Assert.AreEqual(0UL, (await good).Acknowledgement!.LeafIndex);
        Assert.AreEqual(AppendResult.Added, (await writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, 8), TestContext.CancellationToken)).Result);
    }

    [TestMethod]
    public async Task WriteAsync_StoreFails_FailsThatGroupAndGoesOn()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        using Store store = workspace.OpenStore();
        await using (RecordWriter writer = Open(workspace, store))
        {
            await writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, 0), TestContext.CancellationToken);
            using StoreFile file = new(workspace.Workspace.StorePath);

            // The last row that a transaction writes fails, as on a disk that is full.
            file.Execute("CREATE TRIGGER full BEFORE INSERT ON checkpoint BEGIN SELECT RAISE(ABORT, 'disk full'); END");
            Task<AppendOutcome>[] failing = [.. Enumerable.Range(1, 10).Select(i => writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, i), TestContext.CancellationToken))];
            foreach (Task<AppendOutcome> write in failing)
            {
                await Assert.ThrowsAsync<DbException>(() => write);
            }

            file.Execute("DROP TRIGGER full");
            AppendOutcome[] outcomes = await Task.WhenAll(
                Enumerable.Range(1, 10).Select(i => writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, i), TestContext.CancellationToken)));
            Assert.IsTrue(outcomes.All(outcome => outcome.Result == AppendResult.Added));
        }

        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 11 }, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task DisposeAsync_WithRecordsWaiting_GivesEachAnOutcome()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        using Store store = workspace.OpenStore();
        RecordWriter writer = Open(workspace, store);
        Task<AppendOutcome>[] writes;
        ValueTask closing;
        using (Store other = workspace.OpenStore())
        using (other.BeginWrite())
        {
            // More than there is room for, so that some wait to be let in.
            writes = [.. Enumerable.Range(0, 2500).Select(i => writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, i), TestContext.CancellationToken))];
            closing = writer.DisposeAsync();
        }

        await closing;
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => writer.WriteAsync(SampleRecords.Rating(TestWorkspace.Authority, 9999), TestContext.CancellationToken));

        ulong added = 0;
        ulong refused = 0;
        foreach (Task<AppendOutcome> write in writes)
        {
            // Those that were let in first are the first in the log.
            await Task.WhenAny(write);
            if (write.IsFaulted)
            {
                Assert.IsInstanceOfType<ObjectDisposedException>(write.Exception.InnerException);
                refused++;
            }
            else
            {
                Assert.AreEqual(0UL, refused);
                Assert.AreEqual(added++, (await write).Acknowledgement!.LeafIndex);
            }
        }

        Assert.AreEqual(2500UL, added + refused);
        Assert.IsGreaterThan(0UL, refused);
        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = added }, TestContext.CancellationToken);
    }

    private static RecordWriter Open(TestWorkspace workspace, Store store) => new(workspace.Workspace, store, workspace.Keys, RulePackCatalog.Shipped);
}
