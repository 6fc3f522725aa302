using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Storage.Tests;

/// <summary>Records are found by what they are, also where two have the same key.</summary>
[TestClass]
public sealed class RecordLookupTests
{
    [TestMethod]
    public void Find_RecordsOfSeveralLogs_AreFoundByLogKindAndId()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        for (int start = 0; start < 3_000; start += 600)
        {
            StoredRecords.Add(store, 1, Enumerable.Range(start, 600));
            StoredRecords.Add(store, 2, Enumerable.Range(start + 1_000, 600));
        }

        StoredRecords.Erase(store, 1, 700, 700);

        for (int number = 0; number < 4_100; number += 7)
        {
            foreach (RecordKind kind in Enum.GetValues<RecordKind>())
            {
                bool isHere = number < 3_000 && kind == StoredRecords.KindOf(number) && number != 700;
                Assert.AreEqual(isHere ? new LogPosition(1, (ulong)number) : null, store.Index.Find(1, kind, StoredRecords.IdOf(number)));
                bool isThere = number is >= 1_000 and < 4_000 && kind == StoredRecords.KindOf(number);
                Assert.AreEqual(isThere ? new LogPosition(2, (ulong)(number - 1_000)) : null, store.Index.Find(2, kind, StoredRecords.IdOf(number)));
            }
        }
    }

    [TestMethod]
    public void Find_ManyAtOnce_AreWhatOneByOneFinds()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredRecords.Add(store, 1, Enumerable.Range(0, 6_000));
        StoredRecords.Add(store, 1, Enumerable.Range(6_000, 300));
        Random random = new(11);
        int[] numbers = [.. Enumerable.Range(0, 2_000).Select(_ => random.Next(10_000))];
        RecordQuestion[] questions =
        [
            .. numbers.Select(number => new RecordQuestion(
                1, StoredRecords.KindOf(number), Encoding.UTF8.GetBytes(StoredRecords.IdOf(number)), IndexKeys.OfId(1, StoredRecords.KindOf(number), StoredRecords.IdOf(number)))),
        ];
        LogPosition?[] positions = new LogPosition?[questions.Length];
        Array.Fill(positions, new LogPosition(9, 9));

        store.Index.Find(questions, positions);

        for (int i = 0; i < numbers.Length; i++)
        {
            Assert.AreEqual(numbers[i] < 6_300 ? new LogPosition(1, (ulong)numbers[i]) : null, positions[i]);
        }

        Assert.ThrowsExactly<ArgumentException>(() => store.Index.Find(questions, positions.AsSpan(1)));
    }

    [TestMethod]
    public void Find_SameKeyOfDifferentIds_TellsThemApart()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        using (StoreTransaction transaction = store.BeginWrite())
        {
            for (int i = 0; i < 5; i++)
            {
                store.Entries.Add(new LogPosition(1, (ulong)i), StoredRecords.EntryOf(i).Encode(), Sha256.Hash([1]).AsSpan(), StoredRecords.RecordOf(i));
            }

            store.Index.Add([.. Enumerable.Range(0, 5).Select(i => new NewIndexRow(new LogPosition(1, (ulong)i), IdKey: 77, SubjectKey: 0, LeafKey: 0))]);
            transaction.Commit();
        }

        RecordQuestion[] questions = [.. Enumerable.Range(0, 7).Select(i => new RecordQuestion(1, StoredRecords.KindOf(i), Encoding.UTF8.GetBytes(StoredRecords.IdOf(i)), 77))];
        LogPosition?[] positions = new LogPosition?[7];
        store.Index.Find(questions, positions);

        Assert.AreSequenceEqual([.. Enumerable.Range(0, 5).Select(i => (LogPosition?)new LogPosition(1, (ulong)i)), null, null], positions);
        store.Index.Find([questions[0] with { Log = 2 }, questions[1] with { Kind = RecordKind.Sanction }], positions.AsSpan(0, 2));
        Assert.IsTrue(positions[0] is null && positions[1] is null);
    }

    [TestMethod]
    public void FindBySubject_SameKeyOfAnotherSubject_LeavesItOut()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredRecords.Add(store, 1, Enumerable.Range(0, 120));
        using (StoreTransaction transaction = store.BeginWrite())
        {
            store.Entries.Add(new LogPosition(1, 120), StoredRecords.EntryOf(7).Encode(), Sha256.Hash([1]).AsSpan(), StoredRecords.RecordOf(7));
            store.Index.Add([new NewIndexRow(new LogPosition(1, 120), IdKey: 0, IndexKeys.OfSubject(StoredRecords.SubjectOf(3)), LeafKey: 0)]);
            transaction.Commit();
        }

        Assert.AreSequenceEqual((ulong[])[3, 53, 103], store.Index.FindBySubject(StoredRecords.SubjectOf(3)).Select(position => position.LeafIndex));
        Assert.IsEmpty(store.Index.FindBySubject("x-test:none"));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void FindBySubject_InPagesOfManyLogs_IsWhatAPlainListSays(int seed)
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        Random random = new(seed);
        SortedSet<long> expected = [];
        string subject = StoredRecords.SubjectOf(0);
        Dictionary<int, int> next = new() { [1] = 0, [2] = 0, [3] = 0 };
        for (int step = 0; step < 40; step++)
        {
            // Nearly all are of one subject, so that its pairs fill chunk after chunk.
            int log = random.Next(1, 4);
            int count = random.Next(3) switch { 0 => 1, 1 => random.Next(1, 60), _ => random.Next(300, 1_200) };
            int[] numbers = [.. Enumerable.Range(next[log], count).Select(i => 50 * i)];
            StoredRecords.Add(store, log, numbers);
            expected.UnionWith(Enumerable.Range(next[log], count).Select(i => new LogPosition(log, (ulong)i).Key));
            next[log] += count;
            StoredRecords.Add(store, 4, [step]);
            if (random.Next(4) == 0)
            {
                int erased = next[log] - 1;
                StoredRecords.Erase(store, log, (ulong)erased, 50 * erased);
                expected.Remove(new LogPosition(log, (ulong)erased).Key);
            }
        }

        expected.Add(new LogPosition(4, 0).Key);
        for (int i = 0; i < 300; i++)
        {
            LogPosition from = new(random.Next(1, 4), (ulong)random.Next(next.Values.Max()));
            int limit = random.Next(4) == 0 ? random.Next(1, 2_000) : random.Next(1, 30);
            int? without = random.Next(3) == 0 ? null : random.Next(1, 5);
            bool isWanted(long key) => without != (int)(key >> 40);
            Assert.AreSequenceEqual(
                expected.Where(key => key > from.Key && isWanted(key)).Take(limit),
                store.Index.FindBySubject(subject, without, from, limit).Select(position => position.Key));
            Assert.AreSequenceEqual(
                expected.GetViewBetween(new LogPosition(from.Log, 0).Key, from.Key).Where(key => key < from.Key).Reverse().Take(limit),
                store.Index.FindLatestBySubject(subject, from.Log, from.LeafIndex, limit).Select(position => position.Key));
        }

        Assert.AreSequenceEqual(expected, store.Index.FindBySubject(subject).Select(position => position.Key));
        Assert.AreSequenceEqual(
            expected.Where(key => key >> 40 == 2).Reverse(), store.Index.FindLatestBySubject(subject, 2, ulong.MaxValue, int.MaxValue).Select(position => position.Key));
    }

    [TestMethod]
    public void FindSuperseding_SeveralAndOtherKeys_GivesTheNewestThatIsThere()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredRecords.Add(store, 1, Enumerable.Range(0, 700));

        // The same once more behind them: of two that replace a record the later one counts.
        StoredRecords.Add(store, 1, Enumerable.Range(0, 100));
        StoredRecords.Add(store, 2, [9]);
        Assert.AreEqual(new LogPosition(1, 704), Find(1, 1));
        Assert.AreEqual(new LogPosition(1, 604), Find(1, 601));
        Assert.AreEqual(new LogPosition(2, 0), Find(2, 6));
        Assert.IsNull(Find(2, 1));
        Assert.IsNull(Find(1, 2));
        Assert.IsNull(store.Index.FindSuperseding(1, StoredRecords.KindOf(2), StoredRecords.IdOf(1)));

        StoredRecords.Erase(store, 1, 704, 4);
        Assert.AreEqual(new LogPosition(1, 4), Find(1, 1));
        StoredRecords.Erase(store, 1, 4, 4);
        Assert.IsNull(Find(1, 1));

        // A pair of the same key that another id made.
        using (StoreTransaction transaction = store.BeginWrite())
        {
            store.Index.Add([StoredRecords.RowOf(1, 604, 604) with { SupersededKey = IndexKeys.OfId(1, StoredRecords.KindOf(1), StoredRecords.IdOf(1)) }]);
            transaction.Commit();
        }

        Assert.IsNull(Find(1, 1));

        LogPosition? Find(int log, int number) => store.Index.FindSuperseding(log, StoredRecords.KindOf(number), StoredRecords.IdOf(number));
    }

    [TestMethod]
    [DataRow("DELETE FROM entry WHERE position & 255 = 3", DisplayName = "entry missing")]
    [DataRow("UPDATE entry SET record = NULL, secret = NULL WHERE position & 255 = 3", DisplayName = "record emptied")]
    [DataRow("UPDATE entry SET record = x'7b' WHERE position & 255 = 3", DisplayName = "record cut short")]
    [DataRow("UPDATE entry SET record = x'5b5d' WHERE position & 255 = 3", DisplayName = "record of another form")]
    [DataRow("DELETE FROM index_chunk", DisplayName = "chunks missing")]
    [DataRow("UPDATE index_chunk SET pairs = substr(pairs, 2)", DisplayName = "chunk of half pairs")]
    [DataRow("UPDATE index_chunk SET pairs = zeroblob(16 * 501)", DisplayName = "chunk too large")]
    [DataRow("UPDATE index_run SET end_chunk = end_chunk + 1, level = 1", DisplayName = "chunk too few")]
    [DataRow("UPDATE index_run SET first_chunk = -1", DisplayName = "chunk below zero")]
    [DataRow("UPDATE index_run SET end_chunk = 1 << 40", DisplayName = "too many chunks")]
    [DataRow("UPDATE index_run SET level = 99", DisplayName = "level that none has")]
    [DataRow("UPDATE index_run SET pairs = 9223372036854775807", DisplayName = "more pairs than can be")]
    public void Find_DamagedStore_IsNamedNotServed(string sql)
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredRecords.Add(store, 1, Enumerable.Range(0, 10));
        test.Execute(sql);

        Assert.ThrowsExactly<LogIntegrityException>(() => store.Index.Find(1, StoredRecords.KindOf(3), StoredRecords.IdOf(3)));
        Assert.ThrowsExactly<LogIntegrityException>(() => store.Index.FindBySubject(StoredRecords.SubjectOf(3)));
    }

    [TestMethod]
    public void FindLeaf_EntryOfAnErasedRecord_IsStillFound()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredRecords.Add(store, 1, Enumerable.Range(0, 300));
        TreeAppender tree = TreeAppender.CreateEmpty();
        foreach (int number in Enumerable.Range(0, 300))
        {
            tree.Append(MerkleHash.Leaf(StoredRecords.EntryOf(number).Encode()));
        }

        foreach (Tile tile in tree.TakeChangedTiles())
        {
            store.Tiles.Put(1, tile);
        }

        StoredRecords.Erase(store, 1, 260, 260);

        Assert.AreEqual(260UL, store.Tiles.FindLeaf(1, MerkleHash.Leaf(StoredRecords.EntryOf(260).Encode())));
    }

    [TestMethod]
    public void Rebuild_OfAnyStore_GivesTheSamePairs()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredLog first = store.Logs.Add("a", "net/a", "key");
        StoredLog second = store.Logs.Add("b", "net/b", "key");
        StoredRecords.Add(store, first.Number, Enumerable.Range(0, 2_500));
        StoredRecords.Add(store, second.Number, Enumerable.Range(100, 700));
        StoredRecords.Erase(store, first.Number, 77, 77);
        List<IndexPair>[] before = ReadAll(store);

        using (StoreTransaction transaction = store.BeginWrite())
        {
            store.Index.Rebuild(store.Logs.ReadAll());
            transaction.Commit();
        }

        List<IndexPair>[] after = ReadAll(store);
        for (int i = 0; i < before.Length; i++)
        {
            Assert.AreSequenceEqual(before[i], after[i]);
        }

        Assert.IsEmpty(store.CheckIntegrity());
    }

    [TestMethod]
    public void KeyBatch_ManyKeys_AreThoseOneByOne()
    {
        IndexKeyBatch batch = new();
        for (int round = 0; round < 2; round++)
        {
            batch.Clear();
            for (int i = 0; i < 500; i++)
            {
                Assert.AreEqual(2 * i, batch.AddId(1 + (i % 3), StoredRecords.KindOf(i), Encoding.UTF8.GetBytes(StoredRecords.IdOf(i))));
                batch.AddSubject(Encoding.UTF8.GetBytes(StoredRecords.SubjectOf(i)));
            }

            batch.Compute();
            for (int i = 0; i < 500; i++)
            {
                Assert.AreEqual(IndexKeys.OfId(1 + (i % 3), StoredRecords.KindOf(i), StoredRecords.IdOf(i)), batch.Key(2 * i));
                Assert.AreEqual(IndexKeys.OfSubject(StoredRecords.SubjectOf(i)), batch.Key((2 * i) + 1));
            }
        }

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => batch.Key(1_000));

        // The documented form, so that nobody changes it without a new version of the store.
        byte[] id = [1, 0, 0, 0, 7, 3, (byte)'R'];
        Assert.AreEqual(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(Sha256.Hash(id).ToArray()), IndexKeys.OfId(7, RecordKind.Rating, "R"));
        byte[] subject = [2, (byte)'s', (byte)':', (byte)'v'];
        Assert.AreEqual(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(Sha256.Hash(subject).ToArray()), IndexKeys.OfSubject("s:v"));
    }

    private static List<IndexPair>[] ReadAll(Store store)
    {
        using StoreTransaction snapshot = store.BeginRead();
        return
        [
            .. Enum.GetValues<IndexKind>().Select(kind =>
            {
                List<IndexPair> found = [];
                IndexScan scan = store.Index.ReadPairs(kind);
                while (scan.Read(out ReadOnlySpan<IndexPair> pairs))
                {
                    found.AddRange(pairs);
                }

                found.Sort();
                Assert.IsEmpty(scan.Problems);
                return found;
            }),
        ];
    }
}
