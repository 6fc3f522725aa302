using System.Security.Cryptography;
using LedgerCredit.Log;
using LedgerCredit.Node.Materials;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Workspaces;

/// <summary>A log in a backup.</summary>
/// <param name="Issuer">The issuer.</param>
/// <param name="Entries">How many entries it has there.</param>
public sealed record WorkspaceBackupLog(string Issuer, ulong Entries);

/// <summary>What a backup holds.</summary>
/// <param name="CreatedAt">Of which moment it is.</param>
/// <param name="Files">How many files are in it.</param>
/// <param name="Bytes">How large they are together.</param>
/// <param name="Logs">The logs.</param>
/// <param name="LeftOut">Paths in the workspace that are in no backup because no workspace has such a file; without the devnet.</param>
public sealed record WorkspaceBackupSummary(
    DateTimeOffset CreatedAt, int Files, long Bytes, IReadOnlyList<WorkspaceBackupLog> Logs, IReadOnlyList<string> LeftOut);

/// <summary>Makes one file of a workspace while others work in it.</summary>
public sealed class WorkspaceBackup
{
    private const int BufferLength = 1 << 17;
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    private readonly Workspace _workspace;
    private readonly TimeProvider _timeProvider;
    private readonly IProgress<long>? _progress;
    private readonly List<WorkspaceBackupFile> _files = [];
    private readonly List<string> _leftOut = [];

    private WorkspaceBackup(Workspace workspace, TimeProvider timeProvider, IProgress<long>? progress)
    {
        _workspace = workspace;
        _timeProvider = timeProvider;
        _progress = progress;
    }

    /// <summary>Makes a backup (docs/backup.md).</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="path">The file, which must not be there yet. Beside it there is a copy of the store while this runs.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="progress">Hears how many further bytes were written; may be null.</param>
    /// <param name="cancellationToken">Stops where nothing is left behind.</param>
    /// <exception cref="IOException">The file exists, a disk failed, or a command held the repair packages for too long.</exception>
    /// <exception cref="LogIntegrityException">The store is damaged.</exception>
    /// <exception cref="WorkspaceException">Configuration and store do not go together.</exception>
    public static async Task<WorkspaceBackupSummary> CreateAsync(
        Workspace workspace, string path, TimeProvider timeProvider, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(timeProvider);
        WorkspaceBackup backup = new(workspace, timeProvider, progress);
        WorkspaceBackupSummary? summary = null;
        await DurableFile.CreateNewAsync(path, async archive =>
        {
            // A kill leaves this copy and the unfinished archive; the next backup to the same file removes both.
            string copy = path + ".store.new";
            File.Delete(copy);
            try
            {
                summary = await backup.WriteAsync(archive, copy, cancellationToken);
            }
            finally
            {
                File.Delete(copy);
            }
        });
        return summary!;
    }

    private async Task<WorkspaceBackupSummary> WriteAsync(Stream archive, string copy, CancellationToken cancellationToken)
    {
        // 0. No file of a material may go while its row is in the copy. Deleting overwrites its key all the same; the file goes later.
        using FileStream? materials = await HoldMaterialsAsync(cancellationToken);

        // 1. The store, as of one moment. All else is read after that moment, and everything that a store refers to is durable
        //    before the store refers to it: keys before the configuration names them, the configuration before a log is added,
        //    packages and statements before their digests are on the ledger, files of materials before their rows. So nothing is
        //    missing, and what came later does no harm.
        (byte[] config, DateTimeOffset createdAt, IReadOnlyList<WorkspaceBackupLog> logs) = CopyStore(copy, cancellationToken);
        using FileStream? late = materials is null ? await HoldMaterialsAsync(cancellationToken) : null;
        if (late is not null)
        {
            // The first material of all came meanwhile: it may be in the copy, and deleted again by now. So the moment is this one.
            File.Delete(copy);
            (config, createdAt, logs) = CopyStore(copy, cancellationToken);
        }

        WorkspaceBackupFile store = Hash(Workspace.StoreName, copy, cancellationToken);

        // 2. No package may be renamed between the listing and its copying.
        byte[] manifest;
        using (PackageFolder? held = await HoldPackagesAsync(cancellationToken))
        {
            _files.Add(new WorkspaceBackupFile(Workspace.ConfigName, config.Length, Sha256.Hash(config)));
            foreach (string name in ListFiles())
            {
                _files.Add(Hash(name, Path.Combine(_workspace.Folder, name), cancellationToken));
            }

            _files.Add(store);
            manifest = new WorkspaceBackupManifest(createdAt, _files).ToBytes();
            if (_files.Count > WorkspaceBackupManifest.MaxFiles)
            {
                throw new WorkspaceException($"The workspace has {_files.Count} files, and a backup holds at most {WorkspaceBackupManifest.MaxFiles}. Copy the folder while nothing works in it.");
            }

            Write(archive, WorkspaceBackupReader.ManifestName, manifest);
            Write(archive, Workspace.ConfigName, config);
            foreach (WorkspaceBackupFile file in _files.Skip(1).SkipLast(1))
            {
                Write(archive, file, Path.Combine(_workspace.Folder, file.Name), cancellationToken);
            }
        }

        // 3. The largest file, when nobody waits for the packages any more; then the mark that the archive is whole.
        Write(archive, store, copy, cancellationToken);
        Write(archive, WorkspaceBackupReader.SealName, WorkspaceBackupReader.Seal(manifest));
        archive.Write(WorkspaceBackupFrame.End);
        return new WorkspaceBackupSummary(createdAt, _files.Count, _files.Sum(file => file.Length), logs, _leftOut);
    }

