using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Storage.Tests;

/// <summary>A store of the second version gets its indexes as runs, and loses nothing.</summary>
[TestClass]
public sealed class StoreUpgradeTests
{
    private const string BackToSixthVersion = """
        DROP INDEX anchor_in_flight;
        PRAGMA user_version = 6;
        """;

    private const string BackToFifthVersion = BackToSixthVersion + """

        DROP INDEX access_grant_page;
        DELETE FROM index_chunk WHERE number >> 24 IN (SELECT number FROM index_run WHERE kind = 4);
        DELETE FROM index_run WHERE kind = 4;
        PRAGMA user_version = 5;
        """;

    private const string BackToFourthVersion = BackToFifthVersion + """

        DROP TABLE repair_material;
        PRAGMA user_version = 4;
        """;

    private const string BackToThirdVersion = BackToFourthVersion + """

        DROP TABLE cosignature;
        DROP TABLE api_key;
        DROP TABLE access_grant;
        DROP TABLE entered_by;
        PRAGMA user_version = 3;
        """;

    // What the third version has in place of the tables of the second.
    private const string BackToSecondVersion = BackToThirdVersion + """

        DROP TABLE index_run;
        DROP TABLE index_chunk;
        DROP INDEX entry_repair;
        CREATE TABLE record_key (
            log INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            id TEXT NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (log, kind, id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE record_subject (
            subject TEXT NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (subject, position)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO record_key SELECT position >> 40, unicode(substr(hex(entry), 4, 1)) - 48, json_extract(CAST(record AS TEXT), '$.id'), position FROM entry WHERE record IS NOT NULL;
        INSERT INTO record_subject SELECT json_extract(CAST(record AS TEXT), '$.subject'), position FROM entry WHERE record IS NOT NULL;
        PRAGMA user_version = 2;
        """;

    [TestMethod]
    public void Open_SecondVersionForWriting_HasTheIndexesInPlaceOfTheTables()
    {
        using TestStore test = new();
        Fill(test);

        using (Store store = Store.Open(test.Path, StoreAccess.Write))
        {
            Check(store);
            StoredRecords.Add(store, 1, [5_000]);
            Assert.IsNotNull(store.Index.Find(1, StoredRecords.KindOf(5_000), StoredRecords.IdOf(5_000)));
        }

        Assert.AreEqual(7L, test.Scalar("PRAGMA user_version"));
        Assert.AreEqual(0L, test.Scalar("SELECT count(*) FROM sqlite_schema WHERE name IN ('record_key', 'record_subject')"));
        using Store again = Store.Open(test.Path, StoreAccess.Read);
        Assert.IsEmpty(again.CheckIntegrity());
        Check(again);
        Assert.AreEqual(0L, again.Index.CountStray());
    }

    [TestMethod]
    public void Open_SecondVersionForReading_FindsAllAndLeavesTheFileAlone()
    {
        using TestStore test = new();
        Fill(test);
        byte[] before = File.ReadAllBytes(test.Path);

        using (Store store = Store.Open(test.Path, StoreAccess.Read))
        {
            Assert.IsEmpty(store.CheckIntegrity());
            Check(store);
            Assert.HasCount(1_000, store.Entries.ReadRepairs(1));
        }

        Assert.AreSequenceEqual(before, File.ReadAllBytes(test.Path));
    }

    [TestMethod]
    [DataRow(BackToThirdVersion, DisplayName = "the third")]
    [DataRow(BackToFourthVersion, DisplayName = "the fourth")]
    [DataRow(BackToFifthVersion, DisplayName = "the fifth")]
    [DataRow(BackToSixthVersion, DisplayName = "the sixth")]
    public void Open_OlderVersionWithIndexes_IsReadAsItIsAndGetsTheNewTablesWhenWritten(string change)
    {
        using TestStore test = new();
        Fill(test, change);
        byte[] before = File.ReadAllBytes(test.Path);

        using (Store store = Store.Open(test.Path, StoreAccess.Read))
        {
            Assert.IsEmpty(store.CheckIntegrity());
            Check(store);
            Assert.IsFalse(store.Materials.Any());
        }

        Assert.AreSequenceEqual(before, File.ReadAllBytes(test.Path));
        using (Store store = Store.Open(test.Path, StoreAccess.Write))
        {
            Check(store);
            store.Materials.Add(MaterialTableTests.Make(1));
        }

        Assert.AreEqual(7L, test.Scalar("PRAGMA user_version"));
        using Store again = Store.Open(test.Path, StoreAccess.Read);
        Assert.IsEmpty(again.CheckIntegrity());
        Check(again);
    }

    [TestMethod]
    [DataRow(BackToSecondVersion, DisplayName = "the second")]
    [DataRow(BackToFifthVersion, DisplayName = "the fifth")]
    [DataRow(BackToSixthVersion, DisplayName = "the sixth")]
    public void Open_OlderVersionByTwoAtOnce_IsBroughtUpToDateOnce(string change)
    {
        using TestStore test = new();
        Fill(test, change);

        Parallel.For(0, 4, _ => Store.Open(test.Path, StoreAccess.Write).Dispose());

        using Store store = Store.Open(test.Path, StoreAccess.Read);
        Assert.IsEmpty(store.CheckIntegrity());
        Check(store);
    }

    [TestMethod]
    public void Open_SecondVersionWithAnUnreadableRecord_KeepsItForTheAuditToName()
    {
        using TestStore test = new();
        Fill(test);
        test.Execute("UPDATE entry SET record = x'7b' WHERE position = (1 << 40) + 7");

        using Store store = Store.Open(test.Path, StoreAccess.Write);

        Assert.AreEqual(2_998L, store.Index.Count(IndexKind.Id));
        Assert.AreEqual(3_000L, store.Index.Count(IndexKind.Leaf));
    }

    private static void Fill(TestStore test, string change = BackToSecondVersion)
    {
        using (Store store = Store.Create(test.Path))
        {
            store.Logs.Add("a", "net/a", "key");
            StoredRecords.Add(store, 1, Enumerable.Range(0, 3_000));
            StoredRecords.Erase(store, 1, 8, 8);
        }

        test.Execute(change);
        test.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static void Check(Store store)
    {
        Assert.IsGreaterThanOrEqualTo(2_999L, store.Index.Count(IndexKind.Id));
        for (int number = 0; number < 3_000; number += 13)
        {
            Assert.AreEqual(number == 8 ? null : new LogPosition(1, (ulong)number), store.Index.Find(1, StoredRecords.KindOf(number), StoredRecords.IdOf(number)));
        }

        Assert.IsNull(store.Index.Find(1, StoredRecords.KindOf(8), StoredRecords.IdOf(8)));
        Assert.HasCount(60, store.Index.FindBySubject(StoredRecords.SubjectOf(1)));
        Assert.HasCount(59, store.Index.FindBySubject(StoredRecords.SubjectOf(8)));
        Assert.IsGreaterThanOrEqualTo(599L, store.Index.Count(IndexKind.Superseded));
        for (int number = 0; number < 2_900; number += 7)
        {
            bool isSuperseded = StoredRecords.SupersededBy(number + 3) == number && number + 3 != 8;
            Assert.AreEqual(isSuperseded ? new LogPosition(1, (ulong)number + 3) : null, store.Index.FindSuperseding(1, StoredRecords.KindOf(number), StoredRecords.IdOf(number)));
        }
    }
}
