using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Log;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Witnessing;

/// <summary>A folder with all that a witness has: who it is, its key, its logs and what it cosigned last of each.</summary>
/// <remarks>
/// <code>
/// witness.json           name, verifier key and logs; nothing secret
/// witness-key.json       the key, a V3 keystore under a password
/// state/*.checkpoint     the last cosigned checkpoint of each log, named by the hash of its origin
/// state/*.SIZE.fork      two checkpoints of that size with different roots, both signed by the log: the proof that it forked
/// witness.lock           held while the witness runs
/// witness-edit.lock      held while a command changes the logs
/// </code>
/// A witness that forgets what it cosigned can be made to cosign another history. So the folder is not for backups: a witness
/// whose folder is lost begins anew under another name and key.
/// </remarks>
public sealed class WitnessFolder
{
    private const string ConfigName = "witness.json";
    private const string KeyName = "witness-key.json";
    private const string LockName = "witness.lock";
    private const string EditLockName = "witness-edit.lock";
    private const string StateName = "state";
    private const string ForkSuffix = ".fork";
    private const int MaxConfigBytes = 4 << 20;

    // One proves that a log forked; some more show for how long.
    private const int MaxForks = 8;

    private readonly Lock _reading = new();
    private (DateTime WrittenAt, long Length, WitnessConfigFile Config)? _lastRead;

    private WitnessFolder(string path)
    {
        Path = path;
    }

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    private string ConfigPath => System.IO.Path.Combine(Path, ConfigName);

    private string StateFolder => System.IO.Path.Combine(Path, StateName);

    /// <summary>Makes a witness with a fresh key in a folder that is empty or does not exist.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The witness's name, by custom an address without scheme.</param>
    /// <param name="password">Protects the key.</param>
    /// <param name="cost">How hard the password is to guess.</param>
    /// <param name="random">Where the key comes from.</param>
    /// <exception cref="WorkspaceException">The folder is in use.</exception>
    public static WitnessFolder Create(string folder, string name, string password, ScryptCost cost, RandomNumberGenerator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        string path = System.IO.Path.GetFullPath(folder);
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new WorkspaceException($"'{path}' is not empty. Expected an empty or new folder for a witness. Where 'witness init' was killed in it, remove it.");
        }

        DurableFile.CreateFolders(path);
        WitnessFolder made = new(path);
        DurableFile.CreateFolder(made.StateFolder);
        byte[] seed = new byte[Ed25519Key.SeedLength];
        random.GetBytes(seed);
        using WitnessSigner signer = new(name, seed);
        byte[] keystore = KeystoreV3.Create(seed, password, new KeystoreLabel(KeystoreKeyType.Witness, name, signer.Key.ToString()), null, cost, random);
        CryptographicOperations.ZeroMemory(seed);

