using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Storage.Tests;

/// <summary>An audit's reading of an index sees every alteration of its form.</summary>
[TestClass]
public sealed class IndexScanTests
{
    private const string OfIds = " (SELECT number FROM index_run WHERE kind = 1 AND level > 0 ORDER BY number DESC LIMIT 1)";

    [TestMethod]
    [DataRow("UPDATE index_run SET pairs = pairs - 1 WHERE number =" + OfIds, "has 5000 pairs where its row says 4999", DisplayName = "count too small")]
    [DataRow("UPDATE index_run SET pairs = pairs + 1 WHERE number =" + OfIds, "has 5000 pairs where its row says 5001", DisplayName = "count too large")]
    [DataRow("UPDATE index_run SET end_chunk = end_chunk + 1 WHERE number =" + OfIds, "lacks a chunk", DisplayName = "chunk too few")]
    [DataRow("UPDATE index_run SET end_chunk = end_chunk - 1 WHERE number =" + OfIds, "has 4500 pairs where its row says 5000", DisplayName = "chunk too many")]
    [DataRow("UPDATE index_run SET first_chunk = 1, pairs = pairs - 500 WHERE number =" + OfIds, "has lost its beginning", DisplayName = "first chunk skipped")]
    [DataRow("UPDATE index_run SET first_pair = 7, pairs = pairs - 7 WHERE number =" + OfIds, "has lost its beginning", DisplayName = "first pairs skipped")]
    [DataRow("UPDATE index_run SET target = 1 WHERE number =" + OfIds, "which cannot be", DisplayName = "merged into an older run")]
    [DataRow("UPDATE index_run SET level = 0 WHERE kind = 1", "more than one run that new pairs go into", DisplayName = "two runs for new pairs")]
    [DataRow("UPDATE index_run SET level = 0 WHERE number =" + OfIds, "no single whole chunk", DisplayName = "large run for new pairs")]
    [DataRow("DELETE FROM index_chunk WHERE number >> 24 =" + OfIds + " AND number & 255 = 3", "lacks a chunk", DisplayName = "chunk deleted")]
    [DataRow("UPDATE index_chunk SET pairs = CAST(substr(pairs, 17, 16) || substr(pairs, 1, 16) || substr(pairs, 33) AS BLOB) WHERE number >> 24 =" + OfIds, "is not in order", DisplayName = "two pairs swapped")]
    [DataRow("UPDATE index_chunk SET pairs = CAST(substr(pairs, 1, 16) || substr(pairs, 1, 7984) AS BLOB) WHERE number >> 24 =" + OfIds, "is not in order", DisplayName = "pair doubled")]
    [DataRow("UPDATE index_chunk SET pairs = (SELECT pairs FROM index_chunk AS other WHERE other.number = index_chunk.number + 1) WHERE number >> 24 =" + OfIds + " AND number & 255 = 3", "is not in order", DisplayName = "chunk doubled")]
    [DataRow("UPDATE index_chunk SET pairs = substr(pairs, 2) WHERE number >> 24 =" + OfIds, "cannot be read", DisplayName = "half a pair")]
    public void Read_AlteredRun_SaysWhatIsWrong(string sql, string problem)
    {
        using TestStore test = new();
        Fill(test);
        test.Execute(sql);
        using Store store = Store.Open(test.Path, StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();

        IndexScan scan = store.Index.ReadPairs(IndexKind.Id);
        while (scan.Read(out ReadOnlySpan<IndexPair> _))
        {
        }

        Assert.Contains(problem, string.Join('\n', scan.Problems));
    }

    [TestMethod]
    public void Read_EverythingAltered_TellsAFewProblems()
    {
        using TestStore test = new();
        Fill(test);
        test.Execute("UPDATE index_chunk SET pairs = x'00'");
        test.Execute("WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 200) INSERT INTO index_run SELECT i, 1, 1, 0, 5, 1, 9, 7 FROM n");
        using Store store = Store.Open(test.Path, StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();

        IndexScan scan = store.Index.ReadPairs(IndexKind.Id);
        int chunks = 0;
        while (scan.Read(out ReadOnlySpan<IndexPair> pairs))
        {
            Assert.IsTrue(pairs.IsEmpty);
            chunks++;
        }

        Assert.IsGreaterThan(100, chunks);
        Assert.HasCount(20, scan.Problems);
    }

    [TestMethod]
    public void CountStray_RowsThatNoRunAccountsFor_AreCounted()
    {
        using TestStore test = new();
        Fill(test);
        using Store store = Store.Open(test.Path, StoreAccess.Read);
        Assert.AreEqual(0L, store.Index.CountStray());

        test.Execute("INSERT INTO index_chunk VALUES (1 << 40, x'')");
        Assert.AreEqual(1L, store.Index.CountStray());
        test.Execute("INSERT INTO index_run VALUES (900, 5, 1, 0, 0, 0, 0, NULL)");
        Assert.AreEqual(2L, store.Index.CountStray());
    }

    [TestMethod]
    public void Add_AfterAnotherProcessRebuilt_SeesItsRuns()
    {
        using TestStore test = new();
        Fill(test);
        using Store store = Store.Open(test.Path, StoreAccess.Write);
        for (int number = 0; number < 2_000; number += 3)
        {
            Assert.IsNotNull(store.Index.Find(1, StoredRecords.KindOf(number), StoredRecords.IdOf(number)));
        }

        using (Store other = Store.Open(test.Path, StoreAccess.Write))
        {
            using StoreTransaction transaction = other.BeginWrite();
            other.Index.Rebuild(other.Logs.ReadAll());
            transaction.Commit();
        }

        StoredRecords.Add(store, 1, Enumerable.Range(20_000, 600));
        for (int number = 0; number < 5_100; number += 7)
        {
            Assert.IsNotNull(store.Index.Find(1, StoredRecords.KindOf(number), StoredRecords.IdOf(number)), $"{number}");
        }

        Assert.AreEqual(5_700L, store.Index.Count(IndexKind.Id));
        Assert.AreEqual(0L, store.Index.CountStray());
    }

    [TestMethod]
    public void Close_AfterManyTransactions_LeavesNoWriteAheadLogAndItWasBounded()
    {
        using TestStore test = new();
        using (Store store = Store.Create(test.Path))
        {
            byte[] record = new byte[2_000_000];
            byte[] entry = StoredRecords.EntryOf(1).Encode();
            for (ulong i = 0; i < 60; i++)
            {
                store.Entries.Add(new LogPosition(1, i), entry, new byte[32], record);
            }

            Assert.IsInRange(1, 64L << 20, new FileInfo(test.Path + "-wal").Length);
        }

        Assert.IsFalse(File.Exists(test.Path + "-wal"));
    }

    // A run of 5,000 pairs in ten whole chunks, and 100 pairs in the one that takes new ones.
    private static void Fill(TestStore test)
    {
        using Store store = Store.Create(test.Path);
        store.Logs.Add("a", "net/a", "key");
        StoredRecords.Add(store, 1, Enumerable.Range(0, 5_000));
        StoredRecords.Add(store, 1, Enumerable.Range(5_000, 100));
    }
}
