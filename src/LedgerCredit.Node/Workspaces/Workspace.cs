using System.Diagnostics;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Workspaces;

/// <summary>A folder with all that one node has: configuration, keys, store, devnet.</summary>
/// <remarks>
/// <code>
/// workspace.json        configuration, nothing secret
/// workspace-edit.lock   held while a command changes the configuration, adds a key or a rule pack
/// ledgercredit.db       the store
/// keys/*.json           one file for each key
/// rulepacks/*.json      rule packs beside those of the program
/// repair/               packages and statements of repair cases
/// materials/            encrypted files of repair cases that applicants gave the node to keep
/// devnet/               the embedded ledger's state and log
/// </code>
/// </remarks>
public sealed class Workspace
{
    internal const string ConfigName = "workspace.json";
    internal const string StoreName = "ledgercredit.db";
    internal const string EditLockName = "workspace-edit.lock";

    private const int MaxRulePackBytes = 1 << 20;

    private readonly Lock _following = new();
    private (DateTime WrittenAt, long Length)? _followed;

    // Others hold the lock for as long as it takes to make a key or two, and to write to the store, for which they may have to wait. Whoever asks
    // for a password has it before.
    private static readonly TimeSpan EditPatience = 2 * Store.BusyTimeout;
    private static readonly TimeSpan EditPoll = TimeSpan.FromMilliseconds(20);

    private readonly Lock _editing = new();
    private FileStream? _editLock;

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

    /// <summary>The folder of rule packs beside those of the program; there once one was added.</summary>
    public string RulePacksFolder => Path.Combine(Folder, "rulepacks");

    /// <summary>The folder of what the parties of repair cases keep: packages with their salts, statements.</summary>
    public string RepairFolder => Path.Combine(Folder, "repair");

    /// <summary>The folder of the encrypted files that applicants gave the node to keep; there once one was.</summary>
    public string MaterialsFolder => Path.Combine(Folder, "materials");

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
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(makeKeys);
        string path = Path.GetFullPath(folder);
        RequireUnused(path);
        DurableFile.CreateFolders(path);
        Workspace workspace = new(path, config);

        // A crash before the last line leaves a folder that Open refuses, because workspace.json comes last.
        DurableFile.CreateFolder(workspace.KeysFolder);
        using (Store.Create(workspace.StorePath))
        {
        }

        makeKeys(workspace);