        // A crash before the last line leaves a folder that Open refuses, because witness.json comes last: its key has signed nothing.
        DurableFile.CreateNew(System.IO.Path.Combine(path, KeyName), keystore);
        DurableFile.CreateNew(made.ConfigPath, new WitnessConfigFile(signer.Key, []).ToUtf8());
        return made;
    }

    /// <summary>Opens the folder of a witness.</summary>
    /// <exception cref="WorkspaceException">There is no witness in it.</exception>
    public static WitnessFolder Open(string folder)
    {
        WitnessFolder opened = new(System.IO.Path.GetFullPath(folder));
        if (!File.Exists(opened.ConfigPath))
        {
            throw new WorkspaceException($"'{opened.Path}' is not the folder of a witness: it has no {ConfigName}. Make one with 'ledgercredit witness init --data DIR --name NAME', or name another folder with --data.");
        }

        opened.ReadConfig();
        return opened;
    }

    /// <summary>The configuration as it is now. Thread-safe.</summary>
    /// <exception cref="WorkspaceException">The file is not a witness's configuration.</exception>
    public WitnessConfigFile ReadConfig()
    {
        lock (_reading)
        {
            // It is replaced as a whole and only grows, so that the same time and length mean the same file.
            FileInfo file = new(ConfigPath);
            if (_lastRead is null || !file.Exists || _lastRead.Value.WrittenAt != file.LastWriteTimeUtc || _lastRead.Value.Length != file.Length)
            {
                if (!file.Exists || file.Length > MaxConfigBytes)
                {
                    throw new WorkspaceException($"'{ConfigPath}' is missing or larger than {MaxConfigBytes} bytes.");
                }

                _lastRead = (file.LastWriteTimeUtc, file.Length, WitnessConfigFile.Parse(File.ReadAllBytes(ConfigPath), ConfigPath));
            }

            return _lastRead.Value.Config;
        }
    }

    /// <summary>Looks after a log from now on, or accepts a further key of one. A running witness takes it up at once.</summary>
    /// <param name="origin">The log's origin.</param>
    /// <param name="key">A key of its checkpoints.</param>
    /// <returns>The log as it is looked after now.</returns>
    /// <exception cref="WorkspaceException">There are too many logs or keys, or another command is changing them.</exception>
    public WitnessedLog AddLog(string origin, NoteVerifierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!Checkpoint.IsValidOrigin(origin))
        {
            throw new ArgumentException("Expected one line that is not empty.", nameof(origin));
        }

        // Two commands at once would each replace the file, and one of the logs would be lost.
        using FileStream editing = LockFile.TryOpen(System.IO.Path.Combine(Path, EditLockName))
            ?? throw new WorkspaceException($"Another command is changing the logs of the witness in '{Path}'. Run the command again.");
        WitnessConfigFile config = WitnessConfigFile.Parse(File.ReadAllBytes(ConfigPath), ConfigPath);
        WitnessedLog log = config.FindLog(origin) ?? new WitnessedLog(origin, []);
        if (log.Keys.Any(known => known.ToString() == key.ToString()))
        {
            return log;
        }

        WitnessedLog changed = log with { Keys = [.. log.Keys, key] };
        List<WitnessedLog> logs = [.. config.Logs.Where(other => other.Origin != origin), changed];
        if (logs.Count > WitnessConfigFile.MaxLogs || changed.Keys.Count > WitnessConfigFile.MaxKeys)
        {
            throw new WorkspaceException($"A witness looks after {WitnessConfigFile.MaxLogs} logs with {WitnessConfigFile.MaxKeys} keys each at most.");
        }

        // A crash before it leaves the old file, after it the new one, whole.
        DurableFile.Replace(ConfigPath, new WitnessConfigFile(config.Key, logs).ToUtf8());
        return changed;
    }

    /// <summary>The size and time of the checkpoint of a log that was cosigned last; null where none was.</summary>
    /// <exception cref="LogIntegrityException">The state was altered.</exception>
    public (ulong TreeSize, DateTimeOffset CosignedAt)? FindCosigned(string origin) =>
        ReadState(origin, ReadConfig().Key) is WitnessState state
            ? (state.Checkpoint.Size, DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(state.Timestamp, MaxShownTime)))
            : null;

    /// <summary>Whether a log signed two trees of one size: both are in the folder.</summary>
    public bool HasFork(string origin) => ForksOf(origin).Any();

    /// <summary>Takes the folder for as long as the witness runs, however that ends.</summary>
    /// <exception cref="WorkspaceException">Another witness runs on it.</exception>
    internal FileStream Take() => LockFile.TryOpen(System.IO.Path.Combine(Path, LockName))
        ?? throw new WorkspaceException($"Another 'witness run' works on '{Path}' (its file {LockName} is in use). Two could cosign two histories: stop the other one first.");

    /// <summary>Opens the key.</summary>
    /// <exception cref="WorkspaceException">The password is wrong, or a file was altered.</exception>
    internal WitnessSigner OpenKey(string password)
    {
        string path = System.IO.Path.Combine(Path, KeyName);
        StoredKey stored = StoredKey.Read(path);
        if (stored.Keystore is null || stored.Label.Type != KeystoreKeyType.Witness)
        {
            throw new WorkspaceException($"'{path}' is not the protected key of a witness.");
        }

        if (stored.Keystore.Open(password, out byte[]? seed) != KeystoreFailure.None)
        {
            throw new WorkspaceException($"The password does not open '{path}'. It was altered or the password is another one.");
        }

        WitnessKey expected = ReadConfig().Key;
        WitnessSigner signer = new(expected.Name, seed);
        CryptographicOperations.ZeroMemory(seed);

        // Logs and verifiers hold the public key: cosignatures under another one would count for nothing.
        if (!signer.Key.Equals(expected))
        {
            signer.Dispose();
            throw new WorkspaceException($"'{path}' holds another key than {ConfigName} names. Nothing was signed.");
        }

        return signer;
    }

    /// <summary>What was cosigned last of a log, or null.</summary>
    /// <exception cref="LogIntegrityException">The state was altered.</exception>
    internal WitnessState? ReadState(string origin, WitnessKey key)
    {
        FileInfo file = new(StatePath(origin, ".checkpoint"));
        if (!file.Exists)
        {
            return null;
        }

        return file.Length <= SignedNote.MaxBytes && WitnessState.TryRead(File.ReadAllBytes(file.FullName), origin, key) is WitnessState state
            ? state
            : throw new LogIntegrityException($"'{file.FullName}' is not a checkpoint of '{origin}' that this witness cosigned: the file was altered. Nothing more of this log is cosigned. Begin anew with another name and key.");
    }

    /// <summary>Keeps what is cosigned of a log, in place of what was: durable when it returns.</summary>
    internal void WriteState(WitnessState state) => DurableFile.Replace(StatePath(state.Checkpoint.Origin, ".checkpoint"), state.ToUtf8());

    /// <summary>Keeps the two checkpoints that show that a log forked, as one file: durable when it returns.</summary>
    /// <remarks>The first of each size, and of <see cref="MaxForks"/> sizes: whoever has the log's key can make any number.</remarks>
    /// <param name="cosigned">What was cosigned.</param>
    /// <param name="other">Another checkpoint of the same log and size, with the log's own lines.</param>
    internal void KeepFork(WitnessState cosigned, SignedNote other)
    {
        string origin = cosigned.Checkpoint.Origin;
        string path = StatePath(origin, string.Create(CultureInfo.InvariantCulture, $".{cosigned.Checkpoint.Size}{ForkSuffix}"));
        if (File.Exists(path) || ForksOf(origin).Count() >= MaxForks)
        {
            return;
        }

        // Both, because the state goes on to larger trees. A crash before the file has its name leaves no proof, and nothing that looks
        // like one: the log would have to send its checkpoint again.
        DurableFile.Replace(path, Encoding.UTF8.GetBytes(cosigned.Note.Format() + "\n" + other.Format()));
    }

    // Folders of older versions have one without a size, with the second checkpoint alone.
    private IEnumerable<string> ForksOf(string origin) =>
        Directory.EnumerateFiles(StateFolder, System.IO.Path.GetFileName(StatePath(origin, "*" + ForkSuffix)));

    // Behind it the calendar ends.
    private const ulong MaxShownTime = 253_402_300_799;

    // Origins may hold anything but newlines; a hash of one is a file name on every system.
    private string StatePath(string origin, string suffix) =>
        System.IO.Path.Combine(StateFolder, Hex.Encode(Sha256.Hash(Encoding.UTF8.GetBytes(origin)).AsSpan())[2..] + suffix);
}