    private (byte[] Config, DateTimeOffset CreatedAt, IReadOnlyList<WorkspaceBackupLog> Logs) CopyStore(string copy, CancellationToken cancellationToken)
    {
        using Store store = _workspace.OpenStore(StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();
        IReadOnlyList<StoredLog> stored = store.Logs.ReadAll();
        DateTimeOffset createdAt = _timeProvider.GetUtcNow();

        // A backup of damage would in time take the place of the last sound one.
        if (store.CheckIntegrity() is { Count: > 0 } problems)
        {
            throw new LogIntegrityException($"The store '{_workspace.StorePath}' is damaged: {problems[0]}. No backup was made. Keep the ones there are: 'ledgercredit log audit' says what is damaged, 'workspace restore' brings the newest one back.");
        }

        string path = Path.Combine(_workspace.Folder, Workspace.ConfigName);
        byte[] config = File.ReadAllBytes(path);
        if (WorkspaceBackupMatch.FindProblem(WorkspaceConfig.Parse(config, path), stored) is string problem)
        {
            throw new WorkspaceException($"{problem} 'member add' is at work or was interrupted: run it again, then make the backup. 'ledgercredit log audit' says more.");
        }

        store.CopyTo(copy, progress: null, cancellationToken);
        return (config, createdAt, [.. stored.Select(log => new WorkspaceBackupLog(log.Issuer, store.Entries.Count(log.Number)))]);
    }

    private async Task<PackageFolder?> HoldPackagesAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_workspace.RepairFolder))
        {
            return null;
        }

        long started = _timeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                return PackageFolder.Open(_workspace);
            }
            catch (PackagesInUseException) when (_timeProvider.GetElapsedTime(started) < LockTimeout)
            {
                // A command has them for as long as its transaction takes.
                await Task.Delay(LockPoll, _timeProvider, cancellationToken);
            }
        }
    }

    // Null where there is no folder yet, which is made before the first row.
    private async Task<FileStream?> HoldMaterialsAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_workspace.MaterialsFolder))
        {
            return null;
        }

        long started = _timeProvider.GetTimestamp();
        while (true)
        {
            if (MaterialFolder.TryHold(_workspace) is FileStream held)
            {
                return held;
            }

            if (_timeProvider.GetElapsedTime(started) >= LockTimeout)
            {
                throw new IOException($"Files were being removed from '{_workspace.MaterialsFolder}', or another backup was copying them, for too long. Run the command again.");
            }

            await Task.Delay(LockPoll, _timeProvider, cancellationToken);
        }
    }

    // The files of keys, rule packs, repair and materials by their names with '/', in the order of the names.
    private IReadOnlyList<string> ListFiles()
    {
        List<string> names = [];
        string[] known = [Workspace.ConfigName, Workspace.EditLockName, Workspace.StoreName, Workspace.StoreName + "-wal", Workspace.StoreName + "-shm", "node.lock", "devnet", "repair/lock", "materials/" + MaterialFolder.LockName];
        Add("");
        return [.. names.Order(StringComparer.Ordinal)];

        void Add(string folder)
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(Path.Combine(_workspace.Folder, folder)))
            {
                string name = folder.Length == 0 ? Path.GetFileName(path) : $"{folder}/{Path.GetFileName(path)}";
                if (known.Contains(name))
                {
                    continue;
                }

                bool isFolder = Directory.Exists(path);
                if (isFolder && (name is "keys" or "rulepacks" or "repair" or "materials" || folder == "repair"))
                {
                    Add(name);
                }
                else if (folder == "materials" && name.EndsWith(DurableFile.Unfinished, StringComparison.Ordinal))
                {
                    // A file that is being taken: of a time after this backup's moment.
                    continue;
                }
                else if (!isFolder && WorkspaceBackupManifest.IsFileName(name))
                {
                    names.Add(name);
                }
                else
                {
                    _leftOut.Add(name);
                }
            }
        }
    }

    private static WorkspaceBackupFile Hash(string name, string path, CancellationToken cancellationToken)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        (long length, Bytes32 hash) = Read(file, Stream.Null, progress: null, cancellationToken);
        return new WorkspaceBackupFile(name, length, hash);
    }

    private static void Write(Stream archive, string name, ReadOnlySpan<byte> content)
    {
        archive.Write(WorkspaceBackupFrame.Begin(name, content.Length));
        archive.Write(content);
        archive.Write(new byte[WorkspaceBackupFrame.Padding(content.Length)]);
    }

    private void Write(Stream archive, WorkspaceBackupFile file, string path, CancellationToken cancellationToken)
    {
        archive.Write(WorkspaceBackupFrame.Begin(file.Name, file.Length));
        using (FileStream input = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            // Its hash stands in the manifest already, so a file that is another one now would make the archive worthless.
            if (Read(input, archive, _progress, cancellationToken) != (file.Length, file.Hash))
            {
                throw new IOException($"'{path}' was changed while it was backed up. Run the command again.");
            }
        }

        archive.Write(new byte[WorkspaceBackupFrame.Padding(file.Length)]);
    }

    private static (long Length, Bytes32 Hash) Read(Stream input, Stream output, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferLength];
        long length = 0;
        int read;
        while ((read = input.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            output.Write(buffer, 0, read);
            length += read;
            progress?.Report(read);
        }

        return (length, Bytes32.FromBytes(hash.GetHashAndReset()));
    }
}
