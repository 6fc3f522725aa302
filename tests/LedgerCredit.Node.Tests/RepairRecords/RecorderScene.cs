using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairRecords;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.RepairRecords;

/// <summary>A workspace with members of all parts, anchored sanctions under the rule pack <c>demo</c>, and its ledger.</summary>
internal sealed class RecorderScene : IAsyncDisposable
{
    private readonly TestLedger _ledger;

    private RecorderScene(TestLedger ledger, TestWorkspace test, LedgerSession session)
    {
        _ledger = ledger;
        Test = test;
        Session = session;
        Statements = new StatementStore(test.Workspace);
    }

    internal TestWorkspace Test { get; }

    internal LedgerSession Session { get; }

    internal StatementStore Statements { get; }

    internal IReadOnlyList<PresentedSanction> Sanctions { get; private set; } = [];

    internal static async Task<RecorderScene> StartAsync(CancellationToken cancellationToken)
    {
        TestLedger ledger = await TestLedger.StartAsync(cancellationToken);
        await ledger.AnvilAsync("evm_setIntervalMining", [new JsonNumber(0)], cancellationToken);
        await ledger.AnvilAsync("evm_setAutomine", [new JsonBoolean(true)], cancellationToken);
        TestWorkspace test = await TestWorkspace.CreateAsync(ledger, [TestWorkspace.Authority], cancellationToken);
        RecorderScene scene = new(ledger, test, await test.ConnectAsync(cancellationToken));
        await scene.AddAsync("reviewer-a", ConsortiumRole.Reviewer, cancellationToken);
        await scene.AddAsync("reviewer-b", ConsortiumRole.Reviewer, cancellationToken);
        await scene.AddAsync("arbiter", ConsortiumRole.Arbiter, cancellationToken);
        await scene.AddAsync("enterprise", ConsortiumRole.Enterprise, cancellationToken);
        await new RulePackRegistry(scene.Session, test.Keys, TimeProvider.System).AddAsync(RulePackCatalog.Shipped.Find("demo")!, [], cancellationToken);
        await scene.AnchorSanctionsAsync(cancellationToken);
        return scene;
    }

    internal async Task AddAsync(string slug, ConsortiumRole role, CancellationToken cancellationToken)
    {
        MemberRegistry registry = new(Test.Workspace, Test.Keys);
        MemberConfig member = registry.AddLocal(slug, [role]).Member;
        await registry.RegisterAsync(Session, MemberIdentity.Of(member), TimeProvider.System, cancellationToken);
    }

    internal async Task ActAsync(string member, byte[] callData, CancellationToken cancellationToken)
    {
        ActingAccount account = ActingAccount.ReadAll(Test.Workspace.Config).Single(candidate => candidate.KeyName == member);
        await new RepairStepSender(Session, Test.Keys, Test.Finality, TimeProvider.System).TakeAsync(account, callData, cancellationToken);
    }

    internal async Task PassAsync(ulong seconds, CancellationToken cancellationToken)
    {
        await _ledger.AnvilAsync("evm_increaseTime", [new JsonNumber((long)seconds)], cancellationToken);
        await _ledger.MineAsync(cancellationToken);
    }

    internal async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        using Store store = Test.OpenStore();
        await new LedgerIndexer(Session.Client, Session.Contracts, store, Test.Finality).CatchUpAsync(cancellationToken);
    }

    /// <summary>Records as a new process would.</summary>
    internal IReadOnlyList<RecordedStep> Record(CancellationToken cancellationToken)
    {
        using Store store = Test.OpenStore();
        return RecorderOf(store).Record(cancellationToken);
    }

    internal RepairRecorder RecorderOf(Store store) => new(Test.Workspace, store, Test.Keys, RulePackCatalog.Shipped, Test.Finality);

    /// <summary>The repair records of a log, in its order.</summary>
    internal IReadOnlyList<CreditRecord> Records(string issuer)
    {
        using Store store = Test.OpenStore();
        return
        [
            .. store.Entries.ReadAll(store.Logs.Find(issuer)!.Number)
                .Where(entry => entry.Record is not null)
                .Select(entry => SampleRecords.Parse(System.Text.Encoding.UTF8.GetString(entry.Record!)))
                .Where(record => record.Kind == RecordKind.Repair),
        ];
    }

    internal byte[] Open(int sanction, params ReadOnlySpan<byte> kinds) =>
        RepairDeskContract.EncodeOpen(Sanctions[sanction].Sanction, Sanctions[sanction].Entry, LedgerIndex.RepairScene.Materials(kinds, (byte)sanction));

    internal async Task<byte[]> ApproveAsync(ulong caseId, CancellationToken cancellationToken) => RepairDeskContract.EncodeApprove(
        caseId, (await new RepairDeskContract(Session.Client, Session.Contracts.RepairDesk).FetchCaseAsync(caseId, cancellationToken)).MaterialsHash, 90);

    /// <summary>The kinds that the pack asks for in every case, with the commitment letter.</summary>
    internal static byte[] RequiredKinds
    {
        get
        {
            RepairRules rules = RulePackCatalog.Shipped.Find("demo")!.Repair;
            return [.. rules.Materials.Where(material => material.Need == MaterialNeed.Always).Select(material => material.Kind).Append(rules.CommitmentKind).Distinct().Select(kind => (byte)kind)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        Session.Dispose();
        Test.Dispose();
        await _ledger.DisposeAsync();
    }

    private static CreditRecord SanctionRecord(int number) => SampleRecords.Parse(
        $$"""
        {"kind":"sanction","id":"S-{{number}}","issuer":"{{TestWorkspace.Authority}}","subject":"x-test:applicant","issuedAt":"2026-03-01T00:00:00+08:00",
        "claims":{"authorityName":"Test authority","grade":"minor","decisionNo":"S-{{number}}","violation":"V","basis":"B","penalties":["fine"],
        "decidedOn":"2026-02-03","rulePack":"demo"} }
        """);

    private async Task AnchorSanctionsAsync(CancellationToken cancellationToken)
    {
        Test.Append(TestWorkspace.Authority, [.. Enumerable.Range(0, 4).Select(SanctionRecord)]);
        await Test.AnchorAsync(TestWorkspace.Authority, cancellationToken);
        Sanctions =
        [
            .. Enumerable.Range(0, 4).Select(i =>
            {
                Assert.IsTrue(PresentedSanction.TryOf(Test.BuildEvidence(TestWorkspace.Authority, (ulong)i)!, out PresentedSanction? presented, out ParseProblem? problem), problem?.Message);
                return presented;
            }),
        ];
        await new LedgerTransactions(Session, TimeProvider.System).RunAsync(
            Test.Keys.OpenAccount(TestWorkspace.Authority),
            Session.Contracts.Consortium,
            ConsortiumContract.EncodeAppointRepresentative(Sanctions[0].Sanction.Terms.SubjectTag, Test.Workspace.Config.FindMember("enterprise")!.Account),
            cancellationToken);
    }
}
