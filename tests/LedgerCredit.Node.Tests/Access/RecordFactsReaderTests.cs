using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>What counts for a record is read from the record, the pack and the ledger; what is not known closes it.</summary>
[TestClass]
public sealed class RecordFactsReaderTests : IDisposable
{
    // SampleRecords: decided on 2026-02-03, general; the longest period of the pack is a year, at +08:00.
    private static readonly DateTimeOffset LastMoment = new(2027, 2, 3, 23, 59, 59, TimeSpan.FromHours(8));

    private static readonly Address Desk = Address.FromBytes([.. Enumerable.Repeat((byte)7, 20)]);

    private readonly TestWorkspace _workspace = TestWorkspace.Create(TestWorkspace.Authority, TestWorkspace.Agency);
    private readonly ManualTimeProvider _clock = new(LastMoment);
    private readonly Store _store;

    public RecordFactsReaderTests()
    {
        _store = _workspace.OpenStore();
    }

    public void Dispose()
    {
        _store.Dispose();
        _workspace.Dispose();
    }

    [TestMethod]
    public void Read_OfASanction_HasItsEndFromTheRulePack()
    {
        (CreditRecord record, Bytes32 leafHash) = Append(SampleRecords.Sanction(TestWorkspace.Authority, 1));

        RecordFacts facts = Reader().Read(record, leafHash, isSuperseded: false, Caller.Anonymous);

        Assert.AreEqual(RecordKind.Sanction, facts.Kind);
        Assert.AreEqual(TestWorkspace.Authority, facts.Issuer);
        Assert.AreEqual(record.Subject, facts.Subject);
        Assert.AreEqual(SanctionGrade.General, facts.Grade);
        Assert.AreEqual((ulong)LastMoment.ToUnixTimeSeconds() + 1, facts.PublicUntil);
        Assert.AreEqual(SanctionState.None, facts.State);
        Assert.IsFalse(facts.IsAboutNaturalPerson || facts.IsCallerSubject || facts.IsSuperseded);
        Assert.AreEqual(DataClass.Open, AccessRules.Decide(Caller.Anonymous, facts, Purposes.Public, null).Highest);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsFalse(AccessRules.Decide(Caller.Anonymous, Reader().Read(record, leafHash, isSuperseded: false, Caller.Anonymous), Purposes.Public, null).IsVisible);
    }

