using System.Data.Common;
using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Storage.Tests;

/// <summary>A copy of a store is of one moment, whatever others write, and stands by itself.</summary>
[TestClass]
public sealed class StoreCopyTests
{
    private const int Tiles = 1_000;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void CopyTo_OthersWriteBetweenItsSteps_IsOfTheMomentBefore()
    {
        using TestStore test = new();
        string path = test.Path + ".copy";
        using Store store = Fill(test);
        using Store other = Store.Open(test.Path, StoreAccess.Write);
        int steps = 0;
        using (StoreTransaction snapshot = store.BeginRead())
        {
            store.CopyTo(
                path,
                new Steps(_ =>
                {
                    steps++;
                    other.Logs.Add($"late-{steps}", $"n/late-{steps}", "key");
                    other.Tiles.Put(1, TileOf(0, steps));
                }),
                TestContext.CancellationToken);
        }

        Assert.IsGreaterThan(3, steps);
        Assert.HasCount(steps + 1, store.Logs.ReadAll());
        using Store copy = Store.Open(path, StoreAccess.Write);
        Assert.IsEmpty(copy.CheckIntegrity());
        Assert.AreEqual("first", copy.Logs.ReadAll().Single().Issuer);
        Assert.AreEqual(Tiles, copy.Tiles.Count());
        Assert.AreSequenceEqual(TileOf(0, 0).Hashes.ToArray(), copy.Tiles.Find(1, 0, 0)!);
    }

    [TestMethod]
    public void CopyTo_ContentInTheWriteAheadLogAlone_IsInTheOneFileOfTheCopy()
    {
        using TestStore test = new();
        string path = test.Path + ".copy";
        using Store store = Fill(test);
        Assert.IsGreaterThan(0, new FileInfo(test.Path + "-wal").Length);
        using (StoreTransaction snapshot = store.BeginRead())
        {
            store.CopyTo(path, progress: null, TestContext.CancellationToken);
        }

        Assert.IsFalse(File.Exists(path + "-wal"));
        Assert.IsFalse(File.Exists(path + "-journal"));

        // "File format write version" and "read version" of sqlite.org/fileformat2.html: 2 is a write-ahead log.
        byte[] file = File.ReadAllBytes(path);
        Assert.AreEqual((2, 2), (file[18], file[19]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [TestMethod]
    public void CopyTo_ExistingFile_IsRefusedAndLeftAlone()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);
        File.WriteAllText(test.Path + ".copy", "mine");
        using StoreTransaction snapshot = store.BeginRead();

        Assert.ThrowsExactly<IOException>(() => store.CopyTo(test.Path + ".copy", progress: null, TestContext.CancellationToken));

        Assert.AreEqual("mine", File.ReadAllText(test.Path + ".copy"));
    }

    [TestMethod]
    public void CopyTo_NoTransaction_IsACallersMistake()
    {
        using TestStore test = new();
        using Store store = Store.Create(test.Path);

        Assert.ThrowsExactly<InvalidOperationException>(() => store.CopyTo(test.Path + ".copy", progress: null, TestContext.CancellationToken));
    }

    [TestMethod]
    public void CopyTo_Cancelled_StopsBetweenSteps()
    {
        using TestStore test = new();
        using Store store = Fill(test);
        using CancellationTokenSource source = new();
        using StoreTransaction snapshot = store.BeginRead();

        Assert.ThrowsExactly<OperationCanceledException>(() => store.CopyTo(test.Path + ".copy", new Steps(_ => source.Cancel()), source.Token));
    }

    [TestMethod]
    public void CopyTo_StoreCutShort_IsDamage()
    {
        using TestStore test = new();
        Fill(test).Dispose();
        using (FileStream file = new(test.Path, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        DbException e = Assert.Throws<DbException>(OpenAndCopy);

        Assert.AreEqual(StoreFailureKind.Damaged, StoreFailure.Classify(e).Kind);

        void OpenAndCopy()
        {
            using Store store = Store.Open(test.Path, StoreAccess.Read);
            using StoreTransaction snapshot = store.BeginRead();
            store.CopyTo(test.Path + ".copy", progress: null, TestContext.CancellationToken);
        }
    }

    // About eight megabytes, so that copying takes several steps.
    private static Store Fill(TestStore test)
    {
        Store store = Store.Create(test.Path);
        store.Logs.Add("first", "n/first", "key");
        using StoreTransaction transaction = store.BeginWrite();
        for (int i = 0; i < Tiles; i++)
        {
            store.Tiles.Put(1, TileOf(i, 0));
        }

        transaction.Commit();
        return store;
    }

    private static Tile TileOf(int index, int version) => new(
        new TileId(0, (ulong)index, TileLayout.FullWidth),
        (byte[])[.. Enumerable.Range(0, TileLayout.FullWidth).SelectMany(i => Sha256.Hash([(byte)(index & 0xFF), (byte)(index >> 8), (byte)version, (byte)i]).ToArray())]);

    private sealed class Steps(Action<long> step) : IProgress<long>
    {
        public void Report(long value) => step(value);
    }
}
