using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Storage.Tests;

/// <summary>The indexes beside a plain set, over all that can happen to them.</summary>
[TestClass]
public sealed class RecordIndexTests
{
    private static readonly IndexKind[] Kinds = Enum.GetValues<IndexKind>();

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void RandomSteps_BesideAPlainSet_AreTheSame(int seed)
    {
        using TestStore test = new();
        Store.Create(test.Path).Dispose();
        Random random = new(seed);
        Dictionary<IndexKind, SortedSet<IndexPair>> expected = Kinds.ToDictionary(kind => kind, _ => new SortedSet<IndexPair>());
        List<NewIndexRow> live = [];
        ulong next = 0;
        Store[] stores = [Store.Open(test.Path, StoreAccess.Write), Store.Open(test.Path, StoreAccess.Write)];
        try
        {
            for (int step = 0; step < 250; step++)
            {
                int which = random.Next(stores.Length);
                switch (random.Next(12))
                {
                    case 0:
                        stores[which].Dispose();
                        stores[which] = Store.Open(test.Path, StoreAccess.Write);
                        break;
                    case 1 or 2 when live.Count > 0:
                        Erase(stores[which], live, expected, random, keep: true);
                        break;
                    case 3 when live.Count > 0:
                        Erase(stores[which], live, expected, random, keep: false);
                        break;
                    default:
                        bool keep = random.Next(8) > 0;
                        NewIndexRow[] rows = NewRows(random, next);
                        using (StoreTransaction transaction = stores[which].BeginWrite())
                        {
                            stores[which].Index.Add(rows);
                            if (keep)
                            {
                                transaction.Commit();
                            }
                        }

                        if (keep)
                        {
                            next += (ulong)rows.Length;
                            live.AddRange(rows);
                            foreach (NewIndexRow row in rows)
                            {
                                Assert.IsTrue(PairsOf(row).All(pair => expected[pair.Kind].Add(pair.Pair)));
                            }
                        }

                        break;
                }

                CheckSome(stores[random.Next(stores.Length)], expected, random);
                if (step % 25 == 0)
                {
                    CheckAll(stores[random.Next(stores.Length)], expected);
                }
            }

            foreach (Store store in stores)
            {
                CheckAll(store, expected);
                Assert.IsEmpty(store.CheckIntegrity());
            }
        }
        finally
        {
            Array.ForEach(stores, store => store.Dispose());
        }
    }

    [TestMethod]
    public void Add_OneByOne_KeepsRunsFewAndWhole()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        Dictionary<IndexKind, SortedSet<IndexPair>> expected = Kinds.ToDictionary(kind => kind, _ => new SortedSet<IndexPair>());
        Random random = new(5);
        for (ulong i = 0; i < 12_000; i += 3)
        {
            NewIndexRow[] rows = [.. Enumerable.Range(0, 3).Select(j => RowOf(random, i + (ulong)j))];
            using StoreTransaction transaction = store.BeginWrite();
            store.Index.Add(rows);
            transaction.Commit();
            foreach (NewIndexRow row in rows)
            {
                Assert.IsTrue(PairsOf(row).All(pair => expected[pair.Kind].Add(pair.Pair)));
            }
        }

