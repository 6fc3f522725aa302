using LedgerCredit.Cli.Tests;
using LedgerCredit.Faults.Tests.Torture;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>The write-ahead log is cut, damaged, lost or another store's; the file is an older one, or torn between two moments.</summary>
[TestClass]
public sealed class WriteAheadLogTests
{
    // sqlite.org/fileformat2.html section 4: a header of 32 bytes, then frames of 24 bytes and a page.
    private const int HeaderBytes = 32;
    private const int FrameBytes = 24 + 8192;
    private const int Commits = 4;
    private const int Each = 31;

    private static FaultScene _scene = null!;
    private static string _written = null!;
    private static readonly List<long> Sizes = [];
    private static ServedRecords _served = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _scene = await FaultScene.StartAsync(120);
        _served = await ServedRecords.AskAsync(_scene, [_scene.Anchored[0], _scene.Anchored[^1]]);
        string working = _scene.Copy();
        using SqliteConnection reader = new(new SqliteConnectionStringBuilder { DataSource = FaultScene.StoreOf(working), Pooling = false }.ToString());
        reader.Open();

        // Somebody reads, so that what is committed meanwhile stays in the write-ahead log.
        using SqliteTransaction reading = reader.BeginTransaction(deferred: true);
        using (SqliteCommand first = reader.CreateCommand())
        {
            first.Transaction = reading;
            first.CommandText = "SELECT count(*) FROM entry";
            Assert.AreEqual((long)_scene.Entries, first.ExecuteScalar());
        }

        Sizes.Add(_scene.Entries);
        for (int i = 0; i < Commits; i++)
        {
            (await FaultScene.RunAsync(working, "record", "import", _scene.Supply.MakeOfOne(Each).Path)).Expect(0);
            Sizes.Add(Sizes[^1] + Each);
        }

