using LedgerCredit.Primitives;

namespace LedgerCredit.Storage.Tests;

/// <summary>The tables of the index of the ledger, and how a store of the first version gets them.</summary>
[TestClass]
public sealed class LedgerTableTests
{
    // The tables of the first version, as its program made them.
    private const string FirstVersion = """
        CREATE TABLE log (
            number INTEGER PRIMARY KEY,
            issuer TEXT NOT NULL UNIQUE,
            origin TEXT NOT NULL UNIQUE,
            verifier_key TEXT NOT NULL
        ) STRICT;
        CREATE TABLE entry (
            position INTEGER PRIMARY KEY,
            entry BLOB NOT NULL,
            secret BLOB,
            record BLOB,
            CHECK ((secret IS NULL) = (record IS NULL))
        ) STRICT;
        CREATE TABLE erasure (
            position INTEGER PRIMARY KEY REFERENCES entry (position),
            statement BLOB NOT NULL
        ) STRICT;
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
        CREATE TABLE tile (
            log INTEGER NOT NULL,
            level INTEGER NOT NULL,
            number INTEGER NOT NULL,
            hashes BLOB NOT NULL,
            PRIMARY KEY (log, level, number)
        ) STRICT;
        CREATE TABLE checkpoint (
            log INTEGER NOT NULL,
            tree_size INTEGER NOT NULL,
            note BLOB NOT NULL,
            PRIMARY KEY (log, tree_size)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE anchor (
            log INTEGER NOT NULL,
            tree_size INTEGER NOT NULL,
            transaction_raw BLOB,
            ledger_proof BLOB,
            PRIMARY KEY (log, tree_size),
            CHECK (transaction_raw IS NOT NULL OR ledger_proof IS NOT NULL)
        ) STRICT;
        INSERT INTO log VALUES (1, 'a', 'net/a', 'key');
        PRAGMA application_id = 1279480369;
        PRAGMA user_version = 1;
        """;

    [TestMethod]
    public void Open_FirstVersionForWriting_GetsTheNewTablesAndKeepsTheOld()
    {
        using TestStore test = new();
        test.Execute(FirstVersion);

        using (Store store = Store.Open(test.Path, StoreAccess.Write))
        {
            store.LedgerPositions.Add(Position(5));
        }

        using Store again = Store.Open(test.Path, StoreAccess.Read);
        Assert.IsEmpty(again.CheckIntegrity());
        Assert.AreEqual(new StoredLog(1, "a", "net/a", "key"), again.Logs.Find("a"));
        Assert.AreEqual(Position(5), again.LedgerPositions.FindLatest());
    }

    [TestMethod]
    public void Open_FirstVersionForReading_ReadsTheNewTablesAsEmptyAndLeavesTheFileAlone()
    {
        using TestStore test = new();
        test.Execute(FirstVersion);
        byte[] before = File.ReadAllBytes(test.Path);

        using (Store store = Store.Open(test.Path, StoreAccess.Read))
        {
            Assert.IsEmpty(store.CheckIntegrity());
            Assert.IsNull(store.LedgerPositions.FindLatest());
            Assert.IsEmpty(store.LedgerEvents.ReadAfter(null));
            Assert.IsEmpty(store.LedgerEvents.ReadTopics(Bytes32.Zero));
            Assert.IsEmpty(store.RepairCases.Read(CaseFilter.All));
            Assert.IsNotNull(store.Logs.Find("a"));
        }

        Assert.AreSequenceEqual(before, File.ReadAllBytes(test.Path));
    }

    [TestMethod]
    public void Open_FirstVersionByTwoAtOnce_IsBroughtUpToDateOnce()
    {
        using TestStore test = new();
        test.Execute(FirstVersion);

        Parallel.For(0, 8, _ => Store.Open(test.Path, StoreAccess.Write).Dispose());

        using Store store = Store.Open(test.Path, StoreAccess.Read);
        Assert.IsEmpty(store.CheckIntegrity());
    }

