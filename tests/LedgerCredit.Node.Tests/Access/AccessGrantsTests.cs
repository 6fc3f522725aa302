using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Tests.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>Grants: by the subject alone, for a purpose and a time, and withdrawn at once.</summary>
[TestClass]
public sealed class AccessGrantsTests : IDisposable
{
    private static readonly SubjectId Subject = SubjectId.TryParse("x-test:subject-1", out SubjectId? subject, out _) ? subject : throw new AssertFailedException("subject");

    private readonly TestWorkspace _workspace = TestWorkspace.Create(TestWorkspace.Authority);
    private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero));

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Give_AndWithdraw_AreTheSubjectsAlone()
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        AccessGrants grants = new(_clock, _workspace.SubjectKey);
        CallerResolver resolver = new(store, _workspace.Workspace);
        await AppointAsync(scene, store, "enterprise.one");
        Caller one = resolver.OfAccount(scene.AccountOf("enterprise.one"));
        DateTimeOffset end = _clock.GetUtcNow().AddDays(30);

        StoredAccessGrant? grant = grants.Give(store, one, Subject, "auditor", Purposes.CreditReview, end, out bool isNew, out GrantFailure failure);
        Assert.AreEqual(GrantFailure.None, failure);
        Assert.IsTrue(isNew);
        Assert.AreEqual("auditor", grant!.Consumer);
        Assert.AreEqual(scene.AccountOf("enterprise.one").ToLowerHex(), grant.GrantedBy);
        Assert.AreEqual(grant, AccessGrants.Find(store, "auditor", Subject, Purposes.CreditReview, _clock.GetUtcNow()));
        Assert.IsNull(AccessGrants.Find(store, "auditor", Subject, Purposes.Procurement, _clock.GetUtcNow()));
        Assert.IsNull(AccessGrants.Find(store, "reviewer-a", Subject, Purposes.CreditReview, _clock.GetUtcNow()));
        Assert.IsNull(AccessGrants.Find(store, "auditor", Subject, Purposes.CreditReview, end));
        Assert.AreSequenceEqual([grant], store.AccessGrants.ReadBySubject(Subject.ToString()));
        Assert.AreSequenceEqual([grant], store.AccessGrants.ReadByConsumer("auditor", after: 0, limit: 9));

        // Given again by who heard no answer, it stays one.
        Assert.AreEqual(grant, grants.Give(store, one, Subject, "auditor", Purposes.CreditReview, end, out isNew, out _));
        Assert.IsFalse(isNew);
        Assert.AreSequenceEqual([grant], store.AccessGrants.ReadBySubject(Subject.ToString()));

        // Nobody else: not the other account before it is appointed, the authority, a key of the enterprise, anybody.
        Caller two = resolver.OfAccount(scene.AccountOf("enterprise.two"));
        Caller key = resolver.OfApiKey(new StoredApiKey(1, Bytes32.Zero, "k", "enterprise", "records:read,admin", 1, null, null, null));
        Assert.IsTrue(resolver.Represents(key, SanctionTerms.TagOf(_workspace.SubjectKey, Subject)));
        foreach (Caller caller in (Caller[])[two, key, resolver.OfAccount(scene.AccountOf("authority.one")), resolver.OfAccount(scene.AccountOf("stranger")), Caller.Anonymous])
        {
            Assert.IsNull(grants.Give(store, caller, Subject, "auditor", Purposes.CreditReview, end, out _, out failure), caller.Name);
            Assert.AreEqual(GrantFailure.NotTheSubject, failure);
            Assert.IsNull(grants.Withdraw(store, caller, grant.Number, out failure), caller.Name);
            Assert.AreEqual(GrantFailure.NotTheSubject, failure);
        }

        Assert.IsNull(grants.Withdraw(store, one, 99, out failure));
        Assert.AreEqual(GrantFailure.NotTheSubject, failure);
        Assert.HasCount(1, store.AccessGrants.ReadBySubject(Subject.ToString()));

        // Any account that acts for the subject withdraws, and once is for good.
        await AppointAsync(scene, store, "enterprise.two");
        _clock.Advance(TimeSpan.FromHours(1));
        StoredAccessGrant? withdrawn = grants.Withdraw(store, two, grant.Number, out failure);
        Assert.AreEqual(GrantFailure.None, failure);
        Assert.AreEqual((ulong)_clock.GetUtcNow().ToUnixTimeSeconds(), withdrawn!.WithdrawnAt);
        Assert.IsNull(AccessGrants.Find(store, "auditor", Subject, Purposes.CreditReview, _clock.GetUtcNow()));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.AreEqual(withdrawn, grants.Withdraw(store, one, grant.Number, out _));

        // Who is dismissed while the request runs gives nothing any more.
        await scene.MustSendAsync("authority.one", scene.Contracts.Consortium, ConsortiumContract.EncodeDismissRepresentative(SanctionTerms.TagOf(_workspace.SubjectKey, Subject), scene.AccountOf("enterprise.one")), Token);
        await scene.IndexerOf(store).CatchUpAsync(Token);
        Assert.IsNull(grants.Give(store, one, Subject, "auditor", Purposes.CreditReview, end, out _, out failure));
        Assert.AreEqual(GrantFailure.NotTheSubject, failure);
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Give_WhatIsNoGrant_IsRefusedWithTheReason()
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        AccessGrants grants = new(_clock, _workspace.SubjectKey);
        await AppointAsync(scene, store, "enterprise.one");
        Caller one = new CallerResolver(store, _workspace.Workspace).OfAccount(scene.AccountOf("enterprise.one"));
        DateTimeOffset now = _clock.GetUtcNow();

        Expect(GrantFailure.UnknownConsumer, "nobody", Purposes.Audit, now.AddDays(1));
        Expect(GrantFailure.UnknownConsumer, "No Slug", Purposes.Audit, now.AddDays(1));
        Expect(GrantFailure.UnknownPurpose, "auditor", Purposes.Public, now.AddDays(1));
        Expect(GrantFailure.UnknownPurpose, "auditor", Purposes.OwnRecords, now.AddDays(1));
        Expect(GrantFailure.UnknownPurpose, "auditor", "curiosity", now.AddDays(1));
        Expect(GrantFailure.BadExpiry, "auditor", Purposes.Audit, now);
        Expect(GrantFailure.BadExpiry, "auditor", Purposes.Audit, now + AccessGrants.MaxLifetime + TimeSpan.FromTicks(1));
        Assert.IsEmpty(store.AccessGrants.ReadBySubject(Subject.ToString()));
        Expect(GrantFailure.None, "auditor", Purposes.Audit, now + AccessGrants.MaxLifetime);

        // Bounded, and room again when some are over.
        using (StoreTransaction transaction = store.BeginWrite())
        {
            for (int i = 1; i < AccessGrants.MaxInForce; i++)
            {
                store.AccessGrants.Add(Subject.ToString(), "auditor", Purposes.Audit, "0x00", 1, (ulong)now.AddDays(2).ToUnixTimeSeconds());
            }

            transaction.Commit();
        }

        Expect(GrantFailure.TooMany, "auditor", Purposes.Audit, now.AddDays(1));
        _clock.Advance(TimeSpan.FromDays(2));
        Expect(GrantFailure.None, "auditor", Purposes.Audit, now.AddDays(3));

        void Expect(GrantFailure expected, string consumer, string purpose, DateTimeOffset end)
        {
            StoredAccessGrant? given = grants.Give(store, one, Subject, consumer, purpose, end, out _, out GrantFailure failure);
            Assert.AreEqual(expected, failure);
            Assert.AreEqual(expected == GrantFailure.None, given is not null);
        }
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task GiveAndWithdraw_RefusedByTheStore_ChangeNothingAndAreDoneByTheNextCall()
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Store store = scene.NewStore();
        AccessGrants grants = new(_clock, _workspace.SubjectKey);
        await AppointAsync(scene, store, "enterprise.one");
        Caller one = new CallerResolver(store, _workspace.Workspace).OfAccount(scene.AccountOf("enterprise.one"));
        DateTimeOffset end = _clock.GetUtcNow().AddDays(1);

        using (StoreFile file = new(scene.StorePath(store)))
        {
            file.Execute("CREATE TRIGGER refuse BEFORE INSERT ON access_grant BEGIN SELECT RAISE(ABORT, 'disk'); END");
            Assert.Throws<System.Data.Common.DbException>(() => grants.Give(store, one, Subject, "auditor", Purposes.Audit, end, out _, out _));
            Assert.IsEmpty(store.AccessGrants.ReadBySubject(Subject.ToString()));
            file.Execute("DROP TRIGGER refuse");
        }

        StoredAccessGrant grant = grants.Give(store, one, Subject, "auditor", Purposes.Audit, end, out _, out _)!;
        using (StoreFile file = new(scene.StorePath(store)))
        {
            file.Execute("CREATE TRIGGER refuse BEFORE UPDATE ON access_grant BEGIN SELECT RAISE(ABORT, 'disk'); END");
            Assert.Throws<System.Data.Common.DbException>(() => grants.Withdraw(store, one, grant.Number, out _));
            Assert.AreEqual(grant, AccessGrants.Find(store, "auditor", Subject, Purposes.Audit, _clock.GetUtcNow()));
            file.Execute("DROP TRIGGER refuse");
        }

        Assert.IsNotNull(grants.Withdraw(store, one, grant.Number, out _)!.WithdrawnAt);
        Assert.IsNull(AccessGrants.Find(store, "auditor", Subject, Purposes.Audit, _clock.GetUtcNow()));
    }

    private async Task AppointAsync(RepairScene scene, Store store, string party)
    {
        await scene.MustSendAsync(
            "authority.one",
            scene.Contracts.Consortium,
            ConsortiumContract.EncodeAppointRepresentative(SanctionTerms.TagOf(_workspace.SubjectKey, Subject), scene.AccountOf(party)),
            Token);
        await scene.IndexerOf(store).CatchUpAsync(Token);
    }
}
