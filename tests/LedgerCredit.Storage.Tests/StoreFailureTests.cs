using System.Data.Common;
using System.Diagnostics;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Storage.Tests;

/// <summary>Trouble with the disk is told apart, and leaves the store as it was.</summary>
[TestClass]
public sealed class StoreFailureTests
{
    private static readonly byte[] Entry = new LogEntry(RecordKind.Rating, Sha256.Hash([1]), Bytes32.Zero).Encode();
    private static readonly byte[] Secret = new byte[Bytes32.Length];

    [TestMethod]
    public void Write_FullDisk_IsDiskFullAndKeepsWhatWasThere()
    {
        using TestStore test = new();
        string mount = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(test.Path)!, "small");
        Directory.CreateDirectory(mount);
        if (!TryRun("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount))
        {
            Assert.Inconclusive("Needs the right to mount a small file system.");
        }

        try
        {
            string path = System.IO.Path.Combine(mount, "store.db");
            using Store store = Store.Create(path);
            (ulong kept, DbException e) = Fill(store);

            Assert.AreEqual(StoreFailureKind.DiskFull, StoreFailure.Classify(e).Kind, e.Message);
            Assert.IsGreaterThan(0UL, kept);
            Assert.AreEqual(kept, store.Entries.Count(1));
            Assert.IsEmpty(store.CheckIntegrity());
        }
        finally
        {
            Assert.IsTrue(TryRun("umount", mount));
        }
    }

    [TestMethod]
    public void Write_WhileAnotherWrites_WaitsForIt()
    {
        using TestStore test = new();
        using Store first = Store.Create(test.Path);
        StoreTransaction held = first.BeginWrite();
        first.Entries.Add(new LogPosition(1, 0), Entry, Secret, [1]);
        Task<ulong> waiting = Task.Run(() =>
        {
            using Store second = Store.Open(test.Path, StoreAccess.Write);
            using StoreTransaction transaction = second.BeginWrite();
            return second.Entries.Count(1);
        });
        held.Commit();
        held.Dispose();

        Assert.AreEqual(1UL, waiting.GetAwaiter().GetResult());
    }

    [TestMethod]
    public void Open_FolderThatMayNotBeWritten_IsReadOnly()
    {
        using TestStore test = new();
        Store.Create(test.Path).Dispose();
        string mount = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(test.Path)!, "locked");
        Directory.CreateDirectory(mount);
        if (!TryRun("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount))
        {
            Assert.Inconclusive("Needs the right to mount a small file system.");
        }

        try
        {
            string path = System.IO.Path.Combine(mount, "store.db");
            File.Copy(test.Path, path);
            Assert.IsTrue(TryRun("mount", "-o", "remount,ro", mount));

            DbException e = Assert.Throws<DbException>(() => OpenAndWrite(path));

            Assert.AreEqual(StoreFailureKind.ReadOnly, StoreFailure.Classify(e).Kind);
        }
        finally
        {
            Assert.IsTrue(TryRun("umount", mount));
        }
    }

    [TestMethod]
    [DataRow(5, StoreFailureKind.Busy)]
    [DataRow(6, StoreFailureKind.Busy)]
    [DataRow(8, StoreFailureKind.ReadOnly)]
    [DataRow(10, StoreFailureKind.Io)]
    [DataRow(11, StoreFailureKind.Damaged)]
    [DataRow(13, StoreFailureKind.DiskFull)]
    [DataRow(14, StoreFailureKind.ReadOnly)]
    [DataRow(19, StoreFailureKind.Bug)]
    [DataRow(26, StoreFailureKind.Damaged)]
    public void Classify_ResultCode_IsItsKind(int code, StoreFailureKind kind) =>
        Assert.AreEqual(kind, StoreFailure.Classify(new Microsoft.Data.Sqlite.SqliteException("m", code)).Kind);

    private static void OpenAndWrite(string path)
    {
        using Store store = Store.Open(path, StoreAccess.Write);
        store.Logs.Add("a", "net/a", "key");
    }

    // Adds rows one transaction at a time until the disk is full; returns how many were committed, and the error.
    private static (ulong Kept, DbException Error) Fill(Store store)
    {
        for (ulong i = 0; i < 10_000; i++)
        {
            try
            {
                using StoreTransaction transaction = store.BeginWrite();
                store.Entries.Add(new LogPosition(1, i), Entry, Secret, new byte[20_000]);
                transaction.Commit();
            }
            catch (DbException e)
            {
                return (i, e);
            }
        }

        throw new AssertFailedException("The disk never was full.");
    }

    private static bool TryRun(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no such program here.
            return false;
        }
    }
}