    [TestMethod]
    public void LedgerEvents_ByCaseAndTopics_ComeInTheOrderOfTheLedger()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredLedgerEvent[] events =
        [
            Event(7, 2, 1, [Topic(1), Topic(9)]),
            Event(7, 10, null, [Topic(1), Topic(8)]),
            Event(8, 0, 1, [Topic(1), Topic(9), Topic(3), Topic(0xFFFFFFFFFFFFFFFF)]),
            Event(300, 0, 2, [Topic(1)]),
            Event(301, 0, 1, [Topic(2), Topic(9)]),
        ];
        foreach (StoredLedgerEvent stored in events.Reverse())
        {
            store.LedgerEvents.Add(stored);
        }

        Check([0, 1, 2, 3, 4], store.LedgerEvents.ReadAfter(null));
        Check([3, 4], store.LedgerEvents.ReadAfter(8));
        Check([0, 2, 4], store.LedgerEvents.ReadCase(1));
        Check([], store.LedgerEvents.ReadCase(3));
        Check([], store.LedgerEvents.ReadCase(1UL << 63));
        Check([], store.LedgerEvents.ReadCase(ulong.MaxValue));
        Check([0, 1, 2, 3], store.LedgerEvents.ReadTopics(Topic(1)));
        Check([0, 2], store.LedgerEvents.ReadTopics(Topic(1), Topic(9)));
        Check([], store.LedgerEvents.ReadTopics(Topic(9)));

        store.LedgerEvents.RemoveAfter(8);
        Check([0, 1, 2], store.LedgerEvents.ReadAfter(null));
        store.LedgerEvents.RemoveAfter(null);
        Assert.AreEqual(0L, store.LedgerEvents.Count());

