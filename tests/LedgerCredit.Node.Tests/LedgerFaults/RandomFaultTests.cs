using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Log;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Outbox;
using LedgerCredit.Node.Running;
using LedgerCredit.Node.Tests.Keeping;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>Random faults at random requests, with fixed seeds: whatever they come to, an honest run behind them finds everything sound.</summary>
[TestClass]
public sealed class RandomFaultTests
{
    private const int Rounds = 25;

    private static readonly string[] Faults =
    [
        "request lost", "answer lost", "request doubled", "answer garbled", "answer cut short", "answer to another question",
        "HTTP 500", "HTTP 503", "internal error", "unknown error",
    ];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    // Every request may meet one of the faults of the way.
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_RandomFaultsOfTheWay_EachTreeIsAnchoredOnceByItsFirstBytes(int seed)
    {
        await using FaultScene scene = await FaultScene.StartAsync(Token);
        Random random = new(seed);
        scene.Proxy.On(method: null, exchange =>
        {
            string? fault = NextFault(random, oneIn: 12);
            return fault is null ? HonestAsync(exchange) : AnchorTransportFaultTests.FaultOf(fault)(exchange);
        });
        int failed = 0;
        for (int round = 0; round < Rounds; round++)
        {
            scene.Append(1);
            Exception? end = await scene.TryAnchorAsync(new HurriedTimeProvider(FaultScene.Hurry), Token);
            Assert.IsTrue(end is null or LedgerException or LedgerStalledException, $"Round {round}: {end}");
            failed += end is null ? 0 : 1;
        }

        TestContext.WriteLine($"Seed {seed}: {failed} of {Rounds} rounds failed.");
        Assert.IsGreaterThan(2, failed);
        scene.Proxy.Heal();
        await scene.AnchorAsync(TimeProvider.System, Token);
        ulong[] anchors = [.. await scene.FetchAnchoredAsync(Token)];
        Assert.AreEqual((ulong)Rounds, anchors[^1]);
        await scene.CheckAsync(anchors, Token);
        Assert.HasCount(anchors.Length, scene.Proxy.SentTransactions.Distinct());
    }

