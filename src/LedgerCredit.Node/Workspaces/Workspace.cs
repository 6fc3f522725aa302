using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Workspaces;

/// <summary>A folder with all that one node has: configuration, keys, store, devnet.</summary>
/// <remarks>
/// <code>
/// workspace.json     configuration, nothing secret
/// ledgercredit.db    the store
/// keys/*.json        one file for each key
/// rulepacks/*.json   rule packs beside those of the program
/// repair/            packages and statements of repair cases
/// materials/         encrypted files of repair cases that applicants gave the node to keep
/// devnet/            the embedded ledger's state and log
/// </code>
/// </remarks>
public sealed class Workspace
{
    internal const string ConfigName = "workspace.json";
    internal const string StoreName = "ledgercredit.db";

    private const int MaxRulePackBytes = 1 << 20;

    private readonly Lock _following = new();
    private (DateTime WrittenAt, long Length)? _followed;

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
        ArgumentNullException.ThrowIfNull(makeKeys);
        string path = Path.GetFullPath(folder);
        RequireUnused(path);
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
            RulePack pack = ReadRulePack(path);
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
        RulePack pack = ReadRulePack(path);
        if (LoadRulePacks().Find(pack.Id) is RulePack existing)
        {
            return existing.Hash == pack.Hash
                ? existing
                : throw new WorkspaceException($"There is another rule pack '{pack.Id}' already. A published pack never changes: give the new version an id of its own.");
        }

        Directory.CreateDirectory(RulePacksFolder);
        DurableFile.CreateNew(Path.Combine(RulePacksFolder, pack.Id + ".json"), File.ReadAllBytes(path));
        return pack;
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

    private static RulePack ReadRulePack(string path)
    {
        // A document has a few kilobytes; more than the limit of JSON documents is refused by the parser in any case.
        FileInfo file = new(path);
        if (!file.Exists || file.Length > MaxRulePackBytes)
        {
            throw new WorkspaceException($"'{path}' is not a rule pack: expected a JSON file of at most {MaxRulePackBytes} bytes.");
        }

        return RulePack.TryParse(File.ReadAllBytes(path), out RulePack? pack, out ParseProblem? problem)
            ? pack
            : throw new WorkspaceException($"'{path}' is not a rule pack (docs/spec/rule-packs.md). {problem}");
    }

    /// <summary>Replaces the configuration: after a crash either the old or the new file is there, whole.</summary>
    public void Save(WorkspaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        DurableFile.Replace(Path.Combine(Folder, ConfigName), config.ToUtf8());
        Config = config;
    }
}
