using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Tests.Outbox;

/// <summary>The key of webhooks in a workspace's key ring.</summary>
[TestClass]
public sealed class WebhookKeyTests
{
    [TestMethod]
    public void Ensure_Twice_MakesOneKey()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        Assert.IsNull(workspace.Keys.FindWebhookPublicKey());

        Bytes32 first = workspace.Keys.EnsureWebhookKey();
        Bytes32 second = workspace.Keys.EnsureWebhookKey();
        using Ed25519Key key = workspace.Keys.OpenWebhookKey();

        Assert.AreEqual(first, second);
        Assert.AreEqual(first, key.PublicKey);
        Assert.AreEqual(first, workspace.Keys.FindWebhookPublicKey());
        Assert.Contains(stored => stored.Label.Type == KeystoreKeyType.Webhook, workspace.Keys.List());
    }

    [TestMethod]
    [DataRow("secret")]
    [DataRow("public")]
    public void Open_AlteredFile_IsRefused(string member)
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        workspace.Keys.EnsureWebhookKey();
        string path = Path.Combine(workspace.Workspace.KeysFolder, "webhook-node.json");
        string text = File.ReadAllText(path);
        int digit = text.IndexOf($"\"{member}\": \"0x", StringComparison.Ordinal) + member.Length + 8;
        File.WriteAllText(path, text[..digit] + (text[digit] == '0' ? '1' : '0') + text[(digit + 1)..]);

        Assert.Contains("altered", Assert.ThrowsExactly<WorkspaceException>(() => workspace.Keys.OpenWebhookKey().Dispose()).Message);
    }

    [TestMethod]
    public void Ensure_LedgerOfOthers_IsProtectedByThePassword()
    {
        using TestFolder folder = new();
        LedgerConfig ledger = new(LedgerKind.External, "http://127.0.0.1:1", 1, Contracts: null, Consensus: null);
        Workspace workspace = Workspace.Create(
            folder.File("workspace"),
            new WorkspaceConfig("test.ledgercredit", ledger, []),
            fresh => new KeyRing(fresh, new Password("right")).CreateSubjectKey());
        Bytes32 made = new KeyRing(workspace, new Password("right")).EnsureWebhookKey();

        using Ed25519Key key = new KeyRing(workspace, new Password("right")).OpenWebhookKey();

        Assert.AreEqual(made, key.PublicKey);
        Assert.ThrowsExactly<WorkspaceException>(() => new KeyRing(workspace, new Password("wrong")).OpenWebhookKey().Dispose());
        Assert.DoesNotContain("ledgercredit-plain-key", File.ReadAllText(Path.Combine(workspace.KeysFolder, "webhook-node.json")));
    }

    private sealed class Password(string text) : IPasswordSource
    {
        public string GetPassword(bool isNew) => text;
    }
}