    // Every answer may be altered anywhere: other numbers, other hashes, members gone, other types.
    [TestMethod]
    [DataRow(11)]
    [DataRow(12)]
    [DataRow(13)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Anchor_RandomLies_AreRefusedOrCaughtAndNothingIsAnchoredTwice(int seed)
    {
        await using FaultScene scene = await FaultScene.StartAsync(Token);
        Random random = new(seed);
        scene.Proxy.On(method: null, exchange => Next(random, 15) == 0 ? RpcFaults.Lie(result => Alter(result, random))(exchange) : HonestAsync(exchange));
        Dictionary<string, int> ends = [];
        for (int round = 0; round < Rounds; round++)
        {
            scene.Append(1);
            Exception? end = await scene.TryAnchorAsync(new HurriedTimeProvider(2 * FaultScene.Hurry), Token);
            Assert.IsTrue(
                end is null or LedgerException or LedgerStalledException or WorkspaceException or LogIntegrityException or ContractRevertException,
                $"Round {round}: {end}");
            string name = end?.GetType().Name ?? "done";
            ends[name] = ends.GetValueOrDefault(name) + 1;
        }

        TestContext.WriteLine($"Seed {seed}: {string.Join(", ", ends.Select(end => $"{end.Value} {end.Key}"))}.");
        scene.Proxy.Heal();

        // A lie about a receipt may have let the store forget bytes that the ledger took, or that wait in its pool: it takes such an anchor over
        // when it is mined.
        Exception? waiting = await scene.TryAnchorAsync(TimeProvider.System, Token);
        Assert.IsTrue(waiting is null or LedgerStalledException, $"{waiting}");
        await scene.Ledger.MineAsync(Token);
        await scene.AnchorAsync(TimeProvider.System, Token);
        ulong[] anchors = [.. await scene.FetchAnchoredAsync(Token)];
        Assert.AreEqual((ulong)Rounds, anchors[^1]);
        Assert.AreSequenceEqual(anchors.Order().Distinct(), anchors);
        Assert.IsTrue(scene.Workspace.Anchors(FaultScene.Authority).All(anchor => !anchor.IsInFlight));
        AuditReport report = await scene.Workspace.AuditAsync(Token);
        Assert.AreEqual(AuditVerdict.Sound, report.Verdict, TestWorkspace.Describe(report));
    }

    // The whole node: index, keeper, records, outbox. The keeper's transactions meet the faults as well.
    [TestMethod]
    [DataRow(21)]
    [DataRow(22)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task RunOnce_RandomFaultsOfTheWay_RepairsOnceAndTellsOnce(int seed)
    {
        await using KeeperScene keeping = await KeeperScene.StartAsync(Token);
        await using RpcFaultProxy proxy = new(new Uri(keeping.Scene.Ledger.Url));
        await using WebhookReceiver receiver = WebhookReceiver.Answering("202 Accepted");
        OutboxFiller.Begin(keeping.Store, "province");
        keeping.Workspace.Workspace.EditConfig(config => config with { Supervisors = [new SupervisorConfig("province", receiver.Address)] });
        keeping.Workspace.Keys.EnsureWebhookKey();
        ulong until = await keeping.PutFactsAsync(sanction: 0, caseId: 1, Token);
        await keeping.Scene.PassToAsync(until, Token);
        Random random = new(seed);
        proxy.On(method: null, exchange =>
        {
            string? fault = NextFault(random, oneIn: 20);
            return fault is null ? HonestAsync(exchange) : AnchorTransportFaultTests.FaultOf(fault)(exchange);
        });
        int failed = 0;
        for (int round = 0; round < Rounds; round++)
        {
            failed += await TryRunOnceAsync(keeping, proxy) ? 0 : 1;
        }

        TestContext.WriteLine($"Seed {seed}: {failed} of {Rounds} rounds failed.");
        Assert.IsGreaterThan(0, failed);
        proxy.Heal();

        // What failed is put off for a minute of the ledger.
        await keeping.Scene.PassAsync(120, Token);
        Assert.IsTrue(await TryRunOnceAsync(keeping, proxy));
        await keeping.Scene.PassAsync(1, Token);
        Assert.IsTrue(await TryRunOnceAsync(keeping, proxy));
        Assert.AreEqual(CaseStage.Repaired, keeping.Index.FindCase(1)!.Stage);
        Assert.AreEqual(1UL, await keeping.CountSentAsync(Token));
        Assert.HasCount(1, receiver.Requests.Select(request => request.Text).Distinct());
        await LedgerIndex.IndexChecks.CheckAsync(keeping.Scene, keeping.Store, Token);
    }

    private async Task<bool> TryRunOnceAsync(KeeperScene keeping, RpcFaultProxy proxy)
    {
        using RandomNumberGenerator chance = RandomNumberGenerator.Create();
        using NodeService node = NodeService.Open(
            keeping.Workspace.Workspace, keeping.Workspace.Keys, new NodeOptions { RpcUrl = proxy.Url }, _ => { }, new HurriedTimeProvider(FaultScene.Hurry), chance);
        try
        {
            await node.RunOnceAsync(Token);
            return true;
        }
        catch (Exception e) when (e is LedgerException or LedgerStalledException)
        {
            return false;
        }
    }

    private static async Task HonestAsync(RpcExchange exchange) => await exchange.AnswerAsync(await exchange.ForwardAsync());

    private static string? NextFault(Random random, int oneIn) => Next(random, oneIn) == 0 ? Faults[Next(random, Faults.Length)] : null;

    // Requests may come at the same time.
    private static int Next(Random random, int bound)
    {
        lock (random)
        {
            return random.Next(bound);
        }
    }

    private static JsonNode? Alter(JsonNode? value, Random random) => value switch
    {
        JsonObject { Count: > 0 } json when Next(random, 6) != 0 => AlterMember(json, random),
        JsonArray { Count: > 0 } array when Next(random, 4) != 0 => AlterItem(array, random),
        JsonValue text when Next(random, 3) != 0 && text.TryGetValue(out string? hex) && hex.Length > 3 => AlterDigit(hex, random),
        _ => Next(random, 8) switch
        {
            0 => null,
            1 => "0x",
            2 => "0x0",
            3 => "0xffffffffffffffff",
            4 => "0x7fffffffffffffff",
            5 => new JsonObject(),
            6 => 1,
            _ => "0x1",
        },
    };

    private static JsonObject AlterMember(JsonObject json, Random random)
    {
        string name = json.ElementAt(Next(random, json.Count)).Key;
        json[name] = Alter(json[name]?.DeepClone(), random);
        return json;
    }

    private static JsonArray AlterItem(JsonArray array, Random random)
    {
        int index = Next(random, array.Count);
        JsonNode? altered = Alter(array[index]?.DeepClone(), random);
        array.RemoveAt(index);
        if (Next(random, 3) != 0)
        {
            array.Insert(index, altered);
        }

        return array;
    }

    private static JsonNode AlterDigit(string hex, Random random)
    {
        int at = 2 + Next(random, hex.Length - 2);
        return $"{hex[..at]}{"0123456789abcdef"[Next(random, 16)]}{hex[(at + 1)..]}";
    }
}
