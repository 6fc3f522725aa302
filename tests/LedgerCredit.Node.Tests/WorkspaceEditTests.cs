using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Tests;

/// <summary>Several processes change one workspace at once, each having read it before: nothing of anybody's is lost.</summary>
[TestClass]
public sealed class WorkspaceEditTests
{
    private const int Processes = 6;
    private const int MembersOfEach = 4;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Edit_ManyAtOnce_KeepsWhatEachAdded()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        string folder = workspace.Workspace.Folder;
        using CancellationTokenSource editing = CancellationTokenSource.CreateLinkedTokenSource(Token);

        // What a running node sees at any moment: a whole configuration, and members that never go again.
        Task watching = Task.Run(
            () =>
            {
                int seen = 0;
                while (!editing.IsCancellationRequested)
                {
                    int now = Workspace.Open(folder).Config.Members.Count;
                    Assert.IsGreaterThanOrEqualTo(seen, now);
                    seen = now;
                }
            },
            Token);
        await AtOnceAsync(workspace, (process, other) =>
        {
            MemberRegistry registry = new(other.Workspace, other.Keys);
            for (int i = 0; i < MembersOfEach; i++)
            {
                string slug = Slug((process * MembersOfEach) + i);
                Assert.IsTrue(registry.AddLocal(slug, [ConsortiumRole.Authority]).IsNew);
                Assert.IsTrue(registry.AddAccount(slug, "second", [ConsortiumRole.Authority]).IsNew);
                other.Workspace.EditConfig(config => config with { Supervisors = [.. config.Supervisors, new SupervisorConfig(slug, new Uri("https://supervisor.example/"))] });
            }
        });
        await editing.CancelAsync();
        await watching;

        using TestWorkspace after = workspace.Reopen();
        string[] slugs = [.. Enumerable.Range(0, Processes * MembersOfEach).Select(Slug)];
        Assert.AreSequenceEqual([.. slugs, TestWorkspace.Authority], after.Workspace.Config.Members.Select(member => member.Slug).Order(StringComparer.Ordinal));
        Assert.AreSequenceEqual(slugs, after.Workspace.Config.Supervisors.Select(supervisor => supervisor.Name).Order(StringComparer.Ordinal));
        foreach (string slug in slugs)
        {
            ExpectKeys(after, after.Workspace.Config.FindMember(slug)!);
        }

        AuditReport report = await after.AuditAsync(Token);
        Assert.IsEmpty(report.Findings, TestWorkspace.Describe(report));
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task AddLocal_OneMemberManyAtOnce_IsAddedOnceWithTheKeysThatAreThere()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        int made = 0;

        await AtOnceAsync(workspace, (_, other) =>
        {
            (MemberConfig member, bool isNew) = new MemberRegistry(other.Workspace, other.Keys).AddLocal(TestWorkspace.Agency, [ConsortiumRole.Agency]);
            Interlocked.Add(ref made, isNew ? 1 : 0);
            ExpectKeys(other, member);
        });

        Assert.AreEqual(1, made);
        using TestWorkspace after = workspace.Reopen();
        ExpectKeys(after, after.Workspace.Config.Members.Single());
    }

    // What is told of a key is of the key that stays.
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Key_OfOneNameManyAtOnce_IsMadeOnce()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        List<Address> made = [];
        List<string> refused = [];
        HashSet<Bytes32> webhookKeys = [];

        await AtOnceAsync(workspace, (_, other) =>
        {
            Bytes32 webhookKey = other.Keys.EnsureWebhookKey();
            Address? address = null;
            string? refusal = null;
            try
            {
                address = other.Keys.CreateAccount("admin");
            }
            catch (WorkspaceException e)
            {
                refusal = e.Message;
            }

            lock (made)
            {
                webhookKeys.Add(webhookKey);
                made.AddRange(address is Address own ? [own] : []);
                refused.AddRange(refusal is null ? [] : [refusal]);
            }
        });

        using Secp256k1Key key = workspace.Keys.OpenAccount("admin");
        Assert.AreEqual(Address.FromPublicKey(key.PublicKey), made.Single());
        Assert.HasCount(Processes - 1, refused);
        Assert.IsTrue(refused.All(message => message.Contains("never overwritten", StringComparison.Ordinal)), string.Join('\n', refused));
        Assert.AreEqual(workspace.Keys.FindWebhookPublicKey(), webhookKeys.Single());
        Assert.IsEmpty(Directory.EnumerateFiles(workspace.Workspace.KeysFolder, "*.new"));
    }

    [TestMethod]
    public void AddLocal_KeysOfAnotherObjectOfTheWorkspace_IsRefusedAtOnce()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        Workspace other = Workspace.Open(workspace.Workspace.Folder);

        Assert.ThrowsExactly<ArgumentException>(() => new MemberRegistry(other, workspace.Keys).AddLocal(TestWorkspace.Agency, [ConsortiumRole.Agency]));

        Assert.IsTrue(new MemberRegistry(workspace.Workspace, workspace.Keys).AddLocal(TestWorkspace.Agency, [ConsortiumRole.Agency]).IsNew);
    }

    [TestMethod]
    public void Edit_Refused_ChangesNothingAndLetsTheNextOneIn()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        byte[] before = workspace.Workspace.Config.ToUtf8();

        Assert.ThrowsExactly<InvalidOperationException>(() => workspace.Workspace.EditConfig(_ => throw new InvalidOperationException("no")));

        using TestWorkspace other = workspace.Reopen();
        Assert.AreSequenceEqual(before, other.Workspace.Config.ToUtf8());
        other.Workspace.EditConfig(config => config with { Members = [] });
        Assert.IsEmpty(Workspace.Open(workspace.Workspace.Folder).Config.Members);
    }

    // Each as a process of its own would do it: it has read the workspace before any of them begins.
    private async Task AtOnceAsync(TestWorkspace workspace, Action<int, TestWorkspace> work)
    {
        using Barrier ready = new(Processes);
        await Task.WhenAll(Enumerable.Range(0, Processes).Select(process => Task.Factory.StartNew(
            () =>
            {
                using TestWorkspace own = workspace.Reopen();
                ready.SignalAndWait(Token);
                work(process, own);
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }

    private static void ExpectKeys(TestWorkspace workspace, MemberConfig member)
    {
        using LogKey log = workspace.Keys.OpenLogKey(member);
        using Secp256k1Key account = workspace.Keys.OpenAccount(member.Slug);
        Assert.AreEqual(member.Account, Address.FromPublicKey(account.PublicKey));
        foreach (MemberAccount further in member.Accounts)
        {
            using Secp256k1Key key = workspace.Keys.OpenAccount(ActingAccount.KeyNameOf(member.Slug, further.Name));
            Assert.AreEqual(further.Address, Address.FromPublicKey(key.PublicKey));
        }
    }

    private static string Slug(int number) => FormattableString.Invariant($"member-{number:00}");
}
