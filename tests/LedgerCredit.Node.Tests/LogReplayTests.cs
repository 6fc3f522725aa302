using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Storage;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Node.Tests;

/// <summary>The replay on all threads finds what the plain one finds, in the same order, whatever was altered.</summary>
[TestClass]
public sealed class LogReplayTests
{
    private const int Seed = 20261122;
    private const int Entries = 2700;
    private static readonly RecordRules Rules = new() { AllowNaturalPersons = true };
    private static readonly HashSet<ulong> RootsAt = [1, 255, 256, 700, 701, 1024, 2048, 2049, Entries, Entries + 1];
    private static TestWorkspace _workspace = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static void Fill(TestContext context)
    {
        _workspace = TestWorkspace.Create(TestWorkspace.Authority);
        int first = 0;
        foreach (int count in (int[])[700, 1, 300, 47, 1000, 1, 1, 650])
        {
            _workspace.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, first, count));
            first += count;
        }

        Assert.AreEqual(Entries, first);
        _workspace.Erase(TestWorkspace.Authority, RecordKind.Sanction, "S-0");
        _workspace.Erase(TestWorkspace.Authority, RecordKind.Rating, "R-256");
        _workspace.Erase(TestWorkspace.Authority, RecordKind.Rating, "R-1024");
    }

    [ClassCleanup]
    public static void Tidy() => _workspace.Dispose();

    [TestMethod]
    public async Task Run_SoundStore_FindsNothing()
    {
        using Store store = _workspace.Workspace.OpenStore(StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();
        AssertSame(await CompareAsync(store, "nothing altered"), []);
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Run_TablesAlteredAtRandom_FindsWhatThePlainReplayFinds()
    {
        Random random = new(Seed);
        int withFindings = 0;
        const int Rounds = 40;
        for (int round = 0; round < Rounds; round++)
        {
            using TestWorkspace copy = _workspace.Copy();
            List<string> done = [];
            using (StoreFile file = new(copy.Workspace.StorePath))
            {
                for (int n = random.Next(1, 5); n > 0; n--)
                {
                    string sql = Alteration(random);
                    file.Execute(sql);
                    done.Add(sql);
                }
            }

            using Store store = copy.Workspace.OpenStore(StoreAccess.Read);
            using StoreTransaction snapshot = store.BeginRead();
            IReadOnlyList<AuditFinding> findings = await CompareAsync(store, $"round {round}: {string.Join("; ", done)}");
            withFindings += findings.Count > 0 ? 1 : 0;
        }

        Assert.IsGreaterThan(Rounds / 2, withFindings);
    }

    [TestMethod]
    public async Task Run_Cancelled_Ends()
    {
        using Store store = _workspace.Workspace.OpenStore(StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        (LogReplay replay, _, _, _) = Make(store, new AuditFindings(LogAudit.MaxFindings));

        await Assert.ThrowsAsync<OperationCanceledException>(() => replay.RunAsync(RootsAt, cancelled.Token));
    }

    // Both replays of a store, and both ways of comparing its indexes.
    private async Task<IReadOnlyList<AuditFinding>> CompareAsync(Store store, string what)
    {
        AuditFindings findings = new(int.MaxValue);
        (LogReplay replay, StoredLog log, EntryAudit entries, FingerprintKey key) = Make(store, findings);
        NoteVerifierKey verifier = TestWorkspace.VerifierKey(log);
        (List<AuditFinding> expected, ReplayResult plain) = NaiveReplay.Run(store, log, verifier, entries, key, RootsAt);

        ReplayResult found = await replay.RunAsync(RootsAt, TestContext.CancellationToken);

        Assert.AreSequenceEqual(expected, findings.All, what);
        Assert.AreEqual(plain.Pairs, found.Pairs, what);
        Assert.AreEqual(plain.RootHash, found.RootHash, what);
        Assert.AreEqual(
            (plain.Entries, plain.Records, plain.Checkpoints, plain.Erasures, plain.Tiles, plain.IsWhole),
            (found.Entries, found.Records, found.Checkpoints, found.Erasures, found.Tiles, found.IsWhole),
            what);
        Assert.AreSequenceEqual(plain.Erased, found.Erased, what);
        Assert.AreSequenceEqual(plain.Roots.OrderBy(root => root.Key), found.Roots.OrderBy(root => root.Key), what);
        Assert.IsTrue(found.CheckpointSizes.SetEquals(plain.CheckpointSizes), what);

        AuditFindings ofIndex = new(int.MaxValue);
        IndexAudit indexes = new(store, key, ofIndex);
        indexes.Read(TestContext.CancellationToken);
        indexes.Compare([log], found.Pairs, found.IsWhole, TestContext.CancellationToken);
        bool isSame = plain.Pairs == new IndexFingerprints(All(store, key, IndexKind.Id), All(store, key, IndexKind.Subject), All(store, key, IndexKind.Leaf), All(store, key, IndexKind.Superseded));
        if (isSame)
        {
            Assert.IsEmpty(ofIndex.All, what);
        }
        else
        {
            Assert.IsTrue(ofIndex.All.Count > 0 || !found.IsWhole, what);
            Assert.IsTrue(ofIndex.All.All(finding => finding.Code == "index-altered"), what);
        }

        return [.. findings.All, .. ofIndex.All];
    }

    private static (LogReplay Replay, StoredLog Log, EntryAudit Entries, FingerprintKey Key) Make(Store store, AuditFindings findings)
    {
        StoredLog log = store.Logs.ReadAll().Single();
        NoteVerifierKey verifier = TestWorkspace.VerifierKey(log);
        EntryAudit entries = new(log, verifier, RulePackCatalog.Shipped, _workspace.SubjectKey, Rules);
        Random random = new(Seed);
        FingerprintKey key = FingerprintKey.Draw(() => unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue)));
        LogReplay replay = new(
            store,
            log,
            verifier,
            () => new ReplayBatch(log, entries, new EntryCalculator(RulePackCatalog.Shipped, _workspace.SubjectKey), key),
            findings,
            progress: null);
        return (replay, log, entries, key);
    }

    private static PairFingerprint All(Store store, FingerprintKey key, IndexKind kind)
    {
        PairFingerprint all = PairFingerprint.Empty;
        IndexScan scan = store.Index.ReadPairs(kind);
        while (scan.Read(out ReadOnlySpan<IndexPair> pairs))
        {
            all = all.With(key.Of(pairs));
        }

        return all;
    }

    private static void AssertSame(IReadOnlyList<AuditFinding> found, IReadOnlyList<AuditFinding> expected) => Assert.AreSequenceEqual(expected, found);

    private static string Alteration(Random random)
    {
        const long First = 1L << 40;
        long row = First + random.Next(Entries);
        long other = First + random.Next(Entries);
        string where = FormattableString.Invariant($"WHERE position = {row}");
        int tile = random.Next(11);
        return random.Next(20) switch
        {
            0 => $"UPDATE entry SET entry = {Flip(random, "entry", 66)} {where}",
            1 => $"UPDATE entry SET secret = {Flip(random, "secret", 32)} {where}",
            2 => $"UPDATE entry SET record = {Flip(random, "record", 200)} {where}",
            3 => $"UPDATE entry SET record = CAST(replace(CAST(record AS TEXT), '\"R-', '\"Q-') AS BLOB) {where}",
            4 => $"UPDATE entry SET record = NULL, secret = NULL {where}",
            5 => $"UPDATE entry SET secret = x'00' {where}",
            6 => $"UPDATE entry SET entry = x'' {where}",
            7 => $"DELETE FROM entry {where}",
            8 => FormattableString.Invariant($"DELETE FROM entry WHERE position >= {row} AND position < {First + Entries}"),
            9 => FormattableString.Invariant($"UPDATE entry SET (entry, secret, record) = (SELECT entry, secret, record FROM entry WHERE position = {other}) {where}"),
            10 => FormattableString.Invariant($"INSERT INTO erasure SELECT {row}, statement FROM erasure WHERE position = {First} ON CONFLICT DO NOTHING"),
            11 => "DELETE FROM erasure",
            12 => FormattableString.Invariant($"UPDATE erasure SET statement = {Flip(random, "statement", 150)}"),
            13 => FormattableString.Invariant($"UPDATE tile SET hashes = {Flip(random, "hashes", 8192)} WHERE level = 0 AND number = {tile}"),
            14 => FormattableString.Invariant($"DELETE FROM tile WHERE level = 0 AND number = {tile}"),
            15 => "UPDATE tile SET hashes = substr(hashes, 33) WHERE level = 1",
            16 => FormattableString.Invariant($"UPDATE checkpoint SET note = {Flip(random, "note", 180)} WHERE tree_size = (SELECT tree_size FROM checkpoint ORDER BY tree_size LIMIT 1 OFFSET {random.Next(8)})"),
            17 => "DELETE FROM checkpoint WHERE tree_size IN (701, 2700)",
            18 => FormattableString.Invariant($"INSERT INTO checkpoint SELECT log, {random.Next(3000)}, note FROM checkpoint WHERE tree_size = 701 ON CONFLICT DO NOTHING"),
            _ => FormattableString.Invariant($"UPDATE index_chunk SET pairs = {Flip(random, "pairs", 8000)} WHERE number = (SELECT min(number) FROM index_chunk)"),
        };
    }

    // Another byte at some place, of which one bit at least differs.
    private static string Flip(Random random, string column, int length)
    {
        int at = random.Next(length);
        int low = random.Next(1, 255);
        return FormattableString.Invariant(
            $"CAST(substr({column}, 1, {at}) || CASE WHEN substr({column}, {at + 1}, 1) = x'{low:x2}' THEN x'{low ^ 1:x2}' ELSE x'{low:x2}' END || substr({column}, {at + 2}) AS BLOB)");
    }
}
