using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Tests.Backups;

/// <summary>A workspace with something of everything that a backup holds, and restoring.</summary>
internal sealed class BackupScene : IDisposable
{
    internal const ulong Entries = 40;

    private readonly TestFolder _folder = new();

    internal BackupScene()
    {
        Test = TestWorkspace.Create(TestWorkspace.Authority, TestWorkspace.Agency);
        Test.Append(TestWorkspace.Authority, SampleRecords.Mixed(TestWorkspace.Authority, 0, (int)Entries));
        Test.Erase(TestWorkspace.Authority, Evidence.RecordKind.Sanction, "S-3");
        Write("rulepacks/example-pack.json", "{}");
        Write($"repair/{new string('a', 64)}/evidence.json", "evidence");
        Write(LongName, "package");
        Write($"repair/statements/{new string('c', 64)}.json", "what a party stated");
        Write("repair/lock", "");
        Write("node.lock", "");
        Write("devnet/anvil.json", "state");
    }

    /// <summary>A name that the plain header of an archive has no room for.</summary>
    internal static string LongName { get; } = $"repair/{new string('a', 64)}/pending-{new string('b', 40)}-{new string('b', 64)}.repair.zip";

    internal TestWorkspace Test { get; }

    internal string Backup => _folder.File("backup.tar");

    internal string Target => _folder.File("restored");

    internal string At(string name) => _folder.File(name);

    internal void Write(string name, string text)
    {
        string path = Path.Combine(Test.Workspace.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    internal Task<WorkspaceBackupSummary> CreateAsync(CancellationToken cancellationToken) =>
        WorkspaceBackup.CreateAsync(Test.Workspace, Backup, TimeProvider.System, progress: null, cancellationToken);

    /// <summary>Restores bytes.</summary>
    /// <returns>Why they are refused, or null where there is a workspace now.</returns>
    internal ParseProblem? Restore(byte[] archive, CancellationToken cancellationToken)
    {
        using MemoryStream stream = new(archive);
        bool isRestored = WorkspaceRestore.TryRestore(stream, Target, progress: null, out WorkspaceBackupSummary? summary, out ParseProblem? problem, cancellationToken);
        Assert.AreEqual(isRestored, summary is not null);
        Assert.AreEqual(isRestored, problem is null);
        return problem;
    }

    /// <summary>Restores bytes, which must be refused with nothing left behind.</summary>
    internal ParseProblem ExpectRefused(byte[] archive, string what, CancellationToken cancellationToken)
    {
        ParseProblem? problem = Restore(archive, cancellationToken);
        Assert.IsNotNull(problem, what);
        Assert.IsFalse(Path.Exists(Target), $"{what}: {problem}");
        return problem;
    }

    /// <summary>An archive with right hashes and frames of any files.</summary>
    internal static byte[] Pack(IReadOnlyList<(string Name, byte[] Content)> files)
    {
        WorkspaceBackupManifest manifest = new(default, [.. files.Select(file => new WorkspaceBackupFile(file.Name, file.Content.Length, Sha256.Hash(file.Content)))]);
        return Pack(manifest.ToBytes(), files);
    }

    /// <summary>An archive of any manifest, sealed, and any files.</summary>
    internal static byte[] Pack(byte[] manifest, IReadOnlyList<(string Name, byte[] Content)> files)
    {
        using MemoryStream archive = new();
        Add(WorkspaceBackupReader.ManifestName, manifest);
        foreach ((string name, byte[] content) in files)
        {
            Add(name, content);
        }

        Add(WorkspaceBackupReader.SealName, WorkspaceBackupReader.Seal(manifest));
        archive.Write(WorkspaceBackupFrame.End);
        return archive.ToArray();

        void Add(string name, byte[] content)
        {
            archive.Write(WorkspaceBackupFrame.Begin(name, content.Length));
            archive.Write(content);
            archive.Write(new byte[WorkspaceBackupFrame.Padding(content.Length)]);
        }
    }

    /// <summary>The files of a real backup, which <see cref="Pack(IReadOnlyList{ValueTuple{string, byte[]}})"/> makes one of again.</summary>
    internal static IReadOnlyList<(string Name, byte[] Content)> Unpack(byte[] archive)
    {
        using MemoryStream stream = new(archive);
        Assert.IsTrue(WorkspaceBackupReader.TryOpen(stream, out WorkspaceBackupReader? reader, out ParseProblem? problem), problem?.ToString());
        List<(string Name, byte[] Content)> files = [];
        foreach (WorkspaceBackupFile file in reader.Manifest.Files)
        {
            using MemoryStream content = new();
            Assert.IsNull(reader.Read(file, content, progress: null, CancellationToken.None));
            files.Add((file.Name, content.ToArray()));
        }

        return files;
    }

    /// <summary>The store of a backup as the second version of the format would have written it.</summary>
    internal static byte[] ToSecondVersion(string path, byte[] store)
    {
        // The third version has runs and an index in place of these two tables.
        const string BackToSecondVersion = """
            DROP TABLE index_run;
            DROP TABLE index_chunk;
            DROP INDEX entry_repair;
            DROP INDEX anchor_in_flight;
            DROP TABLE repair_material;
            DROP TABLE cosignature;
            DROP TABLE api_key;
            DROP TABLE access_grant;
            DROP TABLE entered_by;
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
        File.WriteAllBytes(path, store);
        using (StoreFile file = new(path))
        {
            file.Execute("PRAGMA journal_mode = DELETE");
            file.Execute(BackToSecondVersion);
        }

        return File.ReadAllBytes(path);
    }

    /// <summary>The version of the format that a store is of.</summary>
    internal static long VersionOf(string path)
    {
        using StoreFile file = new(path);
        return file.Scalar<long>("PRAGMA user_version");
    }

    public void Dispose()
    {
        Test.Dispose();
        _folder.Dispose();
    }
}
