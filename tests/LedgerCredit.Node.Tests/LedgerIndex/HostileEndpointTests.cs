using System.Globalization;
using System.Text.Json.Nodes;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.LedgerIndex;

/// <summary>What an endpoint tells of events is checked; what cannot be true is refused, and nothing of it is kept.</summary>
[TestClass]
public sealed class HostileEndpointTests
{
    private static RepairScene _scene = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        CancellationToken token = context.CancellationToken;
        _scene = await RepairScene.StartAsync(token);
        await _scene.ActAsync("enterprise.one", _scene.Open(0, 1, 2), token);
        await _scene.ActAsync("reviewer-a.one", await _scene.ApproveAsync(1, token), token);
        await _scene.ActAsync("enterprise.one", RepairDeskContract.EncodeSupplement(1, RepairScene.Materials([5], 1)), token);
        await _scene.ActAsync("auditor.one", RepairDeskContract.EncodeObject(1, Sha256.Hash([1])), token);
        await _scene.ActAsync("arbiter-a.one", RepairDeskContract.EncodeResolve(1, RepairScene.OrgOf("auditor"), false, Sha256.Hash([2])), token);
    }

    [ClassCleanup]
    public static async Task StopAsync() => await _scene.DisposeAsync();

    [TestMethod]
    [DataRow("CaseOpened(uint256,bytes32,address,bytes32,(bytes32,bytes32,bytes32,uint8,bool,uint64,uint64,uint64,uint64,bytes32),uint64)")]
    [DataRow("MaterialsSubmitted(uint256,address,(uint8,bytes32)[],bytes32,uint64)")]
    [DataRow("ReviewBegun(uint256,address,uint64,uint64)")]
    [DataRow("CaseApproved(uint256,bytes32,address,bytes32,uint8)")]
    [DataRow("ObjectionRaised(uint256,bytes32,address,bytes32,uint64)")]
    public Task CatchUp_EventIsHidden_IsRefused(string signature) => ExpectRefusalAsync((_, logs) =>
    {
        JsonNode? hidden = logs.FirstOrDefault(log => (string?)log!["topics"]![0] == Keccak256.Hash(signature).ToString());
        if (hidden is not null)
        {
            logs.Remove(hidden);
        }

        return logs;
    });

    [TestMethod]
    [DataRow("topics", "0x0000000000000000000000000000000000000000000000000000000000000001", DisplayName = "unknown topic")]
    [DataRow("case", "0x0000000000000000000000000000000000000000000000008000000000000000", DisplayName = "case 2^63")]
    [DataRow("case", "0x000000000000000000000000000000000000000000000000ffffffffffffffff", DisplayName = "case 2^64 - 1")]
    [DataRow("case", "0x0000000000000000000000000000000000000000000000010000000000000000", DisplayName = "case 2^64")]
    [DataRow("data", "0x", DisplayName = "no data")]
    [DataRow("logIndex", "0xffffffffffffffff", DisplayName = "log index 2^64 - 1")]
    [DataRow("blockHash", "0x0000000000000000000000000000000000000000000000000000000000000001", DisplayName = "another block's hash")]
    [DataRow("dueAt", "0x0000000000000000000000000000000000000000000000000000000000000000", DisplayName = "due at 0")]
    [DataRow("dueAt", "0x000000000000000000000000000000000000000000000000ffffffffffffffff", DisplayName = "due at 2^64 - 1")]
    [DataRow("dueAt", "0x0000000000000000000000000000000000000000000000000000003afff44180", DisplayName = "due in the year 10000")]
    public Task CatchUp_EventIsAltered_IsRefused(string what, string value) => ExpectRefusalAsync((_, logs) =>
    {
        JsonNode? objection = logs.FirstOrDefault(log =>
            (string?)log!["topics"]![0] == Keccak256.Hash("ObjectionRaised(uint256,bytes32,address,bytes32,uint64)").ToString());
        if (objection is not null)
        {
            switch (what)
            {
                case "topics":
                    objection["topics"]![0] = value;
                    break;
                case "case":
                    objection["topics"]![1] = value;
                    break;
                case "dueAt":
                    objection["data"] = string.Concat(((string)objection["data"]!).AsSpan(0, 2 + 128), value.AsSpan(2));
                    break;
                default:
                    objection[what] = value;
                    break;
            }
        }

        return logs;
    });

    [TestMethod]
    public Task CatchUp_EventIsToldTwice_IsRefused() => ExpectRefusalAsync((_, logs) => [.. logs.Concat(logs).Select(log => log!.DeepClone())]);

    [TestMethod]
    public Task CatchUp_EndpointRefusesEverything_SaysSo() => ExpectRefusalAsync<JsonRpcException>((_, _) => null);

    [TestMethod]
    public async Task CatchUp_EndpointAllowsShortRangesOnly_ReadsTheSame()
    {
        Store store = _scene.NewStore();
        Store expected = _scene.NewStore();
        int asked = 0;
        (HttpClient http, EthereumClient client) = LyingEndpoint.Connect(_scene.Ledger.Url, (filter, logs) =>
        {
            asked++;
            return Number(filter["toBlock"]!) - Number(filter["fromBlock"]!) < 3 ? logs : null;
        });
        using HttpClient owned = http;

        await new LedgerIndexer(client, _scene.Contracts, store, RepairScene.Finality).CatchUpAsync(Token);
        await _scene.IndexerOf(expected).CatchUpAsync(Token);

        Assert.AreEqual(IndexChecks.Dump(expected), IndexChecks.Dump(store));
        Assert.IsGreaterThan(30, asked);
    }

    [TestMethod]
    public async Task CatchUp_EventsInAnotherOrder_AreKeptInThatOfTheLedger()
    {
        Store store = _scene.NewStore();
        Store expected = _scene.NewStore();
        (HttpClient http, EthereumClient client) = LyingEndpoint.Connect(
            _scene.Ledger.Url, (_, logs) => [.. logs.Reverse().Select(log => log!.DeepClone())]);
        using HttpClient owned = http;

        await new LedgerIndexer(client, _scene.Contracts, store, RepairScene.Finality).CatchUpAsync(Token);
        await _scene.IndexerOf(expected).CatchUpAsync(Token);

        Assert.AreEqual(IndexChecks.Dump(expected), IndexChecks.Dump(store));
    }

    private static ulong Number(JsonNode quantity) => ulong.Parse(((string)quantity!).AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private Task ExpectRefusalAsync(Func<JsonNode, JsonArray, JsonArray?> alter) => ExpectRefusalAsync<LedgerAnswerException>(alter);

    private async Task ExpectRefusalAsync<TException>(Func<JsonNode, JsonArray, JsonArray?> alter)
        where TException : LedgerException
    {
        Store store = _scene.NewStore();
        (HttpClient http, EthereumClient client) = LyingEndpoint.Connect(_scene.Ledger.Url, alter);
        using HttpClient owned = http;

        await Assert.ThrowsExactlyAsync<TException>(() => new LedgerIndexer(client, _scene.Contracts, store, RepairScene.Finality).CatchUpAsync(Token));

        Assert.IsNull(store.LedgerPositions.FindLatest());
        Assert.AreEqual(0L, store.LedgerEvents.Count());
        Assert.IsEmpty(store.RepairCases.Read(CaseFilter.All));

        // An honest endpoint mends it.
        await IndexChecks.CheckAsync(_scene, store, Token);
    }
}
