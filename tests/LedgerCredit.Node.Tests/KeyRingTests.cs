using System.Text;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Tests;

/// <summary>Keys of an external ledger's workspace are protected by one password, and an altered file opens nothing.</summary>
[TestClass]
public sealed class KeyRingTests
{
    [TestMethod]
    public void Open_RightPassword_GivesEachKindOfKey()
    {
        using TestFolder folder = new();
        Workspace workspace = CreateExternal(folder);
        KeyRing made = new(workspace, new Password("right"));
        Address address = made.CreateAccount("operator");
        string verifierKey = made.CreateLogKey("issuer", "net/issuer").ToString();
        made.CreateSubjectKey();

        KeyRing opened = new(workspace, new Password("right"));

        using Secp256k1Key account = opened.OpenAccount("operator");
        Assert.AreEqual(address, Address.FromPublicKey(account.PublicKey));
        using LogKey log = opened.OpenLogKey(new MemberConfig("issuer", [], address, "net/issuer", verifierKey));
        Assert.AreEqual(verifierKey, log.Signer.VerifierKey.ToString());
        opened.OpenSubjectKey();
        Assert.HasCount(3, opened.List());
    }

    [TestMethod]
    public void Open_WrongPassword_SaysSo()
    {
        using TestFolder folder = new();
        Workspace workspace = CreateExternal(folder);
        new KeyRing(workspace, new Password("right")).CreateAccount("operator");

        WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => new KeyRing(workspace, new Password("wrong")).OpenAccount("operator"));

        Assert.Contains("The password does not open", e.Message);
    }

    [TestMethod]
    public void Open_MissingKey_SaysWhichAndWhatToDo()
    {
        using TestFolder folder = new();
        Workspace workspace = CreateExternal(folder);

        WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => new KeyRing(workspace, new Password("right")).OpenAccount("operator"));

        Assert.Contains("There is no account key 'operator'", e.Message);
    }

    [TestMethod]
    public void Create_NameTaken_NeverOverwrites()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        workspace.Keys.CreateAccount("operator");
        string path = Path.Combine(workspace.Workspace.KeysFolder, "account-operator.json");
        byte[] before = File.ReadAllBytes(path);

        Assert.ThrowsExactly<WorkspaceException>(() => workspace.Keys.CreateAccount("operator"));

        Assert.AreSequenceEqual(before, File.ReadAllBytes(path));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Create_OnUnix_IsReadableByTheOwnerOnly()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        workspace.Keys.CreateAccount("operator");

        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(workspace.Workspace.KeysFolder, "account-operator.json")));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(workspace.Workspace.KeysFolder));
    }

    [TestMethod]
    public void Open_PlainKeyOutsideTheDevnet_IsRefused()
    {
        using TestFolder folder = new();
        Workspace external = CreateExternal(folder);
        using TestWorkspace devnet = TestWorkspace.Create();
        devnet.Keys.CreateAccount("operator");
        File.Copy(Path.Combine(devnet.Workspace.KeysFolder, "account-operator.json"), Path.Combine(external.KeysFolder, "account-operator.json"));

        WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => new KeyRing(external, new Password("right")).OpenAccount("operator"));

        Assert.Contains("is not protected", e.Message);
    }

    [TestMethod]
    public void Open_FileOfAnotherKey_IsRefused()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        workspace.Keys.CreateAccount("one");
        File.Copy(Path.Combine(workspace.Workspace.KeysFolder, "account-one.json"), Path.Combine(workspace.Workspace.KeysFolder, "account-two.json"));

        Assert.ThrowsExactly<WorkspaceException>(() => workspace.Keys.OpenAccount("two"));
    }

    // Plain keys have no password to fail: the public part beside the secret tells.
    [TestMethod]
    public void Open_AnyByteOfAPlainKeyAltered_OpensNothingElse()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        Address expected = workspace.Keys.CreateAccount("operator");
        string[] files = ["account-operator.json", $"note-{TestWorkspace.Authority}.json", "subject-network.json"];
        foreach (string name in files)
        {
            string path = Path.Combine(workspace.Workspace.KeysFolder, name);
            byte[] original = File.ReadAllBytes(path);
            string secret = Encoding.UTF8.GetString(original).Split("\"secret\"")[1][..20];
            for (int i = 0; i < original.Length; i++)
            {
                byte[] altered = [.. original];
                altered[i] ^= 1;
                File.WriteAllBytes(path, altered);
                string? refusal = Refusal(() => OpenAndCompare(workspace, name, expected));
                Assert.IsFalse(refusal?.Contains(secret, StringComparison.Ordinal) ?? false, $"byte {i} of {name}: {refusal}");
            }

            File.WriteAllBytes(path, original);
        }
    }

    [TestMethod]
    [DataRow("", DisplayName = "empty")]
    [DataRow("{}", DisplayName = "empty object")]
    [DataRow("[1,2", DisplayName = "truncated")]
    [DataRow("""{"format":"ledgercredit-plain-key/1"}""", DisplayName = "members missing")]
    [DataRow("""{"format":"other","type":"account","name":"operator","public":"","secret":"0x00"}""", DisplayName = "another format")]
    [DataRow("""{"version":3,"crypto":{}}""", DisplayName = "keystore without content")]
    public void Open_DamagedFile_IsAPreciseError(string text)
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        string path = Path.Combine(workspace.Workspace.KeysFolder, "account-operator.json");
        File.WriteAllText(path, text);

        WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => workspace.Keys.OpenAccount("operator"));

        Assert.Contains(path, e.Message);
    }

    [TestMethod]
    public void Open_HugeFile_IsRefusedUnread()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        using (FileStream file = File.Create(Path.Combine(workspace.Workspace.KeysFolder, "account-operator.json")))
        {
            file.SetLength(3L << 30);
        }

        WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => workspace.Keys.OpenAccount("operator"));

        Assert.Contains("too large", e.Message);
    }

    [TestMethod]
    public void OpenLogKey_OfAnotherLogThanConfigured_IsRefused()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        MemberConfig member = workspace.Workspace.Config.FindMember(TestWorkspace.Authority)!;
        using TestWorkspace other = TestWorkspace.Create(TestWorkspace.Authority);

        Assert.ThrowsExactly<WorkspaceException>(() => other.Keys.OpenLogKey(member));
    }

    // What opens is the key that it was.
    private static void OpenAndCompare(TestWorkspace workspace, string file, Address expected)
    {
        if (file.StartsWith("account", StringComparison.Ordinal))
        {
            using Secp256k1Key key = workspace.Keys.OpenAccount("operator");
            Assert.AreEqual(expected, Address.FromPublicKey(key.PublicKey));
        }
        else if (file.StartsWith("note", StringComparison.Ordinal))
        {
            workspace.OpenLogKey(TestWorkspace.Authority).Dispose();
        }
        else
        {
            Assert.AreEqual(workspace.SubjectKey, workspace.Keys.OpenSubjectKey());
        }
    }

    private static string? Refusal(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (WorkspaceException e)
        {
            return e.Message;
        }
    }

    private static Workspace CreateExternal(TestFolder folder) => Workspace.Create(
        folder.File("workspace"),
        new WorkspaceConfig("net", new LedgerConfig(LedgerKind.External, "http://127.0.0.1:1", 1, null, null), []),
        _ => { });

    private sealed class Password(string password) : IPasswordSource
    {
        public string GetPassword(bool isNew) => password;
    }
}