        // Behind this line a power cut takes back neither the store's name nor that of the folder of keys.
        DurableFile.FlushFolder(path);
        workspace.Save(config);
        return workspace;
    }

    /// <summary>Refuses a folder in which there is something.</summary>
    /// <param name="path">The absolute path of the folder, which need not exist.</param>
    internal static void RequireUnused(string path)
    {
        if (File.Exists(Path.Combine(path, ConfigName)))
        {
            throw new WorkspaceException($"'{path}' is a workspace already. Use it, or name another folder with --data.");
        }

        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new WorkspaceException($"'{path}' is not empty. Expected an empty or new folder for a workspace. Where 'workspace init' or 'workspace restore' was killed in it, remove it.");
        }
    }

    /// <summary>Whether there is a workspace in a folder.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, ConfigName));

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

    /// <summary>The rule packs: those of the program and those of this workspace.</summary>
    /// <exception cref="WorkspaceException">A file of the workspace is not a rule pack.</exception>
    public RulePackCatalog LoadRulePacks()
    {
        if (!Directory.Exists(RulePacksFolder))
        {
            return RulePackCatalog.Shipped;
        }

        List<RulePack> packs = [.. RulePackCatalog.Shipped.Packs];
        foreach (string path in Directory.EnumerateFiles(RulePacksFolder, "*.json").Order(StringComparer.Ordinal))
        {
            (RulePack pack, _) = ReadRulePack(path);
            if (packs.Any(other => other.Id == pack.Id))
            {
                throw new WorkspaceException($"'{path}' has the id '{pack.Id}' of another rule pack. Ids are never used twice: remove the file, or give the pack an id of its own.");
            }

            packs.Add(pack);
        }

        return new RulePackCatalog(packs);
    }

    /// <summary>Adds a rule pack to this workspace. Adding the same one again changes nothing.</summary>
    /// <param name="path">The document.</param>
    /// <exception cref="WorkspaceException">It is not a rule pack, or another one has its id.</exception>
    public RulePack AddRulePack(string path)
    {
        (RulePack pack, byte[] document) = ReadRulePack(path);
        return Hold(() =>
        {
            if (LoadRulePacks().Find(pack.Id) is RulePack existing)
            {
                return existing.Hash == pack.Hash
                    ? existing
                    : throw new WorkspaceException($"There is another rule pack '{pack.Id}' already. A published pack never changes: give the new version an id of its own.");
            }

            // A crash between the two lines leaves a folder without the pack, one behind them the pack, for good: adding it again
            // completes the one and finds the other.
            DurableFile.CreateFolder(RulePacksFolder);
            DurableFile.CreateNew(Path.Combine(RulePacksFolder, pack.Id + ".json"), document);
            return pack;
        });
    }

    /// <summary>Finds a member; where it is not known, among those that <c>workspace.json</c> has by now, which are then taken over. Any thread may ask.</summary>
    /// <param name="slug">The member's slug.</param>
    /// <returns>The member, or null where there is none of this slug.</returns>
    /// <exception cref="WorkspaceException">The configuration is not valid any more.</exception>
    public MemberConfig? FindMember(string slug)
    {
        if (Config.FindMember(slug) is MemberConfig known)
        {
            return known;
        }

        lock (_following)
        {
            Follow();
        }

        return Config.FindMember(slug);
    }

    /// <summary>Takes over the witnesses that <c>workspace.json</c> has by now, so that what is made from here on has the lines of these. Any thread may ask.</summary>
    /// <returns>The witnesses.</returns>
    /// <exception cref="WorkspaceException">The configuration is not valid any more.</exception>
    public IReadOnlyList<WitnessConfig> FollowWitnesses()
    {
        lock (_following)
        {
            // It is replaced as a whole: what has the same time and length is what was read. Looked at before it is read, so that a
            // change in between is found the next time.
            FileInfo file = new(Path.Combine(Folder, ConfigName));
            if (!file.Exists || _followed != (file.LastWriteTimeUtc, file.Length))
            {
                Follow();
                _followed = (file.LastWriteTimeUtc, file.Length);
            }

            return Config.Witnesses;
        }
    }

    // Members and witnesses alone: whatever else was changed is not what this process began with.
    private void Follow()
    {
        WorkspaceConfig now = Open(Folder).Config;
        Config = Config with { Members = now.Members, Witnesses = now.Witnesses };
    }

    /// <summary>Opens the store.</summary>
    public Store OpenStore(StoreAccess access) => Store.Open(StorePath, access);

    /// <summary>Changes the configuration as it is by now, whatever other processes changed since it was read here. Any thread may ask.</summary>
    /// <param name="change">Makes the new configuration of that of now; may refuse by an exception, and then nothing was changed.</param>
    /// <exception cref="WorkspaceException">The configuration is not valid any more.</exception>
    /// <exception cref="IOException">Another process was changing the workspace for too long, or a disk failed.</exception>
    public void EditConfig(Func<WorkspaceConfig, WorkspaceConfig> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        Hold(() =>
        {
            // Not by way of Config, which another thread may be letting follow the file.
            Save(change(Open(Folder).Config));
            return true;
        });
    }

    /// <summary>Does what needs the configuration to stay as it is, of which <see cref="EditConfig"/> may be a part: alone among all processes, with <see cref="Config"/> read anew.</summary>
    /// <remarks>For work that does not last: it waits for no ledger and no password, and for nobody but who writes to the store.</remarks>
    /// <typeparam name="T">What comes of it.</typeparam>
    /// <param name="work">The work.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="WorkspaceException">The configuration is not valid any more.</exception>
    /// <exception cref="IOException">Another process was changing the workspace for too long, or a disk failed.</exception>
    public T Edit<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Hold(() =>
        {
            Config = Open(Folder).Config;
            return work();
        });
    }

    /// <summary>The same, without reading the configuration anew: for files that must not be there yet.</summary>
    internal T Hold<T>(Func<T> work)
    {
        lock (_editing)
        {
            // A part of an edit is one with it.
            if (_editLock is not null)
            {
                return work();
            }

            // A crash leaves the file, which nobody holds then.
            using FileStream held = TakeEditLock();
            _editLock = held;
            try
            {
                return work();
            }
            finally
            {
                _editLock = null;
            }
        }
    }

    private FileStream TakeEditLock()
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (LockFile.TryOpen(Path.Combine(Folder, EditLockName)) is FileStream held)
            {
                return held;
            }

            if (Stopwatch.GetElapsedTime(started) > EditPatience)
            {
                throw new IOException($"Another command has been changing the workspace '{Folder}' for {EditPatience.TotalSeconds:0} s (its file {EditLockName} is in use). Nothing was changed: run the command again when it has ended.");
            }

#pragma warning disable RS0030 // No call waits for the lock of another process with a deadline; a person's command does, for milliseconds.
            Thread.Sleep(EditPoll);
#pragma warning restore RS0030
        }
    }

    // A crash before the rename leaves the old configuration, one behind it the new one, whole. Only from within an edit: what it
    // replaces is what was read in it.
    private void Save(WorkspaceConfig config)
    {
        DurableFile.Replace(Path.Combine(Folder, ConfigName), config.ToUtf8());
        Config = config;
    }

    private static (RulePack Pack, byte[] Document) ReadRulePack(string path)
    {
        // A document has a few kilobytes; more than the limit of JSON documents is refused by the parser in any case.
        FileInfo file = new(path);
        if (!file.Exists || file.Length > MaxRulePackBytes)
        {
            throw new WorkspaceException($"'{path}' is not a rule pack: expected a JSON file of at most {MaxRulePackBytes} bytes.");
        }

        byte[] document = File.ReadAllBytes(path);
        return RulePack.TryParse(document, out RulePack? pack, out ParseProblem? problem)
            ? (pack, document)
            : throw new WorkspaceException($"'{path}' is not a rule pack (docs/spec/rule-packs.md). {problem}");
    }
}