        CheckAll(store, expected);
        Assert.IsLessThan(Kinds.Length * 20L, test.Scalar("SELECT count(*) FROM index_run"));
    }

    [TestMethod]
    public void Add_WithoutTransaction_IsACallersMistake()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);

        Assert.ThrowsExactly<InvalidOperationException>(() => store.Index.Add([new NewIndexRow(new LogPosition(1, 0), 1, 2, 3)]));
        Assert.ThrowsExactly<InvalidOperationException>(() => store.Index.Remove(new LogPosition(1, 0), 1, 2, 3));
        Assert.ThrowsExactly<InvalidOperationException>(() => store.Index.ReadPairs(IndexKind.Id));
    }

    [TestMethod]
    public void Remove_Everything_LeavesNoPairInTheFile()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        NewIndexRow[] rows = [.. Enumerable.Range(0, 5_000).Select(i => new NewIndexRow(new LogPosition(1, (ulong)i), 0xABCD_0000_0000_0000UL + (ulong)i, 0xABCE_0000_0000_0000UL, (ulong)i))];
        for (int start = 0; start < rows.Length; start += 250)
        {
            using StoreTransaction transaction = store.BeginWrite();
            store.Index.Add(rows.AsSpan(start, 250));
            transaction.Commit();
        }

        using (StoreTransaction transaction = store.BeginWrite())
        {
            foreach (NewIndexRow row in rows)
            {
                store.Index.Remove(row.Position, row.IdKey, row.SubjectKey, row.SupersededKey);
            }

            transaction.Commit();
        }

        store.TruncateWriteAheadLog();
        ReadOnlySpan<byte> file = File.ReadAllBytes(test.Path);
        Assert.IsLessThan(0, file.IndexOf((byte[])[0xAB, 0xCD, 0, 0, 0, 0]));
        Assert.IsLessThan(0, file.IndexOf((byte[])[0xAB, 0xCE, 0, 0, 0, 0]));
        Assert.AreEqual(0L, store.Index.Count(IndexKind.Id) + store.Index.Count(IndexKind.Subject));
        Assert.AreEqual(5_000L, store.Index.Count(IndexKind.Leaf));
    }

    private static void Erase(Store store, List<NewIndexRow> live, Dictionary<IndexKind, SortedSet<IndexPair>> expected, Random random, bool keep)
    {
        using StoreTransaction transaction = store.BeginWrite();
        for (int i = random.Next(30); i >= 0 && live.Count > 0; i--)
        {
            int place = random.Next(live.Count);
            NewIndexRow row = live[place];
            store.Index.Remove(row.Position, row.IdKey, row.SubjectKey, row.SupersededKey);
            if (keep)
            {
                live.RemoveAt(place);
                expected[IndexKind.Id].Remove(new IndexPair(row.IdKey, row.Position.Key));
                expected[IndexKind.Subject].Remove(new IndexPair(row.SubjectKey, row.Position.Key));
                if (row.SupersededKey is ulong superseded)
                {
                    expected[IndexKind.Superseded].Remove(new IndexPair(superseded, row.Position.Key));
                }
            }
        }

        if (keep)
        {
            transaction.Commit();
        }
    }

    private static NewIndexRow[] NewRows(Random random, ulong first)
    {
        int count = random.Next(5) switch
        {
            0 => 1,
            1 => random.Next(1, 20),
            2 => random.Next(1, 500),
            3 => random.Next(400, 1_100),
            _ => random.Next(1, 9_000),
        };
        return [.. Enumerable.Range(0, count).Select(i => RowOf(random, first + (ulong)i))];
    }

    // Ids crowd at the low end and in the middle, subjects are few with many records each, leaves are even.
    private static NewIndexRow RowOf(Random random, ulong index) => new(
        new LogPosition(1 + (int)(index % 3), index),
        random.Next(3) switch
        {
            0 => (ulong)random.Next(1_000),
            1 => 0x8000_0000_0000_0000UL + (ulong)random.Next(1_000),
            _ => (ulong)random.NextInt64() * 2,
        },
        random.Next(4) == 0 ? ulong.MaxValue : (ulong)random.Next(40) << 58,
        (ulong)random.NextInt64() * 2,
        random.Next(3) == 0 ? (ulong)random.Next(3) << 60 : null);

    private static (IndexKind Kind, IndexPair Pair)[] PairsOf(NewIndexRow row) =>
    [
        (IndexKind.Id, new IndexPair(row.IdKey, row.Position.Key)),
        (IndexKind.Subject, new IndexPair(row.SubjectKey, row.Position.Key)),
        (IndexKind.Leaf, new IndexPair(row.LeafKey, row.Position.Key)),
        .. row.SupersededKey is ulong superseded ? [(IndexKind.Superseded, new IndexPair(superseded, row.Position.Key))] : ((IndexKind, IndexPair)[])[],
    ];

    private static void CheckSome(Store store, Dictionary<IndexKind, SortedSet<IndexPair>> expected, Random random)
    {
        foreach (IndexKind kind in Kinds)
        {
            SortedSet<IndexPair> set = expected[kind];
            Assert.AreEqual(set.Count, store.Index.Count(kind));
            for (int i = 0; i < 5 && set.Count > 0; i++)
            {
                IndexPair from = new((ulong)random.NextInt64() * 2, 0);
                IndexPair present = set.GetViewBetween(from, new IndexPair(ulong.MaxValue, long.MaxValue)).Min;
                if (present.Position != 0)
                {
                    Assert.IsTrue(store.Index.Has(kind, present.Key, PositionOf(present)));
                }

                IndexPair absent = new((ulong)random.Next(1_100), new LogPosition(1, (ulong)random.Next(40_000)).Key);
                Assert.AreEqual(set.Contains(absent), store.Index.Has(kind, absent.Key, PositionOf(absent)));
            }
        }
    }

    private static void CheckAll(Store store, Dictionary<IndexKind, SortedSet<IndexPair>> expected)
    {
        using StoreTransaction snapshot = store.BeginRead();
        foreach (IndexKind kind in Kinds)
        {
            List<IndexPair> found = [];
            IndexScan scan = store.Index.ReadPairs(kind);
            while (scan.Read(out ReadOnlySpan<IndexPair> pairs))
            {
                found.AddRange(pairs);
            }

            found.Sort();
            Assert.AreSequenceEqual(expected[kind], found, kind.ToString());
            Assert.IsEmpty(scan.Problems);
        }

        Assert.AreEqual(0L, store.Index.CountStray());
    }

    private static LogPosition PositionOf(IndexPair pair) => new((int)(pair.Position >> 40), (ulong)pair.Position & 0xFF_FFFF_FFFF);
}