        void Check(int[] expected, IEnumerable<StoredLedgerEvent> found) =>
            Assert.AreSequenceEqual(expected.Select(i => Text(events[i])), found.Select(Text));
    }

    [TestMethod]
    public void LedgerEvents_SamePlaceTwice_IsRefused()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.LedgerEvents.Add(Event(7, 2, 1, [Topic(1)]));

        Assert.Throws<System.Data.Common.DbException>(() => store.LedgerEvents.Add(Event(7, 2, 1, [Topic(1)])));
    }

    [TestMethod]
    public void LedgerPositions_MoreThanAreKept_AreTheNewest()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        for (ulong i = 0; i < LedgerPositionTable.MaxKept + 10; i++)
        {
            store.LedgerPositions.Add(Position(i * 3));
            Assert.AreEqual(Position(i * 3), store.LedgerPositions.FindLatest());
        }

        IReadOnlyList<IndexPosition> kept = store.LedgerPositions.ReadAll();
        Assert.HasCount(LedgerPositionTable.MaxKept, kept);
        Assert.AreEqual(Position(30), kept[^1]);
        Assert.AreEqual(Position((LedgerPositionTable.MaxKept + 9) * 3), kept[0]);

        store.LedgerPositions.RemoveAfter(35);
        Assert.AreEqual(Position(33), store.LedgerPositions.FindLatest());
        store.LedgerPositions.RemoveAfter(null);
        Assert.IsNull(store.LedgerPositions.FindLatest());
    }

    [TestMethod]
    public void RepairCases_Filtered_AreThoseOfAPlainSearch()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        Random random = new(7);
        List<StoredRepairCase> all = [];
        for (ulong caseId = 1; caseId <= 200; caseId++)
        {
            ulong dueAt = (ulong)random.Next(0, 5);
            StoredRepairCase stored = new(
                caseId, Topic((ulong)random.Next(3)), Topic((ulong)random.Next(3)), Topic((ulong)random.Next(3)), dueAt == 0 ? (byte)6 : (byte)1, dueAt, dueAt == 0 ? 0 : (ulong)random.Next(0, 3));
            all.Add(stored);
            store.RepairCases.Put(stored with { Stage = 9, DueAt = 77 });
            store.RepairCases.Put(stored);
        }

        for (int i = 0; i < 200; i++)
        {
            CaseFilter filter = new()
            {
                IsUnderWay = random.Next(2) == 0,
                OverdueAt = random.Next(2) == 0 ? null : (ulong)random.Next(6),
                LeafHash = random.Next(2) == 0 ? null : Topic((ulong)random.Next(4)),
                Authority = random.Next(2) == 0 ? null : Topic((ulong)random.Next(4)),
                SubjectTag = random.Next(2) == 0 ? null : Topic((ulong)random.Next(4)),
                Stage = random.Next(3) == 0 ? (byte)6 : null,
            };
            IEnumerable<StoredRepairCase> expected = all.Where(c =>
                (!filter.IsUnderWay || c.DueAt != 0)
                && (filter.OverdueAt is null || (c.DueAt != 0 && c.DueAt <= filter.OverdueAt) || (c.ObjectionDueAt != 0 && c.ObjectionDueAt <= filter.OverdueAt))
                && (filter.LeafHash is null || filter.LeafHash == c.LeafHash)
                && (filter.Authority is null || filter.Authority == c.Authority)
                && (filter.SubjectTag is null || filter.SubjectTag == c.SubjectTag)
                && (filter.Stage is null || filter.Stage == c.Stage));

            Assert.AreSequenceEqual(expected, store.RepairCases.Read(filter), filter.ToString());
            List<StoredRepairCase> paged = [];
            for (ulong? next = 0; next is ulong place;)
            {
                StoredRepairCasePage part = store.RepairCases.ReadPage(filter, place, 3);
                Assert.IsLessThanOrEqualTo(3, part.Cases.Count);
                paged.AddRange(part.Cases);
                next = part.Next;
            }

            Assert.AreSequenceEqual(expected, paged, filter.ToString());
        }

        ulong after = 0;
        foreach (StoredRepairCase[] page in all.Where(c => c.DueAt != 0).Chunk(7))
        {
            Assert.AreSequenceEqual(page, store.RepairCases.ReadUnderWay(after, 7));
            after = page[^1].CaseId;
        }

        Assert.IsEmpty(store.RepairCases.ReadUnderWay(after, 7));
        Assert.IsEmpty(store.RepairCases.ReadUnderWay(ulong.MaxValue, 7));
        Assert.IsEmpty(store.RepairCases.ReadPage(CaseFilter.All, ulong.MaxValue, 7).Cases);

        store.RepairCases.Remove(1);
        Assert.AreEqual(2UL, store.RepairCases.Read(CaseFilter.All)[0].CaseId);
        store.RepairCases.RemoveAll();
        Assert.IsEmpty(store.RepairCases.Read(CaseFilter.All));
    }

    [TestMethod]
    public void ReadPage_ManyCasesThatDoNotMatch_GivesUpAndGoesOn()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        ulong last = RepairCaseTable.MaxPageRows + 5;
        using (StoreTransaction transaction = store.BeginWrite())
        {
            for (ulong caseId = 1; caseId <= last; caseId++)
            {
                store.RepairCases.Put(new StoredRepairCase(caseId, Topic(1), Topic(1), Topic(caseId == last ? 2UL : 1UL), 1, 1, 0));
            }

            transaction.Commit();
        }

        CaseFilter filter = new() { Authority = Topic(2) };
        StoredRepairCasePage first = store.RepairCases.ReadPage(filter, 0, 10);

        Assert.IsEmpty(first.Cases);
        Assert.AreEqual((ulong)RepairCaseTable.MaxPageRows, first.Next);
        StoredRepairCasePage second = store.RepairCases.ReadPage(filter, RepairCaseTable.MaxPageRows, 10);
        Assert.AreEqual(last, second.Cases.Single().CaseId);
        Assert.IsNull(second.Next);
    }

    private static IndexPosition Position(ulong number) => new(number, Topic(number), number * 2);

    private static Bytes32 Topic(ulong number) => Bytes32.FromUInt64(number);

    private static StoredLedgerEvent Event(ulong block, ulong index, ulong? caseId, Bytes32[] topics) => new(
        block, index, Topic(block), block * 10, Topic(index), new byte[20], [.. topics.SelectMany(topic => topic.ToArray())], [(byte)index, 1], caseId);

    private static string Text(StoredLedgerEvent e) =>
        $"{e.BlockNumber} {e.LogIndex} {e.BlockHash} {e.BlockTime} {e.TransactionHash} {Hex.Encode(e.Contract)} {Hex.Encode(e.Topics)} {Hex.Encode(e.Data)} {e.CaseId}";
}
