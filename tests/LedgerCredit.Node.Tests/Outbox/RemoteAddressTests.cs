using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Tests.Outbox;

/// <summary>Where webhooks may be sent to, and checkpoints.</summary>
[TestClass]
public sealed class RemoteAddressTests
{
    [TestMethod]
    [DataRow("https://supervisor.example", "https://supervisor.example/")]
    [DataRow("https://supervisor.example:8443/hooks?of=all", "https://supervisor.example:8443/hooks?of=all")]
    [DataRow("http://localhost:8080/", "http://localhost:8080/")]
    [DataRow("http://127.0.0.1/", "http://127.0.0.1/")]
    [DataRow("http://127.9.9.9/", "http://127.9.9.9/")]
    [DataRow("http://[::1]:99/", "http://[::1]:99/")]
    public void TryParse_Allowed_IsRead(string text, string expected)
    {
        Assert.IsTrue(RemoteAddress.TryParse(text, RemoteAddressRule.Webhook, out Uri? address, out ParseProblem? problem), problem?.Message);
        Assert.AreEqual(expected, address.AbsoluteUri);
    }

    [TestMethod]
    [DataRow("", "an https address")]
    [DataRow("supervisor.example", "an https address")]
    [DataRow("/hooks", "an https address")]
    [DataRow("ftp://supervisor.example/", "an https address")]
    [DataRow("file:///etc/passwd", "an https address")]
    [DataRow("https://例子.example/", "'xn--' form")]
    [DataRow("http://supervisor.example/", "http is for this machine only")]
    [DataRow("http://localhost.example/", "http is for this machine only")]
    [DataRow("http://10.0.0.1/", "http is for this machine only")]
    [DataRow("http://127.0.0.1.example/", "http is for this machine only")]
    [DataRow("https://user:password@supervisor.example/", "without user name")]
    [DataRow("https://supervisor.example/#part", "fragment")]
    public void TryParse_NotAllowed_SaysWhy(string text, string reason)
    {
        Assert.IsFalse(RemoteAddress.TryParse(text, RemoteAddressRule.Webhook, out Uri? address, out ParseProblem? problem));
        Assert.IsNull(address);
        Assert.Contains(reason, problem.Message);
    }

    [TestMethod]
    [DataRow("http://witness.example/prefix/", null)]
    [DataRow("https://witness.example", null)]
    [DataRow("https://witness.example/?of=all", "without user name, query and fragment: '/add-checkpoint'")]
    [DataRow("https://witness.example/#part", "fragment")]
    [DataRow("https://user@witness.example/", "without user name")]
    [DataRow("ftp://witness.example/", "an https or http address")]
    public void TryParse_OfAWitness_MayBeHttpAndHasNoQuery(string text, string? reason)
    {
        Assert.AreEqual(reason is null, RemoteAddress.TryParse(text, RemoteAddressRule.Witness, out Uri? address, out ParseProblem? problem));
        Assert.AreEqual(reason is null ? text.TrimEnd('/') : null, address?.AbsoluteUri.TrimEnd('/'));
        Assert.Contains(reason ?? "", problem?.Message ?? "");
    }

    [TestMethod]
    public void TryParse_TooLongOnceItIsEscaped_IsRefused()
    {
        // It is kept escaped, and would be refused when it is read again.
        string start = "https://supervisor.example/";

        Assert.IsTrue(RemoteAddress.TryParse(start + new string('<', 600), RemoteAddressRule.Webhook, out Uri? address, out _));
        Assert.IsTrue(RemoteAddress.TryParse(address.AbsoluteUri, RemoteAddressRule.Webhook, out _, out _));
        Assert.IsFalse(RemoteAddress.TryParse(start + new string('<', 700), RemoteAddressRule.Webhook, out _, out _));
    }

    [TestMethod]
    public void Config_WithSupervisors_IsReadAsItWasWritten()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        SupervisorConfig[] supervisors = [new("province", new Uri("https://supervisor.example/a")), new("test-one", new Uri("http://localhost:1/"))];
        workspace.Workspace.EditConfig(config => config with { Supervisors = supervisors });

        Assert.AreSequenceEqual(supervisors, Workspace.Open(workspace.Workspace.Folder).Config.Supervisors);
    }

    [TestMethod]
    [DataRow("""[{"name":"a-b","url":"http://supervisor.example/"}]""", "this machine only")]
    [DataRow("""[{"name":"A","url":"https://supervisor.example/"}]""", "lower-case letters")]
    [DataRow("""[{"name":"a-b","url":"https://a.example/"},{"name":"a-b","url":"https://b.example/"}]""", "no name twice")]
    [DataRow("""[{"name":"a-b"}]""", "url")]
    public void Config_WithBadSupervisors_IsRefused(string supervisors, string reason)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes($$"""
            {"format":"ledgercredit-workspace/1","network":"n","ledger":{"kind":"devnet","chainId":1},"members":[],"supervisors":{{supervisors}}}
            """);

        Assert.Contains(reason, Assert.ThrowsExactly<WorkspaceException>(() => WorkspaceConfig.Parse(text, "w")).Message);
    }
}
