using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Storage.Indexes;

namespace LedgerCredit.Storage.Tests;

/// <summary>Puts records of a few members, which is all that the store looks at, into a store.</summary>
internal static class StoredRecords
{
    internal static string IdOf(int number) => $"№ {number}/\"{number % 7}\"";

    internal static string SubjectOf(int number) => $"x-test:{number % 50}";

    internal static RecordKind KindOf(int number) => (RecordKind)(1 + (number % 3));

    /// <summary>The number of the record that a record replaces, which is of its kind; null where it replaces none.</summary>
    internal static int? SupersededBy(int number) => number >= 3 && number % 5 == 4 ? number - 3 : null;

    internal static byte[] RecordOf(int number) => Encoding.UTF8.GetBytes(
        $$$"""{"claims":{"id":"inner","note":["{{{number}}}",{"subject":1}],"supersedes":"x"},"id":"№ {{{number}}}/\"{{{number % 7}}}\"","issuer":"a","kind":"k","subject":"{{{SubjectOf(number)}}}"{{{SupersedesOf(number)}}}}""");

    internal static LogEntry EntryOf(int number) => new(KindOf(number), Sha256.Hash(BitConverter.GetBytes(number)), Bytes32.Zero);

    internal static NewIndexRow RowOf(int log, ulong index, int number) => new(
        new LogPosition(log, index),
        IndexKeys.OfId(log, KindOf(number), IdOf(number)),
        IndexKeys.OfSubject(SubjectOf(number)),
        IndexKeys.OfLeaf(MerkleHash.Leaf(EntryOf(number).Encode())),
        SupersededBy(number) is int superseded ? IndexKeys.OfId(log, KindOf(superseded), IdOf(superseded)) : null);

    /// <summary>Appends records to a log in one transaction.</summary>
    internal static void Add(Store store, int log, IEnumerable<int> numbers)
    {
        using StoreTransaction transaction = store.BeginWrite();
        ulong next = store.Entries.Count(log);
        List<NewIndexRow> rows = [];
        foreach (int number in numbers)
        {
            store.Entries.Add(new LogPosition(log, next), EntryOf(number).Encode(), Sha256.Hash([1]).AsSpan(), RecordOf(number));
            rows.Add(RowOf(log, next++, number));
        }

        store.Index.Add(rows.ToArray());
        transaction.Commit();
    }

    /// <summary>Erases a record that was added at an index.</summary>
    internal static void Erase(Store store, int log, ulong index, int number)
    {
        using StoreTransaction transaction = store.BeginWrite();
        NewIndexRow row = RowOf(log, index, number);
        store.Entries.Erase(row.Position, "statement"u8);
        store.Index.Remove(row.Position, row.IdKey, row.SubjectKey, row.SupersededKey);
        transaction.Commit();
    }

    private static string SupersedesOf(int number) => SupersededBy(number) is int superseded ? $",\"supersedes\":\"№ {superseded}/\\\"{superseded % 7}\\\"\"" : "";
}