    [TestMethod]
    public void Read_OfASanctionWithAStatedEnd_HasThat()
    {
        (CreditRecord record, Bytes32 leafHash) = Append(SampleRecords.Parse(
            $$"""
            {"kind":"sanction","id":"S-1","issuer":"{{TestWorkspace.Authority}}","subject":"x-test:a","issuedAt":"2026-03-01T00:00:00Z",
            "claims":{"authorityName":"A","grade":"none","publicUntil":"2026-12-31"} }
            """));

        RecordFacts facts = Reader().Read(record, leafHash, isSuperseded: true, Caller.Anonymous);

        Assert.AreEqual(SanctionGrade.None, facts.Grade);
        Assert.AreEqual((ulong)new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), facts.PublicUntil);
        Assert.IsTrue(facts.IsSuperseded);
    }

    [TestMethod]
    public void Read_WithoutTheRulePack_IsNotPublished()
    {
        (CreditRecord record, Bytes32 leafHash) = Append(SampleRecords.Sanction(TestWorkspace.Authority, 1));
        RecordFactsReader reader = new(_workspace.Workspace, _store, new RulePackCatalog([]), _workspace.SubjectKey, _clock);

        RecordFacts facts = reader.Read(record, leafHash, isSuperseded: false, Caller.Anonymous);

        Assert.IsNull(facts.Grade);
        Assert.IsFalse(AccessRules.Decide(Caller.Anonymous, facts, Purposes.Public, null).IsVisible);
    }

    [TestMethod]
    public void Read_WithALedgerThatWasNeverRead_IsClosedUntilItIs()
    {
        (CreditRecord record, Bytes32 leafHash) = Append(SampleRecords.Sanction(TestWorkspace.Authority, 1));
        Assert.AreEqual(SanctionState.None, StateOf(record, leafHash));

        _workspace.Workspace.EditConfig(config => config with { Ledger = config.Ledger with { Contracts = new ContractAddresses(Desk, Desk, Desk, Desk, 0) } });
        Assert.IsNull(StateOf(record, leafHash));
        Assert.IsFalse(AccessRules.Decide(Callers.Of("bank"), Reader().Read(record, leafHash, isSuperseded: false, Caller.Anonymous), Purposes.CreditReview, null).IsVisible);

        Follow(1);
        Assert.AreEqual(SanctionState.None, StateOf(record, leafHash));
        ChangeStatus(2, leafHash, SanctionState.Repaired);
        Assert.AreEqual(SanctionState.Repaired, StateOf(record, leafHash));
        ChangeStatus(3, leafHash, SanctionState.Revoked);
        Assert.AreEqual(SanctionState.Revoked, StateOf(record, leafHash));
    }

    [TestMethod]
    public void Read_OfARepairRecord_FollowsItsSanction()
    {
        (CreditRecord sanction, Bytes32 sanctionLeaf) = Append(SampleRecords.Sanction(TestWorkspace.Authority, 1));
        (CreditRecord repair, Bytes32 repairLeaf) = Append(RepairOf(sanctionLeaf));
        RecordFacts facts = Reader().Read(repair, repairLeaf, isSuperseded: false, Caller.Anonymous);
        Assert.AreEqual(RecordKind.Repair, facts.Kind);
        Assert.AreEqual(TestWorkspace.Agency, facts.Issuer);
        Assert.AreEqual(TestWorkspace.Authority, facts.SanctionIssuer);
        Assert.AreEqual(SanctionGrade.General, facts.Grade);
        Assert.AreEqual(SanctionState.None, facts.State);
        Assert.IsTrue(AccessRules.Decide(Caller.Anonymous, facts, Purposes.Public, null).IsVisible);

        // Repaired: nobody is told that there was something to repair, but those whose it is.
        ChangeStatus(1, sanctionLeaf, SanctionState.Repaired);
        facts = Reader().Read(repair, repairLeaf, isSuperseded: false, Caller.Anonymous);
        Assert.AreEqual(SanctionState.Repaired, facts.State);
        Assert.IsFalse(AccessRules.Decide(Caller.Anonymous, facts, Purposes.Public, null).IsVisible);
        Assert.IsFalse(AccessRules.Decide(Callers.Of("bank"), facts, Purposes.Public, null).IsVisible);
        Assert.AreEqual("authority", AccessRules.Decide(Callers.Of(TestWorkspace.Authority), facts, Purposes.Supervision, null).Basis);
        Assert.AreEqual("issuer", AccessRules.Decide(Callers.Of(TestWorkspace.Agency), facts, Purposes.Supervision, null).Basis);
        Assert.AreEqual(sanction.Subject, facts.Subject);
    }

    [TestMethod]
    public void Read_OfARepairRecordOfASanctionElsewhere_IsNotPublished()
    {
        (CreditRecord repair, Bytes32 leafHash) = Append(RepairOf(Sha256.Hash("elsewhere"u8)));

        RecordFacts facts = Reader().Read(repair, leafHash, isSuperseded: false, Caller.Anonymous);

        Assert.IsNull(facts.Grade);
        Assert.IsNull(facts.SanctionIssuer);
        Assert.IsFalse(AccessRules.Decide(Callers.Of("bank"), facts, Purposes.Public, null).IsVisible);
    }

    [TestMethod]
    public void Read_OfARating_KnowsNoState()
    {
        (CreditRecord rating, Bytes32 leafHash) = Append(SampleRecords.Rating(TestWorkspace.Agency, 1));

        RecordFacts facts = Reader().Read(rating, leafHash, isSuperseded: false, Caller.Anonymous);

        Assert.IsNull(facts.Grade);
        Assert.AreEqual(SanctionState.None, facts.State);
        Assert.AreEqual(DataClass.Open, AccessRules.Decide(Caller.Anonymous, facts, Purposes.Public, null).Highest);
    }

    private static CreditRecord RepairOf(Bytes32 sanction) => SampleRecords.Parse(
        $$"""
        {"kind":"repair","id":"P-1","issuer":"{{TestWorkspace.Agency}}","subject":"x-test:subject-1","issuedAt":"2026-03-01T00:00:00Z",
        "claims":{"sanction":"{{sanction}}","event":"approved","occurredOn":"2026-02-03"} }
        """);

    private RecordFactsReader Reader() => new(_workspace.Workspace, _store, RulePackCatalog.Shipped, _workspace.SubjectKey, _clock);

    private SanctionState? StateOf(CreditRecord record, Bytes32 leafHash) => Reader().Read(record, leafHash, isSuperseded: false, Caller.Anonymous).State;

    private (CreditRecord Record, Bytes32 LeafHash) Append(CreditRecord record)
    {
        Bytes32 leafHash = _workspace.Append(record.Issuer, record)[0].Acknowledgement!.LeafHash;
        StoredLog log = _store.Logs.Find(record.Issuer)!;
        CommittedRecord committed = new RecordReader(_workspace.Workspace, _store).Read(log, new LogPosition(log.Number, _store.Entries.Count(log.Number) - 1));
        Assert.AreEqual(leafHash, committed.LeafHash);
        return (committed.Record, leafHash);
    }

    private void Follow(ulong block) => _store.LedgerPositions.Add(new IndexPosition(block, Sha256.Hash(BitConverter.GetBytes(block)), block));

    // As the desk's event would stand in the index.
    private void ChangeStatus(ulong block, Bytes32 leafHash, SanctionState state)
    {
        Bytes32 hash = Sha256.Hash(BitConverter.GetBytes(block));
        _store.LedgerEvents.Add(new StoredLedgerEvent(
            block,
            0,
            hash,
            block,
            hash,
            Desk.ToArray(),
            [.. EventTopics.StatusChanged.ToArray(), .. leafHash.ToArray()],
            [.. Bytes32.FromUInt64((ulong)state).ToArray(), .. Bytes32.Zero.ToArray()],
            CaseId: null));
        Follow(block);
    }
}
