using System.Formats.Tar;
using System.Runtime.Versioning;
using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.Backups;

/// <summary>A backup holds the whole workspace, as of one moment, in one standard file.</summary>
[TestClass]
public sealed class WorkspaceBackupTests : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly BackupScene _scene = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _scene.Dispose();

    [TestMethod]
    public async Task Restore_OfABackup_IsTheSameWorkspace()
    {
        WorkspaceBackupSummary made = await _scene.CreateAsync(Token);

        Assert.IsNull(_scene.Restore(await File.ReadAllBytesAsync(_scene.Backup, Token), Token));

        string source = _scene.Test.Workspace.Folder;
        string[] expected = [.. Files(source).Where(name => name is not ("node.lock" or "workspace-edit.lock" or "repair/lock") && !name.StartsWith("devnet/", StringComparison.Ordinal))];
        Assert.AreSequenceEqual(expected, Files(_scene.Target).ToArray());
        Assert.HasCount(made.Files, expected);
        foreach (string name in expected.Where(name => name != "ledgercredit.db"))
        {
            Assert.AreSequenceEqual(File.ReadAllBytes(Path.Combine(source, name)), File.ReadAllBytes(Path.Combine(_scene.Target, name)), name);
        }

        Workspace restored = Workspace.Open(_scene.Target);
        AuditReport report = await LogAudit.RunAsync(restored, Evidence.RulePackCatalog.Shipped, AuditKeys.Open(_scene.Test.Keys), session: null, "no ledger", progress: null, Token);
        Assert.IsEmpty(report.Findings, TestWorkspace.Describe(report));
        Assert.AreEqual(BackupScene.Entries, report.Logs.Single(log => log.Issuer == TestWorkspace.Authority).Entries);
        Assert.HasCount(1, report.Logs.SelectMany(log => log.Erased));
    }

    // A backup from before the indexes were runs: its store is one of version 2, which the first writing brings up to date.
    [TestMethod]
    public async Task Restore_OfABackupWithAStoreOfTheSecondVersion_IsAuditedAndWrittenOn()
    {
        await _scene.CreateAsync(Token);
        IReadOnlyList<(string Name, byte[] Content)> files = BackupScene.Unpack(await File.ReadAllBytesAsync(_scene.Backup, Token));
        byte[] older = BackupScene.ToSecondVersion(_scene.At("older.db"), files[^1].Content);

        Assert.IsNull(_scene.Restore(BackupScene.Pack([.. files.SkipLast(1), (files[^1].Name, older)]), Token));

        // Neither restoring nor auditing writes to the store.
        using TestWorkspace restored = TestWorkspace.OpenAt(_scene.Target);
        await AuditAsync(restored, BackupScene.Entries);
        Assert.AreEqual(2L, BackupScene.VersionOf(restored.Workspace.StorePath));

        restored.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, (int)BackupScene.Entries, 7));

        Assert.AreEqual(7L, BackupScene.VersionOf(restored.Workspace.StorePath));
        await AuditAsync(restored, BackupScene.Entries + 7);
        using Store store = restored.Workspace.OpenStore(StoreAccess.Read);
        Assert.IsNotEmpty(RecordFinder.Find(store, SampleRecords.Mixed(TestWorkspace.Authority, 0, 1)[0].Id, TestWorkspace.Authority, kind: null));
    }

    [TestMethod]
    public async Task Create_WithAllAndNothingElse_SaysWhatItHolds()
    {
        _scene.Write("keys/note.txt", "x");
        _scene.Write("keys/other.json.new", "x");
        _scene.Write("notes/a.txt", "x");

        WorkspaceBackupSummary made = await _scene.CreateAsync(Token);

        Assert.AreSequenceEqual((string[])["keys/note.txt", "keys/other.json.new", "notes"], made.LeftOut.Order(StringComparer.Ordinal).ToArray());
        Assert.AreEqual(BackupScene.Entries, made.Logs.Single(log => log.Issuer == TestWorkspace.Authority).Entries);
        Assert.AreSequenceEqual((string[])["backup.tar"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_scene.Backup)!).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [UnsupportedOSPlatform("windows")]
    public async Task Create_OnUnix_AllIsForTheOwnerAlone()
    {
        await _scene.CreateAsync(Token);
        _scene.Restore(await File.ReadAllBytesAsync(_scene.Backup, Token), Token);

        Assert.AreEqual(OwnerFile, File.GetUnixFileMode(_scene.Backup));
        foreach (string name in Files(_scene.Target))
        {
            Assert.AreEqual(OwnerFile, File.GetUnixFileMode(Path.Combine(_scene.Target, name)), name);
        }

        foreach (string folder in Directory.EnumerateDirectories(_scene.Target, "*", SearchOption.AllDirectories).Append(_scene.Target))
        {
            Assert.AreEqual(OwnerFile | UnixFileMode.UserExecute, File.GetUnixFileMode(folder), folder);
        }
    }

    [TestMethod]
    public async Task Archive_ReadByTheFrameworksTar_HasTheSameFiles()
    {
        await _scene.CreateAsync(Token);
        byte[] archive = await File.ReadAllBytesAsync(_scene.Backup, Token);
        List<(string Name, byte[] Content)> read = [];
        using (TarReader tar = new(new MemoryStream(archive)))
        {
            while (tar.GetNextEntry(copyData: true) is TarEntry entry)
            {
                Assert.AreEqual(TarEntryType.RegularFile, entry.EntryType);
                Assert.AreEqual(OwnerFile, entry.Mode);
                using MemoryStream content = new();
                entry.DataStream?.CopyTo(content);
                read.Add((entry.Name, content.ToArray()));
            }
        }

        IReadOnlyList<(string Name, byte[] Content)> files = BackupScene.Unpack(archive);
        Assert.Contains(BackupScene.LongName, files.Select(file => file.Name));
        Assert.AreSequenceEqual((string[])["manifest.ndjson", .. files.Select(file => file.Name), "manifest.sha256"], read.Select(file => file.Name).ToArray());
        Assert.AreEqual($"{Sha256.Hash(read[0].Content).ToString()[2..]}  manifest.ndjson\n", Encoding.ASCII.GetString(read[^1].Content));
        foreach ((string name, byte[] content) in files)
        {
            Assert.AreSequenceEqual(content, read.Single(file => file.Name == name).Content, name);
        }

        Assert.AreSequenceEqual(archive, BackupScene.Pack(read[0].Content, files));
    }

    [TestMethod]
    [DataRow(100, (1L << 33) - 1, DisplayName = "the largest of the plain header")]
    [DataRow(101, 1L << 33, DisplayName = "longer and larger")]
    [DataRow(20, 5L << 40, DisplayName = "five terabytes")]
    public void Frame_OfLargeFiles_IsReadByTheFrameworksTar(int nameLength, long size)
    {
        string name = new('n', nameLength);
        using FileStream sparse = new(_scene.At("sparse.tar"), FileMode.CreateNew);
        sparse.Write(WorkspaceBackupFrame.Begin(name, size));
        sparse.SetLength(sparse.Length + size + WorkspaceBackupFrame.Padding(size) + WorkspaceBackupFrame.End.Length);
        Assert.AreEqual(WorkspaceBackupFrame.Span(name, size), sparse.Length - WorkspaceBackupFrame.End.Length);
        sparse.Position = 0;

        using TarReader tar = new(sparse);
        TarEntry entry = tar.GetNextEntry()!;

        Assert.AreEqual(name, entry.Name);
        Assert.AreEqual(size, entry.Length);
        Assert.IsNull(tar.GetNextEntry());
    }

    [TestMethod]
    public async Task Create_WhereThereIsAFile_IsRefusedAndLeavesIt()
    {
        await File.WriteAllTextAsync(_scene.Backup, "mine", Token);

        await Assert.ThrowsExactlyAsync<IOException>(() => _scene.CreateAsync(Token));

        Assert.AreEqual("mine", await File.ReadAllTextAsync(_scene.Backup, Token));
        Assert.HasCount(1, Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_scene.Backup)!));
    }

    [TestMethod]
    public async Task Create_AfterAKilledOne_TakesItsPlace()
    {
        await File.WriteAllTextAsync(_scene.Backup + ".new", new string('x', 10_000_000), Token);
        await File.WriteAllTextAsync(_scene.Backup + ".store.new", "unfinished", Token);

        await _scene.CreateAsync(Token);

        Assert.IsNull(_scene.Restore(await File.ReadAllBytesAsync(_scene.Backup, Token), Token));
        Assert.IsFalse(File.Exists(_scene.Backup + ".new") || File.Exists(_scene.Backup + ".store.new"));
    }

    [TestMethod]
    public async Task Create_OfADamagedStore_IsRefusedAndLeavesNothing()
    {
        using (StoreFile file = new(_scene.Test.Workspace.StorePath))
        {
            file.Execute("DROP INDEX outbox_due");
        }

        LogIntegrityException e = await Assert.ThrowsExactlyAsync<LogIntegrityException>(() => _scene.CreateAsync(Token));

        Assert.Contains("is damaged", e.Message);
        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_scene.Backup)!));
    }

    [TestMethod]
    public async Task Create_MemberWithoutALog_IsRefused()
    {
        using (StoreFile file = new(_scene.Test.Workspace.StorePath))
        {
            file.Execute($"DELETE FROM log WHERE issuer = '{TestWorkspace.Agency}'");
        }

        WorkspaceException e = await Assert.ThrowsExactlyAsync<WorkspaceException>(() => _scene.CreateAsync(Token));

        Assert.Contains("member add", e.Message);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Create_WhileACommandHoldsThePackages_WaitsForIt()
    {
        Task<WorkspaceBackupSummary> waiting;
        using (PackageFolder held = PackageFolder.Open(_scene.Test.Workspace))
        {
            waiting = _scene.CreateAsync(Token);
            Assert.IsFalse(waiting.IsCompleted);
        }

        await waiting;
        Assert.IsTrue(File.Exists(_scene.Backup));
    }

    [TestMethod]
    public async Task Create_Cancelled_LeavesNothing()
    {
        using CancellationTokenSource source = new();
        await source.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => _scene.CreateAsync(source.Token));

        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_scene.Backup)!));
    }

    [TestMethod]
    public async Task Create_TwoAtOnceOfOneName_TheSecondIsRefused()
    {
        Task<WorkspaceBackupSummary> first;
        using (PackageFolder held = PackageFolder.Open(_scene.Test.Workspace))
        {
            first = _scene.CreateAsync(Token);
            await Assert.ThrowsExactlyAsync<IOException>(() => _scene.CreateAsync(Token));
        }

        await first;
        Assert.IsNull(_scene.Restore(await File.ReadAllBytesAsync(_scene.Backup, Token), Token));
    }

    private async Task AuditAsync(TestWorkspace workspace, ulong entries)
    {
        AuditReport report = await workspace.AuditAsync(session: null, Token);
        Assert.IsEmpty(report.Findings, TestWorkspace.Describe(report));
        Assert.AreEqual(entries, report.Logs.Single(log => log.Issuer == TestWorkspace.Authority).Entries);
    }

    // Paths below a folder with '/', without what a reader of the store leaves beside it.
    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Where(name => !name.EndsWith("-wal", StringComparison.Ordinal) && !name.EndsWith("-shm", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
}
