using System.Security.Cryptography;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.RepairRecords;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Running;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Tests.RepairRecords;

/// <summary>Each step becomes a record in the log of the party that took it, once, whatever is interrupted.</summary>
[TestClass]
public sealed class RepairRecorderTests
{
    private static readonly Bytes32 Unknown = Sha256.Hash("unknown"u8);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Record_WholeCases_AreInTheLogsOfThoseWhoTookEachStep()
    {
        await using RecorderScene scene = await RecorderScene.StartAsync(Token);
        await scene.CatchUpAsync(Token);
        Assert.IsEmpty(scene.Record(Token));
        Statement reasons = scene.Statements.KeepText("The duties are performed. 义务已履行。");
        Statement ruling = scene.Statements.KeepFile(Sha256.Hash("a file"u8));

        await scene.ActAsync("enterprise", scene.Open(0, RecorderScene.RequiredKinds), Token);
        await scene.ActAsync(TestWorkspace.Authority, RepairDeskContract.EncodeConfirm(1, true, reasons.Digest), Token);
        await scene.ActAsync("reviewer-a", await scene.ApproveAsync(1, Token), Token);
        await scene.ActAsync("reviewer-b", await scene.ApproveAsync(1, Token), Token);
        await scene.PassAsync(601, Token);
        await scene.ActAsync("arbiter", RepairDeskContract.EncodeTrigger(1), Token);
        await scene.ActAsync("enterprise", scene.Open(1, RecorderScene.RequiredKinds), Token);
        await scene.ActAsync("reviewer-a", RepairDeskContract.EncodeObject(2, Unknown), Token);
        await scene.ActAsync("arbiter", RepairDeskContract.EncodeResolve(2, ConsortiumContract.OrganisationId("reviewer-a"), true, ruling.Digest), Token);
        await scene.ActAsync(
            TestWorkspace.Authority, RepairDeskContract.EncodeAnnul(scene.Sanctions[1].Sanction, scene.Sanctions[1].Entry, 0, Unknown), Token);
        Assert.IsEmpty(scene.Record(Token));
        await scene.CatchUpAsync(Token);

        IReadOnlyList<RecordedStep> recorded = scene.Record(Token);

        Check("enterprise", "1 opened", "1 materials-submitted", "2 opened", "2 materials-submitted");
        Check(TestWorkspace.Authority, "1 performance-confirmed", "1 review-begun", "1 repaired", "2 refused", "0 annulled");
        Check("reviewer-a", "1 approved", "2 objection-raised");
        Check("reviewer-b", "1 approved");
        Check("arbiter", "1 repaired", "2 objection-upheld", "2 refused");
        Assert.HasCount(15, recorded);
        Assert.HasCount(15, recorded.Select(step => (step.Issuer, step.Id)).Distinct());
        CheckRecord(scene, reasons, ruling);

        Assert.IsEmpty(scene.Record(Token));
        await CheckAuditAsync(scene);

        void Check(string issuer, params string[] expected)
        {
            IReadOnlyList<CreditRecord> records = scene.Records(issuer);
            Assert.AreSequenceEqual(expected, records.Select(record => $"{Claim(record, "caseId")} {Claim(record, "event")}"), issuer);
            Assert.AreSequenceEqual(records.Select(record => record.Id), recorded.Where(step => step.Issuer == issuer).Select(step => step.Id));
        }
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Record_InterruptedOrLostProgress_AddsNothingTwice()
    {
        await using RecorderScene scene = await RecorderScene.StartAsync(Token);
        for (int i = 0; i < 3; i++)
        {
            await scene.ActAsync("enterprise", scene.Open(i, RecorderScene.RequiredKinds), Token);
            await scene.ActAsync(TestWorkspace.Authority, RepairDeskContract.EncodeRefuse((ulong)i + 1, Unknown), Token);
        }

        await scene.CatchUpAsync(Token);
        Assert.HasCount(9, scene.Record(Token));
        string before = Logs(scene);

        // The state that a crash between appending and noting the progress leaves, after each block; then without any.
        using Store store = scene.Test.OpenStore();
        List<RepairProgress> places = [.. store.LedgerEvents.ReadAfter(null).Select(e => new RepairProgress(e.BlockNumber, e.BlockHash)).Distinct()];
        foreach (RepairProgress place in places.Append(new RepairProgress(places[^1].BlockNumber, Unknown)))
        {
            foreach (StoredLog log in store.Logs.ReadAll())
            {
                store.RepairProgress.Put(log.Number, place);
            }

            Assert.IsEmpty(scene.Record(Token));
            Assert.AreEqual(before, Logs(scene));
        }

        // The index is lost, and read again while it is recorded.
        await new Node.LedgerIndex.LedgerIndexer(scene.Session.Client, scene.Session.Contracts, store, scene.Test.Finality).RebuildAsync(progress: null, Token);
        Assert.IsEmpty(scene.Record(Token));
        Assert.AreEqual(before, Logs(scene));
    }

    // A record more would be another entry at a place that the ledger has one for.
    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task RunOnce_StoreThatWasRestoredFromAnOlderCopy_RecordsNothing()
    {
        await using RecorderScene scene = await RecorderScene.StartAsync(Token);
        using TestWorkspace older = scene.Test.Copy();
        await scene.ActAsync("enterprise", scene.Open(0, RecorderScene.RequiredKinds), Token);
        await scene.CatchUpAsync(Token);
        Assert.HasCount(2, scene.Record(Token));
        await scene.Test.AnchorAsync("enterprise", Token);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using NodeService node = NodeService.Open(older.Workspace, older.Keys, new NodeOptions { RpcUrl = scene.Test.Ledger!.Url }, _ => { }, TimeProvider.System, random);

        await Assert.ThrowsExactlyAsync<LogIntegrityException>(() => node.RunOnceAsync(Token));

        using Store store = older.OpenStore();
        Assert.AreEqual(0UL, store.Entries.Count(older.LogOf("enterprise").Number));
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Record_SeveralAtOnce_AddEachStepOnce()
    {
        await using RecorderScene scene = await RecorderScene.StartAsync(Token);
        for (int i = 0; i < 4; i++)
        {
            await scene.ActAsync("enterprise", scene.Open(i, RecorderScene.RequiredKinds), Token);
            await scene.ActAsync("enterprise", RepairDeskContract.EncodeWithdraw((ulong)i + 1), Token);
        }

        await scene.CatchUpAsync(Token);

        IReadOnlyList<RecordedStep>[] recorded = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => scene.Record(Token), Token)));

