using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Storage.Tests;

/// <summary>The store's file: made once, recognised, durable, and refused when it is something else.</summary>
[TestClass]
public sealed class StoreTests
{
    [TestMethod]
    public void Create_NewFile_IsSoundAndEmpty()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);

        Assert.IsEmpty(store.CheckIntegrity());
        Assert.IsEmpty(store.Logs.ReadAll());
        Assert.AreEqual(0, store.Tiles.Count() + store.Checkpoints.Count() + store.Anchors.Count() + store.Entries.CountErasures());
    }

    [TestMethod]
    public void Create_ExistingFile_IsRefusedAndLeftAlone()
    {
        using TestStore test = new();
        File.WriteAllText(test.Path, "mine");

        Assert.ThrowsExactly<IOException>(() => Store.Create(test.Path));

        Assert.AreEqual("mine", File.ReadAllText(test.Path));
    }

    [TestMethod]
    public void Open_Missing_IsRefusedAndNotMade()
    {
        using TestStore test = new();

        Assert.ThrowsExactly<StoreFormatException>(() => Store.Open(test.Path, StoreAccess.Write));

        Assert.IsFalse(File.Exists(test.Path));
    }

    [TestMethod]
    [DataRow("PRAGMA application_id = 1", DisplayName = "another program's database")]
    [DataRow("PRAGMA user_version = 8", DisplayName = "a newer version")]
    public void Open_AnotherDatabase_SaysWhatItFound(string sql)
    {
        using TestStore test = new();
        Store.Create(test.Path).Dispose();
        test.Execute(sql);

        StoreFormatException e = Assert.ThrowsExactly<StoreFormatException>(() => Store.Open(test.Path, StoreAccess.Read));

        Assert.Contains("expected application id 4c435231, version 1 to 7", e.Message);
    }

    [TestMethod]
    public void Open_TextFile_IsDamaged()
    {
        using TestStore test = new();
        File.WriteAllText(test.Path, new string('x', 4096));

        System.Data.Common.DbException e = Assert.Throws<System.Data.Common.DbException>(() => Store.Open(test.Path, StoreAccess.Read));

        Assert.AreEqual(StoreFailureKind.Damaged, StoreFailure.Classify(e).Kind);
    }

    [TestMethod]
    [DataRow("CREATE TABLE more (x)")]
    [DataRow("CREATE INDEX more ON entry (secret)")]
    [DataRow("CREATE TRIGGER more AFTER INSERT ON entry BEGIN SELECT 1; END")]
    [DataRow("CREATE VIEW more AS SELECT 1")]
    [DataRow("DROP TABLE tile")]
    [DataRow("ALTER TABLE log ADD COLUMN more TEXT")]
    public void CheckIntegrity_AnotherSchema_IsNamed(string sql)
    {
        using TestStore test = new();
        Store.Create(test.Path).Dispose();
        test.Execute(sql);
        using Store store = Store.Open(test.Path, StoreAccess.Read);

        Assert.IsNotEmpty(store.CheckIntegrity());
    }

    [TestMethod]
    public void Write_DisposedWithoutCommit_LeavesNothing()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        using (store.BeginWrite())
        {
            store.Logs.Add("a", "net/a", "key");
        }

        Assert.IsEmpty(store.Logs.ReadAll());
    }

    [TestMethod]
    public void Write_Committed_IsSeenByOthers()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        using Store other = Store.Open(test.Path, StoreAccess.Read);
        using (StoreTransaction transaction = store.BeginWrite())
        {
            store.Logs.Add("a", "net/a", "key");
            Assert.IsEmpty(other.Logs.ReadAll());
            transaction.Commit();
        }

        Assert.AreEqual(new StoredLog(1, "a", "net/a", "key"), other.Logs.Find("a"));
        Assert.IsNull(other.Logs.Find("b"));
    }

    [TestMethod]
    public void Read_InOneTransaction_SeesOneState()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        using Store reader = Store.Open(test.Path, StoreAccess.Read);
        using (reader.BeginRead())
        {
            Assert.IsEmpty(reader.Logs.ReadAll());
            store.Logs.Add("a", "net/a", "key");
            Assert.IsEmpty(reader.Logs.ReadAll());
        }

        Assert.HasCount(1, reader.Logs.ReadAll());
    }

    [TestMethod]
    public void Open_ForReading_CannotWrite()
    {
        using TestStore test = new();
        Store.Create(test.Path).Dispose();
        using Store reader = Store.Open(test.Path, StoreAccess.Read);

        System.Data.Common.DbException e = Assert.Throws<System.Data.Common.DbException>(() => reader.Logs.Add("a", "net/a", "key"));

        Assert.AreEqual(StoreFailureKind.ReadOnly, StoreFailure.Classify(e).Kind);
    }

    [TestMethod]
    public void Entries_OfSeveralLogs_StayApart()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        byte[] entry = new LogEntry(RecordKind.Rating, Sha256.Hash([1]), Bytes32.Zero).Encode();
        for (ulong i = 0; i < 3; i++)
        {
            store.Entries.Add(new LogPosition(1, i), entry, Sha256.Hash([(byte)i]).AsSpan(), [1]);
            store.Entries.Add(new LogPosition(2, i), entry, Sha256.Hash([(byte)i]).AsSpan(), [2]);
        }

        store.Entries.Erase(new LogPosition(2, 1), "statement"u8);

        Assert.AreEqual(3UL, store.Entries.Count(1));
        Assert.AreEqual(0UL, store.Entries.Count(3));
        Assert.AreSequenceEqual((ulong[])[0, 2], store.Entries.ReadPositions(2).Select(p => p.LeafIndex));
        Assert.IsTrue(store.Entries.Find(new LogPosition(2, 1))!.IsErased);
        Assert.AreSequenceEqual("statement"u8.ToArray(), store.Entries.FindErasure(new LogPosition(2, 1))!);
        Assert.IsNull(store.Entries.FindErasure(new LogPosition(1, 1)));
        Assert.AreEqual(3L, store.Entries.CountOutside([1]));
        Assert.AreEqual(0L, store.Entries.CountOutside([1, 2]));
    }

    [TestMethod]
    public void Tiles_ReaderOfASmallerTree_GetsThePrefix()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        TreeAppender tree = TreeAppender.CreateEmpty();
        for (int i = 0; i < 300; i++)
        {
            tree.Append(Sha256.Hash(BitConverter.GetBytes(i)));
        }

        foreach (Tile tile in tree.TakeChangedTiles())
        {
            store.Tiles.Put(1, tile);
        }

        ITileReader reader = store.Tiles.ReaderOf(1);
        Assert.HasCount(44 * Bytes32.Length, reader.ReadTile(new TileId(0, 1, 44)).ToArray());
        Assert.HasCount(7 * Bytes32.Length, reader.ReadTile(new TileId(0, 1, 7)).ToArray());
        Assert.ThrowsExactly<LogIntegrityException>(() => reader.ReadTile(new TileId(0, 1, 45)));
        Assert.ThrowsExactly<LogIntegrityException>(() => reader.ReadTile(new TileId(0, 2, 1)));
        Assert.ThrowsExactly<LogIntegrityException>(() => store.Tiles.ReaderOf(2).ReadTile(new TileId(0, 0, 1)));
        Assert.AreEqual(tree.RootHash(), TreeAppender.Load(300, reader).RootHash());
    }

    [TestMethod]
    public void Tiles_LeafByItsHash_IsFoundWhereItStandsFirst()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        Bytes32 Leaf(int number) => Sha256.Hash(BitConverter.GetBytes(number % 600));
        foreach (int log in (int[])[1, 2])
        {
            TreeAppender tree = TreeAppender.CreateEmpty();
            for (int i = 0; i < 700; i++)
            {
                tree.Append(Leaf(i + (log * 10)));
            }

            foreach (Tile tile in tree.TakeChangedTiles())
            {
                store.Tiles.Put(log, tile);
            }

            using StoreTransaction transaction = store.BeginWrite();
            store.Index.Add([.. Enumerable.Range(0, 700).Select(i => new NewIndexRow(new LogPosition(log, (ulong)i), 0, 0, IndexKeys.OfLeaf(Leaf(i + (log * 10)))))]);
            transaction.Commit();
        }

        for (int i = 0; i < 600; i++)
        {
            Assert.AreEqual((ulong)i, store.Tiles.FindLeaf(1, Leaf(i + 10)));
            Assert.AreEqual((ulong)i, store.Tiles.FindLeaf(2, Leaf(i + 20)));
        }

        // A leaf of the same key is another leaf all the same.
        byte[] other = [.. Leaf(10).ToArray()[..31], 1];
        Assert.IsNull(store.Tiles.FindLeaf(1, Bytes32.FromBytes(other)));
        IReadOnlyDictionary<Bytes32, ulong> several = store.Tiles.FindLeaves(1, new HashSet<Bytes32> { Leaf(10), Leaf(11), Bytes32.FromBytes(other) });
        Assert.HasCount(2, several);
        Assert.AreEqual(1UL, several[Leaf(11)]);
        Assert.IsNull(store.Tiles.FindLeaf(3, Leaf(10)));
    }

    [TestMethod]
    public void RepairProgress_Written_IsThatOfItsLog()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        Assert.IsNull(store.RepairProgress.Find(1));

        store.RepairProgress.Put(1, new RepairProgress(5, Sha256.Hash([5])));
        store.RepairProgress.Put(1, new RepairProgress(6, Sha256.Hash([6])));
        store.RepairProgress.Put(2, new RepairProgress(7, Sha256.Hash([7])));

        Assert.AreEqual(new RepairProgress(6, Sha256.Hash([6])), store.RepairProgress.Find(1));
        Assert.AreEqual(new RepairProgress(7, Sha256.Hash([7])), store.RepairProgress.Find(2));
    }

    // SQLite keeps no checksums: a page of another index reads as one of this.
    [TestMethod]
    public void Anchors_WhoseKeyIsAnotherIndexs_AreNotTakenForNone()
    {
        using TestStore test = new();
        using (Store store = Store.Create(test.Path))
        {
            store.Anchors.Add(1, new StoredAnchor(5, [1], [2]));
            Assert.IsNull(store.Anchors.FindCovering(2, 0));
        }

        int keyPage = (int)test.Scalar("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_anchor_1'");
        int otherPage = (int)test.Scalar("SELECT rootpage FROM sqlite_schema WHERE name = 'access_grant_page'");
        byte[] bytes = File.ReadAllBytes(test.Path);
        int size = (bytes[16] << 8) | bytes[17];
        bytes.AsSpan((otherPage - 1) * size, size).CopyTo(bytes.AsSpan((keyPage - 1) * size));
        File.WriteAllBytes(test.Path, bytes);

        using Store damaged = Store.Open(test.Path, StoreAccess.Read);
        Assert.ThrowsExactly<LogIntegrityException>(() => damaged.Anchors.FindCovering(1, 4));
        Assert.ThrowsExactly<LogIntegrityException>(() => damaged.Anchors.FindLatestFinal(1));
    }

    [TestMethod]
    public void Anchors_FromSignedToLost_GoThroughTheirStates()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Anchors.Add(1, new StoredAnchor(5, [1], null));
        Assert.IsTrue(store.Anchors.ReadAll(1).Single().IsInFlight);
        Assert.IsNull(store.Anchors.FindCovering(1, 4));

        Assert.IsFalse(store.Anchors.Complete(1, 4, [1], [2]));
        Assert.IsTrue(store.Anchors.Complete(1, 5, [1], [2]));
        Assert.AreEqual(5UL, store.Anchors.FindCovering(1, 4)!.TreeSize);
        Assert.IsNull(store.Anchors.FindCovering(1, 5));
        store.Anchors.RemoveInFlight(1, 5, [1]);
        Assert.HasCount(1, store.Anchors.ReadAll(1));

        store.Anchors.Reopen(1, 5);
        Assert.AreSequenceEqual((byte[])[1], store.Anchors.ReadAll(1).Single().TransactionRaw!);
        Assert.IsTrue(store.Anchors.ReadAll(1).Single().IsInFlight);
        store.Anchors.RemoveInFlight(1, 5, [9]);
        Assert.HasCount(1, store.Anchors.ReadAll(1), "Other bytes are another anchor in flight.");
        store.Anchors.RemoveInFlight(1, 5, [1]);
        Assert.IsEmpty(store.Anchors.ReadAll(1));

        store.Anchors.Add(1, new StoredAnchor(7, null, [3]));
        store.Anchors.Reopen(1, 7);
        Assert.IsEmpty(store.Anchors.ReadAll(1));
    }

    [TestMethod]
    public void Anchors_AskedForOneByOne_AreThoseOfTheWholeList()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        foreach (int log in (int[])[1, 2])
        {
            for (ulong size = 1; size <= 40; size++)
            {
                store.Anchors.Add(log, new StoredAnchor(size * (ulong)log, [1], size % 7 == 3 ? null : [2]));
            }
        }

        foreach (int log in (int[])[1, 2, 3])
        {
            IReadOnlyList<StoredAnchor> all = store.Anchors.ReadAll(log);
            IEnumerable<ulong> final = all.Where(anchor => !anchor.IsInFlight).Select(anchor => anchor.TreeSize);
            for (ulong size = 0; size <= 82; size++)
            {
                Assert.AreEqual(all.FirstOrDefault(anchor => anchor.TreeSize == size)?.TreeSize, store.Anchors.Find(log, size)?.TreeSize);
                Assert.AreEqual(all.FirstOrDefault(anchor => anchor.IsInFlight && anchor.TreeSize > size)?.TreeSize, store.Anchors.FindInFlight(log, size)?.TreeSize);
                Assert.AreEqual(all.LastOrDefault(anchor => !anchor.IsInFlight && anchor.TreeSize < size)?.TreeSize, store.Anchors.FindFinalBefore(log, size)?.TreeSize);
                Assert.AreEqual(all.Any(anchor => anchor.TreeSize >= size), store.Anchors.AnyFrom(log, size));
                Assert.AreSequenceEqual(final.Where(found => found > size).Take(5), store.Anchors.ReadFinal(log, size, 5).Select(anchor => anchor.TreeSize));
            }
        }

        Assert.IsEmpty(store.Anchors.ReadFinal(1, ulong.MaxValue, 5));
    }

    // Asked in each round of a node, of a log that has an anchor for each round of years.
    [TestMethod]
    public void Anchors_InFlight_AreLookedUpInAnIndexOfTheirOwn()
    {
        using TestStore test = new();
        Store.Create(test.Path).Dispose();

        Assert.Contains(
            "anchor_in_flight",
            test.Text("EXPLAIN QUERY PLAN SELECT tree_size, transaction_raw, ledger_proof FROM anchor WHERE log = 1 AND tree_size > 0 AND ledger_proof IS NULL ORDER BY tree_size LIMIT 1"));
    }

    [TestMethod]
    public void Anchors_WithNeitherTransactionNorProof_AreRefused()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);

        Assert.Throws<System.Data.Common.DbException>(() => store.Anchors.Add(1, new StoredAnchor(5, null, null)));
    }

    [TestMethod]
    [DataRow("INSERT INTO log VALUES (0, 'i', 'o', 'k')", DisplayName = "log number 0")]
    [DataRow("INSERT INTO log VALUES (-1, 'i', 'o', 'k')", DisplayName = "negative log number")]
    [DataRow("INSERT INTO log VALUES (4194304, 'i', 'o', 'k')", DisplayName = "log number beyond positions")]
    [DataRow("INSERT INTO log VALUES (9223372036854775807, 'i', 'o', 'k')", DisplayName = "largest number")]
    public void Read_NumberThatNoLogHas_IsDamage(string sql)
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        test.Execute(sql);

        Assert.ThrowsExactly<LogIntegrityException>(store.Logs.ReadAll);
    }

    [TestMethod]
    [DataRow(0, 0UL)]
    [DataRow(-1, 0UL)]
    [DataRow(1 << 22, 0UL)]
    [DataRow(1, 1UL << 40)]
    public void Position_OutOfBounds_IsACallersMistake(int log, ulong leafIndex)
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => store.Entries.Find(new LogPosition(log, leafIndex)));
    }
}
