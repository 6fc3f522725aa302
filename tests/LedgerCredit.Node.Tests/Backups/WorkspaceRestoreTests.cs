using System.Text;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Tests.Backups;

/// <summary>Whatever is not exactly a backup is refused, named, and leaves nothing behind.</summary>
[TestClass]
public sealed class WorkspaceRestoreTests : IDisposable
{
    private const int Seed = 20261122;
    private const int Flips = 700;

    private readonly BackupScene _scene = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _scene.Dispose();

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Restore_AnyBitFlipped_IsRefused()
    {
        byte[] archive = await CreateAsync();
        List<int> around = Around(archive);
        Random random = new(Seed);
        HashSet<string> codes = [];
        for (int i = 0; i < Flips; i++)
        {
            // Most of an archive is content, and most of what can go wrong around it.
            int place = i % 3 == 0 ? random.Next(archive.Length) : around[random.Next(around.Count)];
            archive[place] ^= (byte)(1 << random.Next(8));
            codes.Add(_scene.ExpectRefused(archive, $"byte {place}, seed {Seed}", Token).Code);
            archive = await File.ReadAllBytesAsync(_scene.Backup, Token);
        }

        Assert.IsTrue(codes.IsSupersetOf(["not-a-backup", "backup-manifest", "backup-frame", "backup-hash"]), string.Join(' ', codes));
    }

    [TestMethod]
    public async Task Restore_FlippedContent_NamesTheFile()
    {
        byte[] archive = await CreateAsync();
        archive[archive.AsSpan().IndexOf("what a party stated"u8)] ^= 1;

        ParseProblem problem = _scene.ExpectRefused(archive, "content", Token);

        Assert.AreEqual("backup-hash", problem.Code);
        Assert.AreEqual($"repair/statements/{new string('c', 64)}.json", problem.Path);
    }

    [TestMethod]
    public async Task Restore_CutOrLengthened_IsRefused()
    {
        byte[] archive = await CreateAsync();
        int[] lengths = [0, 1, 511, 512, 513, 1024, 2048, archive.Length / 2, archive.Length - 1025, archive.Length - 1024, archive.Length - 512, archive.Length - 1];
        foreach (int length in lengths)
        {
            ParseProblem problem = _scene.ExpectRefused(archive[..length], $"{length} of {archive.Length} bytes", Token);
            Assert.IsTrue(length < 512 || problem.Code is "backup-size" or "backup-truncated", problem.ToString());
        }

        foreach (int more in (int[])[1, 512, 1024])
        {
            Assert.AreEqual("backup-size", _scene.ExpectRefused([.. archive, .. new byte[more]], $"{more} more", Token).Code);
        }
    }

