using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Workspaces;

/// <summary>Makes a workspace of a backup.</summary>
/// <remarks>
/// The folder counts as a workspace from the last step on, when all has been compared. A kill before leaves a folder that every
/// command refuses and that can be removed; any other failure leaves nothing.
/// </remarks>
public sealed class WorkspaceRestore
{
    private readonly string _folder;
    private readonly WorkspaceBackupReader _reader;
    private readonly IProgress<long>? _progress;
    private readonly List<string> _madeFolders = [];
    private readonly List<string> _madeFiles = [];

    private WorkspaceRestore(string folder, WorkspaceBackupReader reader, IProgress<long>? progress)
    {
        _folder = folder;
        _reader = reader;
        _progress = progress;
    }

    /// <summary>Restores a backup into a folder that is empty or does not exist.</summary>
    /// <param name="archive">Any bytes, from the beginning of a stream that knows its length.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="progress">Hears how many further bytes were read; may be null.</param>
    /// <param name="summary">What the backup holds, or null.</param>
    /// <param name="problem">Why it was refused, or null.</param>
    /// <param name="cancellationToken">Stops where nothing is left behind.</param>
    /// <exception cref="WorkspaceException">The folder is in use.</exception>
    /// <exception cref="IOException">A disk failed.</exception>
    public static bool TryRestore(
        Stream archive,
        string folder,
        IProgress<long>? progress,
        [NotNullWhen(true)] out WorkspaceBackupSummary? summary,
        [NotNullWhen(false)] out ParseProblem? problem,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        string path = Path.GetFullPath(folder);
        Workspace.RequireUnused(path);
        summary = null;
        if (!WorkspaceBackupReader.TryOpen(archive, out WorkspaceBackupReader? reader, out problem))
        {
            return false;
        }

        WorkspaceRestore restore = new(path, reader, progress);
        try
        {
            summary = restore.Run(out problem, cancellationToken);
        }
        finally
        {
            if (summary is null)
            {
                restore.RemoveWhatWasMade();
            }
        }

        return summary is not null;
    }

    private WorkspaceBackupSummary? Run(out ParseProblem? problem, CancellationToken cancellationToken)
    {
        // 1. All files but the configuration, which is kept in memory. A crash here leaves a folder without workspace.json.
        using MemoryStream config = new();
        problem = ReadFiles(config, cancellationToken) ?? _reader.ReadEnd();
        if (problem is not null)
        {
            return null;
        }

        // 2. Every byte is the one that was backed up. Whether these make a store and a configuration is another question.
        IReadOnlyList<WorkspaceBackupLog>? logs = CheckStore(config.ToArray(), out problem);
        if (logs is null)
        {
            return null;
        }

        // 3. Until here a power cut may take back the names of files whose bytes are flushed: those of keys, for example. A crash
        //    behind it leaves all of them, and still no workspace.json.
        DurableFile.FlushFolder(_folder);
        foreach (string made in _madeFolders)
        {
            DurableFile.FlushFolder(made);
        }

        // 4. From here on it is a workspace.
        string configPath = Path.Combine(_folder, Workspace.ConfigName);
        _madeFiles.Add(configPath + ".new");
        DurableFile.CreateNew(configPath, config.ToArray());
        WorkspaceBackupManifest manifest = _reader.Manifest;
        return new WorkspaceBackupSummary(manifest.CreatedAt, manifest.Files.Count, manifest.Files.Sum(file => file.Length), logs, []);
    }

    private ParseProblem? ReadFiles(MemoryStream config, CancellationToken cancellationToken)
    {
        MakeFolder(_folder);
        MakeFolder(Path.Combine(_folder, "keys"));
        foreach (WorkspaceBackupFile file in _reader.Manifest.Files)
        {
            ParseProblem? problem;
            if (file.Name == Workspace.ConfigName)
            {
                problem = file.Length > JsonLimits.Document.MaxBytes
                    ? new ParseProblem("backup-config", file.Name, $"Expected a configuration of at most {JsonLimits.Document.MaxBytes} bytes, found a larger one.")
                    : _reader.Read(file, config, _progress, cancellationToken);
            }
            else
            {
                // Safe below the folder: the manifest was refused unless all names are of a workspace's files.
                string path = Path.Combine([_folder, .. file.Name.Split('/')]);
                MakeFolder(Path.GetDirectoryName(path)!);
                using FileStream output = CreateFile(path);
                problem = _reader.Read(file, output, _progress, cancellationToken);
                output.Flush(flushToDisk: true);
            }

            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    private IReadOnlyList<WorkspaceBackupLog>? CheckStore(byte[] config, out ParseProblem? problem)
    {
        string path = Path.Combine(_folder, Workspace.StoreName);
        _madeFiles.AddRange([path + "-wal", path + "-shm"]);
        try
        {
            WorkspaceConfig parsed = WorkspaceConfig.Parse(config, Workspace.ConfigName);
            using Store store = Store.Open(path, StoreAccess.Read);
            IReadOnlyList<string> damage = store.CheckIntegrity();
            if (damage.Count == 0)
            {
                IReadOnlyList<StoredLog> logs = store.Logs.ReadAll();
                problem = WorkspaceBackupMatch.FindProblem(parsed, logs) is string difference
                    ? new ParseProblem("backup-config", "", difference)
                    : null;
                return problem is null ? [.. logs.Select(log => new WorkspaceBackupLog(log.Issuer, store.Entries.Count(log.Number)))] : null;
            }

            problem = new ParseProblem("backup-store", Workspace.StoreName, $"The store in the backup is damaged: {damage[0]}.");
        }
        catch (DbException e)
        {
            problem = new ParseProblem("backup-store", Workspace.StoreName, StoreFailure.Classify(e).Message);
        }
        catch (Exception e) when (e is StoreFormatException or LogIntegrityException or WorkspaceException)
        {
            problem = new ParseProblem(e is WorkspaceException ? "backup-config" : "backup-store", "", e.Message);
        }

        return null;
    }

    private void MakeFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        string above = Path.GetDirectoryName(path)!;
        if (path != _folder)
        {
            MakeFolder(above);
        }
        else
        {
            DurableFile.CreateFolders(above);
        }

        // Noted before: it may be made and then not be flushed.
        _madeFolders.Add(path);
        DurableFile.CreateFolder(path);
    }

    // Never over a file: whatever has come into the folder meanwhile is somebody else's.
    private FileStream CreateFile(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream file = new(path, options);
        _madeFiles.Add(path);
        return file;
    }

    private void RemoveWhatWasMade()
    {
        foreach (string file in _madeFiles)
        {
            File.Delete(file);
        }

        foreach (string folder in Enumerable.Reverse(_madeFolders).Where(folder => Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            Directory.Delete(folder);
        }
    }
}
