using System.Text;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Tests.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>Callers as of the index, against what the contract says of them.</summary>
[TestClass]
public sealed class CallerResolverTests : IDisposable
{
    private static readonly Bytes32 OtherTag = Sha256.Hash("other subject"u8);

    private readonly TestWorkspace _workspace = TestWorkspace.Create(TestWorkspace.Authority);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task OfAccount_AfterEveryChangeOfARandomWalk_IsWhatTheContractSays(int seed)
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        CallerResolver resolver = new(store, _workspace.Workspace);
        ConsortiumContract contract = new(scene.Client, scene.Contracts.Consortium);
        Random random = new(seed);
        string[] parties = [.. RepairScene.Parties.Select(party => party.Name), "stranger.one"];
        int taken = 0;
        for (int step = 0; step < 90; step++)
        {
            (string sender, byte[] call) = AnyChange(scene, random, parties);
            taken += await TryAsync(scene, sender, call) ? 1 : 0;
            await scene.IndexerOf(store).CatchUpAsync(Token);
            foreach (string party in parties)
            {
                await CheckAsync(scene, resolver, contract, party);
            }
        }

        TestContext.WriteLine($"Seed {seed}: {taken} changes.");
        Assert.IsGreaterThan(20, taken);
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task OfApiKey_OnTheLedger_HasTheRolesOfItsMember()
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        await scene.IndexerOf(store).CatchUpAsync(Token);
        CallerResolver resolver = new(store, _workspace.Workspace);

        Caller key = resolver.OfApiKey(KeyOf("reviewer-c", "records:read,repair:write"));
        Assert.AreEqual("key:7:the name@reviewer-c", key.Name);
        Assert.AreEqual(CallerKind.ApiKey, key.Kind);
        Assert.AreEqual("reviewer-c", key.Organisation);
        Assert.AreEqual(RepairScene.OrgOf("reviewer-c"), key.OrganisationId);
        Assert.IsNull(key.Account);
        Assert.IsTrue(key.IsActive);
        Assert.IsTrue(key.Roles.SetEquals([ConsortiumRole.Reviewer, ConsortiumRole.Arbiter]));
        Assert.IsTrue(key.Scopes.SetEquals(["records:read", "repair:write"]));

        // A member that the ledger does not know is nobody, whatever the workspace says: and one that it suspended has nothing.
        Caller unknown = resolver.OfApiKey(KeyOf(TestWorkspace.Authority, "records:read"));
        Assert.IsFalse(unknown.IsActive);
        Assert.IsEmpty(unknown.Roles);
        Assert.IsEmpty(unknown.Scopes);
        await scene.MustSendAsync("admin", scene.Contracts.Consortium, ConsortiumContract.EncodeSuspendOrganisation(RepairScene.OrgOf("reviewer-c")), Token);
        await scene.IndexerOf(store).CatchUpAsync(Token);
        Caller suspended = resolver.OfApiKey(KeyOf("reviewer-c", "records:read,repair:write"));
        Assert.IsFalse(suspended.IsActive || suspended.Roles.Count > 0 || suspended.May("records:read"));

        // An enterprise's key reads for the subject, staff does not.
        Assert.IsTrue(resolver.Represents(resolver.OfApiKey(KeyOf("enterprise", "records:read")), RepairScene.SubjectTag));
        Assert.IsFalse(resolver.Represents(resolver.OfApiKey(KeyOf("enterprise", "records:read")), OtherTag));
        Assert.IsFalse(resolver.Represents(resolver.OfApiKey(KeyOf("authority", "records:read")), RepairScene.SubjectTag));
        HashSet<ConsortiumRole> enterprise = [ConsortiumRole.Enterprise];
        Assert.IsFalse(resolver.Represents(resolver.OfStaff("eve", "enterprise", enterprise, AccessScopes.None), RepairScene.SubjectTag));
        Assert.IsFalse(resolver.Represents(Caller.Anonymous, RepairScene.SubjectTag));
        Assert.IsTrue(resolver.HasInterest(resolver.OfApiKey(KeyOf("enterprise", "records:read")), RepairScene.SubjectTag));
        Assert.IsFalse(resolver.HasInterest(Caller.Anonymous, RepairScene.SubjectTag));

