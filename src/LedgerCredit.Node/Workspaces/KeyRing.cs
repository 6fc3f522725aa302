using System.Security.Cryptography;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Workspaces;

/// <summary>The keys of a workspace: ledger accounts, log keys, the network subject key, the key of webhooks and that of materials.</summary>
/// <remarks>
/// One file for each key, <c>keys/&lt;type&gt;-&lt;name&gt;.json</c>, never overwritten. All keys of a workspace have one
/// password; on the devnet they have none and are plain.
/// </remarks>
public sealed class KeyRing(Workspace workspace, IPasswordSource passwords)
{
    /// <summary>The account that deploys the contracts and governs the consortium.</summary>
    public const string AdminName = "admin";

    /// <summary>The account by which the node moves cases on that wait for nobody but time; of no member.</summary>
    public const string KeeperName = "keeper";

    private const string WebhookName = "node";
    private const string MaterialName = "node";
    private const string SubjectName = "network";
    private const string SubjectCheckLabel = "ledgercredit:subject-key-check:1";
    private const string MaterialCheckLabel = "ledgercredit:material-key-check:1";
    private const int CheckBytes = 8;
    private string? _password;
    private bool _isPasswordKnown;

    private bool IsPlain => workspace.Config.Ledger.Kind == LedgerKind.Devnet;

    /// <summary>Makes a fresh account key.</summary>
    /// <returns>Its address.</returns>
    public Address CreateAccount(string name)
    {
        using Secp256k1Key key = GenerateAccount();
        byte[] secret = key.ExportSecret();
        return AddAccount(name, secret);
    }

    /// <summary>Takes in an account key from elsewhere.</summary>
    /// <param name="name">Its name here.</param>
    /// <param name="secret">Zeroed when done.</param>
    /// <exception cref="WorkspaceException">The bytes are no private key, or the name is taken.</exception>
    public Address AddAccount(string name, byte[] secret)
    {
        if (!Secp256k1Key.TryCreate(secret, out Secp256k1Key? key))
        {
            throw new WorkspaceException("The secret is not a private key of the curve secp256k1.");
        }

        using (key)
        {
            Address address = Address.FromPublicKey(key.PublicKey);
            Save(new KeystoreLabel(KeystoreKeyType.Account, name, address.ToString()), address, secret);
            return address;
        }
    }

    /// <summary>Makes a fresh log key.</summary>
    /// <param name="slug">The member.</param>
    /// <param name="origin">The origin of its log.</param>
    /// <returns>The verifier key.</returns>
    public NoteVerifierKey CreateLogKey(string slug, string origin)
    {
        byte[] seed = RandomNumberGenerator.GetBytes(Ed25519Key.SeedLength);
        using NoteSigner signer = new(origin, seed);
        Save(new KeystoreLabel(KeystoreKeyType.Note, slug, signer.VerifierKey.ToString()), null, seed);
        return signer.VerifierKey;
    }

    /// <summary>Makes a fresh network subject key.</summary>
    public void CreateSubjectKey() => AddSubjectKey(RandomNumberGenerator.GetBytes(Bytes32.Length));

    /// <summary>Takes in the network subject key that the authorities of a network share.</summary>
    /// <param name="secret">Thirty-two bytes; zeroed when done.</param>
    public void AddSubjectKey(byte[] secret) => Save(new KeystoreLabel(KeystoreKeyType.Subject, SubjectName, Check(SubjectCheckLabel, secret)), null, secret);

    /// <summary>Makes the key that signs messages to supervisory endpoints, unless there is one.</summary>
    /// <returns>Its public part.</returns>
    public Bytes32 EnsureWebhookKey()
    {
        if (Has(KeystoreKeyType.Webhook, WebhookName))
        {
            return ReadWebhookPublicKey();
        }

        PrepareNew(workspace);
        return workspace.Hold(() =>
        {
            // Another process may have made it meanwhile, and told its public part already.
            if (!Has(KeystoreKeyType.Webhook, WebhookName))
            {
                byte[] seed = RandomNumberGenerator.GetBytes(Ed25519Key.SeedLength);
                using Ed25519Key key = new(seed);
                Save(new KeystoreLabel(KeystoreKeyType.Webhook, WebhookName, key.PublicKey.ToString()), null, seed);
            }

            return ReadWebhookPublicKey();
        });
    }

    /// <summary>Opens the key that signs messages to supervisory endpoints.</summary>
    /// <exception cref="WorkspaceException">There is none, the password is wrong, or the file was altered.</exception>
    public Ed25519Key OpenWebhookKey()
    {
        byte[] seed = Open(KeystoreKeyType.Webhook, WebhookName);
        Ed25519Key key = new(seed);
        CryptographicOperations.ZeroMemory(seed);

        // Receivers hold the public key: messages under another one would all be refused.
        if (key.PublicKey != ReadWebhookPublicKey())
        {
            key.Dispose();
            throw new WorkspaceException("The key of webhooks is not the one that its file was made for: the file was altered. Restore it from a backup.");
        }

        return key;
    }