    [TestMethod]
    [DataRow("../outside.json")]
    [DataRow("/outside.json")]
    [DataRow("keys/../../outside.json")]
    [DataRow("keys/..")]
    [DataRow("keys/./a.json")]
    [DataRow("keys//a.json")]
    [DataRow("keys/a/b.json")]
    [DataRow("keys/.hidden.json")]
    [DataRow("keys/a.txt")]
    [DataRow("keys/a.json\u0000.json")]
    [DataRow("keys/a b.json")]
    [DataRow("keys\\a.json")]
    [DataRow("keys/..\\a.json")]
    [DataRow("keys/ключ.json")]
    [DataRow("devnet/anvil.json")]
    [DataRow("node.lock")]
    [DataRow("workspace-edit.lock")]
    [DataRow("workspace.json.new")]
    [DataRow("workspace.json/a.json")]
    [DataRow("ledgercredit.db-wal")]
    [DataRow("repair")]
    [DataRow("repair/")]
    [DataRow("repair/lock")]
    [DataRow("repair/a/b/c")]
    [DataRow("repair/a/b.new")]
    [DataRow("keys/workspace.json/../../workspace.json")]
    public async Task Restore_NameOfNoWorkspacesFile_IsRefused(string name)
    {
        IReadOnlyList<(string Name, byte[] Content)> files = BackupScene.Unpack(await CreateAsync());

        ParseProblem problem = _scene.ExpectRefused(BackupScene.Pack([files[0], (name, [1]), .. files.Skip(1)]), name, Token);

        Assert.AreEqual("backup-manifest", problem.Code);
        Assert.AreSequenceEqual((string[])["backup.tar"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_scene.Target)!).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    public async Task Restore_FilesTwiceMissingOrOutOfOrder_IsRefused()
    {
        IReadOnlyList<(string Name, byte[] Content)> files = BackupScene.Unpack(await CreateAsync());
        Dictionary<string, IReadOnlyList<(string Name, byte[] Content)>> wrong = new()
        {
            ["a key twice"] = [files[0], files[1], .. files.Skip(1)],
            ["the configuration twice"] = [files[0], .. files],
            ["the store twice"] = [.. files, files[^1]],
            ["the store in between"] = [files[0], files[^1], .. files.Skip(1)],
            ["out of order"] = [files[0], files[2], files[1], .. files.Skip(3)],
            ["no configuration"] = [.. files.Skip(1)],
            ["no store"] = [.. files.SkipLast(1)],
            ["nothing"] = [],
        };
        foreach ((string what, IReadOnlyList<(string Name, byte[] Content)> list) in wrong)
        {
            Assert.AreEqual("backup-manifest", _scene.ExpectRefused(BackupScene.Pack(list), what, Token).Code, what);
        }

        // The same without a change is a backup.
        Assert.IsNull(_scene.Restore(BackupScene.Pack(files), Token));
    }

    [TestMethod]
    public async Task Restore_SizesThatAreNotThere_CostNothing()
    {
        IReadOnlyList<(string Name, byte[] Content)> files = BackupScene.Unpack(await CreateAsync());
        WorkspaceBackupFile huge = new("keys/a.json", (1L << 53) - 1, default);
        List<WorkspaceBackupFile> listed = [new("workspace.json", 1, default), .. Enumerable.Range(0, 2_000).Select(i => huge with { Name = $"keys/{i:00000}.json" }), huge with { Name = "ledgercredit.db" }];
        byte[] manifest = new WorkspaceBackupManifest(default, listed).ToBytes();

        Assert.AreEqual("backup-size", _scene.ExpectRefused(BackupScene.Pack(manifest, files), "huge files", Token).Code);

        byte[] header = WorkspaceBackupFrame.Begin(WorkspaceBackupReader.ManifestName, WorkspaceBackupManifest.MaxBytes);
        Assert.AreEqual("backup-truncated", _scene.ExpectRefused([.. header, 1], "a huge manifest that is not there", Token).Code);
        header = WorkspaceBackupFrame.Begin(WorkspaceBackupReader.ManifestName, WorkspaceBackupManifest.MaxBytes + 1);
        Assert.AreEqual("not-a-backup", _scene.ExpectRefused([.. header, 1], "a manifest beyond the bound", Token).Code);
    }

    [TestMethod]
    [DataRow("", DisplayName = "empty")]
    [DataRow("x", DisplayName = "no line end")]
    [DataRow("\n", DisplayName = "an empty line")]
    [DataRow("{}\n", DisplayName = "an empty object")]
    [DataRow("{\"createdAt\":\"2026-01-01T00:00:00Z\",\"format\":\"other\"}\n", DisplayName = "another format")]
    [DataRow("{\"createdAt\":\"yesterday\",\"format\":\"ledgercredit-backup/1\"}\n", DisplayName = "no moment")]
    [DataRow("{\"createdAt\":\"2026-01-01T00:00:00Z\",\"format\":\"ledgercredit-backup/1\"}\n[[[[[[[[\n", DisplayName = "nesting")]
    [DataRow("{\"createdAt\":\"2026-01-01T00:00:00Z\",\"format\":\"ledgercredit-backup/1\"}\n{\"bytes\":-1,\"name\":\"workspace.json\",\"sha256\":\"0x00\"}\n", DisplayName = "a negative size")]
    [DataRow("{\"format\":\"ledgercredit-backup/1\",\"createdAt\":\"2026-01-01T00:00:00Z\"}\n", DisplayName = "no files")]
    public void Restore_ManifestOfSomethingElse_IsRefused(string manifest)
    {
        Assert.AreEqual("backup-manifest", _scene.ExpectRefused(BackupScene.Pack(Encoding.UTF8.GetBytes(manifest), []), manifest, Token).Code);
    }

    [TestMethod]
    public async Task Restore_ManifestNotCanonicalOrOfTooManyFiles_IsRefused()
    {
        IReadOnlyList<(string Name, byte[] Content)> files = BackupScene.Unpack(await CreateAsync());
        WorkspaceBackupManifest manifest = new(default, [.. files.Select(file => new WorkspaceBackupFile(file.Name, file.Content.Length, Sha256.Hash(file.Content)))]);
        byte[] spaced = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(manifest.ToBytes()).Replace("\"bytes\":", "\"bytes\": ", StringComparison.Ordinal));
        Assert.AreEqual("backup-manifest", _scene.ExpectRefused(BackupScene.Pack(spaced, files), "spaces", Token).Code);

        byte[] many = new WorkspaceBackupManifest(default, [.. Enumerable.Range(0, WorkspaceBackupManifest.MaxFiles + 1).Select(i => new WorkspaceBackupFile($"keys/{i:000000}.json", 0, default))]).ToBytes();
        Assert.Contains("at most", _scene.ExpectRefused(BackupScene.Pack(many, []), "too many files", Token).Message);
    }

    [TestMethod]
    public async Task Restore_EntryThatIsALink_IsRefused()
    {
        byte[] archive = await CreateAsync();
        IReadOnlyList<(string Name, byte[] Content)> files = BackupScene.Unpack(archive);
        int place = archive.AsSpan().IndexOf(WorkspaceBackupFrame.Begin(files[1].Name, files[1].Content.Length));
        Assert.IsGreaterThan(0, place);

        // A symbolic link in place of a plain file, with the checksum that belongs to it.
        byte[] header = archive[place..(place + 512)];
        header[156] = (byte)'2';
        "/etc/passwd"u8.CopyTo(header.AsSpan(157));
        "        "u8.CopyTo(header.AsSpan(148));
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => (long)b), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        header.CopyTo(archive, place);