        // Staff has of its roles those that its member has.
        Caller staff = resolver.OfStaff("eve", "authority", new HashSet<ConsortiumRole> { ConsortiumRole.Authority, ConsortiumRole.Auditor }, new HashSet<string> { "audit" });
        Assert.AreEqual("staff:eve@authority", staff.Name);
        Assert.IsTrue(staff.Roles.SetEquals([ConsortiumRole.Authority]));
    }

    [TestMethod]
    public void OfApiKey_WhereTheLedgerWasNeverRead_HasTheRolesOfTheWorkspace()
    {
        using Store store = _workspace.OpenStore();
        CallerResolver resolver = new(store, _workspace.Workspace);

        Caller key = resolver.OfApiKey(KeyOf(TestWorkspace.Authority, "records:write"));
        Assert.IsTrue(key.IsActive);
        Assert.IsTrue(key.Roles.SetEquals([ConsortiumRole.Authority, ConsortiumRole.Operator]));
        Caller unknown = resolver.OfApiKey(KeyOf("somebody", "records:write"));
        Assert.IsFalse(unknown.IsActive);
        Assert.IsEmpty(unknown.Scopes);
        Caller account = resolver.OfAccount(Address.Zero);
        Assert.AreEqual("-/0x0000000000000000000000000000000000000000", account.Name);
        Assert.IsFalse(account.IsActive);
        Assert.IsNull(account.Organisation);

        // Scopes that are none, by whoever wrote to the store, are none.
        Assert.IsEmpty(resolver.OfApiKey(KeyOf(TestWorkspace.Authority, "everything")).Scopes);
    }

    private async Task CheckAsync(RepairScene scene, CallerResolver resolver, ConsortiumContract contract, string party)
    {
        Address address = scene.AccountOf(party);
        Caller caller = resolver.OfAccount(address);
        ConsortiumAccount account = await contract.FetchAccountAsync(address, Token);
        ConsortiumOrganisation organisation = await contract.FetchOrganisationAsync(account.OrganisationId, Token);
        Assert.AreEqual(account.OrganisationId, caller.OrganisationId, party);
        Assert.AreEqual(organisation.IsRegistered && !organisation.IsSuspended && !account.IsRetired, caller.IsActive, party);
        Assert.AreEqual(organisation.IsRegistered ? party.Split('.')[0] : null, caller.Organisation);
        StringBuilder roles = new();
        foreach (ConsortiumRole role in ConsortiumRoles.FromBitmap(0xfe))
        {
            Assert.AreEqual(await contract.ActsAsAsync(address, role, Token), caller.Has(role), $"{party} {role}");
            roles.Append(caller.Has(role) ? 'x' : '-');
        }

        foreach (Bytes32 tag in (Bytes32[])[RepairScene.SubjectTag, OtherTag])
        {
            Assert.AreEqual(await contract.MayActForAsync(tag, address, Token), resolver.Represents(caller, tag), $"{party} {roles}");
        }

        Assert.AreEqual(caller.IsActive, caller.May(AccessScopes.RecordsRead));
        Assert.IsFalse(caller.May(AccessScopes.Admin));
        Assert.AreEqual(caller.Has(ConsortiumRole.Auditor), caller.May(AccessScopes.Audit));
        Assert.AreEqual(caller.Has(ConsortiumRole.Authority) || caller.Has(ConsortiumRole.Agency), caller.May(AccessScopes.RecordsWrite));
    }

    private static (string Sender, byte[] Call) AnyChange(RepairScene scene, Random random, string[] parties)
    {
        string party = parties[random.Next(parties.Length)];
        Address account = scene.AccountOf(party);
        Bytes32 organisation = RepairScene.OrgOf(party);
        Bytes32 tag = random.Next(2) == 0 ? RepairScene.SubjectTag : OtherTag;
        ushort roles = (ushort)(random.Next(128) << 1);
        return random.Next(12) switch
        {
            0 or 1 => ("admin", ConsortiumContract.EncodeSetOrganisationRoles(organisation, (ushort)(roles | 0x10))),
            2 => ("admin", ConsortiumContract.EncodeSuspendOrganisation(organisation)),
            3 or 4 => ("admin", ConsortiumContract.EncodeResumeOrganisation(organisation)),
            5 or 6 => ("admin", ConsortiumContract.EncodeSetAccountRoles(account, (ushort)(roles & (0x10 | random.Next(256))))),
            7 => random.Next(6) == 0 ? ("admin", ConsortiumContract.EncodeRetireAccount(account)) : ("admin", ConsortiumContract.EncodeResumeOrganisation(organisation)),
            8 => ("admin", ConsortiumContract.EncodeDismissRepresentative(tag, account)),
            9 => ("authority.two", ConsortiumContract.EncodeDismissRepresentative(tag, account)),
            _ => ("authority.two", ConsortiumContract.EncodeAppointRepresentative(tag, account)),
        };
    }

    private async Task<bool> TryAsync(RepairScene scene, string sender, byte[] call)
    {
        try
        {
            await scene.Client.EstimateGasAsync(new Ethereum.Rpc.CallRequest(scene.AccountOf(sender), scene.Contracts.Consortium, call), Token);
        }
        catch (Ethereum.Rpc.JsonRpcException)
        {
            return false;
        }

        await scene.MustSendAsync(sender, scene.Contracts.Consortium, call, Token);
        return true;
    }

    private static StoredApiKey KeyOf(string member, string scopes) =>
        new(7, Bytes32.Zero, "the name", member, scopes, 1, ExpiresAt: null, RevokedAt: null, LastUsedAt: null);
}
