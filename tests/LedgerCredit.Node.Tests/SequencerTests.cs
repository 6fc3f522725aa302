using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests;

/// <summary>Each record gets one place for ever, whoever appends and however often.</summary>
[TestClass]
public sealed class SequencerTests
{
    // The one chunk of the index by id: three pairs of key and position, whose positions are replaced.
    private const string AllPositions =
        "UPDATE index_chunk SET pairs = CAST(substr(pairs, 1, 8) || p || substr(pairs, 17, 8) || p || substr(pairs, 33, 8) || p AS BLOB) FROM (SELECT ";
    private const string OfIds = " AS p) WHERE number = (SELECT number << 24 FROM index_run WHERE kind = 1)";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Append_SameRecordAgain_GivesFirstAcknowledgement()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        AppendOutcome first = workspace.Append(TestWorkspace.Authority, SampleRecords.Sanction(TestWorkspace.Authority, 1)).Single();
        workspace.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, 10, 5));

        AppendOutcome again = workspace.Append(TestWorkspace.Authority, SampleRecords.Sanction(TestWorkspace.Authority, 1)).Single();

        Assert.AreEqual(AppendResult.Added, first.Result);
        Assert.AreEqual(AppendResult.AlreadyThere, again.Result);
        Assert.AreEqual(first.Acknowledgement, again.Acknowledgement);
        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 6 }, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Append_SameRecordTwiceInOneBatch_TakesOnePlace()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        CreditRecord record = SampleRecords.Sanction(TestWorkspace.Authority, 1);

        IReadOnlyList<AppendOutcome> outcomes = workspace.Append(TestWorkspace.Authority, record, record);

        Assert.AreEqual(AppendResult.Added, outcomes[0].Result);
        Assert.AreEqual(AppendResult.AlreadyThere, outcomes[1].Result);
        Assert.AreEqual(outcomes[0].Acknowledgement, outcomes[1].Acknowledgement);
        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 1 }, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Append_OtherContentUnderSameId_IsConflict()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        CreditRecord record = SampleRecords.Rating(TestWorkspace.Authority, 1);
        CreditRecord other = SampleRecords.Parse(System.Text.Encoding.UTF8.GetString(record.ToCanonicalBytes()).Replace("\"AA\"", "\"BB\"", StringComparison.Ordinal));
        workspace.Append(TestWorkspace.Authority, record);

        AppendOutcome outcome = workspace.Append(TestWorkspace.Authority, other).Single();

        Assert.AreEqual(AppendResult.Conflict, outcome.Result);
        Assert.IsNull(outcome.Acknowledgement);
        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 1 }, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Append_ErasedRecord_IsRefused()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        workspace.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, 0, 6));
        workspace.Erase(TestWorkspace.Authority, RecordKind.Rating, "R-1");

        IReadOnlyList<AppendOutcome> outcomes = workspace.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, 0, 7));

        AppendResult[] expected =
        [
            AppendResult.AlreadyThere, AppendResult.Erased, AppendResult.AlreadyThere, AppendResult.AlreadyThere,
            AppendResult.AlreadyThere, AppendResult.AlreadyThere, AppendResult.Added,
        ];
        Assert.AreSequenceEqual(expected, outcomes.Select(o => o.Result));
        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 7 }, TestContext.CancellationToken);
    }

    [TestMethod]
    public void Append_SupersedesUnknownRecord_Warns()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        string text = System.Text.Encoding.UTF8.GetString(SampleRecords.Rating(TestWorkspace.Authority, 2).ToCanonicalBytes());
        CreditRecord later = SampleRecords.Parse(text.Replace("\"kind\"", "\"supersedes\":\"R-1\",\"kind\"", StringComparison.Ordinal));

        Assert.IsTrue(workspace.Append(TestWorkspace.Authority, later).Single().SupersededMissing);
    }

    [TestMethod]
    public async Task Append_AnyBatching_GivesSameRootAndCoveringCheckpoints()
    {
        using TestWorkspace one = TestWorkspace.Create(TestWorkspace.Authority);
        PreparedRecord[] prepared = [.. SampleRecords.Mixed(TestWorkspace.Authority, 0, 600).Select(one.Prepare)];
        Bytes32 expected = NaiveTree.Root(prepared.Select(p => p.LeafHash).ToArray());
        Random random = new(20261121);

        for (int run = 0; run < 4; run++)
        {
            using TestWorkspace workspace = one.Copy();
            using Store store = workspace.OpenStore();
            using LogKey key = workspace.OpenLogKey(TestWorkspace.Authority);
            StoredLog log = store.Logs.Find(TestWorkspace.Authority)!;
            Sequencer sequencer = new(store, log, key);
            List<AppendOutcome> outcomes = [];
            while (outcomes.Count < prepared.Length)
            {
                int size = Math.Min(random.Next(1, run == 0 ? 601 : 255), prepared.Length - outcomes.Count);
                outcomes.AddRange(sequencer.Append(prepared[outcomes.Count..(outcomes.Count + size)]));
            }

            Assert.AreEqual(expected, TestWorkspace.VerifyCheckpoint(outcomes[^1].Acknowledgement!.Checkpoint, key.Signer.VerifierKey).RootHash);
            TreeProofs proofs = new(store.Tiles.ReaderOf(log.Number), 600);
            foreach (RecordAcknowledgement acknowledgement in outcomes.Select(o => o.Acknowledgement!))
            {
                Checkpoint checkpoint = TestWorkspace.VerifyCheckpoint(acknowledgement.Checkpoint, key.Signer.VerifierKey);
                Assert.AreEqual(
                    InclusionFailure.None,
                    proofs.Inclusion(acknowledgement.LeafIndex, checkpoint.Size).Verify(acknowledgement.LeafHash, checkpoint.RootHash));
            }

            await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 600 }, TestContext.CancellationToken);
        }
    }

    [TestMethod]
    public async Task Append_TwoSequencersInTurn_NeverFork()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        using LogKey key = workspace.OpenLogKey(TestWorkspace.Authority);
        using Store firstStore = workspace.OpenStore();
        using Store secondStore = workspace.OpenStore();
        StoredLog log = firstStore.Logs.Find(TestWorkspace.Authority)!;
        Sequencer first = new(firstStore, log, key);
        Sequencer second = new(secondStore, log, key);

        for (int i = 0; i < 40; i++)
        {
            Sequencer next = i % 3 == 0 ? first : second;
            AppendOutcome outcome = next.Append([workspace.Prepare(SampleRecords.Rating(TestWorkspace.Authority, i))]).Single();
            Assert.AreEqual((ulong)i, outcome.Acknowledgement!.LeafIndex);
        }

        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 40 }, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Append_SeveralLogsAtOnce_GivesEachItsHead()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority, TestWorkspace.Agency);
        using LogKey authority = workspace.OpenLogKey(TestWorkspace.Authority);
        using LogKey agency = workspace.OpenLogKey(TestWorkspace.Agency);
        using Store store = workspace.OpenStore();
        Sequencer sequencer = new(store, issuer => new SequencedLog(store.Logs.Find(issuer)!, issuer == TestWorkspace.Authority ? authority : agency));
        for (int turn = 0; turn < 3; turn++)
        {
            // The same ids in both logs are different records.
            PreparedRecord[] batch =
            [
                .. Enumerable.Range(10 * turn, 15).SelectMany(i => new[] { TestWorkspace.Authority, TestWorkspace.Agency }.Select(issuer => workspace.Prepare(SampleRecords.Rating(issuer, i)))),
            ];

            IReadOnlyList<AppendOutcome> outcomes = sequencer.Append(batch);

            Assert.AreEqual(turn == 0 ? 30 : 20, outcomes.Count(outcome => outcome.Result == AppendResult.Added));
            for (int i = 0; i < batch.Length; i++)
            {
                Assert.EndsWith("/" + batch[i].Issuer, outcomes[i].Acknowledgement!.Origin);
                Assert.AreEqual((ulong)((10 * turn) + (i / 2)), outcomes[i].Acknowledgement!.LeafIndex);
            }
        }

        await workspace.CheckAsync(
            new Dictionary<string, ulong> { [TestWorkspace.Authority] = 35, [TestWorkspace.Agency] = 35 }, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Append_ManyWritersAtOnce_EachRecordOnceInOneLog()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);

        // Every writer offers records of its own and some that all the others offer too.
        Task<IReadOnlyList<AppendOutcome>[]>[] writers =
        [
            .. Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
            {
                TestWorkspace own = workspace.Reopen();
                return Enumerable.Range(0, 10)
                    .Select(turn => own.Append(
                        TestWorkspace.Authority,
                        SampleRecords.Rating(TestWorkspace.Authority, (100 * writer) + turn),
                        SampleRecords.Rating(TestWorkspace.Authority, 1000 + turn)))
                    .ToArray();
            })),
        ];
        AppendOutcome[] outcomes = [.. (await Task.WhenAll(writers)).SelectMany(turns => turns).SelectMany(turn => turn)];

        Assert.AreEqual(50, outcomes.Count(o => o.Result == AppendResult.Added));
        Assert.AreEqual(30, outcomes.Count(o => o.Result == AppendResult.AlreadyThere));
        Assert.HasCount(50, outcomes.Select(o => o.Acknowledgement!.LeafIndex).Distinct());
        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 50 }, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task Append_FailsBeforeCommit_LeavesNothingAndGoesOn()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        workspace.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, 0, 3));
        using (Store store = workspace.OpenStore())
        using (LogKey key = workspace.OpenLogKey(TestWorkspace.Authority))
        {
            Sequencer sequencer = new(store, store.Logs.Find(TestWorkspace.Authority)!, key);
            PreparedRecord good = workspace.Prepare(SampleRecords.Rating(TestWorkspace.Authority, 50));

            PreparedRecord foreign = workspace.Prepare(SampleRecords.Rating(TestWorkspace.Agency, 51));
            Assert.ThrowsExactly<ArgumentException>(() => sequencer.Append([good, foreign]));

            // The new head is the last that is written: rows, index and tiles are there when it fails.
            using (StoreFile file = new(workspace.Workspace.StorePath))
            {
                file.Execute("CREATE TRIGGER full BEFORE INSERT ON checkpoint BEGIN SELECT RAISE(ABORT, 'disk full'); END");
                Assert.Throws<System.Data.Common.DbException>(() => sequencer.Append([good]));
                file.Execute("DROP TRIGGER full");
            }

            await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 3 }, TestContext.CancellationToken);

            Assert.AreEqual(3UL, sequencer.Append([good]).Single().Acknowledgement!.LeafIndex);
        }

        await workspace.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 4 }, TestContext.CancellationToken);
    }

    [TestMethod]
    [DataRow("UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 0", DisplayName = "tile altered")]
    [DataRow("DELETE FROM tile", DisplayName = "tiles missing")]
    [DataRow("UPDATE tile SET hashes = substr(hashes, 1, 40)", DisplayName = "tile truncated")]
    [DataRow("DELETE FROM checkpoint", DisplayName = "checkpoints missing")]
    [DataRow("UPDATE checkpoint SET note = x'00'", DisplayName = "checkpoint altered")]
    [DataRow("UPDATE checkpoint SET tree_size = tree_size + 1", DisplayName = "checkpoint of another size")]
    [DataRow("UPDATE checkpoint SET tree_size = -1", DisplayName = "checkpoint of a negative size")]
    [DataRow("DELETE FROM entry WHERE position & 255 = 2", DisplayName = "last entry missing")]
    [DataRow(AllPositions + "x'0000000000000005'" + OfIds, DisplayName = "index leads out of all logs")]
    [DataRow(AllPositions + "x'fffffffffffffffb'" + OfIds, DisplayName = "index leads nowhere")]
    [DataRow(AllPositions + "x'0000010000000077'" + OfIds, DisplayName = "index leads to a missing entry")]
    [DataRow("UPDATE index_chunk SET pairs = substr(pairs, 2)", DisplayName = "index that is none")]
    [DataRow("DELETE FROM index_chunk", DisplayName = "index missing")]
    public void Append_OnBrokenHead_IsRefusedAndLeavesItAlone(string damage)
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        workspace.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, 0, 3));
        using StoreFile file = new(workspace.Workspace.StorePath);
        file.Execute(damage);
        long before = file.Scalar<long>("SELECT count(*) FROM entry");

        Assert.ThrowsExactly<LogIntegrityException>(() => workspace.Append(
            TestWorkspace.Authority, SampleRecords.Sanction(TestWorkspace.Authority, 0), SampleRecords.Sanction(TestWorkspace.Authority, 99)));

        Assert.AreEqual(before, file.Scalar<long>("SELECT count(*) FROM entry"));
    }

    [TestMethod]
    public void Append_DamagedErasureStatement_IsRefused()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        workspace.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, 0, 3));
        workspace.Erase(TestWorkspace.Authority, RecordKind.Sanction, "S-0");
        using StoreFile file = new(workspace.Workspace.StorePath);
        file.Execute("UPDATE erasure SET statement = CAST(x'41' || substr(statement, 2) AS BLOB)");

        Assert.ThrowsExactly<LogIntegrityException>(() => workspace.Append(TestWorkspace.Authority, SampleRecords.Sanction(TestWorkspace.Authority, 9)));
    }
}
