using LedgerCredit.Storage;

namespace LedgerCredit.Node.Workspaces;

/// <summary>A folder with all that one node has: configuration, keys, store, devnet.</summary>
/// <remarks>
/// <code>
/// workspace.json     configuration, nothing secret
/// ledgercredit.db    the store
/// keys/*.json        one file for each key
/// devnet/            the embedded ledger's state and log
/// </code>
/// </remarks>
public sealed class Workspace
{
    private const string ConfigName = "workspace.json";
    private const string StoreName = "ledgercredit.db";

    private Workspace(string folder, WorkspaceConfig config)
    {
        Folder = folder;
        Config = config;
    }

    /// <summary>The absolute path of the folder.</summary>
    public string Folder { get; }

    /// <summary>The configuration as last read or saved.</summary>
    public WorkspaceConfig Config { get; private set; }

    /// <summary>The folder of keys.</summary>
    public string KeysFolder => Path.Combine(Folder, "keys");

    /// <summary>The folder of the devnet.</summary>
    public string DevnetFolder => Path.Combine(Folder, "devnet");

    /// <summary>The store's file.</summary>
    public string StorePath => Path.Combine(Folder, StoreName);

    /// <summary>Makes a workspace in a folder that is empty or does not exist.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="makeKeys">Makes the keys that a workspace is never without, before it counts as one.</param>
    /// <exception cref="WorkspaceException">The folder is in use.</exception>
    public static Workspace Create(string folder, WorkspaceConfig config, Action<Workspace> makeKeys)
    {
        ArgumentNullException.ThrowIfNull(makeKeys);
        string path = Path.GetFullPath(folder);
        if (File.Exists(Path.Combine(path, ConfigName)))
        {
            throw new WorkspaceException($"'{path}' is a workspace already. Use it, or name another folder with --data.");
        }

        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new WorkspaceException($"'{path}' is not empty. Expected an empty or new folder for a workspace.");
        }

        Directory.CreateDirectory(path);
        Workspace workspace = new(path, config);

        // A crash before the last line leaves a folder that Open refuses, because workspace.json comes last.
        Directory.CreateDirectory(workspace.KeysFolder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(workspace.KeysFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using (Store.Create(workspace.StorePath))
        {
        }

        makeKeys(workspace);
        workspace.Save(config);
        return workspace;
    }

    /// <summary>Opens a workspace.</summary>
    /// <exception cref="WorkspaceException">There is none in the folder.</exception>
    public static Workspace Open(string folder)
    {
        string path = Path.GetFullPath(folder);
        string config = Path.Combine(path, ConfigName);
        if (!File.Exists(config))
        {
            throw new WorkspaceException($"'{path}' is not a workspace: it has no {ConfigName}. Make one with 'ledgercredit workspace init --data DIR', or name another folder with --data.");
        }

        return new Workspace(path, WorkspaceConfig.Parse(File.ReadAllBytes(config), config));
    }

    /// <summary>Opens the store.</summary>
    public Store OpenStore(StoreAccess access) => Store.Open(StorePath, access);

    /// <summary>Replaces the configuration: after a crash either the old or the new file is there, whole.</summary>
    public void Save(WorkspaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        DurableFile.Replace(Path.Combine(Folder, ConfigName), config.ToUtf8());
        Config = config;
    }
}
