using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Node.Materials;

/// <summary>The folder of encrypted files. Their names are random, and say nothing of what is in them.</summary>
/// <remarks>
/// <code>
/// materials/lock          held while files are removed, or copied into a backup
/// materials/&lt;id&gt;.bin      an encrypted file
/// materials/&lt;id&gt;.bin.new  one that is being taken
/// </code>
/// </remarks>
internal sealed class MaterialFolder(Workspace workspace)
{
    internal const string LockName = "lock";

    private const string Extension = ".bin";

    // In this process one at a time; between processes the file.
    private readonly Lock _removing = new();
    private readonly string _root = workspace.MaterialsFolder;

    internal string PathOf(string id) => Path.Combine(_root, id + Extension);

    /// <summary>Whether a material's file is there, of a size.</summary>
    internal bool Has(string id, long fileLength) => new FileInfo(PathOf(id)) is { Exists: true } file && file.Length == fileLength;

    /// <summary>Makes the folder where there is none, for its owner alone.</summary>
    internal void Ensure() => DurableFile.CreateFolder(_root);

    /// <summary>Holds all files against being removed.</summary>
    /// <returns>The lock; null while another process or thread has it.</returns>
    internal static FileStream? TryHold(Workspace workspace) => LockFile.TryOpen(Path.Combine(workspace.MaterialsFolder, LockName));

    /// <summary>Removes files, unless a backup is copying them.</summary>
    /// <param name="names">Names in the folder.</param>
    /// <returns>False where nothing was removed; the next sweep does it.</returns>
    internal bool TryRemove(IReadOnlyCollection<string> names)
    {
        if (names.Count == 0 || !Directory.Exists(_root))
        {
            return true;
        }

        lock (_removing)
        {
            using FileStream? held = TryHold(workspace);
            if (held is null)
            {
                return false;
            }

            foreach (string name in names)
            {
                File.Delete(Path.Combine(_root, name));
            }

            // Without this a power cut could bring names back, of files whose keys are gone.
            DurableFile.FlushFolder(_root);
            return true;
        }
    }

    /// <summary>The name of a material's file.</summary>
    internal static string NameOf(string id) => id + Extension;

    /// <summary>The files that were last written before a moment.</summary>
    /// <returns>The name of each, for which id it was made, and whether it is whole.</returns>
    internal IReadOnlyList<(string Name, string Id, bool IsWhole)> ListOlderThan(DateTimeOffset moment)
    {
        List<(string, string, bool)> found = [];
        foreach (FileInfo file in Directory.Exists(_root) ? new DirectoryInfo(_root).EnumerateFiles() : [])
        {
            string name = file.Name;
            bool isWhole = !name.EndsWith(DurableFile.Unfinished, StringComparison.Ordinal);
            string whole = isWhole ? name : name[..^DurableFile.Unfinished.Length];
            if (whole.EndsWith(Extension, StringComparison.Ordinal) && file.LastWriteTimeUtc < moment.UtcDateTime)
            {
                found.Add((name, whole[..^Extension.Length], isWhole));
            }
        }

        return found;
    }
}