        Assert.AreEqual("backup-frame", _scene.ExpectRefused(archive, "a link", Token).Code);
    }

    [TestMethod]
    public async Task Restore_RightHashesOfAStoreThatIsNone_IsRefused()
    {
        IReadOnlyList<(string Name, byte[] Content)> files = BackupScene.Unpack(await CreateAsync());
        byte[] store = files[^1].Content;
        byte[] damaged = [.. store];
        damaged.AsSpan(8192 * 3, 4096).Fill(0xFF);
        Dictionary<string, byte[]> stores = new()
        {
            ["text"] = Encoding.ASCII.GetBytes(new string('x', 100_000)),
            ["empty"] = [],
            ["cut"] = store[..(store.Length / 2)],
            ["damaged"] = damaged,
        };
        foreach ((string what, byte[] content) in stores)
        {
            Assert.AreEqual("backup-store", _scene.ExpectRefused(BackupScene.Pack([.. files.SkipLast(1), (files[^1].Name, content)]), what, Token).Code, what);
        }

        byte[] config = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(files[0].Content).Replace(TestWorkspace.Agency, "other-agency", StringComparison.Ordinal));
        Assert.AreEqual("backup-config", _scene.ExpectRefused(BackupScene.Pack([(files[0].Name, config), .. files.Skip(1)]), "another configuration", Token).Code);
        Assert.AreEqual("backup-config", _scene.ExpectRefused(BackupScene.Pack([(files[0].Name, [1]), .. files.Skip(1)]), "no configuration", Token).Code);
        Assert.AreEqual("backup-config", _scene.ExpectRefused(BackupScene.Pack([(files[0].Name, new byte[2_000_000]), .. files.Skip(1)]), "a huge configuration", Token).Code);
    }

    [TestMethod]
    public async Task Restore_IntoAFolderInUse_IsRefusedAndLeavesIt()
    {
        byte[] archive = await CreateAsync();
        Directory.CreateDirectory(_scene.Target);
        await File.WriteAllTextAsync(Path.Combine(_scene.Target, "notes.txt"), "mine", Token);

        Assert.Contains("is not empty", Assert.ThrowsExactly<WorkspaceException>(() => _scene.Restore(archive, Token)).Message);
        Assert.HasCount(1, Directory.EnumerateFileSystemEntries(_scene.Target));

        File.Delete(Path.Combine(_scene.Target, "notes.txt"));
        Assert.IsNull(_scene.Restore(archive, Token));
        Assert.Contains("is a workspace already", Assert.ThrowsExactly<WorkspaceException>(() => _scene.Restore(archive, Token)).Message);
    }

    [TestMethod]
    public async Task Restore_Cancelled_LeavesAnEmptyFolderAsItWas()
    {
        byte[] archive = await CreateAsync();
        Directory.CreateDirectory(_scene.Target);
        using CancellationTokenSource source = new();
        using MemoryStream stream = new(archive);
        int files = 0;

        Assert.ThrowsExactly<OperationCanceledException>(() => WorkspaceRestore.TryRestore(
            stream,
            _scene.Target,
            new Reads(() =>
            {
                if (++files == 3)
                {
                    Assert.IsNotEmpty(Directory.EnumerateFileSystemEntries(_scene.Target));
                    source.Cancel();
                }
            }),
            out _,
            out _,
            source.Token));

        Assert.IsTrue(Directory.Exists(_scene.Target));
        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(_scene.Target));
    }

    // Nothing was made, and nothing is looked for to be removed.
    [TestMethod]
    public async Task Restore_FolderThatCannotBeMade_SaysWhy()
    {
        using MemoryStream stream = new(await CreateAsync());

        Assert.ThrowsExactly<PathTooLongException>(() => WorkspaceRestore.TryRestore(stream, Path.Combine(_scene.Target, new string('a', 300)), progress: null, out _, out _, Token));
    }

    private async Task<byte[]> CreateAsync()
    {
        await _scene.CreateAsync(Token);
        return await File.ReadAllBytesAsync(_scene.Backup, Token);
    }

    // The places of an archive that are in no file: headers, manifest, seal, zeros.
    private static List<int> Around(byte[] archive)
    {
        List<int> places = [];
        int next = 0;
        foreach ((string name, byte[] content) in BackupScene.Unpack(archive))
        {
            byte[] header = WorkspaceBackupFrame.Begin(name, content.Length);
            int at = next + archive.AsSpan(next).IndexOf(header);
            places.AddRange(Enumerable.Range(next, at + header.Length - next));
            next = at + header.Length + content.Length;
        }

        places.AddRange(Enumerable.Range(next, archive.Length - next));
        return places;
    }

    private sealed class Reads(Action read) : IProgress<long>
    {
        public void Report(long value) => read();
    }
}
