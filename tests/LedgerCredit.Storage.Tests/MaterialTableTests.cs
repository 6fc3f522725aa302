using System.Data.Common;
using LedgerCredit.Primitives;

namespace LedgerCredit.Storage.Tests;

/// <summary>The rows of materials: what was added is read as it was, one place has one, and a removed key is gone from the file.</summary>
[TestClass]
public sealed class MaterialTableTests
{
    private static readonly Bytes32 Sanction = Bytes32.FromUInt64(1);
    private static readonly Bytes32 Organisation = Bytes32.FromUInt64(2);

    [TestMethod]
    public void Add_AndRead_GivesTheSameInOrder()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        StoredMaterial[] materials = [.. Enumerable.Range(1, 5).Select(Make)];
        foreach (StoredMaterial material in materials)
        {
            store.Materials.Add(material);
        }

        IReadOnlyList<StoredMaterial> read = store.Materials.ReadBySanction(Sanction);

        Assert.HasCount(5, read);
        for (int i = 0; i < 5; i++)
        {
            Assert.AreEqual(materials[i] with { Number = i + 1, WrappedKey = read[i].WrappedKey }, read[i]);
            Assert.AreSequenceEqual(materials[i].WrappedKey, read[i].WrappedKey);
            Assert.AreEqual(i + 1, store.Materials.Find(materials[i].Id)?.Number);
        }

        Assert.AreSequenceEqual([3L, 4L], store.Materials.ReadAfter(2, 2).Select(material => material.Number));
        Assert.AreEqual(new MaterialTotals(5, 101 + 102 + 103 + 104 + 105), store.Materials.CountBySanction(Sanction, Organisation));
        Assert.AreEqual(new MaterialTotals(5, 515), store.Materials.CountByOrganisation(Organisation));
        Assert.AreEqual(default, store.Materials.CountByOrganisation(Sanction));
        Assert.IsNull(store.Materials.Find("none"));
        Assert.IsEmpty(store.Materials.ReadBySanction(Organisation));
    }

    [TestMethod]
    public void Add_TheSameFileInTheSamePlace_IsRefused()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Materials.Add(Make(1));

        Assert.Throws<DbException>(() => store.Materials.Add(Make(1) with { Id = "another" }));
        store.Materials.Add(Make(1) with { Id = "other-salt", Salt = Bytes32.FromUInt64(99) });
        Assert.HasCount(2, store.Materials.ReadBySanction(Sanction));
    }

    [TestMethod]
    public void Remove_AKey_LeavesNoByteOfItInAnyFile()
    {
        using TestStore test = new();
        byte[] key = [.. Enumerable.Range(0, 60).Select(i => (byte)(((7 * i) + 11) & 0xFF))];
        using Store store = Store.Create(test.Path);
        store.Materials.Add(Make(1) with { WrappedKey = key });
        store.Materials.Add(Make(2));
        Assert.IsTrue(IsInAnyFile(test, key));

        Assert.IsTrue(store.Materials.Remove(Make(1).Id));
        Assert.IsFalse(store.Materials.Remove(Make(1).Id));
        Assert.IsTrue(store.TryTruncateWriteAheadLog());

        Assert.IsFalse(IsInAnyFile(test, key));
        Assert.AreEqual(2, store.Materials.ReadBySanction(Sanction).Single().Number);
    }

    [TestMethod]
    public void TryTruncate_WhileAnotherReads_SaysSoAtOnceAndDoesItLater()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        store.Materials.Add(Make(1));
        using Store reader = Store.Open(test.Path, StoreAccess.Read);
        using (reader.BeginRead())
        {
            Assert.IsTrue(reader.Materials.Any());
            store.Materials.Remove(Make(1).Id);

            Assert.IsFalse(store.TryTruncateWriteAheadLog());
        }

        Assert.IsTrue(store.TryTruncateWriteAheadLog());
        Assert.IsFalse(reader.Materials.Any());
    }

    internal static StoredMaterial Make(int number) => new(
        $"{number:d32}", Sanction, "x-test:a", Organisation, "org/0x00", 6, "application/pdf", 100 + number, Bytes32.FromUInt64(10 + (ulong)number), Bytes32.FromUInt64(20), 1_800_000_000, [1, 2, 3]);

    private static bool IsInAnyFile(TestStore test, byte[] bytes) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(test.Path)!).Any(file =>
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using MemoryStream content = new();
            stream.CopyTo(content);
            return content.ToArray().AsSpan().IndexOf(bytes) >= 0;
        });
}