        _written = _scene.Copy(working);
        File.Delete(FaultScene.StoreOf(_written) + "-shm");
        Assert.IsGreaterThan(HeaderBytes + (Commits * FrameBytes), new FileInfo(Wal(_written)).Length);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (_scene is not null)
        {
            await _scene.DisposeAsync();
        }
    }

    [TestMethod]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task CutShort_IsTheStateOfAnEarlierCommit()
    {
        byte[] wal = await File.ReadAllBytesAsync(Wal(_written), TestContext.CancellationToken);
        int frames = (wal.Length - HeaderBytes) / FrameBytes;
        HashSet<long> seen = [];
        for (int frame = 0; frame <= frames; frame++)
        {
            int border = HeaderBytes + (frame * FrameBytes);
            foreach (int length in (int[])[border, border + 12, border + (FrameBytes / 2)])
            {
                if (length <= wal.Length)
                {
                    seen.Add(await AssertEarlierStateAsync($"write-ahead log cut to {length} bytes", data => File.WriteAllBytes(Wal(data), wal[..length])));
                }
            }
        }

        seen.Add(await AssertEarlierStateAsync("write-ahead log cut within its header", data => File.WriteAllBytes(Wal(data), wal[..20])));
        TestContext.WriteLine($"{frames} frames; states of {string.Join(", ", seen.Order())} entries.");
        Assert.IsTrue(seen.SetEquals(Sizes), $"Every commit is a state: {string.Join(' ', seen)}");
    }

    [TestMethod]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task FlippedBit_IsTheStateOfAnEarlierCommit()
    {
        byte[] wal = await File.ReadAllBytesAsync(Wal(_written), TestContext.CancellationToken);
        Random random = new(5);
        for (int i = 0; i < 40; i++)
        {
            byte[] damaged = [.. wal];
            int at = random.Next(wal.Length);
            damaged[at] ^= (byte)(1 << random.Next(8));
            await AssertEarlierStateAsync($"byte {at} of the write-ahead log flipped", data => File.WriteAllBytes(Wal(data), damaged));
        }
    }

    // As when the one file is copied and the write-ahead log beside it is forgotten.
    [TestMethod]
    public async Task Lost_IsTheStateOfTheFile() =>
        Assert.AreEqual(Sizes[0], await AssertEarlierStateAsync("write-ahead log lost", data => File.Delete(Wal(data))));

    // SQLite takes a write-ahead log for the file's own whenever its checksums hold. What comes out is no log that was signed.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task OfAnotherStore_IsFound_AndNothingWrongIsServed()
    {
        await using FaultScene other = await FaultScene.StartAsync(40);
        string data = _scene.Copy();
        string foreign = other.Copy();
        string kept = _scene.Fresh("foreign.wal");
        using (SqliteConnection reader = new(new SqliteConnectionStringBuilder { DataSource = FaultScene.StoreOf(foreign), Pooling = false }.ToString()))
        {
            reader.Open();
            using SqliteTransaction reading = reader.BeginTransaction(deferred: true);
            using SqliteCommand first = reader.CreateCommand();
            first.Transaction = reading;
            first.CommandText = "SELECT count(*) FROM entry";
            first.ExecuteScalar();
            (await FaultScene.RunAsync(foreign, "record", "import", other.Supply.Make(30, new Random(1)).Path)).Expect(0);
            File.Copy(Wal(foreign), kept);
        }

        File.Copy(kept, Wal(data), overwrite: true);

        await _served.AssertRightOrRefusedAsync(data, "write-ahead log of another store");
        CommandRun audit = await FaultScene.RunAsync(data, "log", "audit");
        Assert.IsTrue(audit.ExitCode is 1 or 4, audit.ToString());
    }

    // A copy of the file while its pages were written back: some of this moment, some of that.
    [TestMethod]
    [Timeout(900_000, CooperativeCancellation = true)]
    public async Task TornCopy_IsFoundOrOneOfTheTwo_AndNothingWrongIsServed()
    {
        string written = _scene.Copy(_written);
        (await FaultScene.RunAsync(written, "record", "import", _scene.Supply.Pieces[0].Path)).Expect(0);
        Assert.IsFalse(File.Exists(Wal(written)));
        byte[] before = await File.ReadAllBytesAsync(FaultScene.StoreOf(_scene.Data), TestContext.CancellationToken);
        byte[] after = await File.ReadAllBytesAsync(FaultScene.StoreOf(written), TestContext.CancellationToken);
        Random random = new(3);
        int found = 0;
        for (int i = 0; i < 25; i++)
        {
            // Copied from front to back while the pages were written in some order: a share of them is new.
            int share = random.Next(1, 10);
            byte[] torn = [.. after];
            for (int at = 0; at < before.Length; at += 8192)
            {
                if (random.Next(10) >= share)
                {
                    before.AsSpan(at, 8192).CopyTo(torn.AsSpan(at));
                }
            }

            string data = _scene.Copy();
            await File.WriteAllBytesAsync(FaultScene.StoreOf(data), torn, TestContext.CancellationToken);
            string what = $"torn copy {i}";
            await _served.AssertRightOrRefusedAsync(data, what);
            CommandRun audit = await FaultScene.RunAsync(data, "log", "audit", "--json");
            ServedRecords.RequireOrderly(audit, what);
            if (audit.ExitCode == 0)
            {
                Assert.Contains(Entries(audit), Sizes, what);
            }
            else
            {
                found++;
            }

            Directory.Delete(data, recursive: true);
        }

        TestContext.WriteLine($"25 torn copies, {found} found by the audit.");
        Assert.IsGreaterThan(15, found);
    }

    // A store that is put back to an older state, on a devnet of its own because its ledger moves on.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task OlderCopyOfTheStore_IsFoundByTheLedgersAnchors_AndAnchorsNothing()
    {
        await using FaultScene scene = await FaultScene.StartAsync(40);
        string old = scene.Copy();
        (await FaultScene.RunAsync(scene.Data, "record", "import", scene.Supply.Make(30, new Random(1)).Path)).Expect(0);
        (await FaultScene.RunAsync(scene.Data, "log", "anchor", "--wait")).Expect(0);

        CommandRun audit = await FaultScene.RunAsync(old, "log", "audit", "--json");
        Assert.AreEqual(1, audit.ExitCode, audit.ToString());
        Assert.Contains("log-truncated", audit.Json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString()!), audit.ToString());
        Assert.AreEqual(1, (await FaultScene.RunAsync(old, "log", "status")).ExitCode);

        // Even grown past the ledger's size it is another history.
        (await FaultScene.RunAsync(old, "record", "import", scene.Supply.Make(200, new Random(2)).Path)).Expect(0);
        CommandRun anchor = await FaultScene.RunAsync(old, "log", "anchor", "--wait");
        Assert.AreEqual(1, anchor.ExitCode, anchor.ToString());
        Assert.AreEqual(1, (await FaultScene.RunAsync(old, "log", "audit")).ExitCode);
        (await FaultScene.RunAsync(scene.Data, "log", "audit")).Expect(0);
    }

    private static string Wal(string data) => FaultScene.StoreOf(data) + "-wal";

    private static long Entries(CommandRun audit) => audit.Json.GetProperty("logs").EnumerateArray().Sum(log => log.GetProperty("entries").GetInt64());

    // The audit finds nothing, all of some commits is there and nothing of the others; and the senders' next try completes it.
    private static async Task<long> AssertEarlierStateAsync(string what, Action<string> damage)
    {
        string data = _scene.Copy(_written);
        damage(data);
        Assert.AreEqual(0, await _served.AssertRightOrRefusedAsync(data, what), what);
        CommandRun audit = await FaultScene.RunAsync(data, "log", "audit", "--json");
        Assert.AreEqual(0, audit.ExitCode, $"{what}: {audit}");
        long entries = Entries(audit);
        Assert.Contains(entries, Sizes, what);
        Piece[] later = [.. _scene.Supply.Pieces.Where(piece => piece.Rows.Count == Each).Take(Commits)];
        (await FaultScene.RunAsync(data, ["record", "import", .. later.Select(piece => piece.Path)])).Expect(0);
        CommandRun completed = await FaultScene.RunAsync(data, "log", "audit", "--json");
        Assert.AreEqual(0, completed.ExitCode, $"{what}: {completed}");
        Assert.AreEqual(Sizes[^1], Entries(completed), what);
        Directory.Delete(data, recursive: true);
        return entries;
    }
}
