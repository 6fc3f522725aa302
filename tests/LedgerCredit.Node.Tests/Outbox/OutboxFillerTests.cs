using System.Text.Json;
using System.Text.Json.Nodes;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Outbox;
using LedgerCredit.Node.Tests.Keeping;
using LedgerCredit.Node.Tests.LedgerFaults;
using LedgerCredit.Node.Tests.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Testing;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Tests.Outbox;

/// <summary>What comes into the outbox, from the real contracts: each outcome once for each endpoint, whatever happens to the index.</summary>
[TestClass]
public sealed class OutboxFillerTests
{
    private const string Endpoint = "province";
    private static readonly Bytes32 Statement = Sha256.Hash("statement"u8);

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Fill_WholeLifeOfSanctions_TellsOfRepairRevocationAndAnnulmentAlone()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        OutboxFiller.Begin(keeping.Store, Endpoint);
        await RepairAsync(keeping, sanction: 0, caseId: 1);
        Assert.AreEqual(1, await FillAsync(keeping));
        Assert.AreEqual(0, await FillAsync(keeping));

        await scene.ActAsync("authority.one", RepairDeskContract.EncodeRevoke(1, Statement), Token);
        Assert.AreEqual(0, await FillAsync(keeping));
        await scene.ActAsync("authority.two", RepairDeskContract.EncodeRevoke(1, Statement), Token);
        Assert.AreEqual(1, await FillAsync(keeping));
        await scene.ActAsync("authority.one", RepairDeskContract.EncodeAnnul(scene.Sanctions[2], scene.Entries[2], 0, Statement), Token);
        Assert.AreEqual(1, await FillAsync(keeping));

        List<JsonElement> events = [.. Pending(keeping).Select(message => Parse(message.Body))];
        Assert.AreSequenceEqual(
            (string[])["org.ledgercredit.repair.repaired.v1", "org.ledgercredit.repair.revoked.v1", "org.ledgercredit.repair.annulled.v1"],
            events.Select(e => e.GetProperty("type").GetString()));
        Assert.AreSequenceEqual(
            (string[])[scene.Leaves[0].ToString(), scene.Leaves[0].ToString(), scene.Leaves[2].ToString()],
            events.Select(e => e.GetProperty("subject").GetString()));
        JsonElement authority = events[0].GetProperty("data").GetProperty("authority");
        Assert.AreEqual(RepairScene.AuthoritySlug, authority.GetProperty("slug").GetString());
        Assert.AreEqual(RepairScene.OrgOf("authority.one").ToString(), authority.GetProperty("orgId").GetString());
        Assert.AreEqual($"ledgercredit://test.ledgercredit/31700/{scene.Contracts.RepairDesk.ToLowerHex()}", events[0].GetProperty("source").GetString());

        // The ledger itself agrees with what the message names.
        JsonElement block = events[0].GetProperty("data").GetProperty("block");
        Ethereum.Rpc.LedgerBlock ledgerBlock = (await scene.Client.FindBlockAsync(block.GetProperty("number").GetUInt64(), Token))!;
        Assert.AreEqual(ledgerBlock.Hash.ToString(), block.GetProperty("hash").GetString());
        Assert.AreEqual(DateTimeOffset.FromUnixTimeSeconds((long)ledgerBlock.Header.Timestamp), events[0].GetProperty("time").GetDateTimeOffset());

        // Nothing that leads to the subject.
        Assert.DoesNotContain(RepairScene.SubjectTag.ToString(), string.Concat(events.Select(e => e.GetRawText())));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Fill_IndexIsReadAnew_SendsNothingAgain()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        OutboxFiller.Begin(keeping.Store, Endpoint);
        await RepairAsync(keeping, sanction: 0, caseId: 1);
        await FillAsync(keeping);
        keeping.Store.Outbox.MarkDelivered(Pending(keeping).Single(), 1);

        await keeping.Scene.IndexerOf(keeping.Store).RebuildAsync(progress: null, Token);
        Assert.AreEqual(0, await FillAsync(keeping));