    /// <summary>The public part of the key of webhooks, or null where there is none yet. Nothing is opened.</summary>
    /// <exception cref="WorkspaceException">The file was altered.</exception>
    public Bytes32? FindWebhookPublicKey() => Has(KeystoreKeyType.Webhook, WebhookName) ? ReadWebhookPublicKey() : null;

    /// <summary>Makes the key under which the keys of materials are kept.</summary>
    /// <exception cref="WorkspaceException">There is one already.</exception>
    public void CreateMaterialKey()
    {
        byte[] secret = RandomNumberGenerator.GetBytes(Bytes32.Length);
        Save(new KeystoreLabel(KeystoreKeyType.Material, MaterialName, Check(MaterialCheckLabel, secret)), null, secret);
    }

    /// <summary>Opens the key under which the keys of materials are kept.</summary>
    /// <exception cref="WorkspaceException">There is none, the password is wrong, or the file was altered.</exception>
    public Bytes32 OpenMaterialKey() => OpenChecked(KeystoreKeyType.Material, MaterialName, MaterialCheckLabel)
        ?? throw new WorkspaceException("The key of materials is not the one that its file was made for: the file was altered. Restore it from a backup: without it no material can be read.");

    /// <summary>The same, or null where no material was ever kept here.</summary>
    /// <exception cref="WorkspaceException">The password is wrong, or the file was altered.</exception>
    public Bytes32? FindMaterialKey() => Has(KeystoreKeyType.Material, MaterialName) ? OpenMaterialKey() : null;

    /// <summary>Opens an account key.</summary>
    /// <exception cref="WorkspaceException">There is none of this name, the password is wrong, or the file was altered.</exception>
    public Secp256k1Key OpenAccount(string name)
    {
        string address = StoredKey.Read(RequirePath(KeystoreKeyType.Account, name)).Label.Public;
        byte[] secret = Open(KeystoreKeyType.Account, name);
        bool isKey = Secp256k1Key.TryCreate(secret, out Secp256k1Key? key);
        CryptographicOperations.ZeroMemory(secret);
        if (!isKey)
        {
            throw new WorkspaceException($"The account key '{name}' is damaged: it is not a private key.");
        }

        // An altered plain key is a key as well, but of an account that nobody knows.
        if (Address.FromPublicKey(key!.PublicKey).ToString() != address)
        {
            key.Dispose();
            throw new WorkspaceException($"The account key '{name}' is not the one of the address in its file: the file was altered. Restore it from a backup.");
        }

        return key;
    }

    /// <summary>Opens the key of a member's log.</summary>
    /// <exception cref="WorkspaceException">There is none, the password is wrong, or it is another key than the configuration names.</exception>
    public LogKey OpenLogKey(MemberConfig member)
    {
        ArgumentNullException.ThrowIfNull(member);
        byte[] seed = Open(KeystoreKeyType.Note, member.Slug);
        LogKey key = new(member.Origin, seed);
        CryptographicOperations.ZeroMemory(seed);
        if (key.Signer.VerifierKey.ToString() != member.VerifierKey)
        {
            key.Dispose();
            throw new WorkspaceException($"The key of log '{member.Origin}' is not the one that workspace.json names. Nothing was signed; restore keys and configuration from the same backup.");
        }

        return key;
    }

    /// <summary>Opens the network subject key.</summary>
    /// <exception cref="WorkspaceException">There is none, the password is wrong, or the file was altered.</exception>
    public Bytes32 OpenSubjectKey() => OpenChecked(KeystoreKeyType.Subject, SubjectName, SubjectCheckLabel)
        ?? throw new WorkspaceException("The network subject key is not the one that its file was made for: the file was altered. Restore it from a backup.");

    /// <summary>Asks for the password where keys have one, so that whoever makes a key while others wait does not wait for a person.</summary>
    /// <param name="edited">The object whose edit the key is to be a part of.</param>
    /// <exception cref="ArgumentException">It is not the one that these keys are of, which would wait for the end of the edit.</exception>
    /// <exception cref="WorkspaceException">The password is not the one of the other keys.</exception>
    internal void PrepareNew(Workspace edited)
    {
        if (!ReferenceEquals(edited, workspace))
        {
            throw new ArgumentException("Expected the object of the workspace that these keys were opened with, found another one.", nameof(edited));
        }

        if (!IsPlain)
        {
            RequireKnownPassword();
            Password();
        }
    }

    /// <summary>Whether there is a key of this type and name.</summary>
    public bool Has(KeystoreKeyType type, string name) => File.Exists(PathOf(type, name));

