using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Storage.Tests;

/// <summary>Reading entries many at a time gives what reading them one by one gives.</summary>
[TestClass]
public sealed class EntryScanTests
{
    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(3, 1 << 20)]
    [DataRow(1_000, 500)]
    [DataRow(1_024, 1 << 20)]
    public void Scan_AnyBatchSize_IsTheSameAsOneByOne(int maxRows, int maxBytes)
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        Random random = new(3);
        byte[] secret = Sha256.Hash([1]).ToArray();
        for (int i = 0; i < 200; i++)
        {
            byte[] record = new byte[random.Next(20) == 0 ? random.Next(60_000) : random.Next(1_000)];
            random.NextBytes(record);
            store.Entries.Add(new LogPosition(1 + (i % 2), (ulong)(i / 2)), StoredRecords.EntryOf(i).Encode(), secret, record);
        }

        store.Entries.Erase(new LogPosition(1, 40), "statement"u8);

        foreach (ulong first in (ulong[])[0, 1, 40, 99, 100, 5_000])
        {
            List<StoredEntry> expected = [.. store.Entries.ReadAll(1).Where(entry => entry.Position.LeafIndex >= first)];
            using EntryScan scan = store.Entries.Scan(1, first);
            EntryBatch batch = new(maxRows, maxBytes);
            int done = 0;
            while (scan.Read(batch))
            {
                Assert.IsInRange(1, maxRows, batch.Count);
                for (int i = 0; i < batch.Count; i++)
                {
                    StoredEntry entry = expected[done++];
                    Assert.AreEqual(entry.Position, batch.Position(i));
                    Assert.AreEqual(entry.IsErased, batch.IsErased(i));
                    Assert.AreSequenceEqual(entry.Entry, batch.Entry(i).ToArray());
                    Assert.AreEqual(entry.Secret is not null, batch.HasSecret(i));
                    Assert.AreSequenceEqual(entry.Secret ?? [], batch.Secret(i).ToArray());
                    Assert.AreSequenceEqual(entry.Record ?? [], batch.Record(i).ToArray());
                }

                Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => batch.Position(batch.Count));
            }

            Assert.HasCount(done, expected);
            Assert.IsFalse(scan.Read(batch));
        }
    }

    // The store refuses such rows; whoever writes to the file below SQLite does not ask it.
    [TestMethod]
    [DataRow("secret = NULL", false, false)]
    [DataRow("secret = x''", false, true)]
    [DataRow("record = NULL", true, true)]
    [DataRow("secret = NULL, record = NULL", true, false)]
    public void Scan_SecretMissingOrEmpty_AreToldApart(string change, bool isErased, bool hasSecret)
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredRecords.Add(store, 1, Enumerable.Range(0, 3));
        test.Execute($"PRAGMA ignore_check_constraints = ON; UPDATE entry SET {change} WHERE position & 255 = 1");
        using EntryScan scan = store.Entries.Scan(1, 0);
        EntryBatch batch = new();

        Assert.IsTrue(scan.Read(batch));

        Assert.AreEqual(isErased, batch.IsErased(1));
        Assert.AreEqual(hasSecret, batch.HasSecret(1));
        Assert.IsTrue(batch.HasSecret(0) && batch.HasSecret(2));
    }

    [TestMethod]
    public void Scan_WhileOthersAppend_IsOfOneState()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredRecords.Add(store, 1, Enumerable.Range(0, 50));
        using Store reader = Store.Open(test.Path, StoreAccess.Read);
        using EntryScan scan = reader.Entries.Scan(1, 0);
        EntryBatch batch = new(maxRows: 10);
        int count = 0;
        while (scan.Read(batch))
        {
            count += batch.Count;
            StoredRecords.Add(store, 1, [1_000 + count]);
        }

        Assert.AreEqual(50, count);
        Assert.AreEqual(55UL, reader.Entries.Count(1));
    }

    [TestMethod]
    public void Scan_ValueThatARowCannotHave_IsDamage()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredRecords.Add(store, 1, Enumerable.Range(0, 3));

        // STRICT refuses such a value; whoever writes to the file below SQLite does not ask it.
        test.Execute("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'entry BLOB NOT NULL', 'entry') WHERE name = 'entry'");
        test.Execute("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'entry'");
        test.Execute("UPDATE entry SET entry = 'text' WHERE position & 255 = 1");
        using Store reader = Store.Open(test.Path, StoreAccess.Read);
        using EntryScan scan = reader.Entries.Scan(1, 0);

        Assert.ThrowsExactly<LogIntegrityException>(() => scan.Read(new EntryBatch()));
    }

    [TestMethod]
    public void Add_SamePositionTwice_IsRefusedAndTheNextOneWorks()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        byte[] entry = StoredRecords.EntryOf(1).Encode();
        store.Entries.Add(new LogPosition(1, 0), entry, new byte[32], "r"u8);

        System.Data.Common.DbException e = Assert.Throws<System.Data.Common.DbException>(() => store.Entries.Add(new LogPosition(1, 0), entry, new byte[32], "r"u8));
        store.Entries.Add(new LogPosition(1, 1), entry, new byte[32], []);

        Assert.AreEqual(StoreFailureKind.Bug, StoreFailure.Classify(e).Kind);
        Assert.AreEqual(2UL, store.Entries.Count(1));
        Assert.IsEmpty(store.Entries.Find(new LogPosition(1, 1))!.Record!);
    }

    [TestMethod]
    public void Add_StoreOpenForReading_IsReadOnly()
    {
        using TestStore test = new();
        Store.Create(test.Path).Dispose();
        using Store store = Store.Open(test.Path, StoreAccess.Read);

        System.Data.Common.DbException e = Assert.Throws<System.Data.Common.DbException>(() => store.Entries.Add(new LogPosition(1, 0), new byte[66], new byte[32], "r"u8));

        Assert.AreEqual(StoreFailureKind.ReadOnly, StoreFailure.Classify(e).Kind);
    }

    [TestMethod]
    public void ReadRepairs_AmongOthers_AreThoseOfTheirLogThatAreNotErased()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredRecords.Add(store, 1, Enumerable.Range(0, 30));
        StoredRecords.Add(store, 2, Enumerable.Range(0, 30));
        StoredRecords.Erase(store, 1, 4, 4);

        Assert.AreSequenceEqual((ulong[])[1, 7, 10, 13, 16, 19, 22, 25, 28], store.Entries.ReadRepairs(1).Select(entry => entry.Position.LeafIndex));
        Assert.IsTrue(store.Entries.ReadRepairs(1).All(entry => entry.Position.Log == 1));
        Assert.Contains("entry_repair", test.Text("EXPLAIN QUERY PLAN SELECT position FROM entry WHERE substr(entry, 2, 1) = x'02' AND position BETWEEN 1 AND 2 AND record IS NOT NULL ORDER BY position"));
    }
}