        Assert.HasCount(12, recorded.SelectMany(steps => steps));
        Assert.HasCount(12, scene.Records("enterprise").Select(record => record.Id).Distinct());
        await CheckAuditAsync(scene);
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Record_ErasedRecordsAndSanctions_StayErased()
    {
        await using RecorderScene scene = await RecorderScene.StartAsync(Token);
        await scene.ActAsync("enterprise", scene.Open(0, RecorderScene.RequiredKinds), Token);
        await scene.CatchUpAsync(Token);
        Assert.HasCount(2, scene.Record(Token));
        Assert.AreEqual("x-test:applicant", scene.Records("enterprise")[0].Subject.ToString());
        string id = scene.Records("enterprise")[0].Id;
        scene.Test.Erase("enterprise", RecordKind.Repair, id);
        scene.Test.Erase(TestWorkspace.Authority, RecordKind.Sanction, "S-1");
        using (Store store = scene.Test.OpenStore())
        {
            store.RepairProgress.Put(store.Logs.Find("enterprise")!.Number, new RepairProgress(0, Unknown));
        }

        await scene.ActAsync("enterprise", scene.Open(1, RecorderScene.RequiredKinds), Token);
        await scene.CatchUpAsync(Token);

        IReadOnlyList<RecordedStep> recorded = scene.Record(Token);

        Assert.AreSequenceEqual((string[])["opened", "materials-submitted"], recorded.Select(step => step.Event));
        Assert.DoesNotContain(id, scene.Records("enterprise").Select(record => record.Id));
        Assert.AreEqual($"x-sanction:{scene.Sanctions[1].LeafHash}", scene.Records("enterprise")[^1].Subject.ToString());
        await CheckAuditAsync(scene);
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Record_MemberOfAnotherWorkspace_IsLeftOutUntilItIsKeptHere()
    {
        await using RecorderScene scene = await RecorderScene.StartAsync(Token);
        await scene.ActAsync("enterprise", scene.Open(0, RecorderScene.RequiredKinds), Token);
        await scene.ActAsync(TestWorkspace.Authority, RepairDeskContract.EncodeRefuse(1, Unknown), Token);
        await scene.CatchUpAsync(Token);

        // As if the enterprise were elsewhere: its key is.
        string key = Path.Combine(scene.Test.Workspace.KeysFolder, "note-enterprise.json");
        File.Move(key, key + ".elsewhere");
        Assert.AreSequenceEqual((string[])["refused"], scene.Record(Token).Select(step => step.Event));
        File.Move(key + ".elsewhere", key);

        Assert.AreSequenceEqual((string[])["opened", "materials-submitted"], scene.Record(Token).Select(step => step.Event));
    }

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    public async Task Record_LedgerWhereBlocksBecomeFinalLater_WaitsForThem()
    {
        await using RecorderScene scene = await RecorderScene.StartAsync(Token);
        await scene.ActAsync("enterprise", scene.Open(0, RecorderScene.RequiredKinds), Token);
        await scene.CatchUpAsync(Token);

        // Five signers of Clique: a block is final with two behind it.
        Address[] signers = [.. Enumerable.Range(1, 5).Select(i => Address.FromBytes([.. Enumerable.Repeat((byte)i, Address.Length)]))];
        ConsensusPolicy clique = new(ConsensusType.Clique, BlockHashRule.Keccak, [new ValidatorRange(0, null, signers)], new Dictionary<ulong, Bytes32>());
        LedgerFinality finality = new(clique, TimeProvider.System);
        Assert.AreEqual(2, finality.DescendantsNeeded(1));
        for (int behind = 0; behind < 3; behind++)
        {
            using Store store = scene.Test.OpenStore();
            IReadOnlyList<RecordedStep> recorded = new RepairRecorder(scene.Test.Workspace, store, scene.Test.Keys, RulePackCatalog.Shipped, finality).Record(Token);

            Assert.HasCount(behind < 2 ? 0 : 2, recorded);
            await scene.PassAsync(1, Token);
            await scene.CatchUpAsync(Token);
        }
    }

    private static void CheckRecord(RecorderScene scene, Statement reasons, Statement ruling)
    {
        CreditRecord confirmed = scene.Records(TestWorkspace.Authority)[0];
        Assert.AreEqual("x-test:applicant", confirmed.Subject.ToString());
        Assert.AreEqual(scene.Sanctions[0].LeafHash.ToString(), Claim(confirmed, "sanction"));
        Assert.AreEqual(reasons.Digest.ToString(), Claim(confirmed, "statement"));
        Assert.AreEqual(reasons.Text, Claim(confirmed, "statementText"));
        Assert.AreEqual(reasons.Salt.ToString(), Claim(confirmed, "statementSalt"));
        Assert.AreEqual(TestWorkspace.Authority, Claim(confirmed, "organisation"));
        Assert.AreEqual(
            $"repair/31700/{scene.Session.Contracts.RepairDesk.ToLowerHex()}/1/{Claim(confirmed, "transaction")}/performance-confirmed", confirmed.Id);

        // The day is that of the pack's zone.
        DateTimeOffset at = DateTimeOffset.Parse(confirmed.IssuedAt, System.Globalization.CultureInfo.InvariantCulture);
        Assert.AreEqual(at.AddHours(8).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), Claim(confirmed, "occurredOn"));

        // The arbiter's reasons are in its own record; the authority's copy has the digest alone.
        CreditRecord refused = scene.Records("arbiter")[2];
        Assert.AreEqual(ruling.ContentHash.ToString(), Claim(refused, "statementSha256"));
        Assert.IsNull(refused.Claims.Find("statementText"));
        CreditRecord copy = scene.Records(TestWorkspace.Authority)[3];
        Assert.AreEqual(ruling.Digest.ToString(), Claim(copy, "statement"));
        Assert.IsNull(copy.Claims.Find("statementSha256"));
        Assert.IsNull(copy.Claims.Find("statementSalt"));
        Assert.AreEqual("arbiter", Claim(copy, "organisation"));
        Assert.AreEqual(refused.Id, copy.Id);

        CreditRecord submitted = scene.Records("enterprise")[1];
        Assert.AreEqual(RecorderScene.RequiredKinds.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), Claim(submitted, "materialsCount"));
        Assert.HasCount(RecorderScene.RequiredKinds.Length, ((JsonArray)submitted.Claims.Find("materials")!).Items);
    }

    private static string? Claim(CreditRecord record, string name) => record.Claims.Find(name) switch
    {
        JsonString text => text.Value,
        JsonNumber number => number.Text,
        _ => null,
    };

    private static string Logs(RecorderScene scene)
    {
        using Store store = scene.Test.OpenStore();
        return string.Join('\n', store.Logs.ReadAll().Select(log => $"{log.Issuer} {Hex.Encode(store.Checkpoints.FindLatest(log.Number)?.Note ?? [])}"));
    }

    private async Task CheckAuditAsync(RecorderScene scene)
    {
        AuditReport report = await scene.Test.AuditAsync(Token);
        Assert.AreEqual(AuditVerdict.Sound, report.Verdict, TestWorkspace.Describe(report));
    }
}