    /// <summary>What keys there are, by file name; nothing is opened.</summary>
    public IReadOnlyList<StoredKey> List() =>
        [.. Directory.EnumerateFiles(workspace.KeysFolder, "*.json").Order(StringComparer.Ordinal).Select(StoredKey.Read)];

    // Tells keys apart without telling anything of them.
    private static string Check(string label, ReadOnlySpan<byte> secret) =>
        Hex.Encode(Sha256.Hmac(secret, System.Text.Encoding.UTF8.GetBytes(label)).AsSpan()[..CheckBytes]);

    // A V3 keystore's authentication does not cover all of the file: an altered one could open to another key, and every pseudonym
    // would silently be another one. Null where it did.
    private Bytes32? OpenChecked(KeystoreKeyType type, string name, string label)
    {
        string check = StoredKey.Read(RequirePath(type, name)).Label.Public;
        byte[] secret = Open(type, name);
        Bytes32 key = Bytes32.FromBytes(secret);
        bool isTheKey = Check(label, secret) == check;
        CryptographicOperations.ZeroMemory(secret);
        return isTheKey ? key : null;
    }

    private Bytes32 ReadWebhookPublicKey()
    {
        string path = RequirePath(KeystoreKeyType.Webhook, WebhookName);
        return Bytes32.TryParseHex(StoredKey.Read(path).Label.Public, out Bytes32 key)
            ? key
            : throw new WorkspaceException($"The key file '{path}' does not name its public key: the file was altered. Restore it from a backup.");
    }

    private static Secp256k1Key GenerateAccount()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        return Secp256k1Key.Generate(random);
    }

    private string PathOf(KeystoreKeyType type, string name) => Path.Combine(workspace.KeysFolder, $"{StoredKey.NameOf(type)}-{name}.json");

    private void Save(KeystoreLabel label, Address? address, byte[] secret)
    {
        RequireNone(label);
        byte[] text;
        if (IsPlain)
        {
            text = StoredKey.WritePlain(label, secret);
        }
        else
        {
            RequireKnownPassword();
            using RandomNumberGenerator random = RandomNumberGenerator.Create();
            text = KeystoreV3.Create(secret, Password(), label, address, ScryptCost.Standard, random);
        }

        CryptographicOperations.ZeroMemory(secret);

        // One process at a time, or two would write their secrets to one unfinished file, and the address of one would go with the
        // key of the other. A crash leaves the key or none; nothing names it yet.
        workspace.Hold(() =>
        {
            RequireNone(label);
            DurableFile.CreateNew(PathOf(label.Type, label.Name), text);
            return true;
        });
    }

    private void RequireNone(KeystoreLabel label)
    {
        if (Has(label.Type, label.Name))
        {
            throw new WorkspaceException($"There is a {StoredKey.NameOf(label.Type)} key '{label.Name}' already, and keys are never overwritten. Choose another name.");
        }
    }

    private byte[] Open(KeystoreKeyType type, string name)
    {
        string path = RequirePath(type, name);
        StoredKey key = StoredKey.Read(path);
        if (key.Label.Type != type || key.Label.Name != name)
        {
            throw new WorkspaceException($"The key file '{path}' holds another key than its name says. Restore it from a backup.");
        }

        if (key.PlainSecret is Bytes32 plain)
        {
            return IsPlain
                ? plain.ToArray()
                : throw new WorkspaceException($"The key '{path}' is not protected. Plain keys are for the devnet only: protect it with 'ledgercredit key import'.");
        }

        KeystoreFailure failure = key.Keystore!.Open(Password(), out byte[]? secret);
        if (failure == KeystoreFailure.None)
        {
            _isPasswordKnown = true;
            return secret!;
        }

        throw new WorkspaceException(failure == KeystoreFailure.WrongPassword
            ? $"The password does not open '{path}'. It was altered or the password is another one."
            : $"The keystore '{path}' names another account than its key belongs to. Restore it from a backup.");
    }

    private string RequirePath(KeystoreKeyType type, string name)
    {
        string path = PathOf(type, name);
        if (!File.Exists(path))
        {
            throw new WorkspaceException($"There is no {StoredKey.NameOf(type)} key '{name}' in '{workspace.KeysFolder}'. 'ledgercredit key list' shows what there is, 'key new' and 'key import' add one.");
        }

        return path;
    }

    // The subject key is made first, so where it is missing there is no key yet.
    private string Password() => _password ??= passwords.GetPassword(isNew: !Has(KeystoreKeyType.Subject, SubjectName));

    // All keys of a workspace have one password. Without this a slip of the hand would protect one key by another.
    private void RequireKnownPassword()
    {
        if (Has(KeystoreKeyType.Subject, SubjectName) && !_isPasswordKnown)
        {
            OpenSubjectKey();
        }
    }
}