        Assert.IsEmpty(Pending(keeping));
        Assert.AreEqual(1L, keeping.Store.Outbox.CountDelivered(Endpoint));
    }

    // Both lie before or at the block up to which the events were gone through by then.
    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Fill_EventsWereHiddenAndMadeUpAndTheIndexIsReadAnew_TellsWhatIsTrueOnce()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        OutboxFiller.Begin(keeping.Store, Endpoint);
        await RepairAsync(keeping, sanction: 0, caseId: 1);
        string hidden = StaleView.Quantity(await scene.Client.FetchBlockNumberAsync(Token)).ToString();
        await scene.ActAsync("authority.one", RepairDeskContract.EncodeAnnul(scene.Sanctions[2], scene.Entries[2], 0, Statement), Token);
        (HttpClient http, EthereumClient client) = LyingEndpoint.Connect(scene.Ledger.Url, (_, logs) =>
        {
            List<JsonNode> told = [.. logs.Where(log => (string?)log!["blockNumber"] != hidden).Select(log => log!.DeepClone())];
            if (told.Find(log => (string?)log["topics"]![0] == EventTopics.SanctionAnnulled.ToString()) is JsonNode annulled)
            {
                JsonNode madeUp = annulled.DeepClone();
                madeUp["topics"]![1] = scene.Leaves[3].ToString();
                madeUp["logIndex"] = "0x99";
                told.Add(madeUp);
            }

            return [.. told];
        });
        using HttpClient owned = http;
        await new LedgerIndexer(client, scene.Contracts, keeping.Store, RepairScene.Finality).CatchUpAsync(Token);
        Assert.AreEqual(2, Filler(keeping).Fill(Endpoint));
        Assert.AreSequenceEqual((Bytes32[])[scene.Leaves[2], scene.Leaves[3]], Pending(keeping).Select(SubjectOf));
        keeping.Store.Outbox.MarkDelivered(Pending(keeping)[0], 1);

        await scene.IndexerOf(keeping.Store).RebuildAsync(progress: null, Token);
        Assert.AreEqual(1, Filler(keeping).Fill(Endpoint));
        Assert.AreEqual(0, Filler(keeping).Fill(Endpoint));

        PendingMessage repaired = Pending(keeping).Single();
        Assert.AreEqual(scene.Leaves[0], SubjectOf(repaired));
        Assert.EndsWith("/repaired", repaired.EventId);
        Assert.AreEqual(1L, keeping.Store.Outbox.CountDelivered(Endpoint));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Fill_IndexHasNotComeAsFarAgain_Waits()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        OutboxFiller.Begin(keeping.Store, Endpoint);
        await RepairAsync(keeping, sanction: 0, caseId: 1);
        await FillAsync(keeping);
        long number = Pending(keeping).Single().Number;
        OutboxProgress progress = keeping.Store.Outbox.FindProgress(Endpoint)!;

        // Gone back: no events, and a position far before them.
        keeping.Store.LedgerEvents.RemoveAfter(null);
        keeping.Store.LedgerPositions.RemoveAfter(null);
        keeping.Store.LedgerPositions.Add(new IndexPosition(1, Sha256.Hash([1]), 1));
        Assert.AreEqual(0, Filler(keeping).Fill(Endpoint));

        Assert.AreEqual(number, Pending(keeping).Single().Number);
        Assert.AreEqual(progress, keeping.Store.Outbox.FindProgress(Endpoint));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Fill_EndpointAddedLater_IsToldOfWhatComesThen()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        OutboxFiller.Begin(keeping.Store, Endpoint);
        await RepairAsync(keeping, sanction: 0, caseId: 1);
        await keeping.RunAsync(Token);
        OutboxFiller.Begin(keeping.Store, "later");
        Assert.AreEqual(0, await FillAsync(keeping, "by-hand"));
        await keeping.Scene.ActAsync("authority.one", RepairDeskContract.EncodeAnnul(keeping.Scene.Sanctions[2], keeping.Scene.Entries[2], 0, Statement), Token);

        Assert.AreEqual(2, await FillAsync(keeping));
        Assert.AreEqual(1, await FillAsync(keeping, "later"));
        Assert.AreEqual(1, await FillAsync(keeping, "by-hand"));

        Assert.AreSequenceEqual((string[])[Endpoint, Endpoint, "later", "by-hand"], Pending(keeping).Select(message => message.Endpoint));
        Assert.EndsWith("/annulled", Pending(keeping)[^1].EventId);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Begin_EndpointRemovedAndAddedAgain_IsNotToldOfTheTimeBetween()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        OutboxFiller.Begin(keeping.Store, Endpoint);
        await RepairAsync(keeping, sanction: 0, caseId: 1);
        await FillAsync(keeping);
        keeping.Store.Outbox.RemoveEndpoint(Endpoint);
        await keeping.Scene.ActAsync("authority.one", RepairDeskContract.EncodeAnnul(keeping.Scene.Sanctions[2], keeping.Scene.Entries[2], 0, Statement), Token);
        await keeping.RunAsync(Token);

        OutboxFiller.Begin(keeping.Store, Endpoint);

        Assert.AreEqual(0, await FillAsync(keeping));
        Assert.IsEmpty(Pending(keeping));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Fill_LedgerIsReorganised_MakesAnewWhatWasNotDelivered()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        RepairScene scene = keeping.Scene;
        OutboxFiller.Begin(keeping.Store, Endpoint);
        OutboxFiller.Begin(keeping.Store, "ministry");
        await keeping.PutFactsAsync(sanction: 0, caseId: 1, Token);
        await keeping.RunAsync(Token);
        ulong until = keeping.Index.FindCase(1)!.ObjectionsUntil;
        string snapshot = await scene.SnapshotAsync(Token);
        await scene.PassToAsync(until, Token);
        await scene.ActAsync("auditor.one", RepairDeskContract.EncodeTrigger(1), Token);
        Assert.AreEqual(1, await FillAsync(keeping));
        Assert.AreEqual(1, await FillAsync(keeping, "ministry"));
        PendingMessage first = Pending(keeping)[0];
        keeping.Store.Outbox.MarkDelivered(Pending(keeping)[1], 1);

        await scene.RevertAsync(snapshot, Token);
        Assert.AreEqual(0, await FillAsync(keeping));
        await scene.PassToAsync(until + 9, Token);
        await scene.PassAsync(1, Token);
        await scene.ActAsync("auditor.one", RepairDeskContract.EncodeTrigger(1), Token);
        Assert.AreEqual(1, await FillAsync(keeping));
        Assert.AreEqual(0, await FillAsync(keeping, "ministry"));

        PendingMessage second = Pending(keeping).Single();
        Assert.AreEqual(first.EventId, second.EventId);
        Assert.AreNotEqual(
            Parse(first.Body).GetProperty("data").GetProperty("block").GetProperty("hash").GetString(),
            Parse(second.Body).GetProperty("data").GetProperty("block").GetProperty("hash").GetString());
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Fill_LedgerWhoseBlocksBecomeFinalLater_WaitsForThat()
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        OutboxFiller.Begin(keeping.Store, Endpoint);

        // Three signers: a block is final with one behind it.
        ValidatorRange signers = new(0, To: null, [.. Enumerable.Range(1, 3).Select(i => Ethereum.Address.FromBytes([.. new byte[19], (byte)i]))]);
        LedgerFinality finality = new(new ConsensusPolicy(ConsensusType.Clique, BlockHashRule.Keccak, [signers], new Dictionary<ulong, Bytes32>()), TimeProvider.System);
        OutboxFiller filler = new(keeping.Store, Origin(keeping), finality, TimeProvider.System);
        await keeping.Scene.ActAsync("authority.one", RepairDeskContract.EncodeAnnul(keeping.Scene.Sanctions[2], keeping.Scene.Entries[2], 0, Statement), Token);
        await keeping.RunAsync(Token);
        Assert.AreEqual(0, filler.Fill(Endpoint));

        await keeping.Scene.PassAsync(1, Token);
        await keeping.RunAsync(Token);

        Assert.AreEqual(1, filler.Fill(Endpoint));
    }

    private static DeskOrigin Origin(KeeperScene keeping) => new("test.ledgercredit", AnvilProcess.ChainId, keeping.Scene.Contracts.RepairDesk);

    private static OutboxFiller Filler(KeeperScene keeping) => new(keeping.Store, Origin(keeping), keeping.Workspace.Finality, TimeProvider.System);

    private static IReadOnlyList<PendingMessage> Pending(KeeperScene keeping) => keeping.Store.Outbox.ReadPending();

    private static Bytes32 SubjectOf(PendingMessage message) =>
        Bytes32.TryParseHex(Parse(message.Body).GetProperty("subject").GetString()!, out Bytes32 leaf) ? leaf : throw new AssertFailedException("The message names no sanction.");

    private static JsonElement Parse(byte[] body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    private async Task<int> FillAsync(KeeperScene keeping, string endpoint = Endpoint)
    {
        await keeping.Scene.IndexerOf(keeping.Store).CatchUpAsync(Token);
        return Filler(keeping).Fill(endpoint);
    }

    private async Task RepairAsync(KeeperScene keeping, int sanction, ulong caseId)
    {
        await keeping.PutFactsAsync(sanction, caseId, Token);
        await keeping.Scene.PassToAsync((await keeping.Scene.Desk.FetchCaseAsync(caseId, Token)).ObjectionsUntil, Token);
        await keeping.Scene.ActAsync("auditor.one", RepairDeskContract.EncodeTrigger(caseId), Token);
    }
}
